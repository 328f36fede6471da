"""The same article is the same article in every format: its paragraphs, its answers, its quotes."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from indexes.embeddings import SentenceEmbeddings
from indexes.library import Library
from indexes.readers import read
from indexes.samples import sample_articles
from rag import Assistant
from tests import formats
from tests.recovery import recovery, said

PAGE = Path(__file__).parents[1] / "docs" / "formats.md"
RETOLD = "russia-china-why-a-split-is-unlikely.txt"
QUESTIONS = (
    "why does Hecker doubt a split?",
    "who is Ali Wyne?",
    "what does Gabuev say about China?",
    "what did the minister of fisheries decide?",
)


@pytest.mark.parametrize("format", formats.FORMATS)
def test_the_page_says_how_much_of_an_article_each_format_gives_back(format: str, tmp_path: Path) -> None:
    needs(format)
    found = recovery(format, tmp_path)
    assert found.row == said(PAGE.read_text(encoding="utf-8"))[format]


def needs(format: str) -> None:
    """Skip where the program that writes a format is not here."""
    program = formats.missing(format)
    if program:
        pytest.skip(f"{format} is written by {program}, which is not here")


def asked(file: Path, home: Path, embeddings: SentenceEmbeddings) -> Sequence[object]:
    """Return what an article in a file answers, and every quote with its speaker."""
    with Library.open(home, embeddings=embeddings) as library:
        (outcome,) = library.add(file).outcomes
        assert outcome.status == "added", outcome.reason
        answers = [Assistant(library).ask(question) for question in QUESTIONS]
    return [(a.answer, a.mode, [(c.quote, c.paragraph, c.speaker) for c in a.citations]) for a in answers]


@pytest.fixture(scope="module")
def from_text(tmp_path_factory: pytest.TempPathFactory, embeddings: SentenceEmbeddings) -> Sequence[object]:
    folder = tmp_path_factory.mktemp("text")
    return asked(formats.write(retold(), "text", folder), folder / "library", embeddings)


def retold() -> formats.Source:
    return formats.source_of(read(sample_articles() / RETOLD))


@pytest.mark.parametrize("format", [format for format in formats.FORMATS if format != "text"])
def test_the_same_article_gives_the_same_answers_with_the_same_quotes(
    format: str, tmp_path: Path, embeddings: SentenceEmbeddings, from_text: Sequence[object]
) -> None:
    needs(format)
    assert asked(formats.write(retold(), format, tmp_path), tmp_path / "library", embeddings) == from_text


def test_three_of_the_four_questions_are_answered(from_text: Sequence[object]) -> None:
    assert [mode for _, mode, _ in from_text] == ["quoted", "quoted", "quoted", "abstained"]  # type: ignore[misc]
