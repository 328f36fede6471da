"""What an answer's status means for a reader, and whether asking again may help."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from indexes.web.fetched import SAVE_IT
from indexes.web.mishaps import Mishap

PATIENCE = 60.0  # seconds: a server that wants a longer pause is not waited for
_PASSING = {408, 425, 429, 500, 502, 503, 504}
_LATER = "Try again later."
_SUBSCRIBE = "If you may read it, open it in a browser, save the page, and add that file."
_MEANINGS = {
    204: ("it is empty (204).", ""),
    205: ("it is empty (205).", ""),
    206: ("only a part of it was sent (206).", _LATER),
    304: ("its server says that we have it (304).", _LATER),
    400: ("its server does not understand the address (400).", "Check the address."),
    401: ("it wants a password (401).", _SUBSCRIBE),
    402: ("it wants to be paid for (402).", _SUBSCRIBE),
    403: ("its server does not let us have it (403).", _SUBSCRIBE),
    404: ("it is not there (404).", "Check the address."),
    406: ("its server does not let us have it (406).", _SUBSCRIBE),
    408: ("its server gave up waiting (408).", _LATER),
    410: ("it is gone for good (410).", ""),
    429: ("its server wants fewer requests (429).", _LATER),
    451: ("it is withheld for legal reasons (451).", ""),
    503: ("its server is busy or being repaired (503).", _LATER),
}


def is_page(status: int) -> bool:
    """Tell whether an answer of this status brings what was asked for."""
    return 200 <= status < 300 and status not in _MEANINGS


def mishap(response: httpx.Response) -> Mishap:
    """Say what an answer that brings no page means."""
    status = response.status_code
    what, hint = _MEANINGS.get(status) or _in_general(status)
    passing = status in _PASSING
    pause = asked_pause(response) if status in (429, 503) else None
    if pause is not None and pause > PATIENCE:
        return Mishap(what, f"Try again after {_at(pause)}.", pause=pause)
    return Mishap(what, hint, passing=passing, pause=pause)


def asked_pause(response: httpx.Response) -> float | None:
    """Return for how many seconds a server wants to be left alone."""
    value = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        until = parsedate_to_datetime(value)
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max(0.0, (until - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError):
        return None


def _in_general(status: int) -> tuple[str, str]:
    if 300 <= status < 400:
        return f"its server leads elsewhere, but does not say where ({status}).", SAVE_IT
    if status >= 500:
        return f"its server failed ({status}).", _LATER
    return f"its server refused with status {status}.", SAVE_IT


def _at(seconds: float) -> str:
    return f"{datetime.now().astimezone() + timedelta(seconds=seconds):%Y-%m-%d %H:%M}"
