"""What the tests of the store are made with: an embedder without torch, and short articles."""

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from indexes.article import Article, Paragraph, Quotation, Speaker
from indexes.embeddings import Embedder, Floats, Words


class StandIn(Embedder):
    """Each word is a random direction, a text is their sum: texts that share words are near each other."""

    model_id = ""
    dimension = 32
    limit = 40
    loaded = True

    def __init__(self, model_id: str = "stand-in") -> None:
        self.model_id = self.name = model_id

    def load(self) -> None:
        pass

    def count_pieces(self, texts: Sequence[str]) -> list[int]:
        return [len(_words(text)) for text in texts]

    def vectors(self, texts: Sequence[str]) -> Floats:
        return np.array([self.question(text) for text in texts], dtype=np.float32).reshape(-1, self.dimension)

    def question(self, text: str) -> Floats:
        total = np.sum([self._direction(word) for word in _words(text)] or [self._direction("")], axis=0)
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)

    def words(self, texts: Sequence[str]) -> list[Words]:
        return [
            Words(
                np.array([match.span() for match in re.finditer(r"\w+", text)], dtype=np.int32).reshape(-1, 2),
                self.vectors(_words(text)),
            )
            for text in texts
        ]

    def _direction(self, word: str) -> Floats:
        seed = int.from_bytes(hashlib.sha256(f"{self.model_id}:{word}".encode()).digest()[:8], "big")
        return np.random.default_rng(seed).normal(size=self.dimension).astype(np.float32)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def article(title: str, *texts: str, speaker: str | None = None, source: str | None = None, **known: Any) -> Article:
    """Make an article of body paragraphs; with a speaker, each paragraph is that person's words."""

    def quoted(text: str, number: int) -> tuple[Quotation, ...]:
        return (Quotation(0, len(text), True, Speaker(speaker, "named", 0.9, number)),) if speaker else ()

    paragraphs = (Paragraph(text, "body", n, None, quoted(text, n)) for n, text in enumerate(texts, start=1))
    return Article(title, tuple(paragraphs), source or f"/news/{title}.txt", **known)
