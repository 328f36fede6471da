"""What every reader hands over: what the top of an article says about it, and its blocks of text."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from indexes.paragraphs import Block


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says about its article, as far as it does."""

    title: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    updated: date | None = None
    url: str | None = None
    language: str | None = None
    section: str | None = None
    key: str | None = None  # what names it where it has no address: a mail's Message-ID, a record's id
    opinion: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as its format gives it: not yet classified, numbered or attributed."""

    blocks: tuple[Block, ...]
    head: Head = field(default_factory=Head)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the articles that a file holds together: a record, a mail, a member of an archive."""

    name: str  # which of them it is, as a reader would find it: "12", "stories/harbour.txt"
    read: Callable[[], Draft]  # raises ReadError
