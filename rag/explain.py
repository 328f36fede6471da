"""What happened to a question, stage by stage, so that a bad answer is traced to its stage in one look.

How it was understood, each ranked list, what they were fused to, why the gate opened or closed, what a model was shown
and each sentence that it wrote with its verdict. The stages are asked again here, not recorded on the way: for one
question and library they always say the same. Only what the model wrote comes from the inquiry itself.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from indexes.article import Article
from rag.answer import Answer, Claim
from rag.gate import OPEN, OPEN_FOR_SPEAKER, TOPIC_OF_SPEAKER, likelihood, probability, refuse_at_once
from rag.inquiry import Inquiry
from rag.library import Hit, Library
from rag.match import Match, Wanted
from rag.question import Question
from rag.quote import Reading, read_closely
from rag.retrieve import Evidence, fuse, ranked_lists, retrieve

SHOWN = 10  # entries of each list
BEST = 5  # sentences that the gate looked at
_WIDTH = 90  # characters of a paragraph, in print


@dataclass(frozen=True, slots=True)
class Ranked:
    """A paragraph in a list."""

    rank: int  # 1-based
    score: float
    paragraph_id: str
    title: str
    paragraph: int
    speaker: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence as the gate weighed it."""

    text: str
    paragraph: int
    title: str
    likely: float  # probability that it answers, 0..1
    alignment: float
    covered: float
    against: tuple[str, ...]  # what speaks against it: "a number is missing", …


@dataclass(frozen=True, slots=True)
class Explanation:
    """The stages of one question, in order."""

    asked: str
    asked_as: str
    understood: Mapping[str, Any]
    lists: Mapping[str, tuple[Ranked, ...]]
    fused: tuple[Ranked, ...]
    gate: str  # why it opened or closed, in words
    weighed: tuple[Weighed, ...]
    shown: tuple[Ranked, ...]  # the passages that the model was given, numbered as it saw them
    reply: str | None  # what the model wrote, as it wrote it
    written: tuple[Claim, ...]  # its sentences, each with its verdict
    failure: str | None  # why the model's answer was not used, in words
    answer: Answer

    def to_dict(self) -> dict[str, Any]:
        """Return the stages as plain lists, strings and numbers; `answer` as in the JSON contract."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        plain["answer"] = self.answer.to_dict()
        return plain

    def to_json(self) -> str:
        """Return the stages as JSON, indented, every character readable."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def explain(inquiry: Inquiry, answer: Answer) -> Explanation:
    """Return what happened to a question that has been answered."""
    question, library = inquiry.question, inquiry.library
    refusal = refuse_at_once(question, library)
    lists = ranked_lists(question, library)
    reading = read_closely(question, retrieve(question, library), library)
    refusal = refusal or reading.refusal
    best = sorted(reading.matches, key=lambda match: -match.score)[:BEST]
    return Explanation(
        asked=inquiry.asked.question,
        asked_as=question.text,
        understood=_understood(question),
        lists={name: tuple(_ranked(hits, library)) for name, hits in lists.items()},
        fused=tuple(_ranked(fuse(lists), library)),
        gate=f"closed, {refusal.reason}: {refusal.words}" if refusal else f"open: {_why_open(reading)}",
        weighed=tuple(_weighed(match, reading.want) for match in best),
        shown=tuple(_shown(rank, found) for rank, found in enumerate(inquiry.passages, start=1)),
        reply=inquiry.reply or None,
        written=tuple(inquiry.written),
        failure=inquiry.failure,
        answer=answer,
    )


def _understood(question: Question) -> dict[str, Any]:
    filters = {name: value for name, value in asdict(question.filters).items() if value is not None}
    return {
        "kind": question.kind,
        "words": list(question.stems),
        "names": [name.text for name in question.names],
        "asked about": question.asked,
        "speakers": list(question.speakers),
        "topic": list(question.topic),
        "negated": question.negated,
        "introduces": question.introduces,
        "filters": {name: str(value) for name, value in filters.items()},
    }


def _why_open(reading: Reading) -> str:
    question, who = reading.want.question, " or ".join(reading.want.question.speakers)
    likely = likelihood(reading.want, reading.matches)
    if not (question.asked and question.speakers):
        return f"a sentence is likely enough to answer ({likely:.2f}, and {OPEN:.2f} is enough)"
    if likely >= OPEN_FOR_SPEAKER:
        return f"a sentence by {who} is likely enough to answer ({likely:.2f}, and {OPEN_FOR_SPEAKER:.2f} is enough)"
    nearest = max((found.cosine for found in reading.evidence), default=0.0)
    return f"{who} speaks on this topic (nearness {nearest:.2f}, and {TOPIC_OF_SPEAKER:.2f} is enough)"


def _ranked(hits: Sequence[Hit], library: Library) -> Iterator[Ranked]:
    for rank, (key, score) in enumerate(hits[:SHOWN], start=1):
        where, _, number = key.rpartition("#")
        yield _entry(rank, score, library.article(*where.split("@")), int(number))


def _shown(rank: int, found: Evidence) -> Ranked:
    return _entry(rank, found.score, found.article, found.number)


def _entry(rank: int, score: float, article: Article, number: int) -> Ranked:
    paragraph = article.body[number - 1]
    speaker = paragraph.speakers[0].name if paragraph.speakers else None
    return Ranked(rank, round(score, 4), article.paragraph_id(number), article.title, number, speaker, paragraph.text)


def _weighed(match: Match, want: Wanted) -> Weighed:
    against = {
        "a name is missing": match.names_missing > 0,
        "a number is missing": match.number_missing,
        f"nothing that answers “{want.question.kind}”": match.kind_missing,
        "the question denies, the sentence does not": match.denial_missing,
        "it says the opposite": match.opposite,
        "a limit is missing (“first”, “only”, …)": match.limits_missing > 0,
    }
    return Weighed(
        match.text,
        match.evidence.number,
        match.evidence.article.title,
        round(probability(match, want), 3),
        round(match.alignment, 3),
        round(match.covered, 3),
        tuple(words for words, holds in against.items() if holds),
    )


# -- in print ---------------------------------------------------------------------------------------------------------


def _lines(told: Explanation) -> Iterator[str]:
    yield f"Question: {told.asked}"
    if told.asked_as != told.asked:
        yield f"  understood as: {told.asked_as}"
    for name, value in told.understood.items():
        if value:
            yield f"  {name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
    for name, ranked in told.lists.items():
        yield from _list(f"Ranked list “{name}”", ranked)
    yield from _list("Fused", told.fused)
    yield f"\nGate: {told.gate}"
    for weighed in told.weighed:
        against = f"  but {'; '.join(weighed.against)}" if weighed.against else ""
        yield f"  {weighed.likely:.2f}  {weighed.title} ¶{weighed.paragraph}: {_short(weighed.text)}{against}"
    if told.shown:
        yield from _list("Shown to the model", told.shown)
    if told.reply is not None:
        yield "\nThe model wrote"
        yield from (f"  {line}" for line in told.reply.splitlines())
    for claim in told.written:
        yield f"  {claim.verdict}: {claim.text}" + (f"\n      {claim.reason}" if claim.reason else "")
    if told.failure:
        yield f"\nNot answered by the model: {told.failure}"
    reason = f", {told.answer.reason}" if told.answer.reason else ""
    yield f"\nAnswer ({told.answer.mode}{reason})\n{told.answer.answer}"


def _list(name: str, ranked: Sequence[Ranked]) -> Iterator[str]:
    yield f"\n{name}"
    for entry in ranked:
        who = f" ({entry.speaker})" if entry.speaker else ""
        yield f"  {entry.rank:>2}. {entry.score:.3f}  {entry.title} ¶{entry.paragraph}{who}: {_short(entry.text)}"


def _short(text: str) -> str:
    return text if len(text) <= _WIDTH else text[:_WIDTH].rsplit(" ", 1)[0] + " …"
