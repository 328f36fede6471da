"""Articles come into a library: read, compared with what is there, embedded together, written one by one.

It knows nothing of files and addresses: `indexes.sources` says how each article is read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from indexes.article import Article, Passage
from indexes.catalog import Catalog, Change, Status
from indexes.embeddings import Embedder, Floats
from indexes.errors import NewsciteError
from indexes.intake import Failure
from indexes.passages import passages
from indexes.sources import Source, Wanted

GROUP = 64  # passages that are embedded together, unless one article has more

# Beside what the catalog makes of an article: `older` is before the day that was asked for, `left` beyond the number,
# `new` would be fetched if this were no rehearsal.
Ended = Status | Literal["failed", "older", "left", "new"]
Progress = Callable[[str, int, int], None]  # told what is done or waited for, how many are done, and of how many
OnOutcome = Callable[["Outcome"], None]  # told what became of an article as soon as it is known


@dataclass(frozen=True)
class Outcome:
    """What became of one article that was to be added."""

    path: str
    status: Ended
    id: str | None = None
    title: str | None = None
    replaced: str | None = None  # the id under which the same text was known until now
    reason: str | None = None  # why it failed, or is not what answers now, in one line


@dataclass(frozen=True)
class Report:
    """What became of everything that was to be added, in the order in which it was given."""

    outcomes: tuple[Outcome, ...]

    def count(self, status: Ended) -> int:
        """Return how many ended so."""
        return sum(outcome.status == status for outcome in self.outcomes)


@dataclass(frozen=True)
class _Waiting:
    """A change whose passages are to be embedded."""

    place: int
    source: Source
    change: Change
    passages: list[Passage]


class Adding:
    """One run of adding articles to a catalog; a rehearsal, which writes nothing, where `dry_run` is set."""

    def __init__(
        self,
        catalog: Catalog,
        embeddings: Embedder,
        wanted: Wanted,
        dry_run: bool,
        on_progress: Progress | None,
        on_outcome: OnOutcome | None,
    ) -> None:
        self._catalog = catalog
        self._embeddings = embeddings
        self._wanted = wanted
        self._dry_run = dry_run
        self._on_progress = on_progress
        self._on_outcome = on_outcome
        self._outcomes: dict[int, Outcome] = {}
        self._waiting: list[_Waiting] = []
        self._failed_before = {failure.source for failure in catalog.intake.failures()}
        self._places = 0
        self._taken = 0  # what counts against the limit
        self.expected = 0  # how many there are, as far as is known
        self.left: list[str] = []  # the ids of the sources that are still to be added

    def take(self, source: Source, said: dict[str, Any]) -> None:
        """Read an article and take it in. It is written now or with others of its group, at the latest by `finish`.

        `said` is what the user said about it, to be kept where it fails.
        """
        place = self._next_place()
        settled = self._settled(source)
        if settled:
            self._end(place, source, Outcome(source.name, settled))
            return
        try:
            article = source.read()
        except NewsciteError as error:
            self._fail(place, source, str(error), said)
        except Exception as error:  # one bad file must not stop the others, whatever a parser makes of it
            self._fail(place, source, f"It could not be read ({type(error).__name__}: {error}).", said)
        else:
            self._add(place, source, article)

    def _settled(self, source: Source) -> Ended | None:
        """Return what becomes of a source that need not be read."""
        if source.known:
            return "unchanged"
        if self._is_older(source):
            return "older"
        if self._wanted.limit is not None and self._taken >= self._wanted.limit:
            return "left"
        return "new" if self._dry_run and source.fetches else None

    def _is_older(self, dated: Source | Article) -> bool:
        return bool(self._wanted.since and dated.published and dated.published < self._wanted.since)

    def _fail(self, place: int, source: Source, reason: str, said: dict[str, Any]) -> None:
        if source.again and not self._dry_run:
            self._catalog.intake.note(Failure(source.id, source.again, reason, said))
            self._failed_before.add(source.id)
        self._end(place, source, Outcome(source.name, "failed", reason=reason))

    def _add(self, place: int, source: Source, article: Article | None) -> None:
        if article is None or self._is_older(article):
            self._end(place, source, Outcome(source.name, "unchanged" if article is None else "older"))
            return
        change = self._catalog.compare(article)
        self._taken += change.status != "unchanged"
        if self._dry_run:
            self._end(place, source, _outcome(source, change))
        elif change.embed:
            self._load_model()
            self._waiting.append(_Waiting(place, source, change, self._passages(change)))
            if sum(len(waiting.passages) for waiting in self._waiting) >= GROUP:
                self.flush()
        else:
            self._write(place, source, change, [], None)

    def flush(self) -> None:
        """Embed and write what waits."""
        if not self._waiting:
            return
        vectors = self._embeddings.vectors([p.text for w in self._waiting for p in w.passages])
        start = 0
        while self._waiting:  # each is taken off when it is written: an interruption flushes once more
            w = self._waiting[0]
            self._write(w.place, w.source, w.change, w.passages, vectors[start : start + len(w.passages)])
            start += len(w.passages)
            del self._waiting[0]

    def finish(self) -> Report:
        """Write what still waits and tell what became of everything."""
        self.flush()
        return Report(tuple(outcome for _, outcome in sorted(self._outcomes.items())))

    def _write(self, place: int, source: Source, change: Change, pieces: list[Passage], vectors: Floats | None) -> None:
        """Write a change, or what it has become since: another process, or the same run, may have been faster."""
        model = self._embeddings.model if change.embed else None
        while not self._catalog.write(change, pieces, vectors, model, self._tell_waiting):
            change = self._catalog.compare(change.given)
            if change.embed:
                self._load_model()
                pieces, model = self._passages(change), self._embeddings.model
                vectors = self._embeddings.vectors([p.text for p in pieces])
        self._end(place, source, _outcome(source, change))

    def _passages(self, change: Change) -> list[Passage]:
        return passages(change.article, self._embeddings.count_pieces, self._embeddings.limit)

    def _load_model(self) -> None:
        if not self._embeddings.loaded:
            self._tell("loading the embedding model")
            self._embeddings.load()

    def _next_place(self) -> int:
        self._places += 1
        return self._places

    def _end(self, place: int, source: Source, outcome: Outcome) -> None:
        self._outcomes[place] = outcome
        if outcome.status in ("added", "updated", "unchanged"):
            self._settle(source, outcome)
        else:
            self.left.append(source.id)
        if self._on_outcome:
            self._on_outcome(outcome)
        self._tell(outcome.path)

    def _settle(self, source: Source, outcome: Outcome) -> None:
        """Remember that a source is in the library, and forget that it failed before."""
        if self._dry_run:
            return
        source.written(outcome.id)
        mended = self._failed_before.intersection({source.id, source.again})
        if mended:
            self._catalog.intake.forget(mended)
            self._failed_before -= mended

    def _tell_waiting(self, writer: str) -> None:
        self._tell(f"waiting for {writer}")

    def _tell(self, what: str) -> None:
        if self._on_progress:
            self._on_progress(what, len(self._outcomes), max(self.expected, self._places))


def _outcome(source: Source, change: Change) -> Outcome:
    reason = f"{source.name}: it is older than the version that answers, which stays." if change.older else None
    return Outcome(source.name, change.status, change.article.id, change.article.title, change.replaces, reason)
