"""Promises of asking a model, over HTTP and through the real clients of three protocols."""

import math
import re
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_anthropic import ChatAnthropic
from langchain_core.caches import InMemoryCache
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI

from indexes.errors import ModelUnavailable
from rag import failures, generate
from rag.answer import CANNOT_ANSWER
from rag.followup import Turn
from rag.generate import Writer
from rag.models import Chat
from rag.retrieve import Evidence
from tests.fake_llm import Cited, Cut, Endless, FakeLLM, Garbled, Odds, Slow, Stalled, Status, Unfinished
from tests.memory import article

BRIDGE = article("The bridge", "Ada Lind | “The bridge stays open,” she said.", "It carries 4,000 cars a day.")
PASSAGES = [Evidence(BRIDGE, paragraph, score=1.0) for paragraph in BRIDGE.body]
QUESTION = "Does the bridge stay open?"
KEY = "sk-not-for-any-reader"


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back off for milliseconds only."""
    monkeypatch.setattr(failures, "FIRST_WAIT", 0.001)


def openai(llm: FakeLLM, **settings: Any) -> BaseChatModel:
    given = {"timeout": 5, "max_retries": 0, "stream_usage": True, **settings}
    return ChatOpenAI(base_url=f"{llm.url}/v1", api_key=KEY, model="any", **given)


def ollama(llm: FakeLLM, timeout: float = 5) -> BaseChatModel:
    return ChatOllama(base_url=llm.url, model="any", client_kwargs={"timeout": timeout})


def anthropic(llm: FakeLLM, timeout: float = 5) -> BaseChatModel:
    return ChatAnthropic(base_url=llm.url, api_key=KEY, model_name="any", timeout=timeout, max_retries=0, stop=None)


CLIENTS = pytest.mark.parametrize("client", [openai, ollama, anthropic])


def write(model: Chat) -> str:
    return "".join(Writer(model).write(QUESTION, PASSAGES))


def until_it_is_cut_short(model: Chat) -> str:
    pieces: list[str] = []
    with pytest.raises(ModelUnavailable, match="cut short"):
        pieces.extend(Writer(model).write(QUESTION, PASSAGES))
    return "".join(pieces)


# -- streaming --------------------------------------------------------------------------------------------------------


@CLIENTS
def test_a_reply_comes_in_pieces_and_is_whole(client: Any) -> None:
    with FakeLLM("The bridge stays open [1].") as llm:
        pieces = list(Writer(client(llm)).write(QUESTION, PASSAGES))
    assert "".join(pieces) == "The bridge stays open [1]."
    assert len(pieces) > 3


@CLIENTS
def test_the_tokens_of_all_calls_add_up(client: Any) -> None:
    with FakeLLM("one two three", "yes") as llm:
        writer = Writer(client(llm))
        list(writer.write(QUESTION, PASSAGES))
        assert writer.usage["output_tokens"] == 3
        writer.answered(QUESTION, PASSAGES)
        assert writer.usage["output_tokens"] == 4
        assert writer.usage["total_tokens"] == writer.usage["input_tokens"] + 4


@CLIENTS
def test_closing_the_answer_drops_the_connection(client: Any) -> None:
    with FakeLLM(Endless()) as llm:
        pieces = Writer(client(llm)).write(QUESTION, PASSAGES)
        next(pieces)
        pieces.close()
        assert llm.disconnected.wait(2)


@CLIENTS
def test_an_endless_reply_is_stopped(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "LONGEST", 100)
    with FakeLLM(Endless(delay=0)) as llm:
        assert 100 <= len(until_it_is_cut_short(client(llm))) < 200
        assert llm.disconnected.wait(2)


@CLIENTS
def test_a_reply_that_ran_out_of_tokens_is_said_to_be_cut_short(client: Any) -> None:
    with FakeLLM(Unfinished("The bridge stays")) as llm:
        assert until_it_is_cut_short(client(llm)) == "The bridge stays"


@CLIENTS
def test_an_empty_reply_yields_nothing(client: Any) -> None:
    with FakeLLM("") as llm:
        assert write(client(llm)) == ""


def test_reasoning_blocks_are_passed_over() -> None:
    blocks: list[str | dict[str, Any]] = [
        {"type": "reasoning", "reasoning": "Hm [2]."},
        {"type": "text", "text": "Yes [1]."},
    ]
    assert write(GenericFakeChatModel(messages=iter([AIMessage(blocks)]), disable_streaming=True)) == "Yes [1]."


def test_a_cached_reply_costs_no_second_call() -> None:
    with FakeLLM("The bridge stays open [1].") as llm:
        model = openai(llm, cache=InMemoryCache())
        for _ in range(2):
            assert write(model) == "The bridge stays open [1]."
        assert len(llm.requests) == 1


def test_callbacks_of_the_config_see_every_call() -> None:
    class Seen(BaseCallbackHandler):
        runs: list[Any] = []  # noqa: RUF012

        def on_chat_model_start(self, *_: Any, **about: Any) -> None:
            self.runs.append(about["tags"])

    with FakeLLM("Who pays for the bridge?", "yes", "Yes [1].") as llm:
        writer = Writer(openai(llm), {"callbacks": [Seen()], "tags": ["mine"]})
        writer.rewrite("who pays?", [])
        writer.answered(QUESTION, PASSAGES)
        list(writer.write(QUESTION, PASSAGES))
    assert Seen.runs == [["mine"]] * 3


def test_a_model_with_fallbacks_is_asked_like_any_other() -> None:
    with FakeLLM(Status(401)) as refuses, FakeLLM("yes", "Yes [1].") as llm:
        writer = Writer(openai(refuses).with_fallbacks([openai(llm)]))
        assert writer.answered(QUESTION, PASSAGES) == 1.0
        assert "".join(writer.write(QUESTION, PASSAGES)) == "Yes [1]."


# -- the prompt -------------------------------------------------------------------------------------------------------


def test_passages_come_before_the_question() -> None:
    with FakeLLM("Yes [1].") as llm:
        write(openai(llm))
        prompt = llm.requests[0].prompt
    assert prompt.index(CANNOT_ANSWER) < prompt.index("[1] Article: The bridge") < prompt.rindex(QUESTION)
    assert prompt.endswith(QUESTION)


def test_both_prompts_begin_alike_so_that_a_server_reads_the_passages_once() -> None:
    with FakeLLM("yes", "Yes [1].") as llm:
        writer = Writer(openai(llm))
        writer.answered(QUESTION, PASSAGES)
        list(writer.write(QUESTION, PASSAGES))
        one, other = (request.prompt for request in llm.requests)
    alike = next(i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    assert alike > one.rindex("4,000 cars")


def test_every_question_has_its_own_boundary() -> None:
    with FakeLLM("Yes [1].") as llm:
        write(openai(llm))
        write(openai(llm))
        one, other = (re.search(r"^--- (\w+) ---$", request.prompt, re.M) for request in llm.requests)
    assert one
    assert other
    assert one[1] != other[1]


# -- Anthropic's own citations ----------------------------------------------------------------------------------------


def test_anthropic_gets_each_passage_as_a_document_to_cite() -> None:
    with FakeLLM("Yes [1].") as llm:
        write(anthropic(llm))
        *documents, question = llm.requests[0].body["messages"][0]["content"]
    assert [document["title"] for document in documents] == ["[1] The bridge", "[2] The bridge"]
    assert documents[0]["source"]["content"] == [{"type": "text", "text": "“The bridge stays open,” she said."}]
    assert documents[0]["context"] == "Speaker: Ada Lind"
    assert all(document["citations"] == {"enabled": True} for document in documents)
    assert question["text"].endswith(QUESTION)


CITED = Cited((("The bridge stays open.", (0,)), (" It carries 4,000 cars a day.\n", (1, 0, 1)), ("So it is.", ())))
MARKED = "The bridge stays open. [1] It carries 4,000 cars a day. [2] [1]\nSo it is."


@pytest.mark.parametrize("piece", [1, 4, 100])
def test_anthropic_citations_become_markers_behind_their_text(piece: int) -> None:
    with FakeLLM(CITED, piece=piece) as llm:
        assert write(anthropic(llm)) == MARKED


def test_anthropic_citations_become_markers_in_a_whole_reply_too() -> None:
    with FakeLLM(CITED) as llm:
        model = anthropic(llm)
        model.cache = InMemoryCache()
        assert write(model) == MARKED


# -- yes or no, and the question that stands alone --------------------------------------------------------------------


def test_yes_is_weighed_against_no() -> None:
    odds = {"Yes": math.log(0.5), "no": math.log(0.1), " yes": math.log(0.1), "Maybe": math.log(0.3)}
    with FakeLLM(Odds(odds)) as llm:
        assert Writer(openai(llm)).answered(QUESTION, PASSAGES) == pytest.approx(0.6 / 0.7)


@CLIENTS
@pytest.mark.parametrize(("said", "probability"), [("Yes.", 1.0), ("**No**", 0.0), ("I think so", None), ("", None)])
def test_without_probabilities_the_word_counts(client: Any, said: str, probability: float | None) -> None:
    with FakeLLM(said) as llm:
        assert Writer(client(llm)).answered(QUESTION, PASSAGES) == probability


def test_a_model_that_refuses_to_tell_probabilities_is_asked_for_the_word() -> None:
    with FakeLLM(Status(400), "no") as llm:
        assert Writer(openai(llm)).answered(QUESTION, PASSAGES) == 0.0


def test_the_second_way_of_asking_fails_with_its_own_reason() -> None:
    with (
        FakeLLM(Status(400), Status(429, retry_after=3600)) as llm,
        pytest.raises(ModelUnavailable, match="rate-limited"),
    ):
        Writer(openai(llm)).answered(QUESTION, PASSAGES)


@pytest.mark.parametrize(("said", "probability"), [("\n<think>\nno?\n</think>\nYes.", 1.0), ("<think>no, yes", None)])
def test_a_model_that_thinks_first_is_heard_out(said: str, probability: float | None) -> None:
    with FakeLLM(said) as llm:
        assert Writer(ollama(llm)).answered(QUESTION, PASSAGES) == probability


def test_no_more_is_read_than_the_word() -> None:
    with FakeLLM(Endless("Yes, they do. ")) as llm:
        assert Writer(ollama(llm)).answered(QUESTION, PASSAGES) == 1.0
        assert llm.disconnected.wait(2)


HISTORY = [Turn("Why does Ada Lind keep the bridge?", "She says it stays open.")]


def test_a_follow_up_is_rewritten_with_its_history() -> None:
    with FakeLLM('Rewritten: "Why does Okoro keep the bridge?"\nBecause …') as llm:
        assert Writer(openai(llm)).rewrite("and Okoro?", HISTORY) == "Why does Okoro keep the bridge?"
        prompt = llm.requests[0].prompt
    assert prompt.rindex("She says it stays open.") < prompt.rindex("and Okoro?")


@pytest.mark.parametrize("said", ["", "\n", "word " * 200])
def test_what_is_no_question_is_no_rewrite(said: str) -> None:
    with FakeLLM(said) as llm:
        assert Writer(openai(llm)).rewrite("and Okoro?", HISTORY) is None


# -- what can go wrong ------------------------------------------------------------------------------------------------


@CLIENTS
@pytest.mark.parametrize("fault", [Status(500), Status(503), Status(429, retry_after=0), Cut()])
def test_what_can_pass_is_tried_again(client: Any, fault: Any) -> None:
    with FakeLLM(fault, fault, "Yes [1].") as llm:
        assert write(client(llm)) == "Yes [1]."
        assert len(llm.requests) == 3


@CLIENTS
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Status(401), "refused the key"),
        (Status(404), "not known"),
        (Status(429, retry_after=3600), "rate-limited"),
        (Garbled(), "cannot be read"),
    ],
)
def test_what_will_not_pass_is_given_up_at_once(client: Any, fault: Any, words: str) -> None:
    with FakeLLM(fault) as llm:
        with pytest.raises(ModelUnavailable, match=words):
            write(client(llm))
        assert len(llm.requests) == 1


@CLIENTS
def test_a_server_that_stays_down_is_given_up_after_three_calls(client: Any) -> None:
    with FakeLLM(Status(500)) as llm:
        with pytest.raises(ModelUnavailable, match="status 500"):
            write(client(llm))
        assert len(llm.requests) == 3


@CLIENTS
@pytest.mark.parametrize(("fault", "words"), [(Cut("The bridge"), "broke off"), (Stalled("The bridge"), "within 1 s")])
def test_once_text_has_come_nothing_is_asked_again(client: Any, fault: Any, words: str) -> None:
    with FakeLLM(fault) as llm:
        pieces = Writer(client(llm, timeout=0.2)).write(QUESTION, PASSAGES)
        assert next(pieces)
        with pytest.raises(ModelUnavailable, match=words):
            list(pieces)
        assert len(llm.requests) == 1


@CLIENTS
def test_a_silent_model_is_not_waited_for(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "PATIENCE", 0.1)
    with FakeLLM(Stalled()) as llm:
        with pytest.raises(ModelUnavailable, match="did not answer within 1 s"):
            write(client(llm, timeout=0.15))
        assert len(llm.requests) == 1


@CLIENTS
def test_a_server_that_is_not_there_is_named_so(client: Any) -> None:
    with FakeLLM() as gone:
        model = client(gone)
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        write(model)


def test_a_slow_reply_is_no_fault() -> None:
    with FakeLLM(Slow("Yes [1].", delay=0.05)) as llm:
        assert write(openai(llm, timeout=0.15)) == "Yes [1]."


def test_no_reason_holds_a_key_or_an_address() -> None:
    with FakeLLM(Status(401, message=f"bad key {KEY}")) as llm, pytest.raises(ModelUnavailable) as failed:
        write(openai(llm))
    assert KEY not in str(failed.value)
    assert "127.0.0.1" not in str(failed.value)


def test_an_empty_account_is_not_asked_again() -> None:
    class Broke(Exception):
        status_code = 429
        code = "insufficient_quota"

    with pytest.raises(ModelUnavailable, match="no credit"):
        write(Raising(messages=iter([]), error=Broke()))


def test_a_client_without_a_key_says_so() -> None:
    error = TypeError("Could not resolve authentication method. Expected api_key to be set.")
    with pytest.raises(ModelUnavailable, match="key"):
        write(Raising(messages=iter([]), error=error))


def test_what_the_model_package_cannot_explain_is_a_failure_of_the_model() -> None:
    with pytest.raises(ModelUnavailable, match="failed") as failed:
        write(Raising(messages=iter([]), error=RuntimeError(KEY)))
    assert KEY not in str(failed.value)


class Raising(GenericFakeChatModel):
    """A model whose every call raises."""

    error: Exception

    def _stream(self, *_: Any, **__: Any) -> Iterator[Any]:
        raise self.error
        yield AIMessageChunk("")
