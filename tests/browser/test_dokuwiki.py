"""The widget in a real DokuWiki, for readers who are not logged in; the wiki is another site than the assistant."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from indexes.embeddings import SentenceEmbeddings
from indexes.library import Library
from tests.browser.conftest import Visit, copy_of
from tests.browser.room import how
from tests.browser.server import Server, serving
from tests.browser.wiki_reader import WikiReader, app_of, meet, recipes
from tests.wikis import DOKUWIKI, DokuWiki, dokuwiki, missing

pytestmark = pytest.mark.slow

META_HTML, USERSCRIPT_JS = recipes("DokuWiki")
THIS_PAGE = META_HTML.replace(" data-", ' data-scope="page" data-selection data-')
ONCALL = """
====== On-call handbook ======
Whoever is on call answers within fifteen minutes, by day and by night, and hands over on Monday at nine o'clock.

The pager is kept in the harbour office, in the second drawer. A spare battery is beside it, and another one is in
the lighthouse. The tide tables are described in [[:release_1.2|Release 1.2]].
"""
RELEASE = """
====== Release 1.2 ======
The tide tables are read again at every start. Whoever is on call follows the [[team:oncall|On-call handbook]].
"""
BATTERY = "where is another spare battery?"


@pytest.fixture(scope="module")
def wiki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DokuWiki]:
    """A wiki with two pages, which link to each other."""
    if why := missing(DOKUWIKI):
        pytest.skip(why)
    with dokuwiki(tmp_path_factory.mktemp("dokuwiki")) as wiki:
        wiki.write("release_1.2", RELEASE)
        wiki.write("team:oncall", ONCALL)
        yield wiki


@pytest.fixture(scope="module")
def assistant(
    prepared: Path, tmp_path_factory: pytest.TempPathFactory, embeddings: SentenceEmbeddings, wiki: DokuWiki
) -> Iterator[Server]:
    """A server that lets the wiki show the chat; one page of the wiki is an article there."""
    home = copy_of(prepared, tmp_path_factory)
    saved = tmp_path_factory.mktemp("saved") / "oncall.html"
    saved.write_text(httpx.get(f"{wiki.address('team:oncall')}&do=export_xhtml").text, encoding="utf-8")
    with Library.open(home, embeddings=embeddings) as library:
        assert library.add(saved).count("added") == 1
    with serving(home, "--rate", "600/minute", "--embed-origin", wiki.url) as server:
        server.warm()
        yield server


Publish = Callable[[str, str], None]


@pytest.fixture
def publish(wiki: DokuWiki, assistant: Server) -> Iterator[Publish]:
    """Put what an administrator copies from the documentation into a file: `publish("meta.html", META_HTML)`."""
    files = ("meta.html", "userscript.js")

    def put(name: str, text: str) -> None:
        wiki.configure(name, text.replace("https://qa.example", app_of(assistant)))

    yield put
    for name in files:
        wiki.configure(name, None)


@pytest.fixture
def reader(visit: Visit, wiki: DokuWiki, assistant: Server) -> WikiReader:
    """Somebody who reads the wiki."""
    return meet(visit, assistant, wiki.url)


WAYS = {"meta.html": META_HTML, "userscript.js": USERSCRIPT_JS}


@pytest.mark.parametrize("way", WAYS)
def test_a_reader_asks_checks_the_quotation_and_finds_it_on_the_next_page(
    reader: WikiReader, publish: Publish, wiki: DokuWiki, way: str
) -> None:
    publish(way, WAYS[way])
    reader.ask_check_and_go_on(wiki.address("team:oncall"), "Release 1.2")
    expect(reader.chat.page.get_by_role("heading", level=1)).to_have_text("Ask our articles")


@pytest.mark.parametrize("action", ["login", "index", "recent", "media", "edit"])
def test_it_is_on_every_kind_of_page(reader: WikiReader, publish: Publish, wiki: DokuWiki, action: str) -> None:
    publish("meta.html", META_HTML)
    reader.page.goto(f"{wiki.address('team:oncall')}&do={action}")
    expect(reader.launcher).to_be_in_viewport(ratio=1)


def test_on_a_page_that_is_an_article_only_that_article_is_asked(
    reader: WikiReader, publish: Publish, wiki: DokuWiki
) -> None:
    publish("meta.html", THIS_PAGE)
    chat = reader.open_widget(wiki.address("team:oncall"))
    answer = chat.ask(BATTERY)
    expect(answer).to_contain_text("another one is in the lighthouse")
    expect(how(answer)).to_contain_text("only “On-call handbook”")


def test_what_is_selected_on_the_page_is_asked_about(reader: WikiReader, publish: Publish, wiki: DokuWiki) -> None:
    publish("meta.html", THIS_PAGE)
    reader.page.goto(wiki.address("team:oncall"))
    expect(reader.launcher).to_be_visible()
    reader.page.get_by_text("The pager is kept").select_text()
    reader.widget.get_by_role("button", name="Ask about this").click()
    expect(reader.chat.asked).to_contain_text(["The pager is kept in the harbour office"])


def test_under_a_name_that_is_not_on_the_list_the_wiki_shows_a_line_for_the_administrator(
    visit: Visit, publish: Publish, wiki: DokuWiki, assistant: Server
) -> None:
    publish("meta.html", META_HTML)
    other = wiki.url.replace("127.0.0.1", "localhost")
    address = wiki.address("team:oncall").replace(wiki.url, other)
    meet(visit, assistant, other).is_refused(address, assistant)
