"""May this question be answered from these paragraphs? If not, why not, in words.

A similarity threshold cannot decide it: adversarial questions resemble their paragraph as much as answered ones (AUROC
.51 to .64, facts/answering.md). The gate asks instead what is missing: a name that stands nowhere, a person who does
not speak, a number that is not in the sentence.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from indexes.article import Filters
from indexes.terms import terms
from rag.answer import Reason
from rag.library import Library
from rag.match import Match, Wanted, holds
from rag.question import Question
from rag.retrieve import Evidence

OPEN = 0.40  # probability from which a sentence counts as an answer
OPEN_FOR_SPEAKER = 0.25  # where the person asked about is certain to speak
TOPIC_OF_SPEAKER = 0.45  # cosine of the question with "speaker: paragraph" that shows the same topic


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a question is not answered: the reason's name, and a sentence for the reader."""

    reason: Reason
    words: str


def refuse_at_once(question: Question, library: Library) -> Refusal | None:
    """Refuse where the library or the filters leave nothing to search, or no word of the question is known."""
    if library.count(question.filters) == 0:
        if library.count(Filters()) == 0:
            return Refusal("no_articles", "There are no articles yet.")
        return Refusal("out_of_date_range", "No article is left by the filters; without them there are some.")
    if not question.terms:
        return Refusal("no_match", "The question holds no word to look for.")
    return None


def probability(match: Match, wanted: Wanted) -> float:
    """Return how likely it is that a sentence answers the question."""
    numbers_nowhere = any(stem[0].isdigit() for stem in wanted.nowhere)
    names_nowhere = sum(not stem[0].isdigit() for stem in wanted.nowhere)
    z = (
        -4.75
        + 3.87 * match.similarity
        + 3.71 * match.alignment
        + 0.32 * match.covered_nearby
        - 1.24 * match.numbers_missing
        - 1.38 * numbers_nowhere
        - 0.14 * match.names_missing
        - 0.42 * names_nowhere
        - 0.63 * match.type_missing
    )
    return 1 / (1 + math.exp(-z))


def refuse(wanted: Wanted, matches: Sequence[Match], evidence: Sequence[Evidence], library: Library) -> Refusal | None:
    """Refuse where the best sentences do not answer the question; None where they do."""
    question = wanted.question
    if question.asked:
        refusal = _refuse_speaker(wanted, evidence)
        if refusal:
            return refusal
    name = _name_standing_nowhere(wanted)
    if name:
        return Refusal("no_match", f"“{name}” stands in none of the articles.")
    best = max((probability(match, wanted) for match in _first_two(matches)), default=0.0)
    if question.asked and question.speakers:
        nearest = max((found.cosine for found in evidence), default=0.0)
        if best >= OPEN_FOR_SPEAKER or nearest >= TOPIC_OF_SPEAKER:
            return None
        return Refusal("speaker_absent", f"{_listed(question.speakers)} says nothing on this.")
    if best >= OPEN:
        return None
    return Refusal("unsupported", "No sentence of the articles answers this.")


def _first_two(matches: Sequence[Match]) -> list[Match]:
    return sorted(matches, key=lambda match: -match.score)[:2]


def _refuse_speaker(wanted: Wanted, evidence: Sequence[Evidence]) -> Refusal | None:
    """Refuse where the person asked about does not speak, or not on this."""
    question = wanted.question
    if not question.speakers:
        return Refusal("speaker_absent", f"{question.asked} is not quoted in any article.")
    if not evidence:
        return Refusal("speaker_absent", f"{_listed(question.speakers)} does not speak in these articles.")
    said = {stem for found in evidence for stem in terms(found.paragraph.text)}
    for name in question.names:
        if not set(name.stems) <= question.speaker_stems and not any(holds(said, stem) for stem in name.stems):
            return Refusal("speaker_absent", f"{_listed(question.speakers)} does not speak about {name.text}.")
    around = {stem for found in evidence for p in found.article.body for stem in terms(p.text)}
    asked = [stem for stem in question.topic if stem not in terms(question.verb or "")]
    others = [stem for stem in asked if holds(around, stem) and not holds(said, stem)]
    if asked and len(others) * 2 >= len(asked):
        return Refusal("speaker_absent", f"{_listed(question.speakers)} does not speak about this.")
    return None


def _name_standing_nowhere(wanted: Wanted) -> str | None:
    """Return a name or number of the question that no article holds."""
    for name in wanted.question.names:
        if set(name.stems) <= wanted.nowhere:
            return name.text
    return next((number for number in wanted.question.numbers if number in wanted.nowhere), None)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names)
