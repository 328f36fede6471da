"""The questions of the reference article, with the real embeddings and the real reading of speakers."""

import json
from pathlib import Path
from typing import Any

import pytest

from indexes.embeddings import SentenceEmbeddings
from indexes.readers import read
from rag.cite import cite
from rag.question import understand
from rag.quote import Abstained, Quoted, answer_by_quoting
from tests.memory import MemoryLibrary

SHARED = Path(__file__).parents[2] / "shared"
QUESTIONS = SHARED / "data" / "russia-china" / "questions.jsonl"
ARTICLE = SHARED / "articles" / "can-the-us-pry-russia-away-from-china.txt"

if not QUESTIONS.exists():
    pytest.skip("the reference article is not beside this project (../shared)", allow_module_level=True)

ROWS = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # torch's own
]


@pytest.fixture(scope="module")
def library() -> MemoryLibrary:
    return MemoryLibrary([read(ARTICLE)], SentenceEmbeddings())


@pytest.mark.parametrize("row", [r for r in ROWS if not r.get("unanswerable")], ids=lambda r: r["question"])
def test_an_answerable_question_is_answered_from_a_gold_paragraph(library: MemoryLibrary, row: dict[str, Any]) -> None:
    found = answer_by_quoting(understand(row["question"], library), library)
    assert isinstance(found, Quoted), found.words
    assert {quote.paragraph for quote in found.quotes} & set(row.get("must_cite_any") or row["paragraphs"])


@pytest.mark.parametrize("row", [r for r in ROWS if r.get("unanswerable")], ids=lambda r: r["question"])
def test_an_unanswerable_question_is_not_answered(library: MemoryLibrary, row: dict[str, Any]) -> None:
    assert isinstance(answer_by_quoting(understand(row["question"], library), library), Abstained)


@pytest.mark.parametrize("text", ["why does Hecker doubt a split?", "why does hecker doubt a split"])
def test_every_citation_names_the_person_asked_about(library: MemoryLibrary, text: str) -> None:
    found = answer_by_quoting(understand(text, library), library)
    assert isinstance(found, Quoted)
    for marker, quote in enumerate(found.quotes, start=1):
        citation = cite(marker, quote.article, quote.paragraph, quote.start, quote.end)
        assert citation.speaker == "Charles Hecker"
