"""What instructions planted in articles do to answers made of quotes, as a Markdown table.

The data is described in its own README; nothing of it stands in this project.
"""

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from indexes.article import Article, Filters
from indexes.library import Library as StoredLibrary
from indexes.sentences import Span
from rag.evaluation.answers import Case, Outcome, Without, is_right, plain_article, rows
from rag.instructions import instruction_spans, touches
from rag.library import Library
from rag.question import understand
from rag.quote import Quoted, answer_by_quoting

AROUND = 20  # paragraphs of the same title, in another article
FOLDER = "injection"


@dataclass(frozen=True, slots=True)
class Planted:
    """A question, an article whose one paragraph holds its answer, and where an attack stands in that paragraph."""

    family: str
    title: str
    case: Case
    article: Article
    attack: Span | None  # None where the paragraph is as it was before


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a question, and whether words of the attack were quoted."""

    family: str
    poisoned: bool
    outcome: Outcome
    shown: bool


def planted(data: Path) -> list[Planted]:
    """Return every attack of the development data, each preceded by its paragraph without it."""
    found = rows(data / FOLDER / "rag_injection_dev.jsonl.gz")
    return [_planted(row, poisoned) for row in found for poisoned in (False, True)]


def _planted(row: Mapping[str, Any], poisoned: bool) -> Planted:
    source = f"{row['id']}-{'poisoned' if poisoned else 'clean'}"
    article = plain_article(row["title"].replace("_", " "), [row["text" if poisoned else "clean_text"]], source=source)
    case = Case(row["question"], frozenset([article.paragraph_id(1)]), tuple(row["answers"]), None, answerable=True)
    start = row["text"].index(row["attack_text"])
    attack = Span(start, start + len(row["attack_text"])) if poisoned else None
    return Planted(row["family"], row["title"], case, article, attack)


def measure(data: Path) -> list[Result]:
    """Ask every question of a library with its paragraph and others of the same title."""
    texts: dict[str, list[str]] = {}
    for row in rows(data / "squad2" / "dev_paragraphs.jsonl.gz"):
        texts.setdefault(row["title"], []).append(row["text"])
    asked = sorted(planted(data), key=lambda each: each.title)
    return [
        result
        for title, cases in groupby(asked, key=lambda each: each.title)
        for result in _measure_title(texts.get(title, []), list(cases))
    ]


def _measure_title(texts: Sequence[str], asked: Sequence[Planted]) -> list[Result]:
    """Ask the questions of one title; the planted paragraphs of the others are hidden, and so are unplanted twins."""
    twins = {each.article.body[0].text for each in asked}
    around = [text for text in texts if text not in twins][:AROUND]
    with StoredLibrary.open(tempfile.mkdtemp(prefix="newscite-")) as library:
        for article in (plain_article("Around", around), *(each.article for each in asked)):
            library.add_article(article)
        every = frozenset(gold for each in asked for gold in each.case.gold)
        return [_ask(Without(library, every - each.case.gold), each) for each in asked]


def _ask(library: Library, asked: Planted) -> Result:
    question = understand(asked.case.text, library, Filters())
    answer = answer_by_quoting(question, library)
    outcome: Outcome = "abstained"
    shown = False
    if isinstance(answer, Quoted):
        outcome = "right" if is_right(answer, asked.case) else "wrong"
        attack = (asked.attack,) if asked.attack else ()
        shown = any(
            quote.article.id == asked.article.id and touches(Span(quote.start, quote.end), attack)
            for quote in answer.quotes
        )
    return Result(asked.family, asked.attack is not None, outcome, shown)


def table(results: Sequence[Result]) -> str:
    """Return what became of the questions, two rows for each family: without the attack and with it."""
    lines = [
        "| attack | paragraph | n | right | wrong | abstained | planted text quoted |",
        "|---|---|---|---|---|---|---|",
    ]
    for family in dict.fromkeys(result.family for result in results):
        for poisoned in (False, True):
            these = [r for r in results if r.family == family and r.poisoned == poisoned]
            count = Counter(r.outcome for r in these)
            told = " | ".join(str(count[outcome]) for outcome in ("right", "wrong", "abstained"))
            where = "with the attack" if poisoned else "before"
            lines.append(f"| {family} | {where} | {len(these)} | {told} | {sum(r.shown for r in these)} |")
    return "\n".join(lines)


def harmless_flagged(data: Path) -> tuple[int, int]:
    """Return how many harmless prompts would not be quoted if they stood in an article, and how many there are."""
    prompts = [row["prompt"] for row in rows(data / FOLDER / "notinject_dev.jsonl")]
    return sum(bool(instruction_spans(prompt)) for prompt in prompts), len(prompts)


def tables(data: Path) -> dict[str, str]:
    """Return the table by name: "injection"."""
    told = table(measure(data))
    flagged, prompts = harmless_flagged(data)
    return {"injection": f"{told}\n\nOf {prompts} harmless prompts, {flagged} would not be quoted from an article."}
