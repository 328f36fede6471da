"""What stands between quotation marks in a sentence, and whether a text holds those very words.

There is no fuzzy ratio here: the words are the same or they are not. What a careful editor may change in a quotation
is folded away: the kind of quotation mark and dash, commas and full stops, the case of the first letter, `[sic]`. Words
in square brackets are the editor's own and may stand for a few words of the text, or for none; an ellipsis leaves
something out. Who speaks those words is judged elsewhere.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from indexes.sentences import Span

INSERTED = 8  # words of the text that an insertion may stand for: "[the dam]" for "the old earth dam above the town"

# -- between the marks ------------------------------------------------------------------------------------------------

_CLOSES = {"“": '”“"', "”": '”"', "„": '“”"', "«": "»", "»": "«", '"': '"”'}
_OPENS_ANOTHER = re.compile(r"[\s(\[—–-][‘'](?=[^\W_])|[“”\"«»„]")
_BEFORE_AN_OPENING = frozenset(' \t\n\r\u00a0\u202f([{—–-/:;,“"„«')


def quoted(sentence: str) -> tuple[str, ...]:
    """Return the stretches between quotation marks, outermost ones, without the marks.

    Apostrophes are no marks. A double mark that the sentence does not close, or did not open, quotes to its end or
    from its beginning: a quotation may run over several sentences.
    """
    marked = sentence.replace("``", "“").replace("''", "”")  # as TeX and some corpora write them
    return tuple(stretch for stretch in _stretches(marked) if re.search(r"[^\W_]", stretch))


def _stretches(sentence: str) -> Iterator[str]:
    singles = [at for at, mark in enumerate(sentence) if mark in "’'" and _closes_single(sentence, at)]
    place = 0
    for at, mark in enumerate(sentence):
        if at < place:
            continue
        if mark in _CLOSES and not _means_inches(sentence, at):
            if place == 0 and _only_closes(sentence, at):
                yield sentence[:at]
                place = at + 1
            else:
                end = _closing_double(sentence, at)
                yield sentence[at + 1 : end]
                place = end + 1
        elif mark in "‘'" and _opens_single(sentence, at):
            end = _closing_single(sentence, at, singles)
            if end > at:
                yield sentence[at + 1 : end]
                place = end + 1


def _only_closes(sentence: str, at: int) -> bool:
    """Tell whether the first mark of a sentence closes what an earlier sentence opened."""
    if sentence[at] == "”":
        return at > 0 and not any(mark in sentence[at + 1 :] for mark in '”"')
    if sentence[at] != '"' or at == 0 or sentence[at - 1].isspace() or sentence[at - 1] in "([":
        return False
    return sentence.find('"', at + 1) < 0


def _means_inches(sentence: str, at: int) -> bool:
    """Tell whether a mark stands for inches or seconds: a 12" pipe."""
    alone = sentence[at] == '"' and 0 < at < len(sentence) - 1 and sentence[at - 1].isdigit()
    return alone and sentence.find('"', at + 1) < 0


def _closing_double(sentence: str, at: int) -> int:
    closing = re.compile(f"[{_CLOSES[sentence[at]]}]").search(sentence, at + 1)
    return closing.start() if closing else len(sentence)


def _opens_single(sentence: str, at: int) -> bool:
    follows = sentence[at + 1 : at + 2]
    return (at == 0 or sentence[at - 1] in _BEFORE_AN_OPENING) and bool(follows) and not follows.isspace()


def _closes_single(sentence: str, at: int) -> bool:
    follows = sentence[at + 1 : at + 2]
    return at > 0 and not sentence[at - 1].isspace() and not follows.isalnum()


def _closing_single(sentence: str, at: int, closing: Sequence[int]) -> int:
    """Return where a single quotation closes; -1 where the mark was an apostrophe: 'tis.

    Behind an s the mark may be a possessive ("the 'workers' strike' began"); the next one is taken instead, unless
    another quotation opens before it.
    """
    found = -1
    first = bisect_right(closing, at)
    for place in closing[first : first + 2]:
        if _OPENS_ANOTHER.search(sentence, at + 1, place):
            break
        found = place
        if sentence[place - 1] != "s":
            break
    return found


# -- words and where they stand ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Word:
    """A word or sign as it is compared, and where it stands."""

    folded: str
    span: Span


@dataclass(frozen=True, slots=True)
class _Run:
    """Words that stand together, up to `skip` words of the text behind the run before it."""

    words: tuple[str, ...]
    skip: int
    unfinished: bool  # the last word only begins so: "walk[ed]"


def find(words: str, text: str) -> tuple[Span, ...] | None:
    """Return where quoted words stand in a text, one span for each part between ellipses; None where they do not.

    The parts stand in the order of the quotation; each span begins and ends with a word and holds what insertions
    stand for. Time is linear in the text.
    """
    as_it_stands = _bare(words)
    literally = [(_Run(as_it_stands, 0, False),)] if as_it_stands else []
    return _find(literally, text) or _find(_parts(words), text)


def _find(parts: Iterable[Sequence[_Run]], text: str) -> tuple[Span, ...] | None:
    said = _words(text)
    folded = [word.folded for word in said]
    spans: list[Span] = []
    after = 0
    for part in parts:
        place = _earliest(part, folded, after)
        if place is None:
            return None
        first, after = place
        spans.append(Span(said[first].span.start, said[after - 1].span.end))
    return tuple(spans) or None


def misquoted(sentence: str, text: str) -> str | None:
    """Return the first stretch between quotation marks that does not stand in the text."""
    return next((stretch for stretch in dict.fromkeys(quoted(sentence)) if find(stretch, text) is None), None)


# Commas, full stops, colons, dashes, brackets, quotation marks and emphasis are no words: an editor may change them.
_HIDDEN = "\u00ad\u200b-\u200f\u2060\ufeff"
_MARKS = "\u0300-\u036f"
_WORD = re.compile(
    r"(?<![^\W_])(?:[^\W\d_]\.){2,}"  # U.S.
    rf"|(?<!\w)[-−]?\d+(?:[.,]\d+)*(?:[^\W_]|[{_MARKS}])*"  # 12.5 is one word, so that it is never 125
    rf"|[^\W_](?:[^\W_]|[{_MARKS}{_HIDDEN}]|['’‘ʼ](?=[^\W_]))*"
    rf"|[^\w\s.,;:…'’‘ʼ“”„\"«»‹›*()\[\]‐‑‒–—―−{_MARKS}{_HIDDEN}-]"
)
_NOT_COMPARED = re.compile(f"[{_HIDDEN}]")
_APOSTROPHES = str.maketrans("’‘ʼ−", "'''-")


@lru_cache(maxsize=256)
def _words(text: str) -> tuple[_Word, ...]:
    return tuple(_Word(_folded(found[0]), Span(*found.span())) for found in _WORD.finditer(text))


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFC", _NOT_COMPARED.sub("", word)).translate(_APOSTROPHES)
    return plain.replace(".", "") if not plain[-1:].isdigit() and plain.endswith(".") else plain


# -- what an editor may do to a quotation -----------------------------------------------------------------------------


_SIC = re.compile(r"\s*[\[(]\s*sic[.!]?\s*[\])]", re.IGNORECASE)
_ELLIPSIS = re.compile(r"[\[(]\s*(?:…|\.\s?\.\s?\.)\s*[\])]|…|\.(?:\s?\.){2,}")
_INSERTION = re.compile(
    r"\[(?P<letter>[^\W\d_])\](?=[^\W\d_])"  # [T]he
    r"|(?<=[^\W\d_]{3})\[(?P<ending>[^\W\d_]+)\](?!\w)"  # walk[ed]
    r"|\[[^\[\]]*\](?:[’']s\b)?"
)


def _parts(quotation: str) -> Iterator[tuple[_Run, ...]]:
    """Yield what stands between ellipses, as runs of words between insertions."""
    for part in _ELLIPSIS.split(_SIC.sub("", quotation)):
        runs = tuple(_runs(part))
        if runs:
            yield runs


def _runs(part: str) -> Iterator[_Run]:
    begin, skip, letter = 0, 0, ""
    for insertion in _INSERTION.finditer(part):
        ending = bool(insertion["ending"])
        words = _bare(letter + part[begin : insertion.start()])
        if words:
            yield _Run(words, skip, ending)
            skip = 0
        letter = insertion["letter"] or ""
        skip = skip if letter or ending else INSERTED
        begin = insertion.end()
    words = _bare(letter + part[begin:])
    if words:
        yield _Run(words, skip, False)


def _bare(piece: str) -> tuple[str, ...]:
    """Return the words of a piece, exclamation and question marks at its ends left out."""
    words = [word.folded for word in _words(piece)]
    while words and words[-1] in _ENDS:
        words.pop()
    first = next((i for i, word in enumerate(words) if word not in _ENDS), 0)
    return tuple(words[first:])


_ENDS = frozenset("?!¿¡")

# -- looking for the words --------------------------------------------------------------------------------------------


def _earliest(part: Sequence[_Run], said: Sequence[str], after: int) -> tuple[int, int] | None:
    """Return where a part stands that ends first: the number of its first word, and of the word behind its last."""
    first, *others = part
    begun_at = {start + len(first.words): start for start in _starts(first, said, after)}  # by where the run ends
    for run in others:
        begun_at = {
            start + len(run.words): begun_at[before]
            for start in _starts(run, said, after)
            if (before := _run_before(start, run.skip, begun_at)) in begun_at
        }
    end = min(begun_at, default=None)
    return None if end is None else (begun_at[end], end)


def _run_before(start: int, skip: int, ends: Mapping[int, int]) -> int:
    return next((start - gap for gap in range(skip + 1) if start - gap in ends), -1)


def _starts(run: _Run, said: Sequence[str], after: int) -> Iterator[int]:
    """Yield where a run stands, from the word `after` on.

    The case of its first letter is free, which leaves the words behind it to search.
    """
    first, last = run.words[0], run.words[-1]
    size = len(run.words)
    inner = run.words[1:-1] if run.unfinished else run.words[1:]
    for behind in _places(inner, said):
        start = behind - 1
        if start < after or start + size > len(said):
            continue
        if run.unfinished and not said[start + size - 1].startswith(last):
            continue
        if _same_but_for_case(first, said[start], whole=size > 1 or not run.unfinished):
            yield start


def _same_but_for_case(word: str, other: str, *, whole: bool) -> bool:
    """Tell whether two words differ in the case of the first letter at most; or one begins so, where not whole."""
    rest = other[1:] if whole else other[1 : len(word)]
    return word[1:] == rest and word[:1].casefold() == other[:1].casefold()


def _places(sought: Sequence[str], said: Sequence[str]) -> Iterator[int]:
    """Yield where a sequence begins in another (Knuth, Morris, Pratt 1977): no text makes it slow."""
    if not sought:
        yield from range(1, len(said) + 1)
        return
    border = [0] * len(sought)
    matched = 0
    for i in range(1, len(sought)):
        while matched and sought[i] != sought[matched]:
            matched = border[matched - 1]
        matched += sought[i] == sought[matched]
        border[i] = matched
    matched = 0
    for i, word in enumerate(said):
        while matched and (matched == len(sought) or word != sought[matched]):
            matched = border[matched - 1]
        matched += word == sought[matched]
        if matched == len(sought):
            yield i + 1 - matched
