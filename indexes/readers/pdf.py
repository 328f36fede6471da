"""PDF: paragraphs as a reader counts them, each with the page that it begins on.

What a page shows is words at places. Chapter by chapter they become an article: pdfpages opens the file, pdflines finds
lines and columns, pdfmargins drops running heads and page numbers, pdfasides takes captions, footnotes and boxes out of
the flow, pdflayout finds the paragraphs, pdfhyphens joins their lines, pdfhead finds the title.

Ligatures are spelled out, soft hyphens dropped, spaces of any kind are one space; every other letter stays as the file
has it.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from indexes.article import Kind
from indexes.furniture import furniture
from indexes.paragraphs import Block
from indexes.readers.draft import Draft, Head
from indexes.readers.pdfasides import Aside, set_aside
from indexes.readers.pdfhead import given_authors, given_title, has_byline, title_of
from indexes.readers.pdfhyphens import Joiner
from indexes.readers.pdflayout import Manner, Piece, is_spaced, manner_of, pieces
from indexes.readers.pdflines import Line, body_size, in_reading_order
from indexes.readers.pdflines import pieces as pieces_of_lines
from indexes.readers.pdfmargins import inside
from indexes.readers.pdfpages import open_pdf

_HEADING = 1.12  # of the text's size: what is larger heads something
_LONGEST_HEADING = 200  # characters


def read(data: bytes) -> Draft:
    """Read a PDF. Raises ReadError for one that is damaged, protected, scanned, or too much for an article."""
    document = open_pdf(data)
    edged = inside(document, [pieces_of_lines(page) for page in document.pages])
    size = body_size(edged.pages)
    pages = in_reading_order(document, edged.pages)
    beside = [
        aside for page, lines in zip(document.pages, pages, strict=True) for aside in set_aside(page, lines, size)
    ]
    manner, found = _arranged([line for lines in pages for line in lines], beside, size)
    texts = _texts([piece for piece, _ in found], pages, beside)
    at = title_of([piece for piece, _ in found], texts, manner, document)
    title = texts[at] if at is not None else given_title(document)
    head = Head(
        title=title,
        authors=() if has_byline(texts) else given_authors(document),
        url=edged.url,
        language=document.language or None,
    )
    return Draft(tuple(_blocks(found, texts, at, manner)), head)


def _arranged(
    lines: Sequence[Line], beside: Sequence[Aside], size: float
) -> tuple[Manner, list[tuple[Piece, Kind | None]]]:
    """Return the paragraphs in reading order, what stands beside the text after the paragraph that it interrupts."""
    order = {id(line): place for place, line in enumerate(lines)}
    taken = {id(line) for aside in beside for line in aside.lines}
    text = [line for line in lines if id(line) not in taken]
    manner = manner_of(text, size)
    found: list[tuple[Piece, Kind | None]] = [(piece, None) for piece in pieces(text, manner)]
    for aside in beside:
        found += [(piece, aside.kind) for piece in pieces(aside.lines, manner)]
    return manner, sorted(found, key=lambda each: order[id(each[0].first)])


def _texts(found: Sequence[Piece], pages: Sequence[Sequence[Line]], beside: Sequence[Aside]) -> list[str]:
    """Return the text of each paragraph, without the marks of the footnotes on its page."""
    joiner = Joiner([line.text for lines in pages for line in lines])
    marks = {(aside.lines[0].page, mark) for aside in beside for mark in aside.marks}
    return [joiner.joined([_text(line, marks) for line in piece.lines]) for piece in found]


def _text(line: Line, marks: set[tuple[int, str]]) -> str:
    if line.row:
        return _row(line)
    first, *others = line.words
    words = [first, *(word for word in others if not (line.is_raised(word) and (line.page, word.text) in marks))]
    return "".join(word.text if word.tight else f" {word.text}" for word in words).strip()


def _row(line: Line) -> str:
    """Return the cells of a table's row."""
    text = line.words[0].text
    for word, after in pairwise(line.words):
        text += (" | " if after.x0 - word.x1 > line.size else "" if after.tight else " ") + after.text
    return text


def _blocks(
    found: Sequence[tuple[Piece, Kind | None]], texts: Sequence[str], title: int | None, manner: Manner
) -> Iterator[Block]:
    kinds = [_known(piece, kind, text, manner) for (piece, kind), text in zip(found, texts, strict=True)]
    if title is not None:
        kinds[title] = "title"
        for i, text in enumerate(texts[:title]):  # the section, the newspaper's name
            if kinds[i] is None and len(text) < _LONGEST_HEADING and not furniture(text):
                kinds[i] = "heading"
    first = next((i for i, text in enumerate(texts) if kinds[i] is None and len(text) > 120), len(texts))
    headed = "heading" in kinds[first:]
    last = None
    for i, ((piece, _), kind, text) in enumerate(zip(found, kinds, texts, strict=True)):
        known = "body" if kind is None and headed and i >= first else kind
        apart = last is None or last.region != piece.first.region or is_spaced(last, piece.first, manner)
        if text:
            yield Block(text, known, apart or last is None or last.size != piece.first.size, piece.first.page)
        last = piece.last


def _known(piece: Piece, kind: Kind | None, text: str, manner: Manner) -> Kind | None:
    """Return what the looks of a paragraph say that it is."""
    if kind:
        return kind
    if piece.first.row:
        return "caption"
    if len(text) > _LONGEST_HEADING or text.endswith((".", ",", ";", ":", "…", ".”", ".’", ",”")) or furniture(text):
        return None
    if piece.size > _HEADING * manner.size:
        return "heading"
    return "heading" if piece.bold and not manner.bold and not text.endswith("?") else None
