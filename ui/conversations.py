"""Conversations that survive a reload and a restart: who asked what, and what was answered.

They lie in one SQLite file in the library's folder. Whoever was signed in when a conversation began owns it, and to
everybody else it is not there; one that nobody owns is open to whoever holds its id, which cannot be guessed. Deleted
means deleted: nothing of it stays in the file.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from indexes.database import Connection, Database, Row
from indexes.errors import LibraryError, NewsciteError
from indexes.tables import all_of, one
from rag.answer import Answer

FORMAT = 1  # of the tables below; raise it with any change that an older Newscite would misread
UNREADABLE = "This answer was kept, but it can no longer be read. Ask again to have a new one."

_ID = re.compile(r"[A-Za-z0-9_-]{22,64}")  # at least 128 bits in base64url
_NEVER = datetime.fromtimestamp(0, UTC)

_SCHEMA = """
CREATE TABLE conversations (id TEXT PRIMARY KEY, user TEXT, updated TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX conversations_user ON conversations (user, updated);
CREATE TABLE turns (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    question TEXT NOT NULL, answer TEXT NOT NULL, asked TEXT NOT NULL,
    model TEXT NOT NULL, stopped INTEGER NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (conversation, position))
"""
_VISIBLE = "(user IS NULL OR user = ?)"  # never true of an owned conversation for somebody who is not signed in
# As bytes, here and below: one damaged character must not take everything down.
_SUMMARIES = """
SELECT CAST(c.id AS BLOB) AS id, CAST(c.updated AS BLOB) AS updated, count(*) AS turns, (
    SELECT CAST(f.question AS BLOB) FROM turns f WHERE f.conversation = c.id ORDER BY f.position LIMIT 1) AS title
FROM conversations c JOIN turns t ON t.conversation = c.id
WHERE {which} GROUP BY c.id ORDER BY c.updated DESC, c.id
"""
_TURNS = """
SELECT CAST(question AS BLOB) AS question, CAST(answer AS BLOB) AS answer, CAST(asked AS BLOB) AS asked,
    CAST(model AS BLOB) AS model, stopped <> 0 AS stopped, CAST(at AS BLOB) AS at
FROM turns WHERE conversation = ? ORDER BY position
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what it got."""

    question: str
    answer: Answer
    asked: Mapping[str, str]  # the filters that were set: after, before, publisher, speaker, article with its title
    model: str  # "" where sentences were quoted without one
    stopped: bool  # the reader stopped it in mid-stream: the answer is what stood there by then
    at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation as a list shows it."""

    id: str
    title: str  # the first question
    turns: int
    updated: datetime


class UnknownConversation(NewsciteError):
    """There is no such conversation, or it is somebody else's: which of the two is not told."""

    def __init__(self) -> None:
        super().__init__("There is no such conversation.", "Begin a new one.")


def is_id(text: str) -> bool:
    """Tell whether this can be the id of a conversation: made in the browser from 128 random bits or more."""
    return _ID.fullmatch(text) is not None


class Conversations:
    """The file of the conversations. Thread-safe, and several processes may use it at the same time.

    All methods raise LibraryError where the file cannot be used, and BusyError where another writer does not finish.
    """

    def __init__(self, path: str | Path, busy_seconds: float = 10.0) -> None:
        self._database = Database(
            Path(path),
            _SCHEMA,
            FORMAT,
            busy_seconds,
            called="file of conversations",
            start_over="start without the old conversations",
            private=True,
        )
        try:
            self._check_format(Path(path))
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        """Close the file. Everything acknowledged is in it already."""
        self._database.close()

    def turns(self, id: str, user: str | None) -> list[Turn]:
        """Return a conversation's turns, none where it has not begun; UnknownConversation where it is not theirs."""
        with self._database.reading() as db:
            _check(db, id, user)
            rows = all_of(db, _TURNS, id)
        return [_turn(row) for row in rows]

    def append(self, id: str, user: str | None, turn: Turn, keep: int | None = None, *, begun: bool = False) -> None:
        """Add a turn after the first `keep` turns, the later ones are dropped; by default after all.

        The first turn begins the conversation, and its user owns it. Where it had `begun` and is not there, it was
        deleted meanwhile: UnknownConversation, for a late answer must not bring it back.
        """
        with self._writing() as db:
            if not _check(db, id, user):
                if begun:
                    raise UnknownConversation
                db.execute("INSERT INTO conversations VALUES (?, ?, '')", (id, user))
            if keep is not None:
                _drop(db, id, keep)
            _insert(db, id, turn)

    def truncate(self, id: str, user: str | None, keep: int) -> None:
        """Drop all turns after the first `keep`. A conversation that has none left is gone."""
        with self._writing() as db:
            if not _check(db, id, user):
                raise UnknownConversation
            if keep > 0:
                _drop(db, id, keep)
            else:
                db.execute("DELETE FROM conversations WHERE id = ?", (id,))

    def delete(self, id: str, user: str | None) -> None:
        """Delete a conversation, for good."""
        self.truncate(id, user, 0)

    def of(self, user: str) -> list[Summary]:
        """Return the conversations that a signed-in user owns, newest first."""
        return self._summaries("c.user = ?", user)

    def known(self, ids: Iterable[str]) -> list[Summary]:
        """Return those of these conversations that nobody owns, newest first."""
        asked = json.dumps([id for id in ids if is_id(id)])
        return self._summaries("c.id IN (SELECT value FROM json_each(?)) AND c.user IS NULL", asked)

    def _summaries(self, which: str, value: str) -> list[Summary]:
        with self._database.reading() as db:
            rows = all_of(db, _SUMMARIES.format(which=which), value)
        return [_summary(row) for row in rows]

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._database.writing() as db:
            yield db
        self._database.forget()  # each time, for somebody may have been reading when something was deleted

    def _check_format(self, path: Path) -> None:
        with self._database.reading() as db:
            found = db.execute("PRAGMA user_version").fetchone()[0]
        if found != FORMAT:
            raise LibraryError(
                f"The file of conversations {path} has format {found}; this Newscite reads format {FORMAT}.",
                "Use a newer Newscite, or move the file away and start without the old conversations.",
            )


def _check(db: Connection, id: str, user: str | None) -> bool:
    """Tell whether a conversation has begun; UnknownConversation where this user may not see it."""
    if not is_id(id):
        raise UnknownConversation
    owned = one(db, f"SELECT {_VISIBLE} AS visible FROM conversations WHERE id = ?", user, id)
    if owned and not owned["visible"]:
        raise UnknownConversation
    return owned is not None


def _drop(db: Connection, id: str, keep: int) -> None:
    db.execute("DELETE FROM turns WHERE conversation = ? AND position >= ?", (id, keep))


def _insert(db: Connection, id: str, turn: Turn) -> None:
    at = turn.at.astimezone(UTC).isoformat()
    texts = (turn.question, turn.answer.to_json(), json.dumps(dict(turn.asked), ensure_ascii=False), turn.model)
    db.execute(
        "INSERT INTO turns (conversation, position, question, answer, asked, model, stopped, at)"
        " SELECT ?1, count(*), ?2, ?3, ?4, ?5, ?6, ?7 FROM turns WHERE conversation = ?1",
        (id, *map(_storable, texts), turn.stopped, at),
    )
    db.execute("UPDATE conversations SET updated = ? WHERE id = ?", (at, id))


# -- rows and values --------------------------------------------------------------------------------------------------


def _turn(row: Row) -> Turn:
    question = _text(row["question"])
    return Turn(
        question=question,
        answer=_answer(question, _text(row["answer"])),
        asked=_asked(_text(row["asked"])),
        model=_text(row["model"]),
        stopped=bool(row["stopped"]),
        at=_time(_text(row["at"])),
    )


def _summary(row: Row) -> Summary:
    title = " ".join(_text(row["title"]).split())
    return Summary(_text(row["id"]), title, row["turns"], _time(_text(row["updated"])))


def _answer(question: str, text: str) -> Answer:
    """Return the answer that was kept, or one that says that it is lost: the turns keep their numbers."""
    try:
        return Answer.from_json(text)
    except (ValueError, TypeError, RecursionError):
        return Answer(question, UNREADABLE, "abstained")


def _asked(text: str) -> dict[str, str]:
    try:
        return {str(key): str(value) for key, value in json.loads(text).items()}
    except (ValueError, AttributeError, RecursionError):
        return {}


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return _NEVER


def _text(damaged: bytes) -> str:
    return damaged.decode("utf-8", "replace")


def _storable(text: str) -> str:
    """Replace half characters (lone surrogates), which JSON lets in and UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()
