"""What a page of another site may do: load the widget's script, ask whether it may show the chat, and show it."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse

from ui.access import AccessRule, web_origin
from ui.embedding import MOST_REPORTED, embedding_router
from ui.limits import protect

WIKI = "https://wiki.example"
BLOG = "http://blog.example:8080"
LISTED = AccessRule(embed_origins=(WIKI, BLOG))
SIGNED_IN = AccessRule("X-User", trusted_proxies=("127.0.0.1",), embed_origins=(WIKI,))
ADA = {"X-User": "ada"}


def client(rule: AccessRule = LISTED) -> TestClient:
    app = FastAPI()
    app.include_router(embedding_router(rule))
    app.get("/app/")(lambda: PlainTextResponse("the chat"))
    app.get("/p/a/1")(lambda: PlainTextResponse("an article"))
    return TestClient(protect(app, rule), base_url="http://127.0.0.1", client=("127.0.0.1", 50_000))


# -- origins -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://wiki.example", "https://wiki.example"),
        ("https://wiki.example/", "https://wiki.example"),
        (" HTTPS://Wiki.Example:443 ", "https://wiki.example"),
        ("http://wiki:80", "http://wiki"),
        ("http://10.0.0.5:8080", "http://10.0.0.5:8080"),
        ("https://xn--strae-oqa.example", "https://xn--strae-oqa.example"),
        ("http://my_wiki.corp", "http://my_wiki.corp"),
    ],
)
def test_an_origin_is_taken_as_browsers_write_it(written: str, origin: str) -> None:
    assert web_origin(written) == origin


@pytest.mark.parametrize(
    "written",
    [
        *("", "null", "*", "wiki.example", "https://", "https://*.example", "ftp://wiki.example", "file:///srv/wiki"),
        *("https://wiki.example:port", "https://wiki.example:99999", "https://a b.example", "https://a;b.example"),
        *("https://[::1]", "https://wiki.example' 'unsafe-inline'", "https://.example", "javascript:alert(1)"),
        *("https://wiki.example.", "https://wiki..example", "https://℀.example"),
    ],
)
def test_what_is_no_origin_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"write it as https://wiki\.example"):
        web_origin(written)


@pytest.mark.parametrize("host", ["straße.example", "bücher.example", "wi\u212ai.example", "wiki\u3002example"])
def test_a_name_is_written_as_browsers_send_it(host: str) -> None:
    for written in (f"https://{host}", f"https://{host}:8443/"):
        with pytest.raises(ValueError, match=r"as browsers send it: write it as https://xn--"):
            web_origin(written)


@pytest.mark.parametrize("more", ["/team", "?a=b", "#top"])
def test_an_address_is_told_what_its_origin_is(more: str) -> None:
    with pytest.raises(ValueError, match=r"more than an origin: https://wiki\.example would be one"):
        web_origin(f"https://wiki.example{more}")
    with pytest.raises(ValueError, match="more than an origin"):
        web_origin("https://ada:secret@wiki.example")


def test_a_rule_lists_origins_only_as_they_will_be_compared() -> None:
    with pytest.raises(ValueError, match=r"'https://wiki\.example' is"):
        AccessRule(embed_origins=("https://Wiki.example/",))


# -- frames --------------------------------------------------------------------------------------------------------


def test_by_default_nobody_may_show_the_chat() -> None:
    headers = client(AccessRule()).get("/app/").headers
    assert headers["content-security-policy"].endswith("frame-ancestors 'none'")
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", ["/app", "/app/", "/app/anything"])
def test_the_chat_may_be_shown_by_listed_origins_and_by_no_others(path: str) -> None:
    headers = client().get(path, follow_redirects=False).headers
    assert headers["content-security-policy"].endswith(f"; frame-ancestors {WIKI} {BLOG}")
    assert headers["content-security-policy"].count("frame-ancestors") == 1
    assert "x-frame-options" not in headers  # which browsers would obey, knowing no list


@pytest.mark.parametrize("path", ["/p/a/1", "/widget.js", "/widget/allowed?origin=x", "/nowhere", "/application"])
def test_nothing_but_the_chat_may_be_shown(path: str) -> None:
    headers = client().get(path).headers
    assert headers["content-security-policy"].endswith("frame-ancestors 'none'")
    assert headers["x-frame-options"] == "DENY"


def test_under_a_prefix_it_is_the_same() -> None:
    prefixed = TestClient(client().app, base_url="http://127.0.0.1", client=("127.0.0.1", 1), root_path="/qa")
    assert f"frame-ancestors {WIKI}" in prefixed.get("/qa/app/").headers["content-security-policy"]
    assert prefixed.get("/qa/widget.js").headers["cross-origin-resource-policy"] == "cross-origin"


# -- the script, and what it asks ----------------------------------------------------------------------------------


def test_any_page_may_load_the_script() -> None:
    given = client().get("/widget.js")
    assert given.headers["content-type"].startswith("text/javascript")
    assert given.headers["cross-origin-resource-policy"] == "cross-origin"
    assert given.headers["cache-control"] == "public, max-age=300"
    again = client().get("/widget.js", headers={"If-None-Match": given.headers["etag"]})
    assert again.status_code == 304
    asked = client().head("/widget.js")
    assert (asked.status_code, asked.content, asked.headers["etag"]) == (200, b"", given.headers["etag"])


def test_a_listed_origin_is_allowed_and_nothing_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    given = client().get("/widget/allowed", params={"origin": WIKI})
    assert given.json() == {"refusal": None, "sign_in": False}
    assert given.headers["access-control-allow-origin"] == "*"
    assert given.headers["cache-control"] == "no-store"
    assert capsys.readouterr().err == ""


def test_another_is_told_what_to_add_and_so_is_the_log_once(capsys: pytest.CaptureFixture[str]) -> None:
    visit = client()
    remedy = "Start it with --embed-origin https://other.example"
    told = f"Newscite: pages of https://other.example may not show the assistant. {remedy}"
    for _ in range(3):
        assert visit.get("/widget/allowed", params={"origin": "https://other.example"}).json()["refusal"] == told
    assert capsys.readouterr().err == f"{told}\n"


@pytest.mark.parametrize(
    "origin", ["null", "", "file://", "https://[::1]", f"{WIKI}.evil.example/path", f"{WIKI}@evil"]
)
def test_what_cannot_be_listed_is_refused_without_an_option(origin: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = client().get("/widget/allowed", params={"origin": origin}).json()["refusal"]
    assert told == f"Newscite: pages of {origin} may not show the assistant. Such an address cannot be listed."
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("origin", ["https://wiki.example.evil.example", "http://wiki.example", f"{WIKI}:8443"])
def test_what_only_looks_like_a_listed_origin_is_not_allowed(origin: str) -> None:
    refusal = client().get("/widget/allowed", params={"origin": origin}).json()["refusal"]
    assert refusal.endswith(f"--embed-origin {origin}")


def test_whoever_invents_origins_cannot_fill_the_log_or_write_lines_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    visit = client()
    for number in range(MOST_REPORTED + 20):
        visit.get("/widget/allowed", params={"origin": f"https://o{number}.example\nnewscite: stop the server"})
        visit.get("/widget/allowed", params={"origin": f"https://o{number}\n.example"})
    lines = capsys.readouterr().err.splitlines()
    assert 0 < len(lines) <= MOST_REPORTED
    assert all(line.startswith("Newscite: pages of https://o") for line in lines)


def test_a_missing_or_endless_origin_is_a_wrong_request() -> None:
    assert client().get("/widget/allowed").status_code == 422
    assert client().get("/widget/allowed", params={"origin": "https://" + "a" * 300}).status_code == 422


# -- behind sign-in ------------------------------------------------------------------------------------------------


def test_script_and_question_need_no_user_and_tell_of_the_sign_in() -> None:
    visit = client(SIGNED_IN)
    assert visit.get("/widget.js").status_code == 200
    assert visit.get("/widget/allowed", params={"origin": WIKI}).json()["sign_in"] is True
    assert visit.get("/widget/visitor").status_code == visit.get("/app/").status_code == 401
    assert visit.post("/widget.js").status_code == 401


def test_whoever_is_signed_in_is_told_so() -> None:
    assert client(SIGNED_IN).get("/widget/visitor", headers=ADA).status_code == 204


@pytest.mark.parametrize("signed_in", [ADA, {}])
def test_only_pages_of_listed_origins_can_read_that(signed_in: dict[str, str]) -> None:
    def read_by(origin: str) -> dict[str, str]:
        headers = client(SIGNED_IN).get("/widget/visitor", headers={**signed_in, "Origin": origin}).headers
        assert headers["vary"] == "Origin"
        return {name: value for name, value in headers.items() if name.startswith("access-control-")}

    assert read_by(WIKI) == {"access-control-allow-origin": WIKI, "access-control-allow-credentials": "true"}
    for origin in (BLOG, "null", f"{WIKI}.evil.example", f"{WIKI}:444", ""):
        assert read_by(origin) == {}


def test_what_everybody_may_read_is_read_without_credentials() -> None:
    headers = client(SIGNED_IN).get("/widget/allowed", params={"origin": WIKI}, headers={"Origin": WIKI}).headers
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers
