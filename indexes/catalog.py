"""What the library keeps: every article and version, their paragraphs, speakers, passages and vectors.

All SQL is here and in `indexes.tables`. It knows nothing of Chroma, torch or files to read. SQLite is the truth: the
vectors in Chroma are a copy, and the journal holds what that copy still lacks, or has too much. One article is one
transaction.
"""

import json
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path, PurePath
from sqlite3 import Connection
from typing import Any, Literal, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from indexes import tables
from indexes.article import Article, Filters, Passage
from indexes.copies import LOOKED_AT, are_one_text, runs
from indexes.database import Database, OnWait
from indexes.embeddings import Floats, Model
from indexes.errors import LibraryError
from indexes.intake import Intake
from indexes.names import folded
from indexes.tables import FORMAT, WEIGHTS, State

_PARAGRAPH_ID = "v.article || '@' || v.version || '#' || g.number"
_LISTED = "(SELECT value FROM json_each(?))"

Rows = NDArray[np.int64]
Status = Literal["added", "updated", "unchanged"]
T = TypeVar("T")


class UnknownArticle(LibraryError, KeyError):
    """No article, or several, go by this id."""

    def __str__(self) -> str:
        return f"{self.what} {self.hint}".strip()


@dataclass(frozen=True)
class Change:
    """What adding an article would come to."""

    status: Status
    given: Article
    article: Article  # as it will stand: what is not given now stays as it was known
    embed: bool  # whether its passages must be embedded
    replaces: str | None = None  # the id of the same text, known less precisely until now
    older: bool = False  # whether the text says itself that it is older than the version that is searched


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
    speakers: tuple[str, ...]  # full names, who speaks in most paragraphs first


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
        self._database = Database(path, tables.SCHEMA, FORMAT, busy_seconds, lacking=tables.lacking)
        self.intake = Intake(self._database)
        self._cached: dict[Hashable, tuple[int, Any]] = {}
        self._cache_lock = threading.Lock()
        try:
            self._make_prints()
        except BaseException:
            self.close()
            raise

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
            return tables.state(db)

    def _make_prints(self) -> None:
        """Have what an older Newscite has added found as copies too; a file of another version is left as it is."""
        if self.format() != FORMAT:
            return
        with self._database.reading() as db:
            if not tables.without_prints(db):
                return
        with self._database.writing() as db:
            for row in tables.without_prints(db):  # another process may have been first
                tables.insert_prints(db, row)

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
                tables.rename(db, change.replaces, change.article)
            if change.embed and vectors is not None and model is not None:
                tables.adopt(db, model)
                insert = tables.insert_past_version if change.older else tables.insert_version
                insert(db, change.article, passages, vectors, model.id)
            elif change.status != "unchanged":
                tables.set_metadata(db, change.article)
            return True

    def remove(self, article_id: str, on_wait: OnWait | None = None) -> None:
        """Remove all versions of an article."""
        with self._writing(on_wait) as db:
            tables.remove(db, article_id)

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
            row = tables.one(
                db, f"SELECT * FROM versions WHERE article = ? AND {which}", article_id, *filter(None, [version])
            )
            return tables.article_from(db, row) if row else None

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
        return list(self._remember("articles", _listed))

    def copies(self, article_id: str) -> list[Listed]:
        """Return the current versions of the other articles that are one text with this one, as far as it is here."""
        return list(self._remember(("copies", article_id), lambda db: _copies(db, article_id)))

    def versions(self, article_id: str) -> list[Version]:
        """Return the versions of an article, the newest first."""
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT version, current, added, published, updated FROM versions WHERE article = ?"
                " ORDER BY current DESC, coalesce(updated, published) DESC, added DESC, row DESC",
                (article_id,),
            ).fetchall()
        return [
            Version(r[0], bool(r[1]), datetime.fromisoformat(r[2]), tables.to_date(r[3]), tables.to_date(r[4]))
            for r in rows
        ]

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
            changes = tables.changes(db)
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
            if tables.state(db).chroma == chroma:
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
            tables.renew_chroma(db)

    # -- rebuilding ---------------------------------------------------------------------------------------------

    def without_vectors(self, model_id: str) -> list[int]:
        """Return the rows of the versions that have no passage of this model."""
        with self._database.reading() as db:
            return tables.without_vectors(db, model_id)

    def article_at(self, version_row: int) -> Article:
        """Return the version of an article that stands in this row."""
        with self._database.reading() as db:
            row = tables.one(db, "SELECT * FROM versions WHERE row = ?", version_row)
            if row is None:
                raise UnknownArticle("The article has been removed meanwhile.")
            return tables.article_from(db, row)

    def add_vectors(self, version_row: int, passages: Sequence[Passage], vectors: Floats, model: Model) -> None:
        """Store the passages of a version as another model sees them. They are not searched until `switch`."""
        with self._database.writing() as db:
            tables.insert_passages(db, version_row, passages, vectors, model.id)

    def switch(self, model: Model | None) -> bool:
        """Make this model (None: the present one) the library's, and derive anew all that can be derived.

        Return False where versions without its vectors have come in meanwhile. One transaction.
        """
        with self._writing(None) as db:
            if model and tables.without_vectors(db, model.id):
                return False
            if model:
                tables.set_model(db, model)
            db.execute("DELETE FROM passages WHERE model <> (SELECT value FROM manifest WHERE key = 'model')")
            tables.rebuild_stems(db)
            tables.rebuild_speakers(db)
            tables.renew_chroma(db)
            db.execute(f"PRAGMA user_version = {FORMAT}")
            return True


# -- listing ----------------------------------------------------------------------------------------------------------


def published_by(publisher: str | None, articles: Sequence[Listed]) -> Sequence[Listed]:
    """Return the articles of a publisher, however it is spelled; all where none is named."""
    if not publisher:
        return articles
    names = {each.publisher for each in articles}  # far fewer than articles
    meant = {name for name in names if name and folded(name) == folded(publisher)}
    return [each for each in articles if each.publisher in meant]


def _listed(db: Connection, only: Sequence[int] | None = None) -> list[Listed]:
    """Return the current versions, or those of them that stand in these rows."""
    which = "v.current" if only is None else f"v.row IN ({', '.join(map(str, only))})"
    rows = db.execute(
        "SELECT v.row, v.article, v.version, v.title, v.publisher, v.published, v.url, v.source,"
        " (SELECT count(*) FROM paragraphs g WHERE g.version = v.row AND g.number IS NOT NULL)"
        f" FROM versions v WHERE {which}"
        " ORDER BY (SELECT min(first.row) FROM versions first WHERE first.article = v.article)"
    ).fetchall()
    speakers = _speakers_of_each(db, which)
    return [
        Listed(
            article,
            version,
            title,
            publisher,
            tables.to_date(published),
            url,
            source,
            paragraphs,
            speakers=tuple(speakers.get(row, ())),
        )
        for row, article, version, title, publisher, published, url, source, paragraphs in rows
    ]


def _speakers_of_each(db: Connection, which: str) -> dict[int, list[str]]:
    """Return who speaks in each of these versions, by its row: who does in most paragraphs first, then who is first."""
    found: dict[int, list[str]] = {}
    for row, name in db.execute(
        "SELECT v.row, s.name FROM versions v JOIN paragraphs g ON g.version = v.row"
        f" JOIN speakers s ON s.paragraph = g.row WHERE {which}"
        " GROUP BY v.row, s.name ORDER BY v.row, count(*) DESC, min(g.position), min(s.rowid)"
    ):
        found.setdefault(row, []).append(name)
    return found


# -- copies -----------------------------------------------------------------------------------------------------------

_MOST_COPIES = 50  # that are named
_MOST_HOLDING = 50  # articles that are looked up for one sentence: what a paper prints under each article is in all
_MOST_IN_VAIN = 10  # articles in a row that are read and are no copies, before the rest is left
_HOLDING = """
    SELECT v.row, v.prints FROM prints p JOIN versions v ON v.row = p.version
    WHERE p.print = ? AND v.current AND v.article <> ? ORDER BY p.version LIMIT ?"""


def _copies(db: Connection, article_id: str) -> list[Listed]:
    found = db.execute("SELECT row, prints FROM versions WHERE article = ? AND current", (article_id,)).fetchone()
    others = _with_its_sentences(db, article_id, *found) if found else []
    copies = list(islice(_that_are_copies(db, found[0], others), _MOST_COPIES)) if others else []
    return _listed(db, copies) if copies else []


def _with_its_sentences(db: Connection, article_id: str, version_row: int, many: int) -> list[int]:
    """Return the current versions that share sentences with this one, those first whose sentences are rare."""
    shared: Counter[int] = Counter()
    weight: dict[int, float] = defaultdict(float)
    sentences: dict[int, int] = {}
    for (number,) in db.execute("SELECT print FROM prints WHERE version = ?", (version_row,)).fetchall():
        holding = db.execute(_HOLDING, (number, article_id, _MOST_HOLDING)).fetchall()
        sentences.update(holding)
        for row, _ in holding:
            shared[row] += 1
            weight[row] += 1 / len(holding)
    enough = (row for row, count in shared.items() if count >= LOOKED_AT * min(many, sentences[row]))
    return sorted(enough, key=lambda row: (-weight[row], row))


def _that_are_copies(db: Connection, version_row: int, others: Sequence[int]) -> Iterator[int]:
    ours = runs(tables.body_texts(db, version_row))
    in_vain = 0
    for row in others:
        if are_one_text(ours, runs(tables.body_texts(db, row))):
            yield row
            in_vain = 0
        elif (in_vain := in_vain + 1) == _MOST_IN_VAIN:
            return


# -- comparing --------------------------------------------------------------------------------------------------------


def _compare(db: Connection, article: Article) -> Change:
    row = tables.one(db, "SELECT * FROM versions WHERE article = ? AND current", article.id)
    known = tables.article_from(db, row) if row else _twin(db, article)
    if known is None:
        return Change("added", article, article, embed=True)
    merged = _with_what_was_known(article, known)
    if article.version != known.version:
        seen = tables.has_version(db, known.id, article.version)
        if _is_older(article, known, seen):
            past = replace(merged, published=article.published or known.published, updated=article.updated)
            return Change("unchanged" if seen else "updated", article, past, embed=not seen, older=True)
    if merged == known:
        return Change("unchanged", article, known, embed=False)
    replaces = known.id if merged.id != known.id else None
    return Change("updated", article, merged, embed=merged.paragraphs != known.paragraphs, replaces=replaces)


def _is_older(article: Article, known: Article, seen: bool) -> bool:
    """Tell whether a text is older than the known one: a cache or an archive may bring it after that.

    A text that was here before must say that it is newer. Of a new one the day of publication says nothing, as the
    known one may have been published then and changed since.
    """
    said = article.updated or (article.published if seen else None)
    latest = known.updated or known.published
    return bool(said and latest and said < latest)


def _twin(db: Connection, article: Article) -> Article | None:
    """Return the article of the same text under another id, unless both name different addresses or publishers.

    Read again from the same place it is the same article whatever it names: somebody has put that right.
    """
    for row in tables.all_of(db, "SELECT * FROM versions WHERE version = ? AND current", article.version):
        twin = tables.article_from(db, row)
        same = [(p.kind, p.text) for p in twin.paragraphs] == [(p.kind, p.text) for p in article.paragraphs]
        agreed = _agree(twin.url, article.url) and _agree(twin.publisher, article.publisher)
        if same and (agreed or _are_one_place(twin.source, article.source)):
            return twin
    return None


def _are_one_place(one: str, other: str) -> bool:
    """Tell whether two sources are one file or one address; the names of uploads say nothing."""
    return one == other and (PurePath(one).is_absolute() or "://" in one)


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
        key=article.key or known.key,
        opinion=article.opinion or known.opinion,
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


# -- values ------------------------------------------------------------------------------------------------------------


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
