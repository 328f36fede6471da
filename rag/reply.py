"""What a model writes, as sentences with the passages they point to, while it is still being written.

Each sentence goes at the first character that shows its end, so the result never depends on how the stream was cut,
and no half marker is ever seen. What a finished sentence says of its markers ("according to [2]") is taken off.
Markup is read by `rag.markup`; whether a sentence is true is not known here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indexes.sentences import sentences
from indexes.wordlists import STATING
from rag.answer import CANNOT_ANSWER
from rag.markup import CELL, MARKERS, Markup, as_markers, is_marker, number_of

_LONGEST = 1_500  # characters; an unfinished sentence beyond it is dropped: an endless reply stays bounded
_LONGEST_QUOTE = 700  # a quotation mark that is open for longer was never meant to close
_DOUBTS = 16  # full stops within a sentence; beyond them it is none, and is not asked about any more
_WINDOW = 120  # characters before a full stop that tell whether a sentence ends there
_CIRCLING = 2  # repetitions
_M = f"[{MARKERS}]"


@dataclass(frozen=True, slots=True)
class Written:
    """A finished sentence of a model: plain text without markers or markup, and the passages it points to."""

    text: str
    markers: tuple[int, ...]  # as written, each once, in order; hints only: may be out of range


class ReplyReader:
    """Read a model's reply piece by piece; get each sentence as soon as no marker can follow it any more."""

    def __init__(self) -> None:
        self._sentences = _Sentences()
        self._markup = Markup(self._sentences)

    def feed(self, piece: str) -> list[Written]:
        """Return the sentences that this piece completes."""
        for char in piece:
            self._markup.read(char)
        return self._sentences.take()

    def finish(self) -> list[Written]:
        """Return what is left; a last sentence without a full stop counts as one."""
        self._markup.end()
        return self._sentences.take()


def until_it_repeats_itself(written: Iterable[Written]) -> Iterator[Written]:
    """Yield each sentence once, up to the second repetition: small models circle until they are stopped."""
    said: set[str] = set()
    repetitions = 0
    for sentence in written:
        if sentence.text not in said:
            said.add(sentence.text)
            yield sentence
        elif (repetitions := repetitions + 1) == _CIRCLING:
            return


# A model that finds no answer says so, in the words that its prompt asks for or in its own.
_DECLINING = re.compile(
    rf"\W*(?:{re.escape(CANNOT_ANSWER)}|not found\b|(?:i(?:['’]m sorry| am sorry)\b.*)?"
    r"(?:the|these|those|none of the) (?:\w+ )?(?:passages?|articles?|texts?|sources?|documents?|context)\b"
    r".{0,30}\b(?:not|n['’]t|no|nothing)\b|(?:i|we) (?:cannot|can['’]t|could not|couldn['’]t) (?:answer|find)\b)",
    re.IGNORECASE,
)


def declines(sentence: str) -> bool:
    """Tell whether a sentence says that there is no answer."""
    return _DECLINING.match(sentence) is not None


# -- sentences ---------------------------------------------------------------------------------------------------------

_STOPS = ".!?…。！？؟।"
_WIDE_STOPS = "。！？"  # no space follows them
_AFTER_STOP = "”’\"'»)]"
_QUOTES = {"“": '”"', "„": '“”"', "«": "»", '"': '"”'}
_PAST_MARKERS = re.compile(rf"[\s,;&]*{_M}[\s,;&{MARKERS}]*")
_TRAILING_MARKERS = re.compile(rf"\s+{_M}[\s,;&{MARKERS}]*$")
_SOURCES = re.compile(
    r"(?:list of )?(?:sources?|references?|citations?|bibliography|footnotes?|works cited)"
    r"(?: used| cited| list)?\s*(:|$)",
    re.IGNORECASE,
)
# A word that is written large only because a sentence begins: "The dam holds [1] It leaks [2]".
_OPENERS = frozenset(
    "The A An It He She They We This These That Those There In On At But And However Meanwhile If When While".split()
)
_SAYING = frozenset((*STATING, "ask", "asks", "asked"))


class _Sentences:
    """Gather characters and markers into sentences, and let each go at the first character that shows its end."""

    def __init__(self) -> None:
        self._done: list[Written] = []
        self._header: Written | None = None  # a table's first row, until the next line shows that it is no header
        self._in_table = False
        self._row = False
        self._opens_line = True  # nothing of the line was let go yet
        self._fresh_line = True  # nothing of the line was seen yet
        self._item = False
        self._leads = False  # on this line markers stand before their sentences
        self._may_go_on = False  # a line ended without a full stop: the next one may continue it
        self._line_at = 0  # where that one begins in the text
        self._in_sources = False
        self._after_blank = False
        self._any = False  # a sentence was let go
        self._clear()

    def _clear(self) -> None:
        self._text = ""
        self._overlong = False
        self._reset()

    def _reset(self) -> None:
        # "stop": behind a full stop; "gap": behind the space or marker that follows it; "marker": behind one without it
        self._ended = ""
        self._word_at: int | None = None  # where the next sentence would begin, quotation mark included
        self._waiting = 0  # for how many words before it is decided
        self._doubts = 0  # full stops that ended nothing
        self._quote = ""  # what would close the open quotation
        self._quote_at = 0
        self._quoted = False  # the full stop stands inside a quotation

    def take(self) -> list[Written]:
        done, self._done = self._done, []
        return done

    # -- lines

    def begin_line(self, *, item: bool, row: bool) -> None:
        if item or row:
            self._let_go(line_ends=True)
        if not row:
            self._end_table()
        self._row = row
        self._item = item
        self._fresh_line = True

    def end_line(self) -> None:
        if self._row:
            self._end_row()
        elif self._text.strip():
            plain = _PAST_MARKERS.sub("", self._text).rstrip()
            if plain.endswith(tuple(_STOPS + _AFTER_STOP + ":")):
                self._let_go(line_ends=True)
            else:
                self._may_go_on = True
                self._append(" ")
                self._line_at = len(self._text)

    def end_with_heading(self, heading: str) -> None:
        self._let_go(line_ends=True)
        self._end_table()
        self._in_sources = bool(_SOURCES.fullmatch(heading.strip(" *_#")))

    def end_with_rule(self, *, table: bool) -> None:
        self._let_go(line_ends=True)
        if table:
            self._header = None
        else:
            self._end_table()

    def end_with_blank(self) -> None:
        self._let_go(line_ends=True)
        self._end_table()
        self._after_blank = True

    def end(self) -> None:
        self._let_go(line_ends=True)
        self._end_table()

    # -- tables

    def _end_row(self) -> None:
        cells = [cell.strip() for cell in self._text.split(CELL) if cell.strip()]
        between = "; " if any(re.search(r"[,.;]", cell) for cell in cells) else ", "
        written = None if self._overlong or self._in_sources else _written(between.join(cells))
        self._clear()
        if self._in_table:
            self._give_header()
            self._give(written)
        else:
            self._header, self._in_table = written, True
        self._row = False

    def _end_table(self) -> None:
        self._give_header()
        self._in_table = False

    def _give_header(self) -> None:
        self._give(self._header)
        self._header = None

    def _give(self, written: Written | None) -> None:
        if written:
            self._done.append(written)
            self._any = True

    # -- characters

    def put(self, char: str) -> None:
        if char == " " and (not self._text or self._text.endswith(" ")):
            return
        if char != " ":
            self._see_line_start(char)
        if self._may_go_on and char != " " and not is_marker(char):
            self._go_on(char)
        self._append(char)

    def _go_on(self, char: str) -> None:
        """A new line begins with `char`: it continues the sentence, or the markers before it are its own."""
        self._may_go_on = False
        if char.islower() or char in ".,;!?":
            return
        own, self._text = self._text[self._line_at :], self._text[: self._line_at]
        self._let_go(line_ends=True)
        for marker in own.strip():
            self._leads = True
            self._append(marker)

    def _see_line_start(self, char: str) -> None:
        if not self._fresh_line:
            return
        self._fresh_line = False
        marker = is_marker(char)
        if self._after_blank and not marker and not self._item and not self._row:
            self._in_sources = False
        self._after_blank = False
        self._leads = marker and not self._text

    def _append(self, char: str) -> None:
        if len(self._text) > _LONGEST:
            self._text = self._text[-_WINDOW:]
            self._reset()
            self._overlong = True
        self._text += char
        if self._row:
            return
        if self._waiting:
            self._wait(char)
        else:
            self._watch(char)

    def _watch(self, char: str) -> None:
        """Follow full stops and quotation marks; where a new word begins behind a full stop, a sentence may end."""
        place = len(self._text) - 1
        marker = is_marker(char)
        if self._ended == "gap" and char.isalnum():
            self._consider(place if self._word_at is None else self._word_at)
            return
        if self._ended == "marker" and char.isupper() and not self._is_quoted():
            self._ended, self._word_at, self._waiting = "", place, 1
            return
        if char in _STOPS:
            self._ended, self._word_at = ("gap" if char in _WIDE_STOPS else "stop"), None
            self._quoted = bool(self._quote)
        elif self._ended == "stop" and char in _AFTER_STOP:
            pass
        elif marker and not self._ended:
            self._ended = "marker"
        elif self._ended == "marker" and char == " ":
            pass
        elif self._ended and (char == " " or marker):
            self._quoted = self._quoted if self._ended == "gap" else self._is_quoted()
            self._ended = "gap"
            self._word_at = None if marker else self._word_at
        elif self._ended == "gap" and not char.isalnum():
            belongs_to_marker = char in ",;&)]" and is_marker(self._text[:-1].rstrip()[-1:] or " ")
            if self._word_at is None and not belongs_to_marker:
                self._word_at = place
        else:
            self._ended = ""
        self._follow_quotation(char)

    def _follow_quotation(self, char: str) -> None:
        if self._quote and char in self._quote:
            self._quote = ""
        elif not self._quote and char in _QUOTES and not self._text[-2:-1].isalnum():
            self._quote, self._quote_at = _QUOTES[char], len(self._text)

    def _is_quoted(self) -> bool:
        return bool(self._quote) and len(self._text) - self._quote_at < _LONGEST_QUOTE

    def _consider(self, place: int) -> None:
        """A word begins at `place` behind a full stop: let the sentence go, keep it, or wait for the word to end."""
        self._ended = ""
        self._word_at = place
        if self._quoted:
            return
        before = self._text[:place][-_WINDOW:]
        if self._text[-1].islower():
            self._waiting = int(_TRAILING_MARKERS.search(before) is not None)  # "It holds. [2] reports …"
        elif _bare(before).endswith(("”", '"', "»")):
            self._waiting = 4  # “It holds.” Ada Lind said.
        elif self._splits(place):
            self._cut(place, marker_leads=self._leads)
        else:
            self._waiting = 1  # "the U.S. T": The dam, or Treasury?

    def _splits(self, place: int) -> bool:
        if self._doubts > _DOUBTS:
            return False
        splits = _splits(self._text[:place], self._text[place:])
        self._doubts += not splits
        return splits

    def _wait(self, char: str) -> None:
        if char.isalnum() or char in "’'-" or self._word_at is None:
            return
        words = re.findall(r"[\w’'-]+", self._text[self._word_at :])
        said = self._waiting > 1 and _says(self._text[self._word_at :])
        if said or len(words) >= self._waiting:
            self._decide(said)

    def _decide(self, said: bool) -> None:
        place = self._word_at or 0
        self._waiting = 0
        before, after = self._text[:place][-_WINDOW:], self._text[place:]
        bare = _bare(before)
        marker_leads = bool(_TRAILING_MARKERS.search(before) and _A_REPORT.match(after))
        if not bare.endswith(tuple(_STOPS + _AFTER_STOP)):  # a marker alone stands here
            splits = bool(bare) and re.split(r"\W", after)[0] in _OPENERS
        else:
            splits = not said and self._splits(place)
        if marker_leads or splits:
            self._cut(place, marker_leads=marker_leads or self._leads)
            return
        self._text = self._text[:place]
        for char in after:  # read again with nothing ended before it
            self._append(char)

    def _cut(self, place: int, *, marker_leads: bool) -> None:
        before, rest = self._text[:place], self._text[place:]
        if marker_leads and (own := _TRAILING_MARKERS.search(before)):
            before, rest = before[: own.start()], own[0] + rest
        overlong = self._overlong
        self._clear()
        self._release(before, overlong, line_ends=False)
        for char in rest.lstrip():
            self._append(char)

    def _let_go(self, *, line_ends: bool) -> None:
        """The sentence ends here whatever it looks like."""
        while self._waiting:
            said = self._waiting > 1 and _says(self._text[self._word_at or 0 :])
            self._decide(said)
        text, overlong = self._text, self._overlong
        self._clear()
        self._may_go_on = False
        self._release(text, overlong, line_ends=line_ends)
        self._opens_line = True

    def _release(self, text: str, overlong: bool, *, line_ends: bool) -> None:
        opens_line, self._opens_line = self._opens_line, False
        if not text.strip():
            return
        if _names_sources(text, a_line=opens_line and line_ends):
            self._in_sources = True
            self._after_blank = not text.rstrip().endswith(":") and ":" in text  # listed in this line, not below
        if opens_line:
            text = _without_label(text, line_ends=line_ends)
            if self._any and _FOOTNOTE.match(text):
                return
        if not overlong and not self._in_sources:
            self._give(_written(text))


def _bare(text: str) -> str:
    return _PAST_MARKERS.sub("", text).rstrip()


def _splits(before: str, after: str) -> bool:
    """Whether a sentence ends between these: asked of the one place that knows sentences, on the last words only."""
    tail = _bare(before)
    if tail.endswith(tuple(_WIDE_STOPS)):
        return True
    if len(tail) > _WINDOW:
        tail = tail[-_WINDOW:]
        tail = tail[tail.find(" ") + 1 :]
    return any(span.start == len(tail) + 1 for span in sentences(f"{tail} {_PAST_MARKERS.sub('', after)}"))


def _says(after: str) -> bool:
    """Whether a short clause follows a quotation that says who spoke: "Ada Lind said."."""
    words = _PAST_MARKERS.sub("", after).split()
    for number, word in enumerate(words[:4]):
        if number and word.strip(".,;:").lower() in _SAYING:
            return word[-1] in ".,;:" or (number + 1 == len(words) and not after.endswith(" "))
        if word[-1] in ".?!" and len(word) > 4:
            return False
    return False


# -- the finished sentence --------------------------------------------------------------------------------------------

_ANSWER = re.compile(
    r"^\s*(?:(?:final|short|direct|brief|cited)\s+)?(?:answer|response|reply|summary|conclusion|quote|quotation|explanation)\s*:\s*",
    re.IGNORECASE,
)
_CHATTER = re.compile(
    r"\b(?:answer|passages?|sources?|summary|articles?|context|provided|following|information|question|here|text)\b",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(rf"\s*{_M}\s*:")

_THE_SOURCE = r"(?:the\s+)?(?:passages?|sources?|excerpts?|documents?|paragraphs?|articles?|texts?)"
_REPORTED = (
    r"(?:stated|reported|noted|mentioned|described|explained|shown|seen|quoted|discussed|cited|outlined|indicated|"
    r"written|said|detailed|highlighted|confirmed)"
)
_VIA = (
    rf"(?:according\s+to|based\s+on|as\s+per|(?:as\s+)?{_REPORTED}\s+(?:in|by)|as\s+(?:in|by)|per|see|via|from|in|by)"
)
_REPORTS = (
    r"(?:says?|states?|reports?|notes?|mentions?|explains?|claims?|writes?|argues?|indicates?|suggests?|shows?|"
    r"confirms?|describes?|adds?|highlights?|discusses|quotes?|tells?)"
)
_PASSAGES = re.compile(
    r"^(?:according to|based on) (?:the )?(?:(?:provided|given|available) )?"
    r"(?:passages?|excerpts?|articles?|texts?|context|information)(?: provided| given| above)?, ",
    re.IGNORECASE,
)
_I = re.IGNORECASE
_A_REPORT = re.compile(rf"(?:{_REPORTS}|both|also)\b")
# "According to passage 1", "Passage 2 says": a marker without brackets, only where it can be nothing else.
_SPOKEN = re.compile(
    r"(?:(?<=^)|(?<=\bto )|(?<=\bin )|(?<=\bby )|(?<=\bon )|(?<=\bper )|(?<=\bfrom )|(?<=^both )|(?<=^as ))(?:the )?"
    r"(?:passages?|sources?|excerpts?) "
    r"(\d{1,2}(?:(?:, and | and |, | & )(?:passage |source )?\d{1,2})*)\b(?![.:]\d)",
    _I,
)
_SPANNED = re.compile(rf"({_M})\s*[–—-]\s*({_M})")  # "[1]–[3]"
_LISTED = re.compile(rf"({_M})\s*(?:,\s*and\b|[,;&/–-]|and\b)?\s*(?:{_THE_SOURCE}\s*)?(?={_M})", _I)
_BRACKETED = re.compile(rf"[(\[]\s*(?:see|cf\.?|from|sources?:?|references?:?)?\s*({_M}+)[\s.]*[)\]]", _I)
_ATTRIBUTED = re.compile(rf"^(?:{_VIA}\s+(?:{_THE_SOURCE}\s*)?({_M}+)|as\s+({_M}+)\s+{_REPORTS})\s*,?\s*", _I)
_REPORTED_THAT = re.compile(rf"^(?:{_THE_SOURCE}\s*)?({_M}+)\s+(?:(?:both|also)\s+)?{_REPORTS}\s+that\s+", _I)
_REPORTING = re.compile(rf"^(?:{_THE_SOURCE}\s*)?({_M}+)\s+(?={_REPORTS}\b|both\b|also\b|do\b|does\b)", _I)
_IN_BEING = re.compile(
    rf"\b((?:is|are|was|were|be|been|being)\s+(?:also\s+)?(?:{_REPORTED}\s+)?(?:in|by|from))\s+"
    rf"(?:{_THE_SOURCE}\s*)?({_M}+)",
    _I,
)
_PARENTHETIC = re.compile(rf",\s*(?:as\s+)?({_M}+)\s+{_REPORTS},", _I)
_INSIDE = re.compile(rf"(,?)\s+(?:and\s+)?{_VIA}\s+(?:{_THE_SOURCE}\s*)?({_M}+)(,?)", _I)
_IN_ROUND_AT_END = re.compile(rf"(?<!\d)\s\((\d{{1,2}}(?:\s*[,;–-]\s*\d{{1,2}})*)\)(?=[.!?…]?[”\"’»]*[\s{MARKERS}]*$)")
_MARKUP_AGAIN = re.compile(r"\[\s*\d{1,2}\s*\]|<(?=[a-zA-Z/!?|])|[~`]{2,}")  # what "<*b*>" leaves without its stars
_ENUMERATED = re.compile(r"\(\d{1,2}\)")


def _names_sources(text: str, *, a_line: bool) -> bool:
    found = _SOURCES.match(text.strip())
    return found is not None and (bool(found[1]) or a_line)


def _without_label(text: str, *, line_ends: bool) -> str:
    """Return the text without a label: "Answer: …"; or nothing where the line is a label: "Based on the passages:"."""
    text = _ANSWER.sub("", text)
    label = _bare(text)
    if line_ends and label == text.strip() and label.endswith(":"):
        words = len(label.split())
        return "" if words <= 3 or (words <= 15 and _CHATTER.search(label)) else text
    return text


def _written(text: str) -> Written | None:
    """Return a finished sentence; None where nothing is left without its markers."""
    marked = _attributions_dropped(_markers_found(text))
    markers = tuple(dict.fromkeys(number_of(char) for char in marked if is_marker(char)))
    plain = _mended(marked)
    return Written(plain, markers) if any(char.isalnum() for char in plain) else None


def _markers_found(text: str) -> str:
    """Return the text with the last kinds of marker found: those that only a whole sentence shows."""
    text = _SPOKEN.sub(lambda found: as_markers(found[1]) or found[0], text.strip())
    if len(_ENUMERATED.findall(text)) == 1:  # "(1) … (2) …" counts reasons
        text = _IN_ROUND_AT_END.sub(lambda found: " " + as_markers(found[1]), text)
    text = _SPANNED.sub(lambda found: as_markers(f"{number_of(found[1])}-{number_of(found[2])}"), text)
    return _BRACKETED.sub(r"\1", _LISTED.sub(r"\1", text))


def _attributions_dropped(text: str) -> str:
    """Return the text without "according to [2]" and "[1] says that": without the marker they say nothing."""
    whole = text
    text = _PASSAGES.sub("", _ATTRIBUTED.sub(r"\1\2", text))
    text = _REPORTED_THAT.sub(r"\1", text)
    text = _REPORTING.sub(lambda found: f"The article{'s' if len(found[1]) > 1 else ''}{found[1]} ", text)
    text = _PARENTHETIC.sub(r"\1", _IN_BEING.sub(r"\2 \1 the article", text))
    text = _INSIDE.sub(lambda found: (found[1] if found[1] and not found[3] else found[3] and "") + found[2], text)
    if text != whole:
        text = re.sub(rf"^([{MARKERS}\s]*)(\w)", lambda found: found[1] + found[2].upper(), text)
    return text


def _mended(text: str) -> str:
    """Return the text without its markers, and without the gaps and empty brackets that they would leave."""
    text = re.sub(rf"\s*{_M}+(?=[.,;:!?…)\]”’\"»—–]|$)", "", text)
    text = re.sub(rf"\s*{_M}+\s*", " ", text)
    text = re.sub(r"\(\s*\)|\[\s*\]", "", text)
    text = re.sub(r"\s+([,;:.!?])(?=[\s”\"’»)]|$)", r"\1", text)
    text = re.sub(r",(?:\s*,)+", ",", text)
    text = re.sub(r",\s*([.!?])(?=[\s”\"’»)]|$)", r"\1", text)
    text = re.sub(r"^(?:[\s,;:)\]]|[.!?–—-]\s|\(\d{1,2}\)\s)+", "", text)
    while _MARKUP_AGAIN.search(text):
        text = _MARKUP_AGAIN.sub("", text)
    text = re.sub(r"(?<=[?!…])\.$", "", " ".join(text.replace("](", "] (").split()))
    if text.startswith("(") and ")" not in text:
        text = text[1:].lstrip()
    if text.endswith((")", ").")) and "(" not in text:
        text = text.replace(")", "")
    return text
