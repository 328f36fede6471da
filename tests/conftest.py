"""Fixtures that several chapters of the tests share."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from indexes.embeddings import SentenceEmbeddings
from indexes.library import Library


@pytest.fixture(scope="session")
def embeddings() -> SentenceEmbeddings:
    """The real MiniLM, loaded once for all tests."""
    model = SentenceEmbeddings()
    model.load()
    return model


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Callable[..., Library]]:
    """Open libraries in `tmp_path / "library"`, with `Library.open`'s own arguments; all are closed in the end."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(Library.open(tmp_path / "library", **options))
