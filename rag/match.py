"""How well each sentence of the evidence matches a question: word by word in context, and by what is missing.

Matching measures what a sentence is about. Whether that is enough for an answer is judged in `gate`, what is quoted
is chosen in `quote`.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indexes.article import Filters
from indexes.sentences import Span, sentences
from indexes.terms import located_terms, terms
from indexes.wordlists import TIMES
from rag.library import Floats, Library, Words
from rag.question import Question, is_negated
from rag.retrieve import Evidence


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence of the evidence and how it meets the question. Shares are 0..1, weighted by how rare words are."""

    evidence: Evidence
    span: Span
    similarity: float  # cosine of sentence and question, both the mean of their word pieces
    alignment: float  # how near the question's words come to their best partners in the sentence
    covered: float  # share of the question's words that stand in the sentence itself
    covered_nearby: float  # the same, the sentence before included
    names_missing: float  # share of the question's names that the sentence and its surroundings lack
    numbers_missing: bool  # a number of the question is not in the sentence
    type_missing: bool  # nothing of the wanted kind is in it: a date for "when", a new name for "who"
    unlike_negated: bool  # the question denies something, the sentence does not

    @property
    def text(self) -> str:
        """The words of the sentence."""
        return self.evidence.paragraph.text[self.span.start : self.span.end]

    @property
    def score(self) -> float:
        """How good a quote this sentence is among others (weights: facts/answering.md, section 1, set on SQuAD 2.0)."""
        return self.alignment + 0.3 * self.similarity + 0.3 * self.covered + 0.1 * self.covered_nearby


@dataclass(frozen=True, slots=True)
class Wanted:
    """The question as matching needs it: its words with weights, the pieces of those words, what stands nowhere."""

    question: Question
    weights: Mapping[str, float]  # stem → rarity, 0..1; words that only name the speaker weigh nothing
    pieces: Floats  # (q, d): the word pieces of weighted words
    piece_weights: Floats  # (q,)
    mean: Floats  # (d,): the whole question
    nowhere: frozenset[str]  # stems of names and numbers that no paragraph holds


def wanted(question: Question, library: Library) -> Wanted:
    """Look up what matching must know of a question, once."""
    weights = _rarities(question, library)
    words = library.words([question.text])[0]
    piece_weights = np.array([_weight_at(start, end, question, weights) for start, end in words.spans], np.float32)
    heavy = piece_weights > 0
    return Wanted(
        question=question,
        weights=weights,
        pieces=words.vectors[heavy],
        piece_weights=piece_weights[heavy],
        mean=_unit_mean(words.vectors),
        nowhere=frozenset(standing_nowhere(question, library)),
    )


def match(wanted: Wanted, evidence: Sequence[Evidence], library: Library) -> list[Match]:
    """Return every sentence of the evidence with how it matches, in the order of the evidence."""
    words = library.words([found.paragraph.text for found in evidence])
    return [hit for found, vectors in zip(evidence, words, strict=True) for hit in _sentences(wanted, found, vectors)]


def _sentences(wanted: Wanted, evidence: Evidence, words: Words) -> Iterable[Match]:
    """Match the sentences of one paragraph."""
    text = evidence.paragraph.text
    nearness = wanted.pieces @ words.vectors.T  # (q, n): every word of the question to every word of the paragraph
    context = _context(evidence)
    before: frozenset[str] = frozenset()
    for span in sentences(text):
        inside = (words.spans[:, 0] >= span.start) & (words.spans[:, 1] <= span.end)
        stems = frozenset(term.stem for term in located_terms(text[span.start : span.end]))
        covered = coverage(wanted.weights, stems)
        aligned = bool(inside.any()) and bool(len(wanted.pieces))
        sentence = text[span.start : span.end]
        yield Match(
            evidence=evidence,
            span=span,
            similarity=float(_unit_mean(words.vectors[inside]) @ wanted.mean) if aligned else covered,
            alignment=max_sim(nearness[:, inside], wanted.piece_weights) if aligned else covered,
            covered=covered,
            covered_nearby=coverage(wanted.weights, stems | before),
            names_missing=_share_missing(wanted.question, stems | context),
            numbers_missing=any(number not in stems for number in wanted.question.numbers),
            type_missing=not _has_wanted_kind(sentence, wanted.question),
            unlike_negated=wanted.question.negated and not is_negated(sentence),
        )
        before = stems


def max_sim(nearness: Floats, weights: Floats) -> float:
    """Return the weighted mean, over the question's words, of each one's cosine with its nearest word.

    Late interaction after ColBERT (Khattab & Zaharia 2020), over the contextual vectors of an ordinary sentence
    encoder, each word weighted by its rarity. `nearness` is (q, n), `weights` (q,).
    """
    return float(nearness.max(axis=1) @ weights / weights.sum())


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
    return {stem: math.log((paragraphs + 1) / (frequency.get(stem, 0) + 0.5)) / unseen for stem in stems}


def _weight_at(start: int, end: int, question: Question, weights: Mapping[str, float]) -> float:
    """Return the weight of the content word that a word piece belongs to."""
    for term in question.terms:
        if term.start < end and start < term.end:
            return max(weights.get(term.stem, 0.0), 0.0)
    return 0.0


def _unit_mean(vectors: Floats) -> Floats:
    mean = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1], np.float32)
    unit: Floats = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return unit


# -- names and numbers ------------------------------------------------------------------------------------------------

# Countries whose people are called something that does not begin alike.
_DEMONYMS = {
    frozenset(terms(pair))
    for pair in (
        "norway norwegian,france french,netherlands dutch,switzerland swiss,spain spanish,poland polish,denmark danish,"
        "ireland irish,greece greek,wales welsh,finland finnish,germany german,america us,kingdom uk,britain uk,"
        "peru peruvian,cyprus cypriot,thailand thai,philippines filipino,britain english,turkey turkish,wales cymru,"
        "america usa,us usa,niger nigerien"
    ).split(",")
}


def same_name(a: str, b: str) -> bool:
    """Tell whether two stems are one name: "china" and "chines", "norway" and "norwegian"."""
    if a == b or frozenset((a, b)) in _DEMONYMS:
        return True
    shorter = min(len(a), len(b))
    shared = next((i for i in range(shorter) if a[i] != b[i]), shorter)
    return shared >= 4 and shared >= 0.75 * shorter


def standing_nowhere(question: Question, library: Library) -> list[str]:
    """Return the stems of names and numbers in the question that stand nowhere in the library."""
    stems = [stem for name in question.names for stem in name.stems] + list(question.numbers)
    frequency = library.document_frequency(stems)
    return [stem for stem in stems if not frequency.get(stem) and not _has_kin(stem, library)]


def _has_kin(stem: str, library: Library) -> bool:
    """Tell whether another form of a name stands in the library."""
    partners = {other for pair in _DEMONYMS if stem in pair for other in pair - {stem}}
    if any(library.document_frequency(sorted(partners)).values()):
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
REASON = re.compile(
    r"\b(?:because|since|due to|owing to|so that|in order to|therefore|thus|hence|reasons?|as a result|caused?|led|"
    r"in my (?:opinion|view)|i think|i believe|difficult|unlikely|impossible|not necessarily|never|want(?:s|ed)? to|"
    r"means?|driven|prompt(?:s|ed)?|aim(?:s|ed)?|to (?:avoid|prevent|protect|help|keep|make))\b|n[’']t necessarily",
    re.IGNORECASE,
)
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
