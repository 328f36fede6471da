"""Ask a language model, and return what it writes, piece by piece. Nothing here knows whether that is true.

Every failure of a call becomes ModelUnavailable (see failures); what is wrong with our own code is left to be seen.
Providers are told apart by what their blocks look like, so none must be installed.
"""

import math
import re
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from langchain_core.caches import BaseCache
from langchain_core.globals import get_llm_cache
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.runnables import RunnableConfig

from indexes.errors import ModelUnavailable, NewsciteError
from prompts import load
from rag.answer import CANNOT_ANSWER
from rag.context import headline, new_boundary, numbered, plain, published, repeatable_boundary, shown_text, speaking
from rag.failures import can_pass, retrying, status_of, unavailable
from rag.followup import Turn
from rag.models import Chat
from rag.retrieve import Evidence

Pieces = Generator[str, None, None]  # of a reply; closing it ends the model's call
Messages = Generator[AIMessage, None, None]

LONGEST = 12_000  # characters (or empty pieces) after which an endless reply is stopped
LONGEST_QUESTION = 400  # characters of a rewritten question; what is longer is no question
TURNS = 3  # of a conversation, for its last question to refer to


@dataclass(frozen=True, slots=True)
class Writer:
    """A chat model at work on one question. `usage` adds up the tokens of its calls, `config` nests them in a trace.

    Its calls raise ModelUnavailable. They share one boundary, so that a server which keeps what it has read need not
    read the passages twice.
    """

    model: Chat
    config: RunnableConfig | None = None
    usage: dict[str, int] = field(default_factory=dict)
    boundary: str = field(default_factory=new_boundary)

    def write(self, question: str, passages: Sequence[Evidence]) -> Pieces:
        """Yield the answer as the model writes it, its markers `[n]` meaning passages[n - 1]; closing ends the call."""
        return self._reply(self._about("answer", question, passages))

    def answered(self, question: str, passages: Sequence[Evidence]) -> float | None:
        """Return how probably the passages answer the question, 0..1, by the model; None where it does not say.

        The probability is that of "yes" against "no" where the model tells its tokens' log-probabilities, else 1 or 0.
        """
        messages = self._about("answered", question, passages)
        odds = self._first_token(messages) if getattr(self.model, "_llm_type", "") in _WITH_LOGPROBS else None
        if odds is not None:
            return _probability(odds)
        return _yes_or_no(_read_until(self._reply(messages), lambda text: len(text) > _A_WORD))

    def _first_token(self, messages: Sequence[BaseMessage]) -> list[AIMessage] | None:
        """Return a reply of one token with its rivals; None where this model cannot be asked so.

        Models that reason first refuse to tell, and some clients do not know how to ask.
        """
        try:
            return retrying(lambda: list(self._chunks(messages, _ONE_TOKEN)))
        except ModelUnavailable as error:
            if can_pass(error) or status_of(error.__cause__) not in (None, 400, 422):
                raise
            return None

    def rewrite(self, question: str, history: Sequence[Turn]) -> str | None:
        """Return a question that stands without its conversation, as the model words it; None where that is none."""
        told = "\n".join(f"Question: {plain(turn.question)}\nAnswer: {plain(turn.answer)}" for turn in history[-TURNS:])
        messages = load("rewrite").template.format_messages(history=told, question=plain(question))
        written = _read_until(self._reply(messages), lambda text: "\n" in text.lstrip())
        line = written.strip().partition("\n")[0].removeprefix("Rewritten:").strip(" \"“”'*")
        return line if 0 < len(line) <= LONGEST_QUESTION else None

    def _about(self, name: str, question: str, passages: Sequence[Evidence]) -> list[BaseMessage]:
        """Return the messages of a prompt about passages."""
        native = getattr(self.model, "_llm_type", "") == "anthropic-chat"
        shown = "" if native else numbered(passages, question, self._boundary(question))
        values = {"passages": shown, "question": plain(question), "cannot_answer": CANNOT_ANSWER}
        messages = load(name).template.format_messages(**values)
        return _with_documents(messages, passages, question) if native else messages

    def _boundary(self, question: str) -> str:
        return repeatable_boundary(question) if _has_cache(self.model) else self.boundary

    def _reply(self, messages: Sequence[BaseMessage]) -> Pieces:
        """Yield the text of a reply; start again while nothing has come and what went wrong can pass."""

        def start() -> tuple[str, Pieces]:
            pieces = self._pieces(messages)
            return next(pieces, ""), pieces

        first, rest = retrying(start)
        with closing(rest):
            yield from filter(None, chain([first], rest))

    def _pieces(self, messages: Sequence[BaseMessage]) -> Pieces:
        reader, length, cut = _BlockReader(), 0, False
        with closing(self._chunks(messages)) as chunks:
            for chunk in chunks:
                piece = reader.text(chunk)
                if piece:
                    yield piece
                length += max(1, len(piece))
                cut = cut or _is_cut_short(chunk)
                if length > LONGEST:
                    cut = True
                    break
        yield from filter(None, [reader.finish()])
        if cut:  # its last sentence is half a sentence, which may say the opposite of the whole
            raise ModelUnavailable("The model's reply was cut short.", "Allow it more tokens.")

    def _chunks(self, messages: Sequence[BaseMessage], options: Mapping[str, Any] | None = None) -> Messages:
        """Yield what the model sends, and count its tokens."""
        with closing(_call(self.model, messages, self.config, options or {})) as sent:
            while (chunk := _next(sent)) is not None:
                _count(chunk, self.usage)
                yield chunk


def _next(sent: Messages) -> AIMessage | None:
    """Return what the model sends next, None at its end. Raises ModelUnavailable."""
    since = time.monotonic()
    try:
        return next(sent, None)
    except NewsciteError:
        raise
    except Exception as error:  # a client may raise anything; what a server sent is often met deep inside it
        raise unavailable(error, time.monotonic() - since) from error


def _call(
    model: Chat, messages: Sequence[BaseMessage], config: RunnableConfig | None, options: Mapping[str, Any]
) -> Messages:
    """Stream, or ask for the whole where LangChain's cache may have it: its `stream` goes past the cache."""
    if _has_cache(model):
        yield model.invoke(messages, config, **options)
    else:
        yield from model.stream(messages, config, **options)


def _has_cache(model: Chat) -> bool:
    cache = getattr(model, "cache", None)
    return isinstance(cache, BaseCache) or (cache is not False and get_llm_cache() is not None)


def _is_cut_short(chunk: AIMessage) -> bool:
    """Tell whether a model had no more tokens to go on, in any provider's words."""
    said = (chunk.response_metadata.get(name) for name in ("finish_reason", "stop_reason", "done_reason"))
    return any(str(reason).lower() in ("length", "max_tokens") for reason in said)


def _count(chunk: AIMessage, usage: dict[str, int]) -> None:
    counted: Mapping[str, Any] = chunk.usage_metadata or {}
    for name in ("input_tokens", "output_tokens", "total_tokens"):
        if name in counted:
            usage[name] = usage.get(name, 0) + counted[name]


# -- what a reply is made of ------------------------------------------------------------------------------------------


class _BlockReader:
    """Reads text out of messages: plain, or in blocks. A block's citations become markers behind its text.

    Anthropic cites a document by its index, after the text of the block. White space at a block's end is held back,
    so that the marker stands at the sentence and not in the next line. Reasoning and other blocks are passed over.
    """

    def __init__(self) -> None:
        self._index: object = None
        self._space = ""
        self._cited: list[int] = []

    def text(self, message: AIMessage) -> str:
        """Return the text of a message, or of the next part of one."""
        if isinstance(message.content, str):
            return message.content
        return "".join(self._block(block) for block in message.content)

    def finish(self) -> str:
        """Return what was held back."""
        out = "".join(f" [{index + 1}]" for index in dict.fromkeys(self._cited)) + self._space
        self._space, self._cited = "", []
        return out

    def _block(self, block: str | dict[Any, Any]) -> str:
        if isinstance(block, str):
            return block
        if block.get("type") != "text":
            return ""
        goes_on = block.get("index") is not None and block.get("index") == self._index
        before = "" if goes_on else self.finish()
        self._index = block.get("index")
        for citation in block.get("citations") or block.get("annotations") or []:
            where = citation.get("document_index", (citation.get("extras") or {}).get("document_index"))
            self._cited += [where] if isinstance(where, int) else []
        text = self._space + str(block.get("text") or "")
        shown = text.rstrip()
        self._space = text[len(shown) :]
        return before + shown


def _with_documents(messages: Sequence[BaseMessage], passages: Sequence[Evidence], question: str) -> list[BaseMessage]:
    """Return the messages with each passage as a document that Anthropic's models cite by themselves."""
    system, human = messages
    documents: list[str | dict[Any, Any]] = [
        {
            "type": "document",
            "source": {"type": "content", "content": [{"type": "text", "text": shown_text(found, question)}]},
            "title": f"[{n}] {headline(found)}",
            "citations": {"enabled": True},
            **({"context": about} if (about := ". ".join(filter(None, [published(found), speaking(found)]))) else {}),
        }
        for n, found in enumerate(passages, start=1)
    ]
    return [system, HumanMessage([*documents, {"type": "text", "text": human.text.strip()}])]


_THOUGHTS = re.compile(r"\A\s*<think>.*?(?:</think>|\Z)", re.DOTALL)  # of models that think in plain text


def _read_until(pieces: Pieces, enough: Callable[[str], bool]) -> str:
    """Return a short reply up to where it says enough, thoughts left out; the call ends there."""
    written = said = ""
    with closing(pieces):
        for piece in pieces:
            written += piece
            said = _THOUGHTS.sub("", written, count=1)
            if enough(said) or len(said) > LONGEST_QUESTION:
                break
    return said


# -- yes or no --------------------------------------------------------------------------------------------------------

_WITH_LOGPROBS = {"openai-chat", "azure-openai-chat"}
_ONE_TOKEN = {"logprobs": True, "top_logprobs": 5, "max_tokens": 1}
_A_WORD = 12  # characters, marks around it included; to its end, because the count of tokens comes last
_YES_OR_NO = re.compile(r"\W*(yes|no)\b", re.IGNORECASE)


def _yes_or_no(text: str) -> float | None:
    said = _YES_OR_NO.match(text)
    return float(said[1].lower() == "yes") if said else None


def _probability(chunks: Iterable[AIMessage]) -> float | None:
    """Return the probability of "yes" among the first token's alternatives that say yes or no."""
    whole, odds = "", {0.0: 0.0, 1.0: 0.0}
    for chunk in chunks:
        whole += chunk.text
        for token in (chunk.response_metadata.get("logprobs") or {}).get("content") or []:
            for rival in token.get("top_logprobs") or []:
                says = _yes_or_no(rival["token"])
                if says is not None:
                    odds[says] += math.exp(rival["logprob"])
    total = sum(odds.values())
    return odds[1.0] / total if total else _yes_or_no(whole)
