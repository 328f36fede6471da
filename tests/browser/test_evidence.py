"""The evidence panel: click a number in an answer, and stand before the very words, in their paragraph.

The panel, the API and the library are real; the answer is a page of chips, as the chat makes them.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import httpx
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from playwright.sync_api import Locator, Page, expect

from indexes.article import Article, Paragraph, Quotation, Speaker
from indexes.library import Library
from rag import Assistant
from rag.cite import cite
from tests.browser.hostile import PAYLOADS, assert_inert
from tests.standin import StandIn, article
from ui.access import AccessRule
from ui.api import api_router
from ui.conversations import Conversations
from ui.limits import Limits, protect
from ui.message import citation_href
from ui.problems import install_errors
from ui.server import STATIC
from ui.service import Service

EMPTY = "Click a number in an answer to see where it stands, word for word."
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


# -- the articles --------------------------------------------------------------------------------------------------

TEXTS = (
    "The council met in the evening.",
    "“The wall is too low 🌊,” said Ada Lind, the harbour master. 𝒯he gallery clapped 👏🏽 for her.",
    "“It will be higher. I promise that.",
    "“And I keep my promises.”",
    "The vote is on Monday.",
)


def _wall(*texts: str) -> Article:
    """Return an article in which Ada Lind speaks in ¶2, which names her, and in ¶3 and ¶4, which do not."""

    def quotations(number: int, text: str) -> tuple[Quotation, ...]:
        speaker = Speaker("Ada Lind", "named" if number == 2 else "running quotation", 0.95, 2)
        return (Quotation(0, text.find("”") + 1 or len(text), True, speaker),) if number in (2, 3, 4) else ()

    paragraphs = (Paragraph(text, number=n, quotations=quotations(n, text)) for n, text in enumerate(texts, start=1))
    facts: dict[str, Any] = {"publisher": "The Courier", "published": date(2025, 7, 9)}
    return Article("A higher wall", tuple(paragraphs), "wall.txt", url="https://courier.example/wall", **facts)


OLD = _wall(*TEXTS[:4], "The vote is on Sunday.")
WALL = _wall(*TEXTS)
HOSTILE = article(f"Lamp {PAYLOADS[0]}", " ".join(PAYLOADS), speaker=PAYLOADS[1], url="javascript:canary=1")
LONG = article("A long one", *(f"Paragraph {n} goes on and on. " * 40 for n in range(1, 7)))
WIRE = (
    "The wall of Marl will cost nine million crowns, the council said on Monday after a long night of talks. "
    "It will stand on the quay, where the sea has come over the stones four times since the autumn."
)
NOTED = Article(
    "A wall at last",
    (Paragraph(WIRE, number=1, page=3), Paragraph("It is nine million, not eight.", "correction")),
    "wall.pdf",
    publisher="The Herald",
    opinion=True,
)
COPY = article("Wall agreed", WIRE, publisher="The Gannow Post")
REMOVED = article("A removed one", "It stands nowhere.")


def link(article: Article, number: int, words: str) -> str:
    """Return the address of words in a paragraph, as an answer of the chat has it."""
    start = article.body[number - 1].text.index(words)
    return citation_href(cite(1, article, number, start, start + len(words)))


# -- the page ------------------------------------------------------------------------------------------------------

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Answers</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="../static/tokens.css"><link rel="stylesheet" href="../static/evidence.css">
<script src="../static/theme.js"></script><main id="nc-history"><h1>Answers</h1>
<div class="message-wrap"></div></main></html>"""

CHAT = """async () => {
  const { clearEvidence, showEvidence } = await import("../static/evidence.js");
  const chips = (answer) => [...answer.querySelectorAll("a.nc-chip")];
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("a.nc-chip");
    if (!chip) return;
    event.preventDefault();
    showEvidence(chips(chip.closest(".nc-answer")), { focus: chip });
  });
  window.fill = (answer) => showEvidence(chips(document.querySelectorAll(".nc-answer")[answer]));
  clearEvidence();
}"""

ANSWER = """(links) => {
  const answer = document.createElement("p");
  answer.className = "nc-answer";
  for (const [textContent, href] of links) {
    const chip = Object.assign(document.createElement("a"), { className: "nc-chip", href, textContent });
    answer.append("Words ", chip, ". ");
  }
  document.querySelector(".message-wrap").append(answer);
}"""


class Answers:
    """A page with answers, and the panel beside them."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        page.goto(f"{site}/answers/")
        page.evaluate(CHAT)
        self.panel = page.get_by_role("complementary", name="Sources")
        self.cards = page.locator(".nc-evidence-card")
        self.marks = page.locator("mark")
        self.focused = page.locator(".nc-evidence-card:focus")

    def write(self, *links: str) -> None:
        """Add an answer that cites these places as 1, 2, 3, …"""
        self.page.evaluate(ANSWER, [[str(n), link] for n, link in enumerate(links, start=1)])

    def chip(self, marker: int, answer: int = 0) -> Locator:
        """Return a number in an answer."""
        return self.page.locator(".nc-answer").nth(answer).get_by_role("link", name=str(marker), exact=True)

    def button(self, name: str) -> Locator:
        """Return a button of the panel."""
        return self.panel.get_by_role("button", name=name)

    def fill(self, answer: int = 0) -> None:
        """Have the panel filled without being asked, as the chat does when an answer has come."""
        self.page.evaluate("(answer) => fill(answer)", answer)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The API, the static files, and a page without answers."""
    home = tmp_path_factory.mktemp("evidence")
    with Library.open(home, embeddings=StandIn()) as library:
        for each in (OLD, WALL, HOSTILE, LONG, NOTED, COPY):
            library.add_article(each)
        conversations = Conversations(home / "conversations.sqlite3")
        service = Service({"": Assistant(library)}, conversations, Limits(), read_only=True)
        app = FastAPI()
        install_errors(app)
        app.include_router(api_router(service))
        app.mount("/static", StaticFiles(directory=STATIC))
        app.mount("/app/static", StaticFiles(packages=[("gradio", "templates/frontend/static")]))  # the font
        app.add_api_route("/answers/", lambda: HTMLResponse(PAGE))
        with _serving(app) as url:
            yield url
        conversations.close()


@contextmanager
def _serving(app: FastAPI) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))  # from now on requests wait until they are answered
    server = uvicorn.Server(uvicorn.Config(protect(app, AccessRule()), log_level="warning"))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


Open = Callable[..., Answers]


@pytest.fixture
def open_answers(visit: Callable[..., Page], site: str) -> Open:
    """Open the page: `open_answers(**options_of_the_context)`."""
    return lambda **options: Answers(visit(site, **options), site)


@pytest.fixture
def answers(open_answers: Open) -> Answers:
    """The page on a wide screen."""
    return open_answers()


# -- a card --------------------------------------------------------------------------------------------------------


def test_without_an_answer_the_panel_says_what_it_is_for(answers: Answers) -> None:
    expect(answers.panel).to_contain_text(EMPTY)


def test_a_click_marks_exactly_the_quote(answers: Answers) -> None:
    answers.write(link(WALL, 2, "The wall is too low 🌊,"))
    answers.chip(1).click()
    expect(answers.marks).to_have_text(["The wall is too low 🌊,"])
    expect(answers.panel.locator(".nc-evidence-cited")).to_have_text(TEXTS[1])


def test_the_quote_is_found_behind_characters_that_javascript_counts_twice(answers: Answers) -> None:
    answers.write(link(WALL, 2, "gallery clapped 👏🏽"))
    answers.chip(1).click()
    expect(answers.marks).to_have_text(["gallery clapped 👏🏽"])


def test_a_card_says_where_the_words_stand(answers: Answers) -> None:
    answers.write(link(WALL, 2, "The wall is too low"))
    answers.chip(1).click()
    card = answers.panel.get_by_role("article", name="Source 1: A higher wall, ¶2")
    expect(card.get_by_role("heading")).to_have_text("A higher wall")
    expect(card.locator(".nc-evidence-place")).to_have_text("1The Courier9 July 2025¶ 2 of 5")
    expect(card.locator("time")).to_have_attribute("datetime", "2025-07-09")
    expect(card.locator(".nc-evidence-speakers")).to_have_text("Ada Lind")


def test_a_card_leads_to_the_article_and_to_the_original(answers: Answers) -> None:
    answers.write(link(WALL, 2, "The wall is too low"), link(WALL, 2, "said Ada Lind"))
    answers.chip(1).click()
    permalink = answers.panel.get_by_role("link", name="Open in article")
    place = f"/p/{WALL.id}/2?v={WALL.version}&at=1-20&at=25-38#p2"
    expect(permalink).to_have_js_property("href", answers.page.url.removesuffix("/answers/") + place)
    original = answers.panel.get_by_role("link", name="Open original")
    expect(original).to_have_attribute("href", "https://courier.example/wall#:~:text=The%20wall%20is%20too%20low")
    expect(original).to_have_attribute("target", "_blank")
    expect(original).to_have_attribute("rel", "noopener noreferrer")


def test_a_card_says_what_to_know_of_its_source(answers: Answers) -> None:
    answers.write(link(NOTED, 1, "nine million crowns"))
    answers.chip(1).click()
    card = answers.focused
    expect(card.locator(".nc-evidence-place")).to_have_text("1OpinionThe Herald¶ 1 of 1, p. 3")
    expect(card).to_contain_text("Correction: It is nine million, not eight.")
    expect(card).to_contain_text("Also in: The Gannow Post")
    other = card.get_by_role("link", name="The Gannow Post")
    expect(other).to_have_js_property("href", answers.page.url.replace("answers/", f"p/{COPY.id}"))


def test_citations_of_one_paragraph_share_a_card_on_which_the_chosen_words_stand_out(answers: Answers) -> None:
    answers.write(link(WALL, 2, "too low"), link(WALL, 5, "Monday"), link(WALL, 2, "said Ada Lind"))
    answers.chip(3).click()
    expect(answers.cards).to_have_count(2)
    expect(answers.cards.first.locator(".nc-evidence-marker")).to_have_text(["1", "3"])
    expect(answers.cards.first.locator("mark")).to_have_text(["too low", "said Ada Lind"])
    expect(answers.cards.first.locator("mark.is-focused")).to_have_text(["said Ada Lind"])
    answers.chip(1).click()
    expect(answers.cards.first.locator("mark.is-focused")).to_have_text(["too low"])


def test_overlapping_citations_are_marked_as_one_and_each_whole(answers: Answers) -> None:
    answers.write(link(WALL, 2, "The wall is too"), link(WALL, 2, "is too low"))
    answers.chip(2).click()
    expect(answers.marks).to_have_count(3)
    assert answers.marks.all_text_contents() == ["The wall ", "is too", " low"]
    assert answers.page.locator("mark.is-focused").all_text_contents() == ["is too", " low"]


def test_an_inferred_speaker_is_marked_with_the_paragraph_that_names_them_one_click_away(answers: Answers) -> None:
    answers.write(link(WALL, 4, "And I keep my promises."))
    answers.chip(1).click()
    speaker = answers.panel.locator(".nc-evidence-speakers")
    expect(speaker).to_have_text("Ada Lindinferred: the quotation runs onnamed in ¶2")
    naming = answers.button("named in ¶2")
    naming.click()
    expect(naming).to_have_attribute("aria-expanded", "true")
    expect(speaker).to_contain_text(TEXTS[1])
    naming.click()
    expect(speaker).not_to_contain_text(TEXTS[1])


def test_what_is_not_a_quotation_has_no_speaker(answers: Answers) -> None:
    answers.write(link(WALL, 2, "gallery clapped"))
    answers.chip(1).click()
    expect(answers.marks).to_have_count(1)
    expect(answers.panel).not_to_contain_text("inferred")
    expect(answers.panel.locator(".nc-evidence-speakers")).to_be_empty()


def test_the_paragraphs_around_are_shown_on_demand_to_the_articles_edge(answers: Answers) -> None:
    answers.write(link(WALL, 3, "higher"))
    answers.chip(1).click()
    answers.button("Show ¶4").click()
    answers.button("Show ¶5").click()
    answers.button("Show ¶2").click()
    answers.button("Show ¶1").click()
    expect(answers.button("Show")).to_have_count(0)
    shown = answers.panel.locator(":is(.nc-evidence-other, .nc-evidence-cited)")
    expect(shown).to_have_text([f"¶1 {TEXTS[0]}", f"¶2 {TEXTS[1]}", TEXTS[2], f"¶4 {TEXTS[3]}", f"¶5 {TEXTS[4]}"])
    expect(shown.first).to_be_focused()  # where the button was that is gone


def test_a_paragraph_that_only_comes_near_is_shown_whole(answers: Answers) -> None:
    answers.page.evaluate(ANSWER, [["A higher wall, ¶2", f"../p/{WALL.id}/2#p2"]])
    answers.page.get_by_role("link", name="A higher wall, ¶2").click()
    expect(answers.panel.get_by_role("article", name="A higher wall, ¶2", exact=True)).to_contain_text(TEXTS[1])
    expect(answers.marks).to_have_count(0)
    expect(answers.panel.locator(".nc-evidence-marker")).to_have_count(0)


def test_an_older_version_says_that_the_article_has_changed(answers: Answers) -> None:
    answers.write(link(OLD, 5, "Sunday"), link(WALL, 5, "Monday"))
    answers.chip(1).click()
    expect(answers.marks).to_have_text(["Sunday", "Monday"])
    expect(answers.cards.first).to_contain_text("The article has changed since.")
    newest = answers.cards.first.get_by_role("link", name="Read the newest version")
    expect(newest).to_have_js_property("href", answers.page.url.replace("answers/", f"p/{WALL.id}"))
    expect(answers.cards.last).not_to_contain_text("changed")


@pytest.mark.parametrize(
    ("name", "form"), [("Markdown", "markdown"), ("Plain text", "text"), ("Wikipedia", "mediawiki")]
)
@pytest.mark.parametrize("has_clipboard", [True, False])
def test_a_citation_is_copied_in_the_form_that_is_asked_for(
    answers: Answers, site: str, name: str, form: str, has_clipboard: bool
) -> None:
    if not has_clipboard:
        answers.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')) }")
    answers.write(link(WALL, 2, "The wall is too low"), link(WALL, 2, "said Ada Lind"))
    answers.chip(2).click()
    answers.button(name).click()
    expect(answers.panel.get_by_role("status")).to_have_text("Copied")
    expect(answers.button(name)).to_be_focused()
    asked = {"id": WALL.paragraph_id(2), "at": "25-38"}
    [source] = httpx.get(f"{site}/api/paragraphs", params=asked).json()["paragraphs"]
    assert answers.page.evaluate("navigator.clipboard.readText()") == source["copy"][form]


def test_a_hostile_article_is_text(answers: Answers) -> None:
    answers.write(link(HOSTILE, 1, " ".join(PAYLOADS)))
    answers.chip(1).click()
    assert answers.marks.text_content() == " ".join(PAYLOADS)
    expect(answers.panel.get_by_role("heading", level=3)).to_have_text(HOSTILE.title)
    expect(answers.panel.locator(".nc-evidence-speakers")).to_have_text(PAYLOADS[1])
    expect(answers.panel.get_by_role("link", name="Open original")).to_have_count(0)
    assert_inert(answers.page)


# -- going there and back ------------------------------------------------------------------------------------------


def test_the_keyboard_goes_to_the_card_and_back_to_the_number(answers: Answers) -> None:
    answers.write(link(WALL, 2, "too low"), link(WALL, 5, "Monday"))
    answers.chip(2).press("Enter")
    expect(answers.focused).to_contain_text("Monday")
    expect(answers.cards.last).to_have_class("nc-evidence-card is-focused")
    answers.page.keyboard.press("Tab")
    answers.page.keyboard.press("Escape")
    expect(answers.chip(2)).to_be_focused()


def test_esc_finds_the_number_again_when_its_answer_was_drawn_anew(answers: Answers) -> None:
    answers.write(link(WALL, 2, "too low"))
    answers.chip(1).click()
    expect(answers.focused).to_be_visible()
    answers.page.evaluate("document.querySelector('.nc-answer').outerHTML += ''")
    answers.page.keyboard.press("Escape")
    expect(answers.chip(1)).to_be_focused()


def test_an_older_answer_can_be_asked_again(answers: Answers) -> None:
    answers.write(link(WALL, 2, "too low"))
    answers.write(link(WALL, 5, "Monday"))
    answers.chip(1, answer=1).click()
    expect(answers.marks).to_have_text(["Monday"])
    answers.chip(1, answer=0).click()
    expect(answers.marks).to_have_text(["too low"])
    expect(answers.focused).to_contain_text("too low")


def test_the_last_number_clicked_wins_over_a_slow_response(answers: Answers) -> None:
    answers.write(link(WALL, 2, "too low"))
    answers.write(link(WALL, 5, "Monday"))
    held: list[Any] = []
    answers.page.route("**/api/paragraphs?*%232&*", lambda route: held.append(route))
    answers.chip(1, answer=0).click()
    answers.chip(1, answer=1).click()
    expect(answers.focused).to_contain_text("Monday")
    with answers.page.expect_event("requestfinished"):
        held[0].continue_()
    answers.page.evaluate("() => new Promise(requestAnimationFrame)")  # so that it could have been shown
    expect(answers.marks).to_have_text(["Monday"])


@pytest.mark.parametrize("words", ["Paragraph 6 goes", "on. "])
def test_the_quote_is_scrolled_into_view(answers: Answers, words: str) -> None:
    text = LONG.body[5].text
    end = text.rindex(words) + len(words)
    answers.write(*(link(LONG, n, f"Paragraph {n}") for n in range(1, 6)), f"../p/{LONG.id}/6?at={end - 5}-{end}")
    answers.chip(6).click()
    expect(answers.page.locator("mark.is-focused").last).to_be_in_viewport()


def test_filling_the_panel_unasked_moves_nothing(answers: Answers) -> None:
    answers.write(link(WALL, 2, "too low"))
    answers.chip(1).focus()
    answers.fill()
    expect(answers.marks).to_have_text(["too low"])
    expect(answers.chip(1)).to_be_focused()
    expect(answers.page.locator(".nc-evidence-card.is-focused")).to_have_count(0)


def test_a_new_answer_does_not_take_away_what_is_being_read(answers: Answers) -> None:
    answers.write(link(WALL, 2, "too low"))
    answers.write(link(WALL, 5, "Monday"))
    answers.chip(1).click()
    expect(answers.focused).to_contain_text("too low")
    answers.fill(1)
    expect(answers.focused).to_contain_text("too low")
    answers.page.keyboard.press("Escape")
    answers.fill(1)
    expect(answers.marks).to_have_text(["Monday"])


def test_an_answer_that_grows_asks_only_for_what_is_new_and_keeps_what_was_opened(answers: Answers) -> None:
    asked: list[str] = []
    answers.page.on("request", lambda request: asked.append(request.url))
    answers.write(link(WALL, 2, "too low"), link(LONG, 1, "Paragraph 1"))
    answers.fill()
    answers.button("Show ¶3").click()
    expect(answers.cards.first).to_contain_text(TEXTS[2])
    asked.clear()
    answers.page.evaluate("document.querySelector('.message-wrap').replaceChildren()")
    answers.write(link(WALL, 2, "too low"), link(LONG, 1, "Paragraph 1"), link(WALL, 5, "Monday"))
    answers.fill()
    expect(answers.cards).to_have_count(3)
    expect(answers.cards.first).to_contain_text(TEXTS[2])
    assert len(asked) == 1
    assert asked[0].count("id=") == 1


# -- what goes wrong -----------------------------------------------------------------------------------------------


def test_a_removed_paragraph_says_so_and_the_others_are_shown(open_answers: Open) -> None:
    answers = open_answers(unwatched=True)  # the browser reports the 404
    answers.write(link(WALL, 2, "too low"), link(REMOVED, 1, "It stands"))
    answers.chip(2).click()
    expect(answers.focused).to_have_text("2This paragraph is no longer in the library.")
    expect(answers.marks).to_have_text(["too low"])


def test_a_failure_says_so_and_can_be_retried(open_answers: Open) -> None:
    answers = open_answers(unwatched=True)  # the browser reports the failure
    answers.write(link(WALL, 2, "too low"))
    answers.page.route("**/api/paragraphs?*", lambda route: route.abort())
    answers.chip(1).click()
    expect(answers.focused).to_contain_text("The paragraphs could not be loaded. The server could not be reached.")
    answers.page.unroute_all()
    answers.button("Retry").click()
    expect(answers.focused).to_contain_text(TEXTS[1])
    expect(answers.button("Retry")).to_have_count(0)


def test_what_the_server_refuses_is_told_in_its_words(open_answers: Open) -> None:
    answers = open_answers(unwatched=True)  # the browser reports the 429
    answers.write(link(WALL, 2, "too low"))
    refusal = {"status": 429, "json": {"detail": "These were too many requests. Try again in 5 seconds."}}
    answers.page.route("**/api/paragraphs?*", lambda route: route.fulfill(**refusal))
    answers.chip(1).click()
    expect(answers.focused).to_contain_text("Try again in 5 seconds.")


# -- looks ---------------------------------------------------------------------------------------------------------


def test_on_a_narrow_screen_the_panel_is_a_sheet_that_leaves_the_number_in_sight(open_answers: Open) -> None:
    answers = open_answers(**PHONE)
    answers.page.evaluate("document.querySelector('.message-wrap').style.paddingTop = '600px'")
    answers.write(*(link(LONG, n, f"Paragraph {n}") for n in range(1, 6)))
    expect(answers.panel).to_be_hidden()
    answers.chip(3).click()
    expect(answers.focused).to_contain_text("Paragraph 3")
    expect(answers.page.locator("body")).to_have_class("light nc-sheet-open")
    sheet = answers.panel.bounding_box()
    chip = answers.chip(3).bounding_box()
    assert sheet
    assert chip
    assert sheet["height"] <= 0.7 * 740 + 1
    assert sheet["y"] + sheet["height"] == pytest.approx(740)
    assert 0 <= chip["y"] < chip["y"] + chip["height"] <= sheet["y"]


@pytest.mark.parametrize("closing", ["Escape", "Close"])
def test_the_sheet_closes_and_the_number_has_the_focus_again(open_answers: Open, closing: str) -> None:
    answers = open_answers(**PHONE)
    answers.write(link(WALL, 2, "too low"))
    answers.chip(1).click()
    expect(answers.focused).to_be_visible()
    answers.button("Close").click() if closing == "Close" else answers.page.keyboard.press("Escape")
    expect(answers.panel).to_be_hidden()
    expect(answers.chip(1)).to_be_focused()


def test_filling_the_sheet_unasked_does_not_open_it(open_answers: Open) -> None:
    answers = open_answers(**PHONE)
    answers.write(link(WALL, 2, "too low"))
    answers.fill()
    expect(answers.marks).to_have_count(1)
    expect(answers.panel).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panel_is_accessible_and_overflows_at_no_width(open_answers: Open, scheme: str) -> None:
    answers = open_answers(viewport={"width": 360, "height": 800}, color_scheme=scheme)
    answers.write(
        link(WALL, 4, "And I keep"), link(OLD, 1, "council"), link(OLD, 1, "met"), link(NOTED, 1, "nine million")
    )
    answers.chip(1).click()
    answers.button("named in ¶2").click()
    answers.button("Show ¶5").click()
    expect(answers.cards.first).to_contain_text(TEXTS[4])
    for width in (360, 768, 1200, 1600):
        answers.page.set_viewport_size({"width": width, "height": 800})
        answers.chip(1).click()
        expect(answers.focused).to_be_visible()
        assert [violation["id"] for violation in Axe().run(answers.page).response["violations"]] == []
        assert answers.page.evaluate("document.documentElement.scrollWidth") <= width
        boxes = [button.bounding_box() for button in answers.panel.get_by_role("button").all()]
        assert all(box and min(box["width"], box["height"]) >= 24 for box in boxes)
