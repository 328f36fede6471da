"""A mail (.eml), as newsletters and wires send it: its HTML part, or its plain text where it has no HTML.

Subject, date, sender and Message-ID say what a page's head says. Attachments and pictures are not read. The head of a
mail that was sent on is taken for the sender's words about it, and the mail that was sent on for the article.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from indexes.article import Kind
from indexes.errors import ReadError
from indexes.paragraphs import Block
from indexes.readers import html
from indexes.readers.addresses import canonical_url
from indexes.readers.dates import find_date
from indexes.readers.decoding import decode
from indexes.readers.draft import Draft, Head
from indexes.readers.text import blocks, clean

_DEEPEST = 20  # parts within parts
_BOUNDARIES = 200  # multipart parts in one mail
_PARTS = 10_000
_LONGEST_HEADER = 2_000  # characters; what is longer is no subject, date or sender
# A header that takes very long to parse: the library's time grows with the square of its length.
_HOSTILE_HEADER = re.compile(rb"^content-[\w-]+:(?:[^\r\n]|\r?\n[ \t]){4000}", re.IGNORECASE | re.MULTILINE)
_BOUNDARY = re.compile(rb"\bboundary\s*=", re.IGNORECASE)
_NO_MAIL = ReadError(
    "it is no mail: it does not begin with lines such as “Subject: …”.", "Save the mail as .eml and add that."
)
_MALFORMED = ReadError("it is malformed beyond reading.", "Save the mail again, or its text as a .txt file.")
_HINT = "Save the article's text in a .txt file and add that."
_SEALED = {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"}
_PGP = "-----BEGIN PGP MESSAGE-----"

_ANSWERED = re.compile(r"(?:\s*(?:re|fwd?|aw|wg|tr|rv|sv|vs|antw)\s*(?:\[\d+\])?:\s*)+", re.IGNORECASE)
_SENT_ON = re.compile(
    r"-{2,}\s*(?:forwarded message|original message|weitergeleitete nachricht)\s*-{2,}|begin forwarded message:",
    re.IGNORECASE,
)
_LABELS = {"from": "from", "date": "date", "sent": "date", "subject": "subject"}
_LABEL = re.compile(r"\b(From|Date|Sent|Subject|To|Cc|Reply-To):\s*", re.IGNORECASE)
_WROTE = re.compile(r"(?:On|Am|Le)\b.{6,200}(?:wrote|schrieb.{0,60}|a écrit)\s?:", re.DOTALL)
_VIEW = re.compile(
    r"\W*(?:(?:click|tap) here to )?(?:view|read|open|see)\b.{0,40}\b(?:in|on) (?:your |a |the |my )?(?:web ?)?"
    r"(?:browser|online|site)\W*|\W*(?:view|read|see)(?: (?:it|this|this (?:e-?mail|newsletter|message)))? online\W*"
    r"|\W*(?:web|online|browser) version\W*",
    re.IGNORECASE,
)
_VIEW_AND = re.compile(r"(?:view|read|open|see)\b.{0,60}\b(?:browser|online|web ?page|web ?site)\b.*", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_FOOTER = re.compile(
    r".*\b(?:unsubscribe|opt[ -]out)\b.*"
    r"|.*\byou(?:[’']re| are)? (?:are )?(?:receiv(?:ed?|ing)|getting|got) (?:this|these|our|it)\b.*"
    r"|.*\bthis (?:e-?mail|message|newsletter) was sent (?:to|by|from)\b.*"
    r"|.*\b(?:manage|update|change|edit)\b.{0,30}\b(?:preferences|subscriptions?|settings|profile)\b.*"
    r"|.*\bprivacy (?:policy|notice|statement)\b.*"
    r"|.*\b(?:add us to your address book|our mailing address is|forward (?:this |it )?to a friend"
    r"|(?:was )?this (?:e-?mail |newsletter )?forwarded to you|forwarded this (?:e-?mail|newsletter)"
    r"|images? not (?:displaying|showing)|(?:no|can[’']t see) (?:the )?images?\?|trouble (?:viewing|reading))\b.*",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_CELL = 100  # characters of a cell in a table of figures
_LONGEST_FOOTER = 60  # words; a paragraph that only speaks of unsubscribing is the article's
_HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden|(?:max-height|opacity):\s*0(?!\s*\.?\d)", re.IGNORECASE)
_TINY = re.compile(r"font-size:\s*[01](?:px|pt|em|%)?\s*(?:;|!|$)", re.IGNORECASE)
_PREVIEW = re.compile(r"(?:^|[\s_-])(?:preheader|pre-header|preview-?text)(?:$|[\s_-])", re.IGNORECASE)
_UNSEEN = re.compile("[\u034f\u061c\u115f\u200b-\u200f\u2060-\u2064\ufeff\u00ad]+")


def read(data: bytes) -> Draft:
    """Read a mail. Raises ReadError for what is none, is locked, or holds no text."""
    message = _parsed(data)
    head = _head(message)
    parts = _texts(message)
    if not any(part.content.strip() for part in parts):
        raise _nothing(message)
    found = tuple(block for part in parts for block in _blocks(part))
    if any(block.text.startswith(_PGP) for block in found):
        raise _sealed()
    if not found:
        raise _nothing(message)
    head, found = _sent_on(head, found)
    address = next((url for part in parts if (url := _online(part))), None)
    return Draft(_with_promotion(found), replace(head, url=address))


def _parsed(data: bytes) -> EmailMessage:
    """Return a mail whose parts are few and not too deep in one another."""
    if b"\x00" in data[:1000]:
        decode(data)  # says what it is
        raise ReadError(_NO_MAIL.what, _NO_MAIL.hint)
    hostile = _HOSTILE_HEADER.search(data) or len(_BOUNDARY.findall(data)) > _BOUNDARIES
    if hostile or data.count(b"\n--") > _PARTS:
        raise ReadError(_MALFORMED.what, _MALFORMED.hint)
    try:
        message = BytesParser(policy=policy.default).parsebytes(data.removeprefix(b"\xef\xbb\xbf").lstrip())
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError):  # what the library raises on the worst
        raise ReadError(_MALFORMED.what, _MALFORMED.hint) from None
    if not {name.lower() for name in message} & {"from", "subject", "date", "message-id", "to", "received"}:
        decode(data)  # says what else it is
        raise ReadError(_NO_MAIL.what, _NO_MAIL.hint)
    return message


# --- parts ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Text:
    content: str
    is_html: bool


def _texts(message: Any, depth: int = 0) -> list[_Text]:
    """Return the texts that a mail shows: of alternatives the richest, and a mail inside it where it has no other."""
    if depth > _DEEPEST:
        raise ReadError("it holds mails in mails without end.", "Save the innermost mail and add that.")
    kind = _kind(message)
    if kind in _SEALED:
        raise _sealed()
    parts = [part for part in message.get_payload() if not isinstance(part, str)] if message.is_multipart() else []
    if kind == "multipart/alternative":
        return _richest([_texts(part, depth + 1) for part in parts])
    if message.is_multipart():
        shown = [text for part in parts if _kind(part) != "message/rfc822" for text in _texts(part, depth + 1)]
        inner = [text for part in parts if _kind(part) == "message/rfc822" for text in _texts(part, depth + 1)]
        return shown if any(text.content.strip() for text in shown) else inner
    if kind not in ("text/plain", "text/html") or message.get_content_disposition() == "attachment":
        return []
    return [_Text(_content(message, kind), kind == "text/html")]


def _kind(part: Any) -> str:
    kind: str = part.get_content_type()
    return kind


def _richest(choices: Sequence[list[_Text]]) -> list[_Text]:
    """Return the alternative in HTML that has words in it, or else the last with any."""
    filled = [texts for texts in choices if any(_words(text) for text in texts)]
    rich = [texts for texts in filled if any(text.is_html for text in texts)]
    return (rich or filled or [[]])[-1]


def _words(text: _Text) -> bool:
    return bool(html.fragment(_shown(text.content)) if text.is_html else text.content.strip())


def _content(part: Any, kind: str) -> str:
    data = part.get_payload(decode=True) or b""
    if not data.strip():
        return ""
    charset = str(part.get_content_charset("") or "").strip("'\" ")
    text = _seven_bit(data, charset) or decode(data, charset or None)
    if kind == "text/plain" and str(part.get_param("format", "")).lower() == "flowed":
        text = _unflowed(text, str(part.get_param("delsp", "")).lower() == "yes")
    return text


def _seven_bit(data: bytes, charset: str) -> str | None:
    """Decode what looks like ASCII and is not."""
    if not charset.lower().startswith(("iso-2022", "utf-7", "hz")):
        return None
    try:
        return data.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return None


def _unflowed(text: str, without_space: bool) -> str:
    """Join the lines that a mail program broke: those that end with a space (RFC 3676)."""
    lines = [""]
    going_on = False
    for line in text.replace("\r\n", "\n").split("\n"):
        stuffed = line[1:] if line.startswith(" ") else line
        lines[-1:] = [lines[-1] + stuffed] if going_on else [lines[-1], stuffed]
        going_on = stuffed.endswith(" ") and stuffed != "-- " and not line.startswith(">")
        if going_on and without_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines[1:])


def _sealed() -> ReadError:
    return ReadError("it is encrypted.", "Open it in your mail program and save the text in a .txt file.")


def _nothing(message: Any) -> ReadError:
    """Say what a mail without text holds."""
    leaves = [part for part in message.walk() if not part.is_multipart()]
    files = [name for part in leaves if (name := _one_line(part.get_filename()))]
    pictures = [part for part in leaves if part.get_content_maintype() == "image"]
    shown = any("<img" in str(part.get_payload()).lower() for part in leaves if _kind(part) == "text/html")
    others = [part for part in leaves if part.get_content_maintype() not in ("text", "image")]
    if (pictures or shown) and not others:
        return ReadError("it holds a picture and no text.", _HINT)
    if files:
        return ReadError(f"it holds only attachments: {', '.join(files[:3])}.", "Save these and add them.")
    return ReadError("there is no text in it.", _HINT)


# --- head -------------------------------------------------------------------------------------------------------------


def _head(message: EmailMessage) -> Head:
    raw = _raw(message)
    sender, subject = _sender(message, raw), _subject(_header(message, raw, "subject"))
    named = raw.get("message-id", "").strip().strip("<>")
    when = raw.get("date", "")
    return Head(
        title=subject,
        publisher=sender,
        published=_day(message, raw),
        language=_header(message, raw, "content-language"),
        # Every mail is an article of its own: next week's newsletter may have the same subject.
        key=f"mail:{named}" if named else f"mail:{sender}|{when}|{subject}" if when else None,
    )


def _raw(message: EmailMessage) -> dict[str, str]:
    """Return the first header of each name as it came, those that are too long left out."""
    raw: dict[str, str] = {}
    for name, value in message.raw_items():
        if len(value) <= _LONGEST_HEADER:
            raw.setdefault(name.lower(), _repaired(str(value)))
    return raw


def _repaired(value: str) -> str:
    """Decode the bytes in a header that should have been written in ASCII, and was not."""
    data = value.encode("utf-8", "surrogateescape")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _parsed_header(message: EmailMessage, raw: dict[str, str], name: str) -> Any:
    """Return a header as the library reads it, or None where it cannot."""
    if name not in raw:
        return None
    try:
        return policy.default.header_factory(name, " ".join(raw[name].splitlines()))
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):  # its parser fails on some junk
        return None


def _header(message: EmailMessage, raw: dict[str, str], name: str) -> str | None:
    return _one_line(_parsed_header(message, raw, name))


def _one_line(text: object) -> str | None:
    """Return a header's text on one line, and None where there is none."""
    words = _UNSEEN.sub("", str(text)).encode("utf-8", "replace").decode() if text is not None else ""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", words).split()) or None


def _subject(text: str | None) -> str | None:
    opening = _ANSWERED.match(text or "")
    return (text or "")[opening.end() if opening else 0 :] or None


def _sender(message: EmailMessage, raw: dict[str, str]) -> str | None:
    """Return the sender's name; the address where that is all there is."""
    header = _parsed_header(message, raw, "from")
    for address in getattr(header, "addresses", ()):
        shown = _one_line(address.display_name) or _one_line(address.addr_spec)
        if shown and shown != "<>":
            return shown.strip("\"' ")
    return None


def _day(message: EmailMessage, raw: dict[str, str]) -> date | None:
    return find_date(getattr(_parsed_header(message, raw, "date"), "datetime", None)) or find_date(raw.get("date"))


def _online(part: _Text) -> str | None:
    """Return the address at which a mail says that it can be read in a browser."""
    if not part.is_html:
        lines = part.content.splitlines()
        near = [f"{line} {after}" for line, after in zip(lines, [*lines[1:], ""], strict=True) if _VIEW_AND.match(line)]
        links = [found[0] for line in near if (found := _ADDRESS.search(line))]
    else:
        page = html.tree(part.content)
        anchors = page.iter("a") if page is not None else ()
        links = [a.get("href") or "" for a in anchors if _VIEW.fullmatch(" ".join("".join(a.itertext()).split()))]
    return next((url for link in links if (url := canonical_url(link.strip())) and _is_of_one_mail(url)), None)


def _is_of_one_mail(url: str) -> bool:
    """Tell whether an address can be that of one mail; `…/newsletter/latest` is the next one's as well."""
    place = url.split("/", 3)[-1]
    return bool(re.search(r"\d", place)) or place.count("-") >= 2


# --- text -------------------------------------------------------------------------------------------------------------


def _blocks(part: _Text) -> Iterator[Block]:
    found = html.fragment(_shown(part.content)) if part.is_html else tuple(blocks(_said(clean(part.content))))
    for block in found:
        text = block.text.strip()
        if _UNSEEN.sub("", text).strip():
            yield replace(block, text=text)


def _said(text: str) -> str:
    """Return a plain mail's own words: without signature, and without the mail that it answers, if there is more."""
    lines: list[str] = []
    for line in text.split("\n"):
        if line == "-- ":
            break
        lines.append(line)
    own = [line for line in lines if not line.startswith(">")]
    if len(own) == len(lines):
        return "\n".join(lines)
    unquoted = "\n".join(re.sub(r"^(?:> ?)+", "", line) for line in lines)
    if any(_SENT_ON.match(line) for line in own):
        return unquoted
    said = _WROTE.sub("", "\n".join(own))
    return said if said.strip() else unquoted


def _shown(markup: str) -> str:
    """Return a mail's HTML without what is hidden in it, and without the tables that it is laid out with."""
    from lxml import html as lxml_html  # type: ignore[import-untyped]

    page = html.tree(markup)
    if page is None:
        return ""
    for element in [e for e in page.iter() if isinstance(e.tag, str) and _is_hidden(e)]:
        if element.getparent() is not None and element.tag != "body":
            element.drop_tree()
    for table in [table for table in page.iter("table") if not _is_data(table)]:
        for element in table.iter("table", "thead", "tbody", "tfoot", "tr", "td", "th"):
            if next(e for e in (element, *element.iterancestors()) if e.tag in ("table", "section")) is table:
                element.tag = "section" if element is table else "div"
    shown: str = lxml_html.tostring(page, encoding="unicode")
    return shown


def _is_hidden(element: Any) -> bool:
    """Tell whether an element is there for the list of mails only, or for other programs."""
    style = element.get("style") or ""
    if _HIDDEN.search(style) or _PREVIEW.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
        return True
    # Round the columns of a layout the letters are of no size as well: there the columns say which they have.
    return bool(_TINY.search(style)) and not any(
        "font-size" in (e.get("style") or "") for e in element.iterdescendants()
    )


def _is_data(table: Any) -> bool:
    """Tell whether a table holds figures: several rows of several short cells, and nothing laid out in them."""
    laid_out = next(table.iterdescendants("table", "p", "h1", "h2", "h3"), None) is not None
    if laid_out or (table.get("role") or "").lower() == "presentation":
        return False
    cells = [[" ".join("".join(cell.itertext()).split()) for cell in row.iter("td", "th")] for row in table.iter("tr")]
    rows = [[text for text in row if text] for row in cells]
    return sum(len(row) > 1 for row in rows) > 1 and all(len(text) <= _LONGEST_CELL for row in rows for text in row)


def _with_promotion(found: Sequence[Block]) -> tuple[Block, ...]:
    """Mark what mails say about themselves, and the small print below the last word about unsubscribing."""
    marked = [replace(b, known=_promotion(b) or b.known) for b in found]
    footers = [i for i, block in enumerate(found) if _FOOTER.fullmatch(block.text) and marked[i].known == "promotion"]
    last = footers[-1] if footers else len(found)
    below = found[last + 1 :]
    if len(below) < len(found) // 3 + 2 and not any(len(block.text.split()) > 25 for block in below):
        marked[last + 1 :] = [replace(b, known="promotion") for b in below]
    return tuple(marked)


def _promotion(block: Block) -> Kind | None:
    if len(block.text.split()) > _LONGEST_FOOTER:
        return None
    says_so = _FOOTER.fullmatch(block.text) or _VIEW.fullmatch(block.text)
    link = _VIEW_AND.match(block.text) and (len(block.text.split()) < 12 or _ADDRESS.search(block.text))
    return "promotion" if says_so or link else None


def _sent_on(head: Head, found: tuple[Block, ...]) -> tuple[Head, tuple[Block, ...]]:
    """Return the mail that was sent on inside this one, where one was: its head, and its text."""
    at = next((i for i, block in enumerate(found) if _SENT_ON.match(block.text)), None)
    if at is None:
        return head, found
    rest = [replace(found[at], text=_SENT_ON.sub("", found[at].text, count=1).strip()), *found[at + 1 :]]
    lines = []
    while rest and (not rest[0].text or _LABEL.match(rest[0].text)):
        lines.append(rest.pop(0).text)
    said = _labelled(" ".join(lines))
    if not said or not rest:
        return head, found
    sender = re.sub(r"\s*[<\[(]\S*@\S*[>\])]", "", said.get("from", "")).strip("\"' ")
    return replace(
        head,
        title=_subject(said.get("subject")) or head.title,
        publisher=sender or head.publisher,
        published=find_date(said.get("date")) or head.published,
    ), tuple(rest)


def _labelled(text: str) -> dict[str, str]:
    """Return what stands behind “From:”, “Date:” and “Subject:”."""
    pieces = _LABEL.split(text)
    pairs = zip(pieces[1::2], pieces[2::2], strict=True)
    return {_LABELS[key.lower()]: value.strip() for key, value in pairs if key.lower() in _LABELS}
