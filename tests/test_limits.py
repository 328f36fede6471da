"""How much one visitor may ask for: questions, requests, bytes, which of Gradio's routes, and whose sessions."""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.access import Access, AccessRule, Visitor
from ui.limits import BODY, Limits, OwnSessions, Rate, TooMany, protect

ADA = Visitor("ada", "10.0.0.1")
BEN = Visitor("ben", "10.0.0.1")


def ask(limits: Limits, visitor: Visitor) -> None:
    with limits.question(visitor):
        pass


def test_too_many_questions_are_refused_and_told_how_long_to_wait() -> None:
    limits = Limits(questions="2/minute")
    ask(limits, ADA)
    ask(limits, ADA)
    with pytest.raises(TooMany, match=r"You have asked 2 in a minute.*Ask again in \d+ seconds") as refused:
        ask(limits, ADA)
    assert 50 <= refused.value.retry_after <= 60


def test_visitors_are_counted_each_by_himself() -> None:
    limits = Limits(questions="1/hour")
    ask(limits, ADA)
    ask(limits, BEN)  # behind the same proxy, but another user
    with pytest.raises(TooMany):
        ask(limits, ADA)


def test_so_many_questions_are_answered_at_once_and_no_more() -> None:
    limits = Limits(at_once=2)
    with limits.question(ADA), limits.question(ADA):
        with pytest.raises(TooMany, match="2 of your questions are still being answered"):
            ask(limits, ADA)
        ask(limits, BEN)
    ask(limits, ADA)


def test_a_question_that_fails_is_over() -> None:
    limits = Limits(at_once=1)
    with pytest.raises(ZeroDivisionError), limits.question(ADA):
        raise ZeroDivisionError
    ask(limits, ADA)


def test_what_is_refused_for_being_at_once_is_not_counted() -> None:
    limits = Limits(questions="2/minute", at_once=1)
    with limits.question(ADA), pytest.raises(TooMany, match="still being answered"):
        ask(limits, ADA)
    ask(limits, ADA)


def test_many_threads_get_exactly_what_is_allowed() -> None:
    limits = Limits(questions="1000/minute", at_once=5)
    start, refused = threading.Barrier(20), []
    with ExitStack() as running:  # whoever came in stays until all have tried

        def come() -> None:
            start.wait()
            try:
                running.enter_context(limits.question(ADA))
            except TooMany as error:
                refused.append(error)

        threads = [threading.Thread(target=come) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refused) == 15


@pytest.mark.parametrize("text", ["", "many", "60", "60/fortnight", "0/minute", "-1/minute", "60/minute; 5/second"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="60/minute"):
        Rate(text)


# -- requests and bytes


async def read(request: Request) -> Response:
    return JSONResponse({"bytes": len(await request.body())})


async def swallow(request: Request) -> Response:
    """Read a body as some frameworks do: whatever goes wrong with it is an answer of theirs."""
    try:
        return JSONResponse({"bytes": len(await request.body())})
    except Exception:
        return JSONResponse({"detail": "could not be read"}, 400)


async def echo(request: Request) -> Response:
    return StreamingResponse(request.stream())


INSIDE = Starlette(
    routes=[Route(f"/api/{handler.__name__}", handler, methods=["GET", "POST"]) for handler in (read, swallow, echo)]
)


def client(app: Any = INSIDE, rule: AccessRule | None = None, **options: Any) -> TestClient:
    protected = protect(app, rule or AccessRule(), **options)
    return TestClient(protected, base_url="http://127.0.0.1:7860", client=("127.0.0.1", 50_000))


def chunks(size: int) -> Iterator[bytes]:
    """Give a body piece by piece, so that no header can tell how long it is."""
    while size > 0:
        yield b"x" * min(size, 1000)
        size -= 1000


@pytest.mark.parametrize("path", ["/api/read", "/api/swallow"])
def test_a_body_may_be_so_large_and_no_larger(path: str) -> None:
    for body in (b"x" * BODY, chunks(BODY)):
        assert client().post(path, content=body).json() == {"bytes": BODY}
    for body in (b"x" * (BODY + 1), chunks(BODY + 1)):
        refused = client().post(path, content=body)
        assert refused.status_code == 413
        assert refused.json() == {"detail": "That is too large: at most 70 kB are taken here."}
        assert refused.headers["connection"] == "close"
        assert "content-security-policy" in refused.headers


def test_a_body_that_says_it_is_small_is_counted_all_the_same() -> None:
    lying = {"Content-Length": "5"}
    assert client().post("/api/read", content=chunks(BODY + 1), headers=lying).status_code == 413


@pytest.mark.parametrize("length", ["-1", "many", "1e3", "9" * 5000])
def test_a_length_that_is_none_is_too_large(length: str) -> None:
    assert client().post("/api/read", content=b"x", headers={"Content-Length": length}).status_code == 413


def test_a_route_may_take_more() -> None:
    larger = client(larger={"/api/read": 200_000})
    assert larger.post("/api/read", content=chunks(200_000)).json() == {"bytes": 200_000}
    assert larger.post("/api/read", content=chunks(200_001)).status_code == 413
    assert larger.post("/api/swallow", content=chunks(BODY + 1)).status_code == 413


def test_more_requests_than_any_reader_sends_are_refused() -> None:
    visitor = client(requests="3/minute")
    assert [visitor.get("/api/read").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = visitor.get("/api/read")
    assert 50 <= int(refused.headers["retry-after"]) <= 60
    assert "too many requests" in refused.json()["detail"]


def test_requests_are_counted_for_each_user_behind_one_proxy() -> None:
    rule = AccessRule(user_header="X-User", trusted_proxies=("127.0.0.1",))
    visitor = client(rule=rule, requests="1/minute")
    statuses = [visitor.get("/api/read", headers={"X-User": user}).status_code for user in ("ada", "ben", "ada")]
    assert statuses == [200, 200, 429]


def test_who_is_not_let_in_is_not_counted() -> None:
    visitor = client(requests="1/minute")
    assert visitor.get("/api/read", headers={"Host": "evil.example"}).status_code == 403
    assert visitor.get("/api/read").status_code == 200


# -- Gradio's routes


@pytest.fixture(scope="module")
def gradio_app() -> Any:
    """A small chat of Gradio's, mounted with everything that Gradio opens by default."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read at import: it asks its home page for its version there
    return asyncio.run(mounted_chat())  # without a running loop, Gradio makes loops that it never closes


async def mounted_chat() -> Any:
    import gradio as gr
    from fastapi import FastAPI

    app = FastAPI()
    with gr.Blocks() as chat:
        question, answer = gr.Textbox(), gr.Textbox()
        question.submit(str.upper, question, answer)
    return gr.mount_gradio_app(app, chat, path="/app")


def gradio_routes(app: Any) -> list[tuple[str, str]]:
    """Return every method and path that the mounted Gradio answers."""
    [mount] = [route for route in app.routes if getattr(route, "path", None) == "/app"]
    return sorted(
        (method, route.path)
        for route in _all_routes(mount.app.routes)
        for method in getattr(route, "methods", None) or ()
    )


def _all_routes(routes: Any) -> Iterator[Any]:
    for route in routes:
        inner = getattr(getattr(route, "original_router", route), "routes", None)  # FastAPI keeps routers apart
        yield from _all_routes(inner) if inner else [route]


NEEDED = {
    "/",
    "/assets/{path:path}",
    "/config",
    "/config/",
    "/favicon.ico",
    "/gradio_api/app_id",
    "/gradio_api/app_id/",
    "/gradio_api/cancel",
    "/gradio_api/heartbeat/{session_hash}",
    "/gradio_api/info",
    "/gradio_api/info/",
    "/gradio_api/queue/data",
    "/gradio_api/queue/join",
    "/gradio_api/reset",
    "/gradio_api/reset/",
    "/gradio_api/startup-events",
    "/gradio_api/theme.css",
    "/manifest.json",
    "/static/{path:path}",
    "/theme.css",
}


def test_of_all_routes_that_gradio_has_only_the_needed_are_open(gradio_app: Any) -> None:
    reached: set[str] = set()

    async def outermost(scope: Any, receive: Any, send: Any) -> None:
        reached.add(scope["path"])
        await JSONResponse({})(scope, receive, send)

    visitor, routes = client(outermost), gradio_routes(gradio_app)
    assert {path for _, path in routes} >= NEEDED | {"/gradio_api/upload", "/monitoring/summary", "/login"}
    for method, path in routes:
        reached.clear()
        session = {"session_hash": "x"}
        visitor.request(method, f"/app{path.replace('{', '').replace('}', '')}", params=session, json=session)
        assert bool(reached) == (path in NEEDED), f"{method} {path}"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/app/gradio_api/upload"),
        ("GET", "/app/gradio_api/file=/etc/hostname"),
        ("GET", "/app/gradio_api/proxy=https://elsewhere.example/"),
        ("POST", "/app/gradio_api/run/predict"),
        ("POST", "/app/gradio_api/run/upper"),
        ("POST", "/app/gradio_api/call/upper"),
        ("GET", "/app/monitoring/summary"),
        ("GET", "/app/gradio_api/runs"),
        ("GET", "/app/gradio_api/openapi.json"),
        ("GET", "/app/gradio_api/theme.css/../upload"),
        ("GET", "/app//config"),
        ("GET", "/app/config%0A"),
        ("DELETE", "/app/config"),
        ("GET", "/app/gradio_api/queue/join"),
    ],
)
def test_what_the_chat_does_not_need_is_not_there(gradio_app: Any, method: str, path: str) -> None:
    refused = client(gradio_app).request(method, path)
    assert (refused.status_code, refused.text) == (404, "There is nothing here.\n")


@pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated")  # Gradio, of pandas
def test_what_the_chat_needs_is_there(gradio_app: Any) -> None:
    with client(gradio_app) as visitor:
        for path in ("", "/", "/config", "/theme.css", "/gradio_api/info", "/gradio_api/app_id", "/manifest.json"):
            assert visitor.get(f"/app{path}").status_code == 200, path
        font = visitor.get("/app/static/fonts/SourceSansPro/SourceSansPro-Regular.woff2")
        assert (font.status_code, font.headers["cache-control"]) == (200, "private, max-age=86400")
        for path in ("reset", "cancel"):
            body = {"event_id": "e", "fn_index": 0, "session_hash": "x"}
            assert visitor.post(f"/app/gradio_api/{path}", json=body).json() == {"success": True}
        asked = visitor.post("/app/gradio_api/queue/join", json={"data": ["a"], "fn_index": 0, "session_hash": "x"})
        assert "event_id" in asked.json()
        said = visitor.get("/app/gradio_api/queue/data", params={"session_hash": "x"})
        assert '"data":["A"]' in said.text


def test_no_other_origin_reads_what_gradio_would_show_to_all(gradio_app: Any) -> None:
    elsewhere = {"Origin": "https://elsewhere.example", "Host": "localhost:7860"}
    for method in ("GET", "OPTIONS"):
        headers = {**elsewhere, "Access-Control-Request-Method": "POST"}
        answered = client(gradio_app).request(method, "/app/config", headers=headers)
        assert not [name for name in answered.headers if name.startswith("access-control")]


def test_under_a_prefix_the_same_routes_are_open(gradio_app: Any) -> None:
    visitor = TestClient(
        protect(gradio_app, AccessRule()), "http://127.0.0.1", root_path="/qa", client=("127.0.0.1", 50_000)
    )
    assert visitor.get("/qa/app/config").status_code == 200
    assert visitor.get("/qa/app/monitoring/summary").status_code == 404


# -- Gradio's sessions


BY_PROXY = AccessRule(user_header="X-User", trusted_proxies=("127.0.0.1",))
AS_ADA, AS_BEN = {"X-User": "ada"}, {"X-User": "ben"}


async def everything(scope: Any, receive: Any, send: Any) -> None:
    await JSONResponse({})(scope, receive, send)


def test_nobody_else_gets_an_answer_whose_session_he_knows(gradio_app: Any) -> None:
    session = {"session_hash": "of-ada"}
    with client(gradio_app, BY_PROXY) as visitor:
        asked = {"data": ["secret"], "fn_index": 0, **session}
        event = visitor.post("/app/gradio_api/queue/join", json=asked, headers=AS_ADA).json()["event_id"]
        stop = {"event_id": event, "fn_index": 0, **session}
        for refused in (
            visitor.get("/app/gradio_api/queue/data", params=session, headers=AS_BEN),
            visitor.post("/app/gradio_api/queue/join", json=asked, headers=AS_BEN),
            visitor.post("/app/gradio_api/cancel", json=stop, headers=AS_BEN),
        ):
            assert (refused.status_code, refused.text) == (404, "There is nothing here.\n")
        assert '"data":["SECRET"]' in visitor.get("/app/gradio_api/queue/data", params=session, headers=AS_ADA).text


def test_whoever_keeps_a_session_alive_owns_it() -> None:
    visitor = client(everything, BY_PROXY)
    statuses = [visitor.get("/app/gradio_api/heartbeat/x1", headers=user).status_code for user in (AS_ADA, AS_BEN)]
    assert statuses == [200, 404]


@pytest.mark.parametrize("named", ["", "x" * 65, "a b", None, 7, ["x"], {}])
def test_what_is_no_session_is_not_there(named: Any) -> None:
    visitor = client(everything)
    if isinstance(named, str):
        assert visitor.get("/app/gradio_api/queue/data", params={"session_hash": named}).status_code == 404
    for body in ({"session_hash": named}, {}, [named]):
        assert visitor.post("/app/gradio_api/queue/join", json=body).status_code == 404
    for text in ("", "{", "[" * 60_000, b"\xff"):
        assert visitor.post("/app/gradio_api/queue/join", content=text).status_code == 404
    assert visitor.get("/app/gradio_api/queue/data").status_code == 404


def test_what_is_read_for_its_session_arrives_whole_and_not_too_large() -> None:
    body = b'{"session_hash": "x"}'.ljust(BODY)
    visitor = client(Starlette(routes=[Route("/app/gradio_api/queue/join", read, methods=["POST"])]))
    pieces = (body[start : start + 1000] for start in range(0, BODY, 1000))
    assert visitor.post("/app/gradio_api/queue/join", content=pieces).json() == {"bytes": BODY}
    assert visitor.post("/app/gradio_api/queue/join", content=chunks(BODY + 1)).status_code == 413


def test_the_sessions_used_least_recently_are_forgotten() -> None:
    doors = Access(OwnSessions(everything, most=2), BY_PROXY)
    visitor = TestClient(doors, client=("127.0.0.1", 50_000))

    def opens(session: str, user: dict[str, str]) -> bool:
        address = "/app/gradio_api/queue/data"
        return visitor.get(address, params={"session_hash": session}, headers=user).status_code == 200

    assert opens("a", AS_ADA)
    assert opens("b", AS_ADA)
    assert opens("a", AS_ADA)
    assert opens("c", AS_ADA)  # one too many, and b was used least recently
    assert not opens("a", AS_BEN)
    assert opens("b", AS_BEN)
