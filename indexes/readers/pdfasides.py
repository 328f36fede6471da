"""What stands on a page beside the article's text, and must not run into it: captions, footnotes, boxes.

A caption is smaller than the text and touches a picture; a footnote is smaller and stands below the text with its
mark; a box is drawn round its lines.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from indexes.article import Kind
from indexes.readers.pdflines import Line
from indexes.readers.pdfpages import Box, Page

_SMALLER = 0.94  # of the text's size
_MARK = re.compile(r"[(\[]?(?P<mark>\d{1,3}(?!\d)|[*†‡§]{1,3})[)\].]?\s?(?=\S)")


@dataclass(frozen=True, slots=True)
class Aside:
    """Lines beside the text; `kind` is None where their words must tell."""

    lines: tuple[Line, ...]
    kind: Kind | None

    @property
    def marks(self) -> set[str]:
        """The marks in the text that footnotes are about."""
        found = [_MARK.match(line.text) for line in self.lines] if self.kind == "credit" else []
        return {match["mark"] for match in found if match}


def set_aside(page: Page, lines: Sequence[Line], size: float) -> list[Aside]:
    """Return what stands beside the text on a page, in reading order."""
    found = [Aside(tuple(notes), "credit") for notes in _notes(lines)]
    noted = {id(line) for aside in found for line in aside.lines}
    for run in _runs([line for line in lines if id(line) not in noted], size):
        if _touches_a_picture(run, page.pictures):
            found.append(Aside(tuple(run), "caption"))
        elif _MARK.match(run[0].text) and _is_at_the_foot(run, lines, size):
            found.append(Aside(tuple(run), "credit"))
    taken = {id(line) for aside in found for line in aside.lines}
    free = [line for line in lines if id(line) not in taken]
    return [*found, *(Aside(tuple(held), None) for held in _boxed(page.boxes, free))]


def _notes(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the footnotes of each column that begin with a raised mark that is in the text too, in whatever size."""
    marks = {word.text for line in lines for word in line.words[1:] if line.is_raised(word)}
    for _, group in groupby(lines, key=lambda line: line.region):
        column = list(group)
        for i, line in enumerate(column):
            first = line.words[0]
            if i and first.text in marks and line.is_raised(first):
                yield column[i:]
                break


def _runs(lines: Sequence[Line], size: float) -> Iterator[list[Line]]:
    """Yield the runs of lines in small type."""
    for (_, small), group in groupby(lines, key=lambda line: (line.region, line.size <= _SMALLER * size)):
        if not small:
            continue
        run: list[Line] = []
        for line in group:
            if run and run[-1].y - line.y > 2.2 * line.size:
                yield run
                run = []
            run.append(line)
        yield run


def _touches_a_picture(run: Sequence[Line], pictures: Sequence[Box]) -> bool:
    left, right = min(line.x0 for line in run), max(line.x1 for line in run)
    top, bottom, room = run[0].top, run[-1].y, 2.5 * run[0].size
    for box in pictures:
        if left < box.x1 and right > box.x0 and (abs(box.y0 - top) < room or abs(bottom - box.y1) < room):
            return True
    return False


def _is_at_the_foot(run: Sequence[Line], lines: Sequence[Line], size: float) -> bool:
    """Tell whether no line of the text stands below a run in its column."""
    below = [line for line in lines if line.region == run[0].region and line.y < run[-1].y]
    return all(line.size <= _SMALLER * size for line in below)


def _boxed(boxes: Sequence[Box], lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the lines in each box that holds several, and not most of the page."""
    taken: set[int] = set()
    for box in sorted(boxes, key=lambda box: (box.x1 - box.x0) * (box.y1 - box.y0), reverse=True):
        held = [line for line in lines if box.holds((line.x0 + line.x1) / 2, line.y) and id(line) not in taken]
        if 2 <= len(held) < 0.5 * len(lines):
            taken.update(map(id, held))
            yield held
