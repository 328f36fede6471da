"""How much one visitor may ask for: questions in a stretch of time and at once, requests, bytes, routes, sessions.

`protect` puts all doors before the application, in their order.
"""

import json
import math
import re
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from types import MappingProxyType

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from indexes.errors import NewsciteError
from ui.access import Access, AccessRule, Visitor
from ui.headers import SecurityHeaders, refuse, route_path

QUESTIONS = "60/minute"
AT_ONCE = 3
REQUESTS = "3000/minute"  # a page takes about sixty, and a whole office may share one address
SESSIONS = 10_000  # of Gradio's, whose owners are known; a page that is loaded has one
BODY = 70_000  # bytes; the most that the chat sends at once is a question with its filters, or one of its messages

# What Gradio's page asks for. Not among them, though Gradio serves it: upload, file=, proxy=, component_server,
# stream, call, api, run (past the queue), custom_component, monitoring, runs, deep_link, dev, login, vibe-edit.
_CHAT_ROUTES = re.compile(
    r"(GET|HEAD) (/?|/config/?|/theme\.css|/favicon\.ico|/manifest\.json|/(assets|static)/.+"
    r"|/gradio_api/(info/?|app_id/?|startup-events|theme\.css|heartbeat/\w+|queue/data))"
    r"|POST /gradio_api/(queue/join|reset/?|cancel)"
)
_WITH_SESSION = re.compile(r"/app/gradio_api/(heartbeat/(?P<session>\w+)|queue/data|queue/join|cancel)")
_SESSION = re.compile(r"[\w-]{1,64}")


class TooMany(NewsciteError):
    """A visitor asked more than is allowed; `retry_after` is how many seconds to wait."""

    def __init__(self, what: str, hint: str = "", *, retry_after: int) -> None:
        super().__init__(what, hint)
        self.retry_after = retry_after


class Rate:
    """So many in so long a time, counted for each visitor by himself: "60/minute", "5 per 10 seconds".

    Raises ValueError for a text that is no rate.
    """

    def __init__(self, text: str) -> None:
        self._limit = _parsed(text)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._lock = Lock()  # the storage drops locks of its own while others wait for them

    def spend(self, key: str) -> int:
        """Count one for this key; return 0, or the seconds to wait where there are too many already."""
        with self._lock:
            if self._limiter.hit(self._limit, key):
                return 0
            frees = self._limiter.get_window_stats(self._limit, key).reset_time
        return max(1, math.ceil(frees - time.time()))

    def __str__(self) -> str:
        length = self._limit.get_expiry()
        unit = {1: "a second", 60: "a minute", 3600: "an hour", 86400: "a day"}.get(length, f"{length} seconds")
        return f"{self._limit.amount} in {unit}"


class Limits:
    """Counts each visitor's questions: how many in a stretch of time, and how many are being answered at once."""

    def __init__(self, questions: str = QUESTIONS, at_once: int = AT_ONCE) -> None:
        self._questions = Rate(questions)
        self._at_once = at_once
        self._running: Counter[str] = Counter()
        self._lock = Lock()

    @contextmanager
    def question(self, visitor: Visitor) -> Iterator[None]:
        """Count one question, for as long as the block runs; raise TooMany where this visitor has to wait."""
        self._begin(visitor.key)
        try:
            yield
        finally:
            self._end(visitor.key)

    def _begin(self, key: str) -> None:
        with self._lock:
            if self._running[key] >= self._at_once:
                raise TooMany(
                    f"{self._at_once} of your questions are still being answered.",
                    "Wait for one of them, or stop it.",
                    retry_after=5,
                )
            if wait := self._questions.spend(key):
                raise TooMany(
                    f"You have asked {self._questions}, and that is the limit here.",
                    f"Ask again in {wait} second{'s' if wait > 1 else ''}.",
                    retry_after=wait,
                )
            self._running[key] += 1

    def _end(self, key: str) -> None:
        with self._lock:
            self._running[key] -= 1
            if not self._running[key]:
                del self._running[key]  # a visitor who went home takes no memory


def _parsed(text: str) -> RateLimitItem:
    try:
        [limit] = parse_many(text)
    except ValueError:
        raise ValueError(f"{text!r} is no rate: write it as 60/minute") from None
    if limit.amount < 1:
        raise ValueError(f"{text!r} lets nobody ask: write it as 60/minute")
    return limit


def protect(
    app: ASGIApp,
    rule: AccessRule,
    *,
    larger: Mapping[str, int] = MappingProxyType({}),
    requests: str = REQUESTS,
) -> ASGIApp:
    """Put the doors before an application: its headers outermost, then who comes in, then how much, where and whose.

    `larger` gives the bytes that a route takes where it takes more than others: {"/api/articles": 20_000_000}.
    """
    let_in = Access(RequestLimits(OnlyChatRoutes(BodyLimits(OwnSessions(app), larger)), requests), rule)
    return SecurityHeaders(let_in, rule.embed_origins)


class RequestLimits:
    """ASGI: turn a visitor away who sends more requests than any reader does."""

    def __init__(self, app: ASGIApp, rate: str) -> None:
        self._app = app
        self._rate = Rate(rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wait = 0 if scope["type"] == "lifespan" else self._rate.spend(scope["state"]["visitor"].key)
        if wait:
            why = f"These were too many requests. Try again in {wait} seconds."
            await refuse(scope, receive, send, 429, why, {"Retry-After": str(wait)})
        else:
            await self._app(scope, receive, send)


class OnlyChatRoutes:
    """ASGI: of all that Gradio serves under /app, let through what the chat needs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _is_closed(scope):
            await refuse(scope, receive, send, 404, "There is nothing here.")
        else:
            await self._app(scope, receive, send)


def _is_closed(scope: Scope) -> bool:
    path = route_path(scope) if scope["type"] == "http" else ""
    return path.startswith("/app/") and not _CHAT_ROUTES.fullmatch(f"{scope['method']} {path.removeprefix('/app')}")


class BodyLimits:
    """ASGI: turn away a body that is too large, by what its header says or, where that is silent, as it comes."""

    def __init__(self, app: ASGIApp, larger: Mapping[str, int]) -> None:
        self._app = app
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._larger.get(route_path(scope), BODY)
        body = _CountedBody(scope, receive, send, limit)
        declared = Headers(scope=scope).get("content-length", "0")
        if not re.fullmatch("[0-9]{1,15}", declared) or int(declared) > limit:
            await body.turn_away()
            return
        try:
            await self._app(scope, body.receive, body.send)
        except Exception:
            if not body.turned_away:  # else it is the application's surprise at a body that ends too early
                raise


class _CountedBody:
    """One request on its way in: hands on its body as long as that is not too large, and then nothing more."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        self.turned_away = False
        self._scope, self._receive, self._send = scope, receive, send
        self._limit = limit
        self._received = 0
        self._answered = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self._received <= self._limit:
            return message
        if not self._answered:
            await self.turn_away()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if not self.turned_away:
            self._answered = True
            await self._send(message)

    async def turn_away(self) -> None:
        self.turned_away = self._answered = True
        why = f"That is too large: at most {self._limit // 1000} kB are taken here."
        # The rest of the body is not read, so the connection cannot serve for another request.
        await refuse(self._scope, self._receive, self._send, 413, why, {"Connection": "close"})


class OwnSessions:
    """ASGI: keep each of Gradio's sessions to the visitor who used it first; to others it is not there.

    Gradio gives a session's answers to whoever names its hash, and that hash stands in addresses, which proxies log.
    The hash comes from the browser, so its first use has to tell whose it is: an event that joins the queue, before
    there is any answer to fetch. Whose address changes, without being signed in, has to load the page again.

    The sessions used least recently are forgotten, so that nobody can fill the memory. To take over one that is open,
    somebody would have to know its hash and send ten thousand requests before its reader asks again, and the limit of
    requests makes that minutes. All of it runs in one event loop and never waits between looking and noting, so there
    is no lock.
    """

    def __init__(self, app: ASGIApp, most: int = SESSIONS) -> None:
        self._app = app
        self._most = most
        self._owners: OrderedDict[str, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        named = _WITH_SESSION.fullmatch(route_path(scope)) if scope["type"] == "http" else None
        if not named:
            await self._app(scope, receive, send)
            return
        session: object = named["session"] or Request(scope).query_params.get("session_hash")
        if scope["method"] == "POST":
            try:
                session, receive = await _session_in_body(scope, receive)
            except ClientDisconnect:
                return
        if isinstance(session, str) and self._is_of(session, scope["state"]["visitor"].key):
            await self._app(scope, receive, send)
        else:
            await refuse(scope, receive, send, 404, "There is nothing here.")

    def _is_of(self, session: str, key: str) -> bool:
        """Tell whether a session is this visitor's; one that nobody has used is now."""
        if not _SESSION.fullmatch(session) or self._owners.setdefault(session, key) != key:
            return False
        self._owners.move_to_end(session)
        if len(self._owners) > self._most:
            self._owners.popitem(last=False)
        return True


async def _session_in_body(scope: Scope, receive: Receive) -> tuple[object, Receive]:
    """Return the session that a body names, if any, and a `receive` that gives that body once more."""
    body = await Request(scope, receive).body()
    messages: list[Message] = [{"type": "http.request", "body": body}]

    async def receive_again() -> Message:
        return messages.pop() if messages else await receive()

    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        event = None
    return event.get("session_hash") if isinstance(event, dict) else None, receive_again
