"""Looks: light and dark, from 360 pixels on, and nothing that axe finds serious."""

from io import BytesIO

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.room import ODUYA, PARIS, Chat, chips
from tests.browser.server import Server

PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture(scope="package")
def article_page(newsroom: Server) -> str:
    """The address of a paragraph with marked words."""
    articles = httpx.get(f"{newsroom.url}/api/articles").json()["articles"]
    [found] = [article["id"] for article in articles if article["title"].startswith("Harbour master")]
    return f"p/{found}/6?at=0-30"


def background(page: Page) -> int:
    """Return how light the page is, 0 to 765."""
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")[:3])


def test_the_system_chooses_light_or_dark(visit: Visit, newsroom: Server, article_page: str) -> None:
    for scheme, is_dark in (("light", False), ("dark", True)):
        page = visit(newsroom, color_scheme=scheme)
        Chat(page).open()
        for address in ("app/", "library", "api/", article_page):
            page.goto(address)
            assert (background(page) < 200) == is_dark, f"{address} in {scheme}"


def test_the_reader_chooses_and_the_choice_holds_on_every_page(chat: Chat) -> None:
    page = chat.page
    page.get_by_role("button", name="Theme: system").click()
    page.get_by_role("button", name="Theme: light").click()
    expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
    assert background(page) < 200
    Chat(page).open()
    assert background(page) < 200
    page.goto("library")
    assert background(page) < 200
    page.get_by_role("button", name="Theme: dark").click()
    page.get_by_role("button", name="Theme: system").click()
    assert background(page) > 600


def test_without_scripts_an_article_follows_the_system(visit: Visit, newsroom: Server, article_page: str) -> None:
    shades = []
    for scheme in ("light", "dark"):
        page = visit(newsroom, color_scheme=scheme, java_script_enabled=False)
        page.goto(article_page)
        picture = Image.open(BytesIO(page.screenshot(clip={"x": 2, "y": 400, "width": 1, "height": 1})))
        shades.append(picture.convert("L").tobytes()[0])
    assert shades[0] > 200
    assert shades[1] < 70


def test_no_text_is_set_in_the_weight_whose_font_has_no_letters(chat: Chat, article_page: str) -> None:
    """Gradio's SourceSansPro-SemiBold has 55 glyphs: text of weight 600 would fall back to another font."""
    weights = """() => [...document.querySelectorAll("body *")].filter((e) => e.innerText?.trim())
        .map((e) => getComputedStyle(e).fontWeight)"""
    chat.ask(ODUYA)
    for address in ("", "library", "api/", article_page):
        if address:
            chat.page.goto(address)
        assert set(chat.page.evaluate(weights)) <= {"400", "700"}, address


def assert_fits(page: Page) -> None:
    """Assert that a page does not scroll sideways."""
    wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1], f"{page.url} is {wide[0]} wide on {wide[1]}"


def test_on_a_phone_nothing_scrolls_sideways_and_sources_come_in_a_sheet(
    visit: Visit, newsroom: Server, article_page: str
) -> None:
    chat = Chat(visit(newsroom, **PHONE)).open()
    assert_fits(chat.page)
    chat.ask(PARIS)
    answer = chat.ask(ODUYA)
    assert_fits(chat.page)
    expect(chat.question).to_be_in_viewport()
    expect(chat.marks.first).not_to_be_in_viewport()
    chips(answer).click()
    expect(chat.card).to_be_focused()
    expect(chat.card.locator("mark")).to_be_in_viewport()
    expect(chips(answer)).to_be_in_viewport()
    assert_fits(chat.page)
    chat.page.get_by_role("button", name="Close").click()
    expect(chat.card).not_to_be_in_viewport()
    expect(chips(answer)).to_be_focused()
    for address in ("library", "api/", article_page):
        chat.page.goto(address)
        assert_fits(chat.page)


@pytest.mark.parametrize("width", [768, 1600])
def test_on_wider_screens_nothing_scrolls_sideways(visit: Visit, newsroom: Server, width: int) -> None:
    chat = Chat(visit(newsroom, viewport={"width": width, "height": 900})).open()
    chips(chat.ask(ODUYA)).click()
    expect(chat.card).to_be_in_viewport()
    assert_fits(chat.page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Visit, newsroom: Server, article_page: str, scheme: str) -> None:
    page = visit(newsroom, color_scheme=scheme)
    chat = Chat(page).open()
    found = violations(page, "empty chat")
    chat.ask(PARIS)
    chips(chat.ask(ODUYA)).click()
    expect(chat.card).to_be_focused()
    found += violations(page, "answered chat")
    page.get_by_role("button", name="Conversations").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found += violations(page, "conversations")
    for address in ("library", article_page, "api/"):
        page.goto(address)
        if address == "library":
            page.get_by_text("Add articles").click()
        found += violations(page, address)
    assert found == []


def violations(page: Page, where: str) -> list[str]:
    """Return what axe finds that shuts readers out, with the place."""
    found = Axe().run(page).response["violations"]
    return [
        f"{where}: {one['id']} ({one['impact']}) at {node['target']}: {node.get('failureSummary', '')}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
