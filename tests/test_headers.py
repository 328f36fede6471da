"""What every response says to the browser, whatever the application says."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from ui.headers import SecurityHeaders


async def page(request: Request) -> Response:
    return PlainTextResponse("text", headers={"Cache-Control": "public", "X-Frame-Options": "ALLOWALL"})


async def generous(request: Request) -> Response:
    headers = {"Access-Control-Allow-Origin": request.headers["origin"], "Access-Control-Allow-Credentials": "true"}
    return PlainTextResponse("text", headers=headers)


async def stream(request: Request) -> Response:
    return StreamingResponse(iter(["data: 1\n\n", "data: 2\n\n"]), media_type="text/event-stream")


@pytest.fixture
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    folder = tmp_path_factory.mktemp("static")
    (folder / "page.css").write_text("body {}")
    files = StaticFiles(directory=folder)
    routes = [
        Route("/p/a", page),
        Route("/api/ask", generous),
        Route("/api/ask/stream", stream),
        Mount("/static", files),
        Mount("/app/assets", files),
        Mount("/app/static", files),
        Route("/app/", page),
    ]
    return TestClient(SecurityHeaders(Starlette(routes=routes)))


@pytest.mark.parametrize("path", ["/p/a", "/app/", "/api/ask/stream", "/static/page.css", "/nowhere"])
def test_every_response_has_them(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "clipboard-write=(self)" in headers["permissions-policy"]


@pytest.mark.parametrize("path", ["/p/a", "/app/", "/static/page.css", "/nowhere"])
def test_no_script_but_ours_no_frame_no_form_nothing_from_elsewhere(client: TestClient, path: str) -> None:
    policy = dict(part.split(" ", 1) for part in client.get(path).headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["form-action"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["font-src"] == "'self'"
    assert "http" not in " ".join(policy.values())


def test_only_the_chat_may_style_inline(client: TestClient) -> None:
    assert "style-src 'self' 'unsafe-inline'" in client.get("/app/").headers["content-security-policy"]
    assert "unsafe" not in client.get("/p/a").headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/p/a", "/app/", "/api/ask/stream", "/static/nowhere.css"])
def test_articles_conversations_and_errors_are_not_kept(client: TestClient, path: str) -> None:
    assert client.get(path).headers["cache-control"] == "no-store"


def test_files_of_ours_are_asked_for_again_and_need_not_be_sent_again(client: TestClient) -> None:
    first = client.get("/static/page.css")
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/static/page.css", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")
    assert "immutable" in client.get("/app/assets/page.css").headers["cache-control"]


def test_no_other_origin_may_read(client: TestClient) -> None:
    answered = client.get("/api/ask", headers={"Origin": "https://elsewhere.example"})
    assert answered.status_code == 200
    assert not [name for name in answered.headers if name.startswith("access-control")]


def test_under_a_prefix_the_routes_are_the_same(client: TestClient) -> None:
    prefixed = TestClient(client.app, root_path="/qa")
    assert "'unsafe-inline'" in prefixed.get("/qa/app/").headers["content-security-policy"]
    assert prefixed.get("/qa/static/page.css").headers["cache-control"] == "no-cache"
