"""Which chapter reads which format.

Most files hold one article: `read(data: bytes) -> Draft`. Some hold many: `parts(file: BinaryIO, options: Options) ->
Iterator[Part]`, which reads them one after the other, as a file of them may be large.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, BinaryIO

from indexes.errors import ReadError
from indexes.readers.draft import Draft, Part

_ONE = {
    "": "text", ".txt": "text", ".text": "text",
    ".md": "markdown", ".markdown": "markdown",
    ".html": "html", ".htm": "html", ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".eml": "mail",
}  # fmt: skip
_MANY = {
    ".json": "records", ".jsonl": "records", ".ndjson": "records",
    ".mbox": "mailboxes",
    ".zip": "archives",
}  # fmt: skip
ENDINGS = tuple(filter(None, (*_ONE, *_MANY)))
READABLE = "text, Markdown, HTML, PDF, DOCX, mail (EML, MBOX), records (JSON, JSONL) and ZIP archives of these"


# What `Options.fields` can name.
MAPPED = frozenset(
    {"title", "text", "published", "updated", "url", "publisher", "authors", "section", "language", "key"}
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the user says about a file that holds many articles."""

    fields: Mapping[str, str] = field(default_factory=dict)  # which field of a record is its title, its text, …


def holds_many(suffix: str) -> bool:
    """Tell whether a file of this ending may hold more than one article."""
    return suffix.lower() in _MANY


def draft(suffix: str, data: bytes) -> Draft:
    """Return the article in the bytes of a file with this ending. Raises ReadError."""
    reader: Callable[[bytes], Draft] = _chapter(_ONE, suffix).read
    return reader(data)


def parts(suffix: str, file: BinaryIO, options: Options) -> Iterator[Part]:
    """Yield the articles in an open file with this ending. Raises ReadError, at once or on the way."""
    split: Callable[[BinaryIO, Options], Iterator[Part]] = _chapter(_MANY, suffix).parts
    return split(file, options)


def _chapter(chapters: Mapping[str, str], suffix: str) -> Any:
    if suffix.lower() not in chapters:
        raise ReadError(
            f"not read yet: {suffix.lower()}; {READABLE} are.", "Save the article as one of these and add that."
        )
    return import_module(f"indexes.readers.{chapters[suffix.lower()]}")
