"""A conversation as Markdown: numbered sources, and nobody's text becomes more than text."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.answer import Answer, Citation, Claim, Nearest
from ui.conversations import Turn
from ui.export import as_markdown
from ui.markdown import escaped, linked, one_line, web_address

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
NOON = datetime(2025, 3, 14, 12, 0, tzinfo=UTC)
QUAY = Citation(
    marker=1,
    article_id="0123456789ab",
    paragraph_id="0123456789ab@01234567#3",
    title="Quay stays shut",
    publisher="Harbour News",
    published=date(2025, 3, 12),
    url="https://example.org/quay",
    paragraph=3,
    speaker="Ada Lind",
    speaker_how="pronoun",
    speaker_from=2,
    quote="The timber piles are rotten",
    start=1,
    end=28,
    permalink="/p/0123456789ab/3",
    link="https://example.org/quay#:~:text=The%20timber",
)
BRIDGE = replace(QUAY, paragraph_id="ba9876543210@76543210#1", title="The bridge", publisher=None, published=None)
BRIDGE = replace(BRIDGE, url=None, link=None, paragraph=1, speaker=None, speaker_how=None, speaker_from=None)
BRIDGE = replace(
    BRIDGE, quote="It opened in May.", start=0, end=17, article_id="ba9876543210", permalink="/p/ba9876543210/1"
)


def turn(question: str, *claims: Claim, citations: tuple[Citation, ...] = (), **known: Any) -> Turn:
    answer = Answer(question, "", known.pop("mode", "model"), claims=claims, citations=citations, **known)
    return Turn(question, replace(answer, answer=" ".join(claim.text for claim in claims)), {}, "stand-in", False, NOON)


def exported(*turns: Turn, title: str = "Quay", base: str | None = None) -> str:
    return as_markdown(turns, title, NOON, base)


def tokens(markdown: str) -> list[Token]:
    """Return what is found in a document, what stands within lines in its place."""
    found = PARSER.parse(markdown)
    return [each for token in found for each in (token.children if token.children is not None else [token])]


def shown(markdown: str) -> str:
    return "".join(token.content for token in tokens(markdown))


WHY = turn(
    "Why is the quay closed?",
    Claim("Ada Lind says that the piles are rotten [1].", (1,), "supported"),
    Claim("The bridge opened in May [2].", (2,), "supported"),
    citations=(QUAY, replace(BRIDGE, marker=2)),
    model="stand-in",
    as_of=date(2025, 3, 12),
)


# -- the document -----------------------------------------------------------------------------------------------------


def test_a_conversation_reads_as_a_document_with_its_sources() -> None:
    assert exported(WHY, base="https://news.example/qa/").splitlines() == [
        "# Quay",
        "",
        "Exported from Newscite, 2025-03-14 12:00 UTC.",
        "",
        "## Why is the quay closed?",
        "",
        r"Ada Lind says that the piles are rotten \[1\]. The bridge opened in May \[2\].",
        "",
        "(Written by stand-in, each sentence checked against its source · as of 12 March 2025)",
        "",
        "## Sources",
        "",
        "1. “The timber piles are rotten” — speaker: Ada Lind (inferred, named in ¶ 2), "
        "[Quay stays shut](https://example.org/quay#:~:text=The%20timber), Harbour News, 2025-03-12, ¶ 3",
        "2. “It opened in May.” — "
        "[The bridge](https://news.example/qa/p/0123456789ab/1?v=76543210&at=0-17#p1), ¶ 1".replace(
            "0123456789ab", "ba9876543210"
        ),
    ]


def test_the_same_words_keep_one_number_through_the_conversation() -> None:
    again = turn(
        "And the bridge?",
        Claim("It opened in May [1].", (1,), "supported"),
        Claim("The piles are rotten [2] [3].", (2, 3), "supported"),
        citations=(BRIDGE, replace(QUAY, marker=2), replace(QUAY, marker=3, quote="rotten", start=22)),
    )
    text = exported(WHY, again)
    assert r"It opened in May \[2\]. The piles are rotten \[1\] \[3\]." in text
    assert [line[:2] for line in text.partition("## Sources")[2].split("\n") if line] == ["1.", "2.", "3."]


def test_brackets_of_an_article_are_no_markers() -> None:
    claim = Claim(f"“We saw [1] and [7] and [{'9' * 5000}]” [1].", (1,), "verbatim")
    text = shown(exported(WHY, turn("What?", claim, citations=(BRIDGE,), mode="quoted")))
    assert f"“We saw [1] and [7] and [{'9' * 5000}]” [2]." in text


def test_quotations_stand_on_lines_of_their_own() -> None:
    claims = (Claim("Ada Lind: “One” [1]", (1,), "verbatim"), Claim("Bo Ek: “Two” [1]", (1,), "verbatim"))
    assert "\\[1\\]\n\nBo Ek" in exported(turn("What?", *claims, citations=(QUAY,), mode="quoted"))


def test_an_abstention_says_why_and_what_is_near() -> None:
    near = (Nearest("0123456789ab", "Quay *stays* shut", 4, "Nobody may land there."),)
    answer = Answer("Who won?", "The articles do not say who won.", "abstained", reason="unsupported", nearest=near)
    text = exported(Turn("Who won?", answer, {}, "", False, NOON), base="http://127.0.0.1:7860/")
    assert "\n\n**No answer.** The articles do not say who won.\n\nNearest, but not an answer:\n\n" in text
    link = r"[Quay \*stays\* shut](http://127.0.0.1:7860/p/0123456789ab/4)"
    assert f"- {link}, ¶ 4: Nobody may land there.\n" in text
    assert "## Sources" not in text


def test_what_was_asked_for_and_how_it_was_understood_is_said() -> None:
    asked = turn("And Gabuev?", asked_as="why does Gabuev doubt it?")
    text = exported(replace(asked, asked={"after": "2025-01-01", "speaker": "Bo_Ek"}, stopped=True))
    assert "Understood as: why does Gabuev doubt it?" in text
    assert r"from 2025-01-01, only what Bo\_Ek says · stopped before its end" in text


def test_without_an_address_a_source_is_named_without_a_link() -> None:
    for base in (None, "", "javascript:alert(1)", "/qa"):
        assert "2. “It opened in May.” — The bridge, ¶ 1\n" in exported(WHY, base=base)


def test_the_time_of_export_is_given_in_utc() -> None:
    when = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert "2025-03-14 12:00 UTC" in as_markdown([], "Empty", when, None)


# -- text stays text --------------------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "![x](https://evil.example/x.png)",
    "[click](javascript:alert(1))",
    "<https://evil.example>",
    "[1]: https://evil.example",
    "# heading",
    "heading\n===",
    "---",
    "- item",
    "+ item",
    "1. item",
    "123456789) item",
    "> quote",
    "    code",
    "\tcode",
    "```\ncode",
    "~~~\ncode",
    "a | b\n--|--\nc | d",
    "*a* __b__ ~~c~~ `d` snake_case_words",
    "&lt;b&gt; &#35; &copy; AT&T",
    "ends with \\",
    "two  \nlines",
    "<!-- hidden",
    "C# and #",
    "a\x00b\u2028c",
]
PIECES = st.sampled_from(
    [*HOSTILE, *"\\`*_{}[]()<>#+-.!|~&=:;'\"^$@/ \n\t\r1a", "\n\n", "](", "![", "&#", "http://", "www."]
)
TEXT = st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_it_is(text: str) -> None:
    assert_stays_text(text)


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    assert_stays_text(text)


def assert_stays_text(text: str) -> None:
    for before, kinds in (("", "paragraph"), ("## ", "heading"), ("Said: ", "paragraph")):
        found = tokens(before + escaped(text) + "\n\nx")[:-3]
        if one_line(text):
            assert [found[0].type, found[-1].type] == [f"{kinds}_open", f"{kinds}_close"]
        assert {token.type for token in found} <= {"text", f"{kinds}_open", f"{kinds}_close"}
        assert "".join(token.content for token in found).strip() == f"{before.strip('# ')} {one_line(text)}".strip()


@settings(max_examples=150, deadline=None)
@given(TEXT, TEXT, TEXT, TEXT)
def test_nothing_but_our_own_structure_arises_in_a_document(asked: str, said: str, title: str, quote: str) -> None:
    source = replace(QUAY, title=f"T{title}", quote=quote, publisher=said, speaker=asked)
    claims = (Claim(f"{said} [1]", (1,), "supported"), Claim(said, (), "unverified"))
    near = (Nearest("0123456789ab", f"T{title}", 1, said),)
    none = Turn(
        asked, Answer(asked, said, "abstained", asked_as=said, nearest=near), {"speaker": said}, "", False, NOON
    )
    markdown = as_markdown([turn(asked, *claims, citations=(source,), model=said), none], title, NOON, None)
    found = tokens(markdown)
    opened = [t.type.removesuffix("_open") for t in found if t.type.endswith("_open") and t.type != "paragraph_open"]
    listed = ["bullet_list", "list_item", "heading", "ordered_list", "list_item", "link"]
    assert opened == ["heading", "heading", "heading", "strong", *listed]
    assert {t.type for t in found if not t.type.endswith(("_open", "_close"))} == {"text"}
    [link] = [t for t in found if t.type == "link_open"]
    assert str(link.attrs["href"]).startswith("https://example.org/quay#:~:text=")


@settings(max_examples=150, deadline=None)
@given(TEXT, TEXT)
def test_only_a_web_address_becomes_a_link_and_always_the_same(text: str, rest: str) -> None:
    title = f"T{text}"
    for address in (rest, f"javascript:{rest}", f"data:text/html,{rest}"):
        if web_address(address) is None:
            assert linked(title, address) == escaped(title)
    address = f"https://example.org/{rest}"
    found = tokens(linked(title, address))
    assert [t.type for t in found if t.type != "text"] == [
        "paragraph_open",
        "link_open",
        "link_close",
        "paragraph_close",
    ]
    assert found[1].type == "link_open"
    assert PARSER.normalizeLink(str(web_address(address))) == found[1].attrs["href"]


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "//example.org",
        "/p/1",
        "ftp://example.org",
        "https://",
        "http://[::1",
        "JavaScript:alert(1)",
        "https:x",
    ],
)
def test_what_is_no_web_address_is_none(address: str | None) -> None:
    assert web_address(address) is None


def test_a_web_address_cannot_end_what_it_stands_in() -> None:
    assert (
        web_address("HTTPS://example.org/a b)|}]\n<é>?x=1&y=_z")
        == "HTTPS://example.org/a%20b%29%7C%7D]%20%3Cé%3E?x=1&y=_z"
    )
