"""Plain text: which line breaks end a paragraph, and which only end a line.

Text comes hard-wrapped with blank lines between paragraphs, or with one paragraph a line, or in a mixture of both. A
line break is taken for a wrap only in a text that is wrapped as a whole, and only where the next word would not have
fitted into the line.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from indexes.article import Kind
from indexes.furniture import furniture
from indexes.paragraphs import Block
from indexes.readers.decoding import decode
from indexes.readers.draft import Draft
from indexes.readers.heads import split_head

_NARROWEST, _WIDEST = 40, 100  # columns at which people wrap text
_RULE = re.compile(r"\s*(?:[-=*_~#–—•]\s*){3,}")
_ITEM = re.compile(r"\s*(?:[*•‣▪◦]|[-–—]|\(?\d{1,2}[.)])\s+\S")
_SURE_ITEM = re.compile(r"\s*[*•‣▪◦]\s+\S")
_ENDS = re.compile(r"[.!?…:;。！？][\"”’'»)\]]*\s*$")
_SMALL = re.compile(r"\s*[“\"‘'(\[]?[a-zà-öø-ÿ]")


def read(data: bytes) -> Draft:
    """Read plain text. Raises ReadError for bytes that are not text."""
    head, text = split_head(clean(decode(data)))
    return Draft(tuple(blocks(text)), head)


def clean(text: str) -> str:
    """Give a text one kind of line break, and drop the soft hyphens that mark where a word may be broken."""
    text = text.replace("\u00ad", "")
    text = re.sub(r"\r\n?|[\u2028\x0b\x0c\x85]", "\n", text)
    return text.replace("\u2029", "\n\n")


def blocks(text: str) -> Iterator[Block]:
    """Yield the paragraphs of a text, wrapped lines joined by one space."""
    groups = list(_groups(text.split("\n")))
    width = _wrap_width(groups)
    for group in groups:
        apart = True
        for lines in _pieces(group, width):
            yield Block(" ".join(line.strip() for line in lines), apart=apart)
            apart = False


def broken_lines(lines: Sequence[str], known: Kind | None) -> Iterator[Block]:
    """Yield a paragraph that has line breaks in it: as one, but a line that is a byline or the like stands alone."""
    lines = [line.strip() for line in lines if line.strip()]
    piece: list[str] = []
    for line in lines:
        if len(lines) > 1 and furniture(line):
            if piece:
                yield Block(" ".join(piece), known)
            yield Block(line, known)
            piece = []
        else:
            piece.append(line)
    if piece:
        yield Block(" ".join(piece), known)


def _groups(lines: list[str]) -> Iterator[list[str]]:
    """Yield the runs of lines between blank lines and rules."""
    group: list[str] = []
    for line in lines:
        if line.strip() and not _RULE.fullmatch(line):
            group.append(line.expandtabs(4).rstrip())
        elif group:
            yield group
            group = []
    if group:
        yield group


def _wrap_width(groups: list[list[str]]) -> int | None:
    """Return the column at which the text is wrapped, or None where its line breaks are meant.

    In wrapped text many lines are full and end in the middle of a sentence, which goes on in small letters at times.
    """
    wrapped = [group for group in groups if len(group) > 1 and max(map(len, group)) <= _WIDEST]
    width = max((len(line) for group in wrapped for line in group), default=0)
    if width < _NARROWEST:
        return None
    long = [pair for group in wrapped for pair in pairwise(group) if len(pair[0]) > width * 0.6]
    open_ended = [(line, after) for line, after in long if not _ENDS.search(line)]
    small = sum(bool(_SMALL.match(after)) for _, after in open_ended)
    going_on = sum(bool(_SMALL.match(after)) or _is_full(line, after, width) for line, after in open_ended)
    return width if small and going_on >= len(long) * 0.35 else None


def _pieces(group: list[str], width: int | None) -> Iterator[list[str]]:
    """Yield the paragraphs of a group of lines, each as its lines."""
    if width is None or max(map(len, group)) > _WIDEST:
        yield from ([line] for line in group)
        return
    margin = Counter(map(_indent, group)).most_common(1)[0][0]
    piece = [group[0]]
    for line, after in pairwise(group):
        if _indented(after, margin, piece) or _breaks(line, after, piece, width):
            yield piece
            piece = []
        piece.append(after)
    yield piece


def _indented(after: str, margin: int, piece: list[str]) -> bool:
    """Tell whether a line is set in, as the first line of a paragraph; in a list that is how an item goes on."""
    return _indent(after) > margin and not _ITEM.match(piece[0])


def _breaks(line: str, after: str, piece: list[str], width: int) -> bool:
    """Tell whether a new paragraph begins at the line `after`, in a text that is wrapped at `width`."""
    if _SURE_ITEM.match(after) or (_ITEM.match(after) and (_ITEM.match(piece[0]) or _ENDS.search(line))):
        return True
    part, before = furniture(after.strip()), furniture(line.strip())
    if part in ("byline", "promotion") and not before:
        return True
    if _is_full(line, after, width):
        return False
    if _ENDS.search(line) or (part == "dateline" and not before):
        return True
    return len(line) < width * 0.6 and not _SMALL.match(after)


def _is_full(line: str, after: str, width: int) -> bool:
    """Tell whether the next word, up to its first hyphen, would not have fitted into the line."""
    word = re.match(r"\s*([^\s-]*-?)", after)
    assert word
    return len(line) + 1 + len(word[1]) >= width * 0.87


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
