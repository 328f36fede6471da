"""What stands at the top of a text about the article: YAML front matter, or lines such as `Date: 2025-03-04`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from indexes.furniture import authors
from indexes.readers.dates import find_date
from indexes.readers.draft import Head

_KEYS = {
    "title": "title", "headline": "title",
    "date": "published", "published": "published", "published on": "published", "publication date": "published",
    "datepublished": "published", "pubdate": "published",
    "updated": "updated", "last updated": "updated", "modified": "updated", "lastmod": "updated",
    "datemodified": "updated",
    "author": "authors", "authors": "authors", "by": "authors", "byline": "authors",
    "publisher": "publisher", "source": "publisher", "publication": "publisher", "outlet": "publisher",
    "newspaper": "publisher", "site": "publisher", "website": "publisher", "sitename": "publisher",
    "url": "url", "link": "url", "address": "url", "canonical": "url", "canonical url": "url", "canonical_url": "url",
    "section": "section", "language": "language", "lang": "language",
}  # fmt: skip
# Keys that mean nothing to us, but that belong to the head of an article where they stand among known ones.
_PASSED_OVER = {"tags", "tag", "keywords", "category", "categories", "topic", "topics", "id", "slug", "page", "edition"}
# One of these alone can open an article's text ("Source: minister to resign"); a head needs a surer key.
_UNSURE = {"source", "by", "section", "site", "address", "link", "updated", "modified"}
_LINE = re.compile(r"(?P<key>[A-Za-z][A-Za-z_ ]{0,20}?)\s*:[ \t]+(?P<value>\S.*)")
_FRONT = re.compile(r"\s*---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_LONGEST = 64_000  # characters of front matter


def split_head(text: str) -> tuple[Head, str]:
    """Return what the top of a text says about the article, and the text below it."""
    front = _FRONT.match(text[:_LONGEST])
    if front:
        values = _front_matter(front["yaml"])
        if values:
            return _head(values), text[front.end() :]
    return _split_lines(text)


def _front_matter(text: str) -> dict[str, object]:
    """Return the known keys of a YAML block; nothing where it is no front matter but text between two rules."""
    try:
        loaded = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        loaded = _pairs(text.split("\n"))  # "title: One: two" is no YAML, and common
    return _known(loaded) if isinstance(loaded, Mapping) else {}


def _split_lines(text: str) -> tuple[Head, str]:
    """Take the `Key: value` lines at the top, which may follow a first line with the title."""
    lines = text.split("\n")
    filled = [i for i, line in enumerate(lines[:40]) if line.strip()]
    for start in filled[:2]:
        end = start
        while end < len(lines) and _is_head_line(lines[end]):
            end += 1
        pairs = _pairs(lines[start:end])
        if any(key.lower() not in _UNSURE for key in pairs):
            return _head(_known(pairs)), "\n".join([*lines[:start], "", *lines[end:]])
    return Head(), text


def _pairs(lines: Sequence[str]) -> dict[str, str]:
    """Return the keys and values of lines such as `Date: 2025-03-04`."""
    return {line["key"]: line["value"] for line in map(_LINE.fullmatch, map(str.strip, lines)) if line}


def _is_head_line(line: str) -> bool:
    pair = _pairs([line])
    return any(key.lower() in _KEYS or key.lower() in _PASSED_OVER for key in pair)


def _known(values: Mapping[Any, Any]) -> dict[str, object]:
    known: dict[str, object] = {}
    for key, value in values.items():
        field = _KEYS.get(str(key).strip().lower())
        if field and value is not None:
            known.setdefault(field, value)
    return known


def _head(values: Mapping[str, object]) -> Head:
    return Head(
        title=_text(values.get("title")),
        publisher=_text(values.get("publisher")),
        authors=_people(values.get("authors")),
        published=find_date(values.get("published")),
        updated=find_date(values.get("updated")),
        url=_text(values.get("url")),
        language=_text(values.get("language")),
        section=_text(values.get("section")),
    )


def _text(value: object) -> str | None:
    """Return a scalar, or the name of a `{name: …}`, as one line."""
    if isinstance(value, Mapping):
        value = value.get("name")
    if not isinstance(value, str | int | float):
        return None
    return " ".join(str(value).split()) or None


def _people(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(name for name in map(_text, value[:50]) if name)
    text = _text(value)
    if not text:
        return ()
    return authors(text if text.lower().startswith("by ") else f"By {text}") or (text,)
