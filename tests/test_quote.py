"""Which words are quoted, whose they are, and how the answer reads."""

from datetime import date

import pytest

from indexes.article import Article
from rag.question import understand
from rag.quote import Abstained, Quoted, answer_by_quoting
from tests.memory import MemoryLibrary, article

BRIDGE = article(
    "Bridge",
    "The council of Tarn approved a new bridge on 3 March 2024 by 14 votes to 9. It will open in two years.",
    "Ada Lind | Ada Lind, an engineer who built the harbour, cautions that the old bridge cannot be saved.",
    "Ada Lind | “I think the timber is rotten, and the next flood will carry it away,” she said. “We measured it.",
    "Ada Lind | “Repairs never last, because the river eats the piles,” she added.",
    "Omar Brown | Omar Brown said the bridge was “far too dear” for a town of 900 people.",
    "Omar Brown | He called the vote a mistake by the council.",
)
INTERVIEW = article(
    "Interview",
    "Q: Why was the night ferry given up in 2011?",
    "Pia Quist | “A: Fuel had become too expensive.”",
)


def ask(text: str, *articles: Article) -> Quoted:
    library = MemoryLibrary(articles or [BRIDGE])
    found = answer_by_quoting(understand(text, library), library)
    assert not isinstance(found, Abstained), found.words
    return found


def answer(text: str, *articles: Article) -> str:
    return "\n".join(claim.text for claim in ask(text, *articles).claims)


def test_every_quote_is_cut_from_its_paragraph() -> None:
    for quote in ask("why does Lind think the old bridge cannot be saved?").quotes:
        assert quote.text == quote.article.body[quote.paragraph - 1].text[quote.start : quote.end]


def test_a_quotation_is_shown_without_the_reporting_clause() -> None:
    assert "Ada Lind: “I think the timber is rotten, and the next flood will carry it away” [1]" in answer(
        "what does Lind say about the timber?"
    )


def test_the_comma_before_the_closing_mark_is_not_quoted() -> None:
    quote = ask("what does Lind say about the timber?").quotes[0]
    assert quote.text.endswith("carry it away")
    assert quote.direct


def test_a_fragment_keeps_the_sentence_around_it() -> None:
    told = answer("what does Brown say about the town of 900 people?")
    assert told == "Omar Brown said the bridge was “far too dear” for a town of 900 people [1]."


def test_an_indirect_statement_that_names_nobody_gets_its_speaker_in_front() -> None:
    told = answer("what does Brown say about the vote of the council?")
    assert told == "Omar Brown, as reported: He called the vote a mistake by the council [1]."


def test_the_reporters_own_sentence_is_nobodys() -> None:
    found = ask("by how many votes did the council approve a new bridge?")
    assert found.quotes[0].speaker is None
    assert found.claims[0].text.endswith("by 14 votes to 9 [1].")


def test_who_is_reported_is_named_in_every_sentence() -> None:
    vote = article(
        "Vote",
        "Omar Brown | He called the vote of the council a grave mistake.",
        "Omar Brown | The council would regret its vote, he said.",
    )
    told = answer("what does Omar Brown say about the vote of the council?", vote)
    assert told == (
        "Omar Brown, as reported: He called the vote of the council a grave mistake [1].\n"
        "Omar Brown, as reported: The council would regret its vote, he said [2]."
    )


def test_a_quotation_is_not_cut_off_before_its_but() -> None:
    pool = article(
        "Pool", "Dev Roe | “We all want the lido open,” said Dev Roe.", "Dev Roe | “But I will not sign for it.”"
    )
    assert answer("does Dev Roe want the lido open?", pool) == (
        "Dev Roe: “We all want the lido open” [1]; “But I will not sign for it” [2]."
    )


def test_the_reporters_words_around_a_phrase_are_not_shown_as_the_speakers() -> None:
    dam = article(
        "Dam", "Ada Lind | The dam, which the council had neglected for years, was “beyond repair”, she said."
    )
    told = answer("what does Ada Lind say about the dam?", dam)
    assert not told.startswith("Ada Lind: ")


def test_a_person_is_introduced_where_others_tell_of_them_not_where_they_speak() -> None:
    told = article(
        "Ferry", "Pia Quist, 58, has been a captain for 21 years.", *(f"Day {n} was calm." for n in range(9))
    )
    spoken = article("Storm", *(f"Pia Quist | “Wave {n} was high,” said Pia Quist." for n in range(9)))
    assert answer("who is Pia Quist?", told, spoken) == "Pia Quist, 58, has been a captain for 21 years [1]."


def test_the_month_of_an_article_counts_as_said() -> None:
    dated = article("Flood", "The river Tarn flooded 412 homes.", published=date(2024, 1, 22))
    assert answer("how many homes were flooded in January 2024?", dated) == "The river Tarn flooded 412 homes [1]."


def test_a_person_is_introduced_by_the_sentence_that_says_who_they_are() -> None:
    for text in ("who is Ada Lind?", "who is ada lind"):
        assert answer(text).startswith("Ada Lind, an engineer who built the harbour, cautions")


def test_a_view_comes_with_its_reasons_in_reading_order() -> None:
    found = ask("why does Lind think the old bridge cannot be saved?")
    paragraphs = [quote.paragraph for quote in found.quotes]
    assert paragraphs == sorted(paragraphs)
    assert {quote.speaker.name for quote in found.quotes if quote.speaker} == {"Ada Lind"}


def test_a_bare_fact_is_followed_by_what_explains_it() -> None:
    closed = article(
        "Quay",
        "Ada Lind, the harbour master, ordered the quay closed at midnight.",
        "Ada Lind | “The gauge showed more water than I had ever seen,” she said.",
    )
    assert [quote.paragraph for quote in ask("why did Ada Lind order the quay closed?", closed).quotes] == [1, 2]


def test_what_one_person_says_in_a_row_is_one_sentence_of_the_answer() -> None:
    said = article(
        "Wall",
        "Ada Lind | “The wall is old,” she said.",
        "Ada Lind | “The wall must be high,” she said.",
    )
    assert answer("what does Lind say about the wall?", said) == (
        "Ada Lind: “The wall is old” [1]; “The wall must be high” [2]."
    )


def test_a_question_is_never_the_answer() -> None:
    assert "Fuel had become too expensive" in answer("why was the night ferry given up in 2011?", INTERVIEW)
    assert "Q:" not in answer("why was the night ferry given up in 2011?", INTERVIEW)


def test_the_same_words_in_two_articles_are_quoted_once() -> None:
    text = "The council of Tarn approved a new bridge by 14 votes to 9."
    copies = [article("One", text, "The sun shone."), article("Two", f"{text} Nobody left early.", "It rained.")]
    assert len(ask("by how many votes did the council of Tarn approve a new bridge?", *copies).quotes) == 1


def test_two_sources_that_disagree_are_both_quoted() -> None:
    one = article("One", "The council said that 412 homes were flooded in the storm.")
    two = article("Two", "The fire brigade said that 640 homes were flooded in the storm.")
    assert {quote.article.title for quote in ask("how many homes were flooded in the storm?", one, two).quotes} == {
        "One",
        "Two",
    }


@pytest.mark.parametrize("text", ["why does Lind think the old bridge cannot be saved?", "what about the bridge?"])
def test_an_answer_holds_at_most_five_quotes(text: str) -> None:
    library = MemoryLibrary([article("Long", *[f"The old bridge is saved, number {n}." for n in range(30)]), BRIDGE])
    found = answer_by_quoting(understand(text, library), library)
    assert isinstance(found, Abstained) or len(found.quotes) <= 5


def test_the_markers_of_the_claims_name_every_quote_once() -> None:
    found = ask("why does Lind think the old bridge cannot be saved?")
    markers = [marker for claim in found.claims for marker in claim.citations]
    assert markers == list(range(1, len(found.quotes) + 1))
    assert all(f"[{marker}]" in claim.text for claim in found.claims for marker in claim.citations)
