"""Adding from the web: what is fetched, what is not fetched again, and what comes back and what does not."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from indexes.library import Library, Report, Wanted
from tests.site import FEED, Site
from tests.standin import StandIn

OpenLibrary = Callable[..., Library]

HERE = Wanted(allow_private=True, delay=0)  # the site stands on this machine


@pytest.fixture
def opened(library: OpenLibrary) -> Library:
    return library(embeddings=StandIn())


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as opened:
        yield opened


def page(title: str, *paragraphs: str, head: str = "") -> str:
    """Return a page as a small newspaper makes it."""
    shown = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs or sentences(title))
    return (
        f"<html lang=en><head><title>{title} | The Beacon</title><meta property='og:title' content='{title}'>"
        f"<meta property='og:site_name' content='The Beacon'>{head}</head>"
        f"<body><article><h1>{title}</h1>{shown}</article></body></html>"
    )


def sentences(title: str) -> tuple[str, str]:
    return (
        f"{title} was the talk of the harbour on Monday, and the master had heard every word of it.",
        "“We have waited for this longer than anybody will admit,” he said, and went back to his nets.",
    )


def feed(site: Site, *stories: tuple[str, str], etag: str | None = None) -> None:
    """Set a feed that names stories, as (path, when)."""
    items = "".join(
        f"<item><title>{path}</title><link>{site.url(path)}</link><pubDate>{when}</pubDate></item>"
        for path, when in stories
    )
    rss = f"<?xml version='1.0'?><rss version='2.0'><channel><title>The Beacon</title>{items}</channel></rss>"
    site.page("/feed.xml", rss, type=FEED, etag=etag)


MONDAY, TUESDAY = "Mon, 03 Mar 2025 08:00:00 GMT", "Tue, 04 Mar 2025 08:00:00 GMT"


@pytest.fixture
def beacon(site: Site) -> Site:
    """A site with a feed of two stories."""
    site.page("/wall", page("The higher wall"), etag='"w1"')
    site.page("/boat", page("The night boat"), etag='"b1"')
    feed(site, ("/wall", MONDAY), ("/boat", TUESDAY), etag='"f1"')
    return site


def statuses(report: Report) -> list[str]:
    return [outcome.status for outcome in report.outcomes]


def titles(library: Library) -> list[str]:
    return sorted(listed.title for listed in library.articles())


def asked(site: Site) -> Sequence[str]:
    """Return what has been asked for since the last time, robots.txt left out."""
    paths = [path for path in site.paths if path != "/robots.txt"]
    site.requests.clear()
    return paths


# -- a page ------------------------------------------------------------------------------------------------------------


def test_a_page_becomes_an_article_under_its_address(opened: Library, beacon: Site) -> None:
    (outcome,) = opened.add(beacon.url("/wall"), wanted=HERE).outcomes
    assert (outcome.status, outcome.title) == ("added", "The higher wall")
    (listed,) = opened.articles()
    assert (listed.url, listed.publisher, listed.paragraphs) == (beacon.url("/wall"), "The Beacon", 2)


def test_a_page_that_has_not_changed_is_not_sent_again(opened: Library, beacon: Site) -> None:
    opened.add(beacon.url("/wall"), wanted=HERE)
    assert statuses(opened.add(beacon.url("/wall"), wanted=HERE)) == ["unchanged"]
    assert beacon.requests[-1].headers["if-none-match"] == '"w1"'


def test_a_page_that_has_changed_becomes_a_new_version(opened: Library, beacon: Site) -> None:
    opened.add(beacon.url("/wall"), wanted=HERE)
    beacon.page("/wall", page("The higher wall", *sentences("The higher wall"), "It will cost more."), etag='"w2"')
    assert statuses(opened.add(beacon.url("/wall"), wanted=HERE)) == ["updated"]
    (listed,) = opened.articles()
    assert (listed.paragraphs, len(opened.versions(listed.id))) == (3, 2)


def test_a_page_that_was_removed_is_fetched_whole_when_it_is_asked_for_again(opened: Library, beacon: Site) -> None:
    (outcome,) = opened.add(beacon.url("/wall"), wanted=HERE).outcomes
    opened.remove(outcome.id or "")
    assert statuses(opened.add(beacon.url("/wall"), wanted=HERE)) == ["added"]


def test_this_machine_is_not_asked_unless_that_is_allowed(opened: Library, beacon: Site) -> None:
    for host in ("127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"):
        (outcome,) = opened.add(beacon.url("/wall", host=host), wanted=Wanted(delay=0)).outcomes
        assert outcome.status == "failed"
    assert beacon.requests == []
    assert "--allow-private" in opened.failures()[0].reason


def test_a_page_that_is_not_there_is_told_and_can_be_tried_again(opened: Library, beacon: Site) -> None:
    (outcome,) = opened.add(beacon.url("/late"), wanted=HERE).outcomes
    assert (outcome.status, "404" in (outcome.reason or "")) == ("failed", True)
    beacon.page("/late", page("The late story"))
    assert statuses(opened.retry_failures(HERE)) == ["added"]
    assert opened.failures() == []


# -- a feed ------------------------------------------------------------------------------------------------------------


def test_a_feed_brings_its_articles_whole(opened: Library, beacon: Site) -> None:
    assert statuses(opened.add(beacon.url("/feed.xml"), wanted=HERE)) == ["added", "added"]
    assert titles(opened) == ["The higher wall", "The night boat"]


def test_a_second_time_only_what_is_new_is_fetched(opened: Library, beacon: Site) -> None:
    opened.add(beacon.url("/feed.xml"), wanted=HERE)
    asked(beacon)
    assert statuses(opened.add(beacon.url("/feed.xml"), wanted=HERE)) == ["unchanged"]
    assert asked(beacon) == ["/feed.xml"]
    beacon.page("/eel", page("The eelgrass"))
    feed(beacon, ("/eel", TUESDAY), ("/wall", MONDAY), ("/boat", TUESDAY), etag='"f2"')
    assert sorted(statuses(opened.add(beacon.url("/feed.xml"), wanted=HERE))) == ["added", "unchanged", "unchanged"]
    assert asked(beacon) == ["/feed.xml", "/eel"]


def test_an_entry_that_the_feed_dates_anew_is_looked_at_again(opened: Library, beacon: Site) -> None:
    opened.add(beacon.url("/feed.xml"), wanted=HERE)
    beacon.page(
        "/wall", page("The higher wall", *sentences("The higher wall")[:1], "It has been voted down after all.")
    )
    feed(beacon, ("/wall", TUESDAY), ("/boat", TUESDAY), etag='"f2"')
    asked(beacon)
    assert sorted(statuses(opened.add(beacon.url("/feed.xml"), wanted=HERE))) == ["unchanged", "updated"]
    assert asked(beacon) == ["/feed.xml", "/wall"]


def test_what_was_removed_does_not_come_back_by_the_feed(opened: Library, beacon: Site) -> None:
    newest, _ = opened.add(beacon.url("/feed.xml"), wanted=HERE).outcomes
    opened.remove(newest.id or "")
    feed(beacon, ("/wall", MONDAY), ("/boat", TUESDAY), etag='"f2"')
    opened.add(beacon.url("/feed.xml"), wanted=HERE)
    assert titles(opened) == ["The higher wall"]


def test_what_was_removed_stays_out_when_the_feed_dates_it_anew(opened: Library, beacon: Site) -> None:
    newest, _ = opened.add(beacon.url("/feed.xml"), wanted=HERE).outcomes
    opened.remove(newest.id or "")
    feed(beacon, ("/boat", MONDAY), ("/wall", MONDAY), etag='"f2"')
    opened.add(beacon.url("/feed.xml"), wanted=HERE)
    assert titles(opened) == ["The higher wall"]


def test_two_feeds_that_date_one_story_differently_do_not_have_it_fetched_for_ever(
    opened: Library, beacon: Site
) -> None:
    feed(beacon, ("/wall", MONDAY), ("/boat", MONDAY))
    beacon.replies("/other.xml", *beacon.set("/feed.xml"))
    feed(beacon, ("/wall", TUESDAY), ("/boat", TUESDAY))
    both = (beacon.url("/feed.xml"), beacon.url("/other.xml"))
    for _ in range(2):
        opened.add(*both, wanted=HERE)
    asked(beacon)
    opened.add(*both, wanted=HERE)
    assert asked(beacon) == ["/feed.xml", "/other.xml"]


def test_an_old_etag_does_not_outlive_its_text(opened: Library, beacon: Site) -> None:
    first = beacon.set("/wall")
    opened.add(beacon.url("/wall"), wanted=HERE)
    beacon.page("/wall", page("The higher wall", *sentences("The higher wall"), "It will cost more."))
    opened.add(beacon.url("/wall"), wanted=HERE)
    beacon.replies("/wall", *first)
    opened.add(beacon.url("/wall"), wanted=HERE)
    assert "if-none-match" not in beacon.requests[-1].headers


def test_a_rehearsal_leaves_the_list_of_failures_as_it_is(opened: Library, beacon: Site) -> None:
    beacon.page("/feed.xml", "", status=410)
    opened.add(beacon.url("/feed.xml"), wanted=HERE)
    feed(beacon, ("/wall", MONDAY))
    opened.add(beacon.url("/feed.xml"), wanted=HERE, dry_run=True)
    assert len(opened.failures()) == 1


@pytest.mark.parametrize("link", ["&#xD800;", "&#99999999999;", "http://xn--a/"])
def test_a_hostile_feed_stops_nothing(opened: Library, beacon: Site, link: str) -> None:
    item = f"<item><title>x</title><link>{link}</link></item>"
    beacon.page("/bad.xml", f"<rss version='2.0'><channel><title>B</title>{item}</channel></rss>", type=FEED)
    report = opened.add(beacon.url("/bad.xml"), beacon.url("/wall"), wanted=HERE)
    assert statuses(report)[-1] == "added"
    assert "failed" in statuses(report)


def test_an_address_with_a_password_is_refused_and_not_repeated(opened: Library) -> None:
    (outcome,) = opened.add("https://me:secret@paper.example/wall", wanted=HERE).outcomes
    assert "it has a name or a password in it." in (outcome.reason or "")
    assert "secret" not in f"{outcome.path} {outcome.reason}"


def test_what_fails_is_tried_again_with_the_feed_and_the_rest_comes_in(opened: Library, beacon: Site) -> None:
    beacon.page("/wall", "", status=404)
    assert sorted(statuses(opened.add(beacon.url("/feed.xml"), wanted=HERE))) == ["added", "failed"]
    assert [failure.source for failure in opened.failures()] == [beacon.url("/wall")]
    beacon.page("/wall", page("The higher wall"))
    assert sorted(statuses(opened.add(beacon.url("/feed.xml"), wanted=HERE))) == ["added", "unchanged"]
    assert opened.failures() == []


def test_an_entry_that_leads_nowhere_is_told_and_the_rest_comes_in(opened: Library, beacon: Site) -> None:
    item = f"<item><title>The wall</title><link>{beacon.url('/wall')}</link></item>"
    rss = f"<rss version='2.0'><channel><title>B</title>{item}<item><title>Weather</title></item></channel></rss>"
    beacon.page("/feed.xml", f"<?xml version='1.0'?>{rss}", type=FEED)
    report = opened.add(beacon.url("/feed.xml"), wanted=HERE)
    assert statuses(report) == ["added", "failed"]
    assert "“Weather” has no link" in (report.outcomes[1].reason or "")


def test_a_feed_without_articles_is_told_of(opened: Library, beacon: Site) -> None:
    feed(beacon)
    (outcome,) = opened.add(beacon.url("/feed.xml"), wanted=HERE).outcomes
    assert (outcome.status, "names no article" in (outcome.reason or "")) == ("failed", True)


def test_a_limit_leaves_the_rest_for_the_next_run(opened: Library, beacon: Site) -> None:
    one = Wanted(limit=1, allow_private=True, delay=0)
    assert sorted(statuses(opened.add(beacon.url("/feed.xml"), wanted=one))) == ["added", "left"]
    assert sorted(statuses(opened.add(beacon.url("/feed.xml"), wanted=one))) == ["added", "unchanged"]


def test_what_is_older_than_wanted_is_not_even_fetched(opened: Library, beacon: Site) -> None:
    late = Wanted(since=date(2025, 3, 4), allow_private=True, delay=0)
    assert sorted(statuses(opened.add(beacon.url("/feed.xml"), wanted=late))) == ["added", "older"]
    assert asked(beacon) == ["/feed.xml", "/boat"]


def test_a_rehearsal_fetches_the_feed_and_nothing_of_it(opened: Library, beacon: Site) -> None:
    assert statuses(opened.add(beacon.url("/feed.xml"), wanted=HERE, dry_run=True)) == ["new", "new"]
    assert asked(beacon) == ["/feed.xml"]
    assert statuses(opened.add(beacon.url("/feed.xml"), wanted=HERE)) == ["added", "added"]


def test_an_interruption_keeps_what_was_fetched_and_the_rest_comes_next_time(opened: Library, beacon: Site) -> None:
    def interrupt(what: str, done: int, total: int) -> None:
        if "/wall" in beacon.paths:
            raise KeyboardInterrupt

    feed(beacon, ("/boat", TUESDAY), ("/wall", MONDAY), ("/eel", MONDAY), etag='"f1"')
    beacon.page("/eel", page("The eelgrass"))
    with pytest.raises(KeyboardInterrupt):
        opened.add(beacon.url("/feed.xml"), wanted=Wanted(allow_private=True, delay=0.01), on_progress=interrupt)
    assert "The night boat" in titles(opened)
    opened.add(beacon.url("/feed.xml"), wanted=HERE)
    assert titles(opened) == ["The eelgrass", "The higher wall", "The night boat"]


def test_files_and_addresses_can_be_named_together(opened: Library, beacon: Site, tmp_path: Path) -> None:
    file = tmp_path / "story.txt"
    file.write_text("Title: The quay\n\nThe quay is shut, the master said.\n")
    assert statuses(opened.add(file, beacon.url("/wall"), wanted=HERE)) == ["added", "added"]
