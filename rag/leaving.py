"""Answers from a thread of their own to an event loop, and how the thread hears that nobody waits any more.

A generator that a thread is running cannot be closed from outside. So who leaves says so in an event, and the thread
looks: after each answer, and between the pieces of a model's reply. Until then a silent model may keep it; so it is no
thread of a pool, where a few such models would stop everybody's answers, and no thread that a process waits for.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import closing, suppress
from contextvars import ContextVar, copy_context
from threading import Event, Thread
from typing import TypeVar

_left: ContextVar[Event | None] = ContextVar("left", default=None)

Item = TypeVar("Item")


def is_left() -> bool:
    """Return whether the reader of what is being made here has gone."""
    left = _left.get()
    return left is not None and left.is_set()


async def from_thread(growing: Generator[Item, None, None]) -> AsyncGenerator[Item]:
    """Yield what a generator yields, which runs in a thread of its own; closing this ends that at its next look."""
    loop, left = asyncio.get_running_loop(), Event()
    handed: asyncio.Queue[Item | BaseException | None] = asyncio.Queue()

    def hand(item: Item | BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile, and nobody waits
            loop.call_soon_threadsafe(handed.put_nowait, item)

    def run() -> None:
        _left.set(left)
        try:
            with closing(growing):
                for item in growing:
                    hand(item)
                    if left.is_set():
                        return
        except BaseException as error:
            hand(error)
        else:
            hand(None)

    Thread(target=copy_context().run, args=[run], name="answer", daemon=True).start()
    try:
        while (item := await handed.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        left.set()
