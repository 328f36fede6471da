"""The address of an article, in the one form that its id is made from; and whose it is, and what other forms it has."""

import re
from collections.abc import Callable
from urllib.parse import SplitResult, unquote_plus, urlsplit, urlunsplit

_TRACKING = {
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "igshid", "mc_cid", "mc_eid", "_ga", "_gl",
    "cmpid", "ocid", "ncid", "smid", "sref", "spm", "ref_src", "ref_url", "at_medium", "at_campaign", "xtor",
    "amp_js_v", "amp_gsa", "usqp",
}  # fmt: skip
_PORTS = {"http": 80, "https": 443}
_JOINERS = re.compile("[\u200c\u200d]")  # between the letters of Persian and Hindi words
# Copies that others keep of a publisher's AMP pages name the publisher's address in their own path.
_CACHES = re.compile(
    r"[\w-]+\.cdn\.ampproject\.org/(?:c|v|wp)/(?P<a>.+)"
    r"|(?:www\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})/amp/(?P<b>.+)|(?:www\.)?bing\.com/amp/(?P<c>.+)"
)
_VARIANT_HOST = re.compile(r"^(?:www|m|mobile|amp)\.(?=[^.]+\.)")
_VARIANT_STEP = {"amp", "print", "printable", "printversion"}
_VARIANT_NAME = re.compile(r"\.amp(?=\.html?$|$)|[-_.]print(?=\.html?$|$)")
_VARIANT_FIELDS = {
    "amp", "_amp", "outputtype=amp", "output=amp", "print", "print=1", "print=true", "print=yes", "print=y",
    "view=print", "printable=1", "printable=true", "printerfriendly=1", "mode=print", "amp=1", "amp=true",
}  # fmt: skip


def canonical_url(url: str) -> str | None:
    """Return an http(s) address without fragment and tracking parameters, or None where it is no such address.

    One that holds what cannot be shown, half a character, or somebody's name and password, is none. The address of a
    copy in an AMP cache is the publisher's.
    """
    parts = _split(url) if _JOINERS.sub("", url.strip()).isprintable() else None
    # Over https and its own port it is the cache that answers; else anybody may give out its name.
    own = parts is not None and parts.scheme == "https" and parts.port in (None, 443)
    cached = _CACHES.fullmatch(f"{parts.hostname}{parts.path}") if parts and own else None
    if parts and cached:
        parts = _split(_behind(cached["a"] or cached["b"] or cached["c"], parts.query))
    if parts is None:
        return None
    return urlunsplit((parts.scheme, _place(parts), parts.path or "/", _without(parts.query, _is_tracking), ""))


def same_site(url: str, other: str) -> bool:
    """Tell whether one publisher answers for both addresses: daily.example and amp.daily.example."""
    one, two = _split(url), _split(other)
    return one is not None and two is not None and _port(one) == _port(two) and _site(one) == _site(two)


def same_page(url: str, other: str) -> bool:
    """Tell whether two addresses differ in nothing that would bring another page."""
    return _folded(url) == _folded(other)


def site_name(url: str) -> str:
    """Return what to call a publisher of whom only an address is known: its host, "daily.example"."""
    parts = _split(url)
    return _VARIANT_HOST.sub("", parts.hostname or "") if parts else ""


def plain_form(url: str) -> str | None:
    """Return the address that a page would have if it were not made for AMP or for printing; None where it is not."""
    parts = _split(url)
    if parts is None:
        return None
    host = re.sub(r"^amp\.(?=[^.]+\.)", "www.", _place(parts))
    steps = [step for step in parts.path.split("/") if step.lower() not in _VARIANT_STEP]
    path = _VARIANT_NAME.sub("", "/".join(steps)) or "/"
    query = _without(parts.query, lambda pair: pair.lower() in _VARIANT_FIELDS)
    plain = urlunsplit((parts.scheme, host, path, query, ""))
    return None if same_page(plain, url) else plain


def _split(url: str) -> SplitResult | None:
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc or any(c.isspace() for c in url):
        return None
    return parts


def _place(parts: SplitResult) -> str:
    """Return the host, with its port where it is not the usual one."""
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    port = _port(parts)
    return f"{host}:{port}" if port else host


def _port(parts: SplitResult) -> int | None:
    return None if parts.port == _PORTS[parts.scheme] else parts.port


def _behind(path: str, query: str) -> str:
    """Return the address that stands in the path of a cache: `s/daily.example/story` is an https one."""
    secure = path.startswith("s/")
    return f"{'https' if secure else 'http'}://{path.removeprefix('s/')}{'?' + query if query else ''}"


def _site(parts: SplitResult) -> str:
    """Return the domain that a publisher has registered; the host itself where there is none, as in a network's own."""
    from tld import get_fld  # reads a list of some thousand endings

    host = (parts.hostname or "").rstrip(".")
    registered = get_fld(f"https://{host}/", fail_silently=True, search_private=True) if "." in host else None
    return registered or _VARIANT_HOST.sub("", host)


def _folded(url: str) -> str:
    parts = _split(canonical_url(url) or "")
    if parts is None:
        return url
    place = re.sub(r"^www\.", "", _place(parts))
    return f"{place}{unquote_plus(parts.path).rstrip('/')}?{unquote_plus(parts.query)}"


def _is_tracking(pair: str) -> bool:
    key = unquote_plus(pair.partition("=")[0]).lower()
    return key.startswith("utm_") or key in _TRACKING


def _without(query: str, unwanted: Callable[[str], bool]) -> str:
    """Return a query without the fields that are not wanted, the others letter by letter as they were."""
    return "&".join(pair for pair in query.split("&") if not unwanted(pair))
