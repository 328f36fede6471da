"""The one door for articles: a path goes in, or bytes with a name; an Article comes out, whatever the format.

Each format has a chapter of its own, which turns bytes into a Draft: `read(data: bytes) -> Draft`. This page says
which chapter reads what, and does for all of them what no format needs to know: limits, addresses, dates, paragraphs,
speakers, and which file an error is about.
"""

import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path

from indexes.article import Article, Paragraph
from indexes.errors import ReadError
from indexes.furniture import authors
from indexes.paragraphs import to_paragraphs
from indexes.readers.addresses import canonical_url
from indexes.readers.dates import find_date, parse_date
from indexes.readers.draft import Draft
from indexes.speakers import resolve_speakers

__all__ = ["MAX_BYTES", "Details", "canonical_url", "expand", "parse_date", "read", "read_bytes", "shown"]

MAX_BYTES = 20_000_000  # an article is a few thousand characters; a page saved with its pictures a few million
_FORMATS = {
    "": "text", ".txt": "text", ".text": "text",
    ".md": "markdown", ".markdown": "markdown",
    ".html": "html", ".htm": "html", ".xhtml": "html",
}  # fmt: skip
_READABLE = "plain text, Markdown and HTML"


@dataclass(frozen=True, slots=True)
class Details:
    """What the user says about an article. It wins over what the file says."""

    published: date | None = None
    publisher: str | None = None
    url: str | None = None
    title: str | None = None


def read(path: Path, details: Details | None = None) -> Article:
    """Read the article in a file. Raises ReadError, which names the file, what is wrong, and what to do."""
    with _named(shown(path)):
        no_file = path.is_dir() or not os.path.lexists(path)  # whatever its name: `_bytes` says what is wrong with it
        draft = _reader("" if no_file else path.suffix)(_bytes(path))
        return _article(draft, path, shown(Path(os.path.abspath(path))), details or Details())


def read_bytes(name: str, data: bytes, details: Details | None = None) -> Article:
    """Read an article that came without a path, an upload: its name says the format and is its source.

    Raises ReadError, which gives the name, what is wrong, and what to do.
    """
    with _named(name):
        _check_size(len(data))
        path = Path(name)
        draft = _reader(path.suffix)(_filled(data))
        return _article(draft, path, name, details or Details())


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Say in a ReadError which file it is about."""
    try:
        yield
    except ReadError as error:
        raise ReadError(f"{name}: {error.what}", error.hint) from error


def expand(path: Path) -> list[Path]:
    """Return the files to read under a path, in order: itself, or all in a folder and the folders below.

    Hidden files and the `…_files` folder of a saved page are left out. Files of a format that is not read yet are in,
    and so is a folder that cannot be opened or a path that is not there: `read` says what is wrong with them.
    """
    return list(_walk(path, set()))


def _walk(path: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    try:
        status = path.stat()
        entries = sorted(path.iterdir())
    except OSError:
        yield path
        return
    if (status.st_dev, status.st_ino) in seen:  # a link back to a folder above
        return
    seen.add((status.st_dev, status.st_ino))
    names = {entry.name for entry in entries}
    for entry in entries:
        if not entry.name.startswith(".") and not _belongs_to_a_page(entry, names):
            yield from _walk(entry, seen)


def _belongs_to_a_page(entry: Path, names: set[str]) -> bool:
    """Tell whether a folder holds the pictures and scripts that a browser saved with a page."""
    stem = entry.name.removesuffix("_files")
    return stem != entry.name and entry.is_dir() and bool({f"{stem}.html", f"{stem}.htm"} & names)


def _reader(suffix: str) -> Callable[[bytes], Draft]:
    if suffix.lower() not in _FORMATS:
        raise ReadError(
            f"not read yet: {suffix.lower()}; {_READABLE} are.", "Save the article as one of these and add that."
        )
    reader: Callable[[bytes], Draft] = import_module(f"indexes.readers.{_FORMATS[suffix.lower()]}").read
    return reader


def _bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            next(path.iterdir(), None)
            raise ReadError("it is a folder.", "Add the files in it.")
        if not stat.S_ISREG(status.st_mode):
            raise ReadError("it is not a regular file.", "Copy its text into a file and add that.")
        _check_size(status.st_size)
        return _filled(path.read_bytes())
    except FileNotFoundError:
        raise ReadError("no such file.", "Check the path.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ReadError(f"it cannot be opened ({reason}).", "Check who may read it.") from None


def _check_size(size: int) -> None:
    if size > MAX_BYTES:
        raise ReadError(
            f"it has {size / 1_000_000:.0f} MB; at most {MAX_BYTES // 1_000_000} MB are read.",
            "Split it, one article a file.",
        )


def _filled(data: bytes) -> bytes:
    if not data.strip():
        raise ReadError("it is empty.", "Save the article's text in it and add it again.")
    return data


def _article(draft: Draft, path: Path, source: str, details: Details) -> Article:
    head = draft.head
    title = details.title or head.title
    paragraphs = to_paragraphs(draft.blocks, title)
    if not any(p.kind == "body" for p in paragraphs):
        raise ReadError(
            "no article text was found in it.", "Check that it holds the article itself, not a list of links."
        )
    url = canonical_url(details.url) if details.url else head.url and canonical_url(head.url)
    if details.url and not url:
        raise ReadError(f"{details.url!r} is not a web address.", "Give one that begins with https:// or http://.")
    return Article(
        title=title or _title(paragraphs) or _name(path),
        paragraphs=resolve_speakers(paragraphs),
        source=source,
        publisher=details.publisher or head.publisher,
        authors=head.authors or _authors(paragraphs),
        published=details.published or head.published or _date_above(paragraphs),
        updated=head.updated,
        url=url or None,
        language=head.language,
        section=head.section,
    )


def _title(paragraphs: tuple[Paragraph, ...]) -> str | None:
    return next((p.text for p in paragraphs if p.kind == "title"), None)


def _name(path: Path) -> str:
    """Return a title made from the file's name: `bridge-opens_2.txt` is "bridge opens 2"."""
    return re.sub(r"[-_\s]+", " ", shown(Path(path.stem))).strip() or shown(Path(path.name))


def _authors(paragraphs: tuple[Paragraph, ...]) -> tuple[str, ...]:
    return next((found for p in paragraphs if p.kind == "byline" and (found := authors(p.text))), ())


def _date_above(paragraphs: tuple[Paragraph, ...]) -> date | None:
    """Return the date that stands on a line of its own above the text."""
    for paragraph in paragraphs:
        if paragraph.kind == "body":
            return None
        if paragraph.kind == "dateline" and (found := find_date(paragraph.text)):
            return found
    return None


def shown(path: Path) -> str:
    """Return a path that can be stored and printed, whatever bytes the file system has for its name."""
    return os.fsencode(path).decode("utf-8", "replace")
