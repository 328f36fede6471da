"""ZIP files from anywhere. Nothing is unpacked before its directory has shown that this can do no harm.

A few kilobytes of ZIP can stand for terabytes: in one member, in very many, or in members that share the same bytes.
What a directory says may be a lie as well, so never more is unpacked than it says.
"""

import os
import re
import struct
import zlib
from contextlib import suppress
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from indexes.errors import ReadError

MEMBERS = 20_000  # at most; beyond them the directory itself is a burden
_DIRECTORY = 20_000_000  # bytes that the directory may have
_RATIO = 200  # times that a member may grow; text grows tenfold, a bomb a thousandfold
_SMALL = 1_000_000  # bytes that may have grown from nothing: blank forms and the like
_ENCRYPTED = 1  # the flag of a member that is locked with a password
_UTF_8 = 0x800  # the flag of a name that is UTF-8
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def opened(file: BinaryIO, most: int) -> ZipFile:
    """Open a ZIP file that holds no more than `most` bytes, unpacked. Raises ReadError."""
    try:
        if _directory_size(file) > _DIRECTORY:
            raise _too_many()
        archive = ZipFile(file)
    except (BadZipFile, ValueError, OverflowError, struct.error, NotImplementedError):
        raise broken() from None
    members = archive.infolist()
    if len(members) > MEMBERS:
        raise _too_many()
    if _overlap(members):
        raise ReadError("its members lie over each other, as in a ZIP bomb.", "It is not unpacked; do not trust it.")
    total = sum(member.file_size for member in members)
    if total > most:
        raise ReadError(
            f"it holds {total / 1e6:,.0f} MB when it is unpacked; at most {most / 1e6:,.0f} MB are.",
            "Split it into several.",
        )
    return archive


def unpacked(archive: ZipFile, member: ZipInfo) -> bytes:
    """Return the bytes of a member, not one more than the directory says. Raises ReadError."""
    try:
        with stream(archive, member) as file:
            data = file.read(member.file_size + 1)
    except (BadZipFile, zlib.error, EOFError, OSError, ValueError):
        raise broken() from None
    if len(data) != member.file_size:
        raise broken()
    return data


def stream(archive: ZipFile, member: ZipInfo) -> BinaryIO:
    """Open a member. Raises ReadError where it is locked, a bomb, or packed in a way that is not read."""
    if member.flag_bits & _ENCRYPTED:
        raise ReadError("it is locked with a password.", "Unpack it with the password and add what comes out.")
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise ReadError("it is packed in a rare way that is not read.", "Pack it again as an ordinary ZIP archive.")
    if member.file_size > _SMALL and member.file_size > _RATIO * member.compress_size:
        raise ReadError("it would grow beyond measure, as a ZIP bomb does.", "It is not unpacked; do not trust it.")
    try:
        return archive.open(member)  # type: ignore[return-value]  # an IO[bytes]; a BinaryIO in all but name
    except (BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError):
        raise broken() from None


def shown_name(member: ZipInfo) -> str:
    """Return a member's name on one line, and in its own letters where its writer did not say that they are UTF-8."""
    name = member.filename
    if not member.flag_bits & _UTF_8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return _CONTROL.sub("\ufffd", name)


def broken() -> ReadError:
    """Return the error for a file that is cut off or damaged."""
    return ReadError("it is cut off or damaged.", "Save or download it again.")


def _too_many() -> ReadError:
    return ReadError(f"it has too many members; at most {MEMBERS:,} are read.", "Split it into several.")


def _overlap(members: list[ZipInfo]) -> bool:
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end:
            return True
        end = member.header_offset + 30 + len(member.orig_filename) + member.compress_size
    return False


def _directory_size(file: BinaryIO) -> int:
    """Return how many bytes the directory has, as the end of the file says; it is read whole when a ZIP is opened."""
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - 66_000))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0:
        raise BadZipFile
    size: int = struct.unpack_from("<L", tail, at + 12)[0]
    large = tail[max(0, at - 76) : at]
    if large.startswith(_END_64):
        size = struct.unpack_from("<Q", large, 40)[0]
    return size
