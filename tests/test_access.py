"""Who may come in: this machine only, whom a trusted proxy names, or everybody. And no page of another origin."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from indexes.errors import AccessError
from ui.access import Access, AccessRule, Visitor, check_start
from ui.headers import SecurityHeaders

LOOPBACK = AccessRule()
PROXIED = AccessRule(user_header="X-User", trusted_proxies=("10.0.0.5", "fd00::/8"))
OPEN = AccessRule(open=True)
OPEN_BEHIND_PROXY = AccessRule(open=True, trusted_proxies=("10.0.0.5",))

PROXY = "10.0.0.5"
ADA = {"X-User": "ada"}


async def who(request: Request) -> Response:
    visitor: Visitor = request.state.visitor
    seen = {name: value for name, value in request.headers.items() if name.startswith("x-")}
    return JSONResponse(
        {"user": visitor.user, "address": visitor.address, "url": str(request.url_for("who")), "seen": seen}
    )


async def health(request: Request) -> Response:
    return PlainTextResponse("ok")


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(socket.state.visitor.key)


INSIDE = Starlette(
    routes=[
        Route("/", who, methods=["GET", "POST", "DELETE"], name="who"),
        Route("/api/ask", who, methods=["POST"]),
        Route("/healthz", health),
        Mount("/static", Route("/page.css", health)),
        WebSocketRoute("/socket", echo),
    ]
)


def client(rule: AccessRule, peer: str = "127.0.0.1", base_url: str = "http://127.0.0.1:7860") -> TestClient:
    return TestClient(SecurityHeaders(Access(INSIDE, rule)), base_url=base_url, client=(peer, 50_000))


# -- whether a server starts


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "::1"])
def test_this_machine_needs_no_rule(host: str) -> None:
    check_start(host, LOOPBACK)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "10.0.0.9", "newscite.corp", "::ffff:10.0.0.9"])
def test_beyond_this_machine_nothing_starts_without_a_rule(host: str) -> None:
    with pytest.raises(AccessError, match=r"--user-header NAME --trust-proxy ADDRESS.*--open"):
        check_start(host, LOOPBACK)
    for rule in (PROXIED, OPEN, OPEN_BEHIND_PROXY):
        check_start(host, rule)


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        ({"user_header": "X-User"}, "Add --trust-proxy ADDRESS"),
        ({"trusted_proxies": ("10.0.0.5",)}, "Add --user-header NAME"),
        ({"user_header": "X-User", "trusted_proxies": ("10.0.0.5",), "open": True}, "Drop one"),
        ({"user_header": "X-User", "open": True}, "Drop one"),
    ],
)
def test_half_a_rule_is_none(options: dict[str, Any], missing: str) -> None:
    with pytest.raises(AccessError, match=missing):
        AccessRule(**options)


@pytest.mark.parametrize(
    "options",
    [
        {"open": True, "trusted_proxies": ("proxy.corp",)},
        {"open": True, "trusted_proxies": ("10.0.0.300",)},
        {"open": True, "trusted_proxies": ("*",)},
        {"user_header": "X-User", "trusted_proxies": ("0.0.0.0/0",)},
        {"user_header": "X-User", "trusted_proxies": ("::/0",)},
        {"user_header": "X User", "trusted_proxies": ("10.0.0.5",)},
        {"user_header": "", "trusted_proxies": ("10.0.0.5",)},
    ],
)
def test_what_is_no_address_no_network_or_no_header_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"is no|is everybody"):
        AccessRule(**options)


# -- loopback only


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:7860", "127.0.0.1", "127.9.9.9:80", "[::1]", "[::1]:7860"])
def test_a_person_at_this_machine_comes_in(host: str) -> None:
    assert client(LOOPBACK).get("/", headers={"Host": host}).json()["user"] is None


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.9", ""]
)
def test_a_name_that_somebody_pointed_at_this_machine_does_not(host: str) -> None:
    answered = client(LOOPBACK).get("/", headers={"Host": host})
    assert answered.status_code == 403
    assert "http://127.0.0.1" in answered.text


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-User", "Forwarded", "X-Real-IP"]
)
def test_what_came_through_a_proxy_is_told_which_options_to_add(header: str) -> None:
    answered = client(LOOPBACK).get("/", headers={header: "10.1.1.1"})
    assert answered.status_code == 403
    assert "--user-header NAME --trust-proxy ADDRESS" in answered.text
    assert "--open" in answered.text


def test_another_machine_cannot_pretend_to_be_this_one() -> None:
    assert client(LOOPBACK, peer="10.0.0.9").get("/", headers={"Host": "localhost"}).status_code == 403


# -- signed in by a proxy


@pytest.mark.parametrize("peer", [PROXY, "fd00::17", "::ffff:10.0.0.5"])
def test_whom_the_trusted_proxy_names_comes_in(peer: str) -> None:
    answered = client(PROXIED, peer).get("/", headers={**ADA, "X-Forwarded-For": "192.0.2.8"})
    assert (answered.json()["user"], answered.json()["address"]) == ("ada", "192.0.2.8")


@pytest.mark.parametrize("peer", ["10.0.0.6", "127.0.0.1", "", "testclient"])
@pytest.mark.parametrize("path", ["/", "/api/ask", "/static/page.css", "/nowhere"])
def test_whoever_else_names_himself_does_not(peer: str, path: str) -> None:
    claims = {**ADA, "X-Forwarded-For": PROXY, "X-Real-IP": PROXY, "Forwarded": f"for={PROXY}"}
    assert client(PROXIED, peer).get(path, headers=claims).status_code == 403


@pytest.mark.parametrize("name", ["", "   ", "a" * 257, "ada\tben", "ada\x7f", "a\u0085b".encode(), b"\xc2\xad"])
def test_a_name_that_is_none_is_not_signed_in(name: str | bytes) -> None:
    answered = client(PROXIED, PROXY).get("/", headers={b"X-User": name.encode() if isinstance(name, str) else name})
    assert answered.status_code == 401


def test_two_names_or_none_are_not_signed_in() -> None:
    assert client(PROXIED, PROXY).get("/").status_code == 401
    assert client(PROXIED, PROXY).get("/", headers=[("X-User", "ada"), ("x-user", "ben")]).status_code == 401


@pytest.mark.parametrize("sent", ["Zoë Müller".encode(), "Zoë Müller".encode("latin-1")])
def test_a_name_is_read_in_either_encoding(sent: bytes) -> None:
    assert client(PROXIED, PROXY).get("/", headers={b"X-User": sent}).json()["user"] == "Zoë Müller"


def test_the_client_is_the_last_that_a_trusted_proxy_vouches_for() -> None:
    forged = {**ADA, "X-Forwarded-For": "198.51.100.1, 192.0.2.8, fd00::1"}
    assert client(PROXIED, PROXY).get("/", headers=forged).json()["address"] == "192.0.2.8"


def test_links_name_the_host_and_scheme_that_the_reader_sees() -> None:
    through = {**ADA, "X-Forwarded-Host": "qa.corp", "X-Forwarded-Proto": "https"}
    assert client(PROXIED, PROXY).get("/", headers=through).json()["url"] == "https://qa.corp/"


def test_a_host_that_is_none_is_not_believed() -> None:
    told = client(PROXIED, PROXY).get("/", headers={**ADA, "X-Forwarded-Host": "qa.corp/<script>"}).json()
    assert told["url"] == "http://127.0.0.1:7860/"
    assert "x-forwarded-host" not in told["seen"]


def test_only_the_health_check_needs_no_user() -> None:
    for rule in (LOOPBACK, PROXIED, OPEN):
        assert client(rule, "10.0.0.77", "http://10.0.0.9").get("/healthz").text == "ok"
    for path in ("/healthz/", "//healthz", "/healthz/../", "/static/page.css"):
        assert client(PROXIED, "10.0.0.77").get(path).status_code == 403
    assert client(PROXIED, "10.0.0.77").post("/healthz").status_code == 403


# -- open


def test_everybody_comes_in_by_his_address_and_is_nobody_in_particular() -> None:
    told = client(OPEN, "192.0.2.8").get("/", headers={**ADA, "Host": "qa.corp"}).json()
    assert (told["user"], told["address"]) == (None, "192.0.2.8")


def test_what_a_stranger_says_about_himself_goes_no_further() -> None:
    claims = {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    told = client(OPEN_BEHIND_PROXY, "192.0.2.8").get("/", headers={**claims, "X-Gradio-Server": "evil.example"}).json()
    assert told == {"user": None, "address": "192.0.2.8", "url": "http://127.0.0.1:7860/", "seen": {}}


def test_a_trusted_proxy_names_the_address_of_everybody() -> None:
    told = client(OPEN_BEHIND_PROXY, PROXY).get("/", headers={"X-Forwarded-For": "192.0.2.8"}).json()
    assert told["address"] == "192.0.2.8"


# -- pages of other origins


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "nonsense"])
@pytest.mark.parametrize("rule", [LOOPBACK, PROXIED, OPEN])
def test_another_page_changes_nothing(rule: AccessRule, site: str) -> None:
    visit = client(rule, "127.0.0.1" if rule is LOOPBACK else PROXY)
    sent = {**ADA, "Sec-Fetch-Site": site, "Origin": "http://127.0.0.1:7860"}
    assert visit.post("/", headers=sent).status_code == visit.delete("/", headers=sent).status_code == 403
    assert visit.get("/", headers=sent).status_code == 200


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_its_own_page_does(site: str) -> None:
    assert client(LOOPBACK).post("/", headers={"Sec-Fetch-Site": site}).status_code == 200


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:7860", 200),
        ("http://127.0.0.1:3000", 403),
        ("http://localhost:7860", 403),
        ("https://evil.example", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_where_the_browser_says_no_site_the_origin_counts(origin: str, status: int) -> None:
    assert client(LOOPBACK).post("/", headers={"Origin": origin}).status_code == status


@pytest.mark.parametrize(
    ("origin", "status"), [("https://QA.corp", 200), ("https://qa.corp:443", 200), ("http://other", 403)]
)
def test_behind_a_proxy_it_is_the_origin_that_the_reader_sees(origin: str, status: int) -> None:
    sent = {**ADA, "X-Forwarded-Host": "qa.corp", "Origin": origin}
    assert client(PROXIED, PROXY).post("/", headers=sent).status_code == status


def test_a_stranger_cannot_choose_the_host_that_his_origin_is_held_against() -> None:
    sent = {"X-Forwarded-Host": "evil.example", "Origin": "http://evil.example"}
    assert client(OPEN_BEHIND_PROXY, "192.0.2.8").post("/", headers=sent).status_code == 403


def test_a_program_that_is_no_browser_comes_in() -> None:
    assert client(LOOPBACK).post("/api/ask").status_code == 200


# -- how it turns away


def test_a_refusal_is_small_and_has_the_security_headers() -> None:
    for path, kind in (("/", "text/plain"), ("/api/ask", "application/json"), ("/static/page.css", "text/plain")):
        refused = client(PROXIED).get(path)
        assert refused.headers["content-type"].startswith(kind)
        assert refused.headers["content-security-policy"].startswith("default-src 'none'")
    assert "proxy" in client(PROXIED).post("/api/ask").json()["detail"]


def test_sockets_pass_the_same_door() -> None:
    with client(PROXIED, PROXY).websocket_connect("/socket", headers=ADA) as socket:
        assert socket.receive_text() == "user ada"
    elsewhere = {**ADA, "Origin": "https://evil.example"}
    for visit, headers in ((client(PROXIED), ADA), (client(PROXIED, PROXY), {}), (client(PROXIED, PROXY), elsewhere)):
        with pytest.raises(WebSocketDisconnect), visit.websocket_connect("/socket", headers=headers):
            pytest.fail("came in")


# -- what limits are counted by


def test_users_are_counted_by_name_and_others_by_what_one_machine_can_call_itself() -> None:
    assert Visitor("ada", "10.0.0.1").key == Visitor("ada", "10.0.0.2").key
    assert Visitor(None, "10.0.0.1").key != Visitor(None, "10.0.0.2").key
    assert Visitor(None, "2001:db8::1").key == Visitor(None, "2001:db8::2").key != Visitor(None, "2001:db8:1::1").key
    assert Visitor("address 10.0.0.1", "x").key != Visitor(None, "10.0.0.1").key


@pytest.mark.parametrize("address", ["", "unknown", "fe80::1%eth0", "_hidden", "::ffff:10.0.0.1"])
def test_whatever_a_proxy_calls_an_address_is_counted(address: str) -> None:
    assert Visitor(None, address).key.startswith("address ")
