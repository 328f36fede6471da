"""The widget in a real MediaWiki, for readers who are not logged in; the wiki is another site than the assistant."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, copy_of
from tests.browser.server import Server, serving
from tests.browser.wiki_reader import WikiReader, app_of, meet, recipes
from tests.wikis import MEDIAWIKI, MediaWiki, mediawiki, missing

pytestmark = pytest.mark.slow

COMMON_JS, HOOK, POLICY = recipes("MediaWiki")
HANDBOOK = """
Whoever is on call answers within 15 minutes, day and night, and hands over on Monday at nine.

== When something breaks ==
Say so in the log first, then look at [[Release 1.2]]. Nobody is blamed for waking a colleague.
"""
RELEASE = """
The tide tables are read again at every start. Whoever is on call follows the [[On-call handbook]].
"""
SKINS = ("vector", "vector-2022", "monobook", "timeless", "minerva")


@pytest.fixture(scope="module")
def wiki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaWiki]:
    """A wiki with two pages, which link to each other."""
    if why := missing(MEDIAWIKI):
        pytest.skip(why)
    with mediawiki(tmp_path_factory.mktemp("mediawiki")) as wiki:
        wiki.write("Release 1.2", RELEASE)
        wiki.write("On-call handbook", HANDBOOK)
        yield wiki


@pytest.fixture(scope="module")
def assistant(prepared: Path, tmp_path_factory: pytest.TempPathFactory, wiki: MediaWiki) -> Iterator[Server]:
    """A server that lets the wiki show the chat."""
    with serving(copy_of(prepared, tmp_path_factory), "--rate", "600/minute", "--embed-origin", wiki.url) as server:
        server.warm()
        yield server


Publish = Callable[[str, str], None]


@pytest.fixture
def publish(wiki: MediaWiki, assistant: Server) -> Publish:
    """Put what an administrator copies from the documentation into the wiki: `publish(common_js, settings)`."""

    def put(common_js: str, settings: str) -> None:
        ours = [text.replace("https://qa.example", app_of(assistant)) for text in (common_js, settings)]
        wiki.write("MediaWiki:Common.js", ours[0])
        wiki.settings(ours[1])

    return put


@pytest.fixture
def reader(visit: Visit, wiki: MediaWiki, assistant: Server) -> WikiReader:
    """Somebody who reads the wiki."""
    return meet(visit, assistant, wiki.url)


WAYS = {"Common.js": (COMMON_JS, ""), "LocalSettings.php": ("", HOOK)}


@pytest.mark.parametrize("way", WAYS)
def test_a_reader_asks_checks_the_quotation_and_finds_it_on_the_next_page(
    reader: WikiReader, publish: Publish, wiki: MediaWiki, way: str
) -> None:
    publish(*WAYS[way])
    reader.ask_check_and_go_on(wiki.address("On-call handbook"), "Release 1.2")
    expect(reader.chat.page.get_by_role("heading", level=1)).to_have_text("Ask our articles")


@pytest.mark.parametrize("skin", SKINS)
def test_every_skin_shows_it_in_a_corner(reader: WikiReader, publish: Publish, wiki: MediaWiki, skin: str) -> None:
    publish(COMMON_JS, "")
    reader.page.goto(f"{wiki.address('On-call handbook')}?useskin={skin}")
    expect(reader.page.locator("body")).to_contain_class(f"skin-{skin}")
    expect(reader.launcher).to_be_in_viewport(ratio=1)
    box, size = reader.launcher.bounding_box(), reader.page.viewport_size
    assert box
    assert size
    assert 0 < size["width"] - box["x"] - box["width"] <= 32
    assert 0 < size["height"] - box["y"] - box["height"] <= 32
    reader.launcher.click()
    expect(reader.chat.question).to_be_in_viewport(ratio=1)


def test_the_login_page_has_it_only_by_the_settings(reader: WikiReader, publish: Publish, wiki: MediaWiki) -> None:
    """Where people type passwords, MediaWiki runs no script that its pages hold."""
    login = wiki.address("Special:UserLogin")
    publish(COMMON_JS, "")
    reader.page.goto(login, wait_until="networkidle")
    expect(reader.widget).to_have_count(0)
    publish("", HOOK)
    reader.page.goto(login)
    expect(reader.launcher).to_be_visible()


@pytest.mark.parametrize("way", WAYS)
def test_the_wiki_s_own_policy_blocks_it_until_the_assistant_is_named_there(
    visit: Visit, publish: Publish, wiki: MediaWiki, assistant: Server, way: str
) -> None:
    common_js, settings = WAYS[way]
    blocked = meet(visit, assistant, wiki.url, unwatched=True)
    publish(common_js, settings + "$wgCSPHeader = true;")
    with blocked.page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        blocked.page.goto(wiki.address("On-call handbook"))
    expect(blocked.widget).to_have_count(0)
    publish(common_js, settings + POLICY)
    meet(visit, assistant, wiki.url).open_widget(wiki.address("On-call handbook"))


def test_under_a_name_that_is_not_on_the_list_the_wiki_shows_a_line_for_the_administrator(
    visit: Visit, publish: Publish, wiki: MediaWiki, assistant: Server
) -> None:
    publish(COMMON_JS, "")
    other = wiki.url.replace("127.0.0.1", "localhost")
    address = wiki.address("On-call handbook").replace(wiki.url, other)
    meet(visit, assistant, other).is_refused(address, assistant)
