"""What stands between quotation marks must stand in the text, word for word."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.verbatim import find, misquoted, quoted

DAM = (
    "“The old earth dam will not hold another winter,” said Ada Lind, who doesn’t trust it. Her team walked 1,200 "
    "metres of it in the U.S. style — twice! Nobody at the so-called ‘flood office’ came; it was tired–but dry."
)


def cut(words: str, text: str = DAM) -> list[str] | None:
    """Return the stretches of the text that were found."""
    spans = find(words, text)
    return None if spans is None else [text[span.start : span.end] for span in spans]


# -- between the marks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Lind calls it “an old wall” and ‘a risk’.", ("an old wall", "a risk")),
        ("Lind calls it \"an old wall\" and 'a risk'.", ("an old wall", "a risk")),
        ("Sie nannte es „eine Mauer“, he «un mur».", ("eine Mauer", "un mur")),
        ("The town''s dam is ``an old wall'' to her.", ("an old wall",)),
        ("“He called it ‘a plan’ today,” she said.", ("He called it ‘a plan’ today,",)),
        ("It is a 'workers' strike', she said.", ("workers' strike",)),
        ("Lind's team doesn't trust the town's dam, nor the workers' tools.", ()),
        ("In the '90s 'twas otherwise.", ()),
        ('She wants a 12" pipe there.', ()),
        ("She calls it “safe”.", ("safe",)),
        ("Nothing “…” stands there.", ()),
    ],
)
def test_stretches_between_all_kinds_of_marks(sentence: str, expected: tuple[str, ...]) -> None:
    assert quoted(sentence.replace("town''s", "town's")) == expected


def test_a_quotation_that_runs_over_sentences_is_read_on_both_sides() -> None:
    assert quoted("Lind said: “The dam is old.") == ("The dam is old.",)
    assert quoted("It will not hold,” she added.") == ("It will not hold,",)
    assert quoted('It will not hold," she added.') == ("It will not hold,",)


# -- the same words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "The old earth dam will not hold another winter.",
        "the old earth dam",
        "Old earth dam",
        "doesn't trust it",
        "1,200 metres of it in the US style - twice",
        "so-called 'flood office' came, it was tired - but dry",
        "will  not\u00a0hold",
        "earth dam will not hold [sic] another",
        "another winter, said Ada Lind",
    ],
)
def test_a_changed_format_is_still_verbatim(words: str) -> None:
    assert cut(words) is not None


@pytest.mark.parametrize(
    "words",
    [
        "the old earth dam will hold",
        "the dam will not hold",
        "the old earth dam will not hold another summer",
        "an old earth dam",
        "12,00 metres",
        "1200 metres",
        "200 metres",
        "ada lind",
        "old earth dams",
        "earth da",
        "does trust it",
        "not hold will",
        "…",
        "",
    ],
)
def test_a_changed_word_is_not(words: str) -> None:
    assert cut(words) is None


def test_a_decimal_point_is_no_punctuation() -> None:
    assert cut("12.5 metres", "It is 125 metres long.") is None
    assert cut("-5 degrees", "It was 5 degrees.") is None
    assert cut("5%", "It rose by 5 points.") is None


# -- what an editor may do --------------------------------------------------------------------------------------------


def test_an_insertion_stands_for_a_few_words_or_none() -> None:
    assert cut("[The dam] will not hold") == ["will not hold"]
    assert cut("The old [wall] will not hold") == ["The old earth dam will not hold"]
    assert cut("will [surely] not hold") == ["will not hold"]
    assert cut("[T]he old earth dam") == ["The old earth dam"]
    assert cut("her [t]eam") == ["Her team"]
    assert cut("Her team walk[s] 1,200 metres") == ["Her team walked 1,200 metres"]


def test_brackets_and_ellipses_of_the_text_itself_are_no_obstacle() -> None:
    assert cut("rebuild[ing] of … dams", "She wants rebuild[ing] of … dams.") == ["rebuild[ing] of … dams"]


def test_an_insertion_does_not_stand_for_whole_sentences() -> None:
    assert cut("The old [wall, she says,] metres") is None


def test_parts_around_an_ellipsis_stand_in_order() -> None:
    assert cut("The old earth dam … doesn’t trust it") == ["The old earth dam", "doesn’t trust it"]
    assert cut("The old … will not hold [...] twice") == ["The old", "will not hold", "twice"]
    assert cut("doesn’t trust it ... The old earth dam") is None
    assert cut("The old earth dam … holds") is None
    assert cut("earth … earth") is None


def test_the_first_misquotation_is_told() -> None:
    assert misquoted("Lind says it “will not hold” and is “a shame”.", DAM) == "a shame"
    assert misquoted("Lind says it “will not hold”.", DAM) is None
    assert misquoted("Lind says it holds.", DAM) is None


# -- offsets and hostile text -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["Straße", "İstanbul", "e\u0301tude", "étude", "𝒜da", "ﬁne", "sha\u00adlow", "Ǆ"])
def test_offsets_count_code_points_of_the_text(word: str) -> None:
    text = f"😀 It is “the {word} of \U0001f30a Lind”, she said."
    assert cut(f"the {word} of", text) == [f"the {word} of"]


def test_composed_and_decomposed_letters_meet() -> None:
    assert cut("the étude", "It is the e\u0301tude.") == ["the e\u0301tude"]


PIECES = st.lists(st.sampled_from([*"aAbİßé", "e\u0301", "𝒜", " ", ",", ".", "…", "-", "’", "“", "[", "]", "5", "?"]))
TEXTS = PIECES.map("".join)


@given(TEXTS, st.data())
def test_what_is_cut_from_a_text_stands_in_it_where_it_folds_to_the_same(text: str, data: st.DataObject) -> None:
    spans = find(text, text) or ()
    for span in spans:
        assert find(text[span.start : span.end], text[span.start : span.end]) is not None
    assert list(spans) == sorted(spans)
    assert all(text[span.start : span.end].strip() == text[span.start : span.end] != "" for span in spans)
    if spans:
        span = data.draw(st.sampled_from(spans))
        again = find(text[span.start : span.end], text)
        assert again is not None
        assert again[0].start <= span.start


@given(st.text(), st.text())
def test_no_text_makes_it_fail(sentence: str, text: str) -> None:
    misquoted(sentence, text)
    find(sentence, text)


@pytest.mark.parametrize("piece", ["a ", "'a ", '"', "“a”", "[", "[a ", ".", "“", "'s ", "a.b", "a[b] "])
def test_long_hostile_text_is_read_in_linear_time(piece: str) -> None:
    began = time.perf_counter()
    misquoted(piece * 3_000, piece * 3_000)
    find("a " * 3_000 + "b", piece * 3_000)
    assert time.perf_counter() - began < 5
