"""A real Chromium, a real server, and pages that are watched: no request may leave the server, no script may fail."""

import re
import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    WebError,
    expect,
    sync_playwright,
)

from indexes.embeddings import SentenceEmbeddings
from indexes.library import Library
from indexes.samples import sample_articles
from tests.browser.host import Host, hosting
from tests.browser.hostile import HOSTILE_ARTICLE
from tests.browser.room import Chat
from tests.browser.server import Server, play, serving
from tests.fake_llm import FakeLLM

ARGUMENTS = (
    "--no-sandbox",  # continuous integration runs as root, where Chromium has no sandbox
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
MODELS = ("good", "slow", "endless", "silent", "hostile")  # of the studio; the first is the default
NOISE = re.compile(  # on the console, and no fault of ours
    # Gradio's own inline scripts, which our policy blocks on purpose: its client asks for what they would have said
    r"(executing|execute) inline script.*Content Security Policy"
    # asked for at the root of the host, whatever the prefix
    r"|manifest\.json|favicon\.ico"
    # Gradio's client says so of its open stream when its page is left
    r"|AbortError: signal is aborted without reason.*/app/assets/"
    r"|Connection errored out",
    re.I | re.S,
)

Visit = Callable[..., Page]


# -- the browser ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="package")  # not the session: while Playwright runs, no other test could run an event loop
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, for which all names are loopback's, or are not."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    expect.set_options(timeout=30_000)  # a busy machine; what is right passes at once
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS])
        yield browser
        browser.close()


@dataclass
class Watch:
    """What happened in a context: requests to other origins, errors on the console, exceptions nobody caught."""

    origins: frozenset[str]
    left: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    @contextmanager
    def over(self, context: BrowserContext) -> Iterator[None]:
        """Watch a context for as long as the block runs."""
        heard = {"page": self._page, "request": self._request, "console": self._console, "weberror": self._error}
        for name, hear in heard.items():
            context.on(name, hear)  # type: ignore[call-overload]
        yield
        for name, hear in heard.items():
            context.remove_listener(name, hear)

    def _page(self, page: Page) -> None:
        self.pages.append(page)

    def _error(self, error: WebError) -> None:
        self.errors.append(f"uncaught: {error.error}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(url := request.url)
        if parts.scheme not in ("data", "blob", "about") and f"{parts.scheme}://{parts.netloc}" not in self.origins:
            self.left.append(url)

    def _console(self, message: ConsoleMessage) -> None:
        said = f"{message.text} ({message.location['url']})"
        if message.type == "error" and not NOISE.search(said):
            self.errors.append(said)

    def verdict(self) -> str:
        left = [f"left the server: {url}" for url in self.left]
        return "\n".join([*left, *(f"error: {error}" for error in self.errors)])


WATCHES = pytest.StashKey[list[Watch]]()


@pytest.fixture(scope="package")
def contexts(chromium: Browser) -> Callable[..., BrowserContext]:
    """Give a context for an address, the same again where it has no options: its cache is warm, which saves seconds."""

    def new(url: str, **options: Any) -> BrowserContext:
        settings = {"locale": "en-GB", "reduced_motion": "reduce", "viewport": {"width": 1280, "height": 900}}
        context = chromium.new_context(base_url=url + "/", **{**settings, **options})
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=_origin(url))
        return context

    shared = cache(new)
    return lambda url, **options: new(url, **options) if options else shared(url)


@pytest.fixture
def visit(contexts: Callable[..., BrowserContext], request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Open pages on servers: `visit(server_or_url, **options_of_the_context)`. Each is watched to the end.

    `also` are further origins that its page may ask: of the assistant, where that is shown in somebody else's page.
    Nothing of earlier tests is left in the storage. Pages with options have a context of their own; so have those that
    are to be another browser's: `private=True`. `unwatched=True` is for a test that provokes what others must not see.
    """
    watches = request.node.stash.setdefault(WATCHES, [])
    with ExitStack() as stack:

        def open_page(
            server: Server | str,
            *,
            also: Sequence[str] = (),
            private: bool = False,
            unwatched: bool = False,
            **options: Any,
        ) -> Page:
            url = server if isinstance(server, str) else server.url
            context = contexts(url, **options, **({"locale": "en-GB"} if private else {}))
            if options or private:
                stack.callback(context.close)
            watch = Watch(frozenset(map(_origin, [url, *also])))
            if not unwatched:
                watches.append(watch)
            stack.enter_context(watch.over(context))
            page = context.new_page()
            stack.callback(page.close)
            for each in (url, *also):
                _forget(page, each)
            return page

        yield open_page
    if verdict := "\n".join(filter(None, (watch.verdict() for watch in watches))):
        pytest.fail(verdict, pytrace=False)


def _forget(page: Page, url: str) -> None:
    """Empty a browser's storage for a server; what it has cached of scripts and styles stays."""
    session = page.context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": _origin(url), "storageTypes": "all"})
    session.detach()


@pytest.fixture
def page(visit: Visit, newsroom: Server) -> Page:
    """A fresh private page on the newsroom's server; nothing is loaded yet."""
    return visit(newsroom)


@pytest.fixture
def chat(page: Page) -> Chat:
    """A new conversation with the newsroom."""
    return Chat(page).open()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Leave a picture of every page on which a test failed, and say where."""
    report = yield
    if call.when == "call" and report.failed:
        pages = [page for watch in item.stash.get(WATCHES, []) for page in watch.pages if not page.is_closed()]
        for number, page in enumerate(pages):
            path = Path(str(item.funcargs["tmp_path"])) / f"page-{number}.png"
            page.screenshot(path=path)
            report.sections.append(("Screenshot", f"{path} of {page.url}"))
    return report


@pytest.fixture(autouse=True)
def _pictures(tmp_path: Path) -> None:
    """Give every test the folder that its pictures go to."""


# -- the server ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="package")
def prepared(tmp_path_factory: pytest.TempPathFactory, embeddings: SentenceEmbeddings) -> Path:
    """A library with the sample articles and a hostile one, embedded once, for servers to have copies of."""
    home = tmp_path_factory.mktemp("prepared") / "library"
    hostile = tmp_path_factory.mktemp("articles") / "hostile.txt"
    hostile.write_text(HOSTILE_ARTICLE, encoding="utf-8")
    with Library.open(home, embeddings=embeddings) as library:
        assert not library.add(sample_articles(), hostile).count("failed")
    return home


@pytest.fixture(scope="package")
def llm() -> Iterator[FakeLLM]:
    """A language model's server, which plays the part that its model is named after."""
    with FakeLLM(play) as server:
        yield server


@pytest.fixture(scope="package")
def newsroom(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that most tests share: it quotes."""
    with serving(copy_of(prepared, tmp_path_factory), "--rate", "600/minute") as server:
        server.warm()
        yield server


@pytest.fixture(scope="package")
def studio(prepared: Path, llm: FakeLLM, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that offers models, each a character of its own."""
    models = [option for model in MODELS for option in ("--model", f"openai:{model}")]
    options = [*models, "--base-url", f"{llm.url}/v1", "--rate", "600/minute"]
    with serving(copy_of(prepared, tmp_path_factory), *options) as server:
        server.warm()
        yield server


@pytest.fixture(scope="package")
def wiki() -> Iterator[Host]:
    """A site whose pages may show the chat."""
    with hosting() as host:
        yield host


@pytest.fixture(scope="package")
def other() -> Iterator[Host]:
    """One more site whose pages may show the chat."""
    with hosting("127.0.0.1") as host:
        yield host


@pytest.fixture(scope="package")
def framable(prepared: Path, tmp_path_factory: pytest.TempPathFactory, wiki: Host, other: Host) -> Iterator[Server]:
    """The server that lets these two sites show the chat."""
    origins = [option for host in (wiki, other) for option in ("--embed-origin", host.url)]
    with serving(copy_of(prepared, tmp_path_factory), "--rate", "600/minute", *origins) as server:
        server.warm()
        yield server


def copy_of(library: Path, folders: pytest.TempPathFactory) -> Path:
    """Return a copy of a library, for a server of its own."""
    return shutil.copytree(library, folders.mktemp("home") / "library")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
