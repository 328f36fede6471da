"""What changed from one version of an article to the next, paragraph by paragraph and word by word.

It looks at two texts and knows nothing of libraries. That a paragraph has another number is no change: one was put in
or taken out before it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from indexes.article import Article, Kind, Paragraph

ALIKE = 0.5  # part of their words that two paragraphs share, from which one is the other with changes
_MOST_PAIRED = 10_000  # pairs of paragraphs that are compared where a whole stretch was written anew
_MOST_COMPARED = 25_000  # pairs of words, of paragraphs: difflib takes cubic time where they repeat themselves

How = Literal["kept", "removed", "added"]
Piece = tuple[How, str]


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph that was added, removed or changed; what it was not before, or is not after, is None."""

    kind: Literal["added", "removed", "changed"]
    part: Kind  # "body", "heading", "correction", …
    number_before: int | None = None  # its ¶
    number_after: int | None = None
    before: str | None = None
    after: str | None = None

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Return the words of a changed paragraph in order, each stretch with what became of it."""
        if self.before is None or self.after is None:
            return ()
        return tuple(_pieces(_tokens(self.before), _tokens(self.after)))


@dataclass(frozen=True, slots=True)
class Step:
    """What became of an article between two of its versions."""

    before: Article
    after: Article
    changes: tuple[Change, ...]

    @property
    def title_changed(self) -> bool:
        """Tell whether it has another headline."""
        return self.before.title != self.after.title


def step(before: Article, after: Article) -> Step:
    """Return what changed from one version to another."""
    return Step(before, after, tuple(_changes(_shown(before), _shown(after))))


def _shown(article: Article) -> list[Paragraph]:
    return [paragraph for paragraph in article.paragraphs if paragraph.kind != "title"]


def _changes(before: Sequence[Paragraph], after: Sequence[Paragraph]) -> Iterator[Change]:
    ours, theirs = ([_folded(paragraph.text) for paragraph in each] for each in (before, after))
    hasty = len(ours) * len(theirs) > _MOST_COMPARED  # looks past paragraphs that stand there again and again
    for how, i, end, j, stop in SequenceMatcher(None, ours, theirs, autojunk=hasty).get_opcodes():
        if how != "equal":
            yield from _rewritten(before[i:end], after[j:stop])


def _rewritten(before: Sequence[Paragraph], after: Sequence[Paragraph]) -> Iterator[Change]:
    """Yield what became of a stretch, each paragraph beside the one that it was written from, in reading order."""
    i = j = 0
    for this, that in [*_pairs(before, after), (len(before), len(after))]:
        yield from (_removed(paragraph) for paragraph in before[i:this])
        yield from (_added(paragraph) for paragraph in after[j:that])
        if this < len(before):
            yield _changed(before[this], after[that])
        i, j = this + 1, that + 1


def _pairs(before: Sequence[Paragraph], after: Sequence[Paragraph]) -> list[tuple[int, int]]:
    """Return which paragraphs are one with changes, in order: of all ways to pair them the one most alike."""
    if len(before) * len(after) > _MOST_PAIRED:
        return []
    ours, theirs = ([Counter(_WORD.findall(_folded(paragraph.text))) for paragraph in each] for each in (before, after))
    best = [[(0.0, (-1, -1))] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in range(len(before) - 1, -1, -1):
        for j in range(len(after) - 1, -1, -1):
            alike = _likeness(ours[i], theirs[j])
            paired = alike + best[i + 1][j + 1][0] if alike >= ALIKE else -1.0
            best[i][j] = max((best[i + 1][j][0], (1, 0)), (best[i][j + 1][0], (0, 1)), (paired, (1, 1)))
    pairs, i, j = [], 0, 0
    while i < len(before) and j < len(after):
        move = best[i][j][1]
        if move == (1, 1):
            pairs.append((i, j))
        i, j = i + move[0], j + move[1]
    return pairs


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def _added(paragraph: Paragraph) -> Change:
    return Change("added", paragraph.kind, number_after=paragraph.number, after=paragraph.text)


def _removed(paragraph: Paragraph) -> Change:
    return Change("removed", paragraph.kind, number_before=paragraph.number, before=paragraph.text)


def _changed(before: Paragraph, after: Paragraph) -> Change:
    return Change("changed", after.kind, before.number, after.number, before.text, after.text)


# -- words ------------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"\s*(?:\w+(?:[.,:’'-]\w+)*|[^\w\s])|\s+$")
_WORD = re.compile(r"\w+")


def _tokens(text: str) -> list[str]:
    """Return the words and marks of a text, each with the space before it."""
    return _TOKEN.findall(text)


def _pieces(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    ours, theirs = ([token.strip() for token in each] for each in (before, after))
    for how, i, end, j, stop in _opcodes(ours, theirs):
        if how == "equal":
            yield "kept", "".join(after[j:stop])
            continue
        if i < end:
            yield "removed", "".join(before[i:end])
        if j < stop:
            yield "added", "".join(after[j:stop])


def _opcodes(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield as difflib does how one row of words becomes the other; what is too long to compare is all replaced."""
    shortest = min(len(ours), len(theirs))
    start = next((i for i in range(shortest) if ours[i] != theirs[i]), shortest)
    end = next((i for i in range(shortest - start) if ours[-1 - i] != theirs[-1 - i]), shortest - start)
    middle, other = ours[start : len(ours) - end], theirs[start : len(theirs) - end]
    if start:
        yield "equal", 0, start, 0, start
    if len(middle) * len(other) > _MOST_COMPARED:
        yield "replace", start, start + len(middle), start, start + len(other)
    else:
        for how, i, stop, j, last in SequenceMatcher(None, middle, other, autojunk=False).get_opcodes():
            yield how, start + i, start + stop, start + j, start + last
    if end:
        yield "equal", len(ours) - end, len(ours), len(theirs) - end, len(theirs)


def _folded(text: str) -> str:
    """Fold what no reader sees: how wide a space is, and how a quotation mark is drawn."""
    return " ".join(text.translate(_MARKS).split())


_MARKS = str.maketrans("“”„‟‘’‚‛–—", "\"\"\"\"''''--")
