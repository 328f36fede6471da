"""Numbers and dates of a text, normalised, and whether a source bears out those of a sentence.

A figure is borne out where the source holds the same value in the same unit, however it is written: "$1.5bn" and
"1.5 billion dollars", "51-year-old" and "aged 51", "8 July 2025" and "on Tuesday" of an article published that week.
The ends of a range and the two numbers of a score must be joined there as well.
A value that would have to be calculated is not: neither a sum nor "three" for three things that are listed.
Digits that belong to a name (A320, G7, Covid-19) are none of ours.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from rag import dates, numbers
from rag.meaning import Hedge, Reading, Value, When
from rag.units import CURRENCIES

# How far a figure may lie from the source's where an approximating word stands before it and it is the rounder of the
# two: "about 1,200" for 1,187 (1.1 %), "almost half" for 48 % (4 %). "More than" also needs the source to be greater,
# "nearly" to be smaller. A newspaper rounds to two digits, which moves a figure by 5 % at most.
ROUNDING = Fraction(5, 100)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number or date: `text[start:end]` normalised.

    `unit` is "" for a count, "%", a currency ("$"), a measure ("kilometre"), or what kind of figure it is: "date",
    "weekday" (Monday is 0), "time" (minutes since midnight), "decade", "ordinal", "relative year" ("last year" is -1).
    `hedge` is how it is told: "about" 1,200, "over", "under" (nearly), "most" (up to), "plural" (hundreds). `also`
    are other readings of the same characters: 08/07/2025.
    """

    value: Value
    unit: str
    hedge: Hedge
    also: tuple[Reading, ...]
    text: str
    start: int
    end: int

    @property
    def readings(self) -> tuple[Reading, ...]:
        """All ways to read it, the likeliest first."""
        return ((self.value, self.unit), *self.also)


def missing_figure(sentence: str, source: str, published: date | None = None) -> str | None:
    """Return the first figure of a sentence, as written, that its source does not bear out.

    `source` is a paragraph with its metadata, `published` the day of its article: dates that are told from that day
    on ("yesterday", "last month", "in March") count as the dates they are, and so does the day itself.
    """
    said = _said(source, published)
    found = figures(sentence)
    missing = next((figure.text for figure in found if not _is_borne_out(figure, said, published)), None)
    return missing or next(
        (sentence[span] for ends, span in _pairs(found, sentence, _DASH) if ends not in said.pairs), None
    )


@lru_cache(maxsize=2048)
def figures(text: str) -> tuple[Figure, ...]:
    """Return the numbers and dates of a text in order."""
    found: list[Figure] = []
    taken = bytearray(len(text))
    for pattern, read in dates.GRAMMAR + numbers.GRAMMAR:
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(taken[start:end]) and (meaning := read(match)):
                found.append(Figure(*meaning, match[0].strip(), start, end))
                taken[start:end] = b"\1" * (end - start)
    return _linked(sorted(found, key=lambda figure: figure.start), text)


# -- the ends of a range ----------------------------------------------------------------------------------------------

_RANGE = re.compile(r"\s*(?:[-–—/]|to|and|or|until|through)\s*")
_DASH = re.compile(r"\s?[-–—]\s?")
_KINDS = frozenset("date weekday time decade ordinal age times /".split())


def _linked(found: Sequence[Figure], text: str) -> tuple[Figure, ...]:
    """Let the two ends of a range share what only one of them tells: "10-15%", "$2-3bn", "3 to 8 July", "2024-25"."""
    linked = list(found)
    for i in range(len(linked) - 2, -1, -1):
        left, right = linked[i], linked[i + 1]
        if right.start - left.end <= 9 and _RANGE.fullmatch(text, left.end, right.start):
            right = _right_end(left, right, joined=text[left.end : right.start].strip() in "-–—/")
            linked[i], linked[i + 1] = _left_end(left, right), right
    return tuple(linked)


def _left_end(left: Figure, right: Figure) -> Figure:
    if isinstance(right.value, When):
        if isinstance(left.value, When):
            return replace(left, value=left.value._replace(year=left.value.year or right.value.year))
        if right.value.day and left.unit in ("", "ordinal") and 0 < left.value < 32:
            return replace(left, value=right.value._replace(day=int(left.value)), unit="date", also=())
        return left
    if isinstance(left.value, When) or right.unit in _KINDS or left.unit not in ("", right.unit):
        return left
    worth = numbers.scale(right.text) if numbers.scale(left.text) == 1 else 1
    if left.value * worth < right.value and worth > 1:
        return replace(left, value=left.value * worth, unit=right.unit, also=((left.value, right.unit),))
    return replace(left, unit=left.unit or right.unit)


def _right_end(left: Figure, right: Figure, *, joined: bool) -> Figure:
    if isinstance(left.value, When):
        if not isinstance(right.value, Fraction) or right.unit or not joined or right.value.denominator > 1:
            return right
        return _end_of_dates(left.value, right)
    if right.unit == "" and left.unit in CURRENCIES and not isinstance(right.value, When):
        return replace(right, unit=left.unit)
    return right


def _end_of_dates(left: When, right: Figure) -> Figure:
    """Read the 8 of "3-8 July" or "July 3-8" and the 25 of "2024-25"."""
    end = int(right.value) if isinstance(right.value, Fraction) else 0
    if left.day and 0 < end < 32:
        return replace(right, value=left._replace(day=end), unit="date", also=())
    if left.year and not left.month and len(right.text) == 2 and end > left.year % 100:
        return replace(right, value=When(left.year - left.year % 100 + end), unit="date", also=())
    return right


# -- what the source says ---------------------------------------------------------------------------------------------

_Pair = frozenset[Reading]


@dataclass(frozen=True, slots=True)
class _Said:
    """What a source says: every reading of its figures with how each is hedged, and its numbers."""

    hedges: dict[Reading, set[Hedge]]
    numbers: tuple[tuple[Fraction, str], ...]
    pairs: frozenset[_Pair]


@lru_cache(maxsize=256)
def _said(source: str, published: date | None) -> _Said:
    found = figures(source)
    hedges: dict[Reading, set[Hedge]] = {}
    for figure in found:
        for reading in figure.readings:
            hedges.setdefault(reading, set()).add(figure.hedge)
    for when in _dates(found, published):
        for reading in dates.implied(when):
            hedges.setdefault(reading, set()).add("")
    counted = tuple(
        (figure.value, figure.unit)
        for figure in found
        if isinstance(figure.value, Fraction)
        and figure.unit not in ("ordinal", "weekday", "decade", "/")
        and figure.hedge not in ("most", "plural")
        and not any(unit == "date" for _, unit in figure.also)
    )
    return _Said(hedges, counted, frozenset(ends for ends, _ in _pairs(found, source, _RANGE)))


def _pairs(found: Sequence[Figure], text: str, joint: re.Pattern[str]) -> Iterator[tuple[_Pair, slice]]:
    """Yield numbers that are joined in a text, in either order: the score 2-1, a range of 10 to 15%."""
    for left, right in pairwise(found):
        numbers = isinstance(left.value, Fraction) and isinstance(right.value, Fraction)
        if numbers and right.start - left.end <= 9 and joint.fullmatch(text, left.end, right.start):
            yield frozenset(((left.value, left.unit), (right.value, right.unit))), slice(left.start, right.end)


def _dates(found: Sequence[Figure], published: date | None) -> Iterator[When]:
    """Yield the dates that figures tell, and the day of publication."""
    for figure in found:
        for reading in figure.readings:
            yield from dates.meant(reading, figure.text, published)
    if published:
        yield When(published.year, published.month, published.day)


# -- comparing --------------------------------------------------------------------------------------------------------


def _is_borne_out(figure: Figure, said: _Said, published: date | None) -> bool:
    if figure.unit.startswith("relative"):
        return _is_relative_borne_out(figure, said, published)
    for reading in figure.readings:
        hedges = said.hedges.get(reading)
        if hedges and any(_agree(figure.hedge, hedge) for hedge in hedges):
            return True
    value, unit = figure.value, figure.unit
    if figure.hedge in ("", "most") or not isinstance(value, Fraction):
        return False
    return any(unit == other and _rounds(value, figure.hedge, number) for number, other in said.numbers)


def _is_relative_borne_out(figure: Figure, said: _Said, published: date | None) -> bool:
    """Tell whether "last year" stands in the source, or means a date that stands there."""
    value = figure.value
    if isinstance(value, When) or (figure.unit == "relative day" and value == 0):  # "today" often means nowadays
        return True
    told = (value, figure.unit)
    meant = dates.meant(told, figure.text, published)
    return told in said.hedges or any((when, "date") in said.hedges for when in meant)


# How the sentence may tell a figure that the source tells so; dropping "about" is a matter of style, adding or
# dropping "up to" is not.
_AGREEING: dict[Hedge, frozenset[Hedge]] = {
    "": frozenset({"", "about", "over", "under"}),
    "about": frozenset({"", "about", "over", "under"}),
    "over": frozenset({"over"}),
    "under": frozenset({"under", "about"}),
    "most": frozenset({"most", "under"}),
    "plural": frozenset({"plural"}),
}


def _agree(hedge: Hedge, said: Hedge) -> bool:
    return said in _AGREEING[hedge]


def _rounds(value: Fraction, hedge: Hedge, said: Fraction) -> bool:
    """Tell whether a hedged value is a rounding of what was said: near it, rounder, and on the right side of it."""
    if hedge == "plural":
        return 2 * value <= said < 10 * value
    if abs(value - said) > ROUNDING * abs(said) or _digits_that_count(value) >= _digits_that_count(said):
        return False
    return {"over": said > value, "under": said < value}.get(hedge, True)


def _digits_that_count(value: Fraction) -> int:
    """Return how many significant digits a value has; a third has none that end, and is rounder than any."""
    if value.denominator not in (1, 2, 4, 5, 10, 20, 25, 50, 100, 1000):
        return 0
    return len(str(abs(int(value * 1000))).strip("0"))
