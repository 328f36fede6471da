"""What a PDF says about its article: the title in large type, and what its properties say, where that makes sense.

The day a file was made is no publication date and is not looked at; dates come from the text.
"""

import re
from collections.abc import Sequence

from indexes.furniture import authors, furniture
from indexes.readers.pdflayout import Manner, Piece
from indexes.readers.pdfpages import Document

_NEAR = 8  # paragraphs from the top, among which the title is looked for
_LARGER = 1.15  # than the text: what is not is no title by its looks
_PROGRAMS = re.compile(
    r"microsoft|word|excel|powerpoint|indesign|quark|latex|writer|acrobat|untitled|unknown|anonymous|document\d*$|"
    r"layout \d|slide \d|about:blank|print|^(?:user|admin|administrator|owner|author|title)$",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"\.(?:docx?|odt|rtf|pdf|indd|qx[dp]|html?|txt|tex|pptx?|xlsx?)\b|[\\/]|^\S*[_\d]\S*$", re.IGNORECASE
)
_SITE = re.compile(r"\s+[|–—-]\s+")


def title_of(pieces: Sequence[Piece], texts: Sequence[str], manner: Manner, document: Document) -> int | None:
    """Return which piece is the title: the one that the properties name, or else the largest type at the top."""
    top = [i for i, piece in enumerate(pieces[:_NEAR]) if piece.first.page == pieces[0].first.page]
    named = {_folded(text) for text in _spellings(document.title)}
    for i in top:
        if _folded(texts[i]) in named:
            return i
    large = [i for i in top if pieces[i].size > _LARGER * manner.size and len(texts[i]) <= 300]
    if not large:
        return None
    size = max(pieces[i].size for i in large)
    largest = next(i for i in large if pieces[i].size == size)
    following = next((i for i in large if i > largest), None)
    if following is not None and _is_masthead(texts[largest], texts[following]):
        return following
    return largest


def given_title(document: Document) -> str | None:
    """Return the title that the properties give, where it is one."""
    title = document.title
    if len(title.split()) < 3 or _PROGRAMS.search(title.split(" - ")[0]) or _FILE.search(title):
        return None
    return title


def given_authors(document: Document) -> tuple[str, ...]:
    """Return the authors that the properties give, where they are people's names."""
    names = [name.strip() for name in re.split(r"\s*[;,&]\s*|\s+and\s+", document.author) if name.strip()]
    if not names or not all(authors(f"By {name}") == (name,) and not _PROGRAMS.search(name) for name in names):
        return ()
    return tuple(dict.fromkeys(names))


def has_byline(texts: Sequence[str]) -> bool:
    """Tell whether the text itself says who wrote it."""
    return any(furniture(text) == "byline" and authors(text) for text in texts)


def _spellings(title: str) -> list[str]:
    """Return a title with and without the site's name behind it."""
    parts = _SITE.split(title)
    return [title, *(title[: title.rfind(part)].rstrip(" |–—-") for part in parts[1:])] if title else []


def _is_masthead(text: str, following: str) -> bool:
    """Tell whether the largest line on a page is a newspaper's name, above the headline."""
    return len(text.split()) <= 4 < len(following.split()) and not re.search(r"[.!?:,’']", text)


def _folded(text: str) -> str:
    return " ".join(re.sub(r"[“”‘’\"'«»]", "", text).casefold().split()).rstrip(". ")
