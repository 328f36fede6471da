"""A small web server for pages that show the assistant: of another site than its own, as a company's wiki is.

It is at http://localhost, the assistant at http://127.0.0.1; for a browser these are two sites. No test stands here.
"""

import mimetypes
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

from tests.browser.server import free_port

Content = tuple[str, Mapping[str, str]]  # a text and its headers


class Host:
    """What the server has, by path; `url` has no slash at its end."""

    def __init__(self, name: str = "localhost") -> None:
        self.port = free_port()
        self.url = f"http://{name}:{self.port}"
        self._has: dict[str, Content] = {}

    def put(self, path: str, text: str, **headers: str) -> str:
        """Have a text at a path, whose ending says what it is (HTML without one); return its address.

        Underscores stand for the hyphens of headers: `content_security_policy="default-src 'none'"`.
        """
        self._has[path] = text, {name.replace("_", "-"): value for name, value in headers.items()}
        return self.url + path

    def get(self, path: str) -> Content | None:
        """Return what stands at a path."""
        return self._has.get(urlsplit(path).path)


@contextmanager
def hosting(name: str = "localhost") -> Iterator[Host]:
    """Run such a server until the block ends; `name` is its own in the browser, such as "wiki.test"."""
    host = Host(name)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = host.get(self.path)
            text, headers = content or ("Not found", {})
            kind = mimetypes.guess_type(urlsplit(self.path).path)[0] or "text/html"
            body = text.encode()
            self.send_response(200 if content else 404)
            given = {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(body)), **headers}
            for header, value in given.items():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: what a browser asks for is seen in the browser."""

    server = ThreadingHTTPServer(("127.0.0.1", host.port), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
