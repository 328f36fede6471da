"""From the blocks that a reader found to paragraphs as a person counts them.

A block's words (furniture.py) and its neighbours decide what it is: title, heading, caption, credit, byline, dateline,
promotion, correction or body. Body paragraphs are numbered from 1 and know the heading above them. No block is
dropped, and none is changed. Where the rules are in doubt a block is body: only body can be cited.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from indexes.article import Kind, Paragraph
from indexes.furniture import (
    furniture,
    heads_corrections,
    is_labelled_only,
    is_name,
    is_regret,
    says_what_was_wrong,
)

NEAR = 12  # blocks: how far a caption or pull quote stands from the paragraph that it repeats


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text that stands on its own, and what its format says about it.

    `known` is "title", "heading", "caption" … where the format says so, "body" where the format says that it is no
    heading, None where it says nothing. `apart` is False where no blank line stands between it and the block before.
    `page` is the page that it begins on, where there are pages.
    """

    text: str
    known: Kind | None = None
    apart: bool = True
    page: int | None = None


def to_paragraphs(blocks: Sequence[Block], title: str | None = None) -> tuple[Paragraph, ...]:
    """Return the blocks as paragraphs with their kinds, the body ones numbered, the title first where there is one."""
    kinds = _Classifier(blocks, title).kinds()
    paragraphs, number, heading = [], 0, None
    if title and "title" not in kinds:
        paragraphs.append(Paragraph(title, "title"))
    for block, kind, after in zip(blocks, kinds, [*kinds[1:], None][: len(kinds)], strict=True):
        if kind == "title":
            heading = None
        elif kind == "heading" and not (after == "correction" and heads_corrections(block.text)):
            heading = block.text
        number += kind == "body"
        body = kind == "body"
        paragraphs.append(
            Paragraph(block.text, kind, number if body else None, heading if body else None, page=block.page)
        )
    return tuple(paragraphs)


class _Classifier:
    """Gives every block a kind, from what is surest to what is left."""

    def __init__(self, blocks: Sequence[Block], title: str | None) -> None:
        self.blocks = blocks
        self.title = title
        self.found: list[Kind | None] = [_by_itself(block) for block in blocks]
        self.labels = _speaker_labels(blocks)
        self.interview = sum(_asks_you(block.text) for block in blocks) >= 2

    def kinds(self) -> list[Kind]:
        self._find_corrections()
        self._find_title()
        self._find_repeats()
        self._find_standfirst()
        self._find_signatures()
        self._find_headings()
        self._find_end_matter()
        if not {None, "body"} & set(self.found):  # a page of nothing but corrections is an article about them
            self.found = [None if kind == "correction" else kind for kind in self.found]
        return [kind or "body" for kind in self.found]

    def _find_corrections(self) -> None:
        """Below the heading "Correction" stands one. A label alone makes none where the lines beside it have labels."""
        for i, block in enumerate(self.blocks):
            if self.found[i] == "correction" and is_labelled_only(block.text) and self._is_in_a_glossary(i):
                self.found[i] = None
        for i, block in enumerate(self.blocks):
            if self.found[i] in (None, "body", "heading") and heads_corrections(block.text):
                self._mark_corrections(i)
            elif self.found[i - 1 : i] == ["correction"] and is_regret(block.text):
                self.found[i] = "correction"

    def _is_in_a_glossary(self, i: int) -> bool:
        beside = [j for j in (i - 1, i + 1) if 0 <= j < len(self.blocks) and not self.found[j]]
        return any(_LABEL.match(self.blocks[j].text) for j in beside)

    def _mark_corrections(self, heading: int) -> None:
        """Mark what stands below a heading as corrections: what speaks of an error, or the one paragraph that is left.

        An article about markets or prisons may have a heading "Corrections" too.
        """
        below = [i for i in range(heading + 1, len(self.blocks)) if self.found[i] in (None, "body", "correction")]
        first = heading + 1
        left = [i for i in below if not is_regret(self.blocks[i].text)]
        last_of_all = left == [first] and heading > 1 and not _is_short(self.blocks[first].text)
        i = first
        while i in below and (
            i in left[:1] * last_of_all or self.found[i] == "correction" or _tells_of_an_error(self.blocks[i].text)
        ):
            self.found[i] = "correction"
            i += 1
        if i > first:
            self.found[heading] = "heading"

    def _find_title(self) -> None:
        """The title is the block that repeats the title given, or else the first line that looks like one."""
        if self.title:
            for i, block in enumerate(self.blocks[:8]):
                if _folded(block.text) == _folded(self.title):
                    self.found[i] = "title"
            return
        if "title" in self.found or len(self.blocks) < 2:
            return
        if "heading" in self.found[:3]:
            self.found[self.found.index("heading")] = "title"
            return
        for i, block in enumerate(self.blocks[:5]):
            if self.found[i]:
                continue
            if _is_kicker(block.text) and i + 1 < len(self.blocks) and _is_headline(self.blocks[i + 1].text):
                self.found[i] = "heading"
                continue
            if block.known is None and _is_headline(block.text):
                self.found[i] = "title"
            return

    def _find_standfirst(self) -> None:
        """The line below the title that ends in no full stop sums the article up, where sentences follow it."""
        i = self.found.index("title") + 1 if "title" in self.found else 0
        if not 0 < i < len(self.blocks) - 1 or self.found[i] or self.blocks[i].known:
            return
        text = self.blocks[i].text
        prose = any(_ends_a_sentence(block.text) for block in self.blocks[i + 1 : i + 5])
        if prose and len(text.split()) > 6 and _is_headline(text) and not text.endswith("?"):
            self.found[i] = "heading"

    def _find_repeats(self) -> None:
        """A line that stands again in a paragraph near it is a caption or a pull quote; the paragraph is the body."""
        folded = [_folded(block.text) for block in self.blocks]
        for i, text in enumerate(folded):
            if self.found[i] or len(text.split()) < 6:
                continue
            near = [j for j in range(max(0, i - NEAR), min(len(folded), i + NEAR + 1)) if j != i]
            longer = (j for j in near if self.found[j] is None and len(folded[j]) > len(text))
            if any(text in folded[j] for j in longer) or folded[i + 1 : i + 2] == [text]:
                self.found[i] = "caption"

    def _find_signatures(self) -> None:
        """Names on a line of their own, between the title and the first body paragraph or at the very end."""
        start = self._first_body()
        for i in range(start):
            if not self.found[i] and is_name(self.blocks[i].text.split(",")[0]) and self._open(i):
                self.found[i] = "byline"
        last = len(self.blocks) - 1
        if (
            last > start
            and not self.found[last]
            and self._open(last)
            and is_name(self.blocks[last].text.lstrip("—–- "))
        ):
            self.found[last] = "byline"

    def _find_headings(self) -> None:
        self._find_days()
        candidates = [self._open(i) and not self.found[i] for i in range(len(self.blocks))]
        for i in range(len(self.blocks)):
            if candidates[i] and self._heads_something(i, candidates):
                self.found[i] = "heading"

    def _find_days(self) -> None:
        """In a chronology the lines that name a day or an hour are its headings, the one above the text too."""
        start = self._first_body()
        below = [i for i in range(start, len(self.blocks)) if self.found[i] == "dateline"]
        above = [
            i for i in range(start) if self.found[i] == "dateline" and not re.search(r"\d{4}", self.blocks[i].text)
        ]
        for i in below + (above[-1:] if below else []):
            self.found[i] = "heading"

    def _heads_something(self, i: int, candidates: list[bool]) -> bool:
        """A heading stands alone above body text; lines of a list, a poem or a table stand beside lines like them."""
        if i and self.blocks[i - 1].text.endswith(":") and not self.found[i - 1]:
            return False
        follower = next((j for j in range(i + 1, len(self.blocks)) if self.found[j] in (None, "body")), None)
        if follower is None:
            return i + 1 < len(self.blocks) and self.found[i + 1] == "caption"
        run = [j for j in (i - 2, i - 1, i, i + 1, i + 2) if 0 <= j < len(candidates)]
        asks = self.blocks[i].text.endswith("?")
        likes = {j for j in run if candidates[j] and self.blocks[j].text.endswith("?") == asks}
        alike = [j for j in likes if all(k in likes for k in range(min(i, j), max(i, j)))]
        if len(alike) >= 3:
            return False
        return not any(not self.blocks[max(i, j)].apart for j in alike if j != i)

    def _find_end_matter(self) -> None:
        """Below "Related news" or "Sources" at the end stand titles of other texts, not paragraphs of this one."""
        for i in range(len(self.blocks) - 1, -1, -1):
            if self.found[i] in ("heading", "promotion") and _END_MATTER.fullmatch(self.blocks[i].text):
                self._mark_references(i)

    def _mark_references(self, i: int) -> None:
        kind: Kind = "credit" if _SOURCES.fullmatch(self.blocks[i].text) else "promotion"
        self.found[i] = kind
        for j in range(i + 1, len(self.blocks)):
            text = self.blocks[j].text
            if self.found[j] == "heading" or (_ends_a_sentence(text) and not _REFERENCE.search(text)):
                return
            if self.found[j] in (None, "body"):
                self.found[j] = kind

    def _first_body(self) -> int:
        """Return the first block that can only be body; the number of blocks where there is none."""
        return next(
            (i for i, block in enumerate(self.blocks) if not self.found[i] and not _is_short(block.text)),
            len(self.blocks),
        )

    def _open(self, i: int) -> bool:
        """Tell whether a block looks like a heading, by itself."""
        block = self.blocks[i]
        text = block.text
        if block.known == "body" or not _is_short(text) or _LIST_ITEM.match(text):
            return False
        label = _LABEL.match(text)
        if label and label["who"] in self.labels:
            return False
        if text.endswith("?"):
            return not self.interview and not _DOUBLE_QUOTE.search(text)
        return True


def _by_itself(block: Block) -> Kind | None:
    if block.known in (None, "body"):
        return furniture(block.text)
    part = furniture(block.text)
    return part if block.known == "heading" and part in ("promotion", "correction") else block.known


def _tells_of_an_error(text: str) -> bool:
    return says_what_was_wrong(text) and not _OPENS_QUOTATION.match(text)


def _is_short(text: str) -> bool:
    """Tell whether a text could be a heading: a few words, no sentence, nobody's words in quotation marks."""
    return (
        len(text) <= 100
        and len(text.split()) <= 14
        and not _OPENS_SMALL.match(text)
        and not _OPENS_QUOTATION.match(text)
        and not _ends_a_sentence(text.removesuffix("?"))
        and not text.endswith((",", ";", ":", "—", "–", "-", "...", "…"))
    )


def _is_headline(text: str) -> bool:
    """Tell whether a first line could be the title."""
    if len(text) > 200 or len(text.split()) > 30 or text.endswith((",", ";", ":")):
        return False
    return not _ends_a_sentence(text.rstrip("?!")) and not _SPEECH.search(text) and not _LIST_ITEM.match(text)


def _is_kicker(text: str) -> bool:
    return len(text.split()) <= 3 and text.isupper()


def _ends_a_sentence(text: str) -> bool:
    return bool(_TERMINAL.search(text)) and not _INITIALS.search(text)


def _asks_you(text: str) -> bool:
    return _is_short(text) and text.endswith("?") and bool(_YOU.search(text))


def _speaker_labels(blocks: Sequence[Block]) -> set[str]:
    """Return who speaks in an interview set as `Name: words`: labels that open several blocks, and Q and A."""
    opened = Counter(label["who"] for block in blocks if (label := _LABEL.match(block.text)))
    return {who for who, times in opened.items() if times > 1} | {"Q", "A"}


def _folded(text: str) -> str:
    """Fold what an editor may change between a caption and the paragraph that it repeats."""
    return " ".join(re.sub(r"[“”‘’\"'«»]", "", text).casefold().split()).rstrip(".!? ")


_TERMINAL = re.compile(r"[.!?…。！？؟।][\"”’'»)\]]*$")
_INITIALS = re.compile(r"(?:\b[A-Z]\.){2,}$")
_OPENS_SMALL = re.compile(r"[a-zà-öø-ÿ](?![A-Z])")  # not "iPhone"
_OPENS_QUOTATION = re.compile(r"[“\"„«]|[-–—]\s")
_DOUBLE_QUOTE = re.compile(r"[“”\"„«»]")
_SPEECH = re.compile(r"^[“\"].*[”\"]\s*[,—–-]|[,.!?][”\"]")
_YOU = re.compile(r"\b(?:you|your|yours)\b", re.IGNORECASE)
_LABEL = re.compile(r"(?P<who>[A-ZÀ-Þ][\w .’'-]{0,40}):(?:\s|$)")
_LIST_ITEM = re.compile(r"[-–—*•‣▪◦·+]\s|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)]\s")
_SOURCES = re.compile(r"(?:sources?|references?|notes|bibliography|footnotes)", re.IGNORECASE)
_END_MATTER = re.compile(
    r"(?:sources?|references?|notes|bibliography|footnotes|external links?|see also|sister links?|further reading|"
    r"related (?:news|stories|articles?|coverage|topics?|links?|content|reading)|more on this (?:story|topic)|"
    r"more stories|read more|most read|recommended(?: for you)?|you (?:may|might) also like.*|latest news|tags|"
    r"topics|share this)[:.]?",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"[”\"'’]\s*[—–-]\s|https?://|,\s(?:\w+\s\d{1,2},\s)?\d{4}\.?$|^categor(?:y|ies):", re.IGNORECASE
)
