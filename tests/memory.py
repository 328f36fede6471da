"""A library in memory for tests: BM25 and exact cosines, and embeddings that need no model.

`Hashed` gives every stem a fixed random direction, so equal words meet and all others are strangers. It stands in
where a test is about what happens to words, not about what they mean.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

import numpy as np

from indexes.article import Article, Filters, Paragraph, Quotation, Speaker
from indexes.copies import are_copies
from indexes.passages import indexed_text
from indexes.terms import located_terms, terms
from rag.library import Floats, Hit, Listed, Words


class Embedding(Protocol):
    """What turns texts into vectors here."""

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Return unit vectors, (n, d)."""

    def words(self, texts: Sequence[str]) -> list[Words]:
        """Return the words of each text with unit vectors."""


class Hashed:
    """A direction for every stem, drawn from its hash."""

    dimension = 64

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Return the normalised sum of the directions of each text's stems, (n, d)."""
        sums = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(sums, texts, strict=True):
            for stem in terms(text):
                row += self._direction(stem)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        return np.asarray(sums / np.maximum(norms, 1e-9), np.float32)

    def words(self, texts: Sequence[str]) -> list[Words]:
        """Return each text's content words with their directions."""
        return [self._words(text) for text in texts]

    def _words(self, text: str) -> Words:
        found = list(located_terms(text))
        spans = np.array([(term.start, term.end) for term in found], np.int32).reshape(-1, 2)
        vectors = np.array([self._direction(term.stem) for term in found], np.float32).reshape(-1, self.dimension)
        return Words(spans, vectors)

    def _direction(self, stem: str) -> Floats:
        seed = int.from_bytes(hashlib.sha256(stem.encode()).digest()[:8])
        vector = np.random.default_rng(seed).standard_normal(self.dimension).astype(np.float32)
        unit: Floats = vector / np.float32(np.linalg.norm(vector))
        return unit


class MemoryLibrary:
    """A `rag.library.Library` over articles held in memory."""

    def __init__(self, articles: Iterable[Article], embedding: Embedding | None = None) -> None:
        self._articles = {article.id: article for article in articles}
        self._embedding = embedding or Hashed()
        self._rows = [(article, paragraph) for article in self._articles.values() for paragraph in article.body]
        texts = [indexed_text(paragraph) for _, paragraph in self._rows]
        self._vectors = self._embedding.vectors(texts)
        around = [f"{article.title} {article.month}" for article, _ in self._rows]
        self._counts = [Counter(terms(f"{more} {text}")) for more, text in zip(around, texts, strict=True)]
        self._frequency = Counter(stem for counts in self._counts for stem in counts)
        lengths = np.array([counts.total() for counts in self._counts], np.float32)
        self._norms = 1.2 * (0.25 + 0.75 * lengths / max(1.0, float(lengths.mean()) if len(lengths) else 1.0))
        self._postings: dict[str, list[tuple[int, int]]] = {}
        for row, counts in enumerate(self._counts):
            for stem, count in counts.items():
                self._postings.setdefault(stem, []).append((row, count))

    def dense(self, text: str, k: int, filters: Filters) -> list[Hit]:
        return self._best(self._cosines(text), k, filters)

    def lexical(self, text: str, k: int, filters: Filters) -> list[Hit]:
        scores = np.zeros(len(self._rows), np.float32)
        for stem in set(terms(text)):
            posting = self._postings.get(stem, [])
            idf = math.log(1 + (len(self._rows) - len(posting) + 0.5) / (len(posting) + 0.5))
            for row, count in posting:
                scores[row] += idf * count * 2.2 / (count + self._norms[row])
        return [hit for hit in self._best(scores, k, filters) if hit[1] > 0]

    def by_speaker(self, name: str, text: str, k: int, filters: Filters) -> list[Hit]:
        return self._best(self._cosines(text), k, replace(filters, speaker=name))

    def article(self, article_id: str, version: str | None = None) -> Article:
        return self._articles[article_id]

    def copies(self, article_id: str) -> Sequence[Listed]:
        text = [paragraph.text for paragraph in self._articles[article_id].body]
        others = (article for article in self._articles.values() if article.id != article_id)
        return [_listed(other) for other in others if are_copies(text, [paragraph.text for paragraph in other.body])]

    def speakers(self) -> Sequence[str]:
        return list(dict.fromkeys(s.name for _, paragraph in self._rows for s in paragraph.speakers))

    def count(self, filters: Filters) -> int:
        return sum(_passes(*row, filters) for row in self._rows)

    def undated(self, filters: Filters) -> int:
        return sum(not article.published for article in self._articles.values()) if filters.dated else 0

    def document_frequency(self, terms: Sequence[str]) -> dict[str, int]:
        return {term: self._frequency[term] for term in terms}

    def terms_from(self, beginning: str) -> Sequence[str]:
        return [term for term in self._frequency if term.startswith(beginning)]

    def embed(self, texts: Sequence[str]) -> Floats:
        return self._embedding.vectors(texts)

    def words(self, texts: Sequence[str]) -> list[Words]:
        return self._embedding.words(texts)

    def _cosines(self, text: str) -> Floats:
        cosines: Floats = self._vectors @ self._embedding.vectors([text])[0]
        return cosines

    def _best(self, scores: Floats, k: int, filters: Filters) -> list[Hit]:
        ranked = np.argsort(-scores, kind="stable")
        hits: list[Hit] = []
        for row in ranked:
            article, paragraph = self._rows[row]
            if len(hits) == k:
                break
            if _passes(article, paragraph, filters):
                hits.append((article.paragraph_id(paragraph.number or 0), float(scores[row])))
        return hits


def _passes(article: Article, paragraph: Paragraph, filters: Filters) -> bool:
    latest = min((day for day in (filters.before, filters.as_of) if day), default=date.max)
    if filters.dated and not (article.published and (filters.after or date.min) <= article.published <= latest):
        return False
    if filters.speaker and filters.speaker not in {speaker.name for speaker in paragraph.speakers}:
        return False
    if filters.publisher and filters.publisher != article.publisher:
        return False
    return not filters.article or article.id.startswith(filters.article)


def _listed(article: Article) -> Listed:
    speakers = tuple(dict.fromkeys(speaker.name for paragraph in article.body for speaker in paragraph.speakers))
    facts = (article.title, article.publisher, article.published, article.url, article.source)
    return Listed(article.id, article.version, *facts, len(article.body), speakers)


def article(title: str, *texts: str, **facts: object) -> Article:
    """Return an article of plain paragraphs. `Ada Lind | “Text,” she said.` makes Ada Lind its speaker.

    Her words are the stretches between curly quotes, or else the whole paragraph, as an indirect statement.
    """
    paragraphs = tuple(_paragraph(number, text) for number, text in enumerate(texts, start=1))
    return Article(title=title, paragraphs=paragraphs, source=f"{title}.txt", **facts)  # type: ignore[arg-type]


def _paragraph(number: int, text: str) -> Paragraph:
    name, bar, said = text.partition(" | ")
    if not bar:
        return Paragraph(text, number=number)
    speaker = Speaker(name, "named", 0.95, number)
    return Paragraph(said, number=number, quotations=tuple(_quotations(said, speaker)))


def _quotations(text: str, speaker: Speaker) -> list[Quotation]:
    spans = []
    start = text.find("“")
    while start >= 0:
        end = text.find("”", start)
        end = len(text) if end < 0 else end + 1
        spans.append((start, end))
        start = text.find("“", end)
    if not spans:
        return [Quotation(0, len(text), direct=False, speaker=speaker)]
    return [Quotation(start, end, direct=True, speaker=speaker) for start, end in spans]
