"""How well each sentence of the evidence matches a question: word by word in context, and by what is missing.

Matching measures what a sentence is about. Whether that is enough for an answer is judged in `gate`, what is quoted
is chosen in `quote`.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indexes.article import Filters
from indexes.names import other_names, same_name
from indexes.sentences import Span, sentences
from indexes.terms import terms
from indexes.wordlists import TIMES
from rag.instructions import instruction_spans, touches
from rag.library import Floats, Library, Words
from rag.question import Question, is_negated
from rag.retrieve import Evidence

LEANS = 0.9  # what a word of the sentence before counts for a sentence that leans on it: "It was built in 1961"
CLOSE = 6  # word pieces; partners of neighbouring words of the question that stand so close belong together


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence of the evidence and how it meets the question.

    Similarities are cosines, shares are 0..1 and weighted by how rare the words are.
    """

    evidence: Evidence
    span: Span
    alignment: float  # how near the question's content words come to their best partners in the sentence
    alignment_of_all: float  # the same for every word, "who" and "before" included, all alike
    covered: float  # share of the question's words that stand in the sentence itself
    covered_nearby: float  # the same, the sentence before included
    together: float  # share of neighbouring words of the question whose partners stand close to each other
    names_missing: float  # share of the question's names that the sentence and its surroundings lack
    number_missing: bool  # a number of the question is neither in the sentence nor the year of its article
    kind_missing: bool  # nothing of the wanted kind is in it: a date for "when", a new name for "who"
    denial_missing: bool  # the question denies something, the sentence does not
    opposite: bool  # it says the opposite of a word of the question: "fell" for "rise"
    limits_missing: int  # words that narrow the question and are not in it: "first", "only", "most"

    @property
    def text(self) -> str:
        """The words of the sentence."""
        return self.evidence.paragraph.text[self.span.start : self.span.end]

    @property
    def score(self) -> float:
        """How good a quote this sentence is among others.

        Weights set by hand on SQuAD 2.0 development data, November 2026: of 2,329 answerable questions the best
        sentence holds the answer to .829 (.816 with the sentence's cosine instead of `alignment_of_all`).
        """
        near = self.alignment + 0.8 * self.alignment_of_all
        return near + 0.3 * self.covered + 0.1 * self.covered_nearby - 0.05 * self.limits_missing


@dataclass(frozen=True, slots=True)
class Wanted:
    """The question as matching needs it: its words with weights, and their pieces as vectors."""

    question: Question
    weights: Mapping[str, float]  # stem → rarity, 0..1; words that only name the speaker are left out
    pieces: Floats  # (q, d): its word pieces, those that only name the speaker left out
    piece_weights: Floats  # (q,): the weight of the word that it belongs to
    owners: tuple[str, ...]  # the stem of the content word that each piece belongs to, or ""
    first_pieces: tuple[int, ...]  # where each weighted word begins among the pieces, in order

    @property
    def length(self) -> int:
        """How many content words it has."""
        return len(self.question.terms)


def wanted(question: Question, library: Library) -> Wanted:
    """Look up what matching must know of a question, once."""
    weights = _rarities(question, library)
    words = library.words([question.text])[0]
    owners = [_term_at(start, end, question) for start, end in words.spans]
    kept = [i for i, owner in enumerate(owners) if not (question.asked and owner in question.speaker_stems)]
    owners = [owners[i] for i in kept]
    firsts = {owner: piece for piece, owner in reversed(list(enumerate(owners))) if weights.get(owner, 0.0) > 0}
    return Wanted(
        question=question,
        weights=weights,
        pieces=words.vectors[kept],
        piece_weights=np.array([weights.get(owner, 0.0) for owner in owners], np.float32),
        owners=tuple(owners),
        first_pieces=tuple(sorted(firsts.values())),
    )


def match(wanted: Wanted, evidence: Sequence[Evidence], library: Library) -> list[Match]:
    """Return every sentence of the evidence with how it matches, in the order of the evidence.

    Questions that an article asks are no matches; what follows one is matched together with it. Sentences that
    address an assistant or dictate an answer are no matches either, and lend nothing to what follows.
    """
    leads = [_lead_in(found) for found in evidence]
    texts = [found.paragraph.text for found in evidence] + leads
    words = dict(zip(texts, library.words(texts), strict=True))
    return [
        hit
        for found, lead in zip(evidence, leads, strict=True)
        for hit in _sentences(wanted, found, words[found.paragraph.text], _said(wanted, lead, words[lead]))
    ]


@dataclass(frozen=True, slots=True)
class _Said:
    """What one sentence says: its stems, and how near it comes to each piece of the question."""

    stems: frozenset[str] = frozenset()
    nearness: Floats | None = None  # (q,)
    partners: Sequence[int] = ()  # which word piece is nearest to each piece of the question
    asks: bool = False


def _said(wanted: Wanted, text: str, words: Words | None) -> _Said:
    """Return what a sentence says."""
    stems = frozenset(terms(text))
    asks = text.rstrip("”’\"' ").endswith("?")
    if words is None or not len(words.vectors) or not len(wanted.pieces):
        return _Said(stems, asks=asks)
    nearness = wanted.pieces @ words.vectors.T
    return _Said(stems, nearness.max(axis=1), nearness.argmax(axis=1).tolist(), asks)


def _sentences(wanted: Wanted, evidence: Evidence, words: Words, before: _Said) -> Iterator[Match]:
    """Match the sentences of one paragraph; `before` is what a reader has just read."""
    text = evidence.paragraph.text
    context = _context(evidence)
    barred = instruction_spans(text, wanted.question.text)
    for span in sentences(text):
        if touches(span, barred):
            before = _Said()
            continue
        inside = (words.spans[:, 0] >= span.start) & (words.spans[:, 1] <= span.end)
        sentence = text[span.start : span.end]
        said = _said(wanted, sentence, Words(words.spans[inside], words.vectors[inside]))
        if not said.asks and _HAS_WORDS.search(sentence):
            yield _match(wanted, evidence, span, said, before, context)
        before = said


def _match(
    wanted: Wanted, evidence: Evidence, span: Span, said: _Said, before: _Said, context: frozenset[str]
) -> Match:
    question = wanted.question
    sentence = evidence.paragraph.text[span.start : span.end]
    leads = evidence.number == 1 and span.start == 0  # the first sentence says again what the headline says
    nearness = _with_what_it_leans_on(said, before, leans=leads or _PRONOUN.match(sentence) is not None)
    month = frozenset(terms(evidence.article.month))  # "in January 2025" need not be said again in an article of then
    if nearness is not None and month:
        nearness = np.maximum(nearness, np.array([owner in month for owner in wanted.owners], np.float32))
    stems = said.stems | month | (before.stems if before.asks else frozenset())
    covered = coverage(wanted.weights, stems)
    return Match(
        evidence=evidence,
        span=span,
        alignment=covered if nearness is None else weighted_mean(nearness, wanted.piece_weights),
        alignment_of_all=covered if nearness is None else float(nearness.mean()),
        covered=covered,
        covered_nearby=coverage(wanted.weights, stems | before.stems),
        together=_together(wanted, said),
        names_missing=_share_missing(question, stems | context),
        number_missing=any(number not in stems for number in question.numbers),
        kind_missing=not _has_wanted_kind(sentence, question),
        denial_missing=question.negated and not _denies(sentence, question, stems),
        opposite=not question.negated and _says_the_opposite(question.stems, stems),
        limits_missing=len(set(_LIMITS.findall(question.text.lower())) - set(_LIMITS.findall(sentence.lower()))),
    )


_HAS_WORDS = re.compile(r"[^\W_]")
_PRONOUN = re.compile(r"^\W*(?:\w+,? ){0,2}(?:he|she|it|they|this|his|her|its|their|these|those)\b", re.IGNORECASE)


def _with_what_it_leans_on(said: _Said, before: _Said, *, leans: bool) -> Floats | None:
    """Return the nearness of a sentence, and of the one before where that supplies what this one leaves out."""
    if said.nearness is None or before.nearness is None or not (before.asks or leans):
        return said.nearness
    share = np.float32(1 if before.asks else LEANS)
    return np.asarray(np.maximum(said.nearness, share * before.nearness), np.float32)


def _together(wanted: Wanted, said: _Said) -> float:
    """Return the share of neighbouring words of the question whose partners stand close to each other."""
    if len(wanted.first_pieces) < 2 or not said.partners:
        return 0.5
    places = np.array([said.partners[piece] for piece in wanted.first_pieces])
    return float((np.abs(np.diff(places)) < CLOSE).mean())


def _lead_in(evidence: Evidence) -> str:
    """Return what stands before a paragraph: the last sentence of the one above, or the headline."""
    if evidence.number < 2:
        return "" if instruction_spans(evidence.article.title) else evidence.article.title
    text = evidence.article.body[evidence.number - 2].text
    last = [span for span in sentences(text)[-1:] if not touches(span, instruction_spans(text))]
    return text[last[0].start : last[0].end] if last else ""


def weighted_mean(nearness: Floats, weights: Floats) -> float:
    """Return the mean of each question piece's cosine with its nearest piece of the sentence, by weight.

    Late interaction (MaxSim) after ColBERT (Khattab & Zaharia 2020), over the contextual vectors of an ordinary
    sentence encoder, every word weighted by its rarity.
    """
    total = float(weights.sum())
    return float(nearness @ weights) / total if total else float(nearness.mean())


def coverage(weights: Mapping[str, float], stems: Iterable[str]) -> float:
    """Return which share of the weighted words stands among the stems."""
    total = sum(weights.values())
    held = set(stems)
    return sum(weight for stem, weight in weights.items() if stem in held) / total if total else 0.0


def _rarities(question: Question, library: Library) -> dict[str, float]:
    """Return each content word's inverse document frequency, scaled so that an unseen word has 1."""
    stems = (question.topic if question.asked else ()) or question.stems
    paragraphs = library.count(Filters())
    frequency = library.document_frequency(stems)
    unseen = math.log(2 * (paragraphs + 1))
    return {s: max(0.0, math.log((paragraphs + 1) / (frequency.get(s, 0) + 0.5)) / unseen) for s in stems}


def _term_at(start: int, end: int, question: Question) -> str:
    """Return the stem of the content word that a word piece belongs to, or ""."""
    return next((term.stem for term in question.terms if term.start < end and start < term.end), "")


# -- opposites and limits ---------------------------------------------------------------------------------------------

_OPPOSITES: dict[str, set[str]] = {}
for _pair in """
    increase/decrease increase/reduce rise/fall rise/drop grow/shrink grow/fall high/low higher/lower more/fewer
    large/small largest/smallest big/small early/late earlier/later easy/difficult easy/hard simple/difficult win/lose
    gain/lose start/end begin/end open/close buy/sell north/south east/west northern/southern eastern/western
    male/female men/women accept/reject accept/refuse approve/reject allow/forbid allow/prohibit allow/ban permit/ban
    support/oppose agree/disagree legal/illegal possible/impossible likely/unlikely good/bad best/worst better/worse
    positive/negative strong/weak strengthen/weaken expand/shrink inside/outside new/old young/old long/short rich/poor
    safe/dangerous safe/unsafe public/private always/never same/different similar/different include/exclude
    internal/external
    inner/outer major/minor maximum/minimum fast/slow hot/cold warm/cold wet/dry deep/shallow thick/thin wide/narrow
    ancient/modern urban/rural domestic/foreign import/export arrive/leave arrive/depart enter/leave build/destroy
    create/destroy protect/attack attack/defend peace/war victory/defeat success/failure succeed/fail capture/release
    arrest/release hire/fire improve/worsen raise/lower raise/cut light/heavy light/dark cheap/expensive common/rare
    true/false liberal/conservative majority/minority known/unknown friend/enemy love/hate remember/forget add/remove
    encourage/discourage
    """.split():
    _one, _other = ((terms(word) or [word])[0] for word in _pair.split("/"))
    _OPPOSITES.setdefault(_one, set()).add(_other)
    _OPPOSITES.setdefault(_other, set()).add(_one)

_LIMITS = re.compile(
    r"\b(?:first|second|third|last|only|most|least|largest|smallest|biggest|highest|lowest|oldest|earliest|latest|before|"
    r"after|besides|except|other than|main|primary|final|original|best|worst|always|every|all|both|same|different|less|"
    r"more|fewer|instead|rather)\b"
)


_REFUSAL = re.compile(
    r"\b(?:reject|oppos|declin|disput|dismiss|doubt|prevent|avoid|stop|against|ban|prohibit|forb[ia]d|resist|unable|"
    r"object)\w*",
    re.IGNORECASE,
)


def _denies(sentence: str, question: Question, stems: frozenset[str]) -> bool:
    """Tell whether a sentence can answer a question that denies: "rejected" answers "did not approve"."""
    refuses = _REFUSAL.search(sentence) is not None
    return is_negated(sentence) or refuses or _says_the_opposite(question.stems, stems)


def _says_the_opposite(asked: Iterable[str], said: frozenset[str]) -> bool:
    """Tell whether the opposite of a word of the question stands in a sentence, and the word itself does not."""
    return any(opposite in said for stem in asked if stem not in said for opposite in _OPPOSITES.get(stem, ()))


# -- names and numbers ------------------------------------------------------------------------------------------------


def standing_nowhere(question: Question, library: Library) -> list[str]:
    """Return the stems of names and numbers in the question that stand nowhere in the library."""
    stems = [stem for name in question.names for stem in name.stems] + list(question.numbers)
    frequency = library.document_frequency(stems)
    return [stem for stem in stems if not frequency.get(stem) and not _has_kin(stem, library)]


def _has_kin(stem: str, library: Library) -> bool:
    """Tell whether another form of a name stands in the library."""
    if any(library.document_frequency(sorted(other_names(stem))).values()):
        return True
    if stem[0].isdigit() or len(stem) < 4:
        return False
    return any(same_name(stem, term) for term in library.terms_from(stem[:4]))


def _context(evidence: Evidence) -> frozenset[str]:
    """Return the stems that a reader has in mind at any sentence of a paragraph."""
    paragraph = evidence.paragraph
    parts = (evidence.article.title, paragraph.heading or "", paragraph.text, *(s.name for s in paragraph.speakers))
    return frozenset(stem for part in parts for stem in terms(part))


def _share_missing(question: Question, stems: frozenset[str]) -> float:
    """Return which share of the question's names stands not among the stems, the speaker's left out."""
    names = [name for name in question.names if not set(name.stems) <= question.speaker_stems]
    missing = sum(not any(holds(stems, stem) for stem in name.stems) for name in names)
    return missing / len(names) if names else 0.0


def holds(stems: Iterable[str], name: str) -> bool:
    """Tell whether a name stands among stems, in this form or a related one."""
    return any(same_name(name, stem) for stem in stems)


# -- what kind of answer ----------------------------------------------------------------------------------------------

_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|"
    r"billions?|half|third|quarter|twice|double|none|zero|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b(?:1\d|20)\d\d\b|\b\d{1,2}(?:st|nd|rd|th)? centur|\b(?:"
    + "|".join(sorted((word.capitalize() for word in TIMES), key=len, reverse=True))
    + r")\b|\b(?:today|yesterday|tomorrow|tonight|noon|midnight|(?:last|next|this) (?:year|month|week|night)|\d\d?:\d\d"
    r"|\d{1,2} ?[ap]\.?m\b|(?:days?|weeks?|months?|years?|decades?|centur(?:y|ies)) (?:ago|later|after|before))\b",
)
_CAUSES = (
    r"\b(?:because|since (?!\d|then\b|the\b|last\b)|due to|owing to|so that|in order to|therefore|thus|hence|reasons?|"
    r"as a result|caused?|led|driven|prompt(?:s|ed)?|aim(?:s|ed)?|to (?:avoid|prevent|protect|help|keep|make))\b"
)
_VIEWS = (
    r"\b(?:in my (?:opinion|view)|i think|i believe|difficult|unlikely|impossible|not necessarily|never|means?|"
    r"want(?:s|ed)? to)\b|n[’']t necessarily"
)
CAUSE = re.compile(_CAUSES, re.IGNORECASE)
REASON = re.compile(f"{_CAUSES}|{_VIEWS}", re.IGNORECASE)  # a person's view counts as a reason for what they say
_CAPITALISED = re.compile(r"(?<=[^.?!“\"‘'\s][\s(])(?:the )?[A-Z][\w’'-]+")


def _has_wanted_kind(sentence: str, question: Question) -> bool:
    """Tell whether a sentence holds something of the kind that the question wants and does not itself name."""
    match question.kind:
        case "who" | "where":
            return _new_name(sentence, question)
        case "when":
            return _DATE.search(sentence) is not None
        case "how many":
            return _new_number(sentence, question)
        case "why":
            return REASON.search(sentence) is not None
        case _:
            return True


def _new_name(sentence: str, question: Question) -> bool:
    known = set(question.stems)
    found = [terms(match[0]) for match in _CAPITALISED.finditer(sentence)] + [terms(sentence.split(" ")[0])]
    return any(stem not in known for stems in found for stem in stems)


def _new_number(sentence: str, question: Question) -> bool:
    known = set(question.numbers)
    return any(match[0] not in "0123456789" or not known for match in _NUMBER.finditer(sentence)) or any(
        stem[0].isdigit() and stem not in known for stem in terms(sentence)
    )
