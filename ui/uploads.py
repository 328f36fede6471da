"""The library page, and how articles come in and go through it: files, pasted text, removal.

An upload is read from its bytes. Its file's name says the format and is shown, cleaned; it is never a path on this
machine. What becomes of each is told as it happens, as server-sent events. The work goes on to its end when the reader
leaves, and ends between two articles when the server does: every article is written whole or not at all.
"""

import asyncio
import re
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterator
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

from indexes.article import Article
from indexes.catalog import Listed
from indexes.errors import NewsciteError
from indexes.library import Library, Outcome, Source
from indexes.readers import MAX_BYTES, Details, canonical_url, parse_date, read_bytes
from ui import schemas
from ui.access import Visitor
from ui.limits import TooMany
from ui.problems import problem_of
from ui.render import listed_as_json
from ui.templating import templates

MAX_FILES = 20  # in one request
MAX_REQUEST = 60_000_000  # bytes of one request, files and all
AT_ONCE = 4  # requests that are received or wait for their turn; a visitor has one of them
LAST_ARTICLE = 2  # seconds that an article has to be finished in when the server ends

PASTED = "Pasted text"
_LONGEST_FIELD = 300  # characters of a title, a publisher
_LONGEST_ADDRESS = 2000
_LONGEST_NAME = 120
_OPENING = 80  # characters of a text that stand in for its title
_CHANGES_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # "gnp.exe" can pass for "exe.png" by them

Tell = Callable[[str, Any], None]  # told the name and the data of an event
Told = asyncio.Queue[ServerSentEvent | None]  # the events of one request; None is the end

_ADDING = """Send `multipart/form-data`: any number of `files`, or a pasted `text` with its `title`; and for all of them
`publisher`, `published` (2025-03-14) and, for a single article, `url`, its original address. At most 20 files, 20 MB
each, 60 MB together, and one request at a time. What comes back are server-sent events:

- `progress`: `{"what", "done", "total"}`;
- `file`: `{"name", "status", "id", "title", "reason", "replaced"}` of one of them: its `status` is added, updated,
  unchanged or failed; `replaced` is the id under which the same text was known until now;
- `done`: how many were `added`, `updated`, `unchanged` and `failed`, and the changed ones as `articles`, each as
  `GET api/articles` lists it. The last event;
- `error`: `{"detail": …}`, where the library cannot be written, or the server ends. The last event then; what was
  added before stays."""
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                        **{name: {"type": "string"} for name in ("text", "title", "publisher", "published", "url")},
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


def uploads_router(service: Keeper) -> APIRouter:
    """Return the routes of the library page and of what it does."""
    router = APIRouter()
    router.include_router(_page(service))
    router.include_router(_changes(service))
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
        }
        return templates.TemplateResponse(request, "library.html", facts)

    return router


def _changes(service: Keeper) -> APIRouter:
    desk = Desk()

    def allowed() -> None:
        if service.read_only:
            raise HTTPException(403, "This library is read-only. Ask whoever runs it to add or remove articles.")

    async def begun(request: Request) -> Told:
        """Receive the form, and begin the work. Not in `add`, which never runs where the reader has left by then."""
        with ExitStack() as held:
            held.enter_context(desk.place(request.state.visitor))
            uploads = await _received(request, held)
            return desk.begin(lambda tell: _add(service.library, uploads, tell, desk), held.pop_all())

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

    def read(self) -> Article:
        """Return the article in it, once. Raises ReadError, which says what is wrong with what is called so.

        An article without an address or a publisher is known by its source. That is the upload's name with the title:
        two people's `article.txt` stay two articles, and what is edited and sent again is a new version. Where nothing
        says what the title is, it is how the text begins, for the same reason.
        """
        with self.file:
            data = self.file.read()
        article = read_bytes(self.name, data, self.details)
        if not any(paragraph.kind == "title" for paragraph in article.paragraphs):
            article = replace(article, title=_opening(article))
        return replace(article, source=f"upload:{self.name}#{article.title}")


def _opening(article: Article) -> str:
    words = " ".join(paragraph.text for paragraph in article.body)
    return words if len(words) <= _OPENING else f"{words[:_OPENING].rsplit(' ', 1)[0]} …"


async def _received(request: Request, held: ExitStack) -> list[Upload]:
    """Return the uploads in a form, whose files are then held, or refuse it as a whole."""
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
    if not uploads:
        raise HTTPException(400, "There is nothing to add. Choose a file, or paste a text.")
    if details.url and len(uploads) > 1:
        raise HTTPException(400, "An address belongs to one article. Add the articles one by one, or leave it out.")
    return uploads


def _details(form: FormData) -> Details:
    url = _line(form, "url", _LONGEST_ADDRESS)
    if url and not canonical_url(url):
        raise HTTPException(400, f"{url!r} is not a web address. Give one that begins with https:// or http://.")
    return Details(
        published=_day(_line(form, "published", _LONGEST_FIELD)),
        publisher=_line(form, "publisher", _LONGEST_FIELD) or None,
        url=url or None,
        title=_line(form, "title", _LONGEST_FIELD) or None,
    )


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


def _add(library: Library, uploads: list[Upload], tell: Tell, desk: Desk) -> None:
    def progressed(what: str, done: int, total: int) -> None:
        tell("progress", _progress(what, done, total))
        desk.check_open()

    def read(upload: Upload) -> Article:
        desk.check_open()
        return upload.read()

    tell("progress", {"what": "reading", "done": 0, "total": len(uploads)})
    try:
        report = library.add_each(
            [Source(upload.name, partial(read, upload)) for upload in uploads],
            on_progress=progressed,
            on_outcome=lambda outcome: tell("file", _outcome_as_json(outcome)),
        )
        changed = {outcome.id for outcome in report.outcomes if outcome.status in ("added", "updated")}
        articles = [_listed(row) for row in library.articles() if row.id in changed]
        counts = {status: report.count(status) for status in ("added", "updated", "unchanged", "failed")}
        tell("done", {**counts, "articles": articles})
    except Exception as error:
        tell("error", {"detail": _told_of(error, desk)})


def _told_of(error: Exception, desk: Desk) -> str:
    try:
        desk.check_open()
    except NewsciteError as ending:  # a library that is closed under the work is no fault then
        return str(ending)
    return problem_of(error).detail


def _progress(what: str, done: int, total: int) -> dict[str, Any]:
    # Who is waited for is a process of this machine: no visitor's business.
    return {"what": re.sub(r"^waiting for .*", "waiting for another writer", what), "done": done, "total": total}


def _outcome_as_json(outcome: Outcome) -> dict[str, Any]:
    facts = asdict(outcome)
    return {"name": facts.pop("path"), **facts}


def _listed(row: Listed) -> dict[str, Any]:
    return schemas.ListedArticle.model_validate(listed_as_json(row)).model_dump(mode="json")
