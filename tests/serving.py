"""`newscite` with a small application where `serve` would serve the chat: it starts at once, and needs no torch.

`/stream` says one word and then nothing more, as the open streams of a chat do.
"""

import asyncio
import sys
import types
from collections.abc import AsyncIterator
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from ui import cli, serve
from ui.access import AccessRule
from ui.limits import protect
from ui.service import Service


async def health(request: Request) -> Response:
    return PlainTextResponse("ok")


async def who(request: Request) -> Response:
    visitor = request.state.visitor
    return JSONResponse({"user": visitor.user, "address": visitor.address, "url": str(request.url)})


async def stream(request: Request) -> Response:
    async def words() -> AsyncIterator[str]:
        yield "word\n"
        await asyncio.Event().wait()

    return StreamingResponse(words())


async def fails(request: Request) -> Response:
    raise RuntimeError("something unforeseen")


def create_app(service: Service, rule: AccessRule) -> Any:
    routes = [Route("/healthz", health), Route("/", who), Route("/stream", stream), Route("/fails", fails)]
    return protect(Starlette(routes=routes), rule)


if __name__ == "__main__":
    standin = types.ModuleType("ui.server")
    standin.create_app = create_app  # type: ignore[attr-defined]
    sys.modules["ui.server"] = standin
    serve.warm = lambda service: None
    cli.main()
