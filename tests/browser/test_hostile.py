"""What articles and models say stays text: on every page, in every place where it is shown.

That nothing is asked for elsewhere is seen by the `Watch` of each page.
"""

import re

import httpx
import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Visit
from tests.browser.hostile import PAYLOADS, QUESTION, SENTENCE, TITLE, assert_inert, reads
from tests.browser.room import ODUYA, Chat, chips, cited, how
from tests.browser.server import Server


@pytest.fixture(scope="package")
def hostile_id(newsroom: Server) -> str:
    """The id of the hostile article."""
    articles = httpx.get(f"{newsroom.url}/api/articles").json()["articles"]
    [found] = [article["id"] for article in articles if "Quillfeather" in article["title"]]
    return str(found)


def test_a_hostile_article_is_text_in_the_chat_and_in_the_panel(chat: Chat, newsroom: Server) -> None:
    quote = cited(newsroom.url, QUESTION, chat.page)[0]["quote"]
    answer = chat.ask(QUESTION)
    assert reads(answer.inner_text(), quote.rstrip("."))
    assert quote.count("<") > 5  # the payloads are in it
    assert reads(str(chips(answer).get_attribute("title")), TITLE)
    assert_inert(chat.page)
    chips(answer).click()
    expect(chat.card).to_be_focused()
    assert chat.marked() == quote
    assert reads(chat.card.inner_text(), TITLE)
    assert reads(chat.card.inner_text(), SENTENCE)
    assert reads(chat.card.inner_text(), "Evil <img src=https://evil.example/p.png onerror=canary=1> Press")
    chat.card.get_by_role("button", name="Show ¶2").click()
    expect(chat.card).to_contain_text("the stairs have 301 steps")
    assert_inert(chat.page)


def test_a_hostile_article_is_text_after_a_reload(chat: Chat) -> None:
    said = chat.ask(QUESTION).inner_text()
    chat.page.reload()
    chat.wait_for(chat.answers.first)
    assert chat.answers.first.inner_text() == said
    assert_inert(chat.page)


def test_a_hostile_article_is_text_on_its_own_page(page: Page, hostile_id: str) -> None:
    page.goto(f"p/{hostile_id}/1?at=0-500")
    assert page.locator("mark").inner_text()
    for text in (TITLE, SENTENCE):
        assert reads(page.locator("main").inner_text(), text)
    assert_inert(page)


def test_a_hostile_article_is_text_in_the_library(page: Page) -> None:
    page.goto("library")
    page.get_by_role("searchbox").fill("quillfeather")
    row = page.get_by_role("row").filter(has_text="Quillfeather")
    assert reads(row.inner_text(), TITLE)
    assert_inert(page)
    row.get_by_role("button", name=re.compile("Remove")).click()
    assert reads(page.get_by_role("dialog").inner_text(), TITLE)
    page.get_by_role("button", name="Keep it").click()
    assert_inert(page)


def test_an_upload_with_a_hostile_name_is_text(page: Page) -> None:
    page.goto("library")
    page.get_by_text("Add articles").click()
    name = "<img src=x onerror=canary=1>.pdf"
    page.get_by_label("Choose files").set_input_files({"name": name, "mimeType": "text/plain", "buffer": b"<script>"})
    page.get_by_role("button", name="Add to the library").click()
    expect(page.get_by_role("list", name="What became of each")).to_contain_text("failed")
    assert_inert(page)


def test_a_hostile_question_is_text(chat: Chat) -> None:
    question = " ".join(PAYLOADS)
    chat.ask(question)
    assert reads(chat.asked.first.inner_text(), question)
    assert_inert(chat.page)
    chat.page.get_by_role("button", name="Conversations").click()
    expect(chat.page.get_by_role("dialog").get_by_role("link").first).to_contain_text("<script>canary=1</script>")
    assert_inert(chat.page)


@pytest.mark.parametrize("model", ["hostile", "good"])
@pytest.mark.parametrize("question", [QUESTION, ODUYA], ids=["hostile article", "other article"])
def test_what_a_model_writes_is_text(visit: Visit, studio: Server, model: str, question: str) -> None:
    chat = Chat(visit(studio)).open()
    chat.choose_model(f"openai:{model}")
    answer = chat.ask(question)
    expect(how(answer)).to_be_visible()
    assert_inert(chat.page)


def test_the_policy_alone_stops_what_the_escaping_would_let_through(visit: Visit, newsroom: Server) -> None:
    """Where a payload did get into the page as HTML, the browser would still ask for nothing and run nothing."""
    page = visit(newsroom, private=True, unwatched=True)
    Chat(page).open()
    answered: list[str] = []
    blocked: list[Request] = []
    page.on("requestfinished", lambda request: answered.append(request.url))
    page.on("requestfailed", lambda request: blocked.append(request))
    page.evaluate("html => { document.querySelector('#nc-history').insertAdjacentHTML('beforeend', html) }", SENTENCE)
    with page.expect_event("requestfailed", lambda request: request.url.endswith("a.png")):
        page.evaluate("""() => {
            const script = Object.assign(document.createElement('script'), {textContent: 'canary=1'});
            document.body.append(script, Object.assign(new Image(), {src: 'https://evil.example/a.png'}));
            document.querySelector('form[action*=evil]').requestSubmit();
            fetch('https://evil.example/fetch').catch(() => {});
        }""")
    assert {request.failure for request in blocked if "evil.example" in request.url} == {"csp"}
    assert not [url for url in answered if "evil.example" in url]
    assert page.evaluate("window.canary") is None
    assert page.url.startswith(newsroom.url)
