"""What a question asks for, before anything is looked up: its words, its names, and whose words it wants.

The library is asked only who speaks in it. Typing without capitals is understood; a word that could be a name or an
ordinary word ("brown", "may") is taken for a name only where a person would stand.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from indexes.article import Filters
from indexes.errors import QuestionError
from indexes.terms import Term, located_terms, terms
from indexes.wordlists import (
    HONORIFICS,
    NATIONALITIES,
    OPENERS,
    ORGANISATIONS,
    PARTICLES,
    PLACES,
    ROLES,
    STATING,
    SUFFIXES,
)
from rag.library import Library

LONGEST = 2_000  # characters; a longer text is no question, and trimming it would answer another one

Kind = Literal["why", "who", "when", "where", "how many", "yes or no", "what"]


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name of the question: its words as typed, and their stems."""

    text: str
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood."""

    text: str
    kind: Kind
    terms: tuple[Term, ...]  # its content words and where they stand in it
    names: tuple[Name, ...]
    speakers: tuple[str, ...]  # full names of those in the library who are asked, or else of all who are named here
    asked: str | None  # whose words are wanted, as typed: "Lind" of "why does Lind doubt …"
    verb: str | None  # and what they do: "doubt"
    introduces: bool  # asks who or what the named one is
    negated: bool
    filters: Filters

    @property
    def searched(self) -> str:
        """The text whose words are looked for: without "else", which says nothing about what is wanted."""
        return _ELSE.sub(_blank, self.text)

    @property
    def stems(self) -> tuple[str, ...]:
        """The stems of its content words, each once, in order."""
        return tuple(dict.fromkeys(term.stem for term in self.terms))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers in it."""
        return tuple(stem for stem in self.stems if stem[0].isdigit())

    @property
    def speaker_stems(self) -> frozenset[str]:
        """The stems that only name somebody who speaks: they choose paragraphs, not sentences."""
        named = {stem for speaker in self.speakers for stem in terms(speaker)}
        return frozenset(named | set(terms(self.asked or "")))

    @property
    def topic(self) -> tuple[str, ...]:
        """The stems that say what a person is asked about: neither the person nor "say", "think", "point to"."""
        neutral = terms(self.verb) if self.verb in _NEUTRAL else []
        return tuple(stem for stem in self.stems if stem not in self.speaker_stems and stem not in neutral)


def understand(text: str, library: Library, filters: Filters | None = None) -> Question:
    """Return the question understood; QuestionError where it is empty or far too long."""
    if not isinstance(text, str):
        raise QuestionError(f"A question is a text, not {text!r}.", "Ask in your own words.")
    text = " ".join(text.encode("utf-8", "replace").decode().split())  # a lone surrogate is no character
    if not text:
        raise QuestionError("The question is empty.", "Ask in your own words, for example: who decided this, and why?")
    if len(text) > LONGEST:
        raise QuestionError(f"The question has {len(text):,} characters; up to {LONGEST:,} are read.", "Shorten it.")
    known = library.speakers()
    found = tuple(located_terms(_ELSE.sub(_blank, text)))
    asked, verb = _asked(text)
    speakers = _speakers_named(text, asked, known)
    if asked is not None and not _is_a_name(asked, text, speakers):
        asked = verb = None
    if asked is not None:  # of two who are named, one is asked about the other
        speakers = tuple(name for name in speakers if set(_words(asked)) & set(_words(name)))
    return Question(
        text=text,
        kind=_kind(text),
        terms=found,
        names=tuple(_names(text)),
        speakers=speakers,
        asked=asked,
        verb=verb,
        introduces=_introduces(text),
        negated=is_negated(text),
        filters=filters or Filters(),
    )


_ELSE = re.compile(r"\belse(?:[’']s)?\b")  # in small letters: Else is a name


def _blank(match: re.Match[str]) -> str:
    """Return spaces: what stands behind keeps its place."""
    return " " * len(match[0])


# -- what kind of answer it wants -------------------------------------------------------------------------------------

_KINDS: tuple[tuple[Kind, str], ...] = (
    ("why", r"\bwhy\b|\bhow come\b|\b(?:what|which|for what)\b.{0,30}?\b(?:reasons?|causes?d?|motives?|grounds)\b"),
    ("how many", r"\bhow (?:many|much|long|old|far|big|large|high|tall|deep|heavy|fast|often)\b"),
    ("how many", r"\bwh(?:at|ich) (?:is the |was the |are the |were the )?(?:\w+ )?(?:number|percentage|percent|"
                     r"share|proportion|price|cost|population|total|amount|figure|rate)\b"),
    ("when", r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|decade|century|time)\b|\bsince when\b"),
    ("where", r"\bwhere\b|\b(?:what|which) (?:place|city|town|country|state|region|location|continent|village)\b"),
    ("who", r"\bwho(?:m|se)?\b|\b(?:what|which) (?:person|man|woman)\b"),
    ("yes or no", r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must|may|might)\b"),
)  # fmt: skip
_INTRODUCES = re.compile(
    r"^(?:and )?(?:wh(?:o|at) (?:is|was|are|were)|wh(?:o|at)[’']s|tell me (?:about|who)|introduce)\s+"
    r"(?P<who>(?:the\s+)?[^\W\d_][\w.’'-]*(?:\s+[^\W\d_][\w.’'-]*){0,4}?)\s*[?.!]*$",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|never|no|nobody|none|nothing|nowhere|neither|nor|without|cannot|unable|hardly|barely|refus\w+|fail\w*|"
    r"den(?:y|ies|ied)|lack\w*|except|un(?:like|affected|willing|related))\b|n[’']t\b",
    re.IGNORECASE,
)


def is_negated(text: str) -> bool:
    """Tell whether a question or sentence denies something."""
    return _NEGATION.search(text) is not None


def _kind(text: str) -> Kind:
    """Return what kind of answer is wanted; the earliest question word decides: "who said when …" asks who."""
    hits = [(match.start(), kind) for kind, pattern in _KINDS if (match := re.search(pattern, text, re.IGNORECASE))]
    return min(hits, key=lambda hit: hit[0])[1] if hits else "what"


def _introduces(text: str) -> bool:
    """Tell whether a question asks who somebody is: "who is Ada Lind?", not "who is winning?"."""
    match = _INTRODUCES.match(text)
    if not match:
        return False
    words = match["who"].split()
    if words[0].lower() == "the":
        return False
    return not any(word.lower().endswith("ing") or word.lower() in _NOT_A_NAME for word in words)


# -- whose words it wants ---------------------------------------------------------------------------------------------

_ATTITUDES = """doubt fear expect want hope oppose support criticise criticize dismiss reject describe see view
    consider regard call warn question point cite blame praise favour favor prefer prefers defend dispute deny accuse
    urge advise advocate recommend propose promise respond reply react feel mean think look judge rate foresee
    worry caution compare demand welcome distrust trust interpret assess like dislike object complain disagree agree
    express comment quote mention give find found conclude report""".split()
_SPEECH = frozenset(STATING) | frozenset(_ATTITUDES)
_NEUTRAL = frozenset(
    "say think tell point find found conclude report mention comment note describe explain see".split()
)
_SAYS = "(?P<verb>" + "|".join(sorted((v for v in _SPEECH if not v.endswith("ing")), key=len, reverse=True))
_SAYS += r"|make(?=\s+of\b))"  # "what did Lind make of it?", not "how many mistakes did Lind make?"
_WHO = r"(?:the\s+)?(?P<who>[^\W\d_][\w.’'-]*(?:\s+[^\W\d_][\w.’'-]*){0,4}?)"
_AUXILIARY = r"(?:do|does|did|has|have|had|is|was|would|will|can|could|should|might)(?:n[’']t)?"
_VIEW = (
    r"(?:views?|opinions?|arguments?|reasons?|take|position|stance|explanations?|warnings?|predictions?|estimates?|"
    r"assessments?|responses?|reactions?|comments?|claims?|criticisms?|answers?|reply|advice|doubts?|fears?|concerns?|"
    r"words|verdict|remarks?|statements?|proposals?)"
)
_QUESTION_WORD = r"(?:why|what|who|how|when|where|which|is|are|was|were|do|does|did|on|about)"
_ASKED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:according to|in the (?:view|opinion|words) of|quotes? (?:from|by))\s+"
        rf"{_WHO}(?=\s*(?:[,?.!;:]|$|\b{_QUESTION_WORD}\b))",
        rf"\b{_AUXILIARY}\s+{_WHO}\s+(?:not |really |actually |also |ever |still )?{_SAYS}\b",
        rf"\b{_WHO}[’']s?\s+(?:\w+\s+)?{_VIEW}\b",
        rf"\b(?:what|why|how|whom|that)\s+{_WHO}\s+{_SAYS}\b",
        rf"^{_WHO}\s+(?P<verb>says?|said|thinks?|thought|told|on|about)\b",
    )
)
_NOT_A_NAME = frozenset(
    """the a an this that these those it he she they we i you there any some all most many much one his her their its
    our my your people anyone everyone someone experts analysts critics officials scientists researchers article
    articles author authors is are was were be been does did do has have had what which who whom why how when where of
    in on at to for from by with about and or but not no""".split()
)
# Family names that are ordinary words as well.
_ORDINARY_NAMES = frozenset(
    """bell berry best bishop black blue bond brook brooks brown bush case chance church close cook cooper cross day
    dean drew early field fields fisher fox frank free french gold grace grant gray green grey hall hand hart head
    hill holiday hope house hunt hunter king knight lane law little long love major march mark marks marsh may mason
    miles mills moon moor more morning nelson new north page park parks peace pearl penny pope porter power price
    prince reed rice rich rivers rose sage sharp short singer small smith snow song south speaker star stone strange
    street strong summer swan taylor temple waters way weaver weeks well wells west white wild will wise wolf wood
    woods words worth young""".split()
)


def _asked(text: str) -> tuple[str | None, str | None]:
    """Return the words that stand where the person stands whose words are wanted, and the verb behind them."""
    for pattern in _ASKED:
        for match in pattern.finditer(text):
            who = _without_titles(match["who"])
            if who and who.split()[0].lower() not in _NOT_A_NAME:
                verb = match.groupdict().get("verb")
                return who, verb and verb.lower()
    return None, None


def _without_titles(who: str) -> str:
    """Strip what stands in front of a name, and its possessive: "the economist Lind's" → "Lind"."""
    words = re.sub(r"[’']s?$", "", who).split()
    while len(words) > 1 and words[0].lower().rstrip(".") in (HONORIFICS | ROLES | {"the"}):
        words.pop(0)
    return " ".join(words)


def _is_a_name(asked: str, text: str, speakers: Sequence[str]) -> bool:
    """Tell whether the words that stand for a person are a name at all: "Lind", not "the council"."""
    folded = set(_words(asked))
    if any(folded & set(_words(speaker)) for speaker in speakers):
        return True
    if _has_capitals(text):
        return asked[0].isupper() and asked.split()[0].lower() not in PLACES
    return False


def _speakers_named(text: str, asked: str | None, known: Sequence[str]) -> tuple[str, ...]:
    """Return those who speak in the library and are named in the question, in the order of the question."""
    words = _words(text)
    capital = {word.casefold().replace("’", "'") for word in re.findall(r"[^\W\d_][\w’'-]*", text) if word[0].isupper()}
    capital = {re.sub(r"'s?$", "", word) for word in capital}
    typed_with_capitals = _has_capitals(text)
    asked_words = set(_words(asked or ""))
    by_key = _by_key(tuple(known))
    found: dict[str, None] = {}
    for word in dict.fromkeys(words):
        candidates = by_key.get(word, ())
        whole = [name for name in candidates if _stands_in(name, words)]
        clear = word in capital or word in asked_words or not (typed_with_capitals or word in _ORDINARY_NAMES)
        surnames = [name for name in candidates if not _is_organisation(name) or len(_words(name)) == 1]
        found |= dict.fromkeys(whole or (surnames if clear else ()))
    return tuple(found)


@lru_cache(maxsize=8)
def _by_key(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return full names by the word that is looked for first: a family name, the last word of an organisation."""
    keyed: dict[str, list[str]] = {}
    for name in names:
        words = [word for word in _words(name) if word not in SUFFIXES]
        if words and words[-1] not in _NOT_A_NAME:
            keyed.setdefault(words[-1], []).append(name)
    return {key: tuple(full) for key, full in keyed.items()}


def _is_organisation(name: str) -> bool:
    words = _words(name)
    return bool({words[0], words[-1]} & (ORGANISATIONS | ROLES)) or "of" in words


def _stands_in(name: str, words: Sequence[str]) -> bool:
    """Tell whether a name stands in a text: all of it, or the last two words of an organisation's."""
    whole = _words(name)
    ending = whole[-2:] if _is_organisation(name) else whole
    size = len(ending)
    return size > 1 and any(tuple(words[i : i + size]) == ending for i in range(len(words) - size + 1))


@lru_cache(maxsize=20_000)
def _words(text: str) -> tuple[str, ...]:
    """Return the folded words of a name or question, possessives stripped."""
    found = re.findall(r"[^\W_](?:[\w.’'-]*\w)?", text.casefold().replace("’", "'"))
    return tuple(re.sub(r"'s?$", "", word) for word in found)


# -- which names stand in it ------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"(?:[A-Z]\.){2,}|[^\W_](?:[\w.’'&-]*\w)?")
_DIRECTIONS = frozenset("north south east west northern southern eastern western".split())
_GEOGRAPHY = (PLACES | NATIONALITIES) - frozenset(
    """north south east west northern southern eastern western states us kingdom republican democrat democratic
    conservative liberal labour catholic muslim christian jewish mobile polish reading bath nice""".split()
)


def _names(text: str) -> Iterator[Name]:
    """Yield the proper names of a question: capitalised words, and known places however they are typed."""
    run: list[str] = []
    trust = _has_capitals(text)
    for index, match in enumerate(_TOKEN.finditer(text)):
        word = match[0]
        joined = bool(run) and text[match.start() - 1] == " "
        if _is_name_word(word, first=index == 0, trust=trust, text=text, end=match.end()):
            if run and not joined:
                yield from _name(run)
                run = []
            run.append(word)
        elif not (run and joined and word.lower() in PARTICLES):
            yield from _name(run)
            run = []
    yield from _name(run)


def _is_name_word(word: str, *, first: bool, trust: bool, text: str, end: int) -> bool:
    folded = re.sub(r"[’']s?$", "", word).lower()
    if folded in _GEOGRAPHY:
        return True
    if folded in _DIRECTIONS:
        return False
    if not trust or not word[0].isupper() or not terms(word) or folded in _NOT_A_NAME:
        return False
    if not first:
        return True
    follows = text[end:].lstrip()
    return folded not in OPENERS and folded not in _SPEECH and follows[:1].isupper()


def _name(run: Sequence[str]) -> Iterator[Name]:
    stems = tuple(stem for word in run for stem in terms(word))
    if stems:
        yield Name(re.sub(r"[’']s?$", "", " ".join(run)), stems)


def _has_capitals(text: str) -> bool:
    """Tell whether capitals mean something here: some words have one behind the first word, and not nearly all."""
    words = re.findall(r"[^\W\d_][\w’'-]*", text)[1:]
    capitals = sum(word[0].isupper() for word in words)
    return capitals > 0 and (capitals < 0.8 * len(words) or len(words) < 3)
