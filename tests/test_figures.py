"""A changed figure never passes; a changed format does."""

import time
from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.figures import figures, missing_figure
from rag.meaning import When

THURSDAY = date(2025, 7, 10)


def read(text: str) -> list[tuple[object, str]]:
    """Return value and unit of each figure, as plain as they can be written."""
    return [(f.value if isinstance(f.value, When) else str(f.value), f.unit) for f in figures(text)]


# -- the same figure in another format --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("1,200 sheep", "1200 sheep"),
        ("1,200 sheep", "1 200 sheep"),
        ("1,200 sheep", "1\u00a0200 sheep"),
        ("twelve sheep", "12 sheep"),
        ("12 sheep", "a dozen sheep"),
        ("two dozen sheep", "24 sheep"),
        ("twenty-one sheep", "21 sheep"),
        ("250 sheep", "two hundred and fifty sheep"),
        ("1.5 million sheep", "one and a half million sheep"),
        ("half a million sheep", "500,000 sheep"),
        ("2.5 hours", "two and a half hours"),
        ("2½ hours", "2.5 hours"),
        ("half an hour", "half-hour"),
        ("5%", "five per cent"),
        ("5 percent", "5 %"),
        ("half of them", "50% of them"),
        ("a quarter of them", "25 percent of them"),
        ("25 % of them", "one in four of them"),
        ("two-thirds of them", "two thirds of them"),
        ("5 percentage points", "five percentage points"),
        ("$1.5bn", "1.5 billion dollars"),
        ("$1,500 million", "$1.5 billion"),
        ("£50m", "50 million pounds"),
        ("€3", "three euros"),
        ("US$5m", "$5 million"),
        ("10-15%", "between 10 and 15 percent"),
        ("10 percent", "10-15 percent"),
        ("2 million", "two to three million"),
        ("$2bn", "$2-3bn"),
        ("a 51-year-old shepherd", "Ada Lind, 51, a shepherd"),
        ("aged 51", "the 51-year-old"),
        ("She is 51.", "51 years old"),
        ("the 1990s", "the '90s"),
        ("in the nineties", "in the 1990s"),
        ("the 21st century", "the twenty-first century"),
        ("the 3rd bridge", "the third bridge"),
        ("at 3pm", "at 15:00"),
        ("at 3.30 p.m.", "at 3:30"),
        ("at noon", "at 12:00"),
        ("half a percent", "0.5%"),
        ("one-in-five", "20%"),
        ("three quarters of an hour", "0.75 hours"),
        ("the 1,000th sheep", "the 1000th sheep"),
        ("6 and 7 August 2025", "6-7 August 2025"),
        ("40,000 to 50,000 sheep", "40,000-50,000 sheep"),
        ("12am", "midnight"),
        ("8 July 2025", "July 8, 2025"),
        ("8 July 2025", "2025-07-08"),
        ("the 8th of July 2025", "on 08/07/2025"),
        ("7 August 2025", "on 08/07/2025"),
        ("in July 2025", "on 8 July 2025"),
        ("in 2025", "on 8 July 2025"),
        ("on 8 July", "on 8 July 2025"),
        ("on 3 July 2025", "from 3 to 8 July 2025"),
        ("on 8 July", "on July 3-8"),
        ("in 2025", "in the winter of 2024-25"),
        ("a three-week strike", "for three weeks"),
        ("30 km", "30 kilometres"),
        ("30 square km", "30 sq km"),
        ("12 consecutive weeks", "12 weeks"),
        ("40 degrees", "40°C"),
        ("five metres", "5m"),
        ("5 million people", "5m people"),
        ("minus five degrees", "-5 degrees"),
        ("rose threefold", "tripled"),
        ("twice as many", "doubled"),
        ("in mid-2025", "in 2025"),
        ("the 2024 flood", "in 2024"),
        ("No 10", "10"),
        ("lost 1-2", "won 2 – 1"),
        ("P1.2 trillion", "P1,200 billion"),
        ("two years ago", "2 years ago"),
    ],
)
def test_a_changed_format_is_no_changed_figure(sentence: str, source: str) -> None:
    assert missing_figure(sentence, source) is None


# -- another figure ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "source", "missing"),
    [
        ("The valley has lost 40,000 sheep in the flood.", "The valley has lost 30,000 sheep.", "40,000"),
        ("The valley has lost 40,000 sheep in the flood.", "The valley has lost many sheep.", "40,000"),
        ("1,200 sheep", "1,201 sheep", "1,200"),
        ("1,200 sheep", "12,00 sheep", "1,200"),
        ("1.2 sheep", "1,200 sheep", "1.2"),
        ("5%", "5", "5%"),
        ("5", "5%", "5"),
        ("5%", "5 percentage points", "5%"),
        ("5 points", "5 per cent", "5"),
        ("$5", "£5", "$5"),
        ("$5", "5", "$5"),
        ("$5m", "A$5m", "$5m"),
        ("$5 million", "$5 billion", "$5 million"),
        ("5 million", "5,000", "5 million"),
        ("three weeks", "three months", "three weeks"),
        ("the three are gone", "for three weeks", "three"),
        ("30 km", "30 miles", "30 km"),
        ("30 km", "30 square km", "30 km"),
        ("-5 degrees", "5 degrees", "-5 degrees"),
        ("the third bridge", "three bridges", "third"),
        ("a third of voters", "a quarter of voters", "a third"),
        ("a third of voters", "33% of voters", "a third"),
        ("two-thirds", "a third of voters", "two-thirds"),
        ("one in four", "one in five", "one in four"),
        ("10 to 20 sheep", "10 to 15 sheep", "20"),
        ("10-15%", "10%, 12% and 15%", "10-15%"),
        ("won 2-1", "won 2-0 in spite of 1 red card", "2-1"),
        ("in 2024", "in 2025", "2024"),
        ("in 2010", "2,010 sheep", "2010"),
        ("2,010 sheep", "since 2010", "2,010"),
        ("8 July 2025", "9 July 2025", "8 July 2025"),
        ("8 July 2025", "8 June 2025", "8 July 2025"),
        ("8 July 2025", "8 July 2024", "8 July 2025"),
        ("8 July 2025", "in July 2025", "8 July 2025"),
        ("8 July 2025", "She was born on 8 July. In 2025 she left.", "8 July 2025"),
        ("in July 2025", "in July 2024 and in June 2025", "July 2025"),
        ("on Tuesday", "on Monday", "Tuesday"),
        ("at 3pm", "at 3am", "3pm"),
        ("20°C", "20°F", "20°C"),
        ("1,200GWh", "1,300GWh", "1,200GWh"),
        ("1,5 million", "1,6 million", "1,5"),
        ("6d old", "7d old", "6d"),
        ("1" * 40, "1" * 39, "1" * 40),
        ("fifteen", "fifty", "fifteen"),
        ("3.5%", "3.05%", "3.5%"),
        ("8 July", "18 July", "8 July"),
        ("the 1890s", "the '90s", "1890s"),
        ("the 21st century", "the 20th century", "21st"),
        ("doubled", "tripled", "doubled"),
        ("a 51-year-old", "the 15-year-old", "51-year-old"),
        ("He is 51.", "She is 15.", "51"),
        ("three firms", "Alder, Birch and Cedar", "three"),
        ("thousands of sheep", "900 sheep", "thousands"),
        ("1,000 sheep", "thousands of sheep", "1,000"),
        ("last year", "this year", "last year"),
        ("two years ago", "three years ago", "two years ago"),
    ],
)
def test_another_figure_is_missing(sentence: str, source: str, missing: str) -> None:
    assert missing_figure(sentence, source) == missing


def test_the_first_missing_figure_is_told() -> None:
    assert missing_figure("Of 12 farms, 7 lost 90 sheep.", "Of 12 farms, 8 lost 80 sheep.") == "7"


@pytest.mark.parametrize(
    "sentence",
    [
        "One of the farms was saved one day, and a sheep with it.",
        "An A320 and an F-16 of the G7 flew over; Covid-19, B2B, 5G and Apollo-11 are names.",
        "First, it rained; at first nobody minded.",
        "She may march on. Today it is dry. Covid-19 may spread.",
        "1. The dam is old.",
    ],
)
def test_names_and_articles_are_no_figures(sentence: str) -> None:
    assert missing_figure(sentence, "It rained.") is None


# -- approximation ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("about 1,200 sheep", "1,187 sheep"),
        ("nearly 1,200 sheep", "1,187 sheep"),
        ("more than 1,180 sheep", "1,187 sheep"),
        ("almost half", "48%"),
        ("about a third", "33%"),
        ("roughly $1.5bn", "$1.52 billion"),
        ("thousands of sheep", "4,500 sheep"),
        ("tens of thousands of sheep", "30,000 sheep"),
        ("about 1,200 sheep", "nearly 1,200 sheep"),
        ("1,200 sheep", "some 1,200 sheep"),
        ("more than 1,200 sheep", "over 1,200 sheep"),
        ("up to 50 sheep", "at most 50 sheep"),
    ],
)
def test_a_rounding_that_says_so_passes(sentence: str, source: str) -> None:
    assert missing_figure(sentence, source) is None


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("1,200 sheep", "1,187 sheep"),
        ("more than 1,200 sheep", "1,187 sheep"),
        ("nearly 1,100 sheep", "1,187 sheep"),
        ("about 1,000 sheep", "1,187 sheep"),
        ("about 1,187 sheep", "1,200 sheep"),
        ("about 2,000 sheep", "in 2010"),
        ("more than 1,200 sheep", "1,200 sheep"),
        ("more than 1,200 sheep", "nearly 1,200 sheep"),
        ("50 sheep", "up to 50 sheep"),
        ("50 sheep", "fewer than 50 sheep"),
        ("up to 50 sheep", "50 sheep"),
        ("about 5%", "5.1"),
    ],
)
def test_any_other_rounding_does_not(sentence: str, source: str) -> None:
    assert missing_figure(sentence, source) is not None


# -- dates told from the day of publication ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("on 8 July 2025", "on Tuesday"),
        ("on 9 July 2025", "yesterday"),
        ("on July 11", "tomorrow"),
        ("on 10 July 2025", "today"),
        ("on 10 July 2025", "It rained."),
        ("in July 2025", "It rained."),
        ("in June 2025", "last month"),
        ("in 2024", "last year"),
        ("in 2023", "two years ago"),
        ("in July 2025", "last week"),
        ("on 8 July 2025", "on 8 July"),
        ("in March 2025", "in March"),
        ("in September 2025", "in September"),
        ("on Tuesday", "on 8 July"),
        ("on Tuesday, 8 July 2025", "on Tuesday"),
        ("last year", "in 2024"),
        ("on 15 July 2025", "next Tuesday"),
        ("on 1 July 2025", "last Tuesday, 1 July"),
    ],
)
def test_dates_told_from_the_day_of_publication_are_the_dates_they_are(sentence: str, source: str) -> None:
    assert missing_figure(sentence, source, THURSDAY) is None


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("on 8 July 2025", "yesterday"),
        ("on 8 July 2025", "last week"),
        ("on 8 July 2024", "on Tuesday"),
        ("on 8 July 2024", "on 8 July"),
        ("in March 2024", "in March"),
        ("in 2023", "last year"),
        ("on Monday", "on Tuesday"),
        ("last year", "in 2023"),
    ],
)
def test_and_no_others(sentence: str, source: str) -> None:
    assert missing_figure(sentence, source, THURSDAY) is not None


def test_without_a_day_of_publication_nothing_is_told_from_it() -> None:
    assert missing_figure("on 8 July 2025", "on Tuesday") == "8 July 2025"


# -- what other tests need --------------------------------------------------------------------------------------------


def test_figures_are_normalised_with_their_places() -> None:
    text = "In 2024 it cost $1.5bn, 5% of it on 8 July at 3pm."
    assert read(text) == [
        (When(2024), "date"),
        ("1500000000", "$"),
        ("5", "%"),
        (When(None, 7, 8), "date"),
        ("900", "time"),
    ]
    assert all(text[f.start : f.end].strip() == f.text for f in figures(text))


def test_a_hedge_belongs_to_its_figure() -> None:
    assert [(f.value, f.hedge) for f in figures("nearly 1,200 of more than 3,000, up to 5, over two days")] == [
        (Fraction(1200), "under"),
        (Fraction(3000), "over"),
        (Fraction(5), "most"),
        (Fraction(2), ""),
    ]


PIECES = (
    "one two twenty hundred million a half third in of and to - – / . , : % $ £ 8 15 2025 1,200 July May Tuesday last"
).split()


@given(st.text(), st.text())
def test_no_text_makes_it_fail(sentence: str, source: str) -> None:
    missing_figure(sentence, source, THURSDAY)


@given(st.lists(st.sampled_from([*PIECES, " ", "pm", "s", "bn"])).map("".join), st.dates())
def test_no_odd_figure_makes_it_fail_and_each_bears_itself_out(text: str, published: date) -> None:
    assert missing_figure(text, text, published) is None


@given(st.lists(st.sampled_from([*PIECES, "pm", "bn", "km", "years", "ago"])).map(" ".join))
def test_figures_stand_in_order_and_apart(text: str) -> None:
    found = figures(text)
    assert all(left.end <= right.start for left, right in pairwise(found))


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_changed_number_never_passes(said: int, written: int) -> None:
    missing = missing_figure(f"It lost {written:,} sheep.", f"It lost {said:,} sheep.")
    assert (missing is None) == (said == written)


@pytest.mark.parametrize(
    "piece", ["1", "1,", "1 ", "one ", "$", "a third ", "1.1", "July ", "12:", "8/7/", "over ", "5-"]
)
def test_long_hostile_text_is_read_in_linear_time(piece: str) -> None:
    began = time.perf_counter()
    missing_figure(piece * 2_000, "x" + piece * 2_000)
    assert time.perf_counter() - began < 5
