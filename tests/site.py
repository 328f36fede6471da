"""A web site that does what it is told: a real HTTP server on loopback, good or hostile, plain or with TLS.

    with Site() as site:
        site.page("/story", "<p>The bridge opened.</p>", etag='"1"')
        site.redirect("/old", "/story")
        site.replies("/busy", Page(status=503), Page("here it is"))
        site.robots("User-agent: *\\nDisallow: /private")
        fetcher.get(site.url("/old"))
        assert site.paths == ["/robots.txt", "/old", "/story"]

Replies to a path come in the order given, one a request, and the last one repeats. What is not set is not there (404).
A `Page` is proper HTTP; `Raw` sends bytes as they are, slowly, for ever, or broken off. `dripping`, `endless`,
`stalled`, `gzip_bomb` make the usual nuisances. TLS: `Site(certificate=self_signed(folder, "localhost"))`.

An `Internet` gives sites names and public addresses, for what must not be asked of loopback:

    internet = Internet()
    internet.host("daily.example", "93.184.216.34", site)
    Fetcher(resolve=internet.resolve, network=internet).get("http://daily.example/story")
"""

import gzip
import os
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpcore

POLL = 0.02  # seconds between two looks whether the site closes
HTML = "text/html; charset=utf-8"
FEED = "application/rss+xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Page:
    """An answer in proper HTTP. With `etag` or `modified`, who has it already is told so (304)."""

    body: str | bytes = ""
    status: int = 200
    type: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    modified: str | None = None  # a date as HTTP writes it


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes sent as they are, `every` seconds a piece; then the connection ends, or is reset."""

    pieces: tuple[bytes, ...]
    every: float = 0.0
    again: bytes = b""  # sent for ever after the pieces
    stalls: bool = False  # nothing more comes after the pieces, and the connection stays
    resets: bool = False


Reply = Page | Raw


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came."""

    path: str
    headers: Mapping[str, str]  # their names in small letters

    @property
    def host(self) -> str:
        """The host that was asked for, with its port."""
        return self.headers.get("host", "")


def head(*headers: str, status: str = "200 OK") -> bytes:
    """Return the head of an answer, for `Raw`."""
    return "\r\n".join([f"HTTP/1.1 {status}", "Content-Type: text/html", *headers, "", ""]).encode("latin-1")


def dripping(body: bytes, every: float) -> Raw:
    """Return an answer whose body comes byte by byte."""
    return Raw((head(f"Content-Length: {len(body)}"), *(bytes([byte]) for byte in body)), every=every)


def endless(again: bytes = b"<p>More.</p>\n" * 1000) -> Raw:
    """Return an answer that does not end."""
    return Raw((head(),), again=again)


def stalled(begun: bytes = b"") -> Raw:
    """Return an answer of which nothing more comes, though the connection stays."""
    return Raw((begun,), stalls=True)


def gzip_bomb(size: int) -> Page:
    """Return a page of so many bytes, all alike, packed small."""
    packer = zlib.compressobj(9, wbits=31)
    step = 1_000_000
    packed = b"".join(packer.compress(b" " * min(step, size - at)) for at in range(0, size, step)) + packer.flush()
    return Page(packed, headers={"Content-Encoding": "gzip"})


def gzipped(body: str, **options: Any) -> Page:
    """Return a page that is sent packed."""
    return Page(gzip.compress(body.encode()), headers={"Content-Encoding": "gzip"}, **options)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its key, in one file. Whoever sets SSL_CERT_FILE to it trusts it."""

    file: Path


def self_signed(folder: Path, *hosts: str, expired: bool = False) -> Certificate:
    """Make a certificate that vouches for itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, hosts[0])])
    end = datetime.now(UTC) + timedelta(days=-1 if expired else 1)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(end - timedelta(days=2))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "certificate.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + secret)
    return Certificate(file)


class Site:
    """The site, open in a `with` block."""

    def __init__(self, host: str = "127.0.0.1", certificate: Certificate | None = None) -> None:
        self.requests: list[Asked] = []
        self.closing = threading.Event()
        self._replies: dict[str, list[Reply]] = {}
        self._lock = threading.Lock()
        self._scheme = "https" if certificate else "http"
        self._server = _Server(self, host, certificate)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": POLL})

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [asked.path for asked in self.requests]

    def url(self, path: str = "/", host: str | None = None) -> str:
        """Return the address of a path, here or as if this were another host."""
        here = str(self._server.server_address[0])
        name = host or (f"[{here}]" if ":" in here else here)
        return f"{self._scheme}://{name}:{self.port}{path}"

    def page(
        self,
        path: str,
        body: str | bytes = "",
        *,
        status: int = 200,
        type: str = HTML,
        headers: Mapping[str, str] | None = None,
        etag: str | None = None,
        modified: str | None = None,
    ) -> None:
        """Set what a path answers, from now on."""
        self.replies(path, Page(body, status, type, headers or {}, etag, modified))

    def redirect(self, path: str, to: str, *, status: int = 302, cookie: str | None = None) -> None:
        """Let a path lead to another, or to any address."""
        headers = {"Location": to} | ({"Set-Cookie": cookie} if cookie else {})
        self.replies(path, Page(status=status, headers=headers))

    def robots(self, text: str) -> None:
        """Set what machines may fetch here."""
        self.page("/robots.txt", text, type="text/plain")

    def replies(self, path: str, *replies: Reply) -> None:
        """Set what a path answers, one reply a request; the last one repeats."""
        with self._lock:
            self._replies[path] = list(replies)

    def set(self, path: str) -> list[Reply]:
        """Return what a path answers, in order."""
        with self._lock:
            return list(self._replies[path])

    def reply(self, asked: Asked) -> Reply:
        """Note a request and return what it gets."""
        with self._lock:
            self.requests.append(asked)
            waiting = self._replies.get(asked.path) or self._replies.get(asked.path.partition("?")[0])
            if not waiting:
                return Page("<h1>Not found</h1>", status=404)
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()


class Internet(httpcore.NetworkBackend):
    """An internet on loopback: its names lead to addresses, and its addresses to sites, whatever the port."""

    def __init__(self) -> None:
        self.looked_up: list[str] = []  # the names, in order
        self.connected: list[str] = []  # the addresses, in order
        self._names: dict[str, list[list[str]]] = {}
        self._sites: dict[str, Site] = {}

    def host(self, name: str, address: str, site: Site) -> None:
        """Give a site a name and an address."""
        self.leads(name, [address])
        self.place(address, site)

    def leads(self, name: str, *answers: list[str]) -> None:
        """Set what a name leads to: the first addresses the first time, and the last from then on."""
        self._names[name] = list(answers)

    def place(self, address: str, site: Site) -> None:
        """Let a site be found at an address."""
        self._sites[address] = site

    def resolve(self, host: str, port: int) -> list[str]:
        """Answer as a name server does."""
        self.looked_up.append(host)
        if host not in self._names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        answers = self._names[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the site that is found at an address."""
        self.connected.append(host)
        if host not in self._sites:
            raise httpcore.ConnectError("no route to host")
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self._sites[host].port, timeout)


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for them

    def __init__(self, site: Site, host: str, certificate: Certificate | None) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.site = site
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if certificate else None
        if self._tls and certificate:
            self._tls.load_cert_chain(certificate.file)
        self._open: set[socket.socket] = set()
        super().__init__((host, 0), _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        if not self._tls:
            self._answer(request, client_address)
            return
        request.settimeout(_Handler.timeout)
        with self._tls.wrap_socket(request, server_side=True) as safe:
            self._answer(safe, client_address)

    def _answer(self, request: socket.socket, client_address: Any) -> None:
        self._open.add(request)
        try:
            super().finish_request(request, client_address)
        finally:
            self._open.discard(request)

    def hang_up(self) -> None:
        """End the connections that clients keep open."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients here leave as they please."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 5
    connection: socket.socket

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.site.reply(Asked(self.path, headers))
        if isinstance(reply, Page):
            self._page(reply)
        else:
            self._raw(reply)

    def _page(self, page: Page) -> None:
        body = page.body if isinstance(page.body, bytes) else page.body.encode()
        known = page.status == 200 and self._has_it(page)
        self.send_response(304 if known else page.status)
        headers = {"Content-Type": page.type, "ETag": page.etag, "Last-Modified": page.modified} | dict(page.headers)
        for name, value in headers.items():
            if value is not None:
                self.send_header(name, value)
        if not known and page.status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not known:
            self.wfile.write(body)

    def _has_it(self, page: Page) -> bool:
        if page.etag and "If-None-Match" in self.headers:
            return self.headers["If-None-Match"] == page.etag
        return page.modified is not None and self.headers["If-Modified-Since"] == page.modified

    def _raw(self, raw: Raw) -> None:
        self.close_connection = True
        closing = self.server.site.closing
        for piece in chain(raw.pieces, repeat(raw.again) if raw.again else ()):
            self.wfile.write(piece)
            if closing.wait(raw.every) if raw.every else closing.is_set():
                return
        if raw.stalls:
            self._wait_for_the_end()
        if raw.resets:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())

    def _wait_for_the_end(self) -> None:
        """Wait until the client leaves or the site closes."""
        try:
            while not self.server.site.closing.is_set() and self.connection.recv(1):
                pass
        except OSError:
            return

    def log_message(self, format: str, *args: Any) -> None:
        pass
