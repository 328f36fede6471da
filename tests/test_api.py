"""The HTTP API: the contract as JSON, as a stream and as paragraphs, and what is said when something goes wrong."""

import argparse
import html
import json
import re
import shlex
import threading
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, cast

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Form, UploadFile
from fastapi.testclient import TestClient
from langchain_openai import ChatOpenAI

from indexes.article import Article, Paragraph
from indexes.errors import BusyError, LibraryError
from indexes.library import Library
from rag import Answer, Assistant
from rag.langchain import ASKED
from rag.models import language_model
from tests.fake_llm import FakeLLM, Slow, Status
from tests.standin import StandIn, article
from ui import api, schemas
from ui.access import Visitor
from ui.api import api_router
from ui.conversations import Conversations, Turn
from ui.limits import Limits
from ui.problems import install_errors
from ui.schemas import Question
from ui.service import Service

PIER = article(
    "The pier",
    "We need a new pier 🌊 because the old one stands on sand.",
    "The sand is moved by every tide, and nobody can hold it.",
    speaker="Ada Lind",
    publisher="Harbour News",
    published=date(2025, 3, 12),
    url="https://example.org/pier",
)
WALL = article("The wall", "The wall costs nine million crowns.", publisher="The Gannow Post")
WHY = "Why does Ada Lind want a new pier?"
WRITTEN = "Ada Lind wants a new pier because the old one stands on sand [1]."
CONVERSATION = "k3rXw0Zt5u8Qm1bV6nYc-A"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library that no test changes."""
    with opened(tmp_path_factory.mktemp("library")) as library:
        yield library


@contextmanager
def opened(home: Path) -> Iterator[Library]:
    with Library.open(home, embeddings=StandIn()) as library:
        library.add_article(PIER)
        library.add_article(WALL)
        yield library


@pytest.fixture
def conversations(tmp_path: Path) -> Iterator[Conversations]:
    with closing(Conversations(tmp_path / "conversations.sqlite3")) as conversations:
        yield conversations


@pytest.fixture
def service(library: Library, conversations: Conversations) -> Service:
    return Service({"": Assistant(library)}, conversations, Limits(), read_only=False)


def served(service: Any) -> Any:
    """Return the API as an application; the header X-User says who is signed in."""
    app = FastAPI(title="Newscite", docs_url=None, redoc_url=None, openapi_url=None)
    install_errors(app)
    app.include_router(api_router(service))

    async def signed_in(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            user = dict(scope["headers"]).get(b"x-user", b"").decode() or None
            scope.setdefault("state", {})["visitor"] = Visitor(user, "127.0.0.1")
        await app(scope, receive, send)

    return signed_in


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    with TestClient(served(service), raise_server_exceptions=False) as client:
        yield client


def events(text: str) -> list[tuple[str, Any]]:
    """Return the events of a stream: their names and data."""
    blocks = [block.splitlines() for block in text.split("\n\n") if block and not block.startswith(":")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


# -- asking -----------------------------------------------------------------------------------------------------------


def test_answer_is_the_contract(client: TestClient, library: Library) -> None:
    reply = client.post("/api/ask", json={"question": WHY})
    asked = Assistant(library).ask(WHY).to_dict()
    assert reply.status_code == 200
    assert {**reply.json(), "timings_ms": {}} == {**asked, "timings_ms": {}}
    [citation] = reply.json()["citations"]
    assert PIER.body[0].text[citation["start"] : citation["end"]] == citation["quote"]


def test_body_has_the_keywords_of_ask() -> None:
    assert set(Question.model_fields) - {"model"} == ASKED


def test_abstention_is_an_answer(client: TestClient) -> None:
    reply = client.post("/api/ask", json={"question": "What does Orla Quist say about whales?"})
    assert (reply.status_code, reply.json()["abstained"]) == (200, True)
    assert reply.json()["reason"]


def test_filters_and_history_are_heard(client: TestClient) -> None:
    early = client.post("/api/ask", json={"question": WHY, "before": "2025-03-11"})
    assert early.json()["reason"] == "out_of_date_range"
    first = client.post("/api/ask", json={"question": WHY}).json()
    second = client.post("/api/ask", json={"question": "Why does she want that?", "history": [first]})
    assert "Ada Lind" in second.json()["asked_as"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"question": " "}, 400, "The question is empty."),
        ({"question": "x" * 100_000}, 400, "Shorten it."),
        ({"question": WHY, "after": "spring"}, 400, "Write it as 2025-03-14."),
        ({"question": WHY, "model": "gpt-17"}, 400, "There is no model 'gpt-17' here."),
        ({"question": WHY, "article": "ffff"}, 404, "GET api/articles lists what there is."),
        ({"question": WHY, "colour": "red", "spaeker": "x"}, 422, "'colour' is not known here. 'spaeker' is not known"),
        ({}, 422, "'question' is missing."),
        ({"question": 7}, 422, "'question': "),
        ({"question": WHY, "history": [{"question": "Why?"}]}, 422, "'history.0.answer' is missing."),
        ([], 422, "Send a JSON object"),
    ],
)
@pytest.mark.parametrize("path", ["/api/ask", "/api/ask/stream"])
def test_what_cannot_be_asked_is_explained(client: TestClient, path: str, body: Any, status: int, words: str) -> None:
    reply = client.post(path, json=body)
    assert reply.status_code == status
    assert list(reply.json()) == ["detail"]
    assert words in reply.json()["detail"]
    assert "\n" not in reply.json()["detail"]


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"{", "application/json", "The body is not JSON"),
        (b'{"question": "\\ud800"}', "application/json", "'question'"),
        (b'{"question": "Why?"}', "text/plain", "as Content-Type: application/json"),
    ],
)
def test_body_that_is_no_json_object_is_explained(client: TestClient, content: bytes, kind: str, words: str) -> None:
    reply = client.post("/api/ask", content=content, headers={"Content-Type": kind})
    assert reply.status_code == 422
    assert words in reply.json()["detail"]


def test_who_asks_too_much_is_told_when_to_come_back(service: Service) -> None:
    service.limits = Limits("1/minute")
    with TestClient(served(service)) as client:
        assert client.post("/api/ask", json={"question": WHY}).status_code == 200
        for path in ("/api/ask", "/api/ask/stream"):
            reply = client.post(path, json={"question": WHY})
            assert reply.status_code == 429
            assert 1 <= int(reply.headers["Retry-After"]) <= 60
        assert client.post("/api/ask", json={"question": WHY}, headers={"X-User": "ada"}).status_code == 200


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (BusyError("/home/x/catalog.sqlite3 is being written by `newscite add`.", "Wait."), 503, "is being written to"),
        (LibraryError("/home/x/catalog.sqlite3 is damaged.", "Restore it."), 503, "cannot be used just now"),
        (RuntimeError("secret of the inside"), 500, "Something went wrong on the server."),
    ],
)
@pytest.mark.parametrize("path", ["/api/ask", "/api/ask/stream"])
def test_trouble_inside_is_told_without_the_inside(error: Exception, status: int, words: str, path: str) -> None:
    with TestClient(served(Failing(error)), raise_server_exceptions=False) as client:
        reply = client.post(path, json={"question": WHY})
    assert (reply.status_code, words in reply.json()["detail"]) == (status, True)
    assert "/home" not in reply.text
    assert "secret" not in reply.text


def test_models_are_named(client: TestClient) -> None:
    assert client.get("/api/models").json() == {"models": [""], "default": ""}


# -- asking a stream --------------------------------------------------------------------------------------------------


class Failing:
    """A service that answers with what it is given: answers, then an error."""

    conversations = None
    models = ("",)

    def __init__(self, error: Exception, *answers: Answer) -> None:
        self._error = error
        self._answers = answers

    async def answers(self, visitor: Visitor, asked: Mapping[str, Any], model: str | None) -> AsyncGenerator[Answer]:
        for answer in self._answers:
            yield answer
        raise self._error


def test_stream_adds_up_to_the_answer(client: TestClient) -> None:
    sent = events(client.post("/api/ask/stream", json={"question": WHY}).text)
    whole = client.post("/api/ask", json={"question": WHY}).json()
    assert {**sent[-1][1], "timings_ms": {}} == {**whole, "timings_ms": {}}
    assert [data for name, data in sent if name == "sentence"] == whole["claims"]
    assert [data for name, data in sent if name == "citation"] == whole["citations"]


def test_stream_is_not_held_up_on_the_way(client: TestClient) -> None:
    reply = client.post("/api/ask/stream", json={"question": WHY})
    assert reply.headers["Content-Type"].startswith("text/event-stream")
    assert reply.headers["X-Accel-Buffering"] == "no"
    assert reply.headers["Cache-Control"] == "no-cache"


def test_stream_of_an_abstention_is_one_event(client: TestClient) -> None:
    reply = client.post("/api/ask/stream", json={"question": "What does Orla Quist say about whales?"})
    [(name, data)] = events(reply.text)
    assert (name, data["abstained"]) == ("done", True)


def test_what_fails_midway_ends_the_stream_with_an_error(library: Library) -> None:
    begun = Assistant(library).ask(WHY)
    with TestClient(served(Failing(RuntimeError("secret of the inside"), begun))) as client:
        reply = client.post("/api/ask/stream", json={"question": WHY})
    sent = events(reply.text)
    assert [name for name, _ in sent] == ["citation", "sentence", "error"]
    assert list(sent[-1][1]) == ["detail"]
    assert "secret" not in reply.text


# -- with a language model --------------------------------------------------------------------------------------------


@contextmanager
def asked_over_the_network(library: Library, llm: FakeLLM) -> Iterator[httpx.Client]:
    """Serve a library and a model by a real server, which notices when its client goes away."""
    chat = ChatOpenAI(base_url=f"{llm.url}/v1", api_key="none", model="fake", max_retries=0)  # type: ignore[arg-type]
    with ExitStack() as stack:
        assistant = Assistant(library, language_model(chat))
        assistants = {"fake": assistant, "": Assistant(library)}
        service = Service(assistants, cast(Conversations, None), Limits(), read_only=False)
        config = uvicorn.Config(served(service), port=0, log_level="warning", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        socket = config.bind_socket()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
        thread.start()
        address = f"http://127.0.0.1:{socket.getsockname()[1]}"
        try:
            yield stack.enter_context(httpx.Client(base_url=address, timeout=10, trust_env=False))
        finally:
            server.should_exit = True
            thread.join()
            socket.close()


def test_model_writes_and_is_named(library: Library) -> None:
    with FakeLLM(WRITTEN) as llm, asked_over_the_network(library, llm) as client:
        answer = client.post("/api/ask", json={"question": WHY}).json()
        quoted = client.post("/api/ask", json={"question": WHY, "model": ""}).json()
    assert (answer["mode"], answer["answer"]) == ("model", WRITTEN)
    assert (quoted["mode"], quoted["model"]) == ("quoted", None)


def test_model_that_fails_is_an_abstention_where_nothing_else_is_wanted(library: Library) -> None:
    with FakeLLM(Status(401)) as llm, asked_over_the_network(library, llm) as client:
        reply = client.post("/api/ask", json={"question": WHY, "fallback": False})
        sent = events(client.post("/api/ask/stream", json={"question": WHY, "fallback": False}).text)
        quoted = client.post("/api/ask", json={"question": WHY})
    assert (reply.status_code, reply.json()["reason"]) == (200, "model_unavailable")
    assert [(name, data["reason"]) for name, data in sent] == [("done", "model_unavailable")]
    assert quoted.json()["mode"] == "fallback"


SENTENCES = [WRITTEN, "The sand is moved by every tide [2].", "Nobody can hold the sand [2]."]


def test_citation_comes_once_and_before_the_sentence_that_needs_it(library: Library) -> None:
    with FakeLLM(" ".join(SENTENCES)) as llm, asked_over_the_network(library, llm) as client:
        sent = events(client.post("/api/ask/stream", json={"question": WHY}).text)
    assert [name for name, _ in sent] == ["citation", "sentence", "citation", "sentence", "sentence", "done"]
    assert [data["marker"] for name, data in sent if name == "citation"] == [1, 2]
    assert [data["citations"] for name, data in sent if name == "sentence"] == [[1], [2], [2]]


def test_whoever_goes_away_ends_the_call_of_the_model(library: Library) -> None:
    with FakeLLM(Slow(" ".join(SENTENCES * 20))) as llm, asked_over_the_network(library, llm) as client:
        with client.stream("POST", "/api/ask/stream", json={"question": WHY}) as reply:
            assert "event: citation" in next(reply.iter_lines())
        assert llm.disconnected.wait(10)
        assert not llm.finished.is_set()


def test_whoever_goes_away_may_ask_again(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "PROMPT", 0.01)
    with FakeLLM(Slow(" ".join(SENTENCES * 20))) as llm, asked_over_the_network(library, llm) as client:
        for _ in range(5):  # three at once are allowed
            with client.stream("POST", "/api/ask/stream", json={"question": WHY}) as reply:
                assert reply.status_code == 200
                next(reply.iter_lines())
            assert llm.disconnected.wait(10)
            llm.disconnected.clear()


def test_stream_begins_while_the_model_still_thinks(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "PROMPT", 0.01)
    with (
        FakeLLM(Slow(WRITTEN)) as llm,
        asked_over_the_network(library, llm) as client,
        client.stream("POST", "/api/ask/stream", json={"question": WHY}) as reply,
    ):
        assert not llm.finished.is_set()
        sent = events(reply.read().decode())
    assert [name for name, _ in sent] == ["citation", "sentence", "done"]


# -- reading ----------------------------------------------------------------------------------------------------------


def paragraphs(client: TestClient, *asked: tuple[str, str]) -> Any:
    reply = client.get("/api/paragraphs", params=list(asked))
    assert reply.status_code == 200, reply.text
    return reply.json()["paragraphs"]


def test_paragraph_comes_with_all_that_its_card_shows(client: TestClient) -> None:
    [found] = paragraphs(client, ("id", PIER.paragraph_id(1)))
    assert found == {
        "id": PIER.paragraph_id(1),
        "article_id": PIER.id,
        "version": PIER.version,
        "newest": True,
        "number": 1,
        "of": 2,
        "page": None,
        "text": PIER.body[0].text,
        "heading": None,
        "speakers": [{"name": "Ada Lind", "how": "named", "from": 1, "inferred": False}],
        "title": "The pier",
        "publisher": "Harbour News",
        "published": "2025-03-12",
        "url": "https://example.org/pier",
        "opinion": False,
        "corrections": [],
        "copies": [],
        "permalink": f"/p/{PIER.id}/1?v={PIER.version}#p1",
        "citation": None,
        "copy": None,
    }


def test_paragraph_comes_with_its_page_and_what_to_know_of_its_source(
    tmp_path: Path, conversations: Conversations
) -> None:
    wire = "The wall of Skarra will cost nine million crowns, the council said on Monday after a long night of talks. "
    text = Paragraph(
        wire + "It will stand on the quay, where the sea has come over the stones four times this year.", page=3
    )
    old = Article("The wall", (replace(text, number=1),), "wall.pdf", url="https://paper.example/wall", opinion=True)
    note = Paragraph("Correction: It is nine million, not eight.", "correction")
    new = replace(old, paragraphs=(*old.paragraphs, note))
    copy = article("A wall at last", text.text, publisher="The Gannow Post")
    with opened(tmp_path) as library:
        for each in (old, new, copy):
            library.add_article(each)
        service = Service({"": Assistant(library)}, conversations, Limits(), read_only=True)
        client = TestClient(served(service))
        cited, whole, elsewhere = paragraphs(
            client,
            ("id", old.paragraph_id(1)),
            ("at", "0-8"),
            ("id", new.paragraph_id(1)),
            ("id", copy.paragraph_id(1)),
        )
    for found in (cited, whole):
        assert (found["page"], found["opinion"]) == (3, True)
        assert found["corrections"] == [note.text]  # also where the version that is cited did not have it yet
        assert found["copies"] == [{"article_id": copy.id, "publisher": "The Gannow Post", "title": "A wall at last"}]
    assert cited["citation"]["copies"] == cited["copies"]
    assert [each["article_id"] for each in elsewhere["copies"]] == [old.id]


def test_cited_words_are_counted_in_code_points(client: TestClient) -> None:
    text = PIER.body[0].text
    start = text.index("because")
    [found] = paragraphs(client, ("id", PIER.paragraph_id(1)), ("at", f"{start}-{len(text) - 1}"))
    assert found["citation"]["quote"] == "because the old one stands on sand"
    assert found["citation"]["speaker"] == "Ada Lind"
    assert f"at={start}-{len(text) - 1}" in found["permalink"]


def test_citation_can_be_copied_in_three_ways(client: TestClient) -> None:
    [found] = paragraphs(client, ("id", PIER.paragraph_id(1)), ("at", "0-18"))
    assert all("We need a new pier" in found["copy"][form] for form in ("markdown", "text", "mediawiki"))
    assert "|newspaper=Harbour News" in found["copy"]["mediawiki"]
    [without] = paragraphs(client, ("id", WALL.paragraph_id(1)), ("at", "0-8"))
    assert f"http://testserver/p/{WALL.id}/1" in without["copy"]["text"]


def test_stretches_go_with_the_ids_at_their_places(client: TestClient) -> None:
    one, other = PIER.paragraph_id(1), PIER.paragraph_id(2)
    found = paragraphs(
        client, ("id", one), ("id", other), ("id", one), ("id", other), ("at", "0-2"), ("at", ""), ("at", "3-7")
    )
    assert [each["number"] for each in found] == [1, 2, 1, 2]
    assert [each["citation"] and each["citation"]["quote"] for each in found] == ["We", None, "need", None]


def test_citation_is_the_one_that_the_answer_had(client: TestClient) -> None:
    [cited] = client.post("/api/ask", json={"question": WHY}).json()["citations"]
    [found] = paragraphs(client, ("id", cited["paragraph_id"]), ("at", f"{cited['start']}-{cited['end']}"))
    assert found["citation"] == cited


def test_old_version_stays_readable_and_is_said_to_be_old(tmp_path: Path, conversations: Conversations) -> None:
    newer = replace(PIER, paragraphs=article("The pier", "The pier is rebuilt.").paragraphs)
    with opened(tmp_path) as library:
        library.add_article(newer)
        service = Service({"": Assistant(library)}, conversations, Limits(), read_only=False)
        with TestClient(served(service)) as client:
            [old, new] = paragraphs(client, ("id", PIER.paragraph_id(1)), ("id", f"{PIER.id}#1"))
            whole = client.get(f"/api/articles/{PIER.id}@{PIER.version}").json()
    assert (old["newest"], old["text"]) == (False, PIER.body[0].text)
    assert (new["newest"], new["text"]) == (True, "The pier is rebuilt.")
    assert (whole["newest"], whole["paragraphs"][0]["text"]) == (False, PIER.body[0].text)
    versions = [(each["version"], each["current"]) for each in whole["versions"]]
    assert versions == [(newer.version, True), (PIER.version, False)]


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ([], 422, "'id' is missing."),
        ([("id", "ffffffffffff#1")], 404, "There is no article 'ffffffffffff'"),
        ([("id", f"{PIER.id}@00000000#1")], 404, "There is no article"),
        ([("id", PIER.paragraph_id(0))], 404, "has no paragraph 0."),
        ([("id", PIER.paragraph_id(3))], 404, "They are numbered 1 to 2."),
        ([("id", PIER.paragraph_id(1)), ("at", "5-900")], 404, "has no text at 5-900"),
        ([("id", PIER.paragraph_id(1)), ("at", "7-7")], 404, "has no text at 7-7"),
        ([("id", PIER.paragraph_id(1)), ("at", "-1-4")], 400, "Write START-END"),
        ([("id", PIER.paragraph_id(1)), ("at", ""), ("at", "")], 400, "more stretches than paragraphs"),
        ([("id", PIER.id)], 400, "%23 for #"),
        ([("id", "../../etc/passwd#1")], 400, "is no paragraph"),
        ([("id", PIER.paragraph_id(1))] * 201, 422, "200"),
    ],
)
def test_paragraph_that_is_not_there_is_explained(client: TestClient, asked: Any, status: int, words: str) -> None:
    reply = client.get("/api/paragraphs", params=asked)
    assert reply.status_code == status
    assert words in reply.json()["detail"]


@pytest.mark.parametrize(
    ("sought", "titles"),
    [
        ("", ["The pier", "The wall"]),
        ("WALL", ["The wall"]),
        ("harbour", ["The pier"]),
        ("ada l", ["The pier"]),
        ("x", []),
    ],
)
def test_articles_are_found_by_title_publisher_and_speaker(client: TestClient, sought: str, titles: list[str]) -> None:
    found = client.get("/api/articles", params={"q": sought}).json()["articles"]
    assert [each["title"] for each in found] == titles


def test_nobody_is_told_where_on_the_disk_an_article_lay(client: TestClient) -> None:
    assert "/news/" in PIER.source
    for path in ("/api/articles", f"/api/articles/{PIER.id}"):
        assert "/news/" not in client.get(path).text


def test_article_is_whole(client: TestClient) -> None:
    found = client.get(f"/api/articles/{PIER.id}").json()
    assert [(each["number"], each["text"]) for each in found["paragraphs"]] == [(p.number, p.text) for p in PIER.body]
    assert found["paragraphs"][1]["speakers"] == [{"name": "Ada Lind", "how": "named", "from": 2, "inferred": False}]


@pytest.mark.parametrize("name", ["ffffffffffff", f"{PIER.id}@00000000", "@", "x\x00y"])
def test_article_that_is_not_there_is_explained(client: TestClient, name: str) -> None:
    reply = client.get(f"/api/articles/{httpx.QueryParams({'': name})}".replace("=", ""))
    assert reply.status_code == 404
    assert "GET api/articles lists" in reply.json()["detail"]


# -- conversations ----------------------------------------------------------------------------------------------------


def converse(service: Service, id: str, user: str | None) -> None:
    answer = Assistant(service.library).ask(WHY)
    service.conversations.append(id, user, Turn(WHY, answer, {}, "", False, datetime(2025, 3, 14, tzinfo=UTC)))


def test_signed_in_user_sees_his_own_conversations(client: TestClient, service: Service) -> None:
    converse(service, CONVERSATION, "ada")
    converse(service, CONVERSATION[::-1], "tom")
    [found] = client.get("/api/conversations", headers={"X-User": "ada"}).json()
    assert found == {"id": CONVERSATION, "title": WHY, "turns": 1, "updated": "2025-03-14T00:00:00Z"}


def test_without_a_user_those_are_listed_whose_ids_are_named(client: TestClient, service: Service) -> None:
    converse(service, CONVERSATION, None)
    converse(service, CONVERSATION[::-1], "tom")
    named = {"Newscite-Conversations": f"{CONVERSATION}, {CONVERSATION[::-1]},, nonsense"}
    assert [each["id"] for each in client.get("/api/conversations", headers=named).json()] == [CONVERSATION]
    assert client.get("/api/conversations").json() == []


def test_conversation_is_deleted_by_its_owner_only(client: TestClient, service: Service) -> None:
    converse(service, CONVERSATION, "ada")
    named = {"Newscite-Conversation": CONVERSATION}
    assert client.delete("/api/conversation", headers={**named, "X-User": "tom"}).status_code == 404
    assert client.delete("/api/conversation", headers={**named, "X-User": "ada"}).status_code == 204
    again = client.delete("/api/conversation", headers={**named, "X-User": "ada"})
    assert (again.status_code, again.json()["detail"][:30]) == (404, "There is no such conversation.")


def test_conversation_is_taken_along_as_markdown(client: TestClient, service: Service) -> None:
    converse(service, CONVERSATION, "ada")
    named = {"Newscite-Conversation": CONVERSATION}
    reply = client.get("/api/conversation/export", headers={**named, "X-User": "ada"})
    assert reply.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert reply.headers["Content-Disposition"] == 'attachment; filename="conversation.md"'
    assert reply.text.startswith(f"# {WHY}")
    assert "## Sources" in reply.text
    for other in ({**named, "X-User": "tom"}, named, {"Newscite-Conversation": CONVERSATION[::-1]}):
        assert client.get("/api/conversation/export", headers=other).status_code == 404


def test_conversation_is_read_by_its_owner_only(client: TestClient, service: Service) -> None:
    converse(service, CONVERSATION, "ada")
    named = {"Newscite-Conversation": CONVERSATION}
    [turn] = client.get("/api/conversation", headers={**named, "X-User": "ada"}).json()["turns"]
    answer = client.post("/api/ask", json={"question": WHY}).json()
    assert {**turn.pop("answer"), "timings_ms": {}} == {**answer, "timings_ms": {}}
    assert turn == {"question": WHY, "asked": {}, "model": "", "stopped": False, "at": "2025-03-14T00:00:00Z"}
    for other in ({**named, "X-User": "tom"}, named, {"Newscite-Conversation": "nonsense"}):
        reply = client.get("/api/conversation", headers=other)
        assert (reply.status_code, reply.json()["detail"][:30]) == (404, "There is no such conversation.")


def test_conversation_that_nobody_owns_is_read_by_its_id(client: TestClient, service: Service) -> None:
    named = {"Newscite-Conversation": CONVERSATION}
    assert client.get("/api/conversation", headers=named).status_code == 404
    converse(service, CONVERSATION, None)
    converse(service, CONVERSATION, None)
    turns = client.get("/api/conversation", headers=named).json()["turns"]
    assert [turn["question"] for turn in turns] == [WHY, WHY]
    assert client.get("/api/conversation").status_code == 422


def test_no_id_of_a_conversation_stands_in_an_address(client: TestClient) -> None:
    for path, methods in client.get("/api/openapi.json").json()["paths"].items():
        for operation in methods.values():
            named = [each for each in operation.get("parameters", []) if "onversation" in each["name"]]
            assert all(each["in"] == "header" for each in named), path


# -- what it says of itself -------------------------------------------------------------------------------------------


def document(client: TestClient) -> Any:
    return client.get("/api/openapi.json").json()


def test_every_operation_field_and_parameter_is_described(client: TestClient) -> None:
    described = document(client)
    for path, methods in described["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            assert operation["description"], path
            assert all(each["description"] for each in operation.get("parameters", [])), path
    for name, shape in described["components"]["schemas"].items():
        assert shape["description"], name
        for each, about in shape.get("properties", {}).items():
            assert about.get("description"), f"{name}.{each}"


def test_answers_are_as_the_document_says(client: TestClient) -> None:
    shapes = document(client)["components"]["schemas"]
    answer = client.post("/api/ask", json={"question": WHY}).json()
    for shape, sent in (("Answer", answer), ("Citation", answer["citations"][0]), ("Claim", answer["claims"][0])):
        assert set(shapes[shape]["properties"]) == set(shapes[shape]["required"]) == set(sent)
    abstained = client.post("/api/ask", json={"question": "What does Orla Quist say about whales?"}).json()
    schemas.Answer.model_validate(answer)
    schemas.Answer.model_validate(abstained)
    assert abstained["mode"] in shapes["Answer"]["properties"]["mode"]["enum"]


def test_examples_are_taken_by_what_they_are_examples_of(client: TestClient) -> None:
    [example] = document(client)["components"]["schemas"]["Question"]["examples"]
    Question.model_validate(example)
    assert client.post("/api/ask", json=example).status_code == 200


def lines_to_try(page: str) -> list[list[str]]:
    return [shlex.split(html.unescape(line)) for line in re.findall(r"<pre[^>]*><code>(curl .*?)</code></pre>", page)]


def test_page_has_a_line_to_try_for_every_operation(client: TestClient, service: Service) -> None:
    converse(service, CONVERSATION, None)
    page = client.get("/api/").text
    lines = lines_to_try(page)
    assert len(lines) == sum(len(methods) for methods in document(client)["paths"].values())
    for words in lines:
        reply = run(client, [word.replace("ID_OF_THE_CONVERSATION", CONVERSATION) for word in words])
        assert reply.status_code in (200, 204), words


def run(client: TestClient, words: list[str]) -> Any:
    """Do what a line with curl says."""
    options = argparse.ArgumentParser()
    options.add_argument("-X")
    options.add_argument("-H", action="append", default=[])
    options.add_argument("-d")
    options.add_argument("--no-buffer", action="store_true")
    options.add_argument("address")
    given = options.parse_args(words[1:])
    headers = dict(header.split(": ", 1) for header in given.H)
    method = given.X or ("POST" if given.d else "GET")
    content = given.d.encode() if given.d else None
    return client.request(method, given.address, headers=headers, content=content)


def test_line_that_changes_the_library_names_nothing_in_it(client: TestClient, service: Service) -> None:
    app = FastAPI()
    app.include_router(api_router(service))

    @app.delete("/api/articles/{article_id}")
    def remove(article_id: str) -> None:
        """Remove an article."""

    page = TestClient(app).get("/api/").text
    assert ["curl", "-X", "DELETE", "http://testserver/api/articles/ARTICLE_ID"] in lines_to_try(page)
    assert ["curl", f"http://testserver/api/articles/{PIER.id}"] in lines_to_try(page)


def test_line_for_a_form_sends_a_file(service: Service) -> None:
    app = FastAPI()
    app.include_router(api_router(service))

    @app.post("/api/articles")
    def add(files: list[UploadFile], title: Annotated[str, Form()] = "") -> None:
        """Add articles."""

    page = TestClient(app).get("/api/").text
    assert ["curl", "-F", "files=@FILE", "http://testserver/api/articles"] in lines_to_try(page)


def test_every_failure_is_described_as_it_is_sent(client: TestClient) -> None:
    problem = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, methods in document(client)["paths"].items():
        for operation in methods.values():
            failures = {status: reply for status, reply in operation["responses"].items() if status >= "400"}
            assert all(reply["content"] == problem for reply in failures.values()), path
    assert "HTTPValidationError" not in document(client)["components"]["schemas"]


def test_page_and_document_know_the_prefix_of_a_proxy(service: Service) -> None:
    with TestClient(served(service), base_url="https://news.example", root_path="/qa") as client:
        page = client.get("/qa/api/").text
        assert client.get("/qa/api/openapi.json").json()["servers"] == [{"url": "/qa"}]
    assert "curl https://news.example/qa/api/models" in page
    assert 'href="../static/page.css"' in page


def test_page_has_no_script_of_its_own_and_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/api/").text
    assert "<script>" not in page
    assert "style=" not in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)


def test_page_leads_to_every_shape_that_it_names(client: TestClient) -> None:
    page = client.get("/api/").text
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {"shape-Answer", "shape-Citation", "shape-Problem"} <= set(ids)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_hostile_host_name_is_only_text(client: TestClient) -> None:
    page = client.get("/api/", headers={"Host": 'x"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page
