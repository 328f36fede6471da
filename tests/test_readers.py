"""What a file must become: an Article with its own words, its own date, and one clear error where it cannot."""

import os
import socket
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from indexes.article import Article
from indexes.errors import ReadError
from indexes.readers import MAX_BYTES, Details, canonical_url, expand, parse_date, read, read_bytes

STORY = "The bridge opened on Monday after nine years of delay.\n\n“It is done,” the mayor said.\n"


def article(folder: Path, content: str | bytes, name: str = "story.txt", details: Details | None = None) -> Article:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path, details)


def body(found: Article) -> list[str]:
    return [paragraph.text for paragraph in found.body]


def kinds(found: Article) -> list[tuple[str, str]]:
    return [(paragraph.kind, paragraph.text) for paragraph in found.paragraphs]


# --- bytes and characters ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_western_text_reads_the_same_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    text = "“It’s a naïve plan – a café won’t help,” she said, and it cost €5.\n\nHe agreed.\n"
    assert body(article(tmp_path, text.encode(encoding))) == [
        "“It’s a naïve plan – a café won’t help,” she said, and it cost €5.",
        "He agreed.",
    ]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("latin-1", "El niño comió en Málaga ayer por la mañana, según el señor Núñez."),
        ("cp1251", "Мост открылся в понедельник после девяти лет задержки, сообщили власти города."),
        ("gb18030", "大桥在推迟九年之后于星期一通车，市长第一个走过大桥，许多居民前来观看。"),
        ("shift_jis", "橋は九年の遅れの後、月曜日に開通した。市長が最初に渡った。"),
    ],
)
def test_an_encoding_that_says_nothing_of_itself_is_recognised(tmp_path: Path, encoding: str, text: str) -> None:
    assert body(article(tmp_path, text.encode(encoding))) == [text]


def test_line_ends_marks_and_soft_hyphens_do_no_harm_and_hard_spaces_stay(tmp_path: Path) -> None:
    text = "\ufeffThe bridge cost 4\u00a0million.\r\n\r\nThe gov\u00adern\u00adment paid.\r\rSo did we.\u2029And they."
    assert body(article(tmp_path, text)) == [
        "The bridge cost 4\u00a0million.",
        "The government paid.",
        "So did we.",
        "And they.",
    ]


def test_nothing_is_folded_or_normalised(tmp_path: Path) -> None:
    text = "“Cafe\u0301” and 'cafe', ﬁne — and 𝒜 too...  she said."
    assert body(article(tmp_path, text)) == [text]


# --- what the file says about the article -----------------------------------------------------------------------------

HEAD = """\
Title: Bridge opens at last
Date: 4 March 2025
By: Jane Doe
Source: The Daily
Link: https://Daily.example/b#x

"""


def test_head_lines_give_title_date_author_publisher_and_address(tmp_path: Path) -> None:
    found = article(tmp_path, HEAD + STORY)
    assert (found.title, found.published, found.authors) == ("Bridge opens at last", date(2025, 3, 4), ("Jane Doe",))
    assert (found.publisher, found.url) == ("The Daily", "https://daily.example/b")
    assert len(found.body) == 2


def test_head_lines_may_follow_the_title(tmp_path: Path) -> None:
    found = article(tmp_path, f"Bridge opens\nPublisher: The Daily\nDate: 2025-03-04\n\n{STORY}")
    assert (found.title, found.publisher, found.published) == ("Bridge opens", "The Daily", date(2025, 3, 4))
    assert len(found.body) == 2


@pytest.mark.parametrize("name", ["story.md", "story.txt"])
def test_front_matter_is_read_in_markdown_and_in_text(tmp_path: Path, name: str) -> None:
    head = "title: 'Bridge: open'\ndate: 2025-03-04\nauthor: [Jane Doe, John Roe]\npublisher: {name: The Daily}"
    found = article(tmp_path, f"---\n{head}\n---\n{STORY}", name)
    assert (found.title, found.published, found.publisher) == ("Bridge: open", date(2025, 3, 4), "The Daily")
    assert found.authors == ("Jane Doe", "John Roe")
    assert len(found.body) == 2


def test_front_matter_that_is_no_yaml_is_still_read(tmp_path: Path) -> None:
    found = article(tmp_path, f"---\ntitle: Bridge: open at last\ndate: 2025-03-04\n---\n{STORY}", "story.md")
    assert (found.title, found.published) == ("Bridge: open at last", date(2025, 3, 4))


def test_a_first_sentence_with_a_colon_is_no_head(tmp_path: Path) -> None:
    found = article(tmp_path, f"Source: minister to resign\n\n{STORY}")
    assert found.publisher is None
    assert len(found.body) == 2


def test_what_the_user_says_wins_over_what_the_file_says(tmp_path: Path) -> None:
    details = Details(date(2020, 1, 2), "Mine", "http://MINE.example/a?utm_source=x&id=3")
    found = article(tmp_path, HEAD + STORY, details=details)
    assert (found.published, found.publisher, found.url) == (date(2020, 1, 2), "Mine", "http://mine.example/a?id=3")


def test_a_file_is_never_dated_by_its_modification_time(tmp_path: Path) -> None:
    assert article(tmp_path, STORY).published is None


def test_a_date_on_its_own_line_above_the_text_is_the_date_of_the_article(tmp_path: Path) -> None:
    assert article(tmp_path, f"Bridge opens\n\nFriday, July 21, 2017\n\n{STORY}").published == date(2017, 7, 21)


def test_an_article_without_a_title_is_called_like_its_file(tmp_path: Path) -> None:
    assert article(tmp_path, STORY, "bridge-opens_again.txt").title == "bridge opens again"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-03-04", date(2025, 3, 4)),
        ("2025-03-04T23:30:00-05:00", date(2025, 3, 4)),
        ("4 March 2025", date(2025, 3, 4)),
        ("Tuesday, March 4, 2025 at 10:03 a.m. EST", date(2025, 3, 4)),
        ("21/07/2017", date(2017, 7, 21)),
        ("7/21/2017", date(2017, 7, 21)),
        ("03.03.2025", date(2025, 3, 3)),
    ],
)
def test_a_date_that_can_be_read_in_one_way_is_read(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize("text", ["03/04/2025", "yesterday", "March 2025", "July 4", "2025-02-31", "soon", ""])
def test_a_date_is_never_guessed(tmp_path: Path, text: str) -> None:
    with pytest.raises(ReadError, match="YYYY-MM-DD"):
        parse_date(text)
    assert article(tmp_path, f"Title: Bridge\nDate: {text or '-'}\n\n{STORY}").published is None


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://News.Example/a/B?id=1&utm_medium=x&fbclid=y#part", "https://news.example/a/B?id=1"),
        ("https://news.example:443", "https://news.example/"),
        ("http://news.example:8080/a", "http://news.example:8080/a"),
        ("ftp://news.example/a", None),
        ("javascript:alert(1)", None),
        ("/a/b", None),
        ("https://", None),
        ("https://[broken", None),
        ("https://news.example/a b", None),
        ("https://news.example/\ud800", None),
        ("https://news.example/\x1b[2J", None),
    ],
)
def test_an_address_has_one_form(url: str, canonical: str | None) -> None:
    assert canonical_url(url) == canonical


def test_an_address_that_is_none_is_refused_from_the_user_and_ignored_in_a_file(tmp_path: Path) -> None:
    assert article(tmp_path, f"Title: Bridge\nURL: file:///etc/passwd\n\n{STORY}").url is None
    with pytest.raises(ReadError, match="https://"):
        article(tmp_path, STORY, details=Details(url="file:///etc/passwd"))


# --- Markdown ---------------------------------------------------------------------------------------------------------

MARKDOWN = """\
# Bridge opens

*By Jane Doe*

![The bridge on Monday](a.jpg)
*Photo: Ann Other*

The bridge [opened](https://x.example) on **Monday** after
nine years &mdash; of delay.

> We are proud of it,
> said the letter.

## What happens next

He did not reply

- One point is a *bus lane*
- Another is a bike lane
  that goes on

| Year | Cars |
|------|------|
| 2024 | 100  |

<!-- hidden -->
[Subscribe to our newsletter](x)
"""


def test_markdown_becomes_the_words_that_a_page_would_show(tmp_path: Path) -> None:
    assert kinds(article(tmp_path, MARKDOWN, "story.md")) == [
        ("title", "Bridge opens"),
        ("byline", "By Jane Doe"),
        ("caption", "The bridge on Monday"),
        ("credit", "Photo: Ann Other"),
        ("body", "The bridge opened on Monday after nine years — of delay."),
        ("body", "We are proud of it, said the letter."),
        ("heading", "What happens next"),
        ("body", "He did not reply"),
        ("body", "One point is a bus lane"),
        ("body", "Another is a bike lane that goes on"),
        ("caption", "Year | Cars"),
        ("caption", "2024 | 100"),
        ("promotion", "Subscribe to our newsletter"),
    ]


def test_markdown_without_a_single_mark_reads_like_text(tmp_path: Path) -> None:
    text = f"Bridge opens\n\nBy Jane Doe\n\n{STORY}\nWhat happens next\n\nThe council meets in June.\n"
    assert kinds(article(tmp_path, text, "a.md")) == kinds(article(tmp_path, text, "a.txt"))


# --- HTML -------------------------------------------------------------------------------------------------------------

PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Bridge opens | The Sentinel</title>
<link rel="canonical" href="https://sentinel.example/bridge?utm_source=rss">
<script type="application/ld+json">{"@graph": [{"@type": "WebPage"}, {"@type": ["NewsArticle"],
"headline": "Bridge opens", "datePublished": "2025-03-03T18:00:00Z",
"dateModified": "2025-03-05T18:00:00Z", "articleSection": ["World"],
"author": [{"name": "Jane Doe"}], "publisher": {"name": "The Sentinel"}}]}</script></head><body>
<header><nav><ul><li><a href="/">News</a></li><li><a href="/o">Opinion</a></li></ul></nav></header>
<main><article><h1>Bridge opens</h1><p class="byline">By <a href="j">Jane Doe</a> in Northtown</p>
<figure><img alt="b"><figcaption>The bridge on Monday. Photograph: Ann Other/AFP</figcaption></figure>
<div class="content"><p>The bridge in <a href="n">Northtown</a> opened on Monday after nine years of delay.</p>
<p>Ada Pell, the mayor, said: “I never doubted it.” She walked across with&nbsp;her daughter.</p><p>He did not.</p>
<div class="ad-slot">Advertisement</div>
<aside class="newsletter"><h2>Sign up to First Edition</h2>
<p>Our morning email tells you why the news matters.</p></aside>
<h2>‘A hundred years’</h2><p>The council expects it to stand for a hundred years.<br>It has been wrong before.</p>
<blockquote><p>We built it for our grand&shy;children.</p></blockquote><p><strong>What it cost</strong></p>
<p>It cost four billion.</p><ul><li>Steel: two billion</li><li>Labour: one billion</li></ul>
<p>Pell declined to comment.</p></div></article>
<section class="related"><h2>More on this story</h2><ul>
<li><a href="a">Bridge delayed again, says council</a></li></ul></section>
</main><footer><p>© 2025 Sentinel News Limited. All rights reserved.</p></footer></body></html>"""


def test_a_page_gives_its_paragraphs_in_order_and_its_boxes_as_promotion(tmp_path: Path) -> None:
    assert kinds(article(tmp_path, PAGE, "story.html")) == [
        ("title", "Bridge opens"),
        ("byline", "By Jane Doe in Northtown"),
        ("caption", "The bridge on Monday. Photograph: Ann Other/AFP"),
        ("body", "The bridge in Northtown opened on Monday after nine years of delay."),
        ("body", "Ada Pell, the mayor, said: “I never doubted it.” She walked across with\u00a0her daughter."),
        ("body", "He did not."),
        ("promotion", "Advertisement"),
        ("promotion", "Sign up to First Edition"),
        ("promotion", "Our morning email tells you why the news matters."),
        ("heading", "‘A hundred years’"),
        ("body", "The council expects it to stand for a hundred years. It has been wrong before."),
        ("body", "We built it for our grandchildren."),
        ("heading", "What it cost"),
        ("body", "It cost four billion."),
        ("body", "Steel: two billion"),
        ("body", "Labour: one billion"),
        ("body", "Pell declined to comment."),
    ]


def test_a_page_gives_its_title_author_dates_publisher_and_address(tmp_path: Path) -> None:
    found = article(tmp_path, PAGE, "story.html")
    assert (found.title, found.authors, found.publisher) == ("Bridge opens", ("Jane Doe",), "The Sentinel")
    assert (found.published, found.updated) == (date(2025, 3, 3), date(2025, 3, 5))
    assert (found.url, found.language, found.section) == ("https://sentinel.example/bridge", "en-GB", "World")


def test_a_page_without_a_date_stays_undated(tmp_path: Path) -> None:
    page = (
        "<title>Bridge</title><p>The bridge was planned on 1 May 2019 and built by 900 people in nine long years.</p>"
    )
    assert article(tmp_path, f"<html><body>{page}{page}</body></html>", "story.html").published is None


@pytest.mark.parametrize("charset", ["windows-1251", "iso-8859-1"])
def test_a_page_says_in_which_charset_it_is_written(tmp_path: Path, charset: str) -> None:
    word = {"windows-1251": "Мост", "iso-8859-1": "Malmö"}[charset]
    page = f"<html><head><meta charset={charset}></head><body><h1>Bridge</h1><p>{word} is where the bridge opened on "
    page += "Monday after nine years of delay.</p><p>The mayor crossed it first, and then a bus.</p></body></html>"
    assert body(article(tmp_path, page.encode(charset), "story.htm"))[0].startswith(f"{word} is where")


def test_a_broken_page_is_read_as_far_as_a_browser_would(tmp_path: Path) -> None:
    page = "<html><body><div><p>The bridge opened on Monday after nine years, and the mayor crossed it first.<p>“It is "
    page += "done,” she said.<div></b></td><p>The council will meet in June to talk <b>about the tolls."
    assert body(article(tmp_path, page, "story.html")) == [
        "The bridge opened on Monday after nine years, and the mayor crossed it first.",
        "“It is done,” she said.",
        "The council will meet in June to talk about the tolls.",
    ]


def test_paragraphs_set_apart_by_line_breaks_in_a_layout_table_are_paragraphs(tmp_path: Path) -> None:
    page = (
        "<html><body><table><tr><td><h1>Bridge opens</h1><b>By Jane Doe</b><br><br>The bridge opened on Monday after "
    )
    page += (
        "nine years of delay.<br><br>“It is done,” she said.<br><br>The council will meet in June.</td></tr></table>"
    )
    assert body(article(tmp_path, page, "story.html")) == [
        "The bridge opened on Monday after nine years of delay.",
        "“It is done,” she said.",
        "The council will meet in June.",
    ]


def test_the_same_article_has_the_same_body_in_every_format(tmp_path: Path) -> None:
    paragraphs = ["The bridge opened on Monday after nine years of delay.", "“It is done,” the mayor said.", "He left."]
    page = f"<html><body><h1>Bridge opens</h1>{''.join(f'<p>{p}</p>' for p in paragraphs)}</body></html>"
    text = "\n\n".join(["Bridge opens", *paragraphs])
    for content, name in [(text, "a.txt"), (text, "a"), (f"# {text}", "a.md"), (page, "a.html")]:
        found = article(tmp_path, content, name)
        assert (found.title, body(found)) == ("Bridge opens", paragraphs), name


# --- bad input --------------------------------------------------------------------------------------------------------

LINKS = "<html><body><nav><a href=/>Home</a></nav><ul><li><a href=1>Bridge opens</a><li><a href=2>Mayor out</a></ul>"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \r\n\t\n", "empty"),
        ("a.txt", "\ufeff \u00a0\n".encode(), "no article text"),
        ("a.txt", b"The bridge\x00opened.", "binary"),
        ("a.txt", bytes(range(256)) * 40, "binary"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00", "a picture"),
        ("a.txt", b"%PDF-1.7 stream", "a PDF"),
        ("a.txt", b"\xff\xfeT\x00h\xd8", "broken"),
        ("a.md", b"---\ntitle: Only a head\n---\n", "no article text"),
        ("a.html", b"", "empty"),
        ("a.html", b"<html></html>", "no article"),
        ("a.html", b"<<<>>> &&& <p", "no article"),
        ("a.html", LINKS.encode(), "no article"),
        ("a.odt", b"PK\x03\x04", r"not read yet: \.odt; .*HTML"),
    ],
)
def test_what_is_no_article_gets_one_clear_line(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    with pytest.raises(ReadError, match=says) as caught:
        article(tmp_path, content, name)
    assert str(tmp_path / name) in caught.value.what
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 30_000_000)
    with pytest.raises(ReadError, match=r"50 MB; at most 20 MB"):
        read(path)


def test_what_is_no_file_gets_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.txt"))
    for name, says in [
        ("missing.txt", "no such file"),
        ("missing.pdf", "no such file"),
        ("folder.txt", "a folder"),
        ("gone.txt", "no such file"),
        ("loop.txt", "cannot be opened"),
        ("pipe.txt", "not a regular file"),
        ("socket.txt", "not a regular file"),
    ]:
        with pytest.raises(ReadError, match=says):
            read(tmp_path / name)


def test_bytes_with_a_name_are_read_like_the_file_of_that_name(tmp_path: Path) -> None:
    path = tmp_path / "quay-opens.md"
    path.write_text("The quay opens in spring, the harbour office says.\n")
    from_path, from_bytes = read(path), read_bytes(path.name, path.read_bytes())
    assert from_bytes == replace(from_path, source="quay-opens.md")
    assert from_bytes.title == "quay opens"


def test_errors_about_bytes_give_their_name_and_nothing_is_looked_up_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    with pytest.raises(ReadError, match=r"^here: it is empty\. "):
        read_bytes("here", b" \n")
    with pytest.raises(ReadError, match=r"^a\.odt: not read yet: \.odt; "):
        read_bytes("a.odt", b"PK\x03\x04")
    with pytest.raises(ReadError, match=r"^big\.txt: it has 20 MB; at most 20 MB are read\."):
        read_bytes("big.txt", b"x" * (MAX_BYTES + 1))


def test_a_title_that_the_user_gives_wins_and_the_same_line_is_not_repeated() -> None:
    text = b"Boats stay in\n\nThe boats stay in the harbour until the storm has passed, the office says.\n"
    assert read_bytes("a.txt", text, Details(title="Storm over Skarra")).title == "Storm over Skarra"
    same = read_bytes("a.txt", text, Details(title="Boats stay in"))
    assert [p.kind for p in same.paragraphs] == ["title", "body"]


def test_a_deeply_nested_page_is_no_crash(tmp_path: Path) -> None:
    page = "<div>" * 5000 + "<p>The bridge opened on Monday after nine years of delay, and a bus crossed it.</p>"
    with pytest.raises(ReadError, match="no article"):
        article(tmp_path, page, "deep.html")


def test_a_name_that_is_no_text_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/br\xfccke.txt"))
    path.write_text(STORY)
    found = read(path)
    assert found.source.encode().endswith(b".txt")
    assert found.id


# --- folders ----------------------------------------------------------------------------------------------------------


def test_a_folder_is_its_files_in_order_and_nothing_is_left_out_silently(tmp_path: Path) -> None:
    for name in [
        "b.txt",
        "a.md",
        "sub/c.html",
        "sub/d.pdf",
        ".hidden.txt",
        ".git/e.txt",
        "page.html",
        "page_files/f.js",
    ]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(STORY)
    found = [str(path.relative_to(tmp_path)) for path in expand(tmp_path)]
    assert found == ["a.md", "b.txt", "page.html", "sub/c.html", "sub/d.pdf"]


def test_a_link_back_to_a_folder_above_ends(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(STORY)
    (tmp_path / "up").symlink_to(tmp_path)
    assert expand(tmp_path) == [tmp_path / "a.txt"]


def test_a_path_that_is_not_there_is_left_to_the_reader_to_report(tmp_path: Path) -> None:
    assert expand(tmp_path / "missing.txt") == [tmp_path / "missing.txt"]


def test_what_stands_under_a_picture_in_markdown_is_its_caption(tmp_path: Path) -> None:
    file = tmp_path / "swifts.md"
    file.write_text(
        "# Swifts\n\n![A nest](nest.jpg)\n*A swift leaves its nest in Mill Street.*\n\nThe birds are back.\n",
        encoding="utf-8",
    )
    assert [p.text for p in read(file).body] == ["The birds are back."]
