"""A feed (RSS, Atom, JSON Feed) becomes a list of entries: which articles there are, and what changes when they do.

feedparser reads bytes that were fetched already; it fetches nothing itself. What is in an entry is taken for its
words only: the article is at its link.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from io import BytesIO
from time import struct_time
from typing import Any
from urllib.parse import urljoin

from indexes.errors import ReadError
from indexes.readers.addresses import canonical_url
from indexes.readers.dates import find_date
from indexes.readers.decoding import decode
from indexes.web.fetched import Fetched

MOST_ENTRIES = 2000  # a feed names some tens; those of a whole archive come in pieces
MOST_BYTES = 10_000_000
_MOST_ELEMENTS, _DEEPEST = 60_000, 200  # in all, in one another: of more feedparser takes minutes
_MB = MOST_BYTES // 1_000_000
_MEDIA_TYPES = {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
_TYPE = r"""<!DOCTYPE(?:"[^"]*"|'[^']*'|[^>\["'])*+"""  # a document type, up to what it declares itself
_START = re.compile(rf"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|{_TYPE}>\s*)*", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"(?:<|<!DOCTYPE\s+)(?:\w+:)?(?:rss|feed|RDF|channel)[\s>\[]")
_DECLARES = re.compile(rf"{_TYPE}\[", re.IGNORECASE)
_JSON_FEED = re.compile(r'\{.{0,2000}?"version"\s*:\s*"https?:\\?/\\?/jsonfeed\.org\\?/version', re.DOTALL)
_PAGE = re.compile(r"<(?:html|head|body|title|meta|div)[\s>]", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # they would command a terminal; and half characters
# What opens and what closes an element, and one that is empty or never ends; text between marks that says `<p>` does
# none of it.
_STEP = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|(?P<closes></)|(?P<opens><[A-Za-z](?:[^<>/]|/(?!>))*+>)|(?P<other><[A-Za-z])",
    re.DOTALL,
)
# Who wrote an entry is not asked; feedparser looks for an address in it, in a time that grows with its square.
_PEOPLE = re.compile(
    rb"(</?(?:[\w.-]{1,40}:)?)(author|creator|contributor|managingeditor|webmaster|publisher|owner)\b", re.IGNORECASE
)
_HINT = "Give the address of the feed itself: its page names it, often as RSS or Atom."


@dataclass(frozen=True, slots=True)
class Entry:
    """One article that a feed names."""

    url: str  # where it is, without tracking
    title: str | None
    published: date | None
    stamp: str  # changes when the feed says something else of it


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed names, newest first where it dates all of it, otherwise as it stands there."""

    title: str | None
    entries: tuple[Entry, ...]
    left_out: tuple[str, ...] = ()  # a line for each entry that leads to no article, and for what is beyond the limit


@dataclass(frozen=True, slots=True)
class _Raw:
    """An entry as it stands in the feed."""

    title: str | None
    link: str | None
    published: str | None
    updated: str | None
    moment: datetime | None
    text: str


def is_feed(fetched: Fetched) -> bool:
    """Tell whether an address gave a feed: by how it begins; where that does not tell, by its media type."""
    start = _start(fetched.body)
    if _ROOT.match(start) or _JSON_FEED.match(start):
        return True
    return fetched.media_type in _MEDIA_TYPES and not _PAGE.match(start)


def entries(fetched: Fetched) -> Feed:
    """Return what a feed names. Raises ReadError where it is none, or one that must not be read."""
    start = _start(fetched.body)
    if not fetched.body.strip():
        raise ReadError(f"{fetched.url}: the feed is empty.", "Try again later, or check the address.")
    if len(fetched.body) > MOST_BYTES:
        raise ReadError(
            f"{fetched.url}: the feed has {len(fetched.body) / 1e6:.0f} MB, too much for one (at most {_MB}).",
            "Look for a feed of the newest articles only.",
        )
    if _JSON_FEED.match(start):
        return _feed(fetched.url, *_from_json(fetched))
    if _PAGE.match(start) or (fetched.media_type in ("text/html", "application/xhtml+xml") and not _ROOT.match(start)):
        raise ReadError(f"{fetched.url}: {_instead(fetched)}", _HINT)
    return _feed(fetched.url, *_from_xml(fetched))


# --- reading ----------------------------------------------------------------------------------------------------------


def _from_xml(fetched: Fetched) -> tuple[str | None, list[_Raw]]:
    import feedparser  # slow to import, and only feeds need it

    _refuse_declarations(fetched)
    _refuse_labyrinths(fetched)
    try:
        found = feedparser.parse(
            BytesIO(_PEOPLE.sub(rb"\1other-\2", fetched.body)),
            response_headers={"content-location": fetched.url, "content-type": _content_type(fetched)},
            resolve_relative_uris=False,
            sanitize_html=False,  # only words are taken, and no mark-up
        )
    except Exception as error:  # it stumbles over characters that there are none of: &#xD800;
        raise ReadError(
            f"{fetched.url}: the feed is broken ({type(error).__name__}).", "Tell its publisher, or try again later."
        ) from None
    if not found.version and not found.entries:
        why = "broken" if found.bozo and _ROOT.match(_start(fetched.body)) else "no feed"
        raise ReadError(f"{fetched.url}: it is {why}: nothing in it can be read as RSS or Atom.", _HINT)
    if found.bozo and not found.entries and _is_broken(found.bozo_exception):
        raise ReadError(f"{fetched.url}: the feed is broken, and no entry in it can be read.", "Try again later.")
    return _words(found.feed.get("title")), [_raw(entry) for entry in found.entries[: MOST_ENTRIES + 1]]


def _raw(entry: Mapping[str, Any]) -> _Raw:
    contents = [str(content.get("value") or "") for content in entry.get("content") or ()]
    own = dict(entry)  # of an entry that was not updated, feedparser's says that it was, when it was published
    published, updated = own.get("published") or own.get("created"), own.get("updated")
    parsed = own.get("published_parsed") or own.get("created_parsed") or own.get("updated_parsed")
    return _Raw(
        title=_words(entry.get("title")),
        link=entry.get("feedburner_origlink") or _alternate(entry) or entry.get("link"),
        published=published,
        updated=updated,
        moment=_moment(parsed),
        text="\n".join([entry.get("summary") or "", *contents]),
    )


def _alternate(entry: Mapping[str, Any]) -> str | None:
    """Return the link of an entry that leads to its page; others lead to comments, to a sound, to the feed."""
    links = [link for link in entry.get("links") or () if link.get("rel") == "alternate" and link.get("href")]
    pages = [link for link in links if "html" in (link.get("type") or "html")]
    return next((str(link["href"]) for link in pages or links), None)


def _from_json(fetched: Fetched) -> tuple[str | None, list[_Raw]]:
    try:
        feed = json.loads(fetched.body)
        items = feed.get("items") if isinstance(feed, dict) else None
    except (ValueError, RecursionError):
        items = None
    if not isinstance(items, list):
        raise ReadError(f"{fetched.url}: the feed is broken, and no entry in it can be read.", "Try again later.")
    return _words(feed.get("title")), [
        _Raw(
            title=_words(item.get("title")),
            link=_string(item.get("url")) or _string(item.get("external_url")),
            published=_string(item.get("date_published")),
            updated=_string(item.get("date_modified")),
            moment=_iso(_string(item.get("date_published"))),
            text="\n".join(_string(item.get(key)) or "" for key in ("summary", "content_text", "content_html")),
        )
        for item in items[: MOST_ENTRIES + 1]
        if isinstance(item, dict)
    ]


def _refuse_declarations(fetched: Fetched) -> None:
    """Refuse a feed that declares entities, before anything expands or follows them. No feed needs any."""
    if _DECLARES.match(_start(fetched.body, whole=True)):
        raise ReadError(
            f"{fetched.url}: the feed declares XML entities, which may be an attack; it is not read.",
            "Ask its publisher for one without a document type.",
        )


def _refuse_labyrinths(fetched: Fetched) -> None:
    """Refuse a feed of so many elements, or so deep in one another, that it would keep us for minutes."""
    depth = many = 0
    for found in _STEP.finditer(_plain(fetched.body)):
        many += bool(found["opens"] or found["other"])
        depth += bool(found["opens"]) - bool(found["closes"])
        if depth > _DEEPEST or many > _MOST_ELEMENTS:
            how = "nested too deeply" if depth > _DEEPEST else f"more than {_MOST_ELEMENTS:,}"
            raise ReadError(
                f"{fetched.url}: the feed's elements are {how}; it is not read.",
                "Look for a feed of the newest articles only.",
            )


# --- what it comes to -------------------------------------------------------------------------------------------------


def _feed(base: str, title: str | None, raws: list[_Raw]) -> Feed:
    """Put the entries that lead to a page together, each page once, and say which do not."""
    found: dict[str, tuple[Entry, datetime | None]] = {}
    left_out = []
    for raw in raws[:MOST_ENTRIES]:
        url = _address(base, raw.link)
        if url:
            found.setdefault(url, (_entry(url, raw), raw.moment))
        else:
            left_out.append(_why_not(raw))
    if len(raws) > MOST_ENTRIES:
        left_out.append(f"it has more than {MOST_ENTRIES} entries; the others are not looked at.")
    return Feed(title, tuple(_newest_first(list(found.values()))), tuple(left_out))


def _entry(url: str, raw: _Raw) -> Entry:
    said = "\x1f".join((raw.title or "", raw.published or "", raw.updated or "", _words(raw.text) or ""))
    day = _day(raw.published) or (raw.moment.date() if raw.moment else None) or _day(raw.updated)
    return Entry(url, raw.title, day, hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16])


def _newest_first(found: list[tuple[Entry, datetime | None]]) -> Iterator[Entry]:
    """Yield the entries, sorted where each says when it was published."""
    dated = [(entry, moment) for entry, moment in found if moment is not None]
    if len(dated) == len(found):
        yield from (entry for entry, _ in sorted(dated, key=lambda pair: pair[1], reverse=True))
    else:
        yield from (entry for entry, _ in found)


def _address(base: str, link: str | None) -> str | None:
    if not link:
        return None
    try:
        return canonical_url(urljoin(base, link.strip()))
    except ValueError:
        return None


def _why_not(raw: _Raw) -> str:
    name = f"the entry “{raw.title[:80]}”" if raw.title else "an entry without a title"
    return f"{name} has {f'a link that is no web address ({raw.link[:80]!r})' if raw.link else 'no link'}."


def _day(stamp: str | None) -> date | None:
    """Return the day of a stamp where it was set, not where London is."""
    if not stamp:
        return None
    try:
        return parsedate_to_datetime(stamp).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return find_date(stamp) if re.match(r"\s*\d{4}-", stamp) else None


def _moment(parsed: struct_time | None) -> datetime | None:
    try:
        return datetime(*parsed[:6], tzinfo=UTC) if parsed else None
    except (ValueError, TypeError):
        return None


def _iso(stamp: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(stamp) if stamp else None
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None


# --- words and bytes --------------------------------------------------------------------------------------------------


def _words(value: Any) -> str | None:
    """Return what a person would read of a piece of mark-up, as one line."""
    if not isinstance(value, str):
        return None
    return " ".join(_CONTROLS.sub(" ", unescape(_TAG.sub(" ", _without_scripts(value)))).split()) or None


def _without_scripts(markup: str) -> str:
    return re.sub(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", " ", markup, flags=re.DOTALL | re.IGNORECASE)


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _plain(data: bytes) -> str:
    """Return bytes as text in which mark-up can be seen, whatever their encoding."""
    return data.replace(b"\x00", b"").decode("latin-1")


def _start(data: bytes, *, whole: bool = False) -> str:
    """Return how a document begins, below its declaration, its comments and its document type."""
    plain = _plain(data if whole else data[:20_000]).removeprefix("ï»¿").removeprefix("ÿþ").removeprefix("þÿ")
    begun = _START.match(plain)
    return plain[begun.end() :] if begun else plain


def _content_type(fetched: Fetched) -> str:
    """Return a media type that lets feedparser look at the bytes for the charset where the server says none."""
    charset = f"; charset={fetched.charset}" if fetched.charset else ""
    return f"{fetched.media_type if fetched.media_type in _MEDIA_TYPES else 'application/xml'}{charset}"


def _is_broken(error: Exception) -> bool:
    return error.__class__.__name__ == "SAXParseException"


def _instead(fetched: Fetched) -> str:
    """Say that a page came instead of a feed, and which feed it names."""
    from indexes.readers.html import tree

    try:
        page = tree(decode(fetched.body, fetched.charset))
    except ReadError:
        page = None
    named = [
        address
        for link in (page.iter("link") if page is not None else ())
        if "alternate" in (link.get("rel") or "").lower()
        and (link.get("type") or "").lower().split(";")[0] in _MEDIA_TYPES
        and (address := _address(fetched.url, link.get("href")))
    ]
    return f"it is a page, not a feed; it names this feed: {named[0]}" if named else "it is a page, not a feed."
