"""Why a call of a model failed, in words for a reader, and whether asking again may help.

An exception's own words are never shown: they may hold keys and addresses. Clients are told apart by the names and
attributes of their exceptions, so none must be installed.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from indexes.errors import ModelUnavailable

ATTEMPTS = 3
FIRST_WAIT = 0.5  # seconds before the second attempt, at most; doubled with each
PATIENCE = 20.0  # seconds: no attempt begins later, and a server that wants a longer pause is not waited for

T = TypeVar("T")

_BY_STATUS = {
    400: ("The model cannot take the request.", "It may be too long for it."),
    401: ("The model's server refused the key.", "Check the key."),
    402: ("The model's account has no credit left.", ""),
    403: ("The model's server refused access.", "Check what the key allows."),
    404: ("The model is not known to its server.", "Check its name and address."),
    408: ("The model did not answer in time.", "Try again later."),
    413: ("The model cannot take so much text.", ""),
    422: ("The model cannot take the request.", ""),
    429: ("The model is rate-limited.", "Try again later."),
}
_BY_NAME = (
    ("ContextOverflow", "The model cannot take so much text.", ""),
    ("RemoteProtocol|ReadError|ConnectionReset|ConnectionAborted|BrokenPipe", "The model broke off.", "Try again."),
    ("Connect", "The model cannot be reached.", "Is its server running, and its address right?"),
    ("JSON|Validation|Decod|Parser|TypeError|KeyError|ValueError", "The model sent what cannot be read.", ""),
)
_KEYLESS = re.compile("api.?key|authentication", re.IGNORECASE)  # what clients say that were made without one
_PASSING = re.compile("Timeout|RemoteProtocol|ReadError|Connect|BrokenPipe|RateLimit|Overloaded")


def unavailable(error: Exception, waited: float) -> ModelUnavailable:
    """Say what went wrong with a call of which an answer was awaited for so many seconds."""
    status, names = 402 if _is_out_of_credit(error) else status_of(error), _names(error)
    if status in _BY_STATUS:
        return ModelUnavailable(*_BY_STATUS[status])
    if status and status >= 500:
        return ModelUnavailable(f"The model's server failed (status {status}).", "Try again later.")
    if "Timeout" in names:
        return ModelUnavailable(f"The model did not answer within {max(1, round(waited))} s.", "Try again later.")
    if _KEYLESS.search(str(error)):
        return ModelUnavailable(*_BY_STATUS[401])
    for pattern, what, hint in _BY_NAME:
        if re.search(pattern, names):
            return ModelUnavailable(what, hint)
    return ModelUnavailable("The model failed.")


def can_pass(error: BaseException) -> bool:
    """Tell whether asking again may help: the server is busy or was not reached, and wants no long pause."""
    cause = error.__cause__
    if not isinstance(error, ModelUnavailable) or cause is None or _is_out_of_credit(cause):
        return False
    status = status_of(cause)
    passing = status in (408, 409, 429) or status >= 500 if status else _PASSING.search(_names(cause)) is not None
    return passing and (_retry_after(cause) or 0) <= PATIENCE


def retrying(call: Callable[[], T]) -> T:
    """Return what a call returns, made again while its ModelUnavailable can pass; raise that of the last attempt."""
    backoff = wait_random_exponential(multiplier=FIRST_WAIT, max=PATIENCE)

    def wait(state: RetryCallState) -> float:
        failed = state.outcome.exception() if state.outcome else None
        asked = _retry_after(failed.__cause__) if failed else None
        return backoff(state) if asked is None else asked

    limit = stop_after_attempt(ATTEMPTS) | stop_before_delay(PATIENCE)
    return Retrying(stop=limit, wait=wait, retry=retry_if_exception(can_pass), reraise=True)(call)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and those behind it: clients wrap one another's."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _names(error: BaseException) -> str:
    return " ".join(kind.__name__ for link in _chain(error) for kind in type(link).__mro__)


def status_of(error: BaseException | None) -> int | None:
    """Return the HTTP status of a failure, if its server sent one that says so."""
    for link in _chain(error):
        for holder in (link, getattr(link, "response", None)):
            for name in ("status_code", "code"):  # `code`: Google's clients
                status = getattr(holder, name, None)
                if isinstance(status, int) and status >= 400:
                    return status
    return None


def _is_out_of_credit(error: BaseException) -> bool:
    """Tell OpenAI's status 429 for an empty account from that for too many questions."""
    return any(getattr(link, "code", None) == "insufficient_quota" for link in _chain(error))


def _retry_after(error: BaseException | None) -> float | None:
    """Return the seconds that a server asks to wait: a number or a date (RFC 9110, 10.2.3)."""
    for link in _chain(error):
        headers = getattr(getattr(link, "response", None), "headers", None) or {}
        if asked := headers.get("retry-after"):
            return _seconds(asked)
    return None


def _seconds(asked: str) -> float | None:
    with suppress(ValueError):
        return max(0.0, float(asked))
    with suppress(ValueError, TypeError):
        return max(0.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds())
    return None
