"""From bytes to text: byte-order marks, UTF-8, the charset that a page declares, and otherwise a good guess."""

import codecs
import re

from indexes.errors import ReadError

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_OTHER_FORMATS = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"{\\rtf", "rich text"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_SAMPLE = 200_000  # bytes that are enough to guess an encoding from
# Languages whose letters are in Windows code page 1250 and not in 1252. Without one of them 1252 is far likelier.
_CENTRAL_EUROPEAN = {"Polish", "Czech", "Slovak", "Hungarian", "Slovene", "Croatian", "Romanian"}
# Pages say one and mean the other, as browsers read them; and what Python also calls encodings is no charset of a page.
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}
_NO_CHARSETS = {"punycode", "idna", "unicode-escape", "raw-unicode-escape", "utf-7", "mbcs", "oem", "undefined"}
_JUNK = ReadError("it holds binary data, not text.", "Save the article as text, Markdown or HTML and add that.")
_ENDING = "Give it the ending of what it is, or save the article as text and add that."


def decode(data: bytes, declared: str | None = None) -> str:
    """Return the text of a file, without byte-order marks. Raises ReadError for what is not text."""
    for magic, what in _OTHER_FORMATS:
        if data.startswith(magic):
            raise ReadError(f"it is {what}, whatever its name says.", _ENDING)
    text = _decoded(data, declared).replace("\ufeff", "")
    if "\x00" in text or len(_CONTROL.findall(text)) * 100 > len(text):
        raise ReadError(_JUNK.what, _JUNK.hint)
    return text


def _decoded(data: bytes, declared: str | None) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding)
    wide = _unmarked_wide(data)
    if wide:
        return _strictly(data, wide)
    for likely in filter(None, ("utf-8", charset(declared))):
        try:
            return data.decode(likely)
        except (UnicodeDecodeError, LookupError):
            continue
    return _guessed(data)


def charset(label: str | None) -> str | None:
    """Return the encoding that a page or a server means by a label; None where it names none."""
    try:
        name = codecs.lookup(label or "").name
    except (LookupError, ValueError):
        return None
    return None if name in _NO_CHARSETS else _MEANT.get(name, name)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise ReadError(f"it begins like {encoding} text, but is broken.", _JUNK.hint) from None


def _unmarked_wide(data: bytes) -> str | None:
    """Recognise UTF-16 without a mark: in European text every other byte is zero."""
    sample = data[:2000]
    if len(sample) < 4:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > len(sample) * 0.3 and not even:
        return "utf-16-le"
    if even > len(sample) * 0.3 and not odd:
        return "utf-16-be"
    return None


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    if best is None:
        raise ReadError(_JUNK.what, _JUNK.hint)
    encodings = [best.encoding]
    if _is_western(best.encoding) and best.language not in _CENTRAL_EUROPEAN:
        encodings.insert(0, "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ReadError(_JUNK.what, _JUNK.hint)


def _is_western(encoding: str) -> bool:
    return encoding in {
        "cp1250",
        "cp1252",
        "cp1254",
        "cp1257",
        "cp1258",
        "latin_1",
        "hp_roman8",
    } or encoding.startswith(("iso8859_", "mac_", "cp4", "cp7", "cp8", "cp10", "cp11"))
