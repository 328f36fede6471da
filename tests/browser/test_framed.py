"""The chat in a plain frame of a page on another site: that page's settings and messages, and nobody else's."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit, copy_of
from tests.browser.host import Host
from tests.browser.room import HECKER, ODUYA, PARIS, Chat, chips, how
from tests.browser.server import Server, serving
from tests.browser.test_looks import assert_fits, background, violations
from tests.fake_llm import FakeLLM

PAGE = """<!doctype html><html lang="en"><title>A wiki</title>{before}
<iframe title="Assistant" src="{src}" width="{width}" height="{height}"></iframe>
<script>
    const heard = [];
    addEventListener("message", (event) => heard.push(event.data));
    const tell = (data) => frames[0].postMessage(data, "{app}");
</script>{after}"""
OF_ODUYA = "Harbour master Maren Oduya to run Marlhaven port"
PAGE_OF_ODUYA = "https://www.ostrey-register.example/2025/07/oduya-to-run-port"
HOSTILE_ACCENTS = ("yellow", "white", "black", "#777")


def articles_of(answer: Locator) -> frozenset[str]:
    """Return the titles of the articles that an answer cites."""
    titles = [str(chip.get_attribute("title")) for chip in chips(answer).all()]
    return frozenset(part for title in titles for part in title.split(" · ")[-2:-1])


class Framed(Chat):
    """The chat in the first frame of a page, and the page around it."""

    def __init__(self, around: Page) -> None:
        self.around = around
        self.frame = around.frames[1]
        super().__init__(self.frame)  # type: ignore[arg-type]  # a frame has what a page has, as far as it is used
        self.new = self.page.get_by_role("button", name="New conversation")

    def ready(self, *, says_so: bool = True) -> Self:
        """Wait until it takes questions, and says so."""
        expect(self.question).to_be_enabled()
        if says_so:
            self.hears("ready")
        return self

    def reload(self) -> "Framed":
        """Load the page around again."""
        self.around.reload()
        return Framed(self.around).ready()

    def tell(self, **message: Any) -> None:
        """Send a message of the page around."""
        self.around.evaluate("message => tell(message)", message)

    def heard(self) -> list[dict[str, Any]]:
        """Return what the page around has heard so far."""
        messages: list[dict[str, Any]] = self.around.evaluate("heard")
        return messages

    def kinds(self) -> list[str]:
        """Return the kinds of these messages."""
        return [message["newscite"] for message in self.heard()]

    def hears(self, kind: str, times: int = 1) -> dict[str, Any]:
        """Wait until the page around has heard something; return the last of its kind."""
        self.around.wait_for_function(
            "([kind, times]) => heard.filter((one) => one.newscite === kind).length >= times", arg=[kind, times]
        )
        return [message for message in self.heard() if message["newscite"] == kind][-1]


Show = Callable[..., Framed]


@pytest.fixture(scope="module")
def endless(prepared: Path, tmp_path_factory: pytest.TempPathFactory, wiki: Host, llm: FakeLLM) -> Iterator[Server]:
    """A server whose model comes to no end."""
    options = ["--model", "openai:endless", "--base-url", f"{llm.url}/v1", "--embed-origin", wiki.url]
    with serving(copy_of(prepared, tmp_path_factory), *options) as server:
        yield server


@pytest.fixture
def show(visit: Visit, framable: Server, wiki: Host, other: Host) -> Show:
    """Show the chat in a page of the wiki: `show(theme="dark")`. Each setting may have several values."""

    def open_page(
        *,
        host: Host = wiki,
        server: Server = framable,
        size: tuple[int, int] = (400, 600),
        before: str = "",
        after: str = "",
        options: dict[str, Any] | None = None,
        **settings: str | list[str],
    ) -> Framed:
        given = {"from": host.url, **settings}
        src = f"{server.url}/app/#{urlencode({k: v for k, v in given.items() if v}, doseq=True)}"
        width, height = size
        page = PAGE.format(src=src, width=width, height=height, app=server.url, before=before, after=after)
        around = visit(host.url, also=[server.url, wiki.url, other.url], **(options or {}))
        around.goto(host.put("/page", page))
        return Framed(around).ready(says_so=given["from"] == host.url)

    return open_page


# -- settings ------------------------------------------------------------------------------------------------------

SETTINGS: dict[str, Any] = {
    "title": "Ask the wiki",
    "greeting": 'Ask us <b>anything</b> "here"',
    "theme": "dark",
    "accent": "crimson",
    "suggest": ["who is Ali Wyne?", ODUYA],
}


def test_the_page_around_chooses_words_and_colours(show: Show) -> None:
    framed = show(**SETTINGS)
    expect(framed.page.get_by_role("heading", level=1)).to_have_text("Ask the wiki")
    assert framed.frame.title() == "Ask the wiki"
    examples = framed.page.locator("#nc-history .examples")
    expect(examples).to_be_visible()
    assert examples.evaluate("e => getComputedStyle(e, '::before').content") == json.dumps(SETTINGS["greeting"])
    assert background(framed.page) < 200
    send = framed.page.get_by_role("button", name="Ask", exact=True)
    assert "oklch" in send.evaluate("e => getComputedStyle(e).backgroundColor")


def test_the_page_around_suggests_the_questions(show: Show) -> None:
    framed = show(**SETTINGS)
    expect(framed.page.locator("#nc-history .example")).to_have_text(SETTINGS["suggest"])


def test_the_page_around_restricts_what_is_asked(show: Show) -> None:
    framed = show(publisher="Ostrey Register")
    expect(how(framed.ask(ODUYA))).to_contain_text("only Ostrey Register")


def test_a_page_that_is_none_of_the_articles_is_said_so_above_the_box(show: Show) -> None:
    framed = show(page="https://nowhere.example/")
    notice = framed.page.get_by_role("status").filter(has_text="not one of the articles")
    expect(notice).to_be_in_viewport(ratio=1)
    above, box = notice.bounding_box(), framed.question.bounding_box()
    assert above
    assert box
    assert above["y"] + above["height"] <= box["y"]
    expect(chips(framed.ask(ODUYA))).to_have_text(["1"])


def test_a_page_that_is_an_article_is_asked_alone(show: Show) -> None:
    framed = show(
        page=["https://nowhere.example/", "http://ostrey-register.example/2025/07/oduya-to-run-port/?utm_id=7#a"]
    )
    expect(framed.page.get_by_role("status").filter(has_text="asked")).to_have_count(0)
    example = framed.page.locator("#nc-history .example").first
    asked = example.inner_text().strip()
    example.click()
    expect(framed.asked).to_have_text([asked])
    framed.wait_for(framed.answers.first)
    framed.ask(ODUYA)
    abstained = framed.ask(HECKER)
    expect(chips(abstained)).to_have_count(0)
    for answer in framed.answers.all():
        expect(how(answer)).to_contain_text(f"only “{OF_ODUYA}”")
    assert {articles_of(answer) for answer in framed.answers.all()[:2]} == {frozenset({OF_ODUYA})}


def test_a_question_that_is_asked_again_or_edited_is_restricted_too(show: Show) -> None:
    framed = show(page=PAGE_OF_ODUYA, options={"unwatched": True})  # the browser complains of Gradio's autofocus
    framed.ask(PARIS)
    framed.page.get_by_role("button", name="Edit").first.click()
    field = framed.page.get_by_role("textbox", name="Edit your question")
    expect(field).to_be_focused()
    field.fill(HECKER)
    field.press("Enter")
    expect(framed.asked).to_have_text([HECKER])
    framed.wait_for(framed.answers.first)
    expect(how(framed.answers.first)).to_contain_text(f"only “{OF_ODUYA}”")
    framed.hears("answer", times=2)
    framed.page.get_by_role("button", name="Retry").click()
    again = framed.hears("answer", times=3)["answer"]
    assert (again["question"], again["citations"]) == (HECKER, [])
    expect(how(framed.answers.first)).to_contain_text(f"only “{OF_ODUYA}”")


def test_a_question_that_comes_before_the_page_is_found_is_restricted_too(show: Show) -> None:
    framed = show()
    said = json.dumps({"pages": [PAGE_OF_ODUYA]})
    framed.frame.evaluate("async said => (await import('../static/fields.js')).write('#nc-scope', said)", said)
    abstained = framed.ask(HECKER)
    expect(chips(abstained)).to_have_count(0)
    expect(how(abstained)).to_contain_text(f"only “{OF_ODUYA}”")


def test_a_new_conversation_and_a_reload_are_restricted_too(show: Show) -> None:
    framed = show(article="eb9a49")
    framed.ask(ODUYA)
    framed.new.click()
    expect(framed.answers).to_have_count(0)
    framed.hears("conversation", times=2)
    framed.ask(ODUYA)
    framed.hears("answer", times=2)
    later = framed.reload()
    later.ask(HECKER)
    for answer in later.answers.all():
        expect(how(answer)).to_contain_text(f"only “{OF_ODUYA}”")


@pytest.mark.parametrize(
    ("settings", "notice", "said"),
    [
        (
            {"publisher": "Nobody's News"},
            "No article was published by “Nobody's News”. No others are asked here, so no question can be answered.",
            "No article was published by “Nobody's News”.",
        ),
        (
            {"article": "ffff"},
            "No article has the id “ffff”. No others are asked here, so no question can be answered.",
            "There is no article 'ffff'.",
        ),
    ],
)
def test_a_restriction_to_what_is_not_there_is_said_and_holds(
    show: Show, settings: dict[str, str], notice: str, said: str
) -> None:
    framed = show(**settings)
    expect(framed.page.get_by_role("status").filter(has_text="asked")).to_have_text(notice)
    expect(framed.page.locator("#nc-history .example")).to_have_count(0)
    framed.send(ODUYA)
    expect(framed.page.locator("#nc-history [data-testid=bot]")).to_contain_text(said)
    expect(chips(framed.page.locator("#nc-history"))).to_have_count(0)


def test_the_frame_is_compact(show: Show) -> None:
    framed = show()
    expect(framed.page.get_by_role("heading", level=1)).to_have_text("Newscite")
    expect(framed.page.get_by_role("navigation")).to_have_count(0)
    expect(framed.page.get_by_text("Filter by date")).to_be_hidden()
    expect(framed.page.get_by_role("button", name="Close")).to_have_count(0)
    expect(framed.page.get_by_role("button", name="Theme")).to_have_count(0)


def test_a_mere_link_sets_nothing(visit: Visit, framable: Server) -> None:
    chat = Chat(visit(framable)).open(f"app/#{urlencode({**SETTINGS, 'question': PARIS}, doseq=True)}")
    expect(chat.page.get_by_role("navigation")).to_be_visible()
    expect(chat.page.get_by_role("heading", level=1)).to_have_text("Newscite")
    expect(chat.page.locator("#nc-history .example").first).to_be_visible()
    assert background(chat.page) > 600
    chat.ask(ODUYA)
    expect(chat.asked).to_have_count(1)


@pytest.mark.parametrize("accent", ["no colour", "red; background: blue", "var(--nc-bg)", "url(https://evil.example/)"])
def test_an_accent_that_is_no_colour_is_ignored(show: Show, accent: str) -> None:
    asked = "e => getComputedStyle(e).backgroundColor"
    framed = show(accent=accent)
    colour = framed.page.get_by_role("button", name="Ask", exact=True).evaluate(asked)
    assert colour == "rgb(27, 94, 130)"


def test_a_plain_frame_without_the_page_s_origin_sends_nothing(show: Show) -> None:
    framed = show(**{"from": "", "title": "Ask the wiki"})
    framed.tell(newscite="ask", question=PARIS)
    framed.ask(ODUYA)
    expect(framed.asked).to_have_count(1)
    expect(framed.page.get_by_role("heading", level=1)).to_have_text("Ask the wiki")
    assert framed.heard() == []


def test_without_examples_the_greeting_still_stands_there(show: Show) -> None:
    framed = show(greeting="Good morning")
    expect(framed.page.locator("#nc-history .examples")).to_be_visible()
    framed.page.locator("#nc-history .examples").evaluate("e => e.remove()")
    greeting = "e => getComputedStyle(e, '::before').content"
    assert framed.page.locator("#nc-history .placeholder-content").evaluate(greeting) == '"Good morning"'


# -- what the page around hears --------------------------------------------------------------------------------------


def test_the_page_around_hears_what_is_asked_and_answered(show: Show, framable: Server) -> None:
    framed = show()
    framed.ask(ODUYA)
    answer = framed.hears("answer")["answer"]
    assert framed.kinds() == ["conversation", "ready", "question", "answer"]
    assert framed.heard()[0]["id"] == framed.id
    assert framed.hears("question")["question"] == ODUYA
    said = httpx.post(f"{framable.url}/api/ask", json={"question": ODUYA}).json()
    assert [answer["answer"], answer["citations"]] == [said["answer"], said["citations"]]


def test_what_was_said_before_is_no_news(show: Show) -> None:
    framed = show(c="a" * 24)
    framed.ask(ODUYA)
    framed.hears("answer")
    later = framed.reload()
    expect(later.answers).to_have_count(1)
    later.ask(HECKER)
    later.hears("answer")
    assert later.kinds() == ["conversation", "ready", "question", "answer"]
    assert later.hears("question")["question"] == HECKER


def test_asking_again_is_news_also_where_the_answer_is_the_same(show: Show) -> None:
    framed = show()
    framed.ask(ODUYA)
    first = framed.hears("answer")["answer"]
    framed.page.get_by_role("button", name="Retry").click()
    again = framed.hears("answer", times=2)["answer"]
    assert again["answer"] == first["answer"]
    assert framed.kinds()[-2:] == ["question", "answer"]


def test_a_question_that_cannot_be_answered_is_told_as_a_problem(show: Show) -> None:
    framed = show()
    framed.tell(newscite="ask", question="why " * 2000)
    expect(framed.page.locator(".nc-problem")).to_be_visible()
    assert framed.hears("problem")["detail"] == framed.page.locator(".nc-problem").inner_text().strip()
    assert "answer" not in framed.kinds()


def test_that_there_is_no_way_to_the_server_is_told_in_a_sentence(show: Show) -> None:
    framed = show(options={"private": True, "unwatched": True})
    framed.around.route("**/queue/join*", lambda route: route.abort())
    framed.tell(newscite="ask", question=ODUYA)
    assert re.fullmatch(r"[A-Z][^\n×]+[.!]*", framed.hears("problem")["detail"])


def test_a_new_conversation_keeps_the_settings_and_is_told(show: Show) -> None:
    framed = show(title="Ask the wiki", theme="dark", question=HECKER)
    framed.hears("answer")
    first, steps = framed.id, framed.around.evaluate("history.length")
    framed.new.click()
    assert framed.hears("conversation", times=2)["id"] == framed.id != first
    expect(framed.answers).to_have_count(0)
    framed.ask(ODUYA)
    expect(framed.asked).to_have_count(1)
    assert "title=Ask+the+wiki" in framed.frame.url
    assert framed.around.evaluate("history.length") == steps  # going back stays the way of the page around


def test_what_was_said_meanwhile_is_there_when_the_frame_is_restored(
    show: Show, visit: Visit, framable: Server
) -> None:
    framed = show()
    framed.ask(ODUYA)
    framed.hears("answer")
    elsewhere = Chat(visit(framable)).open(f"app/#c={framed.id}")
    expect(elsewhere.answers).to_have_count(1)
    elsewhere.ask(HECKER)
    # As of a page that going back restores, which browsers under test do not do.
    framed.frame.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(framed.asked).to_have_text([ODUYA, HECKER])
    assert framed.hears("conversation", times=2)["id"] == framed.id
    framed.ask(PARIS)
    framed.hears("answer", times=2)
    assert framed.kinds().count("question") == 2  # what was said elsewhere is no news


# -- what the page around says ---------------------------------------------------------------------------------------


def test_the_opening_question_is_asked_once(show: Show) -> None:
    framed = show(question=ODUYA, c="b" * 24)
    framed.hears("answer")
    expect(framed.asked).to_have_text([ODUYA])
    later = framed.reload()
    later.ask(HECKER)
    expect(later.asked).to_have_text([ODUYA, HECKER])


def test_the_opening_question_is_not_asked_in_another_conversation(show: Show) -> None:
    framed = show(question=ODUYA)
    framed.hears("answer")
    framed.new.click()
    expect(framed.answers).to_have_count(0)
    framed.hears("conversation", times=2)
    framed.frame.evaluate("location.reload()")
    framed.hears("ready", times=2)
    framed.ask(HECKER)
    expect(framed.asked).to_have_text([HECKER])


def test_questions_of_the_page_around_wait_for_their_turn(show: Show) -> None:
    framed = show()
    framed.question.fill("my own words")
    for question in (ODUYA, HECKER, PARIS):
        framed.tell(newscite="ask", question=question)
    framed.hears("answer", times=3)
    assert framed.kinds()[2:] == ["question", "answer"] * 3
    expect(framed.asked).to_have_text([ODUYA, HECKER, PARIS])
    expect(framed.question).to_have_value("my own words")


def test_a_question_is_asked_once_also_where_the_way_to_the_server_is_long(show: Show) -> None:
    framed = show()
    framed.around.route("**/queue/join*", lambda route: (framed.around.wait_for_timeout(1500), route.continue_()))
    for question in (ODUYA, HECKER):
        framed.tell(newscite="ask", question=question)
    framed.hears("answer", times=2)
    expect(framed.asked).to_have_text([ODUYA, HECKER])


def test_a_question_waits_while_an_answer_grows_and_what_was_stopped_is_no_answer(show: Show, endless: Server) -> None:
    framed = show(server=endless)
    expect(chips(framed.send(HECKER))).to_have_count(1)
    framed.tell(newscite="ask", question=ODUYA)
    framed.tell(newscite="focus")
    expect(framed.question).to_be_focused()
    expect(framed.asked).to_have_text([HECKER])
    framed.stop.click()
    expect(framed.asked).to_have_text([HECKER, ODUYA])
    framed.hears("question", times=2)
    framed.stop.click()
    expect(framed.stop).to_be_hidden()
    assert framed.kinds()[2:] == ["question", "question"]


def test_a_frame_that_is_not_shown_answers_all_the_same(show: Show) -> None:
    framed = show()
    framed.around.locator("iframe").evaluate("e => e.style.display = 'none'")
    framed.tell(newscite="ask", question=ODUYA)
    assert framed.hears("answer")["answer"]["citations"]


def test_the_page_around_can_put_the_cursor_into_the_box(show: Show) -> None:
    framed = show()
    expect(framed.question).not_to_be_focused()
    framed.tell(newscite="focus")
    expect(framed.question).to_be_focused()
    framed.around.keyboard.type("who")
    expect(framed.question).to_have_value("who")


@pytest.mark.parametrize("question", ["", "   ", None, 7, ["a"], {"a": 1}])
def test_a_message_that_is_no_question_is_ignored(show: Show, question: Any) -> None:
    framed = show()
    framed.tell(newscite="ask", question=question)
    framed.tell(newscite="toString")
    framed.around.evaluate("[null, 'ask', 7, []].forEach(tell)")
    framed.tell(newscite="ask", question=ODUYA)
    framed.hears("answer")
    expect(framed.asked).to_have_text([ODUYA])


def test_a_frame_beside_it_cannot_drive_it(show: Show, wiki: Host, other: Host) -> None:
    """It has the same origin as the page around, or another: it is not the page around."""
    script = """<script>
        parent.frames[0].postMessage({newscite: "ask", question: "what is beside it?"}, "*");
        parent.postMessage({newscite: "beside"}, "*");
    </script>"""
    framed = show()
    beside = [host.put("/beside", script) for host in (wiki, other)]
    framed.around.evaluate(
        """sources => sources.forEach((src) => document.body.append(
            Object.assign(document.createElement("iframe"), {src})))""",
        beside,
    )
    framed.hears("beside", times=2)
    framed.tell(newscite="ask", question=ODUYA)
    framed.hears("answer")
    expect(framed.asked).to_have_text([ODUYA])


def test_a_page_of_another_origin_than_it_says_is_not_heard_and_hears_nothing(
    show: Show, wiki: Host, other: Host
) -> None:
    framed = show(host=other, options={"unwatched": True}, **{"from": wiki.url})  # the browser complains of that
    framed.tell(newscite="ask", question=PARIS)
    framed.ask(ODUYA)
    expect(framed.asked).to_have_text([ODUYA])
    assert framed.heard() == []


# -- within the page around --------------------------------------------------------------------------------------------


def test_escape_closes_the_sources_first_and_then_the_frame(show: Show) -> None:
    framed = show(float="1")
    chips(framed.ask(ODUYA)).click()
    expect(framed.card).to_be_focused()
    framed.around.keyboard.press("Escape")
    expect(framed.card).to_be_hidden()
    expect(chips(framed.answers.first)).to_be_focused()
    assert "close" not in framed.kinds()
    framed.around.keyboard.press("Escape")
    framed.hears("close")


def test_the_close_button_tells_the_page_around(show: Show) -> None:
    framed = show(float="1")
    framed.page.get_by_role("button", name="Close").first.click()
    framed.hears("close")


def test_where_nothing_floats_escape_closes_nothing(show: Show) -> None:
    framed = show()
    framed.question.press("Escape")
    framed.ask(ODUYA)
    framed.hears("answer")
    assert "close" not in framed.kinds()


def test_links_open_beside_the_page_around(show: Show) -> None:
    framed = show()
    chips(framed.ask(ODUYA)).click()
    for name in ("Open in article", "Open in a new tab"):
        with framed.around.expect_popup() as popup:
            framed.page.get_by_role("link", name=name).click()
        popup.value.wait_for_load_state()
        assert popup.value.evaluate("opener") is None
        if name == "Open in a new tab":
            expect(Chat(popup.value).answers).to_have_count(1)
        else:
            expect(popup.value.locator("mark").first).to_be_visible()
        popup.value.close()
    expect(framed.card).to_be_visible()


def test_showing_sources_moves_nothing_in_the_page_around(show: Show) -> None:
    space = '<div style="height: 1500px"></div>'
    framed = show(before=space, after=space)
    framed.around.evaluate("scrollTo(0, 1300)")
    framed.ask(ODUYA)
    where = framed.around.evaluate("scrollY")
    chips(framed.answers.first).focus()
    framed.around.keyboard.press("Enter")
    expect(framed.card).to_be_focused()
    framed.around.keyboard.press("Escape")
    expect(chips(framed.answers.first)).to_be_focused()
    assert framed.around.evaluate("scrollY") == where


def test_nothing_breaks_where_the_browser_keeps_nothing_for_frames(show: Show) -> None:
    framed = show()
    assert framed.frame.evaluate("() => { try { return !localStorage } catch { return true } }")
    for _ in range(4):
        framed = framed.reload()
    framed.ask(ODUYA)
    expect(chips(framed.answers.first)).to_have_text(["1"])


def test_all_of_it_is_done_with_the_keyboard(show: Show) -> None:
    framed = show(float="1")
    keys = framed.around.keyboard
    framed.around.locator("body").press("Tab")
    expect(framed.new).to_be_focused()
    keys.press("Tab")
    expect(framed.page.get_by_role("link", name="Open in a new tab")).to_be_focused()
    keys.press("Tab")
    expect(framed.page.get_by_role("button", name="Close").first).to_be_focused()
    framed.tell(newscite="focus")
    expect(framed.question).to_be_focused()
    keys.type(ODUYA)
    keys.press("Enter")
    framed.hears("answer")
    framed.new.focus()
    for _ in range(12):
        keys.press("Tab")
        if chips(framed.answers.first).evaluate("e => e === document.activeElement"):
            break
    keys.press("Enter")
    expect(framed.card).to_be_focused()
    keys.press("Escape")
    keys.press("Escape")
    framed.hears("close")


# -- looks -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(400, 600), (360, 640)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_frame(show: Show, theme: str, size: tuple[int, int]) -> None:
    framed = show(theme=theme, size=size, float="1")
    assert_fits(framed.page)
    found = violations(framed.page, "empty")
    framed.ask(PARIS)
    answer = framed.ask(ODUYA)
    found += violations(framed.page, "answered")
    chips(answer).click()
    expect(framed.card).to_be_focused()
    assert_fits(framed.page)
    assert found + violations(framed.page, "sources") == []


@pytest.mark.parametrize("accent", HOSTILE_ACCENTS)
def test_any_accent_can_be_read(show: Show, accent: str) -> None:
    framed = show(accent=accent)
    chips(framed.ask(ODUYA)).click()
    expect(framed.card).to_be_focused()
    found = []
    for scheme in ("light", "dark"):
        framed.around.emulate_media(color_scheme=scheme)
        expect(framed.page.locator("html")).to_have_class(re.compile(rf"\b{scheme}\b"))
        found += violations(framed.page, scheme)
    assert found == []


@pytest.mark.parametrize("size", [(360, 520), (900, 700)])
def test_the_box_and_the_newest_words_are_in_sight(show: Show, size: tuple[int, int]) -> None:
    framed = show(size=size, options={"viewport": {"width": 1000, "height": 800}})
    expect(framed.question).to_be_in_viewport(ratio=1)
    answer = framed.ask(ODUYA)
    assert_fits(framed.page)
    expect(chips(answer)).to_be_in_viewport(ratio=1)
    chips(answer).click()
    expect(framed.card.locator("mark")).to_be_in_viewport()
    expect(chips(answer)).to_be_in_viewport(ratio=1)
