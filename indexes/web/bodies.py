"""The body of an answer: received and unpacked piece by piece, so that no more of it is ever held than is allowed."""

import zlib
from collections.abc import Iterator
from typing import Protocol

import httpx

from indexes.web.fetched import SAVE_IT
from indexes.web.mishaps import Mishap

ENCODINGS = "gzip, deflate"  # what we can unpack, and ask for
_NONE = ("", "identity", "none", "utf-8")  # the last two in error, from servers that mean the same
_GZIP = b"\x1f\x8b"


def whole(response: httpx.Response, limit: int) -> bytes:
    """Return all of a body. Raises FetchError where it has more bytes than the limit."""
    announced = response.headers.get("content-length", "")
    packed = response.headers.get("content-encoding", "")
    if announced.isdecimal() and int(announced) > limit:
        raise _too_large(limit, packed)
    body = b"".join(_pieces(response, limit + 1))
    if len(body) > limit:
        raise _too_large(limit, packed)
    return body


def beginning(response: httpx.Response, limit: int) -> bytes:
    """Return a body as far as the limit."""
    return b"".join(_pieces(response, limit))


def _too_large(limit: int, packed: str) -> Mishap:
    unpacked = " when it is unpacked" if packed else ""
    return Mishap(f"it has more than {limit / 1_000_000:g} MB{unpacked}; no more are read.", SAVE_IT)


def _pieces(response: httpx.Response, room: int) -> Iterator[bytes]:
    """Yield a body, of so many bytes at most."""
    packing = _packing(response.headers.get("content-encoding", ""))
    try:
        for received in response.iter_raw():
            piece = packing.unpacked(received, room)
            room -= len(piece)
            yield piece
            if room <= 0:
                return
    except zlib.error:
        raise Mishap("what was sent is packed wrongly.", "Try again later.") from None
    if not packing.is_complete:
        raise Mishap("what was sent is not complete.", "Try again later.", passing=True)


class _Packing(Protocol):
    @property
    def is_complete(self) -> bool: ...
    def unpacked(self, data: bytes, room: int) -> bytes: ...


def _packing(encoding: str) -> _Packing:
    encoding = encoding.strip().lower()
    if encoding in _NONE:
        return _Unpacked()
    if encoding in ("gzip", "x-gzip"):
        return _Gzip()
    if encoding == "deflate":
        return _Deflate()
    raise Mishap(f"it is packed in a way that was not asked for ({encoding[:40]}).", SAVE_IT)


class _Unpacked:
    is_complete = True

    def unpacked(self, data: bytes, room: int) -> bytes:
        return data[:room]


class _Gzip:
    """One gzip file, or several one after the other. What follows them is padding."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=31)
        self._begun = False
        self._rest = b""

    @property
    def is_complete(self) -> bool:
        return self._zlib.eof or not self._begun

    def unpacked(self, data: bytes, room: int) -> bytes:
        self._begun = True
        data = self._rest + data
        pieces: list[bytes] = []
        while data and room > 0 and self._goes_on(data):
            pieces.append(self._zlib.decompress(data, room))
            room -= len(pieces[-1])
            data = self._zlib.unused_data
        self._rest = data if len(data) < len(_GZIP) else b""
        return b"".join(pieces)

    def _goes_on(self, data: bytes) -> bool:
        if self._zlib.eof:
            if not data.startswith(_GZIP):
                return False
            self._zlib = zlib.decompressobj(wbits=31)
        return True


class _Deflate:
    """What HTTP calls deflate: with zlib's head, or, from servers that took the name at its word, without."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj()
        self._begun = False

    @property
    def is_complete(self) -> bool:
        return self._zlib.eof or not self._begun

    def unpacked(self, data: bytes, room: int) -> bytes:
        if not self._begun and data and data[0] & 0x0F != 8:
            self._zlib = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
        self._begun = self._begun or bool(data)
        return b"" if self._zlib.eof else self._zlib.decompress(data, room)
