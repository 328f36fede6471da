"""A country and its people are one name; names that only begin alike are two."""

import pytest

from indexes.names import same_name
from indexes.terms import terms

ONE = "norway norwegian,china chinese,russia russian,italy italian,germany germans,europe european,us american"
TWO = (
    "norway north,greece greenland,niger nigeria,india indiana,austria australia,iran iraq,mali malaysia,marta martin,"
    "robert robinson,george georgia"
)


@pytest.mark.parametrize("pair", f"{ONE},keynes keynesian,uk british,kiev kyiv".split(","))
def test_a_place_and_its_people_are_one_name(pair: str) -> None:
    one, other = pair.split()
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize("pair", TWO.split(","))
def test_names_that_only_begin_alike_are_two(pair: str) -> None:
    one, other = pair.split()
    assert not same_name(one, other)
    assert not same_name(other, one)


@pytest.mark.parametrize("pair", [*ONE.split(","), *TWO.split(",")])
def test_stems_are_compared_as_their_words_are(pair: str) -> None:
    one, other = terms(pair.replace("us ", "US "))
    assert same_name(one, other) == (pair in ONE.split(","))
