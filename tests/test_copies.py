"""A citation to be pasted elsewhere: what an article says stays text in Markdown, plain text and wikitext."""

import html
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answer import Citation
from tests.test_export import BRIDGE, QUAY, TEXT, tokens
from ui.copies import copies
from ui.markdown import one_line

PERMALINK = "https://news.example/p/ba9876543210/1"
WIKITEXT = st.lists(
    st.sampled_from(
        [
            *"{}[]|=<>&'~_*#:;-! \n1a",
            *("{{", "}}", "{{{", "}}}", "[[", "]]", "''", "'''''", "~~~~", "__NOTOC__", "{|", "|}", "-{", "}-"),
            *(
                "<ref>",
                "</ref>",
                "<nowiki>",
                "</nowiki>",
                "<!--",
                "-->",
                "&#124;",
                "&lt;",
                "&amp",
                "http://",
                "mailto:a",
            ),
            *("RFC 2324", "ISBN 9783161484100", "\x7fUNIQ", "\n== a ==\n", "\n* a", "----", "{{!}}", "{{=}}", "\ud800"),
        ]
    ),
    max_size=10,
).map("".join)


def wikitext(citation: Citation, *authors: str) -> str:
    return copies(citation, PERMALINK, authors=authors)["mediawiki"]


def parameters(wikitext: str) -> dict[str, str]:
    """Return the parameters of a template as MediaWiki takes them apart, entities decoded."""
    name, *given = wikitext.removeprefix("{{").removesuffix("}}").split("|")
    assert name.strip() == "cite news"
    pairs = (each.partition("=") for each in given)
    return {key.strip(): re.sub(r"&#?\w+;", lambda found: html.unescape(found[0]), v.strip()) for key, _, v in pairs}


def test_a_citation_as_markdown() -> None:
    assert copies(QUAY)["markdown"] == (
        "> The timber piles are rotten\n"
        ">\n"
        "> — speaker: Ada Lind (inferred, named in ¶ 2), [Quay stays shut](https://example.org/quay#:~:text=The%20timber),"
        " Harbour News, 2025-03-12, ¶ 3\n"
    )
    assert copies(BRIDGE, PERMALINK)["markdown"] == f"> It opened in May.\n>\n> — [The bridge]({PERMALINK}), ¶ 1\n"


def test_a_citation_as_plain_text() -> None:
    assert copies(QUAY)["text"] == (
        "“The timber piles are rotten”\n"
        "— speaker: Ada Lind (inferred, named in ¶ 2), Quay stays shut, Harbour News, 2025-03-12, ¶ 3\n"
        "https://example.org/quay#:~:text=The%20timber\n"
    )
    assert copies(BRIDGE)["text"] == "“It opened in May.”\n— The bridge, ¶ 1\n"


def test_a_quotation_is_not_quoted_twice() -> None:
    assert copies(replace(BRIDGE, quote="“It opened.”"))["text"].startswith("“It opened.”\n")
    assert copies(replace(BRIDGE, quote="“Yes,” and “no”"))["text"].startswith("““Yes,” and “no””\n")


def test_a_citation_as_the_template_of_a_wiki() -> None:
    assert wikitext(QUAY, "Bo Ek") == (
        "{{cite news |author=Bo Ek |title=Quay stays shut |newspaper=Harbour News |date=2025-03-12"
        " |url=https://example.org/quay |quote=The timber piles are rotten |at=¶ 3 (speaker: Ada Lind)}}"
    )
    assert wikitext(BRIDGE) == "{{cite news |title=The bridge |quote=It opened in May. |at=¶ 1}}"


def test_several_authors_are_numbered_and_the_day_of_access_is_given_with_an_address() -> None:
    cited = copies(QUAY, authors=["Bo Ek", "Ida Åk"], accessed=date(2025, 3, 14))["mediawiki"]
    assert "|author1=Bo Ek |author2=Ida Åk |" in cited
    assert "|access-date=2025-03-14 |" in cited
    assert "access-date" not in copies(BRIDGE, accessed=date(2025, 3, 14))["mediawiki"]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "/p/1", "ftp://example.org/x"])
def test_only_web_addresses_are_copied(address: str) -> None:
    copied = copies(replace(QUAY, url=address, link=address), address)
    assert address not in "".join(copied.values())


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a | b", "a &#124; b"),
        ("}} {{evil}}", "&#125;&#125; &#123;&#123;evil&#125;&#125;"),
        ("[[File:x.png]]", "&#91;&#91;File&#58;x.png&#93;&#93;"),
        ("<ref>x</ref>", "&#60;ref&#62;x&#60;/ref&#62;"),
        ("''x'' isn't", "&#39;&#39;x&#39;&#39; isn't"),
        ("signed ~~~~", "signed &#126;&#126;&#126;&#126;"),
        ("__NOTOC__ a_b", "&#95;&#95;NOTOC&#95;&#95; a_b"),
        ("a &lt; b, AT&T", "a &#38;lt; b, AT&T"),
        ("see https://evil.example at 12:30", "see https&#58;//evil.example at 12:30"),
        ("one\n\n* two", "one * two"),
        ("# one", "&#35; one"),
        ("RFC 2324", "RFC&#32;2324"),
    ],
)
def test_wikitext_in_an_article_stays_text(text: str, written: str) -> None:
    assert f"|title={written} |" in wikitext(replace(QUAY, title=text))


@settings(max_examples=200, deadline=None)
@given(*[st.one_of(WIKITEXT, st.text())] * 4)
def test_any_text_leaves_one_template_with_the_same_parameters(title: str, quote: str, name: str, rest: str) -> None:
    address = f"https://example.org/{rest}"
    source = replace(QUAY, title=f"T{title}", quote=f"{quote}q", publisher=f"{name}n", speaker=f"S{name}", url=address)
    written = wikitext(source, f"A{name}")
    assert re.findall(r"[{}]+", written) == ["{{", "}}"]
    assert not re.search(r"\[|\]|<|>|''|~~|__|[\x00-\x1f\x7f]", written)
    found = parameters(written)
    assert not re.search(r"[A-Za-z]:\S|://|(RFC|ISBN) ", re.sub(r"\|url=\S+", "", written))
    assert {key: found[key] for key in ("author", "title", "newspaper", "date", "at", "quote")} == {
        "author": one_line(f"A{name}").strip(),
        "title": one_line(f"T{title}").strip(),
        "newspaper": one_line(f"{name}n").strip(),
        "date": "2025-03-12",
        "at": f"¶ 3 (speaker: {one_line(f'S{name}')})",
        "quote": one_line(f"{quote}q").strip(),
    }
    assert list(found) == ["author", "title", "newspaper", "date", "url", "quote", "at"]
    assert re.fullmatch(r"https://example\.org/[^\s|{}\[\]<>\"]*", found["url"])
    written.encode()


@settings(max_examples=150, deadline=None)
@given(TEXT, TEXT, TEXT)
def test_any_text_leaves_one_block_quote_with_one_link(title: str, quote: str, name: str) -> None:
    source = replace(QUAY, title=f"T{title}", quote=f"q{quote}", publisher=name, speaker=f"S{name}")
    found = tokens(copies(source)["markdown"])
    opened = [token.type for token in found if token.type.endswith("_open")]
    assert opened == ["blockquote_open", "paragraph_open", "paragraph_open", "link_open"]
    assert {token.type for token in found if not token.type.endswith(("_open", "_close"))} == {"text"}
    assert "".join(token.content for token in found).startswith(one_line(f"q{quote}").strip())


@settings(max_examples=100, deadline=None)
@given(st.text(), st.text())
def test_plain_text_keeps_its_lines(title: str, quote: str) -> None:
    lines = copies(replace(BRIDGE, title=title, quote=quote))["text"].splitlines()
    assert len(lines) == 2
    assert one_line(title) in lines[1]
