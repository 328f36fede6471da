"""Numbers and dates of a text, normalised, and whether a source bears out those of a sentence.

A figure is borne out where the source holds the same value in the same unit, however it is written: "$1.5bn" and
"1.5 billion dollars", "51-year-old" and "aged 51", "8 July 2025" and "on Tuesday" of an article published that week.
The ends of a range and the two numbers of a score must be joined there as well.
A value that would have to be calculated is not: neither a sum nor "three" for three things that are listed.
Digits that belong to a name (A320, G7, Covid-19) are none of ours.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

# How far a figure may lie from the source's where an approximating word stands before it and it is the rounder of the
# two: "about 1,200" for 1,187 (1.1 %), "almost half" for 48 % (4 %). "More than" also needs the source to be greater,
# "nearly" to be smaller. A newspaper rounds to two digits, which moves a figure by 5 % at most.
ROUNDING = Fraction(5, 100)

Hedge = Literal["", "about", "over", "under", "most", "plural"]


class When(NamedTuple):
    """A date as far as it is told: "July 2025" has no day, "8 July" no year."""

    year: int | None = None
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number or date: `text[start:end]` normalised.

    `unit` is "" for a count, "%", a currency ("$"), a measure ("kilometre"), or what kind of figure it is: "date",
    "weekday" (Monday is 0), "time" (minutes since midnight), "decade", "ordinal", "relative year" ("last year" is -1).
    `hedge` is how it is told: "about" 1,200, "over", "under" (nearly), "most" (up to), "plural" (hundreds). `also`
    are other readings of the same characters: 08/07/2025.
    """

    value: Fraction | When
    unit: str
    text: str
    start: int
    end: int
    hedge: Hedge = ""
    also: tuple[tuple[Fraction | When, str], ...] = ()

    @property
    def readings(self) -> tuple[tuple[Fraction | When, str], ...]:
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
    for pattern, read in _GRAMMAR:
        for match in pattern.finditer(text):
            if not any(taken[match.start() : match.end()]):
                figure = read(match)
                if figure is not None:
                    found.append(figure)
                    taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    return _linked(sorted(found, key=lambda figure: figure.start), text)


# -- dates ------------------------------------------------------------------------------------------------------------

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


def _date(match: re.Match[str]) -> Figure | None:
    parts = match.groupdict()
    if parts["month"] in ("may", "march", "mar"):
        return None  # "of 20 may …": the verb
    month = next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(parts["month"].lower().rstrip(".")[:3]))
    year, day = parts.get("year"), parts.get("day")
    return _figure(match, When(int(year) if year else None, month, int(day) if day else None), "date")


def _iso(match: re.Match[str]) -> Figure | None:
    return _figure(match, When(int(match["year"]), int(match["month"]), int(match["day"])), "date")


def _slashed(match: re.Match[str]) -> Figure | None:
    """Read 08/07/2025, which may be in July or in August."""
    year = int(match["year"])
    year += 0 if year > 99 else 2000 if year < 50 else 1900
    a, b = int(match["a"]), int(match["b"])
    whens = [When(year, month, day) for day, month in ((a, b), (b, a)) if 1 <= month <= 12 and 1 <= day <= 31]
    if not whens:
        return None
    return _figure(match, whens[0], "date", also=tuple((when, "date") for when in whens[1:]))


def _month(match: re.Match[str]) -> Figure | None:
    before = match.string[max(0, match.start() - 12) : match.start()]
    if match["month"] in ("May", "March") and not _ALSO_A_VERB.search(before):
        return None
    return _date(match)


def _weekday(match: re.Match[str]) -> Figure | None:
    return _figure(match, Fraction(_WEEKDAYS.index(match["day"].lower())), "weekday")


_DECADE = re.compile(r"(?:(?<![\w.,])(?P<century>1\d|20)|(?<!\w)[’'‘]|(?<![\w.,]))(?P<decade>\d)0[’']?s\b")
_DECADES = "twenties thirties forties fifties sixties seventies eighties nineties".split()
_DECADE_IN_WORDS = re.compile(rf"\b(?P<word>{'|'.join(_DECADES)})\b", re.IGNORECASE)


def _decade(match: re.Match[str]) -> Figure | None:
    parts = match.groupdict()
    short = _DECADES.index(parts["word"].lower()) * 10 + 20 if parts.get("word") else int(parts["decade"]) * 10
    if parts.get("century"):
        return _figure(match, Fraction(int(parts["century"]) * 100 + short), "decade")
    whole = short + (2000 if short < 30 else 1900)
    return _figure(match, Fraction(short), "decade", also=((Fraction(whole), "decade"),))


_CLOCK = re.compile(
    r"(?<![\w.:])(?P<hour>[01]?\d|2[0-3])(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>[ap])\.?m\b\.?"
    r"|(?<![\w.:])(?P<hours>[01]?\d|2[0-4]):(?P<minutes>[0-5]\d)(?![\w:])"
    r"|\b(?P<word>noon|midday|midnight)\b",
    re.IGNORECASE,
)


def _clock(match: re.Match[str]) -> Figure | None:
    """Return minutes since midnight; 3:30 may be in the afternoon."""
    if match["word"]:
        return _figure(match, Fraction(0 if match["word"].lower() == "midnight" else 720), "time")
    if match["half"]:
        hour = int(match["hour"]) % 12 + (12 if match["half"].lower() == "p" else 0)
        return _figure(match, Fraction(hour * 60 + int(match["minute"] or 0)), "time")
    minutes = int(match["hours"]) % 24 * 60 + int(match["minutes"])
    later = ((Fraction(minutes + 720), "time"),) if 60 <= minutes < 720 and match["hours"][0] != "0" else ()
    return _figure(match, Fraction(minutes), "time", also=later)


_AGO = r"(?:a|an|one|\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty)"
_RELATIVE = re.compile(
    r"\b(?:(?P<day>yesterday|tomorrow|today|tonight|last night|this (?:morning|afternoon|evening))"
    r"|(?P<which>last|this|next) (?P<period>week|month|year)(?! of\b)"
    rf"|(?P<ago>{_AGO}) (?P<unit>day|week|month|year)s? ago)\b",
    re.IGNORECASE,
)
_DAYS = {"yesterday": -1, "last night": -1, "tomorrow": 1}
_WHICH = {"last": -1, "this": 0, "next": 1}


def _relative(match: re.Match[str]) -> Figure | None:
    if match["day"]:
        return _figure(match, Fraction(_DAYS.get(match["day"].lower(), 0)), "relative day")
    if match["which"]:
        return _figure(match, Fraction(_WHICH[match["which"].lower()]), f"relative {match['period'].lower()}")
    count = match["ago"].lower()
    number = Fraction(int(count)) if count.isdecimal() else _in_words("one" if count in ("a", "an") else count)
    unit = match["unit"].lower()
    return _figure(match, -number, f"relative {unit}", also=((number, unit),))


# -- numbers ----------------------------------------------------------------------------------------------------------

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORTH = {word: n for n, word in enumerate(_SMALL)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_MAGNITUDES = {
    "hundred": 10**2, "thousand": 10**3, "k": 10**3, "million": 10**6, "mln": 10**6, "mn": 10**6, "m": 10**6,
    "billion": 10**9, "bn": 10**9, "b": 10**9, "trillion": 10**12, "tn": 10**12, "dozen": 12,
}  # fmt: skip
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_PARTS = {"half": 2, "halve": 2, "third": 3, "quarter": 4} | {word: n for n, word in enumerate(_ORDINALS, 1) if n > 3}
_UNITS = {
    "%": "% percent pct per[\\s-]cent",
    "percentage point": "percentage[\\s-]points? pp",
    "basis point": "basis[\\s-]points? bps",
    "$": "(?:us[\\s-]|american\\s)?dollars? usd bucks?",
    "A$": "australian\\sdollars? aud",
    "C$": "canadian\\sdollars? cad",
    "HK$": "hong\\skong\\sdollars?",
    "NZ$": "new\\szealand\\sdollars?",
    "cent": "cents?",
    "£": "(?:british\\s)?pounds?(?:\\ssterling)? gbp",
    "penny": "p pence penny pennies",
    "€": "euros? eur",
    "yuan": "yuan rmb renminbi cny",
    "yen": "yen jpy",
    "rouble": "(?:russian\\s)?rou?bles? rub",
    "rupee": "(?:indian\\s)?rupees? inr",
    "franc": "(?:swiss\\s)?francs? chf",
    "krona": "kron(?:a|or|er|e) sek nok dkk",
    "won": "won krw",
    "millimetre": "millimet(?:re|er)s? mm",
    "centimetre": "centimet(?:re|er)s? cm",
    "metre": "met(?:re|er)s?",
    "kilometre": "kilomet(?:re|er)s? kms?",
    "mile": "miles?",
    "foot": "feet foot ft",
    "inch": "inch(?:es)?",
    "yard": "yards?",
    "square kilometre": "(?:square|sq\\.?)[\\s-](?:kilomet(?:re|er)s?|kms?) km2 km²",
    "square mile": "(?:square|sq\\.?)[\\s-]miles?",
    "square metre": "(?:square|sq\\.?)[\\s-](?:met(?:re|er)s?|m) m2 m²",
    "square foot": "(?:square|sq\\.?)[\\s-](?:feet|foot|ft)",
    "hectare": "hectares? ha",
    "acre": "acres?",
    "gram": "grams? g",
    "lb": "lbs?",
    "kilogram": "kilograms? kilos? kgs?",
    "ton": "tons?",
    "tonne": "tonnes? metric\\stons?",
    "litre": "lit(?:re|er)s?",
    "gallon": "gallons?",
    "barrel": "barrels?",
    "mph": "mph miles\\s(?:per|an)\\shour",
    "km/h": "km/h kmh kph kilomet(?:re|er)s\\s(?:per|an)\\shour",
    "kilowatt": "kilowatts? kw",
    "megawatt": "megawatts? mw",
    "gigawatt": "gigawatts? gw",
    "degree": "degrees?",
    "°C": "°\\s?c c degrees?\\s(?:celsius|centigrade) celsius",
    "°F": "°\\s?f degrees?\\sfahrenheit fahrenheit",
    "second": "seconds? secs?",
    "minute": "minutes? mins?",
    "hour": "hours? hrs?",
    "day": "days?",
    "night": "nights?",
    "week": "weeks?",
    "month": "months?",
    "year": "years? yrs?",
    "decade": "decades?",
    "century": "centur(?:y|ies)",
    "times": "times fold",
    "age": "years?[\\s-]olds? years?\\sof\\sage",
}
_SIGNS = {
    "$": "$", "us$": "$", "a$": "A$", "au$": "A$", "c$": "C$", "ca$": "C$", "hk$": "HK$", "nz$": "NZ$", "r$": "R$",
    "s$": "S$", "£": "£", "€": "€", "¥": "yen", "₹": "rupee", "₽": "rouble", "₩": "won", "usd": "$", "gbp": "£",
    "eur": "€", "jpy": "yen", "cny": "yuan", "rmb": "yuan", "inr": "rupee", "rub": "rouble", "chf": "franc",
    "aud": "A$", "cad": "C$",
}  # fmt: skip
_FORMS = sorted(((form, unit) for unit, forms in _UNITS.items() for form in forms.split(" ")), key=lambda f: -len(f[0]))
_UNIT = "|".join(form if form == "%" else rf"{form}(?!\w)" for form, _ in _FORMS)
_UNIT_FORMS = [(re.compile(form, re.IGNORECASE), unit) for form, unit in _FORMS]
_BETWEEN = (
    r"(?:more|further|long|consecutive|straight|successive|full|whole|additional|extra|other|calendar|working|short|"
    r"nautical|metric|different|solid|new|entire)"
)
_TIME_UNITS = frozenset("second minute hour day night week month year decade century".split())

_ONES = "|".join(_SMALL[:10])
_UP_TO_99 = rf"(?:(?:{'|'.join(_TENS)})(?:[-\s](?:{'|'.join(_SMALL[1:10])}))?|{'|'.join(_SMALL[10:])}|{_ONES})\b"
_UP_TO_999 = rf"(?:(?:(?:an?|{_UP_TO_99})[-\s])?hundred\b(?:[-\s](?:and[-\s])?{_UP_TO_99})?|{_UP_TO_99})"
_BIG = r"(?:thousand|million|billion|trillion)\b"
_WORDS = (
    rf"(?:\ba\s(?:thousand|million|billion|trillion|dozen)\b|\b{_UP_TO_999}"
    rf"(?:[-\s]{_BIG}(?:,?[-\s](?:and[-\s])?{_UP_TO_999})?)*(?:[-\s]dozen\b)?)"
)
_DIGITS = (
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}(?!\d)|\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+(?!\d)|"
    r"\d+(?:\.\d+)?)(?:\s?[½⅓⅔¼¾⅛⅜⅝⅞])?|[½⅓⅔¼¾⅛⅜⅝⅞]"
)
_NUMBER = re.compile(
    rf"(?P<currency>(?<![^\W\d_])(?:(?:us|au?|ca?|hk|nz|r|s)?\$|[£€¥₹₽₩]|(?:usd|gbp|eur|jpy|cny|rmb|inr|rub|chf|aud|"
    rf"cad)(?=\s?\d))\s?|(?<!\w)(?-i:[A-Z]{{1,3}}|Rs)\.?\s?(?=\d[\d.,]*\s?(?:million|billion|trillion|[mbt]n)\b))?(?P<sign>(?<![\w)%])[-−–](?=\d)|\bminus\s)?"
    rf"(?:(?<!\w)(?<!\d[.,:])(?P<digits>{_DIGITS})|(?P<words>{_WORDS}))"
    r"(?P<half>[-\s]and[-\s]a[-\s](?:half|quarter)\b)?"
    r"(?P<magnitude>[-\s]?(?:hundred|thousand|million|billion|trillion|dozen|mln|mn|bn|tn)\b|(?<=\d)[kmb]\b)?"
    rf"(?P<unit>(?:[-\s]{_BETWEEN})?[-\s]?(?:{_UNIT}))?(?!\w|[.,]\d)",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(r"(?<![\w.,])(?<![^\W\d_][-‑])\d(?:[\w.,]*\w)?")
_CODE = re.compile(r"(?<![\w.])\d+(?:[.:]\d+){2,}(?!\w)|\b(?:24/7|9/11|7/7)\b")
_FRACTION_IN_DIGITS = re.compile(r"(?<![\w/.,])(?P<n>\d{1,3})[/⁄](?P<m>\d{1,4})(?![\w/])")
_ONE_IN = re.compile(
    rf"(?<![\w.,-])(?P<n>\d{{1,3}}|{_ONES})[-\s](?:in|out\sof)[-\s](?:every\s)?(?P<m>\d{{1,3}}(?:,000)*|{_UP_TO_999})"
    r"(?![\w%]|[.,]\d|[\s-](?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|per)\b)",
    re.IGNORECASE,
)
_FRACTION = re.compile(
    rf"\b(?:(?P<n>an?|{_ONES})[-\s](?P<part>half|third|quarter|{'|'.join(_ORDINALS[3:10])})"
    rf"|(?P<many>{_ONES})[-\s](?P<parts>halves|thirds|quarters|{'|'.join(word + 's' for word in _ORDINALS[3:10])})"
    r"|(?P<alone>half))\b(?P<of>[-\s](?:of\s)?an?\s(?:million|billion|trillion|dozen|hundred|thousand)\b)?"
    rf"(?P<unit>(?:[-\s](?:of\s)?an?)?[-\s](?:{_UNIT}))?",
    re.IGNORECASE,
)
_OF_SOMETHING = re.compile(
    r"\s*(?:$|[.,;:)]|(?:of|less|fewer|higher|lower|smaller|larger|bigger|as|to|and|since|in)\b)"
)
_ORDINAL = re.compile(
    rf"(?<![\w.,])(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d{{1,6}})(?:st|nd|rd|th)\b|\b(?P<word>{'|'.join(_ORDINALS)})\b",
    re.IGNORECASE,
)
_LATE_ORDINAL = re.compile(rf"\b(?P<tens>{'|'.join(_TENS)})[-\s](?P<word>{'|'.join(_ORDINALS[:9])})\b", re.IGNORECASE)
_PLURAL = re.compile(
    r"(?P<currency>[$£€])?\b(?P<many>(?:tens|dozens|scores|hundreds|thousands)(?: of)? )?"
    r"(?P<one>dozens|scores|hundreds|thousands|millions|billions|trillions)\b(?: of (?P<unit>"
    rf"{_UNIT}))?",
    re.IGNORECASE,
)
_PLURALS = {"tens": 10, "dozens": 12, "scores": 20} | {word + "s": _MAGNITUDES[word] for word in _MAGNITUDES}
_SOME = re.compile(r"\b(?:(?:a )?few|several|many) (?P<one>dozen|hundred|thousand|million|billion)\b", re.IGNORECASE)
_TIMES = {"twice": 2, "thrice": 3, "doubl": 2, "tripl": 3, "trebl": 3, "quadrupl": 4}
_TIMES_OVER = re.compile(
    r"\b(?:(?P<word>twice|thrice)|(?P<verb>doubl|tripl|trebl|quadrupl)(?:ed|ing|e(?=\s(?:the|that|its|their|what)\b))"
    rf"|(?P<fold>{_ONES}|ten)fold)\b",
    re.IGNORECASE,
)


def _in_words(words: str) -> Fraction:
    """Return what number words are worth: "two hundred and fifty thousand"."""
    total = current = 0
    for word in re.findall(r"[a-z]+", words.lower()):
        if word in ("a", "an"):
            current = 1
        elif word in _WORTH:
            current += _WORTH[word]
        elif word in ("hundred", "dozen"):
            current = max(1, current) * _MAGNITUDES[word]
        elif word in _MAGNITUDES:
            total, current = total + max(1, current) * _MAGNITUDES[word], 0
    return Fraction(total + current)


_LONGEST = 30  # digits; a longer row of them counts nothing


def _in_digits(digits: str) -> Fraction:
    whole = digits.rstrip("½⅓⅔¼¾⅛⅜⅝⅞")
    part = Fraction(unicodedata.numeric(digits[len(whole) :])).limit_denominator(8) if whole != digits else Fraction(0)
    plain = re.sub(r"[,\s]", "", whole)
    if plain.count(".") > 1:
        plain = plain.replace(".", "")
    return (Fraction(plain) if plain else Fraction(0)) + part


def _unit(form: str | None) -> str:
    """Return the one name of a unit: "per cent" → "%"."""
    bare = re.sub(rf"^[-\s]*(?:of\s+)?(?:an?[-\s]+)?(?:{_BETWEEN}[-\s]+)?", "", form or "", flags=re.IGNORECASE)
    return next((unit for pattern, unit in _UNIT_FORMS if bare and pattern.fullmatch(bare)), "")


def _currency(sign: str) -> str:
    """Return the one name of a currency; one that nobody listed is its own: P1.2 trillion."""
    bare = sign.strip(" .\t\n\u00a0").lower()
    return _SIGNS.get(bare, bare.upper())


def _number(match: re.Match[str]) -> Figure | None:
    digits, words = match["digits"], match["words"]
    if digits and (len(digits) > _LONGEST or (not match["currency"] and _belongs_to_a_name(match))):
        return None
    if match["unit"] == "G" or _numbers_an_item(match):
        return None  # 5G
    value = _in_digits(digits) if digits else _in_words(words)
    if match["half"]:
        value += Fraction(1, 2) if match["half"].lower().endswith("half") else Fraction(1, 4)
    magnitude = (match["magnitude"] or "").strip(" -\t\n\u00a0").lower()
    value *= _MAGNITUDES.get(magnitude, 1)
    value *= -1 if match["sign"] else 1
    unit = _currency(match["currency"]) if match["currency"] else _unit(match["unit"])
    if words and words.lower() in ("one", "zero") and not (match["half"] or magnitude or unit in ("%", "$", "£", "€")):
        return None
    if re.fullmatch(r"1\d{3}|20\d\d", match[0]):
        return _year(match, value)
    return _figure(match, value, unit, hedge=_hedge(match, unit), also=_readings(match, value, unit, magnitude))


_YEAR_FOLLOWS = re.compile(r"\b(?:in|since|by|until|from|before|after|during|mid|early|late)[\s-]+$", re.IGNORECASE)


def _year(match: re.Match[str], value: Fraction) -> Figure:
    """Read four digits without a separator: a year, unless "about" stands before them, and perhaps a count."""
    hedge = _hedge(match, "")
    year = When(int(value))
    if hedge:
        return _figure(match, value, "", hedge=hedge, also=((year, "date"),))
    surely = _YEAR_FOLLOWS.search(match.string[max(0, match.start() - 12) : match.start()])
    return _figure(match, year, "date", also=() if surely else ((value, ""),))


def _readings(
    match: re.Match[str], value: Fraction, unit: str, magnitude: str
) -> tuple[tuple[Fraction | When, str], ...]:
    """Return what else a number may be: 5m is five metres, 2025 a year, "51" of ", 51," an age."""
    behind = match.string[match.end() : match.end() + 12]
    if magnitude == "m" and not unit:
        return ((value / 10**6, "metre"),)
    if unit == "£" and not match["currency"]:
        return ((value, "lb"),)
    if unit == "age":
        return ((value, "year"),)
    if unit == "degree":
        return ((value, "°C"), (value, "°F"))
    if unit or magnitude or not match["digits"]:
        return ((value, "age"),) if not unit and 0 < value < 120 and _AGE.match(behind) else ()
    return ((value, "age"),) if 0 < value < 120 and _AGE.match(behind) else ()


_AGE = re.compile(r"\s*(?:$|[,.;)]|(?:and|when|but|who|or|at)\b)")
_ITEM_BEFORE = re.compile(r"(?:^|\n|\s{2})\s*\(?$")


def _numbers_an_item(match: re.Match[str]) -> bool:
    """Tell whether a number only counts the items of a list: "1. First, …"."""
    before, behind = match.string[max(0, match.start() - 4) : match.start()], match.string[match.end() :][:2]
    return bool(
        _ITEM_BEFORE.search(before) and re.fullmatch(r"\d{1,2}", match[0]) and re.match(r"[.)](?:\s|$)", behind)
    )


_NAME_BEFORE = re.compile(r"[A-Z][\w’']*[-‑]$")
_NO_NAME_BEFORE = re.compile(r"\b(?:Mid|Pre|Post|Sub|Top|Under|Over|Early|Late|Non)[-‑]$")


def _belongs_to_a_name(match: re.Match[str]) -> bool:
    """Tell whether digits belong to the name before them: Covid-19, F-16."""
    before = match.string[max(0, match.start() - 24) : match.start("digits")]
    return bool(_NAME_BEFORE.search(before)) and not _NO_NAME_BEFORE.search(before)


_HEDGES: tuple[tuple[Hedge, str], ...] = (
    ("most", r"up to|at most|no more than|not more than|fewer than|less than|under|below|a maximum of"),
    ("over", r"(?<!no )(?<!not )more than|over|above|exceed(?:s|ed|ing)|upwards of|north of|at least|no fewer than|"
             r"no less than|a minimum of|just over|well over"),
    ("under", r"nearly|almost|just under|not quite|approaching|close to|just short of"),
    ("about", r"about|around|roughly|approximately|some|circa|c\.|~|an estimated|estimated|or so"),
)  # fmt: skip
_HEDGE = re.compile(
    "(?:" + "|".join(rf"(?P<{name}>(?<!\w)(?:{words}))" for name, words in _HEDGES) + r")\s*(?:an?\s|the\s)?$",
    re.IGNORECASE,
)


def _hedge(match: re.Match[str], unit: str) -> Hedge:
    """Return how a figure is told: "over" is no hedge before a time ("over two days"), where it means during."""
    before = _HEDGE.search(match.string[max(0, match.start() - 24) : match.start()])
    name = next((name for name, _ in _HEDGES if before and before[name]), "")
    if before and unit in _TIME_UNITS and before[0].strip().lower() == "over":
        return ""
    return name  # type: ignore[return-value]


def _fraction(match: re.Match[str]) -> Figure | None:
    """Read "two-thirds" as a percentage, "half a million" and "half an hour" as what they are."""
    count = match["n"] or match["many"]
    part = (match["part"] or match["parts"] or "half").lower().removesuffix("s").replace("halve", "half")
    if not (match["parts"] or match["alone"]) and not _is_a_part(match, part):
        return None
    top = Fraction(1) if not count or count.lower() in ("a", "an") else _in_words(count)
    value = top / _PARTS[part]
    unit = _unit(match["unit"])
    if match["of"]:
        return _figure(match, value * _MAGNITUDES[match["of"].split()[-1].lower()], unit, hedge=_hedge(match, unit))
    if unit and unit != "%":
        return _figure(match, value, unit, hedge=_hedge(match, unit))
    return _figure(match, value if unit else value * 100, "%", hedge=_hedge(match, "%"))  # "half a per cent"


_PART_OF_A_NUMBER = re.compile(rf"(?:\d|\b(?:{_ONES}|ten|twenty))[-\s]and[-\s]$", re.IGNORECASE)


def _is_a_part(match: re.Match[str], part: str) -> bool:
    """Tell whether "a third" is a fraction: neither "a third bridge" nor the end of "two and a half"."""
    if match["n"].lower() not in ("a", "an", "one"):
        return False  # "two third-party bids"
    if _PART_OF_A_NUMBER.search(match.string[max(0, match.start() - 12) : match.start()]):
        return False
    behind = match.string[match.end() : match.end() + 10]
    return part in ("half", "quarter") or bool(match["of"] or _OF_SOMETHING.match(behind))


def _one_in(match: re.Match[str]) -> Figure | None:
    n, m = (
        Fraction(int(part.replace(",", ""))) if part[0].isdecimal() else _in_words(part)
        for part in (match["n"], match["m"])
    )
    return _figure(match, n / m * 100, "%", hedge=_hedge(match, "%")) if 0 < n < m else None


def _fraction_in_digits(match: re.Match[str]) -> Figure | None:
    n, m = int(match["n"]), int(match["m"])
    return _figure(match, Fraction(n, m) * 100, "%") if 0 < n < m <= 10 else _figure(match, Fraction(n, m or 1), "/")


def _ordinal(match: re.Match[str]) -> Figure | None:
    parts = match.groupdict()
    if parts.get("digits"):
        return _figure(match, _in_digits(parts["digits"]), "ordinal")
    place = _ORDINALS.index(parts["word"].lower()) + 1
    before, behind = match.string[max(0, match.start() - 3) : match.start()], match.string[match.end() :][:8]
    if place == 1 and not parts.get("tens") and (before.lower() == "at " or re.match(r",| of all\b", behind)):
        return None  # "First, …", "at first"
    tens = _WORTH[parts["tens"].lower()] if parts.get("tens") else 0
    return _figure(match, Fraction(tens + place), "ordinal")


def _plural(match: re.Match[str]) -> Figure | None:
    value = _PLURALS[match["one"].lower()]
    if match["many"]:
        value *= _PLURALS[match["many"].split()[0].lower()]
    return _figure(match, Fraction(value), match["currency"] or _unit(match["unit"]), hedge="plural")


def _some(match: re.Match[str]) -> Figure | None:
    return _figure(match, Fraction(_MAGNITUDES[match["one"].lower()]), "", hedge="plural")


def _times_over(match: re.Match[str]) -> Figure | None:
    word = (match["word"] or match["verb"] or "").lower()
    return _figure(match, Fraction(_TIMES[word]) if word else _in_words(match["fold"]), "times")


def _code(match: re.Match[str]) -> Figure | None:
    return _figure(match, Fraction(0), match[0])


def _unknown(match: re.Match[str]) -> Figure | None:
    """Keep what is no number that we know (1,5, 6d, 1,200GWh) as it is written; 5G is a name."""
    digits = sum(map(str.isdigit, match[0]))
    if digits == len(match[0]) <= _LONGEST or (digits < 3 and any(map(str.isupper, match[0]))):
        return None
    return _figure(match, Fraction(0), match[0].lower())


def _figure(
    match: re.Match[str],
    value: Fraction | When,
    unit: str,
    *,
    hedge: Hedge = "",
    also: tuple[tuple[Fraction | When, str], ...] = (),
) -> Figure:
    return Figure(value, unit, match[0].strip(), *match.span(), hedge, also)


_GRAMMAR: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Figure | None]], ...] = (
    (_ISO, _iso),
    (_SLASHED, _slashed),
    (_DAY_MONTH, _date),
    (_MONTH_DAY, _date),
    (_MONTH_YEAR, _date),
    (_CLOCK, _clock),
    (_DECADE, _decade),
    (_CODE, _code),
    (_RELATIVE, _relative),
    (_ONE_IN, _one_in),
    (_FRACTION_IN_DIGITS, _fraction_in_digits),
    (_SOME, _some),
    (_FRACTION, _fraction),
    (_LATE_ORDINAL, _ordinal),
    (_NUMBER, _number),
    (_PLURAL, _plural),
    (_MONTH_ALONE, _month),
    (_WEEKDAY, _weekday),
    (_DECADE_IN_WORDS, _decade),
    (_ORDINAL, _ordinal),
    (_TIMES_OVER, _times_over),
    (_UNKNOWN, _unknown),
)


# -- the ends of a range ----------------------------------------------------------------------------------------------

_RANGE = re.compile(r"\s*(?:[-–—/]|to|and|or|until|through)\s*")
_DASH = re.compile(r"\s?[-–—]\s?")
_KINDS = frozenset("date weekday time decade ordinal age times /".split())
_SCALE = re.compile(r"(hundred|thousand|million|billion|trillion|dozen|mln|mn|bn|tn|(?<=\d)[kmb])\b", re.IGNORECASE)


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
    scale = _SCALE.search(right.text)
    worth = _MAGNITUDES[scale[1].lower()] if scale and not _SCALE.search(left.text) else 1
    if left.value * worth < right.value and worth > 1:
        return replace(left, value=left.value * worth, unit=right.unit, also=((left.value, right.unit),))
    return replace(left, unit=left.unit or right.unit)


def _right_end(left: Figure, right: Figure, *, joined: bool) -> Figure:
    if isinstance(left.value, When):
        if not isinstance(right.value, Fraction) or right.unit or not joined or right.value.denominator > 1:
            return right
        return _end_of_dates(left.value, right)
    if right.unit == "" and left.unit in _SIGNS.values() and not isinstance(right.value, When):
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


_Pair = frozenset[tuple[Fraction | When, str]]


@dataclass(frozen=True, slots=True)
class _Said:
    """What a source says: every reading of its figures with how each is hedged, and its numbers."""

    hedges: dict[tuple[Fraction | When, str], set[Hedge]]
    numbers: tuple[tuple[Fraction, str], ...]
    pairs: frozenset[_Pair]


@lru_cache(maxsize=256)
def _said(source: str, published: date | None) -> _Said:
    found = figures(source)
    hedges: dict[tuple[Fraction | When, str], set[Hedge]] = {}
    for figure in found:
        for value, unit in figure.readings:
            hedges.setdefault((value, unit), set()).add(figure.hedge)
    for when in _dates(found, published):
        for part in _parts_of(when):
            hedges.setdefault((part, "date"), set()).add("")
        weekday = _weekday_of(when)
        if weekday is not None:
            hedges.setdefault((Fraction(weekday), "weekday"), set()).add("")
    numbers = tuple(
        (figure.value, figure.unit)
        for figure in found
        if isinstance(figure.value, Fraction)
        and figure.unit not in ("ordinal", "weekday", "decade", "/")
        and figure.hedge not in ("most", "plural")
        and not any(unit == "date" for _, unit in figure.also)
    )
    return _Said(hedges, numbers, frozenset(ends for ends, _ in _pairs(found, source, _RANGE)))


def _pairs(found: Sequence[Figure], text: str, joint: re.Pattern[str]) -> Iterator[tuple[_Pair, slice]]:
    """Yield numbers that are joined in a text, in either order: the score 2-1, a range of 10 to 15%."""
    for left, right in pairwise(found):
        numbers = isinstance(left.value, Fraction) and isinstance(right.value, Fraction)
        if numbers and right.start - left.end <= 9 and joint.fullmatch(text, left.end, right.start):
            yield frozenset(((left.value, left.unit), (right.value, right.unit))), slice(left.start, right.end)


def _dates(found: Iterable[Figure], published: date | None) -> Iterator[When]:
    """Yield the dates that figures tell, counted from the day of publication where they are told from it."""
    for figure in found:
        for value, unit in figure.readings:
            if isinstance(value, When):
                yield value
                if published:
                    yield from _years(value, published)
            elif published:
                yield from _resolved(value, unit, figure.text, published)
    if published:
        yield When(published.year, published.month, published.day)


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


def _resolved(value: Fraction, unit: str, text: str, published: date) -> Iterator[When]:
    """Yield the dates that "yesterday", "on Tuesday" or "last month" are, told on the day of publication."""
    if unit == "weekday":
        back = (published.weekday() - int(value)) % 7
        if not text.lower().startswith("next"):
            yield from _shifted(published, days=-(back or (7 if text.lower().startswith("last") else 0)))
        if not text.lower().startswith("last"):
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


def _parts_of(when: When) -> Iterator[When]:
    """Yield a date and what it implies: 8 July 2025 is in July, and in 2025."""
    year, month, day = when
    yield when
    yield from (When(year), When(year, month), When(None, month), When(None, month, day))


def _weekday_of(when: When) -> int | None:
    try:
        return date(when.year or 0, when.month or 0, when.day or 0).weekday()
    except ValueError:
        return None


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
    if (value, figure.unit) in said.hedges:
        return True
    meant = _resolved(value, figure.unit, figure.text, published) if published else iter(())
    return any((when, "date") in said.hedges for when in meant)


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
