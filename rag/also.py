"""Who else has published the words that a citation quotes: other articles that are one text with the cited one."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from indexes.article import Article
from indexes.copies import words
from rag.answer import Citation, Copy
from rag.library import Library

MOST = 20  # copies that one citation names


def copies(citation: Citation, library: Library) -> tuple[Copy, ...]:
    """Return the other articles of the same text in which the quoted words stand as well; none of what has gone."""
    try:
        return tuple(islice(_with_the_words(citation, library), MOST))
    except KeyError:  # removed meanwhile
        return ()


def _with_the_words(citation: Citation, library: Library) -> Iterator[Copy]:
    quoted = f" {' '.join(words(citation.quote))} "
    for other in library.copies(citation.article_id):
        if quoted in _text(library.article(other.id)):
            yield Copy(other.id, other.publisher, other.title)


@lru_cache(maxsize=256)
def _text(article: Article) -> str:
    """Return the words of an article in one line, as they are compared."""
    return f" {' '.join(words(' '.join(paragraph.text for paragraph in article.body)))} "
