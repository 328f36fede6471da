"""An answer while it grows: its sentences, and their citations numbered in the order in which they appear."""

import re
from collections.abc import Sequence

from rag.answer import Answer, Citation, Claim, Mode, Verdict
from rag.cite import Place, cite

_FULL_STOP = re.compile(r"(?<=[^\s.A-Z])(?<!\.[A-Za-z])\.$")  # but not that of "the U.S." and "2:40 a.m."


class Draft:
    """Sentences so far. A place that is cited again keeps its number."""

    def __init__(self, places: Sequence[Place] = (), claims: Sequence[Claim] = ()) -> None:
        """Start with claims that cite `places` by their positions, from 1."""
        self.places = list(places)
        self.claims = list(claims)

    def add(self, sentence: str, places: Sequence[Place], verdict: Verdict, reason: str | None = None) -> None:
        """Add a sentence with a marker for each place that bears it out, before its full stop."""
        markers = tuple(dict.fromkeys(self.marker(place) for place in places))
        self.claims.append(Claim(with_markers(sentence, markers), markers, verdict, reason))

    def marker(self, place: Place) -> int:
        """Return the number of a place, a new one at its first citation."""
        if place not in self.places:
            self.places.append(place)
        return self.places.index(place) + 1

    def cited(self) -> list[tuple[str, tuple[Place, ...]]]:
        """Return each sentence with the places that it cites."""
        return [(claim.text, tuple(self.places[n - 1] for n in claim.citations)) for claim in self.claims]

    def answer(self, question: str, mode: Mode) -> Answer:
        """Return the answer as it stands: what one person reads in a row, quotes on lines of their own."""
        citations = self._citations()
        return Answer(
            question=question,
            answer=(" " if mode == "model" else "\n").join(claim.text for claim in self.claims),
            mode=mode,
            as_of=max((citation.published for citation in citations if citation.published), default=None),
            claims=tuple(self.claims),
            citations=citations,
        )

    def _citations(self) -> tuple[Citation, ...]:
        cited = {marker for claim in self.claims for marker in claim.citations}
        numbered = ((n, place) for n, place in enumerate(self.places, start=1) if n in cited)
        return tuple(cite(n, place.article, place.paragraph, place.start, place.end) for n, place in numbered)


def with_markers(sentence: str, markers: Sequence[int]) -> str:
    """Return a sentence with its markers: before its full stop, or else at its end."""
    if not markers:
        return sentence
    shown = "".join(f"[{marker}]" for marker in markers)
    bare = _FULL_STOP.sub("", sentence)
    return f"{bare} {shown}{sentence[len(bare) :]}"
