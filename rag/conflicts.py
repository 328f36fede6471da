"""Sources that disagree: two figures for one matter, or one denies what the other states. Said, never merged.

Articles that are one text are one source, and one source does not disagree with itself.

A false alarm is worse than a miss, so much must agree before two sources count as disagreeing: what is counted, nearly
all that is said of it, the names, the years, and whether it is told as a fact or as a hope. What is shown is composed
from facts (who, when) and from words cut out of the sources.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import Literal

from indexes.article import CONFIDENT, Article, Filters
from indexes.sentences import Span, sentences
from indexes.terms import STOP_WORDS, terms
from indexes.wordlists import TIMES
from rag.cite import Place
from rag.figures import ROUNDING, Figure, figures
from rag.instructions import instruction_spans
from rag.library import Library
from rag.match import holds
from rag.meaning import When
from rag.question import is_negated
from rag.retrieve import Evidence

MOST = 2  # disagreements that one answer shows
FEWEST = 200  # paragraphs that a library is taken to have at least: in a smaller one every word would seem common

# How much two clauses must share to be about one matter: so many words, all those of one of them, and this share of
# both (weighted by rarity). Set on 111 pairs of sentences written for it: 29 of 38 disagreements of figures and 4 of 4
# denials are found, none of 69 pairs is that only seem to disagree (the last 18 were new when the rules stood: 2 were
# then, and brought one more rule). Over the 1,100,000 pairs of sentences of different articles in the development data
# (SQuAD 2.0, CLAP NQ, MultiHop-RAG, the samples) that hold figures of one unit or may deny each other, it reports one,
# which is one. Letting each clause have words that the other lacks (.7 shared) brought 4 of 20 false ones.
SHARED = 3
OF_BOTH = 0.5
NAMES_SHARED = 2  # names that two articles must share, unless the clauses name somebody or something themselves
SHARED_BY_DENIAL = 4
OF_BOTH_BY_DENIAL = 0.9
LONGEST_DENIAL = 200  # characters of a sentence that is shown as denied or denying


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two places that disagree, the newer one last, and what each says, cut out of it."""

    kind: Literal["figures", "negation"]
    places: tuple[Place, Place]
    said: tuple[str, str]


def disagreements(
    released: Sequence[tuple[str, Sequence[Place]]], shown: Sequence[Evidence], library: Library
) -> tuple[Disagreement, ...]:
    """Return where the sources of an answer disagree, at most two, those that it cites itself first.

    `released` are its sentences with the places that they cite, `shown` the paragraphs that it was made from: one of
    them that is not cited and clearly gives another figure than a released sentence does is brought in.
    """
    weigh = _weights(library)
    origins = {evidence.article.id: evidence.origin for evidence in shown}
    cited = [told for text, places in released for place in places for told in _told_in(place, text)]
    others = [told for evidence in shown for told in _told_by(evidence)]
    pairs = [*combinations(cited, 2), *((told, other) for told in cited for other in others)]
    said_already = [{figure.value for figure in figures(text)} for text, _ in released]
    found: dict[frozenset[tuple[str, int]], Disagreement] = {}
    for one, other in pairs:
        kind = _how_they_disagree(one, other, weigh) if _are_two_voices(one.place, other.place, origins) else None
        if kind and not any({one.value, other.value} <= values for values in said_already):
            found.setdefault(frozenset((one.where, other.where)), _disagreement(kind, one, other))
    return tuple(found.values())[:MOST]


def words(disagreement: Disagreement, markers: tuple[int, int]) -> str:
    """Return the sentence that says who says what; `markers` are those of its places, in their order."""
    says = (
        f"{source} says {said[:1].lower()}{said[1:]} [{marker}]"
        for source, said, marker in zip(_sources(disagreement), disagreement.said, markers, strict=True)
    )
    return f"The sources differ: {'; '.join(says)}."


def _sources(disagreement: Disagreement) -> Iterator[str]:
    for place in disagreement.places:
        article, speaker = place.article, _speaker(place)
        day = article.published.isoformat() if article.published else ""
        source = re.sub(r"[\[\]\s]+", " ", article.publisher or article.title).strip()
        if speaker:
            yield f"{speaker} ({', '.join(part for part in (source, day) if part)})"
        else:
            yield f"{source}, {day}," if day else source


def _speaker(place: Place) -> str | None:
    """Return whose words a place holds, where that is known."""
    quotation = place.article.body[place.paragraph - 1].quotation_at(place.start, place.end)
    speaker = quotation.speaker if quotation else None
    return speaker.name if speaker and speaker.confidence >= CONFIDENT else None


def _disagreement(kind: Literal["figures", "negation"], *two: "_Told") -> Disagreement:
    older, newer = sorted(two, key=lambda told: told.place.article.published or date.min)
    said = (older.shown, newer.shown) if kind == "figures" else (older.quoted, newer.quoted)
    return Disagreement(kind, (older.place, newer.place), said)


# -- what a sentence tells --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Told:
    """A clause of a source, and the figure in it that may be disputed."""

    place: Place  # what is cited for it
    sentence: str
    clause: Span  # in the sentence
    figure: Figure | None  # None where the clause is looked at for what it denies
    counted: frozenset[str]  # stems of what the figure counts
    shown: str  # the figure as it is shown: "at least 640 homes"
    stems: frozenset[str]  # of the clause, figures left out, words of one meaning made one

    @property
    def value(self) -> object:
        """The figure's value."""
        return self.figure.value if self.figure else self.sentence

    @property
    def narrowed(self) -> bool:
        """True where only some are counted: "45 rooms with a view"."""
        behind = self.sentence.partition(self.shown)[2]
        return re.match(r"\s+(?:with|without|aged)\b", behind) is not None

    @property
    def where(self) -> tuple[str, int]:
        """Which paragraph of which article it stands in."""
        return self.place.article.id, self.place.paragraph

    @property
    def quoted(self) -> str:
        """The sentence as it is shown."""
        return f"“{self.sentence.strip('“”‘’ .')}”"


def _told_in(place: Place, text: str) -> Iterator[_Told]:
    """Yield what a cited place tells, its figures only where the answer's sentence has them too."""
    values = {figure.value for figure in figures(text)}
    for span in sentences(place.article.body[place.paragraph - 1].text):
        if span.start < place.end and place.start < span.end:
            for told in _clauses(place, span):
                if told.figure is None or told.figure.value in values:
                    yield told


def _told_by(evidence: Evidence) -> Iterator[_Told]:
    """Yield what a paragraph tells that is not cited, its instructions left out."""
    text = evidence.paragraph.text
    barred = instruction_spans(text)
    for span in sentences(text):
        if not any(span.start < bar.end and bar.start < span.end for bar in barred):
            for told in _clauses(Place(evidence.article, evidence.number, span.start, span.end), span):
                if told.figure is not None:
                    yield told


_BOUNDARY = re.compile(
    r"[,;:()—–]|\s-\s|\b(?:and|but|while|which|who|that|because|although|after|before|when|where|if|as|"
    r"according|(?<!more )(?<!less )(?<!fewer )than)\b",
    re.IGNORECASE,
)
_NO_QUANTITY = frozenset("date weekday time decade ordinal age".split())
_HEDGED = re.compile(
    r"\b(?:at least|at most|about|around|some|almost|nearly|more than|fewer than|less than|over|under|up to|only|"
    r"as many as|approximately|roughly|an estimated)\s+$",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\s+([^\W\d_][\w’'-]*)")


def _clauses(place: Place, span: Span) -> Iterator[_Told]:
    """Yield the sentence as a whole, for what it denies, and each of its figures with the clause around it."""
    sentence = place.article.body[place.paragraph - 1].text[span.start : span.end]
    if sentence.rstrip("”’\"' ").endswith("?"):
        return
    whole = Span(0, len(sentence))
    yield _Told(place, sentence, whole, None, frozenset(), "", _stems(sentence, whole))
    for figure in figures(sentence):
        if isinstance(figure.value, Fraction) and figure.unit not in _NO_QUANTITY and "relative" not in figure.unit:
            clause = _clause(sentence, figure)
            end = _end_of_counted(sentence, figure, clause)
            hedge = _HEDGED.search(sentence[clause.start : figure.start])
            start = clause.start + hedge.start() if hedge else figure.start
            counted = _stems(sentence, Span(figure.end, end))
            yield _Told(place, sentence, clause, figure, counted, sentence[start:end], _stems(sentence, clause))


def _clause(sentence: str, figure: Figure) -> Span:
    """Return the clause around a figure; the whole sentence where that says too little to be compared."""
    cuts = [edge for match in _BOUNDARY.finditer(_without_figures(sentence)) for edge in match.span()]
    start = max((cut for cut in cuts if cut <= figure.start), default=0)
    clause = Span(start, min((cut for cut in cuts if cut >= figure.end), default=len(sentence)))
    return clause if len(_stems(sentence, clause)) >= SHARED else Span(0, len(sentence))


def _end_of_counted(sentence: str, figure: Figure, clause: Span) -> int:
    """Return where the words end that say what is counted: "587 flooded homes"."""
    end = figure.end
    for _ in range(3 if not figure.unit else 0):
        word = _COUNTED.match(sentence, end, clause.end)
        if word is None or word[1].lower() in STOP_WORDS:
            break
        end = word.end()
    return end


def _without_figures(sentence: str) -> str:
    """Return the sentence, each figure overwritten by as many signs."""
    for figure in figures(sentence):
        sentence = sentence[: figure.start] + "#" * (figure.end - figure.start) + sentence[figure.end :]
    return sentence


_ONE_MEANING = {
    stem: terms(group.split()[0])[0]
    for group in (
        "kill killed die died dead deaths died dying",
        "injured injuries hurt wounded wounds",
        "cost costs price priced",
        "homes houses households",
        "workers employees staff",
        "rise rose risen increase increased grew grow grown climbed",
        "fall fell fallen drop dropped decreased declined decline",
    )
    for stem in terms(group)
}


def _stems(sentence: str, span: Span) -> frozenset[str]:
    text = _without_figures(sentence)[span.start : span.end]
    return frozenset(_ONE_MEANING.get(stem, stem) for stem in terms(text.replace("#", " ")))  # dates are figures too


# -- one matter -------------------------------------------------------------------------------------------------------

_Weigh = Callable[[Iterable[str]], float]


def _weights(library: Library) -> _Weigh:
    """Return what weighs stems by how rare they are in the library, each 0..1."""
    paragraphs = max(FEWEST, library.count(Filters()))
    unseen = math.log(2 * (paragraphs + 1))

    @lru_cache(maxsize=10_000)
    def rarity(stem: str) -> float:
        frequency = library.document_frequency([stem]).get(stem, 0)
        return max(0.0, math.log((paragraphs + 1) / (frequency + 0.5)) / unseen)

    return lambda stems: sum(map(rarity, stems))


def _how_they_disagree(one: _Told, other: _Told, weigh: _Weigh) -> Literal["figures", "negation"] | None:
    """Return whether two clauses disagree by their figures or by a denial; None where they do not, or may not."""
    if (one.figure is None) != (other.figure is None):
        return None
    if one.figure is None or other.figure is None:
        return "negation" if _is_denied(one, other, weigh) else None
    if one.figure.unit != other.figure.unit or not _count_the_same(one, other):
        return None
    if not (_differ(one, other) and _is_one_matter(one, other, weigh)):
        return None
    return "figures" if _has_one_setting(one, other) else None


def _are_two_voices(one: Place, other: Place, origins: Mapping[str, str]) -> bool:
    """Tell whether two places are of different sources, or of different speakers in one. Wire copy is one source."""
    ours, theirs = (origins.get(place.article.id, place.article.id) for place in (one, other))
    if ours != theirs:
        return True
    speakers = _speaker(one), _speaker(other)
    return None not in speakers and speakers[0] != speakers[1]


def _count_the_same(one: _Told, other: _Told) -> bool:
    """Tell whether two figures count the same: "587 flooded homes" and 412 of which it is said that they were flooded.

    A word that narrows one of them must be said of the other too: "40 freight trains" are not all trains.
    """
    if one.figure and one.figure.unit:
        return True
    narrowed = not (one.counted <= other.stems and other.counted <= one.stems)
    return bool(one.counted & other.counted) and not narrowed and one.narrowed == other.narrowed


def _differ(one: _Told, other: _Told) -> bool:
    """Tell whether each clause has one figure of this unit, and none of either sentence fits one of the other."""
    ours, theirs = (_of_the_unit(told) for told in (one, other))
    alone = all(len(_of_the_unit(told, told.clause)) == 1 for told in (one, other))
    return alone and not any(_fit(a, b) for a in ours for b in theirs)


def _of_the_unit(told: _Told, span: Span | None = None) -> list[Figure]:
    unit = told.figure.unit if told.figure else ""
    found = [figure for figure in figures(told.sentence) if figure.unit == unit]
    return [figure for figure in found if span is None or span.start <= figure.start < span.end]


def _fit(a: Figure, b: Figure) -> bool:
    """Tell whether two figures can both be right: "about 400" and 412, "at least 400" and 412."""
    if set(a.readings) & set(b.readings):
        return True
    return any(_allows(x, y) for x, y in ((a, b), (b, a)))


def _allows(told: Figure, other: Figure) -> bool:
    value, number = told.value, other.value
    if isinstance(value, When) or isinstance(number, When):
        return False
    match told.hedge:
        case "over":
            return number >= value
        case "under" | "most":
            return number <= value
        case "plural":
            return 2 * value <= number < 10 * value
        case "about":
            return abs(value - number) <= 2 * ROUNDING * abs(number)
        case _:
            return False


def _is_one_matter(one: _Told, other: _Told, weigh: _Weigh) -> bool:
    """Tell whether two clauses say of one thing the same, figures aside."""
    return _share(one, other, SHARED, OF_BOTH, weigh) and _led_by(one) == _led_by(other)


def _share(one: _Told, other: _Told, words: int, of_both: float, weigh: _Weigh) -> bool:
    """Tell whether one clause has all words of the other, so many at least, and few more by weight."""
    shared = one.stems & other.stems
    contained = shared in (one.stems, other.stems)
    return contained and len(shared) >= words and 2 * weigh(shared) >= of_both * (weigh(one.stems) + weigh(other.stems))


def _led_by(told: _Told) -> str:
    """Return "to" or "from" where that stands before the figure: what rose to 30 did not rise by 30."""
    before = told.sentence[: told.figure.start].split() if told.figure else []
    return before[-1].lower() if before and before[-1].lower() in ("to", "from") else ""


_DENIED = re.compile(r"\b(?:not(?! only| just| merely| necessarily| yet)|never)\b|n[’']t\b", re.IGNORECASE)


def _is_denied(one: _Told, other: _Told, weigh: _Weigh) -> bool:
    """Tell whether two sentences differ in hardly more than that one denies what the other states."""
    denials = [told for told in (one, other) if is_negated(told.sentence)]
    if len(denials) != 1 or not _DENIED.search(denials[0].sentence):
        return False
    if max(len(one.sentence), len(other.sentence)) > LONGEST_DENIAL:
        return False
    return _share(one, other, SHARED_BY_DENIAL, OF_BOTH_BY_DENIAL, weigh) and _has_one_setting(one, other)


# -- one setting ------------------------------------------------------------------------------------------------------

_NOT_YET = re.compile(
    r"\b(?:would|could|may|might|should|if|unless|expect\w*|forecast\w*|plan(?:s|ned)?|hop(?:e|ed|es|ing)|target\w*|"
    r"propos\w*|promis\w*|likely|aim(?:s|ed)?|goal|predict\w*|fear\w*|want\w*|wish\w*|need\w*|guess\w*|at first)\b",
    re.IGNORECASE,
)
_IN_PART = re.compile(
    r"\b(?:(?:more|fewer|less)(?! than)|another|other|further|additional|extra|each|every|per(?! cent)|average|daily|"
    r"weekly|monthly|yearly|annual|a (?:day|week|month|year)|first|second|third|last|next|previous|earlier|former|new|"
    r"most|half|of (?:those|them)|among|including|remaining|total|altogether|combined)\b",
    re.IGNORECASE,
)
_CAPITALISED = re.compile(r"(?<![.!?] )(?<!^)(?<![“‘\"'])\b[A-Z][\w’'-]+")


def _has_one_setting(one: _Told, other: _Told) -> bool:
    """Tell whether two sentences tell of the same names and times, as facts, and of the whole."""
    texts = [told.sentence[told.clause.start : told.clause.end] for told in (one, other)]
    if len({_NOT_YET.search(told.sentence) is None for told in (one, other)}) > 1:
        return False
    told_in_part = (_IN_PART.findall(text) for text in texts)
    if len({frozenset(word.lower() for word in words) for words in told_in_part}) > 1:
        return False
    return _share_names(one, other, texts) and _share_times(one, other)


def _share_names(one: _Told, other: _Told, texts: Sequence[str]) -> bool:
    """Tell whether each clause's names are known to the other's reader, and the two texts have a name in common."""
    known = [set(terms(f"{told.place.article.title} {told.sentence}")) for told in (one, other)]
    for text, there in zip(texts, reversed(known), strict=True):
        if not all(holds(there, stem) for stem in _names_in(text)):
            return False
    named = _names_in(one.sentence) | _names_in(other.sentence)  # who beats whom must be the same in both
    orders = [[stem for stem in terms(text) if stem in named & one.stems & other.stems] for text in texts]
    if orders[0] != orders[1]:
        return False
    ours, theirs = (_names_of(told.place.article) for told in (one, other))
    return len(ours & theirs) >= NAMES_SHARED or bool(_names_in(texts[0]) & _names_in(texts[1]))


@lru_cache(maxsize=256)
def _names_of(article: Article) -> frozenset[str]:
    """Return the stems of an article's names."""
    return frozenset(_names_in(" ".join((article.title, *(paragraph.text for paragraph in article.body)))))


def _names_in(text: str) -> set[str]:
    """Return the stems of capitalised words within sentences, days and months left out."""
    found = (match[0] for match in _CAPITALISED.finditer(text))
    words = (re.sub(r"[’']s?$", "", word) for word in found)
    return {stem for word in words if word.lower() not in TIMES for stem in terms(word)}


def _share_times(one: _Told, other: _Told) -> bool:
    """Tell whether no year, month or "last year" of one sentence sets it apart from the other."""
    ours, theirs = (_times(told.sentence) for told in (one, other))
    days = [_days(told.sentence[told.clause.start : told.clause.end]) for told in (one, other)]
    if ours.vague != theirs.vague or (all(days) and days[0] != days[1]):
        return False
    if ours.months and theirs.months and not ours.months & theirs.months:
        return False
    years = [found.years or _year_of(told.place.article) for found, told in ((ours, one), (theirs, other))]
    return not (ours.years or theirs.years) or bool(years[0] & years[1])


def _days(clause: str) -> set[object]:
    """Return the weekdays and hours of a clause; those of a whole sentence may say when somebody spoke."""
    return {(figure.unit, figure.value) for figure in figures(clause) if figure.unit in ("weekday", "time")}


@dataclass(frozen=True, slots=True)
class _Times:
    """The times that a sentence names."""

    years: frozenset[int]
    months: frozenset[int]
    vague: frozenset[str]


def _times(sentence: str) -> _Times:
    found = figures(sentence)
    dates = [figure.value for figure in found if isinstance(figure.value, When)]
    return _Times(
        years=frozenset(day.year for day in dates if day.year),
        months=frozenset(day.month for day in dates if day.month),
        vague=frozenset(
            figure.text.lower() for figure in found if "relative" in figure.unit or figure.unit == "decade"
        ),
    )


def _year_of(article: Article) -> frozenset[int]:
    return frozenset((article.published.year,) if article.published else ())
