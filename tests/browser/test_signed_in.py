"""Single sign-on at the proxy: docs/nginx/newscite.conf is run as it stands, and a wiki shows the widget."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.company import EXAMPLE, Company, missing, open_company
from tests.browser.conftest import Visit, copy_of
from tests.browser.room import HECKER, ODUYA, Chat
from tests.browser.server import serving
from tests.browser.wiki_reader import OPEN_SHADOWS


@pytest.fixture(scope="module")
def company(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company that follows the example, and has the wiki of another site on the list besides."""
    if why := missing():
        pytest.skip(why)
    company = Company()
    options = [*company.options(), "--embed-origin", company.other_wiki]
    with (
        serving(copy_of(prepared, tmp_path_factory), *options) as server,
        open_company(company, tmp_path_factory.mktemp("company"), server.url),
    ):
        with company.client("warmer") as client:  # the embedding model is read before anybody's patience counts
            client.post("/api/ask", json={"question": ODUYA}).raise_for_status()
        yield company


# -- what nginx lets through ---------------------------------------------------------------------------------------


def test_the_example_is_run_whole(company: Company) -> None:
    run = company.example("http://127.0.0.1:1", Path("corp.pem"), Path("corp.key"))
    assert ".example" not in run
    assert "/etc/nginx/tls" not in run
    assert directives(run) == directives(EXAMPLE)


def directives(configuration: str) -> list[str]:
    """Return what every line says first, which no change of a name touches."""
    return [line.split()[0] for line in configuration.splitlines() if line]


@pytest.mark.parametrize("path", ["/app/", "/api/articles", "/library", "/widget/visitor", "/static/chat.js"])
def test_a_program_that_is_not_signed_in_gets_a_plain_401(company: Company, path: str) -> None:
    for headers in ({}, {"X-Forwarded-User": "ada"}, {"Cookie": "corp=guessed"}, {"Sec-Fetch-Dest": "empty"}):
        with company.client(**headers) as client:
            refused = client.get(path)
        assert refused.status_code == 401
        assert "location" not in refused.headers
        assert list(refused.json()) == ["detail"]


def test_a_tab_is_led_to_the_sign_in_and_back(company: Company) -> None:
    with company.client(**{"Sec-Fetch-Dest": "document"}) as client:
        led = client.get("/library?publisher=Harbour")
    assert led.status_code == 302
    assert led.headers["location"] == (
        f"{company.login}/oauth2/sign_in?rd={company.assistant}/library?publisher=Harbour"
    )


def test_without_tls_everybody_is_led_to_tls(company: Company) -> None:
    led = httpx.get(f"http://127.0.0.1:{company.plain_port}/app/", headers={"Host": "qa.corp.test"})
    assert (led.status_code, led.headers["location"]) == (301, f"{company.assistant}/app/")


def test_what_the_wiki_loads_first_comes_without_sign_in(company: Company) -> None:
    with company.client() as client:
        script = client.get("/widget.js")
        allowed = client.get("/widget/allowed", params={"origin": company.wiki})
    assert script.status_code == allowed.status_code == 200
    assert script.headers["content-type"].startswith("text/javascript")
    assert allowed.json() == {"refusal": None, "sign_in": True}


# -- what a reader of the wiki sees --------------------------------------------------------------------------------


class Reader:
    """Somebody with a browser of his own, in front of the wiki."""

    def __init__(self, page: Page, company: Company) -> None:
        self.page = page
        self.company = company
        self.framed: list[str] = []  # every address that a frame has led to
        page.add_init_script(OPEN_SHADOWS)
        page.on("framenavigated", lambda frame: frame.parent_frame and self.framed.append(frame.url))
        self.widget = page.locator("newscite-chat")
        self.new_tab = self.widget.get_by_role("link", name="new tab")

    def sign_in(self, user: str, page: Page | None = None) -> None:
        """Give a name on the login page, which another page may have led to."""
        if page is None:
            page = self.page
            page.goto(self.company.login)
        page.get_by_label("Name").fill(user)
        page.get_by_role("button", name="Sign in").click()

    def open_widget(self, wiki: str) -> None:
        """Load the page of a wiki, and open the assistant there."""
        self.page.goto(wiki)
        self.page.context.new_cdp_session(self.page).send("Emulation.setFocusEmulationEnabled", {"enabled": False})
        self.widget.get_by_role("button", name="Ask").click()

    def follow(self) -> Page:
        """Click the link that the widget offers; return the tab that it opens."""
        with self.page.context.expect_page() as opened:
            self.new_tab.click()
        return opened.value

    def come_back(self) -> None:
        """Go back to the tab of the wiki."""
        self.page.bring_to_front()

    @property
    def chat(self) -> Chat:
        """The chat in the widget, ready for a question."""
        chat = Chat(self.page.frame_locator("newscite-chat iframe"))
        expect(chat.question).to_be_enabled()
        return chat

    def assistant(self) -> httpx.Client:
        """Return a program that uses the reader's own cookies, as they are now."""
        cookies = self.page.context.cookies(self.company.assistant)
        return self.company.client(Cookie="; ".join(f"{each['name']}={each['value']}" for each in cookies))


Meet = Callable[[], Reader]


@pytest.fixture
def meet(visit: Visit, company: Company) -> Iterator[Meet]:
    """Meet a reader. His widget may say on the console that he is not signed in: nobody else's may."""
    readers = []

    def new() -> Reader:
        page = visit(company.wiki, ignore_https_errors=True, unwatched=True)
        readers.append(Reader(page, company))
        return readers[-1]

    yield new
    for reader in readers:
        assert not [url for url in reader.framed if not url.startswith((company.assistant, "about:"))]


@pytest.mark.slow
def test_who_has_signed_in_once_asks_in_the_wiki_and_has_the_conversation_to_himself(
    meet: Meet, company: Company
) -> None:
    ada = meet()
    ada.sign_in("ada")
    ada.open_widget(company.wiki)
    answer = ada.chat.ask(ODUYA)
    expect(answer).to_contain_text("The north quay will be shut")
    with ada.assistant() as client:
        (kept,) = client.get("/api/conversations").json()
    assert kept["title"] == ODUYA
    for user, listed in (("ada", [kept]), ("ben", [])):  # another machine of hers; and somebody who says that he is she
        with company.client(user, **{"X-Forwarded-User": "ada"}) as client:
            assert client.get("/api/conversations").json() == listed
    ada.page.get_by_role("link", name="Read on").click()  # the next page of the wiki
    expect(ada.chat.answers).to_contain_text("The north quay will be shut")


@pytest.mark.slow
def test_who_is_not_signed_in_signs_in_in_a_new_tab_and_goes_on_in_the_wiki(meet: Meet, company: Company) -> None:
    carl = meet()
    carl.open_widget(company.wiki)
    expect(carl.widget).to_contain_text("not signed in")
    assert carl.framed == []
    tab = carl.follow()
    carl.sign_in("carl", tab)
    tab.wait_for_url(f"{company.assistant}/app/**")
    Chat(tab).ask(ODUYA)  # in the full chat, to which the sign-in has led
    carl.come_back()
    carl.chat.ask(HECKER)  # in the widget, which has noticed
    expect(carl.new_tab).to_be_hidden()
    with carl.assistant() as client:
        assert {each["title"] for each in client.get("/api/conversations").json()} == {ODUYA, HECKER}


def test_across_sites_the_widget_says_that_it_cannot_be_signed_in_and_the_new_tab_is(
    meet: Meet, company: Company
) -> None:
    dora = meet()
    dora.sign_in("dora")
    dora.open_widget(company.other_wiki)
    expect(dora.widget).to_contain_text("not signed in")
    tab = dora.follow()
    Chat(tab).ask(ODUYA)  # at once: into a tab of its own the browser takes the cookie along
    with dora.page.expect_event("requestfailed", lambda request: request.url.endswith("/widget/visitor")):
        dora.come_back()  # it asks again, and still may not know
    expect(dora.new_tab).to_be_visible()
    assert dora.framed == []


def test_only_a_listed_wiki_can_read_that_somebody_is_signed_in(meet: Meet, company: Company) -> None:
    ada = meet()
    ada.sign_in("ada")
    intranet = company.at("intranet.corp.test")  # of the same site, so that the cookie goes along, and not on the list
    for origin, read in ((company.wiki, 204), (intranet, "TypeError: Failed to fetch")):
        ada.page.goto(origin)
        company.sign_on.named.clear()
        assert ada.page.evaluate(VISITOR, company.assistant) == read
        assert company.sign_on.named == ["ada"]


VISITOR = """assistant => fetch(assistant + "/widget/visitor", { credentials: "include" })
    .then((response) => response.status)
    .catch(String)"""


def test_a_plain_frame_of_who_is_not_signed_in_has_a_link_and_no_login_page(meet: Meet, company: Company) -> None:
    erin = meet()
    erin.page.goto(company.wiki)
    erin.page.evaluate(FRAME, company.assistant)
    frame = erin.page.frame_locator("iframe")
    with erin.page.context.expect_page() as opened:
        frame.get_by_role("link", name="Sign in in a new tab").click()
    erin.sign_in("erin", opened.value)
    expect(Chat(opened.value).question).to_be_enabled()
    erin.page.reload()
    erin.page.evaluate(FRAME, company.assistant)
    expect(Chat(frame).question).to_be_enabled()


FRAME = """assistant => {
    document.body.append(Object.assign(document.createElement("iframe"), { src: assistant + "/app/" }));
}"""


def test_whose_session_has_ended_is_told_so_and_keeps_his_question(meet: Meet, company: Company) -> None:
    fred = meet()
    fred.sign_in("fred")
    fred.page.goto(company.wiki)
    fred.page.evaluate(FRAME, company.assistant)
    chat = Chat(fred.page.frame_locator("iframe"))
    expect(chat.question).to_be_enabled()
    company.sign_on.end_sessions()
    chat.send(ODUYA)
    expect(chat.page.get_by_text("You are not signed in. Sign in at")).to_be_visible()
    expect(chat.question).to_have_value(ODUYA)
