"""The door to the articles: open a library, add to it, remove from it, rebuild it, and search it.

A library is a folder: `catalog.sqlite3`, which is the truth, and `chroma/`, a copy of its vectors that can be thrown
away. Several processes may use one at the same time. Within a process all that open one folder share one library,
which closes with the last of them; all methods may be called from several threads.
"""

import atexit
import json
import os
import threading
from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Self

import platformdirs

from indexes.adding import Adding, OnOutcome, Outcome, Progress, Report
from indexes.article import Article, Filters
from indexes.catalog import Catalog, Listed, UnknownArticle, Version, published_by
from indexes.embeddings import Embedder, Floats, Model, SentenceEmbeddings, Words
from indexes.errors import LibraryError, MismatchError
from indexes.history import Step, step
from indexes.intake import Failure
from indexes.nearest import Hit, Nearest
from indexes.passages import passages
from indexes.readers import Details, expand
from indexes.sources import Source, Sources, Wanted, is_address
from indexes.tables import FORMAT, other_model
from indexes.terms import terms
from indexes.vectors import Vectors

MOVED_TOGETHER = 1000  # passages that a long run of adding moves to Chroma at a time

__all__ = [
    "Details",
    "Failure",
    "Hit",
    "Library",
    "Listed",
    "Outcome",
    "Progress",
    "Report",
    "Source",
    "Step",
    "UnknownArticle",
    "Version",
    "Wanted",
    "published_by",
]


class Library:
    """A searchable folder of articles. Use it in a `with` block, or call `close`."""

    def __init__(self, shared: "_Shared") -> None:
        self._shared: _Shared | None = shared

    @classmethod
    def open(
        cls,
        home: str | Path | None = None,
        *,
        model: str | None = None,
        embeddings: Embedder | None = None,
        busy_seconds: float = 30.0,
        for_rebuild: bool = False,
    ) -> Self:
        """Open the library in a folder, which is made if need be; by default NEWSCITE_HOME or the user's data folder.

        `model` names a sentence-transformers model; without it, the library's own is taken. Raises MismatchError where
        the library was indexed by another one, or by another Newscite, unless it is opened `for_rebuild`.
        """
        return cls(_share(_home(home), model, embeddings, busy_seconds, for_rebuild))

    def close(self) -> None:
        """Let go of the library. Whoever else has it open in this process keeps it."""
        shared, self._shared = self._shared, None
        if shared is not None:
            _let_go(shared)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def home(self) -> Path:
        """The folder of the library."""
        return self._opened.home

    @property
    def embeddings(self) -> Embedder:
        """The embedding model that it is indexed by; `open` takes it for another library of the same model."""
        return self._opened.embeddings

    # -- articles in and out ------------------------------------------------------------------------------------

    def add(
        self,
        *targets: str | Path,
        details: Details | None = None,
        wanted: Wanted | None = None,
        dry_run: bool = False,
        on_progress: Progress | None = None,
        on_outcome: OnOutcome | None = None,
    ) -> Report:
        """Add the articles in files and folders, at web addresses, and those that feeds name.

        What cannot be read is reported and stops nothing. With `dry_run` nothing is written, and of a feed only the
        feed itself is fetched. Raises LibraryError where nothing can be stored: a full disk, another writer that does
        not finish. What was written before stays, also where it is interrupted.
        """
        details, wanted = details or Details(), wanted or Wanted()
        adding = self._adding(wanted, dry_run, on_progress, on_outcome)
        adding.expected = sum(1 if is_address(each) else len(expand(Path(each))) for each in targets)
        with self.sources(wanted, on_progress) as sources:
            said = _said(details, wanted)
            report = self._run(adding, ((source, said) for each in targets for source in sources.of(each, details)))
            if not dry_run:
                sources.settle(adding.left)
        return report

    def sources(self, wanted: Wanted | None = None, on_progress: Progress | None = None) -> Sources:
        """Return what makes sources of files and addresses, for `add_each`. Use it in a `with` block."""
        tell = on_progress or (lambda what, done, total: None)
        return Sources(
            self._opened.catalog.intake, self._has, wanted or Wanted(), lambda seconds, what: tell(what, 0, 0)
        )

    def add_article(self, article: Article) -> Outcome:
        """Add one article that has been read already."""
        return self.add_each([Source(article.source, lambda: article)]).outcomes[0]

    def add_each(
        self,
        sources: Iterable[Source],
        on_progress: Progress | None = None,
        on_outcome: OnOutcome | None = None,
        *,
        wanted: Wanted | None = None,
    ) -> Report:
        """Add the articles of these sources, as many as are wanted; what cannot be read stops nothing.

        They are read one after the other, and their passages are embedded in groups. Raises LibraryError as `add` does.
        """
        adding = self._adding(wanted or Wanted(), False, on_progress, on_outcome)
        adding.expected = len(sources) if isinstance(sources, Sized) else 0
        return self._run(adding, ((source, {}) for source in sources))

    def _adding(
        self, wanted: Wanted, dry_run: bool, on_progress: Progress | None, on_outcome: OnOutcome | None
    ) -> Adding:
        shared = self._opened
        return Adding(shared.catalog, shared.embeddings, wanted, dry_run, on_progress, on_outcome)

    def _run(self, adding: Adding, sources: Iterable[tuple[Source, dict[str, Any]]]) -> Report:
        nearest = self._opened.nearest
        try:
            for source, said in sources:
                adding.take(source, said)
                nearest.drain(at_least=MOVED_TOGETHER)
            report = adding.finish()
        except (KeyboardInterrupt, SystemExit):
            adding.flush()  # what has been read, and perhaps fetched, is not lost
            raise
        nearest.drain()
        return report

    def failures(self) -> list[Failure]:
        """Return what was to be added and could not be, the oldest first."""
        return self._opened.catalog.intake.failures()

    def forget_failures(self, sources: Iterable[str]) -> None:
        """Strike these from what could not be added."""
        self._opened.catalog.intake.forget(sources)

    def retry_failures(
        self,
        wanted: Wanted | None = None,
        on_progress: Progress | None = None,
        on_outcome: OnOutcome | None = None,
    ) -> Report:
        """Try again to add what could not be, with what was said about it then."""
        outcomes: list[Outcome] = []
        failures = self.failures()
        # A place in a file may be another by now: what is still wrong with the file is noted again.
        self.forget_failures(failure.source for failure in failures if failure.source != failure.again)
        for said, alike in groupby(sorted(failures, key=_what_was_said), key=_what_was_said):
            details, fields = _from_said(said)
            again = dict.fromkeys(failure.again for failure in alike)
            wanting = replace(wanted or Wanted(), fields=fields)
            report = self.add(*again, details=details, wanted=wanting, on_progress=on_progress, on_outcome=on_outcome)
            outcomes += report.outcomes
        return Report(tuple(outcomes))

    def _has(self, article_id: str) -> bool:
        try:
            self._opened.catalog.article(article_id)
        except UnknownArticle:
            return False
        return True

    def remove(self, article_id: str) -> Article:
        """Remove all versions of an article, by its id or a unique beginning of it, and return the newest."""
        shared = self._opened
        article = self.article(article_id)
        shared.catalog.remove(article.id)
        shared.nearest.drain()
        return article

    def rebuild(self, model: str | None = None, on_progress: Progress | None = None) -> None:
        """Make anew all that is derived from the stored paragraphs: words, Chroma; vectors too for another model.

        Until it is done the library answers as before. If it is interrupted, the next one goes on from there.
        """
        shared = self._opened
        tell = on_progress or (lambda what, done, total: None)
        embeddings = shared.embeddings if model is None else SentenceEmbeddings(model)
        known = shared.catalog.state().model
        if known.id == embeddings.model_id if known else model is None:
            shared.catalog.switch(None)
        else:
            _embed_anew(shared.catalog, embeddings, tell)
        shared.embeddings = embeddings
        shared.nearest.drain(lambda done, total: tell("moving vectors to Chroma", done, total))

    def article(self, article_id: str, version: str | None = None) -> Article:
        """Return an article by its id or a unique beginning of it, the newest version unless one is named.

        Raises UnknownArticle, which is a KeyError and a LibraryError.
        """
        catalog = self._opened.catalog
        try:
            return catalog.article(article_id, version)
        except UnknownArticle:
            return catalog.article(catalog.resolve(article_id), version)

    def articles(self) -> list[Listed]:
        """Return the newest version of every article, in the order in which they came in."""
        return self._opened.catalog.articles()

    def copies(self, article_id: str) -> list[Listed]:
        """Return the other articles that are one text with this one: wire copy, the same page at another address."""
        catalog = self._opened.catalog
        return catalog.copies(catalog.resolve(article_id))

    def versions(self, article_id: str) -> list[Version]:
        """Return the versions of an article, the newest first."""
        catalog = self._opened.catalog
        return catalog.versions(catalog.resolve(article_id))

    def history(self, article_id: str, since: str | None = None) -> list[Step]:
        """Return what changed from each version to the next, the newest first; or all at once since one of them."""
        current = self.article(article_id)
        if since:
            return [step(self.article(current.id, since), current)]
        known = [self.article(current.id, each.version) for each in self.versions(current.id)]
        return [step(older, newer) for newer, older in pairwise(known)]

    # -- searching ----------------------------------------------------------------------------------------------

    def dense(self, text: str, k: int, filters: Filters) -> list[Hit]:
        """Return the k paragraphs nearest to the text, with their cosine."""
        shared = self._opened
        model = _searchable(shared)
        if model is None:
            return []
        return shared.nearest.search(shared.embeddings.question(text), k, self._resolved(filters), model.id)

    def lexical(self, text: str, k: int, filters: Filters) -> list[Hit]:
        """Return the k best paragraphs by BM25 over speaker and text, headline, section, publisher and month."""
        return self._opened.catalog.lexical(terms(text), k, self._resolved(filters))

    def by_speaker(self, name: str, text: str, k: int, filters: Filters) -> list[Hit]:
        """Return up to k paragraphs in which this full name speaks, by their cosine with the text."""
        shared = self._opened
        model = _searchable(shared)
        if model is None:
            return []
        rows = shared.catalog.speaking(name, self._resolved(filters), model.id)
        return shared.nearest.rank(rows, shared.embeddings.question(text), k) if len(rows) else []

    def speakers(self) -> list[str]:
        """Return the full name of everybody who speaks somewhere in the library."""
        return self._opened.catalog.speakers()

    def count(self, filters: Filters) -> int:
        """Return how many paragraphs the filters leave."""
        return self._opened.catalog.count(self._resolved(filters))

    def undated(self, filters: Filters) -> int:
        """Return how many articles a date filter leaves out for having no date: 0 without a date filter."""
        return self._opened.catalog.undated(self._resolved(filters))

    def document_frequency(self, terms: Sequence[str]) -> dict[str, int]:
        """Return in how many paragraphs (or their headlines) each of these `indexes.terms` stands."""
        return self._opened.catalog.document_frequency(terms)

    def terms_from(self, beginning: str) -> list[str]:
        """Return the terms of the library that begin so."""
        return self._opened.catalog.terms_from(beginning)

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return unit vectors, float32 (n, d)."""
        return self._opened.embeddings.vectors(texts)

    def words(self, texts: Sequence[str]) -> list[Words]:
        """Return the word pieces of each text, in context, with their vectors."""
        return self._opened.embeddings.words(texts)

    @property
    def _opened(self) -> "_Shared":
        if self._shared is None:
            raise LibraryError("This library is closed.", "Open it again with Library.open().")
        return self._shared

    def _resolved(self, filters: Filters) -> Filters:
        """Return the filters with the whole id of the article they name; UnknownArticle where there is none."""
        if not filters.article:
            return filters
        return replace(filters, article=self._opened.catalog.resolve(filters.article))


def _searchable(shared: "_Shared") -> Model | None:
    """Return the model of the library's vectors, None where it has none; MismatchError where it is another now."""
    model = shared.catalog.state().model
    if model is not None and model.id != shared.embeddings.model_id:
        raise other_model(model, shared.embeddings.name)
    return model


def _embed_anew(catalog: Catalog, embeddings: Embedder, tell: Progress) -> None:
    """Embed every version by another model, then make it the library's."""
    tell("loading the embedding model", 0, 0)
    embeddings.load()
    while True:
        rows = catalog.without_vectors(embeddings.model_id)
        for done, row in enumerate(rows):
            article = catalog.article_at(row)
            tell(article.title, done, len(rows))
            pieces = passages(article, embeddings.count_pieces, embeddings.limit)
            catalog.add_vectors(row, pieces, embeddings.vectors([p.text for p in pieces]), embeddings.model)
        if catalog.switch(embeddings.model):  # unless another process has added articles meanwhile
            return


# -- what was said about what failed ----------------------------------------------------------------------------------


def _said(details: Details, wanted: Wanted) -> dict[str, Any]:
    """Return what the user said about the articles of a run, as it can be stored."""
    said = {name: str(value) for name, value in asdict(details).items() if value}
    return {**said, "fields": dict(wanted.fields)} if wanted.fields else said


def _from_said(said: str) -> tuple[Details, Mapping[str, str]]:
    known = json.loads(said)
    fields = known.pop("fields", {})
    published = known.pop("published", None)
    return Details(**known, published=date.fromisoformat(published) if published else None), fields


def _what_was_said(failure: Failure) -> str:
    return json.dumps(failure.said, sort_keys=True)


# -- one library for all in this process ------------------------------------------------------------------------------


@dataclass
class _Shared:
    """What all `Library` objects on one folder have in common."""

    home: Path
    catalog: Catalog
    nearest: Nearest
    embeddings: Embedder
    users: int = 0


_libraries: dict[Path, _Shared] = {}
_sharing = threading.Lock()


def _share(
    home: Path, model: str | None, embeddings: Embedder | None, busy_seconds: float, for_rebuild: bool
) -> _Shared:
    with _sharing:
        shared = _libraries.get(home)
        if shared is None:
            shared = _open(home, model, embeddings, busy_seconds, for_rebuild)
            _libraries[home] = shared
        elif model is not None and SentenceEmbeddings(model).model_id != shared.embeddings.model_id:
            raise other_model(Model("", shared.embeddings.name, 0), model)
        shared.users += 1
        return shared


def _open(
    home: Path, model: str | None, embeddings: Embedder | None, busy_seconds: float, for_rebuild: bool
) -> _Shared:
    catalog = Catalog(home / "catalog.sqlite3", busy_seconds)
    try:
        if not for_rebuild:
            _check_format(catalog)
        known = catalog.state().model
        chosen = embeddings is not None or model is not None
        embeddings = embeddings or SentenceEmbeddings(model or (known.name if known else None))
        if chosen and known and known.id != embeddings.model_id and not for_rebuild:
            raise other_model(known, embeddings.name)
    except BaseException:
        catalog.close()
        raise
    return _Shared(home, catalog, Nearest(catalog, Vectors(home / "chroma")), embeddings)


def _check_format(catalog: Catalog) -> None:
    found = catalog.format()
    if found != FORMAT:
        raise MismatchError(
            f"The library {catalog.path} has format {found}; this Newscite reads format {FORMAT}.",
            "Use a newer Newscite." if found > FORMAT else "Run: newscite rebuild",
        )


def _let_go(shared: _Shared) -> None:
    with _sharing:
        shared.users -= 1
        if shared.users == 0:
            _libraries.pop(shared.home, None)
            _close(shared)


def _close(shared: _Shared) -> None:
    try:
        shared.nearest.close()
    finally:
        shared.catalog.close()


@atexit.register
def _close_all() -> None:
    """Close what was left open, so that Chroma's folder is sealed and need not be made anew."""
    while _libraries:
        _close(_libraries.popitem()[1])


def _home(home: str | Path | None) -> Path:
    chosen = home or os.environ.get("NEWSCITE_HOME") or platformdirs.user_data_path("newscite", appauthor=False)
    return Path(chosen).expanduser().resolve()
