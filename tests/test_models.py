"""Models by name, by address and ready made: what is sent to them, what they are called, what goes wrong early."""

import re
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_anthropic import ChatAnthropic
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessageChunk
from langchain_core.runnables import RunnableLambda
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI

from indexes.errors import ModelError
from rag.models import OURS, PROVIDERS, language_model
from tests.fake_llm import FakeLLM, Stalled, Status

NAMES = ["openai:gpt-4o-mini", "anthropic:claude-of-tomorrow", "ollama:llama3.2:3b"]
named = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY", "MISTRAL_API_KEY"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def llm() -> Iterator[FakeLLM]:
    with FakeLLM("The dam is safe [1].") as server:
        yield server


def address(llm: FakeLLM, name: str) -> str:
    return llm.url if name.startswith(("anthropic:", "ollama:")) else llm.url + "/v1"


@named
def test_a_name_and_an_address_make_a_model_that_answers_steadily(llm: FakeLLM, name: str) -> None:
    model = language_model(name, base_url=address(llm, name))
    assert llm.requests == []  # nothing is sent before somebody asks
    assert str(model.chat.invoke("Is the dam safe?").text) == "The dam is safe [1]."
    [request] = llm.requests
    assert request.body["model"] == name.partition(":")[2]
    assert (request.body | request.body.get("options", {}))["temperature"] == 0
    assert (model.name, model.provider) == (name, name.partition(":")[0])


@named
def test_usage_arrives_with_a_stream(llm: FakeLLM, name: str) -> None:
    model = language_model(name, base_url=address(llm, name))
    usage = sum(model.chat.stream("Is the dam safe?"), AIMessageChunk("")).usage_metadata
    assert usage is not None
    assert (usage["input_tokens"], usage["output_tokens"]) == (4, 5)


@named
@pytest.mark.parametrize("status", [500, 429])
def test_a_client_does_not_try_again_by_itself(name: str, status: int) -> None:
    with FakeLLM(Status(status)) as llm, pytest.raises(Exception, match="scripted"):
        language_model(name, base_url=address(llm, name)).chat.invoke("Is the dam safe?")
    assert len(llm.requests) == 1


@named
def test_a_client_waits_as_long_as_it_was_told(name: str) -> None:
    started = time.monotonic()
    with FakeLLM(Stalled("The")) as llm, pytest.raises(Exception, match=r"(?i)timed out|timeout"):
        list(language_model(name, base_url=address(llm, name), timeout=0.2).chat.stream("Is the dam safe?"))
    assert 0.1 < time.monotonic() - started < 3


@pytest.mark.parametrize("name", ["qwen2.5:7b", "org/model", "mistral-7b-instruct", "gpt-oss"])
def test_a_server_of_ones_own_names_its_models_as_it_likes_and_needs_no_key(llm: FakeLLM, name: str) -> None:
    model = language_model(name, base_url=llm.url + "/v1")
    model.chat.invoke("Is the dam safe?")
    assert llm.requests[0].body["model"] == name
    assert llm.requests[0].headers["authorization"] == "Bearer none"
    assert (model.name, model.provider) == (name, "openai")


def test_a_key_in_the_environment_is_used(llm: FakeLLM, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "mine")
    language_model("openai:any", base_url=llm.url + "/v1").chat.invoke("Is the dam safe?")
    assert llm.requests[0].headers["authorization"] == "Bearer mine"


def test_ollama_is_asked_for_room_because_it_cuts_silently(llm: FakeLLM) -> None:
    model = language_model("ollama:llama3.2:3b", base_url=llm.url)
    model.chat.invoke("Is the dam safe?")
    assert llm.requests[0].body["options"]["num_ctx"] == model.window == 8192


@pytest.mark.parametrize(
    ("name", "temperature"),
    [
        ("openai:gpt-4o-mini", 0),
        ("openai:o3-mini", None),  # refuses it
        ("openai:gpt-5-mini", None),
        ("openai:gpt-of-tomorrow", None),  # who knows
        ("anthropic:claude-opus-4-7", None),
        ("anthropic:claude-of-tomorrow", None),
        ("ollama:llama3.2:3b", 0),
    ],
)
def test_a_model_that_may_refuse_a_temperature_has_none(
    monkeypatch: pytest.MonkeyPatch, name: str, temperature: float | None
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "x")
    assert language_model(name).chat.temperature == temperature


def openai(model: str) -> ChatOpenAI:
    return ChatOpenAI(model=model, api_key="x")


def anthropic(model: str) -> ChatAnthropic:
    return ChatAnthropic(model=model, api_key="x")


def steps() -> list[Any]:
    return [
        (openai("gpt-4o-mini"), "openai:gpt-4o-mini", "openai", 128_000),
        (openai("gpt-4o-mini").bind(seed=1).with_retry(), "openai:gpt-4o-mini", "openai", 128_000),
        (openai("of-our-own"), "openai:of-our-own", "openai", 8192),
        (anthropic("claude-sonnet-4-5"), "anthropic:claude-sonnet-4-5", "anthropic", 200_000),
        (ChatOllama(model="llama3.2:3b"), "ollama:llama3.2:3b", "ollama", 4096),
        (ChatOllama(model="llama3.2:3b", num_ctx=2048), "ollama:llama3.2:3b", "ollama", 2048),
        (anthropic("claude-sonnet-4-5").with_fallbacks([openai("small")]), "anthropic:claude-sonnet-4-5", "", 8192),
        (FakeListChatModel(responses=["Yes."]), "FakeListChatModel", "", 8192),
        (RunnableLambda(lambda asked: asked), "RunnableLambda", "", 8192),
    ]


@pytest.mark.parametrize("case", range(9))
def test_a_ready_model_keeps_its_name_and_window(case: int) -> None:
    ready, name, provider, window = steps()[case]
    model = language_model(ready)
    assert (model.name, model.provider, model.window) == (name, provider, window)
    assert model.chat is ready
    model.close()  # is not ours to end


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "There is no model ''. Models are named openai:…"),
        ("openai:", "There is no model 'openai:'"),
        ("gpt-4o", "There is no model 'gpt-4o'. Models are named openai:…"),
        ("nonsense:x", "ollama:…, gguf:PATH"),
        ("openai:gpt-4o", "'openai' need a key. Set OPENAI_API_KEY in the environment."),
        ("anthropic:claude-sonnet-4-5", "Set ANTHROPIC_API_KEY"),
        ("mistralai:mistral-small", "Set MISTRAL_API_KEY"),
        ("google_genai:gemini-2.5-flash", "Set GOOGLE_API_KEY"),
        ("azure_openai:gpt-4o", "cannot be set up: Missing credentials"),
    ],
)
def test_a_name_that_cannot_be_used_says_what_to_do(name: str, said: str) -> None:
    with pytest.raises(ModelError, match=re.escape(said)) as caught:
        language_model(name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("base_url", ["127.0.0.1:8080", "localhost", "ftp://127.0.0.1/v1", "http://", "file:///etc"])
def test_an_address_that_is_none_is_named(base_url: str) -> None:
    with pytest.raises(ModelError, match=r"is no address. Write it as http://"):
        language_model("any", base_url=base_url)


@pytest.mark.parametrize("spec", ["gguf:model.gguf", FakeListChatModel(responses=[])])
def test_what_has_no_address_takes_none(spec: Any) -> None:
    with pytest.raises(ModelError, match="address"):
        language_model(spec, base_url="http://127.0.0.1:8080/v1")


def test_what_is_no_model_is_named() -> None:
    with pytest.raises(ModelError, match="3 is no chat model"):
        language_model(3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "package", "said"),
    [
        ("google_genai:gemini", "langchain_google_genai", "pip install 'newscite[google]'"),
        ("mistralai:mistral", "langchain_mistralai", "pip install 'newscite[mistral]'"),
        ("groq:llama", "langchain_groq", "pip install langchain langchain-groq"),
        ("azure_ai:phi", "langchain_azure_ai", "pip install langchain langchain-azure-ai"),
        ("openai:any", "langchain", "pip install 'newscite[openai]'"),
        ("groq:llama", "langchain", "pip install langchain langchain-groq"),
    ],
)
def test_a_missing_package_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, name: str, package: str, said: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setitem(sys.modules, f"{package}.chat_models", None)
    with pytest.raises(ModelError, match=re.escape(said)):
        language_model(name, base_url="http://127.0.0.1:8080/v1")


def test_all_providers_of_langchain_are_known() -> None:
    from langchain.chat_models.base import _BUILTIN_PROVIDERS

    assert set(_BUILTIN_PROVIDERS) == PROVIDERS
    assert set(OURS) <= PROVIDERS
