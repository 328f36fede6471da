"""Which paragraphs are nearest to a vector: what Chroma finds, plus what it lacks yet, minus what is gone.

This chapter keeps the copy in Chroma in step with the catalog and answers without it where it must: exactly, with
numpy, when another process has Chroma's folder, when much is pending, when the filters leave few passages, and when
past versions are asked for (Chroma holds the current ones only).
"""

import threading
from collections.abc import Callable, Iterable

import numpy as np

from indexes.article import Filters
from indexes.catalog import Catalog, Rows
from indexes.embeddings import Floats
from indexes.errors import LibraryError
from indexes.tables import State
from indexes.vectors import BATCH, ChromaFailed, Vectors

NARROW = 4000  # passages that the filters leave: up to here they are scored one by one
PENDING = 2000  # passages that Chroma lacks: up to here they are scored beside its hits
BACKLOG = 200  # pending rows from which on a search has them moved to Chroma, in the background
WIDEST = 4000  # hits asked of Chroma before broad filters are answered exactly

Hit = tuple[str, float]
OnBatch = Callable[[int, int], None]  # told how many rows have been moved to Chroma, and of how many
EVERYTHING = Filters()


class Nearest:
    """The vector search of a library. Thread-safe."""

    def __init__(self, catalog: Catalog, vectors: Vectors) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._matrix = Matrix(catalog)
        self._lock = threading.RLock()  # whoever uses Chroma holds it
        self._failed: str | None = None  # the generation in which Chroma failed; not tried again
        self._stopping = threading.Event()
        self._mover: threading.Thread | None = None

    def search(self, vector: Floats, k: int, filters: Filters, model_id: str) -> list[Hit]:
        """Return the k paragraphs nearest to the vector among those that the filters leave, with their cosine."""
        if filters != EVERYTHING:
            rows = self._catalog.passages(filters, model_id, NARROW + 1)
            if len(rows) <= NARROW:
                return self.rank(rows, vector, k)
        found = None if filters.as_of else self._search_chroma(vector, k, filters)
        return found if found is not None else self._search_matrix(vector, k, filters, model_id)

    def rank(self, rows: Rows, vector: Floats, k: int) -> list[Hit]:
        """Return the k paragraphs of these passage rows that are nearest to the vector, with their cosine."""
        rows, vectors = self._catalog.vectors(rows)
        if not len(rows):
            return []
        return self._best(rows, vectors @ vector, k)

    def drain(self, on_batch: OnBatch | None = None, at_least: int = 1) -> None:
        """Bring Chroma up to date if `at_least` so many rows are pending, unless another process has its folder."""
        moved, total = 0, sum(self._catalog.pending())
        if total < at_least:
            return
        try:
            while not self._stopping.is_set() and (batch := self._move_batch()):
                moved += batch
                if on_batch:
                    on_batch(min(moved, total), total)
        finally:
            with self._lock:
                self._vectors.seal()

    def close(self) -> None:
        """Stop moving rows, close Chroma and give its folder free."""
        self._stopping.set()
        if self._mover is not None:
            self._mover.join()
        with self._lock:
            try:
                self._vectors.close()
            except ChromaFailed:
                self._vectors.abandon()
                self._vectors.close()

    # -- with Chroma --------------------------------------------------------------------------------------------

    def _search_chroma(self, vector: Floats, k: int, filters: Filters) -> list[Hit] | None:
        """Return the nearest paragraphs by Chroma and the journal; None where they must be found without it."""
        with self._lock:
            if not self._ready():
                return None
            rows, vectors = self._catalog.missing_in_chroma(PENDING + 1)
            if len(rows) > BACKLOG:
                self._move_in_background()
            if len(rows) > PENDING:
                return None
            pending = list(zip(rows.tolist(), (vectors @ vector).tolist(), strict=True)) if len(rows) else []
            try:
                return self._widening(vector, k, filters, pending)
            except ChromaFailed:
                self._give_up()
                return None

    def _widening(self, vector: Floats, k: int, filters: Filters, pending: list[tuple[int, float]]) -> list[Hit] | None:
        """Ask Chroma for more and more hits until k of them pass the filters."""
        n = max(50, 2 * k if filters == EVERYTHING else 8 * k)
        while n <= WIDEST:
            asked = min(n, self._vectors.count())
            found = self._vectors.query(vector, asked)
            hits = self._paragraphs([*found, *pending], filters)
            if len(hits) >= k or (asked < n and len(found) == asked):
                return hits[:k]
            n *= 4
        return None

    def _paragraphs(self, scored: Iterable[tuple[int, float]], filters: Filters) -> list[Hit]:
        """Return the paragraphs of scored passages that exist and pass the filters, each once, best first."""
        scores = dict(scored)
        best: dict[str, float] = {}
        for row, paragraph in self._catalog.paragraphs_of(list(scores), filters).items():
            best[paragraph] = max(scores[row], best.get(paragraph, -2.0))
        return sorted(best.items(), key=lambda hit: -hit[1])

    def _ready(self) -> bool:
        """Tell whether Chroma can be asked, after opening the right generation where need be."""
        name = self._catalog.state().chroma
        if self._failed == name or not self._vectors.acquire():
            return False
        if self._vectors.name == name:
            return True
        try:
            return self._open(name) or self._start_anew()
        except ChromaFailed:
            self._give_up()
        except (LibraryError, OSError):  # a new generation cannot be noted, or its folder not be made, just now
            pass
        return False

    def _open(self, name: str) -> bool:
        """Open a generation; False where its files are torn or it does not hold what the catalog says it holds."""
        count = self._vectors.open(name)
        if count is None:
            return False
        expected = self._catalog.expected_in_chroma()
        return expected <= count <= expected + sum(self._catalog.pending())

    def _start_anew(self) -> bool:
        self._catalog.renew_chroma()
        return self._vectors.open(self._catalog.state().chroma) is not None

    def _give_up(self) -> None:
        """Chroma failed: answer exactly from now on. Its folder has no seal, so the next process starts a new one."""
        self._failed = self._catalog.state().chroma
        self._vectors.abandon()

    # -- moving rows to Chroma ----------------------------------------------------------------------------------

    def _move_batch(self) -> int:
        """Move one batch of journal rows to Chroma and return how many; 0 where there is none, or no Chroma."""
        with self._lock:
            if not self._ready() or self._vectors.name is None:
                return 0
            rows, vectors = self._catalog.missing_in_chroma(BATCH)
            gone = self._catalog.gone_from_library(BATCH)
            try:
                if len(rows):
                    self._vectors.add(rows, vectors)
                    self._catalog.settle(rows, gone=False, chroma=self._vectors.name)
                if len(gone):
                    self._vectors.delete(gone)
                    self._catalog.settle(gone, gone=True, chroma=self._vectors.name)
            except ChromaFailed:
                self._give_up()
                return 0
            except (LibraryError, OSError):  # the rows stay in the journal; to move them twice does no harm
                return 0
            return len(rows) + len(gone)

    def _move_in_background(self) -> None:
        if (self._mover is None or not self._mover.is_alive()) and not self._stopping.is_set():
            self._mover = threading.Thread(target=self.drain, name="newscite-to-chroma", daemon=True)
            self._mover.start()

    # -- without Chroma -----------------------------------------------------------------------------------------

    def _search_matrix(self, vector: Floats, k: int, filters: Filters, model_id: str) -> list[Hit]:
        rows, scores = self._matrix.scores(vector, self._catalog.state(), model_id)
        allowed = self._catalog.passages(filters, model_id)
        places = np.searchsorted(rows, allowed)  # both are in order
        known = places < len(rows)  # what has come in since the matrix was read is not
        known[known] = rows[places[known]] == allowed[known]
        return self._best(allowed[known], scores[places[known]], k)

    def _best(self, rows: Rows, scores: Floats, k: int) -> list[Hit]:
        """Return the best k paragraphs of scored passages. Several passages may be windows of one paragraph."""
        order = np.argsort(-scores, kind="stable")
        for n in (4 * k, len(order)):
            best = order[:n]
            hits = self._known_paragraphs(rows[best].tolist(), scores[best].tolist())
            if len(hits) >= k:
                break
        return hits[:k]

    def _known_paragraphs(self, rows: list[int], scores: list[float]) -> list[Hit]:
        names = self._catalog.paragraph_names(rows)
        best: dict[str, float] = {}
        for row, score in zip(rows, scores, strict=True):
            if row in names:  # it may have been removed since it was scored
                best.setdefault(names[row], score)
        return list(best.items())


class Matrix:
    """All vectors of a library in memory, for the processes that cannot have Chroma. Thread-safe."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._model_id = ""
        self._changes = -1
        self._parts: list[tuple[Rows, Floats]] = []

    def scores(self, vector: Floats, state: State, model_id: str) -> tuple[Rows, Floats]:
        """Return every passage row, of past versions and removed articles too, with its cosine."""
        with self._lock:
            self._refresh(state, model_id)
            parts = list(self._parts)
        if not parts:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        return np.concatenate([rows for rows, _ in parts]), np.concatenate([v @ vector for _, v in parts])

    def _refresh(self, state: State, model_id: str) -> None:
        """Read the rows that have come in since; their numbers only grow."""
        if model_id != self._model_id:
            self._parts, self._model_id, self._changes = [], model_id, -1
        if state.changes == self._changes:
            return
        newest = int(self._parts[-1][0][-1]) if self._parts else 0
        rows, vectors = self._catalog.vectors_after(newest, model_id)
        if len(rows):
            self._parts.append((rows, vectors))
        if len(self._parts) > 50:
            self._parts = [(np.concatenate([r for r, _ in self._parts]), np.concatenate([v for _, v in self._parts]))]
        self._changes = state.changes
