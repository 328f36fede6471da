"""The records (JSON-LD) that a page carries about itself, as pages really write them.

Pages wrap them in comments and CDATA, leave commas and remarks in them, escape them as HTML, spread them over several
scripts, and let one record refer to another by its @id.
"""

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

_ARTICLE = re.compile(r"(?:Article|BlogPosting|Report)$")
_INSIDE = ("@graph", "mainEntity", "mainEntityOfPage")  # where the record of the article itself may lie
_DEEPEST = 8
_WRAPPING = re.compile(r"^(?:\s|<!--|-->|//|/\*|\*/|<!\[CDATA\[|\]\]>)+|(?:\s|<!--|-->|//|/\*|\*/|\]\]>)+$")
# A string, which stays as it is; a remark; a comma with nothing behind it. None of these can fail half way.
_LOOSE = re.compile(r'(?P<kept>"(?:[^"\\]|\\.)*+"?)|/\*.*?(?:\*/|\Z)|//[^\n]*|,(?=\s*+[}\]])', re.DOTALL)

Record = Mapping[str, Any]


class Records:
    """All records of a page, and what they refer to."""

    def __init__(self, page: Any) -> None:
        self.all: list[Record] = [record for value in _loaded(page) for record in _records(value)]
        self.by_id: dict[str, Record] = {}
        for record in self.all:
            key = record.get("@id")
            if isinstance(key, str) and len(record) > len(self.by_id.get(key, ())):
                self.by_id[key] = record

    def articles(self) -> list[Record]:
        """Return the records of articles: the page's own, and maybe those of others that it shows."""
        return [record for record in self.all if any(_ARTICLE.search(kind) for kind in kinds(record))]

    def each(self, value: Any) -> list[Any]:
        """Return the values of a field, which may be one or a list, with the records that they refer to."""
        values = value if isinstance(value, list) else [value]
        return [self._meant(one) for one in values if one is not None]

    def names(self, value: Any) -> list[str]:
        """Return the values of a field as words: themselves, or their `name`."""
        found = []
        for one in self.each(value):
            named = one.get("name") if isinstance(one, Mapping) else one
            for name in named if isinstance(named, list) else [named]:
                if words := line(name):
                    found.append(words)
        return list(dict.fromkeys(found))

    def name(self, value: Any) -> str | None:
        """Return the first of the names."""
        return next(iter(self.names(value)), None)

    def _meant(self, value: Any) -> Any:
        if isinstance(value, Mapping) and isinstance(key := value.get("@id"), str) and "name" not in value:
            return self.by_id.get(key, value)
        return value


def kinds(record: Record) -> list[str]:
    """Return what a record says to be: "NewsArticle"."""
    kind = record.get("@type")
    return [one for one in (kind if isinstance(kind, list) else [kind]) if isinstance(one, str)]


def is_free(record: Record) -> bool:
    """Tell whether an article may be read without paying, as far as its record says."""
    return str(record.get("isAccessibleForFree", "")).rsplit("/", 1)[-1].lower() not in ("false", "no")


def line(value: Any) -> str | None:
    """Return a value that is text as one line, its HTML entities read."""
    if not isinstance(value, str):
        return None
    return " ".join(unescape(value).split()) or None


def _loaded(page: Any) -> Iterator[Any]:
    for script in page.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            yield _value(script.text or "")


def _value(text: str) -> Any:
    """Return the value of a script, however loosely it is written; None where it is none."""
    for attempt in (str, _unwrapped, lambda text: _unwrapped(unescape(text))):
        try:
            return json.loads(attempt(text), strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _unwrapped(text: str) -> str:
    tidy = _LOOSE.sub(lambda found: found["kept"] or "", _WRAPPING.sub("", text))
    return tidy.replace("\\'", "'")


def _records(value: Any, depth: int = 0) -> Iterator[Record]:
    """Yield the records in a value, but not those of what it lists, quotes or belongs to."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            yield from _records(one, depth + 1)
    elif isinstance(value, Mapping):
        yield value
        for key in _INSIDE:
            yield from _records(value.get(key), depth + 1)
