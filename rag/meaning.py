"""What a figure can mean: a date or a number in its unit, and how it is hedged."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Literal, NamedTuple


class When(NamedTuple):
    """A date as far as it is told: "July 2025" has no day, "8 July" no year."""

    year: int | None = None
    month: int | None = None
    day: int | None = None


Value = Fraction | When
Reading = tuple[Value, str]  # a value and its unit
Hedge = Literal["", "about", "over", "under", "most", "plural"]


class Meaning(NamedTuple):
    """A value in its unit, how it is told, and other readings of the same characters (08/07/2025)."""

    value: Value
    unit: str
    hedge: Hedge = ""
    also: tuple[Reading, ...] = ()


Grammar = tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Meaning | None]], ...]
