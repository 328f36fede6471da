"""A ZIP archive of articles: its members, as the files of a folder are read.

Nothing is written to the disk, so that a member's name is a name and no more, and an archive in an archive is not
opened. A member that is not read is told of, as a file in a folder is.
"""

import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from indexes.errors import ReadError
from indexes.readers import MAX_BYTES, formats, zipped
from indexes.readers.draft import Draft, Part
from indexes.readers.formats import Options

_MOST = 2_000_000_000  # bytes, unpacked, as of any file that holds many articles
_ARCHIVES = {".zip", ".7z", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz"}


def parts(file: BinaryIO, options: Options) -> Iterator[Part]:
    """Yield the articles in an archive, in the order of its members' names. Raises ReadError."""
    with zipped.opened(file, _MOST) as archive:
        members = sorted(
            ((zipped.shown_name(member), member) for member in archive.infolist() if not member.is_dir()),
            key=lambda pair: pair[0],
        )
        names = {name for name, _ in members}
        for name, member in members:
            if not _is_passed_over(name, names):
                yield from _parts(archive, name, member, options)


def _parts(archive: ZipFile, name: str, member: ZipInfo, options: Options) -> Iterator[Part]:
    suffix = PurePosixPath(name).suffix
    if suffix.lower() in _ARCHIVES:
        yield Part(name, _refuse_archive)
    elif not formats.holds_many(suffix):
        yield Part(name, partial(_read, archive, member, suffix))
    else:
        yield from _many(archive, name, member, options)


def _read(archive: ZipFile, member: ZipInfo, suffix: str) -> Draft:
    if member.file_size > MAX_BYTES:
        raise ReadError(
            f"it has {member.file_size / 1e6:.0f} MB; at most {MAX_BYTES // 1_000_000} MB are read.",
            "Split it, one article a file.",
        )
    data = zipped.unpacked(archive, member)
    if not data.strip():
        raise ReadError("it is empty.", "Leave it out, or put the article's text in it.")
    return formats.draft(suffix, data)


def _many(archive: ZipFile, name: str, member: ZipInfo, options: Options) -> Iterator[Part]:
    """Yield the articles in a member that holds many; what is wrong with it as a whole is one more that fails."""
    empty = True
    try:
        with zipped.stream(archive, member) as file:
            for part in formats.parts(PurePosixPath(name).suffix, file, options):
                yield Part(f"{name}#{part.name}", part.read)
                empty = False
    except ReadError as error:
        yield Part(name, partial(_fail, error))
    except (BadZipFile, zlib.error, EOFError):
        yield Part(name, partial(_fail, zipped.broken()))
    else:
        if empty:
            yield Part(
                name, partial(_fail, ReadError("there is no article in it.", "Check that it is the right file."))
            )


def _fail(error: ReadError) -> Draft:
    raise error


def _refuse_archive() -> Draft:
    raise ReadError("it is an archive in an archive, which is not opened.", "Unpack it and add what is in it.")


def _is_passed_over(name: str, names: set[str]) -> bool:
    """Tell whether a member is hidden, a Mac's note about another, or belongs to a saved page."""
    path = PurePosixPath(name)
    if any(step.startswith(".") and step.strip(".") for step in path.parts) or "__MACOSX" in path.parts:
        return True
    pages = [str(above).removesuffix("_files") for above in path.parents if above.name.endswith("_files")]
    return any(f"{page}{ending}" in names for page in pages for ending in (".html", ".htm"))
