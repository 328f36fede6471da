"""What a question asks for, however it is typed."""

import pytest

from indexes.errors import QuestionError
from rag.question import LONGEST, Question, understand
from tests.memory import MemoryLibrary, article

LIBRARY = MemoryLibrary(
    [
        article(
            "Bridge",
            "Ada Lind | “The bridge will stay,” said Ada Lind.",
            "Omar Brown | “It will fall,” said Omar Brown.",
            "Tarn Harbour Board | “We shall see,” the Tarn Harbour Board said in a statement.",
        )
    ]
)


def asked(text: str) -> Question:
    return understand(text, LIBRARY)


@pytest.mark.parametrize(
    "text",
    [
        "why does Lind doubt the plan?",
        "why does lind doubt the plan",
        "WHY DOES LIND DOUBT THE PLAN?",
        "What is Lind’s view of the plan?",
        "According to Ada Lind, what will the plan do?",
        "which plan will work, according to Lind?",
        "does the engineer Lind think the plan will work?",
        "Lind on the plan",
    ],
)
def test_the_person_whose_words_are_wanted_is_found(text: str) -> None:
    question = asked(text)
    assert question.speakers == ("Ada Lind",)
    assert (question.asked or "").lower().endswith("lind")
    assert "plan" in question.topic
    assert "lind" not in question.topic


def test_a_person_who_is_only_named_is_not_asked_for_words() -> None:
    question = asked("where was Ada Lind born?")
    assert (question.speakers, question.asked) == (("Ada Lind",), None)


def test_an_unknown_person_is_kept_as_typed() -> None:
    question = asked("What does Hugo Stam say about the bridge?")
    assert (question.speakers, question.asked) == ((), "Hugo Stam")


@pytest.mark.parametrize("text", ["what does the mayor say about taxes?", "what do experts think?"])
def test_a_role_is_no_name(text: str) -> None:
    assert asked(text).asked is None


def test_a_name_that_is_an_ordinary_word_needs_the_place_of_a_person() -> None:
    assert asked("are brown bears dangerous").speakers == ()
    assert asked("what does brown say about the bridge").speakers == ("Omar Brown",)


def test_an_organisation_is_meant_by_the_end_of_its_name() -> None:
    assert asked("what does the harbour board say?").speakers == ("Tarn Harbour Board",)
    assert asked("is the harbour deep?").speakers == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("why did the bridge fall?", "why"),
        ("what was the reason for the delay?", "why"),
        ("who built it?", "who"),
        ("when was it built?", "when"),
        ("in what year did it open?", "when"),
        ("where does it stand?", "where"),
        ("how many cars cross it?", "how many"),
        ("what is the price of a ticket?", "how many"),
        ("has it been repaired?", "yes or no"),
        ("what fell?", "what"),
        ("who said when it opened?", "who"),
    ],
)
def test_the_kind_of_answer_is_recognised(text: str, kind: str) -> None:
    assert asked(text).kind == kind


@pytest.mark.parametrize("text", ["who is Ada Lind?", "Who is ada lind", "what is FilterWorks?"])
def test_an_introduction_is_recognised(text: str) -> None:
    assert asked(text).introduces


@pytest.mark.parametrize("text", ["who is winning?", "what is the price?", "who is to blame for the fall?"])
def test_other_questions_ask_for_no_introduction(text: str) -> None:
    assert not asked(text).introduces


def test_names_are_found_by_capitals_and_places_without() -> None:
    assert [name.text for name in asked("Has Norway paid the Tarn Trust?").names] == ["Norway", "Tarn Trust"]
    assert [name.text for name in asked("has norway paid").names] == ["norway"]


def test_numbers_are_compared_without_their_commas() -> None:
    assert asked("who paid 1,200 crowns?").numbers == ("1200",)


def test_else_is_not_looked_for() -> None:
    question = asked("what else does Lind say about somebody else’s bridge?")
    assert (question.asked, question.topic) == ("Lind", ("somebodi", "bridg"))
    assert "else" not in question.searched
    last = question.terms[-1]
    assert question.text[last.start : last.end] == "bridge"
    assert asked("what does Lind say about Else Stam?").topic == ("els", "stam")


@pytest.mark.parametrize("text", ["what is not safe?", "who hasn’t paid?", "which town never flooded?"])
def test_a_denial_is_noticed(text: str) -> None:
    assert asked(text).negated


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_question_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(QuestionError, match="empty"):
        asked(text)


def test_a_question_of_ten_thousand_characters_is_refused_in_one_line() -> None:
    with pytest.raises(QuestionError, match="10,000 characters") as refused:
        asked("x" * 10_000)
    assert "\n" not in str(refused.value)
    assert asked("x" * LONGEST)


@pytest.mark.parametrize("text", ["?!", "🙂", "почему мост упал?", "大桥为什么倒塌", "the of and", "“’‘”", "\u202ewhy"])
def test_strange_questions_are_understood_without_a_fault(text: str) -> None:
    assert asked(text).text == text
