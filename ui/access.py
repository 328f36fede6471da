"""Who may come in, and from where. Everything that is served (chat, API, permalinks, static files) passes here first.

One of three rules holds for a server. Loopback only: people at their own machine. Signed in by a proxy: a reverse
proxy that is trusted by its address names the user in a header. Open: whoever reaches the address. Besides, the rule
lists the sites whose pages may show the chat in a frame: none by default.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from indexes.errors import AccessError
from ui.headers import refuse, route_path

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

SAFE = {"GET", "HEAD", "OPTIONS"}
LONGEST_NAME = 256
# Read without passing any door: it says that the server is up, and nothing else.
HEALTH = "/healthz"
# Read without a user: what a page of a wiki loads before anybody has signed in says nothing about anybody.
WITHOUT_USER = {"/widget.js", "/widget/allowed"}
OPTIONS = "`--user-header NAME --trust-proxy ADDRESS` where a proxy signs people in, or `--open` to let everybody in"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sent a request: the user whom a trusted proxy has signed in, else only an address."""

    user: str | None
    address: str

    @property
    def key(self) -> str:
        """What limits are counted by. One machine has a whole /64 of IPv6 addresses, so that counts as one."""
        if self.user:
            return f"user {self.user}"
        address = _address(self.address)
        if isinstance(address, ipaddress.IPv6Address):
            return f"address {ipaddress.ip_network((address, 64), strict=False)}"
        return f"address {self.address}"


@dataclass(frozen=True, slots=True)
class AccessRule:
    """Who may come in: with nothing set, whoever sits at this machine.

    `user_header` is the header in which a proxy names the user whom it has signed in, `trusted_proxies` the addresses
    and networks that such a proxy calls from; `open` lets everybody in. `embed_origins` are the sites whose pages may
    show the chat in a frame, as `web_origin` writes them. Raises AccessError where these contradict each other,
    ValueError for what is no address, no network, no origin, or no name of a header.
    """

    user_header: str | None = None
    trusted_proxies: tuple[str, ...] = ()
    open: bool = False
    embed_origins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.user_header is not None and not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", self.user_header):
            raise ValueError(f"{self.user_header!r} is no name of a header: write it as X-Forwarded-User")
        for proxy in self.trusted_proxies:
            _network(proxy)
        for origin in self.embed_origins:
            if web_origin(origin) != origin:
                raise ValueError(f"{origin!r} is no origin as browsers write it: {web_origin(origin)!r} is")
        if self.user_header and self.open:
            raise AccessError(
                "--user-header lets in whom a proxy has signed in, --open lets in everybody.", "Drop one."
            )
        if self.user_header and not self.trusted_proxies:
            raise AccessError(
                "--user-header alone would believe anybody who sends that header.",
                "Add --trust-proxy ADDRESS, the address that your proxy calls from.",
            )
        if self.trusted_proxies and not (self.user_header or self.open):
            raise AccessError(
                "--trust-proxy says whose headers to believe, but not who may come in.",
                "Add --user-header NAME where that proxy signs people in, or --open to let everybody in.",
            )

    @property
    def loopback_only(self) -> bool:
        """Whether nothing was said, so that only this machine may come in."""
        return not (self.user_header or self.open)

    def trusts(self, peer: str) -> bool:
        """Say whether a connection comes from a trusted proxy."""
        address = _address(peer)
        return address is not None and any(address in _network(proxy) for proxy in self.trusted_proxies)


def web_origin(text: str) -> str:
    """Return the origin of a site as browsers write it: "https://wiki.example", with its port where that is its own.

    Raises ValueError for what is none, or what no policy about frames could name.
    """
    try:
        parts = urlsplit(text.strip())
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(f"{text!r} is no origin: write it as https://wiki.example") from None
    if not parts.netloc.isascii():  # Python would spell ß as ss (IDNA 2003), which is another site
        raise ValueError(f"{text!r} is not spelled as browsers send it: write it as https://xn--…")
    if scheme not in ("http", "https") or not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", host):
        raise ValueError(f"{text!r} is no origin: write it as https://wiki.example")
    origin = f"{scheme}://{host}" + ("" if port in (None, {"http": 80, "https": 443}[scheme]) else f":{port}")
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError(f"{text!r} is more than an origin: {origin} would be one")
    return origin


def check_start(host: str, rule: AccessRule) -> None:
    """Raise AccessError where a server would listen beyond this machine with no rule about who may come in."""
    if rule.loopback_only and not is_loopback(host):
        raise AccessError(
            f"On {host!r} others can reach the server, and nothing says who may come in.", f"Add {OPTIONS}."
        )


def is_loopback(host: str) -> bool:
    """Say whether a host, as people write it, is this machine for itself only."""
    address = _address(host.removeprefix("[").removesuffix("]"))
    return host.lower() == "localhost" or (address is not None and address.is_loopback)


class Access:
    """ASGI: let in whom the rule lets in, as `request.state.visitor`, and turn away all others.

    It looks at who really sent a request. What X-Forwarded-For, -Proto and -Host say is believed, and applied for
    everything inside, only where a trusted proxy says it; from others these headers go no further.
    """

    def __init__(self, app: ASGIApp, rule: AccessRule) -> None:
        self._app = app
        self._rule = rule
        proxies = [str(_network(proxy)) for proxy in rule.trusted_proxies]
        self._forwarded = ProxyHeadersMiddleware(self._let_in, proxies)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        peer = _peer(scope)
        headers = Headers(scope=scope)
        trusted = self._rule.trusts(peer)
        if refusal := self._refusal(scope, headers, peer, trusted):
            await refuse(scope, receive, send, *refusal)
            return
        user = _user(headers, self._rule.user_header) if self._rule.user_header and trusted else None
        scope = {**scope, "client": (peer, (scope.get("client") or ("", 0))[1])}
        scope["headers"] = _believed(headers, trusted)
        scope["state"] = {**scope.get("state", {}), "visitor": Visitor(user or None, peer)}
        await self._forwarded(scope, receive, send)  # type: ignore[arg-type]

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["visitor"] = Visitor(scope["state"]["visitor"].user, scope["client"][0])
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers, peer: str, trusted: bool) -> tuple[int, str] | None:
        """Return the status and the reason with which to turn a request away."""
        read, user_header = _path_read(scope), self._rule.user_header
        if read == HEALTH:
            return None
        stranger: tuple[int, str] | None = None
        if self._rule.loopback_only:
            stranger = _from_elsewhere(headers, peer)
        elif user_header and not trusted:
            stranger = 403, "Come in through the proxy that signs people in. This address is not one to be trusted."
        elif user_header and read not in WITHOUT_USER and not _user(headers, user_header):
            stranger = 401, "The proxy did not say who you are. Sign in there, and try again."
        return stranger or _from_another_page(scope, headers, trusted)


def _from_elsewhere(headers: Headers, peer: str) -> tuple[int, str] | None:
    """Turn away what only looks as if it came from this machine."""
    if any(_is_forwarded(name) for name in headers):
        return (
            403,
            f"This came through a proxy, and the server was started for this machine only. Start it with {OPTIONS}.",
        )
    hosts = headers.getlist("host")
    # A page elsewhere can have its own name resolve to 127.0.0.1 (DNS rebinding); it cannot choose the Host header.
    if not is_loopback(peer) or len(hosts) != 1 or not is_loopback(_without_port(hosts[0])):
        return (
            403,
            f"The server was started for this machine only: open it at http://127.0.0.1. Else start it with {OPTIONS}.",
        )
    return None


def _from_another_page(scope: Scope, headers: Headers, trusted: bool) -> tuple[int, str] | None:
    """Turn away what a page of another origin would change with its reader's rights."""
    if scope["type"] == "http" and scope["method"] in SAFE:
        return None
    if (site := headers.get("sec-fetch-site")) is not None:
        same = site in ("same-origin", "none")
    elif (origin := headers.get("origin")) is not None:
        host = (trusted and _forwarded_host(headers)) or headers.get("host", "")
        scheme, _, from_host = origin.partition("://")
        same = bool(from_host) and _with_port(from_host, scheme) == _with_port(host, scheme)
    else:
        same = True  # no browser: those send one or the other
    return None if same else (403, "Another site sent this. Open Newscite itself, and do it there.")


def _user(headers: Headers, name: str) -> str | None:
    """Return the user whom a proxy names; None where it names nobody, several, or nobody that can be one."""
    values = headers.getlist(name)
    if len(values) != 1:
        return None
    sent = values[0].encode("latin-1")
    try:
        user = sent.decode("utf-8").strip()
    except UnicodeDecodeError:
        user = values[0].strip()
    return user if 0 < len(user) <= LONGEST_NAME and user.isprintable() else None


def _believed(headers: Headers, trusted: bool) -> list[tuple[bytes, bytes]]:
    """Return the headers that go on: a proxy's own words about the client only where it is trusted."""
    # Gradio reads X-Forwarded-* and X-Gradio-Server itself, whoever sends them.
    kept = [
        (name, value)
        for name, value in headers.raw
        if name != b"x-gradio-server" and (trusted or not _is_forwarded(name.decode("latin-1")))
    ]
    believed = MutableHeaders(raw=kept)
    if trusted:
        if host := _forwarded_host(headers):
            believed["host"] = host
        else:
            del believed["x-forwarded-host"]
    return believed.raw


def _forwarded_host(headers: Headers) -> str | None:
    host = headers.get("x-forwarded-host", "").split(",")[0].strip()
    return host if re.fullmatch(r"[A-Za-z0-9._:\[\]-]+", host) else None


def _is_forwarded(name: str) -> bool:
    return name in ("forwarded", "x-real-ip") or name.startswith("x-forwarded-")


def _path_read(scope: Scope) -> str | None:
    """Return the path of a request that only reads, None for any other."""
    return route_path(scope) if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None


def _peer(scope: Scope) -> str:
    client: Sequence[str] | None = scope.get("client")
    text = client[0] if client else ""
    return str(_address(text) or text)


def _address(text: str) -> Address | None:
    """Return the address that a text is; an IPv4 address also where it comes dressed as IPv6."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address


def _network(text: str) -> Network:
    try:
        network = ipaddress.ip_network(_address(text) or text, strict=False)
    except ValueError:
        raise ValueError(f"{text!r} is no address or network: write it as 10.0.0.5 or 10.0.0.0/24") from None
    if network.prefixlen == 0:
        raise ValueError(f"{text!r} is everybody: name the address that your proxy calls from")
    return network


def _without_port(host: str) -> str:
    return re.sub(r":\d*$", "", host) if host.startswith("[") or host.count(":") == 1 else host


def _with_port(host: str, scheme: str) -> str:
    """Return host and port as two of the same origin have them."""
    port = {"http": ":80", "https": ":443"}.get(scheme.lower(), "")
    return host.lower() if re.search(r":\d+$", host) else host.lower() + port
