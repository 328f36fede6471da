"""What stands at the top of a text about the article: YAML front matter, or lines such as `Date: 2025-03-04`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from indexes.furniture import authors
from indexes.readers.dates import find_date
from indexes.readers.draft import Head

# What a key says of an article, spelled without case and punctuation; of two that say the same, the surer one first.
KEYS = {
    "title": "title", "headline": "title",
    "published": "published", "publishedon": "published", "datepublished": "published",
    "publicationdate": "published", "pubdate": "published", "date": "published",
    "updated": "updated", "lastupdated": "updated", "modified": "updated", "lastmod": "updated",
    "datemodified": "updated",
    "author": "authors", "authors": "authors", "by": "authors", "byline": "authors",
    "publisher": "publisher", "source": "publisher", "publication": "publisher", "outlet": "publisher",
    "newspaper": "publisher", "site": "publisher", "website": "publisher", "sitename": "publisher",
    "url": "url", "canonicalurl": "url", "canonical": "url", "link": "url", "address": "url",
    "section": "section", "language": "language", "lang": "language",
}  # fmt: skip
# Keys that mean nothing to us, but that belong to the head of an article where they stand among known ones.
_PASSED_OVER = {"tags", "tag", "keywords", "category", "categories", "topic", "topics", "id", "slug", "page", "edition"}
# One of these alone can open an article's text ("Source: minister to resign"); a head needs a surer key.
_UNSURE = {"source", "by", "section", "site", "address", "link", "updated", "modified"}
_LINE = re.compile(r"(?P<key>[A-Za-z][A-Za-z_ ]{0,20}?)\s*:[ \t]+(?P<value>\S.*)")
_FRONT = re.compile(r"\s*---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_LONGEST = 64_000  # characters of front matter


def field_named(key: str) -> str | None:
    """Return what a key says of an article, however it is spelled: `pub_date`, `Pub date` and `pubDate` are one."""
    return KEYS.get(spelled(key))


def spelled(key: str) -> str:
    """Return a key as it is looked up: without case and punctuation."""
    return re.sub(r"[\W_]+", "", key).lower()


def split_head(text: str) -> tuple[Head, str]:
    """Return what the top of a text says about the article, and the text below it."""
    front = _FRONT.match(text[:_LONGEST])
    if front:
        values = _front_matter(front["yaml"])
        if values:
            return head(values), text[front.end() :]
    return _split_lines(text)


def _front_matter(text: str) -> dict[str, object]:
    """Return the known keys of a YAML block; nothing where it is no front matter but text between two rules."""
    try:
        loaded = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        loaded = _pairs(text.split("\n"))  # "title: One: two" is no YAML, and common
    return known(loaded) if isinstance(loaded, Mapping) else {}


def _split_lines(text: str) -> tuple[Head, str]:
    lines = text.split("\n")
    head, start, end = head_lines(lines)
    return head, "\n".join([*lines[:start], "", *lines[end:]]) if end else text


def head_lines(lines: Sequence[str]) -> tuple[Head, int, int]:
    """Take the `Key: value` lines at the top, which may follow a first line with the title.

    Return what they say, where they begin, and where the text below them begins: 0 and 0 where there are none.
    """
    filled = [i for i, line in enumerate(lines[:40]) if line.strip()]
    for start in filled[:2]:
        end = start
        while end < len(lines) and _is_head_line(lines[end]):
            end += 1
        pairs = _pairs(lines[start:end])
        if any(key.lower() not in _UNSURE for key in pairs):
            return head(known(pairs)), start, end
    return Head(), 0, 0


def _pairs(lines: Sequence[str]) -> dict[str, str]:
    """Return the keys and values of lines such as `Date: 2025-03-04`."""
    return {line["key"]: line["value"] for line in map(_LINE.fullmatch, map(str.strip, lines)) if line}


def _is_head_line(line: str) -> bool:
    pair = _pairs([line])
    return any(field_named(key) or key.lower() in _PASSED_OVER for key in pair)


def known(values: Mapping[Any, Any]) -> dict[str, object]:
    """Return what is said of an article, of each thing the first; keys that mean nothing to us are left out."""
    found: dict[str, object] = {}
    for key, value in values.items():
        field = field_named(str(key))
        if field and value is not None:
            found.setdefault(field, value)
    return found


def head(values: Mapping[str, object]) -> Head:
    """Return the head that these values make, each as it was written in the file."""
    return Head(
        title=one_line(values.get("title")),
        publisher=one_line(values.get("publisher")),
        authors=people(values.get("authors")),
        published=find_date(values.get("published")),
        updated=find_date(values.get("updated")),
        url=one_line(values.get("url")),
        language=one_line(values.get("language")),
        section=one_line(values.get("section")),
    )


def one_line(value: object) -> str | None:
    """Return a scalar, or the name of a `{name: …}`, as one line."""
    if isinstance(value, Mapping):
        value = value.get("name")
    if not isinstance(value, str | int | float):
        return None
    return " ".join(str(value).split()) or None


def people(value: object) -> tuple[str, ...]:
    """Return the names in a list, or in a line such as "By Jane Doe and John Roe"."""
    if isinstance(value, list):
        return tuple(name for name in map(one_line, value[:50]) if name)
    text = one_line(value)
    if not text:
        return ()
    return authors(text if text.lower().startswith("by ") else f"By {text}") or (text,)
