"""What a web page says about its article: JSON-LD and meta tags first, trafilatura's reading of the page after that."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from indexes.readers.dates import find_date
from indexes.readers.draft import Head

_ARTICLE = re.compile(r"(?:Article|BlogPosting|Report)$")
_PUBLISHED = (
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "pubdate",
    "parsely-pub-date",
)
_UPDATED = ("article:modified_time", "datemodified", "og:updated_time", "last-modified")


def page_head(page: Any, found: Any) -> Head:
    """Return the head of a page, given its tree and trafilatura's document."""
    record, meta = _record(page), _meta(page)
    published = _first_date(record.get("datePublished"), *map(meta.get, _PUBLISHED), _marked_time(page), found.date)
    updated = _first_date(record.get("dateModified"), *map(meta.get, _UPDATED))
    return Head(
        title=_title(page, record, meta, found),
        publisher=_name(record.get("publisher")) or meta.get("og:site_name") or found.sitename or None,
        authors=_authors(record, found),
        published=published,
        updated=updated if updated != published else None,
        url=found.url or _name(record.get("url")),
        language=page.get("lang") or _name(record.get("inLanguage")),
        section=_name(record.get("articleSection")) or meta.get("article:section"),
    )


def _title(page: Any, record: Mapping[str, Any], meta: Mapping[str, str], found: Any) -> str | None:
    """Return the heading that the page shows, where its own records confirm that it is the title."""
    titles = [_name(record.get("headline")), meta.get("og:title"), _line(page.findtext(".//title")), found.title]
    known = [title for title in titles if title]
    for element in page.iter("h1"):
        shown = _line("".join(element.itertext()))
        if shown and any(shown.casefold() in title.casefold() for title in known):
            return shown
    return known[0] if known and (record.get("headline") or meta.get("og:title")) else found.title or None


def _record(page: Any) -> Mapping[str, Any]:
    """Return the JSON-LD record of the article, or an empty one."""
    for script in page.iter("script"):
        if "ld+json" in (script.get("type") or ""):
            for item in _items(_loaded(script.text or "")):
                kinds = item.get("@type")
                if any(_ARTICLE.search(str(kind)) for kind in (kinds if isinstance(kinds, list) else [kinds])):
                    return item
    return {}


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _items(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the records of a JSON-LD value, which is one, a list, or a graph of them."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, Mapping):
            yield item
            graph = item.get("@graph")
            yield from (entry for entry in graph if isinstance(entry, Mapping)) if isinstance(graph, list) else ()


def _meta(page: Any) -> dict[str, str]:
    meta: dict[str, str] = {}
    for element in page.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop")
        value = _line(element.get("content"))
        if key and value:
            meta.setdefault(key.lower(), value)
    return meta


def _marked_time(page: Any) -> str | None:
    """Return the time that the page marks as the one of publication."""
    for element in page.iter("time"):
        if (
            "published" in f"{element.get('itemprop')} {element.get('class')}".lower()
            or element.get("pubdate") is not None
        ):
            stamp: str | None = element.get("datetime")
            return stamp
    return None


def _first_date(*values: object) -> date | None:
    return next((found for value in values if (found := find_date(value))), None)


def _authors(record: Mapping[str, Any], found: Any) -> tuple[str, ...]:
    listed = record.get("author")
    names = [_name(person) for person in (listed if isinstance(listed, list) else [listed])]
    clear = [name for name in names if name and not name.startswith("http")]
    return tuple(
        dict.fromkeys(clear or [_line(name) or "" for name in (found.author or "").split(";") if name.strip()])
    )


def _name(value: Any) -> str | None:
    """Return a JSON-LD value's name: the value itself, the first of several, or its `name`."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        value = value.get("name")
    return _line(value) if isinstance(value, str) else None


def _line(text: str | None) -> str | None:
    return " ".join((text or "").split()) or None
