"""Conversations outlive the page and the server, are listed for their owner, exported and deleted."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.room import HECKER, ODUYA, Chat, chips
from tests.browser.server import Server


def test_a_reload_keeps_the_conversation_and_its_sources(chat: Chat) -> None:
    chat.ask(HECKER)
    said = chat.ask(ODUYA).inner_text()
    chat.page.reload()
    expect(chat.answers).to_have_count(2)
    assert chat.answers.nth(1).inner_text() == said
    chips(chat.answers.nth(0)).first.click()
    expect(chat.card).to_contain_text("Charles Hecker")


def test_a_restart_of_the_server_keeps_the_conversation(chat: Chat, newsroom: Server, visit: Visit) -> None:
    said = chat.ask(ODUYA).inner_text()
    address = chat.page.url
    chat.page.goto("about:blank")
    newsroom.stop()
    newsroom.start()
    later = Chat(visit(newsroom, private=True)).open(address)
    expect(later.answers).to_have_count(1)
    assert later.answers.first.inner_text() == said


def test_a_page_that_was_open_before_a_restart_can_go_on(newsroom: Server, visit: Visit) -> None:
    chat = Chat(visit(newsroom, unwatched=True)).open()  # while there is no server, the browser says so
    chat.page.get_by_role("button", name="Filter by date").click()
    chat.choose("Publisher", "Ostrey Register")
    chat.ask(ODUYA)
    newsroom.stop()
    newsroom.start()
    newsroom.warm()
    expect(chips(chat.ask(ODUYA))).to_have_count(1)


def test_a_conversation_with_the_same_sources_has_them_in_the_panel(chat: Chat) -> None:
    chat.ask(ODUYA)
    chat.page.get_by_role("button", name="New conversation").click()
    expect(chat.answers).to_have_count(0)
    chat.ask(ODUYA)
    expect(chat.panel.locator("article")).to_have_count(1)
    chat.page.go_back()
    expect(chat.panel.locator("article")).to_have_count(1)


def test_the_id_is_long_stays_in_the_fragment_and_is_never_sent_in_an_address(chat: Chat) -> None:
    sent: list[str] = []
    chat.page.on("request", lambda request: sent.append(request.url.partition("#")[0]))
    chat.ask(ODUYA)
    chat.page.get_by_role("button", name="Conversations").click()
    expect(chat.page.get_by_role("dialog").get_by_role("link", name=ODUYA)).to_be_visible()
    assert len(chat.id) >= 22
    assert sent
    assert not [url for url in sent if chat.id in url]
    assert chat.page.context.cookies() == []


def test_a_new_conversation_is_empty_and_the_list_leads_back(chat: Chat) -> None:
    chat.ask(ODUYA)
    first = chat.id
    chat.page.get_by_role("button", name="Filter by date").click()
    chat.choose("Publisher", "Ostrey Register")
    chat.page.get_by_role("button", name="Filter: only Ostrey Register").click()
    chat.page.get_by_role("button", name="New conversation").click()
    expect(chat.answers).to_have_count(0)
    expect(chat.page.get_by_role("button", name="Filter by date")).to_be_visible()
    assert chat.id != first
    chat.ask(HECKER)
    chat.page.get_by_role("button", name="Conversations").click()
    chat.page.get_by_role("dialog").get_by_role("link", name=ODUYA).click()
    expect(chat.answers).to_have_count(1)
    expect(chat.answers.first).to_contain_text("The north quay")
    assert chat.id == first


def test_another_browser_sees_a_conversation_only_by_its_id(chat: Chat, newsroom: Server, visit: Visit) -> None:
    chat.ask(ODUYA)
    other = Chat(visit(newsroom, private=True)).open()
    other.page.get_by_role("button", name="Conversations").click()
    expect(other.page.get_by_role("dialog").get_by_role("status")).to_contain_text("There are none yet")
    expect(other.page.get_by_role("dialog").get_by_role("link")).to_have_count(0)
    other.open(chat.page.url)
    expect(other.answers).to_have_count(1)


def test_a_deleted_conversation_is_gone(chat: Chat, newsroom: Server, visit: Visit) -> None:
    chat.ask(ODUYA)
    address = chat.page.url
    chat.page.get_by_role("button", name="Conversations").click()
    dialog = chat.page.get_by_role("dialog")
    dialog.get_by_role("button", name=f"Delete “{ODUYA}”").click()
    dialog.get_by_role("button", name="for good").click()
    expect(chat.answers).to_have_count(0)
    assert chat.page.url != address
    again = Chat(visit(newsroom, private=True)).open(address)
    expect(again.answers).to_have_count(0)


def test_a_conversation_is_exported_as_markdown_with_its_sources(chat: Chat) -> None:
    chat.ask(HECKER)
    chat.ask(ODUYA)
    chat.page.get_by_role("button", name="Conversations").click()
    with chat.page.expect_download() as download:
        chat.page.get_by_role("dialog").get_by_role("button", name=f"Export “{HECKER}”").click()
    assert download.value.suggested_filename.endswith(".md")
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.index(HECKER) < text.index(ODUYA)
    assert re.search(r"^#+ Sources", text, re.M)
    assert "Harbour master Maren Oduya to run Marlhaven port" in text.partition("Sources")[2]
