"""What a feed must become: the articles that it names, each once, at their own addresses; or one clear line."""

from datetime import date
from html import escape

import pytest

from indexes.errors import ReadError
from indexes.web.feeds import MOST_BYTES, MOST_ENTRIES, Feed, entries, is_feed
from indexes.web.fetched import Fetched

URL = "https://post.example/feeds/news.xml"


def item(inner: str) -> str:
    return f"<item>{inner}</item>"


def rss(*items: str, head: str = "") -> str:
    inner = "".join(items)
    return f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>The Post</title>{inner}</channel></rss>'


def read(text: str | bytes, media_type: str = "application/rss+xml", charset: str | None = None) -> Feed:
    body = text if isinstance(text, bytes) else text.encode()
    return entries(Fetched(URL, body, media_type, charset))


def urls(feed: Feed) -> list[str]:
    return [entry.url for entry in feed.entries]


RSS = rss(
    item("<title>Ferry sails</title><link>/ferry?utm_source=rss</link><pubDate>Mon, 03 Mar 2025 08:00:00 GMT</pubDate>")
)
OLD_RSS = """<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
"http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>The Post</title><item>
<title>Ferry sails</title><link>https://post.example/ferry</link></item></channel></rss>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Post</title></channel>
<item rdf:about="https://post.example/ferry"><title>Ferry sails</title><link>https://post.example/ferry</link>
<dc:date>2025-03-03T08:00:00Z</dc:date></item></rdf:RDF>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?><!-- made by hand --><feed xmlns="http://www.w3.org/2005/Atom"
xml:base="https://post.example/"><title>The Post</title><entry><title type="html">Ferry &lt;b&gt;sails&lt;/b&gt;</title>
<link rel="replies" href="/ferry/comments"/><link rel="enclosure" href="/ferry.mp3" type="audio/mpeg"/>
<link rel="alternate" type="text/html" href="ferry"/><id>tag:post.example,2025:1</id>
<published>2025-03-03T08:00:00Z</published><updated>2025-03-04T08:00:00Z</updated></entry></feed>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "The Post", "items": [{"id": "1",
"url": "/ferry", "title": "Ferry sails", "date_published": "2025-03-03T08:00:00Z"}]}"""


@pytest.mark.parametrize("text", [RSS, OLD_RSS, RDF, ATOM, JSON])
def test_a_feed_of_every_kind_names_its_articles(text: str) -> None:
    for media_type in ("application/rss+xml", "text/xml", "text/html", ""):
        assert is_feed(Fetched(URL, text.encode(), media_type))
    found = read(text)
    assert (found.title, found.left_out) == ("The Post", ())
    assert [(entry.url, entry.title) for entry in found.entries] == [("https://post.example/ferry", "Ferry sails")]
    assert found.entries[0].published == (None if text is OLD_RSS else date(2025, 3, 3))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_a_feed_reads_the_same_in_every_encoding(encoding: str) -> None:
    named = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{named}"?>' + rss(item("<title>Fähre</title><link>/a</link>"))[21:]
    assert is_feed(Fetched(URL, text.encode(encoding), ""))
    assert read(text.encode(encoding), "text/xml").entries[0].title == "Fähre"


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ("<!doctype html><html><body>rss</body></html>", "application/rss+xml"),
        ("<html><head><title>About &lt;rss&gt;</title></head></html>", "text/html"),
        ('<?xml version="1.0"?><urlset></urlset>', "application/xml"),
        ('{"version": "1.0", "items": []}', "application/json"),
        ("The <rss> element.", "text/plain"),
        ("", "text/html"),
    ],
)
def test_what_is_no_feed_is_not_taken_for_one(body: str, media_type: str) -> None:
    assert not is_feed(Fetched(URL, body.encode(), media_type))


def test_the_day_is_the_publishers_own() -> None:
    late = item("<link>/a</link><pubDate>Mon, 03 Mar 2025 23:30:00 -0500</pubDate>")
    changed = item("<link>/b</link><atom:updated xmlns:atom='http://www.w3.org/2005/Atom'>2025-03-02</atom:updated>")
    undated = item("<link>/c</link><pubDate>soon</pubDate>")
    assert [e.published for e in read(rss(late, changed, undated)).entries] == [
        date(2025, 3, 3),
        date(2025, 3, 2),
        None,
    ]


def test_the_newest_comes_first_where_all_are_dated() -> None:
    days = [item(f"<link>/{day}</link><pubDate>Mon, {day:02} Mar 2025 08:00:00 GMT</pubDate>") for day in (1, 3, 2)]
    assert urls(read(rss(*days))) == [f"https://post.example/{day}" for day in (3, 2, 1)]
    undated = item("<link>/0</link>")
    assert urls(read(rss(undated, *days))) == [f"https://post.example/{day}" for day in (0, 1, 3, 2)]


def test_a_link_that_a_service_has_replaced_is_the_original_one() -> None:
    served = "<link>https://feeds.example/r/1</link><feedburner:origLink>https://post.example/a</feedburner:origLink>"
    text = rss(item(served)).replace("<rss", '<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"')
    assert urls(read(text)) == ["https://post.example/a"]
    assert urls(read(rss(item("<guid>https://post.example/b</guid>")))) == ["https://post.example/b"]


def test_an_article_is_named_once_and_its_stamp_changes_with_what_is_said_of_it() -> None:
    first = item("<title>Ferry sails</title><link>/a</link><description>At seven.</description>")
    same = item("<title>Ferry sails</title><link>/a?utm_medium=x</link><description>At &lt;b&gt;seven.</description>")
    later = item("<title>Ferry sails</title><link>/a</link><description>At eight.</description>")
    assert len(read(rss(first, same)).entries) == 1
    stamps = [read(rss(one)).entries[0].stamp for one in (first, same, later)]
    assert stamps[0] == stamps[1] != stamps[2]


def test_entries_that_lead_to_no_article_are_told() -> None:
    links = ["", "javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"]
    found = read(rss(*(item(f"<title>No {i}</title><link>{link}</link>") for i, link in enumerate(links))))
    assert found.entries == ()
    assert len(found.left_out) == len(links)
    assert "“No 0” has no link" in found.left_out[0]
    assert "“No 1” has a link that is no web address" in found.left_out[1]


def test_a_title_is_words_only() -> None:
    title = escape('<script>alert("x")</script><img src=x onerror=alert(1)>Ferry <i>sails</i> &amp; stays')
    assert read(rss(item(f"<title>{title}</title><link>/a</link>"))).entries[0].title == "Ferry sails & stays"


def test_a_long_feed_is_read_up_to_a_limit_and_says_so() -> None:
    found = read(rss(*(item(f"<link>/{i}</link>") for i in range(MOST_ENTRIES + 5))))
    assert len(found.entries) == MOST_ENTRIES
    assert "more than" in found.left_out[-1]


def test_of_a_feed_that_breaks_off_what_came_is_read() -> None:
    whole = rss(*(item(f"<title>Story {i}</title><link>/{i}</link>") for i in range(5)))
    found = read(whole[: whole.index("Story 3")])
    assert urls(found)[:3] == [f"https://post.example/{i}" for i in range(3)]


BOMB = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
HIDDEN = '<!-- <rss> --><!DOCTYPE rss [<!-- ]><rss version="2.0"> --><!ENTITY % a SYSTEM "http://127.0.0.1/">%a;]>'
PAGE = '<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head></html>'


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (rss(head=BOMB), "declares XML entities"),
        (rss(item("<a>" * 50_000)), "nested too deeply"),
        (rss(*[item("<title>x</title>")] * 40_000), "more than 60,000"),
        (rss(item("<a/>" * 100_000)), "more than 60,000"),
        (rss(item("<a " * 100_000)), "more than 60,000"),
        (rss(item("<a>" * 50_000)).encode("utf-16"), "nested too deeply"),
        (rss("<![CDATA[" * 100_000), "broken"),
        (rss(head=BOMB).encode("utf-16"), "declares XML entities"),
        (rss(head=OUTSIDE), "declares XML entities"),
        (rss(head=HIDDEN), "declares XML entities"),
        (PAGE, "a page, not a feed; it names this feed: https://post.example/rss"),
        ("<html><body>Not here.</body></html>", "a page, not a feed"),
        ("", "is empty"),
        (" \n", "is empty"),
        ("<rss <<<", "broken"),
        ('{"version": "https://jsonfeed.org/version/1", "items": 5}', "broken"),
        ('{"version": "https://jsonfeed.org/version/1", "items": [', "broken"),
        ('<?xml version="1.0"?><urlset></urlset>', "no feed"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no feed"),
        (b" " * MOST_BYTES + RSS.encode(), "too much"),
    ],
)
def test_a_bad_feed_gets_one_clear_line(body: str | bytes, says: str) -> None:
    with pytest.raises(ReadError, match=says) as caught:
        read(body)
    assert caught.value.what.startswith(URL)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_an_article_about_entities_is_no_attack() -> None:
    text = rss(item("<title>What &lt;!DOCTYPE x [&lt;!ENTITY y> does</title><link>/a</link>"))
    assert urls(read(text)) == ["https://post.example/a"]


def test_no_title_commands_the_terminal_that_shows_it() -> None:
    items = [
        '{"url": "/a", "title": "Ferry \\u001b]0;sails\\u0007 \\ud800"}',
        '{"url": "/b\\u001b[2J", "title": "B"}',
        '{"url": "/c\\ud800", "title": "C"}',
        '{"url": "https://me:secret@post.example/d", "title": "\\u001b[31mD"}',
        '{"url": "/\\u0645\\u06cc\\u200c\\u0631\\u0648\\u062f", "title": "E"}',
    ]
    found = read(f'{{"version": "https://jsonfeed.org/version/1", "items": [{",".join(items)}]}}')
    persian = "https://post.example/\u0645\u06cc\u200c\u0631\u0648\u062f"
    assert [(entry.url, entry.title) for entry in found.entries] == [
        ("https://post.example/a", "Ferry ]0;sails"),
        (persian, "E"),
    ]
    assert len(found.left_out) == 3
    assert all(line.isprintable() and "no web address" in line for line in found.left_out)


@pytest.mark.parametrize("element", ["author", "dc:creator", "itunes:author", "managingEditor", "webMaster"])
def test_who_wrote_an_entry_costs_no_time(element: str) -> None:
    text = rss(item(f"<title>Wall</title><link>/wall</link><{element}>{'a.' * 100_000}</{element}>"))
    assert [entry.title for entry in read(text).entries] == ["Wall"]
