"""Fetching from the web: politely, and so that no site can lead us where we should not go.

Each address on the way, also after a redirect, is checked (`target.py`, `guard.py`), allowed by its host's robots.txt
(`robots.py`) and asked at the host's pace (`pace.py`). What comes is limited in size and time (`bodies.py`,
`deadline.py`). What goes wrong is one line (`mishaps.py`, `statuses.py`).
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from types import TracebackType
from typing import Self

import httpcore
import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from indexes.readers import MAX_BYTES
from indexes.web import bodies, mishaps, robots, statuses
from indexes.web.deadline import Deadline
from indexes.web.fetched import SAVE_IT, Fetched, FetchError
from indexes.web.guard import Guard, Resolve, look_up
from indexes.web.mishaps import EndlessRedirects, Mishap
from indexes.web.pace import Pace, Wait
from indexes.web.robots import Robots
from indexes.web.target import checked, shown, target
from indexes.web.transport import Transport

ATTEMPTS = 3
FIRST_WAIT = 1.0  # seconds before the second attempt, at most; doubled with each
_ACCEPT = (
    "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.8"
)

_Read = Callable[[httpx.Response, int], bytes]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a site is borne."""

    size: int = MAX_BYTES  # bytes, unpacked
    seconds: float = 60.0  # for one fetch with its redirects; what we wait out of politeness does not count
    silence: float = 15.0  # seconds in which nothing comes
    redirects: int = 10


@dataclass(frozen=True, slots=True)
class _Answer:
    response: httpx.Response
    body: bytes = b""

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def onward(self) -> httpx.Request | None:
        return self.response.next_request


class Fetcher:
    """Fetches one address after the other, in one thread, in a `with` block.

    Cookies live as long as one fetch: some sites show an article only to whom they could give one on the way.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        delay: float = 1.0,
        on_wait: Wait = lambda seconds, why: None,
        limits: Limits = Limits(),
        resolve: Resolve = look_up,
        network: httpcore.NetworkBackend | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._delay = delay
        self._on_wait = on_wait
        self._limits = limits
        self._sleep = sleep
        self._deadline = Deadline(limits.seconds, clock)
        self._pace = Pace(clock, self._wait)
        self._robots = Robots(self._robots_text, clock)
        guard = Guard(network or httpcore.SyncBackend(), resolve, self._deadline, allow_private)
        self._client = httpx.Client(
            transport=Transport(guard), headers=_headers(), timeout=limits.silence, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._client.close()

    def get(self, url: str, *, etag: str | None = None, modified: str | None = None) -> Fetched:
        """Fetch an address; with `etag` or `modified`, only where it has changed since. Raises FetchError."""
        with _named(url):
            self._deadline.start()
            self._pace.begin()
            self._client.cookies.clear()
            conditions = _conditions(etag, modified)
            request = self._client.build_request("GET", target(url), headers=conditions)
            return _fetched(self._followed(request, self._page), bool(conditions))

    def _page(self, request: httpx.Request) -> _Answer:
        self._robots.check(request.url)
        return self._asked(request, bodies.whole, self._limits.size, self._robots.delay(request.url))

    def _robots_text(self, url: httpx.URL) -> bytes | None:
        def ask(request: httpx.Request) -> _Answer:
            return self._asked(request, bodies.beginning, robots.LARGEST)

        answer = self._followed(self._client.build_request("GET", url), ask)
        return answer.body if statuses.is_page(answer.status) else None

    def _followed(self, request: httpx.Request, ask: Callable[[httpx.Request], _Answer]) -> _Answer:
        """Return the answer to which a request leads, asking at each step."""
        first, seen = request.url, set()
        for _ in range(self._limits.redirects + 1):
            seen.add((str(request.url), request.headers.get("cookie")))
            with _on_the_way(first, request.url):
                answer = ask(request)
            if answer.onward is None:
                return answer
            with _on_the_way(first, answer.onward.url):
                request = _onward(request.url, answer.onward)
            if (str(request.url), request.headers.get("cookie")) in seen:
                raise EndlessRedirects(f"it redirects in a circle, to {shown(str(request.url))}.", SAVE_IT)
        raise EndlessRedirects(f"it redirects more than {self._limits.redirects} times.", SAVE_IT)

    def _asked(self, request: httpx.Request, read: _Read, limit: int, delay: float = 0.0) -> _Answer:
        """Return the answer to a request, made again while it fails in a way that may pass."""
        host = request.url.host
        self._pace.turn(host, max(self._delay, delay))
        try:
            return Retrying(
                stop=stop_after_attempt(ATTEMPTS),
                wait=_pause,
                retry=retry_if_exception(lambda error: isinstance(error, Mishap) and error.passing),
                sleep=lambda seconds: self._wait(seconds, f"{host} is asked once more"),
                reraise=True,
            )(self._exchange, request, read, limit)
        except Mishap as mishap:
            self._pace.close(host, mishap)
            raise
        finally:
            self._pace.done(host)

    def _exchange(self, request: httpx.Request, read: _Read, limit: int) -> _Answer:
        with mishaps.told(request.url.host, self._limits.silence):
            response = self._client.send(request, stream=True)
            try:
                if statuses.is_page(response.status_code):
                    return _Answer(response, read(response, limit))
            finally:
                response.close()
        failed = statuses.mishap(response)
        if failed.passing or failed.pause:
            raise failed
        return _Answer(response)

    def _wait(self, seconds: float, why: str) -> None:
        self._on_wait(seconds, why)
        self._deadline.put_off(seconds)
        self._sleep(seconds)


_backoff = wait_random_exponential(multiplier=FIRST_WAIT, max=10)


def _pause(state: RetryCallState) -> float:
    failed = state.outcome.exception() if state.outcome else None
    asked = failed.pause if isinstance(failed, Mishap) else None
    return max(asked or 0.0, _backoff(state))


def _headers() -> dict[str, str]:
    return {
        "User-Agent": f"{robots.NAME}/{version('newscite')}",
        "Accept": _ACCEPT,
        "Accept-Encoding": bodies.ENCODINGS,
    }


def _conditions(etag: str | None, modified: str | None) -> dict[str, str]:
    given = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {name: value for name, value in given.items() if value and value.isascii() and value.isprintable()}


def _onward(url: httpx.URL, request: httpx.Request) -> httpx.Request:
    """Return the request that a redirect asks for, at an address that was checked.

    From https, nothing leads to http, where anybody on the way could change the text: https is tried there as well.
    """
    to = checked(request.url)
    if url.scheme == "https" and to.scheme == "http":
        if to.port is not None:
            raise Mishap("that is http, where https was asked for.", "Give that address itself if you trust it.")
        to = to.copy_with(scheme="https")
    request.url = to
    request.headers["Host"] = to.netloc.decode("ascii")
    return request


def _fetched(answer: _Answer, conditional: bool) -> Fetched:
    response = answer.response
    url = str(response.request.url)
    etag, modified = response.headers.get("etag"), response.headers.get("last-modified")
    if answer.status == 304 and conditional:
        return Fetched(url, etag=etag, modified=modified, unchanged=True)
    if not statuses.is_page(answer.status):
        raise statuses.mishap(response)
    media_type = re.split("[;,]", response.headers.get("content-type", ""))[0].strip().lower()
    return Fetched(url, answer.body, media_type, response.charset_encoding, etag, modified)


@contextmanager
def _named(url: str) -> Iterator[None]:
    """Say in a FetchError which address it is about."""
    try:
        yield
    except FetchError as error:
        raise FetchError(f"{shown(url)}: {error.what}", error.hint, inside=error.inside) from None


@contextmanager
def _on_the_way(first: httpx.URL, now: httpx.URL) -> Iterator[None]:
    """Say in a FetchError how far redirects led."""
    try:
        yield
    except Mishap as error:
        if now == first:
            raise
        what = f"it redirects to {shown(str(now))}: {error.what}"
        raise Mishap(what, error.hint, reached=error.reached, inside=error.inside) from None
