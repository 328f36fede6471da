"""A Word document (.docx): the paragraphs of its body, as somebody reads them who has accepted all changes.

python-docx opens the document and knows its styles. The words we gather ourselves, as it leaves out what was inserted
while changes were tracked, and text boxes. Headers, footers, footnotes, comments, pictures and macros are not read;
pictures and macros are not even unpacked. Nothing outside the file is fetched, whatever it refers to.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import takewhile
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from indexes.article import Kind
from indexes.errors import ReadError
from indexes.furniture import is_name
from indexes.paragraphs import Block, to_paragraphs
from indexes.readers import zipped
from indexes.readers.dates import find_date
from indexes.readers.decoding import decode
from indexes.readers.draft import Draft, Head
from indexes.readers.heads import head_lines, people
from indexes.readers.text import broken_lines

_MOST = 200_000_000  # bytes, unpacked: pictures and all
_MOST_XML = 40_000_000  # bytes of XML, unpacked: some ten thousand pages
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE = "Open it and save it as a Word document (.docx)."
_OTHERS = {  # what a ZIP archive is, by a member that it has
    "xl/workbook.xml": "an Excel workbook",
    "xl/workbook.bin": "an Excel workbook",
    "ppt/presentation.xml": "a PowerPoint presentation",
    "content.xml": "an OpenDocument file",
    "META-INF/container.xml": "an e-book",
}
_BROKEN_BY = (AttributeError, IndexError, KeyError, RecursionError, SyntaxError, TypeError, ValueError)  # python-docx

# Styles by the names that Word gives them in every language, and by those that pandoc and newsrooms use.
_STYLES: dict[str, Kind] = {
    "title": "title", "headline": "title",
    "subtitle": "heading", "standfirst": "heading", "strapline": "heading", "deck": "heading", "subhead": "heading",
    "subheading": "heading", "crosshead": "heading", "kicker": "heading",
    "caption": "caption", "author": "byline", "byline": "byline", "date": "dateline", "dateline": "dateline",
    "quote": "body", "intense quote": "body", "block text": "body", "list": "body", "list paragraph": "body",
}  # fmt: skip
_HEADING = re.compile(r"heading \d")
_CONTENTS = re.compile(r"(?:toc|contents) ?(?:\d|heading)|table of figures")
_LIST = re.compile(r"list(?: bullet| number| continue)?(?: \d)?")
_GONE = {  # deleted, an instruction, a mark in the margin, or what older programs show instead
    "del", "moveFrom", "delText", "instrText", "delInstrText", "pPr", "rPr", "sdtPr", "rt", "footnoteReference",
    "endnoteReference", "commentReference", "annotationRef", "footnoteRef", "endnoteRef", "Fallback",
}  # fmt: skip
_SIGNS = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_ENDS = re.compile(r"[.!?…:;。！？؟][\"”’'»)\]]*$")
_OFF = {"0", "false", "off"}
_NO_TITLE = re.compile(
    r"(?:microsoft word|word|powerpoint)\b.*|(?:document|dokument|doc|untitled|template|normal|press release)[ _-]*\d*"
    r"|.*\.(?:docx?|dotx?|odt|rtf|pdf|txt)",
    re.IGNORECASE,
)
_NO_PERSON = re.compile(
    r".*\b(?:user|admin|administrator|owner|microsoft|office|windows|unknown|author|python|desk|team|staff)\b.*"
    r"|.*[\d@_\\/].*",
    re.IGNORECASE,
)


def read(data: bytes) -> Draft:
    """Read a Word document. Raises ReadError for what is none, is locked, damaged, or would grow beyond measure."""
    document = _opened(data)
    try:
        story = _Story(_styles(document))
        paragraphs = story.paragraphs(document.element.body)
        core = document.core_properties
        properties = Head(title=core.title, authors=(core.author,), language=core.language or None)
    except _BROKEN_BY:
        raise zipped.broken() from None
    head, paragraphs = _split_head(paragraphs)
    blocks = tuple(_blocks(paragraphs))
    return Draft(blocks, _with_what_is_shown(head, paragraphs, blocks, properties))


# --- the package ------------------------------------------------------------------------------------------------------


def _opened(data: bytes) -> Any:
    """Return python-docx's document."""
    if data.startswith(_OLE):
        raise _old_or_locked(data)
    if not data.startswith(b"PK"):
        decode(data)  # says what else it is
        raise ReadError("it is no Word document.", _SAVE)
    import docx

    try:
        return docx.Document(_harmless(data))
    except _BROKEN_BY as error:
        if "content type" in str(error):
            raise ReadError("it is no plain Word document but a template, or one with macros.", _SAVE) from None
        if isinstance(error, KeyError) and "officeDocument" in str(error):
            raise ReadError("it is a strict Open XML document.", _SAVE) from None
        raise zipped.broken() from None


def _old_or_locked(data: bytes) -> ReadError:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return ReadError("it is locked with a password.", "Open it with the password and save it without one.")
    return ReadError("it is an old office document, whatever its name says.", _SAVE)


def _harmless(data: bytes) -> BytesIO:
    """Return the package with its XML only, packed anew: its directory then tells the truth."""
    archive = zipped.opened(BytesIO(data), _MOST)
    members = {member.filename: member for member in archive.infolist()}
    if "[Content_Types].xml" not in members or "word/document.xml" not in members:
        _refuse_other(members)
    written = [member for member in members.values() if member.filename.endswith((".xml", ".rels"))]
    if sum(member.file_size for member in written) > _MOST_XML:
        raise ReadError("it would grow beyond measure, as a ZIP bomb does.", "Split it, one article a file.")
    target = BytesIO()
    with ZipFile(target, "w", ZIP_STORED) as copy:
        for name, member in members.items():
            copy.writestr(name, zipped.unpacked(archive, member) if member in written else b"")
    target.seek(0)
    return target


def _refuse_other(members: dict[str, Any]) -> None:
    """Say what the archive is, unless it may be a Word document whose text lies in an unusual place."""
    for name, what in _OTHERS.items():
        if name in members:
            raise ReadError(f"it is {what}, whatever its name says.", _SAVE)
    if "[Content_Types].xml" not in members or not any(name.startswith("word/") for name in members):
        raise ReadError(
            "it is a ZIP archive but no Word document.", "Name it .zip, or add the document that it was made of."
        )


# --- styles -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph style says: its own names and those of the styles that it is based on, the nearest first."""

    names: tuple[str, ...] = ()
    outlined: bool = False
    listed: bool = False
    bold: bool = False

    @property
    def kind(self) -> Kind | None:
        for name in self.names:
            if _HEADING.match(name):
                return "heading"
            if name in _STYLES or _LIST.fullmatch(name):
                return _STYLES.get(name, "body")
        return "heading" if self.outlined else "body" if self.listed else None

    @property
    def in_contents(self) -> bool:
        return any(_CONTENTS.match(name) for name in self.names)


def _styles(document: Any) -> dict[str, _Style]:
    elements = {style.styleId: style for style in document.styles.element.style_lst if style.styleId}
    return {key: _style(key, elements) for key in elements}


def _style(key: str, elements: dict[str, Any]) -> _Style:
    chain: list[Any] = []
    while key in elements and elements[key] not in chain and len(chain) < 20:
        chain.append(elements[key])
        based = chain[-1].find(f"{_W}basedOn")
        key = "" if based is None else based.get(f"{_W}val", "")
    names = tuple((style.name_val or "").lower() for style in chain)
    return _Style(
        names,
        outlined=any(_is_outlined(style.find(f"{_W}pPr")) for style in chain),
        listed=any(_has(style.find(f"{_W}pPr"), "numPr") for style in chain),
        bold=any(_is_on(style.find(f"{_W}rPr"), "b") for style in chain[:1]),
    )


def _has(properties: Any, name: str) -> bool:
    return properties is not None and properties.find(f"{_W}{name}") is not None


def _is_on(properties: Any, name: str) -> bool:
    """Tell whether a property such as "bold" is switched on."""
    element = None if properties is None else properties.find(f"{_W}{name}")
    return element is not None and element.get(f"{_W}val") not in _OFF


def _is_outlined(properties: Any) -> bool:
    level = None if properties is None else properties.find(f"{_W}outlineLvl")
    return level is not None and level.get(f"{_W}val") in set("012345678")


# --- words ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Paragraph:
    lines: tuple[str, ...]
    known: Kind | None
    bold: bool


@dataclass(slots=True)
class _Story:
    """Gathers paragraphs in reading order."""

    styles: dict[str, _Style]
    prose: int = 0  # paragraphs of the whole document that are sentences
    fields: list[bool] = field(default_factory=list)  # the fields that we are in: True in the instruction of one
    boxes: list[Any] = field(default_factory=list)  # text boxes that hang on the paragraph
    carried: str = ""  # the text of a paragraph whose end was deleted: the next one goes on with it
    bold: int = 0  # characters of the paragraph

    def paragraphs(self, body: Any) -> list[_Paragraph]:
        """Return the paragraphs of a document's body."""
        self.prose = _prose(body)
        return list(self._inside(body))

    def _inside(self, container: Any) -> Iterator[_Paragraph]:
        for child in container:
            name = _name(child)
            if name == "p":
                yield from self._paragraph(child)
            elif name == "tbl":
                yield from self._table(child)
            elif name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag") and not _is_placeholder(child):
                yield from self._inside(child)

    def _paragraph(self, element: Any) -> Iterator[_Paragraph]:
        style = self._style_of(element)
        properties = element.find(f"{_W}pPr")
        self.bold = 0
        text = self.carried + "".join(self._words(element))
        boxes, self.boxes, self.carried = self.boxes, [], ""
        if properties is not None and _has(properties.find(f"{_W}rPr"), "del"):
            self.carried = text
        elif not style.in_contents:
            known: Kind | None = "heading" if _is_outlined(properties) else style.kind
            if known is None and _has(properties, "numPr"):
                known = "body"
            bold = style.bold or self.bold >= len("".join(text.split())) * 0.9
            yield from _cut(text.replace("\u00ad", ""), known, bold)
        for box in boxes:
            yield from self._inside(box)

    def _style_of(self, element: Any) -> _Style:
        style = element.find(f"{_W}pPr/{_W}pStyle")
        return self.styles.get("" if style is None else style.get(f"{_W}val", ""), _Style())

    def _words(self, element: Any) -> Iterator[str]:
        """Yield the words of a paragraph as they are shown, with a line feed for a line break."""
        for child in element:
            name = _name(child)
            if name in _GONE or _is_placeholder(child):
                continue
            if name == "fldChar":
                self._enter_or_leave(child.get(f"{_W}fldCharType"))
            elif name == "txbxContent":
                self.boxes.append(child)
            elif name == "r" and _is_on(child.find(f"{_W}rPr"), "vanish"):
                for mark in child.iter(f"{_W}fldChar"):
                    self._enter_or_leave(mark.get(f"{_W}fldCharType"))
            elif name == "r":
                yield from self._run(child)
            elif name == "t":
                yield "" if any(self.fields) else child.text or ""
            elif name in _SIGNS:
                yield _SIGNS[name]
            else:
                yield from self._words(child)

    def _run(self, run: Any) -> Iterator[str]:
        words = "".join(self._words(run))
        if _is_on(run.find(f"{_W}rPr"), "b"):
            self.bold += len("".join(words.split()))
        yield words

    def _enter_or_leave(self, mark: str | None) -> None:
        if mark == "begin":
            self.fields.append(True)
        elif self.fields and mark == "separate":
            self.fields[-1] = False
        elif self.fields and mark == "end":
            self.fields.pop()

    def _table(self, table: Any) -> Iterator[_Paragraph]:
        """Yield a table's rows, each a caption; the paragraphs of a table that is laid round the article."""
        layout = _prose(table) * 3 > self.prose
        for row in _rows(table):
            if _has(row.find(f"{_W}trPr"), "del"):
                continue
            cells = [list(self._inside(cell)) for cell in row.iter(f"{_W}tc") if _row_of(cell) is row]
            if layout:
                yield from (paragraph for cell in cells for paragraph in cell)
            else:
                texts = [" ".join(line for paragraph in cell for line in paragraph.lines) for cell in cells]
                yield from _cut(" | ".join(filter(None, texts)), "caption", False)


def _rows(table: Any) -> Iterator[Any]:
    return (row for row in table.iter(f"{_W}tr") if next(row.iterancestors(f"{_W}tbl")) is table)


def _row_of(cell: Any) -> Any:
    return next(cell.iterancestors(f"{_W}tr"))


def _name(element: Any) -> str:
    """Return the name of an element of Word's, or of anybody's that means the same."""
    tag = element.tag
    if not isinstance(tag, str):  # a comment, or an entity that stays what it is
        return "del"
    space, _, name = tag.rpartition("}")
    known = space in (_W[:-1], _M[:-1]) or name in ("Fallback", "txbxContent")
    return name if known else ""


def _is_placeholder(element: Any) -> bool:
    """Tell whether a form field still shows "Click here to enter text"."""
    return element.tag == f"{_W}sdt" and element.find(f"{_W}sdtPr/{_W}showingPlcHdr") is not None


def _prose(element: Any) -> int:
    """Count the paragraphs that are sentences."""
    texts = ("".join(t.text or "" for t in p.iter(f"{_W}t")).strip() for p in element.iter(f"{_W}p"))
    return sum(len(text) > 40 and bool(_ENDS.search(text)) for text in texts)


def _cut(text: str, known: Kind | None, bold: bool) -> Iterator[_Paragraph]:
    """Yield the pieces of a paragraph between empty lines."""
    for piece in re.split(r"\n\s*\n", text):
        lines = tuple(line.strip() for line in piece.split("\n") if line.strip())
        if lines:
            yield _Paragraph(lines, known, bold)


# --- what the document says about the article -------------------------------------------------------------------------


def _split_head(paragraphs: list[_Paragraph]) -> tuple[Head, list[_Paragraph]]:
    """Take the `Key: value` lines at the top."""
    top = [(i, line) for i, paragraph in enumerate(paragraphs[:40]) for line in paragraph.lines]
    head, start, end = head_lines([line for _, line in top])
    if not end:
        return head, paragraphs
    kept: dict[int, list[str]] = {}
    for i, line in [*top[:start], *top[end:]]:
        kept.setdefault(i, []).append(line)
    above = [replace(paragraphs[i], lines=tuple(lines)) for i, lines in kept.items()]
    return head, above + paragraphs[40:]


def _blocks(paragraphs: Sequence[_Paragraph]) -> Iterator[Block]:
    # A document without a single heading style is plain text in all but name, and so is what stands above its text.
    styled = any(paragraph.known in ("title", "heading") for paragraph in paragraphs)
    above = len(list(takewhile(lambda paragraph: not _is_prose(paragraph), paragraphs)))
    titled = False
    for i, paragraph in enumerate(paragraphs):
        known = paragraph.known
        if known in ("title", "heading"):
            yield Block(" ".join(paragraph.lines), "heading" if titled else known)
            titled = titled or known == "title"
        elif known is None and styled and i >= above and not paragraph.bold:
            yield from broken_lines(paragraph.lines, "body")
        else:
            yield from broken_lines(paragraph.lines, known)


def _is_prose(paragraph: _Paragraph) -> bool:
    return paragraph.known in (None, "body") and bool(_ENDS.search(paragraph.lines[-1]))


def _with_what_is_shown(
    head: Head, paragraphs: Sequence[_Paragraph], blocks: Sequence[Block], properties: Head
) -> Head:
    """Return the head, completed by styles, and by the file's properties where the text itself says nothing."""
    styled = {p.known: " ".join(p.lines) for p in reversed(paragraphs[:12])}
    shown = to_paragraphs(blocks) if blocks else ()
    bylines = any(p.kind == "byline" for p in shown)
    by = styled.get("byline")
    return replace(
        head,
        title=head.title or _title(properties.title, [(p.kind, p.text) for p in shown]),
        authors=head.authors or (people(by) if by else () if bylines else _authors(properties.authors[0])),
        published=head.published or find_date(styled.get("dateline")),
        language=head.language or properties.language,
    )


def _title(named: str | None, shown: Sequence[tuple[Kind, str]]) -> str | None:
    """Return the title in the file's properties where the text confirms it, or shows none; often it is a leftover."""
    title = " ".join((named or "").split())
    if not title or _NO_TITLE.fullmatch(title):
        return None
    repeated = any(text.casefold() == title.casefold() for _, text in shown[:8])
    return title if repeated or not any(kind == "title" for kind, _ in shown) else None


def _authors(named: str | None) -> tuple[str, ...]:
    """Return the people in the file's properties, where they are people: programs and offices write there as well."""
    names = [" ".join(name.split()) for name in (named or "").split(";")]
    return tuple(name for name in names if is_name(name) and not _NO_PERSON.fullmatch(name))
