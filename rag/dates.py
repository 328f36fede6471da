"""Dates, weekdays and times as they are written, and which day "on Tuesday" is in an article of a given day."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from fractions import Fraction

from rag.meaning import Grammar, Meaning, Reading, When

_MONTHS = "january february march april may june july august september october november december".split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTH = (
    r"(?P<month>jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?\.?|july?\.?|aug(?:ust|\.)?|"
    r"sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)"
)
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\w%]|[.,:]?\d)"
_YEAR = r"(?P<year>1\d{3}|20\d\d)(?![\w%]|[.,]\d)"
_ISO = re.compile(r"(?<![\w-])(?P<year>\d{4})-(?P<month>0\d|1[0-2])-(?P<day>[0-2]\d|3[01])(?!\d)")
_SLASHED = re.compile(r"(?<![\w/.])(?P<a>\d{1,2})(?P<sign>[/.])(?P<b>\d{1,2})(?P=sign)(?P<year>\d{4}|\d\d)(?![\w/])")
_DAY_MONTH = re.compile(
    rf"(?<![\w.,])(?<![^\W\d_]-){_DAY}(?:\s+day)?(?:\s+of)?\s+{_MONTH}(?!\w)(?:\s*,?\s*{_YEAR})?", re.IGNORECASE
)
_MONTH_DAY = re.compile(rf"(?<!\w){_MONTH}\s+(?:the\s+)?{_DAY}(?:\s*,?\s+{_YEAR})?", re.IGNORECASE)
_MONTH_YEAR = re.compile(rf"(?<!\w){_MONTH},?\s+(?:of\s+)?{_YEAR}", re.IGNORECASE)
_MONTH_ALONE = re.compile(
    r"(?<!\w)(?P<month>January|February|March|April|May|June|July|August|September|October|November|December|Sept)(?!\w)"
)
_ALSO_A_VERB = re.compile(
    r"\b(?:in|since|by|until|till|from|to|of|last|next|this|early|late|mid|before|after|during|between|and|or|through|"
    r"for|every|each|on)[\s-]+$",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(rf"\b(?:(?P<which>last|next)\s+)?(?P<day>{'|'.join(_WEEKDAYS)})s?\b", re.IGNORECASE)


def _date(match: re.Match[str]) -> Meaning | None:
    parts = match.groupdict()
    if parts["month"] in ("may", "march", "mar"):
        return None  # "of 20 may …": the verb
    month = next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(parts["month"].lower().rstrip(".")[:3]))
    year, day = parts.get("year"), parts.get("day")
    return Meaning(When(int(year) if year else None, month, int(day) if day else None), "date")


def _iso(match: re.Match[str]) -> Meaning | None:
    return Meaning(When(int(match["year"]), int(match["month"]), int(match["day"])), "date")


def _slashed(match: re.Match[str]) -> Meaning | None:
    """Read 08/07/2025, which may be in July or in August."""
    year = int(match["year"])
    year += 0 if year > 99 else 2000 if year < 50 else 1900
    a, b = int(match["a"]), int(match["b"])
    whens = [When(year, month, day) for day, month in ((a, b), (b, a)) if 1 <= month <= 12 and 1 <= day <= 31]
    if not whens:
        return None
    return Meaning(whens[0], "date", also=tuple((when, "date") for when in whens[1:]))


def _month(match: re.Match[str]) -> Meaning | None:
    before = match.string[max(0, match.start() - 12) : match.start()]
    if match["month"] in ("May", "March") and not _ALSO_A_VERB.search(before):
        return None
    return _date(match)


def _weekday(match: re.Match[str]) -> Meaning | None:
    return Meaning(Fraction(_WEEKDAYS.index(match["day"].lower())), "weekday")


_DECADE = re.compile(r"(?:(?<![\w.,])(?P<century>1\d|20)|(?<!\w)[’'‘]|(?<![\w.,]))(?P<decade>\d)0[’']?s\b")
_DECADES = "twenties thirties forties fifties sixties seventies eighties nineties".split()
_DECADE_IN_WORDS = re.compile(rf"\b(?P<word>{'|'.join(_DECADES)})\b", re.IGNORECASE)


def _decade(match: re.Match[str]) -> Meaning | None:
    parts = match.groupdict()
    short = _DECADES.index(parts["word"].lower()) * 10 + 20 if parts.get("word") else int(parts["decade"]) * 10
    if parts.get("century"):
        return Meaning(Fraction(int(parts["century"]) * 100 + short), "decade")
    whole = short + (2000 if short < 30 else 1900)
    return Meaning(Fraction(short), "decade", also=((Fraction(whole), "decade"),))


_CLOCK = re.compile(
    r"(?<![\w.:])(?P<hour>[01]?\d|2[0-3])(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>[ap])\.?m\b\.?"
    r"|(?<![\w.:])(?P<hours>[01]?\d|2[0-4]):(?P<minutes>[0-5]\d)(?![\w:])"
    r"|\b(?P<word>noon|midday|midnight)\b",
    re.IGNORECASE,
)


def _clock(match: re.Match[str]) -> Meaning | None:
    """Return minutes since midnight; 3:30 may be in the afternoon."""
    if match["word"]:
        return Meaning(Fraction(0 if match["word"].lower() == "midnight" else 720), "time")
    if match["half"]:
        hour = int(match["hour"]) % 12 + (12 if match["half"].lower() == "p" else 0)
        return Meaning(Fraction(hour * 60 + int(match["minute"] or 0)), "time")
    minutes = int(match["hours"]) % 24 * 60 + int(match["minutes"])
    later = ((Fraction(minutes + 720), "time"),) if 60 <= minutes < 720 and match["hours"][0] != "0" else ()
    return Meaning(Fraction(minutes), "time", also=later)


_COUNTS = {"a": 1, "an": 1, "twenty": 20, "thirty": 30} | {
    word: n for n, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), start=1)
}
_RELATIVE = re.compile(
    r"\b(?:(?P<day>yesterday|tomorrow|today|tonight|last night|this (?:morning|afternoon|evening))"
    r"|(?P<which>last|this|next) (?P<period>week|month|year)(?! of\b)"
    rf"|(?P<ago>\d{{1,3}}|{'|'.join(_COUNTS)}) (?P<unit>day|week|month|year)s? ago)\b",
    re.IGNORECASE,
)
_DAYS = {"yesterday": -1, "last night": -1, "tomorrow": 1}
_WHICH = {"last": -1, "this": 0, "next": 1}


def _relative(match: re.Match[str]) -> Meaning | None:
    if match["day"]:
        return Meaning(Fraction(_DAYS.get(match["day"].lower(), 0)), "relative day")
    if match["which"]:
        return Meaning(Fraction(_WHICH[match["which"].lower()]), f"relative {match['period'].lower()}")
    count = match["ago"].lower()
    number = Fraction(_COUNTS.get(count) or int(count))
    unit = match["unit"].lower()
    return Meaning(-number, f"relative {unit}", also=((number, unit),))


GRAMMAR: Grammar = (  # the first that fits counts
    (_ISO, _iso),
    (_SLASHED, _slashed),
    (_DAY_MONTH, _date),
    (_MONTH_DAY, _date),
    (_MONTH_YEAR, _date),
    (_CLOCK, _clock),
    (_DECADE, _decade),
    (_RELATIVE, _relative),
    (_MONTH_ALONE, _month),
    (_WEEKDAY, _weekday),
    (_DECADE_IN_WORDS, _decade),
)


# -- which day is meant -----------------------------------------------------------------------------------------------


def meant(reading: Reading, text: str, published: date | None) -> Iterator[When]:
    """Yield the dates that a reading of `text` may be, counted from the day of publication where it is told from it."""
    value, unit = reading
    if isinstance(value, When):
        yield value
        if published:
            yield from _years(value, published)
    elif published:
        yield from _counted(value, unit, text.lower(), published)


def implied(when: When) -> Iterator[Reading]:
    """Yield a date and what it implies: 8 July 2025 is in July, in 2025, and a Tuesday."""
    year, month, day = when
    for part in (when, When(year), When(year, month), When(None, month), When(None, month, day)):
        yield part, "date"
    if year and month and day:
        with suppress(ValueError):  # 31 June
            yield Fraction(date(year, month, day).weekday()), "weekday"


def _years(when: When, published: date) -> Iterator[When]:
    """Yield a date without a year as the last one before publication, and as the next where that is nearer.

    "In March" of an article of December may be either: newspapers leave out the year of both.
    """
    if when.year or not when.month:
        return
    month, day = published.month, published.day
    passed = (when.month, when.day or 0) <= (month, day)
    last = published.year if passed else published.year - 1
    yield when._replace(year=last)
    if (when.month - month) % 12 <= 6:
        yield when._replace(year=last + (0 if passed and when.month == month else 1))


def _counted(value: Fraction, unit: str, text: str, published: date) -> Iterator[When]:
    """Yield the dates that "yesterday", "on tuesday" or "last month" are, told on the day of publication."""
    if unit == "weekday":
        back = (published.weekday() - int(value)) % 7
        if not text.startswith("next"):
            yield from _shifted(published, days=-(back or (7 if text.startswith("last") else 0)))
        if not text.startswith("last"):
            yield from _shifted(published, days=7 - back)
    elif unit == "relative day":
        yield from _shifted(published, days=int(value))
    elif unit == "relative week":
        yield from (when._replace(day=None) for when in _shifted(published, days=7 * int(value)))
    elif unit == "relative month":
        months = published.year * 12 + published.month - 1 + int(value)
        yield When(months // 12, months % 12 + 1)
    elif unit == "relative year":
        yield When(published.year + int(value))


def _shifted(day: date, *, days: int) -> Iterator[When]:
    try:
        moved = day + timedelta(days=days)
    except OverflowError:
        return
    yield When(moved.year, moved.month, moved.day)
