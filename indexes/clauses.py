"""A paragraph as words, marks and whole quotations, cut into sentences.

A quotation counts as one token, so that grammar can be read around it: in `“…,” she said` three tokens remain.
`indexes.sentences` cuts what a reader is shown; here we need cuts that know about quotations, and need them fast.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from indexes.article import Quotation
from indexes.wordlists import (
    COORDINATORS,
    DETERMINERS,
    HONORIFICS,
    OPENERS,
    OPENS_A_CLAUSE,
    PREPOSITIONS,
    ROLES,
    STATING,
)

_ABBREVIATIONS = (
    "Mr|Mrs|Ms|Mx|Dr|Prof|Rev|Fr|St|Gen|Lt|Col|Maj|Capt|Cmdr|Sgt|Adm|Gov|Sen|Rep|Amb|Pres|Hon|Jr|Sr|Cllr|Det|Supt|Insp"
    "|Inc|Corp|Co|Ltd|No|vs|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
)
_TOKEN = re.compile(
    rf"(?:{_ABBREVIATIONS})\.(?=[\s,;)]|$)"
    r"|(?:[A-Z]\.)+(?:-\w+)*"
    r"|[@#]?\w+(?:[’'`‑&/-]\w+|[.,]\d+)*(?:(?<=s)[’'](?!\w))?"
    r"|[^\w\s]"
)
_POSSESSIVE = re.compile(r"[’'`]s?$")
_LONGEST_SENTENCE = 200  # tokens; longer ones are cut, so that hostile text cannot make the grammar slow

_ATTRIBUTES = frozenset(STATING) | {"ask", "asks", "asked", "write", "writes", "wrote", "adds", "added"}
_NEVER_IN_NAMES = DETERMINERS | PREPOSITIONS | COORDINATORS | {"i", "i’m", "i'm", "we", "you"}

TokenKind = Literal["word", "mark", "quotation"]


class Token(NamedTuple):
    """A word, a punctuation mark or a whole quotation of a paragraph: text[start:end]."""

    text: str
    low: str  # lower case, without a possessive ending
    start: int
    end: int
    kind: TokenKind

    @property
    def possessive(self) -> bool:
        return self.kind == "word" and len(self.low) < len(self.text) and self.text[-1] in "s’'`"

    @property
    def capital(self) -> bool:
        """True for what may be a part of a name: Smith, al-Tamr, O'Neill, U.S., but not The."""
        if self.kind != "word" or self.low in _NEVER_IN_NAMES:
            return False
        return self.text[0].isupper() or _has_inner_capital(self.text)


Sentence = list[Token]


def tokenise(text: str, quotations: Sequence[Quotation]) -> list[Token]:
    """Return the tokens of a paragraph, each quotation being one of them."""
    tokens: list[Token] = []
    at = 0
    for quotation in quotations:
        tokens.extend(_plain_tokens(text, at, quotation.start))
        words = text[quotation.start : quotation.end]
        tokens.append(Token(words, "", quotation.start, quotation.end, "quotation"))
        at = quotation.end
    tokens.extend(_plain_tokens(text, at, len(text)))
    return tokens


def split_sentences(tokens: Sequence[Token]) -> list[Sentence]:
    """Cut tokens into sentences; a quotation stays with the words that attribute it."""
    sentences: list[Sentence] = []
    current: Sentence = []
    for index, token in enumerate(tokens):
        current.append(token)
        if len(current) >= _LONGEST_SENTENCE or _ends_sentence(tokens, index):
            sentences.append(current)
            current = []
    if current:
        sentences.append(current)
    return sentences


def ends_softly(quotation: str) -> bool:
    """Tell whether a quotation ends as one does whose sentence goes on: with a comma, a dash, or no stop at all."""
    return _last_mark(quotation) not in {".", "!", "?"}


def quotations_in(sentence: Sentence) -> Iterator[int]:
    """Yield the places of a sentence where a quotation stands."""
    return (place for place, token in enumerate(sentence) if token.kind == "quotation")


def token_at(words: Sentence, place: int) -> Token | None:
    """Return the token at a place, None outside the sentence."""
    return words[place] if 0 <= place < len(words) else None


def _plain_tokens(text: str, start: int, end: int) -> list[Token]:
    tokens = []
    for match in _TOKEN.finditer(text, start, end):
        word = match[0]
        kind: TokenKind = "word" if word[0].isalnum() or len(word) > 1 or word == "&" else "mark"
        low = _POSSESSIVE.sub("", word.lower()) if kind == "word" else word
        tokens.append(Token(word, low, match.start(), match.end(), kind))
    return tokens


def _has_inner_capital(word: str) -> bool:
    """Tell al-Tamr and d’Estaing from ordinary lower-case words."""
    return len(word) > 3 and word[:4].find("-") in (2, 3) and word[word.find("-") + 1].isupper()


def _ends_sentence(tokens: Sequence[Token], index: int) -> bool:
    token = tokens[index]
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if following is None:
        return True
    if token.kind == "mark":
        return token.text in ".!?…" and _may_open(following)
    if token.kind == "quotation":
        return not ends_softly(token.text) and _may_open(following) and not _is_attributed(tokens, index + 1)
    return token.text.endswith(".") and _ends_with_abbreviation(token, following)


def _may_open(token: Token) -> bool:
    return token.kind == "quotation" or token.text[0].isupper() or token.text[0].isdigit() or token.text in "([—–-"


def _ends_with_abbreviation(token: Token, following: Token) -> bool:
    """Tell whether the stop of "U.S." or "Inc." ends a sentence too."""
    if token.low.rstrip(".") in HONORIFICS:
        return False
    return following.text[0].isupper() and following.low in OPENERS


def _is_attributed(tokens: Sequence[Token], index: int) -> bool:
    """Tell whether `X said` or `said X` follows a quotation that ends with a stop of its own."""
    ahead = tokens[index : index + 5]
    if not ahead or ahead[0].kind != "word":
        return False
    if ahead[0].low in _ATTRIBUTES and ahead[0].text[0].islower():
        return True
    for place, token in enumerate(ahead):
        if token.text == "," and place and ahead[place - 1].capital:
            return _says_behind_apposition(tokens, index + place + 1)
        if token.low in _ATTRIBUTES and token.text[0].islower() and place:
            asked = _last_mark(tokens[index - 1].text) in "?!"
            return _closes_soon(tokens, index + place + 1, asked)
        if not (token.capital or token.low in ROLES or token.low in {"he", "she", "they", "the"}):
            return False
    return False


def _says_behind_apposition(tokens: Sequence[Token], index: int) -> bool:
    """Tell whether "…, a driver, said" goes on where `“…?” Jane Smith,` has begun."""
    for before, token in pairwise(tokens[index : index + 25]):
        if before.kind == "quotation" or before.text in ".;!?":
            return False
        if before.text == "," and token.low in _ATTRIBUTES:
            return True
    return False


def _closes_soon(tokens: Sequence[Token], index: int, asked: bool) -> bool:
    """Tell whether nothing is said after the verb: the quotation before it is what was said."""
    following = tokens[index] if index < len(tokens) else None
    if following is None or (following.kind == "mark" and following.text in ".,;"):
        return True
    if not asked or following.low in OPENS_A_CLAUSE:
        return False
    ahead = tokens[index : index + 25]
    end = next((place for place, token in enumerate(ahead) if token.text in ".;"), len(ahead))
    return all(token.kind == "word" for token in ahead[:end])


def _last_mark(quotation: str) -> str:
    return quotation.rstrip("”’\"'»“‘` \u00a0")[-1:]
