"""A citation cannot be wrong about its source, whatever the article holds."""

import json
from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexes.article import Article, Paragraph, Quotation, Speaker
from rag.answer import Answer, Copy
from rag.cite import cite

HOSTILE = st.text(
    alphabet=st.sampled_from("ab Z.,;-–—“”‘’\"'«»\u00a0\u200b\u0301é𝒜🙂ß\n\t&#<>[]%"), min_size=1, max_size=60
)


def article(*texts: str, url: str | None = "https://news.example/a") -> Article:
    body = tuple(Paragraph(text, number=n) for n, text in enumerate(texts, start=1))
    return Article(title="A title", paragraphs=body, source="a.txt", url=url)


@given(texts=st.lists(HOSTILE, min_size=1, max_size=4), data=st.data())
def test_the_quote_is_always_cut_from_the_paragraph(texts: list[str], data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(texts)))
    start = data.draw(st.integers(0, len(texts[number - 1]) - 1))
    end = data.draw(st.integers(start + 1, len(texts[number - 1])))
    citation = cite(1, article(*texts), number, start, end)
    assert citation.quote == texts[number - 1][citation.start : citation.end]
    assert citation.paragraph_id.endswith(f"#{number}")


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (0, 99)])
def test_a_place_outside_the_paragraph_is_no_citation(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="no text at"):
        cite(1, article("Short."), 1, start, end)


@pytest.mark.parametrize("number", [-1, 0, 2])
def test_a_paragraph_that_is_not_there_is_no_citation(number: int) -> None:
    with pytest.raises(ValueError, match="no text at"):
        cite(1, article("Short."), number, 0, 3)


def fragment(link: str | None) -> list[str]:
    assert link is not None
    return [unquote(part) for part in link.split("#:~:text=")[1].split(",")]


def test_the_link_names_a_short_quote_whole() -> None:
    assert fragment(cite(1, article("The dam, he said, is safe."), 1, 0, 7).link) == ["The dam"]


def test_the_link_names_a_long_quote_by_its_ends() -> None:
    text = "One two three four five six seven eight nine ten eleven."
    assert fragment(cite(1, article(text), 1, 0, len(text)).link) == [
        "One two three four",
        "eight nine ten eleven",
    ]


def test_a_quote_that_stands_twice_gets_the_words_before_it() -> None:
    twice = article("The dam is safe.", "Later he said the dam is safe.")
    start = len("Later he said ")
    assert fragment(cite(1, twice, 2, start, start + len("the dam is safe")).link) == [
        "said-",
        "the dam is safe",
    ]


def test_a_heading_that_repeats_the_quote_does_not_mislead_the_link() -> None:
    paragraphs = (
        Paragraph("Dam safe", kind="heading"),
        Paragraph("Is the dam safe?", number=1, heading="Dam safe"),
    )
    headed = Article(title="T", paragraphs=paragraphs, source="a", url="https://news.example/a")
    assert fragment(cite(1, headed, 1, len("Is the "), len("Is the dam safe")).link) == ["the-", "dam safe"]


def test_hyphens_and_commas_of_the_quote_do_not_end_the_fragment() -> None:
    link = cite(1, article("A well-kept, dry dam."), 1, 0, len("A well-kept, dry dam")).link
    assert link == "https://news.example/a#:~:text=A%20well%2Dkept%2C%20dry%20dam"


def test_an_article_without_address_has_no_link() -> None:
    assert cite(1, article("Text.", url=None), 1, 0, 4).link is None


def spoken(confidence: float) -> Article:
    text = "“It holds,” she said."
    said = Quotation(0, 11, direct=True, speaker=Speaker("Ada Lind", "pronoun", confidence, 3))
    return Article(title="T", paragraphs=(Paragraph(text, number=1, quotations=(said,)),), source="a")


def test_the_speaker_of_the_quoted_words_is_named_with_how_and_from_where() -> None:
    citation = cite(1, spoken(0.9), 1, 1, 9)
    assert (citation.speaker, citation.speaker_how, citation.speaker_from) == ("Ada Lind", "pronoun", 3)


def test_an_unsure_speaker_is_not_named() -> None:
    assert cite(1, spoken(0.5), 1, 1, 9).speaker is None


def test_words_outside_the_quotation_are_nobodys() -> None:
    assert cite(1, spoken(0.9), 1, 12, 21).speaker is None


# -- what a reader should know of the source --------------------------------------------------------------------------

NOTE = "An earlier version of this article gave the wrong year."


def corrected(**facts: object) -> Article:
    body = Paragraph("The dam is safe.", number=1, page=3)
    paragraphs = (body, Paragraph(NOTE, "correction"))
    return Article(title="Dam", paragraphs=paragraphs, source="a.pdf", **facts)  # type: ignore[arg-type]


def test_a_citation_carries_page_opinion_and_corrections() -> None:
    citation = cite(1, corrected(opinion=True), 1, 0, 7)
    assert (citation.page, citation.opinion, citation.corrections) == (3, True, (NOTE,))
    assert citation.place == "¶1, p. 3"
    assert citation.notes == ("Opinion", f"Correction: {NOTE}")


def test_a_plain_source_needs_no_notes() -> None:
    citation = cite(1, article("The dam is safe."), 1, 0, 7)
    assert (citation.place, citation.notes) == ("¶1", ())


def test_a_correction_that_is_labelled_gets_no_second_label() -> None:
    labelled = replace(
        corrected(), paragraphs=(*corrected().body, Paragraph("Clarification: It is old.", "correction"))
    )
    assert cite(1, labelled, 1, 0, 7).notes == ("Clarification: It is old.",)


def test_who_else_has_the_text_is_named_once_each() -> None:
    copies = (Copy("a", "Register", "Dam"), Copy("b", "Register", "Dam safe"), Copy("c", None, "The dam"))
    citation = replace(cite(1, article("The dam is safe."), 1, 0, 7), copies=copies)
    assert citation.notes == ("Also in: Register; The dam",)


def test_an_answer_in_words_and_in_json_carries_all_of_it() -> None:
    citation = replace(cite(1, corrected(opinion=True), 1, 0, 7), copies=(Copy("a", "Register", "Dam"),))
    answer = Answer("Is it safe?", "It is [1].", "quoted", citations=(citation,))
    assert [line.strip() for line in str(answer).split("\n")][2:] == [
        "[1] ¶1, p. 3, Dam", "The dam", "Opinion", f"Correction: {NOTE}", "Also in: Register",
    ]  # fmt: skip
    assert answer.to_dict()["citations"][0]["copies"] == [{"article_id": "a", "publisher": "Register", "title": "Dam"}]
    assert Answer.from_json(answer.to_json()) == answer


def test_an_answer_that_was_stored_before_is_still_read() -> None:
    answer = Answer("Is it safe?", "It is [1].", "quoted", citations=(cite(1, article("Safe."), 1, 0, 4),))
    plain = answer.to_dict()
    for name in ("page", "opinion", "corrections", "copies"):
        del plain["citations"][0][name]
    assert Answer.from_json(json.dumps(plain)) == answer
