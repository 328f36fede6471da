"""The library page: find, sort, read, add and remove articles; and ask about what has just come in."""

import json
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.room import Chat, chips
from tests.browser.server import Server
from tests.site import Site

BRIDGE = """Title: Bridge of Tarn closed until spring
Publisher: The Tarn Courier
Date: 2025-01-14

Ada Lind, the engineer of Tarn, said that frost had opened a crack of nine centimetres in the second pier.
"""


def test_an_uploaded_file_is_listed_and_answers_at_once(page: Page) -> None:
    page.goto("library")
    page.get_by_text("Add articles").click()
    files = [
        {"name": "bridge.txt", "mimeType": "text/plain", "buffer": BRIDGE.encode()},
        {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""},
    ]
    page.get_by_label("Choose files").set_input_files(files)  # type: ignore[arg-type]
    page.get_by_role("button", name="Add to the library").click()
    results = page.get_by_role("list", name="What became of each")
    expect(results).to_contain_text("added Bridge of Tarn closed until spring")
    expect(results).to_contain_text("failed empty.txt: it is empty")
    expect(page.get_by_role("row").filter(has_text="Bridge of Tarn")).to_contain_text("The Tarn Courier")
    chat = Chat(page).open()
    answer = chat.ask("what had frost opened in the second pier of Tarn?")
    expect(answer).to_contain_text("a crack of nine centimetres")
    chips(answer).first.click()
    expect(chat.card).to_contain_text("Bridge of Tarn closed until spring")


def test_a_pasted_text_is_added_and_removed_again(page: Page) -> None:
    page.goto("library")
    page.get_by_text("Add articles").click()
    page.get_by_label("Title", exact=True).fill("Goats of Quorn")
    page.get_by_label("Text", exact=True).fill("The goats of Quorn eat 12 tonnes of nettles a year.")
    page.get_by_role("button", name="Add to the library").click()
    row = page.get_by_role("row").filter(has_text="Goats of Quorn")
    expect(row).to_be_visible()
    row.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Keep it").click()
    expect(row).to_be_visible()
    row.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator("#status")).to_contain_text("was removed")
    expect(row).to_have_count(0)
    page.reload()
    expect(row).to_have_count(0)


def test_an_address_is_fetched_from_the_public_internet_only(page: Page) -> None:
    with Site() as site:
        site.page("/wall", "<article><h1>Wall</h1><p>The wall of Marl is paid for by the harbour.</p></article>")
        page.goto("library")
        page.get_by_text("Add articles").click()
        page.get_by_label("Address of an article").fill(site.url("/wall"))
        page.get_by_role("button", name="Add to the library").click()
        results = page.get_by_role("list", name="What became of each")
        expect(results).to_contain_text(f"failed {site.url('/wall')}: it is not on the public internet.")
        expect(page.locator("#status")).to_have_text("1 failed.")
        assert site.requests == []


def test_what_is_no_address_is_told_at_once(visit: Visit, newsroom: Server) -> None:
    page = visit(newsroom, unwatched=True)  # the browser reports the 400
    page.goto("library")
    page.get_by_text("Add articles").click()
    page.get_by_label("Address of an article").fill("marl.example/wall")
    page.get_by_label("Address of an article").press("Enter")
    expect(page.locator("#status")).to_contain_text("'marl.example/wall' is not a web address.")
    expect(page.get_by_label("Address of an article")).to_have_value("marl.example/wall")


def test_each_article_of_a_file_is_listed(page: Page) -> None:
    page.goto("library")
    page.get_by_text("Add articles").click()
    records = [{"title": f"Lamp {n} of Ard", "text": f"Lamp {n} of Ard was lit on Monday."} for n in (1, 2)]
    lines = "\n".join(json.dumps(record) for record in records)
    page.get_by_label("Choose files").set_input_files(
        {"name": "lamps.jsonl", "mimeType": "application/jsonl", "buffer": lines.encode()}
    )
    page.get_by_role("button", name="Add to the library").click()
    results = page.get_by_role("list", name="What became of each")
    expect(results.get_by_role("listitem")).to_have_text(
        ["added Lamp 1 of Ard from lamps.jsonl#1", "added Lamp 2 of Ard from lamps.jsonl#2"]
    )


def test_articles_are_found_and_sorted(page: Page) -> None:
    page.goto("library")
    rows = page.locator("#articles tbody tr:visible")
    expect(rows.first).to_contain_text("Harbour master Maren Oduya")  # the newest
    page.get_by_role("button", name="Paragraphs").click()
    expect(rows.first).to_contain_text("Money may return to Russia")  # the longest
    page.get_by_role("button", name="Date").click()
    page.get_by_role("button", name="Date").click()
    expect(rows.first).to_contain_text("Sea breaks through Marlhaven wall")  # the oldest
    page.get_by_role("searchbox").fill("gatov")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Money may return to Russia")


def test_an_article_is_read_in_full_with_its_paragraphs_numbered(page: Page) -> None:
    page.goto("library")
    page.get_by_role("link", name="Harbour master Maren Oduya to run Marlhaven port").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour master Maren Oduya to run Marlhaven port")
    expect(page.get_by_role("link", name="¶ 13")).to_be_visible()
    expect(page.locator("#p6")).to_contain_text("Maren Oduya")


def test_a_publisher_that_has_just_come_in_can_be_asked_for(page: Page, newsroom: Server) -> None:
    pasted: dict[str, Any] = {"title": "Snow on Ard", "text": "Snow fell on Ard.", "publisher": "Ard News"}
    assert page.request.post(f"{newsroom.url}/api/articles", multipart=pasted).ok
    Chat(page).open()
    page.get_by_role("button", name="Filter by date").click()
    page.get_by_label("Publisher").click()
    expect(page.get_by_role("option", name="Ard News")).to_be_visible()
