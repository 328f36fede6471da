"""The title of an article whose file names none: the one that its text shows, or the words that it opens with.

A file that holds one article lends it its name. An article that is one of many in a file has no name of its own, and
two of them must not end up with the same title: an article without an address is known by its publisher and title.
"""

import re
from collections.abc import Sequence

from indexes.paragraphs import Block, to_paragraphs

_LONGEST = 80  # characters


def shown_title(blocks: Sequence[Block]) -> str | None:
    """Return the title that stands above a text."""
    return next((p.text for p in to_paragraphs(blocks) if p.kind == "title"), None)


def opening(blocks: Sequence[Block]) -> str | None:
    """Return the words that a text opens with, for a text that shows no title; None for one that does."""
    paragraphs = to_paragraphs(blocks)
    if any(p.kind == "title" for p in paragraphs):
        return None
    text = next((p.text for p in paragraphs if p.kind == "body"), "")
    sentence = re.split(r"(?<=[.!?…])[\"”’»)]*\s", text)[0]
    whole = sentence if len(sentence) > _LONGEST // 3 else text
    if len(whole) <= _LONGEST:
        return whole.rstrip(".") or None
    return whole[:_LONGEST].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"
