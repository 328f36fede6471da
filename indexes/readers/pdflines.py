"""From words on a page to its lines in reading order: columns one after the other, what spans them between.

A gutter is where at least three lines begin one below the other, with lines to the left of them and nothing across.
The tallest gutter parts a page into what is above it, its columns, and what is below; each part is parted again. Where
the file's own order and the places agree that two pieces stand on one line, they are one.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from math import inf

from indexes.readers.pdfpages import Box, Document, Page, Word

_AJAR = 1.0  # of the size: a wider gap may be a gutter, and parts a line until we know
_TORN = 2.5  # a gap that no justified line has, where its other gaps are not as wide
_ALIGNED = 2.5  # points
_MOST_PIECES = 3000  # a broadsheet's page has a thousand; a page of more is a drawing or a bomb
_MOST_CAPS = 20
_NARROWEST = 4.0  # of the size: what is narrower is no column but numbers of a list


@dataclass(frozen=True)
class Line:
    """A line of a column, or a piece of it."""

    words: tuple[Word, ...]
    page: int
    place: int  # where the file has it on its page
    x0: float
    column: tuple[float, float] = (0.0, 0.0)  # left and right edge
    region: int = -1  # which column of the document
    alone: bool = False  # it belongs to no paragraph: a cell, a row of a table
    row: bool = False  # the row of a table

    @cached_property
    def x1(self) -> float:
        return max(word.x1 for word in self.words)

    @cached_property
    def main(self) -> Word:
        """The word that stands for most of it: the widest of the commonest size."""
        sizes: Counter[float] = Counter()
        for word in self.words:
            sizes[round(word.size, 1)] += int(word.width * 100)
        size = sizes.most_common(1)[0][0]
        return max((word for word in self.words if round(word.size, 1) == size), key=lambda word: word.width)

    @property
    def size(self) -> float:
        return self.main.size

    @property
    def y(self) -> float:
        return self.main.y

    @property
    def top(self) -> float:
        return self.y + 0.75 * self.size

    def is_raised(self, word: Word) -> bool:
        """Tell whether a word of it is a small one above the line, as the mark of a footnote is."""
        return word.size < 0.85 * self.size and word.y > self.y + 0.1 * self.size

    @cached_property
    def bold(self) -> bool:
        return all(word.bold for word in self.words)

    @cached_property
    def italic(self) -> bool:
        return all(word.italic for word in self.words)

    @cached_property
    def text(self) -> str:
        return "".join(word.text if word.tight else f" {word.text}" for word in self.words).strip()


def pieces(page: Page) -> list[Line]:
    """Return the words of a page as pieces of lines, in the file's order: parted where a gutter may be."""
    found: list[list[Word]] = []
    for word in page.words:
        if found and _goes_on(found[-1], word):
            found[-1].append(word)
        else:
            found.append([word])
    lines = [Line(tuple(words), page.number, place, min(w.x0 for w in words)) for place, words in enumerate(found)]
    return _with_drop_caps(lines)


def body_size(pages: Iterable[Sequence[Line]]) -> float:
    """Return the size of type that most of a document is set in."""
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def in_reading_order(document: Document, pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Return the lines of each page in the order in which they are read, each knowing its column."""
    gutters: list[float] = []
    columns = [
        list(_columns(list(lines), page.pictures, gutters)) for page, lines in zip(document.pages, pages, strict=True)
    ]
    ordered, region = [], 0
    for page_columns in columns:
        lines = []
        for column in page_columns:
            lines += [replace(line, region=region) for line in _rows(column)]
            region += 1
        ordered.append(lines)
    return _with_edges(ordered)


def _goes_on(words: list[Word], word: Word) -> bool:
    last, main = words[-1], max(words, key=lambda other: other.size)
    high = max(main.size, word.size)
    raised = abs(word.y - main.y)
    if raised > 0.08 * high and not (raised < 0.55 * high and min(word.size, last.size) < 0.85 * high):
        return False
    return -0.4 * high < word.x0 - last.x1 < _AJAR * high


def _with_drop_caps(lines: list[Line]) -> list[Line]:
    """Put a large first letter before the rest of its word, and the lines beside it where they would begin."""
    body = body_size([lines])
    caps = [line for line in lines if len(line.text) <= 2 and line.size > 1.8 * body and line.text[-1].isalpha()]
    for cap in caps[:_MOST_CAPS]:
        beside = [
            line for line in lines
            if line is not cap and cap.y - 0.2 * body <= line.y <= cap.y + cap.size
            and 0 <= line.x0 - cap.x1 + 1 < 1.5 * body + 1 and line.size < 1.3 * body
        ]  # fmt: skip
        if not beside:
            continue
        first = max(beside, key=lambda line: line.y)
        letter = replace(cap.words[0], y=first.y, size=first.size, x1=first.x0)
        small = first.words[0].text[:1].islower() or first.words[0].text.isupper()
        rest = (replace(first.words[0], tight=small), *first.words[1:])
        for line in beside:
            words = (letter, *rest) if line is first else line.words
            lines[lines.index(line)] = replace(line, words=words, x0=cap.x0)
        lines.remove(cap)
    return lines


def _columns(lines: list[Line], pictures: Sequence[Box], gutters: list[float]) -> Iterator[list[Line]]:
    """Yield the columns of a part of a page in reading order, as their lines."""
    found = _gutter(lines, pictures, gutters)
    if found is None:
        if lines:
            yield lines
        return
    edge, bottom, top = found
    gutters.append(edge)
    above = [line for line in lines if line.y >= top]
    below = [line for line in lines if line.y <= bottom]
    between = [line for line in lines if bottom < line.y < top]
    yield from _columns(above, pictures, gutters)
    yield from _columns([line for line in between if line.x0 < edge - _ALIGNED], pictures, gutters)
    yield from _columns([line for line in between if line.x0 >= edge - _ALIGNED], pictures, gutters)
    yield from _columns(below, pictures, gutters)


def _gutter(lines: list[Line], pictures: Sequence[Box], known: list[float]) -> tuple[float, float, float] | None:
    """Return the gutter with the most lines beside it: its right edge, its bottom and its top."""
    best, most = None, 0
    if len(lines) > _MOST_PIECES:
        return best
    down = sorted(lines, key=lambda line: -line.y)
    heights = [-line.y for line in down]
    before = [box for box in pictures if not _behind(box, lines)]
    for edge in _starts(lines):
        across = [line.y for line in lines if line.x0 < edge - _ALIGNED and line.x1 > edge - 1]
        across += [y for box in before if box.x0 < edge - 10 and box.x1 > edge + 10 for y in (box.y0, box.y1)]
        for top, bottom in pairwise([inf, *sorted(across, reverse=True), -inf]):
            beside = down[bisect_right(heights, -top) : bisect_left(heights, -bottom)]
            if len(beside) <= most:
                continue
            left = [line for line in beside if line.x0 < edge - _ALIGNED]
            right = [line for line in beside if line.x0 >= edge - _ALIGNED]
            if _parts(left, right, edge, any(abs(edge - other) < 3 for other in known)):
                best, most = (edge, bottom, top), len(beside)
    return best


def _behind(box: Box, lines: Sequence[Line]) -> bool:
    """Tell whether a picture lies behind text."""
    return sum(box.holds((line.x0 + line.x1) / 2, line.y) for line in lines) > 2


def _starts(lines: list[Line]) -> list[float]:
    """Return where lines begin, apart from the left margin."""
    starts: list[list[float]] = []
    for x in sorted(line.x0 for line in lines):
        if starts and x - starts[-1][0] < _ALIGNED:
            starts[-1].append(x)
        else:
            starts.append([x])
    margin = starts[0][0] if starts else 0.0
    return [x[0] for x in starts if x[0] > margin + 40]


def _parts(left: list[Line], right: list[Line], edge: float, known: bool) -> bool:
    """Tell whether these are two columns."""
    if not left or not right:
        return False
    size = min(left[0].size, right[0].size)
    in_turn = _precedes(left, right) or _precedes(right, left)
    least = 1 if known or (in_turn and max(len(left), len(right)) >= 3) else 3
    if min(len(left), len(right)) < least or edge - max(line.x1 for line in left) < 0.4 * size:
        return False
    wide = min(max(line.x1 for line in side) - min(line.x0 for line in side) for side in (left, right))
    if wide < _NARROWEST * size or min(sum(len(line.text) for line in s) / len(s) for s in (left, right)) < 10:
        return False
    shared = min(max(line.y for line in left), max(line.y for line in right))
    return known or in_turn or shared >= max(min(line.y for line in left), min(line.y for line in right))


def _precedes(some: list[Line], others: list[Line]) -> bool:
    """Tell whether the file writes all of some lines before the others."""
    return max(line.place for line in some) < min(line.place for line in others)


def _rows(lines: list[Line]) -> Iterator[Line]:
    """Yield the lines of one column from top to bottom, pieces that stand on one line joined."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.y):
        if rows and abs(rows[-1][0].y - line.y) < 0.25 * min(rows[-1][0].size, line.size):
            rows[-1].append(line)
        else:
            rows.append([line])
    cells = [sorted(row, key=lambda line: line.x0) for row in rows]
    for i, row in enumerate(cells):
        beside = (*cells[i - 1 : i], *cells[i + 1 : i + 2])
        torn = _is_torn(row)
        if len(row) == 1:
            yield row[0]
        elif any(_aligned(row, other, 1 if torn else 3) for other in beside):
            yield replace(_joined(row), alone=True, row=True)
        elif not torn:
            yield _joined(row)
        else:
            yield from (replace(piece, alone=True) for piece in row)


def _is_torn(row: list[Line]) -> bool:
    """Tell whether the pieces of a row are no line: the gaps of justified text are all alike."""
    words = sorted((word for piece in row for word in piece.words), key=lambda word: word.x0)
    gaps = [after.x0 - word.x1 for word, after in pairwise(words) if not after.tight]
    widest = max(gaps, default=0.0)
    size = row[0].size
    consecutive = all(after.place - piece.place == 1 for piece, after in pairwise(row))
    if widest < _AJAR * size:
        return False
    if not consecutive and widest > 1.5 * size:
        return True
    return widest > _TORN * size and (len(gaps) == 1 or min(gaps) < 0.5 * widest)


def _aligned(row: list[Line], other: list[Line], cells: int) -> bool:
    """Tell whether two rows have so many cells below each other, the first one not counted unless all are."""
    pairs = [(cell, below) for cell in row for below in other if _is_under(cell, below)]
    if cells > 1:
        return len(row) == len(other) == len(pairs) >= cells
    return any(cell is not row[0] and below is not other[0] for cell, below in pairs)


def _is_under(cell: Line, other: Line) -> bool:
    return abs(cell.x0 - other.x0) < _ALIGNED or abs(cell.x1 - other.x1) < _ALIGNED


def _joined(row: list[Line]) -> Line:
    words = tuple(word for piece in row for word in piece.words)
    return replace(row[0], words=words, x0=min(piece.x0 for piece in row))


def _with_edges(pages: list[list[Line]]) -> list[list[Line]]:
    """Tell each line where its column begins and ends; a short column ends where others like it do."""
    body = body_size(pages)
    regions: dict[int, list[Line]] = {}
    for line in (line for lines in pages for line in lines):
        regions.setdefault(line.region, []).append(line)
    edges = {region: _edges(lines, body) for region, lines in regions.items()}
    long = [edges[region] for region, lines in regions.items() if len(lines) >= 5]
    for region, lines in regions.items():
        left, right = edges[region]
        if len(lines) < 5:
            alike = [edge for edge in long if abs(edge[0] - left) < 30 and edge[1] >= right - 2]
            edges[region] = min(alike, key=lambda edge: (abs(edge[0] - left), edge[1]), default=(left, right))
    return [[replace(line, column=edges[line.region]) for line in lines] for lines in pages]


def _edges(lines: Sequence[Line], body: float) -> tuple[float, float]:
    own = [line for line in lines if abs(line.size - body) < 0.1 * body and not line.alone] or list(lines)
    starts = Counter(round(line.x0) for line in own)
    often = [x for x, times in starts.items() if times >= (max(2, 0.1 * len(own)) if len(own) > 8 else 1)] or list(
        starts
    )
    return float(min(often)), max(line.x1 for line in own)
