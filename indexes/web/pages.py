"""What an address gave becomes an article: whichever form of it was fetched, under the publisher's own address.

A page made for AMP or for printing leads to the page itself, which is fetched, so that each form gives the same text
and the same id. Which address is a page's own it may say itself, but only of its own site: a page must not claim
another publisher's article.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from indexes.article import Article
from indexes.errors import ReadError
from indexes.readers import Details, formats, html, to_article
from indexes.readers.addresses import canonical_url, plain_form, same_page, same_site, site_name
from indexes.readers.decoding import charset, decode
from indexes.readers.draft import Draft
from indexes.readers.jsonld import line
from indexes.readers.pagehead import addresses
from indexes.web.fetched import Fetch, Fetched
from indexes.web.walls import CHECK_IT, check_article, check_nothing

_SUFFIXES = {
    "text/html": ".html", "application/xhtml+xml": ".html",
    "text/plain": ".txt", "text/markdown": ".md", "text/x-markdown": ".md",
    "application/pdf": ".pdf", "application/x-pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "message/rfc822": ".eml",
}  # fmt: skip
_VAGUE = {"", "application/octet-stream", "binary/octet-stream", "application/force-download", "application/download"}
_NAMED = {".html", ".htm", ".xhtml", ".pdf", ".docx", ".md", ".markdown", ".txt", ".text", ".eml"}
_OTHERS = (
    ("image/", "a picture"), ("video/", "a video"), ("audio/", "a sound"), ("font/", "a font"),
    ("application/json", "data (JSON)"), ("application/ld+json", "data (JSON)"), ("text/csv", "a table (CSV)"),
    ("application/xml", "data (XML)"), ("text/xml", "data (XML)"), ("application/zip", "a ZIP archive"),
    ("application/rss+xml", "a feed that cannot be read"), ("application/atom+xml", "a feed that cannot be read"),
)  # fmt: skip
_TEXTS = {".txt", ".text", ".md", ".markdown"}
# Possessive: what a hostile page repeats before its root is looked at once.
_HTML = re.compile(
    rb"\s*+(?>(?:<\?xml[^>]*+>|<!--.*?-->)\s*+)*+<(?:!doctype html|html)[\s>]", re.IGNORECASE | re.DOTALL
)
_PARAGRAPH = 60  # characters: a shorter line may stand in two articles
_HOPS = 2  # from an AMP page in a cache over the publisher's AMP page to the page itself


@dataclass(frozen=True, slots=True)
class _Page:
    """A page that was read: where it was found, what it holds, and what it says to be its address."""

    url: str
    draft: Draft
    address: str  # on its own site
    guessed: bool = False  # from how the address looks, as the page does not say


def read_page(fetched: Fetched, fetch: Fetch, details: Details | None = None) -> Article:
    """Return the article at an address, given what fetching it brought.

    `fetch` is asked for the page itself where another form of it came. Raises ReadError: which address, what is wrong,
    and what to do.
    """
    with _named(fetched.url):
        page = _own_page(_read(fetched), fetch)
        head = replace(page.draft.head, url=page.address, publisher=_publisher(page.draft.head.publisher, page.address))
        return to_article(replace(page.draft, head=head), page.address, details)


@contextmanager
def _named(url: str) -> Iterator[None]:
    """Say in a ReadError which address it is about."""
    try:
        yield
    except ReadError as error:
        raise ReadError(f"{url}: {error.what}", error.hint) from error


def _publisher(named: str | None, address: str) -> str:
    """Return the publisher that a page names; its site where it names none, or only its host."""
    host = urlsplit(address).netloc
    return named if named and named not in (host, host.removeprefix("www.")) else site_name(address)


# --- the page itself --------------------------------------------------------------------------------------------------


def _own_page(first: _Page, fetch: Fetch) -> _Page:
    """Go from the form of a page that was fetched to the page itself, as far as it can be had."""
    page, asked = first, [first.url]
    for _ in range(_HOPS):
        if same_page(page.address, page.url) or same_page(page.address, asked[-1]):
            return page
        if any(same_page(page.address, url) for url in asked):
            return replace(first, address=first.url)  # pages that name each other
        asked.append(page.address)
        found = _fetched(page.address, fetch)
        if found is None:
            return _unproved(page)
        if not _alike(page.draft, found.draft):
            return replace(page, address=page.url)  # it names another page than its own
        page = found
    return _unproved(page)


def _unproved(page: _Page) -> _Page:
    """Return a page whose word for its address was not looked into: only how its own looks can bear it out then."""
    borne_out = not page.guessed and same_page(plain_form(page.url) or page.url, page.address)
    return page if borne_out else replace(page, address=page.url)


def _fetched(url: str, fetch: Fetch) -> _Page | None:
    """Return the page at an address; None where it cannot be had, has no article, or lies on another site."""
    try:
        page = _read(fetch.get(url))
    except ReadError:
        return None
    return page if same_site(page.url, url) else None


def _alike(draft: Draft, other: Draft) -> bool:
    """Tell whether two pages have the same article: its title, or a paragraph of it."""
    title, second = line(draft.head.title), line(other.head.title)
    return (title is not None and title == second) or bool(_paragraphs(draft) & _paragraphs(other))


def _paragraphs(draft: Draft) -> set[str]:
    return {" ".join(text.split()) for text in _shown(draft) if len(text) >= _PARAGRAPH}


def _shown(draft: Draft) -> list[str]:
    return [block.text for block in draft.blocks if block.known in (None, "body")]


# --- one form of it ---------------------------------------------------------------------------------------------------


def _read(fetched: Fetched) -> _Page:
    """Read what an address gave, by its media type, its bytes or its name."""
    suffix = _suffix(fetched)
    if suffix == ".html":
        return _html(fetched)
    data = _as_the_server_says(fetched) if suffix in _TEXTS else fetched.body
    url, draft = _clean(fetched.url), formats.draft(suffix, data)
    return _Page(url, draft, _own([draft.head.url or ""], url) or url)


def _html(fetched: Fetched) -> _Page:
    url, data = _clean(fetched.url), _as_the_server_says(fetched)  # of a copy in a cache the publisher's address
    page = html.tree(decode(data))
    draft = _draft(fetched.url, page, data)
    address = _own(addresses(page, fetched.url), url)
    plain = plain_form(url) if address is None else None
    return _Page(url, draft, address or plain or url, guessed=plain is not None)


def _draft(url: str, page: Any, data: bytes) -> Draft:
    """Return the article on a page. Raises ReadError where something else is there."""
    try:
        draft = html.read(data)
    except ReadError:
        if page is not None:
            check_nothing(url, page)
        raise
    check_article(url, page, _shown(draft))
    return draft


def _own(named: Sequence[str], url: str) -> str | None:
    """Return the first of the addresses named that may be the page's own: on its site, and not the site's front."""
    front = urlsplit(url).path in ("", "/")
    for name in named:
        address = canonical_url(name)
        if address and same_site(address, url) and (front or not _is_front(address)):
            return address
    return None


def _is_front(address: str) -> bool:
    parts = urlsplit(address)
    return parts.path == "/" and not parts.query


def _clean(url: str) -> str:
    return canonical_url(url) or url


def _as_the_server_says(fetched: Fetched) -> bytes:
    """Return a text's bytes as UTF-8 with a mark, where the server says a charset that they can be read in.

    What is UTF-8 beyond doubt is left as it is: servers say "iso-8859-1" of everything.
    """
    said = charset(fetched.charset)
    try:
        if not fetched.body.isascii():
            fetched.body.decode("utf-8")
            return fetched.body
    except UnicodeDecodeError:
        pass
    try:
        return fetched.body.decode(said).encode("utf-8-sig") if said else fetched.body
    except UnicodeError:
        return fetched.body


# --- what came --------------------------------------------------------------------------------------------------------


def _suffix(fetched: Fetched) -> str:
    """Return the ending of the files that hold what came. Raises ReadError where that is no article."""
    data, media_type = fetched.body, fetched.media_type
    name = PurePosixPath(unquote(urlsplit(fetched.url).path)).suffix.lower()
    if not data.strip():
        raise ReadError("it gave an empty page.", CHECK_IT)
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return ".pdf"
    if data.startswith(b"PK\x03\x04") and (_SUFFIXES.get(media_type) == ".docx" or name == ".docx"):
        return ".docx"
    if _HTML.match(data[:4096].removeprefix(b"\xef\xbb\xbf")):
        return ".html"
    known = _SUFFIXES.get(media_type)
    if known:
        return name if known == ".txt" and name in _TEXTS else known
    if media_type in _VAGUE and name in _NAMED:
        return name
    if not media_type:
        return ".txt"
    raise ReadError(f"it is {_what(media_type)}, not an article.", "Give the address of the article's own page.")


def _what(media_type: str) -> str:
    return next((what for start, what in _OTHERS if media_type.startswith(start)), f"a file of type {media_type!r}")
