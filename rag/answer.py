"""The nouns of an answer: Answer, Claim, Citation. Their attributes carry the names of the JSON contract."""

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage
    from pydantic import TypeAdapter

Mode = Literal["model", "quoted", "fallback", "abstained"]
Reason = Literal["no_articles", "out_of_date_range", "speaker_absent", "no_match", "unsupported", "model_unavailable"]
Verdict = Literal["verbatim", "supported", "unverified", "withheld"]

CANNOT_ANSWER = "The articles do not say"

_LABELLED = re.compile(r"\W*(?:correct|clarif|errat|amend|update|editor|note)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article in which the cited words stand too, because both are one text."""

    article_id: str
    publisher: str | None
    title: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Where words of an answer stand: `quote == text[start:end]` of one paragraph, in code points."""

    marker: int  # the number in square brackets, 1-based
    article_id: str
    paragraph_id: str  # `article_id@version#number`
    title: str
    publisher: str | None
    published: date | None
    url: str | None
    paragraph: int  # the paragraph's number (¶), 1-based
    speaker: str | None
    speaker_how: str | None  # "named", "pronoun", "role", "running quotation", "carried"
    speaker_from: int | None  # the ¶ that names the speaker
    quote: str
    start: int
    end: int
    permalink: str  # relative: `/p/ARTICLE/N`
    link: str | None  # the original address with a text fragment that finds the quote there
    page: int | None = None  # of a PDF: where the paragraph begins
    opinion: bool = False  # where the publisher says that the article is one
    corrections: tuple[str, ...] = ()  # what the publisher says to have corrected in the article
    copies: tuple[Copy, ...] = ()  # who else has published these words: one source, not several

    @property
    def place(self) -> str:
        """Where in its article it stands, as a reader finds it: "¶6", or "¶6, p. 3" of a PDF."""
        return f"¶{self.paragraph}, p. {self.page}" if self.page else f"¶{self.paragraph}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the source: that it is opinion, corrected, and who else has the text."""
        named = dict.fromkeys(copy.publisher or copy.title for copy in self.copies)
        others = "; ".join(name for name in named if name != self.publisher)
        return (
            *(("Opinion",) if self.opinion else ()),
            *(text if _LABELLED.match(text) else f"Correction: {text}" for text in self.corrections),
            *((f"Also in: {others}",) if others else ()),
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of the answer, the markers that it rests on, and what verification said of it."""

    text: str
    citations: tuple[int, ...]
    verdict: Verdict
    reason: str | None = None  # of a sentence that is not borne out: why not, in words


@dataclass(frozen=True, slots=True)
class Nearest:
    """A paragraph that comes near a question which the articles do not answer."""

    article_id: str
    title: str
    paragraph: int
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question got: cited sentences, or an abstention with its reason and the nearest paragraphs."""

    question: str
    answer: str  # the sentences with their markers, or the reason for abstaining in words
    mode: Mode
    asked_as: str | None = None  # a follow-up as it was understood: "why does Gabuev doubt it?" for "and Gabuev?"
    reason: Reason | None = None
    fallback_reason: str | None = None
    as_of: date | None = None  # the newest date among the cited articles
    undated_left_out: int = 0  # articles that a date filter left out for having no date
    model: str | None = None
    prompt: str | None = None
    usage: Mapping[str, int] | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Nearest, ...] = ()

    @property
    def abstained(self) -> bool:
        """True where the articles do not answer the question."""
        return self.mode == "abstained"

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as the JSON contract has it: plain lists, strings and numbers."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), default=_iso))
        plain["abstained"] = self.abstained
        return plain

    def to_json(self) -> str:
        """Return the JSON contract, indented, every character readable."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    @staticmethod
    def from_json(text: str) -> "Answer":
        """Return the answer that `to_json` wrote; ValueError where it is none.

        One of another Newscite can be read as well: a field that is not known here is ignored, and one that is not
        there is empty, where it may be.
        """
        plain = json.loads(text)
        if not isinstance(plain, dict):
            raise ValueError("an answer is a JSON object")
        cited = plain.get("citations", [])
        if isinstance(cited, list):
            cited = [_completed(each) if isinstance(each, dict) else each for each in cited]
        return _checked().validate_python({**plain, "citations": cited})

    def to_message(self) -> "AIMessage":
        """Return a LangChain AIMessage whose text block carries standard citation annotations."""
        from rag.message import to_message  # which needs this module's nouns

        return to_message(self)

    def __str__(self) -> str:
        lines = [self.answer]
        for citation in self.citations:
            lines += ["", *_source_lines(citation)]
        if self.undated_left_out:
            lines += ["", f"Left out for having no date: {self.undated_left_out} article(s)."]
        for near in self.nearest:
            lines += ["", f"Nearest: {near.title}, ¶{near.paragraph}", f"    {near.text}"]
        return "\n".join(lines)


@cache
def _checked() -> "TypeAdapter[Answer]":
    from pydantic import TypeAdapter  # which a library of articles can do without

    return TypeAdapter(Answer)


def _completed(citation: Mapping[str, Any]) -> dict[str, Any]:
    needed = (each.name for each in fields(Citation) if each.default is MISSING)
    return {**dict.fromkeys(needed), **citation}


def _source_lines(citation: Citation) -> list[str]:
    where = [
        citation.place,
        citation.speaker,
        citation.title,
        citation.publisher,
        citation.published,
    ]
    return [
        f"[{citation.marker}] " + ", ".join(str(part) for part in where if part),
        f"    {citation.quote}",
        *(f"    {note}" for note in citation.notes),
    ]


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not part of an answer: {value!r}")
