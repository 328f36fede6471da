"""What every response says to the browser: load nothing from elsewhere, run no inline script, sit in no frame.

The exceptions are the widget's (`ui.embedding`): the chat may sit in the frames of listed origins, and what the script
on a page of theirs asks for may be read from there.

It also has the small responses with which the doors (`ui.access`, `ui.limits`) turn a request away.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NOTHING_ELSE = "object-src 'none'; form-action 'none'"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
    f"manifest-src 'self'; base-uri 'none'; {_NOTHING_ELSE}"
)
# Gradio writes style attributes, images as data, and a <base> of its own. Its inline scripts stay blocked: what they
# would bring, its client then asks the server for.
CHAT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    f"connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'self'; {_NOTHING_ELSE}"
)
DENIED = "accelerometer camera display-capture geolocation gyroscope magnetometer microphone midi payment usb".split()
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join([*(f"{feature}=()" for feature in DENIED), "clipboard-write=(self)"]),
}
# What a browser may keep, and how long: ours are asked for again each time with their ETag, Gradio's assets have a hash
# in their names, its fonts and pictures change with its releases. All else is about articles and conversations.
KEPT = {
    "/static/": "no-cache",
    "/app/static/": "private, max-age=86400",
    "/app/assets/": "private, max-age=31536000, immutable",
    "/widget.js": "public, max-age=300",  # so that reading on in a wiki does not ask for it at every page
}


class SecurityHeaders:
    """ASGI: put the security headers on every response, and take away whatever lets another origin read it.

    `embed_origins` are those whose pages may show the chat in a frame.
    """

    def __init__(self, app: ASGIApp, embed_origins: Sequence[str] = ()) -> None:
        self._app = app
        self._embed_origins = embed_origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = route_path(scope)
        origin = Headers(scope=scope).get("origin")

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                _secure(headers, path, message["status"])
                _open_to_frames(headers, path, self._embed_origins)
                _open_to_scripts(headers, path, origin if origin in self._embed_origins else None)
            await send(message)

        await self._app(scope, receive, send_secured)


def _secure(headers: MutableHeaders, path: str, status: int) -> None:
    for name in [name for name in headers if name.startswith("access-control-")]:
        del headers[name]
    headers.update(ALWAYS)
    kept = next((how for where, how in KEPT.items() if path.startswith(where) and status in (200, 304)), "no-store")
    headers["Cache-Control"] = kept


def _open_to_frames(headers: MutableHeaders, path: str, origins: Sequence[str]) -> None:
    """Say in whose frames a page may be shown: the chat in those of the origins, all else in nobody's."""
    is_chat = path == "/app" or path.startswith("/app/")
    ancestors = " ".join(origins) if is_chat and origins else "'none'"
    headers["Content-Security-Policy"] = f"{CHAT_POLICY if is_chat else POLICY}; frame-ancestors {ancestors}"
    if is_chat and origins:
        del headers["X-Frame-Options"]  # it could name no other origin


def _open_to_scripts(headers: MutableHeaders, path: str, listed: str | None) -> None:
    """Let a page of another site load the widget's script, and its script read what it asks before it shows a frame.

    `listed` is the origin of that page where it is one of those that may show the chat.
    """
    if path == "/widget.js":
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    elif path == "/widget/allowed":
        headers["Access-Control-Allow-Origin"] = "*"
    elif path == "/widget/visitor":
        headers["Vary"] = "Origin"
        if listed:
            headers.update({"Access-Control-Allow-Origin": listed, "Access-Control-Allow-Credentials": "true"})


def route_path(scope: Scope) -> str:
    """Return the path of a request as the routes know it, without the prefix that a proxy has taken off."""
    path, prefix = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(prefix) if path == prefix or path.startswith(prefix + "/") else path


async def refuse(
    scope: Scope,
    receive: Receive,
    send: Send,
    status: int,
    why: str,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Turn a request away: JSON for the API, else a line of text; a socket is closed before it opens."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return
    response: Response
    if route_path(scope).startswith("/api/"):
        response = JSONResponse({"detail": why}, status, headers)
    else:
        response = PlainTextResponse(why + "\n", status, headers)
    await response(scope, receive, send)
