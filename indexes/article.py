"""The nouns of an article, as it is read, stored, shown and cited. Facts, and what follows from them.

Nothing here knows about files, databases, embeddings or questions.
"""

import calendar
import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

Kind = Literal["body", "title", "heading", "caption", "credit", "byline", "dateline", "promotion", "correction"]
How = Literal["named", "pronoun", "role", "running quotation", "carried"]

CONFIDENT = 0.7  # below this a speaker is shown nowhere and not put into the embedded text


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who said something, how we know, and from which paragraph."""

    name: str  # the fullest form that the article gives
    how: How
    confidence: float  # 0..1: the precision of the rule that resolved it, measured on development data
    paragraph: int  # the body paragraph (¶) that names the speaker

    @property
    def inferred(self) -> bool:
        """True where the words around the quotation do not name the speaker."""
        return self.how != "named"


@dataclass(frozen=True, slots=True)
class Quotation:
    """A stretch of one paragraph that is somebody's words: text[start:end], in code points.

    A direct quotation includes its quotation marks. An indirect one is the reporter's sentence that says what
    somebody said. `run` is shared by the pieces of one quotation that goes on over several paragraphs.
    """

    start: int
    end: int
    direct: bool
    speaker: Speaker | None = None
    run: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as a reader sees it. Only body paragraphs carry a number, are indexed and can be cited."""

    text: str
    kind: Kind = "body"
    number: int | None = None  # 1-based, counting body paragraphs only
    heading: str | None = None  # the heading that it stands under
    quotations: tuple[Quotation, ...] = ()
    page: int | None = None  # 1-based, of a PDF: where the paragraph begins

    @property
    def speakers(self) -> tuple[Speaker, ...]:
        """The confidently resolved speakers, each once, the one with most of the words first."""
        said: dict[str, int] = {}
        first: dict[str, Speaker] = {}
        for quotation in self.quotations:
            speaker = quotation.speaker
            if speaker is None or speaker.confidence < CONFIDENT:
                continue
            said[speaker.name] = said.get(speaker.name, 0) + quotation.end - quotation.start
            first.setdefault(speaker.name, speaker)
        return tuple(first[name] for name in sorted(said, key=lambda name: -said[name]))

    def quotation_at(self, start: int, end: int) -> Quotation | None:
        """Return the quotation that most of text[start:end] belongs to, if any does."""

        def shared(quotation: Quotation) -> int:
            return min(end, quotation.end) - max(start, quotation.start)

        best = max(self.quotations, key=shared, default=None)
        return best if best is not None and shared(best) * 2 > end - start else None


@dataclass(frozen=True)
class Article:
    """An article with its paragraphs in reading order. An `(id, version)` never changes its text."""

    title: str
    paragraphs: tuple[Paragraph, ...]
    source: str  # the absolute path that it was read from, or the name under which it was handed in
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    updated: date | None = None
    url: str | None = None
    language: str | None = None
    section: str | None = None
    key: str | None = None  # what names it where it has no address: a mail's Message-ID, a record's id
    opinion: bool = False  # where its publisher says so

    @cached_property
    def id(self) -> str:
        """12 hex digits: of the canonical URL, or the key, or publisher and title, or the source path."""
        if self.url:
            return _digest("url", self.url)
        if self.key:
            return _digest("key", self.key)
        if self.publisher and self.title:
            return _digest("title", self.publisher, self.title)
        return _digest("path", self.source)

    @cached_property
    def version(self) -> str:
        """8 hex digits of the title and the text of all paragraphs."""
        return _digest(self.title, *(f"{p.kind}:{p.text}" for p in self.paragraphs))[:8]

    @cached_property
    def body(self) -> tuple[Paragraph, ...]:
        """The numbered paragraphs: `body[n - 1].number == n`."""
        return tuple(p for p in self.paragraphs if p.kind == "body")

    @cached_property
    def corrections(self) -> tuple[str, ...]:
        """What the publisher says to have corrected in it, in its own words."""
        return tuple(p.text for p in self.paragraphs if p.kind == "correction")

    @property
    def month(self) -> str:
        """When it was published, as questions put it: "January 2025"; empty where that is not known."""
        day = self.published
        return f"{calendar.month_name[day.month]} {day.year}" if day else ""

    def paragraph_id(self, number: int) -> str:
        """`article_id@version#number`: stable between runs, reloads and re-ingestion of the same text."""
        return f"{self.id}@{self.version}#{number}"


@dataclass(frozen=True, slots=True)
class Passage:
    """The retrieval unit: a body paragraph, or a window of one that is too long for the embedder."""

    paragraph: int
    window: int  # 0-based within the paragraph
    text: str  # what is embedded and searched: `speaker: paragraph`


@dataclass(frozen=True, slots=True)
class Filters:
    """What a question is restricted to. Dates are inclusive; `as_of` leaves what was known on that day."""

    after: date | None = None
    before: date | None = None
    as_of: date | None = None
    speaker: str | None = None
    publisher: str | None = None
    article: str | None = None  # an article id, or a unique beginning of one

    @property
    def dated(self) -> bool:
        """True where undated articles are left out."""
        return any((self.after, self.before, self.as_of))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]
