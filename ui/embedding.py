"""What a page of another site asks before it shows the chat in a frame. `widget.js` there is what asks.

Nothing that is given here without sign-in says anything about the library or its readers. That only listed origins
show the chat is enforced by the browser (`frame-ancestors`, see `ui.headers`): the script asks so that it can tell the
administrator what to do, instead of showing a frame that stays empty.
"""

import sys
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.staticfiles import StaticFiles

from ui.access import AccessRule, web_origin

MOST_REPORTED = 100  # origins: whoever invents them must not fill the log
# It answers with 304 where a browser has the script already: FileResponse gives an ETag, but never looks at one.
_HERE = StaticFiles(directory=Path(__file__).parent)


def embedding_router(rule: AccessRule) -> APIRouter:
    """Return the routes of the widget."""
    router = APIRouter(include_in_schema=False)
    reported: set[str] = set()

    @router.api_route("/widget.js", methods=["GET", "HEAD"])
    async def script(request: Request) -> Response:
        return await _HERE.get_response("widget.js", request.scope)

    @router.get("/widget/allowed")
    async def allowed(origin: Annotated[str, Query(max_length=300)]) -> dict[str, Any]:
        site = _listable(origin)
        refusal = None if site in rule.embed_origins else _refusal(origin, site)
        if refusal and site and site not in reported and len(reported) < MOST_REPORTED:
            reported.add(site)
            print(refusal, file=sys.stderr)
        return {"refusal": refusal, "sign_in": rule.user_header is not None}

    @router.get("/widget/visitor", status_code=204)
    async def visitor() -> None:
        """Say that the visitor has been let in; the doors before this have turned away all others."""

    return router


def _refusal(origin: str, site: str | None) -> str:
    """Return the line that the administrator of a site reads, on its page and in the server's log."""
    remedy = f"Start it with --embed-origin {site}" if site else "Such an address cannot be listed."
    return f"Newscite: pages of {site or origin} may not show the assistant. {remedy}"


def _listable(origin: str) -> str | None:
    """Return an origin as it can be listed; None where it is none, as of a page that comes from a file."""
    try:
        return web_origin(origin)
    except ValueError:
        return None
