"""What a web page must become: one article under its own address, whichever form of it was fetched; or one line."""

from datetime import date

import pytest

from indexes.article import Article
from indexes.errors import ReadError
from indexes.readers import Details
from indexes.readers.html import fragment
from indexes.web.fetched import Fetched, FetchError
from indexes.web.fetching import Fetcher
from indexes.web.pages import read_page
from tests.site import Site

STORY = "https://www.post.example/2025/ferry"
TEXT = (
    "The ferry to Skarra sails again, the harbour office said on Monday, after a month in dock.",
    "“We had to wait for one screw,” said its captain, Ida Brandt, who has sailed it for nine years.",
    "The first cars go on board at seven in the morning, and the last boat leaves at ten.",
)


class Web:
    """A web in memory: what is not in it is not there. It knows what it was asked for."""

    def __init__(self, **pages: str | Fetched) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def get(self, url: str, *, etag: str | None = None, modified: str | None = None) -> Fetched:
        self.asked.append(url)
        found = self.pages.get(url)
        if found is None:
            raise FetchError(f"{url}: it is not there.", "Check the address.")
        return found if isinstance(found, Fetched) else Fetched(url, found.encode(), "text/html", "utf-8")


def page(*paragraphs: str, head: str = "", title: str = "Ferry sails again", around: str = "") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs or TEXT)
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title>{head}</head>"
        f"<body>{around}<main><h1>{title}</h1>{text}</main></body></html>"
    )


def canonical(url: str) -> str:
    return f'<link rel="canonical" href="{url}">'


def read(url: str, pages: dict[str, str | Fetched], details: Details | None = None) -> tuple[Article, list[str]]:
    web = Web(**pages)
    first = web.get(url)
    web.asked.clear()
    return read_page(first, web, details), web.asked


def body(found: Article) -> tuple[str, ...]:
    return tuple(paragraph.text for paragraph in found.body)


def test_a_piece_of_html_that_is_an_article_already_keeps_all_its_text() -> None:
    blocks = fragment("<p>The ferry is back.</p><h2>Tolls</h2><p>It costs two <b>crowns</b>.</p><ul><li>One bus</ul>")
    assert [(block.text, block.known) for block in blocks] == [
        ("The ferry is back.", "body"),
        ("Tolls", "heading"),
        ("It costs two crowns.", "body"),
        ("One bus", "body"),
    ]
    assert fragment("") == fragment("<!-- nothing -->") == ()


# --- whose address ----------------------------------------------------------------------------------------------------


def test_a_page_is_an_article_at_its_address_by_its_site() -> None:
    found, asked = read(STORY + "?utm_source=x#top", {STORY + "?utm_source=x#top": page()})
    assert (found.url, found.source, found.publisher, asked) == (STORY, STORY, "post.example", [])
    assert (found.title, body(found)) == ("Ferry sails again", TEXT)


def test_what_the_user_says_wins() -> None:
    details = Details(publisher="The Post", title="Ferry", published=date(2025, 3, 3))
    found, _ = read(STORY, {STORY: page()}, details)
    assert (found.publisher, found.title, found.published) == ("The Post", "Ferry", date(2025, 3, 3))


@pytest.mark.parametrize(
    "head",
    [
        canonical("https://rival.example/story"),
        '<meta property="og:url" content="https://rival.example/story">',
        '<script type="application/ld+json">{"@type": "NewsArticle", "url": "https://rival.example/story"}</script>',
        canonical("javascript:alert(1)"),
        canonical("https://post.example.rival.example/2025/ferry"),
        canonical("http://www.post.example:8080/2025/ferry"),
        canonical("https://[broken"),
        canonical("/"),
    ],
)
def test_a_page_cannot_claim_an_address_of_another_site_or_the_front_page(head: str) -> None:
    found, asked = read(STORY, {STORY: page(head=head), "https://rival.example/story": page()})
    assert (found.url, asked) == (STORY, [])


@pytest.mark.parametrize(
    ("variant", "head"),
    [
        ("https://www.post.example/2025/ferry/amp", canonical("/2025/ferry")),
        ("https://amp.post.example/ferry", canonical(STORY)),
        ("https://www.post.example/2025/ferry?outputType=amp", canonical(STORY)),
        ("https://www.post.example/print/17", '<meta property="og:url" content="' + STORY + '">'),
        ("https://www-post-example.cdn.ampproject.org/c/s/www.post.example/2025/ferry/amp", canonical(STORY)),
        ("https://www.google.com/amp/s/www.post.example/2025/ferry/amp", canonical(STORY)),
        ("https://www.post.example/2025/ferry?print=1", ""),
        ("https://www.post.example/2025/ferry/amp/", ""),
    ],
)
def test_every_form_of_a_page_is_the_same_article(variant: str, head: str) -> None:
    whole = page(head=canonical(STORY))
    found, asked = read(variant, {variant: page(TEXT[0], TEXT[1], head=head), STORY: whole, STORY + "/": whole})
    itself, _ = read(STORY, {STORY: whole})
    assert (found.id, found.version, found.source) == (itself.id, itself.version, STORY)
    assert len(asked) == 1


def test_a_form_whose_page_cannot_be_had_is_read_itself_under_the_pages_address() -> None:
    found, _ = read(STORY + "/amp", {STORY + "/amp": page(*TEXT[:2], head=canonical(STORY))})
    assert (found.url, body(found)) == (STORY, TEXT[:2])


def test_a_page_cannot_take_the_place_of_one_that_cannot_be_had() -> None:
    evil = "https://www.post.example/blog/evil"
    found, _ = read(evil, {evil: page(head=canonical(STORY))})
    assert found.url == evil


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_a_page_cannot_take_the_place_of_another_over_pages_between(steps: int) -> None:
    way = [f"https://www.post.example/blog/{step}" for step in range(steps)]
    other = page("The mayor of Skarra leaves office in June, her office said, and nobody follows her.", title="M")
    pages = {url: page(head=canonical(to)) for url, to in zip(way, [*way[1:], STORY], strict=True)}
    assert read(way[0], {**pages, STORY: other})[0].url in way


def test_what_a_hostile_page_repeats_before_its_root_is_looked_at_once() -> None:
    hostile = Fetched(STORY, b"<!---->" * 500 + page().encode(), "application/octet-stream")
    assert body(read_page(hostile, Web())) == TEXT
    with pytest.raises(ReadError):
        read_page(Fetched(STORY, b"<!---->" * 500 + b"<p>x", "application/octet-stream"), Web())


def test_an_address_that_only_looks_like_a_form_keeps_its_own() -> None:
    url = "https://www.post.example/amp/ferry"
    other = page(
        "The mayor of Skarra leaves office in June, her office said, and a successor is not known yet.", title="M"
    )
    found, _ = read(url, {url: page(), "https://www.post.example/ferry": other})
    assert (found.url, body(found)) == (url, TEXT)
    assert read(url, {url: page()})[0].url == url


def test_a_page_that_names_another_article_as_itself_keeps_its_own_address() -> None:
    other = page(
        "The mayor of Skarra leaves office in June, her office said, and a successor is not known yet.", title="M"
    )
    found, _ = read(STORY, {STORY: page(head=canonical("/news")), "https://www.post.example/news": other})
    assert (found.url, body(found)) == (STORY, TEXT)


def test_pages_that_name_each_other_end() -> None:
    one, two = "https://post.example/1", "https://post.example/2"
    pages: dict[str, str | Fetched] = {one: page(head=canonical(two)), two: page(head=canonical(one))}
    for url in (one, two):
        found, asked = read(url, pages)
        assert (found.url, len(asked)) == (url, 1)


def test_a_page_that_sends_readers_back_to_its_form_is_read_once() -> None:
    mobile = "https://m.post.example/ferry"
    form = Fetched(mobile, page(head=canonical(STORY)).encode(), "text/html")
    found, asked = read(mobile, {mobile: form, STORY: form})
    assert (found.url, asked) == (STORY, [STORY])


def test_a_page_that_leads_away_to_another_site_is_not_followed() -> None:
    away = Fetched("https://rival.example/x", page(head=canonical("https://rival.example/x")).encode(), "text/html")
    found, _ = read(STORY + "/amp", {STORY + "/amp": page(head=canonical(STORY)), STORY: away})
    assert (found.url, body(found)) == (STORY, TEXT)


# --- what it is -------------------------------------------------------------------------------------------------------


def fetched(data: bytes, media_type: str, charset: str | None = None, url: str = STORY) -> Article:
    return read_page(Fetched(url, data, media_type, charset), Web())


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("cp1252", "iso-8859-1"),
        ("cp1252", "windows-1252"),
        ("utf-8", "iso-8859-1"),
        ("utf-8", None),
        ("utf-16-le", "utf-16le"),
        ("utf-8", "no-such-charset"),
        ("utf-8", "punycode"),
    ],
)
def test_the_charset_that_the_server_says_counts_before_the_pages_own(encoding: str, said: str | None) -> None:
    text = page().replace("<meta charset=utf-8>", "<meta charset=koi8-r>" if said else "")
    assert body(fetched(text.encode(encoding), "text/html", said)) == TEXT
    plain = "Ferry sails again\n\n" + "\n\n".join(TEXT)
    assert body(fetched(plain.encode(encoding), "text/plain", said)) == TEXT


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("a", "text/markdown"), ("a.md", "text/plain"), ("a.md", "application/octet-stream"), ("a.txt", ""), ("a", "")],
)
def test_text_is_read_by_its_media_type_or_its_name(name: str, media_type: str) -> None:
    plain = "\n\n".join(["Ferry sails again", *TEXT])
    url = f"https://post.example/{name}"
    found = fetched(plain.encode(), media_type, url=url)
    assert (found.title, body(found), found.url, found.publisher) == ("Ferry sails again", TEXT, url, "post.example")


@pytest.mark.parametrize("media_type", ["text/html", "application/xhtml+xml", "text/plain", "application/xml", ""])
def test_a_page_is_a_page_whatever_the_server_calls_it(media_type: str) -> None:
    assert body(fetched(page().encode(), media_type)) == TEXT


@pytest.mark.parametrize(
    ("data", "media_type", "says"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png", "a picture"),
        (b"....", "video/mp4", "a video"),
        (b'{"a": 1}', "application/json", r"data \(JSON\)"),
        (b"<urlset/>", "text/xml", r"data \(XML\)"),
        (b"PK\x03\x04", "application/zip", "a ZIP archive"),
        (b"\x00\x01", "application/x-tar", "'application/x-tar'"),
        (b"", "text/html", "empty"),
        (b"<html>" + b"<p>Yes." * 200_000, "text/html", "too large"),
        (b"<html><ul><li><a href=1>One</a></ul></html>", "text/html", "no article"),
    ],
)
def test_what_is_no_article_gets_one_clear_line(data: bytes, media_type: str, says: str) -> None:
    with pytest.raises(ReadError, match=says) as caught:
        fetched(data, media_type)
    assert caught.value.what.startswith(STORY)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


# --- text that only scripts show --------------------------------------------------------------------------------------


def recorded(text: str, free: str = "true") -> bytes:
    record = f'{{"@type": "NewsArticle", "headline": "Ferry", "isAccessibleForFree": {free}, "articleBody": "{text}"}}'
    return f'<html><script type="application/ld+json">{record}</script><div id=root></div></html>'.encode()


def test_the_text_in_a_pages_records_is_read_where_it_shows_none() -> None:
    assert body(fetched(recorded("\\n\\n".join(TEXT)), "text/html")) == TEXT
    assert body(fetched(recorded("".join(f"<p>{text}</p>" for text in TEXT)), "text/html")) == TEXT


def test_a_text_in_records_that_must_be_paid_for_or_has_lost_its_paragraphs_is_not() -> None:
    with pytest.raises(ReadError, match="subscribe"):
        fetched(recorded("\\n".join(TEXT), "false"), "text/html")
    with pytest.raises(ReadError, match="JavaScript"):
        fetched(recorded(" ".join(TEXT * 20)), "text/html")


# --- walls ------------------------------------------------------------------------------------------------------------

LOGIN = "<main><h1>Sign in</h1><form><input name=u><input type=password></form><a>Forgot password?</a></main>"
CONSENT = (
    "<h1>We value your privacy</h1><p>We and our 812 partners store and access personal data, like browsing data or "
    "unique identifiers, on your device.</p><p>You can change your choices at any time, and withdraw your consent, by "
    "clicking the link in our privacy policy.</p><button>Accept all</button>"
)
PAID = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"%s}</script>'
WALL = "<div class=paywall><p>Subscribe now to continue reading this article.</p></div>"


@pytest.mark.parametrize(
    ("url", "markup", "says"),
    [
        (STORY, LOGIN, "log in"),
        ("https://www.post.example/login?next=/2025/ferry", page(TEXT[0]), "log in"),
        ("https://accounts.post.example/v3", page(TEXT[0]), "log in"),
        (STORY, CONSENT, "consent"),
        ("https://consent.post.example/collectConsent?id=3", page(TEXT[0]), "consent"),
        (STORY, page(*TEXT, head=PAID % ""), "subscribe"),
        (STORY, page(*TEXT * 10, head=PAID % ', "wordCount": 1200'), "subscribe"),
        (STORY, page(TEXT[0]).replace("</main>", WALL + "</main>"), "subscribe"),
        (STORY, page("You have reached your limit of free articles. Choose a plan and read on."), "subscribe"),
        (STORY, page("Please verify you are human by completing the steps below on this page."), "a person"),
        (STORY, "<title>Just a moment...</title><p>Checking your browser before accessing post.example.</p>", "person"),
        (STORY, "<div id=app></div><noscript>You need to enable JavaScript to run this app.</noscript>", "JavaScript"),
        (STORY, "<div id=app></div><script src=app.js></script>", "JavaScript"),
        (STORY, page("We looked everywhere, and it seems that the page has left us.", title="Page not found"), "found"),
        (STORY, page("The page you are looking for does not exist, or it has moved to another place."), "not found"),
    ],
)
def test_a_wall_is_told_from_an_article_and_says_what_to_do(url: str, markup: str, says: str) -> None:
    with pytest.raises(ReadError, match=says) as caught:
        fetched(markup.encode(), "text/html", url=url)
    assert caught.value.what.startswith(url)
    assert "save the page" in caught.value.hint or "Check the address" in caught.value.hint


CORNERS = (
    "<header><a href=/login>Log in</a><form><input type=password></form>Already a subscriber? Please log in.</header>"
    "<div class=cookies><p>We value your privacy. We and our 90 partners use cookies. Accept all</p></div>"
    "<noscript>Please enable JavaScript to see the comments.</noscript>"
)


@pytest.mark.parametrize(
    "paragraphs",
    [
        TEXT,
        TEXT[:1],
        (
            "The data office fined the bank on Monday because its page asked for cookies in a way that misled readers.",
            "“We value your privacy,” the bank had written there, and “you can accept all”, but nobody could refuse.",
            "The office said that a page may not hide how consent is withdrawn, and gave the bank a month.",
        ),
        (
            "Passwords of nine thousand customers were stolen, the shop said, and asked them to log in and change it.",
            "“Please sign in to your account today,” it wrote to them. A robot had tried the passwords for a week.",
        ),
        (
            "The Skarra Post will ask readers to subscribe from June, its editor said, as print no longer pays for it.",
            "Nine of ten articles stay free. The page was not found by many at first, she said, and laughed.",
        ),
    ],
)
@pytest.mark.parametrize("head", ["", '<meta property="og:type" content="article">'])
def test_an_article_that_speaks_of_walls_is_an_article(paragraphs: tuple[str, ...], head: str) -> None:
    assert body(fetched(page(*paragraphs, head=head, around=CORNERS).encode(), "text/html")) == paragraphs


def test_a_paid_article_that_is_shown_whole_is_an_article() -> None:
    words = sum(len(text.split()) for text in TEXT)
    assert body(fetched(page(head=PAID % f', "wordCount": {words}').encode(), "text/html")) == TEXT
    assert len(body(fetched(page(*TEXT * 8, head=PAID % "").encode(), "text/html"))) == len(TEXT) * 8


# --- a real server ----------------------------------------------------------------------------------------------------


def test_an_amp_page_on_a_real_server_is_the_article_itself() -> None:
    with Site() as site, Fetcher(allow_private=True, delay=0) as fetcher:
        site.page("/ferry", page(head=canonical("/ferry")))
        site.page("/ferry/amp", page(*TEXT[:2], head=canonical("/ferry")))
        found = read_page(fetcher.get(site.url("/ferry/amp")), fetcher)
        assert (found.url, body(found)) == (site.url("/ferry"), TEXT)
        site.page("/gone/amp", page(*TEXT[:2], head=canonical("/gone")))
        assert read_page(fetcher.get(site.url("/gone/amp")), fetcher).url == site.url("/gone")
