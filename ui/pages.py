"""The permalink page: an article as a reader checks us by it, its paragraphs numbered, the cited words marked.

`/p/ARTICLE` is an article, `/p/ARTICLE/6` one of its paragraphs; `?v=VERSION` names the text as it was cited, and each
`?at=START-END` marks a stretch of that paragraph, in code points. `/p/ARTICLE?v=VERSION&against=EARLIER` shows what
changed from one version to another. The pages need no JavaScript. They know nothing of questions and answers: a link
is all that comes here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from indexes.article import Article, Paragraph
from indexes.history import Change, Piece, Step, step
from indexes.library import Library, UnknownArticle
from rag.cite import cite
from ui.markdown import web_address
from ui.render import Stretch, permalink, stretch
from ui.service import Service
from ui.templating import templates

_NUMBER = re.compile(r"[0-9]{1,6}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.I)


def pages_router(service: Service) -> APIRouter:
    """Return the routes of the permalink pages."""
    router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @router.api_route("/p/{article_id}", methods=["GET", "HEAD"])
    def article(request: Request, article_id: str, v: str = "", against: str = "") -> Response:
        if against:
            return _changes_page(request, service.library, article_id, v, against)
        return _page(request, service.library, article_id, v, None, (), up="../")

    @router.api_route("/p/{article_id}/{number}", methods=["GET", "HEAD"])
    def paragraph(
        request: Request, article_id: str, number: str, v: str = "", at: Annotated[Sequence[str], Query()] = ()
    ) -> Response:
        return _page(request, service.library, article_id, v, number, at, up="../../")

    return router


def error_page(
    request: Request, status: int, title: str, what: str, up: str, ways_on: Sequence[tuple[str, str]] = ()
) -> Response:
    """Return a page that says what happened and where to go from here: `ways_on` are (address from the root, words)."""
    facts = {"up": up, "title": title, "what": what, "ways_on": ways_on}
    return templates.TemplateResponse(request, "error.html", facts, status_code=status)


# -- the page -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cited:
    """The paragraph that the address names, and the stretches of it that are marked."""

    paragraph: Paragraph
    stretches: tuple[Stretch, ...]
    original: str | None  # where these words stand in the article's own place

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The text in pieces, each with whether it is marked."""
        return pieces(self.paragraph.text, self.stretches)


def _page(
    request: Request, library: Library, article_id: str, version: str, number: str | None, at: Sequence[str], *, up: str
) -> Response:
    newest = _newest(library, article_id)
    if newest is None:
        return _no_article(request, up)
    try:
        article = library.article(newest.id, version or None)
    except UnknownArticle:
        return _no_version(request, newest, up)
    paragraph = _numbered(article, number) if number is not None else None
    if number is not None and paragraph is None:
        return _no_paragraph(request, article, up)
    cited = _cited(article, paragraph, at) if paragraph else None
    facts = _facts(article, newest, library, cited)
    return templates.TemplateResponse(request, "article.html", {"up": up, **facts})


def _newest(library: Library, article_id: str) -> Article | None:
    """Return the newest version of an article.

    A unique beginning of its id finds none: an address must mean the same when more articles have come in.
    """
    try:
        newest = library.article(article_id)
    except UnknownArticle:
        return None
    return newest if newest.id == article_id else None


def _facts(article: Article, newest: Article, library: Library, cited: Cited | None) -> dict[str, Any]:
    return {
        "article": article,
        "language": _language(article),
        "original": article.url if web_address(article.url) else None,
        "paragraphs": [p for p in article.paragraphs if p.kind != "title" or p.text != article.title],
        "cited": cited,
        "newest": newest,
        "now": _in_newest(cited, newest) if cited else None,
        "versions": library.versions(newest.id),
        "corrected_since": [text for text in newest.corrections if text not in article.corrections],
        "copies": library.copies(newest.id),
        "infers": any(speaker.inferred for paragraph in article.body for speaker in paragraph.speakers),
        "permalink": permalink,
        "changes": changes_address,
    }


def _numbered(article: Article, number: str) -> Paragraph | None:
    """Return the body paragraph of this number, as it stands in the address; None where there is none."""
    if not _NUMBER.fullmatch(number) or not 1 <= int(number) <= len(article.body):
        return None
    return article.body[int(number) - 1]


def _cited(article: Article, paragraph: Paragraph, at: Sequence[str]) -> Cited:
    stretches = tuple(_stretches(at, len(paragraph.text)))
    start, end = stretches[0] if stretches else (0, len(paragraph.text))
    original = None
    if web_address(article.url) and paragraph.number and start < end:
        original = cite(1, article, paragraph.number, start, end).link
    return Cited(paragraph, stretches, original)


def _stretches(at: Sequence[str], length: int) -> list[Stretch]:
    """Return the stretches in order, those that touch made one. What is no stretch of this text is left out."""
    named = [found for text in at if (found := stretch(text))]
    joined: list[Stretch] = []
    for start, end in sorted(found for found in named if found[0] < found[1] <= length):
        if joined and start <= joined[-1][1]:
            start, end = joined[-1][0], max(joined.pop()[1], end)
        joined.append((start, end))
    return joined


def pieces(text: str, stretches: Sequence[Stretch]) -> list[tuple[str, bool]]:
    """Cut a text at the ends of its stretches, which are in order and apart; say of each piece whether it is in one."""
    cut, place = [], 0
    for start, end in stretches:
        cut += [(text[place:start], False), (text[start:end], True)]
        place = end
    cut.append((text[place:], False))
    return [piece for piece in cut if piece[0]]


def _in_newest(cited: Cited, newest: Article) -> int | None:
    """Return the number that the cited paragraph has in the newest version, None where it is not there as it was."""
    same = [p.number for p in newest.body if p.text == cited.paragraph.text]
    return cited.paragraph.number if cited.paragraph.number in same else next(iter(same), None)


def _language(article: Article) -> str:
    """Return the language tag of the article's own words."""
    language = article.language or ""
    return language if _LANGUAGE.fullmatch(language) else "en"


# -- what changed ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A change as it is shown: what became of which part, and its words."""

    kind: str
    part: str  # "body", "title", "heading", …
    pieces: Sequence[Piece]
    version: str  # in which it stands
    number: int | None = None  # its ¶ there
    was: int | None = None  # its ¶ in the earlier version, where that is another


def changes_address(article_id: str, version: str, against: str) -> str:
    """Return the address, relative to the root of the site, of what changed from `against` to `version`."""
    return f"p/{article_id}?{urlencode({'v': version, 'against': against})}"


def _changes_page(request: Request, library: Library, article_id: str, version: str, against: str) -> Response:
    newest = _newest(library, article_id)
    if newest is None:
        return _no_article(request, "../")
    try:
        before, after = (library.article(newest.id, name or None) for name in (against, version))
    except UnknownArticle:
        return _no_version(request, newest, "../")
    added = {each.version: each.added.date() for each in library.versions(newest.id)}
    entries = _entries(step(before, after))
    kinds = [entry.kind for entry in entries]
    facts = {
        "up": "../",
        "before": before,
        "after": after,
        "before_added": added[before.version],
        "after_added": added[after.version],
        "language": _language(after),
        "entries": entries,
        "counts": [f"{kinds.count(kind)} {kind}" for kind in ("added", "removed", "changed") if kind in kinds],
        "permalink": permalink,
    }
    return templates.TemplateResponse(request, "changes.html", facts)


def _entries(found: Step) -> list[Entry]:
    changes = [_entry(change, found) for change in found.changes]
    if not found.title_changed:
        return changes
    headline = Change("changed", "title", before=found.before.title, after=found.after.title)
    return [_entry(headline, found), *changes]


def _entry(change: Change, found: Step) -> Entry:
    if change.kind == "removed":
        pieces: Sequence[Piece] = [("removed", change.before or "")]
        return Entry(change.kind, change.part, pieces, found.before.version, change.number_before)
    pieces = change.pieces if change.kind == "changed" else [("added", change.after or "")]
    was = change.number_before if change.number_before != change.number_after else None
    return Entry(change.kind, change.part, _closely(pieces), found.after.version, change.number_after, was)


def _closely(pieces: Sequence[Piece]) -> list[Piece]:
    """Return pieces of which those that came or went begin with a word, and not with the space before it."""
    cut: list[Piece] = []
    for how, words in pieces:
        bare = words.lstrip()
        cut += [("kept", words[: len(words) - len(bare)]), (how, bare)]
    return [piece for piece in cut if piece[1]]


# -- where there is nothing to show -----------------------------------------------------------------------------------


def _no_article(request: Request, up: str) -> Response:
    what = "The library has no article at this address. It may have been removed, or the link was cut short."
    return error_page(request, 404, "No such article", what, up, [("library", "See which articles there are")])


def _no_version(request: Request, newest: Article, up: str) -> Response:
    what = "The library has this article, but not the version that the link names."
    ways_on = [(permalink(newest.id, newest.version), f"Read the newest version of “{newest.title}”")]
    return error_page(request, 404, "No such version", what, up, ways_on)


def _no_paragraph(request: Request, article: Article, up: str) -> Response:
    what = f"The paragraphs of this article are numbered 1 to {len(article.body)}. The link names another."
    ways_on = [(permalink(article.id, article.version), f"Read “{article.title}”")]
    return error_page(request, 404, "No such paragraph", what, up, ways_on)
