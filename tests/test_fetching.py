"""What a fetch brings, and what it must never do: real HTTP, from sites good and hostile."""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib.metadata import version
from pathlib import Path

import pytest

from indexes.errors import ReadError
from indexes.web.fetched import FetchError
from indexes.web.fetching import Fetcher, Limits
from indexes.web.guard import may_connect
from tests.site import (
    Internet,
    Page,
    Raw,
    Reply,
    Site,
    dripping,
    endless,
    gzip_bomb,
    gzipped,
    head,
    self_signed,
    stalled,
)

PUBLIC, ALSO_PUBLIC, PRIVATE = "93.184.216.34", "151.101.1.140", "10.0.0.5"
SMALL = Limits(size=100_000, redirects=3)
BRIEF, IMPATIENT = Limits(seconds=0.6), Limits(silence=0.2)


@dataclass
class Clock:
    """A clock that only goes on while somebody waits."""

    now: float = 0.0
    waits: list[tuple[float, str]] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def told(self, seconds: float, why: str) -> None:
        self.waits.append((seconds, why))


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    """One that may fetch from loopback, and loses no time."""
    with Fetcher(allow_private=True, limits=SMALL, sleep=lambda seconds: None) as fetcher:
        yield fetcher


@pytest.fixture
def internet() -> Internet:
    return Internet()


@pytest.fixture
def abroad(internet: Internet) -> Iterator[Fetcher]:
    """One that fetches from the public internet only, which lies on loopback."""
    with Fetcher(resolve=internet.resolve, network=internet, limits=SMALL, sleep=lambda seconds: None) as fetcher:
        yield fetcher


def failure(fetcher: Fetcher, url: str) -> str:
    """Return the line that says why an address could not be fetched."""
    with pytest.raises(FetchError) as failed:
        fetcher.get(url)
    assert str(failed.value) == f"{failed.value.what} {failed.value.hint}".strip()
    assert "\n" not in str(failed.value)
    return failed.value.what


# --- what a page gives ------------------------------------------------------------------------------------------------


def test_a_page_comes_with_what_its_server_says_of_it(site: Site, fetcher: Fetcher) -> None:
    site.page("/story", "<p>Über den Sund</p>", type="Text/HTML; charset=UTF-8", etag='"7"', modified="yesterday")
    found = fetcher.get(site.url("/story#comments"))
    assert found.body.decode() == "<p>Über den Sund</p>"
    assert (found.url, found.media_type, found.charset) == (site.url("/story"), "text/html", "utf-8")
    assert (found.etag, found.modified, found.unchanged) == ('"7"', "yesterday", False)


def test_a_page_that_has_not_changed_is_not_sent_again(site: Site, fetcher: Fetcher) -> None:
    modified = "Tue, 04 Mar 2025 09:00:00 GMT"
    site.page("/story", "text", etag='"7"', modified=modified)
    for known in ({"etag": '"7"'}, {"modified": modified}, {"etag": '"7"', "modified": modified}):
        found = fetcher.get(site.url("/story"), **known)
        assert found.unchanged
        assert found.body == b""
    assert not fetcher.get(site.url("/story"), etag='"6"').unchanged


def test_we_say_who_we_are(site: Site, fetcher: Fetcher) -> None:
    site.page("/story", "text")
    fetcher.get(site.url("/story"))
    assert {asked.headers["user-agent"] for asked in site.requests} == {f"Newscite/{version('newscite')}"}


@pytest.mark.parametrize("path", ["/über/süd?frage=größer", "/%C3%BCber/s%C3%BCd?frage=gr%C3%B6%C3%9Fer"])
def test_addresses_in_any_script_are_fetched(site: Site, fetcher: Fetcher, path: str) -> None:
    site.page("/%C3%BCber/s%C3%BCd", "text")
    assert fetcher.get(site.url(path)).body == b"text"
    assert site.paths[-1] == "/%C3%BCber/s%C3%BCd?frage=gr%C3%B6%C3%9Fer"


def test_hosts_in_any_script_are_looked_up_as_the_internet_writes_them(
    site: Site, internet: Internet, abroad: Fetcher
) -> None:
    internet.host("xn--mller-kva.example", PUBLIC, site)
    site.page("/", "text")
    assert abroad.get("http://Müller.example/").url == "http://xn--mller-kva.example/"


def test_a_dot_after_a_host_changes_nothing(site: Site, internet: Internet, abroad: Fetcher) -> None:
    internet.host("daily.example", PUBLIC, site)
    site.page("/", "text")
    assert abroad.get("http://daily.example./").url == "http://daily.example/"


def test_a_packed_page_is_unpacked(site: Site, fetcher: Fetcher) -> None:
    text = "The bridge opened. " * 1000
    raw = zlib.compressobj(wbits=-15)
    for body, encoding in [
        (gzip.compress(text.encode()), "gzip"),
        (gzip.compress(text[:999].encode()) + gzip.compress(text[999:].encode()) + b"\0\0", "x-gzip"),
        (zlib.compress(text.encode()), "deflate"),
        (raw.compress(text.encode()) + raw.flush(), "Deflate"),
        (text.encode(), "identity"),
        (text.encode(), "UTF-8"),
    ]:
        site.page("/story", body, headers={"Content-Encoding": encoding})
        assert fetcher.get(site.url("/story")).body.decode() == text


def test_gzip_that_arrives_byte_by_byte_is_unpacked(site: Site) -> None:
    packed = gzip.compress(b"The bridge ") + gzip.compress(b"opened.")
    pieces = tuple(bytes([byte]) for byte in packed)
    site.replies("/story", Raw((head("Content-Encoding: gzip", f"Content-Length: {len(packed)}"), *pieces), every=1e-4))
    with Fetcher(allow_private=True) as patient:
        assert patient.get(site.url("/story")).body == b"The bridge opened."


def test_an_ipv6_host_is_fetched_from(fetcher: Fetcher) -> None:
    try:
        site = Site("::1")
    except OSError:
        pytest.skip("there is no IPv6 loopback here")
    with site:
        site.page("/", "text")
        assert fetcher.get(site.url("/")).body == b"text"
        assert site.requests[-1].host == f"[::1]:{site.port}"


# --- redirects --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(site: Site, fetcher: Fetcher, status: int) -> None:
    site.redirect("/old/story", "../new?a=1", status=status)
    site.page("/new", "text")
    found = fetcher.get(site.url("/old/story"))
    assert (found.url, found.body) == (site.url("/new?a=1"), b"text")


def test_a_circle_of_redirects_is_named(site: Site, fetcher: Fetcher) -> None:
    site.redirect("/a", "/b")
    site.redirect("/b", "/a")
    assert failure(fetcher, site.url("/a")) == f"{site.url('/a')}: it redirects in a circle, to {site.url('/a')}."


def test_redirects_end_after_a_while(site: Site, fetcher: Fetcher) -> None:
    for number in range(9):
        site.redirect(f"/{number}", f"/{number + 1}")
    assert failure(fetcher, site.url("/0")).endswith(": it redirects more than 3 times.")
    assert site.paths == ["/robots.txt", "/0", "/1", "/2", "/3"]


def test_a_cookie_on_the_way_is_shown_to_the_end_of_it_and_forgotten(site: Site, fetcher: Fetcher) -> None:
    at_first = Page(status=302, headers={"Location": "/story", "Set-Cookie": "seen=1"})
    site.replies("/story", at_first, Page("text"))
    assert fetcher.get(site.url("/story")).body == b"text"
    assert site.requests[-1].headers["cookie"] == "seen=1"
    fetcher.get(site.url("/story"))
    assert "cookie" not in site.requests[-1].headers


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("ftp://daily.example/x", "it redirects to ftp://daily.example/x: ftp: addresses are not fetched."),
        ("file:///etc/passwd", "file: addresses are not fetched."),
        ("http://[1.2.3.4]/", "it redirects to what is not a web address."),
        ("http://user:secret@daily.example/", "it has a name or a password in it."),
        ("http://127.1/", "its host 127.1 is neither a name nor an address in full."),
        ("//2130706433/", "its host 2130706433 is neither a name nor an address in full."),
        ("http://xn--a/", "it redirects to what is not a web address."),
    ],
)
def test_a_redirect_leads_only_where_an_address_may(site: Site, fetcher: Fetcher, to: str, why: str) -> None:
    site.redirect("/", to)
    line = failure(fetcher, site.url("/"))
    assert line.endswith(why)
    assert "secret" not in line


def test_what_fails_after_a_redirect_is_said_of_the_address_there(site: Site, fetcher: Fetcher) -> None:
    site.redirect("/old", "/new")
    site.replies("/new", Raw((b"HTTP/9 junk\r\n\r\n",)))
    assert f"{site.url('/old')}: it redirects to {site.url('/new')}: " in failure(fetcher, site.url("/old"))


def test_nothing_leads_from_https_to_http(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: Site, internet: Internet
) -> None:
    certificate = self_signed(tmp_path, "daily.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    with Site(certificate=certificate) as safe, Fetcher(resolve=internet.resolve, network=internet, delay=0) as fetcher:
        internet.host("daily.example", PUBLIC, safe)
        safe.redirect("/old", "http://daily.example/new")
        safe.page("/new", "text")
        assert fetcher.get("https://daily.example/old").url == "https://daily.example/new"
        safe.redirect("/plain", "http://daily.example/plain")
        assert "in a circle" in failure(fetcher, "https://daily.example/plain")
        safe.redirect("/port", "http://daily.example:8080/x")
        assert "that is http, where https was asked for" in failure(fetcher, "https://daily.example/port")
    assert not site.requests


# --- where nothing is fetched from ------------------------------------------------------------------------------------

NOT_PUBLIC = """
    0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.1.1 172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1
    192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1
    255.255.255.255 :: ::1 ::127.0.0.1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1
    64:ff9b:1::1 64:ff9b:1::808:808 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:10::1 2001:db8::1
    2002:7f00:1:: 2002:a00:1::1 3fff::1 5f00::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1
"""
METADATA = """
    169.254.169.254 169.254.170.2 100.100.100.200 168.63.129.16 192.0.0.192 fd00:ec2::254 fd20:ce::254
    ::ffff:169.254.169.254 64:ff9b::a9fe:a9fe 64:ff9b:1::a9fe:a9fe 2002:a9fe:a9fe:: 0.0.0.0 :: 255.255.255.255 fe80::1
"""


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_only_what_is_public_may_be_connected_to(address: str) -> None:
    assert not may_connect(address)


@pytest.mark.parametrize(
    "address", "93.184.216.34 8.8.8.8 172.32.0.1 100.128.0.1 2606:4700::1111 64:ff9b::808:808".split()
)
def test_what_is_public_may_be_connected_to(address: str) -> None:
    assert may_connect(address)


@pytest.mark.parametrize("address", METADATA.split())
def test_where_clouds_keep_their_keys_nobody_is_let(address: str) -> None:
    assert not may_connect(address, allow_private=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.5", "fd12:3456::1", "::ffff:192.168.1.1"])
def test_other_private_addresses_may_be_allowed(address: str) -> None:
    assert may_connect(address, allow_private=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[fe80::1%25eth0]/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://017700000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.0.1./",
        "http://127.0.0.%31/",
        "http://１２７.0.0.1/",
        "http://①②⑦.⓪.⓪.①/",
        "http://daily.example@127.0.0.1/",
        "http://daily.example\\@127.0.0.1/",
        "http://daily.example#@127.0.0.1/",
        "http://0/",
        "http://localhost/",
        "http://localhost./",
        "http://169.254.169.254/latest/meta-data/",
        "http://[64:ff9b::7f00:1]/",
    ],
)
def test_no_way_of_writing_an_address_leads_to_this_machine(
    site: Site, internet: Internet, abroad: Fetcher, url: str
) -> None:
    internet.host("localhost", "127.0.0.1", site)
    for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "0.0.0.0", "64:ff9b::7f00:1"):
        internet.place(address, site)
    failure(abroad, url)
    assert not internet.connected
    assert not site.requests


def test_a_private_address_is_refused_in_a_line_that_says_how_to_allow_it(abroad: Fetcher, internet: Internet) -> None:
    internet.leads("wiki.example", [PRIVATE])
    with pytest.raises(ReadError) as failed:
        abroad.get("http://wiki.example/a")
    assert failed.value.what == f"http://wiki.example/a: wiki.example ({PRIVATE}) is not on the public internet."
    assert "--allow-private" in failed.value.hint


def test_this_machine_is_fetched_from_only_where_it_is_allowed(site: Site, fetcher: Fetcher) -> None:
    """Its name is looked up by the system here."""
    site.page("/", "text")
    with Fetcher() as careful:
        assert failure(careful, site.url("/", host="localhost")).endswith(" is not on the public internet.")
    assert not site.requests
    assert fetcher.get(site.url("/", host="localhost")).body == b"text"


@pytest.mark.parametrize("to", ["http://127.0.0.1/", "http://wiki.example/", "http://[::1]:8080/", "http://0x7f.1/"])
def test_a_public_page_leads_to_no_private_one(site: Site, internet: Internet, abroad: Fetcher, to: str) -> None:
    internet.host("daily.example", PUBLIC, site)
    internet.host("wiki.example", PRIVATE, site)
    site.redirect("/", to)
    assert "it redirects to" in failure(abroad, "http://daily.example/")
    assert set(internet.connected) == {PUBLIC}


def test_a_name_that_leads_elsewhere_the_second_time_gains_nothing(
    site: Site, internet: Internet, abroad: Fetcher
) -> None:
    """The address that was checked is the one that is connected to; a new connection is checked anew."""
    internet.leads("rebinding.example", [PUBLIC], ["127.0.0.1"])
    internet.place(PUBLIC, site)
    internet.place("127.0.0.1", site)
    site.page("/secret", "text", headers={"Connection": "close"})
    site.page("/robots.txt", headers={"Connection": "close"})
    assert "(127.0.0.1) is not on the public internet" in failure(abroad, "http://rebinding.example/secret")
    assert internet.looked_up == ["rebinding.example"] * 2
    assert internet.connected == [PUBLIC]
    assert site.paths == ["/robots.txt"]


def test_a_name_is_looked_up_once_a_connection(site: Site, internet: Internet, abroad: Fetcher) -> None:
    internet.leads("rebinding.example", [PUBLIC], ["127.0.0.1"])
    internet.place(PUBLIC, site)
    site.robots("")
    site.page("/story", "text")
    assert abroad.get("http://rebinding.example/story").body == b"text"
    assert (internet.looked_up, internet.connected) == (["rebinding.example"], [PUBLIC])


def test_of_public_and_private_addresses_only_the_public_are_used(
    site: Site, internet: Internet, abroad: Fetcher
) -> None:
    internet.leads("mixed.example", [PRIVATE, "::1", ALSO_PUBLIC, PUBLIC])
    internet.place(PUBLIC, site)
    internet.place(PRIVATE, site)
    site.robots("")
    site.page("/", "text")
    assert abroad.get("http://mixed.example/").body == b"text"
    assert internet.connected == [ALSO_PUBLIC, PUBLIC]


def test_proxies_of_the_environment_are_not_used(
    site: Site, internet: Internet, abroad: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    internet.host("daily.example", PUBLIC, site)
    site.page("/", "text")
    with Site() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        with Fetcher(resolve=internet.resolve, network=internet) as fetcher:
            assert fetcher.get("http://daily.example/").body == b"text"
        assert not proxy.requests


# --- what is not an address -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("daily.example/story", "it is not a web address."),
        ("", "it is not a web address."),
        ("mailto:desk@daily.example", "mailto: addresses are not fetched."),
        ("file:///etc/passwd", "file: addresses are not fetched."),
        ("http:///story", "it has no host."),
        ("http://daily.example:99999/", "there is no port 99999."),
        ("http://daily.example:port/", "it is not a web address."),
        ("http://daily example/", "its host is not one."),
        (f"http://{'a' * 64}.example/", "its host is not one."),
        ("http://a..example/", "its host is not one."),
        ("http://xn--a/", "its host is not one."),
        ("http://daily.example/\x00", "it is not a web address."),
        ("http://daily.example/\udcff", "it is not a web address."),
    ],
)
def test_what_is_no_address_is_said_to_be_none(abroad: Fetcher, internet: Internet, url: str, why: str) -> None:
    assert failure(abroad, url).endswith(why)
    assert not internet.looked_up


def test_a_password_in_an_address_is_neither_sent_nor_shown(abroad: Fetcher) -> None:
    assert failure(abroad, "https://me:secret@daily.example/").startswith("https://…@daily.example/: ")


def test_a_long_address_is_shown_in_short(abroad: Fetcher) -> None:
    assert len(failure(abroad, f"http://nowhere.example/{'a' * 5000}")) < 250


# --- sites that go wrong ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (204, "it is empty (204)."),
        (206, "only a part of it was sent (206)."),
        (300, "its server leads elsewhere, but does not say where (300)."),
        (304, "its server says that we have it (304)."),
        (401, "it wants a password (401)."),
        (402, "it wants to be paid for (402)."),
        (403, "its server does not let us have it (403)."),
        (404, "it is not there (404)."),
        (410, "it is gone for good (410)."),
        (418, "its server refused with status 418."),
        (451, "it is withheld for legal reasons (451)."),
        (501, "its server failed (501)."),
    ],
)
def test_each_status_has_its_line_and_is_asked_for_once(site: Site, fetcher: Fetcher, status: int, why: str) -> None:
    site.page("/story", "sorry", status=status)
    assert failure(fetcher, site.url("/story")) == f"{site.url('/story')}: {why}"
    assert site.paths.count("/story") == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_three_times(site: Site, fetcher: Fetcher, status: int) -> None:
    site.replies("/story", Page(status=status), Page(status=status), Page("text"))
    assert fetcher.get(site.url("/story")).body == b"text"
    site.page("/other", status=status)
    assert f"({status})" in failure(fetcher, site.url("/other"))
    assert site.paths.count("/other") == 3


BROKE_OFF = "the connection to 127.0.0.1 broke off."
NOT_HTTP = "what 127.0.0.1 answers is not proper HTTP."
TOO_LARGE = "it has more than 0.1 MB; no more are read."
FALSE_CHUNKS = Raw((head("Transfer-Encoding: chunked"), b"zz\r\nabc\r\n"))
HALF_PACKED = gzipped("The bridge opened. " * 99)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Raw(()), BROKE_OFF),
        (Raw((head("Content-Length: 100"), b"too short")), BROKE_OFF),
        (Raw((head("Transfer-Encoding: chunked"), b"5\r\nhal")), BROKE_OFF),
        (Raw((head("Content-Length: 100"), b"half"), resets=True), BROKE_OFF),
        (Raw((b"SSH-2.0-OpenSSH_9.2\r\n\r\n",)), NOT_HTTP),
        (Raw((head("Content-Length: many"), b"text")), NOT_HTTP),
        (Raw((head("Content-Length: 4", "Content-Length: 5"), b"text")), NOT_HTTP),
        (FALSE_CHUNKS, NOT_HTTP),
        (Raw((b"HTTP/1.1 200 OK\r\n",), again=b"X-More: " + b"x" * 1000 + b"\r\n"), NOT_HTTP),
        (endless(), TOO_LARGE),
        (Page(b"x" * 100_001), TOO_LARGE),
        (Raw((head("Content-Length: " + "9" * 20),)), TOO_LARGE),
        (gzip_bomb(300_000_000), "it has more than 0.1 MB when it is unpacked; no more are read."),
        (Page("text", headers={"Content-Encoding": "gzip"}), "what was sent is packed wrongly."),
        (Page(HALF_PACKED.body[:-9], headers=HALF_PACKED.headers), "what was sent is not complete."),
        (Page("text", headers={"Content-Encoding": "br"}), "it is packed in a way that was not asked for (br)."),
        (Page("text", headers={"Content-Encoding": "gzip, gzip"}), "(gzip, gzip)."),
    ],
)  # fmt: skip
def test_a_hostile_or_broken_answer_is_one_line(site: Site, fetcher: Fetcher, reply: Reply, why: str) -> None:
    site.replies("/story", reply)
    line = failure(fetcher, site.url("/story"))
    assert line.startswith(f"{site.url('/story')}: ")
    assert line.endswith(why)


@pytest.mark.parametrize(
    ("reply", "limits", "why"),
    [
        (stalled(), IMPATIENT, "127.0.0.1 did not answer for 0.2 s."),
        (stalled(head("Content-Length: 9") + b"half"), IMPATIENT, "127.0.0.1 did not answer for 0.2 s."),
        (dripping(b"x" * 900, every=0.05), BRIEF, "it took longer than 0.6 s."),
        (Raw((b"HTTP/1.1 200 OK\r\n",), every=0.05, again=b"X"), BRIEF, "it took longer than 0.6 s."),
        (Raw((), every=0.01, again=b"HTTP/1.1 100 Continue\r\n\r\n"), BRIEF, "it took longer than 0.6 s."),
    ],
)
@pytest.mark.parametrize("path", ["/story", "/robots.txt"])
def test_no_answer_is_waited_for_for_ever(site: Site, path: str, reply: Reply, limits: Limits, why: str) -> None:
    site.replies(path, reply)
    with Fetcher(allow_private=True, limits=limits, sleep=lambda seconds: None) as fetcher:
        assert failure(fetcher, site.url("/story")).endswith(why)


def test_a_page_may_be_as_large_as_the_limit(site: Site, fetcher: Fetcher) -> None:
    for page in (Page(b"x" * 100_000), gzipped("x" * 100_000), Raw((head(), b"x" * 100_000))):
        site.replies("/story", page)
        assert len(fetcher.get(site.url("/story")).body) == 100_000


def test_a_connection_that_broke_off_is_made_again(site: Site, fetcher: Fetcher) -> None:
    site.replies("/story", Raw((head("Content-Length: 99"), b"half")), Raw(()), Page("text"))
    assert fetcher.get(site.url("/story")).body == b"text"


def test_a_host_that_is_not_there_is_said_not_to_be(internet: Internet, abroad: Fetcher) -> None:
    assert failure(abroad, "http://nowhere.example/") == "http://nowhere.example/: there is no host nowhere.example."
    assert internet.looked_up == ["nowhere.example"]


def test_a_host_where_nobody_listens_refuses(fetcher: Fetcher) -> None:
    with Site() as gone:
        url = gone.url("/")
    assert failure(fetcher, url) == f"{url}: 127.0.0.1 refuses the connection."


@pytest.mark.parametrize(
    ("host", "expired", "trusted", "why"),
    [
        ("daily.example", False, False, "the certificate of daily.example vouches only for itself."),
        ("daily.example", True, True, "the certificate of daily.example has expired."),
        ("other.example", False, True, "the certificate of daily.example is another host's."),
    ],
)
def test_a_host_that_cannot_show_who_it_is_is_not_fetched_from(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    internet: Internet,
    host: str,
    expired: bool,
    trusted: bool,
    why: str,
) -> None:
    certificate = self_signed(tmp_path, host, expired=expired)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    with Site(certificate=certificate) as site, Fetcher(resolve=internet.resolve, network=internet) as fetcher:
        internet.host("daily.example", PUBLIC, site)
        assert failure(fetcher, "https://daily.example/story") == f"https://daily.example/story: {why}"
        assert internet.connected == [PUBLIC]  # trying again does not help
        assert not site.requests


def test_a_host_that_can_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, internet: Internet) -> None:
    certificate = self_signed(tmp_path, "daily.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    with Site(certificate=certificate) as site, Fetcher(resolve=internet.resolve, network=internet) as fetcher:
        internet.host("daily.example", PUBLIC, site)
        site.page("/story", "text")
        assert fetcher.get("https://daily.example/story").body == b"text"


def test_http_where_https_was_meant_is_one_line(site: Site, internet: Internet, abroad: Fetcher) -> None:
    internet.host("daily.example", PUBLIC, site)
    assert failure(abroad, "https://daily.example/").endswith(": no secure connection to daily.example could be made.")


def test_a_stop_in_the_middle_goes_through_at_once(site: Site) -> None:
    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    site.page("/story", status=503)
    with Fetcher(allow_private=True, sleep=stop) as fetcher, pytest.raises(KeyboardInterrupt):
        fetcher.get(site.url("/story"))
    assert site.paths == ["/robots.txt", "/story"]


# --- robots.txt -------------------------------------------------------------------------------------------------------


def test_robots_txt_is_kept_to_and_read_once(site: Site, fetcher: Fetcher) -> None:
    site.robots("User-agent: *\nDisallow: /private/\nAllow: /private/open\n")
    for path in ("/story", "/private/open", "/private/story"):
        site.page(path, "text")
    fetcher.get(site.url("/story"))
    fetcher.get(site.url("/private/open"))
    with pytest.raises(FetchError, match="save the page, and add that file") as failed:
        fetcher.get(site.url("/private/story"))
    assert "robots.txt of 127.0.0.1 does not allow machines to fetch it." in failed.value.what
    assert site.paths == ["/robots.txt", "/story", "/private/open"]


def test_what_robots_txt_says_to_us_by_name_counts(site: Site, fetcher: Fetcher) -> None:
    site.robots("User-agent: *\nDisallow: /\n\nUser-agent: Otherbot\nUser-agent: newscite\nDisallow: /drafts\n")
    site.page("/story", "text")
    assert fetcher.get(site.url("/story")).body == b"text"
    assert "robots.txt" in failure(fetcher, site.url("/drafts/1"))


def test_robots_txt_holds_for_a_page_that_another_leads_to(site: Site, fetcher: Fetcher) -> None:
    with Site() as other:
        other.robots("User-agent: *\nDisallow: /")
        site.redirect("/story", other.url("/story"))
        assert "it redirects to" in failure(fetcher, site.url("/story"))
        assert other.paths == ["/robots.txt"]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_host_without_robots_txt_allows_everything(site: Site, fetcher: Fetcher, status: int) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /", status=status)
    site.page("/story", "text")
    assert fetcher.get(site.url("/story")).body == b"text"


@pytest.mark.parametrize("reply", [Page(status=500), Page(status=503), Page(status=429), Raw(())])
def test_nothing_is_fetched_while_robots_txt_cannot_be_read(site: Site, fetcher: Fetcher, reply: Reply) -> None:
    site.replies("/robots.txt", reply)
    site.page("/story", "text")
    why = "nothing is fetched from 127.0.0.1 while its robots.txt cannot be read: "
    assert why in failure(fetcher, site.url("/story"))
    assert why in failure(fetcher, site.url("/other"))
    assert site.paths == ["/robots.txt"] * 3


def test_robots_txt_may_lie_elsewhere_and_its_circles_count_as_none(site: Site, fetcher: Fetcher) -> None:
    site.redirect("/robots.txt", "/rules")
    site.page("/rules", "User-agent: *\nDisallow: /drafts", type="text/plain")
    site.page("/story", "text")
    assert "robots.txt" in failure(fetcher, site.url("/drafts/1"))
    with Site() as other:
        other.redirect("/robots.txt", "/robots.txt")
        other.page("/story", "text")
        assert fetcher.get(other.url("/story")).body == b"text"


def test_a_robots_txt_of_any_size_does_no_harm(site: Site) -> None:
    names = "".join(f"User-agent: n{number}\n" for number in range(15_000))
    rules = "".join(f"Disallow: /{number}\n" for number in range(15_000))
    site.robots(f"User-agent: *\nDisallow: /drafts\n\n{names}{rules}")
    site.page("/story", "text")
    with Fetcher(allow_private=True, delay=0) as fetcher:
        assert fetcher.get(site.url("/story")).body == b"text"
        assert "robots.txt" in failure(fetcher, site.url("/drafts/1"))
        with Site() as other:
            other.replies("/robots.txt", endless(b"# nothing\n" * 100))
            other.page("/story", "text")
            assert fetcher.get(other.url("/story")).body == b"text"


# --- pace -------------------------------------------------------------------------------------------------------------


def test_one_host_is_asked_once_in_a_while_and_others_at_once(site: Site, internet: Internet) -> None:
    clock = Clock()
    internet.host("daily.example", PUBLIC, site)
    internet.host("weekly.example", ALSO_PUBLIC, site)
    site.page("/a", "text")
    with Fetcher(
        delay=3, on_wait=clock.told, clock=clock, sleep=clock.sleep, resolve=internet.resolve, network=internet
    ) as fetcher:
        fetcher.get("http://daily.example/a")
        fetcher.get("http://weekly.example/a")
        assert clock.waits == []
        fetcher.get("http://daily.example/a")
        assert clock.waits == [(3, "daily.example is asked once in 3 s")]
        fetcher.get("http://weekly.example/a")
        assert len(clock.waits) == 1  # its pause is over, too


@pytest.mark.parametrize(("wanted", "kept"), [("20", 20.0), ("3600", 30.0), ("0.1", 1.0), ("-5", 1.0)])
def test_a_host_may_want_a_longer_pause(site: Site, wanted: str, kept: float) -> None:
    clock = Clock()
    site.robots(f"User-agent: *\nCrawl-delay: {wanted}")
    site.page("/story", "text")
    with Fetcher(allow_private=True, on_wait=clock.told, clock=clock, sleep=clock.sleep) as fetcher:
        fetcher.get(site.url("/story"))
        fetcher.get(site.url("/story"))
    assert [seconds for seconds, _ in clock.waits] == [kept]


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_says_when_to_ask_again_is_asked_then(site: Site, status: int) -> None:
    clock = Clock()
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    busy = [Page(status=status, headers={"Retry-After": after}) for after in ("30", at)]
    site.replies("/story", *busy, Page("text"))
    with Fetcher(allow_private=True, on_wait=clock.told, clock=clock, sleep=clock.sleep) as fetcher:
        assert fetcher.get(site.url("/story")).body == b"text"
    first, second = (seconds for seconds, _ in clock.waits)
    assert first == 30
    assert 1 < second <= 40


def test_a_server_that_wants_a_long_pause_is_left_alone(site: Site) -> None:
    clock = Clock()
    site.page("/story", status=429, headers={"Retry-After": "7200"})
    site.page("/other", "text")
    with Fetcher(allow_private=True, on_wait=clock.told, clock=clock, sleep=clock.sleep) as fetcher:
        for path in ("/story", "/other"):
            with pytest.raises(FetchError, match=r"wants fewer requests \(429\)\. Try again after 20\d\d-"):
                fetcher.get(site.url(path))
        assert site.paths == ["/robots.txt", "/story"]
        assert clock.waits == []
        clock.now += 7200
        assert fetcher.get(site.url("/other")).body == b"text"


@pytest.mark.parametrize("after", ["soon", "-1", "9" * 5000, "Fri, 99 Foo 2025", "", "0"])
def test_what_says_nothing_about_when_to_ask_again_is_not_heard(site: Site, fetcher: Fetcher, after: str) -> None:
    site.replies("/story", Page(status=503, headers={"Retry-After": after}), Page("text"))
    assert fetcher.get(site.url("/story")).body == b"text"


def test_waiting_does_not_count_as_the_server_s_time(site: Site) -> None:
    clock = Clock()
    site.replies("/story", *[Page(status=503, headers={"Retry-After": "50"})] * 2, Page("text"))
    with Fetcher(allow_private=True, clock=clock, sleep=clock.sleep) as fetcher:
        assert fetcher.get(site.url("/story")).body == b"text"
    assert clock.now >= 100
