"""What every reader hands over: what the top of an article says about it, and its blocks of text."""

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


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as its format gives it: not yet classified, numbered or attributed."""

    blocks: tuple[Block, ...]
    head: Head = field(default_factory=Head)
