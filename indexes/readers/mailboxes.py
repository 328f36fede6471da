"""A mailbox (.mbox): mails one after the other, each below a line that begins with “From ”.

The box is read line by line, so that only one mail is in memory. A mail that cannot be read stops nothing.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from indexes.errors import ReadError
from indexes.readers import mail
from indexes.readers.draft import Draft, Part
from indexes.readers.formats import Options

_LARGEST = 50_000_000  # bytes of one mail, with what is attached to it
_LINE = 1_000_000  # bytes that are read at once
# “From ada@post.example Tue Mar  4 06:30:00 2025”; a sentence that begins with “From” names no day with its hour.
_SEPARATOR = re.compile(rb"From (?:\S.*)?\b\d{1,2}:\d\d(?::\d\d)?\b.*\b\d{4}\b[^\r\n]{0,40}\r?\n?$")
_QUOTED = re.compile(rb">+From ")


def parts(file: BinaryIO, options: Options) -> Iterator[Part]:
    """Yield the mails of a mailbox, numbered from 1. Raises ReadError for what is no mailbox."""
    for number, data in enumerate(_mails(file), 1):
        yield Part(str(number), partial(_read, data))


def _read(data: bytes | None) -> Draft:
    if data is None:
        raise ReadError(
            f"it has more than {_LARGEST // 1_000_000} MB.", "Save it as .eml without its attachments and add that."
        )
    return mail.read(data)


def _mails(file: BinaryIO) -> Iterator[bytes | None]:
    """Yield the bytes of each mail, or None for one that is too large."""
    lines: list[bytes] | None = None
    size, begins = 0, True  # the line begins here, and not before the piece of it that is read
    while line := file.readline(_LINE):
        if begins and (_SEPARATOR.match(line) or (lines is None and line.startswith(b"From "))):
            if lines is not None:
                yield _mail(lines, size)
            lines, size = [], 0
        elif lines is None:
            if line.strip(b"\xef\xbb\xbf\r\n\t "):
                raise ReadError("it is no mailbox: it does not begin with a line “From …”.", "Name a single mail .eml.")
        else:
            size += len(line)
            if size <= _LARGEST:
                lines.append(line[1:] if begins and _QUOTED.match(line) else line)
            else:
                lines.clear()
        begins = line.endswith(b"\n")
    if lines is not None:
        yield _mail(lines, size)


def _mail(lines: list[bytes], size: int) -> bytes | None:
    return b"".join(lines) if size <= _LARGEST else None
