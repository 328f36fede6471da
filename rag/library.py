"""What the answering side asks of a library. `indexes.library.Library` is one; the tests bring one in memory."""

from collections.abc import Sequence
from typing import Protocol

from indexes.article import Article, Filters
from indexes.catalog import Listed
from indexes.embeddings import Floats, Words

Hit = tuple[str, float]  # a paragraph id (`article@version#number`) and its score: higher is better

__all__ = ["Floats", "Hit", "Library", "Listed", "Words"]


class Library(Protocol):
    """A searchable set of articles. Ranked lists hold each paragraph once, best first, filters applied."""

    def dense(self, text: str, k: int, filters: Filters) -> list[Hit]:
        """Return the k paragraphs nearest to the text, with their cosine."""

    def lexical(self, text: str, k: int, filters: Filters) -> list[Hit]:
        """Return the k best paragraphs by BM25 over speaker and text, headline, section, publisher and month."""

    def by_speaker(self, name: str, text: str, k: int, filters: Filters) -> list[Hit]:
        """Return up to k paragraphs in which this full name speaks, by their cosine with the text."""

    def article(self, article_id: str, version: str | None = None) -> Article:
        """Return an article, the newest version unless one is named; KeyError where there is none."""

    def copies(self, article_id: str) -> Sequence[Listed]:
        """Return the other articles that are one text with this one; KeyError where there is no such article."""

    def speakers(self) -> Sequence[str]:
        """Return the full name of everybody who speaks somewhere in the library."""

    def count(self, filters: Filters) -> int:
        """Return how many paragraphs the filters leave."""

    def undated(self, filters: Filters) -> int:
        """Return how many articles a date filter leaves out for having no date: 0 without a date filter."""

    def document_frequency(self, terms: Sequence[str]) -> dict[str, int]:
        """Return in how many paragraphs (or their headlines) each of these `indexes.terms` stands."""

    def terms_from(self, beginning: str) -> Sequence[str]:
        """Return the terms of the library that begin so."""

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return unit vectors, float32 (n, d)."""

    def words(self, texts: Sequence[str]) -> list[Words]:
        """Return the word pieces of each text, in context, with their vectors."""
