"""Numbers in digits and words, with their magnitudes and units: what "$1.5bn", "two-thirds" and "one in four" mean.

Fractions of a whole are percentages. What cannot be read is kept as it is written, so that it can be looked for.
"""

import re
import unicodedata
from fractions import Fraction

from rag.meaning import Grammar, Hedge, Meaning, Reading, When
from rag.units import CURRENCY, TIME_UNITS, UNIT, UNIT_BEHIND, currency, unit_named

# -- words and digits -------------------------------------------------------------------------------------------------

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
_LONGEST = 30  # digits; a longer row of them counts nothing
_SCALE = re.compile(r"(hundred|thousand|million|billion|trillion|dozen|mln|mn|bn|tn|(?<=\d)[kmb])\b", re.IGNORECASE)


def scale(text: str) -> int:
    """Return what the word of magnitude in a number's text multiplies it by: 10**9 for "$3bn", else 1."""
    found = _SCALE.search(text)
    return _MAGNITUDES[found[1].lower()] if found else 1


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


def _in_digits(digits: str) -> Fraction:
    whole = digits.rstrip("½⅓⅔¼¾⅛⅜⅝⅞")
    part = Fraction(unicodedata.numeric(digits[len(whole) :])).limit_denominator(8) if whole != digits else Fraction(0)
    plain = re.sub(r"[,\s]", "", whole)
    if plain.count(".") > 1:
        plain = plain.replace(".", "")
    return (Fraction(plain) if plain else Fraction(0)) + part


# -- numbers ----------------------------------------------------------------------------------------------------------

_NUMBER = re.compile(
    rf"(?P<currency>{CURRENCY})?(?P<sign>(?<![\w)%])[-−–](?=\d)|\bminus\s)?"
    rf"(?:(?<!\w)(?<!\d[.,:])(?P<digits>{_DIGITS})|(?P<words>{_WORDS}))"
    r"(?P<half>[-\s]and[-\s]a[-\s](?:half|quarter)\b)?"
    r"(?P<magnitude>[-\s]?(?:hundred|thousand|million|billion|trillion|dozen|mln|mn|bn|tn)\b|(?<=\d)[kmb]\b)?"
    rf"(?P<unit>{UNIT_BEHIND})?(?!\w|[.,]\d)",
    re.IGNORECASE,
)


def _number(match: re.Match[str]) -> Meaning | None:
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
    unit = currency(match["currency"]) if match["currency"] else unit_named(match["unit"])
    if words and words.lower() in ("one", "zero") and not (match["half"] or magnitude or unit in ("%", "$", "£", "€")):
        return None
    if re.fullmatch(r"1\d{3}|20\d\d", match[0]):
        return _year(match, value)
    return Meaning(value, unit, _hedge(match, unit), _also(match, value, unit, magnitude))


_YEAR_FOLLOWS = re.compile(r"\b(?:in|since|by|until|from|before|after|during|mid|early|late)[\s-]+$", re.IGNORECASE)


def _year(match: re.Match[str], value: Fraction) -> Meaning:
    """Read four digits without a separator: a year, unless "about" stands before them, and perhaps a count."""
    hedge = _hedge(match, "")
    year = When(int(value))
    if hedge:
        return Meaning(value, "", hedge, ((year, "date"),))
    surely = _YEAR_FOLLOWS.search(match.string[max(0, match.start() - 12) : match.start()])
    return Meaning(year, "date", also=() if surely else ((value, ""),))


def _also(match: re.Match[str], value: Fraction, unit: str, magnitude: str) -> tuple[Reading, ...]:
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
    return ((value, "age"),) if not unit and 0 < value < 120 and _AGE.match(behind) else ()


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


# -- how they are told ------------------------------------------------------------------------------------------------

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
    if before is None or (unit in TIME_UNITS and before[0].strip().lower() == "over"):
        return ""
    return next(name for name, _ in _HEDGES if before[name])


# -- parts of a whole -------------------------------------------------------------------------------------------------

_PARTS = {"half": 2, "halve": 2, "third": 3, "quarter": 4} | {word: n for n, word in enumerate(_ORDINALS, 1) if n > 3}
_FRACTION = re.compile(
    rf"\b(?:(?P<n>an?|{_ONES})[-\s](?P<part>half|third|quarter|{'|'.join(_ORDINALS[3:10])})"
    rf"|(?P<many>{_ONES})[-\s](?P<parts>halves|thirds|quarters|{'|'.join(word + 's' for word in _ORDINALS[3:10])})"
    r"|(?P<alone>half))\b(?P<of>[-\s](?:of\s)?an?\s(?:million|billion|trillion|dozen|hundred|thousand)\b)?"
    rf"(?P<unit>(?:[-\s](?:of\s)?an?)?[-\s](?:{UNIT}))?",
    re.IGNORECASE,
)
_OF_SOMETHING = re.compile(
    r"\s*(?:$|[.,;:)]|(?:of|less|fewer|higher|lower|smaller|larger|bigger|as|to|and|since|in)\b)"
)
_PART_OF_A_NUMBER = re.compile(rf"(?:\d|\b(?:{_ONES}|ten|twenty))[-\s]and[-\s]$", re.IGNORECASE)


def _fraction(match: re.Match[str]) -> Meaning | None:
    """Read "two-thirds" as a percentage, "half a million" and "half an hour" as what they are."""
    count = match["n"] or match["many"]
    part = (match["part"] or match["parts"] or "half").lower().removesuffix("s").replace("halve", "half")
    if not (match["parts"] or match["alone"]) and not _is_a_part(match, part):
        return None
    top = Fraction(1) if not count or count.lower() in ("a", "an") else _in_words(count)
    value = top / _PARTS[part]
    unit = unit_named(match["unit"])
    if match["of"]:
        value *= _MAGNITUDES[match["of"].split()[-1].lower()]
    elif not unit:
        value, unit = value * 100, "%"
    return Meaning(value, unit, _hedge(match, unit))


def _is_a_part(match: re.Match[str], part: str) -> bool:
    """Tell whether "a third" is a fraction: neither "a third bridge" nor the end of "two and a half"."""
    if match["n"].lower() not in ("a", "an", "one"):
        return False  # "two third-party bids"
    if _PART_OF_A_NUMBER.search(match.string[max(0, match.start() - 12) : match.start()]):
        return False
    behind = match.string[match.end() : match.end() + 10]
    return part in ("half", "quarter") or bool(match["of"] or _OF_SOMETHING.match(behind))


_FRACTION_IN_DIGITS = re.compile(r"(?<![\w/.,])(?P<n>\d{1,3})[/⁄](?P<m>\d{1,4})(?![\w/])")
_ONE_IN = re.compile(
    rf"(?<![\w.,-])(?P<n>\d{{1,3}}|{_ONES})[-\s](?:in|out\sof)[-\s](?:every\s)?(?P<m>\d{{1,3}}(?:,000)*|{_UP_TO_999})"
    r"(?![\w%]|[.,]\d|[\s-](?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|per)\b)",
    re.IGNORECASE,
)


def _fraction_in_digits(match: re.Match[str]) -> Meaning | None:
    n, m = int(match["n"]), int(match["m"])
    return Meaning(Fraction(n, m) * 100, "%") if 0 < n < m <= 10 else Meaning(Fraction(n, m or 1), "/")


def _one_in(match: re.Match[str]) -> Meaning | None:
    n, m = (
        Fraction(int(part.replace(",", ""))) if part[0].isdecimal() else _in_words(part)
        for part in (match["n"], match["m"])
    )
    return Meaning(n / m * 100, "%", _hedge(match, "%")) if 0 < n < m else None


# -- first, hundreds, twice -------------------------------------------------------------------------------------------

_ORDINAL = re.compile(
    rf"(?<![\w.,])(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d{{1,6}})(?:st|nd|rd|th)\b|\b(?P<word>{'|'.join(_ORDINALS)})\b",
    re.IGNORECASE,
)
_LATE_ORDINAL = re.compile(rf"\b(?P<tens>{'|'.join(_TENS)})[-\s](?P<word>{'|'.join(_ORDINALS[:9])})\b", re.IGNORECASE)


def _ordinal(match: re.Match[str]) -> Meaning | None:
    parts = match.groupdict()
    if parts.get("digits"):
        return Meaning(_in_digits(parts["digits"]), "ordinal")
    place = _ORDINALS.index(parts["word"].lower()) + 1
    before, behind = match.string[max(0, match.start() - 3) : match.start()], match.string[match.end() :][:8]
    if place == 1 and not parts.get("tens") and (before.lower() == "at " or re.match(r",| of all\b", behind)):
        return None  # "First, …", "at first"
    tens = _WORTH[parts["tens"].lower()] if parts.get("tens") else 0
    return Meaning(Fraction(tens + place), "ordinal")


_PLURAL = re.compile(
    r"(?P<currency>[$£€])?\b(?P<many>(?:tens|dozens|scores|hundreds|thousands)(?: of)? )?"
    r"(?P<one>dozens|scores|hundreds|thousands|millions|billions|trillions)\b(?: of (?P<unit>"
    rf"{UNIT}))?",
    re.IGNORECASE,
)
_PLURALS = {"tens": 10, "dozens": 12, "scores": 20} | {word + "s": _MAGNITUDES[word] for word in _MAGNITUDES}
_SOME = re.compile(r"\b(?:(?:a )?few|several|many) (?P<one>dozen|hundred|thousand|million|billion)\b", re.IGNORECASE)


def _plural(match: re.Match[str]) -> Meaning | None:
    value = _PLURALS[match["one"].lower()]
    if match["many"]:
        value *= _PLURALS[match["many"].split()[0].lower()]
    return Meaning(Fraction(value), match["currency"] or unit_named(match["unit"]), hedge="plural")


def _some(match: re.Match[str]) -> Meaning | None:
    return Meaning(Fraction(_MAGNITUDES[match["one"].lower()]), "", hedge="plural")


_TIMES = {"twice": 2, "thrice": 3, "doubl": 2, "tripl": 3, "trebl": 3, "quadrupl": 4}
_TIMES_OVER = re.compile(
    r"\b(?:(?P<word>twice|thrice)|(?P<verb>doubl|tripl|trebl|quadrupl)(?:ed|ing|e(?=\s(?:the|that|its|their|what)\b))"
    rf"|(?P<fold>{_ONES}|ten)fold)\b",
    re.IGNORECASE,
)


def _times_over(match: re.Match[str]) -> Meaning | None:
    word = (match["word"] or match["verb"] or "").lower()
    return Meaning(Fraction(_TIMES[word]) if word else _in_words(match["fold"]), "times")


_UNKNOWN = re.compile(r"(?<![\w.,])(?<![^\W\d_][-‑])\d(?:[\w.,]*\w)?")
_CODE = re.compile(r"(?<![\w.])\d+(?:[.:]\d+){2,}(?!\w)|\b(?:24/7|9/11|7/7)\b")


def _code(match: re.Match[str]) -> Meaning | None:
    return Meaning(Fraction(0), match[0])


def _unknown(match: re.Match[str]) -> Meaning | None:
    """Keep what is no number that we know (1,5, 6d, 1,200GWh) as it is written; 5G is a name."""
    digits = sum(map(str.isdigit, match[0]))
    if digits == len(match[0]) <= _LONGEST or (digits < 3 and any(map(str.isupper, match[0]))):
        return None
    return Meaning(Fraction(0), match[0].lower())


GRAMMAR: Grammar = (  # the first that fits counts
    (_CODE, _code),
    (_ONE_IN, _one_in),
    (_FRACTION_IN_DIGITS, _fraction_in_digits),
    (_SOME, _some),
    (_FRACTION, _fraction),
    (_LATE_ORDINAL, _ordinal),
    (_NUMBER, _number),
    (_PLURAL, _plural),
    (_ORDINAL, _ordinal),
    (_TIMES_OVER, _times_over),
    (_UNKNOWN, _unknown),
)
