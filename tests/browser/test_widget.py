"""The widget in a page of another site: what its reader sees, what the page can do, and what keeps it out."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

import ui
from tests.browser.conftest import Visit, copy_of
from tests.browser.host import Host, hosting
from tests.browser.room import HECKER, ODUYA, chips, how
from tests.browser.server import (
    PATIENCE,
    PROXY_ADDRESS,
    Server,
    free_port,
    nginx_command,
    running_nginx,
    serving,
    wait_until_healthy,
)
from tests.browser.test_looks import PHONE, assert_fits, violations
from tests.browser.wiki_reader import WikiReader

SCRIPT = Path(ui.__file__).parent / "widget.js"
PAGE = """<!doctype html><html lang="en"><title>A wiki</title><meta name="viewport" content="width=device-width">
{head}<h1>Harbour</h1><p>About the <b>north quay</b>, which is shut.</p><i>Who is Priya Lanthorn?</i>
<a href="/other">Read on</a> <input aria-label="Search">{line}{tail}</html>"""
LISTEN = """<script>
    const heard = [];
    document.addEventListener("newscite", () => {
        for (const name of ["ready", "open", "close", "question", "answer", "problem"])
            Newscite.on(name, (detail) => heard.push([name, detail]));
    });
</script>"""


class Reader(WikiReader):
    """A reader of a page that shows the widget."""

    def __init__(self, page: Page, app: str) -> None:
        super().__init__(page, app)
        self.panel = self.widget.get_by_role("dialog", name="Newscite")
        self.said: list[str] = []
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.text.startswith("Newscite"):
            self.said.append(message.text)

    def hears(self, name: str, times: int = 1) -> Any:
        """Wait until the page has heard of an event; return what its listener got the last time."""
        found = "([name, times]) => heard.filter((one) => one[0] === name).length >= times"
        self.page.wait_for_function(found, arg=[name, times])
        return self.page.evaluate("name => heard.findLast((one) => one[0] === name)[1] ?? null", name)

    def names(self) -> list[str]:
        """Return the names of the events so far."""
        return [name for name, _ in self.page.evaluate("heard")]

    def kept(self) -> dict[str, str]:
        """Return what the browser keeps in this tab for the page's own origin."""
        stored: dict[str, str] = self.page.evaluate("({...sessionStorage})")
        return stored


Show = Callable[..., Reader]


@pytest.fixture(scope="module")
def stranger() -> Iterator[Host]:
    """A site that is not on the list."""
    with hosting("127.0.0.1") as host:
        yield host


@pytest.fixture
def show(visit: Visit, framable: Server, wiki: Host, stranger: Host) -> Show:
    """Show a page of a wiki with the widget: `show(theme="dark")`. There is one more, which it leads to, the same."""

    def open_page(
        *,
        host: Host = wiki,
        line: str | None = None,
        head: str = LISTEN,
        tail: str = "",
        policy: str = "",
        also: Sequence[str] = (),
        before: Callable[[Page], object] = lambda page: None,
        options: dict[str, Any] | None = None,
        **attributes: str,
    ) -> Reader:
        data = "".join(f' data-{name}="{value}"' for name, value in attributes.items())
        line = f'<script async src="{framable.url}/widget.js"{data}></script>' if line is None else line
        text = PAGE.format(head=head, line=line, tail=tail)
        headers = {"content_security_policy": policy} if policy else {}
        host.put("/other", text, **headers)
        reader = Reader(
            visit(host.url, also=[framable.url, wiki.url, stranger.url, *also], **(options or {})), framable.url
        )
        before(reader.page)
        reader.page.goto(host.put("/page", text, **headers))
        return reader

    return open_page


# -- opening and closing -----------------------------------------------------------------------------------------------


def test_the_script_is_small() -> None:
    assert len(SCRIPT.read_bytes()) < 8000


def test_a_click_opens_it_and_a_click_closes_it(show: Show) -> None:
    reader = show()
    expect(reader.launcher).to_have_attribute("aria-expanded", "false")
    expect(reader.panel).to_be_hidden()
    reader.launcher.click()
    expect(reader.panel).to_be_visible()
    expect(reader.launcher).to_have_attribute("aria-expanded", "true")
    expect(reader.chat.question).to_be_focused()
    reader.launcher.click()
    expect(reader.panel).to_be_hidden()
    expect(reader.launcher).to_have_attribute("aria-expanded", "false")
    expect(reader.launcher).to_be_focused()


def test_it_is_opened_and_closed_with_the_keyboard_and_focus_comes_back(show: Show) -> None:
    reader = show()
    expect(reader.launcher).to_be_visible()
    keys = reader.page.keyboard
    reader.page.get_by_label("Search").focus()
    keys.press("Tab")
    expect(reader.launcher).to_be_focused()
    keys.press("Enter")
    expect(reader.chat.question).to_be_focused()
    keys.press("Escape")
    expect(reader.panel).to_be_hidden()
    expect(reader.launcher).to_be_focused()
    keys.press("Enter")
    expect(reader.chat.question).to_be_focused()
    reader.chat.page.get_by_role("button", name="Close").first.click()
    expect(reader.panel).to_be_hidden()
    expect(reader.launcher).to_be_focused()


def test_before_the_chat_is_there_it_can_be_closed_too(show: Show) -> None:
    reader = show(before=lambda page: page.route("**/app/", lambda route: None))
    reader.launcher.press("Enter")
    expect(reader.panel).to_be_focused()
    expect(reader.panel.get_by_role("status")).to_contain_text("Loading")
    reader.page.keyboard.press("Escape")
    expect(reader.launcher).to_be_focused()
    reader.launcher.click()
    reader.panel.get_by_role("button", name="Close").click()
    expect(reader.panel).to_be_hidden()
    expect(reader.launcher).to_be_focused()


def test_the_page_reaches_nothing_in_it(visit: Visit, framable: Server, wiki: Host, show: Show) -> None:
    show()
    page = visit(wiki.url, also=[framable.url])  # where shadow roots are as the widget makes them
    page.goto(wiki.url + "/page")
    page.wait_for_selector("newscite-chat", state="attached")
    assert page.evaluate("document.querySelector('newscite-chat').shadowRoot") is None
    with page.expect_event("frameattached"):
        page.evaluate("Newscite.open()")
    assert page.evaluate("frames.length") == 0
    assert page.locator("iframe, button, dialog, section").count() == 0


# -- asking ------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_citation_is_shown_and_all_is_there_on_the_next_page_and_after_a_reload(show: Show) -> None:
    reader = show()
    reader.launcher.click()
    chips(reader.chat.ask(ODUYA)).click()
    expect(reader.chat.card.locator("mark").first).to_be_in_viewport()
    quoted = reader.chat.marked()
    reader.page.get_by_role("link", name="Read on").click()
    reader.page.wait_for_url("**/other")
    for _ in range(2):
        expect(reader.chat.asked).to_have_text([ODUYA])
        expect(reader.panel).to_be_visible()
        assert not reader.page.evaluate("document.activeElement.matches('newscite-chat')")  # it was not asked for
        chips(reader.chat.answers.first).click()
        expect(reader.chat.card).to_be_focused()
        assert reader.chat.marked() == quoted
        reader.page.reload()


def test_what_was_closed_stays_closed_and_another_tab_begins_anew(show: Show) -> None:
    reader = show()
    reader.launcher.click()
    reader.chat.ask(ODUYA)
    reader.launcher.click()
    reader.page.reload()
    expect(reader.launcher).to_be_visible()
    expect(reader.panel).to_be_hidden()
    assert len(reader.page.frames) == 1  # nothing of the chat is loaded before it is wanted
    reader.launcher.click()
    expect(reader.chat.asked).to_have_text([ODUYA])
    tab = Reader(reader.page.context.new_page(), reader.app)
    tab.page.goto(reader.page.url)
    tab.launcher.click()
    expect(tab.chat.asked).to_have_count(0)
    tab.page.close()


def test_the_page_hears_what_happens(show: Show) -> None:
    reader = show()
    reader.launcher.click()
    reader.chat.ask(ODUYA)
    answer = reader.hears("answer")
    assert answer["citations"][0]["quote"].rstrip(".") in answer["answer"]
    assert reader.hears("question") == ODUYA
    reader.launcher.click()
    reader.hears("close")
    assert reader.names() == ["open", "ready", "question", "answer", "close"]


def test_who_has_unsubscribed_hears_nothing_and_others_do(show: Show) -> None:
    reader = show()
    reader.page.evaluate("window.early = []; window.stop = Newscite.on('open', () => early.push('open')); 0")
    reader.page.evaluate("Newscite.on('open', () => stop()); 0")
    for _ in range(2):
        reader.launcher.click()
        expect(reader.panel).to_be_visible()
        reader.launcher.click()
        expect(reader.panel).to_be_hidden()
    assert reader.page.evaluate("early") == ["open"]
    assert reader.names().count("open") == 2


def test_the_page_asks_and_questions_wait_until_the_chat_is_there(show: Show) -> None:
    at_once = (
        "<script>document.addEventListener('newscite', () => ['', ' ', null, 7, Q, P].forEach(Newscite.ask))</script>"
    )
    reader = show(head=LISTEN + at_once.replace("Q", repr(ODUYA)).replace("P", repr(HECKER)))
    reader.hears("answer", times=2)
    expect(reader.chat.asked).to_have_text([ODUYA, HECKER])
    expect(reader.panel).to_be_visible()
    reader.page.evaluate("Newscite.close()")
    expect(reader.panel).to_be_hidden()
    reader.page.evaluate("Newscite.open()")
    expect(reader.chat.question).to_be_focused()


def test_messages_of_others_are_ignored(show: Show, wiki: Host, stranger: Host) -> None:
    reader = show()
    reader.launcher.click()
    expect(reader.chat.question).to_be_enabled()
    reader.hears("ready")
    kept, names = reader.kept(), reader.names()
    forged = """<script>
        for (const message of [{newscite: "conversation", id: "forged"}, {newscite: "question", question: "forged"},
            {newscite: "close"}, {newscite: "constructor"}, null, "close"]) parent.postMessage(message, "*");
        parent.postMessage("done", "*");
    </script>"""
    for host in (wiki, stranger):
        reader.page.evaluate(
            """src => new Promise((go) => {
                addEventListener("message", ({data}) => data === "done" && go());
                document.body.append(Object.assign(document.createElement("iframe"), {src}));
            })""",
            host.put("/forged", forged),
        )
    reader.page.evaluate("postMessage({newscite: 'close'}, '*')")
    reader.page.evaluate("Newscite.ask('who is Priya Lanthorn?')")
    reader.hears("answer")
    assert reader.kept() == kept
    assert reader.names() == [*names, "question", "answer"]


# -- where it may not be, or is not ------------------------------------------------------------------------------------


@pytest.mark.parametrize("attributes", [{}, {"target": "h1"}], ids=["floating", "in the page"])
def test_a_site_that_is_not_listed_has_one_line_for_the_administrator_and_no_frame(
    show: Show, stranger: Host, framable: Server, attributes: dict[str, str]
) -> None:
    reader = show(host=stranger, **attributes)
    line = f"Newscite: pages of {stranger.url} may not show the assistant. Start it with --embed-origin {stranger.url}"
    expect(reader.widget.get_by_text(line, exact=True)).to_be_in_viewport(ratio=1)
    assert reader.said == [line]
    expect(reader.launcher).to_be_hidden()
    reader.page.evaluate("Newscite.ask('why?')")
    assert len(reader.page.frames) == 1
    assert violations(reader.page, "refused") == []
    if attributes:
        expect(reader.page.locator("h1 newscite-chat")).to_have_count(1)
    else:
        reader.widget.get_by_role("button", name="Close").click()
        expect(reader.widget.get_by_text(line, exact=True)).to_be_hidden()


def test_a_page_from_disk_is_told_why_it_may_not(visit: Visit, framable: Server, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE.format(head="", line=f'<script src="{framable.url}/widget.js"></script>', tail=""))
    reader = Reader(visit(framable, unwatched=True), framable.url)
    reader.page.goto(page.as_uri())
    expect(reader.widget).to_contain_text(
        "pages of file:// may not show the assistant. Such an address cannot be listed."
    )


def test_a_server_that_does_not_answer_is_said_and_tried_again(show: Show) -> None:
    def down(page: Page) -> None:
        page.clock.install()
        page.route(re.compile("/widget/allowed"), lambda route: route.abort())
        page.route("**/app/", lambda route: route.abort())

    reader = show(before=down, options={"private": True, "unwatched": True})
    reader.launcher.click()
    expect(reader.panel).to_contain_text("Loading")
    wait_in_vain(reader)
    expect(reader.panel).to_contain_text("Newscite does not answer, or may not be shown here.")
    assert violations(reader.page, "failed") == []
    link = reader.panel.get_by_role("link", name="Open in a new tab")
    assert link.get_attribute("href") == f"{reader.app}/app/"
    reader.page.unroute_all()
    reader.launcher.click()
    reader.launcher.click()
    reader.page.clock.resume()
    reader.chat.ask(ODUYA)
    expect(link).to_be_hidden()


def wait_in_vain(reader: Reader) -> None:
    """Let the time pass for which the widget waits, as often as it takes until its frame has failed to load."""
    end = time.monotonic() + PATIENCE
    while "Loading" in reader.panel.inner_text():
        assert time.monotonic() < end, "the widget still waits"
        reader.page.clock.run_for(15_000)


STRICT = "default-src 'none'; script-src {app}; {more}require-trusted-types-for 'script'; trusted-types 'none'"


def test_it_works_under_a_strict_policy(show: Show, framable: Server) -> None:
    policy = STRICT.format(app=framable.url, more=f"connect-src {framable.url}; frame-src {framable.url}; ")
    reader = show(head="", policy=policy, theme="dark", accent="teal", position="left", size="500x500")
    reader.launcher.click()
    chips(reader.chat.ask(ODUYA)).click()
    expect(reader.chat.card.locator("mark").first).to_be_in_viewport()
    expect(reader.panel).to_have_css("width", "500px")


def test_it_works_where_it_may_not_even_ask(show: Show, framable: Server) -> None:
    policy = STRICT.format(app=framable.url, more=f"frame-src {framable.url}; ")
    reader = show(head="", policy=policy, options={"unwatched": True})
    reader.launcher.click()
    expect(chips(reader.chat.ask(ODUYA))).to_have_text(["1"])


def test_a_policy_without_a_frame_is_said_with_what_to_add(show: Show, framable: Server) -> None:
    policy = STRICT.format(app=framable.url, more=f"connect-src {framable.url}; ")
    options = {"private": True, "unwatched": True}
    reader = show(head="", policy=policy, options=options, before=lambda page: page.clock.install())
    with reader.page.expect_console_message(
        lambda message: "frame-src" in message.text or "default-src" in message.text
    ):
        reader.launcher.click()
    wait_in_vain(reader)
    expect(reader.panel).to_contain_text(
        f"Content-Security-Policy: connect-src {framable.url}; frame-src {framable.url}"
    )
    assert [framable.url in frame.url for frame in reader.page.frames[1:]] in ([], [False])


BLOCKED = """for (const name of ["sessionStorage", "localStorage"])
    Object.defineProperty(window, name, { get() { throw new DOMException("blocked", "SecurityError") } })"""
ABSENT = """for (const name of ["sessionStorage", "localStorage"])
    Object.defineProperty(window, name, { value: null })"""
FULL = """Object.defineProperty(window, "sessionStorage", { value: new Proxy({}, {
    set() { throw new DOMException("full", "QuotaExceededError") } }) })"""


@pytest.mark.parametrize("storage", [BLOCKED, ABSENT, FULL], ids=["blocked", "absent", "full"])
def test_it_works_where_nothing_can_be_stored(show: Show, storage: str) -> None:
    def without(page: Page) -> None:
        page.add_init_script(f"if (top === self) {{ {storage} }}" if storage is FULL else storage)

    reader = show(before=without)
    reader.launcher.click()
    expect(chips(reader.chat.ask(ODUYA))).to_have_text(["1"])
    reader.launcher.click()
    reader.launcher.click()
    expect(reader.chat.asked).to_have_text([ODUYA])


# -- on the page -------------------------------------------------------------------------------------------------------

HOSTILE = """<style>
    * { all: unset !important; letter-spacing: 1em !important; display: none !important; direction: rtl !important;
        position: static !important; opacity: 0.1 !important; transform: rotate(9deg) !important; zoom: 3 !important }
    html, body { display: block !important; opacity: 1 !important; transform: none !important; zoom: 1 !important }
    html > *, body > * { position: static !important; float: left !important; z-index: -1 !important }
    iframe, button, newscite-chat { display: none !important; visibility: hidden !important; width: 1px !important }
    section, div, p { display: none !important; font-size: 90px !important; color: red !important }
</style>"""


@pytest.mark.parametrize("line", ["", "<html dir=rtl>"], ids=["ltr", "rtl"])
def test_hostile_styles_change_nothing(show: Show, line: str) -> None:
    looks = "e => JSON.stringify([...Object.entries({...getComputedStyle(e)}), e.getBoundingClientRect()])"
    shown = []
    for head in (LISTEN, LISTEN + line + HOSTILE):
        reader = show(head=head, size="380x500")
        expect(reader.launcher).to_be_in_viewport(ratio=1)
        reader.launcher.click()
        expect(reader.chat.question).to_be_in_viewport(ratio=1)
        shown.append([each.evaluate(looks) for each in (reader.launcher, reader.panel)])
    assert shown[0] == shown[1]


def test_a_second_line_changes_nothing(show: Show, framable: Server) -> None:
    reader = show(tail=f'<script src="{framable.url}/widget.js"></script>')
    expect(reader.widget).to_have_count(1)
    reader.page.evaluate(
        """src => new Promise((go) => document.head.append(
            Object.assign(document.createElement("script"), { src, onload: go })))""",
        f"{framable.url}/widget.js?again",
    )
    reader.launcher.click()
    expect(reader.chat.question).to_be_enabled()
    expect(reader.widget).to_have_count(1)


@pytest.mark.parametrize("data", [{}, {"label": "Fragen"}])
def test_a_script_can_load_it(show: Show, framable: Server, data: dict[str, str]) -> None:
    """As MediaWiki's Common.js does, where a line of HTML has no place."""
    reader = show(line="")
    reader.page.evaluate(
        """([src, data]) => {
            const script = document.createElement("script");
            Object.assign(script.dataset, data);
            script.src = src;
            document.head.append(script);
        }""",
        [f"{framable.url}/widget.js?v=1", data],
    )
    expect(reader.widget.get_by_role("button", name=data.get("label", "Ask"), exact=True)).to_be_visible()


LOCATION = """location /qa/ {{
    proxy_pass {upstream}/;
    proxy_bind {bind};
    proxy_http_version 1.1;
    proxy_buffering off;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-For $remote_addr;
}}"""


@pytest.mark.slow
def test_it_works_below_a_prefix_of_a_proxy(
    show: Show, wiki: Host, prepared: Path, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    if nginx_command() is None:
        pytest.skip("no nginx here: apt-get install nginx-light")
    port = free_port()
    qa = f"http://127.0.0.1:{port}/qa"
    options = ["--open", "--root-path", "/qa", "--trust-proxy", PROXY_ADDRESS, "--embed-origin", wiki.url]
    with serving(copy_of(prepared, tmp_path_factory), *options) as server:
        location = LOCATION.format(upstream=server.url, bind=PROXY_ADDRESS)
        with running_nginx(tmp_path, f"server {{ listen 127.0.0.1:{port}; {location} }}"):
            wait_until_healthy(f"{qa}/healthz", time.monotonic() + PATIENCE)
            reader = show(line=f'<script async src="{qa}/widget.js"></script>', also=[qa])
            reader.launcher.click()
            chips(reader.chat.ask(ODUYA)).click()
            expect(reader.chat.card.locator("mark").first).to_be_in_viewport()
            assert set(reader.kept()) == {qa, f"{qa} open"}
            reader.page.close()


def test_within_another_file_it_refuses(show: Show, wiki: Host) -> None:
    wiki.put("/all.js", f"var before = 1;\n{SCRIPT.read_text('utf-8')}\nvar after = 1;")
    reader = show(line='<script src="/all.js"></script>')
    reader.page.wait_for_function("window.after")
    assert reader.said == ["Newscite: widget.js has to be loaded from its own server."]
    expect(reader.widget).to_have_count(0)


def test_the_page_has_one_new_name(show: Show, framable: Server) -> None:
    reader = show(line="", head="")
    before = set(reader.page.evaluate("Object.getOwnPropertyNames(window)"))
    reader = show(head="")
    reader.launcher.click()
    expect(reader.chat.question).to_be_enabled()
    after = {name for name in reader.page.evaluate("Object.getOwnPropertyNames(window)") if not name.isdigit()}
    assert after - before == {"Newscite"}


def test_it_stands_in_the_page_where_that_is_wanted(show: Show) -> None:
    reader = show(target="#here", size="500", head=LISTEN, tail='<div id="here" style="width: 640px"></div>')
    chat = reader.chat
    place = reader.widget.get_by_role("region", name="Newscite")
    expect(reader.launcher).to_be_hidden()
    expect(place).to_have_css("width", "640px")
    expect(place).to_have_css("height", "500px")
    chips(chat.ask(ODUYA)).click()
    expect(chat.card).to_be_focused()
    expect(chat.page.get_by_role("button", name="Close", exact=True)).to_have_count(1)  # of the sources
    reader.page.keyboard.press("Escape")
    reader.page.keyboard.press("Escape")
    reader.page.evaluate("Newscite.close()")
    expect(place).to_be_visible()
    reader.page.evaluate("Newscite.ask('who is Priya Lanthorn?')")
    reader.hears("answer", times=2)
    assert reader.names() == ["ready", "question", "answer", "question", "answer"]


def test_far_down_the_page_it_is_not_loaded_before_somebody_comes_there(show: Show, framable: Server) -> None:
    reader = show(target="#here", tail='<div style="height: 30000px"></div><div id="here"></div>')
    expect(reader.widget.locator("iframe")).to_be_attached()
    assert not [frame for frame in reader.page.frames if frame.url.startswith(framable.url)]
    reader.widget.locator("iframe").scroll_into_view_if_needed()
    expect(reader.chat.question).to_be_enabled()


def test_a_place_that_is_not_there_is_said_and_it_floats(show: Show) -> None:
    reader = show(target="#nowhere")
    reader.launcher.click()
    expect(reader.chat.question).to_be_focused()
    assert reader.said == ["Newscite: no #nowhere here"]


def test_a_place_that_is_no_selector_is_said(show: Show) -> None:
    reader = show(target="ask here!")
    with reader.page.expect_console_message(lambda message: message.text.startswith("Newscite: SyntaxError")):
        reader.page.reload()
    reader.page.evaluate("Newscite.ask('why?')")
    expect(reader.widget).to_have_count(0)


def test_names_that_the_page_has_for_itself_do_not_matter(show: Show) -> None:
    names = (
        "var origin = { x: 0, y: 0 }, name = 7, close = 1, open = 2, focus = 3, text = 4, note = 5, app = 6, root = 8"
    )
    reader = show(head=f"{LISTEN}<script>{names}</script>")
    reader.launcher.click()
    expect(chips(reader.chat.ask(ODUYA))).to_have_text(["1"])
    assert reader.page.evaluate("[origin.x, open, focus]") == [0, 2, 3]


def test_what_the_line_says_reaches_the_chat(show: Show) -> None:
    reader = show(
        title="Ask the wiki",
        greeting="Good morning",
        label="Question?",
        theme="dark",
        accent="crimson",
        position="left",
        size="450x500",
        suggest=f"who is Ali Wyne? | {ODUYA}",
        publisher="Ostrey Register",
    )
    launcher = reader.widget.get_by_role("button", name="Question?")
    place = launcher.bounding_box()
    assert place
    assert place["x"] == 16
    launcher.click()
    chat = reader.chat
    expect(reader.widget.get_by_role("dialog", name="Ask the wiki")).to_have_css("height", "500px")
    expect(chat.page.get_by_role("heading", level=1)).to_have_text("Ask the wiki")
    expect(chat.page.locator("#nc-history .example")).to_have_text(["who is Ali Wyne?", ODUYA])
    greeting = chat.page.locator("#nc-history .examples").evaluate("e => getComputedStyle(e, '::before').content")
    assert greeting == '"Good morning"'
    dark = chat.question.evaluate("e => getComputedStyle(e.ownerDocument.documentElement).colorScheme")
    assert dark == "dark"
    expect(how(chat.ask(ODUYA))).to_contain_text("only Ostrey Register")


def test_the_opening_question_is_asked_once(show: Show) -> None:
    reader = show(question=ODUYA)
    reader.launcher.click()
    reader.hears("answer")
    reader.page.reload()
    reader.chat.ask(HECKER)
    expect(reader.chat.asked).to_have_text([ODUYA, HECKER])
    reader.chat.page.get_by_role("button", name="New conversation").click()
    expect(reader.chat.asked).to_have_count(0)
    reader.page.get_by_role("link", name="Read on").click()
    reader.chat.ask(HECKER)
    expect(reader.chat.asked).to_have_text([HECKER])


WYNE = "https://newscite.example/samples/russia-china-why-a-split-is-unlikely"


def test_it_answers_from_the_article_that_the_page_is(show: Show) -> None:
    reader = show(head=f'{LISTEN}<link rel="canonical" href="{WYNE}">', scope="page")
    reader.launcher.click()
    answer = reader.chat.ask(HECKER)
    expect(how(answer)).to_contain_text("only")
    expect(reader.chat.page.get_by_text("This page is not one of the articles")).to_be_hidden()


def test_on_a_page_that_is_no_article_it_says_that_all_are_asked(show: Show) -> None:
    reader = show(scope="page")
    reader.launcher.click()
    expect(
        reader.chat.page.get_by_text("This page is not one of the articles, so all of them are asked.")
    ).to_be_visible()


# -- other ways to ask -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "asked"),
    [("b", "What is said about “north quay”?"), ("i", "Who is Priya Lanthorn?")],
)
@pytest.mark.parametrize("attributes", [{}, {"target": "h1"}], ids=["floating", "in the page"])
def test_what_is_selected_is_asked_about(show: Show, words: str, asked: str, attributes: dict[str, str]) -> None:
    reader = show(selection="", **attributes)
    expect(reader.widget).to_be_attached()
    button = reader.widget.get_by_role("button", name="Ask about this")
    expect(button).to_be_hidden()
    select(reader.page, words)
    button.click()
    reader.hears("answer")
    expect(reader.chat.asked).to_have_text([asked])
    expect(chips(reader.chat.answers.first)).not_to_have_count(0)
    expect(button).to_be_hidden()


def test_what_is_selected_in_a_field_is_not_asked_about(show: Show) -> None:
    reader = show(selection="")
    expect(reader.launcher).to_be_visible()
    reader.page.get_by_label("Search").fill("my own words")
    reader.page.get_by_label("Search").select_text()
    reader.launcher.click()
    expect(reader.chat.question).to_be_focused()
    expect(reader.chat.asked).to_have_count(0)


def test_a_long_selection_is_cut(show: Show) -> None:
    reader = show(selection="", tail=f"<p id=long>{'north quay ' * 500}</p>")
    expect(reader.launcher).to_be_visible()
    select(reader.page, "#long")
    reader.widget.get_by_role("button", name="Ask about this").click()
    assert len(reader.hears("question")) < 400


def test_nothing_is_offered_where_it_is_not_wanted(show: Show) -> None:
    reader = show()
    expect(reader.launcher).to_be_visible()
    select(reader.page, "b")
    reader.page.evaluate("new Promise(requestAnimationFrame)")
    expect(reader.launcher).to_have_text("Ask")


def select(page: Page, what: str) -> None:
    """Select the text of an element, as with the mouse."""
    page.locator(what).first.evaluate("e => getSelection().selectAllChildren(e)")


@pytest.mark.parametrize("shortcut", ["alt+k", "Ctrl+Alt+K"])
def test_a_shortcut_opens_it_also_from_a_field(show: Show, shortcut: str) -> None:
    reader = show(shortcut=shortcut)
    field = reader.page.get_by_label("Search")
    field.press("k")
    field.press("Control+k")
    field.press("Alt+j")
    expect(field).to_have_value("k")
    expect(reader.panel).to_be_hidden()
    field.press("+".join({"ctrl": "Control"}.get(key, key.capitalize()) for key in shortcut.lower().split("+")))
    expect(reader.chat.question).to_be_focused()


def test_a_letter_alone_is_no_shortcut(show: Show) -> None:
    reader = show(shortcut="k")
    expect(reader.launcher).to_be_visible()
    reader.page.get_by_label("Search").press("k")
    expect(reader.page.get_by_label("Search")).to_have_value("k")
    expect(reader.panel).to_be_hidden()


# -- looks -------------------------------------------------------------------------------------------------------------


def test_on_a_phone_it_takes_the_whole_screen(show: Show) -> None:
    reader = show(options=PHONE)
    assert_fits(reader.page)
    reader.launcher.click()
    chips(reader.chat.ask(ODUYA)).click()
    expect(reader.chat.card).to_be_focused()
    assert reader.panel.bounding_box() == {"x": 0, "y": 0, **PHONE["viewport"]}
    assert_fits(reader.page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(show: Show, scheme: str) -> None:
    reader = show(options={"color_scheme": scheme})
    expect(reader.launcher).to_be_visible()
    found = violations(reader.page, "closed")
    reader.launcher.click()
    expect(reader.chat.question).to_be_focused()
    assert found + violations(reader.page, "open") == []


@pytest.mark.parametrize("accent", ["yellow", "white", "black", "#777", "no colour"])
def test_the_button_can_be_read_in_any_colour(show: Show, accent: str) -> None:
    reader = show(accent=accent)
    expect(reader.launcher).to_be_visible()
    assert violations(reader.page, accent) == []


def test_it_is_not_printed(show: Show) -> None:
    reader = show()
    reader.launcher.click()
    expect(reader.chat.question).to_be_enabled()
    reader.page.emulate_media(media="print")
    expect(reader.panel).to_be_hidden()
    expect(reader.launcher).to_be_hidden()
    reader.page.emulate_media(media="screen")
