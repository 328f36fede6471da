"""What a program is told when something goes wrong: a status and `{"detail": "what happened. what to do next."}`.

Every error that is meant for people has its status here. What else goes wrong is a fault of ours: it is logged whole,
and told in one sentence without a trace of the inside. The library's own troubles name files and processes of this
machine, so visitors read other words for them.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from indexes.errors import BusyError, LibraryError, ModelError, ModelUnavailable, NewsciteError
from indexes.library import UnknownArticle
from ui.conversations import UnknownConversation
from ui.limits import TooMany
from ui.sources import UnknownPlace

BUSY = 5  # seconds after which it is worth asking again

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """A failed request as its sender is told of it."""

    status: int
    detail: str
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> JSONResponse:
        """Return the HTTP response."""
        return JSONResponse({"detail": self.detail}, self.status, self.headers)


def problem_of(error: Exception) -> Problem:
    """Return what to tell of an error, and log what is a fault of the server."""
    if isinstance(error, TooMany):
        return Problem(429, str(error), {"Retry-After": str(error.retry_after)})
    if isinstance(error, UnknownArticle):
        return Problem(404, f"{error.what} GET api/articles lists what there is.")
    if isinstance(error, UnknownConversation | UnknownPlace):
        return Problem(404, str(error))
    if isinstance(error, BusyError):
        return Problem(503, "The library is being written to. Try again in a moment.", {"Retry-After": str(BUSY)})
    if isinstance(error, ModelUnavailable):
        return Problem(503, str(error))
    if isinstance(error, NewsciteError) and not isinstance(error, LibraryError | ModelError):
        return Problem(400, str(error))
    _log.error("A request failed.", exc_info=error)
    if isinstance(error, LibraryError):
        return Problem(503, "The library cannot be used just now. Try again later; the server's log says why.")
    return Problem(500, "Something went wrong on the server. Try again; if it stays, its log says what it was.")


def install_errors(app: FastAPI) -> None:
    """Make an application answer every error with a Problem."""

    async def explain(request: Request, error: Exception) -> JSONResponse:
        return problem_of(error).response()

    async def explain_invalid(request: Request, error: Exception) -> JSONResponse:
        found: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else ()
        return Problem(422, invalid(found)).response()

    app.add_exception_handler(NewsciteError, explain)
    app.add_exception_handler(RequestValidationError, explain_invalid)
    app.add_exception_handler(Exception, explain)


def invalid(errors: Sequence[Any]) -> str:
    """Return in one line what is wrong with a request, from the errors that pydantic lists."""
    wrong = dict.fromkeys(_wrong(error) for error in errors[:5])
    return f"{' '.join(wrong)} See api/ for what is taken."


def _wrong(error: Any) -> str:
    kind = error["type"]
    where = ".".join(str(part) for part in error["loc"][1:])
    if kind == "json_invalid":
        return f"The body is not JSON: {error['ctx']['error']}."
    if not where:
        return "Send a JSON object, as Content-Type: application/json."
    if kind == "extra_forbidden":
        return f"{where!r} is not known here."
    if kind == "missing":
        return f"{where!r} is missing."
    return f"{where!r}: {error['msg'].removeprefix('Value error, ')}."
