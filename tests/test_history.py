"""What changed in an article: which paragraphs, and in them which words."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexes.article import Article, Paragraph
from indexes.history import Change, step
from tests.memory import article

FIRST = "The storm sank twelve boats of the Ostrey fleet on Monday night."
SECOND = "Forty people were taken off the sea wall by two lifeboats."
THIRD = "The council will meet on Thursday to decide who pays."


def changes(before: tuple[str, ...], after: tuple[str, ...]) -> list[tuple[str, int | None, int | None]]:
    found = step(article("Storm", *before), article("Storm", *after)).changes
    return [(change.kind, change.number_before, change.number_after) for change in found]


def test_the_same_text_has_not_changed() -> None:
    assert changes((FIRST, SECOND), (FIRST, SECOND)) == []


def test_a_paragraph_that_is_put_in_leaves_the_others_as_they_were() -> None:
    assert changes((FIRST, THIRD), (FIRST, SECOND, THIRD)) == [("added", None, 2)]


def test_a_paragraph_that_is_taken_out_leaves_the_others_as_they_were() -> None:
    assert changes((FIRST, SECOND, THIRD), (FIRST, THIRD)) == [("removed", 2, None)]


def test_a_paragraph_with_another_word_is_changed() -> None:
    assert changes((FIRST, SECOND), (FIRST.replace("twelve", "fifteen"), SECOND)) == [("changed", 1, 1)]


def test_a_paragraph_that_is_written_anew_is_another() -> None:
    assert changes((FIRST, SECOND), (THIRD, SECOND)) == [("removed", 1, None), ("added", None, 1)]


def test_in_a_stretch_that_changed_each_is_found_beside_what_it_was() -> None:
    after = (THIRD, FIRST.replace("twelve", "fifteen"), SECOND.replace("Forty", "Fifty"))
    assert changes((FIRST, SECOND), after) == [("added", None, 1), ("changed", 1, 2), ("changed", 2, 3)]


def test_the_words_that_changed_are_told_from_those_that_stay() -> None:
    (change,) = step(article("S", FIRST), article("S", FIRST.replace("sank twelve", "took at least fifteen"))).changes
    assert [(how, words.strip()) for how, words in change.pieces if how != "kept"] == [
        ("removed", "sank twelve"),
        ("added", "took at least fifteen"),
    ]


def test_another_space_or_quotation_mark_is_no_change() -> None:
    assert changes(("“No,” he\u00a0said.",), ('"No," he said.',)) == []


def test_a_correction_that_is_added_is_told_as_one() -> None:
    before = article("Storm", FIRST)
    note = Paragraph("Correction: The storm sank fifteen boats.", "correction")
    (change,) = step(before, replace(before, paragraphs=(*before.paragraphs, note))).changes
    assert change == Change("added", "correction", after=note.text)


def test_another_headline_is_told_once() -> None:
    before, after = (
        Article(title, (Paragraph(title, "title"), Paragraph(FIRST, number=1)), "a.txt") for title in ("Storm", "Gale")
    )
    found = step(before, after)
    assert (found.title_changed, found.changes) == (True, ())


TEXTS = st.lists(st.sampled_from([FIRST, SECOND, THIRD, "No.", "", "石嶺直子は", "a b c d"]), max_size=7)


@settings(deadline=None)
@given(before=TEXTS, after=TEXTS)
def test_the_changes_make_the_one_text_of_the_other(before: list[str], after: list[str]) -> None:
    found = step(article("S", *before), article("S", *after)).changes
    gone = [change.number_before for change in found if change.number_before]
    come = [change.number_after for change in found if change.number_after]
    kept = [text for number, text in enumerate(before, start=1) if number not in gone]
    assert kept == [text for number, text in enumerate(after, start=1) if number not in come]
    assert gone == sorted(set(gone))
    assert come == sorted(set(come))


@settings(deadline=None)
@given(before=st.text(max_size=60), after=st.text(max_size=60))
def test_the_pieces_hold_every_word_of_both(before: str, after: str) -> None:
    pieces = Change("changed", "body", 1, 1, before, after).pieces
    assert "".join(words for how, words in pieces if how != "removed") == after
    assert "".join("".join(words for how, words in pieces if how != "added").split()) == "".join(before.split())


@pytest.mark.parametrize("many", [300, 3000])
def test_an_article_that_is_written_anew_from_end_to_end_is_compared_in_time(many: int) -> None:
    found = changes(tuple(f"Line {n} of the old." for n in range(many)), tuple(f"{n} is new." for n in range(many)))
    assert len(found) == 2 * many


@pytest.mark.parametrize("times", [60, 1000])
def test_words_that_repeat_themselves_are_compared_in_time(times: int) -> None:
    before, after = "a b " * times, "b a a " * times
    (change,) = step(article("Storm", FIRST, before), article("Storm", FIRST, after)).changes
    assert (change.kind, change.number_before) == ("changed", 2)
    assert "".join(text for how, text in change.pieces if how != "removed").split() == after.split()


def test_one_word_that_changed_in_a_long_paragraph_is_told() -> None:
    before = " ".join(f"word{number}" for number in range(400))
    (change,) = step(article("Storm", before), article("Storm", before.replace("word200 ", "other "))).changes
    assert [text.strip() for how, text in change.pieces if how != "kept"] == ["word200", "other"]


def test_paragraphs_that_repeat_themselves_are_compared_in_time() -> None:
    assert step(article("Storm", *["a", "b"] * 500), article("Storm", *["b", "a", "a"] * 500)).changes


def test_words_that_changed_far_apart_in_a_long_paragraph_are_told() -> None:
    before = " ".join("the" if number % 8 == 0 else f"word{number}" for number in range(700))
    after = before.replace("word50 ", "other ").replace("word650 ", "another ")
    (change,) = step(article("Storm", before), article("Storm", after)).changes
    assert [text.strip() for how, text in change.pieces if how != "kept"] == ["word50", "other", "word650", "another"]


def test_every_other_paragraph_of_a_long_article_may_have_changed() -> None:
    before = [f"Boat {number // 2} of Ostrey sank." if number % 2 else f"Mark {number}." for number in range(600)]
    after = [text.replace("sank", "came home") for text in before]
    found = step(article("Storm", *before), article("Storm", *after)).changes
    assert [change.kind for change in found] == ["changed"] * 300
    assert {next(text.strip() for how, text in change.pieces if how == "added") for change in found} == {"came home"}


def test_many_paragraphs_that_repeat_their_words_are_compared_in_time() -> None:
    before, after = (
        [text for number in range(100) for text in (f"Mark {number}.", f"Boat {number}. {words * 60} Sunk.")]
        for words in ("a b ", "b a a ")
    )
    found = step(article("Storm", *before), article("Storm", *after)).changes
    assert len(found) == 100
    for change in found:
        assert (change.pieces[0][0], change.pieces[-1][0]) == ("kept", "kept")
        assert "".join(text for how, text in change.pieces if how != "removed") == change.after
