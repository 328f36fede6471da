"""The HTTP API: everything under `/api`, for programs and for our own pages. What errors become is in `ui.problems`.

Whoever may open the chat may use it, and both ask the same `Service`. An abstention is an answer, with status 200: also
`model_unavailable`, whose body says why and can be shown like any other; a status of 503 would hide it from clients
that read no bodies of errors. Ids of conversations are secrets: they travel in headers, which no proxy logs.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from copy import deepcopy
from dataclasses import asdict, fields
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from indexes.article import Article
from indexes.catalog import Listed
from indexes.errors import QuestionError
from rag.also import copies
from rag.answer import Answer
from ui import apidoc, schemas
from ui.access import Visitor
from ui.conversations import Turn, UnknownConversation
from ui.export import as_markdown
from ui.problems import problem_of
from ui.render import article_as_json, listed_as_json
from ui.service import Service
from ui.sources import Place, source_as_json
from ui.templating import templates

MOST = 200  # paragraphs that are given at once
PROMPT = 1.0  # seconds for which a stream waits before it begins, so that what is wrong at once has a status of its own

_STREAM = """The answer sentence by sentence, as server-sent events:

- `sentence`: one of the answer's claims;
- `citation`: one of its citations, before the first sentence that has its marker;
- `done`: the whole answer, as `POST api/ask` gives it. The last event of an answer; of an abstention the only one;
- `error`: `{"detail": …}`, where something fails midway. The last event then.

What is wrong with the question is told as by `POST api/ask`, with a status. Closing the connection ends the call of
the language model."""

_ID = Path(description="`ARTICLE` or `ARTICLE@VERSION`; of an id a beginning will do if it is unique.")
_CONVERSATION = Header(
    alias="Newscite-Conversation", description="The id of the conversation.", examples=["ID_OF_THE_CONVERSATION"]
)
_MARKDOWN: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/markdown": {}}, "description": "The document, to be saved."}
}
_WORDS = {
    400: "The question cannot be asked so.",
    404: "There is no such thing here.",
    429: "You ask too much; `Retry-After` says how many seconds to wait.",
    503: "The library is busy.",
}


def _failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": schemas.Problem, "description": _WORDS[status]} for status in sorted(statuses)}


def api_router(service: Service) -> APIRouter:
    """Return the routes of the API."""
    router = APIRouter(prefix="/api")
    router.include_router(_asking(service))
    router.include_router(_reading(service))
    router.include_router(_conversing(service))
    router.include_router(_documentation(service))
    return router


def visitor_of(request: Request) -> Visitor:
    """Return who sent a request, as the access middleware found."""
    visitor: Visitor = request.state.visitor
    return visitor


Who = Annotated[Visitor, Depends(visitor_of)]

# -- asking -----------------------------------------------------------------------------------------------------------


def _asking(service: Service) -> APIRouter:
    router = APIRouter(tags=["Ask"])

    @router.post(
        "/ask", summary="Ask a question", response_model=schemas.Answer, responses=_failures(400, 404, 429, 503)
    )
    async def ask(request: Request, asked: schemas.Question, visitor: Who) -> Response:
        """Answer a question with cited sentences, or abstain and say why: both with status 200.

        With a language model this takes as long as the model does.
        """
        async with aclosing(service.answers(visitor, asked.keywords(), asked.model)) as growing:
            async for answer in growing:
                whole = answer
                if await request.is_disconnected():
                    break  # nobody waits for the rest
        return JSONResponse(whole.to_dict())

    async def begun(asked: schemas.Question, visitor: Who) -> AsyncIterator[AsyncIterator[Answer]]:
        async with _begun(service.answers(visitor, asked.keywords(), asked.model)) as growing:
            yield growing

    @router.post(
        "/ask/stream",
        summary="Ask a question, hear it sentence by sentence",
        description=_STREAM,
        response_class=EventSourceResponse,
        responses=_failures(400, 404, 429, 503),
    )
    async def ask_stream(growing: Annotated[AsyncIterator[Answer], Depends(begun)]) -> AsyncIterator[ServerSentEvent]:
        try:
            async for event in _events(growing):
                yield event
        except Exception as error:
            yield _event("error", {"detail": problem_of(error).detail})

    @router.get("/models", summary="What can answer", response_model=schemas.Models)
    def models() -> dict[str, Any]:
        """Return what `model` may be. The server was started with these."""
        return {"models": service.models, "default": service.models[0]}

    return router


@asynccontextmanager
async def _begun(answers: AsyncGenerator[Answer]) -> AsyncIterator[AsyncIterator[Answer]]:
    """Begin to answer; raise what is wrong at once. Leaving the block ends the call of the language model."""

    async def all_of_them() -> AsyncIterator[Answer]:
        with suppress(StopAsyncIteration):
            yield await first
            async for answer in answers:
                yield answer

    async with aclosing(answers):
        first = asyncio.ensure_future(anext(answers))
        try:
            await asyncio.wait({first}, timeout=PROMPT)
            if first.done():
                first.result()
            yield all_of_them()
        finally:
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)  # a generator that still runs cannot be closed


async def _events(growing: AsyncIterator[Answer]) -> AsyncIterator[ServerSentEvent]:
    told: set[int] = set()
    sent = 0
    whole: dict[str, Any] = {}
    async for answer in growing:
        whole = answer.to_dict()
        for claim in whole["claims"][sent:]:
            for citation in whole["citations"]:
                if citation["marker"] in claim["citations"] and citation["marker"] not in told:
                    told.add(citation["marker"])
                    yield _event("citation", citation)
            yield _event("sentence", claim)
        sent = len(whole["claims"])
    yield _event("done", whole)


def _event(kind: str, data: dict[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(event=kind, raw_data=json.dumps(data, ensure_ascii=False))


# -- reading ----------------------------------------------------------------------------------------------------------


def _reading(service: Service) -> APIRouter:
    router = APIRouter(tags=["Read"])

    @router.get(
        "/paragraphs",
        summary="Read paragraphs",
        response_model=schemas.SourceList,
        responses=_failures(400, 404, 503),
    )
    def paragraphs(
        request: Request,
        id: Annotated[
            list[str],
            Query(
                min_length=1,
                max_length=MOST,
                description="`ARTICLE@VERSION#NUMBER` as citations have it (in an address `%23` for `#`); without"
                " `@VERSION` the newest. May be given several times.",
            ),
        ],
        at: Annotated[
            list[str],
            Query(
                max_length=MOST,
                description="`START-END` in code points: words to cite in the paragraph of the `id` at the same"
                " place; empty for none.",
            ),
        ] = [],  # noqa: B006
    ) -> dict[str, Any]:
        """Return paragraphs with their article, their speakers, and the words that are cited."""
        if len(at) > len(id):
            raise QuestionError("There are more stretches than paragraphs.", "Give an id for each at.")
        places = [Place.read(*pair) for pair in zip(id, at + [""] * (len(id) - len(at)), strict=True)]
        site = str(request.base_url)
        return {"paragraphs": [_source(service, place, n, site) for n, place in enumerate(places, start=1)]}

    @router.get("/articles", summary="List the articles", response_model=schemas.ArticleList, responses=_failures(503))
    def articles(
        q: Annotated[
            str, Query(description="Only articles whose title, publisher or speakers have this in them.")
        ] = "",
    ) -> dict[str, Any]:
        """Return the newest version of every article."""
        return {"articles": [listed_as_json(row) for row in service.library.articles() if _has(row, q)]}

    @router.get(
        "/articles/{article_id}",
        summary="Read an article",
        response_model=schemas.WholeArticle,
        responses=_failures(404, 503),
    )
    def article(article_id: Annotated[str, _ID]) -> dict[str, Any]:
        """Return an article with all its paragraphs, who speaks in them, and its versions."""
        name, _, version = article_id.partition("@")
        found = service.library.article(name, version or None)
        versions = [asdict(each) for each in service.library.versions(found.id)]
        known = article_as_json(found, service.library.copies(found.id))
        return {**known, "newest": _is_newest(service, found), "versions": versions}

    return router


def _source(service: Service, place: Place, marker: int, site: str) -> dict[str, Any]:
    library, today = service.library, datetime.now(UTC).date()
    article = library.article(place.article_id, place.version)
    newest, also = library.article(article.id), partial(copies, library=library)
    return source_as_json(article, place, newest=newest, also=also, marker=marker, site=site, today=today)


def _is_newest(service: Service, article: Article) -> bool:
    return service.library.article(article.id).version == article.version


def _has(row: Listed, sought: str) -> bool:
    """Tell whether the title, the publisher or a speaker of an article has this text in it."""
    words = sought.strip().casefold()
    return any(words in (text or "").casefold() for text in (row.title, row.publisher, *row.speakers))


# -- conversations ----------------------------------------------------------------------------------------------------


def _conversing(service: Service) -> APIRouter:
    router = APIRouter(tags=["Conversations"])
    kept = service.conversations

    def turns_of(id: str, visitor: Visitor) -> list[Turn]:
        turns = kept.turns(id, visitor.user)
        if not turns:
            raise UnknownConversation
        return turns

    @router.get(
        "/conversations",
        summary="List conversations",
        response_model=list[schemas.Conversation],
        responses=_failures(503),
    )
    def conversations(
        visitor: Who,
        named: Annotated[
            str,
            Header(alias="Newscite-Conversations", description="Ids that you hold, with commas: `id, id`."),
        ] = "",
    ) -> list[dict[str, Any]]:
        """Return the conversations of the user who is signed in, or else those whose ids are named."""
        ids = [each.strip() for each in named.split(",")]
        found = kept.of(visitor.user) if visitor.user else kept.known(ids)
        return [asdict(summary) for summary in found]

    @router.get(
        "/conversation/export",
        summary="Take a conversation with you",
        response_class=Response,
        responses={**_MARKDOWN, **_failures(404, 503)},
    )
    def export(request: Request, visitor: Who, conversation: Annotated[str, _CONVERSATION]) -> Response:
        """Return a conversation as Markdown, with a list of its sources."""
        turns = turns_of(conversation, visitor)
        text = as_markdown(turns, turns[0].question, datetime.now(UTC), str(request.base_url))
        headers = {"Content-Disposition": 'attachment; filename="conversation.md"'}
        return Response(text, headers=headers, media_type="text/markdown")

    @router.get(
        "/conversation",
        summary="Read a conversation",
        response_model=schemas.Turns,
        responses=_failures(404, 503),
    )
    def read(visitor: Who, conversation: Annotated[str, _CONVERSATION]) -> dict[str, Any]:
        """Return what was asked and answered in a conversation."""
        return {"turns": [_turn_as_json(turn) for turn in turns_of(conversation, visitor)]}

    @router.delete("/conversation", summary="Delete a conversation", status_code=204, responses=_failures(404, 503))
    def delete(visitor: Who, conversation: Annotated[str, _CONVERSATION]) -> None:
        """Delete a conversation for good."""
        kept.delete(conversation, visitor.user)

    return router


def _turn_as_json(turn: Turn) -> dict[str, Any]:
    return {each.name: getattr(turn, each.name) for each in fields(turn)} | {"answer": turn.answer.to_dict()}


# -- about itself -----------------------------------------------------------------------------------------------------


def _documentation(service: Service) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/openapi.json")
    def openapi(request: Request) -> Response:
        return JSONResponse(_described(request))

    @router.get("/", response_class=HTMLResponse)
    def page(request: Request) -> Response:
        described = apidoc.described(_described(request), str(request.base_url), _given(service))
        facts = {"up": "../", "current": "api", "api": described, "prose": apidoc.prose, "sentence": apidoc.sentence}
        return templates.TemplateResponse(request, "api.html", facts)

    return router


def _described(request: Request) -> dict[str, Any]:
    """Return the OpenAPI document of the whole application, with the prefix that a proxy puts before it."""
    document: dict[str, Any] = deepcopy(request.app.openapi())
    document["servers"] = [{"url": request.scope.get("root_path") or "/"}]
    replies = [
        (int(status), reply)
        for methods in document["paths"].values()
        for operation in methods.values()
        for status, reply in operation["responses"].items()
    ]
    for status, reply in replies:
        if status >= 400:  # in JSON also where what is given otherwise is a stream
            reply["content"] = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        if status == 422:
            reply["description"] = "The request is not understood."
    for shape in ("HTTPValidationError", "ValidationError"):  # FastAPI's own, which nobody here is sent
        document["components"]["schemas"].pop(shape, None)
    return document


def _given(service: Service) -> dict[str, str]:
    """Return values from the library itself for the page's examples, so that they do something when they are tried."""
    first = next(iter(service.library.articles()), None)
    return {"article_id": first.id, "id": f"{first.id}@{first.version}#1"} if first else {}
