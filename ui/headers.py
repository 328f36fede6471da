"""What every response says to the browser: load nothing from elsewhere, run no inline script, sit in no frame.

It also has the small responses with which the doors (`ui.access`, `ui.limits`) turn a request away.
"""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NOTHING_ELSE = "object-src 'none'; form-action 'none'; frame-ancestors 'none'"
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
}


class SecurityHeaders:
    """ASGI: put the security headers on every response, and take away whatever lets another origin read it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = route_path(scope)

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                _secure(MutableHeaders(scope=message), path, message["status"])
            await send(message)

        await self._app(scope, receive, send_secured)


def _secure(headers: MutableHeaders, path: str, status: int) -> None:
    for name in [name for name in headers if name.startswith("access-control-")]:
        del headers[name]
    headers.update(ALWAYS)
    headers["Content-Security-Policy"] = CHAT_POLICY if path == "/app" or path.startswith("/app/") else POLICY
    kept = next((how for where, how in KEPT.items() if path.startswith(where) and status in (200, 304)), "no-store")
    headers["Cache-Control"] = kept


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
