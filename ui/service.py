"""What the chat and the API ask: one library, the models that the server was started with, and what was said.

It knows who asks (a Visitor), and keeps to the limits for each; it knows nothing of HTTP and Gradio.
"""

from asyncio import sleep, to_thread
from collections import Counter
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import ExitStack, aclosing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

from indexes.errors import QuestionError
from indexes.library import Library
from rag import Answer, Assistant
from rag.leaving import from_thread
from rag.suggestions import Suggestions
from ui.access import Visitor
from ui.conversations import Conversations, Turn
from ui.limits import QUESTIONS, Limits

QUOTING = ""  # the name under which no model is asked

_LOOK = 0.02  # seconds


class Service:
    """Answers visitors. Use it in a `with` block, or call `close`."""

    def __init__(
        self, assistants: Mapping[str, Assistant], conversations: Conversations, limits: Limits, *, read_only: bool
    ) -> None:
        self._assistants = dict(assistants)
        self.conversations = conversations
        self.limits = limits
        self.read_only = read_only
        self.suggestions = Suggestions(self.library)
        self._under_way: Counter[str] = Counter()  # answers that are being made, for each conversation
        self._to_close = ExitStack()

    @classmethod
    def open(
        cls,
        home: str | Path | None = None,
        *,
        models: Sequence[str] = (),
        base_url: str | None = None,
        timeout: float | None = None,
        read_only: bool = False,
        rate: str = QUESTIONS,
    ) -> Self:
        """Open a library for visitors. Quoting is always offered; the first of the models is the default.

        Raises LibraryError and ModelError as `Assistant.open` does.
        """
        with ExitStack() as opened:
            limits = Limits(rate)
            assistants: dict[str, Assistant] = {}
            for spec in [*models, QUOTING]:
                assistant = Assistant.open(home, model=spec, base_url=base_url if spec else None, timeout=timeout)
                opened.callback(assistant.close)
                name = assistant.model.name if assistant.model else QUOTING
                assistants[spec if name in assistants else name] = assistant
            conversations = Conversations(assistants[QUOTING].library.home / "conversations.sqlite3")
            opened.callback(conversations.close)
            service = cls(assistants, conversations, limits, read_only=read_only)
            service._to_close = opened.pop_all()
        return service

    @property
    def library(self) -> Library:
        """The library that is asked."""
        return self._assistants[QUOTING].library

    @property
    def models(self) -> tuple[str, ...]:
        """The names that a visitor may choose from, the default first; QUOTING for none."""
        return tuple(self._assistants)

    async def answers(
        self, visitor: Visitor, asked: Mapping[str, Any], model: str | None = None
    ) -> AsyncGenerator[Answer]:
        """Yield the growing answer to what `Assistant.ask` takes as keywords; the last one is the whole.

        Closing the generator ends the call of the language model. Raises TooMany, and QuestionError also for a model
        that the server was not started with.
        """
        assistant = self._assistant(model)

        def growing() -> Generator[Answer]:  # in the thread, whose end is the question's end, also for the limits
            with self.limits.question(visitor):
                yield from assistant.as_runnable().stream(dict(asked))

        async with aclosing(from_thread(growing())) as handed:
            async for answer in handed:
                yield answer

    async def converse(
        self,
        visitor: Visitor,
        conversation: str,
        question: str,
        asked: Mapping[str, str],
        model: str | None = None,
        keep: int | None = None,
    ) -> AsyncGenerator[list[Turn]]:
        """Yield a conversation as it grows by one question, after its first `keep` turns; the later ones go.

        What was answered is kept, also where the generator is closed midway: the turn is then marked as stopped.
        Raises what `answers` does, UnknownArticle, and UnknownConversation for somebody else's.
        """
        stored = await to_thread(self.conversations.turns, conversation, visitor.user)
        before = stored[:keep]
        told = await to_thread(self._with_title, asked)
        keywords = {**asked, "question": question, "history": [turn.answer for turn in before]}
        turn = None
        self._under_way[conversation] += 1
        try:
            async with aclosing(self.answers(visitor, keywords, model)) as growing:
                async for answer in growing:
                    chosen = self.models[0] if model is None else model
                    turn = Turn(question, answer, told, chosen, stopped=True, at=datetime.now(UTC))
                    yield [*before, turn]
            if turn:
                turn = replace(turn, stopped=False)
                yield [*before, turn]
        finally:
            try:
                if turn:
                    append = partial(self.conversations.append, keep=keep, begun=bool(stored))
                    await to_thread(append, conversation, visitor.user, turn)
            finally:
                self._under_way[conversation] -= 1
                self._under_way += Counter()  # drops what is zero

    async def settled(self, conversation: str, seconds: float = 3) -> None:
        """Wait until what was stopped in a conversation is kept, or for so many seconds."""
        for _ in range(int(seconds / _LOOK)):
            if not self._under_way[conversation]:
                return
            await sleep(_LOOK)

    def close(self) -> None:
        """Close the library, the models and the conversations."""
        self._to_close.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _with_title(self, asked: Mapping[str, str]) -> Mapping[str, str]:
        """Return filters as they are kept: the title of an article is told also when the article is gone."""
        if "article" not in asked:
            return asked
        return {**asked, "title": self.library.article(asked["article"]).title}

    def _assistant(self, model: str | None) -> Assistant:
        name = self.models[0] if model is None else model
        if name not in self._assistants:
            offered = ", ".join(repr(known) for known in self.models)
            raise QuestionError(f"There is no model {name!r} here.", f"Models: {offered} (the empty name quotes).")
        return self._assistants[name]
