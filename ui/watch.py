"""Looks after feeds: adds what is new in them, again and again, until it is told to stop.

Between two rounds nothing of the library is held open but the embedding model, so that a server beside it has the
vectors to itself.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from indexes.errors import LibraryError, MismatchError
from indexes.library import Details, Library, Outcome, Wanted

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d{1,6})\s*([smhd])")
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=365)  # no feed wants to be asked more often

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Watch:
    """Which feeds are looked after, how often, and what is wanted of them."""

    feeds: Sequence[str]
    every: timedelta
    details: Details
    wanted: Wanted


def duration(text: str) -> timedelta:
    """Return the time that a text such as "15m" or "2h" names; ValueError where it names none, or too short a one."""
    found = _DURATION.fullmatch(text.strip().lower())
    if not found:
        raise ValueError(f"{text!r} is no length of time. Write a number with s, m, h or d: 15m, 2h.")
    named = timedelta(seconds=int(found[1]) * _UNITS[found[2]])
    if named < SHORTEST:
        raise ValueError(f"{text!r} is too often. A feed is looked at once a minute at most: 1m.")
    if named > LONGEST:
        raise ValueError(f"{text!r} is too seldom. A feed is looked at once a year at least: 365d.")
    return named


def watch(task: Watch, home: Path | None, model: str | None, say: Say, rounds: int | None = None) -> None:
    """Add what is new in the feeds, and what becomes new, until interrupted; or for so many `rounds`.

    What goes wrong in one round is said, and tried again in the next. Raises LibraryError where the library cannot be
    opened at first, and MismatchError whenever another model has indexed it meanwhile.
    """
    with Library.open(home, model=model) as library:
        embeddings = library.embeddings  # loaded once, for all rounds
    done = 0
    while rounds is None or done < rounds:
        if done:
            time.sleep(task.every.total_seconds())
        try:
            with Library.open(home, embeddings=embeddings) as library:
                _round(task, library, say)
        except MismatchError:
            raise
        except LibraryError as error:
            say(f"{_now()}  {error}")
        done += 1


def _round(task: Watch, library: Library, say: Say) -> None:
    report = library.add(
        *task.feeds, details=task.details, wanted=task.wanted, on_outcome=lambda outcome: _tell(outcome, say)
    )
    counts = {status: report.count(status) for status in ("added", "updated", "failed")}
    say(f"{_now()}  {', '.join(f'{count} {status}' for status, count in counts.items() if count) or 'nothing new'}")


def _tell(outcome: Outcome, say: Say) -> None:
    if outcome.status in ("added", "updated"):
        say(f"{_now()}  {outcome.status} {outcome.id} {outcome.title}")
    elif outcome.status == "failed":
        say(f"{_now()}  failed {outcome.reason}")


def _now() -> str:
    return datetime.now().strftime("%Y-%m-%d %H:%M:%S")
