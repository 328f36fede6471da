"""How well one text bears out a sentence, and which of its sentences do so best.

Support is likeness of meaning, measured word by word in context. It does not see a changed number, a swapped name or a
"not": `verify` tests those. It knows nothing of models, markers or articles.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes.article import Filters
from indexes.sentences import Span
from indexes.terms import Term, located_terms
from rag.library import Floats, Library, Words

WIDEST = 3  # neighbouring sentences that may bear out a sentence together
RUN = 4  # content words that are looked at together: an invented clause is rarely shorter
AS_GOOD = 0.05  # by how much likelier a wider span must be to be shown instead of a narrower one
LENT = 0.5  # cosine below which a word that the headline or a speaker's name has counts neither for nor against
FEWEST = 200  # paragraphs that a library is taken to have at least: in a smaller one every word would seem common

# Probability from which a sentence counts as borne out. Cross-validated on the development data below: precision .869
# and recall .959 on clapnq (against passages without their sentences), .862 and .513 on expertqa-claims (against
# "Incomplete"; .77 of those claims are "Complete"). At .4 it was .823 and .969, .841 and .642; at .6 .914 and .941,
# .871 and .393. With all tests of `verify`: precision .942 and recall .949 on clapnq, .883 and .397 on expertqa-claims;
# released were 17 of 377 with a strange clause, and of 247 that were turned round by a "not" 3.
SUPPORTED = 0.5


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence as support needs it: its content words in order, and its word pieces as vectors."""

    terms: tuple[Term, ...]
    weights: Floats  # (w,): rarity of each content word in the library, 0..1
    shares: Floats  # (w, p): which pieces each content word consists of; every row sums to 1
    vectors: Floats  # (p, d): its word pieces


@dataclass(frozen=True, slots=True)
class Source:
    """A text that may bear out sentences: the sentences of it that count, in order, and its word pieces."""

    text: str
    spans: tuple[Span, ...]
    words: Words
    known: frozenset[str] = frozenset()  # stems of what a reader knows beside the text: headline, speakers


@dataclass(frozen=True, slots=True)
class Support:
    """A span of a text, and how it meets a statement. The similarities are cosines."""

    span: Span
    width: int  # how many sentences it holds
    worst: float  # how near that content word comes to the span which comes least near
    pair: float  # how near those two neighbouring content words come which come least near
    run: float  # the same of four neighbouring content words
    cosine: float  # of the mean word pieces of statement and span

    @property
    def probability(self) -> float:
        """How likely it is that the span bears the statement out.

        Logistic regression on development data (`expertqa-claims`; `clapnq`: sentences of answers with their passage,
        with the passage without the sentences that they rest on, with another passage, and with a strange clause
        added), the best span of each, 24 November 2026. Judged by eight-fold cross-validation over questions: AUROC
        .978 against passages without their sentences, .982 against strange clauses, 1.00 against other passages; .66
        against the experts' "Incomplete", where an answer and its long web page mostly share all their words.
        Vectors of the span by itself, or of whole sentences, gave nothing more.
        """
        z = -4.2 + 4.6 * self.worst + 3.2 * self.pair + 1.5 * self.run + 1.1 * self.cosine
        return 1 / (1 + math.exp(-z))


def statement(text: str, library: Library, neutral: frozenset[str] = frozenset()) -> Statement:
    """Look up, once, what support must know of a sentence; `neutral` stems need no support: who says it."""
    found = [term for term in located_terms(text) if term.stem not in neutral]
    words = library.words([text])[0]
    starts, ends = words.spans[:, 0], words.spans[:, 1]
    shares = np.array([(term.start < ends) & (starts < term.end) for term in found], np.float32)
    shares = shares.reshape(len(found), len(words.spans))
    kept = [i for i in range(len(found)) if shares[i].any()]
    content = tuple(found[i] for i in kept)
    shares = shares[kept] / np.maximum(shares[kept].sum(axis=1, keepdims=True), 1)
    return Statement(content, _rarities([term.stem for term in content], library), shares, words.vectors)


def best_of(found: Iterable[Support]) -> Support | None:
    """Return the narrowest span that bears a statement out about as well as any; None where there is none."""
    ranked = sorted(found, key=lambda support: -support.probability)
    as_good = [support for support in ranked if support.probability >= ranked[0].probability - AS_GOOD]
    return min(as_good, key=lambda support: (support.width, -support.probability), default=None)


def supports(told: Statement, source: Source, covering: Span | None = None) -> Iterator[Support]:
    """Yield up to three neighbouring sentences at a time, with how they meet the statement.

    Every span holds `covering`, where that is given: the words that the statement quotes.
    """
    if not told.terms or not source.spans or not len(source.words.vectors):
        return
    near = told.vectors @ source.words.vectors.T
    mean = _unit(told.vectors.mean(axis=0))
    weights = told.weights + np.float32(0.001)  # so that words which stand everywhere can be averaged too
    # Whether figures agree is tested exactly, by `rag.figures`.
    known = np.array([term.stem in source.known or term.stem[0].isdigit() for term in told.terms])
    for first, behind in _windows(source.spans, covering):
        pieces = np.concatenate([_inside(source.words, span) for span in source.spans[first:behind]])
        if not len(pieces):
            continue
        nearest = told.shares @ near[:, pieces].max(axis=1)
        counting = ~known | (nearest >= LENT)
        if not counting.any():
            continue
        yield Support(
            Span(source.spans[first].start, source.spans[behind - 1].end),
            width=behind - first,
            worst=float(nearest[counting].min()),
            pair=_weakest(nearest[counting], weights[counting], 2),
            run=_weakest(nearest[counting], weights[counting], RUN),
            cosine=float(mean @ _unit(source.words.vectors[pieces].mean(axis=0))),
        )


def partners(told: Statement, source: Source, span: Span) -> list[tuple[Term, Term, float]]:
    """Return each content word of a statement with the content word of a span that means most nearly the same.

    The same word is its own partner wherever the span has it once. Cosines come with them.
    """
    pieces = _inside(source.words, span)
    inside = located_terms(source.text[span.start : span.end])
    there = [Term(term.stem, term.start + span.start, term.end + span.start) for term in inside]
    if not len(pieces) or not there or not told.terms:
        return []
    starts, ends = source.words.spans[pieces, 0], source.words.spans[pieces, 1]
    shares = np.array([(term.start < ends) & (starts < term.end) for term in there], np.float32)
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1)
    near = (told.shares @ told.vectors) @ (shares @ source.words.vectors[pieces]).T
    for row, term in zip(near, told.terms, strict=True):
        row += [2.0 * (term.stem == other.stem) for other in there]
    return [
        (term, there[int(row.argmax())], min(1.0, float(row.max()))) for term, row in zip(told.terms, near, strict=True)
    ]


def _windows(spans: Sequence[Span], covering: Span | None) -> Iterator[tuple[int, int]]:
    """Yield the windows [first, behind) of sentences to look at."""
    widest = WIDEST
    if covering:
        touched = [i for i, span in enumerate(spans) if span.start < covering.end and covering.start < span.end]
        if not touched:
            return
        widest = max(widest, touched[-1] - touched[0] + 1)
    for first in range(len(spans)):
        for behind in range(first + 1, min(first + widest, len(spans)) + 1):
            if covering is None or (first <= touched[0] and touched[-1] < behind):
                yield first, behind


def _inside(words: Words, span: Span) -> NDArray[np.int64]:
    return np.flatnonzero((words.spans[:, 0] >= span.start) & (words.spans[:, 1] <= span.end))


def _weakest(nearest: Floats, weights: Floats, size: int) -> float:
    """Return the weighted mean nearness of those `size` neighbouring words which come least near."""
    ones = np.ones(min(size, len(nearest)), np.float32)
    return float((np.convolve(nearest * weights, ones, "valid") / np.convolve(weights, ones, "valid")).min())


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


def _rarities(stems: Sequence[str], library: Library) -> Floats:
    """Return each stem's inverse document frequency, scaled so that an unseen word has 1."""
    paragraphs = max(library.count(Filters()), FEWEST)
    frequency = library.document_frequency(sorted(set(stems)))
    unseen = math.log(2 * (paragraphs + 1))
    rarities = [math.log((paragraphs + 1) / (frequency.get(stem, 0) + 0.5)) / unseen for stem in stems]
    return np.array([max(0.0, rarity) for rarity in rarities], np.float32)
