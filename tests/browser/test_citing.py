"""From a number in an answer to the very words: in the panel, in the article, on the clipboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.room import HECKER, ODUYA, Chat, chips, cited
from tests.browser.server import Server


def test_the_panel_marks_exactly_the_quote_of_the_chip(chat: Chat, newsroom: Server) -> None:
    citations = cited(newsroom.url, HECKER, chat.page)
    answer = chat.ask(HECKER)
    expect(chips(answer)).to_have_count(len(citations))
    assert len(citations) > 1
    for number, citation in enumerate(citations):
        chips(answer).nth(number).click()
        expect(chat.card).to_contain_text(f"¶ {citation['paragraph']} of")
        expect(chat.card).to_be_focused()
        expect(chat.card).to_be_in_viewport()
        expect(chat.card).to_contain_text(citation["title"])
        expect(chat.card).to_contain_text(citation["speaker"])
        assert chat.marked() == citation["quote"]


def test_escape_returns_to_the_chip(chat: Chat) -> None:
    chip = chips(chat.ask(HECKER)).last
    chip.click()
    expect(chat.card).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(chip).to_be_focused()


def test_chips_of_older_answers_show_their_own_sources(chat: Chat, newsroom: Server) -> None:
    older = chat.ask(HECKER)
    chat.ask(ODUYA)
    expect(chat.marks).to_have_text([re.compile("The north quay")])
    chips(older).first.click()
    expect(chat.card).to_be_focused()
    assert chat.marked() == cited(newsroom.url, HECKER, chat.page)[0]["quote"]
    expect(chat.panel).not_to_contain_text("The north quay")


def test_the_keyboard_alone_leads_from_the_page_to_a_source_and_back(chat: Chat) -> None:
    page = chat.page
    tab_to(page, "#nc-question textarea")
    page.keyboard.type(ODUYA)
    page.keyboard.press("Enter")
    chat.wait_for(chat.answers.first)
    page.evaluate("document.activeElement.blur()")
    tab_to(page, "#nc-history a.nc-chip")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", "the focus cannot be seen"
    page.keyboard.press("Enter")
    expect(chat.card).to_be_focused()
    page.keyboard.press("Escape")
    expect(chips(chat.answers.first)).to_be_focused()


def tab_to(page: Page, wanted: str) -> None:
    """Press the tab key until an element has the focus; more than 60 times are too many for any reader."""
    for _ in range(60):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the tab key does not lead to {wanted}")


def test_an_inferred_speaker_is_marked_and_the_naming_paragraph_is_one_click_away(chat: Chat) -> None:
    chips(chat.ask(ODUYA)).click()
    expect(chat.card).to_contain_text("Maren Oduya")
    expect(chat.card).to_contain_text("inferred")
    expect(chat.card).not_to_contain_text("who is 51")
    chat.card.get_by_role("button", name="named in ¶4").click()
    expect(chat.card).to_contain_text("Oduya, who is 51, was born on Skarra")


def test_the_article_opens_at_the_marked_words(chat: Chat, newsroom: Server) -> None:
    chips(chat.ask(ODUYA)).click()
    chat.card.get_by_role("link", name="Open in article").click()
    expect(chat.page.get_by_role("heading", level=1)).to_have_text("Harbour master Maren Oduya to run Marlhaven port")
    mark = chat.page.locator("mark")
    expect(mark).to_have_text(cited(newsroom.url, ODUYA, chat.page)[0]["quote"])
    expect(mark).to_be_in_viewport()


def test_the_original_opens_in_a_tab_of_its_own_at_the_quoted_words(chat: Chat) -> None:
    chips(chat.ask(ODUYA)).click()
    original = chat.card.get_by_role("link", name="Open original")
    address = r"^https://www\.ostrey-register\.example/2025/07/oduya-to-run-port#:~:text=The%20north%20quay"
    expect(original).to_have_attribute("href", re.compile(address))
    expect(original).to_have_attribute("target", "_blank")
    expect(original).to_have_attribute("rel", re.compile("noopener"))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("Markdown", r"\[.*Harbour master Maren Oduya.*\]\(http"),
        ("Plain text", r"The north quay will be shut.*Ostrey Register"),
        ("Wikipedia", r"\{\{cite news.*Harbour master Maren Oduya.*\}\}"),
    ],
)
def test_a_citation_is_copied_in_three_forms(chat: Chat, form: str, expected: str) -> None:
    chips(chat.ask(ODUYA)).click()
    chat.card.get_by_role("button", name=form).click()
    expect(chat.panel.get_by_role("status")).to_have_text("Copied")
    assert re.search(expected, chat.page.evaluate("navigator.clipboard.readText()"), re.S)


def test_without_scripts_a_citation_still_leads_to_the_marked_words(chat: Chat, newsroom: Server, visit: Visit) -> None:
    href = chips(chat.ask(ODUYA)).evaluate("e => e.href")
    plain = visit(newsroom, java_script_enabled=False)
    plain.goto(href)
    expect(plain.locator("mark")).to_have_text(cited(newsroom.url, ODUYA, plain)[0]["quote"])
