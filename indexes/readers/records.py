"""Records: JSON (a list of articles, one article, or a list inside an object) and JSONL (one article a line).

The usual names of fields are known, however they are spelled; `Options.fields` names others. JSONL is read line by
line, and a broken line stops nothing. JSON must fit into memory, and is refused where it is too large for that.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from html import unescape
from itertools import chain, islice
from typing import Any, BinaryIO

from indexes.article import Kind
from indexes.errors import ReadError
from indexes.paragraphs import Block
from indexes.readers import html
from indexes.readers.addresses import canonical_url
from indexes.readers.dates import find_date
from indexes.readers.decoding import decode
from indexes.readers.draft import Draft, Head, Part
from indexes.readers.formats import Options
from indexes.readers.heads import KEYS, people, spelled
from indexes.readers.text import blocks, clean
from indexes.readers.titles import opening

_LARGEST = 200_000_000  # bytes of JSON that is read whole
_LONGEST_LINE = 20_000_000  # bytes of a record in JSONL
_BLANK = b"\xef\xbb\xbf \t\r\n"  # a byte-order mark, and space
_DEEPEST = 4  # objects round the list of records

# Fields of records: those that the top of a text has as well, and more; the surer name first, as in heads.py.
_NAMES = KEYS | {
    "text": "text", "body": "text", "content": "text", "articlebody": "text", "articletext": "text",
    "bodytext": "text", "fulltext": "text", "maintext": "text", "contenttext": "text", "article": "text",
    "story": "text", "html": "text", "bodyhtml": "text", "contenthtml": "text", "paragraphs": "text",
    "webtitle": "title",
    "publishedat": "published", "publishdate": "published", "datepublish": "published", "publishedtime": "published",
    "firstpublished": "published", "webpublicationdate": "published", "publisheddate": "published",
    "updatedat": "updated", "modifiedat": "updated", "datemodify": "updated",
    "weburl": "url", "articleurl": "url", "permalink": "url",
    "sourcename": "publisher", "sourcedomain": "publisher", "hostname": "publisher", "domain": "publisher",
    "creator": "authors",
    "sectionname": "section", "articlesection": "section", "category": "section",
    "inlanguage": "language",
    "id": "id", "guid": "id", "uuid": "id",
}  # fmt: skip
_RANKS = {name: rank for rank, name in enumerate(_NAMES)}
_INSIDE = ("name", "rendered", "main", "text", "value", "content", "html", "original", "$date", "$oid")
_LISTS = ("articles", "items", "entries", "stories", "records", "results", "docs", "documents", "posts", "news", "data")
_KINDS: dict[str, Kind] = {
    "heading": "heading", "header": "heading", "subhead": "heading", "subheading": "heading", "subtitle": "heading",
    "crosshead": "heading", "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "title": "heading",
    "caption": "caption", "image": "caption", "figure": "caption", "photo": "caption", "video": "caption",
    "p": "body", "paragraph": "body", "text": "body", "quote": "body", "blockquote": "body", "list": "body",
}  # fmt: skip
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>")
_BLOCK_TAG = re.compile(
    r"<(?:p|br|div|h[1-6]|li|ul|ol|blockquote|table|article|section|figure)\b[^<>]*>", re.IGNORECASE
)
_PAGE_TAG = re.compile(r"<(?:html|body)\b", re.IGNORECASE)
_EMPTY_LINE = re.compile(r"\n\s*\n")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_UNFIT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")  # halves of letters, and what no text contains
# An id that nobody else gives: a UUID, an address of some kind, a long digest.
_UNIQUE = re.compile(
    r"[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12}|\w+://\S{8,}|(?:tag|urn):\S{8,}|[\da-f]{24,}", re.IGNORECASE
)
_HINT = "Say which field is the text: --map text=FIELD."
_NO_RECORDS = ReadError(
    "it holds no articles: no list of objects, and no object with a text.", "Check that it is the right file."
)


def parts(file: BinaryIO, options: Options) -> Iterator[Part]:
    """Yield the records of a file, named by their line in JSONL and by their place in JSON, both from 1.

    Raises ReadError for what is neither.
    """
    if _is_lines(file):
        for number, line in enumerate(_lines(file), 1):
            if line is None or line.strip(_BLANK):
                yield Part(str(number), partial(_read_line, line, options.fields))
    else:
        for number, record in enumerate(_records(_whole(file), options.fields), 1):
            yield Part(str(number), partial(_read, record, options.fields))


# --- files ------------------------------------------------------------------------------------------------------------


def _is_lines(file: BinaryIO) -> bool:
    """Tell JSONL from JSON, as both come with either ending; the file is at its beginning again afterwards."""
    filled = (line.strip(_BLANK) for line in _lines(file, _LARGEST) if line is not None)
    first, *more = [*islice((line for line in filled if line), 5)] or [b""]
    file.seek(0)
    if not more or _is_json(first):
        return bool(more)
    # The first line is a piece of something longer, or broken: then the next ones tell.
    opens = first.startswith((b"[", b"\xff\xfe", b"\xfe\xff")) or first.endswith((b"[", b"{", b",", b":"))
    return not opens and any(map(_is_json, more))


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _lines(file: BinaryIO, longest: int = _LONGEST_LINE) -> Iterator[bytes | None]:
    """Yield the lines of a file, or None for one that is too long."""
    while line := file.readline(longest + 1):
        too_long = len(line) > longest and not line.endswith(b"\n")
        while too_long and line and not line.endswith(b"\n"):
            line = file.readline(longest)
        yield None if too_long else line


def _whole(file: BinaryIO) -> Any:
    data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ReadError(
            f"it is more than {_LARGEST // 1_000_000} MB of JSON, which is read at once.",
            "Save it as JSONL, one record a line.",
        )
    return _loaded(decode(data))


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}" if error.lineno > 1 else f"column {error.colno}"
        raise ReadError(f"it is no JSON: {error.msg.lower()} ({place}).", "Mend it or leave it out.") from None
    except RecursionError:
        raise ReadError("its JSON is nested too deeply.", "Save the articles without what is round them.") from None
    except ValueError:  # a number with thousands of digits
        raise ReadError("it is JSON that cannot be read.", "Mend it or leave it out.") from None


def _read_line(line: bytes | None, fields: Mapping[str, str]) -> Draft:
    if line is None:
        raise ReadError(f"the line has more than {_LONGEST_LINE // 1_000_000} MB.", "Split it, one article a line.")
    return _read(_loaded(decode(line).strip()), fields)


def _records(loaded: Any, fields: Mapping[str, str]) -> Sequence[Any]:
    """Return the records of a JSON file: its list, the list in it, or the one object that it is."""
    if isinstance(loaded, list) and (_are_objects(loaded) or not loaded):
        return loaded
    if isinstance(loaded, dict) and "text" in fields and _at(loaded, fields["text"]) is not None:
        return [loaded]
    values = _named(loaded) if isinstance(loaded, dict) else {}
    if "text" in values and not _are_articles(values["text"][0]):
        return [loaded]
    found = _list_inside(loaded) if isinstance(loaded, dict) else None
    if found is not None:
        return found
    if values.keys() & {"title", "url"}:
        return [loaded]
    raise ReadError(_NO_RECORDS.what, _NO_RECORDS.hint)


def _are_articles(value: Any) -> bool:
    """Tell whether what could be a text is a list of articles, each with a title and a text of its own."""
    return isinstance(value, list) and any(
        isinstance(each, dict) and {"title", "text"} <= _named(each).keys() for each in value
    )


def _list_inside(loaded: dict[str, Any]) -> list[Any] | None:
    """Return the one list of objects in an object, or in the objects in it, the outermost first."""
    level: list[dict[str, Any]] = [loaded]
    for _ in range(_DEEPEST):
        pairs = [(key, value) for each in level for key, value in each.items()]
        lists = {key: value for key, value in pairs if isinstance(value, list) and _are_objects(value)}
        usual = [lists[key] for key in _LISTS if key in lists]
        if len(lists) == 1 or usual:
            return (usual or list(lists.values()))[0]
        if lists:
            raise ReadError(f"it holds several lists: {', '.join(list(lists)[:5])}.", "Save one of them as a file.")
        level = [value for _, value in pairs if isinstance(value, dict)]
    return None


def _are_objects(values: list[Any]) -> bool:
    return any(isinstance(value, dict) for value in values)


# --- records ----------------------------------------------------------------------------------------------------------


def _read(record: Any, fields: Mapping[str, str]) -> Draft:
    """Read one record. Raises ReadError where it has no text."""
    if not isinstance(record, dict):
        raise ReadError(f"it is {_kind_of(record)}, not an object with fields.", "Mend it or leave it out.")
    if isinstance(record.get("_source"), dict):  # as a search engine exports it
        record = {**record["_source"], "id": record.get("_id")}
    values = _named(record)
    for ours, path in fields.items():
        chosen = [value for value in [_at(record, path)] if value is not None]
        values[_ours(ours)] = chosen + values.get(_ours(ours), [])
    found = next((found for value in values.get("text", ()) if _is_text(found := tuple(_text(value)))), ())
    if not found:
        raise _no_text(record, values, fields)
    head = _head(record, values)
    return Draft(found, replace(head, title=head.title or opening(found)))


def _named(record: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the values of a record by what they are to us, the surest name first."""
    values: dict[str, list[Any]] = {}
    for key in sorted((key for key in record if spelled(key) in _RANKS), key=lambda key: _RANKS[spelled(key)]):
        if record[key] not in (None, "", [], {}):
            values.setdefault(_NAMES[spelled(key)], []).append(record[key])
    return values


def _ours(name: str) -> str:
    return "id" if name == "key" else _NAMES.get(spelled(name), name)


def _at(record: Any, path: str) -> Any:
    """Return what stands at a path such as `headline.main` or `authors.0.name`, or None."""
    if isinstance(record, Mapping) and path in record:
        return record[path]
    for step in path.split("."):
        if isinstance(record, Mapping):
            record = record.get(step)
        elif isinstance(record, list) and step.isdecimal() and int(step) < len(record):
            record = record[int(step)]
        else:
            return None
    return record


def _head(record: Mapping[str, Any], values: Mapping[str, list[Any]]) -> Head:
    names = [name for value in values.get("publisher", ()) if (name := _line(value))]
    url = next(filter(None, map(_address, chain(values.get("url", ()), values.get("id", ()), names))), None)
    publisher = next((name for name in names if not canonical_url(name)), None)
    return Head(
        title=_first(values, "title"),
        publisher=publisher,
        authors=next((found for value in values.get("authors", ()) if (found := _people(value))), ()),
        published=next((day for value in values.get("published", ()) if (day := _day(value))), None),
        updated=next((day for value in values.get("updated", ()) if (day := _day(value))), None),
        url=url,
        language=_first(values, "language"),
        section=_first(values, "section"),
        key=_key(_first(values, "id"), publisher),
        opinion="OpinionNewsArticle" in str(record.get("@type")),
    )


def _key(named: str | None, publisher: str | None) -> str | None:
    """Return what names a record: its id among those of its publisher.

    An id such as "17" says nothing by itself: the next file has one as well, and must not take this one's place.
    """
    if not named:
        return None
    if publisher:
        return f"record:{publisher}:{named}"
    return f"record:{named}" if _UNIQUE.fullmatch(named) else None


def _first(values: Mapping[str, list[Any]], name: str) -> str | None:
    return next((line for value in values.get(name, ()) if (line := _line(value))), None)


def _line(value: Any) -> str | None:
    """Return a value as one line of plain text: itself, the first of several, or the name in it."""
    value = _unwrapped(value)
    if isinstance(value, list):
        return next((line for each in value[:1] if (line := _line(each))), None)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return " ".join(_clear(_TAG.sub("", str(value))).split()) or None


def _unwrapped(value: Any) -> Any:
    """Return what is meant by an object such as `{"name": …}`, `{"rendered": …}` or `{"$date": …}`."""
    for _ in range(_DEEPEST):
        if not isinstance(value, Mapping):
            break
        value = next((value[name] for name in _INSIDE if value.get(name) not in (None, "")), None)
    return value


def _address(value: Any) -> str | None:
    line = _line(value)
    return canonical_url(line) if line else None


def _people(value: Any) -> tuple[str, ...]:
    value = value if isinstance(value, list) else _unwrapped(value)
    if isinstance(value, list):
        return tuple(dict.fromkeys(name for name in map(_line, value[:50]) if name and not canonical_url(name)))
    return people(_line(value))


def _day(value: Any) -> date | None:
    """Return the day that a text or a number names: 20250304, or seconds or thousandths of them since 1970."""
    value = _unwrapped(value)
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,19}(?:\.\d+)?", text):
        return find_date(value)
    if re.fullmatch(r"(?:19|20)\d{6}", text):
        return find_date(text)
    seconds = float(text)
    while seconds >= 1e11:  # the year 5138; what is larger counts thousandths, or thousandths of these
        seconds /= 1000
    return datetime.fromtimestamp(seconds, UTC).date() if seconds >= 1e7 else None


# --- text -------------------------------------------------------------------------------------------------------------


def _text(value: Any, known: Kind | None = None, depth: int = 0) -> Iterator[Block]:
    """Yield the blocks of a text: a string, plain or HTML, or a list of these or of objects that hold them."""
    if isinstance(value, Mapping):
        known = _KINDS.get(str(value.get("type") or value.get("style") or "").lower(), known)
        inside = next(
            (value[key] for key in ("text", *_INSIDE, "paragraphs", "blocks", "body") if value.get(key)), None
        )
        value = inside
    if isinstance(value, list) and depth and all(isinstance(each, str) for each in value):
        value = " ".join(value)  # the sentences of a paragraph
    if isinstance(value, list) and depth <= _DEEPEST:
        for each in value:
            yield from _text(each, known, depth + 1)
    elif isinstance(value, str):
        for block in _string(_clear(value)):
            yield block if known is None else replace(block, known=known)


def _is_text(found: Sequence[Block]) -> bool:
    """Tell a text from a number, a name or a path that stands in a field of the same name."""
    return any(" " in block.text or not block.text.isascii() for block in found)


def _string(text: str) -> Iterator[Block]:
    if not _TAG.search(text):
        yield from blocks(clean(text))
    elif _BLOCK_TAG.search(text):
        if _PAGE_TAG.search(text):
            with suppress(ReadError):
                yield from html.read(text.encode()).blocks
                return
        # Some programs keep paragraphs apart with empty lines and write only headings and pictures as HTML.
        spaced = text if re.search(r"<(?:p|br)\b", text, re.IGNORECASE) else _EMPTY_LINE.sub("<br><br>", clean(text))
        yield from html.fragment(spaced)
    else:
        for block in blocks(clean(text)):
            yield from (replace(inner, apart=block.apart) for inner in html.fragment(block.text))


def _clear(text: str) -> str:
    """Put right what was made fit for a page and is none: `AT&amp;T`; in HTML that is the page's business."""
    text = _UNFIT.sub("", text)
    return text if _TAG.search(text) else _ENTITY.sub(lambda entity: unescape(entity[0]), text)


def _no_text(record: Mapping[str, Any], values: Mapping[str, list[Any]], fields: Mapping[str, str]) -> ReadError:
    named = next((path for ours, path in fields.items() if _ours(ours) == "text"), None)
    if named and not values.get("text"):
        return ReadError(f"it has no text: there is nothing at {named!r}.", "Check the field's name.")
    if values.get("text"):
        return ReadError(f"its text is {_kind_of(values['text'][0])} in which there are no words.", _HINT)
    keys = ", ".join(" ".join(_UNFIT.sub("", key).split())[:30] for key in list(record)[:12])
    return ReadError(f"it has no text; its fields are {keys or 'none'}.", _HINT)


def _kind_of(value: Any) -> str:
    names = {str: "a string", bool: "a yes or no", type(None): "null", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")
