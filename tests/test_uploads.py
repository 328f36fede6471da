"""The library page and what comes in through it: uploads are read from bytes, told of one by one, never trusted.

Addresses are fetched by real requests to a real server on loopback, which only the tests' own application may ask.
"""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
import types
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from indexes.embeddings import Floats
from indexes.library import Library, Wanted
from indexes.readers import MAX_BYTES
from indexes.readers.formats import ENDINGS
from rag import Assistant
from tests.browser.server import free_port
from tests.site import FEED, Site
from tests.standin import StandIn, article
from ui import cli, serve
from ui.access import AccessRule, Visitor
from ui.conversations import Conversations
from ui.limits import Limits, protect
from ui.problems import install_errors
from ui.service import Service
from ui.uploads import AT_ONCE, MAX_FILES, clean_name, uploads_router

ROOT = Path(__file__).parent.parent

WALL = "Council votes for wall\n\nThe council of Skarra voted for a wall on Monday.\n\nThe wall costs nine crowns.\n"
BOAT = "# Night boat\n\nThe night boat carries sixty people over the sound, its captain said.\n"
PIER = "Pier to move\n\n“We need a new pier because the old one stands on sand,” Ada Lind said on Friday.\n"


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", embeddings=StandIn()) as opened:
        yield opened


def app(library: Library, *, read_only: bool = False, wanted: Wanted | None = None) -> FastAPI:
    served = FastAPI()
    install_errors(served)
    service = SimpleNamespace(library=library, read_only=read_only)
    served.include_router(uploads_router(service, wanted) if wanted else uploads_router(service))
    served.add_middleware(SignedIn)
    return served


class SignedIn:
    """ASGI: the header X-User says who is there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            user = dict(scope["headers"]).get(b"x-user", b"").decode() or None
            scope.setdefault("state", {})["visitor"] = Visitor(user, "127.0.0.1")
        await self._app(scope, receive, send)


@pytest.fixture
def client(shelf: Library) -> TestClient:
    return TestClient(app(shelf))


def send(client: TestClient, *files: tuple[str, str | bytes], **fields: str) -> httpx.Response:
    parts = [("files", (name, content)) for name, content in files]
    return client.post("/api/articles", files=parts or [("nothing", ("", b""))], data=fields)


def events(reply: httpx.Response) -> list[tuple[str, Any]]:
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"].startswith("text/event-stream")
    return [(name, json.loads(data)) for name, data in re.findall(r"event: (\w+)\ndata: (.*)\n\n", reply.text)]


def told(reply: httpx.Response) -> list[dict[str, Any]]:
    """Return what the reply says of each upload."""
    return [data for name, data in events(reply) if name == "file"]


# -- what becomes of an upload ----------------------------------------------------------------------------------------


def test_files_are_added_and_told_of_one_by_one(client: TestClient, shelf: Library) -> None:
    reply = send(client, ("wall.txt", WALL), ("boat.md", BOAT), ("photo.png", b"\x89PNG"))
    assert [(f["name"], f["status"], f["title"]) for f in sorted(told(reply), key=lambda f: f["name"])] == [
        ("boat.md", "added", "Night boat"),
        ("photo.png", "failed", None),
        ("wall.txt", "added", "Council votes for wall"),
    ]
    name, done = events(reply)[-1]
    assert (name, done["added"], done["failed"], done["unchanged"]) == ("done", 2, 1, 0)
    assert {row["title"] for row in done["articles"]} == {"Night boat", "Council votes for wall"}
    assert {row.id for row in shelf.articles()} == {row["id"] for row in done["articles"]}


def test_progress_goes_from_nothing_to_all(client: TestClient) -> None:
    steps = [data for name, data in events(send(client, ("wall.txt", WALL), ("boat.md", BOAT))) if name == "progress"]
    assert (steps[0]["done"], steps[-1]["done"]) == (0, 2)
    assert {step["total"] for step in steps} == {2}


def test_pasted_text_is_an_article_under_the_title_given(client: TestClient, shelf: Library) -> None:
    reply = send(
        client,
        title="  Storm\nover Skarra ",
        text="The boats stay in.\n\nThe office says so.",
        publisher="The Beacon",
        published="2025-03-14",
        url="https://beacon.example/storm",
    )
    assert [f["status"] for f in told(reply)] == ["added"]
    (row,) = shelf.articles()
    assert (row.title, row.publisher, row.published) == ("Storm over Skarra", "The Beacon", date(2025, 3, 14))
    assert (row.paragraphs, row.url) == (2, "https://beacon.example/storm")


def test_title_of_a_pasted_text_is_not_put_on_the_files_beside_it(client: TestClient, shelf: Library) -> None:
    send(client, ("wall.txt", WALL), title="Storm", text="The boats stay in the harbour.")
    assert {row.title for row in shelf.articles()} == {"Storm", "Council votes for wall"}


def test_same_file_again_is_unchanged_and_an_edited_one_is_a_new_version(client: TestClient, shelf: Library) -> None:
    (first,) = told(send(client, ("wall.txt", WALL)))
    assert [f["status"] for f in told(send(client, ("wall.txt", WALL)))] == ["unchanged"]
    (edited,) = told(send(client, ("wall.txt", WALL.replace("nine", "ten"))))
    assert (edited["status"], edited["id"]) == ("updated", first["id"])
    assert len(shelf.versions(first["id"])) == 2


def test_two_files_of_one_name_are_two_articles(client: TestClient, shelf: Library) -> None:
    send(client, ("article.txt", WALL))
    send(client, ("article.txt", BOAT.replace("# ", "")))
    assert len(shelf.articles()) == 2


@pytest.mark.parametrize("fields", [{}, {"publisher": "The Beacon"}])
def test_two_texts_without_a_title_are_two_articles(client: TestClient, shelf: Library, fields: dict[str, str]) -> None:
    for text in ("The boats stay in the harbour, says the office.", "The wall is paid for by the state, says Lind."):
        send(client, ("article.txt", text), **fields)
        send(client, text=text.replace("says", "said"), **fields)
    assert len(shelf.articles()) == 4


def test_what_was_known_under_another_id_is_said(client: TestClient) -> None:
    (first,) = told(send(client, ("wall.txt", WALL)))
    (better,) = told(send(client, ("wall.txt", WALL), url="https://courier.example/wall"))
    assert (better["status"], better["replaced"]) == ("updated", first["id"])


def test_question_finds_at_once_what_was_added(client: TestClient, shelf: Library) -> None:
    assistant = Assistant(shelf)
    question = "Why does Ada Lind want a new pier?"
    assert assistant.ask(question).reason == "no_articles"
    send(client, ("pier.txt", PIER))
    assert "stands on sand" in assistant.ask(question).answer
    send(client, ("pier.txt", PIER.replace("sand", "mud")))
    assert "stands on mud" in assistant.ask(question).answer


def test_several_files_are_embedded_together(tmp_path: Path) -> None:
    class Counting(StandIn):
        calls = 0

        def vectors(self, texts: Sequence[str]) -> Floats:
            self.calls += 1
            return super().vectors(texts)

    counting = Counting()
    with Library.open(tmp_path, embeddings=counting) as opened:
        send(TestClient(app(opened)), *((f"{n}.txt", f"Wall {n}\n\nThe wall number {n} is high.") for n in range(9)))
    assert counting.calls == 1


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "fields", "says"),
    [
        ([], {}, "nothing to add"),
        ([], {"title": "Only a title"}, "nothing to add"),
        ([("a.txt", WALL)] * (MAX_FILES + 1), {}, "at most 20"),
        ([("a.txt", WALL)], {"published": "03/04/2025"}, "'03/04/2025' is not a date"),
        ([("a.txt", WALL)], {"url": "javascript:alert(1)"}, "is not a web address"),
        ([("a.txt", WALL), ("b.txt", BOAT)], {"url": "https://a.example/"}, "one article"),
        ([("a.txt", WALL)], {"publisher": "x" * 301}, "301 characters"),
    ],
)
def test_form_that_cannot_be_taken_is_refused_whole(
    client: TestClient, shelf: Library, files: list[tuple[str, str]], fields: dict[str, str], says: str
) -> None:
    reply = send(client, *files, **fields)
    assert reply.status_code == 400
    assert says in reply.json()["detail"]
    assert shelf.articles() == []


def test_file_that_is_too_large_fails_alone(client: TestClient) -> None:
    results = told(send(client, ("big.txt", b"x" * (MAX_BYTES + 1)), ("wall.txt", WALL)))
    assert {f["name"]: f["status"] for f in results} == {"big.txt": "failed", "wall.txt": "added"}
    assert "at most 20 MB" in results[0]["reason"]


def test_read_only_library_is_neither_added_to_nor_removed_from(shelf: Library) -> None:
    kept = article("Wall", "A wall stands.")
    shelf.add_article(kept)
    client = TestClient(app(shelf, read_only=True))
    for reply in (send(client, ("boat.md", BOAT)), client.delete(f"/api/articles/{kept.id}")):
        assert reply.status_code == 403
        assert "read-only" in reply.json()["detail"]
    assert [row.id for row in shelf.articles()] == [kept.id]


def test_library_that_cannot_be_written_is_an_event_without_its_path(shelf: Library) -> None:
    client = TestClient(app(shelf))
    shelf.close()
    name, data = events(send(client, ("wall.txt", WALL)))[-1]
    assert name == "error"
    assert "library" in data["detail"]
    assert str(shelf) not in data["detail"]


# -- files that hold many articles ------------------------------------------------------------------------------------


def records(*titles: str, **known: str) -> str:
    rows = ({"title": title, "text": f"{title} was the talk of Skarra on Monday.", **known} for title in titles)
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_each_article_of_a_file_is_told_of_by_its_place(client: TestClient, shelf: Library) -> None:
    reply = send(client, ("news.jsonl", records("Wall", "Boat") + "{}\n" + records("Pier")), ("boat.md", BOAT))
    assert [(f["name"], f["status"], f["title"]) for f in told(reply)] == [
        ("news.jsonl#3", "failed", None),
        ("news.jsonl#1", "added", "Wall"),
        ("news.jsonl#2", "added", "Boat"),
        ("news.jsonl#4", "added", "Pier"),
        ("boat.md", "added", "Night boat"),
    ]
    _, done = events(reply)[-1]
    assert (done["added"], done["failed"]) == (4, 1)
    assert len(shelf.articles()) == 4


def test_mailbox_is_added_mail_by_mail(client: TestClient, shelf: Library) -> None:
    box = b""
    for number, subject in enumerate(("Wall", "Boat"), 1):
        mail = EmailMessage()
        mail["From"], mail["Subject"], mail["Message-ID"] = (
            "Desk <d@paper.example>",
            subject,
            f"<{number}@paper.example>",
        )
        mail.set_content(f"{subject} was the talk of Skarra on Monday, and of all the boats in its harbour.\n")
        box += b"From desk@paper.example Tue Mar  4 06:30:00 2025\n" + mail.as_bytes() + b"\n"
    assert [(f["name"], f["status"]) for f in told(send(client, ("box.mbox", box)))] == [
        ("box.mbox#1", "added"),
        ("box.mbox#2", "added"),
    ]
    assert {row.title for row in shelf.articles()} == {"Wall", "Boat"}


def test_two_files_of_one_name_hold_different_articles(client: TestClient, shelf: Library) -> None:
    for title in ("Wall", "Boat"):
        send(client, ("news.jsonl", records(title)))
    assert len(shelf.articles()) == 2
    (again,) = told(send(client, ("news.jsonl", records("Wall").replace("Monday", "Sunday"))))
    assert again["status"] == "updated"


def test_original_address_is_not_put_on_many_articles(client: TestClient, shelf: Library) -> None:
    reply = send(client, ("news.jsonl", records("Wall", "Boat")), url="https://paper.example/wall")
    assert reply.status_code == 400
    assert "belongs to one article" in reply.json()["detail"]
    assert shelf.articles() == []


def test_name_inside_an_archive_is_shown_harmless(client: TestClient) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("news/cod\u202etxt.txt", WALL)
    (member,) = told(send(client, ("a.zip", packed.getvalue())))
    assert (member["name"], member["status"]) == ("a.zip#news/codtxt.txt", "added")


# -- web addresses ----------------------------------------------------------------------------------------------------

HERE = Wanted(limit=3, allow_private=True, delay=0)  # the site stands on this machine


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as opened:
        yield opened


def story(title: str) -> str:
    """Return a page as a small newspaper makes it."""
    return (
        f"<html lang=en><head><title>{title}</title><meta property='og:site_name' content='The Beacon'></head><body>"
        f"<article><h1>{title}</h1><p>{title} was the talk of the harbour on Monday, and the master heard it all.</p>"
        "<p>“We have waited for this longer than anybody will admit,” he said, and went back to his nets.</p></article>"
    )


def set_feed(site: Site, *titles: str) -> str:
    """Set a feed, the newest article first, and its pages; return its address."""
    items = ""
    for age, title in enumerate(titles):
        site.page(f"/{title}", story(title))
        day = f"{28 - age:02} Feb 2025 08:00:00 GMT"
        items += f"<item><title>{title}</title><link>{site.url(f'/{title}')}</link><pubDate>{day}</pubDate></item>"
    rss = f"<?xml version='1.0'?><rss version='2.0'><channel><title>The Beacon</title>{items}</channel></rss>"
    site.page("/feed", rss, type=FEED)
    return site.url("/feed")


def reader(shelf: Library, **options: Any) -> TestClient:
    return TestClient(app(shelf, wanted=HERE, **options))


def test_page_is_fetched_and_added(shelf: Library, site: Site) -> None:
    site.page("/wall", story("Wall"))
    reply = send(reader(shelf), address=site.url("/wall"))
    (page,) = told(reply)
    assert (page["name"], page["status"], page["title"]) == (site.url("/wall"), "added", "Wall")
    (row,) = shelf.articles()
    assert (row.url, row.publisher, row.paragraphs) == (site.url("/wall"), "The Beacon", 2)
    assert events(reply)[-1][1]["articles"][0]["id"] == row.id
    site.page("/wall", story("Wall").replace("Monday", "Sunday"))
    assert [f["status"] for f in told(send(reader(shelf), address=site.url("/wall")))] == ["updated"]


def test_newest_of_a_feed_are_fetched_and_the_next_when_it_is_sent_again(shelf: Library, site: Site) -> None:
    address = set_feed(site, "e", "d", "c", "b", "a")
    client = reader(shelf)
    _, done = events(send(client, address=address))[-1]
    assert (done["added"], done["left"]) == (3, 2)
    assert {row.title for row in shelf.articles()} == {"e", "d", "c"}
    reply = send(client, address=address)
    assert {f["title"] for f in told(reply) if f["status"] == "added"} == {"b", "a"}
    assert events(reply)[-1][1]["left"] == 0
    assert site.paths.count("/e") == 1


def test_fetching_is_told_as_progress(shelf: Library, site: Site) -> None:
    address = set_feed(site, "b", "a")
    steps = [data for name, data in events(send(reader(shelf), address=address)) if name == "progress"]
    told_of = [step["what"] for step in steps]
    assert [what for what in told_of if what.startswith("fetching")] == [
        f"fetching {url}" for url in (address, site.url("/b"), site.url("/a"))
    ]
    assert (steps[-1]["done"], steps[-1]["total"]) == (2, 2)


def test_page_that_cannot_be_had_fails_alone(shelf: Library, site: Site) -> None:
    address = set_feed(site, "d", "c", "b")
    site.page("/c", "gone", status=404)
    site.robots("User-agent: *\nDisallow: /b")
    by_title = {f["name"]: f for f in told(send(reader(shelf), ("boat.md", BOAT), address=address))}
    assert [by_title[site.url(f"/{title}")]["status"] for title in "dcb"] == ["added", "failed", "failed"]
    assert "404" in by_title[site.url("/c")]["reason"]
    assert "robots.txt" in by_title[site.url("/b")]["reason"]
    assert by_title["boat.md"]["status"] == "added"


def test_a_site_that_keeps_us_waiting_is_given_up(shelf: Library, site: Site) -> None:
    hurried = replace(HERE, seconds=0)
    (file,) = told(send(TestClient(app(shelf, wanted=hurried)), address=site.url("/wall")))
    assert (file["status"], "too long" in file["reason"]) == ("failed", True)
    assert site.requests == []


def test_no_wait_is_begun_that_would_take_too_long(shelf: Library, site: Site) -> None:
    site.page("/wall", "", status=503, headers={"Retry-After": "59"})
    hurried = replace(HERE, seconds=50)
    (file,) = told(send(TestClient(app(shelf, wanted=hurried)), address=site.url("/wall")))
    assert (file["status"], "too long" in file["reason"]) == ("failed", True)
    assert [request.path for request in site.requests] == ["/robots.txt", "/wall"]


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254"])
def test_a_visitor_is_not_told_where_a_name_leads_inside(shelf: Library, host: str) -> None:
    (file,) = told(send(TestClient(app(shelf, wanted=Wanted())), address=f"http://{host}/"))
    assert file["reason"] == f"http://{host}/: it is not on the public internet. This server fetches from nowhere else."


def test_what_is_said_about_a_page_holds_and_the_title_of_a_text_does_not(shelf: Library, site: Site) -> None:
    site.page("/wall", story("Wall"))
    send(reader(shelf), text="The boats stay in.", title="Storm", address=site.url("/wall"), publisher="The Courier")
    assert {(row.title, row.publisher) for row in shelf.articles()} == {
        ("Wall", "The Courier"),
        ("Storm", "The Courier"),
    }


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "/etc/passwd", "paper.example/wall", "ftp://a.example/", "https://", "http:// /"]
)
def test_what_is_no_web_address_is_refused_whole(client: TestClient, shelf: Library, address: str) -> None:
    reply = send(client, ("wall.txt", WALL), address=address)
    assert reply.status_code == 400
    assert reply.json()["detail"].endswith("is not a web address. Give one that begins with https:// or http://.")
    assert shelf.articles() == []


def test_an_address_with_a_password_is_refused_and_not_repeated(client: TestClient) -> None:
    detail = send(client, address="https://me:secret@paper.example/wall").json()["detail"]
    assert "it has a name or a password in it." in detail
    assert "secret" not in detail


def test_page_that_is_fetched_takes_no_other_original_address(client: TestClient) -> None:
    reply = send(client, address="https://paper.example/wall", url="https://paper.example/other")
    assert reply.status_code == 400
    assert "has its address already" in reply.json()["detail"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
def test_visitors_reach_nothing_on_the_servers_own_network(
    client: TestClient, shelf: Library, site: Site, host: str
) -> None:
    site.page("/wall", story("Wall"))
    address = site.url("/wall", host)
    (failed,) = told(send(client, address=address))
    assert failed["reason"] == f"{address}: it is not on the public internet. This server fetches from nowhere else."
    assert site.requests == []
    assert shelf.failures() == []  # else whoever runs the server would fetch it when trying again


def test_read_only_server_fetches_nothing(shelf: Library, site: Site) -> None:
    assert send(reader(shelf, read_only=True), address=site.url("/wall")).status_code == 403
    assert site.requests == []


def test_page_of_another_site_has_nothing_fetched(shelf: Library, site: Site) -> None:
    served = TestClient(protect(app(shelf, wanted=HERE), AccessRule(open=True)), base_url="http://127.0.0.1")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        data = {"address": site.url("/wall")}
        assert served.post("/api/articles", data=data, headers=headers).status_code == 403
    assert site.requests == []


# -- hostile names ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\story.txt", "story.txt"),
        ("a\x00b\r\nc\x1b[31m.txt", "ab c[31m.txt"),
        ("cod\u202etxt.md", "codtxt.md"),
        ("", "file"),
        ("///", "file"),
        ("x" * 500 + ".html", "x" * 114 + "….html"),
        ("наука 🌊.txt", "наука 🌊.txt"),
    ],
)
def test_name_of_a_file_is_shown_in_one_short_harmless_line(name: str, shown: str) -> None:
    assert clean_name(name) == shown


@pytest.mark.parametrize("name", ["../../../tmp/x.txt", "/etc/passwd", "..", "con.txt", "a" * 4000 + ".txt"])
def test_name_of_a_file_is_no_path(client: TestClient, shelf: Library, tmp_path: Path, name: str) -> None:
    before = set(tmp_path.rglob("*"))
    assert [f["status"] for f in told(send(client, (name, WALL)))] == ["added"]
    assert {path for path in tmp_path.rglob("*") if "library" not in path.parts} <= before
    assert shelf.articles()[0].source == f"upload:{clean_name(name)}#Council votes for wall"


def test_error_names_the_uploaded_file_and_no_path(client: TestClient) -> None:
    (failed,) = told(send(client, ("dir/report.doc", b"\xd0\xcf\x11\xe0")))
    assert failed["reason"].startswith("report.doc: not read yet: .doc;")


# -- removing ---------------------------------------------------------------------------------------------------------


def test_removed_article_is_returned_and_found_no_more(client: TestClient, shelf: Library) -> None:
    wall = article("Wall", "A wall stands.", speaker="Dora Renn")
    shelf.add_article(wall)
    removed = client.delete(f"/api/articles/{wall.id}").json()
    assert (removed["id"], removed["title"], removed["speakers"]) == (wall.id, "Wall", ["Dora Renn"])
    assert "source" not in removed
    assert client.delete(f"/api/articles/{wall.id}").status_code == 404
    assert shelf.articles() == []


def test_beginning_of_an_id_removes_nothing(client: TestClient, shelf: Library) -> None:
    wall = article("Wall", "A wall stands.")
    shelf.add_article(wall)
    assert client.delete(f"/api/articles/{wall.id[:6]}").status_code == 404
    assert len(shelf.articles()) == 1


# -- leaving, and coming together -------------------------------------------------------------------------------------


class Gated(StandIn):
    """Embeds when the gate is opened; says when it waits there."""

    def __init__(self) -> None:
        super().__init__()
        self.waits, self.gate = threading.Event(), threading.Event()

    def vectors(self, texts: Sequence[str]) -> Floats:
        self.waits.set()
        assert self.gate.wait(20)
        return super().vectors(texts)


async def test_what_was_sent_comes_in_whole_when_the_reader_leaves(tmp_path: Path) -> None:
    gated = Gated()
    with Library.open(tmp_path, embeddings=gated) as opened:
        served = app(opened)
        leave = asyncio.Event()
        leaving = asyncio.create_task(_post(served, leave, ("wall.txt", WALL), ("boat.md", BOAT)))
        await asyncio.to_thread(gated.waits.wait, 20)
        leave.set()
        await asyncio.wait_for(leaving, 20)
        assert opened.articles() == []
        gated.gate.set()
        stays = asyncio.Event()
        await asyncio.wait_for(_post(served, stays, ("wall.txt", WALL), user="ben"), 20)  # its turn is after the first
        assert {row.title for row in opened.articles()} == {"Council votes for wall", "Night boat"}


async def _post(
    served: FastAPI, leave: asyncio.Event, *files: tuple[str, str], user: str = "ada", **fields: str
) -> str:
    """Send files and return what comes back; end the connection when told to."""
    sending = [("files", file) for file in files]
    request = httpx.Request("POST", "http://x/api/articles", files=sending, data=fields, headers={"X-User": user})
    reply = b""
    body = [{"type": "http.request", "body": request.read(), "more_body": False}]

    async def receive() -> dict[str, Any]:
        if body:
            return body.pop()
        await leave.wait()
        return {"type": "http.disconnect"}

    async def sent(message: Any) -> None:
        nonlocal reply
        reply += message.get("body", b"")

    headers = [(name.lower().encode(), value.encode()) for name, value in request.headers.items()]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
             "path": "/api/articles", "raw_path": b"/api/articles", "query_string": b"", "root_path": "",
             "headers": headers, "client": ("127.0.0.1", 1), "server": ("x", 80), "state": {}}  # fmt: skip
    await served(scope, receive, sent)
    return reply.decode()


async def test_visitor_has_one_upload_at_a_time_and_all_together_have_four(tmp_path: Path) -> None:
    gated, stays = Gated(), asyncio.Event()
    with Library.open(tmp_path, embeddings=gated) as opened:
        served = app(opened)
        held_up = [asyncio.create_task(_post(served, stays, ("wall.txt", WALL), user="ada"))]
        await asyncio.to_thread(gated.waits.wait, 20)
        refused = await asyncio.to_thread(send, signed_in(served, "ada"), ("boat.md", BOAT))
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
        assert refused.json()["detail"] == "Your last upload is still being added. Send this one when that is done."

        everybody = [asyncio.create_task(_post(served, stays, ("wall.txt", WALL), user=f"user{n}")) for n in range(5)]
        done, _ = await asyncio.wait(everybody, timeout=20, return_when=asyncio.FIRST_COMPLETED)
        assert "4 other uploads are being added" in "".join(each.result() for each in done)
        gated.gate.set()
        replies = await asyncio.wait_for(asyncio.gather(*held_up, *everybody), 20)
        assert sum("event: done" in reply for reply in replies) == AT_ONCE
        for user in ("ada", "user0"):  # all places are free again
            assert told(await asyncio.to_thread(send, signed_in(served, user), ("boat.md", BOAT)))


def signed_in(served: FastAPI, user: str) -> TestClient:
    return TestClient(served, headers={"X-User": user})


def test_refused_form_takes_no_place(client: TestClient) -> None:
    for _ in range(AT_ONCE + 1):
        assert send(client).status_code == 400
    assert [f["status"] for f in told(send(client, ("wall.txt", WALL)))] == ["added"]


def test_large_file_is_read_whole_from_the_disk(client: TestClient, shelf: Library) -> None:
    long = "\n\n".join(["Long wall", *(f"The wall is {n} metres long. {'x' * 5000}" for n in range(300))])
    assert [f["status"] for f in told(send(client, ("long.txt", long)))] == ["added"]
    assert shelf.articles()[0].paragraphs == 300


def test_one_file_sent_twice_at_the_same_moment_is_one_article(shelf: Library) -> None:
    served = app(shelf)
    replies: list[httpx.Response] = []

    def send_as(user: str) -> None:
        replies.append(send(signed_in(served, user), ("wall.txt", WALL)))

    threads = [threading.Thread(target=send_as, args=[f"user{n}"]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told(reply)[0]["status"] for reply in replies) == ["added", "unchanged", "unchanged", "unchanged"]
    assert len(shelf.articles()) == 1


# -- the end of the server --------------------------------------------------------------------------------------------

LONG = "\n\n".join(["Long wall", *(f"The wall is {n} metres long and " + "high and " * 15 for n in range(80))])


async def test_server_that_ends_finishes_an_article_and_begins_no_other(tmp_path: Path) -> None:
    gated = Gated()
    with Library.open(tmp_path, embeddings=gated) as opened:
        served = app(opened)
        async with served.router.lifespan_context(served):
            sending = asyncio.create_task(_post(served, asyncio.Event(), ("long.txt", LONG), ("boat.md", BOAT)))
            await asyncio.to_thread(gated.waits.wait, 20)
            asyncio.get_running_loop().call_soon(gated.gate.set)  # as soon as the server waits for the article
        reply = await asyncio.wait_for(sending, 20)
        assert reply.endswith('The server is ending. What was added stays. Send the rest again later."}\n\n')
        assert [row.title for row in opened.articles()] == ["Long wall"]


async def test_server_that_ends_fetches_no_further_article(tmp_path: Path, site: Site) -> None:
    gated = Gated()
    address = set_feed(site, "long", "short")
    site.page("/long", story("long").replace("</article>", "".join(f"<p>{line}</p>" for line in LONG.split("\n\n"))))
    with Library.open(tmp_path, embeddings=gated) as opened:
        served = app(opened, wanted=HERE)
        async with served.router.lifespan_context(served):
            sending = asyncio.create_task(_post(served, asyncio.Event(), address=address))
            await asyncio.to_thread(gated.waits.wait, 20)
            asyncio.get_running_loop().call_soon(gated.gate.set)
        reply = await asyncio.wait_for(sending, 20)
        assert "The server is ending" in reply
        assert [row.title for row in opened.articles()] == ["long"]
    assert "/short" not in site.paths


@pytest.mark.slow
def test_process_ends_though_an_upload_is_under_way_and_keeps_what_was_written(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-c", "from tests.test_uploads import main; main()"]
    options = ["serve", "--home", str(tmp_path), "--port", str(port)]
    known = {name: value for name, value in os.environ.items() if not name.startswith("NEWSCITE_")}
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*command, *options], text=True, cwd=ROOT, env=known, **piped) as process:  # type: ignore[call-overload]
        try:
            assert any(line.startswith("Stop it") for line in process.stdout)
            files = [("files", ("long.txt", LONG)), ("files", ("boat.md", BOAT))]
            with httpx.stream("POST", f"http://127.0.0.1:{port}/api/articles", files=files) as reply:
                assert reply.status_code == 200
                assert any(line == "held up\n" for line in process.stdout)
                process.send_signal(signal.SIGTERM)
                _, errors = process.communicate(timeout=20)
        finally:
            process.kill()
    assert (process.returncode, errors) == (128 + signal.SIGTERM, "")
    with Library.open(tmp_path, embeddings=StandIn()) as opened:
        assert [row.title for row in opened.articles()] == ["Long wall"]


def main() -> None:
    """Run `newscite serve` with the routes of this chapter only, and an embedder that never embeds a second group."""

    class Stuck(StandIn):
        calls = 0

        def vectors(self, texts: Sequence[str]) -> Floats:
            self.calls += 1
            if self.calls == 2:
                print("held up", flush=True)
                threading.Event().wait()
            return super().vectors(texts)

    def service(settings: serve.Settings) -> Service:
        assert settings.home
        library = Library.open(settings.home, embeddings=Stuck())
        opened = Service(
            {"": Assistant(library)}, Conversations(settings.home / "c.sqlite3"), Limits(), read_only=False
        )
        opened.close = library.close  # type: ignore[method-assign]
        return opened

    def create_app(service: Service, rule: AccessRule) -> ASGIApp:
        served = FastAPI()
        served.include_router(uploads_router(service))
        return protect(served, rule, larger={"/api/articles": 1_000_000})

    standin = types.ModuleType("ui.server")
    standin.create_app = create_app  # type: ignore[attr-defined]
    sys.modules["ui.server"] = standin
    serve._service = service
    serve.warm = lambda service: None
    cli.main()


# -- the page ---------------------------------------------------------------------------------------------------------


def test_page_lists_articles_newest_first_with_links_dates_and_speakers(client: TestClient, shelf: Library) -> None:
    old = article("Old boat", "It sails.", published=date(2024, 9, 3), publisher="The Beacon")
    new = article("New wall", "It stands.", "It is high.", published=date(2025, 4, 29), speaker="Dora Renn")
    for each in (old, new):
        shelf.add_article(each)
    page = client.get("/library").text
    assert page.index(f'href="p/{new.id}"') < page.index(f'href="p/{old.id}"')
    assert '<time datetime="2025-04-29">29 April 2025</time>' in page
    assert "Dora Renn" in page
    assert "<caption>" in page


def test_page_offers_every_format_that_is_read(client: TestClient) -> None:
    page = client.get("/library").text
    (accepted,) = re.findall(r'accept="([^"]*)"', page)
    assert accepted.split(",") == list(ENDINGS)
    assert {".pdf", ".docx", ".eml", ".mbox", ".json", ".jsonl", ".zip"} <= set(ENDINGS)
    assert "PDF, DOCX, mail (EML, MBOX)" in page


def test_page_of_an_empty_library_says_how_to_add(client: TestClient) -> None:
    assert "newscite add your-articles/" in client.get("/library").text


def test_read_only_page_offers_neither_adding_nor_removing(shelf: Library) -> None:
    page = TestClient(app(shelf, read_only=True)).get("/library").text
    assert "<form" not in page
    assert "data-removable" not in page


def test_hostile_article_is_text_on_the_page(client: TestClient, shelf: Library) -> None:
    evil = "</th><script>alert(1)</script><img src=//evil.example onerror=alert(1)>"
    shelf.add_article(article(evil, "Text.", publisher=evil, speaker=evil))
    page = client.get("/library").text
    assert "alert(1)&lt;/script&gt;" in page
    assert page.count("<script") == 2  # ours, by their addresses
    assert "<img" not in page


def test_page_has_no_inline_script_or_style(client: TestClient, shelf: Library) -> None:
    shelf.add_article(article("Wall", "A wall stands."))
    page = client.get("/library").text
    assert re.findall(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style", page) == []
    assert re.findall(r"""(?:src|href|action)=["'](?:/|https?:)""", page) == []
