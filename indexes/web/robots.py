"""What a host lets machines fetch: its robots.txt (RFC 9309), read by protego and kept for an hour."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from protego import Protego

from indexes.web.fetched import SAVE_IT, FetchError
from indexes.web.mishaps import EndlessRedirects, Mishap

NAME = "Newscite"  # as a robots.txt would call us
LARGEST = 500_000  # bytes; what comes after them is not read
_LONGEST_DELAY = 30.0  # seconds; a host that wants a longer pause gets this one
_KEPT = 3600.0  # seconds
_KEPT_FAILURE = 300.0
_AGENT = re.compile(r"^[ \t]*user[- ]?agent[ \t]*:[ \t]*([^#\r\n]*)", re.IGNORECASE | re.MULTILINE)
_MEANS_US = {"*", *(NAME.lower()[:length] for length in range(1, len(NAME) + 1))}

Fetch = Callable[[httpx.URL], bytes | None]  # the text at an address, None where there is none; raises FetchError


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a robots.txt says, or why it could not be read."""

    until: float
    says: Protego | None = None
    failed: FetchError | None = None


class Robots:
    """The rules of all hosts that were asked for theirs."""

    def __init__(self, fetch: Fetch, clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._known: dict[str, _Rules] = {}

    def check(self, url: httpx.URL) -> None:
        """Raise FetchError where the host does not let us fetch an address, or does not say whether it does."""
        rules = self._rules(url)
        if rules.failed:
            raise Mishap(rules.failed.what, rules.failed.hint, inside=rules.failed.inside)
        if rules.says and not rules.says.can_fetch(str(url), NAME):
            raise Mishap(f"robots.txt of {url.host} does not allow machines to fetch it.", SAVE_IT)

    def delay(self, url: httpx.URL) -> float:
        """Return how many seconds the host of a checked address wants between two visits."""
        says = self._rules(url).says
        return min((says.crawl_delay(NAME) or 0.0) if says else 0.0, _LONGEST_DELAY)

    def _rules(self, url: httpx.URL) -> _Rules:
        host = f"{url.scheme}://{url.netloc.decode('ascii')}"
        known = self._known.get(host)
        if known is None or self._clock() > known.until:
            known = self._known[host] = self._fetched(url)
        return known

    def _fetched(self, url: httpx.URL) -> _Rules:
        try:
            text = self._fetch(url.copy_with(raw_path=b"/robots.txt"))
        except EndlessRedirects:  # as good as none, says the RFC
            text = None
        except FetchError as error:
            return _Rules(self._clock() + _KEPT_FAILURE, failed=_unread(error, url.host))
        return _Rules(self._clock() + _KEPT, Protego.parse(_for_us(text)) if text else None)


def _unread(error: FetchError, host: str) -> FetchError:
    """Say that a host's rules are unknown; or, where the host itself was not reached, only that."""
    if isinstance(error, Mishap) and not error.reached:
        return error
    what = f"nothing is fetched from {host} while its robots.txt cannot be read: {error.what}"
    return FetchError(what, error.hint)


def _for_us(text: bytes) -> str:
    """Return a robots.txt with one name for all others than us.

    The parser copies each rule for each name: two thousand of both take it 300 MB, and a file may hold ten times that.
    """
    words = text.decode("utf-8", "replace").lstrip("\ufeff")
    return _AGENT.sub(lambda line: line[0] if line[1].strip().lower() in _MEANS_US else "User-agent: others", words)
