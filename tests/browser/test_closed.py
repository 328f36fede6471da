"""What Gradio leaves open by default is closed on the running server; tests/test_limits.py has the doors one by one."""

import httpx
import pytest

from tests.browser.server import Server


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=https://evil.example/",
        "/gradio_api/run/ask",
        "/gradio_api/call/ask",
        "/gradio_api/runs",
        "/gradio_api/deep_link",
        "/gradio_api/dev/reload",
        "/gradio_api/component_server",
        "/monitoring",
        "/monitoring/summary",
        "/login",
        "/vibe-edit",
        "/gradio_api/mcp/",
    ],
)
def test_routes_that_the_chat_does_not_need_are_not_there(newsroom: Server, path: str) -> None:
    assert httpx.get(f"{newsroom.url}/app{path}").status_code == 404
    assert httpx.post(f"{newsroom.url}/app{path}", json={"data": []}).status_code == 404


def test_the_settings_of_gradio_are_ours(newsroom: Server) -> None:
    config = httpx.get(f"{newsroom.url}/app/config").json()
    assert config["footer_links"] == []
    assert not config["run_history"]
    assert not config["analytics_enabled"]
    assert not config["show_error"]
    assert {each["api_visibility"] for each in config["dependencies"]} == {"private"}
    assert "html" not in {component["type"] for component in config["components"]}
    assert httpx.get(f"{newsroom.url}/app/gradio_api/info").json()["named_endpoints"] == {}


def test_an_event_cannot_be_run_past_the_queue_and_its_limits(newsroom: Server) -> None:
    config = httpx.get(f"{newsroom.url}/app/config").json()
    for each in config["dependencies"]:
        assert each["queue"] or not each["backend_fn"]  # else the page would run it past the queue
        body = {"data": [""] * len(each["inputs"]), "fn_index": each["id"], "session_hash": "x"}
        assert httpx.post(f"{newsroom.url}/app/gradio_api/run/predict", json=body).status_code == 404


def test_no_other_origin_may_read_frame_or_post(newsroom: Server) -> None:
    for path in ("/app/", "/app/config", "/api/articles", "/library"):
        reply = httpx.get(newsroom.url + path, headers={"Origin": "https://evil.example"})
        assert not [name for name in reply.headers if name.startswith("access-control-")], path
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"], path
        assert "unsafe-eval" not in reply.headers["content-security-policy"], path
    asked = httpx.post(f"{newsroom.url}/api/ask", json={"question": "x"}, headers={"Origin": "https://evil.example"})
    assert asked.status_code == 403


def test_a_body_that_is_too_large_is_refused(newsroom: Server) -> None:
    body = {"data": ["x" * 80_000]}
    assert httpx.post(f"{newsroom.url}/app/gradio_api/queue/join", json=body).status_code == 413
