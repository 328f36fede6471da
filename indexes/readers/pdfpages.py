"""The pages of a PDF: words and where they stand. Opened in a process of its own, as any file may be a bomb.

pdfminer runs in `pdfchild.py`, within limits of memory and time; here a file that breaks them becomes a ReadError. A
full page of text takes a tenth of a second, and the process itself a quarter.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexes.errors import ReadError

TIMEOUT = 180.0  # seconds by the clock: the child's own limit counts only its computing
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_BEGINS, _ENDS = b"%PDF-", b"%%EOF"
_BROKEN = ReadError("it is a damaged PDF.", "Get it again, or open it and print it into a new PDF.")
_REFUSED = {
    "password": ("it is protected by a password.", "Save it without one and add that."),
    "encryption": ("it is encrypted in a way that cannot be read here.", "Print it into a new PDF and add that."),
    "pages": ("it has more than 200 pages.", "Split it, one article a file."),
    "text": ("it has more than half a million letters.", "Split it, one article a file."),
    "memory": (
        "it unpacks to more than an article can hold.",
        "If you trust it, print it into a new PDF and add that.",
    ),
    "time": ("it takes too long to read.", "If you trust it, print it into a new PDF and add that."),
    "no pages": ("it is a PDF without pages.", _BROKEN.hint),
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word on a page. Points from the left and from the bottom; `y` is where its line stands."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    italic: bool
    tight: bool  # no space stands before it

    @property
    def width(self) -> float:
        return self.x1 - self.x0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page."""

    x0: float
    y0: float
    x1: float
    y1: float

    def holds(self, x: float, y: float) -> bool:
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its words in the order in which the file has them, its pictures, the boxes drawn on it."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    pictures: tuple[Box, ...]
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF, and what it says about itself."""

    pages: tuple[Page, ...]
    title: str = ""
    author: str = ""
    language: str = ""


def open_pdf(data: bytes) -> Document:
    """Return the pages of a PDF that has text. Raises ReadError."""
    if _BEGINS not in data[:1024]:
        raise ReadError("it is not a PDF, whatever its name says.", "Give it the ending of what it is.")
    if _ENDS not in data[-4096:]:
        raise ReadError("it breaks off: the end of the PDF is missing.", "Get it again.")
    found = _asked(data)
    document = Document(
        tuple(_page(number, page) for number, page in enumerate(found["pages"], 1)),
        found["title"], found["author"], found["language"],
    )  # fmt: skip
    _require_text(document, found["unknown"])
    return document


def _asked(data: bytes) -> dict[str, Any]:
    """Return what the child says of a PDF. Raises ReadError where it refuses, dies, or does not come to an end."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(Path(__file__).with_name("pdfchild.py"))],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT,
            start_new_session=True,  # so that Ctrl-C reaches us, who end it
        )
    except subprocess.TimeoutExpired:
        raise _refusal("time") from None
    if done.returncode < 0:  # a signal: its time is over
        raise _refusal("time")
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise ReadError(_BROKEN.what, _BROKEN.hint) from None
    if "refused" in found:
        raise _refusal(found["refused"])
    return found


def _refusal(reason: str) -> ReadError:
    if reason in _REFUSED:
        return ReadError(*_REFUSED[reason])
    if reason.startswith("page "):
        return ReadError(f"it is a damaged PDF: its {reason} cannot be read.", _BROKEN.hint)
    return ReadError(_BROKEN.what, _BROKEN.hint)


def _page(number: int, found: dict[str, Any]) -> Page:
    width, height = found["box"]
    words = tuple(Word(text.translate(_LIGATURES), *place) for text, *place in found["words"])
    return Page(number, width, height, words, _boxes(found["pictures"]), _boxes(found["boxes"]))


def _boxes(found: list[list[float]]) -> tuple[Box, ...]:
    return tuple(Box(*corners) for corners in found)


def _require_text(document: Document, unknown: int) -> None:
    """Refuse what a reader sees and we do not: pictures of text, letters that have no names."""
    letters = sum(len(word.text) for page in document.pages for word in page.words)
    run_ocr = "Run OCR first, for instance ocrmypdf, and add the result."
    if unknown > 0.1 * (letters + unknown):
        raise ReadError("its fonts do not say which letters they draw.", run_ocr)
    if letters < 100 * len(document.pages) and sum(map(_is_picture, document.pages)) * 2 > len(document.pages):
        raise ReadError("it is a scan: its pages are pictures, without text.", run_ocr)
    if not letters:
        raise ReadError("there is no text in it.", f"If you see text, it is drawn as a picture. {run_ocr}")


def _is_picture(page: Page) -> bool:
    """Tell whether most of a page is taken by pictures."""
    covered = sum((box.x1 - box.x0) * (box.y1 - box.y0) for box in page.pictures)
    return covered > 0.5 * page.width * page.height
