"""The day that a text names. A day that could be read in two ways is not guessed."""

import re
import warnings
from datetime import date, datetime

from indexes.errors import ReadError

_ISO = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?![\d])")
_NUMERIC = re.compile(r"(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{4})(?![\d])")
# What stands round a date on its line: "LONDON, March 3, 2025 (Reuters) —", "Last updated on Mon 3 Mar 2025".
_AROUND = re.compile(
    r"^[A-Z][A-Z .'’-]+,|\([A-Z][\w .&/-]+\)|[|•·—–]"
    r"|^\W*(?i:(?:first |last )?(?:published|updated|modified|posted|created|date)\b(?: (?:on|at))?)\W*|\b(?i:at)\b"
)
_LONGEST = 80  # characters; nothing longer is a date
_SETTINGS = {"STRICT_PARSING": True, "REQUIRE_PARTS": ["day", "month", "year"], "PARSERS": ["absolute-time"]}


def parse_date(text: str) -> date:
    """Return the day that a text names. Raises ReadError where it names none, or could name two."""
    found = find_date(text)
    if found is None:
        raise ReadError(f"{text!r} is not a date that can be read in one way only.", "Write it as YYYY-MM-DD.")
    return found


def find_date(text: object) -> date | None:
    """Return the day that a value from a file names, or None."""
    if isinstance(text, datetime):
        return text.date()
    if isinstance(text, date):
        return text
    if not isinstance(text, str) or not text.strip() or len(text) > _LONGEST:
        return None
    return _iso(text.strip()) if _ISO.match(text.strip()) else _numeric_or_words(text.strip())


def _iso(text: str) -> date | None:
    match = _ISO.match(text)
    assert match
    year, month, day = map(int, match.groups())
    return _day(year, month, day)


def _numeric_or_words(text: str) -> date | None:
    numeric = _NUMERIC.search(text)
    if not numeric:
        return _in_words(text)
    first, second, year = map(int, numeric.groups())
    readings = {_day(year, first, second), _day(year, second, first)} - {None}
    return readings.pop() if len(readings) == 1 else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_words(text: str) -> date | None:
    if not re.search(r"[A-Za-z]{3}", text) or not re.search(r"\d{4}", text):
        return None
    import dateparser  # type: ignore[import-untyped]  # slow, and most articles write their date in numbers

    words = _AROUND.sub(" ", text)
    with warnings.catch_warnings():  # dateparser's own deprecated calls are not the reader's concern
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"dateparser")
        found = dateparser.parse(words.strip(), languages=["en"], settings=_SETTINGS)
    return found.date() if found else None
