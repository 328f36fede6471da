"""Which language model answers: from a name, an address or a LangChain object to a model that can be asked.

    model = language_model("openai:gpt-4o-mini")  # or anthropic:…, mistralai:…, google_genai:…, ollama:…
    model = language_model("gguf:model.gguf?threads=2&context=8192")  # on this machine, extra `local`
    model = language_model("qwen2.5:7b", base_url="http://127.0.0.1:8080/v1")  # any OpenAI-compatible server
    model = language_model(chat)  # a ready chat model, with fallbacks or retries too

`model.chat` is the LangChain Runnable to ask, `model.name` what an answer calls it, `model.provider` who runs it,
`model.window` its room in tokens; `model.close()` ends what was started for it. Nothing here asks a model anything, and
nothing is sent anywhere.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from textwrap import shorten
from typing import Any
from urllib.parse import urlsplit

from langchain_core.language_models import BaseChatModel, BaseLLM, LanguageModelInput
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable, RunnableWithFallbacks
from langchain_core.runnables.base import RunnableBindingBase

from indexes.errors import ModelError
from rag import local

Chat = Runnable[LanguageModelInput, AIMessage]

TIMEOUT = 60.0  # seconds without a word from a provider; models on one's own machine have local.TIMEOUT
WINDOW = 8192  # tokens, where nobody says how many a model takes: the least that models in use have
NUM_CTX = 8192  # the room that Ollama is asked for: it cuts longer prompts without a word
OLLAMA_NUM_CTX = 4096  # the room that Ollama gives unasked
OURS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "google_genai": "google",
    "mistralai": "mistral",
    "ollama": "ollama",
}
KEYS = {
    "openai": ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY"),
    "anthropic": ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
    "google_genai": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    "mistralai": ("MISTRAL_API_KEY",),
}
REFUSE_TEMPERATURE = {"anthropic", "openai"}  # their newest models answer a temperature of 0 with an error
PROVIDERS = frozenset(
    "anthropic anthropic_bedrock azure_ai azure_openai baseten bedrock bedrock_converse bedrock_mantle_anthropic "
    "bedrock_mantle_openai cohere deepseek fireworks google_anthropic_vertex google_genai google_vertexai groq "
    "huggingface ibm langsmith litellm meta mistralai nvidia ollama openai openrouter perplexity together upstage "
    "xai".split()
)  # what `init_chat_model` knows in langchain 1.4
USUAL = "openai:…, anthropic:…, google_genai:…, mistralai:…, ollama:…, gguf:PATH"


def _nothing() -> None:
    """End nothing: a provider's model is not ours to end."""


@dataclass(frozen=True, slots=True, eq=False)
class LanguageModel:
    """A model that can be asked."""

    chat: Chat
    name: str  # "openai:gpt-4o-mini", as given where it was given; of a file without its folder: answers show it
    provider: str  # "openai", "anthropic", …; "" where it is not known, or several stand in for one another
    window: int  # tokens of prompt and reply together
    close: Callable[[], object] = _nothing  # ends a model that was started here


def language_model(
    spec: str | Runnable[Any, Any], *, base_url: str | None = None, timeout: float | None = None
) -> LanguageModel:
    """Return the model of a name, or of a LangChain Runnable that returns messages.

    `timeout` is in seconds without a word from the model: TIMEOUT, or local.TIMEOUT for models on one's own machine.
    Our own retrying lives in rag/failures.py, so the clients' is switched off. Raises ModelError, saying what to do.
    """
    if isinstance(spec, str):
        return _named(spec.strip(), _address(base_url), timeout)
    if not isinstance(spec, Runnable) or isinstance(spec, BaseLLM):  # a completion model takes no messages
        raise ModelError(f"{spec!r} is no chat model.", f"Give a name ({USUAL}) or a LangChain chat model.")
    if base_url:
        raise ModelError("An address goes with a model's name.", "A ready chat model has its own.")
    return _ready(spec)


def _named(name: str, base_url: str | None, timeout: float | None) -> LanguageModel:
    provider, _, model = name.partition(":")
    if provider == "gguf":
        if base_url:
            raise ModelError("A model in a file has no address.", "Leave out one of the two.")
        settings = local.Settings.read(model)
        loaded = local.load(settings, timeout or local.TIMEOUT)
        return LanguageModel(loaded.chat, f"gguf:{settings.path.name}", "gguf", loaded.window, loaded.close)
    if base_url and provider not in PROVIDERS:
        provider, model = "openai", name
    if provider not in PROVIDERS or not model:
        raise ModelError(
            f"There is no model {name!r}.",
            f"Models are named {USUAL}; with an address (--base-url), as their server names them.",
        )
    patience = timeout or (local.TIMEOUT if base_url or provider == "ollama" else TIMEOUT)
    chat = _load(provider, model, {**_settings(provider, patience), **_access(provider, base_url)})
    return LanguageModel(chat, name, provider, _window(chat))


def _load(provider: str, model: str, settings: dict[str, Any]) -> BaseChatModel:
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise ModelError(
            "Language models need another package.", _install(provider, f"langchain-{provider}")
        ) from error
    try:
        chat = init_chat_model(model, model_provider=provider, **settings)
    except ImportError as error:
        named = re.search(r"pip install ([\w-]+)", str(error))
        package = named[1] if named else f"langchain-{provider}"
        raise ModelError(f"Models of {provider!r} need another package.", _install(provider, package)) from error
    except Exception as error:  # each provider's client has exceptions of its own, for a missing key above all
        what = shorten(str(error), 200, placeholder=" …")
        raise ModelError(f"The model '{provider}:{model}' cannot be set up: {what}") from error
    hosted = provider in REFUSE_TEMPERATURE and "base_url" not in settings
    return _steadied(chat, refused_unless_known=hosted)


def _install(provider: str, package: str) -> str:
    return f"pip install 'newscite[{OURS[provider]}]'" if provider in OURS else f"pip install langchain {package}"


def _settings(provider: str, timeout: float) -> dict[str, Any]:
    """Return how a provider's client is told to be steady and patient and not to try again, where we know it."""
    if provider == "ollama":
        return {"temperature": 0, "num_ctx": NUM_CTX, "client_kwargs": {"timeout": timeout}}
    if provider in ("openai", "azure_openai"):
        steady = {"temperature": 0, "timeout": timeout, "max_retries": 0, "stream_usage": True}
        return {**steady, "stream_chunk_timeout": timeout}
    if provider == "mistralai":
        return {"temperature": 0, "timeout": max(1, round(timeout)), "max_retries": 0}
    if provider in ("anthropic", "google_genai"):
        return {"temperature": 0, "timeout": timeout, "max_retries": 0}
    return {"temperature": 0}


def _access(provider: str, base_url: str | None) -> dict[str, str]:
    """Return address and key as far as they are not in the environment; a server of one's own needs no key."""
    has_key = provider not in KEYS or any(os.environ.get(variable) for variable in KEYS[provider])
    if base_url:
        return {"base_url": base_url} if has_key else {"base_url": base_url, "api_key": "none"}
    if not has_key:
        raise ModelError(f"Models of {provider!r} need a key.", f"Set {KEYS[provider][0]} in the environment.")
    return {}


def _address(base_url: str | None) -> str | None:
    if not base_url:
        return None
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ModelError(f"{base_url!r} is no address.", "Write it as http://127.0.0.1:8080/v1.")
    return base_url


def _steadied(chat: BaseChatModel, refused_unless_known: bool) -> BaseChatModel:
    """Take the temperature back from a model that refuses one: its profile says so, or it is too new for a profile."""
    takes_one = (chat.profile or {}).get("temperature", not refused_unless_known)
    if not takes_one and hasattr(chat, "temperature"):
        chat.temperature = None
    return chat


def _ready(spec: Runnable[Any, Any]) -> LanguageModel:
    inner = _inside(spec)
    providers = {_provider_and_model(chat)[0] for chat in inner}
    provider = providers.pop() if len(providers) == 1 else ""
    name = ":".join(filter(None, _provider_and_model(inner[0]))) or type(inner[0]).__name__
    return LanguageModel(spec, name, provider, min(_window(chat) for chat in inner))


def _inside(spec: Runnable[Any, Any]) -> list[Runnable[Any, Any]]:
    """Return the models inside of bindings, retries and fallbacks."""
    if isinstance(spec, RunnableBindingBase):
        return _inside(spec.bound)
    if isinstance(spec, RunnableWithFallbacks):
        return [chat for each in spec.runnables for chat in _inside(each)]
    return [spec]


def _provider_and_model(chat: Runnable[Any, Any]) -> tuple[str, str]:
    """Return what LangChain's own tracing calls a model; two empty texts where it has no name."""
    if not isinstance(chat, BaseChatModel):
        return "", ""
    known = chat._get_ls_params()
    model = known.get("ls_model_name", "")
    return (known.get("ls_provider", ""), model) if model else ("", "")


def _window(chat: Runnable[Any, Any]) -> int:
    """Return how many tokens a model takes, from its profile or its settings; WINDOW where nobody knows."""
    if (given := getattr(chat, "num_ctx", None)) is not None:
        return int(given)
    profile = getattr(chat, "profile", None) or {}
    unknown = OLLAMA_NUM_CTX if _provider_and_model(chat)[0] == "ollama" else WINDOW
    return int(profile.get("max_input_tokens") or unknown)
