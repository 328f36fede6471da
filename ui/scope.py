"""What the page that shows the chat restricts it to: a publisher, one article, or the article that this page is.

It says so in a hidden field of the chat, which whoever sits at the browser can change, and the API knows nothing of
it: a restriction spares readers what does not belong to the page. It is a convenience, and hides nothing from anybody.

Pure functions from that text and the list of the articles.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any, Self
from urllib.parse import unquote

from indexes.library import Listed, published_by
from indexes.readers import canonical_url

LONGEST = 2_000  # characters of one text; what is longer is cut: it names nothing, and still restricts
MOST = 8  # pages, and suggestions

NO_ARTICLE = "This page is not one of the articles, so all of them are asked."
NO_ARTICLE_OF = "This page is not one of the articles by “{}”, so all of these are asked."
NOTHING = "{} No others are asked here, so no question can be answered."


@dataclass(frozen=True, slots=True)
class Scope:
    """What a page says of the questions that are asked on it. What is empty restricts nothing."""

    publisher: str = ""
    article: str = ""  # an id, or a unique beginning of one
    pages: tuple[str, ...] = ()  # addresses of the page, the likeliest first, where its own article is meant
    suggestions: tuple[str, ...] = ()  # questions to begin with, instead of those that we draw from the articles

    @classmethod
    def read(cls, text: str | None) -> Self:
        """Return the scope that a page wrote; what is no text, or not known here, is left out."""
        try:
            said = json.loads(text or "")
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            return cls()
        one = {name: _text(said.get(name)) for name in ("publisher", "article")}
        return cls(**one, pages=_texts(said.get("pages")), suggestions=_texts(said.get("suggestions")))

    def written(self) -> str:
        """Return the scope as `read` takes it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @property
    def filters(self) -> dict[str, Any]:
        """What it restricts questions to, as keywords of `Assistant.ask`; of the pages it takes `settle` to know."""
        return {name: value for name in ("publisher", "article") if (value := getattr(self, name))}


def settle(scope: Scope, articles: Sequence[Listed]) -> tuple[Scope, str]:
    """Return the scope in the library's own names, the page's article found, and what its reader is to know of it.

    A publisher or an article that is not here restricts all the same: nothing is asked rather than everything. A page
    that is no article restricts nothing, for most pages of a wiki are none. What is settled settles to itself.
    """
    theirs = published_by(scope.publisher, articles)
    if scope.publisher and not theirs:
        return replace(scope, pages=()), NOTHING.format(f"No article was published by “{scope.publisher}”.")
    if scope.publisher:
        scope = replace(scope, publisher=theirs[-1].publisher or scope.publisher)
    if scope.article:
        return _with_article(scope, theirs)
    return _with_page(scope, theirs)


def folded_address(url: str) -> str:
    """Return a page's address as it is compared, "" for what is none.

    Without scheme, `www.`, a slash at the end, fragment and parameters that only track; letters not as numbers.
    """
    _, _, rest = (canonical_url(url) or "").partition("://")
    path, mark, query = rest.removeprefix("www.").partition("?")
    return unquote(path.rstrip("/") + mark + query)


def _with_article(scope: Scope, theirs: Sequence[Listed]) -> tuple[Scope, str]:
    scope = replace(scope, pages=())
    found = [each.id for each in theirs if each.id.startswith(scope.article)]
    if len(found) == 1:
        return replace(scope, article=found[0]), ""
    by = f" by “{scope.publisher}”" if scope.publisher else ""
    words = "Several articles{} have an id that begins with “{}”." if found else "No article{} has the id “{}”."
    return scope, NOTHING.format(words.format(by, scope.article))


def _with_page(scope: Scope, theirs: Sequence[Listed]) -> tuple[Scope, str]:
    known = _ids(tuple((each.url, each.id) for each in theirs if each.url)) if scope.pages else {}
    found = next((known[address] for page in scope.pages if (address := folded_address(page)) in known), "")
    missing = NO_ARTICLE_OF.format(scope.publisher) if scope.publisher else NO_ARTICLE
    return replace(scope, article=found, pages=()), missing if scope.pages and not found else ""


@lru_cache(maxsize=4)  # of a large library it takes a second, and every page asks
def _ids(articles: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Return the ids of articles by their folded addresses."""
    return {address: id for url, id in articles if (address := folded_address(url))}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    return value[:LONGEST].encode("utf-8", "replace").decode().strip()  # half a character (a lone surrogate) is none


def _texts(value: Any) -> tuple[str, ...]:
    given = value[:MOST] if isinstance(value, list) else []
    return tuple(text for each in given if (text := _text(each)))
