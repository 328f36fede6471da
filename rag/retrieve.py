"""From a question to evidence: the paragraphs worth reading, best first.

Three ranked lists (by meaning, by words, by who speaks) become one. What is returned are whole paragraphs with the
article they stand in; the rest of a running quotation and neighbours by the same speaker are joined here, at answer
time, because indexing them together buries the paragraph itself (facts/quotes.md, 4a). Articles that are one text, wire
copy, are one source: what they share is returned as one of them has it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from indexes.article import Article, Paragraph
from indexes.names import folded, surname
from indexes.terms import terms
from rag.figures import figures
from rag.library import Hit, Library
from rag.question import Question

DEPTH = 50  # how far each ranked list is read
KEPT = 10  # how many paragraphs a question gets
NEAR_IDENTICAL = 0.9  # shared part of the terms of two paragraphs, from which one says nothing new
_SHORTEST_COMPARED = 6  # terms; shorter paragraphs look alike by chance
MOSTLY = 0.7  # the same, of the shorter of two paragraphs in copies of one text: there little is alike by chance
_FEWEST_IN_COPIES = 4  # terms
_REACH = 3  # paragraphs to either side within which a speaker's words belong together


@dataclass(frozen=True, slots=True)
class Evidence:
    """A paragraph that may answer, and where each ranked list had it (a joined neighbour is in none)."""

    article: Article
    paragraph: Paragraph
    score: float
    ranks: Mapping[str, int] = field(default_factory=dict)
    cosine: float = 0.0  # of the question with `speaker: paragraph`, where a list by meaning had it
    copy_of: str | None = None  # the id of the article that is one text with this one, and was found first

    @property
    def number(self) -> int:
        """The paragraph's number (¶)."""
        return self.paragraph.number or 0

    @property
    def id(self) -> str:
        """The paragraph's id."""
        return self.article.paragraph_id(self.number)

    @property
    def origin(self) -> str:
        """What tells its source from others: copies of one text have one origin."""
        return self.copy_of or self.article.id

    @property
    def place(self) -> tuple[str, int]:
        """What sorts paragraphs into reading order within an article."""
        return self.article.id, self.number


def retrieve(question: Question, library: Library, k: int = KEPT) -> list[Evidence]:
    """Return up to k paragraphs for a question, best first, near-identical ones once."""
    lists = ranked_lists(question, library)
    fused = fuse(lists)
    ranks = {name: {key: rank for rank, (key, _) in enumerate(hits, start=1)} for name, hits in lists.items()}
    cosines = {key: score for name, hits in lists.items() if name != "lexical" for key, score in hits}
    found = (
        Evidence(
            *_find(key, library),
            score=score,
            ranks={name: places[key] for name, places in ranks.items() if key in places},
            cosine=cosines.get(key, 0.0),
        )
        for key, score in fused
    )
    return _distinct(_as_one_text(found, library, question.filters.speaker), k)


def ranked_lists(question: Question, library: Library) -> dict[str, list[Hit]]:
    """Return the ranked lists of a question by name: dense, lexical, and one for each speaker named in it.

    "Who is Ada Lind?" is answered where she is introduced, not where she speaks: there her own list is left out.
    """
    lists = {
        "dense": library.dense(question.text, DEPTH, question.filters),
        "lexical": library.lexical(question.searched, DEPTH, question.filters),
    }
    for speaker in () if question.introduces else question.speakers:
        filters = question.filters
        if filters.speaker in (None, speaker):
            lists[f"by {speaker}"] = library.by_speaker(speaker, question.text, DEPTH, filters)
    return lists


def fuse(lists: Mapping[str, Sequence[Hit]]) -> list[Hit]:
    """Return one list: the sum of the scores, each list's scaled to 0..1 between its last and its first.

    Score fusion by min-max normalisation (CombSUM, Fox & Shaw 1994). It keeps what reciprocal rank fusion throws
    away: by how much a paragraph leads its list.
    """
    total: dict[str, float] = {}
    for hits in lists.values():
        scores = [score for _, score in hits]
        low, high = (min(scores), max(scores)) if scores else (0.0, 0.0)
        for key, score in hits:
            total[key] = total.get(key, 0.0) + ((score - low) / (high - low) if high > low else 1.0)
    return sorted(total.items(), key=lambda hit: -hit[1])


def with_neighbours(evidence: Evidence) -> list[Evidence]:
    """Return the paragraph with those around it that belong to it, in reading order.

    That is the rest of a running quotation, and what the same person says right before and after.
    """
    body = evidence.article.body
    first = last = evidence.number - 1
    while first > 0 and evidence.number - first <= _REACH and _goes_on(body[first - 1], body[first]):
        first -= 1
    while last + 1 < len(body) and last + 2 - evidence.number <= _REACH and _goes_on(body[last], body[last + 1]):
        last += 1
    return [
        evidence if paragraph is evidence.paragraph else replace(evidence, paragraph=paragraph, ranks={}, cosine=0.0)
        for paragraph in body[first : last + 1]
    ]


def _goes_on(before: Paragraph, after: Paragraph) -> bool:
    """Tell whether two neighbours belong together: one quotation runs on, or one person goes on speaking."""
    runs = {q.run for q in before.quotations} & {q.run for q in after.quotations} - {None}
    speakers = {s.name for s in before.speakers} & {s.name for s in after.speakers}
    return bool(runs or (speakers and before.heading == after.heading))


def _find(key: str, library: Library) -> tuple[Article, Paragraph]:
    """Return the article and paragraph that an id `article@version#number` names."""
    where, _, number = key.rpartition("#")
    article = library.article(*where.split("@"))
    return article, article.body[int(number) - 1]


def _distinct(found: Iterable[Evidence], k: int) -> list[Evidence]:
    """Return the first k that differ; of one origin's paragraphs that retell each other the newest."""
    kept: list[Evidence] = []
    for evidence in found:
        rival = next((place for place, one in enumerate(kept) if _retells(evidence, one)), None)
        if rival is not None:
            kept[rival] = max(kept[rival], evidence, key=_day)
        elif not any(_says_nothing_new(evidence, one) for one in kept):
            kept.append(evidence)
        if len(kept) == k:
            break
    return kept


def _says_nothing_new(evidence: Evidence, one: Evidence) -> bool:
    """Tell whether two paragraphs are one with a word or two changed: agencies' sentences stand in many papers."""
    if evidence.id == one.id:
        return True
    return _near_identical(_stems(evidence.paragraph.text), _stems(one.paragraph.text)) and _same_figures(evidence, one)


# -- one text in several articles -------------------------------------------------------------------------------------


def _as_one_text(found: Iterable[Evidence], library: Library, speaker: str | None) -> Iterator[Evidence]:
    """Yield each paragraph; one of a copy as it stands in the article of that text that was found first.

    What only the copy has stays the copy's, and so does what it has newer figures for. Where only the words of one
    speaker are looked for, it is yielded as it stands where this person speaks.
    """
    first: dict[str, Article] = {}  # by the id of an article: which stands for it
    for evidence in found:
        article = evidence.article
        if article.id not in first:
            family = [article.id, *(copy.id for copy in library.copies(article.id))]
            stands = next((first[known] for known in family if known in first), article)
            first.update((known, first.get(known, stands)) for known in family)
        original = first[article.id]
        if original.id == article.id:
            yield evidence
            continue
        evidence = replace(evidence, copy_of=original.id)
        same = _standing_in(original, evidence)
        yield from [one for one in same if speaker is None or _speaks(speaker, one.paragraph)] or [evidence]


def _standing_in(original: Article, evidence: Evidence) -> list[Evidence]:
    """Return the paragraphs of the original that a copy's paragraph is made of; none where they cannot stand for it."""
    stems = _stems(evidence.paragraph.text)
    same = [
        replace(evidence, article=original, paragraph=paragraph, copy_of=None)
        for paragraph in original.body
        if _mostly_in(stems, _stems(paragraph.text))
    ]
    speakers = {speaker.name for one in same for speaker in one.paragraph.speakers}
    if not {speaker.name for speaker in evidence.paragraph.speakers} <= speakers:
        return []
    revised = any(_day(evidence) > _day(one) and not _same_figures(evidence, one) for one in same)
    return [] if revised else same


def _speaks(speaker: str, paragraph: Paragraph) -> bool:
    """Tell whether a person, by full name or surname, speaks in a paragraph."""
    return any(folded(speaker) in (folded(each.name), surname(each.name)) for each in paragraph.speakers)


def _retells(evidence: Evidence, one: Evidence) -> bool:
    """Tell whether two paragraphs stand in two articles of one origin, and one is the other with changes."""
    if evidence.origin != one.origin or evidence.article.id == one.article.id:
        return False
    return _mostly_in(_stems(evidence.paragraph.text), _stems(one.paragraph.text))


def _mostly_in(a: frozenset[str], b: frozenset[str]) -> bool:
    """Tell whether most of the terms of the shorter of two paragraphs are in the longer, and they are not too few."""
    shorter = min(len(a), len(b))
    return shorter >= _FEWEST_IN_COPIES and len(a & b) >= MOSTLY * shorter


def _day(evidence: Evidence) -> date:
    """Return when a paragraph was last changed by its publisher, as far as that is known."""
    return evidence.article.updated or evidence.article.published or date.min


@lru_cache(maxsize=512)  # as many as one question compares
def _stems(text: str) -> frozenset[str]:
    return frozenset(terms(text))


# -- alike ------------------------------------------------------------------------------------------------------------


def _near_identical(a: frozenset[str], b: frozenset[str]) -> bool:
    """Tell whether two sets of terms are nearly one."""
    if any(stem[0].isdigit() for stem in a ^ b):  # texts that differ in a number never are
        return False
    if min(len(a), len(b)) < _SHORTEST_COMPARED:
        return a == b
    return len(a & b) >= NEAR_IDENTICAL * len(a | b)


def _same_figures(one: Evidence, other: Evidence) -> bool:
    """Tell whether two paragraphs hold the same numbers, those in words too; each paper has its own word for a day."""
    told, again = (
        {
            (figure.value, figure.unit)
            for figure in figures(evidence.paragraph.text)
            if figure.unit != "weekday" and "relative" not in figure.unit
        }
        for evidence in (one, other)
    )
    return told == again
