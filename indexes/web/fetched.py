"""What a fetch brings, and what whoever fetches is asked for. Nothing here touches the network."""

from dataclasses import dataclass
from typing import Protocol

from indexes.errors import ReadError

SAVE_IT = "Open it in a browser where you can read it, save the page, and add that file."  # what helps nearly always


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave: its bytes, or the word that they are the same as before."""

    url: str  # where it was found at last, after redirects
    body: bytes = b""  # decompressed
    media_type: str = ""  # "text/html", in small letters; empty where the server does not say
    charset: str | None = None  # as the server says
    etag: str | None = None
    modified: str | None = None  # the Last-Modified header, as it came
    unchanged: bool = False  # 304: the body is empty, and what was fetched before still holds


class FetchError(ReadError):
    """An address could not be fetched, or must not be: which, why, and what to do.

    `inside` says that it leads to this machine or a network that is not public: no stranger's business.
    """

    def __init__(self, what: str, hint: str = "", *, inside: bool = False) -> None:
        super().__init__(what, hint)
        self.inside = inside


class Fetch(Protocol):
    """Fetches one address."""

    def get(self, url: str, *, etag: str | None = None, modified: str | None = None) -> Fetched:
        """Fetch an address, politely and safely; with `etag` or `modified`, only where it has changed since.

        Raises FetchError.
        """
