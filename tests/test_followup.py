"""A question that leans on what went before stands alone, without a word that nobody said."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexes.errors import ModelError, QuestionError
from indexes.terms import terms
from rag.answer import Answer, Citation
from rag.followup import LONGEST_ANSWER, Turn, stand_alone, turns
from rag.leaning import leans
from rag.question import Question, understand
from tests.memory import MemoryLibrary, article

LIBRARY = MemoryLibrary(
    [
        article(
            "Bridge",
            "Ada Lind | “The bridge of Tarn will stay,” said Ada Lind.",
            "Omar Brown | “It will fall,” said Omar Brown.",
            "Pia Oduya | “Nobody knows,” said Pia Oduya.",
            "Tarn Harbour Board | “We shall see,” the Tarn Harbour Board said.",
        )
    ]
)
DOUBT = "why does Lind doubt a split?"
PROMISE = "what does Lind promise the boats?"
OPENING = "when did the council of Tarn open the new bridge in 2024?"


def asked(question: str, *before: str, answer: str = "", speakers: tuple[str, ...] = ()) -> str:
    return stand_alone(question, [Turn(earlier, answer, speakers) for earlier in before], LIBRARY)


def understood(question: str, *before: str) -> Question:
    return understand(asked(question, *before), LIBRARY)


# -- another person, another topic ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    ["and what about Oduya?", "And Oduya?", "what about Oduya?", "how about Oduya", "does Oduya?", "does Oduya agree?",
     "and the same question for Oduya?", "does Oduya think so too?", "But Oduya?", "Oduya?"],
)  # fmt: skip
def test_another_person_takes_the_place_of_the_one_asked(question: str) -> None:
    assert asked(question, DOUBT) == "why does Oduya doubt a split?"


def test_a_name_is_kept_as_it_was_typed() -> None:
    assert asked("and Pia Oduya?", DOUBT) == "why does Pia Oduya doubt a split?"
    assert asked("and what about oduya", DOUBT) == "why does oduya doubt a split?"


def test_a_person_whom_nobody_knows_is_asked_about_as_well() -> None:
    assert understood("and Stam?", DOUBT).asked == "Stam"


def test_an_organisation_can_be_asked_next() -> None:
    assert understood("and the harbour board?", DOUBT).speakers == ("Tarn Harbour Board",)


def test_another_topic_takes_the_place_of_the_topic() -> None:
    assert asked("how about the harbour?", "what does Lind say about the bridge?") == (
        "what does Lind say about the harbour?"
    )
    assert asked("and the church?", "how high is the tower?") == "how high is the church?"
    assert asked("and the harbour?", "why was the old bridge closed in May?") == "why was the harbour closed in May?"
    assert asked("and Norway?", "what does Lind say about Sweden?") == "what does Lind say about Norway?"


def test_a_country_takes_the_place_of_the_one_that_acts() -> None:
    assert asked("and India?", "has China condemned the invasion of Ukraine?") == (
        "has India condemned the invasion of Ukraine?"
    )


def test_the_new_one_is_one_of_the_same_kind() -> None:
    assert asked("and the new one?", "is the old bridge in Tarn safe?") == "is the new bridge in Tarn safe?"


def test_what_was_counted_can_be_another_thing() -> None:
    assert asked("what about the boats?", "how many houses were lost?") == "how many boats were lost?"
    told = asked("how many were repaired?", "how many houses burned in the storm of May?")
    assert told == "how many were repaired in the storm of May?"


def test_a_group_takes_the_place_of_a_group() -> None:
    assert asked("and the mayor?", OPENING) == "when did the mayor of Tarn open the new bridge in 2024?"
    assert asked("and the harbour?", OPENING) == "when did the council of Tarn open the harbour in 2024?"


def test_somebody_who_speaks_is_asked_about_a_matter_that_had_no_speaker() -> None:
    question = understood("and Lind?", "is the old bridge safe?")
    assert question.speakers == ("Ada Lind",)
    assert {"bridg", "safe"} <= set(question.topic)


def test_who_somebody_is_can_be_asked_of_another() -> None:
    assert asked("and Omar Brown?", "who is Ada Lind?") == "who is Omar Brown?"


# -- question words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "kind"),
    [("why?", "why"), ("but why?", "why"), ("how so?", "why"), ("How come?", "why"), ("when?", "when"),
     ("since when?", "when"), ("when was that?", "when"), ("where?", "where"), ("to whom?", "who"), ("who?", "who"),
     ("how many?", "how many"), ("for how much?", "how many"), ("in which city?", "where"), ("why is that?", "why"),
     ("when exactly?", "when")],
)  # fmt: skip
def test_a_question_word_is_asked_of_the_same_matter(word: str, kind: str) -> None:
    for earlier in (PROMISE, "does Lind promise the boats a berth?", OPENING):
        question, before = understood(word, earlier), understand(earlier, LIBRARY)
        assert question.kind == kind
        assert (question.asked, question.verb) == (before.asked, before.verb)
        assert set(before.stems) <= set(question.stems)


def test_why_after_yes_or_no() -> None:
    assert asked("why?", "Does Lind doubt a split?") == "why does Lind doubt a split?"


def test_why_not_denies() -> None:
    question = understood("why not?", "does Lind doubt a split?")
    assert (question.kind, question.asked, question.negated) == ("why", "Lind", True)
    assert asked("why not?", "why wasn't the bridge closed?") == "why wasn't the bridge closed?"


def test_says_who_asks_for_the_speaker() -> None:
    question = understood("says who?", "is the bridge safe?")
    assert (question.kind, question.asked) == ("who", None)
    assert {"bridg", "safe"} <= set(question.stems)
    assert asked("who says so?", "does Lind doubt a split?") == "who says Lind doubt a split?"


def test_a_question_word_behind_who_is_asked_finds_its_place() -> None:
    assert asked("why?", "according to Lind, what will the bridge do?") == "according to Lind, why will the bridge do?"


def test_a_search_that_was_no_question_can_be_asked_about() -> None:
    question = understood("why?", "Lind on the bridge")
    assert (question.kind, question.speakers) == ("why", ("Ada Lind",))
    assert "bridg" in question.topic


def test_what_else_is_asked_of_the_same_person() -> None:
    question = understood("what else does she say?", DOUBT)
    assert (question.asked, question.verb, question.topic) == ("Lind", "say", ())


def test_why_somebody_thinks_so_is_why_they_said_what_they_said() -> None:
    assert asked("why does she think so?", DOUBT) == DOUBT


@pytest.mark.parametrize("question", ["really?", "tell me more", "Go on!", "is that true?", "and?", "for example?"])
def test_to_ask_for_more_is_to_ask_again(question: str) -> None:
    assert asked(question, DOUBT) == DOUBT


# -- ellipses ---------------------------------------------------------------------------------------------------------


def test_another_time_takes_the_place_of_the_time() -> None:
    assert asked("and in 2025?", OPENING) == "when did the council of Tarn open the new bridge in 2025?"
    assert asked("and 2025?", OPENING) == "when did the council of Tarn open the new bridge in 2025?"
    assert asked("in March?", "how many boats came last year?") == "how many boats came in March?"


def test_another_place_takes_the_place_of_the_place() -> None:
    assert asked("and in Norway?", "how many boats sank in Sweden?") == "how many boats sank in Norway?"


def test_a_time_is_added_where_there_was_none() -> None:
    assert asked("and last year?", PROMISE) == "what does Lind promise the boats last year?"


def test_how_many_of_something() -> None:
    question = understood("by how many votes?", OPENING)
    assert question.kind == "how many"
    assert {"vote", "council", "bridg"} <= set(question.stems)


# -- pronouns ---------------------------------------------------------------------------------------------------------


def test_a_pronoun_means_whoever_was_asked() -> None:
    assert asked("what does she say about the harbour?", DOUBT) == "what does Lind say about the harbour?"
    assert asked("what is her view of Norway?", DOUBT) == "what is Lind’s view of Norway?"
    assert asked("who disagrees with him?", "what does Brown expect?") == "who disagrees with Brown?"


def test_nobody_is_meant_by_her_in_what_they_say_themselves() -> None:
    assert asked("what does Oduya say about her?", DOUBT) == "what does Oduya say about Lind?"
    assert asked("does Oduya trust them?", OPENING) == "does Oduya trust the council?"


def test_a_pronoun_means_who_was_cited_where_nobody_was_named() -> None:
    told = asked("why does she think so?", "is the bridge safe?", answer="“Yes,” she said.", speakers=("Ada Lind",))
    question = understand(told, LIBRARY)
    assert (question.kind, question.speakers) == ("why", ("Ada Lind",))
    assert "bridg" in question.topic


def test_a_pronoun_means_a_name_of_the_answer_at_last() -> None:
    assert asked("where does he live?", "who built the bridge?", answer="Omar Brown built it.") == (
        "where does Omar Brown live?"
    )


def test_he_is_not_somebody_with_a_womans_name() -> None:
    told = asked("what does he want?", "what happened?", answer="Mary Stam met Hugo Berg.", speakers=("Mary Stam",))
    assert told == "what does Hugo Berg want?"


def test_he_is_not_a_body() -> None:
    speakers = ("Tarn Harbour Board", "Omar Brown")
    assert asked("where does he live?", "is the bridge safe?", speakers=speakers) == "where does Omar Brown live?"


def test_they_means_the_group_named_last() -> None:
    assert asked("what did they pay?", OPENING) == "what did the council pay?"
    assert asked("why do they protest?", "what do farmers want?") == "why do farmers protest?"
    assert asked("why do they refuse?", "has China paid?") == "why do China refuse?"
    assert asked("when would they sail?", "which old boats would sail first, according to Lind?") == (
        "when would old boats sail?"
    )


def test_it_and_that_mean_what_was_asked_about() -> None:
    assert asked("how long is it?", OPENING) == "how long is the new bridge?"
    assert asked("why is it so high?", "is inflation rising?") == "why is inflation so high?"
    assert asked("is it rich?", "has Norway paid?") == "is Norway rich?"
    assert asked("what does Oduya say about that?", DOUBT) == "what does Oduya say about a split?"
    assert asked("how much did that bridge cost?", OPENING) == "how much did the new bridge cost?"
    assert asked("who lives there?", OPENING) == "who lives in Tarn?"
    assert asked("who works there?", "how old is the harbour?") == "who works at the harbour?"
    assert asked("what does Lind say about that?", "how many boats did the harbour lose?") == (
        "what does Lind say about boats the harbour lose?"
    )
    assert asked("when was it?", "how many boats sank in the storm?") == "when was the storm?"
    assert (
        asked("what would that cost?", "is the old bridge in Tarn safe?") == "what would the old bridge in Tarn cost?"
    )


def test_nobody_is_meant_by_a_pronoun_where_nobody_was_named() -> None:
    assert asked("why does he doubt the plan?", "is inflation high?") == "why does he doubt the plan?"


# -- chains -----------------------------------------------------------------------------------------------------------


def test_a_chain_of_short_questions_holds() -> None:
    first = asked("and Oduya?", DOUBT)
    assert asked("since when?", DOUBT, first) == "since when does Oduya doubt a split?"


def test_a_history_of_questions_as_typed_is_followed_through() -> None:
    assert asked("since when?", DOUBT, "and Oduya?", "why?") == "since when does Oduya doubt a split?"


def test_only_the_last_turns_are_looked_at() -> None:
    fillers = ["is inflation high?"] * 5
    assert asked("where does she live?", DOUBT, *fillers) == "where does she live?"


def test_without_a_history_a_question_stays_as_typed() -> None:
    for question in ("and Oduya?", "why?", "when was that?", ""):
        assert asked(question) == question


# -- what stands alone ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    ["why does Lind doubt a split?", "is it likely that the bridge falls?", "does it rain in Tarn?", "harbour fees",
     "how long does it take to build a bridge?", "who said that the bridge is safe?", "how many boats are there?",
     "what happened in Tarn this year?", "Lind on the plan", "what does Lind say about her plan?",
     "does the council say it will pay?", "why does the mayor think he will win?", "and why does Brown doubt a split?",
     "who approved the bridge?", "what is inflation?", "Who  moved his court from Tarn to Ostrey in 1596?",
     "is it true that Lind resigned?", "does lind say he doubts the plan?", "what is the plan for those who stay?",
     "why did lind leave his post?"],
)  # fmt: skip
def test_a_question_that_stands_alone_stays_exactly_as_typed(question: str) -> None:
    assert not leans(question)
    assert asked(question, OPENING, answer="Ada Lind said so.", speakers=("Ada Lind",)) == question


# -- a model's rewriting ----------------------------------------------------------------------------------------------


def rewritten(written: str | None, question: str = "and Oduya?", answer: str = "Omar Brown fears the flood.") -> str:
    return stand_alone(question, [Turn(DOUBT, answer)], LIBRARY, lambda *_: written)


BY_RULE = "why does Oduya doubt a split?"


def test_a_rewriting_of_the_conversations_words_counts() -> None:
    assert rewritten("Why does Oduya doubt the split?") == "Why does Oduya doubt the split?"
    assert rewritten("Does Oduya fear the flood too?\n") == "Does Oduya fear the flood too?"


@pytest.mark.parametrize(
    "written",
    [None, "", "Why does Oduya doubt the merger?", "Why does Oduya doubt a split", "Oduya doubts a split.",
     "Why does Oduya doubt a split?\nBecause.", "Why does Oduya doubt a split [1]?", "Why does Lind doubt a split?",
     "Why does she doubt a split?", "and Oduya?", "Why does **Oduya** doubt a split?", "?",
     "Why does Oduya doubt a split? " * 20 + "?", "Why does Oduya doubt https://x.example/split?"],
)  # fmt: skip
def test_any_other_rewriting_gives_way_to_the_rule(written: str | None) -> None:
    assert rewritten(written) == BY_RULE


def test_the_model_is_not_asked_about_a_question_that_stands_alone() -> None:
    def never(question: str, history: Sequence[Turn]) -> str:
        raise AssertionError(question)

    assert stand_alone("who approved the bridge?", [Turn(DOUBT, "")], LIBRARY, never) == "who approved the bridge?"


def test_a_model_that_fails_leaves_the_rule() -> None:
    def fails(question: str, history: Sequence[Turn]) -> str:
        raise ModelError("The model is gone.")

    assert stand_alone("and Oduya?", [Turn(DOUBT, "")], LIBRARY, fails) == BY_RULE


# -- histories --------------------------------------------------------------------------------------------------------


def test_an_answer_gives_its_question_as_it_stood_alone_and_who_was_cited() -> None:
    cited = Citation(
        1, "a", "a@b#1", "Bridge", None, None, None, 1, "Ada Lind", "named", 1, "It stays", 0, 8, "/p", None
    )
    given = Answer(
        "and Lind?", "Ada Lind: “It stays” [1].", mode="quoted", asked_as="what does Lind say?", citations=(cited,)
    )
    assert turns([given]) == (Turn("what does Lind say?", "Ada Lind: “It stays”.", ("Ada Lind",)),)


def test_an_abstention_still_carries_its_question() -> None:
    given = Answer("what does Lind say about oil?", "The articles do not say.", mode="abstained")
    assert stand_alone("and Brown?", turns([given]), LIBRARY) == "what does Brown say about oil?"


@pytest.mark.parametrize(
    ("answer", "plain"),
    [
        ("It stays [1][2], he said [1, 3].", "It stays, he said."),
        ("It stays【1】 and falls [¶2].", "It stays and falls."),
        ("See [the paper](https://paper.example/a?b=1) or https://x.example/y.", "See the paper or"),
        ("![pixel](http://x.example/p.png)It **really** `stays`", "pixelIt really stays"),
        ("# Head\n- one\n- two <img src=x onerror=y>", "Head one two"),
        ("Zero\u200bwidth \u202ereversed\x07 bell\x1b[31m", "Zerowidth reversed bell [31m"),
        ("He wrote “the [sic] boat” in 2024", "He wrote “the [sic] boat” in 2024"),
    ],
)
def test_what_a_model_may_see_of_an_answer_is_plain_text(answer: str, plain: str) -> None:
    assert turns([{"question": "what?", "answer": answer}])[0].answer == plain


def test_a_long_answer_is_cut_at_a_word() -> None:
    answer = turns([{"question": "what?", "answer": "harbour " * 1_000}])[0].answer
    assert len(answer) <= LONGEST_ANSWER
    assert answer.endswith("harbour…")


@pytest.mark.parametrize(
    "history", ["why?", {"question": "a", "answer": "b"}, 3, None, ["why?"], [{"question": "why?"}],
                [{"question": 1, "answer": "b"}], [None], [("a", "b")], [{"question": "a", "answer": "b\n" * 500}, 7]]
)  # fmt: skip
def test_what_is_no_history_is_refused_in_one_clear_line(history: Any) -> None:
    with pytest.raises(QuestionError) as caught:
        turns(history)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


# -- whatever is typed ------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    "and what about why how many when who did does is the a council bridge Lind Oduya he she it they that there "
    "her his to in 2024 last year Tarn Norway say said doubt not else so for , ? ?! “ ” ’s according whom which "
    "city of split harbour board farmers this those open then really agree too".split()
)
SEEN = st.characters(exclude_categories=("Cf",))  # zero-width characters are dropped, which joins what they part
TYPED = st.lists(WORDS, max_size=9).map(" ".join) | st.text(SEEN, max_size=40)


@settings(max_examples=300, deadline=None)
@given(TYPED, st.lists(st.tuples(TYPED, TYPED), max_size=4))
def test_nothing_typed_breaks_it_and_no_word_is_invented(question: str, before: list[tuple[str, str]]) -> None:
    history = turns([{"question": earlier, "answer": answer} for earlier, answer in before])
    told = stand_alone(question, history, LIBRARY)
    said = " ".join([question, *(f"{turn.question} {turn.answer}" for turn in history), *LIBRARY.speakers()])
    assert set(terms(told)) <= set(terms(said))
    assert told == question or leans(question)


@settings(max_examples=200, deadline=None)
@given(TYPED, st.text(max_size=60))
def test_a_model_cannot_bring_in_a_word(question: str, written: str) -> None:
    told = stand_alone(question, [Turn(DOUBT, "Nobody knows.")], LIBRARY, lambda *_: written)
    assert set(terms(told)) <= set(terms(f"{question} {DOUBT} Nobody knows."))
