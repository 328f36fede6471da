"""The address that is asked for: http or https, a host that is named plainly, and no password.

Any port will do: a page may be served on 8080 or 8443, and what ports are dangerous for, services inside a network, is
out of reach because of where their addresses are (`guard.py`).
"""

import re
from ipaddress import AddressValueError, IPv4Address

import httpx

from indexes.web.fetched import FetchError
from indexes.web.mishaps import Mishap

_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_LONGEST_HOST = 253
_LONGEST_SHOWN = 120
_USER = re.compile(r"(?<=//)[^/?#]*@")
_HINT = "Give one that begins with https:// or http://."
_CHECK = "Check the address."
_NAMED, _UNNAMED = "it has a name or a password in it.", "Give the address without what stands before the @."


def target(url: str) -> httpx.URL:
    """Return the address as it is asked for, in ASCII and without fragment. Raises FetchError."""
    try:
        found = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError):
        raise Mishap("it is not a web address.", _HINT) from None
    return checked(found)


def checked(url: httpx.URL) -> httpx.URL:
    """Return the address, of which nothing is asked that cannot be asked safely. Raises FetchError."""
    if url.scheme not in ("http", "https"):
        what = f"{url.scheme}: addresses are not fetched." if url.scheme else "it is not a web address."
        raise Mishap(what, _HINT)
    if url.userinfo:
        raise Mishap(_NAMED, _UNNAMED)
    if url.port is not None and not 0 < url.port < 65536:
        raise Mishap(f"there is no port {url.port}.", _CHECK)
    host = _host(url.raw_host.decode("ascii"))
    try:
        _ = url.host  # as it is read
    except UnicodeError:  # `xn--…` stands for no letters
        raise Mishap("its host is not one.", _CHECK) from None
    return url.copy_with(host=host, fragment=None)


def refusal(url: str) -> FetchError:
    """Return why an address that has no canonical form is refused, in words that hold no password."""
    if _USER.search(url):
        return FetchError(f"{shown(url)}: {_NAMED}", _UNNAMED)
    return FetchError(f"{shown(url)}: it is not a web address.", _HINT)


def shown(url: str) -> str:
    """Return an address as a report shows it: not too long, without a password."""
    plain = _USER.sub("…@", " ".join(url.split()))
    return plain if len(plain) <= _LONGEST_SHOWN else f"{plain[:_LONGEST_SHOWN]}…"


def _host(host: str) -> str:
    """Return a host's name, or its address written in full: `127.1` and `2130706433` are ways to hide one."""
    if ":" in host:
        if "%" in host:
            raise Mishap(f"the host {host} belongs to one network cable only.", _CHECK)
        return host
    host = host.lower().removesuffix(".")
    labels = host.split(".")
    if len(host) > _LONGEST_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise Mishap("its host is not one." if host else "it has no host.", _CHECK)
    if _NUMBER.fullmatch(labels[-1]) and not _is_ipv4(host):
        raise Mishap(f"its host {host} is neither a name nor an address in full.", _CHECK)
    return host


def _is_ipv4(host: str) -> bool:
    try:
        IPv4Address(host)
    except AddressValueError:
        return False
    return True
