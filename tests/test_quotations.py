"""Promises about where somebody's words stand between quotation marks."""

import pytest

from indexes.quotations import find_quotations


def quoted(*texts: str) -> list[list[str]]:
    """Return the words of every quotation, paragraph by paragraph."""
    return [
        [text[q.start : q.end] for q in quotations]
        for text, quotations in zip(texts, find_quotations(texts), strict=True)
    ]


def runs(*texts: str) -> list[list[int | None]]:
    return [[q.run for q in quotations] for quotations in find_quotations(texts)]


@pytest.mark.parametrize(
    "quotation",
    ["“We lost it all,”", '"We lost it all,"', "``We lost it all,''", "''We lost it all,''", "«We lost it all,»"],
)
def test_every_kind_of_double_mark_is_found_with_its_marks(quotation: str) -> None:
    assert quoted(f"{quotation} she said.") == [[quotation]]


def test_british_single_marks_are_quotations_and_apostrophes_are_not() -> None:
    text = "'The dogs' owners don't care,' said Mr O'Neill. 'It's the '90s again.'"
    assert quoted(text) == [["'The dogs' owners don't care,'", "'It's the '90s again.'"]]


def test_curly_british_marks_survive_elisions() -> None:
    text = "‘Rock ’n’ roll is dead,’ he said. ‘We can’t bring ’em back.’"
    assert quoted(text) == [["‘Rock ’n’ roll is dead,’", "‘We can’t bring ’em back.’"]]


def test_a_quotation_within_a_quotation_belongs_to_the_outer_one() -> None:
    assert quoted("“He called it a ‘dear friend’ of his,” she said.") == [["“He called it a ‘dear friend’ of his,”"]]
    assert quoted("‘She said, “Go home,” and left,’ he said.") == [["‘She said, “Go home,” and left,’"]]
    assert quoted("“He said, “I go,” and left,” she said.") == [["“He said, “I go,” and left,”"]]


def test_apostrophes_alone_are_no_quotations() -> None:
    assert quoted("The farmers' wives don't like rock 'n' roll, and the '60s are over.") == [[]]


def test_a_measure_in_inches_opens_no_quotation() -> None:
    assert quoted('The 12" pipe burst. "It was old," he said.') == [['"It was old,"']]


def test_a_mark_of_the_wrong_shape_turns_the_way_its_place_tells() -> None:
    assert quoted("“It was old,“ he said. ”And cold,” he added.") == [["“It was old,“", "”And cold,”"]]


def test_a_forgotten_closing_mark_ends_before_the_attribution() -> None:
    assert quoted("“We are late, he said. “But we go.”") == [["“We are late,", "“But we go.”"]]


def test_a_quotation_left_open_at_the_end_ends_with_its_paragraph() -> None:
    assert quoted("She said: “It is over.", "The bridge opened in May.") == [["“It is over."], []]


def test_pieces_of_one_quotation_over_paragraphs_share_a_run() -> None:
    texts = ["“It was cold.", "“It was dark.", "“And then it was over,” he said. “Quite over.”"]
    assert runs(*texts) == [[1], [1], [1, None]]


def test_a_run_goes_on_without_an_opening_mark_when_it_is_closed_later() -> None:
    texts = ['He said, "It felt good.', 'We could have won." Then he left.']
    assert quoted(*texts) == [['"It felt good.'], ['We could have won."']]
    assert runs(*texts) == [[1], [1]]


def test_two_running_quotations_have_runs_of_their_own() -> None:
    texts = ["“One.", "“Two.” “Three.", "“Four.”"]
    assert runs(*texts) == [[1], [1, 2], [2]]


def test_marks_without_words_between_them_are_no_quotations() -> None:
    assert quoted('"" “ ” ""') == [[]]


@pytest.mark.parametrize("hostile", ['"' * 20_000, "'" * 20_000, "“a " * 20_000, " '" * 10_000, "‘’" * 10_000])
def test_hostile_marks_give_spans_inside_the_text_in_order(hostile: str) -> None:
    [quotations] = find_quotations([hostile])
    places = [place for q in quotations for place in (q.start, q.end)]
    assert places == sorted(places)
    assert all(0 <= place <= len(hostile) for place in places)
