"""One article in every format, written by real writers: what docs/formats.md measures, and the formats' tests read.

`write(source, "two-column PDF", folder)` writes it; `share(source, read(path))` says how much of it came back.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import SequenceMatcher
from email.message import EmailMessage
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from indexes.article import Article
from indexes.readers import expand, read

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "articles"


@dataclass(frozen=True)
class Source:
    """An article as its author wrote it: what every format is made from. Blocks are (kind, text)."""

    title: str
    blocks: tuple[tuple[str, str], ...]
    publisher: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None

    @property
    def body(self) -> tuple[str, ...]:
        return tuple(text for kind, text in self.blocks if kind == "body")

    @property
    def day(self) -> str:
        return f"{self.published.day} {self.published:%B %Y}" if self.published else ""


@dataclass(frozen=True)
class Layout:
    """How reportlab sets an article."""

    font: str = "Times-Roman"
    bold: str = "Times-Bold"
    size: float = 10.5
    leading: float = 1.25  # sizes
    columns: int = 1
    margin: float = 72.0
    gutter: float = 18.0
    indent: float = 0.0  # of the first line
    space: float = 6.0  # between paragraphs
    justified: bool = True
    hyphens: bool = True
    paper: tuple[float, float] = (595.0, 842.0)
    running: bool = True  # a running head, and page numbers
    extras: dict[str, Any] = field(default_factory=dict)


def share(source: Source, article: Article) -> float:
    """Return the share of paragraphs that are identical and in order; a paragraph too many counts against it."""
    read_back = [paragraph.text for paragraph in article.body]
    blocks = SequenceMatcher(None, source.body, read_back, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / max(len(source.body), len(read_back))


def differences(source: Source, article: Article) -> str:
    """Return what is not the same, for the message of a failing test."""
    from difflib import unified_diff

    return "\n".join(unified_diff(source.body, [p.text for p in article.body], "written", "read", n=0, lineterm=""))


def write(source: Source, format: str, folder: Path) -> Path:
    """Write an article in a format, one of FORMATS."""
    ending, writer, _ = FORMATS[format]
    path = folder / f"{format.replace(' ', '-').lower()}{ending}"
    writer(source, path)
    return path


def missing(format: str) -> str | None:
    """Return which program a format needs and this machine has not."""
    program = FORMATS[format][2]
    return program if program and not shutil.which(program) else None


# --- what is written --------------------------------------------------------------------------------------------------


def samples() -> list[Source]:
    """Return the articles that ship with Newscite, and the reference article where it lies beside the checkout."""
    paths = [
        path for folder in (ROOT / "indexes/samples/articles", SHARED) if folder.is_dir() for path in expand(folder)
    ]
    return [source_of(read(path)) for path in paths]


def typeset(source: Source) -> Source:
    """Return an article without the paragraphs whose letters the standard fonts of PDF do not have."""
    kept = tuple(
        (kind, text) for kind, text in source.blocks if text.encode("cp1252", "ignore").decode("cp1252") == text
    )
    return replace(source, blocks=kept)


def source_of(article: Article) -> Source:
    """Return an article that was read from somewhere as one to be written."""
    kept = [(p.kind, p.text) for p in article.paragraphs if p.kind in ("body", "heading", "caption")]
    author = article.authors[0] if article.authors else None
    return Source(article.title, tuple(kept), article.publisher, author, article.published, article.url)


HARD = Source(
    "Half the well-known orchard at Brenlow is to go",
    (
        ("body",
         "The county council of Orlmere will fell 412 of the 860 pear trees in the well-known orchard at "
         "Brenlow, it said on Thursday, to make room for a twenty-two-metre-wide flood channel."),
        ("body", "Work begins in mid-October."),
        ("caption", "Pear trees at Brenlow in April. Photo: Orla Wensley/The Orlmere Post"),
        ("body",
         "“We have looked at eleven routes in three-and-a-half years, and each of the others would have "
         "cost between £14.2 million and £31.7 million more,” said Hesper Tollgate, who leads the "
         "council’s office for rivers. “This one takes trees. The others would have taken houses — 37 of "
         "them, at the last count, and a school."),
        ("body",
         "“I know what people here think of me. I was christened under those trees, and so were my "
         "brothers, and I’d sooner cut off a finger than sign such a paper."),
        ("body", "“But the river came up to the altar in 2019, and it’ll come again.”"),
        ("heading", "A long-running quarrel"),
        ("body",
         "The quarrel is as old as the flood. In November 2019 the Orl rose 4.6 metres within a day and a "
         "half; 1,204 people were taken to safety and two — a father and a nine-year-old daughter — were "
         "drowned. The inquiry that followed, which sat for fourteen months and heard 188 witnesses, found "
         "that the bend at Brenlow holds the water back “like a cork in a bottle”, and that no dredging, "
         "however thorough, would lower the river by more than 30 centimetres. It recommended a channel. "
         "It did not say where."),
        ("body", "Growers disagree."),
        ("body",
         "“A tree that was planted in 1887 isn’t a line in somebody’s spreadsheet,” said Caspian Rooke, "
         "whose family leases the north-eastern half. He sold 64 tonnes of pears last year, most of them "
         "to the Anglo-Norwegian cider company Halvorsen & Pym, and says that he’d lose two-thirds of "
         "that."),
        ("body",
         "He has asked the High Court to stop the work. A hearing is set for 3 September; his lawyer, "
         "Ottoline Marsh-Fenwick, expects an answer by Christmas at the earliest."),
        ("body",
         "The company said it was “deeply unhappy”. It has bought Brenlow pears since 1931, except in "
         "1940–45."),
        ("heading", "What it costs"),
        ("body",
         "The channel is to cost £58.9 million: £40 million from the state, £12.4 million from the county "
         "and the rest from a levy of £21 a year on each of the 9,800 households downstream. For a family "
         "of four in Lower Orlmere, the council’s own figures say, that is about as much as a week’s bus "
         "fares. Those who live above the bend pay nothing; neither do pensioners, nor anybody whose house "
         "was flooded in 2019 and who’s still waiting for a final settlement from the insurers."),
        ("body",
         "Trees that are less than 15 years old — there are 96 — will be moved to Saint Aldhelm’s common, "
         "a mile and a quarter to the south. Experience elsewhere suggests that seven in ten survive such "
         "a move; after a dry summer it’s fewer."),
        ("body",
         "The council has promised to plant three for each that it fells. “Ask me again in forty years,” "
         "Rooke said."),
    ),
    "The Orlmere Post", "Orla Wensley", date(2025, 6, 12), "https://orlmere-post.example/2025/06/12/brenlow-orchard",
)  # fmt: skip


def long(source: Source, times: int) -> Source:
    """Return an article several times as long, no paragraph twice the same."""
    blocks = []
    for round in range(times):
        for i, (kind, text) in enumerate(source.blocks):
            tag = f" That was noted in entry {round * 40 + i} of the log." if round and kind == "body" else ""
            blocks.append(
                (kind, text if not tag else f"{text}{tag}" if not text.endswith("”") else f"{tag.strip()} {text}")
            )
    return replace(source, blocks=tuple(blocks))


# --- the writers ------------------------------------------------------------------------------------------------------


def as_text(source: Source, path: Path, width: int = 72) -> None:
    """Write wrapped text, with what is known of the article at its top."""
    import textwrap

    head = {
        "Title": source.title,
        "Publisher": source.publisher,
        "Date": source.day,
        "By": source.author,
        "URL": source.url,
    }
    lines = [f"{key}: {value}" for key, value in head.items() if value]
    wrapped = (textwrap.fill(text, width, break_on_hyphens=False) for _, text in source.blocks)
    path.write_text("\n".join(lines) + "\n\n" + "\n\n".join(wrapped) + "\n", encoding="utf-8")


def html_page(source: Source, furniture: bool = True) -> str:
    """Return an article as a page, with JSON-LD and what else stands on such pages."""
    record = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": source.title,
        "datePublished": source.published.isoformat() if source.published else None,
        "author": {"@type": "Person", "name": source.author} if source.author else None,
        "publisher": {"@type": "Organization", "name": source.publisher} if source.publisher else None,
        "mainEntityOfPage": source.url,
    }  # fmt: skip
    record = {key: value for key, value in record.items() if value}
    tags = {
        "body": "<p>{}</p>",
        "heading": "<h2>{}</h2>",
        "caption": "<figure><img alt=''><figcaption>{}</figcaption></figure>",
    }
    text = "\n".join(tags[kind].format(escape(text, quote=False)) for kind, text in source.blocks)
    menu = "<nav><a href='/'>Home</a> <a href='/sport'>Sport</a></nav>" if furniture else ""
    foot = "<footer>© The publisher. All rights reserved.</footer>" if furniture else ""
    byline = f"<p class='byline'>By {escape(source.author)}</p>" if source.author else ""
    day = f"<time datetime='{source.published}'>{source.day}</time>" if source.published else ""
    link = f"<link rel='canonical' href='{source.url}'>" if source.url else ""
    return (
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{escape(source.title)}</title>{link}"
        f"<script type='application/ld+json'>{json.dumps(record)}</script></head><body>{menu}"
        f"<main><article><h1>{escape(source.title)}</h1>{byline}{day}\n{text}\n</article></main>{foot}</body></html>"
    )


def as_html(source: Source, path: Path) -> None:
    path.write_text(html_page(source), encoding="utf-8")


def as_jsonl(source: Source, path: Path) -> None:
    """Write one record, its text with an empty line between paragraphs."""
    record = {
        "title": source.title, "text": "\n\n".join(text for _, text in source.blocks),
        "published": str(source.published or ""), "url": source.url,
        "publisher": source.publisher, "author": source.author,
    }  # fmt: skip
    path.write_text(json.dumps({k: v for k, v in record.items() if v}, ensure_ascii=False) + "\n", encoding="utf-8")


def as_mail(source: Source, path: Path) -> None:
    """Write a mail with a plain and an HTML part, as newsletters are sent."""
    mail = EmailMessage()
    mail["Subject"] = source.title
    mail["From"] = f"{source.author or 'The desk'} <desk@news.example>"
    mail["To"] = "readers@news.example"
    mail["Message-ID"] = "<one@news.example>"
    if source.published:
        mail["Date"] = f"{source.published:%a, %d %b %Y} 08:00:00 +0000"
    mail.set_content("\n\n".join(text for _, text in source.blocks))
    mail.add_alternative(html_page(source, furniture=False), subtype="html")
    path.write_bytes(bytes(mail))


def as_docx(source: Source, path: Path) -> None:
    """Write a Word document with the styles that Word has for titles and headings."""
    from docx import Document

    document = Document()
    document.core_properties.title = source.title
    document.core_properties.author = source.author or ""
    document.add_paragraph(source.title, style="Title")
    for line in filter(None, (source.author and f"By {source.author}", source.day)):
        document.add_paragraph(line)
    styles = {"heading": "Heading 1", "caption": "Caption", "body": None}
    for kind, text in source.blocks:
        document.add_paragraph(text, style=styles[kind])
    document.save(str(path))


def syllables(word: str) -> Iterator[tuple[str, str]]:
    """Yield where a typesetter may break a word, the last place first: before a consonant with a vowel behind it."""
    vowels = "aeiouy"
    for i in range(len(word) - 3, 1, -1):
        behind, before = word[i : i + 2].lower(), word[i - 1].lower()
        if (
            word.isalpha()
            and behind[0] not in vowels
            and behind[1] in vowels
            and any(c in vowels for c in word[:i].lower())
        ):
            if before not in vowels and behind[0] in "hlr":
                continue
            yield word[:i], word[i:]


def as_pdf(source: Source, path: Path, layout: Layout = Layout()) -> None:
    """Write a PDF with reportlab."""
    from reportlab.lib.enums import TA_JUSTIFY, TA_LEFT
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import (
        BaseDocTemplate,
        Flowable,
        Frame,
        FrameBreak,
        NextPageTemplate,
        PageTemplate,
        Paragraph,
    )

    width, height = layout.paper
    size = layout.size
    broken = {"hyphenationLang": syllables, "embeddedHyphenation": 1, "splitLongWords": 0} if layout.hyphens else {}
    plain = {"fontName": layout.font, "fontSize": size, "leading": size * layout.leading}
    body = ParagraphStyle(
        "body", **plain, firstLineIndent=layout.indent, spaceAfter=layout.space,
        alignment=TA_JUSTIFY if layout.justified else TA_LEFT, **broken, **layout.extras,
    )  # fmt: skip
    line = ParagraphStyle("line", **plain, spaceAfter=size)
    head = {"fontName": layout.bold, "alignment": TA_LEFT}
    title = ParagraphStyle("title", fontSize=size * 1.9, leading=size * 2.3, spaceAfter=size, **head)
    heading = ParagraphStyle(
        "heading",
        fontSize=size * 1.2,
        leading=size * 1.5,
        spaceBefore=size,
        spaceAfter=size * 0.5,
        keepWithNext=1,
        **head,
    )
    caption = ParagraphStyle("caption", fontName=layout.font, fontSize=size * 0.82, leading=size, spaceAfter=size)

    class Picture(Flowable):  # type: ignore[misc]
        def wrap(self, available: float, _: float) -> tuple[float, float]:
            self.width, self.height = available, 60.0
            return self.width, self.height

        def draw(self) -> None:
            from PIL import Image
            from reportlab.lib.utils import ImageReader

            grey = ImageReader(Image.new("RGB", (40, 20), (120, 130, 140)))
            self.canv.drawImage(grey, 0, 4, self.width, self.height - 4)

    column = (width - 2 * layout.margin - (layout.columns - 1) * layout.gutter) / layout.columns
    banner = size * 13
    bottom, tall = layout.margin, height - 2 * layout.margin

    def frame(i: int, lower: float) -> Frame:
        x = layout.margin + i * (column + layout.gutter)
        return Frame(x, bottom, column, lower, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)

    def running(canvas: Any, document: Any) -> None:
        canvas.setTitle(source.title)
        canvas.setAuthor(source.author or "")
        if layout.running:
            canvas.setFont(layout.font, size * 0.8)
            canvas.drawString(layout.margin, height - layout.margin * 0.6, source.publisher or "The Gazette")
            canvas.drawRightString(width - layout.margin, height - layout.margin * 0.6, source.title[:60])
            canvas.drawCentredString(width / 2, layout.margin * 0.5, f"Page {document.page}")

    over = Frame(layout.margin, bottom + tall - banner, width - 2 * layout.margin, banner, 0, 0, 0, 0)
    first = [over, *(frame(i, tall - banner) for i in range(layout.columns))]
    later = [frame(i, tall) for i in range(layout.columns)]
    document = BaseDocTemplate(str(path), pagesize=layout.paper)
    document.addPageTemplates(
        [PageTemplate("first", first, onPage=running), PageTemplate("later", later, onPage=running)]
    )
    story: list[Any] = [NextPageTemplate("later"), Paragraph(escape(source.title), title)]
    above = [text for text in (source.author and f"By {source.author}", source.day) if text]
    story += [Paragraph(escape(text, quote=False), line) for text in above]
    story.append(FrameBreak())
    for kind, text in source.blocks:
        if kind == "caption":
            story.append(Picture())
        style = {"body": body, "heading": heading, "caption": caption}[kind]
        story.append(Paragraph(escape(text, quote=False), style))
    document.build(story)


def by_libreoffice(source: Source, path: Path, write_first: Callable[[Source, Path], None] = as_docx) -> None:
    """Have LibreOffice convert what python-docx wrote."""
    made = path.with_name(f"{path.stem}-before.docx")
    write_first(source, made)
    convert_by_libreoffice(made, path)
    made.unlink()


def convert_by_libreoffice(made: Path, path: Path) -> None:
    """Have LibreOffice write a document in the format that the path's ending names."""
    folder = path.parent / "soffice"
    profile = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        path.suffix.lstrip("."),
        "--outdir",
        str(folder),
        str(made),
    ]
    run(command)
    shutil.move(folder / f"{made.stem}{path.suffix}", path)


def by_pandoc(source: Source, path: Path) -> None:
    """Have pandoc write what a page says."""
    run(["pandoc", "-f", "html", "-o", str(path)], html_page(source, furniture=False))


def by_chromium(source: Source, path: Path, styles: str = "", page: str | None = None) -> None:
    """Have a browser print a page, with the lines that it prints at the top and the bottom."""
    made = path.with_name(f"{path.stem}-before.html")
    made.write_text((page or html_page(source)).replace("</head>", f"<style>{styles}</style></head>"), encoding="utf-8")
    profile = f"--user-data-dir={path.parent / 'browser'}"
    run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", profile, f"--print-to-pdf={path}", made.as_uri()])
    made.unlink()


def run(command: Iterable[str], given: str | None = None) -> None:
    """Run a program; what it says is the message of the test that fails."""
    done = subprocess.run(
        list(command), input=given, capture_output=True, text=True, timeout=180, env={**os.environ, "LC_ALL": "C.UTF-8"}
    )
    assert done.returncode == 0, done.stderr


Writer = Callable[[Source, Path], None]
# format: the ending, the writer, the program that it needs
FORMATS: dict[str, tuple[str, Writer, str | None]] = {
    "text": (".txt", as_text, None),
    "HTML": (".html", as_html, None),
    "one-column PDF": (".pdf", as_pdf, None),
    "two-column PDF": (".pdf", partial(as_pdf, layout=Layout(columns=2, size=9.5, indent=12, space=0)), None),
    "DOCX": (".docx", as_docx, None),
    "EML": (".eml", as_mail, None),
    "JSONL": (".jsonl", as_jsonl, None),
    "PDF by LibreOffice": (".pdf", by_libreoffice, "soffice"),
    "PDF by Chromium": (".pdf", by_chromium, "chromium"),
    "DOCX by LibreOffice": (".docx", by_libreoffice, "soffice"),
    "DOCX by pandoc": (".docx", by_pandoc, "pandoc"),
}
