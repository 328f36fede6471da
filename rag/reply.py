"""What a model writes, as sentences with the passages they point to, while it is still being written.

A reply is read one character at a time through four stages: tags (HTML, reasoning blocks), lines (lists, tables,
headings), marks (markers, links, emphasis), sentences. Each holds back what it cannot judge yet, so the result never
depends on how the stream was cut, and no half marker is ever seen. Every held stretch is bounded and read again at most
once by each stage: the work is linear in the reply. Whether a sentence is true is not known here.
"""

import html
import re
import string
import unicodedata
from dataclasses import dataclass

from indexes.sentences import sentences
from indexes.wordlists import STATING

_LONGEST = 1_500  # characters; an unfinished sentence beyond it is dropped: an endless reply stays bounded
_LONGEST_QUOTE = 700  # a quotation mark that is open for longer was never meant to close
_DOUBTS = 16  # full stops within a sentence; beyond them it is none, and is not asked about any more
_WINDOW = 120  # characters before a full stop that tell whether a sentence ends there
_LONGEST_TAG, _LONGEST_BRACKET, _LONGEST_URL, _LONGEST_PREFIX = 300, 200, 2_000, 40

# A marker travels through the stages as one private character; those of the reply itself are dropped.
_ZERO = 0xF0000
_M = f"[{chr(_ZERO)}-{chr(_ZERO + 99)}]"
_RAISED, _LOWERED, _CELL = "\x02", "\x03", "\x1f"  # <sup>, </sup>, the | of a table


@dataclass(frozen=True, slots=True)
class Written:
    """A finished sentence of a model: plain text without markers or markup, and the passages it points to."""

    text: str
    markers: tuple[int, ...]  # as written, each once, in order; hints only: may be out of range


class ReplyReader:
    """Read a model's reply piece by piece; get each sentence as soon as no marker can follow it any more."""

    def __init__(self) -> None:
        self._sentences = _Sentences()
        self._tags = _Tags(_Lines(_Marks(self._sentences), self._sentences))

    def feed(self, piece: str) -> list[Written]:
        """Return the sentences that this piece completes."""
        for char in piece:
            self._tags.read(char)
        return self._sentences.take()

    def finish(self) -> list[Written]:
        """Return what is left; a last sentence without a full stop counts as one."""
        self._tags.end()
        return self._sentences.take()


# ----------------------------------------------------------------------------------------------- 1. characters, tags

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
    if char in "\t\v\f\x85":
        return " "
    kind = unicodedata.category(char)
    if kind == "Zs":
        return " "
    if kind == "Cs":
        return "\ufffd"
    selects_a_variant = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return "" if kind in ("Cc", "Cf", "Co") or selects_a_variant else char


class _Tags:
    """Drop HTML, comments, autolinks, reasoning and scripts; decode entities that stay plain text."""

    def __init__(self, lines: "_Lines") -> None:
        self._lines = lines
        self._held = ""
        self._until = ""  # what ends the block that is dropped
        self._tail = ""
        self._after_return = False

    def read(self, char: str) -> None:
        if char == "\n" and self._after_return:
            self._after_return = False
            return
        self._after_return = char == "\r"
        for plain in _plain("\n" if char == "\r" else char):
            self._put(plain)

    def end(self) -> None:
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


# --------------------------------------------------------------------------------------------------------- 2. lines

_BULLETS = "-+*•·▪●◦‣–—"
_PREFIX = frozenset(f" >{_BULLETS}{string.digits}.():`~_=|#")
_ITEM = re.compile(rf"(?:[ ]*(?:>|[{_BULLETS}](?=[ ]|$)|(?:\*\*|__)?\(?\d{{1,3}}[.)](?:\*\*|__)?(?=[ ]|$)))*[ ]*")
_HEADING = re.compile(r"#{1,6}[ ]+")
_FENCE = re.compile(r"(?:`{3,}|~{3,})[ ]*")


class _Lines:
    """Know where lines begin and end, and take off what makes them items, headings, rules, fences or table rows."""

    def __init__(self, marks: "_Marks", sentences: "_Sentences") -> None:
        self._marks = marks
        self._sentences = sentences
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
            self._marks.put(_CELL if char == "|" and self._mode == "row" else char)

    def end(self) -> None:
        self._end_line()
        self._sentences.end()

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
            self._sentences.begin_line(item=item, row=self._mode == "row")
            for again in rest:
                self.put(again)
        self.put(char)

    def _put_in_fence(self, char: str) -> None:
        if (char.isalnum() or char in "_.+-") and len(self._held) < _LONGEST_PREFIX:
            self._held += char  # the language behind the fence
            return
        self._mode = "text"
        self._sentences.begin_line(item=False, row=False)
        held, self._held = self._held, ""
        for again in held + char:
            self.put(again)

    def _end_line(self) -> None:
        if self._mode == "start" and any(char.isdigit() for char in self._held):
            self._open(" ")
        if self._mode in ("text", "row"):
            self._marks.end()
            self._sentences.end_line()
        elif self._mode == "dropped":
            self._sentences.end_with_heading(self._held)
        elif self._held.strip():
            self._sentences.end_with_rule(table="|" in self._held)
        else:
            self._sentences.end_with_blank()
        self._held, self._mode = "", "start"


# --------------------------------------------------------------------------------------- 3. markers, links, emphasis

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


def _numbers(content: str, pattern: re.Pattern[str] = _IN_SQUARE) -> str:
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

    def __init__(self, sentences: "_Sentences") -> None:
        self._sentences = sentences
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
                self._sentences.put(char)
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
        if char == ")" and (marks := _numbers(content, _IN_ROUND)) and not content.strip()[:1].isdigit():
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
        marks = _numbers(content)
        if marks and not (self._held[0] == _RAISED and _UNIT.search(self._last)):
            self._held = ""
            self._emit(("!" if image else "") + marks)
        elif content in (" ", "x", "X"):  # the box of a task
            self._held = ""
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
        marks = _numbers(inner)
        if marks or not is_link:
            self._emit(marks or words[0])
        for again in ("" if marks else inner if is_link else words[1:]) + ("" if is_link else address):
            self.put(again)


def _raised(run: str) -> str:
    """Return superscript digits as markers: up to ten passages are shown, so "¹²" is two of them."""
    digits = [str(_SUPERSCRIPTS.index(char)) for char in run]
    return "".join(chr(_ZERO + int(number)) for number in re.findall("10|.", "".join(digits)))


# ----------------------------------------------------------------------------------------------------- 4. sentences

_STOPS = ".!?…。！？؟।"
_WIDE_STOPS = "。！？"  # no space follows them
_AFTER_STOP = "”’\"'»)]"
_QUOTES = {"“": '”"', "„": '“”"', "«": "»", '"': '"”'}
_PAST_MARKERS = re.compile(rf"[\s,;&]*{_M}[\s,;&{_M[1:-1]}]*")
_TRAILING_MARKERS = re.compile(rf"\s+{_M}[\s,;&{_M[1:-1]}]*$")
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


def _is_marker(char: str) -> bool:
    return _ZERO <= ord(char) < _ZERO + 100


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
        cells = [cell.strip() for cell in self._text.split(_CELL) if cell.strip()]
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
        if self._may_go_on and char != " " and not _is_marker(char):
            self._go_on(char)
        self._append(char)

    def _go_on(self, char: str) -> None:
        """A new line begins with `char`: it continues the sentence, or the markers before it are its own."""
        self._may_go_on = False
        if char.islower() or char in ".,;!?":
            return
        own = _TRAILING_MARKERS.search(self._text)
        self._text = self._text[: own.start()] if own else self._text
        self._let_go(line_ends=True)
        for marker in own[0].strip() if own else "":
            self._leads = True
            self._append(marker)

    def _see_line_start(self, char: str) -> None:
        if not self._fresh_line:
            return
        self._fresh_line = False
        marker = _is_marker(char)
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
        marker = _is_marker(char)
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
            belongs_to_marker = char in ",;&)]" and _is_marker(self._text[:-1].rstrip()[-1:] or " ")
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
        if self._text[-1].islower():
            self._waiting = (
                1 if _TRAILING_MARKERS.search(self._text[:place][-_WINDOW:]) else 0
            )  # "It holds. [2] reports …"
            return
        if _bare(self._text[:place][-_WINDOW:]).endswith(("”", '"', "»")):
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
        before, after = self._text[:place], self._text[place:]
        before = before[-_WINDOW:]
        bare = _bare(before)
        marker_leads = bool(_TRAILING_MARKERS.search(before) and _A_REPORT.match(after))
        if not bare.endswith(tuple(_STOPS + _AFTER_STOP)):  # a marker alone stands here
            splits = bool(bare) and re.split(r"\W", after)[0] in _OPENERS
        else:
            splits = not said and self._splits(place)
        if marker_leads or splits:
            self._cut(place, marker_leads=marker_leads or self._leads)
            return
        rest, self._text = self._text[place:], self._text[:place]
        for char in rest:  # read again with nothing ended before it
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


# --------------------------------------------------------------------------------------------- the finished sentence

_ANSWER = re.compile(
    r"\s*(?:(?:final|short|direct|brief|cited)\s+)?(?:answer|response|reply|summary|conclusion|quote|quotation|explanation)\s*:\s*",
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
_IN_ROUND_AT_END = re.compile(rf"(?<!\d)\s\((\d{{1,2}}(?:\s*[,;–-]\s*\d{{1,2}})*)\)(?=[.!?…]?[”\"’»]*[\s{_M[1:-1]}]*$)")
_MARKUP_AGAIN = re.compile(r"\[\s*\d{1,2}\s*\]|<(?=[a-zA-Z/!?|])|[~`]{2,}")  # what "<*b*>" leaves without its stars
_ENUMERATED = re.compile(r"\(\d{1,2}\)")


def _names_sources(text: str, *, a_line: bool) -> bool:
    found = _SOURCES.match(text.strip())
    return found is not None and (bool(found[1]) or a_line)


def _without_label(text: str, *, line_ends: bool) -> str:
    """Return the text without a label: "Answer: …"; or nothing where the line is a label: "Based on the passages:"."""
    text = _ANSWER.sub("", text, count=1) if _ANSWER.match(text) else text
    label = _bare(text)
    if line_ends and label == text.strip() and label.endswith(":"):
        words = len(label.split())
        return "" if words <= 3 or (words <= 15 and _CHATTER.search(label)) else text
    return text


def _written(text: str) -> Written | None:
    """Return a finished sentence; None where nothing is left without its markers."""
    marked = _attributions_dropped(_markers_found(text))
    markers = tuple(dict.fromkeys(ord(char) - _ZERO for char in marked if _is_marker(char)))
    plain = _mended(marked)
    return Written(plain, markers) if any(char.isalnum() for char in plain) else None


def _markers_found(text: str) -> str:
    """Return the text with the last kinds of marker found: those that only a whole sentence shows."""
    text = _SPOKEN.sub(lambda found: _numbers(found[1]) or found[0], text.strip())
    if len(_ENUMERATED.findall(text)) == 1:  # "(1) … (2) …" counts reasons
        text = _IN_ROUND_AT_END.sub(lambda found: " " + _numbers(found[1]), text)
    text = _SPANNED.sub(lambda found: _numbers(f"{ord(found[1]) - _ZERO}-{ord(found[2]) - _ZERO}"), text)
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
        text = re.sub(rf"^([{_M[1:-1]}\s]*)(\w)", lambda found: found[1] + found[2].upper(), text)
    return text


def _mended(text: str) -> str:
    """Return the text without its markers, and without the gaps and empty brackets that they would leave."""
    text = re.sub(rf"\s*{_M}+(?=[.,;:!?…)\]”’\"»—–]|$)", "", text)
    text = re.sub(rf"\s*{_M}+\s*", " ", text)
    text = re.sub(r"\(\s*\)|\[\s*\]", "", text)
    text = re.sub(r"\s+([,;:.!?])(?=[\s”\"’»)]|$)", r"\1", text)
    text = re.sub(r",(?:\s*,)+", ",", text)
    text = re.sub(r",\s*([.!?])(?=[\s”\"’»)]|$)", r"\1", text)
    text = re.sub(r"^(?:[\s,;:)\]]|[–—-]\s|\(\d{1,2}\)\s)+", "", text)
    while _MARKUP_AGAIN.search(text):
        text = _MARKUP_AGAIN.sub("", text)
    text = " ".join(text.replace("](", "] (").split())
    if text.startswith("(") and ")" not in text:
        text = text[1:].lstrip()
    if text.endswith((")", ").")) and "(" not in text:
        text = text.replace(")", "")
    return text
