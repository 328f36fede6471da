"""The process that a PDF is taken apart in: words and where they stand. Started by indexes/readers/pdfpages.py.

A process of its own, because pdfminer unpacks whatever a file tells it to: a small file can ask for gigabytes or for
days of work. Here that ends at a limit, and the reader is told so. It imports nothing of ours, so that it starts fast,
reads the file from stdin, and writes one line of JSON to stdout:

{"pages": [{"box": [width, height], "words": […], "pictures": [[x0, y0, x1, y1], …], "boxes": […]}, …],
 "title": …, "author": …, "language": …, "unknown": letters that the fonts do not name}   or   {"refused": why}

A word is [text, x0, x1, baseline, size, bold, italic, tight]; `tight` where no space stands before it.
"""

import json
import logging
import math
import re
import sys
from io import BytesIO
from typing import Any

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdffont import PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import resolve1
from pdfminer.utils import apply_matrix_rect, decode_text

MEMORY = 1_000_000_000  # bytes; a plain file takes 60 million
SECONDS = 60  # of computing; a page of text takes a hundredth of one or two
MAX_PAGES = 200
MAX_LETTERS = 500_000  # a novel has as many

_BOLD = re.compile(r"bold|black|heavy|semibold|demi(?!light)|-bd", re.IGNORECASE)
_ITALIC = re.compile(r"italic|oblique|slanted|-it\b|kursiv", re.IGNORECASE)
_SPACES = " \t\n\r\x0b\x0c\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_SOFT_HYPHEN = 0xAD
_SPACE = 0.17  # of the size: a wider gap is a space, in a file that has no letters for spaces
_WIDE_SPACE = 0.3  # the same where it has
_TINY, _FAR = 0.5, 10_000.0  # points: what is smaller or stands further off is seen by nobody
_MOST_BOXES = 100  # the largest ones
_SMALLEST_BOX, _SMALLEST_PICTURE = 40.0, 20.0  # points; less is a rule, a bullet, an ornament


class Refused(Exception):
    """This file is not read: for which reason."""


class Letters(PDFTextDevice):
    """Takes down where each letter, picture and box of a page stands."""

    def __init__(self, resources: PDFResourceManager) -> None:
        super().__init__(resources)
        self.letters: list[tuple[Any, ...]] = []
        self.pictures: list[tuple[float, ...]] = []
        self.boxes: list[tuple[float, ...]] = []
        self.size = (0.0, 0.0)
        self.count = self.unknown = 0
        self.fonts: dict[int, tuple[bool, bool]] = {}
        self.ctm: Any = None  # where a figure's own square lies on the page

    def begin_page(self, page: PDFPage, ctm: Any) -> None:
        x0, y0, x1, y1 = apply_matrix_rect(ctm, page.mediabox)
        self.size = (abs(x1 - x0), abs(y1 - y0))
        self.letters, self.pictures, self.boxes = [], [], []

    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None:
        """Letters in a figure are letters like others."""

    def end_figure(self, name: str) -> None:
        pass

    def render_image(self, name: str, stream: Any) -> None:
        x0, y0, x1, y1 = apply_matrix_rect(self.ctm, (0, 0, 1, 1))
        if min(x1 - x0, y1 - y0) >= _SMALLEST_PICTURE:
            self.pictures.append((x0, y0, x1, y1))

    def paint_path(self, gstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Any) -> None:
        points = [step[-2:] for step in path if len(step) > 2]
        if not 4 <= len(points) <= 20:  # a rectangle, with round corners at most
            return
        xs, ys = [point[0] for point in points], [point[1] for point in points]
        x0, y0, x1, y1 = apply_matrix_rect(self.ctm, (min(xs), min(ys), max(xs), max(ys)))
        if min(x1 - x0, y1 - y0) >= _SMALLEST_BOX:
            self.boxes.append((x0, y0, x1, y1))

    def render_char(
        self,
        matrix: Any,
        font: Any,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        ncs: Any,
        graphicstate: Any,
    ) -> float:
        self.count += 1
        if self.count > MAX_LETTERS:
            raise Refused("text")
        try:
            text = font.to_unichr(cid)
        except PDFUnicodeNotDefined:
            text, self.unknown = "", self.unknown + 1
        if cid == _SOFT_HYPHEN and text == " " and not font.is_multibyte():
            text = "\u00ad"  # pdfminer takes this letter of the Windows encoding for a space
        advance = font.char_width(cid) * fontsize * scaling
        a, b, c, d, e, f = matrix
        style = self.fonts.get(id(font))
        if style is None:
            name = str(getattr(font, "fontname", ""))
            style = self.fonts[id(font)] = (bool(_BOLD.search(name)), bool(_ITALIC.search(name)))
        size = abs(fontsize) * math.hypot(c, d)
        if text and all(abs(place) < _FAR for place in (e, f, advance)) and _TINY < size < _FAR:
            self.letters.append((text, a, b, e + rise * c, f + rise * d, advance, size, *style))
        return float(advance)


def main() -> None:
    """Take apart the PDF on stdin."""
    logging.disable(logging.CRITICAL)
    _limit()
    try:
        found = take_apart(sys.stdin.buffer.read())
    except Refused as reason:
        found = {"refused": str(reason)}
    except MemoryError:
        found = {"refused": "memory"}
    sys.stdout.write(json.dumps(found))


def take_apart(data: bytes) -> dict[str, Any]:
    """Return the pages of a PDF, with what it says about itself."""
    try:
        document = PDFDocument(PDFParser(BytesIO(data)))
        leaves = _leaves(document)
    except PDFPasswordIncorrect:
        raise Refused("password") from None
    except PDFEncryptionError:
        raise Refused("encryption") from None
    except (MemoryError, Refused):
        raise
    except Exception:  # pdfminer raises whatever it stumbles over
        raise Refused("broken") from None
    resources = PDFResourceManager()
    device = Letters(resources)
    pages = [
        _page(leaf, number, device, PDFPageInterpreter(resources, device)) for number, leaf in enumerate(leaves, 1)
    ]
    return {"pages": pages, "unknown": device.unknown, **_about(document)}


def _leaves(document: PDFDocument) -> list[PDFPage]:
    leaves = []
    for leaf in PDFPage.create_pages(document):
        leaves.append(leaf)
        if len(leaves) > MAX_PAGES:
            raise Refused("pages")
    if not leaves:
        raise Refused("no pages")
    return leaves


def _page(leaf: PDFPage, number: int, device: Letters, interpreter: PDFPageInterpreter) -> dict[str, Any]:
    try:
        if any(_is_lost(content) for content in leaf.contents):
            raise Refused(f"page {number}")
        interpreter.process_page(leaf)
    except (MemoryError, Refused):
        raise
    except Exception:  # see above
        raise Refused(f"page {number}") from None
    turned = _turn(device)
    words = _words([letter for letter in turned if letter[-1] and letter[1] >= -5 and letter[3] >= -5])
    pictures, boxes = _largest(device.pictures), _largest(device.boxes)
    return {"box": device.size, "words": words, "pictures": pictures, "boxes": boxes}


def _largest(boxes: list[tuple[float, ...]]) -> list[tuple[float, ...]]:
    return sorted(boxes, key=lambda box: (box[0] - box[2]) * (box[3] - box[1]))[:_MOST_BOXES]


def _is_lost(content: Any) -> bool:
    """Tell whether a stream cannot be unpacked: pdfminer takes that for an empty one."""
    stream = resolve1(content)
    return hasattr(stream, "get_data") and len(stream.rawdata or b"") > 20 and not stream.get_data()


def _turn(device: Letters) -> list[tuple[Any, ...]]:
    """Return the letters as (text, x0, x1, y, size, bold, italic, upright), with what most of the page reads along.

    A page set sideways is turned; single lines set sideways on it are marked.
    """
    angles: dict[int, int] = {}
    for _, a, b, *_ in device.letters:
        angle = round(math.degrees(math.atan2(b, a))) % 360
        angles[angle] = angles.get(angle, 0) + 1
    main = max(angles, key=lambda angle: angles[angle], default=0)
    main = main if main % 90 == 0 and angles.get(main, 0) > 0.8 * len(device.letters) else 0
    if main:
        device.pictures = device.boxes = []  # they stay where they were: better none than wrong ones
    width, height = device.size
    turns = {0: (1, 0, 0, 0), 90: (0, 1, 0, width), 180: (-1, 0, width, height), 270: (0, -1, height, 0)}
    ux, uy, dx, dy = turns[main]
    if main % 180:
        device.size = (height, width)
    turned = []
    for text, a, b, e, f, advance, size, bold, italic in device.letters:
        x, y, along = e * ux + f * uy + dx, f * ux - e * uy + dy, advance * (a * ux + b * uy)
        upright = abs(b * ux - a * uy) <= 0.1 * abs(a * ux + b * uy) and a * ux + b * uy > 0
        turned.append((text, x, x + along, y, size, bold, italic, upright))
    return turned


def _words(letters: list[tuple[Any, ...]]) -> list[list[Any]]:
    """Put letters that touch into words, in the order in which the file has them."""
    spaces = sum(letter[0] in _SPACES for letter in letters)
    widest = _WIDE_SPACE if spaces * 12 > len(letters) else _SPACE
    words: list[list[Any]] = []
    styles: list[tuple[float, bool, bool]] = []
    tight, drawn = False, set()
    for text, x0, x1, y, size, bold, italic, _ in letters:
        if text.strip(_SPACES) == "":
            tight = False
            continue
        place = (text, round(x0), round(y))
        if place in drawn and _is_shadow(words, place):
            continue  # printed twice, a hair apart, to look bold
        drawn.add(place)
        last = words[-1] if words else None
        gap = x0 - last[2] if last else 0.0
        high = max(size, last[4]) if last else size
        near = last is not None and abs(y - last[3]) < 0.6 * high and -0.4 * high < gap < widest * high
        if tight and near and last and abs(y - last[3]) < 0.05 * size and 0.7 < size / last[4] < 1.4:
            last[0] += text
            last[2] = max(last[2], x1)
            styles.append((x1 - x0, bold, italic))
        else:
            _settle(words, styles)
            words.append([text, x0, x1, y, size, bold, italic, bool(tight and near)])
            styles = [(x1 - x0, bold, italic)]
        tight = not text[-1:].isspace()
    _settle(words, styles)
    return [[w[0], *(round(n, 2) for n in w[1:5]), *w[5:]] for w in words]


def _is_shadow(words: list[list[Any]], place: tuple[str, int, int]) -> bool:
    """Tell whether a letter at this place repeats one of the words just put down."""
    text, x, y = place
    return any(abs(w[3] - y) <= 1 and w[1] - 1 <= x <= w[2] + 1 and text in w[0] for w in words[-40:])


def _settle(words: list[list[Any]], styles: list[tuple[float, bool, bool]]) -> None:
    """Give a word the style of most of its letters."""
    if words and styles:
        width = sum(wide for wide, _, _ in styles)
        words[-1][5] = sum(wide for wide, bold, _ in styles if bold) * 2 > width
        words[-1][6] = sum(wide for wide, _, italic in styles if italic) * 2 > width


def _about(document: PDFDocument) -> dict[str, str]:
    """Return what a file says about itself, as far as it says it in text."""
    info = document.info[0] if document.info else {}
    said = {"title": info.get("Title"), "author": info.get("Author"), "language": document.catalog.get("Lang")}
    about = {}
    for name, value in said.items():
        try:
            value = resolve1(value)
            text = decode_text(value) if isinstance(value, bytes) else value if isinstance(value, str) else ""
        except Exception:  # see above
            text = ""
        about[name] = " ".join(text.replace("\x00", "").split())[:500]
    return about


def _limit() -> None:
    """Have the system end this process where a file takes too much, on the systems that can."""
    try:
        import resource
    except ImportError:  # Windows; the parent's clock ends it there
        return
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (most, hard))
        except (OSError, ValueError):  # macOS refuses some
            continue


if __name__ == "__main__":
    main()
