"""What the chat and the API ask: answers within limits, conversations that grow, stop and are asked again."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, closing, contextmanager
from pathlib import Path
from threading import Event, Semaphore
from typing import Any

import pytest

from indexes.errors import QuestionError
from rag import Assistant
from tests.memory import MemoryLibrary, article
from ui.access import Visitor
from ui.conversations import Conversations, Turn, UnknownConversation
from ui.limits import Limits, TooMany
from ui.service import QUOTING, Service

ADA = Visitor("ada", "10.0.0.1")
SOMEBODY = Visitor(None, "10.0.0.2")
ID = "a-conversation-of-22-c"
SHIP = article(
    "Harbour",
    "Ada Lind | “The ferry sails because the harbour pays for the ferry,” Ada Lind said.",
    "Bo Ek | “The ferry sails because the island needs the ferry,” Bo Ek said.",
)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with Service(
        {QUOTING: Assistant(MemoryLibrary([SHIP]))},  # type: ignore[arg-type]
        Conversations(tmp_path / "conversations.sqlite3"),
        Limits("10/minute", at_once=2),
        read_only=False,
    ) as opened:
        yield opened
        opened.conversations.close()


async def last(growing: AsyncGenerator[Any]) -> Any:
    return [found async for found in growing][-1]


async def say(service: Service, question: str, visitor: Visitor = SOMEBODY, **more: Any) -> list[Turn]:
    turns: list[Turn] = await last(service.converse(visitor, ID, question, {}, **more))
    return turns


async def test_an_answer_grows_sentence_by_sentence(service: Service) -> None:
    asked = {"question": "why does the ferry sail?"}
    grown = [len(answer.claims) async for answer in service.answers(SOMEBODY, asked)]
    assert grown == sorted(grown)
    assert grown[-1] >= 1


async def test_a_conversation_is_kept_and_its_next_question_knows_the_last(service: Service) -> None:
    await say(service, "why does Ada Lind say the ferry sails?")
    turns = await say(service, "and Bo Ek?")
    assert [turn.question for turn in turns] == ["why does Ada Lind say the ferry sails?", "and Bo Ek?"]
    assert turns[1].answer.asked_as == "why does Bo Ek say the ferry sails?"
    assert service.conversations.turns(ID, None) == turns


async def test_asking_again_replaces_a_turn_and_all_after_it(service: Service) -> None:
    await say(service, "why does the ferry sail?")
    await say(service, "who pays for the ferry?")
    turns = await say(service, "who needs the ferry?", keep=0)
    assert [turn.question for turn in turns] == ["who needs the ferry?"]
    assert service.conversations.turns(ID, None) == turns


async def test_what_was_answered_before_a_stop_is_kept_as_stopped(service: Service) -> None:
    async with aclosing(service.converse(SOMEBODY, ID, "why does the ferry sail?", {})) as growing:
        await anext(growing)
    [turn] = service.conversations.turns(ID, None)
    assert turn.stopped
    assert turn.answer.claims


async def test_a_signed_in_user_s_conversation_is_closed_to_others(service: Service) -> None:
    await say(service, "why does the ferry sail?", ADA)
    with pytest.raises(UnknownConversation):
        await say(service, "why does the ferry sail?", SOMEBODY)
    assert len(service.conversations.turns(ID, "ada")) == 1


async def test_a_question_to_one_article_keeps_its_title(service: Service) -> None:
    asked = {"article": SHIP.id}
    [turn] = await last(service.converse(SOMEBODY, ID, "why does the ferry sail?", asked))
    assert turn.asked == {"article": SHIP.id, "title": "Harbour"}
    assert service.conversations.turns(ID, None) == [turn]


class Gated(MemoryLibrary):
    """A library that answers when it may."""

    def __init__(self) -> None:
        super().__init__([SHIP])
        self.may, self.asked = Event(), Semaphore(0)

    def lexical(self, *asked: Any) -> Any:
        self.asked.release()
        assert self.may.wait(10)
        return super().lexical(*asked)


@contextmanager
def gated(folder: Path, at_once: int = 40) -> Iterator[tuple[Service, Gated]]:
    library = Gated()
    with closing(Conversations(folder / "gated.sqlite3")) as kept:
        assistants = {QUOTING: Assistant(library)}  # type: ignore[arg-type]
        yield Service(assistants, kept, Limits(at_once=at_once), read_only=False), library


async def test_nobody_has_more_questions_running_than_allowed_also_after_leaving(tmp_path: Path) -> None:
    asked = {"question": "why does the ferry sail?"}
    with gated(tmp_path, at_once=2) as (service, library):
        first, second = (asyncio.ensure_future(last(service.answers(ADA, asked))) for _ in range(2))
        for _ in range(2):
            await asyncio.to_thread(library.asked.acquire)
        first.cancel()  # its thread cannot hear that before the library answers
        other = asyncio.ensure_future(last(service.answers(SOMEBODY, asked)))  # another visitor has his own
        with pytest.raises(TooMany):
            await last(service.answers(ADA, asked))
        library.may.set()
        assert (await second).claims
        assert (await other).claims
        assert (await last(service.answers(ADA, asked))).claims


async def test_answers_that_wait_hold_up_nobody_else_s(tmp_path: Path) -> None:
    asked = {"question": "why does the ferry sail?"}
    with gated(tmp_path) as (service, library):
        waiting = [asyncio.ensure_future(last(service.answers(ADA, asked))) for _ in range(40)]
        for _ in waiting:
            assert await asyncio.to_thread(library.asked.acquire, timeout=5)  # more than any pool has threads
        library.may.set()
        assert all(answer.claims for answer in await asyncio.gather(*waiting))


async def test_two_tabs_on_one_conversation_lose_nothing(tmp_path: Path) -> None:
    with gated(tmp_path) as (service, library):
        tabs = [asyncio.ensure_future(say(service, f"why does the {word} sail?")) for word in ("ferry", "old ferry")]
        for _ in tabs:
            await asyncio.to_thread(library.asked.acquire)
        library.may.set()
        await asyncio.gather(*tabs)
        assert len(service.conversations.turns(ID, None)) == 2


async def test_nobody_asks_more_in_a_minute_than_allowed(service: Service) -> None:
    for _ in range(10):
        await last(service.answers(ADA, {"question": "why does the ferry sail?"}))
    with pytest.raises(TooMany) as refused:
        await last(service.answers(ADA, {"question": "why does the ferry sail?"}))
    assert 1 <= refused.value.retry_after <= 60


async def test_a_model_that_the_server_was_not_started_with_is_refused(service: Service) -> None:
    with pytest.raises(QuestionError, match="no model 'openai:other' here"):
        await last(service.answers(ADA, {"question": "why?"}, model="openai:other"))
