"""Wire copy is one source: an answer never counts it twice, and says who else has published it."""

from datetime import date
from typing import Any, cast

import pytest

from indexes.article import Article, Filters
from indexes.library import Library
from rag import Answer, Assistant
from rag.cite import Place
from rag.conflicts import disagreements
from rag.models import language_model
from rag.question import understand
from rag.retrieve import Evidence, retrieve
from tests.fake_llm import FakeLLM
from tests.memory import MemoryLibrary, article

WIRE = (
    "In the gale off Tarn twelve boats of the Ostrey fleet were lost on Monday night, the coastguard said on Tuesday.",
    "Forty people were taken off the sea wall by two lifeboats. The last of them came ashore shortly before dawn.",
    "Ada Lind | “We have not had such a sea since the old pier went down,” said Ada Lind, the keeper of the light.",
    "The council will meet on Thursday to decide who pays for the lost boats, most of which were not insured.",
    "The harbour of Tarn stays closed because its entrance is blocked by a sunken dredger, said the harbour office.",
)
DEARER = tuple(text.replace("twelve boats", "fifteen boats") for text in WIRE)
OTHER = article("School grows", "The school on Skarra will take forty pupils more in August, the council said.")


def paper(publisher: str, *texts: str, title: str = "Gale off Tarn", **facts: Any) -> Article:
    return article(f"{title} ({publisher})", *texts, publisher=publisher, **facts)


COURIER = paper("Courier", *WIRE, published=date(2025, 7, 9))
REGISTER = paper("Register", "TARN (Wire) — " + WIRE[0], *WIRE[1:4], published=date(2025, 7, 9))


def ask(question: str, *articles: Article, **asked: Any) -> Answer:
    return Assistant(cast(Library, MemoryLibrary([*articles, OTHER]))).ask(question, **asked)


def found(question: str, *articles: Article, filters: Filters | None = None) -> list[Evidence]:
    library = MemoryLibrary([*articles, OTHER])
    return retrieve(understand(question, library, filters), library)


def publishers(answer: Answer) -> set[str | None]:
    return {citation.publisher for citation in answer.citations}


QUESTIONS = (
    "How many boats of the Ostrey fleet were lost in the gale?",
    "What does Ada Lind say about the sea?",
    "Who was taken off the sea wall?",
    "Why does the harbour of Tarn stay closed?",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_rests_on_one_of_the_copies(question: str) -> None:
    answer = ask(question, COURIER, REGISTER)
    assert len(publishers(answer)) == 1
    texts = [citation.quote for citation in answer.citations]
    assert len(texts) == len(set(texts)) > 0


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_was_found_in_copies_is_found_in_one_article(question: str) -> None:
    evidence = [one for one in found(question, COURIER, REGISTER) if one.article.id != OTHER.id]
    texts = [one.paragraph.text.removeprefix("TARN (Wire) — ") for one in evidence]
    assert len(texts) == len(set(texts))
    assert len({one.origin for one in evidence}) == 1
    assert {one.article.publisher for one in evidence if one.number < 5} == {evidence[0].article.publisher}


def test_who_else_has_the_words_is_named() -> None:
    (citation,) = ask("Who was taken off the sea wall?", COURIER, REGISTER).citations
    (copy,) = citation.copies
    assert {citation.publisher, copy.publisher} == {"Courier", "Register"}
    assert citation.notes == (f"Also in: {copy.publisher}",)


def test_a_copy_that_was_cut_before_the_words_is_not_named() -> None:
    (citation,) = ask("Why does the harbour of Tarn stay closed?", COURIER, REGISTER).citations
    assert (citation.publisher, citation.copies) == ("Courier", ())


def test_paragraphs_that_a_copy_sets_otherwise_are_found_once() -> None:
    bare = [text.rpartition(" | ")[2] for text in WIRE]
    joined = paper("Beacon", " ".join(bare[:2]), bare[2], " ".join(bare[3:]), published=date(2025, 7, 9))
    for question in QUESTIONS:
        evidence = [one for one in found(question, joined, COURIER) if one.article.id != OTHER.id]
        assert len({one.article.id for one in evidence}) == 1, question
        assert len(publishers(ask(question, joined, COURIER))) == 1, question


def test_what_only_a_copy_has_is_cited_from_it() -> None:
    own = "The Register counted nine cars in the water at the ferry steps, the highest number since the war."
    more = paper("Register", *WIRE, own)
    (citation,) = ask("How many cars were in the water at the ferry steps?", COURIER, more).citations
    assert (citation.publisher, citation.copies) == ("Register", ())


def test_the_newer_copy_has_the_figure_that_counts() -> None:
    newer = paper("Register", *DEARER, published=date(2025, 7, 11))
    for articles in ((COURIER, newer), (newer, COURIER)):
        answer = ask("How many boats of the Ostrey fleet were lost in the gale?", *articles)
        assert "fifteen boats" in answer.answer
        assert "twelve" not in answer.answer
        assert publishers(answer) == {"Register"}
        assert all(not citation.copies for citation in answer.citations)


def test_two_copies_do_not_disagree() -> None:
    same_day = paper("Register", *DEARER, published=date(2025, 7, 9))
    answer = ask("How many boats of the Ostrey fleet were lost in the gale?", COURIER, same_day)
    assert "differ" not in answer.answer
    assert len(publishers(answer)) == 1


def test_two_papers_that_wrote_their_own_do() -> None:
    other = paper("Register", "In the gale off Tarn fifteen boats of the Ostrey fleet were lost, the insurers said.")
    assert (
        "The sources differ" in ask("How many boats of the Ostrey fleet were lost in the gale?", COURIER, other).answer
    )


def test_places_in_two_copies_are_one_voice() -> None:
    newer = paper("Register", *DEARER, published=date(2025, 7, 11))
    shown = [Evidence(COURIER, COURIER.body[0], 1.0), Evidence(newer, newer.body[0], 1.0, copy_of=COURIER.id)]
    places = [Place(one.article, 1, 0, len(one.paragraph.text)) for one in shown]
    released = [(place.text, [place]) for place in places]
    assert not disagreements(released, shown, MemoryLibrary([COURIER, newer]))
    apart = [Evidence(one.article, one.paragraph, 1.0) for one in shown]
    assert disagreements(released, apart, MemoryLibrary([COURIER, newer]))


def test_a_model_is_shown_one_of_the_copies_and_cites_it() -> None:
    reply = (
        "In the gale off Tarn twelve boats of the Ostrey fleet were lost [1]. "
        "Forty people were taken off the sea wall by two lifeboats [2]."
    )
    with FakeLLM(reply) as llm:
        model = language_model("openai:any", base_url=f"{llm.url}/v1", timeout=5)
        library = MemoryLibrary([COURIER, REGISTER, OTHER])
        answer = Assistant(cast(Library, library), model).ask("What did the gale off Tarn do?")
        (request,) = llm.requests
    assert (answer.mode, len(answer.claims)) == ("model", 2)
    assert len(publishers(answer)) == 1
    assert str(request).count("Forty people were taken off") == 1
    assert all(len(citation.copies) == 1 for citation in answer.citations)


def test_a_question_to_one_publisher_is_answered_from_it() -> None:
    answer = ask("Who was taken off the sea wall?", COURIER, REGISTER, publisher="Register")
    assert publishers(answer) == {"Register"}


def test_a_filter_by_speaker_keeps_to_whom_it_names() -> None:
    unattributed = paper("Register", *(text.rpartition(" | ")[2] for text in WIRE))
    evidence = found("the sea", unattributed, COURIER, filters=Filters(speaker="Ada Lind"))
    assert [(one.article.publisher, one.number) for one in evidence] == [("Courier", 3)]


def test_a_filter_by_speaker_holds_where_one_copy_sets_in_two_paragraphs_what_another_sets_in_one() -> None:
    together = paper("Register", *WIRE[:2], f"{WIRE[2]} {WIRE[3]}", WIRE[4])
    for question in QUESTIONS:
        for order in ((COURIER, together), (together, COURIER)):
            evidence = found(question, *order, filters=Filters(speaker="Ada Lind"))
            assert len(evidence) == 1
            assert all("Ada Lind" in {speaker.name for speaker in one.paragraph.speakers} for one in evidence)


def test_a_copy_that_is_removed_meanwhile_is_not_named() -> None:
    class Losing(MemoryLibrary):
        def article(self, article_id: str, version: str | None = None) -> Article:
            if version is None:
                raise KeyError(article_id)
            return super().article(article_id, version)

    answer = Assistant(cast(Library, Losing([COURIER, REGISTER, OTHER]))).ask("Who was taken off the sea wall?")
    assert [citation.copies for citation in answer.citations] == [()]
