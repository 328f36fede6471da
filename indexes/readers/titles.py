"""The title of an article that has none: the words that it opens with.

A file that holds one article lends it its name. An article that is one of many in a file has no name of its own, and
two of them must not end up with the same title: an article without an address is known by its publisher and title.
"""

from collections.abc import Sequence

from indexes.paragraphs import Block, to_paragraphs

_LONGEST = 80  # characters


def opening(blocks: Sequence[Block]) -> str | None:
    """Return the words that a text opens with, for a text that shows no title; None for one that does."""
    paragraphs = to_paragraphs(blocks)
    if any(p.kind == "title" for p in paragraphs):
        return None
    text = next((p.text for p in paragraphs if p.kind == "body"), "")
    words = text[: _LONGEST + 1].rsplit(" ", 1)[0] if len(text) > _LONGEST else text
    # The dots say that it goes on, and that it is not the paragraph itself, which would then be the title.
    return f"{words.rstrip(' .,;:!?–—-')}…" if text else None
