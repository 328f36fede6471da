"""Does a question lean on what went before, and how: "and Gabuev?", "why?", "what of it?".

Read from its words alone: neither the conversation nor the library is known here, nor what it leans on.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from indexes.terms import located_terms, terms
from indexes.wordlists import FEMALE_WORDS, MALE_WORDS, PLACES, ROLES, STATING, TIMES


def leans(question: str) -> bool:
    """Tell whether a question needs what went before: "and Lind?", "why?", "when was that?"."""
    return lean_of(one_line(question)) is not None


def one_line(text: str) -> str:
    """Return text on one line, without what cannot be seen."""
    seen = "".join(" " if unicodedata.category(c) in _BREAKING else c for c in text)
    return " ".join("".join(c for c in seen if unicodedata.category(c) != "Cf").split())


_BREAKING = frozenset(("Cc", "Cn", "Co", "Cs"))  # other than zero-width characters ("Cf"), which stand inside words


# -- how it leans -----------------------------------------------------------------------------------------------------

AUXILIARY = (
    r"(?:do|does|did|has|have|had|is|are|was|were|would|will|can|could|should|might|may|must)(?:n[’']t)?(?=\s|$)"
)
PREPOSITION = (
    r"(?:about|after|against|at|before|between|by|concerning|during|for|from|in|into|near|of|on|over|since|through|to|"
    r"toward|towards|under|until|with|without)"
)
DETERMINER = r"(?:the|an?|this|that|these|those|its|their|his|her|our|my|all|some|any|no|each|every)"
INQUIRING = (
    rf"(?:{PREPOSITION}\s+)?(?:how (?:many|much|long|old|far|big|large|high|tall|deep|heavy|fast|often|come)\b|"
    r"what for\b|wh(?:at|o|om|ose|y|en|ere|ich)\b|how\b)(?:\s+else\b)?"
)
ASKS_FIRST = re.compile(rf"^(?:.{{0,60}}?,\s+)?(?P<inquiry>{INQUIRING})", re.IGNORECASE)
OPENING = re.compile(r"^(?:(?:and|but|or|so|then|okay|ok|well|also|now)\b[\s,]*)+", re.IGNORECASE)
NEGLIGIBLE = re.compile(r"\b(?:else|exactly|precisely|then|again|please)\b", re.IGNORECASE)
_SWAP = re.compile(
    r"(?:what|how) about (?P<about>.+)|(?:the )?same (?:question |thing )?(?:for|about|with) (?P<same>.+)|"
    rf"(?:(?P<inquiry>{INQUIRING})\s+)?(?:do|does|did|has|have|had|would|will|can|could|should)(?:n[’']t)?\s+"
    r"(?P<who>(?:the\s+)?[\w.’'-]+(?:\s+(?-i:[A-Z])[\w.’'-]*)*)(?:\s+(?:agree|disagree|concur|too|also|as well|either|"
    r"(?:think|say|believe|feel|doubt|mean) (?:so|that|this|it)))*",
    re.IGNORECASE,
)
_DATE = (
    r"(?:(?:early|late|mid)[ -])?(?:(?:last|this|next|previous)\s+(?:year|month|week|decade|century|spring|summer|"
    rf"autumn|fall|winter|night|{'|'.join(sorted(TIMES))})|(?:\d{{1,2}}\s+)?(?:{'|'.join(sorted(TIMES))})\b"
    r"(?:\s+\d{1,2}\b(?:st|nd|rd|th)?)?(?:,?\s+\d{4}\b)?|(?:1\d|20)\d\ds?\b|yesterday\b|today\b|tomorrow\b|tonight\b)"
)
TIME = re.compile(rf"(?:\b(?P<how>in|on|since|by|during|for|until|before|after)\s+)?\b(?P<date>{_DATE})", re.IGNORECASE)


_AGAIN = re.compile(
    r"really|is (?:that|it|this) (?:so|true|right)|anything else|(?:can you |could you |please )*(?:(?:tell me|say) )?"
    r"(?:more|go on|continue|elaborate|explain)(?: (?:on |about )?(?:that|this|it))?(?: please)?|what do you mean|"
    r"(?:for|an) example|such as|in what way|are you sure",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Lean:
    """How a question leans: by single words, or on the whole question before it (as it was, if nothing is set)."""

    swapped: str = ""  # what takes the place of something there: "Gabuev", "the harbour", "in 2024"
    inquiry: str = ""  # what is asked of its matter: "why", "in which city", "who won"
    words: tuple[re.Match[str], ...] = ()  # its pronouns without an antecedent of their own


def lean_of(text: str) -> Lean | None:
    """Return how a question leans on what went before; None where it stands alone."""
    opened = OPENING.sub("", text)
    rest = opened.rstrip("?!. …")
    if not rest or _AGAIN.fullmatch(rest):
        return Lean() if text else None
    if swap := _SWAP.fullmatch(rest):
        return Lean(swapped=swap["about"] or swap["same"] or swap["who"], inquiry=swap["inquiry"] or "")
    if inquiry := _bare_inquiry(rest):
        return Lean(inquiry=inquiry)
    if _is_ellipsis(rest, opened=opened != text, asks=text.endswith("?")):
        return Lean(swapped=rest)
    words = tuple(without_antecedent(text))
    return Lean(words=words) if words else None


_TAIL = re.compile(
    r"\s+(?:(?:is|was|has|have|does|did|will|would|can)(?: not|n[’']t)?|(?:is|was) (?:that|this)|"
    r"(?:did|does) (?:that|this|it) happen|so|that|this|those|these|not|now|though)$",
    re.IGNORECASE,
)


COUNTS = re.compile(rf"how many\s+{AUXILIARY}\s+[\w’'-]+", re.IGNORECASE)  # "how many were rescued?"


def _bare_inquiry(rest: str) -> str:
    """Return the question word or phrase of a question that is nothing more: "why", "to whom", "how many votes"."""
    rest = " ".join(NEGLIGIBLE.sub(" ", rest).split())
    if re.fullmatch(r"says who|according to whom?|who (?:says?|said|thinks?) (?:so|that|this|it)", rest, re.IGNORECASE):
        return "who says"
    if rest.lower() in ("how so", "why so", "how come"):
        return "why"
    if rest.lower() == "why not":
        return "why not"
    whole = re.fullmatch(INQUIRING, _TAIL.sub("", rest), re.IGNORECASE)
    if whole:
        return whole[0]
    if COUNTS.fullmatch(rest):
        return rest
    phrase = re.fullmatch(rf"(?P<word>{INQUIRING})\s+(?P<more>[\w’'-]+(?: [\w’'-]+)?)", rest, re.IGNORECASE)
    if not phrase or re.search(rf"\b{AUXILIARY}", rest, re.IGNORECASE):
        return ""
    more = phrase["more"]
    alone = len(terms(more)) <= 1 and not any(word[0].isupper() for word in more.split())
    return rest if alone and not _ANAPHOR.search(more) else ""


def _is_ellipsis(rest: str, *, opened: bool, asks: bool) -> bool:
    """Tell whether words without a verb stand for a whole question: "and the harbour?", "in 2024?", "Gabuev?"."""
    words = rest.split()
    if re.search(rf"\b{AUXILIARY}", rest, re.IGNORECASE) or re.match(INQUIRING, rest, re.IGNORECASE):
        return False
    if TIME.fullmatch(rest) or opened:
        return len(words) <= 6
    return asks and len(words) <= (4 if re.match(rf"{PREPOSITION}\b", rest, re.IGNORECASE) else 2)


# -- words that lean --------------------------------------------------------------------------------------------------

PERSON = frozenset("he she him her hers his himself herself".split())
GROUP = frozenset("they them their theirs".split())
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
COMMON_VERBS = frozenset(terms("happen mean cause change think make take work come go get become begin start"))
SAID = frozenset(word for verb in STATING for word in (verb, f"{verb}s", f"{verb}ed"))
_WITH_A_TIME = frozenset(
    "year month week day morning afternoon evening summer winter spring autumn century time".split()
)


def without_antecedent(text: str) -> Iterator[re.Match[str]]:
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
    if re.match(AUXILIARY, after, re.IGNORECASE):  # "what is it made of that has lasted?"
        return False
    return re.fullmatch(rf"{AUXILIARY}|{PREPOSITION}|wh\w+|how", last) is not None


def _names_it_itself(word: str, before: str, after: str) -> bool:
    """Tell whether a question names, before one of its pronouns, what that may stand for."""
    asks = ASKS_FIRST.match(before)
    behind = asks.end() if asks else 0  # "long" of "how long is it?" names nothing
    content = [term for term in located_terms(before) if term.start >= behind]
    if asks and asks["inquiry"].lower() == "who" and word in _BOUND and len(content + terms(after)) > _RICH:
        return True  # "who moved his court from Tarn to Ostrey?" means whoever it was
    named = [term for term in content if _may_be_meant(before, term.start, term.end, word)]
    if named and len(named) < _RICH and _is_object(before, after):
        return _CLAUSE.search(before, named[0].end) is not None  # in one clause, nobody means Lind by "her"
    return bool(named)


def _may_be_meant(text: str, start: int, end: int, pronoun: str) -> bool:
    word, before = text[start:end], text[:start].rstrip()
    following = (re.match(r"\s*([\w’']+)", text[end:]) or ["", ""])[1].lower()
    determined = re.search(rf"\b{DETERMINER}(?:\s+[\w-]+)?$", before, re.IGNORECASE) is not None
    called = word[0].isupper() and start > 0
    speaks = not determined and following in SAID
    if pronoun not in PERSON:
        return not speaks and terms(word)[0] not in COMMON_VERBS and word.lower() not in SAID
    if not any(c.isupper() for c in text[1:]):  # typed without capitals
        called = not determined and (not before or re.search(rf"(?:\b{AUXILIARY}|[’'])$", before, re.I) is not None)
    role = word.lower() in ROLES | MALE_WORDS | FEMALE_WORDS
    place = word.lower() in PLACES or re.search(r"\b(?:in|at|from|near)$", before, re.IGNORECASE)
    return role or (called and not place)


def _is_object(before: str, after: str) -> bool:
    """Tell whether a pronoun is what a verb is about: "trust her", not "her plan" and not "does she"."""
    follows = re.match(rf"(?:$|[?.!,;]|(?:{PREPOSITION}|and|or|that|now|again|then|so)\b)", after, re.IGNORECASE)
    return follows is not None and not re.search(rf"\b{AUXILIARY}$", before, re.IGNORECASE)
