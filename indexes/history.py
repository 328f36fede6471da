"""What changed from one version of an article to the next, paragraph by paragraph and word by word.

It looks at two texts and knows nothing of libraries. That a paragraph has another number is no change: one was put in
or taken out before it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from typing import Literal

from indexes.article import Article, Kind, Paragraph

ALIKE = 0.5  # part of their words that two paragraphs share, from which one is the other with changes
# Both bound what two texts can ask for that were made to be compared slowly.
_MOST_PAIRED = 500_000  # words that are looked at to pair paragraphs where whole stretches were written anew
_MOST_LOOKED_AT = 60  # places that are looked at for each word of a paragraph, to find those that stay
_MOST_LOOKED_AT_IN_ALL = 500_000  # the same for the paragraphs of an article

How = Literal["kept", "removed", "added"]
Piece = tuple[How, str]
Bag = frozenset[tuple[str, int]]  # the words of a text, whatever their order


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
    left = _MOST_PAIRED
    for how, i, end, j, stop in _opcodes(ours, theirs, _MOST_LOOKED_AT_IN_ALL):
        if how == "equal":
            continue
        one, other = ([_bag(text) for text in texts] for texts in (ours[i:end], theirs[j:stop]))
        work = _work(one, other)
        pairs = _pairs(one, other) if work <= left else []
        left -= work if work <= left else 0
        yield from _rewritten(before[i:end], after[j:stop], pairs)


def _rewritten(
    before: Sequence[Paragraph], after: Sequence[Paragraph], pairs: Sequence[tuple[int, int]]
) -> Iterator[Change]:
    """Yield what became of a stretch, each paragraph beside the one that it was written from, in reading order."""
    i = j = 0
    for this, that in [*pairs, (len(before), len(after))]:
        yield from (_removed(paragraph) for paragraph in before[i:this])
        yield from (_added(paragraph) for paragraph in after[j:that])
        if this < len(before):
            yield _changed(before[this], after[that])
        i, j = this + 1, that + 1


def _pairs(ours: Sequence[Bag], theirs: Sequence[Bag]) -> list[tuple[int, int]]:
    """Return which paragraphs are one with changes, in order: of all ways to pair them the one most alike."""
    best = [[(0.0, (-1, -1))] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for i in range(len(ours) - 1, -1, -1):
        for j in range(len(theirs) - 1, -1, -1):
            alike = _likeness(ours[i], theirs[j])
            paired = alike + best[i + 1][j + 1][0] if alike >= ALIKE else -1.0
            best[i][j] = max((best[i + 1][j][0], (1, 0)), (best[i][j + 1][0], (0, 1)), (paired, (1, 1)))
    pairs, i, j = [], 0, 0
    while i < len(ours) and j < len(theirs):
        move = best[i][j][1]
        if move == (1, 1):
            pairs.append((i, j))
        i, j = i + move[0], j + move[1]
    return pairs


def _work(ours: Sequence[Bag], theirs: Sequence[Bag]) -> int:
    """Return how many words are looked at to pair paragraphs; that there is a pair at all is as much work as ten."""
    return len(theirs) * sum(10 + len(bag) for bag in ours)


def _bag(text: str) -> Bag:
    """Return the words of a paragraph, each with how many like it stand before it."""
    found: Counter[str] = Counter()
    bag = set()
    for word in _WORD.findall(text):
        bag.add((word, found[word]))
        found[word] += 1
    return frozenset(bag)


def _likeness(one: Bag, other: Bag) -> float:
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 0.0


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
    for how, i, end, j, stop in _opcodes(ours, theirs, _MOST_LOOKED_AT * (len(ours) + len(theirs))):
        if how == "equal":
            yield "kept", "".join(after[j:stop])
            continue
        if i < end:
            yield "removed", "".join(before[i:end])
        if j < stop:
            yield "added", "".join(after[j:stop])


def _folded(text: str) -> str:
    """Fold what no reader sees: how wide a space is, and how a quotation mark is drawn."""
    return " ".join(text.translate(_MARKS).split())


_MARKS = str.maketrans("“”„‟‘’‚‛–—", "\"\"\"\"''''--")


# -- what stays -------------------------------------------------------------------------------------------------------


def _opcodes(ours: Sequence[str], theirs: Sequence[str], most: int) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield as difflib does how one row of words, or of paragraphs, becomes the other."""
    shortest = min(len(ours), len(theirs))
    start = next((i for i in range(shortest) if ours[i] != theirs[i]), shortest)
    end = next((i for i in range(shortest - start) if ours[-1 - i] != theirs[-1 - i]), shortest - start)
    if start:
        yield "equal", 0, start, 0, start
    middle = _Patient(ours[start : len(ours) - end], theirs[start : len(theirs) - end], most)
    for how, i, stop, j, last in middle.get_opcodes():
        yield how, start + i, start + stop, start + j, start + last
    if end:
        yield "equal", len(ours) - end, len(ours), len(theirs) - end, len(theirs)


class _Patient(SequenceMatcher[str]):
    """Finds what stays, the longest stretch first, and takes the rest for rewritten once it has looked long enough.

    difflib itself takes cubic time where words repeat themselves.
    """

    def __init__(self, ours: Sequence[str], theirs: Sequence[str], most: int) -> None:
        super().__init__(None, ours, theirs, autojunk=False)
        self._ours = ours
        self._often = Counter(theirs)
        self._left = most

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """Return the longest stretch that stands in both; an empty one where too many places were looked at before."""
        self._left -= sum(1 + self._often[each] for each in self._ours[alo:ahi])
        return super().find_longest_match(alo, ahi, blo, bhi) if self._left >= 0 else Match(alo, blo, 0)
