"""Fixtures that several chapters of the tests share."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from indexes.embeddings import SentenceEmbeddings, _default_folder
from indexes.library import Library
from rag.models import LanguageModel, language_model
from tests import smollm


@pytest.fixture(scope="session")
def embeddings() -> SentenceEmbeddings:
    """The real MiniLM, loaded once for all tests."""
    model = SentenceEmbeddings()
    model.load()
    return model


@pytest.fixture
def static_model(tmp_path: Path) -> Path:
    """The folder of another, tiny sentence-transformers model: a table of word pieces, 16 numbers each."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(_default_folder() / "tokenizer.json"))
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=16)], device="cpu")
    model.save_pretrained(str(tmp_path / "static"), create_model_card=False)
    return tmp_path / "static"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Callable[..., Library]]:
    """Open libraries in `tmp_path / "library"`, with `Library.open`'s own arguments; all are closed in the end."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(Library.open(tmp_path / "library", **options))


@pytest.fixture(scope="session")
def smollm_file() -> Path:
    """The file of a real language model, SmolLM2-135M; tests that need it skip where it is absent."""
    pytest.importorskip("xllamacpp", reason="a real language model runs on xllamacpp: pip install -e '.[local]'")
    if not smollm.PATH.is_file():
        pytest.skip("no real language model here: python -m tests.smollm downloads it")
    assert smollm.is_right(smollm.PATH), f"{smollm.PATH} is not the model that the tests were written with: delete it"
    return smollm.PATH


@pytest.fixture(scope="session")
def small_model(smollm_file: Path) -> Iterator[LanguageModel]:
    """A real language model that writes fluently and is seldom right, on one thread, loaded once for all tests."""
    model = language_model(f"gguf:{smollm_file}?threads=1&context=4096")
    yield model
    model.close()
