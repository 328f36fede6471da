"""Text that stays text where Markdown or an address is expected, whoever wrote it.

CommonMark reads structure from punctuation and from how a line begins. So a text becomes one line in which all that
could be read so is escaped, and only web addresses become addresses of links.
"""

import re
from urllib.parse import quote, urlsplit

# Line breaks, control characters, and halves of characters, which UTF-8 cannot hold.
_BREAKS = re.compile(r"[ \x00-\x1f\x7f-\x9f\u2028\u2029]+")
_HALVES = re.compile(r"[\ud800-\udfff]")
_ACTIVE = re.compile(
    r"[\\`*_\[\]<>#|~$@]"  # markup; of GitHub's Markdown also tables, mathematics and people
    r"|&(?=#?\w+;)"  # an entity
    r"|:(?=//)|(?<=www)\."  # addresses that GitHub links without being asked to
    r"|^[-+=]"  # a list, a rule, the line below a heading
)
ENTITY = re.compile(r"&(?=#?\w+;)")  # the beginning of what could be one
_NUMBERED = re.compile(r"^(\d{1,9})([.)])")  # a list that begins with this number
_UNSAFE = re.compile(
    r"[\x00-\x20\x7f-\xa0\u2028\u2029\\\"<>`{|}()^]"
)  # in an address; "~" and "[" have their meaning there


def one_line(text: str) -> str:
    """Return a text without line breaks, control characters and spaces around it."""
    return _HALVES.sub("\ufffd", _BREAKS.sub(" ", text)).strip(" ")


def escaped(text: str) -> str:
    """Return Markdown that shows this text, on one line, and nothing else."""
    return _NUMBERED.sub(r"\1\\\2", _ACTIVE.sub(r"\\\g<0>", one_line(text)))


def linked(text: str, address: str | None) -> str:
    """Return Markdown that shows this text as a link, or as it is where the address is none of the web."""
    safe = web_address(address)
    return f"[{escaped(text)}]({ENTITY.sub('&amp;', safe)})" if safe and one_line(text) else escaped(text)


def quoted(text: str) -> str:
    """Return a text in quotation marks, one line; it may have brought its own."""
    line = one_line(text)
    whole = line.startswith("“") and line.endswith("”") and line.count("“") == line.count("”") == 1
    return line if whole else f"“{line}”"


def web_address(address: str | None) -> str | None:
    """Return an http(s) address with every character escaped that could end it; else None."""
    try:
        parts = urlsplit(one_line(address or ""))
        host = parts.hostname
    except ValueError:  # an IPv6 address that is none
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    return _UNSAFE.sub(lambda found: quote(found[0], safe=""), one_line(address or ""))
