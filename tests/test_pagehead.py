"""What a page says about its article, however it says it: title, people, dates, section, address, opinion."""

import json
from datetime import date
from typing import Any

import pytest

from indexes.article import Article
from indexes.readers import read_bytes
from indexes.readers.addresses import canonical_url, plain_form, same_page, same_site

TEXT = (
    "<p>The ferry to Skarra sails again, the harbour office said on Monday, after a month in dock.</p>"
    "<p>Its captain, Ida Brandt, expects the first cars at seven in the morning.</p>"
)


def page(head: str = "", *, heading: str = "<h1>Ferry sails again</h1>", before: str = "") -> Article:
    markup = f"<html><head><meta charset=utf-8>{head}</head><body>{before}<main>{heading}{TEXT}</main></body></html>"
    return read_bytes("page.html", markup.encode())


def script(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return f'<script type="application/ld+json">{text}</script>'


# --- records (JSON-LD) ------------------------------------------------------------------------------------------------


def test_a_record_gives_headline_people_dates_publisher_section_and_language() -> None:
    found = page(
        script(
            {
                "@context": "https://schema.org",
                "@type": "ReportageNewsArticle",
                "headline": "Ferry sails again",
                "datePublished": "2025-03-03T23:30:00-05:00",
                "dateModified": "2025-03-05",
                "author": [{"@type": "Person", "name": "Ida Holm"}, {"@type": "Person", "name": "Jon Vik"}],
                "publisher": {"@type": "Organization", "name": "The Skarra Post"},
                "articleSection": ["Islands", "Transport"],
                "inLanguage": {"@type": "Language", "name": "en"},
            }
        )
    )
    assert (found.title, found.authors) == ("Ferry sails again", ("Ida Holm", "Jon Vik"))
    assert (found.published, found.updated) == (date(2025, 3, 3), date(2025, 3, 5))
    assert (found.publisher, found.section, found.language) == ("The Skarra Post", "Islands", "en")
    assert not found.opinion


def test_records_that_refer_to_each_other_are_followed_within_and_across_scripts() -> None:
    graph = {
        "@graph": [
            {"@type": "WebPage", "@id": "#page"},
            {"@type": "NewsArticle", "author": [{"@id": "#ida"}, {"@id": "#gone"}], "publisher": {"@id": "#post"}},
            {"@type": "Person", "@id": "#ida", "name": "Ida Holm"},
        ]
    }
    found = page(script(graph) + script([[{"@type": "Organization", "@id": "#post", "name": "The Skarra Post"}]]))
    assert (found.authors, found.publisher) == (("Ida Holm",), "The Skarra Post")


@pytest.mark.parametrize(
    "text",
    [
        '<!-- {"@type": "NewsArticle", "author": "Ida Holm & Co"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "author": "Ida Holm & Co"}\n//]]>',
        '/*<![CDATA[*/ {"@type": "NewsArticle", "author": "Ida Holm &amp; Co",} /*]]>*/',
        '{"@type": "NewsArticle", // by hand\n "url": "https://post.example//a", "author": ["Ida Holm & Co",],}',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;author&quot;: &quot;Ida Holm &amp;amp; Co&quot;}",
        '[[{"@type": ["Thing", "http://schema.org/NewsArticle"], "author": {"name": "Ida\nHolm & Co"}}]]',
        '{"@type": "WebPage", "mainEntity": {"@type": "NewsArticle", "author": {"name": ["Ida Holm & Co"]}}}',
    ],
)
def test_a_record_is_read_however_loosely_it_is_written(text: str) -> None:
    assert page(script("no record at all {") + script(text)).authors == ("Ida Holm & Co",)


@pytest.mark.parametrize("text", ['{"a":"' + '\\"' * 50_000, "/*" * 50_000, "[" * 50_000, "{" + ", " * 50_000, "null"])
def test_a_record_that_is_meant_to_take_long_does_no_harm(text: str) -> None:
    assert page(script(text)).title == "Ferry sails again"


def test_of_several_articles_on_a_page_the_one_it_is_about_counts() -> None:
    other = {"@type": "NewsArticle", "headline": "Mayor out", "url": "/mayor", "author": "Other", "genre": "Opinion"}
    own = {"@type": "NewsArticle", "headline": "Ferry sails again", "url": "https://post.example/a", "author": "Ida"}
    listed = {"@type": "WebPage", "hasPart": [other], "itemListElement": [{"item": other}]}
    head = "<title>Ferry sails again | The Post</title>"
    found = page(head + script(listed) + script([other, own]))
    assert (found.authors, found.opinion) == (("Ida",), False)


# --- opinion ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        script({"@type": "OpinionNewsArticle"}),
        script({"@type": ["NewsArticle", "OpinionNewsArticle"]}),
        script({"@type": "NewsArticle", "genre": "Editorial"}),
        script({"@type": "NewsArticle", "articleSection": ["Islands", "Opinion"]}),
        script({"@type": "NewsArticle", "articleSection": "Opinion | Columnists"}),
        '<meta property="article:opinion" content="true">',
        '<meta property="article:section" content="Comment">',
        '<meta property="og:article:section" content="Op-Ed">',
        '<link rel="canonical" href="https://post.example/opinion/2025/ferry">',
    ],
)
def test_what_the_publisher_calls_opinion_is_opinion(head: str) -> None:
    assert page(head).opinion


@pytest.mark.parametrize(
    "head",
    [
        script({"@type": "NewsArticle", "articleSection": "Public opinion research", "headline": "Opinion: it sails"}),
        script({"@type": "AnalysisNewsArticle", "genre": "Analysis"}),
        '<meta property="article:opinion" content="false">',
        '<link rel="canonical" href="https://post.example/news/opinion-polls-rise">',
    ],
)
def test_what_is_only_about_opinions_is_none(head: str) -> None:
    assert not page(head).opinion


# --- title ------------------------------------------------------------------------------------------------------------


def test_a_sites_logo_is_not_the_title() -> None:
    logo = '<header><h1 class="logo"><a href="/doku.php?id=start"><span>Harbour wiki</span></a></h1></header>'
    title = "<title>ferry:times [Harbour wiki]</title>"
    assert page(title, before=logo).title == "Ferry sails again"
    assert page("<title>Ferry sails again - Harbour wiki</title>", before=logo).title == "Ferry sails again"


def test_a_sites_name_above_the_article_is_not_the_title() -> None:
    site = '<div id="top"><h1><a href="/">The Post</a></h1></div>'
    assert page("<title>Ferry sails again | The Post</title>", before=site).title == "Ferry sails again"
    named = page(
        "<title>Ferry sails again – The Post</title>", before="<h1>The Post</h1>", heading="<h2>Ferry sails again</h2>"
    )
    assert named.title == "Ferry sails again"
    of_site = script({"@type": "WebSite", "name": "The Post"})
    assert page(f"<title>The Post</title>{of_site}", before="<h1>The Post</h1>").title == "Ferry sails again"


def test_a_heading_that_links_to_the_article_itself_is_its_title() -> None:
    heading = '<h1 class="entry-title"><a href="/2025/ferry">Ferry sails again</a></h1>'
    assert page("<title>Ferry sails again | The Post</title>", heading=heading).title == "Ferry sails again"


def test_a_word_of_the_title_is_not_the_title() -> None:
    head = "<title>Ferry sails again, says the harbour office</title>"
    head += '<meta property="og:title" content="Ferry sails again">'
    assert page(head, before="<h1>Ferry</h1>").title == "Ferry sails again"


# --- addresses --------------------------------------------------------------------------------------------------------


def test_the_address_is_the_one_that_the_page_names_letter_by_letter() -> None:
    for address in ["https://post.example/index.php?News/12", "https://wiki.example/doku.php?id=team:oncall"]:
        assert page(f'<link rel="canonical" href="{address}">').url == address


def test_without_a_link_the_address_is_the_one_of_its_records() -> None:
    record = script({"@type": "NewsArticle", "mainEntityOfPage": {"@id": "https://post.example/a"}})
    assert page(record).url == "https://post.example/a"
    assert page('<meta property="og:url" content="https://post.example/b">' + record).url == "https://post.example/b"
    assert page('<link rel="canonical" href="/only/a/path">').url is None


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://www.google.com/amp/s/post.example/ferry/amp?x=1", "https://post.example/ferry/amp?x=1"),
        ("https://post-example.cdn.ampproject.org/c/s/post.example/ferry?amp_js_v=0.1", "https://post.example/ferry"),
        (
            "https://google.evil.example/amp/s/post.example/ferry",
            "https://google.evil.example/amp/s/post.example/ferry",
        ),
        ("https://post.example/a?News/12&utm_source=x", "https://post.example/a?News/12"),
    ],
)
def test_the_address_of_a_copy_in_a_cache_is_the_publishers(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.post.example/a", "http://post.example/b", True),
        ("https://amp.post.example/a", "https://post.example/a", True),
        ("https://news.bbc.co.uk/a", "https://www.bbc.co.uk/", True),
        ("https://post.co.uk/", "https://other.co.uk/", False),
        ("https://one.github.io/", "https://two.github.io/", False),
        ("http://127.0.0.1:8001/", "http://127.0.0.1:8002/", False),
        ("http://127.0.0.1/", "http://128.0.0.1/", False),
        ("https://post.example.evil.example/", "https://post.example/", False),
        ("https://post.example/", "javascript:alert(1)", False),
    ],
)
def test_one_publisher_answers_for_its_own_hosts_only(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same


def test_addresses_that_differ_in_spelling_bring_the_same_page() -> None:
    assert same_page("https://post.example/a?id=x:y", "http://www.post.example/a/?id=x%3Ay#top")
    assert not same_page("https://post.example/a?id=1", "https://post.example/a?id=2")


@pytest.mark.parametrize(
    ("variant", "plain"),
    [
        ("https://post.example/ferry/amp/", "https://post.example/ferry/"),
        ("https://post.example/ferry.amp.html", "https://post.example/ferry.html"),
        ("https://post.example/ferry?id=1&outputType=amp", "https://post.example/ferry?id=1"),
        ("https://post.example/print/ferry?print=1", "https://post.example/ferry"),
        ("https://post.example/printers-strike", None),
    ],
)
def test_the_plain_form_of_an_amp_or_print_address(variant: str, plain: str | None) -> None:
    assert plain_form(variant) == plain
