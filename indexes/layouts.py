"""Speakers whom the layout names, not the grammar: interview lines, and a name below somebody's words.

Q: Did you see it?          Jane Smith: I did.          “I saw it.” — Jane Smith, Leeds
A: I did.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexes.wordlists import DOCUMENTS, OPENERS, ORGANISATION_NAMES, TIMES

_CAPITALISED = r"(?:[A-Z][\w’'.-]*|van|der|den|de|la|von|bin|al|el|da|di|del|du)"
_LABEL = re.compile(rf"(?P<label>{_CAPITALISED}(?:\s{_CAPITALISED}){{0,4}})\s?:\s+(?=\S)")
_QUESTION_LABEL = re.compile(r"(?:Q|Question)\d{0,2}\s?[.:]\s+(?=\S)")
_ANSWER_LABEL = re.compile(r"(?:A|Answer)\d{0,2}\s?[.:]\s+(?=\S)")
_SIGNATURE = re.compile(
    rf"(?:^|(?<=[.!?…”’\"'»)])\s*)[—–―-]{{1,2}}\s?(?P<name>{_CAPITALISED}(?:\s{_CAPITALISED}){{0,4}})"
    r"(?P<place>(?:,|\s\().{0,80})?$"
)
_ASKS = frozenset({"interviewer", "host", "moderator", "reporter", "journalist", "us", "we", "you"})
_INTERVIEW_LINES = 2  # as many labels make an interview; a single one may be anything


@dataclass(frozen=True, slots=True)
class Said:
    """text[start:end] of a paragraph is said by the one whom the layout calls `label`; "" where it asks a question."""

    start: int
    end: int
    label: str


def interview_lines(texts: Sequence[str]) -> list[Said | None]:
    """Return what each paragraph's label says, in an article that is an interview; an answer may go on unlabelled."""
    lines = [_labelled(text) for text in texts]
    labels = [line.label for line in lines if line]
    repeated = sum(1 for label in labels if labels.count(label) > 1) if len(labels) < 500 else len(labels)
    if len(labels) < _INTERVIEW_LINES or repeated < _INTERVIEW_LINES:
        return [None] * len(texts)
    return lines


def signature(text: str) -> Said | None:
    """Return what stands before "— Jane Smith, Leeds" at the end of a paragraph, and the name."""
    match = _SIGNATURE.search(text, max(0, len(text) - 140))
    if match is None:
        return None
    words = {word.strip(".,()").lower() for word in match[0].split()}
    if words & TIMES or words & ORGANISATION_NAMES & {match["name"].split()[-1].lower()}:
        return None  # `“Fire in the harbour” — Bay Gazette, May 3` is a source, not a speaker
    if "." in match["name"].strip(".") and " " not in match["name"]:
        return None  # an address: news.example
    return Said(0, len(text[: match.start()].rstrip()), match["name"])


def _labelled(text: str) -> Said | None:
    if _QUESTION_LABEL.match(text):
        return Said(0, 0, "Q")
    answer = _ANSWER_LABEL.match(text)
    if answer:
        return Said(answer.end(), len(text), "A")
    match = _LABEL.match(text)
    if match is None:
        return None
    label = match["label"]
    if label.lower() in _ASKS:
        return Said(0, 0, "Q")
    first = label.split()[0].lower()
    if first in OPENERS or first in DOCUMENTS or first in {"photo", "image", "source", "update", "correction", "note"}:
        return None
    return Said(match.end(), len(text), label)
