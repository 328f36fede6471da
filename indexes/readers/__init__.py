"""The one door for articles: a path goes in, or bytes with a name; an Article comes out, whatever the format.

Each format has a chapter of its own, which turns bytes into a Draft, or a file that holds many articles into Parts
(`readers/formats.py`). This page does for all of them what no format needs to know: limits, addresses, dates,
paragraphs, speakers, and which file an error is about.
"""

import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from indexes.article import Article, Paragraph
from indexes.errors import ReadError
from indexes.furniture import authors
from indexes.paragraphs import to_paragraphs
from indexes.readers import formats
from indexes.readers.addresses import canonical_url
from indexes.readers.dates import find_date, parse_date
from indexes.readers.draft import Draft, Part
from indexes.readers.formats import Options
from indexes.speakers import resolve_speakers

__all__ = [
    "MAX_BYTES",
    "Details",
    "Item",
    "Options",
    "canonical_url",
    "expand",
    "items",
    "items_in_bytes",
    "parse_date",
    "read",
    "read_bytes",
    "shown",
    "to_article",
]

MAX_BYTES = 20_000_000  # an article is a few thousand characters; a page saved with its pictures a few million
MAX_BYTES_OF_MANY = 2_000_000_000  # a mailbox, an archive: read one article after the other


@dataclass(frozen=True, slots=True)
class Details:
    """What the user says about an article. It wins over what the file says."""

    published: date | None = None
    publisher: str | None = None
    url: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An article that is to be read. `read` raises ReadError where it cannot be."""

    name: str  # what a report calls it: the file, or the file and its place in it
    read: Callable[[], Article]


def items(path: Path, details: Details | None = None, options: Options | None = None) -> Iterator[Item]:
    """Yield what is to be read in a file: one article, or each of those that it holds.

    Read each before the next is asked for: the file is open until then. What is wrong with the file as a whole comes
    out when its item is read.
    """
    name = shown(path)
    if path.is_dir() or not os.path.lexists(path) or not formats.holds_many(path.suffix):
        yield Item(name, partial(read, path, details))
        return
    with _failing_late(name) as failed, _opened(path) as file:
        yield from _parts(name, shown(Path(os.path.abspath(path))), file, details, options)
    yield from failed


def items_in_bytes(
    name: str, data: bytes, details: Details | None = None, options: Options | None = None
) -> Iterator[Item]:
    """Yield what is to be read in a file that came without a path, an upload."""
    if not formats.holds_many(Path(name).suffix):
        yield Item(name, partial(read_bytes, name, data, details))
        return
    with _failing_late(name) as failed:
        yield from _parts(name, name, BytesIO(_filled(data)), details, options)
    yield from failed


def read(path: Path, details: Details | None = None) -> Article:
    """Read the article in a file that holds one. Raises ReadError: which file, what is wrong, and what to do."""
    with _named(shown(path)):
        no_file = path.is_dir() or not os.path.lexists(path)  # whatever its name: `_bytes` says what is wrong with it
        draft = formats.draft("" if no_file else path.suffix, _bytes(path))
        return to_article(draft, shown(Path(os.path.abspath(path))), details)


def read_bytes(name: str, data: bytes, details: Details | None = None) -> Article:
    """Read an article that came without a path, an upload: its name says the format and is its source.

    Raises ReadError, which gives the name, what is wrong, and what to do.
    """
    with _named(name):
        _check_size(len(data))
        return to_article(formats.draft(Path(name).suffix, _filled(data)), name, details)


def _parts(name: str, source: str, file: BinaryIO, details: Details | None, options: Options | None) -> Iterator[Item]:
    """Yield what an open file holds; `source` is where it lies."""
    empty = True
    for part in formats.parts(Path(name).suffix, file, options or Options()):
        yield Item(f"{name}#{part.name}", partial(_read_part, part, name, source, details))
        empty = False
    if empty:
        raise ReadError("there is no article in it.", "Check that it is the right file.")


def _read_part(part: Part, name: str, source: str, details: Details | None) -> Article:
    with _named(f"{name}#{part.name}"):
        return to_article(part.read(), f"{source}#{part.name}", details)


@contextmanager
def _failing_late(name: str) -> Iterator[list[Item]]:
    """Turn what is wrong with a file as a whole into an item that says so when it is read."""
    failed: list[Item] = []
    try:
        with _named(name):
            yield failed
    except Exception as error:  # whatever a parser makes of it; the other files are still to be read
        failed.append(Item(name, partial(_fail, error)))


def _fail(error: Exception) -> Article:
    raise error


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


def _bytes(path: Path) -> bytes:
    with _openable(path):
        _check_size(_size(path))
        return _filled(path.read_bytes())


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file that holds many articles."""
    with _openable(path):
        size = _size(path)
        if size > MAX_BYTES_OF_MANY:
            raise ReadError(
                f"it has {size / 1e9:.1f} GB; at most {MAX_BYTES_OF_MANY / 1e9:.0f} GB are read.",
                "Split it into several.",
            )
        if not size:
            _filled(b"")
        file = path.open("rb")
    with file:
        yield file


def _size(path: Path) -> int:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        next(path.iterdir(), None)
        raise ReadError("it is a folder.", "Add the files in it.")
    if not stat.S_ISREG(status.st_mode):
        raise ReadError("it is not a regular file.", "Copy its text into a file and add that.")
    return status.st_size


@contextmanager
def _openable(path: Path) -> Iterator[None]:
    """Say in a ReadError why a file cannot be opened."""
    try:
        yield
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


def to_article(draft: Draft, source: str, details: Details | None = None) -> Article:
    """Return what a reader found as an article that comes from this source: a path, an upload's name, an address.

    Raises ReadError where it holds no article text.
    """
    details = details or Details()
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
        title=title or _title(paragraphs) or _name(Path(source)),
        paragraphs=resolve_speakers(paragraphs),
        source=source,
        publisher=details.publisher or head.publisher,
        authors=head.authors or _authors(paragraphs),
        published=details.published or head.published or _date_above(paragraphs),
        updated=head.updated,
        url=url or None,
        language=head.language,
        section=head.section,
        key=head.key,
        opinion=head.opinion,
    )


def _title(paragraphs: tuple[Paragraph, ...]) -> str | None:
    return next((p.text for p in paragraphs if p.kind == "title"), None)


def _name(path: Path) -> str:
    """Return a title made from the source's name: `bridge-opens_2.txt` is "bridge opens 2"."""
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
