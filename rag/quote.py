"""Answer by quoting: choose the few sentences that answer, cut them out of their paragraphs, and put them in order.

No word here is written by a model. What stands around the quotes (who speaks, the markers) is composed from facts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from indexes.article import CONFIDENT, Quotation, Speaker
from indexes.sentences import Span, sentences
from indexes.terms import terms
from indexes.wordlists import STATING
from rag.answer import Claim, Reason
from rag.cite import Place
from rag.gate import OPEN, Refusal, probability, refuse, refuse_at_once
from rag.instructions import instruction_spans, touches
from rag.library import Library
from rag.match import CAUSE, REASON, Match, Wanted, match, wanted
from rag.question import Question
from rag.retrieve import Evidence, retrieve, with_neighbours

MOST_QUOTES = 5
READ = 5  # paragraphs of the fused list whose sentences are matched
READ_OF_SPEAKER = 8  # the same, of one speaker's paragraphs

# By how much a second sentence may match less than the best and still be quoted (facts/answering.md, section 3).
AS_GOOD = 0.12
AS_GOOD_OF_SPEAKER = 0.20
AS_GOOD_OF_REASONS = 0.45  # a person's view and reasons rarely repeat the words of the question

SURE = 0.5  # probability from which a sentence of another article is worth showing beside the best one

_SAME_WORDS = 0.8  # shared part of the stems of two quotes, from which the second says nothing new
_CLAUSE = 3  # words from which a quotation can stand alone; a shorter one needs the sentence around it


@dataclass(frozen=True, slots=True)
class Quote(Place):
    """A place that answers, and whose words stand there."""

    speaker: Speaker | None
    direct: bool  # the speaker's own words, cut from between quotation marks


@dataclass(frozen=True, slots=True)
class Quoted:
    """An answer made of quotes, in reading order; its claims cite them by their places, from 1."""

    quotes: tuple[Quote, ...]
    claims: tuple[Claim, ...]
    found: tuple[Evidence, ...] = ()  # what was retrieved for it, best first


@dataclass(frozen=True, slots=True)
class Abstained:
    """No answer: why, in words, and what came nearest."""

    reason: Reason
    words: str
    nearest: tuple[Evidence, ...]


def answer_by_quoting(question: Question, library: Library) -> Quoted | Abstained:
    """Answer a question with quotes from the library, or say why not."""
    refusal = refuse_at_once(question, library)
    if refusal and refusal.reason != "no_match":
        return Abstained(refusal.reason, refusal.words, ())
    found = retrieve(question, library)
    if refusal:
        return Abstained(refusal.reason, refusal.words, tuple(found[:3]))
    reading = read_closely(question, found, library)
    if reading.refusal:
        nearest = reading.evidence or found
        return Abstained(reading.refusal.reason, reading.refusal.words, tuple(nearest[:3]))
    matches = reading.matches
    if question.kind == "why":
        matches = _with_what_follows(reading.want, matches, library)
    quoted = compose([cut(chosen, question) for chosen in with_turns(choose(reading.want, matches))])
    return replace(quoted, found=tuple(found))


@dataclass(frozen=True, slots=True)
class Reading:
    """The best of what was found, sentence by sentence, and whether the gate lets it answer."""

    evidence: list[Evidence]
    want: Wanted
    matches: list[Match]
    refusal: Refusal | None


def read_closely(question: Question, found: Sequence[Evidence], library: Library) -> Reading:
    """Match every sentence of the paragraphs that are worth it with the question, and ask the gate."""
    evidence = to_read(question, found)
    want = wanted(question, library)
    matches = _in_their_words(question, match(want, evidence, library))
    return Reading(evidence, want, matches, refuse(want, matches, evidence))


def to_read(question: Question, found: Sequence[Evidence]) -> list[Evidence]:
    """Return the paragraphs to look at closely: the best; or, where a person's words are wanted, that person's."""
    if question.introduces:
        return list(found)
    if not (question.asked and question.speakers):
        return _with_answers(found[:READ])
    return _with_answers([evidence for evidence in found if _speaks_in(question, evidence)][:READ_OF_SPEAKER])


def _in_their_words(question: Question, matches: list[Match]) -> list[Match]:
    """Leave the sentences that the one asked about says or is named in; their paragraphs hold others as well."""
    if not (question.asked and question.speakers):
        return matches
    return [hit for hit in matches if _says(question, hit) or question.speaker_stems & set(terms(hit.text))] or matches


def _says(question: Question, hit: Match) -> bool:
    return bool(_said_by(question, hit))


def _said_by(question: Question, hit: Match) -> list[Quotation]:
    """Return the quotations in a sentence that the one asked about speaks."""
    start, end = hit.span
    said = [q for q in hit.evidence.paragraph.quotations if q.start < end and start < q.end]
    return [q for q in said if q.speaker is not None and q.speaker.name in question.speakers]


def _with_answers(found: Sequence[Evidence]) -> list[Evidence]:
    """Put the paragraph that answers in the place of one that asks, as interviews print them."""
    answered: dict[str, Evidence] = {}
    for evidence in found:
        body = evidence.article.body
        if evidence.paragraph.text.rstrip("”’\"' ").endswith("?") and evidence.number < len(body):
            evidence = replace(evidence, paragraph=body[evidence.number])
        answered.setdefault(evidence.id, evidence)
    return list(answered.values())


def _speaks_in(question: Question, evidence: Evidence) -> bool:
    return any(speaker.name in question.speakers for speaker in evidence.paragraph.speakers)


# -- choosing ---------------------------------------------------------------------------------------------------------


def choose(want: Wanted, matches: Sequence[Match]) -> list[Match]:
    """Return the sentences to quote, in reading order, the article with the best one first."""
    question = want.question
    margin = _margin(question)
    ranked = sorted(matches, key=lambda hit: -fitness(hit, question))
    floor = fitness(ranked[0], question) - margin
    good = [hit for hit in ranked[1:] if fitness(hit, question) >= floor and _answers(hit, want)]
    if question.kind == "how many" and not question.asked:
        good += _other_figures(ranked, want)
    if question.kind == "why" and not good and not REASON.search(ranked[0].text):
        good = _reasons(matches, question)
    chosen = _different([ranked[0], *good])[: _most(question)]
    order = list(dict.fromkeys(hit.evidence.article.id for hit in chosen))
    return sorted(chosen, key=lambda hit: (order.index(hit.evidence.article.id), hit.evidence.number, hit.span))


def with_turns(chosen: Sequence[Match]) -> list[Match]:
    """Return the sentences, each with the "But …" by which the same person goes on: it may turn the sense round.

    A turn may stand in the next paragraph, where the quotation runs on.
    """
    turned: list[Match] = []
    places = {(hit.evidence.id, hit.span) for hit in chosen}
    for hit in chosen:
        turned.append(hit)
        turn = _next_sentence(hit)
        if turn and (turn.evidence.id, turn.span) not in places and _turns(hit, turn):
            turned.append(turn)
    return turned[:MOST_QUOTES]


def _next_sentence(hit: Match) -> Match | None:
    """Return the sentence behind this one, in its paragraph or at the top of the next; none that dictates an answer."""
    body = hit.evidence.article.body
    for paragraph in body[hit.evidence.number - 1 : hit.evidence.number + 1]:
        here = paragraph.number == hit.evidence.number
        behind = [span for span in sentences(paragraph.text) if not here or span.start >= hit.span.end]
        if behind and touches(behind[0], instruction_spans(paragraph.text)):
            return None
        if behind:
            evidence = hit.evidence if here else replace(hit.evidence, paragraph=paragraph, ranks={}, cosine=0.0)
            return replace(hit, evidence=evidence, span=behind[0])
    return None


def _turns(hit: Match, turn: Match) -> bool:
    """Tell whether the next sentence opens with a contrast, in the mouth of the same person."""
    said, goes_on = (m.evidence.paragraph.quotation_at(*m.span) for m in (hit, turn))
    if not (said and goes_on and said.speaker and goes_on.speaker and _TURN.match(turn.text)):
        return False
    return said.speaker.name == goes_on.speaker.name


def _other_figures(ranked: Sequence[Match], want: Wanted) -> list[Match]:
    """Return the best sentence of every other source that clearly gives another figure: sources disagree."""
    shown, seen = {ranked[0].evidence.origin}, _figures(ranked[0])
    others = []
    for hit in ranked[1:]:
        new = hit.evidence.origin not in shown and not _figures(hit) <= seen
        if new and probability(hit, want) >= SURE:
            others.append(hit)
            shown.add(hit.evidence.origin)
            seen |= _figures(hit)
    return others


def _figures(hit: Match) -> set[str]:
    return {stem for stem in terms(hit.text) if stem[0].isdigit()}


def _reasons(following: Sequence[Match], question: Question) -> list[Match]:
    """Return the first sentence behind a bare fact that the one in question says, or else that gives a reason."""
    behind = following[1:]
    saying = [hit for hit in behind if _speaks_in(question, hit.evidence)]
    giving = [hit for hit in behind if CAUSE.search(hit.text)]
    return (saying or giving)[:1]


def _margin(question: Question) -> float:
    if not question.asked:
        return AS_GOOD
    return AS_GOOD_OF_REASONS if question.kind == "why" else AS_GOOD_OF_SPEAKER


def _most(question: Question) -> int:
    """Return how many sentences an answer may hold: a view and its reasons need more than a fact."""
    if question.introduces:
        return 1
    return MOST_QUOTES if question.kind == "why" and question.asked else 3


def fitness(hit: Match, question: Question) -> float:
    """Return how good a quote a sentence is: how it matches, and whether it is the kind of sentence asked for."""
    fit = hit.score
    if question.kind == "why" and REASON.search(hit.text):
        fit += 0.10  # set on one question (facts/answering.md, section 3)
    if question.kind in ("when", "how many") and hit.kind_missing:
        fit -= 0.15
    if question.kind == "why" and any(q.direct for q in _said_by(question, hit)):
        fit += 0.15  # reasons in a person's own words before the reporter's
    if question.introduces:
        fit += introduction(hit.text, question)
    return fit


def introduction(sentence: str, question: Question) -> float:
    """Return how well a sentence says who the named one is: "Ada Lind, the head of …", "the painter Ada Lind"."""
    name = re.escape(question.text.rstrip(" ?.!").split()[-1])
    age = r"(?:, \d{1,3},?)?"
    behind = re.search(
        rf"\b{name}{age}(?:, (?!(?:and|but|or|he|she)\b)(?P<role>[^,.;]+)| (?:is|was|has been) an? (?P<is>[^,.;]+))",
        sentence,
        re.I,
    )
    role = (behind["role"] or behind["is"]).split() if behind else []
    if role and role[0].lower() in ("who", "which", "whose"):  # "Ada Lind, who is 51, …"
        return 0.2
    if role and role[0].lower() not in STATING:  # "the captain, Ada Lind, told …" says little
        return 0.3 + 0.02 * min(10, len(role))  # the fuller the better
    before = rf"\b[a-z][\w-]+ (?:[A-Z][\w.’'-]* ){{0,2}}{name}\b(?![’'])"
    return 0.2 if re.search(before, sentence) else 0.0


def _answers(hit: Match, want: Wanted) -> bool:
    """Tell whether a further sentence earns its place: it would have opened the gate by itself."""
    return want.question.asked is not None or probability(hit, want) >= OPEN


def _different(hits: Sequence[Match]) -> list[Match]:
    """Return the sentences that say something new, in the order given."""
    kept: list[tuple[Match, frozenset[str]]] = []
    for hit in hits:
        stems = frozenset(terms(hit.text))
        if not kept or (
            stems and all(len(stems & other) < _SAME_WORDS * min(len(stems), len(other)) for _, other in kept)
        ):
            kept.append((hit, stems))
    return [hit for hit, _ in kept]


def _with_what_follows(want: Wanted, matches: Sequence[Match], library: Library) -> list[Match]:
    """Return the sentences from the best one on: those that the same person goes on to say, or the next paragraphs.

    A reporter's lead-in and the quotations under it belong together: the lead-in carries the words of the question,
    the quotations the view and its reasons.
    """
    ranked = sorted(matches, key=lambda hit: -hit.score)
    best = {hit.evidence.article.id: hit for hit in reversed(ranked)}
    leading = sorted(best.values(), key=lambda hit: -hit.score)[: 2 if want.question.asked else 1]
    return [hit for lead in leading for hit in _from(lead, want, library)]


def _from(lead: Match, want: Wanted, library: Library) -> list[Match]:
    """Return a sentence and those behind it that belong to it."""
    here = lead.evidence.number
    follow = [near for near in with_neighbours(lead.evidence) if near.number >= here]
    if len(follow) == 1:
        after = lead.evidence.article.body[here : here + 2]
        follow += [replace(lead.evidence, paragraph=paragraph, ranks={}, cosine=0.0) for paragraph in after]
    behind = [hit for hit in match(want, follow, library) if (hit.evidence.number, hit.span) >= (here, lead.span)]
    return _in_their_words(want.question, behind)


# -- cutting ----------------------------------------------------------------------------------------------------------

_MARKS = "“”„‟\"«»‘’'`＂"
_WORD = re.compile(r"\w[\w’'-]*")
_TURN = re.compile(r"\W*(?:but|however|yet|still|though|nevertheless|even so)\b", re.IGNORECASE)
_LABEL = re.compile(r"[QA]: ")  # of an interview


def cut(chosen: Match, question: Question) -> Quote:
    """Return the useful part of a sentence: the speaker's own words alone, or else all of it."""
    paragraph = chosen.evidence.paragraph
    start, end = chosen.span
    label = _LABEL.match(paragraph.text, start)
    if label and _WORD.search(paragraph.text, label.end(), end):
        start = label.end()
    said = [q for q in paragraph.quotations if q.start < end and start < q.end and _is_confident(q)]
    direct = [q for q in said if q.direct]
    if len(direct) == 1 and not question.introduces:
        inner = _inside_the_marks(paragraph.text, max(start, direct[0].start), min(end, direct[0].end))
        if _stands_alone(paragraph.text, inner, chosen.span, question):
            return _quote(chosen, *inner, direct[0].speaker, direct=True)
    most = paragraph.quotation_at(start, end)  # whose words the citation will say they are
    return _quote(chosen, start, end, most.speaker if most and _is_confident(most) else None, direct=False)


def _quote(chosen: Match, start: int, end: int, speaker: Speaker | None, *, direct: bool) -> Quote:
    return Quote(chosen.evidence.article, chosen.evidence.number, start, end, speaker, direct)


def _is_confident(quotation: Quotation) -> bool:
    return quotation.speaker is not None and quotation.speaker.confidence >= CONFIDENT


def _inside_the_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """Shrink a span to the words: quotation marks, spaces and the comma before a reporting clause go."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip(_MARKS + " \u00a0"))
    right = len(piece.rstrip(_MARKS + " \u00a0,"))
    if piece[right:].startswith(("’", "'")) and piece[right - 1 : right].isalpha() and piece.count("’") == 1:
        right += 1  # the apostrophe of "the workers’"
    return start + left, start + max(left, right)


def _stands_alone(text: str, inner: tuple[int, int], sentence: Span, question: Question) -> bool:
    """Tell whether quoted words are clear without the clause around them, and hold what the question is about."""
    words = text[inner[0] : inner[1]]
    around = text[sentence.start : inner[0]] + text[inner[1] : sentence.end]
    if not _WORD.search(around):
        return True
    if len(_WORD.findall(words)) < _CLAUSE or words[:1].islower():
        return False
    if question.asked:
        return True
    topic = set(question.stems)
    return len(topic & set(terms(words))) >= len(topic & set(terms(around)))


# -- composing --------------------------------------------------------------------------------------------------------


def compose(quotes: Sequence[Quote]) -> Quoted:
    """Return the quotes with the sentences that show them. What one person says in a row makes one sentence."""
    joined = _join_adjacent(quotes)
    claims: list[Claim] = []
    numbered = list(enumerate(joined, start=1))
    for (_, direct, name), group in groupby(numbered, key=lambda pair: _voice(pair[1])):
        members = list(group)
        if direct:
            shown = "; ".join(f"“{_without_stop(quote.text)}” [{marker}]" for marker, quote in members)
            claims.append(Claim(f"{name}: {shown}.", tuple(marker for marker, _ in members), "verbatim"))
        else:
            claims += [Claim(_sentence(quote, marker), (marker,), "verbatim") for marker, quote in members]
    return Quoted(tuple(joined), tuple(claims))


def _voice(quote: Quote) -> tuple[str, bool, str]:
    return quote.article.id, quote.direct, quote.speaker.name if quote.speaker else ""


def _join_adjacent(quotes: Sequence[Quote]) -> list[Quote]:
    """Join quotes of one voice that only a space parts."""
    joined: list[Quote] = []
    for quote in quotes:
        last = joined[-1] if joined else None
        if last and _voice(last) == _voice(quote) and last.paragraph == quote.paragraph and quote.direct:
            text = quote.article.body[quote.paragraph - 1].text
            if not text[last.end : quote.start].strip():
                joined[-1] = replace(last, end=quote.end)
                continue
        joined.append(quote)
    return joined


def _sentence(quote: Quote, marker: int) -> str:
    """Return a sentence of the article with its marker, the speaker in front where it does not name them."""
    text = _balanced(quote.text)
    if quote.speaker and not set(terms(quote.speaker.name)) & set(terms(text)):
        text = f"{quote.speaker.name}{'' if text.startswith(tuple(_MARKS)) else ', as reported'}: {text}"
    if text.endswith(tuple(_MARKS)) or not text.endswith("."):
        return f"{text} [{marker}]"
    return f"{text[:-1]} [{marker}]."


def _balanced(text: str) -> str:
    """Close a quotation mark that a sentence cut from a longer quotation leaves open: for display only."""
    if text.count("“") > text.count("”"):
        return text + "”"
    return text + '"' if text.count('"') % 2 else text


def _without_stop(words: str) -> str:
    """Drop the full stop that would stand before the closing mark and the marker; keep that of "the U.S."."""
    return words[:-1] if re.search(r"[^\s.][^\sA-Z.]\.$", words) else words
