"""Whether somebody still waits for an answer.

A generator that a thread is running cannot be closed from outside. So who leaves a stream says so here, and the thread
looks between the pieces of a model's reply.
"""

from contextvars import Context, ContextVar, copy_context
from threading import Event

_left: ContextVar[Event | None] = ContextVar("left", default=None)


def context_of(left: Event) -> Context:
    """Return a copy of the present context in which `is_left` looks at this event."""
    context = copy_context()
    context.run(_left.set, left)
    return context


def is_left() -> bool:
    """Return whether the reader of the answer that is being made here has gone."""
    left = _left.get()
    return left is not None and left.is_set()
