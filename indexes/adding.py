"""Articles come into a library: compared with what is there, embedded together, written one by one.

It knows nothing of files: `indexes.library` has them read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from indexes.article import Article, Passage
from indexes.catalog import Catalog, Change, Status
from indexes.embeddings import Embedder, Floats
from indexes.passages import passages

GROUP = 64  # passages that are embedded together, unless one article has more

Progress = Callable[[str, int, int], None]  # told what is done or waited for, how many are done, and of how many
OnOutcome = Callable[["Outcome"], None]  # told what became of an article as soon as it is known


@dataclass(frozen=True)
class Outcome:
    """What became of one article that was to be added."""

    path: str
    status: Status | Literal["failed"]
    id: str | None = None
    title: str | None = None
    replaced: str | None = None  # the id under which the same text was known until now
    reason: str | None = None  # why it failed, in one line


@dataclass(frozen=True)
class Report:
    """What became of everything that was to be added, in the order in which it was given."""

    outcomes: tuple[Outcome, ...]

    def count(self, status: Status | Literal["failed"]) -> int:
        """Return how many ended so."""
        return sum(outcome.status == status for outcome in self.outcomes)


@dataclass(frozen=True)
class _Waiting:
    """A change whose passages are to be embedded."""

    place: int
    path: str
    change: Change
    passages: list[Passage]


class Adding:
    """One run of adding articles to a catalog."""

    def __init__(
        self,
        catalog: Catalog,
        embeddings: Embedder,
        total: int,
        on_progress: Progress | None,
        on_outcome: OnOutcome | None,
    ) -> None:
        self._catalog = catalog
        self._embeddings = embeddings
        self._total = total
        self._on_progress = on_progress
        self._on_outcome = on_outcome
        self._outcomes: dict[int, Outcome] = {}
        self._waiting: list[_Waiting] = []
        self._places = 0

    def fail(self, path: str, reason: str) -> None:
        """Note that an article could not be read."""
        self._end(self._next_place(), Outcome(path, "failed", reason=reason))

    def add(self, path: str, article: Article) -> None:
        """Take an article. It is written now or with others of its group, at the latest by `finish`."""
        place = self._next_place()
        change = self._catalog.compare(article)
        if change.embed:
            self._load_model()
            self._waiting.append(_Waiting(place, path, change, self._passages(change)))
            if sum(len(waiting.passages) for waiting in self._waiting) >= GROUP:
                self.flush()
        else:
            self._write(place, path, change, [], None)

    def flush(self) -> None:
        """Embed and write what waits."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        vectors = self._embeddings.vectors([p.text for w in waiting for p in w.passages])
        start = 0
        for w in waiting:
            self._write(w.place, w.path, w.change, w.passages, vectors[start : start + len(w.passages)])
            start += len(w.passages)

    def finish(self) -> Report:
        """Write what still waits and tell what became of everything."""
        self.flush()
        return Report(tuple(outcome for _, outcome in sorted(self._outcomes.items())))

    def _write(self, place: int, path: str, change: Change, pieces: list[Passage], vectors: Floats | None) -> None:
        """Write a change, or what it has become since: another process, or the same run, may have been faster."""
        model = self._embeddings.model if change.embed else None
        while not self._catalog.write(change, pieces, vectors, model, self._tell_waiting):
            change = self._catalog.compare(change.given)
            if change.embed:
                self._load_model()
                pieces, model = self._passages(change), self._embeddings.model
                vectors = self._embeddings.vectors([p.text for p in pieces])
        self._end(place, Outcome(path, change.status, change.article.id, change.article.title, change.replaces))

    def _passages(self, change: Change) -> list[Passage]:
        return passages(change.article, self._embeddings.count_pieces, self._embeddings.limit)

    def _load_model(self) -> None:
        if not self._embeddings.loaded:
            self._tell("loading the embedding model")
            self._embeddings.load()

    def _next_place(self) -> int:
        self._places += 1
        return self._places

    def _end(self, place: int, outcome: Outcome) -> None:
        self._outcomes[place] = outcome
        if self._on_outcome:
            self._on_outcome(outcome)
        self._tell(outcome.path)

    def _tell_waiting(self, writer: str) -> None:
        self._tell(f"waiting for {writer}")

    def _tell(self, what: str) -> None:
        if self._on_progress:
            self._on_progress(what, len(self._outcomes), self._total)
