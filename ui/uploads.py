"""The library page, and how articles come in and go through it: files, pasted text, removal.

An upload is read from its bytes. Its file's name says the format and is shown, cleaned; it is never a path on this
machine. What becomes of each is told as it happens, as server-sent events. The work goes on to its end when the reader
leaves: every article is written whole or not at all.
"""

import asyncio
import re
import unicodedata
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import PurePath
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.datastructures import FormData, UploadFile

from indexes.article import Article
from indexes.catalog import Listed
from indexes.errors import NewsciteError
from indexes.library import Library, Outcome
from indexes.readers import MAX_BYTES, Details, canonical_url, parse_date, read_bytes
from ui import schemas
from ui.problems import problem_of
from ui.render import listed_as_json
from ui.templating import templates

MAX_FILES = 20  # in one request
MAX_REQUEST = 60_000_000  # bytes of one request, files and all

PASTED = "Pasted text"
_LONGEST_FIELD = 300  # characters of a title, a publisher
_LONGEST_ADDRESS = 2000
_LONGEST_NAME = 120
_OPENING = 80  # characters of a text that stand in for its title
_CHANGES_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # "gnp.exe" can pass for "exe.png" by them

Tell = Callable[[str, Any], None]  # told the name and the data of an event

_ADDING = """Send `multipart/form-data`: any number of `files`, or a pasted `text` with its `title`; and for all of them
`publisher`, `published` (2025-03-14) and, for a single article, `url`, its original address. At most 20 files, 20 MB
each, 60 MB together. What comes back are server-sent events:

- `progress`: `{"what", "done", "total"}`;
- `file`: `{"name", "status", "id", "title", "reason", "replaced"}` of one of them: its `status` is added, updated,
  unchanged or failed; `replaced` is the id under which the same text was known until now;
- `done`: how many were `added`, `updated`, `unchanged` and `failed`, and the changed ones as `articles`, each as
  `GET api/articles` lists it. The last event;
- `error`: `{"detail": …}`, where the library cannot be written. The last event then; what was added before stays."""
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
    one_after_the_other = ThreadPoolExecutor(1, "adding")  # embedding takes every core that it gets

    def allowed() -> None:
        if service.read_only:
            raise HTTPException(403, "This library is read-only. Ask whoever runs it to add or remove articles.")

    router = APIRouter(prefix="/api", tags=["Add and remove"], dependencies=[Depends(allowed)])

    @router.post(
        "/articles",
        summary="Add articles",
        description=_ADDING,
        response_class=EventSourceResponse,
        openapi_extra=_FORM,
        responses=_failures("The form cannot be taken.", 400) | _failures("It is too large.", 413),
    )
    async def add(uploads: Annotated[list[Upload], Depends(_received)]) -> AsyncIterator[ServerSentEvent]:
        async for event in _events(one_after_the_other, lambda tell: _add(service.library, uploads, tell)):
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
    """A file or a pasted text as it was sent, and what its sender says about it."""

    name: str
    data: bytes
    details: Details

    def read(self) -> Article:
        """Return the article in it. Raises ReadError, which says what is wrong with what is called so.

        An article without an address or a publisher is known by its source. That is the upload's name with the title:
        two people's `article.txt` stay two articles, and what is edited and sent again is a new version. Where nothing
        says what the title is, it is how the text begins, for the same reason.
        """
        article = read_bytes(self.name, self.data, self.details)
        if not any(paragraph.kind == "title" for paragraph in article.paragraphs):
            article = replace(article, title=_opening(article))
        return replace(article, source=f"upload:{self.name}#{article.title}")


def _opening(article: Article) -> str:
    words = " ".join(paragraph.text for paragraph in article.body)
    return words if len(words) <= _OPENING else f"{words[:_OPENING].rsplit(' ', 1)[0]} …"


async def _received(request: Request) -> list[Upload]:
    """Return the uploads in a form, or refuse it as a whole."""
    async with request.form(max_part_size=MAX_BYTES) as form:
        # A browser sends a file without name and content where none was chosen.
        files = [sent for sent in form.getlist("files") if isinstance(sent, UploadFile) and sent.filename]
        if len(files) > MAX_FILES:
            raise HTTPException(400, f"{len(files)} files are too many. Send at most {MAX_FILES} at once.")
        details = _details(form)
        uploads = [
            Upload(clean_name(file.filename or ""), await file.read(), replace(details, title=None)) for file in files
        ]
        if text := _text(form, "text"):
            uploads.append(Upload(PASTED, text.encode("utf-8", "replace"), details))
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


async def _events(executor: ThreadPoolExecutor, work: Callable[[Tell], None]) -> AsyncIterator[ServerSentEvent]:
    """Yield what work in a thread tells, until it is done. It goes on where nobody listens any more."""
    loop = asyncio.get_running_loop()
    told: asyncio.Queue[ServerSentEvent | None] = asyncio.Queue()

    def tell(event: str, data: Any) -> None:
        loop.call_soon_threadsafe(told.put_nowait, ServerSentEvent(event=event, data=data))

    done = loop.run_in_executor(executor, work, tell)
    done.add_done_callback(lambda _: told.put_nowait(None))
    while (event := await told.get()) is not None:
        yield event
    await done


def _add(library: Library, uploads: list[Upload], tell: Tell) -> None:
    tell("progress", {"what": "reading", "done": 0, "total": len(uploads)})
    try:
        report = library.add_each(
            [(upload.name, upload.read) for upload in uploads],
            on_progress=lambda what, done, total: tell("progress", _progress(what, done, total)),
            on_outcome=lambda outcome: tell("file", _outcome_as_json(outcome)),
        )
        changed = {outcome.id for outcome in report.outcomes if outcome.status in ("added", "updated")}
        articles = [_listed(row) for row in library.articles() if row.id in changed]
        counts = {status: report.count(status) for status in ("added", "updated", "unchanged", "failed")}
        tell("done", {**counts, "articles": articles})
    except Exception as error:
        tell("error", {"detail": problem_of(error).detail})


def _progress(what: str, done: int, total: int) -> dict[str, Any]:
    # Who is waited for is a process of this machine: no visitor's business.
    return {"what": re.sub(r"^waiting for .*", "waiting for another writer", what), "done": done, "total": total}


def _outcome_as_json(outcome: Outcome) -> dict[str, Any]:
    facts = asdict(outcome)
    return {"name": facts.pop("path"), **facts}


def _listed(row: Listed) -> dict[str, Any]:
    return schemas.ListedArticle.model_validate(listed_as_json(row)).model_dump(mode="json")
