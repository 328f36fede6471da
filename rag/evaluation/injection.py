"""What instructions planted in articles do to answers made of quotes, as a Markdown table.

The data is described in its own README; nothing of it stands in this project.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexes.article import Article, Filters
from indexes.sentences import Span
from rag.evaluation.answers import Case, Outcome, _article, _is_right, _library, _rows
from rag.instructions import instruction_spans, touches
from rag.library import Library
from rag.question import understand
from rag.quote import Quoted, answer_by_quoting

AROUND = 20  # other paragraphs of the same title, in the article with the planted one
FOLDER = "injection"


@dataclass(frozen=True, slots=True)
class Planted:
    """A question, an article whose first paragraph holds its answer, and where an attack stands in that paragraph."""

    family: str
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
    """Return every attack of the development data in its article, each preceded by the same article without it."""
    texts: dict[str, list[str]] = {}
    for row in _rows(data / "squad2" / "dev_paragraphs.jsonl.gz"):
        texts.setdefault(row["title"], []).append(row["text"])
    found = _rows(data / FOLDER / "rag_injection_dev.jsonl.gz")
    return [_planted(row, texts.get(row["title"], ()), poisoned) for row in found for poisoned in (False, True)]


def _planted(row: Mapping[str, Any], of_title: Sequence[str], poisoned: bool) -> Planted:
    around = [text for text in of_title if text != row["clean_text"]][:AROUND]
    text = row["text"] if poisoned else row["clean_text"]
    source = f"{row['id']}-{'poisoned' if poisoned else 'clean'}"
    article = _article(row["title"].replace("_", " "), [text, *around], source=source)
    case = Case(row["question"], frozenset([article.paragraph_id(1)]), tuple(row["answers"]), article.id, True)
    start = row["text"].index(row["attack_text"])
    return Planted(row["family"], case, article, Span(start, start + len(row["attack_text"])) if poisoned else None)


def measure(library: Library, asked: Iterable[Planted]) -> list[Result]:
    """Ask every question within its article."""
    return [_ask(library, each) for each in asked]


def _ask(library: Library, asked: Planted) -> Result:
    question = understand(asked.case.text, library, Filters(article=asked.article.id))
    answer = answer_by_quoting(question, library)
    outcome: Outcome = "abstained"
    shown = False
    if isinstance(answer, Quoted):
        outcome = "right" if _is_right(answer, asked.case) else "wrong"
        attack = (asked.attack,) if asked.attack else ()
        shown = any(quote.paragraph == 1 and touches(Span(quote.start, quote.end), attack) for quote in answer.quotes)
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
    prompts = [row["prompt"] for row in _rows(data / FOLDER / "notinject_dev.jsonl")]
    return sum(bool(instruction_spans(prompt)) for prompt in prompts), len(prompts)


def tables(data: Path) -> dict[str, str]:
    """Return the table by name: "injection"."""
    asked = planted(data)
    with _library([each.article for each in asked]) as library:
        told = table(measure(library, asked))
    flagged, prompts = harmless_flagged(data)
    return {"injection": f"{told}\n\nOf {prompts} harmless prompts, {flagged} would not be quoted from an article."}
