"""How an article lies in the tables of the catalog: the schema, and each way in which rows come in, change and go.

Every function works inside a transaction that `indexes.catalog` has begun. A paragraph row and a passage row never
change, and their numbers are never used twice, so that a number which Chroma still knows is recognised as gone.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, cast

from indexes.article import Article, Paragraph, Passage, Quotation, Speaker
from indexes.copies import prints
from indexes.database import Connection, Row
from indexes.embeddings import Floats, Model
from indexes.errors import MismatchError
from indexes.names import folded, surname
from indexes.passages import indexed_text
from indexes.terms import terms

FORMAT = 1  # of the tables below; raise it with any change that an older Newscite would misread

# How much a word counts in BM25 by where it stands.
WEIGHTS = {"text": 1.0, "headline": 0.5, "section": 0.2, "publisher": 0.2, "month": 0.2}

# `unicode61` keeps whole what `indexes.terms` has made: stems are folded already and hold no space.
_TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"
SCHEMA = f"""
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
CREATE TABLE passages (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    paragraph INTEGER NOT NULL REFERENCES paragraphs (row) ON DELETE CASCADE,
    version INTEGER NOT NULL, window INTEGER NOT NULL, model TEXT NOT NULL, vector BLOB NOT NULL);
CREATE INDEX passages_version ON passages (version, model, paragraph);
CREATE INDEX passages_paragraph ON passages (paragraph, model);
CREATE TABLE journal (passage INTEGER PRIMARY KEY, gone INTEGER NOT NULL);
CREATE VIRTUAL TABLE stems USING fts5 (text, headline, section, publisher, month, tokenize = "{_TOKENIZER}");
CREATE VIRTUAL TABLE past_stems USING fts5 (text, headline, section, publisher, month, tokenize = "{_TOKENIZER}");
CREATE VIRTUAL TABLE stem_counts USING fts5vocab ('stems', 'row');
CREATE VIRTUAL TABLE past_counts USING fts5vocab ('past_stems', 'row')
"""  # `stems` holds every version; `past_stems` repeats those that are not current, so that they can be discounted

# What came later, and an older Newscite does not miss: added to every library when it is opened for the first time.
_LATER_COLUMNS = {
    ("versions", "key"): "TEXT",
    ("versions", "opinion"): "INTEGER NOT NULL DEFAULT 0",
    ("versions", "prints"): "INTEGER",  # how many it has; none is known of what an older Newscite has added
    ("paragraphs", "page"): "INTEGER",
}
_LATER_TABLES = {
    "addresses": "(address TEXT PRIMARY KEY, etag TEXT, modified TEXT, stamp TEXT, article TEXT,"
    " fetched TEXT NOT NULL)",
    "failures": "(source TEXT PRIMARY KEY, reason TEXT NOT NULL, details TEXT NOT NULL, tries INTEGER NOT NULL,"
    " failed TEXT NOT NULL)",
    # By which copies are looked for: what `indexes.copies.prints` makes of the body paragraphs of each version.
    "prints": "(print INTEGER NOT NULL, version INTEGER NOT NULL REFERENCES versions (row) ON DELETE CASCADE,"
    " PRIMARY KEY (print, version))",
}
_LATER_INDEXES = {"prints_version": "prints (version)"}


class State(NamedTuple):
    """What a search must know first. All of it changes only inside write transactions."""

    changes: int  # counts the transactions that changed what can be found
    chroma: str  # which Chroma folder is the right one
    model: Model | None  # None until something has been embedded


def lacking(db: Connection) -> list[str]:
    """Return the statements that add what came later to the tables of an older library."""
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    indexes = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
    known = {(table, row[1]) for table in tables for row in db.execute(f"PRAGMA table_info({table})")}
    return [
        *(f"CREATE TABLE {table} {its} WITHOUT ROWID" for table, its in _LATER_TABLES.items() if table not in tables),
        *(f"ALTER TABLE {t} ADD COLUMN {c} {kind}" for (t, c), kind in _LATER_COLUMNS.items() if (t, c) not in known),
        *(f"CREATE INDEX {index} ON {where}" for index, where in _LATER_INDEXES.items() if index not in indexes),
    ]


def without_prints(db: Connection) -> list[int]:
    """Return the rows of the versions that an older Newscite has added, which knew nothing of copies."""
    return [row for (row,) in db.execute("SELECT row FROM versions WHERE prints IS NULL").fetchall()]


# -- the manifest -----------------------------------------------------------------------------------------------------


def state(db: Connection) -> State:
    """Return what a search must know first."""
    values = dict(db.execute("SELECT key, value FROM manifest").fetchall())
    model = Model(values["model"], values["model_name"], int(values["dimension"])) if "model" in values else None
    return State(int(values["changes"]), values["chroma"], model)


def changes(db: Connection) -> int:
    """Return how many transactions have changed what can be found."""
    return int(db.execute("SELECT value FROM manifest WHERE key = 'changes'").fetchone()[0])


def set_model(db: Connection, model: Model) -> None:
    """Note the model whose vectors are searched."""
    values = {"model": model.id, "model_name": model.name, "dimension": str(model.dimension)}
    db.executemany("INSERT OR REPLACE INTO manifest VALUES (?, ?)", list(values.items()))


def adopt(db: Connection, model: Model) -> None:
    """Take the model of the first passages as the library's; refuse vectors of any other."""
    known = state(db).model
    if known is None or not db.execute("SELECT 1 FROM passages LIMIT 1").fetchone():
        set_model(db, model)
    elif (known.id, known.dimension) != (model.id, model.dimension):
        raise other_model(known, model.name)


def other_model(known: Model, name: str) -> MismatchError:
    """Return the error of a library that was indexed by another model than the one in use."""
    return MismatchError(
        f"The library was indexed with the embedding model {known.name!r}, not {name!r}.",
        f"Leave --embedding-model out, or index it anew with: newscite rebuild --embedding-model {name}",
    )


# -- writing ----------------------------------------------------------------------------------------------------------


def insert_version(
    db: Connection, article: Article, passages: Sequence[Passage], vectors: Floats, model_id: str
) -> None:
    """Store a version of an article, with its passages and their vectors (n, d), and make it the current one."""
    _retire(db, article)
    row = _fill_version(db, article, passages, vectors, model_id)
    db.execute(
        "INSERT OR REPLACE INTO journal SELECT row, 0 FROM passages WHERE version = ? AND model = ?", (row, model_id)
    )


def insert_past_version(
    db: Connection, article: Article, passages: Sequence[Passage], vectors: Floats, model_id: str
) -> None:
    """Store a version that is older than the current one."""
    row = _fill_version(db, article, passages, vectors, model_id, current=False)
    db.execute(_COPY_TO_PAST, (row,))


def has_version(db: Connection, article_id: str, version: str) -> bool:
    """Tell whether an article has this version, current or not."""
    found = db.execute("SELECT 1 FROM versions WHERE article = ? AND version = ?", (article_id, version))
    return found.fetchone() is not None


def _fill_version(
    db: Connection,
    article: Article,
    passages: Sequence[Passage],
    vectors: Floats,
    model_id: str,
    current: bool = True,
) -> int:
    row = _version_row(db, article, current)
    for position, paragraph in enumerate(article.paragraphs):
        _insert_paragraph(db, row, position, paragraph)
    insert_prints(db, row)
    _insert_stems(db, article, row)
    insert_passages(db, row, passages, vectors, model_id)
    return row


def _retire(db: Connection, article: Article) -> None:
    """Make room: the version that was current becomes a past one, and this version's own rows go."""
    current = db.execute(
        "SELECT row FROM versions WHERE article = ? AND current AND version <> ?", (article.id, article.version)
    ).fetchone()
    if current:
        _take_out_of_chroma(db, current[0])
        db.execute("UPDATE versions SET current = 0 WHERE row = ?", current)
        db.execute(_COPY_TO_PAST, current)
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
    db.execute("DELETE FROM prints WHERE version = ?", (version_row,))
    db.execute("DELETE FROM paragraphs WHERE version = ?", (version_row,))


def _take_out_of_chroma(db: Connection, version_row: int) -> None:
    db.execute("INSERT OR REPLACE INTO journal SELECT row, 1 FROM passages WHERE version = ?", (version_row,))


def _version_row(db: Connection, article: Article, current: bool) -> int:
    row = db.execute(
        "INSERT INTO versions (article, version, current, added, title, source, authors)"
        " VALUES (?, ?, ?, ?, ?, ?, '[]')"
        " ON CONFLICT (article, version) DO UPDATE SET current = excluded.current, added = excluded.added"
        " RETURNING row",
        (article.id, article.version, current, datetime.now(UTC).isoformat(), article.title, article.source),
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
        "key": article.key,
        "opinion": article.opinion,
    }
    columns = ", ".join(f"{name} = ?" for name in values)
    db.execute(
        f"UPDATE versions SET {columns} WHERE article = ? AND version = ?",
        (*values.values(), article.id, article.version),
    )


def rename(db: Connection, former: str, article: Article) -> None:
    """Give the versions of an article the id of this one: its text is the same, what names it has been put right.

    A past version goes where nothing that it holds makes it this article's.
    """
    for row in all_of(db, "SELECT * FROM versions WHERE article = ? AND NOT current", former):
        past = replace(article_from(db, row), url=article.url, key=article.key)
        if not (article.url or article.key):
            past = replace(past, publisher=article.publisher)
        if past.id != article.id:
            _clear(db, row["row"])
            db.execute("DELETE FROM versions WHERE row = ?", (row["row"],))
            continue
        db.execute("UPDATE versions SET article = ? WHERE row = ?", (article.id, row["row"]))
        _write_metadata(db, past)
    db.execute("UPDATE versions SET article = ? WHERE article = ?", (article.id, former))
    db.execute("UPDATE addresses SET article = ? WHERE article = ?", (article.id, former))


def set_metadata(db: Connection, article: Article) -> None:
    """Change what is known about the current version of an article, its text apart."""
    _write_metadata(db, article)
    row = db.execute("SELECT row FROM versions WHERE article = ? AND current", (article.id,)).fetchone()[0]
    db.execute(f"DELETE FROM stems WHERE rowid IN {_BODY}", (row,))
    _insert_stems(db, article, row)


def _insert_paragraph(db: Connection, version_row: int, position: int, paragraph: Paragraph) -> None:
    cursor = db.execute(
        "INSERT INTO paragraphs (version, position, number, kind, text, heading, quotations, page)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            version_row,
            position,
            paragraph.number,
            paragraph.kind,
            paragraph.text,
            paragraph.heading,
            _quotations_to_json(paragraph.quotations),
            paragraph.page,
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
    """Index the words of the body paragraphs, each with those of its article's headline, section, publisher, month."""
    fields = (article.title, article.section, article.publisher, article.month)
    around = [" ".join(terms(text or "")) for text in fields]
    rows = _body_rows(db, version_row)
    db.executemany(
        f"INSERT INTO stems (rowid, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
        [(rows[p.number], " ".join(terms(indexed_text(p))), *around) for p in article.body if p.number is not None],
    )


def insert_prints(db: Connection, version_row: int) -> None:
    """Note the sentences of a version by which its copies are looked for."""
    found = {number for text in body_texts(db, version_row) for number in prints(text)}
    db.executemany("INSERT INTO prints VALUES (?, ?)", [(number, version_row) for number in found])
    db.execute("UPDATE versions SET prints = ? WHERE row = ?", (len(found), version_row))


def body_texts(db: Connection, version_row: int) -> list[str]:
    """Return the texts of the numbered paragraphs of a version."""
    found = db.execute(
        "SELECT text FROM paragraphs WHERE version = ? AND number IS NOT NULL ORDER BY position", (version_row,)
    )
    return [text for (text,) in found]


def insert_passages(
    db: Connection, version_row: int, passages: Sequence[Passage], vectors: Floats, model_id: str
) -> None:
    """Store the passages of a version and their vectors (n, d) by one model."""
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


def remove(db: Connection, article_id: str) -> None:
    """Remove all versions of an article."""
    for (row,) in db.execute("SELECT row FROM versions WHERE article = ?", (article_id,)).fetchall():
        _clear(db, row)
    db.execute("DELETE FROM versions WHERE article = ?", (article_id,))


# -- rebuilding -------------------------------------------------------------------------------------------------------


def without_vectors(db: Connection, model_id: str) -> list[int]:
    """Return the rows of the versions that have body paragraphs but no passage of this model."""
    found = db.execute(
        "SELECT v.row FROM versions v WHERE NOT EXISTS"
        " (SELECT 1 FROM passages p WHERE p.version = v.row AND p.model = ?) AND EXISTS"
        " (SELECT 1 FROM paragraphs g WHERE g.version = v.row AND g.number IS NOT NULL) ORDER BY v.row",
        (model_id,),
    )
    return [row[0] for row in found]


def rebuild_stems(db: Connection) -> None:
    """Make the lexical index anew from the paragraphs."""
    db.execute("DELETE FROM stems")
    db.execute("DELETE FROM past_stems")
    for row in all_of(db, "SELECT * FROM versions"):
        _insert_stems(db, article_from(db, row), row["row"])
        if not row["current"]:
            db.execute(_COPY_TO_PAST, (row["row"],))


def rebuild_speakers(db: Connection) -> None:
    """Make the table of who speaks where anew from the paragraphs."""
    db.execute("DELETE FROM speakers")
    for row in all_of(db, "SELECT * FROM paragraphs WHERE number IS NOT NULL AND quotations <> '[]'"):
        _insert_speakers(db, row["row"], _paragraph(row))


def renew_chroma(db: Connection) -> None:
    """Name a new folder for Chroma, and note in the journal that it lacks every current passage."""
    db.execute("UPDATE manifest SET value = value + 1 WHERE key = 'chroma'")
    db.execute("DELETE FROM journal")
    db.execute(
        "INSERT INTO journal SELECT p.row, 0 FROM versions v JOIN passages p ON p.version = v.row"
        " WHERE v.current AND p.model = (SELECT value FROM manifest WHERE key = 'model')"
    )


# -- rows and values --------------------------------------------------------------------------------------------------


def article_from(db: Connection, row: Row) -> Article:
    """Return the article whose version stands in this row."""
    paragraphs = all_of(db, "SELECT * FROM paragraphs WHERE version = ? ORDER BY position", row["row"])
    return Article(
        title=row["title"],
        paragraphs=tuple(_paragraph(p) for p in paragraphs),
        source=row["source"],
        publisher=row["publisher"],
        authors=tuple(json.loads(row["authors"])),
        published=to_date(row["published"]),
        updated=to_date(row["updated"]),
        url=row["url"],
        language=row["language"],
        section=row["section"],
        key=row["key"],
        opinion=bool(row["opinion"]),
    )


def _paragraph(row: Row) -> Paragraph:
    return Paragraph(
        text=row["text"],
        kind=row["kind"],
        number=row["number"],
        heading=row["heading"],
        quotations=_quotations_from_json(row["quotations"]),
        page=row["page"],
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


def to_date(text: str | None) -> date | None:
    """Return the date that a column holds."""
    return date.fromisoformat(text) if text else None


def one(db: Connection, sql: str, *values: Any) -> Row | None:
    """Return the first row of a query, by column names, or None."""
    return next(iter(all_of(db, sql, *values)), None)


def all_of(db: Connection, sql: str, *values: Any) -> list[Row]:
    """Return the rows of a query, by column names."""
    cursor = db.cursor()
    cursor.row_factory = Row
    return cursor.execute(sql, values).fetchall()
