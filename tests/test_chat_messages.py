"""Turns as the chat shows them: chips where citations are, and nothing of an article, a model or a reader as markup."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import fromstring
from markdown_it import MarkdownIt

from rag.answer import Answer, Claim, Mode, Nearest
from rag.cite import cite
from tests.memory import article
from ui.conversations import Turn
from ui.message import answered, asked, citation_href, one_line, problem, question_of

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![p](http://elsewhere.example/p.png)",
    "[click](javascript:alert(1))",
    "${7*7} {{7*7}} \\x3cimg src=x\\x3e",
    "<form action=http://elsewhere.example><input>",
    "\n\n<b>after a blank line</b>\n\n# heading\n\n    code",
    "www.elsewhere.example and http://elsewhere.example/x and a@elsewhere.example",
    "</p></div><style>*{display:none}</style>",
]


def turn(answer: Answer, **facts: object) -> Turn:
    defaults = {"asked": {}, "model": "", "stopped": False, "at": datetime(2026, 11, 24, tzinfo=UTC)}
    return Turn(answer.question, answer, **{**defaults, **facts})  # type: ignore[arg-type]


def quoted(text: str, claim: str | None = None, mode: Mode = "quoted", title: str = "Wall") -> Answer:
    source = article(title, text, publisher="Courier", published=date(2025, 7, 9), url="https://courier.example/wall")
    cited = cite(1, source, 1, 0, len(text))
    return Answer("why?", claim or f"{text} [1].", mode, claims=(Claim(claim or f"{text} [1].", (1,), "verbatim"),),
                  citations=(cited,), as_of=cited.published)  # fmt: skip


def tree(message: dict[str, str]):  # type: ignore[no-untyped-def]
    """Return the message as a browser reads it after Markdown, in which it must be one HTML block."""
    tokens = MarkdownIt("commonmark").parse(message["content"])
    assert [token.type for token in tokens] == ["html_block"]
    return fromstring(message["content"])


def test_a_marker_becomes_a_chip_that_leads_to_the_words() -> None:
    chip = tree(answered(turn(quoted("The wall leaks."))))[0][0]
    assert (chip.tag, chip.get("class"), chip.text) == ("a", "nc-chip", "1")
    source = article("Wall", "The wall leaks.", url="https://courier.example/wall")
    assert chip.get("href") == f"../p/{source.id}/1?v={source.version}&at=0-15#p1"
    assert chip.get("title") == "Wall · Courier"


def test_brackets_of_the_article_itself_stay_text() -> None:
    shown = tree(answered(turn(quoted("It fell [1] metres", "It fell [1] metres [1]."))))
    assert shown[0].text == "It fell [1] metres\xa0"
    assert [chip.text for chip in shown.iter("a")] == ["1"]


def test_a_marker_that_the_answer_does_not_cite_stays_text() -> None:
    shown = tree(answered(turn(quoted("The wall leaks.", "The wall leaks [2]."))))
    assert list(shown.iter("a")) == []
    assert shown[0].text == "The wall leaks [2]."


@pytest.mark.parametrize(
    ("mode", "words"),
    [("quoted", "Quoted word for word"), ("model", "Written by small:model, each sentence checked")],
)
def test_the_last_line_says_who_answered_and_as_of_when(mode: Mode, words: str) -> None:
    foot = tree(answered(turn(quoted("The wall leaks.", mode=mode), model="small:model"))).find_class("nc-how")[0]
    assert foot.text.startswith(words)
    assert "as of 9 July 2025" in foot.text


def test_a_stopped_and_restricted_answer_says_so() -> None:
    given_filters = {"after": "2025-01-01", "speaker": "Ada Lind"}
    shown = turn(quoted("The wall leaks."), stopped=True, asked=given_filters)
    foot = tree(answered(shown)).find_class("nc-how")[0].text
    assert "from 2025-01-01, only what Ada Lind says" in foot
    assert "stopped before its end" in foot


def test_an_answer_from_one_article_says_which() -> None:
    answer = Answer("who?", "The articles do not say.", "abstained")
    shown = turn(answer, asked={"publisher": "Courier", "article": "0123456789ab", "title": "Night boat"})
    foot = tree(answered(shown)).find_class("nc-how")[0].text
    assert foot.endswith("only Courier, only “Night boat”")


def test_an_abstention_says_why_and_offers_the_nearest_paragraphs() -> None:
    near = Nearest("0123456789ab", "Night boat", 4, "The boat sails.")
    answer = Answer("who?", "The articles do not say. Nobody speaks of it.", "abstained", nearest=(near,))
    shown = tree(answered(turn(answer)))
    assert shown.get("class") == "nc-answer nc-abstained"
    assert shown.find_class("nc-reason")[0].text == answer.answer
    link = shown.find_class("nc-near")[0]
    assert (link.get("href"), link.text) == ("../p/0123456789ab/4#p4", "Night boat, ¶4")


def test_a_follow_up_says_how_it_was_understood() -> None:
    answer = Answer("and Bo?", "The articles do not say.", "abstained", asked_as="why does Bo doubt it?")
    assert tree(answered(turn(answer))).find_class("nc-understood")[0].text == "Understood as: why does Bo doubt it?"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words_wherever_they_come_from(text: str) -> None:
    answers = [
        quoted(text, title=text),
        quoted("x", f"{text} [1]", mode="model"),
        Answer(text, text, "abstained", asked_as=text, nearest=(Nearest("0123456789ab", text, 1, text),)),
    ]
    for answer in answers:
        shown = tree(answered(turn(answer, asked={"speaker": text})))
        assert {element.tag for element in shown.iter()} <= {"div", "p", "a", "ul", "li"}
        assert all(link.get("href").startswith("../p/") for link in shown.iter("a"))
        assert one_line(text) in " ".join(shown.itertext()).replace("\xa0", " ")
    assert {element.tag for element in tree(problem(text)).iter()} == {"div", "p"}


@given(st.text(min_size=1))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    shown = tree(problem(f"a{text}z"))
    assert shown[0].text_content() == one_line(f"a{text}z")


@given(st.text())
def test_a_question_comes_back_as_it_was_asked(question: str) -> None:
    assert question_of(asked(question)["content"]) == question


@pytest.mark.parametrize("text", HOSTILE)
def test_a_question_is_text_in_markdown(text: str) -> None:
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(asked(text.strip())["content"])
    inline = [child.type for token in tokens for child in token.children or ()]
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close", "code_block"}
    assert set(inline) <= {"text", "softbreak", "text_special"}


def test_the_way_up_to_the_root_is_the_page_s() -> None:
    cited = quoted("The wall leaks.").citations[0]
    assert citation_href(cited, up="../../").startswith("../../p/")
