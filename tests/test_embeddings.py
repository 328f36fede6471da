"""Texts become vectors: the real MiniLM, from the package that ships it."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from indexes.embeddings import DEFAULT_SHA256, SentenceEmbeddings, _default_folder
from indexes.errors import LibraryError

LONG = " ".join(f"Sentence number {n} speaks of ships, walls and votes." for n in range(120))


def test_default_model_is_the_published_one() -> None:
    weights = (_default_folder() / "model.safetensors").read_bytes()
    assert hashlib.sha256(weights).hexdigest() == DEFAULT_SHA256


def test_importing_and_naming_a_model_loads_nothing_heavy() -> None:
    code = (
        "import sys; from indexes.library import Library; from indexes.embeddings import SentenceEmbeddings;"
        "SentenceEmbeddings().model_id;"
        "print([m for m in ('torch','chromadb','sentence_transformers','trafilatura') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_it_is_a_langchain_embeddings(embeddings: SentenceEmbeddings) -> None:
    assert isinstance(embeddings, Embeddings)
    assert len(embeddings.embed_query("a wall")) == len(embeddings.embed_documents(["a wall"])[0]) == 384


def test_vectors_are_unit_float32_rows(embeddings: SentenceEmbeddings) -> None:
    vectors = embeddings.vectors(["The wall broke.", "Eelgrass returns to the sound."])
    assert vectors.shape == (2, embeddings.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert embeddings.vectors([]).shape == (0, 384)


def test_question_is_nearer_to_what_answers_it(embeddings: SentenceEmbeddings) -> None:
    near, far = embeddings.vectors(["The sea broke through the wall at night.", "The cannery closes a line."])
    question = embeddings.question("When did the wall break?")
    assert question @ near > question @ far


def test_word_pieces_stand_where_they_say(embeddings: SentenceEmbeddings) -> None:
    text = "Renn 😀 said: “unbelievable”"
    (words,) = embeddings.words([text])
    pieces = [text[start:end] for start, end in words.spans]
    assert {"said", "😀", "“"} <= set(pieces)
    assert "".join(pieces).endswith("unbelievable”")
    assert words.spans.dtype == np.int32
    np.testing.assert_allclose(np.linalg.norm(words.vectors, axis=1), 1, atol=1e-5)


def test_no_word_of_a_long_text_is_cut_or_given_twice(embeddings: SentenceEmbeddings) -> None:
    short, long, empty = embeddings.words(["A wall.", LONG, ""])
    assert len(long.spans) == embeddings.count_pieces([LONG])[0] > 1000
    assert (long.spans[1:, 0] >= long.spans[:-1, 1]).all()
    assert (len(short.spans), empty.vectors.shape) == (3, (0, 384))


def test_word_pieces_do_not_depend_on_the_other_texts(embeddings: SentenceEmbeddings) -> None:
    (alone,) = embeddings.words(["The council met at noon."])
    embeddings._words.put("The council met at noon.", embeddings._compute_words([LONG, "The council met at noon."])[1])
    (beside,) = embeddings.words(["The council met at noon."])
    np.testing.assert_allclose(alone.vectors, beside.vectors, atol=1e-4)


def test_unknown_model_is_one_clear_line() -> None:
    with pytest.raises(LibraryError, match=r"no/such-model.*could not be loaded.*--embedding-model") as caught:
        SentenceEmbeddings("no/such-model").load()
    assert "\n" not in str(caught.value)


def test_missing_folder_is_named() -> None:
    with pytest.raises(LibraryError, match="/no/such/folder"):
        SentenceEmbeddings("/no/such/folder").load()


def test_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("nothing")
    with pytest.raises(LibraryError, match="could not be loaded"):
        SentenceEmbeddings(str(tmp_path)).load()


def test_model_of_a_folder_is_known_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"layers": 6}))
    before = SentenceEmbeddings(str(tmp_path)).model_id
    assert SentenceEmbeddings(str(tmp_path)).model_id == before
    (tmp_path / "config.json").write_text(json.dumps({"layers": 7}))
    assert SentenceEmbeddings(str(tmp_path)).model_id != before


def test_static_model_has_vectors_but_no_words(static_model: Path) -> None:
    static = SentenceEmbeddings(str(static_model))
    assert static.vectors(["a wall", "a vote"]).shape == (2, 16)
    assert static.limit is None
    assert static.words(["a wall"])[0].vectors.shape == (0, 16)
    assert static.count_pieces(["a wall"]) == [0]
