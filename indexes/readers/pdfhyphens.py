"""From the lines of a paragraph to its text: which hyphens at the ends of lines belong to a word.

"govern-/ment" is one word; "well-/known" keeps its hyphen. The article's other words decide, then a list of English
words (the vocabulary that the embedding model ships with), then the look of the two halves. In an article in which no
word is broken by a typesetter all hyphens are its own.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_HYPHENS = "\\-\u2010\u00ad"
_BROKEN = re.compile(rf"(?P<before>[^\s{_HYPHENS}]*)[{_HYPHENS}]$")
_AFTER = re.compile(rf"[^\s{_HYPHENS}]*")
_TAIL = 80  # letters: longer than any word
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_ENDINGS = "'s ’s s es ed d ing ly er ers ness ment ments able ally ation".split()
_COMMON = 15_000  # of the vocabulary's words; the rarer ones, and most short ones, are as often syllables
# Short words that stand in compounds.
_SHORT = frozenset(
    "a air all an and ago anti arm art at big by co de due east end ex eye far few fit for gas go got half hard head "
    "high hot ice if ill in key lay led lot low mad man mid mix near net new no non not now of off oil old on one out "
    "own pay per pre pro re red run sea self set six so sub sun tax ten the tie tip to top two un up vice war way well "
    "who".split()
)
_NO_SPACE_AFTER = re.compile(r"(?<=\S)[—―]$|(?<=\d)–$|(?<=\w)/$")
_NO_SPACE_BEFORE = re.compile(r"[—―](?=\S)")
_IDEOGRAPH = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"


class Joiner:
    """Joins the lines of an article's paragraphs."""

    def __init__(self, lines: Iterable[str]) -> None:
        texts = list(lines)
        self.has_hyphen = any("-" in text for text in texts)
        self.words: set[str] = set()
        ends = []
        broken = None
        for text in texts:
            if broken:
                rest = _first(text)
                ends.append((broken["before"], rest))
                text = text[len(rest) :]
            broken = _BROKEN.search(text[-_TAIL:])
            whole = text[: len(text) - len(broken[0])] if broken else text
            self.words.update(word.casefold() for word in _WORD.findall(_visible(whole, self.has_hyphen)))
        self.hyphenated = any(self._is_surely_broken(before, after) for before, after in ends)

    def joined(self, lines: Sequence[str]) -> str:
        """Return the text of a paragraph."""
        pieces = list(lines[:1])
        for line in lines[1:]:
            pieces[-1], between = self._joint(pieces[-1], line)
            pieces += [between, line]
        return _visible("".join(pieces), self.has_hyphen)

    def _joint(self, text: str, line: str) -> tuple[str, str]:
        """Return a line as it stands before the next one, and what stands between the two."""
        tail = text[-_TAIL:]
        broken = _BROKEN.search(tail)
        if broken and broken["before"] and line[:1].isalnum():
            surely = self.has_hyphen and text[-1] != "-"  # it is no hyphen that the author wrote
            inside = tail[: broken.start()].rstrip()[-1:].isalnum()
            keep = not surely and self._keeps(broken["before"], _first(line), inside)
            return text[:-1], "-" if keep else ""
        if _NO_SPACE_AFTER.search(tail) or _NO_SPACE_BEFORE.match(line):
            return text, ""
        if re.search(f"{_IDEOGRAPH}$", tail) and re.match(_IDEOGRAPH, line):
            return text, ""
        return text, " "

    def _keeps(self, before: str, after: str, inside: bool) -> bool:
        """Tell whether a hyphen at the end of a line belongs to the word."""
        before, after = _bare(before), _bare(after)
        whole = before + after
        if before[-1:].isdigit() or after[:1].isdigit() or (after[:1].isupper() and not whole.isupper()):
            return True
        if f"{before}-{after}".casefold() in self.words:
            return True
        if whole.casefold() in self.words:
            return False
        if not self.hyphenated:
            return True
        if inside and before[:1].isupper():  # in the middle of a sentence: a name
            return False
        if _is_word(whole):
            return False
        return self._knows(before) and self._knows(after)

    def _is_surely_broken(self, before: str, after: str) -> bool:
        before, after = _bare(before), _bare(after)
        whole = before + after
        if not (before.isalpha() and after.isalpha() and (after.islower() or whole.isupper())):
            return False
        if whole.casefold() in self.words:
            return True
        return not (self._knows(before) and self._knows(after))

    def _knows(self, word: str) -> bool:
        word = word.casefold()
        return word in self.words or word in _SHORT or (len(word) > 3 and _is_word(word, _COMMON))


def _first(line: str) -> str:
    """Return the word at the beginning of a line, up to its first hyphen."""
    match = _AFTER.match(line[:_TAIL])
    return match[0] if match else ""


def _bare(text: str) -> str:
    """Return a half of a word without the quotation marks and stops round it."""
    return text.strip("“”‘’\"'()[]—–.,;:!?…")


def _visible(text: str, has_hyphen: bool) -> str:
    """Drop soft hyphens; where a document has no plain hyphen, they and U+2010 are what its font calls it."""
    return text.replace("\u00ad", "") if has_hyphen else text.replace("\u00ad", "-").replace("\u2010", "-")


def _is_word(text: str, rank: int = 1_000_000) -> bool:
    """Tell whether English has a word, perhaps with an ending, among as many of its commonest."""
    words, word = _english(), text.casefold()
    stems = [
        word,
        *(word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending) and len(word) > len(ending) + 2),
    ]
    stems += [f"{stem}{end}" for stem in stems[1:] for end in "ey"]
    stems += [f"{word[:-3]}y"] * word.endswith(("ies", "ied"))
    return any(words.get(stem, rank) < rank for stem in stems)


@cache
def _english() -> dict[str, int]:
    """Return English words, the commonest first."""
    from indexes.embeddings import DEFAULT_PACKAGE  # slow, and most articles have no word that needs it

    spec = find_spec(DEFAULT_PACKAGE)
    for place in (spec.submodule_search_locations if spec else None) or ():
        vocabulary = Path(place) / "model" / "vocab.txt"
        if vocabulary.is_file():
            lines = vocabulary.read_text(encoding="utf-8").splitlines()
            return {line: rank for rank, line in enumerate(lines) if line.isalpha() and len(line) > 1}
    return {}
