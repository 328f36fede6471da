"""When a host may be asked again: not before it had its pause. Knows no network, and waits by what it is given."""

from collections.abc import Callable

from indexes.web.mishaps import Mishap
from indexes.web.statuses import PATIENCE

Wait = Callable[[float, str], None]  # so many seconds, for this reason


class Pace:
    """The hosts' pauses. What belongs to one visit, its robots.txt and its redirects, follows at once."""

    def __init__(self, clock: Callable[[], float], wait: Wait) -> None:
        self._clock = clock
        self._wait = wait
        self._left: dict[str, float] = {}  # when a host was asked last
        self._closed: dict[str, tuple[float, Mishap]] = {}  # until when a host wants no visit, and in which words
        self._visited: set[str] = set()

    def begin(self) -> None:
        """Begin a visit."""
        self._visited.clear()

    def turn(self, host: str, delay: float) -> None:
        """Wait until a host may be asked, so many seconds after the last time.

        Raises FetchError where it wants to be left alone for longer than anybody waits.
        """
        self._check_open(host)
        if host in self._visited:
            return
        self._visited.add(host)
        pause = self._left[host] + delay - self._clock() if host in self._left else 0.0
        if pause > 0:
            self._wait(pause, f"{host} is asked once in {delay:g} s")

    def done(self, host: str) -> None:
        """Count a host's pause from now on."""
        self._left[host] = self._clock()

    def close(self, host: str, mishap: Mishap) -> None:
        """Leave a host alone for as long as it asked."""
        if mishap.pause is not None and mishap.pause > PATIENCE:
            self._closed[host] = self._clock() + mishap.pause, mishap

    def _check_open(self, host: str) -> None:
        until, mishap = self._closed.get(host, (0.0, None))
        if mishap and self._clock() < until:
            raise Mishap(mishap.what, mishap.hint, inside=mishap.inside)
