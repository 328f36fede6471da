"""The address of an article, in the one form that its id is made from."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_TRACKING = {
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "igshid", "mc_cid", "mc_eid", "_ga", "_gl",
    "cmpid", "ocid", "ncid", "smid", "sref", "spm", "ref_src", "ref_url", "at_medium", "at_campaign", "xtor",
}  # fmt: skip


def canonical_url(url: str) -> str | None:
    """Return an http(s) address without fragment and tracking parameters, or None where it is no such address."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or any(c.isspace() for c in url.strip()):
        return None
    scheme = parts.scheme.lower()
    if ":" in host:
        host = f"[{host}]"
    if port and port != {"http": 80, "https": 443}[scheme]:
        host = f"{host}:{port}"
    return urlunsplit((scheme, host, parts.path or "/", _without_tracking(parts.query), ""))


def _without_tracking(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(key, value) for key, value in pairs if not key.lower().startswith("utm_") and key.lower() not in _TRACKING]
    return query if kept == pairs else urlencode(kept)
