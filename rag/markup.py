"""What a model's markup means: tags, lines, links, markers. Plain characters come out.

A reply is read one character at a time through three stages: tags (HTML, reasoning blocks), lines (lists, tables,
headings), marks (markers, links, emphasis). Each holds back what it cannot judge yet. Every held stretch is bounded
and read again at most once by each stage: the work is linear in the reply. What a sentence is, is not known here.
"""

import html
import re
import string
import unicodedata
from typing import Protocol

# A marker goes out as one private character; those of the reply itself are dropped.
_ZERO = 0xF0000
MARKERS = f"{chr(_ZERO)}-{chr(_ZERO + 99)}"  # within the square brackets of a pattern
CELL = "\x1f"  # the | of a table

_RAISED, _LOWERED = "\x02", "\x03"  # <sup>, </sup>
_LONGEST_TAG, _LONGEST_BRACKET, _LONGEST_URL, _LONGEST_PREFIX = 300, 200, 2_000, 40


class Reader(Protocol):
    """What takes the plain characters of a reply, and is told what its lines are."""

    def put(self, char: str) -> None:
        """Take a character: one of the text, a marker, or CELL."""

    def begin_line(self, *, item: bool, row: bool) -> None:
        """A line of text begins: perhaps an item of a list, or a row of a table."""

    def end_line(self) -> None:
        """A line of text ends."""

    def end_with_heading(self, heading: str) -> None:
        """A heading ends whatever came before; it is no text itself."""

    def end_with_rule(self, *, table: bool) -> None:
        """A line that is a rule, or the one below a table's header."""

    def end_with_blank(self) -> None:
        """An empty line."""

    def end(self) -> None:
        """The reply is over."""


def is_marker(char: str) -> bool:
    """Tell whether a character stands for a marker."""
    return _ZERO <= ord(char) < _ZERO + 100


def number_of(marker: str) -> int:
    """Return the number of a marker's passage, as the model wrote it."""
    return ord(marker) - _ZERO


# -- characters, tags -------------------------------------------------------------------------------------------------

_HIDDEN = ("think", "thinking", "thought", "thoughts", "reasoning", "reflection", "scratchpad", "analysis")
_INERT = frozenset((*_HIDDEN, *"script style head title svg math iframe object noscript template".split()))
_BLOCKS = dict.fromkeys("br p div ul ol tr table blockquote hr section article pre".split(), "\n")
_BLOCKS |= {"li": "\n- ", **{f"h{n}": "\n# " for n in range(1, 7)}, "td": " ", "th": " "}
_CITES = frozenset("sup cite ref citation".split())
_TAG_NAME = re.compile(r"<(/?)\s*([\w-]+)")


def _plain(char: str) -> str:
    """Return the character as text may hold it: a space, a line break, itself, or nothing for what cannot be seen."""
    if char in "\n\u2028\u2029":
        return "\n"
    kind = unicodedata.category(char)
    if kind == "Zs" or char in "\t\v\f\x85":
        return " "
    if kind == "Cs":
        return "\ufffd"
    selects_a_variant = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return "" if kind in ("Cc", "Cf", "Co") or selects_a_variant else char


class Markup:
    """Read a reply's characters and give `reader` the plain ones.

    Here HTML, comments, autolinks, reasoning and scripts are dropped, and entities that stay plain text decoded.
    """

    def __init__(self, reader: Reader) -> None:
        self._lines = _Lines(reader)
        self._held = ""
        self._until = ""  # what ends the block that is dropped
        self._tail = ""
        self._after_return = False

    def read(self, char: str) -> None:
        """Read one character as the model wrote it."""
        if char == "\n" and self._after_return:
            self._after_return = False
            return
        self._after_return = char == "\r"
        for plain in _plain("\n" if char == "\r" else char):
            self._put(plain)

    def end(self) -> None:
        """Read the end of the reply."""
        if self._held[:1] == "&":
            self._release_held()
        self._lines.end()  # an unfinished tag is dropped

    def _put(self, char: str) -> None:
        if self._until:
            self._skip(char)
        elif self._held[:1] == "<":
            self._put_in_tag(char)
        elif self._held:
            self._put_in_entity(char)
        elif char in "<&":
            self._held = char
        else:
            self._lines.put(char)

    def _skip(self, char: str) -> None:
        self._tail = (self._tail + char.lower())[-20:]
        if char == ">" and re.search(self._until, self._tail):
            self._until = self._tail = ""

    def _put_in_tag(self, char: str) -> None:
        if self._held == "<" and not (char.isascii() and (char.isalpha() or char in "/!?|")):
            self._held = ""
            self._lines.put("<")  # "<5 %"
            self._put(char)
        elif char == "<" or len(self._held) > _LONGEST_TAG or (char == self._held[-1] == "\n"):
            rest, self._held = self._held[1:], ""
            for again in rest + char:
                self._put(again)
        else:
            self._held += char
            if self._held == "<!--":
                self._held, self._until = "", "-->$"
            elif char == ">":
                tag, self._held = self._held, ""
                self._close_tag(tag)

    def _close_tag(self, tag: str) -> None:
        found = _TAG_NAME.match(tag)
        closing, name = (bool(found[1]), found[2].lower()) if found else (False, "")
        if name in _INERT and not closing and not tag.endswith("/>"):
            self._until = rf"</{name}\s*>$"
        elif name in _CITES:
            self._lines.put(_LOWERED if closing else _RAISED)
        elif tag.startswith("<|") or (closing and (name in _BLOCKS or name in _HIDDEN)):  # <|end|>
            self._lines.put("\n")
        else:
            for char in _BLOCKS.get(name, ""):
                self._lines.put(char)

    def _put_in_entity(self, char: str) -> None:
        if char == ";":
            decoded = html.unescape(self._held + ";")
            harmless = len(decoded) == 1 and decoded not in "<>[](){}*_`|~#\\\n"
            self._held = _plain(decoded) if harmless else self._held + ";"
            self._release_held()
        elif len(self._held) < 10 and char.isascii() and (char.isalnum() or char == "#"):
            self._held += char
        else:
            self._release_held()
            self._put(char)

    def _release_held(self) -> None:
        held, self._held = self._held, ""
        for char in held:
            self._lines.put(char)


# -- lines ------------------------------------------------------------------------------------------------------------

_BULLETS = "-+*•·▪●◦‣–—"
_PREFIX = frozenset(f" >{_BULLETS}{string.digits}.():`~_=|#")
_ITEM = re.compile(rf"(?:[ ]*(?:>|[{_BULLETS}](?=[ ]|$)|(?:\*\*|__)?\(?\d{{1,3}}[.)](?:\*\*|__)?(?=[ ]|$)))*[ ]*")
_HEADING = re.compile(r"#{1,6}[ ]+")
_FENCE = re.compile(r"(?:`{3,}|~{3,})[ ]*")


class _Lines:
    """Know where lines begin and end, and take off what makes them items, headings, rules, fences or table rows."""

    def __init__(self, reader: Reader) -> None:
        self._marks = _Marks(reader)
        self._reader = reader
        self._held = ""
        self._mode = "start"

    def put(self, char: str) -> None:
        if char == "\n":
            self._end_line()
        elif self._mode == "start":
            if char in _PREFIX and len(self._held) < _LONGEST_PREFIX:
                self._held += char
            else:
                self._open(char)
        elif self._mode == "fence":
            self._put_in_fence(char)
        elif self._mode == "dropped":
            self._held = (self._held + char)[:_LONGEST_PREFIX]
        else:
            self._marks.put(CELL if char == "|" and self._mode == "row" else char)

    def end(self) -> None:
        self._end_line()
        self._reader.end()

    def _open(self, char: str) -> None:
        prefix = _ITEM.match(self._held)
        rest = self._held[prefix.end() if prefix else 0 :]
        item = bool(prefix and prefix[0].strip())
        self._held = ""
        if _HEADING.fullmatch(rest) or len(rest) > _LONGEST_PREFIX - 5:
            self._mode = "dropped"
        elif _FENCE.fullmatch(rest):
            self._mode, self._held = "fence", rest
        else:
            self._mode = "row" if rest.startswith("|") else "text"
            self._reader.begin_line(item=item, row=self._mode == "row")
            for again in rest:
                self.put(again)
        self.put(char)

    def _put_in_fence(self, char: str) -> None:
        if (char.isalnum() or char in "_.+-") and len(self._held) < _LONGEST_PREFIX:
            self._held += char  # the language behind the fence
            return
        self._mode = "text"
        self._reader.begin_line(item=False, row=False)
        held, self._held = self._held, ""
        for again in held + char:
            self.put(again)

    def _end_line(self) -> None:
        if self._mode == "start" and any(char.isdigit() for char in self._held):
            self._open(" ")
        if self._mode in ("text", "row"):
            self._marks.end()
            self._reader.end_line()
        elif self._mode == "dropped":
            self._reader.end_with_heading(self._held)
        elif self._held.strip():
            self._reader.end_with_rule(table="|" in self._held)
        else:
            self._reader.end_with_blank()
        self._held, self._mode = "", "start"


# -- markers, links, emphasis -----------------------------------------------------------------------------------------

_CLOSERS = {"[": "]", "【": "】", "［": "］", "〔": "〕", _RAISED: _LOWERED}
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_UNIT = re.compile(r"(?:\d|⁻|\b[^\W_]|\b(?:[kcdm]m|ft|mi|in|yd))$")  # "km²", "T²": an exponent is no marker

_LABEL = r"(?:passages?|sources?|excerpts?|references?|refs?|citations?)"
_LABEL_IN_SQUARE = rf"(?:{_LABEL}|paragraphs?|paras?|documents?|docs?|chunks?|snippets?|contexts?|texts?|cite|[psd])"
_NUMBER = r"(?:[#¶§^]\s?)?\d{1,2}\^?"
_BETWEEN = r"(?:\s*(?:,\s*and|[,;/&]|-|–|—|and|to)\s*|\s+)"
_TITLE = r"(?P<title>\s?[,:] [^\W\d].*)?"  # "[1: Dam News]"
_WIDEST = 20  # a wider range is no range of passages


def _marker_pattern(label: str) -> re.Pattern[str]:
    # Every character has one way to match only: a reply must not make the search explode.
    labelled = rf"(?:{label}[\s.:_-]*)"
    return re.compile(rf"{labelled}?{_NUMBER}(?:{_BETWEEN}{labelled}?{_NUMBER})*{_TITLE}", re.IGNORECASE)


_IN_SQUARE = _marker_pattern(_LABEL_IN_SQUARE)
_IN_ROUND = _marker_pattern(_LABEL)
_RANGE = re.compile(r"(\d+)(?:\s*(?:-|–|—|\bto\b)\s*(\d+))?")
# What may stand between round brackets that turn out to be a marker: "(see Passage 1 and [2])".
_MAYBE_ROUND = re.compile(rf"(?:(?:see|cf|from|and|to|{_LABEL})\b|[\s\d,;:.–—\-&#¶§\[\]])*[a-z]{{0,10}}", re.IGNORECASE)
_SEE = re.compile(rf"^\s*(?:(?:see|cf\.?)\s+|from\s+(?=\[|{_LABEL}))", re.IGNORECASE)
_DESTINATION = re.compile(r"\(\s*\S*(?:\s+[\"'].*)?\s*\)", re.DOTALL)


def as_markers(content: str, pattern: re.Pattern[str] = _IN_SQUARE) -> str:
    """Return the markers that stand between brackets as private characters; "" where the content is no marker."""
    bare = re.sub(r"[\[\]*_`~\\]", "", _SEE.sub("", content.split("†")[0]))
    bare = " ".join(bare.split())
    if "†" in content:
        bare = bare.split(":")[0]  # 【4:0†source】
    marker = pattern.fullmatch(bare)
    if not marker:
        return ""
    numbers: list[int] = []
    for found in _RANGE.finditer(bare.removesuffix(marker["title"] or "")):
        first, last = int(found[1]), int(found[2] or found[1])
        numbers += range(first, last + 1) if first <= last <= first + _WIDEST else (first, last)
    return "".join(chr(_ZERO + number) for number in numbers)


class _Marks:
    """Turn markers into one character each; drop emphasis, links, images and escapes."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._held = ""
        self._depth = 0  # of round brackets in a link's address; 0 outside
        self._url_at = 0
        self._last = " "  # the last characters that went on

    def put(self, char: str) -> None:
        opener = self._held[:1]
        if not opener:
            self._begin(char)
        elif opener == "(":
            self._put_in_round(char)
        elif opener in _CLOSERS or self._held[:2] == "![":
            self._put_in_link(char) if self._depth else self._put_in_bracket(char)
        elif opener == "!" and char == "[":
            self._held += char
        elif opener == "\\" and char in string.punctuation:
            self._held = ""
            self._begin(char)
        elif (opener in "*_~" and char == opener) or (opener in _SUPERSCRIPTS and char in _SUPERSCRIPTS):
            self._held += char
        else:
            self._let_go(char)
            self.put(char)

    def end(self) -> None:
        """Judge what is held at the end of a line."""
        while self._held:
            if self._depth:
                self._end_link(complete=False)
            elif self._held[:1] in "[!" and self._held.endswith("]"):
                self._close_bracket()
            else:
                self._let_go("")
        self._last = " "

    def _begin(self, char: str) -> None:
        if char in _CLOSERS or char in "!(\\*_~" or char in _SUPERSCRIPTS:
            self._held = char
        elif char != "`":
            self._emit(char)

    def _emit(self, text: str) -> None:
        for char in text:
            if char not in (_RAISED, _LOWERED):
                self._reader.put(char)
        self._last = (self._last + text)[-6:]

    def _let_go(self, following: str) -> None:
        """Send on what was held and is no bracket, link or marker after all; the rest is read again."""
        held, self._held, self._depth = self._held, "", 0
        if held[0] in "*_~":
            self._emit(held if self._is_no_emphasis(held, following) else "")
        elif held[0] in _SUPERSCRIPTS:
            self._emit(held if _UNIT.search(self._last) else _raised(held))
        else:
            self._emit(held[0])
            for again in held[1:]:
                self.put(again)

    def _is_no_emphasis(self, run: str, following: str) -> bool:
        before = self._last[-1:]
        if run[0] == "~":
            return len(run) == 1
        if run[0] == "_":
            return before.isalnum() and following.isalnum()  # snake_case
        return len(run) == 1 and before == " " and following == " "  # 5 * 3

    def _put_in_round(self, char: str) -> None:
        content = self._held[1:]
        if char == ")" and (marks := as_markers(content, _IN_ROUND)) and not content.strip()[:1].isdigit():
            self._held = ""
            self._emit(marks)
        elif len(self._held) < 60 and _MAYBE_ROUND.fullmatch(content + char):
            self._held += char
        else:
            self._let_go(char)
            self.put(char)

    def _put_in_bracket(self, char: str) -> None:
        opener = "[" if self._held[0] == "!" else self._held[0]
        double = self._held.startswith("[[")
        closed = self._held.endswith("]]" if double else _CLOSERS[opener])
        if closed and char == "(" and opener == "[":
            self._url_at, self._depth = len(self._held), 1
            self._held += char
        elif closed:
            self._close_bracket()
            self.put(char)
        elif self._cannot_close(opener, char):
            self._let_go(char)
            self.put(char)
        else:
            self._held += char
            if char == _CLOSERS[opener] and opener != "[":
                self._close_bracket()

    def _cannot_close(self, opener: str, char: str) -> bool:
        half_closed = self._held.startswith("[[") and self._held.endswith("]") and char != "]"
        nested = char == opener and self._held != "["
        return half_closed or nested or len(self._held) > _LONGEST_BRACKET

    def _close_bracket(self) -> None:
        image = self._held.startswith("!")
        content = self._held[2 if image else 1 : -1]
        marks = as_markers(content)
        if marks and not (self._held[0] == _RAISED and _UNIT.search(self._last)):
            self._held = ""
            self._emit(("!" if image else "") + marks)
        else:
            self._let_go("")

    def _put_in_link(self, char: str) -> None:
        if char in "[]" or len(self._held) - self._url_at > _LONGEST_URL:
            self._end_link(complete=False)
            self.put(char)
            return
        self._held += char
        self._depth += (char == "(") - (char == ")")
        if not self._depth:
            self._end_link(complete=True)

    def _end_link(self, *, complete: bool) -> None:
        """Keep the words of a link and drop its address; brackets that only look like a link stay as they are."""
        words, address = self._held[: self._url_at], self._held[self._url_at :]
        image = words.startswith("!")
        is_link = _DESTINATION.fullmatch(address if complete else address + ")")
        self._held, self._depth = "", 0
        if image and is_link:
            return
        inner = words[2 if image else 1 : -1]
        marks = as_markers(inner)
        if marks or not is_link:
            self._emit(marks or words[0])
        for again in ("" if marks else inner if is_link else words[1:]) + ("" if is_link else address):
            self.put(again)


def _raised(run: str) -> str:
    """Return superscript digits as markers: up to ten passages are shown, so "¹²" is two of them."""
    digits = [str(_SUPERSCRIPTS.index(char)) for char in run]
    return "".join(chr(_ZERO + int(number)) for number in re.findall("10|.", "".join(digits)))
