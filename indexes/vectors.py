"""The vectors in Chroma. This module alone names chromadb, and imports it when a collection is opened.

Chroma rewrites its files in place: a process that is killed meanwhile leaves them torn, and to open torn files can end
in a segmentation fault. Two processes on one folder lose vectors without a word. Therefore a folder is opened under an
exclusive lock, and only when it carries a seal: a small file beside it, written when no write was under way, that
lists its files and their sizes. The seal is broken before anything may be written. No seal, no opening: the caller
starts a new folder from SQLite.
"""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from indexes.embeddings import Floats

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api.client import Client

BATCH = 300  # the largest write that Chroma Cloud takes, too
_COLLECTION = "passages"
# `ef_search`: 200 found what an exact search finds (recall@10 1.0 over 50,000 clustered vectors).
# `sync_threshold`: up to so many vectors are added anew at every opening, at about a thousand a second.
_CONFIGURATION: Any = {"hnsw": {"space": "cosine", "ef_search": 200, "sync_threshold": 500}}


class ChromaFailed(Exception):
    """Chroma raised an error, or panicked. Its folder is not to be trusted any more."""


class Vectors:
    """The folder `root`, which holds one Chroma store for each generation. Not thread-safe: the caller locks."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = FileLock(root / "lock", thread_local=False)
        self._client: Client | None = None
        self._collection: Collection | None = None
        self._sealed = False
        self.name: str | None = None  # the generation that is open

    def acquire(self) -> bool:
        """Take the lock on the folder unless another process has it. It is held until `close`."""
        if self._lock.is_locked:
            return True
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except (Timeout, OSError):  # another process has it, or nothing can be written there: exact search serves
            return False
        return True

    def open(self, name: str) -> int | None:
        """Open a generation, made now if it is not there. Return how many vectors it has; None where it is torn."""
        self._shut()
        folder = self._root / name
        if folder.exists() and not self._seal_holds(name):
            return None
        self.name = name
        self._break_seal()  # opening replays what was not yet in the files, and may write them
        with _failing():
            self._client, self._collection = _open_collection(folder)
            count = self._collection.count()
        self.query(None, 1)
        self.seal()
        self._remove_others()
        return count

    def query(self, vector: Floats | None, n: int) -> list[tuple[int, float]]:
        """Return up to n passage rows nearest to the vector, with their cosine, best first."""
        collection = self._opened()
        with _failing():
            count = collection.count()
            if not count:
                return []
            if vector is None:  # any will do to make Chroma load its index
                vector = np.asarray(collection.peek(1)["embeddings"], dtype=np.float32)[0]
            found = collection.query(
                query_embeddings=vector.reshape(1, -1), n_results=min(n, count), include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        return [(int(row), 1.0 - distance) for row, distance in zip(found["ids"][0], distances, strict=True)]

    def count(self) -> int:
        """Return how many vectors are in Chroma."""
        with _failing():
            return self._opened().count()

    def add(self, rows: NDArray[np.int64], vectors: Floats) -> None:
        """Add vectors under their passage rows; those already there stay as they are."""
        self._break_seal()
        for start in range(0, len(rows), BATCH):
            with _failing():
                self._opened().add(ids=_ids(rows[start : start + BATCH]), embeddings=vectors[start : start + BATCH])

    def delete(self, rows: NDArray[np.int64]) -> None:
        """Delete vectors; those not there do no harm."""
        self._break_seal()
        for start in range(0, len(rows), BATCH):
            with _failing():
                self._opened().delete(ids=_ids(rows[start : start + BATCH]))

    def seal(self) -> None:
        """Say that no write is under way: bring the files to the disk and list them in the seal.

        Where that fails (a full disk), there is no seal, and the folder will be made anew.
        """
        if not self._sealed and self.name is not None:
            with suppress(OSError):
                self._write_seal(self._root / self.name)

    def _write_seal(self, folder: Path) -> None:
        for file in _files(folder):
            _sync(file)
        draft = self._seal().with_suffix(".draft")
        draft.write_text(json.dumps(_sizes(folder)), encoding="utf-8")
        _sync(draft)
        draft.replace(self._seal())
        _sync(self._root)
        self._sealed = True

    def abandon(self) -> None:
        """Leave the folder without a seal, so that nobody opens it again; keep the lock."""
        self._seal().unlink(missing_ok=True)
        self._sealed = True  # nothing may seal it now
        with suppress(ChromaFailed):
            self._shut()

    def close(self) -> None:
        """Close Chroma and give the lock free."""
        self._shut()
        self._lock.release(force=True)

    def _opened(self) -> "Collection":
        if self._collection is None:
            raise ChromaFailed("no collection is open")
        return self._collection

    def _shut(self) -> None:
        client, self._client, self._collection = self._client, None, None
        try:
            if client is not None:
                with _failing():
                    client.close()
                self.seal()
        finally:
            self.name = None
            self._sealed = False

    # -- the seal -----------------------------------------------------------------------------------------------

    def _seal(self, name: str | None = None) -> Path:
        return self._root / f"{name or self.name}.sealed"

    def _seal_holds(self, name: str) -> bool:
        try:
            listed = json.loads(self._seal(name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return bool(listed == _sizes(self._root / name))

    def _break_seal(self) -> None:
        if self._seal().exists():
            self._seal().unlink()
            _sync(self._root)
        self._sealed = False

    def _remove_others(self) -> None:
        for entry in self._root.iterdir():
            if entry.is_dir() and entry.name != self.name:
                self._seal(entry.name).unlink(missing_ok=True)
                shutil.rmtree(entry, ignore_errors=True)


def _open_collection(folder: Path) -> tuple["Client", "Collection"]:
    import chromadb
    from chromadb.config import Settings

    client = cast("Client", chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False)))
    # get_or_create would silently keep another configuration; the folder is ours alone, so there is none.
    collection = client.get_or_create_collection(_COLLECTION, embedding_function=None, configuration=_CONFIGURATION)
    return client, collection


@contextmanager
def _failing() -> Iterator[None]:
    """Turn every failure of Chroma into ChromaFailed. A panic in its Rust code is a BaseException of its own."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit, ChromaFailed):
        raise
    except BaseException as error:
        raise ChromaFailed(str(error)) from error


def _ids(rows: NDArray[np.int64]) -> list[str]:
    return [str(row) for row in rows]


def _files(folder: Path) -> Sequence[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _sizes(folder: Path) -> dict[str, int]:
    return {file.relative_to(folder).as_posix(): file.stat().st_size for file in _files(folder)}


def _sync(path: Path) -> None:
    """Bring a file or a folder's entries to the disk. Windows cannot open a folder, and need not."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
