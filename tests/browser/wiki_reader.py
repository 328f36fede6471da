"""A reader of a wiki whose pages show the assistant: what he does there, whatever the wiki. No test stands here.

He looks into the widget as people do, who know nothing of shadow roots: for him they are open.
"""

import re
import time
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.room import HECKER, Chat, chips, cited
from tests.browser.server import PATIENCE, POLL, Server

OPEN_SHADOWS = """
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (init) { return attach.call(this, { ...init, mode: "open" }); };
"""


def app_of(server: Server) -> str:
    """Return the address of the assistant at which it is another site than the wiki, which is at 127.0.0.1."""
    return server.url.replace("127.0.0.1", "localhost")


DOCUMENTATION = Path(__file__).parents[2] / "docs" / "widget.md"


def recipes(heading: str) -> list[str]:
    """Return the blocks of code that the documentation has under a heading: what an administrator copies from there."""
    [section] = re.findall(rf"^### {heading}\n(.*?)^##", DOCUMENTATION.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return re.findall(r"^```\w+\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)


class WikiReader:
    """Somebody who is not logged in, in front of a wiki."""

    def __init__(self, page: Page, app: str) -> None:
        page.add_init_script(OPEN_SHADOWS)
        self.page = page
        self.app = app
        self.widget = page.locator("newscite-chat")
        self.launcher = self.widget.get_by_role("button", name="Ask", exact=True)

    def open_widget(self, address: str) -> Chat:
        """Load a page of the wiki, and open the widget there; return the chat in it."""
        self.page.goto(address)
        self.launcher.click()
        return self.chat

    @property
    def chat(self) -> Chat:
        """The chat in the widget, which takes questions; it stands in a frame of the assistant's."""
        chat = Chat(self.widget.frame_locator("iframe"))  # type: ignore[arg-type]  # it has what of a page is used
        expect(chat.question).to_be_enabled()
        return chat

    def ask_check_and_go_on(self, address: str, link: str) -> None:
        """Ask on a page, look up what is cited, and follow a link to another page, where all of it is still there."""
        citation = cited(self.app, HECKER, self.page)[0]
        chat = self.open_widget(address)
        chips(chat.ask(HECKER)).first.click()
        expect(chat.card.locator("mark").first).to_be_in_viewport()
        expect(chat.card).to_contain_text(citation["title"])
        assert chat.marked() == citation["quote"]
        with self.page.expect_navigation() as navigation:
            self.page.get_by_role("link", name=link, exact=True).first.click()
        assert navigation.value
        assert navigation.value.ok
        there = self.chat  # without another click: it was open
        expect(there.asked).to_have_text([HECKER])
        chips(there.answers.first).first.click()
        expect(there.card.locator("mark").first).to_be_in_viewport()
        assert there.marked() == citation["quote"]

    def is_refused(self, address: str, server: Server) -> None:
        """Load a page that may not show the chat: it has one line for the administrator, which the server logs too."""
        self.page.goto(address)
        origin = self.page.evaluate("location.origin")
        expect(self.widget).to_contain_text(f"--embed-origin {origin}")
        expect(self.launcher).to_be_hidden()
        assert len(self.page.frames) == 1
        wait_for_print(server, f"--embed-origin {origin}")


def meet(visit: Visit, server: Server, wiki: str, **options: bool) -> WikiReader:
    """Meet a reader of a wiki that shows what the server has."""
    app = app_of(server)
    return WikiReader(visit(wiki, also=[app], **options), app)


def wait_for_print(server: Server, text: str) -> None:
    """Wait until a server has printed something."""
    end = time.monotonic() + PATIENCE
    while text not in "".join(server.printed):
        assert time.monotonic() < end, f"the server never said {text!r}"
        time.sleep(POLL)
