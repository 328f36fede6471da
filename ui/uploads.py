"""The library page, and how articles come in and go through it: files, pasted text, web addresses, removal.

An upload is read from its bytes. Its file's name says the format and is shown, cleaned; it is never a path on this
machine. An address is fetched from the public internet only, whoever asks, and nothing of it is kept for another try:
who runs the server fetches with other rights. What becomes of each is told as it happens, as server-sent events. The
work goes on to its end when the reader leaves, and ends between two articles when the server does: every article is
written whole or not at all.
"""

import asyncio
import re
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from io import BytesIO
from pathlib import PurePath
from threading import Lock, Thread
from typing import Annotated, Any, BinaryIO, Protocol

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.datastructures import FormData, UploadFile

from indexes.adding import Ended
from indexes.article import Article
from indexes.catalog import Listed
from indexes.errors import NewsciteError, ReadError
from indexes.library import Library, Outcome, Source, Wanted
from indexes.readers import MAX_BYTES, Details, Item, canonical_url, items_in_bytes, parse_date
from indexes.readers.formats import ENDINGS, READABLE, holds_many
from indexes.sources import is_address
from indexes.web.fetched import FetchError
from indexes.web.target import refusal
from ui import schemas
from ui.access import Visitor
from ui.limits import TooMany
from ui.problems import problem_of
from ui.render import listed_as_json
from ui.templating import templates

MAX_FILES = 20  # in one request
MAX_REQUEST = 60_000_000  # bytes of one request, files and all
MAX_FETCHED = 20  # articles of a feed in one request
FETCHING = 300  # seconds after which a request fetches nothing more: others wait for their turn
AT_ONCE = 4  # requests that are received or wait for their turn; a visitor has one of them
LAST_ARTICLE = 2  # seconds that an article has to be finished in when the server ends

PASTED = "Pasted text"
_LONGEST_FIELD = 300  # characters of a title, a publisher
_LONGEST_ADDRESS = 2000
_LONGEST_NAME = 120
_STATUSES: tuple[Ended, ...] = ("added", "updated", "unchanged", "failed", "left", "older", "new")
_OPENING = 80  # characters of a text that stand in for its title
_CHANGES_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # "gnp.exe" can pass for "exe.png" by them

Tell = Callable[[str, Any], None]  # told the name and the data of an event
Told = asyncio.Queue[ServerSentEvent | None]  # the events of one request; None is the end

_ADDING = f"""Send `multipart/form-data`: any number of `files`, a pasted `text` with its `title`, or the `address` of a
web page or of an RSS or Atom feed, which the server then fetches; and for all of them `publisher`, `published`
(2025-03-14) and, for a single file or text, `url`, its original address. At most {MAX_FILES} files,
{MAX_BYTES // 1_000_000} MB each, {MAX_REQUEST // 1_000_000} MB together, and one request at a time.

Files are {READABLE}. A mailbox, records and an archive hold many articles.

Of a feed, up to {MAX_FETCHED} articles that are new here or have changed are fetched, the newest first; send its
address again for the next. Nothing is fetched from private networks, nor what a site's robots.txt forbids.

What comes back are server-sent events:

- `progress`: `{{"what", "done", "total"}}`; `total` is how many there are as far as is known;
- `file`: `{{"name", "status", "id", "title", "reason", "replaced"}}` of one article: `name` is the file's, the address,
  or of a file with many the place in it, `box.mbox#3`; its `status` is added, updated, unchanged, failed, or left (of a
  feed, for the next request); `replaced` is the id under which the same text was known until now;
- `done`: how many were `added`, `updated`, `unchanged`, `failed` and `left` (and `older` and `new`, which nothing is
  here), and the changed ones as `articles`, each as `GET api/articles` lists it. The last event;
- `error`: `{{"detail": …}}`, where the library cannot be written, or the server ends. The last event then; what was
  added before stays."""
_FIELDS = ("text", "title", "address", "publisher", "published", "url")
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                        **{name: {"type": "string"} for name in _FIELDS},
                    },
                }
            }
        },
    }
}


class Keeper(Protocol):
    """What these routes need of the service."""

    @property
    def library(self) -> Library:
        """The library that is listed and added to."""

    @property
    def read_only(self) -> bool:
        """True where visitors may neither add nor remove."""


_WANTED = Wanted(limit=MAX_FETCHED, seconds=FETCHING)


def uploads_router(service: Keeper, wanted: Wanted = _WANTED) -> APIRouter:
    """Return the routes of the library page and of what it does.

    `wanted` says how much of a feed is fetched, and how; by default nothing from this machine and its own network.
    """
    router = APIRouter()
    router.include_router(_page(service))
    router.include_router(_changes(service, wanted))
    return router


def _page(service: Keeper) -> APIRouter:
    router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @router.api_route("/library", methods=["GET", "HEAD"])
    def library(request: Request) -> Response:
        facts = {
            "up": "./",
            "current": "library",
            "articles": sorted(service.library.articles(), key=lambda row: row.published or date.min, reverse=True),
            "read_only": service.read_only,
            "most_files": MAX_FILES,
            "most_megabytes": MAX_BYTES // 1_000_000,
            "most_fetched": MAX_FETCHED,
            "endings": ENDINGS,
            "readable": READABLE,
        }
        return templates.TemplateResponse(request, "library.html", facts)

    return router


def _changes(service: Keeper, wanted: Wanted) -> APIRouter:
    desk = Desk()

    def allowed() -> None:
        if service.read_only:
            raise HTTPException(403, "This library is read-only. Ask whoever runs it to add or remove articles.")

    async def begun(request: Request) -> Told:
        """Receive the form, and begin the work. Not in `add`, which never runs where the reader has left by then."""
        with ExitStack() as held:
            held.enter_context(desk.place(request.state.visitor))
            order = await _received(request, held)
            return desk.begin(lambda tell: _Work(service.library, tell, desk, order, wanted).run(), held.pop_all())

    router = APIRouter(
        prefix="/api", tags=["Add and remove"], dependencies=[Depends(allowed)], lifespan=desk.open_while_served
    )

    @router.post(
        "/articles",
        summary="Add articles",
        description=_ADDING,
        response_class=EventSourceResponse,
        openapi_extra=_FORM,
        responses=_failures("The form cannot be taken.", 400)
        | _failures("It is too large.", 413)
        | _failures("Your last upload is not done yet, or too many others are not.", 429),
    )
    async def add(told: Annotated[Told, Depends(begun)]) -> AsyncIterator[ServerSentEvent]:
        while (event := await told.get()) is not None:
            yield event

    @router.delete(
        "/articles/{article_id}",
        summary="Remove an article",
        response_model=schemas.ListedArticle,
        responses=_failures("There is no article of this id.", 404),
    )
    def remove(article_id: str) -> dict[str, Any]:
        """Remove all versions of an article, by its whole id, and return it as it was listed."""
        listed = next((row for row in service.library.articles() if row.id == article_id), None)
        if listed is None:
            raise HTTPException(404, f"There is no article {article_id[:20]!r}. It may have been removed already.")
        service.library.remove(listed.id)
        return listed_as_json(listed)

    return router


def _failures(description: str, status: int) -> dict[int | str, dict[str, Any]]:
    forbidden = {"model": schemas.Problem, "description": "The library is read-only."}
    return {403: forbidden, status: {"model": schemas.Problem, "description": description}}


# -- what comes in ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Upload:
    """A file or a pasted text as it was sent, and what its sender says about it.

    A file of some size lies on the disk until its turn comes.
    """

    name: str
    file: BinaryIO
    details: Details

    def sources(self) -> Iterator[Source]:
        """Yield what is in it, once: one article, or each of those that a mailbox, an archive, or records hold."""
        with self.file:
            data = self.file.read()
        for item in items_in_bytes(self.name, data, self.details):
            yield Source(_shown(item.name), partial(_uploaded, item))


@dataclass(frozen=True, slots=True)
class Order:
    """What one request asks to be added."""

    uploads: Sequence[Upload]
    address: str  # of a page or a feed; empty where none was given
    details: Details  # what is said about what stands there


def _uploaded(item: Item) -> Article:
    """Return an article of an upload. Raises ReadError, which says what is wrong with what is called so.

    An article without an address or a publisher is known by its source. That is the upload's name with the title: two
    people's `article.txt` stay two articles, and what is edited and sent again is a new version. Where nothing says
    what the title is, it is how the text begins, for the same reason.
    """
    article = item.read()
    if not any(paragraph.kind == "title" for paragraph in article.paragraphs):
        article = replace(article, title=_opening(article))
    return replace(article, source=f"upload:{_shown(item.name)}#{article.title}")


def _shown(name: str) -> str:
    """Return the name of an article in a file as it can be shown anywhere: who packed the file has chosen it."""
    line = _one_line(name)
    return line if len(line) <= 2 * _LONGEST_NAME else f"{line[: 2 * _LONGEST_NAME - 1]}…"


def _opening(article: Article) -> str:
    words = " ".join(paragraph.text for paragraph in article.body)
    return words if len(words) <= _OPENING else f"{words[:_OPENING].rsplit(' ', 1)[0]} …"


async def _received(request: Request, held: ExitStack) -> Order:
    """Return what a form asks for, with its files, which are then held; or refuse it as a whole."""
    form = await request.form(max_part_size=MAX_BYTES)
    for _, sent in form.multi_items():
        if isinstance(sent, UploadFile):
            held.enter_context(sent.file)
    # A browser sends a file without name and content where none was chosen.
    files = [file for file in form.getlist("files") if isinstance(file, UploadFile) and file.filename]
    if len(files) > MAX_FILES:
        raise HTTPException(400, f"{len(files)} files are too many. Send at most {MAX_FILES} at once.")
    details = _details(form)
    uploads = [Upload(clean_name(file.filename or ""), file.file, replace(details, title=None)) for file in files]
    if text := _text(form, "text"):
        uploads.append(Upload(PASTED, BytesIO(text.encode("utf-8", "replace")), details))
    address = _address(form, "address")
    if not uploads and not address:
        raise HTTPException(400, "There is nothing to add. Choose a file, paste a text, or give a web address.")
    if details.url:
        _check_one(uploads)
    return Order(uploads, address, replace(details, title=None, url=None))


def _check_one(uploads: Sequence[Upload]) -> None:
    """Refuse an original address that would be none, or that of several articles."""
    if not uploads:
        raise HTTPException(400, "A page that is fetched has its address already. Leave the original address out.")
    if len(uploads) > 1 or holds_many(PurePath(uploads[0].name).suffix):
        raise HTTPException(400, "An address belongs to one article. Add the articles one by one, or leave it out.")


def _details(form: FormData) -> Details:
    return Details(
        published=_day(_line(form, "published", _LONGEST_FIELD)),
        publisher=_line(form, "publisher", _LONGEST_FIELD) or None,
        url=_address(form, "url") or None,
        title=_line(form, "title", _LONGEST_FIELD) or None,
    )


def _address(form: FormData, name: str) -> str:
    address = _line(form, name, _LONGEST_ADDRESS)
    # Whatever is no address could be taken for a path on this machine.
    if address and not is_address(address):
        raise HTTPException(400, f"{address!r} is not a web address. Give one that begins with https:// or http://.")
    if address and not canonical_url(address):
        raise HTTPException(400, str(refusal(address)))
    return address


def _line(form: FormData, name: str, longest: int) -> str:
    line = _one_line(_text(form, name))
    if len(line) > longest:
        raise HTTPException(400, f"The {name} has {len(line)} characters. At most {longest} are taken: shorten it.")
    return line


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except NewsciteError as error:
        raise HTTPException(400, str(error)) from None


def clean_name(name: str) -> str:
    """Return the last part of a file's name as it can be shown anywhere: one line, not too long, its ending kept."""
    clean = _one_line(re.split(r"[/\\]", name)[-1])
    ending = PurePath(clean).suffix
    if len(clean) > _LONGEST_NAME:
        ending = ending if len(ending) <= 12 else ""
        clean = f"{clean[: _LONGEST_NAME - len(ending) - 1]}…{ending}"
    return clean or "file"


def _one_line(text: str) -> str:
    """Return a text without line breaks, control characters and what turns the direction of the text around."""
    spaced = " ".join(_CHANGES_DIRECTION.sub("", text).split())
    return "".join(letter for letter in spaced if unicodedata.category(letter) not in ("Cc", "Cs", "Co", "Cn"))


# -- adding -----------------------------------------------------------------------------------------------------------


class Desk:
    """Where uploads wait for their turn: few in all, of each visitor one, worked off one after the other.

    Each has a thread that the process does not wait for, as a file may take a minute to be read.
    """

    def __init__(self) -> None:
        self._visitors: set[str] = set()
        self._visitors_lock = Lock()
        self._turn = Lock()  # embedding takes every core that it gets
        self._closed = False

    @contextmanager
    def place(self, visitor: Visitor) -> Iterator[None]:
        """Take a place as long as the block runs; raise TooMany where there is none."""
        with self._visitors_lock:
            if visitor.key in self._visitors:
                raise TooMany(
                    "Your last upload is still being added.", "Send this one when that is done.", retry_after=10
                )
            if len(self._visitors) >= AT_ONCE:
                raise TooMany(
                    f"{AT_ONCE} other uploads are being added.", "Send yours again in a minute.", retry_after=10
                )
            self._visitors.add(visitor.key)
        try:
            yield
        finally:
            with self._visitors_lock:
                self._visitors.remove(visitor.key)

    def begin(self, work: Callable[[Tell], None], held: ExitStack) -> Told:
        """Have work done when its turn comes, also where nobody listens any more; then let go of what is held."""
        loop = asyncio.get_running_loop()
        told = Told()

        def put(event: ServerSentEvent | None) -> None:
            with suppress(RuntimeError):  # the loop has ended meanwhile, and nobody listens
                loop.call_soon_threadsafe(told.put_nowait, event)

        def run() -> None:
            try:
                with held, self._turn:
                    work(lambda event, data: put(ServerSentEvent(event=event, data=data)))
            finally:
                put(None)

        try:
            Thread(target=run, name="adding", daemon=True).start()
        except BaseException:
            held.close()
            raise
        return told

    def check_open(self) -> None:
        """Raise NewsciteError where the server ends."""
        if self._closed:
            raise NewsciteError("The server is ending.", "What was added stays. Send the rest again later.")

    @asynccontextmanager
    async def open_while_served(self, _: Any) -> AsyncIterator[None]:
        """Close when the application ends; what is being written then has a moment to be finished in."""
        yield
        self._closed = True
        if await asyncio.to_thread(self._turn.acquire, timeout=LAST_ARTICLE):
            self._turn.release()


class _Work:
    """One request's way into the library: first its uploads, then what stands at its address."""

    def __init__(self, library: Library, tell: Tell, desk: Desk, order: Order, wanted: Wanted) -> None:
        self._library = library
        self._tell = tell
        self._desk = desk
        self._order = order
        self._wanted = wanted
        self._before = 0  # articles whose end was told in the first run
        self._done = 0
        self._total = len(order.uploads) + bool(order.address)

    def run(self) -> None:
        """Add everything, and tell what becomes of it. Raises nothing: what goes wrong is told as well."""
        self._tell_step("reading")
        try:
            outcomes = [*self._add_uploads(), *self._add_fetched()]
            changed = {outcome.id for outcome in outcomes if outcome.status in ("added", "updated")}
            articles = [_listed(row) for row in self._library.articles() if row.id in changed]
            ended = [outcome.status for outcome in outcomes]
            self._tell("done", {**{status: ended.count(status) for status in _STATUSES}, "articles": articles})
        except Exception as error:
            self._tell("error", {"detail": _told_of(error, self._desk)})

    def _add_uploads(self) -> Sequence[Outcome]:
        read = (self._checked(source) for upload in self._order.uploads for source in upload.sources())
        outcomes = self._library.add_each(read, self._progressed, self._ended).outcomes
        self._before = len(outcomes)
        return outcomes

    def _add_fetched(self) -> Sequence[Outcome]:
        if not self._order.address:
            return ()
        with self._library.sources(self._wanted, self._waits) as sources:
            self._tell_step(f"fetching {self._order.address}")
            found = sources.of(self._order.address, self._order.details)
            fetched = [self._checked(self._fetched(source)) for source in found]
            return self._library.add_each(fetched, self._progressed, self._ended, wanted=self._wanted).outcomes

    def _checked(self, source: Source) -> Source:
        """Return a source that is read only as long as the server does not end."""

        def read() -> Article | None:
            self._desk.check_open()
            return source.read()

        return replace(source, read=read)

    def _fetched(self, source: Source) -> Source:
        """Return a source that tells of its fetching, and is not noted for another try."""

        def read() -> Article | None:
            if source.fetches:
                self._tell_step(f"fetching {source.name}")
            try:
                return source.read()
            except ReadError as error:
                raise _to_a_visitor(error, source.name) from error

        return replace(source, read=read, again="")

    def _waits(self, what: str, done: int, total: int) -> None:
        self._desk.check_open()
        self._tell_step(what)

    def _progressed(self, what: str, done: int, total: int) -> None:
        self._done, self._total = self._before + done, max(self._total, self._before + total)
        # Who is waited for is a process of this machine: no visitor's business.
        self._tell_step(re.sub(r"^waiting for .*", "waiting for another writer", what))
        self._desk.check_open()

    def _tell_step(self, what: str) -> None:
        self._tell("progress", {"what": what, "done": self._done, "total": self._total})

    def _ended(self, outcome: Outcome) -> None:
        self._tell("file", _outcome_as_json(outcome))


def _to_a_visitor(error: ReadError, name: str) -> ReadError:
    """Return an error in words for whoever has no command line here, and need not know where a name leads inside."""
    if not (isinstance(error, FetchError) and error.inside):
        return error
    return ReadError(f"{name}: it is not on the public internet.", "This server fetches from nowhere else.")


def _told_of(error: Exception, desk: Desk) -> str:
    try:
        desk.check_open()
    except NewsciteError as ending:  # a library that is closed under the work is no fault then
        return str(ending)
    return problem_of(error).detail


def _outcome_as_json(outcome: Outcome) -> dict[str, Any]:
    facts = asdict(outcome)
    return {"name": facts.pop("path"), **facts}


def _listed(row: Listed) -> dict[str, Any]:
    return schemas.ListedArticle.model_validate(listed_as_json(row)).model_dump(mode="json")
