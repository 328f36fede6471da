"""Paragraphs as a reader counts them, in the layouts of many outlets."""

import json
import textwrap
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexes.article import Article
from indexes.errors import ReadError
from indexes.readers import read

SHARED = Path(__file__).parents[2] / "shared"
REFERENCE = SHARED / "articles" / "can-the-us-pry-russia-away-from-china.txt"
SPEAKERS = SHARED / "data" / "russia-china" / "speakers.json"
WIKINEWS = SHARED / "data" / "gum-quotes" / "gum_news_dev.json"

needs_shared = pytest.mark.skipif(not REFERENCE.exists(), reason="the reference article in ../shared is absent")


def article(folder: Path, text: str) -> Article:
    path = folder / "story.txt"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return read(path)


def marked(found: Article) -> list[str]:
    """Return each paragraph as "1 text" where it is body, and as "kind text" where it is not."""
    return [f"{paragraph.number or paragraph.kind} {paragraph.text}" for paragraph in found.paragraphs]


# --- the reference article --------------------------------------------------------------------------------------------


@needs_shared
def test_the_reference_article_has_the_paragraphs_that_a_person_counted() -> None:
    expected = json.loads(SPEAKERS.read_text())
    found = read(REFERENCE)
    assert len(found.body) == expected["body_paragraphs"]
    assert [p.text for p in found.paragraphs if p.kind == "heading"] == expected["headings"]
    others = [p.kind for p in found.paragraphs if p.kind not in ("body", "heading")]
    assert others == ["title", "caption", "caption", "credit"]
    assert [found.body[n].heading for n in (0, 10, 22)] == [None, *expected["headings"]]


@needs_shared
@pytest.mark.parametrize("width", [60, 72, 80])
@pytest.mark.parametrize("layout", ["blank lines", "indents"])
def test_the_reference_article_has_the_same_paragraphs_however_it_is_wrapped(
    tmp_path: Path, width: int, layout: str
) -> None:
    lines = [line for line in REFERENCE.read_text().split("\n") if line.strip()]
    indent = "    " if layout == "indents" else ""
    wrapped = [textwrap.fill(line, width, initial_indent=indent, break_on_hyphens=False) for line in lines]
    found = article(tmp_path, ("\n" if indent else "\n\n").join(wrapped))
    assert [p.text for p in found.body] == [p.text for p in read(REFERENCE).body]


@pytest.mark.skipif(not WIKINEWS.exists(), reason="the Wikinews articles in ../shared are absent")
@pytest.mark.parametrize("between", ["\n\n", "\n"])
def test_wikinews_articles_are_classified_as_their_editors_tagged_them(tmp_path: Path, between: str) -> None:
    wrong, total = [], 0
    for entry in json.loads(WIKINEWS.read_text())["articles"]:
        found = article(tmp_path, between.join(text for _, text in entry["paragraphs"]))
        for (tag, text), paragraph in zip(entry["paragraphs"], found.paragraphs, strict=True):
            body = tag.startswith(("p", "quote"))
            total += body
            if body and paragraph.kind != "body" and paragraph.kind != "dateline" and "Categories:" not in text:
                wrong.append(text)
    assert total > 150
    assert not wrong


# --- the layouts of outlets -------------------------------------------------------------------------------------------


def test_a_wire_report_is_unwrapped_and_keeps_the_dateline_in_its_first_paragraph(tmp_path: Path) -> None:
    text = """\
UPDATE 2-Bridge reopens after nine years, tolls to be reviewed

By Jane Doe and John Smith

NORTHTOWN, March 3 (Reuters) - The Northtown bridge reopened on
Monday after nine years of delay, officials said, and the first
2,000 cars crossed it before noon.

    TOLLS TO BE REVIEWED
Mayor Ada Pell said the tolls, which were set in 2015, would be
reviewed by the council in June.

He did not reply.

(Reporting by Jane Doe in Northtown and John Smith in London;
Editing by Ann Other)
"""
    assert marked(article(tmp_path, text)) == [
        "title UPDATE 2-Bridge reopens after nine years, tolls to be reviewed",
        "byline By Jane Doe and John Smith",
        "1 NORTHTOWN, March 3 (Reuters) - The Northtown bridge reopened on Monday after nine years of delay, "
        "officials said, and the first 2,000 cars crossed it before noon.",
        "heading TOLLS TO BE REVIEWED",
        "2 Mayor Ada Pell said the tolls, which were set in 2015, would be reviewed by the council in June.",
        "3 He did not reply.",
        "byline (Reporting by Jane Doe in Northtown and John Smith in London; Editing by Ann Other)",
    ]


def test_one_paragraph_a_line_without_blank_lines(tmp_path: Path) -> None:
    text = """\
Northtown bridge opens after nine years
Published
3 March 2025
By Jane Doe
BBC News
The Northtown bridge has opened after nine years of delay.
"It's wonderful," said one.
"I never thought I'd see it," said another, who had come from the coast with her two children to see it.
Image source, Getty Images
Image caption, The bridge cost twice what was planned
The council says tolls will be reviewed.
'A day to remember'
She said: "We made it."
More on this story
Northtown bridge delayed again
"""
    assert marked(article(tmp_path, text)) == [
        "title Northtown bridge opens after nine years",
        "dateline Published",
        "dateline 3 March 2025",
        "byline By Jane Doe",
        "credit BBC News",
        "1 The Northtown bridge has opened after nine years of delay.",
        '2 "It\'s wonderful," said one.',
        '3 "I never thought I\'d see it," said another, who had come from the coast with her two children to see it.',
        "credit Image source, Getty Images",
        "caption Image caption, The bridge cost twice what was planned",
        "4 The council says tolls will be reviewed.",
        "heading 'A day to remember'",
        '5 She said: "We made it."',
        "promotion More on this story",
        "promotion Northtown bridge delayed again",
    ]


def test_an_interview_is_body_from_question_to_answer(tmp_path: Path) -> None:
    text = """\
‘It will take a generation’: an interview with Ada Pell

Jane Doe

Ada Pell has been the mayor of Northtown since 2019.

Why did it take you so long?

Because nobody wanted to pay.

What will you do next?

Sleep.
"""
    assert marked(article(tmp_path, text)) == [
        "title ‘It will take a generation’: an interview with Ada Pell",
        "byline Jane Doe",
        "1 Ada Pell has been the mayor of Northtown since 2019.",
        "2 Why did it take you so long?",
        "3 Because nobody wanted to pay.",
        "4 What will you do next?",
        "5 Sleep.",
    ]


def test_labelled_questions_and_answers_are_body(tmp_path: Path) -> None:
    lines = ["VOA: Will it last?", "Pell: Nobody knows", "VOA: And the tolls?", "Pell: In June", "Q: So?", "A: Yes"]
    found = article(tmp_path, "An interview with the mayor\n\n" + "\n".join(lines))
    assert [p.text for p in found.body] == lines


def test_lists_poems_and_signed_quotations_are_body(tmp_path: Path) -> None:
    text = """\
Five things about the bridge

Here is what to know:

- It is 900 metres long
- It has four lanes

What comes next

The council meets in June.

“The bridge is a wonder.” — Ada Pell

The road goes ever on
And down from where it starts
The bridge is built of stone
"""
    assert marked(article(tmp_path, text)) == [
        "title Five things about the bridge",
        "1 Here is what to know:",
        "2 - It is 900 metres long",
        "3 - It has four lanes",
        "heading What comes next",
        "4 The council meets in June.",
        "5 “The bridge is a wonder.” — Ada Pell",
        "6 The road goes ever on",
        "7 And down from where it starts",
        "8 The bridge is built of stone",
    ]


def test_a_standfirst_stands_between_the_title_and_the_text(tmp_path: Path) -> None:
    deck = "A scheme to fill in the old dock has won over the council but not the people who live there"
    found = article(
        tmp_path, f"Harbour plan splits town\n\n{deck}\n\nJane Doe\n\nThe council voted on Tuesday.\n\nIt was late."
    )
    assert [p.kind for p in found.paragraphs] == ["title", "heading", "byline", "body", "body"]


def test_a_chronology_is_headed_by_its_days(tmp_path: Path) -> None:
    found = article(tmp_path, "How the week went\n\nMonday\n\nIt opened.\n\nTuesday, 4 March\n\nIt closed again.\n")
    assert [(p.heading, p.text) for p in found.body] == [
        ("Monday", "It opened."),
        ("Tuesday, 4 March", "It closed again."),
    ]


def test_a_line_that_a_paragraph_repeats_is_its_caption_or_a_pull_quote(tmp_path: Path) -> None:
    text = """\
Bridge opens

The bridge in Northtown opened on Monday

The bridge in Northtown opened on Monday. The mayor crossed it first.

“We have waited for this long enough,” she said. “Now let us cross it.”

We have waited for this long enough

She left.
"""
    assert [p.kind for p in article(tmp_path, text).paragraphs] == [
        "title",
        "caption",
        "body",
        "body",
        "caption",
        "body",
    ]


# --- single lines -----------------------------------------------------------------------------------------------------


def kind_of(folder: Path, line: str) -> str:
    """Return the kind of a line that stands between two paragraphs."""
    before, after = "The bridge opened on Monday after nine years.", "The mayor crossed it first, and then a bus."
    return article(folder, f"Bridge opens\n\n{before}\n\n{line}\n\n{after}").paragraphs[2].kind


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("heading", "Limited appeal at home"),
        ("heading", "Does the mayor see the bridge as a threat?"),
        ("heading", "A ‘dear friend’ in the capital"),
        ("heading", "Made in the U.S."),
        ("heading", "iPhone sales"),
        ("caption", "The mayor speaks on Monday. (AP Photo/Ann Other)"),
        ("caption", "The mayor speaks on Monday. Photograph: Ann Other/Getty Images"),
        ("caption", "A view of the port. Ann Other/AFP via Getty Images"),
        ("caption", "FILE - The mayor speaks to reporters in Northtown, March 3, 2025."),
        ("credit", "Photo: Ann Other"),
        ("credit", "Photo by Ann Other."),
        ("credit", "Getty Images"),
        ("credit", "(Text courtesy: Ann Other/Some Agency)"),
        ("credit", "© 2025 The Daily. All rights reserved."),
        ("credit", "This article was originally published by The Monthly."),
        ("credit", "-ENDS-"),
        ("byline", "By Jane Doe, Political Correspondent"),
        ("byline", "Doe reported from Northtown. Associated Press writer John Smith contributed."),
        ("byline", "Posted on March 4, 2025 by Jane Doe"),
        ("byline", "Jane Doe in Northtown contributed to this report."),
        ("promotion", "Sign up for our newsletter"),
        ("promotion", "Read more: Why bridges take so long"),
        ("promotion", "Related: Why bridges take so long"),
        ("promotion", "Follow us on Twitter"),
        ("promotion", "Advertisement"),
        ("promotion", "Topics: Harbour, Housing"),
        ("promotion", "Share this article"),
    ],
)
def test_what_is_not_the_articles_text_is_not_numbered(tmp_path: Path, kind: str, line: str) -> None:
    assert kind_of(tmp_path, line) == kind


@pytest.mark.parametrize(
    "line",
    [
        "He did not reply.",
        "Doe reported from Northtown during the war.",
        "“No,” he said.",
        "“Will it last?” she asked.",
        "By Monday, the bridge was closed.",
        "By car it takes an hour.",
        "Share prices fell by 3 per cent.",
        "Subscribers fell by 3 per cent.",
        "Follow the money, she said.",
        "Sign up to the plan, the minister told mayors.",
        "Getty Images sued the firm on Monday.",
        "He works for Getty Images.",
        "He looked at the photo: a bridge in the rain.",
        "More than 100 people died.",
        "Editor's note: The mayor has since resigned.",
        "This story was updated on Monday to add a comment.",
        "May 2025 be better!",
        "“The bridge is a wonder” — Ada Pell",
        "• Four lanes, two of them for buses",
        "1. The bridge",
    ],
)
def test_a_short_paragraph_is_not_taken_for_something_else(tmp_path: Path, line: str) -> None:
    assert kind_of(tmp_path, line) == "body"


# --- corrections ------------------------------------------------------------------------------------------------------

STORY = "The bridge opened\n\nThe bridge opened on Monday.\n\nIt cost nine million crowns.\n\n"


@pytest.mark.parametrize(
    "line",
    [
        "Correction: An earlier version of this article misspelled the mayor's name.",
        "Correction: The bridge is 412 metres long, not 421.",
        "CORRECTION (Nov. 3): The name of the harbour master is Oduya.",
        "Correction, March 3, 2025: The ferry holds sixty people.",
        "Correction appended 3 May: The council has nine members.",
        "Clarification: The council has nine members; two did not vote.",
        "Corrections and clarifications: A table gave the wrong figure for Skarra.",
        "CORRECTION — An earlier version of this article misspelled the name of the island.",
        "*Correction: Dora Renn chairs the council; she does not lead it.",
        "This article was amended on 3 March 2025 to correct the date of the vote.",
        "This article was amended on 3 March 2025. An earlier version said that the bridge was 421 metres long.",
        "An earlier version of this article misstated the length of the bridge.",
        "An earlier version of this story said the vote was on Monday. It was on Tuesday.",
        "A previous version of this report incorrectly gave the toll as 12.",
        "In an earlier version of this article, the harbour master’s name was given as Odua.",
        "Editor's note: This story has been updated to correct the spelling of Bram Sollis.",
        "Editor’s note (4 May): an earlier version of this article gave the wrong year.",
        "Update, 4 May: An earlier version of this post misattributed a quotation to Dora Renn.",
        "This story has been corrected to show that the ferry sails on Fridays.",
        "This Nov. 3 story has been corrected to fix the spelling of the name in paragraph 2.",
        "(Corrects spelling of name in paragraph 3)",
        "This version corrects the spelling of the island to Skarra.",
        "Because of an editing error, an earlier version of this article misstated the cost of the wall.",
        "A picture caption with an earlier version of this article misidentified the boat.",
        "This article originally stated that the wall cost 9 million crowns. The figure is 19 million.",
        "This story was first published on March 3. It was updated on March 4 to correct the number of boats.",
        "[This article has been updated to clarify that the quay is shut at night.]",
        "Correction: The bridge is 412 metres long, not 421. " + "The council counts from pier to pier. " * 15,
    ],
)
def test_a_correction_is_shown_but_neither_counted_nor_cited(tmp_path: Path, line: str) -> None:
    found = article(tmp_path, f"{STORY}{line}")
    assert found.corrections == (line.strip(),)
    assert [paragraph.number for paragraph in found.body] == [1, 2]


@pytest.mark.parametrize(
    "line",
    [
        "The paper published a correction on Monday, after the minister had complained.",
        "“An earlier version of this report was wrong,” the minister said.",
        "“This story has been corrected three times,” said Dora Renn, who edits the Courier.",
        "This story has been corrected three times, the editor told the inquiry.",
        "A correction in the housing market is not expected before spring, said Ada Lind.",
        "Correction—when markets fall by a tenth—is a word that Ada Lind avoids.",
        "An earlier version of this report was leaked in May.",
        "An earlier version of this report said that the wall would hold.",
        "An earlier version of the bill would have shut the quay.",
        "The law was amended on 3 March 2025 to correct an oversight.",
        "This report was updated every year until 2012, Sollis said.",
        "This report was revised in May because the first figures were not complete.",
        "This report wrongly puts the cost at nine million crowns.",
        "Editor's note: The author is a former harbour master, and wrong about many things.",
        "The Courier regrets the error.",
        "Corrections officers: 214 in all, according to the ministry.",
        "This story is part of a series on the wall that the Courier should have run last year.",
    ],
)
def test_a_sentence_of_the_article_about_a_correction_is_body(tmp_path: Path, line: str) -> None:
    assert article(tmp_path, f"{STORY}{line}").corrections == ()


def test_a_paragraph_below_the_heading_correction_is_one(tmp_path: Path) -> None:
    note = "The bridge in the picture is the old one."
    found = article(tmp_path, f"{STORY}Correction\n\n{note}\n\nThe Courier regrets the error.")
    assert found.corrections == (note, "The Courier regrets the error.")
    assert "heading Correction" in marked(found)


def test_a_correction_above_the_text_heads_no_paragraph_of_it(tmp_path: Path) -> None:
    note = "The bridge is 412 metres long, not 421."
    found = article(tmp_path, f"The bridge opened\n\nCorrection\n\n{note}\n\n{STORY.partition(chr(10))[2].strip()}")
    assert found.corrections == (note,)
    assert [paragraph.heading for paragraph in found.body] == [None, None]


def test_a_section_headed_corrections_may_be_about_markets(tmp_path: Path) -> None:
    section = "Prices fall by a tenth every other year.\n\nThen they rise again, Ada Lind said."
    assert article(tmp_path, f"{STORY}Corrections\n\n{section}").corrections == ()


def test_the_label_of_a_glossary_corrects_nothing(tmp_path: Path) -> None:
    words = "Bear market: A long fall of prices.\n\nCorrection: A fall by a tenth.\n\nRally: A rise after a fall."
    assert article(tmp_path, f"{STORY}{words}").corrections == ()


def test_a_page_of_nothing_but_corrections_is_an_article(tmp_path: Path) -> None:
    page = "The week's corrections\n\nCorrection: The bridge is 412 metres long, not 421."
    assert len(article(tmp_path, page).body) == 1


def test_no_line_keeps_the_rules_for_corrections_busy(tmp_path: Path) -> None:
    for line in (
        "Correction " + "on 3 May, " * 140 + "x",
        "this " * 290 + "article",
        "Editor's note " + "3 May " * 240,
    ):
        assert article(tmp_path, f"{STORY}{line}").corrections == ()


def test_a_file_of_one_line_is_one_paragraph(tmp_path: Path) -> None:
    assert marked(article(tmp_path, "Bridge opens")) == ["1 Bridge opens"]


# --- whatever comes in ------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "The bridge opened.", "“It is done,” she said.", "By Jane Doe", "Title: A", "---", "- item", "Photo: X", "\n",
        "\n\n", "\r\n", "\u2028", "\u00a0", "\u00ad", "\ufeff", "    ", "\t", "Q: Why?", "LONDON, March 3 (Reuters) —",
        "What comes next", "…", "’", "\U0001d49c", "Read more", "and then in small letters it goes on and on and on",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=300), st.lists(PIECES, max_size=40).map(" ".join), st.lists(PIECES, max_size=40).map("".join)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(text=TEXTS)
def test_every_body_paragraph_stands_in_the_source_word_for_word(tmp_path: Path, text: str) -> None:
    try:
        found = article(tmp_path, text)
    except ReadError:
        return
    source = " ".join(text.replace("\u00ad", "").replace("\ufeff", "").split())
    for number, paragraph in enumerate(found.body, start=1):
        assert paragraph.number == number
        assert paragraph.text == paragraph.text.strip() != ""
        assert " ".join(paragraph.text.split()) in source


def survives(path: Path, data: bytes) -> bool:
    """Tell whether bytes become an article with a body, or else an error that names the file."""
    path.write_bytes(data)
    try:
        return bool(read(path).body)
    except ReadError as error:
        return str(path) in error.what


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(data=st.binary(max_size=400), name=st.sampled_from(["a.txt", "a.md", "a.html"]))
def test_whatever_the_bytes_nothing_but_a_read_error_is_raised(tmp_path: Path, data: bytes, name: str) -> None:
    assert survives(tmp_path / name, data)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(text=TEXTS, name=st.sampled_from(["a.md", "a.html"]))
def test_markdown_and_pages_survive_any_text(tmp_path: Path, text: str, name: str) -> None:
    assert survives(tmp_path / name, ("<p>" * name.endswith("html") + text).encode("utf-8", "surrogatepass"))
