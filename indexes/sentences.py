"""Where sentences begin and end inside one paragraph. syntok does the splitting; we repair what it breaks."""

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from syntok import segmenter

# syntok splits after a semicolon or colon; neither ends a sentence that a reader could quote.
_GOES_ON = re.compile(r"[;:,—–-][”’\"'»)]*$")
# "U.S. state", "Mr. Xi", "J. D. Vance", "No. 10", "Gov. Lee": a short form that needs what follows it.
_SHORT_FORM = re.compile(
    r"(?:^|[\s(“\"‘'—–-])(?:[A-Z]\.(?:\s?[A-Z]\.)*|Mr|Mrs|Ms|Mx|Dr|Prof|Rev|Fr|Sr|St|Gen|Lt|Col|Maj|Capt|Cmdr|Sgt|Adm|"
    r"Gov|Sen|Rep|Amb|Pres|Hon|Messrs|Mme|Mlle|No|Nos|vs|cf|ca|approx|est|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|"
    r"Dec|Ave|Blvd|Ft|Mt|e\.g|i\.e)\.$"
)
_CLOSER = re.compile(r"[”’\"'»)\]]+(?=\s|$)")
_LOWER_START = re.compile(r"[“\"‘'(\[]*[a-z]")
# A new sentence after "the U.S." opens with one of these; a name or noun after it belongs to it.
_OPENER = re.compile(
    r"[“\"‘']?(?:The|A|An|In|On|At|But|And|It|He|She|They|We|I|You|This|That|These|Those|There|If|When|While|As|For|"
    r"However|Meanwhile|Its|His|Her|Their|Our|My|So|Yet|Still|After|Before|Since|According)\b"
)


class Span(NamedTuple):
    """text[start:end], in code points."""

    start: int
    end: int


@lru_cache(maxsize=20_000)
def sentences(text: str) -> tuple[Span, ...]:
    """Return the sentences of a paragraph; between them there is only white space."""
    starts = [0, *_boundaries(text), len(text)]
    spans = []
    for start, end in pairwise(starts):
        piece = text[start:end]
        if piece.strip():
            left = len(piece) - len(piece.lstrip())
            spans.append(Span(start + left, start + len(piece.rstrip())))
    return tuple(spans)


def _boundaries(text: str) -> list[int]:
    """Return where a new sentence starts, the first one left out."""
    kept = []
    for boundary in _syntok_boundaries(text):
        closer = _CLOSER.match(text, boundary)  # a closing mark that was torn off belongs to the sentence before
        if closer:
            boundary = closer.end()
        before, after = text[:boundary].rstrip(), text[boundary:].lstrip()
        if before and after and not _belongs_together(before, after):
            kept.append(boundary)
    return kept


def _belongs_together(before: str, after: str) -> bool:
    tail = before[-40:]
    if _GOES_ON.search(tail) or _LOWER_START.match(after):
        return True
    short = _SHORT_FORM.search(tail)
    if not short:
        return False
    initials = re.search(r"[A-Z]\.(?:\s?[A-Z]\.)+$", tail)
    return not (initials and _OPENER.match(after))


def _syntok_boundaries(text: str) -> list[int]:
    boundaries = []
    for paragraph in segmenter.analyze(text):
        for sentence in paragraph:
            if sentence:
                boundaries.append(sentence[0].offset)
    return boundaries[1:]
