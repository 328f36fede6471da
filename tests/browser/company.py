"""A company: its single sign-on, its wiki, and the assistant behind nginx, which runs docs/nginx/newscite.conf.

All of it is TLS on one port of loopback. `corp.test` is the company's domain; pages of `wiki.other.test` are another
site's. No test stands here.
"""

import re
import secrets
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.browser.server import free_port, nginx_command, running_nginx, wait_until_healthy

EXAMPLE = (Path(__file__).parents[2] / "docs" / "nginx" / "newscite.conf").read_text(encoding="utf-8")
BESIDE = """
server {{
    listen 127.0.0.1:{port} ssl http2;
    server_name login.corp.test;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    location / {{ proxy_pass {sign_on}; }}
}}
server {{
    listen 127.0.0.1:{port} ssl http2 default_server;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    root {wiki};
    default_type text/html;
    log_not_found off;
}}
"""
PAGE = """<!DOCTYPE html><html lang="en"><title>Harbour wiki</title><meta charset="utf-8">
<h1>{title}</h1><p>All that the harbour knows.</p><a href="/{link}.html">Read on</a>
<script async src="{assistant}/widget.js"></script></html>"""
LOGIN = """<!DOCTYPE html><html lang="en"><title>Sign in to Corp</title><meta charset="utf-8">
<h1>Sign in to Corp</h1>
<form method="post" action="/oauth2/sign_in"><input type="hidden" name="rd" value="{back}">
<label>Name <input name="user"></label> <button>Sign in</button></form></html>"""


class Company:
    """Where everything is."""

    def __init__(self) -> None:
        self.port = free_port()
        self.plain_port = free_port()
        self.assistant = self.at("qa.corp.test")
        self.wiki = self.at("wiki.corp.test")
        self.other_wiki = self.at("wiki.other.test")
        self.login = self.at("login.corp.test")
        self.sign_on = SignOn()

    def at(self, name: str) -> str:
        """Return the address of one of the names."""
        return f"https://{name}:{self.port}"

    def options(self) -> list[str]:
        """Return what the example tells an administrator to start `newscite serve` with."""
        line = re.search(r"^# +newscite serve (.+)$", EXAMPLE, re.MULTILINE)
        assert line, "the example does not say how to start newscite"
        return shlex.split(self._renamed(line[1]))

    def example(self, upstream: str, certificate: Path, key: Path) -> str:
        """Return the example with the names, ports and files of this company, and not another word changed."""
        changed = EXAMPLE
        for theirs, ours in {
            "/etc/nginx/tls/qa.corp.example.pem": str(certificate),
            "/etc/nginx/tls/qa.corp.example.key": str(key),
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "listen 443 ": f"listen 127.0.0.1:{self.port} ",
            "http://127.0.0.1:7860": upstream,
            "http://127.0.0.1:4180": self.sign_on.url,
        }.items():
            assert theirs in changed, f"the example has no {theirs!r} any more"
            changed = changed.replace(theirs, ours)
        return self._renamed(changed)

    def client(self, user: str | None = None, **headers: str) -> httpx.Client:
        """Return a program that talks to the assistant through nginx, with the cookie of a user who has signed in."""
        if user:
            headers["Cookie"] = f"corp={self.sign_on.session(user)}"
        headers["Host"] = f"qa.corp.test:{self.port}"
        return httpx.Client(base_url=f"https://127.0.0.1:{self.port}", headers=headers, verify=False, timeout=60)

    def _renamed(self, text: str) -> str:
        with_ports = re.sub(r"https://(\w+)\.corp\.example", rf"https://\1.corp.test:{self.port}", text)
        return with_ports.replace("corp.example", "corp.test")


@contextmanager
def open_company(company: Company, folder: Path, upstream: str) -> Iterator[None]:
    """Run a company's sign-on, wiki and nginx, before a server, until the block ends."""
    certificate, key, wiki = folder / "corp.pem", folder / "corp.key", folder / "wiki"
    _sign_certificate(certificate, key)
    wiki.mkdir()
    for name, title, link in (("index", "Harbour", "quay"), ("quay", "North quay", "index")):
        (wiki / f"{name}.html").write_text(PAGE.format(title=title, link=link, assistant=company.assistant))
    beside = BESIDE.format(port=company.port, certificate=certificate, key=key, wiki=wiki, sign_on=company.sign_on.url)
    with company.sign_on.running(), running_nginx(folder, company.example(upstream, certificate, key) + beside):
        wait_until_healthy(f"https://127.0.0.1:{company.port}/", time.monotonic() + 20, verify=False)
        yield


def missing() -> str | None:
    """Return what has to be installed before a company can open."""
    if nginx_command() is None:
        return "no nginx here: apt-get install nginx-light"
    return None if shutil.which("openssl") else "no openssl here: apt-get install openssl"


def _sign_certificate(certificate: Path, key: Path) -> None:
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=corp.test "
        "-addext subjectAltName=DNS:*.corp.test,DNS:*.other.test"
    )
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)


class SignOn:
    """A single sign-on as companies have them: whoever gives a name gets a cookie that all of corp.test sees.

    It speaks as oauth2-proxy does: a page that asks, and an address where nginx asks who somebody is.
    """

    def __init__(self) -> None:
        self.named: list[str | None] = []  # what it has said, in turn: None is nobody
        self._users: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def session(self, user: str) -> str:
        """Sign a user in; return the cookie's value."""
        session = secrets.token_hex(8)
        self._users[session] = user
        return session

    def end_sessions(self) -> None:
        """Sign everybody out: the cookies that browsers still have are worth nothing any more."""
        self._users.clear()

    def user(self, cookies: str) -> str | None:
        """Return whom a `Cookie` header belongs to."""
        cookie = SimpleCookie(cookies).get("corp")
        return self._users.get(cookie.value) if cookie else None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve until the block ends."""
        thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        sign_on = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if urlsplit(self.path).path == "/oauth2/auth":
                    user = sign_on.user(self.headers.get("Cookie", ""))
                    sign_on.named.append(user)
                    self._send(202, **{"X-Auth-Request-User": user}) if user else self._send(401)
                else:
                    back = parse_qs(urlsplit(self.path).query).get("rd", [""])[0]
                    self._page(LOGIN.format(back=escape(back)))

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                user, back = form["user"][0], form.get("rd", [""])[0]
                cookie = f"corp={sign_on.session(user)}; Domain=corp.test; Path=/; Secure; HttpOnly; SameSite=Lax"
                if (urlsplit(back).hostname or "").endswith(".corp.test"):
                    self._send(303, **{"Set-Cookie": cookie, "Location": back})
                else:
                    self._page(f"<h1>Welcome, {escape(user)}</h1>", **{"Set-Cookie": cookie})

            def _page(self, text: str, **headers: str) -> None:
                self._send(200, text, **{"Content-Type": "text/html", "X-Frame-Options": "DENY"}, **headers)

            def _send(self, status: int, text: str = "", **headers: str) -> None:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(text.encode())), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                """Say nothing: what came of it is seen in the browser."""

        return Handler
