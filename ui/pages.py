"""The permalink page: an article as a reader checks us by it, its paragraphs numbered, the cited words marked.

`/p/ARTICLE` is an article, `/p/ARTICLE/6` one of its paragraphs; `?v=VERSION` names the text as it was cited, and each
`?at=START-END` marks a stretch of that paragraph, in code points. The pages need no JavaScript. They know nothing of
questions and answers: a link is all that comes here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from indexes.article import Article, Paragraph
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
    def article(request: Request, article_id: str, v: str = "") -> Response:
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
    try:
        newest = library.article(article_id)
        # A unique beginning finds it too, but an address must mean the same when more articles have come in.
        if newest.id != article_id:
            raise UnknownArticle(f"There is no article {article_id!r}.")
    except UnknownArticle:
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
