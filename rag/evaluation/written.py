"""How good the answers are that a language model writes, as a Markdown table: what is right, what is held back."""

import random
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexes.article import Filters
from rag.answer import Answer, Mode
from rag.evaluation.answers import Case, Kind, Outcome, Without, open_library, reference, squad
from rag.inquiry import Asked, Inquiry
from rag.library import Library
from rag.models import LanguageModel, language_model


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a question that a model was asked."""

    kind: Kind
    outcome: Outcome
    mode: Mode
    written: int  # sentences of the model
    withheld: int
    seconds: float


def measure(library: Library, cases: Iterable[Case], model: LanguageModel) -> list[Result]:
    """Ask every question of its article; ask the answerable ones again with their paragraphs hidden ("missing")."""
    results = []
    for case in cases:
        results.append(_ask(library, case, "answerable" if case.answerable else "adversarial", model))
        if case.answerable:
            results.append(_ask(Without(library, case.gold), case, "missing", model))
    return results


def _ask(library: Library, case: Case, kind: Kind, model: LanguageModel) -> Result:
    inquiry = Inquiry(Asked(case.text, Filters(article=case.article)), library, model)
    *_, answer = inquiry.answers()
    outcome: Outcome = "abstained"
    if not answer.abstained:
        outcome = "right" if kind == "answerable" and _is_right(answer, case) else "wrong"
    withheld = sum(claim.verdict == "withheld" for claim in inquiry.written)
    return Result(kind, outcome, answer.mode, len(inquiry.written), withheld, answer.timings_ms["total"] / 1000)


def _is_right(answer: Answer, case: Case) -> bool:
    """Tell whether the answer holds a gold answer and cites a gold paragraph; where there is none, citing suffices."""
    cites = any(citation.paragraph_id in case.gold for citation in answer.citations)
    text = answer.answer.casefold()
    return cites and (not case.answers or any(gold.casefold() in text for gold in case.answers))


def table(results: Mapping[str, Sequence[Result]]) -> str:
    """Return what became of the questions, a row for each set and kind of question."""
    lines = [
        "| questions | n | right | wrong | abstained | written by the model | quoted instead | sentences withheld "
        "| median seconds |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, found in results.items():
        for kind in dict.fromkeys(result.kind for result in found):
            lines.append(_row(f"{name}, {kind}", [result for result in found if result.kind == kind]))
    return "\n".join(lines)


def _row(name: str, found: Sequence[Result]) -> str:
    outcomes, modes = Counter(r.outcome for r in found), Counter(r.mode for r in found)
    withheld, written = sum(r.withheld for r in found), sum(r.written for r in found)
    cells = [
        name,
        len(found),
        *(outcomes[outcome] for outcome in ("right", "wrong", "abstained")),
        modes["model"],
        modes["fallback"],
        f"{withheld} of {written}",
        f"{statistics.median(r.seconds for r in found):.1f}",
    ]
    return "| " + " | ".join(map(str, cells)) + " |"


def tables(data: Path, model: str, sample: int) -> dict[str, str]:
    """Return the table "written" for a model, named as `newscite --model` has it."""
    pages, cases = squad(data)
    article, asked = reference(data)
    writer = language_model(model)
    try:
        with open_library([*pages, article]) as library:
            results = {
                "reference article": measure(library, [case for case, _ in asked], writer),
                "SQuAD 2.0": measure(library, random.Random(0).sample(cases, min(sample, len(cases))), writer),
            }
    finally:
        writer.close()
    return {"written": table(results)}
