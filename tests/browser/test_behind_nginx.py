"""Behind nginx, under a path prefix, where the proxy signs people in; nobody may change the library."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, copy_of
from tests.browser.room import ODUYA, Chat, chips
from tests.browser.server import PROXY_ADDRESS, Server, nginx, nginx_command, serving

Sign = Callable[[str], Page]


@pytest.fixture(scope="module")
def behind(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that believes only nginx."""
    if nginx_command() is None:
        pytest.skip("no nginx here: apt-get install nginx-light")
    with serving(
        copy_of(prepared, tmp_path_factory),
        *("--root-path", "/qa", "--user-header", "X-User", "--trust-proxy", PROXY_ADDRESS, "--read-only"),
    ) as server:
        yield server


@pytest.fixture(scope="module")
def front(behind: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of that server through nginx."""
    with nginx(tmp_path_factory.mktemp("front") / "nginx", behind.url, "/qa") as url:
        yield url


@pytest.fixture
def sign_in(visit: Visit, front: str) -> Sign:
    """Open a page as one of nginx's users."""

    def sign(user: str) -> Page:
        return visit(front, http_credentials={"username": user, "password": "secret"})

    return sign


@pytest.mark.slow
def test_everything_works_under_the_prefix(sign_in: Sign, front: str) -> None:
    chat = Chat(sign_in("ada")).open("")  # which leads to the chat
    assert chat.page.url.startswith(f"{front}/app/")
    answer = chat.ask(ODUYA)
    chips(answer).click()
    expect(chat.card.locator("mark")).to_contain_text("The north quay will be shut")
    said = answer.inner_text()
    chat.page.reload()
    expect(chat.answers).to_have_count(1)
    assert chat.answers.first.inner_text() == said
    chips(chat.answers.first).click()
    chat.card.get_by_role("link", name="Open in article").click()
    expect(chat.page.locator("mark")).to_contain_text("The north quay will be shut")
    assert chat.page.url.startswith(f"{front}/p/")
    chat.page.get_by_role("link", name="Library").click()
    assert chat.page.url == f"{front}/library"
    chat.page.get_by_role("link", name="Money may return to Russia").click()
    expect(chat.page.get_by_role("heading", level=1)).to_contain_text("Money may return to Russia")
    chat.page.get_by_role("link", name="API", exact=True).click()
    expect(chat.page.get_by_role("heading", level=1)).to_have_text("API")


def test_a_conversation_is_shown_to_its_owner_only(sign_in: Sign) -> None:
    ada = Chat(sign_in("ada")).open()
    ada.ask(ODUYA)
    ben = Chat(sign_in("ben")).open(ada.page.url)
    expect(ben.page.locator(".nc-problem")).to_contain_text("no such conversation")
    expect(ben.answers).to_have_count(0)
    ben.page.get_by_role("button", name="Conversations").click()
    expect(ben.page.get_by_role("dialog").get_by_role("link")).to_have_count(0)
    elsewhere = Chat(sign_in("ada")).open()
    elsewhere.page.get_by_role("button", name="Conversations").click()
    elsewhere.page.get_by_role("dialog").get_by_role("link", name=ODUYA).first.click()
    expect(elsewhere.answers.first).to_contain_text("The north quay")


@pytest.mark.parametrize(
    "path", ["/", "/app/", "/app/config", "/api/articles", "/library", "/p/x/1", "/static/chat.js"]
)
def test_who_goes_round_the_proxy_is_turned_away_whatever_name_he_gives(behind: Server, path: str) -> None:
    for headers in ({}, {"X-User": "ada"}, {"X-User": "ada", "X-Forwarded-For": PROXY_ADDRESS}):
        assert httpx.get(behind.url + path, headers=headers).status_code == 403


def test_nginx_overwrites_a_forged_name(front: str) -> None:
    with httpx.Client(auth=("ben", "secret"), headers={"X-User": "ada"}) as client:
        listed = client.get(f"{front}/api/conversations")
    assert (listed.status_code, listed.json()) == (200, [])


def test_where_adding_is_off_there_is_no_way_to_add_or_remove(sign_in: Sign, front: str) -> None:
    page = sign_in("ada")
    page.goto("library")
    expect(page.get_by_role("table")).to_be_visible()
    expect(page.get_by_text("Add articles")).to_have_count(0)
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)
    with httpx.Client(auth=("ada", "secret"), base_url=front) as client:
        known = client.get("api/articles").json()["articles"][0]["id"]
        refused = client.delete(f"api/articles/{known}")
        assert refused.status_code == client.post("api/articles", data={"text": "x"}).status_code == 403
        assert "read-only" in refused.json()["detail"]
