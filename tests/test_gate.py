"""When a question gets no answer, and what the reader is told."""

from datetime import date

import pytest

from indexes.article import Filters
from rag.question import understand
from rag.quote import Abstained, Quoted, answer_by_quoting
from tests.memory import MemoryLibrary, article

LIBRARY = MemoryLibrary(
    [
        article(
            "Bridge",
            "The council of Tarn approved a new bridge on 3 March 2024 by 14 votes to 9.",
            "Ada Lind | “The old bridge is rotten and will not last another winter,” said Ada Lind, the engineer.",
            "Omar Brown | “A ferry would be cheaper than a bridge,” said Omar Brown, a fisherman.",
            "The Norwegian firm Stavund will build it.",
            "President Hugo Stam did not visit Tarn.",
            published=date(2024, 3, 4),
        ),
        article("School", "The school in Ostby will take 40 pupils more in August."),
    ]
)


def asked(text: str, library: MemoryLibrary = LIBRARY, filters: Filters | None = None) -> Quoted | Abstained:
    return answer_by_quoting(understand(text, library, filters), library)


def reason(text: str, library: MemoryLibrary = LIBRARY, filters: Filters | None = None) -> str | None:
    found = asked(text, library, filters)
    return found.reason if isinstance(found, Abstained) else None


def test_an_empty_library_says_so() -> None:
    assert reason("who approved the bridge?", MemoryLibrary([])) == "no_articles"


def test_filters_that_leave_nothing_are_blamed_not_the_articles() -> None:
    assert reason("who approved the bridge?", filters=Filters(after=date(2030, 1, 1))) == "out_of_date_range"


def test_a_question_of_stop_words_finds_nothing() -> None:
    assert reason("what is it about?") == "no_match"


@pytest.mark.parametrize("text", ["почему мост закрыт?", "大桥为什么倒塌"])
def test_a_question_in_another_script_finds_nothing(text: str) -> None:
    assert reason(text) in ("no_match", "unsupported")


def test_a_name_that_stands_nowhere_is_named() -> None:
    found = asked("did Canada approve the new bridge?")
    assert isinstance(found, Abstained)
    assert (found.reason, "Canada" in found.words) == ("no_match", True)


def test_a_country_is_known_by_what_its_people_are_called() -> None:
    assert reason("which firm of Norway will build the bridge?") != "no_match"


@pytest.mark.parametrize("text", ["what does Lind say about pupils?", "what does lind think of the ferry"])
def test_a_person_who_speaks_of_other_things_is_absent(text: str) -> None:
    found = asked(text)
    assert isinstance(found, Abstained)
    assert (found.reason, "Ada Lind" in found.words) == ("speaker_absent", True)


def test_a_person_who_is_only_mentioned_is_absent() -> None:
    assert reason("what does Hugo Stam say about the bridge?") == "speaker_absent"


def test_a_person_who_speaks_but_is_filtered_out_is_absent() -> None:
    assert reason("what does Lind say about the bridge?", filters=Filters(speaker="Omar Brown")) == "speaker_absent"


def test_a_person_is_quoted_where_no_topic_is_given() -> None:
    assert isinstance(asked("what does Lind say?"), Quoted)


def test_a_person_who_says_nothing_in_words_is_absent() -> None:
    assert reason("what does Lind say?", MemoryLibrary([article("A", "Ada Lind | “…!”")])) == "speaker_absent"


def test_words_that_nothing_holds_give_no_answer() -> None:
    assert reason("how many whales swim around the island?") == "unsupported"


def test_a_number_that_is_not_in_the_sentence_gives_no_answer() -> None:
    assert reason("who approved a new bridge in 2019?") == "no_match"


def test_a_denial_is_not_answered_by_its_contrary() -> None:
    assert reason("who approved the new bridge of the council of Tarn?") is None
    assert reason("who never approved the new bridge of the council of Tarn?") == "unsupported"


def test_the_nearest_paragraphs_come_with_every_refusal() -> None:
    found = asked("what does Lind say about pupils?")
    assert isinstance(found, Abstained)
    assert found.nearest


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        (Filters(speaker="Zeno Quill"), "Nobody called “Zeno Quill” speaks in the articles."),
        (Filters(publisher="The Void"), "No article was published by “The Void”."),
        (Filters(after=date(2090, 1, 1)), "No article is left by the filters; without them there are some."),
    ],
)
def test_the_filter_that_leaves_nothing_is_named(filters: Filters, words: str) -> None:
    library = MemoryLibrary([article("Ferry", "The ferry is late.")])
    found = answer_by_quoting(understand("why is the ferry late?", library, filters), library)
    assert isinstance(found, Abstained)
    assert (found.reason, found.words) == ("out_of_date_range", words)
