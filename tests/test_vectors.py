"""Chroma, on the disk: what is sealed may be opened, what is not is never touched."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from indexes.embeddings import Floats
from indexes.vectors import ChromaFailed, Vectors


def clustered(n: int, seed: int = 0, dimension: int = 64) -> Floats:
    """Return unit vectors around a hundred centres, as passages on a hundred topics are."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(7).normal(size=(100, dimension))
    vectors = centres[rng.integers(0, 100, n)] + 0.4 * rng.normal(size=(n, dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "chroma"


@pytest.fixture
def vectors(root: Path) -> Iterator[Vectors]:
    opened = Vectors(root)
    assert opened.acquire()
    assert opened.open("1") == 0
    yield opened
    opened.close()


def test_chroma_finds_what_an_exact_search_finds(vectors: Vectors) -> None:
    stored, questions = clustered(2000), clustered(40, seed=1)
    vectors.add(np.arange(1, 2001), stored)
    for question in questions:
        exact = {int(row) + 1 for row in np.argsort(-(stored @ question))[:10]}
        assert len(exact & {row for row, _ in vectors.query(question, 10)}) >= 9


def test_score_is_the_cosine(vectors: Vectors) -> None:
    stored = clustered(3)
    vectors.add(np.array([10, 20, 30]), stored)
    for row, score in vectors.query(stored[1], 3):
        assert score == pytest.approx(float(stored[row // 10 - 1] @ stored[1]), abs=1e-5)


def test_empty_collection_finds_nothing_and_few_are_all_found(vectors: Vectors) -> None:
    assert vectors.query(clustered(1)[0], 5) == []
    vectors.add(np.array([1, 2]), clustered(2))
    assert len(vectors.query(clustered(1)[0], 50)) == 2


def test_adding_twice_and_deleting_what_is_not_there_do_no_harm(vectors: Vectors) -> None:
    vectors.add(np.array([1, 2]), clustered(2))
    vectors.add(np.array([1, 2]), clustered(2))
    vectors.delete(np.array([2, 99]))
    assert vectors.count() == 1


def test_more_than_one_batch_is_added_and_deleted(vectors: Vectors) -> None:
    vectors.add(np.arange(1, 701), clustered(700))
    assert vectors.count() == 700
    vectors.delete(np.arange(1, 651))
    assert vectors.count() == 50


def test_sealed_folder_opens_again(vectors: Vectors, root: Path) -> None:
    vectors.add(np.arange(1, 6), clustered(5))
    vectors.close()
    again = Vectors(root)
    assert again.acquire()
    assert again.open("1") == 5
    again.close()


def test_seal_is_broken_before_a_write_and_restored_after(vectors: Vectors, root: Path) -> None:
    assert (root / "1.sealed").exists()
    vectors.add(np.arange(1, 6), clustered(5))
    assert not (root / "1.sealed").exists()
    vectors.seal()
    assert json.loads((root / "1.sealed").read_text())["chroma.sqlite3"] > 0


def test_unsealed_folder_is_not_opened(vectors: Vectors, root: Path) -> None:
    vectors.add(np.arange(1, 6), clustered(5))
    vectors.abandon()
    assert vectors.open("1") is None
    assert vectors.open("2") == 0
    assert not (root / "1").exists()


def test_folder_whose_files_have_changed_is_not_opened(vectors: Vectors, root: Path) -> None:
    vectors.add(np.arange(1, 6), clustered(5))
    vectors.close()
    file = next(root.rglob("link_lists.bin"))
    file.write_bytes(file.read_bytes() + b"\0" * 100)
    again = Vectors(root)
    assert again.acquire()
    assert again.open("1") is None
    again.close()


def test_only_one_may_have_the_folder(vectors: Vectors, root: Path) -> None:
    second = Vectors(root)
    assert not second.acquire()
    vectors.close()
    assert second.acquire()
    second.close()


def test_errors_of_chroma_are_told_apart_from_ours(vectors: Vectors) -> None:
    vectors.add(np.array([1]), clustered(1))
    with pytest.raises(ChromaFailed):
        vectors.query(np.zeros(3, np.float32), 1)
