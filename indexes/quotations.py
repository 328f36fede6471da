"""Where somebody's words stand between quotation marks. This chapter knows nothing about who said them.

Marks come in many forms: “curly”, "straight", ``doubled'', «guillemets», 'British singles'. Where a mark stands
(a space before it, a letter after it) tells more than its shape, because typists and converters get the shape
wrong. A quotation that runs over several paragraphs opens every one of them with a mark and closes only the last.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from indexes.article import Quotation

_DOUBLE = re.compile(r"``|''(?!')|’’|‘‘|[“”„‟\"«»＂]")
_SINGLE = re.compile(r"(?<![`'‘’])[‘’'`‚‹›](?![`'‘’])")
_OPENING_SHAPES = frozenset("“„«‘‚‹`") | {"``", "‘‘"}
_CLOSING_SHAPES = frozenset("”»›") | {"’’"}

# Apostrophes at the front of a word: ’90s, ’em, ’tis, rock ’n’ roll.
_ELISION = re.compile(r"[‘’'](?:\d\d?s?\b|(?:em|tis|twas|til|till|cause|cos|bout|n|ere|round|im)\b)")
_BEFORE_AN_OPENER = frozenset(" \t\n\u00a0\u2009\u202f([{/—–-…")
# Where a forgotten closing mark must have stood: “We are late, he said.
_FORGOTTEN = re.compile(
    r"[,?!](?=\s+(?:(?:he|she|they|it|[A-Z][\w’'-]+)\s+(?:said|says|added|told|asked|wrote)\b"
    r"|(?:said|says|added)\s))"
)
_WORD = re.compile(r"\w[\w’'-]*")

Turn = Literal["open", "close", "either"]


class Mark(NamedTuple):
    """One quotation mark of a paragraph, and which way it turns."""

    start: int
    end: int
    turn: Turn
    certain: bool = True  # False: may as well be the apostrophe of "the dogs' owners"


@dataclass(slots=True)
class _Scan:
    """The quotations of one paragraph: closed spans, and where one is still open at its end."""

    spans: list[tuple[int, int]]
    open_at: int | None = None


def find_quotations(texts: Sequence[str]) -> list[list[Quotation]]:
    """Return the direct quotations of each body paragraph of one article, speakers left open."""
    british = _prefers_single_marks(texts)
    marks = [_single_marks(text) if british else _double_marks(text) for text in texts]
    found: list[list[Quotation]] = []
    run: int | None = None
    runs = 0
    for index, text in enumerate(texts):
        inherited = run
        scan = _pair(text, marks[index], goes_on=inherited is not None)
        if scan.open_at is None:
            run = None
        elif index + 1 < len(texts) and _takes_up(texts[index + 1], marks[index + 1]):
            if inherited is None or scan.spans:  # a closed span before the open one ends the earlier run
                runs += 1
                run = runs
            scan.spans.append((scan.open_at, len(text.rstrip())))
        else:
            scan.spans.append((scan.open_at, _forgotten_end(text, scan.open_at)))
            run = None
        if british:
            scan.spans = _with_doubles_outside(text, scan.spans)
        found.append(_quotations(text, scan.spans, inherited, run))
    return found


def word_count(text: str) -> int:
    """Count the words of a quotation."""
    return sum(1 for _ in _WORD.finditer(text))


def _quotations(text: str, spans: Sequence[tuple[int, int]], inherited: int | None, run: int | None) -> list[Quotation]:
    """Make quotations of spans; the first belongs to the run that came in, the last to the one that goes on."""
    quotations = []
    for place, (start, end) in enumerate(spans):
        if not _WORD.search(text, start, end):
            continue
        belongs = None
        if place == 0 and inherited is not None:
            belongs = inherited
        if place == len(spans) - 1 and run is not None:
            belongs = run
        quotations.append(Quotation(start, end, direct=True, run=belongs))
    return quotations


def _pair(text: str, marks: Sequence[Mark], goes_on: bool) -> _Scan:
    """Pair opening and closing marks; `goes_on` where the paragraph before left its quotation open."""
    scan = _Scan([])
    if goes_on and not (marks and marks[0].turn == "open" and not text[: marks[0].start].strip()):
        scan.open_at = len(text) - len(text.lstrip())
    depth = 0
    for index, mark in enumerate(marks):
        if scan.open_at is None:
            if mark.turn != "close":
                scan.open_at = mark.start
        elif mark.turn == "open":
            if _is_nested(marks, index):
                depth += 1
            else:
                scan.spans.append((scan.open_at, _forgotten_end(text, scan.open_at, mark.start)))
                scan.open_at = mark.start
        elif depth:
            depth -= 1
        elif mark.certain or not _closes_later(marks, index):
            scan.spans.append((scan.open_at, mark.end))
            scan.open_at = None
    return scan


def _is_nested(marks: Sequence[Mark], index: int) -> bool:
    """Tell whether an opening mark inside an open quotation is closed twice, as nested quotations are."""
    following = marks[index + 1 : index + 3]
    return len(following) == 2 and all(mark.turn != "open" for mark in following)


def _closes_later(marks: Sequence[Mark], index: int) -> bool:
    """Tell whether a better closing mark follows before the next quotation opens."""
    following = marks[index + 1] if index + 1 < len(marks) else None
    return following is not None and following.turn == "close"


def _forgotten_end(text: str, start: int, limit: int | None = None) -> int:
    """Return where a quotation ends whose closing mark is missing."""
    limit = len(text) if limit is None else limit
    forgotten = _FORGOTTEN.search(text, start, limit)
    return forgotten.end() if forgotten else start + len(text[start:limit].rstrip())


def _takes_up(text: str, marks: Sequence[Mark]) -> bool:
    """Tell whether a paragraph takes up the open quotation of the one before it."""
    if not marks:
        return False
    opens_it = not text[: marks[0].start].strip() and marks[0].turn != "close"
    return opens_it or marks[0].turn == "close"


# ---------------------------------------------------------------------------------------------- which way a mark turns


def _double_marks(text: str) -> list[Mark]:
    marks: list[Mark] = []
    for match in _DOUBLE.finditer(text):
        if match[0] in '"＂' and _is_inches(text, match.start(), marks):
            continue
        marks.append(Mark(match.start(), match.end(), _turn(text, match.start(), match.end())))
    return marks


def _is_inches(text: str, at: int, marks: Sequence[Mark]) -> bool:
    """Tell whether a straight mark after a digit, with no quotation open, is a measure: 12"."""
    if not at or not text[at - 1].isdigit():
        return False
    return not marks or marks[-1].turn == "close"


def _turn(text: str, start: int, end: int) -> Turn:
    """Judge a mark by what stands around it, and by its shape only where that leaves a doubt."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    shape = text[start:end]
    opens = before in _BEFORE_AN_OPENER and not after.isspace()
    closes = not before.isspace() and not after.isalnum()
    if shape in _OPENING_SHAPES:
        return "close" if closes and not opens else "open"
    if shape in _CLOSING_SHAPES:
        return "open" if opens and not closes and start + 1 < len(text) and after.isalnum() else "close"
    if opens != closes:
        return "open" if opens else "close"
    return "either"


def _single_marks(text: str) -> list[Mark]:
    return list(_iter_single_marks(text))


def _iter_single_marks(text: str) -> Iterator[Mark]:
    for match in _SINGLE.finditer(text):
        at = match.start()
        before = text[at - 1] if at else " "
        after = text[at + 1] if at + 1 < len(text) else " "
        if before.isalnum() and after.isalnum():  # don’t
            continue
        if before in _BEFORE_AN_OPENER or before in '“"':
            if not after.isspace() and not (_ELISION.match(text, at) or before == "n"):
                yield Mark(at, at + 1, "open")
            continue
        if after.isalnum() or _is_rock_n_roll(text, at):
            continue
        yield Mark(at, at + 1, "close", certain=not _may_be_possessive(text, at))


def _is_rock_n_roll(text: str, at: int) -> bool:
    return text[at - 1 : at] in ("n", "N") and text[at - 2 : at - 1] in ("'", "’", "‘")


def _may_be_possessive(text: str, at: int) -> bool:
    """Tell whether a mark may be the apostrophe of "the dogs' owners"."""
    return text[at - 1 : at] in ("s", "x", "z") and text[at + 1 : at + 2].isspace() and at + 2 < len(text)


def _prefers_single_marks(texts: Sequence[str]) -> bool:
    """Tell whether an article quotes in the British way: in most paragraphs a single mark opens first."""
    singles = doubles = 0
    for text in texts:
        single = _first_opener(_single_marks(text), closed=True)
        double = _first_opener(_double_marks(text), closed=False)
        if single is not None or double is not None:
            british = double is None or (single is not None and single < double)
            singles += british
            doubles += not british
    return singles > doubles


def _first_opener(marks: Sequence[Mark], closed: bool) -> int | None:
    """Return where the first quotation opens; `closed`: only one that is closed too, an apostrophe is not."""
    for place, mark in enumerate(marks):
        if mark.turn != "close":
            return mark.start if not closed or marks[place + 1 :] else None
    return None


def _with_doubles_outside(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Add quotations in double marks that stand outside the British single ones."""
    extra = _pair(text, _double_marks(text), goes_on=False).spans
    outside = []
    place = 0
    for start, end in extra:
        while place < len(spans) and spans[place][1] <= start:
            place += 1
        if place == len(spans) or spans[place][0] >= end:
            outside.append((start, end))
    return sorted([*spans, *outside])
