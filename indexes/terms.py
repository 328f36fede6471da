"""The words of a text as the index compares them: folded, stemmed, without stop words.

One function for the lexical index, the question and the evidence gate, so that they never disagree.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

_WORD = re.compile(r"\d+(?:[.,:]\d+)*|(?:[^\W\d_]\.){2,}|[^\W_]+(?:[’'][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
_NEGATION = re.compile(r"n['’]t$")
_stemmer = snowballstemmer.stemmer("english")

STOP_WORDS = frozenset(
    """a about above after again against all also am among an and any are as at be because been before being below
    between both but by can cannot could did do does doing down during each few for from further had has have having
    he her here hers herself him himself his how i if in into is it its itself just me more most my myself no nor not
    now of off on once only or other our ours ourselves out over own per said same say saying says she should so some
    such than that the their theirs them themselves then there these they this those through to too under until up
    upon us very was we were what when where which while who whom whose why will with would you your yours yourself
    yourselves""".split()
)


class Term(NamedTuple):
    """A content word: its stem, and where the word stands in the text (code points)."""

    stem: str
    start: int
    end: int


def terms(text: str) -> list[str]:
    """Return the stems of the content words of a text, in order."""
    return [term.stem for term in located_terms(text)]


def located_terms(text: str) -> Iterator[Term]:
    """Yield the content words of a text with their places."""
    for match in _WORD.finditer(text):
        stem = _stem(match.group())
        if stem:
            yield Term(stem, *match.span())


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    """Return the stem of one word, or "" for a stop word. `U.S.` and `US` meet, so do `1,200` and `1200`."""
    if word[0].isdigit():
        return re.sub(r",(?=\d{3}\b)", "", word)
    bare = _POSSESSIVE.sub("", word).replace(".", "")
    folded = "".join(
        c for c in unicodedata.normalize("NFKD", bare.replace("’", "'").casefold()) if not unicodedata.combining(c)
    )
    acronym = len(bare) > 1 and bare.isupper()  # "US" is a country, "us" a stop word
    if _NEGATION.search(folded) or (folded in STOP_WORDS and not acronym):
        return ""
    return str(_stemmer.stemWord(folded)) if folded.isascii() else folded
