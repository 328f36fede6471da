"""A saved web page. trafilatura says what on the page is the article; we say where its paragraphs begin and end.

trafilatura finds the article among menus, boxes and comments, but it drops captions and now and then a paragraph. So
its answer is used as a map: the page is walked in its own order, between the first and the last paragraph that
trafilatura found, and what reads like prose in between is kept whether trafilatura took it or not.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from indexes.article import Kind
from indexes.errors import ReadError
from indexes.furniture import furniture, is_byline
from indexes.paragraphs import Block
from indexes.readers.decoding import decode
from indexes.readers.draft import Draft
from indexes.readers.jsonld import is_free
from indexes.readers.pagehead import article_record, page_head

_NO_ARTICLE = ReadError(
    "no article was found on this page.", "Save the article's own page, or paste its text into a .txt file."
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_BLOCKS = set(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr "
    "ul".split()
)
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_UNSEEN = set(
    "script style noscript template svg button select input textarea iframe object audio video head math".split()
)
_TEXT = {"p", "li", "blockquote", "pre", "dd", "dt"}
_BOX = {"aside", "nav", "footer", "form"}  # elements that stand beside an article's text
_BOX_CLASS = re.compile(
    r"(?:^|[\s_-])(?:newsletter|promo|promotion|related|recommend\w*|share|sharing|social|subscribe|subscription|advert\w*|"
    r"ads?|sponsored|comments?|sidebar|breadcrumbs?|menu|cookie|most-?read|trending|signup|sign-up|outbrain|taboola|tags?|"
    r"read-?more|more-on|paywall|infobox)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CAPTION_CLASS = re.compile(
    r"(?:^|[\s_-])(?:caption\w*|figcaption|thumbcaption|wp-caption-text|credit|photo-credit)(?:$|[\s_-])", re.I
)
_BYLINE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:byline|author|authors|dateline|timestamp|published|pubdate)(?:$|[\s_-])", re.I
)
_ENDS = re.compile(r"[.!?…:;。！？؟][\"”’'»)\]]*(?:\s?\[[^\[\]]{1,30}\])*$")  # also before a wiki's notes: "so.[3]"
_SHORTEST_ARTICLE = 80  # characters of prose
_MOST_ELEMENTS = 100_000  # the longest pages of a live event or an encyclopedia have some ten thousand
_LONGEST_LABEL = 240  # characters
_LONGEST_RECORDED = 3000  # characters of a paragraph
_LONGEST_PAGE = 300_000  # characters: beyond them a paragraph must be the same as one found, not only a part of it


@dataclass(slots=True)
class _Piece:
    """A stretch of text between two block boundaries of the page."""

    text: str
    element: Any  # the innermost block element around it
    linked: int  # how many of its characters are links
    bold: bool = False
    taken: bool = False  # by trafilatura

    @property
    def is_prose(self) -> bool:
        """True for a sentence that is not merely a link to another page."""
        return bool(_ENDS.search(self.text)) and self.linked <= len(self.text) * 0.6

    @property
    def is_link(self) -> bool:
        """True for a link to another page; a sentence of the article may be a link as well."""
        sentence = _ENDS.search(self.text) and len(self.text.split()) >= 8
        return self.linked > len(self.text) * 0.8 and not sentence


def read(data: bytes) -> Draft:
    """Read a saved page. Raises ReadError where it holds no article."""
    declared = _DECLARED.search(data[:4096])
    markup = _XML_DECLARATION.sub("", decode(data, declared[1].decode("ascii") if declared else None))
    page, found = _extract(markup)
    if page is None:
        raise ReadError(_NO_ARTICLE.what, _NO_ARTICLE.hint)
    head = page_head(page, found)
    shown = list(_blocks(list(_Walk().pieces(page)), found.body, head.title)) if found.body is not None else []
    for blocks in (shown, _recorded(page)):
        if sum(len(b.text) for b in blocks if b.known in (None, "body") and _says_much(b.text)) >= _SHORTEST_ARTICLE:
            return Draft(tuple(blocks), head)
    raise ReadError(_NO_ARTICLE.what, _NO_ARTICLE.hint)


def _says_much(text: str) -> bool:
    """Tell whether a text is a sentence, or too long for a label or a link."""
    return bool(_ENDS.search(text)) or len(text) > _LONGEST_LABEL


def _recorded(page: Any) -> Sequence[Block]:
    """Return the text that a page has in its records only, as it is shown by scripts; none that is to be paid for.

    A long text in one piece has lost its paragraphs, and could not be cited by them.
    """
    record = article_record(page)
    text = record.get("articleBody")
    if not isinstance(text, str) or not is_free(record):
        return ()
    marked = re.search(r"</?(?:p|br|div)\b", text, re.IGNORECASE)
    lines = (line for line in map(str.strip, unescape(text).splitlines()) if line)
    blocks = fragment(text) if marked else tuple(Block(line) for line in lines)
    return blocks if all(len(block.text) <= _LONGEST_RECORDED for block in blocks) else ()


def fragment(markup: str) -> tuple[Block, ...]:
    """Return the blocks of a piece of HTML that is an article's text already, as a record or a feed holds it."""
    page = tree(markup)
    pieces = list(_Walk().pieces(page)) if page is not None else []
    layout = _Layout(pieces)
    return tuple(Block(piece.text, _kind(piece, None, layout)) for piece in pieces)


def tree(markup: str) -> Any | None:
    """Return a page, or a piece of one, as lxml's tree; None where there is nothing in it."""
    from lxml import etree, html  # type: ignore[import-untyped]  # not needed where no page is read

    try:
        return html.document_fromstring(_XML_DECLARATION.sub("", markup))
    except (etree.ParserError, ValueError):
        return None


def _extract(markup: str) -> tuple[Any, Any]:
    """Return the page as a tree and what trafilatura found on it."""
    import trafilatura  # takes most of a second, which only pages have to pay
    from trafilatura.settings import Document

    page = trafilatura.load_html(markup)
    if page is None:
        return None, None
    if sum(1 for _ in page.iter()) > _MOST_ELEMENTS:
        raise ReadError(
            "the page is far too large for an article.", "Copy the article's text into a file and add that."
        )
    found = trafilatura.bare_extraction(
        _without_records(page),
        include_comments=False,
        with_metadata=True,
        favor_recall=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    return page, found or Document()


def _without_records(page: Any) -> Any:
    """Return a copy of a page without scripts: jsonld.py reads them, and hostile ones hold trafilatura for minutes."""
    page = deepcopy(page)
    for script in page.xpath(".//script"):
        script.text = None
    return page


def _blocks(pieces: Sequence[_Piece], body: Any, title: str | None) -> Iterator[Block]:
    """Yield the article's blocks: the pieces that trafilatura took, and what belongs to the text between them."""
    _mark_taken(pieces, body)
    taken = [i for i, piece in enumerate(pieces) if piece.taken]
    if not taken:
        return
    layout = _Layout([pieces[i] for i in taken])
    first, last = taken[0], _last(pieces, taken[-1], layout)
    for i in range(_first(pieces, first, title), last + 1):
        piece = pieces[i]
        kind = _kind(piece, title, layout)
        belongs = piece.taken or piece.is_prose or piece.element.tag in _TEXT or kind not in (None, "body")
        if belongs or furniture(piece.text):
            yield Block(piece.text, None if i < first and kind == "body" else kind)


def _mark_taken(pieces: Sequence[_Piece], body: Any) -> None:
    texts = [_folded("".join(e.itertext())) for e in body.iter("p", "head", "item", "quote", "cell", "code")]
    whole = set(texts)
    everything = "\n".join(texts)[:_LONGEST_PAGE]
    for piece in pieces:
        folded = _folded(piece.text)
        piece.taken = folded in whole or (len(folded) > 20 and folded in everything)


def _first(pieces: Sequence[_Piece], first: int, title: str | None) -> int:
    """Go back to the title, so that standfirst, byline, date and the first picture's caption are kept.

    Or on to it, where nothing but the page's own head stands between.
    """
    for i in range(first, min(len(pieces), first + 40)):
        if pieces[i].is_prose or furniture(pieces[i].text) in ("byline", "dateline", "caption"):
            break
        if title and pieces[i].element.tag in ("h1", "h2") and _folded(pieces[i].text) == _folded(title):
            return i
    for i in range(first, max(-1, first - 40), -1):
        if pieces[i].element.tag == "h1" or (title and _folded(pieces[i].text) == _folded(title)):
            return i
    return first


def _last(pieces: Sequence[_Piece], last: int, layout: "_Layout") -> int:
    """Go on to the last prose that stands in the element which holds most of what was found."""
    for i in range(len(pieces) - 1, last, -1):
        element = pieces[i].element
        if pieces[i].is_prose and layout.in_main(element) and not layout.in_box(element):
            return i
    return last


def _kind(piece: _Piece, title: str | None, layout: "_Layout") -> Kind | None:
    """Return what the page's markup says about a piece."""
    element, tag, names = piece.element, piece.element.tag, _names(piece.element)
    if title and _folded(piece.text) == _folded(title):
        return "title"
    if layout.in_box(element):
        return "promotion"
    if tag in _HEADINGS:
        return "heading"
    if layout.within(element, "figure", "table") or _CAPTION_CLASS.search(names):
        return "caption"
    if _BYLINE_CLASS.search(names) and len(piece.text) < 200 and not _ENDS.search(piece.text):
        return furniture(piece.text) or "byline"
    if piece.is_link:
        return "byline" if is_byline(piece.text) else "promotion"
    return None if piece.bold and tag not in ("li", "blockquote") else "body"


def _names(element: Any) -> str:
    """Return the class and id of an element, by which authors of pages say what it is for."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"


class _Layout:
    """Knows where on the page the article stands: which elements hold most of what was found, and which lie beside."""

    def __init__(self, taken: Sequence[_Piece]) -> None:
        self.total = len(taken)
        self.held: Counter[Any] = Counter()
        for piece in taken:
            self.held.update([piece.element, *piece.element.iterancestors()])
        most = [element for element, held in self.held.items() if held * 3 >= self.total * 2]
        self.main = max(most, key=lambda element: sum(1 for _ in element.iterancestors()), default=None)
        self.boxes: dict[Any, bool] = {}

    def in_main(self, element: Any) -> bool:
        """Tell whether an element stands in the innermost one that holds most of what was found."""
        return any(e is self.main for e in (element, *element.iterancestors()))

    def in_box(self, element: Any) -> bool:
        """Tell whether an element stands in a box beside the article: advertisement, newsletter, other stories."""
        return any(self._is_box(e) for e in (element, *element.iterancestors()))

    def within(self, element: Any, *tags: str) -> bool:
        """Tell whether an element stands in a figure or the like, but not in one that is laid round the article."""
        return any(e.tag in tags and not self._holds_much(e) for e in (element, *element.iterancestors()))

    def _is_box(self, element: Any) -> bool:
        if element not in self.boxes:
            named = _BOX_CLASS.search(_names(element)) or element.tag in _BOX
            self.boxes[element] = bool(named) and not self._holds_much(element)
        return self.boxes[element]

    def _holds_much(self, element: Any) -> bool:
        return self.held[element] * 3 > self.total


@dataclass(slots=True)
class _Walk:
    """Walks a page in reading order and cuts its text at block boundaries and empty lines."""

    texts: list[str] = field(default_factory=list)
    linked: int = 0
    bold: int = 0
    breaks: int = 0

    def pieces(self, element: Any, link: bool = False, bold: bool = False) -> Iterator[_Piece]:
        """Yield the pieces of a block element, its inner blocks in between."""
        yield from self._inside(element, element, link, bold)
        yield from self._flush(element)

    def _inside(self, element: Any, block: Any, link: bool, bold: bool) -> Iterator[_Piece]:
        self._add(element.text, link, bold)
        for child in element:
            yield from self._child(child, block, link, bold)
            self._add(child.tail, link, bold)

    def _child(self, child: Any, block: Any, link: bool, bold: bool) -> Iterator[_Piece]:
        tag = child.tag
        if not isinstance(tag, str) or tag in _UNSEEN or _is_hidden(child):
            return
        if tag == "br":
            self.breaks += 1
            if self.breaks == 2:
                yield from self._flush(block)
            else:
                self.texts.append(" ")
        elif tag == "tr" and not any(e.tag in _BLOCKS - {"td", "th"} for e in child.iterdescendants()):
            yield from self._flush(block)
            cells = [" ".join("".join(cell.itertext()).split()) for cell in child]
            self._add(" | ".join(filter(None, cells)), link, bold)
            yield from self._flush(child)
        elif tag in _BLOCKS:
            yield from self._flush(block)
            yield from self.pieces(child, link, bold)
        else:
            yield from self._inside(child, block, link or tag == "a", bold or tag in ("b", "strong"))

    def _add(self, text: str | None, link: bool, bold: bool) -> None:
        if not text:
            return
        self.texts.append(text)
        visible = len(text.strip())
        self.linked += visible * link
        self.bold += visible * bold
        if visible:
            self.breaks = 0

    def _flush(self, block: Any) -> Iterator[_Piece]:
        whole = re.sub(r"[ \t\n\r\f]+", " ", "".join(self.texts)).replace("\u00ad", "").strip()
        if whole:
            yield _Piece(whole, block, self.linked, bold=self.bold >= len(whole) * 0.9)
        self.texts, self.linked, self.bold, self.breaks = [], 0, 0, 0


def _is_hidden(element: Any) -> bool:
    return element.get("hidden") is not None or bool(re.search(r"display:\s*none", element.get("style") or ""))


def _folded(text: str) -> str:
    """Fold what trafilatura changes: space of every kind, which it also loses at a line break."""
    return "".join(text.replace("\u00ad", "").split()).casefold()
