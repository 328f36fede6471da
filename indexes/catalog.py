"""What the library keeps: every article and version, their paragraphs, speakers, passages and vectors. All SQL is here.

It knows nothing of Chroma, torch or files to read. SQLite is the truth: the vectors in Chroma are a copy, and the
journal holds what that copy still lacks (or still has too much). One article is one transaction.

A paragraph row and a passage row never change and their numbers are never used twice, so that a number that Chroma
still knows can be recognised as gone.
"""

import json
import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from sqlite3 import Connection, Row
from typing import Any, Literal, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from indexes.article import Article, Filters, Paragraph, Passage, Quotation, Speaker
from indexes.database import Database, OnWait
from indexes.embeddings import Floats, Model
from indexes.errors import LibraryError, MismatchError
from indexes.names import folded, surname
from indexes.passages import indexed_text
from indexes.terms import terms

FORMAT = 1  # of the tables below; raise it with any change that an older Newscite would misread

# How much a word counts in BM25 by where it stands.
WEIGHTS = {"text": 1.0, "headline": 0.5, "section": 0.2, "publisher": 0.2}

# `unicode61` keeps whole what `indexes.terms` has made: stems are folded already and hold no space.
_TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"
_SCHEMA = f"""
CREATE TABLE manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO manifest VALUES ('changes', '0'), ('chroma', '1');
CREATE TABLE versions (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    article TEXT NOT NULL, version TEXT NOT NULL, current INTEGER NOT NULL, added TEXT NOT NULL,
    title TEXT NOT NULL, source TEXT NOT NULL, authors TEXT NOT NULL,
    publisher TEXT, publisher_folded TEXT, published TEXT, updated TEXT, url TEXT, language TEXT, section TEXT,
    UNIQUE (article, version));
CREATE UNIQUE INDEX versions_current ON versions (article) WHERE current;
CREATE INDEX versions_text ON versions (version);
CREATE INDEX versions_date ON versions (coalesce(published, updated));
CREATE INDEX versions_publisher ON versions (publisher_folded);
CREATE TABLE paragraphs (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    version INTEGER NOT NULL REFERENCES versions (row) ON DELETE CASCADE,
    position INTEGER NOT NULL, number INTEGER, kind TEXT NOT NULL, text TEXT NOT NULL, heading TEXT,
    quotations TEXT NOT NULL);
CREATE INDEX paragraphs_version ON paragraphs (version, position);
CREATE INDEX paragraphs_body ON paragraphs (version) WHERE number IS NOT NULL;
CREATE TABLE speakers (
    paragraph INTEGER NOT NULL REFERENCES paragraphs (row) ON DELETE CASCADE,
    name TEXT NOT NULL, folded TEXT NOT NULL, surname TEXT NOT NULL);
CREATE INDEX speakers_paragraph ON speakers (paragraph);
CREATE INDEX speakers_folded ON speakers (folded, paragraph);
CREATE INDEX speakers_surname ON speakers (surname, paragraph);
CREATE INDEX speakers_name ON speakers (name, paragraph);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    paragraph INTEGER NOT NULL REFERENCES paragraphs (row) ON DELETE CASCADE,
    version INTEGER NOT NULL, window INTEGER NOT NULL, model TEXT NOT NULL, vector BLOB NOT NULL);
CREATE INDEX passages_version ON passages (version, model, paragraph);
CREATE INDEX passages_paragraph ON passages (paragraph, model);
CREATE TABLE journal (passage INTEGER PRIMARY KEY, gone INTEGER NOT NULL);
CREATE VIRTUAL TABLE stems USING fts5 (text, headline, section, publisher, tokenize = "{_TOKENIZER}");
CREATE VIRTUAL TABLE past_stems USING fts5 (text, headline, section, publisher, tokenize = "{_TOKENIZER}");
CREATE VIRTUAL TABLE stem_counts USING fts5vocab ('stems', 'row');
CREATE VIRTUAL TABLE past_counts USING fts5vocab ('past_stems', 'row')
"""  # `stems` holds every version; `past_stems` repeats those that are not current, so that they can be discounted

_PARAGRAPH_ID = "v.article || '@' || v.version || '#' || g.number"
_LISTED = "(SELECT value FROM json_each(?))"

Rows = NDArray[np.int64]
Status = Literal["added", "updated", "unchanged"]
T = TypeVar("T")


class UnknownArticle(LibraryError, KeyError):
    """No article, or several, go by this id."""

    def __str__(self) -> str:
        return f"{self.what} {self.hint}".strip()


class State(NamedTuple):
    """What a search must know first. All of it changes only inside write transactions."""

    changes: int  # counts the transactions that changed what can be found
    chroma: str  # which Chroma folder is the right one
    model: Model | None  # None until something has been embedded


@dataclass(frozen=True)
class Change:
    """What adding an article would come to."""

    status: Status
    given: Article
    article: Article  # as it will stand: what is not given now stays as it was known
    embed: bool  # whether its passages must be embedded
    replaces: str | None = None  # the id of the same text, known less precisely until now


@dataclass(frozen=True)
class Listed:
    """An article as `articles list` shows it."""

    id: str
    version: str
    title: str
    publisher: str | None
    published: date | None
    url: str | None
    source: str
    paragraphs: int


@dataclass(frozen=True)
class Version:
    """One version of an article, and when it came in (UTC)."""

    version: str
    current: bool
    added: datetime
    published: date | None
    updated: date | None


class Catalog:
    """The SQLite file of a library. Thread-safe."""

    def __init__(self, path: Path, busy_seconds: float = 30.0) -> None:
        self.path = path
        self._database = Database(path, _SCHEMA, FORMAT, busy_seconds)
        self._cached: dict[Hashable, tuple[int, Any]] = {}
        self._cache_lock = threading.Lock()

    def close(self) -> None:
        """Close the file. Everything acknowledged is in it already."""
        self._database.close()

    def format(self) -> int:
        """Return the format version that the file was written in."""
        with self._database.reading() as db:
            return int(db.execute("PRAGMA user_version").fetchone()[0])

    def state(self) -> State:
        """Return what a search must know first."""
        with self._database.reading() as db:
            return _state(db)

    # -- adding and removing ------------------------------------------------------------------------------------

    def compare(self, article: Article) -> Change:
        """Tell what adding this article would come to."""
        with self._database.reading() as db:
            return _compare(db, article)

    def write(
        self,
        change: Change,
        passages: Sequence[Passage],
        vectors: Floats | None,
        model: Model | None,
        on_wait: OnWait | None = None,
    ) -> bool:
        """Make a change in one transaction. Return False where it no longer holds and must be compared again.

        A change that says `embed` needs the passages of its article and their vectors (n, d) by this model.
        """
        with self._writing(on_wait) as db:
            if _compare(db, change.given) != change:
                return False
            if change.replaces:
                _remove(db, change.replaces)
            if change.embed and vectors is not None and model is not None:
                _adopt(db, model)
                _insert(db, change.article, passages, vectors, model.id)
            elif change.status != "unchanged":
                _set_metadata(db, change.article)
            return True

    def remove(self, article_id: str, on_wait: OnWait | None = None) -> None:
        """Remove all versions of an article."""
        with self._writing(on_wait) as db:
            _remove(db, article_id)

    @contextmanager
    def _writing(self, on_wait: OnWait | None) -> Iterator[Connection]:
        with self._database.writing(on_wait) as db:
            yield db
            db.execute("UPDATE manifest SET value = value + 1 WHERE key = 'changes'")

    # -- articles -----------------------------------------------------------------------------------------------

    def article(self, article_id: str, version: str | None = None) -> Article:
        """Return a version of an article, the current one unless another is named; UnknownArticle otherwise."""

        def find(db: Connection) -> Article | None:
            which = "version = ?" if version else "current"
            row = _row(
                db, f"SELECT * FROM versions WHERE article = ? AND {which}", article_id, *filter(None, [version])
            )
            return _article(db, row) if row else None

        found = self._remember(("article", article_id, version), find)
        if found is None:
            name = f"{article_id}@{version}" if version else article_id
            raise UnknownArticle(f"There is no article {name!r}.", "See: newscite articles list")
        return found

    def resolve(self, beginning: str) -> str:
        """Return the one article id that begins so; UnknownArticle where none does, or several do."""
        with self._database.reading() as db:
            found = db.execute(
                "SELECT DISTINCT article FROM versions WHERE article >= ? AND article < ? ORDER BY article LIMIT 5",
                (beginning, beginning + "\U0010ffff"),
            ).fetchall()
        if len(found) == 1 and beginning:
            return str(found[0][0])
        if not found or not beginning:
            raise UnknownArticle(f"There is no article {beginning!r}.", "See: newscite articles list")
        names = ", ".join(row[0] for row in found)
        raise UnknownArticle(f"Several articles begin with {beginning!r}: {names}.", "Give more of the id.")

    def articles(self) -> list[Listed]:
        """Return the current version of every article, in the order in which they first came in."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT v.article, v.version, v.title, v.publisher, v.published, v.url, v.source,"
                " (SELECT count(*) FROM paragraphs g WHERE g.version = v.row AND g.number IS NOT NULL)"
                " FROM versions v WHERE v.current"
                " ORDER BY (SELECT min(first.row) FROM versions first WHERE first.article = v.article)"
            ).fetchall()
        return [
            Listed(article, version, title, publisher, _date(published), url, source, paragraphs)
            for article, version, title, publisher, published, url, source, paragraphs in rows
        ]

    def versions(self, article_id: str) -> list[Version]:
        """Return the versions of an article, the newest first."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT version, current, added, published, updated FROM versions WHERE article = ?"
                " ORDER BY added DESC, row DESC",
                (article_id,),
            ).fetchall()
        return [Version(r[0], bool(r[1]), datetime.fromisoformat(r[2]), _date(r[3]), _date(r[4])) for r in rows]

    # -- searching ----------------------------------------------------------------------------------------------

    def lexical(self, stems: Sequence[str], k: int, filters: Filters) -> list[tuple[str, float]]:
        """Return the k best paragraph ids by BM25, with their scores, for any of these stems."""
        query = " OR ".join(f'"{stem}"' for stem in dict.fromkeys(stems) if '"' not in stem)
        if not query:
            return []
        where, values = _where(filters, "g.row")
        weights = ", ".join(str(weight) for weight in WEIGHTS.values())
        with self._database.reading() as db:
            return db.execute(
                f"SELECT {_PARAGRAPH_ID}, -bm25(stems, {weights}) AS score FROM stems"
                " JOIN paragraphs g ON g.row = stems.rowid JOIN versions v ON v.row = g.version"
                f" WHERE stems MATCH ? AND {where} ORDER BY score DESC, g.row LIMIT ?",
                (query, *values, k),
            ).fetchall()

    def passages(self, filters: Filters, model_id: str, limit: int | None = None) -> Rows:
        """Return the passage rows that the filters leave, in order; at most `limit`, in any order, if there is one."""
        where, values = _where(filters, "p.paragraph")
        ordered = "ORDER BY p.row" if limit is None else f"LIMIT {limit}"

        def find(db: Connection) -> Rows:
            sql = f"SELECT p.row FROM versions v JOIN passages p ON p.version = v.row WHERE {where} AND p.model = ?"
            return _numbers(db.execute(f"{sql} {ordered}", (*values, model_id)).fetchall())

        if filters == Filters():
            return self._remember(("passages", model_id, limit), find)
        with self._database.reading() as db:
            return find(db)

    def speaking(self, name: str, filters: Filters, model_id: str) -> Rows:
        """Return the rows of the passages in whose paragraph this full name speaks."""
        where, values = _where(filters, "p.paragraph")
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT p.row FROM speakers s JOIN passages p ON p.paragraph = s.paragraph"
                f" JOIN versions v ON v.row = p.version WHERE s.folded = ? AND p.model = ? AND {where}",
                (folded(name), model_id, *values),
            ).fetchall()
        return _numbers(rows)

    def paragraphs_of(self, rows: Sequence[int], filters: Filters) -> dict[int, str]:
        """Return the paragraph id of each of these passage rows that still exists and that the filters leave."""
        where, values = _where(filters, "g.row")
        with self._database.reading() as db:
            found = db.execute(
                f"SELECT p.row, {_PARAGRAPH_ID} FROM passages p JOIN paragraphs g ON g.row = p.paragraph"
                f" JOIN versions v ON v.row = p.version WHERE p.row IN {_LISTED} AND {where}",
                (_json(rows), *values),
            ).fetchall()
        return dict(found)

    def paragraph_names(self, rows: Sequence[int]) -> dict[int, str]:
        """Return the paragraph id of each of these passage rows that still exists, of whatever version."""
        with self._database.reading() as db:
            found = db.execute(
                f"SELECT p.row, {_PARAGRAPH_ID} FROM passages p JOIN paragraphs g ON g.row = p.paragraph"
                f" JOIN versions v ON v.row = p.version WHERE p.row IN {_LISTED}",
                (_json(rows),),
            ).fetchall()
        return dict(found)

    def vectors(self, rows: Sequence[int] | Rows) -> tuple[Rows, Floats]:
        """Return those of these passage rows that exist, in order, and their vectors (n, d)."""
        with self._database.reading() as db:
            return _vectors(
                db.execute(f"SELECT row, vector FROM passages WHERE row IN {_LISTED} ORDER BY row", (_json(rows),))
            )

    def vectors_after(self, row: int, model_id: str) -> tuple[Rows, Floats]:
        """Return the passage rows beyond this one, of every version, and their vectors (n, d)."""
        with self._database.reading() as db:
            return _vectors(
                db.execute("SELECT row, vector FROM passages WHERE row > ? AND model = ? ORDER BY row", (row, model_id))
            )

    # -- counting -----------------------------------------------------------------------------------------------

    def speakers(self) -> list[str]:
        """Return everybody who speaks in a current version, in alphabetical order."""

        def find(db: Connection) -> list[str]:
            rows = db.execute(
                "SELECT DISTINCT s.name FROM versions v JOIN paragraphs g ON g.version = v.row"
                " JOIN speakers s ON s.paragraph = g.row WHERE v.current ORDER BY s.name"
            )
            return [row[0] for row in rows]

        return list(self._remember("speakers", find))

    def count(self, filters: Filters) -> int:
        """Return how many body paragraphs the filters leave."""
        where, values = _where(filters, "g.row")

        def find(db: Connection) -> int:
            sql = (
                "SELECT count(*) FROM versions v JOIN paragraphs g ON g.version = v.row"
                f" WHERE g.number IS NOT NULL AND {where}"
            )
            return int(db.execute(sql, values).fetchone()[0])

        return self._remember(("count", filters), find)

    def undated(self, filters: Filters) -> int:
        """Return how many articles a date filter leaves out because they have no date."""
        if not filters.dated:
            return 0
        where, values = _where(replace(filters, after=None, before=None, as_of=None), "g.row")
        with self._database.reading() as db:
            sql = (
                "SELECT count(DISTINCT v.row) FROM versions v JOIN paragraphs g ON g.version = v.row"
                f" WHERE coalesce(v.published, v.updated) IS NULL AND g.number IS NOT NULL AND {where}"
            )
            return int(db.execute(sql, values).fetchone()[0])

    def document_frequency(self, stems: Sequence[str]) -> dict[str, int]:
        """Return in how many current paragraphs (or their headlines, sections, publishers) each stem stands."""
        with self._database.reading() as db:
            found = _counts(db, f"term IN {_LISTED}", _json(stems))
        return {stem: found.get(stem, 0) for stem in stems}

    def terms_from(self, beginning: str) -> list[str]:
        """Return the stems of current paragraphs that begin so, in order."""
        with self._database.reading() as db:
            found = _counts(db, "term >= ? AND term < ?", beginning, beginning + "\U0010ffff")
        return sorted(stem for stem, count in found.items() if count > 0)

    def _remember(self, key: Hashable, find: Callable[[Connection], T]) -> T:
        """Return what was found before, unless the library has changed since."""
        with self._database.reading() as db:
            changes = _changes(db)
            with self._cache_lock:
                at, value = self._cached.get(key, (-1, None))
                if len(self._cached) > 2000 or at not in (-1, changes):
                    self._cached.clear()
            if at == changes:
                return cast(T, value)
            value = find(db)
        with self._cache_lock:
            self._cached[key] = (changes, value)
        return value

    # -- the copy in Chroma -------------------------------------------------------------------------------------

    def missing_in_chroma(self, limit: int) -> tuple[Rows, Floats]:
        """Return up to `limit` passages that the journal says Chroma lacks, with their vectors."""
        with self._database.reading() as db:
            return _vectors(
                db.execute(
                    "SELECT p.row, p.vector FROM journal j JOIN passages p ON p.row = j.passage"
                    " WHERE NOT j.gone ORDER BY j.passage LIMIT ?",
                    (limit,),
                )
            )

    def gone_from_library(self, limit: int) -> Rows:
        """Return up to `limit` passage rows that the journal says Chroma has too much."""
        with self._database.reading() as db:
            rows = db.execute("SELECT passage FROM journal WHERE gone ORDER BY passage LIMIT ?", (limit,)).fetchall()
        return _numbers(rows)

    def pending(self) -> tuple[int, int]:
        """Return how many passages Chroma lacks, and how many it has too much."""
        with self._database.reading() as db:
            row = db.execute("SELECT count(*) - total(gone), total(gone) FROM journal").fetchone()
        return int(row[0]), int(row[1])

    def settle(self, rows: Rows, gone: bool, chroma: str) -> None:
        """Strike from the journal what has been done in this Chroma folder, if it still is the right one."""
        with self._database.writing() as db:
            if _state(db).chroma == chroma:
                db.execute(f"DELETE FROM journal WHERE gone = ? AND passage IN {_LISTED}", (gone, _json(rows)))

    def expected_in_chroma(self) -> int:
        """Return how many passages Chroma should hold now, those that it has too much not counted."""
        with self._database.reading() as db:
            row = db.execute(
                "SELECT (SELECT count(*) FROM versions v JOIN passages p ON p.version = v.row WHERE v.current"
                " AND p.model = (SELECT value FROM manifest WHERE key = 'model'))"
                " - (SELECT count(*) FROM journal WHERE NOT gone)"
            ).fetchone()
        return int(row[0])

    def renew_chroma(self) -> None:
        """Give up the Chroma folder: the next one starts empty, and the journal says that it lacks everything."""
        with self._writing(None) as db:
            _renew_chroma(db)

    # -- rebuilding ---------------------------------------------------------------------------------------------

    def without_vectors(self, model_id: str) -> list[int]:
        """Return the rows of the versions that have no passage of this model."""
        with self._database.reading() as db:
            return _without_vectors(db, model_id)

    def article_at(self, version_row: int) -> Article:
        """Return the version of an article that stands in this row."""
        with self._database.reading() as db:
            row = _row(db, "SELECT * FROM versions WHERE row = ?", version_row)
            if row is None:
                raise UnknownArticle("The article has been removed meanwhile.")
            return _article(db, row)

    def add_vectors(self, version_row: int, passages: Sequence[Passage], vectors: Floats, model: Model) -> None:
        """Store the passages of a version as another model sees them. They are not searched until `switch`."""
        with self._database.writing() as db:
            _insert_passages(db, version_row, passages, vectors, model.id)

    def switch(self, model: Model | None) -> bool:
        """Make this model (None: the present one) the library's, and derive anew all that can be derived.

        Return False where versions without its vectors have come in meanwhile. One transaction.
        """
        with self._writing(None) as db:
            if model and _without_vectors(db, model.id):
                return False
            if model:
                _set_model(db, model)
            db.execute("DELETE FROM passages WHERE model <> (SELECT value FROM manifest WHERE key = 'model')")
            _rebuild_stems(db)
            _rebuild_speakers(db)
            _renew_chroma(db)
            db.execute(f"PRAGMA user_version = {FORMAT}")
            return True


# -- the manifest -----------------------------------------------------------------------------------------------------


def _state(db: Connection) -> State:
    values = dict(db.execute("SELECT key, value FROM manifest").fetchall())
    model = Model(values["model"], values["model_name"], int(values["dimension"])) if "model" in values else None
    return State(int(values["changes"]), values["chroma"], model)


def _changes(db: Connection) -> int:
    return int(db.execute("SELECT value FROM manifest WHERE key = 'changes'").fetchone()[0])


def _set_model(db: Connection, model: Model) -> None:
    values = {"model": model.id, "model_name": model.name, "dimension": str(model.dimension)}
    db.executemany("INSERT OR REPLACE INTO manifest VALUES (?, ?)", list(values.items()))


def _adopt(db: Connection, model: Model) -> None:
    """Take the model of the first passages as the library's; refuse vectors of any other."""
    known = _state(db).model
    if known is None or not db.execute("SELECT 1 FROM passages LIMIT 1").fetchone():
        _set_model(db, model)
    elif (known.id, known.dimension) != (model.id, model.dimension):
        raise other_model(known, model.name)


def other_model(known: Model, name: str) -> MismatchError:
    """Return the error of a library that was indexed by another model than the one in use."""
    return MismatchError(
        f"The library was indexed with the embedding model {known.name!r}, not {name!r}.",
        f"Leave --model out, or index it anew with: newscite rebuild --model {name}",
    )


# -- comparing --------------------------------------------------------------------------------------------------------


def _compare(db: Connection, article: Article) -> Change:
    row = _row(db, "SELECT * FROM versions WHERE article = ? AND current", article.id)
    known = _article(db, row) if row else _twin(db, article)
    if known is None:
        return Change("added", article, article, embed=True)
    merged = _with_what_was_known(article, known)
    replaces = known.id if merged.id != known.id else None
    if merged == known:
        return Change("unchanged", article, known, embed=False)
    return Change(
        "updated", article, merged, embed=bool(replaces) or merged.paragraphs != known.paragraphs, replaces=replaces
    )


def _twin(db: Connection, article: Article) -> Article | None:
    """Return the article of the same text under another id, unless both name different addresses or publishers."""
    for row in _rows(db, "SELECT * FROM versions WHERE version = ? AND current", article.version):
        twin = _article(db, row)
        same = [(p.kind, p.text) for p in twin.paragraphs] == [(p.kind, p.text) for p in article.paragraphs]
        if same and _agree(twin.url, article.url) and _agree(twin.publisher, article.publisher):
            return twin
    return None


def _agree(one: str | None, other: str | None) -> bool:
    return not one or not other or folded(one) == folded(other)


def _with_what_was_known(article: Article, known: Article) -> Article:
    """Fill in what is not given now; the same text keeps the place where it was first found."""
    return replace(
        article,
        source=known.source if article.version == known.version else article.source,
        publisher=article.publisher or known.publisher,
        authors=article.authors or known.authors,
        published=article.published or known.published,
        updated=article.updated or known.updated,
        url=article.url or known.url,
        language=article.language or known.language,
        section=article.section or known.section,
    )


# -- writing ----------------------------------------------------------------------------------------------------------


def _insert(db: Connection, article: Article, passages: Sequence[Passage], vectors: Floats, model_id: str) -> None:
    """Make this version of an article the current one."""
    _retire(db, article)
    row = _version_row(db, article)
    for position, paragraph in enumerate(article.paragraphs):
        _insert_paragraph(db, row, position, paragraph)
    _insert_stems(db, article, row)
    _insert_passages(db, row, passages, vectors, model_id)
    db.execute(
        "INSERT OR REPLACE INTO journal SELECT row, 0 FROM passages WHERE version = ? AND model = ?", (row, model_id)
    )


def _retire(db: Connection, article: Article) -> None:
    """Make room: the version that was current becomes a past one, and this version's own rows go."""
    current = db.execute(
        "SELECT row FROM versions WHERE article = ? AND current AND version <> ?", (article.id, article.version)
    ).fetchone()
    if current:
        _take_out_of_chroma(db, current[0])
        db.execute("UPDATE versions SET current = 0 WHERE row = ?", current)
        db.execute(
            _COPY_TO_PAST,
            current,
        )
    again = db.execute(
        "SELECT row FROM versions WHERE article = ? AND version = ?", (article.id, article.version)
    ).fetchone()
    if again:
        _clear(db, again[0])


_COLUMNS = ", ".join(WEIGHTS)
_BODY = "(SELECT row FROM paragraphs WHERE version = ?)"
_COPY_TO_PAST = f"INSERT INTO past_stems (rowid, {_COLUMNS}) SELECT rowid, {_COLUMNS} FROM stems WHERE rowid IN {_BODY}"


def _clear(db: Connection, version_row: int) -> None:
    """Delete everything of a version but its own row."""
    _take_out_of_chroma(db, version_row)
    db.execute(f"DELETE FROM stems WHERE rowid IN {_BODY}", (version_row,))
    db.execute(f"DELETE FROM past_stems WHERE rowid IN {_BODY}", (version_row,))
    db.execute("DELETE FROM paragraphs WHERE version = ?", (version_row,))


def _take_out_of_chroma(db: Connection, version_row: int) -> None:
    db.execute("INSERT OR REPLACE INTO journal SELECT row, 1 FROM passages WHERE version = ?", (version_row,))


def _version_row(db: Connection, article: Article) -> int:
    row = db.execute(
        "INSERT INTO versions (article, version, current, added, title, source, authors)"
        " VALUES (?, ?, 1, ?, ?, ?, '[]')"
        " ON CONFLICT (article, version) DO UPDATE SET current = 1, added = excluded.added RETURNING row",
        (article.id, article.version, datetime.now(UTC).isoformat(), article.title, article.source),
    ).fetchone()
    _write_metadata(db, article)
    return int(row[0])


def _write_metadata(db: Connection, article: Article) -> None:
    values = {
        "title": article.title,
        "source": article.source,
        "authors": json.dumps(article.authors, ensure_ascii=False),
        "publisher": article.publisher,
        "publisher_folded": folded(article.publisher) if article.publisher else None,
        "published": article.published.isoformat() if article.published else None,
        "updated": article.updated.isoformat() if article.updated else None,
        "url": article.url,
        "language": article.language,
        "section": article.section,
    }
    columns = ", ".join(f"{name} = ?" for name in values)
    db.execute(
        f"UPDATE versions SET {columns} WHERE article = ? AND version = ?",
        (*values.values(), article.id, article.version),
    )


def _set_metadata(db: Connection, article: Article) -> None:
    """Change what is known about the current version of an article, its text apart."""
    _write_metadata(db, article)
    row = db.execute("SELECT row FROM versions WHERE article = ? AND current", (article.id,)).fetchone()[0]
    db.execute(f"DELETE FROM stems WHERE rowid IN {_BODY}", (row,))
    _insert_stems(db, article, row)


def _insert_paragraph(db: Connection, version_row: int, position: int, paragraph: Paragraph) -> None:
    cursor = db.execute(
        "INSERT INTO paragraphs (version, position, number, kind, text, heading, quotations)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            version_row,
            position,
            paragraph.number,
            paragraph.kind,
            paragraph.text,
            paragraph.heading,
            _quotations_to_json(paragraph.quotations),
        ),
    )
    if paragraph.number is not None:
        _insert_speakers(db, cast(int, cursor.lastrowid), paragraph)


def _insert_speakers(db: Connection, paragraph_row: int, paragraph: Paragraph) -> None:
    db.executemany(
        "INSERT INTO speakers VALUES (?, ?, ?, ?)",
        [(paragraph_row, s.name, folded(s.name), surname(s.name)) for s in paragraph.speakers],
    )


def _insert_stems(db: Connection, article: Article, version_row: int) -> None:
    """Index the words of the body paragraphs, each with those of its article's headline, section and publisher."""
    around = [" ".join(terms(text or "")) for text in (article.title, article.section, article.publisher)]
    rows = _body_rows(db, version_row)
    db.executemany(
        f"INSERT INTO stems (rowid, {_COLUMNS}) VALUES (?, ?, ?, ?, ?)",
        [(rows[p.number], " ".join(terms(indexed_text(p))), *around) for p in article.body if p.number is not None],
    )


def _insert_passages(
    db: Connection, version_row: int, passages: Sequence[Passage], vectors: Floats, model_id: str
) -> None:
    rows = _body_rows(db, version_row)
    db.executemany(
        "INSERT INTO passages (paragraph, version, window, model, vector) VALUES (?, ?, ?, ?, ?)",
        [
            (rows[passage.paragraph], version_row, passage.window, model_id, vector.tobytes())
            for passage, vector in zip(passages, vectors.astype("<f4"), strict=True)
        ],
    )


def _body_rows(db: Connection, version_row: int) -> dict[int, int]:
    """Return the row of each numbered paragraph."""
    found = db.execute("SELECT number, row FROM paragraphs WHERE version = ? AND number IS NOT NULL", (version_row,))
    return dict(found.fetchall())


def _remove(db: Connection, article_id: str) -> None:
    for (row,) in db.execute("SELECT row FROM versions WHERE article = ?", (article_id,)).fetchall():
        _clear(db, row)
    db.execute("DELETE FROM versions WHERE article = ?", (article_id,))


# -- rebuilding -------------------------------------------------------------------------------------------------------


def _without_vectors(db: Connection, model_id: str) -> list[int]:
    found = db.execute(
        "SELECT v.row FROM versions v WHERE NOT EXISTS"
        " (SELECT 1 FROM passages p WHERE p.version = v.row AND p.model = ?) AND EXISTS"
        " (SELECT 1 FROM paragraphs g WHERE g.version = v.row AND g.number IS NOT NULL) ORDER BY v.row",
        (model_id,),
    )
    return [row[0] for row in found]


def _rebuild_stems(db: Connection) -> None:
    db.execute("DELETE FROM stems")
    db.execute("DELETE FROM past_stems")
    for row in _rows(db, "SELECT * FROM versions"):
        _insert_stems(db, _article(db, row), row["row"])
        if not row["current"]:
            db.execute(
                _COPY_TO_PAST,
                (row["row"],),
            )


def _rebuild_speakers(db: Connection) -> None:
    db.execute("DELETE FROM speakers")
    for row in _rows(db, "SELECT * FROM paragraphs WHERE number IS NOT NULL AND quotations <> '[]'"):
        _insert_speakers(db, row["row"], _paragraph(row))


def _renew_chroma(db: Connection) -> None:
    db.execute("UPDATE manifest SET value = value + 1 WHERE key = 'chroma'")
    db.execute("DELETE FROM journal")
    db.execute(
        "INSERT INTO journal SELECT p.row, 0 FROM versions v JOIN passages p ON p.version = v.row"
        " WHERE v.current AND p.model = (SELECT value FROM manifest WHERE key = 'model')"
    )


# -- filters ----------------------------------------------------------------------------------------------------------

# For each article the newest version that was known on a day.
_KNOWN_ON = """v.row IN (SELECT row FROM (
    SELECT row, row_number() OVER (
        PARTITION BY article ORDER BY coalesce(updated, published) DESC, added DESC, row DESC) AS place
    FROM versions WHERE coalesce(updated, published) <= ?) WHERE place = 1)"""


def _where(filters: Filters, paragraph: str) -> tuple[str, list[str]]:
    """Return the condition on a version `v` and on the column that holds a paragraph's row, and its values."""
    conditions: list[tuple[str, list[str]]] = [
        (_KNOWN_ON, [filters.as_of.isoformat()]) if filters.as_of else ("v.current", [])
    ]
    if filters.after:
        conditions.append(("coalesce(v.published, v.updated) >= ?", [filters.after.isoformat()]))
    if filters.before:
        conditions.append(("coalesce(v.published, v.updated) <= ?", [filters.before.isoformat()]))
    if filters.publisher:
        conditions.append(("v.publisher_folded = ?", [folded(filters.publisher)]))
    if filters.article:
        conditions.append(("v.article = ?", [filters.article]))
    if filters.speaker:
        name = folded(filters.speaker)
        said = f"{paragraph} IN (SELECT paragraph FROM speakers WHERE folded = ? OR surname = ?)"
        conditions.append((said, [name, name]))
    return " AND ".join(sql for sql, _ in conditions), [value for _, values in conditions for value in values]


# -- rows and values --------------------------------------------------------------------------------------------------


def _article(db: Connection, row: Row) -> Article:
    paragraphs = _rows(db, "SELECT * FROM paragraphs WHERE version = ? ORDER BY position", row["row"])
    return Article(
        title=row["title"],
        paragraphs=tuple(_paragraph(p) for p in paragraphs),
        source=row["source"],
        publisher=row["publisher"],
        authors=tuple(json.loads(row["authors"])),
        published=_date(row["published"]),
        updated=_date(row["updated"]),
        url=row["url"],
        language=row["language"],
        section=row["section"],
    )


def _paragraph(row: Row) -> Paragraph:
    return Paragraph(
        text=row["text"],
        kind=row["kind"],
        number=row["number"],
        heading=row["heading"],
        quotations=_quotations_from_json(row["quotations"]),
    )


def _quotations_to_json(quotations: Sequence[Quotation]) -> str:
    return json.dumps(
        [
            [
                q.start,
                q.end,
                q.direct,
                q.run,
                q.speaker and [q.speaker.name, q.speaker.how, q.speaker.confidence, q.speaker.paragraph],
            ]
            for q in quotations
        ],
        ensure_ascii=False,
    )


def _quotations_from_json(text: str) -> tuple[Quotation, ...]:
    return tuple(
        Quotation(start, end, direct, Speaker(*speaker) if speaker else None, run)
        for start, end, direct, run, speaker in json.loads(text)
    )


def _counts(db: Connection, condition: str, *values: str) -> dict[str, int]:
    """Return in how many current paragraphs each stem stands for which the condition holds."""
    counts = dict(db.execute(f"SELECT term, doc FROM stem_counts WHERE {condition}", values).fetchall())
    for stem, past in db.execute(f"SELECT term, doc FROM past_counts WHERE {condition}", values):
        counts[stem] -= past
    return counts


def _vectors(found: Any) -> tuple[Rows, Floats]:
    pairs = found.fetchall()
    rows = _numbers(pairs)
    flat = np.frombuffer(b"".join(blob for _, blob in pairs), dtype="<f4")
    return rows, flat.reshape(len(pairs), -1).astype(np.float32, copy=False) if pairs else np.zeros((0, 0), np.float32)


def _numbers(rows: Sequence[tuple[Any, ...]]) -> Rows:
    return np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))


def _json(values: Sequence[Any] | Rows) -> str:
    return json.dumps(values.tolist() if isinstance(values, np.ndarray) else list(values))


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _row(db: Connection, sql: str, *values: Any) -> Row | None:
    return next(iter(_rows(db, sql, *values)), None)


def _rows(db: Connection, sql: str, *values: Any) -> list[Row]:
    cursor = db.cursor()
    cursor.row_factory = Row
    return cursor.execute(sql, values).fetchall()
