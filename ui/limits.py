"""How much one visitor may ask for: questions in a stretch of time and at once."""

import math
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from indexes.errors import NewsciteError
from ui.access import Visitor

QUESTIONS = "60/minute"
AT_ONCE = 3


class TooMany(NewsciteError):
    """A visitor asked more than is allowed; `retry_after` is how many seconds to wait."""

    def __init__(self, what: str, hint: str = "", *, retry_after: int) -> None:
        super().__init__(what, hint)
        self.retry_after = retry_after


class Rate:
    """So many in so long a time, counted for each visitor by himself: "60/minute", "5 per 10 seconds".

    Raises ValueError for a text that is no rate.
    """

    def __init__(self, text: str) -> None:
        self._limit = _parsed(text)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._lock = Lock()  # the storage drops locks of its own while others wait for them

    def spend(self, key: str) -> int:
        """Count one for this key; return 0, or the seconds to wait where there are too many already."""
        with self._lock:
            if self._limiter.hit(self._limit, key):
                return 0
            frees = self._limiter.get_window_stats(self._limit, key).reset_time
        return max(1, math.ceil(frees - time.time()))

    def __str__(self) -> str:
        length = self._limit.get_expiry()
        unit = {1: "a second", 60: "a minute", 3600: "an hour", 86400: "a day"}.get(length, f"{length} seconds")
        return f"{self._limit.amount} in {unit}"


class Limits:
    """Counts each visitor's questions: how many in a stretch of time, and how many are being answered at once."""

    def __init__(self, questions: str = QUESTIONS, at_once: int = AT_ONCE) -> None:
        self._questions = Rate(questions)
        self._at_once = at_once
        self._running: Counter[str] = Counter()
        self._lock = Lock()

    @contextmanager
    def question(self, visitor: Visitor) -> Iterator[None]:
        """Count one question, for as long as the block runs; raise TooMany where this visitor has to wait."""
        self._begin(visitor.key)
        try:
            yield
        finally:
            self._end(visitor.key)

    def _begin(self, key: str) -> None:
        with self._lock:
            if self._running[key] >= self._at_once:
                raise TooMany(
                    f"{self._at_once} of your questions are still being answered.",
                    "Wait for one of them, or stop it.",
                    retry_after=5,
                )
            if wait := self._questions.spend(key):
                raise TooMany(
                    f"You have asked {self._questions}, and that is the limit here.",
                    f"Ask again in {wait} second{'s' if wait > 1 else ''}.",
                    retry_after=wait,
                )
            self._running[key] += 1

    def _end(self, key: str) -> None:
        with self._lock:
            self._running[key] -= 1
            if not self._running[key]:
                del self._running[key]  # a visitor who went home takes no memory


def _parsed(text: str) -> RateLimitItem:
    try:
        [limit] = parse_many(text)
    except ValueError:
        raise ValueError(f"{text!r} is no rate: write it as 60/minute") from None
    if limit.amount < 1:
        raise ValueError(f"{text!r} lets nobody ask: write it as 60/minute")
    return limit
