"""The door: open a library, ask it, get a cited Answer. The chat, the command line and Python all come in here."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

from langchain_core.runnables import Runnable, RunnableConfig

from indexes.article import Filters
from indexes.errors import QuestionError
from indexes.library import Library
from rag.answer import Answer
from rag.explain import Explanation, explain
from rag.followup import turns
from rag.inquiry import Asked, Inquiry
from rag.langchain import AnswerRunnable, ParagraphRetriever
from rag.models import LanguageModel, language_model

Day = date | str  # a `date`, or ISO text: "2025-03-14"
History = Sequence[Answer | Mapping[str, Any]]  # answers, or {"question", "answer"}


class Assistant:
    """Answers questions from a library of articles. Use it in a `with` block, or call `close`.

    Without a language model it quotes the sentences that answer. With one, the model writes, and each of its sentences
    is shown only where a paragraph bears it out; `strict=False` shows the others as well, marked as not borne out.
    """

    def __init__(self, library: Library, model: LanguageModel | None = None, *, strict: bool = True) -> None:
        self.library = library
        self.model = model
        self._strict = strict

    @classmethod
    def open(
        cls,
        home: str | Path | None = None,
        *,
        model: str | Runnable[Any, Any] | None = None,
        base_url: str | None = None,
        timeout: float | None = None,
        strict: bool = True,
    ) -> Self:
        """Open the library in a folder; by default NEWSCITE_HOME or your platform's data folder.

        `model` is a name ("openai:gpt-4o-mini", "ollama:llama3.2", "gguf:model.gguf") or a LangChain chat model; by
        default NEWSCITE_MODEL, and "" for none. `base_url` is that of an OpenAI-compatible server, `timeout` how many
        seconds the model may keep silent: by default a minute, ten for one on your own machine.

        Raises LibraryError where the library cannot be opened, MismatchError where another model or version indexed
        it, ModelError where the language model cannot be used.
        """
        chosen = os.environ.get("NEWSCITE_MODEL") if model is None else model
        loaded = language_model(chosen, base_url=base_url, timeout=timeout) if chosen else None
        try:
            return cls(Library.open(home), loaded, strict=strict)
        except BaseException:
            if loaded:
                loaded.close()
            raise

    def ask(
        self,
        question: str,
        *,
        history: History = (),
        after: Day | None = None,
        before: Day | None = None,
        as_of: Day | None = None,
        speaker: str | None = None,
        publisher: str | None = None,
        article: str | None = None,
        fallback: bool = True,
    ) -> Answer:
        """Answer a question with cited sentences, or say that the articles do not, and why.

        `history` holds what was asked and answered before, so that "and Gabuev?" is understood. Dates are inclusive.
        With `fallback=False` a model that fails is not replaced by quoting: the reason is then `model_unavailable`.

        Raises QuestionError for a question that is empty or far too long, or a date or history that is none.
        """
        asked = _asked(question, history, after, before, as_of, speaker, publisher, article, fallback)
        *_, answer = self._inquiry(asked).answers()
        return answer

    def explain(self, question: str, **asked: Any) -> Explanation:
        """Answer a question, with `ask`'s own keywords, and say what happened to it stage by stage."""
        inquiry = self._inquiry(_asked(question, **asked))
        *_, answer = inquiry.answers()
        return explain(inquiry, answer)

    def as_runnable(self) -> AnswerRunnable:
        """Return a LangChain `Runnable[str | dict, Answer]`; the dict has the keys of `ask`.

        Streaming yields the answer after each sentence; closing the stream ends the call of the language model.
        """
        return AnswerRunnable(self._stream)

    def as_retriever(self, k: int = 5) -> ParagraphRetriever:
        """Return a LangChain retriever of the k best paragraphs for a question."""
        return ParagraphRetriever(library=self.library, k=k)

    def close(self) -> None:
        """Close the library and end the language model, where it runs here."""
        if self.model:
            self.model.close()
        self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _inquiry(self, asked: Asked, config: RunnableConfig | None = None) -> Inquiry:
        return Inquiry(asked, self.library, self.model, strict=self._strict, config=config)

    def _stream(self, config: RunnableConfig | None, **asked: Any) -> Iterator[Answer]:
        with closing(self._inquiry(_asked(**asked), config).answers()) as answers:
            yield from answers


def _asked(
    question: str,
    history: History = (),
    after: Day | None = None,
    before: Day | None = None,
    as_of: Day | None = None,
    speaker: str | None = None,
    publisher: str | None = None,
    article: str | None = None,
    fallback: bool = True,
) -> Asked:
    """Return what a caller asked, checked."""
    filters = Filters(_day(after), _day(before), _day(as_of), speaker, publisher, article)
    if filters.after and filters.before and filters.after > filters.before:
        raise QuestionError(f"No day is after {filters.after} and before {filters.before}.", "Exchange the two dates.")
    return Asked(question, filters, turns(history), fallback)


def _day(given: Day | None) -> date | None:
    if isinstance(given, datetime):  # a date as well, by inheritance, but one that does not compare with dates
        return given.date()
    if given is None or isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise QuestionError(f"{given!r} is not a date.", "Write it as 2025-03-14.") from None
