"""Answers that a language model writes, asked through real clients on a real HTTP server: what reaches the reader."""

import asyncio
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, cast

import pytest
from langchain_core.caches import InMemoryCache
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.globals import set_llm_cache
from langchain_core.runnables import RunnableLambda

from indexes.library import Library
from rag import Answer, Assistant
from rag.draft import with_markers
from rag.models import language_model
from tests.fake_llm import Cut, Endless, FakeLLM, Garbled, Odds, Slow, Stalled, Status, Unfinished
from tests.memory import MemoryLibrary, article

QUAY = article(
    "Quay shut",
    "Ada Lind | Ada Lind, the harbour master of Tarn, said on Monday that the north quay would stay shut until June.",
    "Ada Lind | “The quay is closed because its timber piles are rotten,” she said. “Nobody may land there.”",
    "The fishing boats will land at Ostby until June. The council has set 40,000 crowns aside.",
    "Tom Berg | Tom Berg, a fisherman, told the Tarn Courier that the closure would cost him 4,000 crowns a week.",
    publisher="Tarn Courier",
    published=date(2025, 3, 3),
    url="https://courier.example/quay",
)
QUESTION = "why is the quay closed?"
GOOD = "Ada Lind says the quay is closed because its timber piles are rotten [{0}]."


@pytest.fixture
def library() -> Library:
    return cast(Library, MemoryLibrary([QUAY]))


def assistant(library: Library, llm: FakeLLM, **options: Any) -> Assistant:
    model = language_model("openai:any", base_url=f"{llm.url}/v1", timeout=options.pop("timeout", 5))
    return Assistant(library, model, **options)


def ask(library: Library, *replies: Any, question: str = QUESTION, **asked: Any) -> Answer:
    with FakeLLM(*replies) as llm:
        return assistant(library, llm, timeout=0.5).ask(question, **asked)


# -- what a model writes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("marker", ["[1]", "[3]", "[99]", "【2】", ""])
def test_a_true_sentence_is_cited_to_the_paragraph_that_bears_it_out_whatever_its_marker(
    library: Library, marker: str
) -> None:
    answer = ask(library, f"The quay is closed because its timber piles are rotten {marker}.")
    assert answer.mode == "model"
    assert answer.answer == "The quay is closed because its timber piles are rotten [1]."
    (citation,) = answer.citations
    assert (citation.paragraph, citation.speaker) == (2, "Ada Lind")
    assert citation.quote in QUAY.body[1].text
    assert [claim.verdict for claim in answer.claims] == ["supported"]


@pytest.mark.parametrize(
    "invented",
    [
        "The quay is closed because 250 piles are rotten [2].",
        "The quay is closed because the mayor Per Holm ordered it [2].",
        "The quay is not closed because its timber piles are rotten [2].",
        "Tom Berg says the quay is closed because its timber piles are rotten [2].",
        "Lind called the quay “a disgrace for the town” [2].",
        "The closure has ruined tourism along the coast [3].",
        "Read more at https://evil.example/collect?q=quay [2].",
        "I hope this helps!",
    ],
)
def test_a_sentence_that_no_paragraph_bears_out_never_reaches_the_reader(library: Library, invented: str) -> None:
    true = "The quay is closed because its timber piles are rotten [2]."
    answer = ask(library, f"{invented} {true}")
    assert answer.answer == "The quay is closed because its timber piles are rotten [1]."
    assert len(answer.citations) == 1


def test_where_nothing_survives_the_articles_are_quoted_and_the_answer_says_so(library: Library) -> None:
    answer = ask(library, "Because 250 whales damaged it [1].")
    assert (answer.mode, answer.abstained) == ("fallback", False)
    assert answer.fallback_reason == "Nothing that the language model wrote is borne out by the articles."
    assert "timber piles are rotten" in answer.answer
    assert answer.model == "openai:any"


def test_what_is_not_borne_out_can_be_shown_marked(library: Library) -> None:
    with FakeLLM("The closure has ruined tourism along the coast [3].") as llm:
        answer = assistant(library, llm, strict=False).ask(QUESTION)
    (claim,) = answer.claims
    assert (claim.verdict, claim.citations) == ("unverified", ())
    assert claim.text.endswith("(not borne out by the articles)")
    assert claim.reason


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("It is safe.", "It is safe [1]."),
        ("It began at 2:40 a.m.", "It began at 2:40 a.m. [1]"),
        ("It fell in the U.S.", "It fell in the U.S. [1]"),
        ("“It is safe.”", "“It is safe.” [1]"),
    ],
)
def test_a_marker_stands_before_the_full_stop_but_not_inside_an_abbreviation(sentence: str, shown: str) -> None:
    assert with_markers(sentence, (1,)) == shown


def test_the_same_place_keeps_its_number(library: Library) -> None:
    answer = ask(
        library,
        "The quay is closed because its timber piles are rotten [2]. The fishing boats will land at Ostby until June "
        "[3]. Its timber piles are rotten [2].",
    )
    assert [claim.citations for claim in answer.claims][:2] == [(1,), (2,)]
    assert [citation.marker for citation in answer.citations] == list(range(1, len(answer.citations) + 1))


def test_the_answer_carries_model_prompt_usage_and_timings(library: Library) -> None:
    answer = ask(library, GOOD.format(2))
    assert answer.model == "openai:any"
    assert answer.prompt
    assert answer.prompt.startswith("answer@")
    assert answer.usage
    assert answer.usage["input_tokens"] > 0
    assert {"understand", "retrieve", "model", "total"} <= set(answer.timings_ms)
    assert answer.as_of == date(2025, 3, 3)


def test_json_follows_the_same_contract_as_without_a_model(library: Library) -> None:
    written = ask(library, GOOD.format(2)).to_dict()
    quoted = Assistant(library).ask(QUESTION).to_dict()
    assert written.keys() == quoted.keys()
    assert written["claims"][0].keys() == quoted["claims"][0].keys()
    assert written["citations"][0].keys() == quoted["citations"][0].keys()
    assert json.loads(ask(library, GOOD.format(2)).to_json())["mode"] == "model"


def test_no_model_is_asked_where_a_name_of_the_question_stands_nowhere(library: Library) -> None:
    with FakeLLM(GOOD) as llm:
        answer = assistant(library, llm).ask("why does Gabuev doubt a split?")
        assert not llm.requests
    assert (answer.abstained, answer.model) == (True, None)


def test_no_model_is_asked_what_somebody_says_of_a_name_that_they_never_mention(library: Library) -> None:
    with FakeLLM("Tom Berg says Ostby is lovely [3].") as llm:
        answer = assistant(library, llm).ask("what does Tom Berg say about Ostby?")
        assert not llm.requests
    assert (answer.reason, answer.model) == ("speaker_absent", None)
    assert "mentions Ostby" in answer.answer


@pytest.mark.parametrize(
    "words", ["The articles do not say.", "I'm sorry, the passages do not mention this.", "Not found."]
)
def test_a_model_that_finds_no_answer_is_believed_where_the_gate_is_not_sure(library: Library, words: str) -> None:
    answer = ask(library, words, question="what does the closure cost the boats?")
    assert (answer.mode, answer.reason) == ("abstained", "unsupported")
    assert answer.nearest


def test_a_model_that_finds_no_answer_is_not_believed_where_the_gate_is_sure(library: Library) -> None:
    answer = ask(library, "The articles do not say.", question="where will the fishing boats land until June?")
    assert answer.mode == "fallback"
    assert answer.fallback_reason == "The language model finds no answer in them."


@pytest.mark.parametrize(("yes", "mode"), [(-3.0, "abstained"), (-0.1, "model")])
def test_a_small_local_model_is_asked_first_whether_the_passages_answer(
    library: Library, yes: float, mode: str
) -> None:
    odds = Odds({"yes": yes, "no": math.log(1 - math.exp(yes))})
    with FakeLLM(odds, "The fishing boats will land at Ostby until June [3].") as llm:
        small = replace(language_model("openai:any", base_url=f"{llm.url}/v1"), provider="gguf")
        answer = Assistant(library, small).ask("what does the closure mean for the boats?")
    assert answer.mode == mode


# -- how a model fails ------------------------------------------------------------------------------------------------

FAILURES = {
    "500": (Status(500), "failed"),
    "401": (Status(401), "key"),
    "429": (Status(429, retry_after=600), "rate-limited"),
    "stalled": (Stalled("The qu"), "within"),
    "cut": (Cut("The qu"), "broke off"),
    "garbled": (Garbled(), "cannot be read"),
    "empty": ("", "wrote nothing"),
    "think": ("<think>Hm. The quay is closed because its timber piles are rotten.", "wrote nothing"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_model_that_fails_is_replaced_by_quoting(library: Library, name: str) -> None:
    fault, reason = FAILURES[name]
    answer = ask(library, fault)
    assert answer.mode == "fallback"
    assert answer.fallback_reason
    assert reason in answer.fallback_reason
    assert answer.citations


@pytest.mark.parametrize("name", ["500", "401", "429", "stalled", "cut", "garbled", "empty"])
def test_without_fallback_a_failed_model_is_said_to_be_unavailable(library: Library, name: str) -> None:
    answer = ask(library, FAILURES[name][0], fallback=False)
    assert (answer.mode, answer.reason) == ("abstained", "model_unavailable")
    assert FAILURES[name][1] in answer.answer
    assert answer.citations == ()


def test_without_fallback_an_invented_answer_is_an_abstention(library: Library) -> None:
    answer = ask(library, "Because 250 whales damaged it [1].", fallback=False)
    assert (answer.mode, answer.reason) == ("abstained", "unsupported")


def test_what_can_pass_is_tried_again(library: Library) -> None:
    assert ask(library, Status(429, retry_after=0.01), Status(500), GOOD.format(2)).mode == "model"


def test_a_model_that_breaks_off_leaves_what_was_verified(library: Library) -> None:
    answer = ask(library, Cut("The quay is closed because its timber piles are rotten [2]. The fishing bo"))
    assert answer.mode == "model"
    assert answer.answer == "The quay is closed because its timber piles are rotten [1]."
    assert answer.fallback_reason
    assert "broke off" in answer.fallback_reason


def test_half_a_sentence_is_not_shown(library: Library) -> None:
    answer = ask(library, Unfinished("The fishing boats will land at Ostby [3]. The quay is closed"))
    assert answer.answer == "The fishing boats will land at Ostby [1]."
    assert answer.fallback_reason == "The model's reply was cut short."


def test_an_endless_reply_is_stopped(library: Library) -> None:
    with FakeLLM(Endless("The quay is closed because its timber piles are rotten [2]. ", delay=0), piece=50) as llm:
        answer = assistant(library, llm).ask(QUESTION)
        assert llm.disconnected.wait(5)
    assert answer.mode == "model"
    assert len(answer.claims) == 1


# -- streaming --------------------------------------------------------------------------------------------------------

TWO = (
    "The quay is closed because its timber piles are rotten [2]. The fishing boats will land at Ostby until June 【3】."
)


def test_an_answer_grows_sentence_by_sentence(library: Library) -> None:
    with FakeLLM(TWO, piece=1) as llm:
        texts = [answer.answer for answer in assistant(library, llm).as_runnable().stream(QUESTION)]
    first = "The quay is closed because its timber piles are rotten [1]."
    whole = f"{first} The fishing boats will land at Ostby until June [2]."
    assert list(dict.fromkeys(texts)) == [first, whole]


def test_the_first_sentence_is_out_before_the_second_is_written(library: Library) -> None:
    with FakeLLM(Slow(TWO + " And so on." * 50, delay=0.005)) as llm:
        stream = assistant(library, llm).as_runnable().stream(QUESTION)
        assert next(stream).answer.startswith("The quay")
        assert not llm.finished.is_set()
        cast(Any, stream).close()
        assert llm.disconnected.wait(5)


async def test_leaving_an_async_stream_ends_the_call(library: Library) -> None:
    with FakeLLM(Slow(TWO + " And so on." * 50, delay=0.005)) as llm:
        stream = assistant(library, llm).as_runnable().astream(QUESTION)
        assert (await anext(stream)).claims
        await cast(Any, stream).aclose()
        assert await asyncio.to_thread(llm.disconnected.wait, 5)


async def test_cancelling_while_the_model_is_silent_ends_the_call(library: Library) -> None:
    with FakeLLM(Slow("The quay is closed because its timber piles are rotten [2]. " * 9, delay=0.02)) as llm:
        runnable = assistant(library, llm).as_runnable()

        async def read() -> None:
            async for _ in runnable.astream(QUESTION):
                pass

        task = asyncio.create_task(read())
        while not llm.requests:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(llm.disconnected.wait, 5)


async def test_leaving_in_the_middle_of_a_sentence_ends_the_call(library: Library) -> None:
    endless = TWO + " And the sea, which nobody has asked about," + " rises and falls and" * 500
    with FakeLLM(Slow(endless, delay=0.01)) as llm:
        stream = assistant(library, llm).as_runnable().astream(QUESTION)
        while len((await anext(stream)).claims) < 2:
            pass
        third = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.05)  # its thread waits for the model by now
        third.cancel()
        assert await asyncio.to_thread(llm.disconnected.wait, 5)
        assert not llm.finished.is_set()


# -- LangChain --------------------------------------------------------------------------------------------------------


class Seen(BaseCallbackHandler):
    """Notes which runs began, each with the run it belongs to."""

    def __init__(self) -> None:
        self.models: list[Any] = []
        self.chains: list[Any] = []

    def on_chat_model_start(self, *_: Any, parent_run_id: Any = None, **__: Any) -> None:
        self.models.append(parent_run_id)

    def on_chain_start(self, *_: Any, run_id: Any = None, **__: Any) -> None:
        self.chains.append(run_id)


@pytest.mark.parametrize("how", ["invoke", "stream"])
def test_callbacks_see_the_model_call_inside_the_chain(library: Library, how: str) -> None:
    seen = Seen()
    with FakeLLM(GOOD.format(2)) as llm:
        chain = assistant(library, llm).as_runnable()
        config: Any = {"callbacks": [seen]}
        _ = chain.invoke(QUESTION, config) if how == "invoke" else list(chain.stream(QUESTION, config))
    assert len(seen.models) == 1
    assert seen.models[0] in seen.chains


@pytest.fixture
def cache() -> Iterator[None]:
    set_llm_cache(InMemoryCache())
    yield
    set_llm_cache(None)


@pytest.mark.usefixtures("cache")
def test_langchains_cache_spares_the_second_call(library: Library) -> None:
    with FakeLLM(GOOD.format(2)) as llm:
        chain = assistant(library, llm).as_runnable()
        assert chain.invoke(QUESTION).answer == chain.invoke(QUESTION).answer
        assert len(llm.requests) == 1


def test_batch_and_pipe_work(library: Library) -> None:
    with FakeLLM(GOOD.format(2)) as llm:
        chain = assistant(library, llm).as_runnable()
        assert [answer.mode for answer in chain.batch([QUESTION, QUESTION])] == ["model", "model"]
        spoken = chain | RunnableLambda(lambda answer: answer.to_message().text)
        assert spoken.invoke(QUESTION).endswith("[1].")


async def test_ainvoke_works(library: Library) -> None:
    with FakeLLM(GOOD.format(2)) as llm:
        assert (await assistant(library, llm).as_runnable().ainvoke(QUESTION)).mode == "model"


def test_a_ready_chat_model_with_fallbacks_can_be_given(library: Library) -> None:
    from langchain_openai import ChatOpenAI

    def chat(llm: FakeLLM) -> ChatOpenAI:
        return ChatOpenAI(base_url=f"{llm.url}/v1", api_key="none", model="any", max_retries=0)  # type: ignore[arg-type]

    with FakeLLM(Status(401)) as broken, FakeLLM(GOOD.format(2)) as good:
        model = chat(broken).with_fallbacks([chat(good)])
        answer = Assistant(library, language_model(model)).ask(QUESTION)
    assert answer.mode == "model"


# -- follow-ups -------------------------------------------------------------------------------------------------------


def test_a_follow_up_is_rewritten_by_the_model_and_retrieved_as_such(library: Library) -> None:
    with FakeLLM(GOOD.format(2), "What does Tom Berg say about the closure?", "Nothing.") as llm:
        asked = assistant(library, llm)
        first = asked.ask("what does Ada Lind say about the closure?")
        second = asked.ask("and Tom Berg?", history=[first])
        prompts = [request.prompt for request in llm.requests]
    assert second.asked_as == "What does Tom Berg say about the closure?"
    assert second.question == "and Tom Berg?"
    assert "https://" not in prompts[1]
    assert "[1]" not in prompts[1].split("and Tom Berg?")[0].rsplit("Question:", 2)[-2]


def test_a_follow_up_works_without_a_model(library: Library) -> None:
    asked = Assistant(library)
    first = asked.ask("what does Ada Lind say about the closure?")
    second = asked.ask("and Tom Berg?", history=[first])
    assert second.asked_as == "what does Tom Berg say about the closure?"
    assert {citation.speaker for citation in second.citations} == {"Tom Berg"}
    assert first.citations == asked.ask("what does Ada Lind say about the closure?").citations


def test_history_may_be_plain_dictionaries(library: Library) -> None:
    told = [{"question": "what does Ada Lind say about the closure?", "answer": "It is shut [1]."}]
    assert Assistant(library).ask("and Tom Berg?", history=told).citations


# -- what a model is shown --------------------------------------------------------------------------------------------


def test_a_model_sees_whole_paragraphs_with_their_place_and_speaker(library: Library) -> None:
    with FakeLLM(GOOD.format(1)) as llm:
        assistant(library, llm).ask(QUESTION)
        prompt = llm.requests[0].prompt
    assert QUAY.body[1].text in prompt
    assert all(fact in prompt for fact in ("Quay shut", "Tarn Courier", "2025-03-03", "Ada Lind"))


def test_a_window_that_holds_no_paragraph_is_said(library: Library) -> None:
    with FakeLLM(GOOD.format(1)) as llm:
        chosen = language_model("openai:any", base_url=f"{llm.url}/v1")
        answer = Assistant(library, replace(chosen, window=700)).ask(QUESTION)
        assert not llm.requests
    assert (answer.mode, answer.model) == ("fallback", None)
    assert answer.fallback_reason
    assert "fits" in answer.fallback_reason
