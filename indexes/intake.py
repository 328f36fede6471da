"""What a library remembers of how articles came in: which addresses were fetched, and what failed and why.

It stands in the catalog's file, so that it goes where the articles go. Nothing of it is ever searched.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from indexes.database import Database


@dataclass(frozen=True, slots=True)
class Known:
    """An address that was fetched, and how to ask whether it has changed since."""

    address: str
    etag: str | None = None
    modified: str | None = None  # the Last-Modified header
    stamp: str | None = None  # what a feed said of this entry's age
    article: str | None = None  # the id of what stood there


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that was to be added and could not be."""

    source: str  # what it was: an absolute path, an address, a place in a file
    again: str  # what to give to `add` to try it again
    reason: str
    said: dict[str, Any] = field(default_factory=dict)  # what the user said about it then, by the names of the options
    tries: int = 1
    failed: datetime | None = None  # the last time (UTC)


class Intake:
    """The two tables of a catalog's file that hold this."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recall(self, address: str) -> Known | None:
        """Return what is remembered of an address."""
        with self._database.reading() as db:
            row = db.execute(
                "SELECT address, etag, modified, stamp, article FROM addresses WHERE address = ?", (address,)
            ).fetchone()
        return Known(*row) if row else None

    def remember(self, *known: Known) -> None:
        """Note that these were fetched just now. Of what is not said, the stamp and the article stay as they were."""
        if not known:
            return
        with self._database.writing() as db:
            db.executemany(
                "INSERT INTO addresses (address, etag, modified, stamp, article, fetched) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (address) DO UPDATE SET etag = excluded.etag,"
                " modified = excluded.modified, stamp = coalesce(excluded.stamp, stamp),"
                " article = coalesce(excluded.article, article), fetched = excluded.fetched",
                [(k.address, k.etag, k.modified, k.stamp, k.article, _now()) for k in known],
            )

    def failures(self) -> list[Failure]:
        """Return what failed and has not been added since, the oldest first."""
        with self._database.reading() as db:
            rows = db.execute("SELECT source, reason, details, tries, failed FROM failures ORDER BY failed").fetchall()
        return [_failure(*row) for row in rows]

    def note(self, failure: Failure) -> None:
        """Note that something failed, once more if it did before."""
        details = json.dumps({"again": failure.again, "said": failure.said}, ensure_ascii=False)
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO failures (source, reason, details, tries, failed) VALUES (?, ?, ?, 1, ?)"
                " ON CONFLICT (source) DO UPDATE SET reason = excluded.reason, details = excluded.details,"
                " tries = tries + 1, failed = excluded.failed",
                (failure.source, failure.reason, details, _now()),
            )

    def forget(self, sources: Iterable[str]) -> None:
        """Strike from the failures what has been added, or is wanted no more."""
        listed: Sequence[tuple[str]] = [(source,) for source in sources]
        if not listed:
            return
        with self._database.writing() as db:
            db.executemany("DELETE FROM failures WHERE source = ?", listed)


def _failure(source: str, reason: str, details: str, tries: int, failed: str) -> Failure:
    known = json.loads(details)
    return Failure(source, known["again"], reason, known["said"], tries, datetime.fromisoformat(failed))


def _now() -> str:
    return datetime.now(UTC).isoformat()
