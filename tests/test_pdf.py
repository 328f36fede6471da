"""What a PDF must become: the article's own paragraphs, whoever made the file and however it is set."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from indexes.article import Article
from indexes.errors import ReadError
from indexes.readers import read
from tests import formats
from tests.formats import HARD, Layout, Source, as_pdf, differences, long, samples, share, typeset, write

SOURCES = [typeset(source) for source in (HARD, long(HARD, 4), *samples()[::2])]
ONE_COLUMN = {
    "Times, a space between paragraphs": Layout(),
    "Helvetica, ragged, wide leading": Layout(
        "Helvetica", "Helvetica-Bold", 11, 1.5, justified=False, hyphens=False, space=8
    ),
    "an indent and no space": Layout(size=12, leading=1.2, margin=90, indent=18, space=0, hyphens=False),
    "a typewriter's": Layout("Courier", "Courier-Bold", 10, 1.2, justified=False, hyphens=False, space=10),
    "double-spaced manuscript": Layout(size=12, leading=2.0, indent=36, space=0, justified=False, hyphens=False),
    "neither space nor indent": Layout(size=10, leading=1.3, space=0),
    "narrow, small": Layout(size=8, margin=190, indent=9, space=0),
}
COLUMNS = {
    "two, an indent": Layout(columns=2, size=9, indent=10, space=0),
    "two, a space": Layout(columns=2, size=9, space=5),
    "two, ragged": Layout(columns=2, size=10, space=6, justified=False, hyphens=False, gutter=24),
    "two, letter paper, no running heads": Layout(
        "Helvetica", "Helvetica-Bold", 9, columns=2, indent=10, space=3, paper=(612, 792), running=False
    ),
    "three, an indent": Layout(columns=3, size=8, indent=8, space=0, margin=40, gutter=12),
    "three, ragged, tabloid": Layout(
        columns=3, size=8.5, space=4, margin=40, gutter=14, justified=False, paper=(842, 1191)
    ),
}  # fmt: skip


def body(found: Article) -> list[str]:
    return [paragraph.text for paragraph in found.body]


def kinds(found: Article) -> list[tuple[str, str]]:
    return [(paragraph.kind, paragraph.text) for paragraph in found.paragraphs]


def wrapped(text: str, width: float, font: str = "Times-Roman", size: float = 11) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if stringWidth(longer, font, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def draw(
    canvas: Canvas, text: str, x: float, y: float, width: float, font: str = "Times-Roman", size: float = 11
) -> float:
    """Draw a paragraph and return where the next line would stand."""
    canvas.setFont(font, size)
    for line in wrapped(text, width, font, size):
        canvas.drawString(x, y, line)
        y -= size * 1.25
    return y


FIRST, SECOND, THIRD = (text for text in HARD.body if len(text) > 300)


@pytest.fixture
def page(tmp_path: Path) -> Canvas:
    return Canvas(str(tmp_path / "a.pdf"), pagesize=(595, 842), invariant=1)


def reading(canvas: Canvas) -> Article:
    canvas.save()
    return read(Path(canvas._filename))


# --- paragraphs -------------------------------------------------------------------------------------------------------


def recovered(layout: Layout, folder: Path) -> float:
    """Return the mean share of paragraphs that come back, over all articles."""
    shares = []
    for i, source in enumerate(SOURCES):
        path = folder / f"{i}.pdf"
        as_pdf(source, path, layout)
        found = read(path)
        assert (found.title, found.published) == (source.title, source.published)
        assert found.authors == ((source.author,) if source.author else ())
        shares.append(share(source, found))
        if shares[-1] < 1:
            print(source.title, differences(source, found), sep="\n")
    return sum(shares) / len(shares)


@pytest.mark.slow
@pytest.mark.parametrize("layout", ONE_COLUMN.values(), ids=ONE_COLUMN)
def test_the_paragraphs_of_one_column_are_the_articles(layout: Layout, tmp_path: Path) -> None:
    assert recovered(layout, tmp_path) >= 0.95


@pytest.mark.slow
@pytest.mark.parametrize("layout", COLUMNS.values(), ids=COLUMNS)
def test_columns_are_read_one_after_the_other(layout: Layout, tmp_path: Path) -> None:
    assert recovered(layout, tmp_path) >= 0.95


@pytest.mark.slow
def test_where_nothing_sets_ragged_paragraphs_apart_most_are_found(tmp_path: Path) -> None:
    assert recovered(Layout(columns=2, size=10, space=0, justified=False, hyphens=False), tmp_path) >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize("format", ["PDF by LibreOffice", "PDF by Chromium"])
def test_programs_pdfs_give_the_articles_paragraphs(format: str, tmp_path: Path) -> None:
    if missing := formats.missing(format):
        pytest.skip(f"{missing} is not on this machine")
    for source in (SOURCES[0], SOURCES[1], SOURCES[3]):
        found = read(write(source, format, tmp_path))
        assert share(source, found) >= 0.95, differences(source, found)
        assert (found.title, found.published) == (source.title, source.published)


def test_headings_captions_and_bylines_are_not_body(tmp_path: Path) -> None:
    source = replace(HARD, blocks=(*HARD.blocks, *(("body", text) for text in SOURCES[2].body)))
    found = read(write(source, "two-column PDF", tmp_path))
    assert [(p.kind, p.text) for p in found.paragraphs if p.kind != "body"] == [
        ("title", HARD.title),
        ("byline", "By Orla Wensley"),
        ("dateline", "12 June 2025"),
        ("caption", "Pear trees at Brenlow in April. Photo: Orla Wensley/The Orlmere Post"),
        ("heading", "A long-running quarrel"),
        ("heading", "What it costs"),
    ]


def test_a_paragraph_knows_the_page_that_it_begins_on(tmp_path: Path) -> None:
    found = read(write(long(HARD, 4), "one-column PDF", tmp_path))
    pages = [paragraph.page for paragraph in found.body]
    assert pages[0] == 1
    assert pages[-1] is not None
    assert pages[-1] > 2
    assert pages == sorted(page or 0 for page in pages)


def test_a_headline_across_columns_parts_what_is_above_from_what_is_below(page: Canvas) -> None:
    first, second, third, fourth = (
        f"{name} {text}" for name, text in zip("North South East West".split(), [FIRST] * 4, strict=True)
    )
    draw(page, first, 60, 780, 220)
    draw(page, second, 310, 780, 220)
    page.setFont("Times-Bold", 20)
    page.drawString(60, 560, "A headline from edge to edge of both of the columns")
    draw(page, third, 60, 520, 220)
    draw(page, fourth, 310, 520, 220)
    assert [text.split()[0] for text in body(reading(page))] == ["North", "South", "East", "West"]


def test_columns_that_the_file_writes_row_by_row_are_columns_all_the_same(page: Canvas) -> None:
    page.setFont("Times-Roman", 11)
    for i, (left, right) in enumerate(zip(wrapped(FIRST, 220), wrapped(SECOND, 220), strict=False)):
        page.drawString(60, 780 - 14 * i, left)
        page.drawString(310, 780 - 14 * i, right)
    found = body(reading(page))
    assert found[0].startswith(FIRST[:150])
    assert not any("Hesper" in text and "quarrel" in text for text in found)


def test_a_caption_does_not_interrupt_the_sentence_that_goes_on_beside_it(page: Canvas) -> None:
    lines = wrapped(SECOND, 220)
    page.setFont("Times-Roman", 11)
    for i, line in enumerate(lines[:6]):
        page.drawString(60, 780 - 14 * i, line)
    picture(page, 60, 560, 220, 120)
    draw(page, "The bend at Brenlow from the air, in the spring", 60, 548, 220, size=8.5)
    for i, line in enumerate(lines[6:]):
        page.setFont("Times-Roman", 11)
        page.drawString(310, 780 - 14 * i, line)
    found = reading(page)
    assert body(found) == [SECOND]
    assert ("caption", "The bend at Brenlow from the air, in the spring") in kinds(found)


def test_a_box_is_read_after_the_paragraph_that_it_interrupts(page: Canvas) -> None:
    lines = wrapped(SECOND, 440)
    page.setFont("Times-Roman", 11)
    for i, line in enumerate(lines[:3]):
        page.drawString(70, 780 - 14 * i, line)
    page.rect(70, 640, 440, 80)
    note = (
        "In the box stands what the council says of itself, in two lines of the same type as all the rest of it, here."
    )
    draw(page, note, 80, 700, 420)
    for i, line in enumerate(lines[3:]):
        page.setFont("Times-Roman", 11)
        page.drawString(70, 620 - 14 * i, line)
    draw(page, FIRST, 70, 400, 440)
    assert body(reading(page)) == [SECOND, note, FIRST]


def test_a_footnote_and_its_mark_stay_out_of_the_text(page: Canvas) -> None:
    y = draw(page, FIRST, 70, 780, 440)
    page.setFont("Times-Roman", 7)
    end = 70 + stringWidth(wrapped(FIRST, 440)[-1], "Times-Roman", 11)
    page.drawString(end, y + 13.75 + 4, "1")
    draw(page, SECOND, 70, y - 8, 440)
    draw(page, "1 The county’s own count, of May.", 70, 90, 440, size=8)
    found = reading(page)
    assert body(found) == [FIRST, SECOND]
    assert ("credit", "1 The county’s own count, of May.") in kinds(found)


def test_a_table_becomes_its_rows_and_breaks_no_paragraph(page: Canvas) -> None:
    y = draw(page, FIRST, 70, 780, 440) - 10
    for cells in (("Town", "Homes", "Damage"), ("Brenlow", "412", "£14m"), ("Lower Orlmere", "640", "£31m")):
        for x, cell in zip((70, 250, 400), cells, strict=True):
            page.drawString(x, y, cell)
        y -= 14
    draw(page, SECOND, 70, y - 10, 440)
    found = reading(page)
    assert body(found) == [FIRST, SECOND]
    assert ("caption", "Lower Orlmere | 640 | £31m") in kinds(found)


def test_letters_set_sideways_are_dropped_and_a_page_set_sideways_is_read(page: Canvas) -> None:
    draw(page, FIRST, 70, 780, 440)
    page.saveState()
    page.rotate(90)
    page.drawString(300, -30, "PHOTO: THE COUNTY OF ORLMERE, 2025")
    page.restoreState()
    page.showPage()
    page.translate(0, 842)
    page.rotate(-90)
    draw(page, SECOND, 70, 500, 440)
    assert body(reading(page)) == [FIRST, SECOND]


def test_a_large_first_letter_belongs_to_its_word(page: Canvas) -> None:
    lines = wrapped(SECOND[1:], 400)
    page.setFont("Times-Roman", 44)
    page.drawString(84, 752, "T")
    page.setFont("Times-Roman", 11)
    for i, line in enumerate(lines):
        page.drawString(112 if i < 3 else 70, 780 - 14 * i, line)
    draw(page, FIRST, 70, 780 - 14 * len(lines) - 10, 440)
    assert body(reading(page)) == [SECOND, FIRST]


# --- words ------------------------------------------------------------------------------------------------------------


def lines_of(page: Canvas, *lines: str, after: Sequence[str] = ()) -> str:
    """Draw lines, and others below them; return the first paragraph."""
    page.setFont("Times-Roman", 11)
    for i, line in enumerate(lines):
        page.drawString(70, 780 - 14 * i, line)
    for i, line in enumerate(after):
        page.drawString(70, 580 - 14 * i, line)
    return body(reading(page))[0]


def test_words_broken_by_the_typesetter_are_joined_and_hyphens_of_words_stay(page: Canvas) -> None:
    text = lines_of(
        page,
        "The govern-",
        "ment said on Thursday that the well-",
        "known orchard at Bren-",
        "low, a twenty-two-year-old planta-",
        "tion in the north-",
        "eastern half of the Anglo-",
        "Norwegian estate, would go by mid-",
        "October, with 20-",
        "odd houses and the Marsh-Fen-",
        "wick farm.",
        after=["People from Brenlow were not asked, nor was the north-eastern half, said Ottoline Fenwick."],
    )
    assert text == (
        "The government said on Thursday that the well-known orchard at Brenlow, a twenty-two-year-old plantation in "
        "the north-eastern half of the Anglo-Norwegian estate, would go by mid-October, with 20-odd houses and the "
        "Marsh-Fenwick farm."
    )


def test_where_no_word_is_broken_every_hyphen_stays(page: Canvas) -> None:
    text = lines_of(page, "It was a matter of co-", "operation between the two towns, people said, and of time.")
    assert text == "It was a matter of co-operation between the two towns, people said, and of time."


def test_dashes_at_the_ends_of_lines_keep_the_spaces_that_they_have(page: Canvas) -> None:
    text = lines_of(
        page,
        "Two people —",
        "a father and a daughter—",
        "were lost, he said, in the years 1940–",
        "45 of the old count.",
    )
    assert text == "Two people — a father and a daughter—were lost, he said, in the years 1940–45 of the old count."


def test_soft_hyphens_are_dropped(page: Canvas) -> None:
    text = lines_of(
        page, "The gov\u00adern\u00adment paid for the long-term plan of the coun\u00ad", "ty, people said."
    )
    assert text == "The government paid for the long-term plan of the county, people said."


def test_letters_that_stand_apart_without_a_space_make_words_by_their_gaps(page: Canvas) -> None:
    for i, line in enumerate(wrapped(FIRST, 440)):
        x = 70.0
        for word in line.split():
            page.setFont("Times-Roman", 11)
            page.drawString(x, 780 - 14 * i, word)
            x += stringWidth(word, "Times-Roman", 11) + 2.6
    assert body(reading(page)) == [FIRST]


def test_ligatures_are_spelled_out(tmp_path: Path) -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    try:
        pdfmetrics.registerFont(TTFont("DejaVuSerif", "DejaVuSerif.ttf"))
    except TTFError:
        pytest.skip("DejaVu Serif is not on this machine")
    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.setFont("DejaVuSerif", 11)
    canvas.drawString(70, 700, "The oﬃce was the ﬁrst to be ﬂooded, people said on Thursday.")
    assert body(reading(canvas)) == ["The office was the first to be flooded, people said on Thursday."]


@pytest.mark.parametrize("text", ["שלום לכולם, אמר ראש העיר ביום חמישי", "مرحبا بكم جميعا"])
def test_text_from_right_to_left_does_no_harm(tmp_path: Path, text: str) -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    try:
        pdfmetrics.registerFont(TTFont("DejaVuSans", "DejaVuSans.ttf"))
    except TTFError:
        pytest.skip("DejaVu Sans is not on this machine")
    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.setFont("DejaVuSans", 11)
    for i in range(4):
        canvas.drawString(70, 700 - 14 * i, text)
    assert reading(canvas).paragraphs


def test_chinese_lines_are_joined_without_a_space(tmp_path: Path) -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.setFont("STSong-Light", 12)
    canvas.drawString(70, 700, "大桥在推迟九年之后于星期一通车，市长第一个走过大桥，许多居民前")
    canvas.drawString(70, 684, "来观看。")
    assert body(reading(canvas)) == ["大桥在推迟九年之后于星期一通车，市长第一个走过大桥，许多居民前来观看。"]


# --- the edges of pages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["{}", "Page {} of 3", "– {} –", "{}/3", "The Orlmere Post {}"])
def test_page_numbers_and_running_heads_are_dropped(page: Canvas, number: str) -> None:
    for i, text in enumerate((FIRST, SECOND, THIRD), 1):
        page.setFont("Times-Roman", 9)
        page.drawString(70, 815, "The Orlmere Post, Thursday")
        page.drawCentredString(297, 30, number.format(i))
        draw(page, text, 70, 780, 440)
        page.showPage()
    assert body(reading(page)) == [FIRST, SECOND, THIRD]


def test_two_pages_are_enough_to_know_a_running_head(page: Canvas) -> None:
    for text in (FIRST, SECOND):
        page.setFont("Times-Roman", 9)
        page.drawString(70, 815, "The Orlmere Post, Thursday")
        draw(page, text, 70, 780, 440)
        page.showPage()
    assert body(reading(page)) == [FIRST, SECOND]


def test_a_number_that_is_a_line_of_the_text_stays(page: Canvas) -> None:
    draw(page, FIRST, 70, 780, 440)
    draw(page, "In 2019 it was", 70, 640, 440)
    draw(page, "1,204 people, and the next year 1,311.", 70, 620, 440)
    assert any("1,204 people" in text for text in body(reading(page)))


@pytest.mark.slow
def test_what_a_browser_prints_round_a_page_is_dropped_and_its_address_kept(page: Canvas) -> None:
    address = "https://orlmere-post.example/2025/06/12/brenlow-orchard"
    for i, text in enumerate((FIRST, SECOND), 1):
        page.setFont("Helvetica", 8)
        page.drawString(24, 820, "12/06/2025, 09:14")
        page.drawString(200, 820, "Half the orchard is to go | The Orlmere Post")
        page.drawString(24, 14, address)
        page.drawString(560, 14, f"{i}/2")
        draw(page, text, 70, 780, 440)
        page.showPage()
    found = reading(page)
    assert body(found) == [FIRST, SECOND]
    assert found.url == address


def test_the_address_is_kept_from_a_single_page_too(page: Canvas) -> None:
    page.setFont("Helvetica", 8)
    page.drawString(24, 820, "6/12/25, 9:14 AM")
    page.drawString(200, 820, "Half the orchard is to go")
    page.drawString(24, 14, "https://orlmere-post.example/orchard")
    page.drawString(560, 14, "1/1")
    draw(page, FIRST, 70, 780, 440)
    found = reading(page)
    assert (body(found), found.url) == ([FIRST], "https://orlmere-post.example/orchard")


# --- what the file says about the article -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    ["Microsoft Word - orchard_final2.docx", "untitled", "orchard.indd", "Document1", "PowerPoint Presentation"],
)
def test_a_title_that_a_program_made_is_none(page: Canvas, title: str) -> None:
    page.setTitle(title)
    page.setFont("Times-Bold", 22)
    page.drawString(70, 790, "Half the orchard is to go")
    draw(page, FIRST, 70, 740, 440)
    assert reading(page).title == "Half the orchard is to go"


def test_the_properties_say_which_line_is_the_title(page: Canvas) -> None:
    page.setTitle("Half the orchard is to go | The Orlmere Post")
    page.setFont("Times-Bold", 40)
    page.drawString(70, 790, "The Orlmere Post")
    page.setFont("Times-Bold", 18)
    page.drawString(70, 740, "Half the orchard is to go")
    draw(page, FIRST, 70, 700, 440)
    found = reading(page)
    assert found.title == "Half the orchard is to go"
    assert body(found) == [FIRST]


def test_a_newspapers_name_above_the_headline_is_not_the_title(page: Canvas) -> None:
    page.setFont("Times-Bold", 40)
    page.drawString(70, 790, "The Orlmere Post")
    page.setFont("Times-Bold", 22)
    page.drawString(70, 740, "Half the well-known orchard is to go")
    draw(page, FIRST, 70, 700, 440)
    assert reading(page).title == "Half the well-known orchard is to go"


def test_authors_come_from_the_byline_or_from_the_properties(page: Canvas) -> None:
    page.setAuthor("Orla Wensley; Caspian Rooke")
    draw(page, FIRST, 70, 780, 440)
    assert reading(page).authors == ("Orla Wensley", "Caspian Rooke")


@pytest.mark.parametrize("author", ["anonymous", "Admin", "user", "Microsoft Office User", "The Orlmere Post Ltd."])
def test_an_author_who_is_nobody_is_none(page: Canvas, author: str) -> None:
    page.setAuthor(author)
    draw(page, FIRST, 70, 780, 440)
    assert reading(page).authors == ()


def test_the_day_that_the_file_was_made_is_no_publication_date(page: Canvas) -> None:
    draw(page, FIRST, 70, 780, 440)
    found = reading(page)
    assert (found.published, found.updated) == (None, None)


def test_the_byline_and_the_day_are_read_from_the_text(page: Canvas) -> None:
    page.setAuthor("Somebody Else")
    draw(page, "Half the orchard is to go", 70, 800, 440, "Times-Bold", 20)
    draw(page, "By Orla Wensley", 70, 770, 440)
    draw(page, "12 June 2025", 70, 756, 440)
    draw(page, FIRST, 70, 730, 440)
    found = reading(page)
    assert (found.authors, found.published, body(found)) == (("Orla Wensley",), date(2025, 6, 12), [FIRST])


# --- files that cannot be read ----------------------------------------------------------------------------------------


def picture(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    from PIL import Image

    canvas.drawImage(ImageReader(Image.new("RGB", (60, 80), (200, 200, 190))), x, y, width, height)


def bare(*objects: str | bytes, root: int = 1) -> bytes:
    """Return a PDF of these objects, numbered from 1."""
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + (content.encode() if isinstance(content, str) else content) + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start)


def stream(data: bytes, filters: str = "/FlateDecode", more: str = "") -> bytes:
    return f"<</Length {len(data)}/Filter[{filters}]{more}>>stream\n".encode() + data + b"\nendstream"


CATALOG, PAGES = "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
FONT = "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>"


def deflated(times: int, data: bytes = b" " * 1_000_000) -> bytes:
    """Return what unpacks to so many megabytes."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(data) for _ in range(times)) + packer.flush()


def refusal(folder: Path, data: bytes) -> str:
    path = folder / "story.pdf"
    path.write_bytes(data)
    with pytest.raises(ReadError) as error:
        read(path)
    said = str(error.value)
    assert said.startswith(f"{path}: ")
    assert "\n" not in said
    assert error.value.hint
    return said.removeprefix(f"{path}: ")


def test_a_scan_is_refused_and_ocr_named(page: Canvas, tmp_path: Path) -> None:
    for _ in range(2):
        picture(page, 0, 0, 595, 842)
        page.setFont("Times-Roman", 8)
        page.drawString(400, 12, "Scanned with PaperCam")
        page.showPage()
    page.save()
    said = refusal(tmp_path, (tmp_path / "a.pdf").read_bytes())
    assert said.startswith("it is a scan: its pages are pictures")
    assert "ocrmypdf" in said


def test_a_scan_with_recognised_text_behind_it_is_read(page: Canvas) -> None:
    picture(page, 0, 0, 595, 842)
    text = page.beginText(70, 780)
    text.setFont("Times-Roman", 11)
    text.setTextRenderMode(3)
    text.textLines(wrapped(FIRST, 440))
    page.drawText(text)
    assert body(reading(page)) == [FIRST]


@pytest.mark.parametrize("strength", [40, 128])
def test_a_password_is_asked_for_only_where_one_is_needed(tmp_path: Path, strength: int) -> None:
    for user, name in (("secret", "a"), ("", "b")):
        lock = StandardEncryption(user, ownerPassword="owner", strength=strength)
        canvas = Canvas(str(tmp_path / f"{name}.pdf"), encrypt=lock)
        draw(canvas, FIRST, 70, 780, 440)
        canvas.save()
    assert refusal(tmp_path, (tmp_path / "a.pdf").read_bytes()).startswith("it is protected by a password.")
    assert body(read(tmp_path / "b.pdf")) == [FIRST]


def test_a_file_that_breaks_off_is_not_half_an_article(tmp_path: Path) -> None:
    data = write(HARD, "one-column PDF", tmp_path).read_bytes()
    assert refusal(tmp_path, data[: len(data) // 2]).startswith("it breaks off")


def test_a_page_that_is_damaged_is_named(tmp_path: Path) -> None:
    data = bare(CATALOG, PAGES, PAGE, stream(b"this was never deflated, whatever the filter says"), FONT)
    assert refusal(tmp_path, data).startswith("it is a damaged PDF: its page 1 cannot be read.")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"<html><body><p>Sign in to download.</p></body></html>", "it is not a PDF, whatever its name says."),
        (b"%PDF-1.7\nnothing at all\n%%EOF", "it is a damaged PDF."),
        (bare(CATALOG, "<</Type/Pages/Kids[]/Count 0>>"), "it is a PDF without pages."),
        (bare(CATALOG, PAGES, PAGE, stream(zlib.compress(b"")), FONT), "there is no text in it."),
        (bare("<</Type/Catalog>>"), "it is a PDF without pages."),
    ],
)
def test_what_is_no_whole_pdf_is_refused(tmp_path: Path, data: bytes, says: str) -> None:
    assert refusal(tmp_path, data).startswith(says)


def test_more_than_two_hundred_pages_are_refused(tmp_path: Path) -> None:
    leaves = " ".join("3 0 R" if i == 0 else f"{i + 5} 0 R" for i in range(201))
    pages = [PAGE] * 200
    data = bare(CATALOG, f"<</Type/Pages/Kids[{leaves}]/Count 201>>", PAGE, stream(zlib.compress(b"")), FONT, *pages)
    assert refusal(tmp_path, data).startswith("it has more than 200 pages.")


def test_a_page_tree_without_end_ends(tmp_path: Path) -> None:
    data = bare(CATALOG, "<</Type/Pages/Kids[3 0 R 2 0 R]/Count 9>>", "<</Type/Pages/Kids[2 0 R 3 0 R]/Count 9>>")
    assert refusal(tmp_path, data).startswith("it is a PDF without pages.")


BOMBS = {
    "a stream of three gigabytes": stream(deflated(3000)),
    "packed twice": stream(zlib.compress(deflated(3000)), "/FlateDecode/FlateDecode"),
    "letters without end": stream(deflated(1, b"BT /F 9 Tf (%s) Tj ET\n" % (b"a" * 2_000_000))),
}


@pytest.mark.slow
@pytest.mark.parametrize("content", BOMBS.values(), ids=BOMBS)
def test_a_bomb_becomes_one_error(tmp_path: Path, content: bytes) -> None:
    said = refusal(tmp_path, bare(CATALOG, PAGES, PAGE, content, FONT))
    assert re.match(r"it unpacks to more than|it takes too long|it has more than half a million letters", said)


@pytest.mark.slow
def test_objects_nested_without_end_become_one_error(tmp_path: Path) -> None:
    deep = stream(zlib.compress(b"[" * 2_000_000))
    nested = "[" * 100_000 + "]" * 100_000
    assert refusal(tmp_path, bare(CATALOG, PAGES, PAGE, deep, FONT))
    assert refusal(tmp_path, bare(f"<</Type/Catalog/Pages {nested}>>", PAGES, PAGE, deep, FONT))


def test_scripts_attachments_and_links_do_nothing(page: Canvas) -> None:
    page.linkURL("https://elsewhere.example/", (70, 700, 300, 790))
    page.acroForm.textfield(name="note", x=70, y=60, width=200, height=20, value="typed")
    draw(page, FIRST, 70, 780, 440)
    page.save()
    path = Path(page._filename)
    data = path.read_bytes().replace(
        b"/Type /Catalog", b"/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
    )
    path.write_bytes(data)
    assert body(read(path)) == [FIRST]


# --- programs' layouts ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_browsers_columns_are_read_in_order(tmp_path: Path) -> None:
    if missing := formats.missing("PDF by Chromium"):
        pytest.skip(f"{missing} is not on this machine")
    main = "main{columns:2;column-gap:8mm;font:10pt serif;text-align:justify}"
    styles = f"{main} h1{{column-span:all}} p{{margin:0;text-indent:1.2em}}"
    source = replace(long(HARD, 3), blocks=tuple(b for b in long(HARD, 3).blocks if b[0] != "caption"))
    path = tmp_path / "a.pdf"
    formats.by_chromium(source, path, styles)
    found = read(path)
    assert share(source, found) >= 0.95, differences(source, found)


@pytest.mark.slow
def test_a_word_processors_columns_are_read_in_order(tmp_path: Path) -> None:
    if missing := formats.missing("PDF by LibreOffice"):
        pytest.skip(f"{missing} is not on this machine")

    def in_columns(source: Source, path: Path) -> None:
        from docx import Document
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        document = Document()
        columns = OxmlElement("w:cols")
        columns.set(qn("w:num"), "2")
        columns.set(qn("w:space"), "400")
        document.sections[0]._sectPr.append(columns)
        document.sections[0].header.paragraphs[0].text = "The Orlmere Post"
        document.add_paragraph(source.title, style="Title")
        for kind, text in source.blocks:
            added = document.add_paragraph(text, style="Heading 1" if kind == "heading" else None)
            added.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if kind == "body" else None
        document.save(str(path))

    source = replace(long(HARD, 3), blocks=tuple(b for b in long(HARD, 3).blocks if b[0] != "caption"))
    path = tmp_path / "a.pdf"
    formats.by_libreoffice(source, path, in_columns)
    found = read(path)
    assert share(source, found) >= 0.95, differences(source, found)


@pytest.mark.slow
def test_a_word_processors_footnotes_lists_and_tables_stay_out_of_the_paragraphs(tmp_path: Path) -> None:
    for format in ("DOCX by pandoc", "PDF by LibreOffice"):
        if missing := formats.missing(format):
            pytest.skip(f"{missing} is not on this machine")
    written = (
        f"{FIRST}[^1]\n\n{SECOND}[^2]\n\n- One of the points.\n- Another one.\n\n{THIRD}\n\n"
        "| Town | Homes | Damage |\n|---|---|---|\n| Brenlow | 412 | £14m |\n| Lower Orlmere | 640 | £31m |\n\n"
        f"{FIRST}\n\n[^1]: The county’s own count, of May 2025.\n[^2]: The inquiry’s report, page 212.\n"
    )
    formats.run(["pandoc", "-f", "markdown", "-o", str(tmp_path / "a.docx")], written)
    formats.convert_by_libreoffice(tmp_path / "a.docx", tmp_path / "a.pdf")
    found = read(tmp_path / "a.pdf")
    assert body(found) == [FIRST, SECOND, "• One of the points.", "• Another one.", THIRD, FIRST]
    assert [text for kind, text in kinds(found) if kind == "credit"] == [
        "1 The county’s own count, of May 2025.",
        "2 The inquiry’s report, page 212.",
    ]
    assert ("caption", "Lower Orlmere | 640 | £31m") in kinds(found)


@pytest.mark.slow
def test_a_browsers_page_with_text_round_a_picture_and_a_box_is_read(tmp_path: Path) -> None:
    if missing := formats.missing("PDF by Chromium"):
        pytest.skip(f"{missing} is not on this machine")
    figure = (
        "<figure><svg width='100%' height='120'><rect width='9' height='9'/></svg><figcaption>Pear trees at Brenlow in "
        "April. Photo: Orla Wensley/The Orlmere Post</figcaption></figure>"
    )
    page = (
        "<title>Half the orchard is to go | The Orlmere Post</title></head><body><nav>News Sport Opinion</nav>"
        "<h1>Half the orchard is to go</h1><p>By <a href='/o'>Orla Wensley</a></p>"
        f"<p>{FIRST}</p>{figure}<p>{SECOND}</p>"
        f"<aside><h3>What is at stake</h3><p>{HARD.body[8]}</p></aside><p>{THIRD}</p></body>"
    )
    styles = (
        "body{font-family:serif} figure{float:right;width:45%;margin:0 0 10px 16px} figcaption{font-size:80%}"
        "aside{border:1px solid;padding:12px} h1+p+p::first-letter{float:left;font-size:54px;line-height:44px}"
    )
    formats.by_chromium(HARD, tmp_path / "a.pdf", styles, page)
    found = read(tmp_path / "a.pdf")
    assert body(found) == [FIRST, SECOND, HARD.body[8], THIRD]
    assert (found.title, found.authors) == ("Half the orchard is to go", ("Orla Wensley",))
    assert ("heading", "What is at stake") in kinds(found)
