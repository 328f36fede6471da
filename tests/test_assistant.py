"""From a question to a cited answer, with a library in memory: no network, no Chroma, no torch."""

from datetime import date
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexes.article import Article
from indexes.errors import QuestionError
from indexes.library import Library
from indexes.paragraphs import Block, to_paragraphs
from indexes.speakers import resolve_speakers
from rag import Answer, Assistant
from tests.memory import MemoryLibrary

HARBOUR = """Ada Lind, the harbour master of Tarn, said on Monday that the quay would stay shut.
“The quay is closed because its timber piles are rotten,” she said. “Nobody may land there.”
The fishing boats will land at Ostby until June.
Tom Berg, a fisherman, told the Tarn Courier that the closure would cost him 4,000 crowns a week.
“I do not blame Ada Lind,” he added."""
SCHOOL = """The school in Ostby will take 40 pupils more in August, the council said.
Its head, Mari Holt, called the new classrooms far too small."""


def read(title: str, text: str, **facts: Any) -> Article:
    paragraphs = resolve_speakers(to_paragraphs([Block(line) for line in text.splitlines()], title))
    return Article(title=title, paragraphs=paragraphs, source=f"/articles/{title}.txt", **facts)


def assistant(*articles: Article) -> Assistant:
    return Assistant(cast(Library, MemoryLibrary(articles)))


@pytest.fixture
def tarn() -> Assistant:
    harbour = read("Quay shut", HARBOUR, published=date(2025, 3, 3), url="https://courier.example/quay")
    return assistant(harbour, read("School grows", SCHOOL))


def test_the_answer_quotes_the_speaker_verbatim(tarn: Assistant) -> None:
    answer = tarn.ask("Why is the quay closed, according to Lind?")
    assert "Ada Lind: “The quay is closed because its timber piles are rotten” [1]" in answer.answer
    assert answer.citations[0].quote == "The quay is closed because its timber piles are rotten"
    assert (answer.citations[0].paragraph, answer.citations[0].speaker_how) == (2, "pronoun")
    assert answer.as_of == date(2025, 3, 3)


def test_a_person_who_does_not_speak_on_it_is_not_given_others_words(tarn: Assistant) -> None:
    answer = tarn.ask("What does Tom Berg say about the classrooms?")
    assert (answer.abstained, answer.reason) == (True, "speaker_absent")
    assert answer.citations == ()
    assert answer.answer.startswith("The articles do not say")


def test_an_abstention_offers_what_came_nearest(tarn: Assistant) -> None:
    nearest = tarn.ask("How many whales live in the harbour?").nearest
    assert nearest
    assert all(near.text and near.article_id for near in nearest)


def test_an_empty_library_says_so() -> None:
    assert assistant().ask("Why is the quay closed?").reason == "no_articles"


def test_a_range_without_articles_is_told_from_an_empty_library(tarn: Assistant) -> None:
    assert tarn.ask("Why is the quay closed?", after="2030-01-01").reason == "out_of_date_range"


def test_a_date_filter_says_how_many_undated_articles_it_left_out(tarn: Assistant) -> None:
    answer = tarn.ask("Why is the quay closed?", after="2025-01-01")
    assert (answer.abstained, answer.undated_left_out) == (False, 1)
    assert tarn.ask("Why is the quay closed?").undated_left_out == 0


@pytest.mark.parametrize("question", ["", "  \n ", "why " * 2000])
def test_a_question_that_is_none_is_refused(tarn: Assistant, question: str) -> None:
    with pytest.raises(QuestionError):
        tarn.ask(question)


@pytest.mark.parametrize("question", ["why?", "the of and", "почему закрыт причал", "なぜ閉鎖されたのか", "???", "🙂"])
def test_a_question_with_nothing_to_look_for_abstains(tarn: Assistant, question: str) -> None:
    assert tarn.ask(question).abstained


def test_a_date_that_is_none_is_refused(tarn: Assistant) -> None:
    with pytest.raises(QuestionError, match="2025-03-14"):
        tarn.ask("Why is the quay closed?", after="soon")
    with pytest.raises(QuestionError, match="No day is after 2025-03-02 and before 2025-03-01"):
        tarn.ask("Why is the quay closed?", after="2025-03-02", before="2025-03-01")


def test_printing_an_answer_shows_sentences_and_sources(tarn: Assistant) -> None:
    printed = str(tarn.ask("Why is the quay closed, according to Lind?"))
    assert "[1] ¶2, Ada Lind, Quay shut, 2025-03-03" in printed


def test_the_dictionary_has_the_names_of_the_contract(tarn: Assistant) -> None:
    plain = tarn.ask("Why is the quay closed, according to Lind?").to_dict()
    assert set(plain) >= {
        *("question", "answer", "abstained", "reason", "mode", "fallback_reason", "as_of", "model", "prompt", "usage"),
        *("timings_ms", "claims", "citations", "nearest"),
    }
    assert set(plain["citations"][0]) >= {
        *("marker", "article_id", "paragraph_id", "title", "publisher", "published", "url", "paragraph", "speaker"),
        *("speaker_how", "speaker_from", "quote", "start", "end", "permalink", "link"),
    }
    assert plain["as_of"] == plain["citations"][0]["published"] == "2025-03-03"


def test_every_marker_of_the_answer_has_its_citation(tarn: Assistant) -> None:
    answer = tarn.ask("Why is the quay closed, according to Lind?")
    assert [c.marker for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    for claim in answer.claims:
        assert all(f"[{marker}]" in claim.text for marker in claim.citations)


# -- whatever an article holds ----------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *("“", "”", "‘", "’", '"', "'", "«", "»", "``", "''", "—", "…", ". ", "? ", ", ", "\u00a0", " ", " ", " "),
        *("Ada Lind said ", "said Tom Berg, a fisherman", "she added", "he told the Courier: ", "according to Lind"),
        *(
            "the quay is closed",
            "because the piles are rotten",
            "I think it is 1,200 crowns",
            "don’t",
            "🦭 𝒜𝒹𝒶",
            "e\u0301",
        ),
        *(
            "[1]",
            "[sic]",
            "<script>alert(1)</script>",
            "${1+1}",
            "[link](https://evil.example)",
            "Q: ",
            "A: ",
            "%s {0}",
        ),
    ]
)
PARAGRAPHS = st.lists(st.lists(PIECES, min_size=1, max_size=14).map("".join), min_size=1, max_size=6)
QUESTIONS = st.sampled_from(
    ["why is the quay closed", "what does Lind say", "who is Tom Berg?", "how many crowns?", "piles", "When?", "[1] “"]
)


@settings(max_examples=200, deadline=None)
@given(texts=PARAGRAPHS, question=QUESTIONS)
def test_every_citation_is_verbatim(texts: list[str], question: str) -> None:
    article = read("Quay", "\n".join(texts), url="https://courier.example/quay")
    answer = assistant(article).ask(question)
    for citation in answer.citations:
        paragraph = article.body[citation.paragraph - 1]
        assert citation.quote == paragraph.text[citation.start : citation.end] != ""
        assert citation.paragraph_id == article.paragraph_id(citation.paragraph)
    markers = {citation.marker for citation in answer.citations}
    assert {marker for claim in answer.claims for marker in claim.citations} == markers
    assert answer.abstained is not bool(answer.citations)


# -- as LangChain parts -----------------------------------------------------------------------------------------------


def text_of(answer: Answer) -> str:
    return answer.answer


def test_the_chain_is_a_runnable_that_composes(tarn: Assistant) -> None:
    chain = tarn.as_runnable() | text_of
    assert "rotten" in chain.invoke("Why is the quay closed, according to Lind?")
    assert chain.batch([{"question": "Why is the quay closed, according to Lind?", "after": "2030-01-01"}])[
        0
    ].startswith("The articles do not say")


def test_the_chain_streams_growing_answers(tarn: Assistant) -> None:
    question = "What does Lind say about the quay?"
    grown = list(tarn.as_runnable().stream(question))
    whole = grown[-1]
    assert [len(answer.claims) for answer in grown] == list(range(1, len(whole.claims) + 1))
    assert all(whole.answer.startswith(answer.answer) for answer in grown)
    assert whole.answer == tarn.ask(question).answer


async def test_the_chain_streams_asynchronously_as_well(tarn: Assistant) -> None:
    question = "What does Lind say about the quay?"
    grown = [text_of(answer) async for answer in tarn.as_runnable().astream(question)]
    assert grown == [text_of(answer) for answer in tarn.as_runnable().stream(question)]


def test_the_chain_takes_bound_filters(tarn: Assistant) -> None:
    later = tarn.as_runnable().bind(after="2030-01-01")
    assert later.invoke("Why is the quay closed?").reason == "out_of_date_range"


@pytest.mark.parametrize("asked", [{"query": "why?"}, {"question": None}, {}, 3])
def test_the_chain_says_what_it_takes(tarn: Assistant, asked: Any) -> None:
    with pytest.raises(QuestionError, match="Keys: "):
        tarn.as_runnable().invoke(asked)


async def test_the_chain_answers_asynchronously(tarn: Assistant) -> None:
    answer = await tarn.as_runnable().ainvoke("Why is the quay closed, according to Lind?")
    assert answer.citations[0].speaker == "Ada Lind"


def test_the_chain_reports_to_callbacks(tarn: Assistant) -> None:
    seen: list[Any] = []
    chain = tarn.as_runnable().with_listeners(on_end=lambda run: seen.append(run.outputs))
    chain.invoke("Why is the quay closed?")
    assert len(seen) == 1
