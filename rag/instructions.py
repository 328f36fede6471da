"""Sentences of an article that speak to an assistant, or dictate an answer, instead of telling their readers something.

They stay in the article and are shown there as plain text; they are never quoted and bear nothing out. This module
knows wordings, not intentions: a false report that addresses nobody is an ordinary sentence to it.
"""

import re
from functools import lru_cache

from indexes.sentences import Span, sentences

_OVERRIDE = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.!?]{0,40}\b"
    r"(?:previous|prior|above|earlier|preceding|your|system)\b[^.!?]{0,30}"
    r"\b(?:instructions?|prompts?|directives?|rules|guidelines|commands?|context)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000)
def instruction_spans(text: str, question: str | None = None) -> tuple[Span, ...]:
    """Return the stretches of a paragraph that address an assistant or dictate an answer, in order.

    With the reader's question also a copy of it planted in running text, and what follows there as its answer.
    """
    return tuple(span for span in sentences(text) if _OVERRIDE.search(text[span.start : span.end]))
