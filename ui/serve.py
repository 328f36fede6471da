"""`newscite serve`: from options to a running server, and to its clean end. `ui.server` knows what is served."""

import asyncio
import errno
import logging
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from threading import enumerate as threads

import uvicorn

from indexes.errors import NewsciteError
from ui.access import AccessRule, check_start
from ui.limits import QUESTIONS, Rate
from ui.service import Service

PORT = 7860
MORE_PORTS = 50  # that are tried where somebody at their own machine has one server running already
COMPUTING = {"adding", "answer", "warm"}  # the names of threads that nobody waits for
GRACE = 2  # seconds that running answers have to end in; a browser's open streams never end by themselves


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server is started with. Raises ValueError for a root path or a rate that is none."""

    home: Path | None = None
    host: str = "127.0.0.1"
    port: int | None = None
    rule: AccessRule = field(default_factory=AccessRule)
    models: tuple[str, ...] = ()
    base_url: str | None = None
    timeout: float | None = None
    read_only: bool = False
    rate: str = QUESTIONS
    root_path: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*", self.root_path):
            raise ValueError(f"{self.root_path!r} is no path prefix: write it as /qa, with no slash at its end")
        Rate(self.rate)


def serve(settings: Settings) -> None:
    """Serve a library until SIGTERM or SIGINT, and then close it.

    Raises AccessError, NewsciteError where the port cannot be had, and what `Service.open` raises.
    """
    check_start(settings.host, settings.rule)
    with _ending(), suppress(KeyboardInterrupt), closing(listen(settings)) as listener, _service(settings) as service:
        logging.getLogger("uvicorn.error").addFilter(_is_news)
        Server(_configured(settings, service), lambda: _begin(settings, service, listener)).run(sockets=[listener])


@contextmanager
def _ending() -> Iterator[None]:
    """End the process by itself after the block where a thread still computes.

    Python would end that thread in the midst of torch, which then ends the process with SIGABRT.
    """
    try:
        yield
    except SystemExit as ending:
        _leave(ending.code if isinstance(ending.code, int) else 1)
        raise
    _leave(0)


def _leave(code: int) -> None:
    if any(thread.name in COMPUTING for thread in threads()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


class Server(uvicorn.Server):
    """A server that does something more as soon as it answers; by then it listens to signals as well."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        if self.started:
            self._on_start()


def _begin(settings: Settings, service: Service, listener: socket.socket) -> None:
    _announce(settings, service, listener)
    Thread(target=warm, args=[service], name="warm", daemon=True).start()


def listen(settings: Settings) -> socket.socket:
    """Take the port; where it is taken and no proxy expects it to be this one, the next that is free."""
    first = PORT if settings.port is None else settings.port
    may_move = settings.rule.loopback_only
    for port in range(first, first + 1 + MORE_PORTS * may_move):
        try:
            listener = _listen(settings.host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                reason = error.strerror or error
                raise NewsciteError(f"Cannot listen on {settings.host} port {port}: {reason}.") from None
            continue
        if port != first:
            print(f"newscite: port {first} is taken, so this is port {port}.", file=sys.stderr)
        return listener
    raise NewsciteError(
        f"Port {first} of {settings.host} is taken.", "Stop what is running there, or choose another with --port."
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


def _service(settings: Settings) -> Service:
    return Service.open(
        settings.home,
        models=settings.models,
        base_url=settings.base_url,
        timeout=settings.timeout,
        read_only=settings.read_only,
        rate=settings.rate,
    )


def _configured(settings: Settings, service: Service) -> uvicorn.Config:
    from ui.server import create_app  # Gradio takes seconds to import: what can go wrong before has gone wrong by now

    return uvicorn.Config(
        create_app(service, settings.rule),
        root_path=settings.root_path,
        proxy_headers=False,  # `ui.access` looks at who really sent a request before it believes any of them
        log_level="warning",
        access_log=False,  # it would have the ids of conversations, which are the keys to them
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=GRACE,
    )


def _is_news(record: logging.LogRecord) -> bool:
    """Say whether a line of the log is one: that the end of the server cuts off open streams is known."""
    cut_off = record.exc_info is not None and record.exc_info[0] is asyncio.CancelledError
    return not (cut_off or record.msg.startswith("Cancel %s running task"))


def warm(service: Service) -> None:
    """Load the embedding model and draw the example questions, so that the first reader need not wait for them."""
    try:
        service.library.embed(["warm"])
        service.suggestions.current()
    except NewsciteError as error:
        print(f"newscite: {error}", file=sys.stderr)


def _announce(settings: Settings, service: Service, listener: socket.socket) -> None:
    """Say where it is and what it serves."""
    count = len(service.library.articles())
    print(f"Newscite is at {_url(listener)}")
    print(f"It serves {count} article{'s' * (count != 1)}. {_how(service.models)} {_changes(settings)}")
    if settings.rule.user_header:
        proxies = " or ".join(settings.rule.trusted_proxies)
        print(f"People come in through the proxy at {proxies}, which names them in {settings.rule.user_header}.")
    if settings.rule.embed_origins:
        print(f"Pages of {' and '.join(settings.rule.embed_origins)} may show it: {_line(settings, listener)}")
    print("Stop it with Ctrl-C.", flush=True)
    if settings.rule.open:
        may = "ask and read" if settings.read_only else "ask, read, add and remove articles"
        print(f"newscite: warning: --open lets everybody who reaches this address {may}.", file=sys.stderr)


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _line(settings: Settings, listener: socket.socket) -> str:
    """Return the line of HTML that shows the chat in another site's page."""
    address = "https://YOUR-PROXY" if settings.rule.trusted_proxies else _url(listener)
    return f'<script async src="{address}{settings.root_path}/widget.js"></script>'


def _how(models: tuple[str, ...]) -> str:
    written = " or ".join(name for name in models if name)
    return f"Answers are written by {written}, or quoted." if written else "Answers are quoted."


def _changes(settings: Settings) -> str:
    return "Nothing can be added or removed." if settings.read_only else "Articles can be added and removed."
