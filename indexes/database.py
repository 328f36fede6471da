"""One SQLite file: opening it, reading and writing it from several threads and processes, and what can go wrong.

It knows nothing of articles or conversations: the tables are handed in by who knows what stands in them. Readers never
wait. Writers wait for each other, at most `busy_seconds`, and then name the process that writes.
"""

import json
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from indexes.errors import BusyError, LibraryError

APPLICATION = 0x4E657773  # "News", in the file's header: a database of another program is left alone
_PATIENCE = 0.2  # seconds that SQLite itself waits for another writer before we look at the clock

Connection = sqlite3.Connection
Row = sqlite3.Row
OnWait = Callable[[str], None]  # told, about once a second, which process is waited for


class Database:
    """A SQLite file in write-ahead mode. Thread-safe; a connection serves one thread at a time."""

    def __init__(
        self,
        path: Path,
        schema: str,
        version: int,
        busy_seconds: float,
        *,
        called: str = "library",
        start_over: str = "add the articles again",
        private: bool = False,
        lacking: Callable[[Connection], list[str]] = lambda connection: [],
    ) -> None:
        """Open the file, or make it. Errors call it `called`, and say how to `start_over` where it is lost.

        `lacking` returns the statements that add what a file made by an older Newscite has not got. A `private` file
        is its owner's alone, and what is deleted from it is overwritten; see `forget`.
        """
        self._path = path
        self._busy_seconds = busy_seconds
        self._called = called
        self._start_over = start_over
        self._private = private
        self._holder = path.with_name(f"{path.stem}-writer.json")
        self._free: list[sqlite3.Connection] = []
        self._closed = False
        self._pool_lock = threading.Lock()
        self._write_lock = threading.Lock()
        _make_folder(path.parent)
        with self._explained():
            if private:
                _make_private(path)
            self._prepare(schema, version)
            self._complete(version, lacking)

    def close(self) -> None:
        """Close the connections; those in use are closed when they are given back."""
        with self._pool_lock:
            self._closed = True
            while self._free:
                self._free.pop().close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one state of the database until the block ends."""
        with self._explained(), self._connection() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def writing(self, on_wait: OnWait | None = None) -> Iterator[sqlite3.Connection]:
        """Give a connection whose writes are committed together when the block ends, or not at all.

        Raises BusyError where another writer does not finish in time.
        """
        deadline = time.monotonic() + self._busy_seconds
        if not self._write_lock.acquire(timeout=max(0.0, self._busy_seconds)):
            raise self._busy("another thread of this process")
        try:
            with self._explained(), self._connection() as connection:
                self._begin(connection, deadline, on_wait)
                try:
                    yield connection
                    connection.commit()
                finally:
                    if connection.in_transaction:
                        connection.rollback()
        finally:
            self._write_lock.release()

    def forget(self) -> None:
        """Empty the log, which still holds pages as they were. Where somebody reads just now, the next call does it."""
        with self._explained(), self._connection() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # -- connections --------------------------------------------------------------------------------------------

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with self._pool_lock:
            if self._closed:
                raise LibraryError(f"This {self._called} is closed.", "Open it again.")
            connection = self._free.pop() if self._free else None
        connection = connection or self._connect()
        try:
            yield connection
        finally:
            with self._pool_lock:
                if self._closed:
                    connection.close()
                else:
                    self._free.append(connection)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # an article is acknowledged when it is on the disk
        connection.execute("PRAGMA cache_size = -65536")  # 64 MB
        if self._private:
            connection.execute("PRAGMA secure_delete = ON")
        return connection

    def _prepare(self, schema: str, version: int) -> None:
        """Make the tables of a new file, or see that an old one is ours."""
        with self._connection() as connection:
            if _is_empty(connection):
                self._until_free(lambda: connection.execute("PRAGMA journal_mode = WAL"))
                self._create(connection, schema, version)
            elif _pragma(connection, "application_id") != APPLICATION:
                raise LibraryError(
                    f"{self._path} is a database, but not a Newscite library.", "Choose another folder with --home."
                )

    def _create(self, connection: sqlite3.Connection, schema: str, version: int) -> None:
        self._begin(connection, time.monotonic() + self._busy_seconds, None)
        try:
            if _is_empty(connection):  # another process may have been first
                for statement in schema.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION}")
                connection.execute(f"PRAGMA user_version = {version}")
            connection.commit()
        finally:
            if connection.in_transaction:
                connection.rollback()

    def _complete(self, version: int, lacking: Callable[[Connection], list[str]]) -> None:
        """Add what a file of an older Newscite has not got; most often that is nothing, and nobody is waited for.

        A file of another version is left as it is: whoever opens it says so.
        """
        with self._connection() as connection:
            if _pragma(connection, "user_version") != version or not lacking(connection):
                return
        with self.writing() as connection:
            for statement in lacking(connection):  # another process may have been first
                connection.execute(statement)

    # -- waiting for other writers ------------------------------------------------------------------------------

    def _begin(self, connection: sqlite3.Connection, deadline: float, on_wait: OnWait | None) -> None:
        self._until_free(lambda: connection.execute("BEGIN IMMEDIATE"), deadline, on_wait)
        self._sign()

    def _until_free(
        self, act: Callable[[], object], deadline: float | None = None, on_wait: OnWait | None = None
    ) -> None:
        """Do something that needs the write lock, again and again until it is free or the time is over."""
        deadline = deadline if deadline is not None else time.monotonic() + self._busy_seconds
        told = time.monotonic()
        while True:
            try:
                act()
                return
            except sqlite3.OperationalError as error:
                if _code(error) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise
                if time.monotonic() >= deadline:
                    raise self._busy(self._writer()) from error
            if on_wait and time.monotonic() - told >= 1:
                told = time.monotonic()
                on_wait(self._writer())
            time.sleep(0.01)

    def _sign(self) -> None:
        """Leave word of who writes, for those who wait. Only a courtesy: a full disk must not fail here."""
        with suppress(OSError):
            self._holder.write_text(json.dumps({"pid": os.getpid(), "command": _command()}), encoding="utf-8")

    def _writer(self) -> str:
        try:
            signed = json.loads(self._holder.read_text(encoding="utf-8"))
            return f"process {signed['pid']} ({signed['command']})"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"

    # -- errors -------------------------------------------------------------------------------------------------

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what SQLite raises about the file into a LibraryError; our own mistakes in SQL go through."""
        try:
            yield
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise
        except sqlite3.DatabaseError as error:
            raise self._explanation(error) from error

    def _explanation(self, error: sqlite3.DatabaseError) -> LibraryError:
        code = _code(error)
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return self._busy("another process")
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            what = f"is damaged, or not a {self._called} at all"
            hint = f"Restore it from a backup, or move it away and {self._start_over}."
        else:
            what, hint = _EXPLANATIONS.get(code, (f"could not be used ({error})", "Try again; if it stays, report it."))
        return LibraryError(f"The {self._called} {self._path} {what}.", hint)

    def _busy(self, writer: str) -> BusyError:
        return BusyError(f"The {self._called} is being written by {writer}.", "Try again when it has finished.")


def _command() -> str:
    return " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:80] if sys.argv else "python"


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise LibraryError(f"{folder} is not a folder.", "Choose another with --home.") from error
    except OSError as error:
        raise LibraryError(
            f"The library's folder {folder} cannot be made: {error.strerror}.", "Choose another with --home."
        ) from error


def _make_private(path: Path) -> None:
    """Make a file for its owner only, and SQLite gives its log the same rights. One that is there stays as it is."""
    with suppress(OSError):  # SQLite meets the same obstacle next, and it is explained there
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _is_empty(connection: sqlite3.Connection) -> bool:
    return not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


_EXPLANATIONS = {
    sqlite3.SQLITE_FULL: ("could not be written: the disk is full", "Free some space and run the command again."),
    sqlite3.SQLITE_IOERR: ("could not be read or written", "Is the disk full or failing? Then run it again."),
    sqlite3.SQLITE_READONLY: ("cannot be written: it is read-only", "Check who may write there, or choose --home."),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "Check who may read and write there, or choose --home."),
}


def _code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code: the extended ones hold it in their low byte."""
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
