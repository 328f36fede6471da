"""Who else has published the words that a citation quotes: other articles that are one text with the cited one."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from indexes.article import Article
from indexes.copies import words
from rag.answer import Citation, Copy
from rag.library import Library

MOST = 20  # copies that one citation names


def with_copies(citations: Iterable[Citation], library: Library) -> tuple[Citation, ...]:
    """Return the citations, each with the other articles of the same text in which the quoted words stand as well."""
    read: dict[str, str] = {}
    return tuple(replace(each, copies=_copies(each, library, read)) for each in citations)


def copies(citation: Citation, library: Library) -> tuple[Copy, ...]:
    """Return the other articles of the same text in which the quoted words stand as well; none of what has gone."""
    return _copies(citation, library, {})


def _copies(citation: Citation, library: Library, read: dict[str, str]) -> tuple[Copy, ...]:
    try:
        return tuple(islice(_with_the_words(citation, library, read), MOST))
    except KeyError:  # removed meanwhile
        return ()


def _with_the_words(citation: Citation, library: Library, read: dict[str, str]) -> Iterator[Copy]:
    quoted = f" {' '.join(words(citation.quote))} "
    for other in library.copies(citation.article_id):
        if other.id not in read:
            read[other.id] = _text(library.article(other.id))
        if quoted in read[other.id]:
            yield Copy(other.id, other.publisher, other.title)


def _text(article: Article) -> str:
    """Return the words of an article in one line, as they are compared."""
    return f" {' '.join(words(' '.join(paragraph.text for paragraph in article.body)))} "
