"""What stands at the edge of a page and belongs to no article: running heads and feet, page numbers, a browser's lines.

A line is dropped only where all lines between it and the edge are, and it stands again at the same place on another
page (numbers may differ), or is nothing but the number of its page, or is what a browser prints: date, title, address.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from indexes.readers.pdflines import Line, body_size
from indexes.readers.pdfpages import Document

_EDGE = 0.16  # of the page's height
_ROWS = 3
_NUMBER = r"(?P<number>\d{1,4})"
_PAGE_NUMBER = re.compile(
    rf"[-–—|·\s]*(?:(?:page|p\.|seite|pagina|página)\s*)?{_NUMBER}(?:\s*(?:/|of|von|de)\s*\d{{1,4}})?[-–—|·\s]*",
    re.IGNORECASE,
)
_OF_PAGES = re.compile(rf"(?:page\s+)?{_NUMBER}\s*(?:/|of)\s*\d{{1,4}}", re.IGNORECASE)
_ROMAN = re.compile(r"[ivxl]{1,6}", re.IGNORECASE)
_URL = re.compile(r"(?:https?|file)://\S+")
_PRINTED = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4},?\s+\d{1,2}:\d\d(?:\s?[AP]M)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Inside:
    """The lines of each page without those at its edges, and the address that a browser printed there."""

    pages: list[list[Line]]
    url: str | None


def inside(document: Document, pages: Sequence[Sequence[Line]]) -> Inside:
    """Drop what stands at the edges of pages."""
    size = body_size(pages)
    rows = [
        _Edges(list(lines), page.height, page.number, size) for page, lines in zip(document.pages, pages, strict=True)
    ]
    repeated = _Repeated(
        Counter(key for page in rows for key in page.keys),
        Counter(offset for page in rows for offset in page.offsets),
        _titles(document, pages),
        len(rows),
    )
    kept, url = [], None
    for page, lines in zip(rows, pages, strict=True):
        dropped = page.dropped(repeated)
        url = url or next((found for line in dropped if (found := _url(line.text))), None)
        ids = set(map(id, dropped))
        kept.append([line for line in lines if id(line) not in ids])
    return Inside(kept, url)


@dataclass(frozen=True, slots=True)
class _Repeated:
    """What the pages of a document share."""

    seen: Counter[tuple[str, int]]  # on how many pages a line stands at a place
    offsets: Counter[int]  # on how many pages a number is so much more than the page's own
    titles: set[str]
    pages: int


class _Edges:
    """The outermost rows at the top and the bottom of a page."""

    def __init__(self, lines: list[Line], height: float, number: int, size: float) -> None:
        self.size = size
        self.number = number
        self.all = lines
        by_height = sorted(lines, key=lambda line: -line.y)
        self.top = _rows([line for line in by_height if line.y > height * (1 - _EDGE)])
        self.bottom = _rows([line for line in reversed(by_height) if line.y < height * _EDGE])
        self.keys = {key for row in (*self.top, *self.bottom) for line in row for key in _keys(line)}
        self.offsets = {
            n - number for row in (*self.top, *self.bottom) for line in row if (n := _number(line)) is not None
        }

    def dropped(self, document: _Repeated) -> list[Line]:
        """Return the lines at the edges that are not the article's."""
        browser = self._is_printed_by_a_browser()
        dropped: list[Line] = []
        for rows in (self.top, self.bottom):
            waiting: list[Line] = []
            for row in rows:
                if not (browser and row is rows[0]) and not self._is_marginal(row, document):
                    break
                waiting += row
                if self._stands_off(row):
                    dropped += waiting
                    waiting = []
        return dropped if len(dropped) < len(self.all) else []

    def _is_marginal(self, row: list[Line], document: _Repeated) -> bool:
        """Tell whether all of a row is a running head, or one piece of it is surely one and it stands off."""
        numbers = [self._is_own_number(line, document) for line in row]
        titles = [_folded(line.text) in document.titles for line in row]
        small = any(title and line.size < 0.97 * self.size for line, title in zip(row, titles, strict=True))
        if (small or any(numbers)) and self._stands_off(row):
            return True
        return all(
            number or (title and self.number > 1) or self._comes_again(line, document)
            for line, number, title in zip(row, numbers, titles, strict=True)
        )

    def _comes_again(self, line: Line, document: _Repeated) -> bool:
        """Tell whether a line stands on other pages too; a long one that looks like text must do so on nearly all."""
        times = max(document.seen[key] for key in _keys(line))
        like_text = len(line.words) > 6 and abs(line.size - self.size) < 0.05 * self.size
        return times >= (max(3, document.pages - 1) if like_text else 2)

    def _is_own_number(self, line: Line, document: _Repeated) -> bool:
        """Tell whether a line is nothing but the number of this page."""
        if _ROMAN.fullmatch(line.text) and len(line.text) < 6:
            return len(line.words) == 1
        number = _number(line)
        if number is None:
            return False
        return number == self.number or document.offsets[number - self.number] > 1

    def _is_printed_by_a_browser(self) -> bool:
        outer = [line.text for rows in (self.top[:1], self.bottom[:1]) for row in rows for line in row]
        signs = (_PRINTED, _URL, _OF_PAGES)
        return sum(any(sign.fullmatch(text) for text in outer) for sign in signs) >= 2

    def _stands_off(self, row: list[Line]) -> bool:
        """Tell whether a row is parted from what is further in: by more than a line's space, or by its size."""
        outer, own = row[0].y, set(map(id, row))
        inner = [
            line for line in self.all if (line.y < outer if row in self.top else line.y > outer) and id(line) not in own
        ]
        near = min(inner, key=lambda line: abs(line.y - outer), default=None)
        if near is None:
            return True
        larger = max(near.size, row[0].size)
        return abs(near.size - row[0].size) > 0.08 * larger or abs(near.y - outer) > 1.45 * larger


def _rows(lines: list[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in lines:
        if rows and abs(rows[-1][0].y - line.y) < 0.5 * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows[:_ROWS]


def _keys(line: Line) -> list[tuple[str, int]]:
    """Return what a line at the same place on another page would share with it."""
    text = re.sub(r"\d+", "#", _folded(line.text))
    return [(text, round(line.y / 4)), (text, -1 - round(line.y / 4 + 0.5))]


def _number(line: Line) -> int | None:
    match = _PAGE_NUMBER.fullmatch(line.text)
    return int(match["number"]) if match else None


def _titles(document: Document, pages: Sequence[Sequence[Line]]) -> set[str]:
    """Return what may be the title: a running head repeats it in smaller type."""
    first = next((lines for lines in pages if lines), [])
    largest = max((line.size for line in first), default=0.0)
    words = " ".join(line.text for line in first if line.size > 0.97 * largest)
    return {_folded(text) for text in (words, document.title) if text}


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _url(text: str) -> str | None:
    match = _URL.fullmatch(text)
    return match[0] if match and match[0].startswith("http") and "…" not in match[0] else None
