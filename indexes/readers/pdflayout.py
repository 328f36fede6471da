"""From lines in reading order to paragraphs.

How a document sets its paragraphs apart (space between them, an indent, neither) is measured first; then each line
either goes on with the paragraph before it or begins one. A paragraph that a column or a page breaks is one paragraph.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from indexes.furniture import furniture
from indexes.readers.pdflines import Line
from indexes.readers.pdfpages import Word

_ENDS = re.compile(r"[.!?…:;。！？][\"”’'»)\]]*\d{0,3}$")
_SMALL = re.compile(r"[“\"‘'(\[]?[a-zà-öø-ÿ]")
_QUOTES = re.compile(r"[“\"‘'«„]")
_ITEM = re.compile(r"(?:[•‣▪◦●■–—*-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+\S")
_SURE_ITEM = re.compile(r"[•‣▪◦●■]")
_HYPHEN = re.compile(r"\w[-\u2010\u00ad]$")
_LABEL = re.compile(r"[QA]\s?[:.]\s")
_LONGEST = 100  # lines of a quotation
_TAIL = 12  # letters at the end of a line that say how it ends
_SPACED = 1.25  # of the usual distance between lines: what is wider is a space between paragraphs
_INDENT = 0.6  # of the size


@dataclass(slots=True)
class Piece:
    """Lines that belong together."""

    lines: list[Line] = field(default_factory=list)

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def last(self) -> Line:
        return self.lines[-1]

    @property
    def size(self) -> float:
        return median(line.size for line in self.lines)

    @property
    def bold(self) -> bool:
        return all(line.bold for line in self.lines)

    @property
    def italic(self) -> bool:
        return all(line.italic for line in self.lines)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a document sets its lines and paragraphs."""

    size: float
    leading: float  # from line to line, in sizes
    spaced: bool  # space stands between paragraphs
    indented: bool  # the first line of a paragraph is set in
    justified: bool
    usual: float = 3.0  # lines in a paragraph
    bold: bool = False  # the text is, as a whole

    @property
    def clear(self) -> bool:
        """True where no paragraph begins without a space or an indent."""
        return self.spaced or self.indented


def pieces(lines: Sequence[Line], manner: Manner) -> list[Piece]:
    """Return lines as paragraphs, headings and the like among them."""
    found = _in_columns(lines, manner)
    manner = replace(manner, usual=_usual(found, manner.size))
    return _bridged(_over_breaks(found, manner), manner)


def _in_columns(lines: Sequence[Line], manner: Manner) -> list[Piece]:
    found: list[Piece] = []
    for line in lines:
        if found and _goes_on(found[-1], line, manner):
            found[-1].lines.append(line)
        else:
            found.append(Piece([line]))
    return found


def manner_of(lines: Sequence[Line], size: float) -> Manner:
    """Return how a document that is mostly in this size sets its paragraphs apart."""
    body = [line for line in lines if abs(line.size - size) < 0.1 * size and not line.alone]
    pairs = [(line, after) for line, after in pairwise(body) if line.region == after.region and line.y > after.y]
    leading = _leading(pairs, size)
    full = [line for line, after in pairs if not _has_room(line, after)]
    even = sum(abs(line.x1 - line.column[1]) < 0.12 * size for line in full)
    bold = sum(line.bold for line in lines) > 0.6 * len(lines)
    draft = Manner(size, leading, False, False, even > 0.6 * len(full), bold=bold)
    ends = [(a, b) for a, b in pairs if _ends(a) and a.column[1] - a.x1 > 0.12 * _width(a) and _has_room(a, b)]
    spaced = sum(is_spaced(a, b, draft) for a, b in ends)
    indented = sum(_is_indented(b, draft) for _, b in ends)
    enough = max(2, 0.8 * len(ends))
    return replace(draft, spaced=spaced >= enough, indented=indented >= enough)


def _leading(pairs: Sequence[tuple[Line, Line]], size: float) -> float:
    """Return the distance from line to line, in sizes: the smallest of the common ones."""
    distances = Counter(round((line.y - after.y) / size * 20) for line, after in pairs)
    total = sum(distances.values())
    common = [
        d for d, times in distances.items() if d >= 16 and times + distances[d + 1] + distances[d - 1] >= 0.15 * total
    ]
    return min(common, default=24) / 20 + 0.025


def _usual(found: Sequence[Piece], size: float) -> float:
    counts = [len(piece.lines) for piece in found if abs(piece.size - size) < 0.1 * size and len(piece.lines) > 1]
    return median(counts) if counts else 3.0


def _goes_on(piece: Piece, line: Line, manner: Manner) -> bool:
    """Tell whether a line is the next one of a paragraph in its column."""
    last = piece.last
    if line.alone or last.alone or line.page != last.page or not _is_below(last, line, manner):
        return False
    if _differs(last, line) or is_spaced(last, line, manner) or _begins_item(piece, line):
        return False
    if line.size > 1.15 * manner.size:  # a headline is broken where it looks best
        return True
    if _is_set_in(piece, line, manner):
        return False
    return not _stops(piece, line, manner)


def _is_below(last: Line, line: Line, manner: Manner) -> bool:
    """Tell whether a line stands below another in its column; a headline's last line may end before the gutter."""
    if last.region == line.region:
        return line.y < last.y
    over = line.x0 < last.x1 and line.x1 > last.x0
    return over and min(last.size, line.size) > 1.15 * manner.size and 0 < last.y - line.y < 2 * last.size


def _differs(last: Line, line: Line) -> bool:
    """Tell whether two lines are set in types so different that they are not one paragraph."""
    if abs(last.size - line.size) > 0.1 * max(last.size, line.size):
        return True
    before, after = last.words[-1], line.words[0]
    bold = before.bold != after.bold and (last.bold or line.bold)
    italic = before.italic != after.italic and (last.italic and not line.italic and _all_roman(line))
    italic = italic or (before.italic != after.italic and line.italic and _all_roman(last))
    return (bold or italic) and not (_is_full(last, line) and not _ends(last) and _SMALL.match(line.text))


def _all_roman(line: Line) -> bool:
    return not any(word.italic for word in line.words)


def is_spaced(last: Line, line: Line, manner: Manner) -> bool:
    """Tell whether a space stands between two lines."""
    usual = manner.leading * max(last.size, line.size)
    return last.y - line.y > max(_SPACED * usual, usual + 1.5)


def _begins_item(piece: Piece, line: Line) -> bool:
    if _SURE_ITEM.match(line.text):
        return True
    if not _ITEM.match(line.text):
        return False
    return bool(_ITEM.match(piece.first.text)) or (_ends(piece.last) and _has_room(piece.last, line))


def _is_indented(line: Line, manner: Manner) -> bool:
    return line.x0 - line.column[0] > _INDENT * manner.size


def _is_set_in(piece: Piece, line: Line, manner: Manner) -> bool:
    """Tell whether a line begins a paragraph by where it begins: further in than the one before, or out again."""
    step = line.x0 - piece.last.x0
    if step > _INDENT * manner.size:
        return _is_indented(line, manner) and not _ITEM.match(piece.first.text) and not _centred(piece.last, line)
    if abs(step) < 2 and manner.indented and len(piece.lines) == 1 and _is_indented(line, manner):
        return _ends(piece.last) or _has_room(piece.last, line)  # after a paragraph of one line
    return (
        step < -_INDENT * manner.size and len(piece.lines) > 1 and abs(piece.first.x0 - piece.last.x0) < 2
        and not _centred(piece.last, line)
    )  # fmt: skip


def _centred(last: Line, line: Line) -> bool:
    middle = (line.column[0] + line.column[1]) / 2
    return all(abs((each.x0 + each.x1) / 2 - middle) < 2 and each.x0 - each.column[0] > 5 for each in (last, line))


def _stops(piece: Piece, line: Line, manner: Manner) -> bool:
    """Tell whether a paragraph ends before a line by how its last line ends."""
    last = piece.last
    ends = _ends(last)
    if ends and not manner.clear and (_begins_anew(piece, line) or (manner.justified and not _is_flush(last, manner))):
        return True
    if not _has_room(last, line) or _HYPHEN.search(last.text[-_TAIL:]):
        return False
    if (len(piece.lines) == 1 and _stands_alone(last.text)) or _stands_alone(line.text):
        return True
    if _centred(last, line):
        return False
    if ends:
        return not manner.clear or (manner.justified and last.column[1] - last.x1 > 0.1 * _width(last))
    return not _SMALL.match(line.text) and last.x1 - last.column[0] < 0.6 * _width(last)


def _begins_anew(piece: Piece, line: Line) -> bool:
    """Tell whether a line can only begin a paragraph: it opens a quotation that is open already, or has a label."""
    if _LABEL.match(line.text):
        return True
    if not line.text.startswith("“"):
        return False
    said = " ".join(each.text for each in piece.lines[-_LONGEST:])
    return said.count("“") > said.count("”")


def _is_flush(line: Line, manner: Manner) -> bool:
    """Tell whether a line was stretched to the right edge, as all but the last of a justified paragraph are."""
    return line.column[1] - line.x1 < 0.12 * manner.size


def _stands_alone(text: str) -> bool:
    return furniture(text) in ("byline", "dateline", "promotion")


def _ends(line: Line) -> bool:
    """Tell whether a line ends as sentences do."""
    return bool(_ENDS.search(line.text[-_TAIL:]))


def _has_room(line: Line, after: Line) -> bool:
    """Tell whether the next word would have fitted into a line."""
    space = 0.22 * line.size
    return line.x1 + space + _first_width(after.words) < line.column[1] - 0.05 * line.size


def _first_width(words: Sequence[Word]) -> float:
    """Return how wide the first word is, up to the hyphen at which it may be broken."""
    width = words[0].x1 - words[0].x0
    text = words[0].text
    breaks = re.search(r"(?<=\w)[-–—/](?=\w)", text)
    if breaks:
        return width * (breaks.end() / len(text))
    for word, after in pairwise(words):
        if not after.tight:
            return word.x1 - words[0].x0
    return width


def _is_full(line: Line, after: Line) -> bool:
    return not _has_room(line, after)


def _width(line: Line) -> float:
    return max(1.0, line.column[1] - line.column[0])


def _over_breaks(found: Sequence[Piece], manner: Manner) -> list[Piece]:
    """Join what a column or a page has parted."""
    joined: list[Piece] = []
    for piece in found:
        if joined and _continues(joined[-1], piece, manner):
            joined[-1].lines += piece.lines
        else:
            joined.append(piece)
    return joined


def _continues(piece: Piece, after: Piece, manner: Manner) -> bool:
    """Tell whether a paragraph goes on in the next column, in the piece that stands there first."""
    last, line = piece.last, after.first
    if (
        last.region == line.region
        or last.alone
        or line.alone
        or not (_like_body(piece, manner) and _like_body(after, manner))
    ):
        return False
    if piece.bold != after.bold or piece.italic != after.italic or abs(piece.size - after.size) > 0.1 * manner.size:
        return False
    if _SURE_ITEM.match(line.text) or any(_stands_alone(each.text) for each in (*piece.lines[:1], line)):
        return False
    if _SMALL.match(line.text):
        return True
    if manner.indented and _is_indented(line, manner):
        return False
    if not _ends(last):
        return _is_full(last, line)
    if manner.indented:
        return not _is_indented(line, manner)
    if _has_room(last, line) or _begins_anew(piece, line):
        return False
    if manner.justified:
        return _is_flush(last, manner)
    return not _QUOTES.match(line.text) and len(piece.lines) <= manner.usual


def _like_body(piece: Piece, manner: Manner) -> bool:
    return abs(piece.size - manner.size) < 0.1 * manner.size


def _bridged(found: Sequence[Piece], manner: Manner) -> list[Piece]:
    """Join a paragraph that breaks off with its other half, where a caption or a box stands between the two."""
    joined = list(found)
    for i, piece in enumerate(joined):
        if not piece.lines or _ends(piece.last) or not _like_body(piece, manner) or piece.last.alone:
            continue
        for other in joined[i + 1 : i + 5]:
            if not other.lines:
                continue
            alike = _like_body(other, manner) and (other.bold, other.italic) == (piece.bold, piece.italic)
            if alike and not other.first.alone:
                if _SMALL.match(other.first.text) and len(piece.last.words) > 2 and _is_full(piece.last, other.first):
                    piece.lines += other.lines
                    other.lines = []
                break
    return [piece for piece in joined if piece.lines]
