"""A model's reply, read while it is written: which sentences come out, with which markers, and when."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexes.sentences import sentences
from rag.reply import ReplyReader, Written

Expected = list[tuple[str, tuple[int, ...]]]


def read(*pieces: str) -> Expected:
    reader = ReplyReader()
    written = [sentence for piece in pieces for sentence in reader.feed(piece)] + reader.finish()
    return [(sentence.text, sentence.markers) for sentence in written]


HOLDS = ("The dam holds.", (1,))
LEAKS = ("The spillway leaks.", (2,))

MARKERS: dict[str, tuple[str, Expected]] = {
    "one": ("The dam holds [1].", [HOLDS]),
    "behind markup alone": ('<img src="x"> <script>x()</script> [9]. The dam holds [1].', [("The dam holds.", (9, 1))]),
    "none": ("The dam holds. The spillway leaks.", [("The dam holds.", ()), ("The spillway leaks.", ())]),
    "two in a row": ("The dam holds [1][2].", [("The dam holds.", (1, 2))]),
    "two apart": ("The dam holds [2], [1].", [("The dam holds.", (2, 1))]),
    "two joined": ("The dam holds [2] and [1].", [("The dam holds.", (2, 1))]),
    "listed": ("The dam holds [1, 3; 2].", [("The dam holds.", (1, 3, 2))]),
    "a range": ("The dam holds [1-3].", [("The dam holds.", (1, 2, 3))]),
    "a range with a dash": ("The dam holds [1–3].", [("The dam holds.", (1, 2, 3))]),
    "a range of markers": ("The dam holds [1]–[3].", [("The dam holds.", (1, 2, 3))]),
    "twice the same": ("The dam [1] holds [1].", [HOLDS]),
    "out of range, a hint as good as any": ("The dam holds [0][42].", [("The dam holds.", (0, 42))]),
    "lenticular": ("The dam holds【1】. The spillway leaks【2†source】.", [HOLDS, LEAKS]),
    "of a file search": ("The dam holds【4:1†source】.", [("The dam holds.", (4,))]),
    "pilcrow": ("The dam holds [¶1]. The spillway leaks [¶ 2].", [HOLDS, LEAKS]),
    "footnote": ("The dam holds.[^1] The spillway leaks[^2].", [HOLDS, LEAKS]),
    "double brackets": ("The dam holds [[1]]. The spillway leaks. [[2]]", [HOLDS, LEAKS]),
    "in round brackets": ("The dam holds ([1]). The spillway leaks. ([2])", [HOLDS, LEAKS]),
    "named passage": ("The dam holds [Passage 1]. The spillway leaks [source 2].", [HOLDS, LEAKS]),
    "named in round brackets": ("The dam holds (Passage 1). The spillway leaks. (Source: 2)", [HOLDS, LEAKS]),
    "with a colon": ("The dam holds [Source: 1]. The spillway leaks [citation:2].", [HOLDS, LEAKS]),
    "with a title": ("The dam holds [1: Dam News]. The spillway leaks [2, Ostrey Herald].", [HOLDS, LEAKS]),
    "with a title and a date": ("The dam holds [1: Dam News, 3 May 2024].", [HOLDS]),
    "in bold, in code": ("The dam holds **[1]**. The spillway leaks `[2]`.", [HOLDS, LEAKS]),
    "bold inside": ("The dam holds [**1**]. The spillway leaks \\[2\\].", [HOLDS, LEAKS]),
    "superscript": ("The dam holds.¹ The spillway leaks².", [HOLDS, LEAKS]),
    "superscripts in a row": ("The dam holds¹².", [("The dam holds.", (1, 2))]),
    "superscript tags": ("The dam holds<sup>1</sup>. The spillway leaks.<sup>[2]</sup>", [HOLDS, LEAKS]),
    "linked": ("The dam holds [1](https://dam.example/1). The spillway leaks [2](#2).", [HOLDS, LEAKS]),
    "behind the full stop": ("The dam holds. [1] The spillway leaks. [2]", [HOLDS, LEAKS]),
    "behind the full stop without a space": ("The dam holds.[1]The spillway leaks.[2]", [HOLDS, LEAKS]),
    "behind a closed quotation": (
        "“The dam is safe.” [1] It rains.",
        [("“The dam is safe.”", (1,)), ("It rains.", ())],
    ),
    "before the sentence": ("[1] The dam holds. [2] The spillway leaks.", [HOLDS, LEAKS]),
    "before and behind": ("- [1] The dam holds.\n- The spillway leaks. [2]", [HOLDS, LEAKS]),
    "instead of a full stop": (
        "The dam holds [1] The spillway leaks [2]",
        [("The dam holds", (1,)), ("The spillway leaks", (2,))],
    ),
    "before a name": ("The dam of [1] Lind holds.", [("The dam of Lind holds.", (1,))]),
    "before a dash": ("The dam holds [1]—for now.", [("The dam holds—for now.", (1,))]),
    "in the middle": ("The dam [1], which is old, holds [2].", [("The dam, which is old, holds.", (1, 2))]),
    "behind an exclamation": ("It holds![1] It does [2].", [("It holds!", (1,)), ("It does.", (2,))]),
    "round at the end": ("The dam holds (1). The spillway leaks (2).", [HOLDS, LEAKS]),
    "round in the middle is text": (
        "It has two faults: (1) age and (2) rain.",
        [("It has two faults: (1) age and (2) rain.", ())],
    ),
    "according to": ("According to [1], the dam holds.", [HOLDS]),
    "according to a passage": (
        "According to passage 1, the dam holds. Based on [2], it leaks.",
        [HOLDS, ("It leaks.", (2,))],
    ),
    "according to all": ("According to the passages, the dam holds [1].", [HOLDS]),
    "according to, inside": ("The dam, according to [1], holds.", [("The dam holds.", (1,))]),
    "according to, at the end": ("The dam holds, as stated in [1].", [HOLDS]),
    "as an object": ("This is discussed in [1].", [("This is discussed in the article.", (1,))]),
    "in between": ("The dam, [1] says, holds. It leaks (see [2]).", [("The dam holds.", (1,)), ("It leaks.", (2,))]),
    "from and to are no markers": ("It rose (from 3 to 5).", [("It rose (from 3 to 5).", ())]),
    "as a subject": (
        "[1] says that the dam holds. [2] reports a leak.",
        [HOLDS, ("The article reports a leak.", (2,))],
    ),
    "as two subjects": ("[1] and [2] report a leak.", [("The articles report a leak.", (1, 2))]),
    "passages as subjects": ("Passage 1 states that the dam holds.", [HOLDS]),
    "insertions stay": (
        "“[The dam] holds [sic] […] in [2024],” she said [1].",
        [("“[The dam] holds [sic] […] in [2024],” she said.", (1,))],
    ),
    "powers stay": ("It covers 5 km² [1].", [("It covers 5 km².", (1,))]),
    "treaty articles stay": (
        "It rests on collective defence (Article 5).",
        [("It rests on collective defence (Article 5).", ())],
    ),
    "alone on a line": ("The dam holds.\n\n[1]\n\nIt leaks.", [("The dam holds.", ()), ("It leaks.", ())]),
}

SHAPES: dict[str, tuple[str, Expected]] = {
    "bullets": ("- The dam holds [1].\n* The spillway leaks [2].\n• It rains", [HOLDS, LEAKS, ("It rains", ())]),
    "bullets without full stops": ("- Old dam [1]\n- Wet spillway [2]", [("Old dam", (1,)), ("Wet spillway", (2,))]),
    "lines without full stops": ("Old dam [1]\nWet spillway [2]", [("Old dam", (1,)), ("Wet spillway", (2,))]),
    "lines that begin with markers": ("[1] Old dam\n[2] Wet spillway", [("Old dam", (1,)), ("Wet spillway", (2,))]),
    "a number alone on a line": ("1950\n", [("1950", ())]),
    "numbered list": ("1. The dam holds. [1]\n2) The spillway leaks [2].", [HOLDS, LEAKS]),
    "list number in bold": ("**1. The dam holds** [1].\n**2.** The spillway leaks [2].", [HOLDS, LEAKS]),
    "a number is no list number": ("3.5 million people live there.", [("3.5 million people live there.", ())]),
    "table": (
        "| Dam | Built |\n|:---|---:|\n| Lind | 1950 [1] |\n| Berg | 1960 [2] |\n\nDone.",
        [("Lind, 1950", (1,)), ("Berg, 1960", (2,)), ("Done.", ())],
    ),
    "table cells with commas": ("|a|b|\n|-|-|\n| Lind, old | 1950 |", [("Lind, old; 1950", ())]),
    "table without a rule": ("| Lind | 1950 [1] |\nDone.", [("Lind, 1950", (1,)), ("Done.", ())]),
    "headings": ("## The dam\nThe dam holds [1].\n\n---\n### The spillway\nThe spillway leaks [2].", [HOLDS, LEAKS]),
    "emphasis": ("**The dam** _holds_ ~~not~~ [1].", [("The dam holds not.", (1,))]),
    "stars and underscores of the text": ("5 * 3 is in max_value.", [("5 * 3 is in max_value.", ())]),
    "quoted block": ("> The dam holds [1].\n> > The spillway leaks [2].", [HOLDS, LEAKS]),
    "fenced": ("```markdown\nThe dam holds [1].\n```\n~~~\nThe spillway leaks [2].\n~~~", [HOLDS, LEAKS]),
    "fenced in one line": ("```The dam holds [1].```", [HOLDS]),
    "a tilde before a number": ("It lies ~5 km away.", [("It lies ~5 km away.", ())]),
    "a tab": ("The\tdam holds [1].", [HOLDS]),
    "wrapped lines": ("The dam\nholds [1].\nThe spillway\r\nleaks\r\n[2].", [HOLDS, LEAKS]),
    "links": ("[The dam](https://dam.example/a_(b)) holds [1].", [HOLDS]),
    "images": ("The dam ![photo](https://dam.example/x.png) holds [1].", [HOLDS]),
    "a link cut off": ("The dam holds [1]. See [the plan](https://dam.example/x", [HOLDS, ("See the plan", ())]),
    "an image cut off": ("The dam holds [1].\n![x](https://dam.example/?q=", [HOLDS]),
    "brackets before brackets": ("[sic](as written) stays.", [("[sic] (as written) stays.", ())]),
    "autolinks": ("The dam holds <https://dam.example/?a=1> [1].", [HOLDS]),
    "bare addresses stay": (
        "See www.dam.example or ada@dam.example.",
        [("See www.dam.example or ada@dam.example.", ())],
    ),
    "tags": (
        "<p>The <b>dam</b> holds [1].</p><p>The spillway<br/>leaks [2].</p>",
        [HOLDS, ("The spillway leaks.", (2,))],
    ),
    "comments and scripts": (
        "The dam <!-- a > b --><script>alert('[9]. Boo')</script><style>p {}</style>holds [1].",
        [HOLDS],
    ),
    "less than is no tag": ("Levels <5 m and a < b are safe.", [("Levels <5 m and a < b are safe.", ())]),
    "a tag cut off": ("The dam holds [1]. <img src=x onerror=alert(1)", [HOLDS]),
    "entities": ("R&amp;D &mdash; AT&T &lt;b&gt;&nbsp;&#39;x&#39; &#x200b;&.", [("R&D — AT&T &lt;b&gt; 'x' &.", ())]),
    "what cannot be seen": ("The\u200b d\u202eam\x07 ho\u00adlds [1\u2060].", [HOLDS]),
    "a lone surrogate": ("It \ud83d holds.", [("It \ufffd holds.", ())]),
    "reasoning": ("<think>\nFirst [3]. Then.\n\n</think>\n\nThe dam holds [1].", [HOLDS]),
    "reasoning that never ends": ("The dam holds [1]. <think>But. What if", [HOLDS]),
    "a label": ("Answer: The dam holds [1].", [HOLDS]),
    "a label in bold": ("**Answer:** The dam holds [1].", [HOLDS]),
    "a label alone": ("**Answer:**\n\nThe dam holds [1].", [HOLDS]),
    "labels of list items": (
        "1. **Ada Lind**:\n   - **Quote**: “It holds.” [1]\n   - **Explanation**: The spillway leaks [2].",
        [("“It holds.”", (1,)), LEAKS],
    ),
    "a preamble alone": ("Based on the passages:\nThe dam holds [1].", [HOLDS]),
    "a line before a list": (
        "Lind gave two reasons:\n- The dam holds [1].",
        [("Lind gave two reasons:", ()), HOLDS],
    ),
    "sources in one line": ("The dam holds [1].\n\nSources: [1] Dam News. [2] Herald.", [HOLDS]),
    "sources in the same line": ("The dam holds [1]. Sources: [1] Dam News. [2] Herald.", [HOLDS]),
    "a source behind each sentence": (
        "The dam holds [1]. Source: [1]\nThe spillway leaks [2]. Source: [2]\nSources: [1], [2]",
        [HOLDS, LEAKS],
    ),
    "sources in a list": ("The dam holds [1].\n\n**References:**\n1. Dam News, 3 May.\n2. Herald.", [HOLDS]),
    "sources under a heading": ("The dam holds [1].\n\n## Sources\n\n[1] Dam News\n[2] Herald", [HOLDS]),
    "sources before the answer": ("Sources: [1], [2]\n\nThe dam holds [1].", [HOLDS]),
    "sources that say something": ("Sources say the dam holds [1].", [("Sources say the dam holds.", (1,))]),
    "footnotes": ("The dam holds [1].\n\n[1]: https://dam.example\n[^2]: Herald", [HOLDS]),
}

SENTENCES: dict[str, tuple[str, Expected]] = {
    "titles": ("Mr. Lind saw Dr. Berg. They met.", [("Mr. Lind saw Dr. Berg.", ()), ("They met.", ())]),
    "the U.S. exports": (
        "It feeds U.S. exports and U.S. Treasury bills.",
        [("It feeds U.S. exports and U.S. Treasury bills.", ())],
    ),
    "the U.S. at the end": ("It lies in the U.S. The dam holds [1].", [("It lies in the U.S.", ()), HOLDS]),
    "numbers": (
        "No. 5 lost 3.5 million on Jan. 5 at 6 p.m. on time.",
        [("No. 5 lost 3.5 million on Jan. 5 at 6 p.m. on time.", ())],
    ),
    "initials": ("J. K. Lind spoke. A. Berg left.", [("J. K. Lind spoke.", ()), ("A. Berg left.", ())]),
    "a quotation and who said it": (
        "“It holds.” she said. “Will it?” he asked.",
        [("“It holds.” she said.", ()), ("“Will it?” he asked.", ())],
    ),
    "a quotation and who said it, by name": (
        "“It holds.” Ada Lind said. It rains.",
        [("“It holds.” Ada Lind said.", ()), ("It rains.", ())],
    ),
    "a quotation and two sentences": (
        "“It holds.” It rained. Lind said so.",
        [("“It holds.”", ()), ("It rained.", ()), ("Lind said so.", ())],
    ),
    "sentences in brackets": ("(It holds. It leaks.)", [("It holds.", ()), ("It leaks.", ())]),
    "a quotation and another sentence": ("“It holds.” The dam is old.", [("“It holds.”", ()), ("The dam is old.", ())]),
    "sentences in a quotation": (
        "“It holds. It will hold,” she said [1]. It rains.",
        [("“It holds. It will hold,” she said.", (1,)), ("It rains.", ())],
    ),
    "straight quotation marks": (
        '"It holds. It will," she said. "Really?" It rains.',
        [('"It holds. It will," she said.', ()), ('"Really?"', ()), ("It rains.", ())],
    ),
    "an ellipsis": ("The dam … holds... perhaps.", [("The dam … holds... perhaps.", ())]),
    "marks of all kinds": ("Will it? Yes! It will.", [("Will it?", ()), ("Yes!", ()), ("It will.", ())]),
    "other scripts": ("大坝安全。[1]下一句。", [("大坝安全。", (1,)), ("下一句。", ())]),
    "other scripts in between": (
        "It leaks.大坝安全。[1]下一句。",
        [("It leaks.大坝安全。", (1,)), ("下一句。", ())],
    ),
    "beyond the first plane": ("The 🏞 holds [1]. 🏞 It does.", [("The 🏞 holds.", (1,)), ("🏞 It does.", ())]),
    "nothing": (" \n\n [1] … \n- \n***", []),
}

REPLIES = {**MARKERS, **SHAPES, **SENTENCES}
each_reply = pytest.mark.parametrize(("reply", "expected"), REPLIES.values(), ids=REPLIES)


@each_reply
def test_a_reply_is_its_sentences_with_the_passages_they_point_to(reply: str, expected: Expected) -> None:
    assert read(reply) == expected


@each_reply
def test_it_does_not_matter_where_the_stream_is_cut(reply: str, expected: Expected) -> None:
    assert read(*reply) == expected
    for place in range(len(reply)):
        assert read(reply[:place], reply[place:]) == expected


@pytest.mark.parametrize(
    ("before", "first"),
    [
        ("The dam holds [1]. ", "T"),
        ("The dam holds.[1] ", "T"),
        ("The dam holds. [1] [2] “", "T"),
        ("The dam holds [1].", "\n"),
        ("- The dam holds [1]\n- ", "T"),
        ("The dam holds\n", "\n"),
        ("| Dam | Built |\n|--|--|\n| Berg | 1960 |", "\n"),
    ],
)
def test_a_sentence_comes_with_the_first_character_that_shows_its_end(before: str, first: str) -> None:
    reader = ReplyReader()
    assert reader.feed(before) == []
    assert len(reader.feed(first)) == 1


def test_a_sentence_is_out_before_the_next_one_is() -> None:
    reader = ReplyReader()
    assert reader.feed("The dam holds [1") == []
    assert reader.feed("][2]. ") == []
    assert reader.feed("T") == [Written("The dam holds.", (1, 2))]
    assert reader.feed("he spillway leaks") == []
    assert reader.finish() == [Written("The spillway leaks", ())]


def test_a_sentence_without_end_is_dropped_and_the_next_one_read() -> None:
    assert read("and so on " * 1_000 + "for ever [1]. The dam holds [1].") == [HOLDS]


def test_an_endless_reply_is_held_back_within_bounds() -> None:
    reader = ReplyReader()
    assert not any(reader.feed("word after word ") for _ in range(2_000))
    assert reader.finish() == []


HOSTILE = [
    *("[ ( * | “ < <think> <a [a]( [1] [[ ![ ![a]( ` & &amp; \\ ¹ 【 <!-- # - > _ ~ 。 … = ! [<a[ <sup> ((1)".split()),
    *(
        "\n",
        " ",
        "1. ",
        "J. K. ",
        "a. B ",
        "a.[1] ",
        "“.” A ",
        "| a |\n",
        "|-|\n",
        '"A. B" ',
        "(see ",
        "[1](",
        "a. [1] , ",
    ),
    *(
        "according to [1], ",
        "in [1] ",
        "[1]-",
        "passage 1 and ",
        f"[{'1,  ' * 40}x]",
        f"[{'p#1,' * 40}x]",
        "[1-99]",
        "“a.” B c d e ",
        "… A",
    ),
]


@pytest.mark.parametrize("pattern", HOSTILE)
def test_no_pattern_makes_the_work_grow_faster_than_the_reply(pattern: str) -> None:
    read(pattern * (20_000 // len(pattern)))  # minutes, were it quadratic


hostile_text = st.one_of(
    st.text(max_size=200),
    st.text(alphabet="[]()1 2.aA,“”\"'\n|-<>/!*_`~\\&;#:†【】¹¶^", max_size=200),
    st.lists(
        st.sampled_from([*HOSTILE, *(reply for reply, _ in REPLIES.values()), "\ud800", "\U000f0001"]), max_size=8
    ).map("".join),
)


@settings(max_examples=150, deadline=None)
@given(hostile_text, st.data())
def test_any_text_is_read_the_same_however_it_is_cut(text: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    pieces = [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
    assert read(*pieces) == read(text)


@settings(max_examples=150, deadline=None)
@given(hostile_text)
def test_no_marker_markup_or_hidden_character_survives(text: str) -> None:
    for sentence, markers in read(text):
        assert sentence == " ".join(sentence.split())
        assert any(char.isalnum() for char in sentence)
        assert not any(unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs") for char in sentence)
        assert not any(
            markup in sentence for markup in ("](", "<a", "<b", "</", "<!", "<t", "<s", "[1]", "[2]", "[1, 2]")
        )
        assert len(set(markers)) == len(markers)
        assert all(0 <= marker < 100 for marker in markers)


PROSE = (
    "The Lind Dam was built in 1950 by Berg Inc. of Ostrey. Its walls, 3.5 metres thick, hold back the U.S. "
    "side of the lake. Mr. J. K. Berg, the engineer, doubts it! Will it hold? On Jan. 5 it did. No. 2 gate leaks."
)


def test_sentences_are_those_that_the_articles_have() -> None:
    assert [text for text, _ in read(PROSE)] == [PROSE[start:end] for start, end in sentences(PROSE)]
