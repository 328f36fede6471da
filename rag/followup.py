"""A question that leans on what went before becomes one that stands alone: "and Gabuev?", "why?", "what of it?".

By rule, and where a model is there by its rewriting, which counts only if it brings no word of its own. What this
knows is the conversation; of the library it asks only who speaks in it. Grammar is rough on purpose: what comes out
is read by `question.understand`, and carries the words, the person and the kind of answer that are wanted.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from indexes.errors import ModelError, QuestionError
from indexes.terms import STOP_WORDS, located_terms, terms
from indexes.wordlists import (
    FEMALE_NAMES,
    FEMALE_WORDS,
    MALE_NAMES,
    MALE_WORDS,
    NATIONALITIES,
    ORGANISATION_NAMES,
    ORGANISATIONS,
    PLACES,
    PLURAL_ROLES,
    ROLES,
    STATING,
    TIMES,
)
from rag.answer import Answer
from rag.library import Library
from rag.match import same_name
from rag.question import LONGEST, Question, understand

RECENT = 5  # turns that are looked back on
LONGEST_ANSWER = 1_000  # characters of an earlier answer that are kept
LONGEST_REWRITE = 300  # characters; a rewriting that is longer is no question


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question and what it got."""

    question: str  # as it stood alone, where that is known
    answer: str  # plain text: no markers, no links
    speakers: tuple[str, ...] = ()  # who was cited, full names


Rewrite = Callable[[str, Sequence[Turn]], str | None]


def leans(question: str) -> bool:
    """Tell whether a question needs what went before: "and Lind?", "why?", "when was that?"."""
    return _lean(_one_line(question)) is not None


def stand_alone(question: str, history: Sequence[Turn], library: Library, rewrite: Rewrite | None = None) -> str:
    """Return the question as it stands alone: as typed, where it does not lean on an earlier one.

    `rewrite` is a model's try; it is asked only where the question leans, and counts only if it is one question
    made of words that stand in the question or the turns. Else, or where the model fails, the rule's result counts.
    """
    if not leans(question):
        return question
    recent = _resolved(history[-RECENT:], library)
    if not recent:
        return question
    written = _attempt(rewrite, question, recent) if rewrite else None
    if written and _is_faithful(written, question, recent, library):
        return written
    return _by_rule(question, recent, library)


# -- what went before -------------------------------------------------------------------------------------------------


def turns(history: Sequence[Answer | Mapping[str, Any]]) -> tuple[Turn, ...]:
    """Return earlier turns as plain text; QuestionError for what is neither an Answer nor {"question", "answer"}."""
    if isinstance(history, str | bytes | Mapping) or not isinstance(history, Sequence):
        raise QuestionError(f"The history is a list of answers, not {_shown(history)}.", _HISTORY)
    return tuple(_turn(place, given) for place, given in enumerate(history))


_HISTORY = 'Give Answers, or {"question": …, "answer": …}, oldest first.'


def _turn(place: int, given: Answer | Mapping[str, Any]) -> Turn:
    if isinstance(given, Answer):
        speakers = dict.fromkeys(c.speaker for c in given.citations if c.speaker)
        asked = given.asked_as or given.question
        return Turn(_plain(asked, LONGEST), _plain(given.answer, LONGEST_ANSWER), tuple(speakers))
    if not isinstance(given, Mapping):
        raise QuestionError(f"history[{place}] is no answer: {_shown(given)}.", _HISTORY)
    question, answer = given.get("asked_as") or given.get("question"), given.get("answer")
    if not isinstance(question, str) or not isinstance(answer, str):
        raise QuestionError(f"history[{place}] lacks a question or an answer as text: {_shown(given)}.", _HISTORY)
    return Turn(_plain(question, LONGEST), _plain(answer, LONGEST_ANSWER))


def _shown(given: object) -> str:
    shown = " ".join(repr(given).split())
    return shown if len(shown) <= 60 else f"{shown[:60]}…"


_MARKUP = tuple(
    (re.compile(pattern, re.IGNORECASE), by)
    for pattern, by in (
        (r"!\[([^\]]*)\]\([^)]*\)", r"\1"),  # an image
        (r"\[([^\]]*)\]\([^)]*\)", r"\1"),  # a link
        (r"</?[a-z][^>]{0,500}>", " "),
        (r"<?\b(?:[a-z][a-z0-9+.-]*://|www\.)[^\s<>\"”]+>?", " "),
        (r"\b(?:javascript|data|mailto):[^\s<>\"”]+", " "),
        (r"\s*[\[【]\s*[\^¶]?\d+[\d\s,;:–¶^†-]*[\]】]", ""),  # a marker
        (r"(?:^|(?<=\s))(?:#{1,6}|>+|[-*+])(?=\s)", " "),  # a heading, a quotation, a list
        (r"(\*{1,3}|_{2,3}|~~|`+)(?=\S)(.+?)(?<=\S)\1", r"\2"),
        (r"[`|]+", " "),
    )
)


def _plain(text: str, longest: int) -> str:
    """Return text without markers, links, markup and control characters, cut at a word."""
    text = _one_line(text)[: 4 * longest]
    for pattern, by in _MARKUP:
        text = pattern.sub(by, text)
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0] + "…"


def _one_line(text: str) -> str:
    """Return text on one line, without what cannot be seen."""
    seen = "".join(" " if unicodedata.category(c) in _BREAKING else c for c in text)
    return " ".join("".join(c for c in seen if unicodedata.category(c) != "Cf").split())


_BREAKING = frozenset(("Cc", "Cn", "Co", "Cs"))  # other than zero-width characters ("Cf"), which stand inside words


def _resolved(history: Sequence[Turn], library: Library) -> tuple[Turn, ...]:
    """Return the turns that ask something, each question as it stands alone after those before it."""
    resolved: tuple[Turn, ...] = ()
    for turn in history:
        if not terms(turn.question) and not (resolved and leans(turn.question)):
            continue
        asked = _by_rule(turn.question, resolved, library) if resolved and leans(turn.question) else turn.question
        resolved += (replace(turn, question=_one_line(asked)[:LONGEST]),)
    return resolved


# -- a model's try ----------------------------------------------------------------------------------------------------


def _attempt(rewrite: Rewrite, question: str, recent: Sequence[Turn]) -> str | None:
    try:
        written = rewrite(question, recent)
    except ModelError:  # the rule is as good a way to the same question
        return None
    return written.strip() if isinstance(written, str) else None


def _is_faithful(written: str, question: str, recent: Sequence[Turn], library: Library) -> bool:
    """Tell whether a rewriting is one question that stands alone, of the conversation's words, with the new names."""
    if len(written) > LONGEST_REWRITE or written != _plain(written, LONGEST) or not written.endswith("?"):
        return False
    if not terms(written) or leans(written):
        return False
    said = {s for turn in recent for text in (turn.question, turn.answer, *turn.speakers) for s in terms(text)}
    if not all(_stands_among(stem, said | set(terms(question))) for stem in terms(written)):
        return False
    asked = understand(question, library)
    kept = [s for name in asked.names for s in name.stems] + [*asked.numbers, *asked.speaker_stems & set(asked.stems)]
    return all(_stands_among(stem, terms(written)) for stem in kept)


def _stands_among(stem: str, stems: Iterable[str]) -> bool:
    return any(same_name(stem, other) for other in stems)


# -- how it leans -----------------------------------------------------------------------------------------------------

_AUXILIARY = (
    r"(?:do|does|did|has|have|had|is|are|was|were|would|will|can|could|should|might|may|must)(?:n[’']t)?(?=\s|$)"
)
_PREPOSITION = (
    r"(?:about|after|against|at|before|between|by|concerning|during|for|from|in|into|near|of|on|over|since|through|to|"
    r"toward|towards|under|until|with|without)"
)
_DETERMINER = r"(?:the|an?|this|that|these|those|its|their|his|her|our|my|all|some|any|no|each|every)"
_INQUIRING = (
    rf"(?:{_PREPOSITION}\s+)?(?:how (?:many|much|long|old|far|big|large|high|tall|deep|heavy|fast|often|come)\b|"
    r"what for\b|wh(?:at|o|om|ose|y|en|ere|ich)\b|how\b)(?:\s+else\b)?"
)
_ASKS_FIRST = re.compile(rf"^(?:.{{0,60}}?,\s+)?(?P<inquiry>{_INQUIRING})", re.IGNORECASE)
_OPENING = re.compile(r"^(?:(?:and|but|or|so|then|okay|ok|well|also|now)\b[\s,]*)+", re.IGNORECASE)
_NEGLIGIBLE = re.compile(r"\b(?:else|exactly|precisely|then|again|please)\b", re.IGNORECASE)
_SWAP = re.compile(
    r"(?:what|how) about (?P<about>.+)|(?:the )?same (?:question |thing )?(?:for|about|with) (?P<same>.+)|"
    rf"(?:(?P<inquiry>{_INQUIRING})\s+)?(?:do|does|did|has|have|had|would|will|can|could|should)(?:n[’']t)?\s+"
    r"(?P<who>(?:the\s+)?[\w.’'-]+(?:\s+(?-i:[A-Z])[\w.’'-]*)*)(?:\s+(?:agree|disagree|concur|too|also|as well|either|"
    r"(?:think|say|believe|feel|doubt|mean) (?:so|that|this|it)))*",
    re.IGNORECASE,
)
_DATE = (
    r"(?:(?:early|late|mid)[ -])?(?:(?:last|this|next|previous)\s+(?:year|month|week|decade|century|spring|summer|"
    rf"autumn|fall|winter|night|{'|'.join(sorted(TIMES))})|(?:\d{{1,2}}\s+)?(?:{'|'.join(sorted(TIMES))})\b"
    r"(?:\s+\d{1,2}\b(?:st|nd|rd|th)?)?(?:,?\s+\d{4}\b)?|(?:1\d|20)\d\ds?\b|yesterday\b|today\b|tomorrow\b|tonight\b)"
)
_TIME = re.compile(
    rf"(?:\b(?P<how>in|on|since|by|during|for|until|before|after)\s+)?\b(?P<date>{_DATE})", re.IGNORECASE
)


_AGAIN = re.compile(
    r"really|is (?:that|it|this) (?:so|true|right)|anything else|(?:can you |could you |please )*(?:(?:tell me|say) )?"
    r"(?:more|go on|continue|elaborate|explain)(?: (?:on |about )?(?:that|this|it))?(?: please)?|what do you mean|"
    r"(?:for|an) example|such as|in what way|are you sure",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Lean:
    """How a question leans: on the whole question before it, or by single words."""

    swapped: str = ""  # what takes the place of something there: "Gabuev", "the harbour", "in 2024"
    inquiry: str = ""  # what is asked of its matter: "why", "in which city", "who won"
    again: bool = False  # the question before it is meant as it was: "really?"
    words: tuple[re.Match[str], ...] = ()  # its pronouns without an antecedent of their own


def _lean(text: str) -> _Lean | None:
    """Return how a question leans on what went before; None where it stands alone."""
    rest = _OPENING.sub("", text).rstrip("?!. …")
    opened = len(_OPENING.sub("", text)) < len(text)
    if not rest:
        return _Lean(again=True) if text else None
    if _AGAIN.fullmatch(rest):
        return _Lean(again=True)
    swap = _SWAP.fullmatch(rest)
    if swap:
        found = swap["about"] or swap["same"] or swap["who"]
        return _Lean(swapped=found, inquiry=swap["inquiry"] or "")
    inquiry = _bare_inquiry(rest)
    if inquiry:
        return _Lean(inquiry=inquiry)
    if _is_ellipsis(rest, opened=opened, asks=text.endswith("?")):
        return _Lean(swapped=rest)
    words = tuple(_without_antecedent(text))
    return _Lean(words=words) if words else None


_TAIL = re.compile(
    r"\s+(?:(?:is|was|has|have|does|did|will|would|can)(?: not|n[’']t)?|(?:is|was) (?:that|this)|"
    r"(?:did|does) (?:that|this|it) happen|so|that|this|those|these|not|now|though)$",
    re.IGNORECASE,
)


_COUNTS = re.compile(rf"how many\s+{_AUXILIARY}\s+[\w’'-]+", re.IGNORECASE)  # "how many were rescued?"


def _bare_inquiry(rest: str) -> str:
    """Return the question word or phrase of a question that is nothing more: "why", "to whom", "how many votes"."""
    rest = " ".join(_NEGLIGIBLE.sub(" ", rest).split())
    if re.fullmatch(r"says who|according to whom?|who (?:says?|said|thinks?) (?:so|that|this|it)", rest, re.IGNORECASE):
        return "who says"
    if rest.lower() in ("how so", "why so", "how come"):
        return "why"
    if rest.lower() == "why not":
        return "why not"
    whole = re.fullmatch(_INQUIRING, _TAIL.sub("", rest), re.IGNORECASE)
    if whole:
        return whole[0]
    if _COUNTS.fullmatch(rest):
        return rest
    phrase = re.fullmatch(rf"(?P<word>{_INQUIRING})\s+(?P<more>[\w’'-]+(?: [\w’'-]+)?)", rest, re.IGNORECASE)
    if not phrase or re.search(rf"\b{_AUXILIARY}", rest, re.IGNORECASE):
        return ""
    more = phrase["more"]
    alone = len(terms(more)) <= 1 and not any(word[0].isupper() for word in more.split())
    return rest if alone and not _ANAPHOR.search(more) else ""


def _is_ellipsis(rest: str, *, opened: bool, asks: bool) -> bool:
    """Tell whether words without a verb stand for a whole question: "and the harbour?", "in 2024?", "Gabuev?"."""
    words = rest.split()
    if re.search(rf"\b{_AUXILIARY}", rest, re.IGNORECASE) or re.match(_INQUIRING, rest, re.IGNORECASE):
        return False
    if _TIME.fullmatch(rest) or opened:
        return len(words) <= 6
    return asks and len(words) <= (4 if re.match(rf"{_PREPOSITION}\b", rest, re.IGNORECASE) else 2)


# -- words that lean --------------------------------------------------------------------------------------------------

_PERSON = frozenset("he she him her hers his himself herself".split())
_GROUP = frozenset("they them their theirs".split())
_POSSESSIVE = frozenset("his hers its their theirs".split())
_BOUND = frozenset("his her their himself herself he she".split())
_ANAPHOR = re.compile(
    r"(?<![\"“‘«])\b(?:he|she|him|her|hers|his|they|them|theirs?|its?|that|this|these|those|there)\b", re.IGNORECASE
)
_IMPERSONAL = re.compile(
    r"\bit[’']?s?\s+(?:ever\s+|often\s+)?(?:rain|snow|hail|freez)\w*|"
    r"\b(?:is|was|will|would|be|been|it[’']s)\s+(?:it\s+)?(?:be\s+)?(?:\w+\s+){1,3}(?:that|to|for\s+.+\s+to|if|whether)\b|"
    r"\b(?:is|was)\s+it\s+.+\s+(?:who|that|which)\b|"
    r"\b(?:does|did|will|would)\s+it\s+(?:take|cost|matter|help|mean)\s+.*\b(?:to|if|whether|that)\b|"
    r"\bwhat time is it\b|\bhow far is it\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[,;:]|\b(?:and|or|but|that|who|which|whom|where|when|while|if|after|before|since|because|although|though|until|"
    r"whether|why|how|as|to)\b",
    re.IGNORECASE,
)
_COMMON_VERBS = frozenset(terms("happen mean cause change think make take work come go get become begin start"))
_SAID = frozenset(word for verb in STATING for word in (verb, f"{verb}s", f"{verb}ed"))
_WITH_A_TIME = frozenset(
    "year month week day morning afternoon evening summer winter spring autumn century time".split()
)


def _without_antecedent(text: str) -> Iterator[re.Match[str]]:
    """Yield the words of a question that stand for something which it does not name itself."""
    for match in _ANAPHOR.finditer(text):
        word, before, after = match[0].lower(), text[: match.start()].rstrip(), text[match.end() :].lstrip()
        if word in ("that", "this", "these", "those"):
            leaning = _points_back(word, before, after)
        elif word == "there":
            leaning = not _EXISTS.search(f"{before} there {after}")
        elif word == "it" and _IMPERSONAL.search(text):
            leaning = False
        else:
            leaning = not _names_it_itself(word, before, after)
        if leaning:
            yield match


_BE = r"(?:is|are|was|were|be|been|has|have|had|will|would|can|could|should|exists?)"
_EXISTS = re.compile(rf"\b{_BE} there |^there | there {_BE}\b", re.IGNORECASE)
_RICH = 4  # content words from which a question is likely to mean itself what its "it" or "this" stands for


def _points_back(word: str, before: str, after: str) -> bool:
    """Tell whether "that" or "this" points to something said before, and is no conjunction: "says that …"."""
    following = (re.match(r"\w+", after) or [""])[0].lower()
    if (following in _WITH_A_TIME and word in ("this", "these")) or len(terms(before)) > _RICH:
        return False
    if word == "those":
        return not re.match(r"(?:who|that|of|in|with|among|\w+ing|\w+ed)\b", after)
    if word != "that":
        return True
    last = (re.search(r"[\w’']+$", before) or [""])[0].lower()
    if not after.strip("?!. ") or not last:
        return True
    if re.match(_AUXILIARY, after, re.IGNORECASE):  # "what is it made of that has lasted?"
        return False
    return re.fullmatch(rf"{_AUXILIARY}|{_PREPOSITION}|wh\w+|how", last) is not None


def _names_it_itself(word: str, before: str, after: str) -> bool:
    """Tell whether a question names, before one of its pronouns, what that may stand for."""
    asks = _ASKS_FIRST.match(before)
    behind = asks.end() if asks else 0  # "long" of "how long is it?" names nothing
    content = [term for term in located_terms(before) if term.start >= behind]
    if asks and asks["inquiry"].lower() == "who" and word in _BOUND and len(content + terms(after)) > _RICH:
        return True  # "who moved his court from Tarn to Ostrey?" means whoever it was
    named = [term for term in content if _may_be_meant(before, term.start, term.end, word)]
    if named and len(named) < _RICH and _is_object(word, before, after):
        return _CLAUSE.search(before, named[0].end) is not None  # in one clause, nobody means Lind by "her"
    return bool(named)


def _may_be_meant(text: str, start: int, end: int, pronoun: str) -> bool:
    word, before = text[start:end], text[:start].rstrip()
    following = (re.match(r"\s*([\w’']+)", text[end:]) or ["", ""])[1].lower()
    determined = re.search(rf"\b{_DETERMINER}(?:\s+[\w-]+)?$", before, re.IGNORECASE) is not None
    called = word[0].isupper() and start > 0
    speaks = not determined and following in _SAID
    if pronoun not in _PERSON:
        return not speaks and terms(word)[0] not in _COMMON_VERBS and word.lower() not in _SAID
    if not any(c.isupper() for c in text[1:]):  # typed without capitals
        called = not determined and (not before or re.search(rf"(?:\b{_AUXILIARY}|[’'])$", before, re.I) is not None)
    role = word.lower() in ROLES | MALE_WORDS | FEMALE_WORDS
    place = word.lower() in PLACES or re.search(r"\b(?:in|at|from|near)$", before, re.IGNORECASE)
    auxiliary = re.search(rf"\b{_AUXILIARY}$", before, re.IGNORECASE) is not None
    return role or (called and not place) or (auxiliary and speaks)


def _is_object(word: str, before: str, after: str) -> bool:
    if word in ("him", "them"):
        return True
    follows = re.match(rf"(?:$|[?.!,;]|(?:{_PREPOSITION}|and|or|that|now|again|then|so)\b)", after, re.IGNORECASE)
    asked = re.search(rf"\b{_AUXILIARY}$", before, re.IGNORECASE)
    return word in ("her", "it") and follows is not None and not asked


# -- by rule ----------------------------------------------------------------------------------------------------------


def _by_rule(question: str, recent: Sequence[Turn], library: Library) -> str:
    """Return a leaning question made whole from the turns before it."""
    text = _one_line(question)
    lean = _lean(text)
    if lean is None:
        return question
    previous = understand(recent[-1].question, library)
    if lean.words:
        whole = _with_names(text, lean.words, recent, library)
    else:
        whole = _of_the_previous(lean, previous, recent, library)
    whole = " ".join(whole.split())
    return whole if 0 < len(whole) <= LONGEST else question


def _of_the_previous(lean: _Lean, previous: Question, recent: Sequence[Turn], library: Library) -> str:
    """Return the question before this one, with something else in its place or another question asked of it."""
    whole = previous.text
    if lean.swapped:
        words = tuple(_without_antecedent(lean.swapped))
        swapped = _with_names(lean.swapped, words, recent, library)
        whole = _swap(swapped, previous, library) if terms(swapped) else whole
    return _inquire(lean.inquiry, understand(whole, library)) if lean.inquiry else whole


_CONTRACTED = frozenset("do does did has have had is are was were would could should".split())


def _inquire(inquiry: str, previous: Question) -> str:
    """Return the previous question with another question word: "does Lind doubt it?", "why" → "why does Lind …?"."""
    text = _OPENING.sub("", previous.text).rstrip("?!. ")
    asks = _ASKS_FIRST.match(text)
    before, rest = (text[: asks.start("inquiry")], text[asks.end("inquiry") :].lstrip()) if asks else ("", text)
    auxiliary = re.match(_AUXILIARY, rest, re.IGNORECASE)
    if _COUNTS.fullmatch(inquiry):
        around = re.search(rf"\b{_PREPOSITION}\s.*", rest, re.IGNORECASE)
        return f"{inquiry} {around[0] if around else rest}?"
    if not asks and not auxiliary:  # no question at all: "the harbour of Tarn"
        return f"{text}, {inquiry}?"
    if inquiry == "why not":
        return f"{before}{_denied(rest, auxiliary)}?"
    if auxiliary and re.fullmatch(r"who(?:m|se)?\s+\w+|what\s+\w+ed", inquiry, re.IGNORECASE):
        rest = rest[auxiliary.end() :].lstrip()  # "who won" has a verb
    return f"{before}{inquiry} {_lowered(rest)}?"


def _denied(rest: str, auxiliary: re.Match[str] | None) -> str:
    """Return "why doesn't …", the auxiliary denied."""
    if auxiliary is None:
        return f"why not {rest}"
    word, behind = auxiliary[0].lower(), rest[auxiliary.end() :]
    if word.endswith("t") and ("'" in word or "’" in word):
        return f"why {word}{behind}"
    return f"why {word}n't{behind}" if word in _CONTRACTED else f"why {word}{behind} not"


def _lowered(text: str) -> str:
    """Return text with its first word in small letters where that is an auxiliary: "Does Lind" → "does Lind"."""
    return text[:1].lower() + text[1:] if re.match(rf"{_AUXILIARY}", text, re.IGNORECASE) else text


# -- something in the place of something else -------------------------------------------------------------------------


def _swap(new: str, previous: Question, library: Library) -> str:
    """Return the previous question with `new` in the place of what is of its kind, or else behind it."""
    text = previous.text.rstrip("?!. ")
    span = _place_of(new, previous, library)
    if span is not None:
        start, end = span
        new = re.sub(r"\s+ones?$", f" {text[start:end].split()[-1]}", new)  # "the new one" is a new bridge
        counted = _COUNTED.match(text)
        if counted and start == counted.start("thing"):
            new = re.sub(rf"^{_DETERMINER}\s+", "", new, flags=re.IGNORECASE)
        return f"{text[:start]}{new}{text[end:]}?"
    matter = _matter(previous)
    if _speaks(new, library) and matter and not previous.asked:
        return f"what does {new} say about {matter}?"
    return f"{text} {new}?"


def _place_of(new: str, previous: Question, library: Library) -> tuple[int, int] | None:
    """Return the stretch of the previous question that `new` takes the place of."""
    text = previous.text.rstrip("?!. ")
    time = _TIME.fullmatch(new)
    if time:
        old = _last(_TIME.finditer(text))
        return old and old.span("date" if not time["how"] else 0)
    preposition = re.match(rf"({_PREPOSITION})\s+(?=\w)", new, re.IGNORECASE)
    if preposition:
        old = _last(re.finditer(rf"\b{preposition[1]}\s+(?:{_DETERMINER}\s+)?[\w’'-]+", text, re.IGNORECASE))
        return old and old.span()
    person = _person_typed(previous)
    if _speaks(new, library) and not previous.asked and not previous.speakers and not previous.introduces:
        return None
    if person and _is_personal(new, previous, library):
        return _found(person, text)
    return _place_name(new, previous) or _thing_span(previous, group=_is_a_group(new))


def _last(matches: Iterable[re.Match[str]]) -> re.Match[str] | None:
    return next(reversed(list(matches)), None)


def _found(words: str, text: str) -> tuple[int, int] | None:
    match = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE)
    return match.span() if match else None


def _speaks(words: str, library: Library) -> bool:
    """Tell whether words name somebody who speaks in the library."""
    speakers = understand(f"What does {words} say?"[:LONGEST], library).speakers
    last = set(terms(words.split()[-1]))  # "Lind’s plan" says nothing
    return not words.lower().endswith(("'s", "’s")) and any(last & set(terms(name)) for name in speakers)


def _is_personal(new: str, previous: Question, library: Library) -> bool:
    """Tell whether `new` takes the place of the person of the previous question, rather than of its topic."""
    if _speaks(new, library):
        return True
    words = new.lower().split()
    if words[-1] in PLACES | NATIONALITIES or not new.split()[-1][0].isupper():
        return False
    if words[0] in MALE_NAMES | FEMALE_NAMES or words[-1] in ROLES:
        return True
    own = set(terms(previous.asked or "")) | previous.speaker_stems
    others = [name for name in previous.names if not set(name.stems) <= own]
    return not others


def _place_name(new: str, previous: Question) -> tuple[int, int] | None:
    """Return where a name stands in the previous question that another name takes the place of."""
    if not any(word[0].isupper() or word.lower() in PLACES for word in new.split()):
        return None
    own = set(terms(previous.asked or ""))
    others = [name.text for name in previous.names if not set(name.stems) <= own]
    acting = [n for n in others if re.search(rf"\b{_AUXILIARY}\s+{re.escape(n)}", previous.text, re.IGNORECASE)]
    return _found((acting or others)[-1], previous.text) if others else None


def _person_typed(question: Question) -> str | None:
    """Return who a question is about, as typed there: the one asked, or else one who is named."""
    if question.asked:
        return question.asked
    for speaker in question.speakers:
        words = speaker.split()
        for form in (speaker, words[-1]):
            span = _found(form, question.text)
            if span:
                return question.text[slice(*span)]
    return next((name.text for name in reversed(question.names) if _may_be_a_person(name.text, question.text)), None)


def _may_be_a_person(name: str, text: str) -> bool:
    words = name.lower().split()
    if not words or words[-1] in PLACES | NATIONALITIES | ORGANISATION_NAMES | TIMES:
        return False
    return not re.search(rf"\b(?:in|at|near|from|to|of)\s+(?:the\s+)?{re.escape(name)}", text, re.IGNORECASE)


# -- what a question is about -----------------------------------------------------------------------------------------


def _matter_span(question: Question) -> tuple[int, int]:
    """Return where a question's matter stands: behind its question word and auxiliary, behind who says what."""
    text = question.text.rstrip("?!. ")
    asks = _ASKS_FIRST.match(text)
    start = asks.end() if asks else 0
    auxiliary = re.compile(rf"\s*{_AUXILIARY}\s*", re.IGNORECASE).match(text, start)
    start = auxiliary.end() if auxiliary else start
    if question.asked:
        verb = rf".*?\b{re.escape(question.verb)}\w*" if question.verb else r"[’']?s?(?:\s+\w+)?"
        said = re.compile(rf"(?<!\w){re.escape(question.asked)}{verb}\b", re.IGNORECASE).search(text)
        start = said.end() if said and said.end() < len(text) - 2 else start
    lead = re.compile(rf"\s*(?:{_PREPOSITION}\b)?\s*").match(text, start)
    return (lead.end() if lead else start), len(text)


def _matter(question: Question) -> str:
    """Return what a question is about, without its question word and without who is asked."""
    start, end = _matter_span(question)
    return question.text[start:end].strip(" ,")


_DETERMINED = re.compile(rf"\b{_DETERMINER}(?=\s+\w)", re.IGNORECASE)
_MOST_WORDS = 4  # of a noun phrase


def _phrases(text: str, offset: int = 0) -> list[tuple[int, int]]:
    """Return where the noun phrases with a determiner stand; a subject behind its auxiliary without the predicate."""
    spans = []
    for determiner in _DETERMINED.finditer(text, offset):
        words = list(_run_of_words(text, determiner.end()))
        auxiliary = re.search(rf"\b({_AUXILIARY})\s*$", text[: determiner.start()], re.IGNORECASE)
        if auxiliary and len(words) > 1 and _ends_in_a_predicate(auxiliary[1], words[-1], text):
            words.pop()
        if words:
            spans.append((determiner.start(), words[-1].end()))
    return spans


def _ends_in_a_predicate(auxiliary: str, last: re.Match[str], text: str) -> bool:
    """Tell whether the last word behind a subject says what it did or was: "does the bridge hold", "is it safe"."""
    being = auxiliary.lower().startswith(("is", "are", "was", "were", "has", "have", "had"))
    return not being or not text[last.end() :].strip() or last[0].endswith("ed")


_NEXT_WORD = re.compile(r"\s+([\w’'-]+)")


def _run_of_words(text: str, start: int) -> Iterator[re.Match[str]]:
    """Yield the content words that follow without a break."""
    for _ in range(_MOST_WORDS):
        word = _NEXT_WORD.match(text, start)
        if word is None or word[1].lower() in STOP_WORDS:
            return
        yield word
        start = word.end()


def _is_a_group(phrase: str) -> bool:
    """Tell whether a phrase names a body or somebody in office, that acts: "the council", "the mayor"."""
    return phrase.split()[-1].lower() in ORGANISATIONS | PLURAL_ROLES | ROLES


# "which Western companies would", "how many people died": one word unless an auxiliary tells where it ends
_NOUN = rf"(?!{_AUXILIARY})[\w’'-]+"
_COUNTED = re.compile(
    rf"^(?:how many|which|what)\s+(?P<thing>{_NOUN}(?:\s+{_NOUN}){{0,2}}?(?=\s+{_AUXILIARY})|[\w’'-]+s(?=\s))",
    re.IGNORECASE,
)


def _thing_span(question: Question, *, group: bool = False) -> tuple[int, int] | None:
    """Return where the thing stands that a question is about (or the body that acts), or what a person is asked."""
    text = question.text.rstrip("?!. ")
    start, end = _matter_span(question)
    if question.asked and question.verb and end > start:
        inner = _phrases(text, start)
        joined = len(inner) > 1 and re.fullmatch(r"\s*of\s*", text[inner[-2][1] : inner[-1][0]])
        return inner[-1] if joined else (start, end)
    counted = _COUNTED.match(text)
    if counted and not group:
        return counted.span("thing")
    phrases = _phrases(text)
    if phrases:
        return next((span for span in phrases if _is_a_group(text[slice(*span)]) == group), phrases[0])
    names = [name.text for name in question.names]
    if names:
        return _found(names[-1], text)
    content = [term for term in located_terms(text[start:end]) if term.stem not in _COMMON_VERBS]
    return (start + content[0].start, start + content[0].end) if content else None


# -- names for pronouns -----------------------------------------------------------------------------------------------


def _with_names(text: str, words: Sequence[re.Match[str]], recent: Sequence[Turn], library: Library) -> str:
    """Return the text with what its leaning words stand for; a word for which nothing is found stays."""
    out, done = "", 0
    for match in words:
        meant = _meant(match, text, recent, library)
        if meant is None:
            continue
        end, name = meant
        out += text[done : match.start()] + name
        done = end
    return _NEGLIGIBLE.sub("", out + text[done:]).replace(" ?", "?")


def _meant(match: re.Match[str], text: str, recent: Sequence[Turn], library: Library) -> tuple[int, str] | None:
    """Return what a leaning word stands for, and where the stretch ends that this replaces."""
    word, after = match[0].lower(), text[match.end() :]
    if word in _PERSON or word in _GROUP:
        found = _somebody(word, text, recent, library)
    elif word == "there":
        found = _somewhere(recent, library)
    else:
        found = _something(recent, library, whole=word == "that")
    if found is None:
        return None
    possessive = word in _POSSESSIVE or (word == "her" and re.match(r"\s+[\w’'-]*[^\W_]", after) and _goes_on(after))
    noun = re.match(r"\s+([\w’'-]+)", after)
    if word in ("that", "this", "these", "those") and noun and _determines(text[: match.start()], after):
        if not set(terms(noun[1])) & set(terms(found)):
            return match.end(), match[0] if not terms(found) else f"{found}, {match[0]}"
        return match.end() + noun.end(), found
    return match.end(), f"{found}’s" if possessive else found


def _determines(before: str, after: str) -> bool:
    """Tell whether "that" belongs to a noun behind it: "does that plan cost", not "does that cost"."""
    auxiliary = re.search(rf"\b{_AUXILIARY}\s*$", before, re.IGNORECASE)
    return _goes_on(after) and not (auxiliary and len(list(_run_of_words(after, 0))) == 1)


def _goes_on(after: str) -> bool:
    """Tell whether a noun follows: "her plan", not "her about"."""
    following = re.match(r"\s+([\w’'-]+)", after)
    return following is not None and bool(terms(following[1])) and following[1].lower() not in _SAID


def _somebody(word: str, text: str, recent: Sequence[Turn], library: Library) -> str | None:
    """Return the person or group that was named last and that the question itself does not name."""
    own = set(terms(text))
    for turn in reversed(recent):
        people = [name for name in _people(turn, library) if not set(terms(name)) & own]
        if word in _GROUP:
            group = _group(turn, library)
            if (group and not set(terms(group)) & own) or people:
                return group if group and not set(terms(group)) & own else " and ".join(people[:2])
        fitting = [name for name in people if _fits(name, word)]
        if fitting:
            return fitting[0]
    return None


def _people(turn: Turn, library: Library) -> list[str]:
    """Return who was named in a turn: in its question, else who was cited, else who its answer names."""
    question = understand(turn.question, library)
    asked = _person_typed(question)
    named = [name.text for name in question.names if _may_be_a_person(name.text, question.text)]
    told = understand(turn.answer[:LONGEST], library) if turn.answer.strip() else None
    answered = [*told.speakers, *_names_of(told)] if told else []
    return list(dict.fromkeys([*([asked] if asked else []), *named, *turn.speakers, *answered]))


def _names_of(told: Question) -> Iterator[str]:
    return (name.text for name in told.names if " " in name.text and _may_be_a_person(name.text, told.text))


def _fits(name: str, pronoun: str) -> bool:
    """Tell whether a name may be meant by he or she; only a clear first name forbids it."""
    words = name.lower().split()
    if words[-1] in ORGANISATIONS:
        return False
    if pronoun in MALE_WORDS:
        return words[0] not in FEMALE_NAMES or words[0] in MALE_NAMES
    return words[0] not in MALE_NAMES or words[0] in FEMALE_NAMES


def _group(turn: Turn, library: Library) -> str | None:
    """Return the group that a question names last: a body, a plural."""
    question = understand(turn.question, library)
    for start, end in reversed(_phrases(question.text)):
        last = question.text[start:end].split()[-1].lower()
        if last in ORGANISATIONS | PLURAL_ROLES or re.search(r"[^su]s$", last):
            return question.text[start:end]
    counted = _COUNTED.match(question.text)
    if counted and counted["thing"].endswith("s"):
        return counted["thing"]
    if _person_typed(question):
        return _person_typed(question)
    for term in reversed(question.terms):
        word = question.text[term.start : term.end]
        if word in ORGANISATIONS | PLURAL_ROLES or (re.search(r"[^aisu’']s$", word) and word.lower() not in _SAID):
            return word
    return next((name.text for name in question.names), None)


def _somewhere(recent: Sequence[Turn], library: Library) -> str | None:
    """Return the place that was named last in a question, with its preposition, or else the last thing."""
    for turn in reversed(recent):
        question = understand(turn.question, library)
        for name in reversed(question.names):
            at = re.search(rf"\b(?:in|at|near|on|to|from|of)\s+(?:the\s+)?{re.escape(name.text)}", question.text)
            if at or name.text.lower() in PLACES:
                return f"in {name.text}"
    thing = _something(recent, library)
    return f"at {thing}" if thing else None


_WHERE_IT_IS = re.compile(r"\s+(?:in|at|of|near|off)\s+(?:the\s+)?[A-Z][\w-]*(?:\s+[A-Z][\w-]*)*")


def _something(recent: Sequence[Turn], library: Library, *, whole: bool = False) -> str | None:
    """Return the thing that was asked about last; of something counted also what it did, where `whole`."""
    for turn in reversed(recent):
        question = understand(turn.question, library)
        text = question.text.rstrip("?!. ")
        counted = _COUNTED.match(text) if not question.asked else None
        phrases = [span for span in _phrases(text) if not _is_a_group(text[slice(*span)])]
        span = phrases[0] if counted and phrases else _thing_span(question)
        if counted and whole:
            return re.sub(rf"{_INQUIRING}\s+|\b{_AUXILIARY}\s+", "", text, flags=re.IGNORECASE)
        where = _WHERE_IT_IS.match(text, span[1]) if span else None
        thing = text[span[0] : where.end() if where else span[1]].strip(" ,") if span else ""
        if terms(thing):
            return thing
    return None
