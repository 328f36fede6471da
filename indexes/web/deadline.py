"""How long a fetch may take in all, however slowly its bytes drip in."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore

from indexes.web.mishaps import Mishap


class Deadline:
    """The end of a fetch. Waiting out of politeness puts it off: only the time that a server takes counts."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._end = 0.0

    def start(self) -> None:
        """Begin a fetch."""
        self._end = self._clock() + self._seconds

    def put_off(self, seconds: float) -> None:
        """Take so many seconds out of the count."""
        self._end += seconds

    @contextmanager
    def within(self, timeout: float | None) -> Iterator[float]:
        """Give the timeout of a step of the fetch. Raises FetchError where the fetch is at its end."""
        left = self._left()
        try:
            yield left if timeout is None else min(timeout, left)
        except httpcore.TimeoutException:
            self._left()
            raise

    def _left(self) -> float:
        left = self._end - self._clock()
        if left <= 0:
            raise Mishap(f"it took longer than {self._seconds:g} s.", "Try again later.")
        return left


class TimedStream(httpcore.NetworkStream):
    """A connection each of whose reads and writes ends with the fetch."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Receive what is there."""
        with self._deadline.within(timeout) as limit:
            return self._stream.read(max_bytes, limit)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send."""
        with self._deadline.within(timeout) as limit:
            self._stream.write(buffer, limit)

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Go on in secret."""
        with self._deadline.within(timeout) as limit:
            return TimedStream(self._stream.start_tls(ssl_context, server_hostname, limit), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the connection."""
        return self._stream.get_extra_info(info)
