"""What records must become: each an article, whatever its fields are called, and no broken one stops the rest."""

import io
import json
import tracemalloc
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexes.article import Article
from indexes.errors import ReadError
from indexes.readers import Options, items, items_in_bytes

FIRST = "The ferry to Skarra sails again on Monday, nine months after a winter storm broke its pier in two."
SECOND = "“We have missed the noise of it,” said Ada Pell, who keeps the shop above the harbour."
TEXT = f"{FIRST}\n\n{SECOND}"
SHARED = Path(__file__).parents[2] / "shared" / "data"


def read(content: Any, name: str = "all.json", **fields: str) -> list[Article]:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return [item.read() for item in items_in_bytes(name, data, options=Options(fields))]


def lines(*records: Any) -> bytes:
    return b"".join(each if isinstance(each, bytes) else json.dumps(each).encode() + b"\n" for each in records)


def outcomes(content: bytes, name: str = "all.jsonl") -> list[str]:
    """Return what became of each: its title, or the error."""
    found = []
    for item in items_in_bytes(name, content):
        try:
            found.append(item.read().title)
        except ReadError as error:
            found.append(str(error))
    return found


def body(found: Article) -> list[str]:
    return [paragraph.text for paragraph in found.body]


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    [
        {"title": "Ferry back", "text": TEXT, "published": "2025-03-04",
         "url": "https://p.example/1", "author": "Jo Roe"},
        {"Headline": "Ferry back", "Body": TEXT, "Pub_Date": "2025-03-04",
         "link": "https://p.example/1", "by": "Jo Roe"},
        {"title": {"rendered": "Ferry back"}, "content": {"rendered": f"<p>{FIRST}</p>\n<p>{SECOND}</p>"},
         "date": "2025-03-04T10:00:00", "guid": {"rendered": "https://p.example/1"}, "authors": [{"name": "Jo Roe"}]},
        {"headline": "Ferry back", "articleBody": TEXT, "datePublished": "2025-03-04T23:30:00-05:00",
         "canonical": "https://P.example/1?utm_source=x", "author": {"name": "Jo Roe"}},
        {"webTitle": "Ferry back", "bodyText": TEXT, "webPublicationDate": "2025-03-04T06:00:00Z",
         "webUrl": "https://p.example/1", "byline": "By Jo Roe"},
        {"title": "Ferry back", "maintext": TEXT, "date_publish": "2025-03-04 06:00:00", "url": "https://p.example/1",
         "authors": ["Jo Roe"]},
    ],
)  # fmt: skip
def test_the_usual_names_are_known_unasked(record: dict[str, Any]) -> None:
    (found,) = read([record])
    assert (found.title, found.published, found.url) == ("Ferry back", date(2025, 3, 4), "https://p.example/1")
    assert (found.authors, body(found)) == (("Jo Roe",), [FIRST, SECOND])


@pytest.mark.parametrize(
    ("source", "publisher", "url"),
    [
        ("The Skarra Post", "The Skarra Post", None),
        ({"id": "post", "name": "The Skarra Post"}, "The Skarra Post", None),
        ("https://post.example/1", None, "https://post.example/1"),
    ],
)
def test_a_source_is_a_name_or_an_address(source: Any, publisher: str | None, url: str | None) -> None:
    (found,) = read({"title": "Ferry back", "text": TEXT, "source": source})
    assert (found.publisher, found.url) == (publisher, url)


@pytest.mark.parametrize(
    "day", [1741082400, 1741082400000, "1741082400", 1741082400.5, 20250304, {"$date": "2025-03-04"}]
)
def test_a_date_may_be_a_number(day: Any) -> None:
    (found,) = read({"title": "Ferry back", "text": TEXT, "date": day})
    assert found.published == date(2025, 3, 4)


@pytest.mark.parametrize("day", [17, 2025, -5, 10**400, True, "soon", [], {"a": 1}, float("inf")])
def test_a_number_that_is_no_date_is_none(day: Any) -> None:
    (found,) = read({"title": "Ferry back", "text": TEXT, "date": day})
    assert found.published is None


def test_fields_that_the_user_names_win() -> None:
    record = {
        "title": "kicker",
        "headline": {"main": "Ferry back", "people": [{"n": "Jo Roe"}]},
        "text": "A summary of it.",
        "a.b": TEXT,
    }
    (found,) = read(record, title="headline.main", text="a.b", authors="headline.people.0.n")
    assert (found.title, found.authors, body(found)) == ("Ferry back", ("Jo Roe",), [FIRST, SECOND])


def test_a_field_that_is_not_there_is_named() -> None:
    with pytest.raises(ReadError, match=r"all\.json#1: it has no text: there is nothing at 'story\.full'"):
        read([{"title": "Ferry back", "summary": TEXT}], text="story.full")


# --- identity ---------------------------------------------------------------------------------------------------------


def test_ids_name_an_article_among_those_of_its_publisher_only() -> None:
    def record(**more: str) -> Article:
        return read([{"title": "Weekly notes", "text": TEXT, **more}])[0]

    post = {"publisher": "The Post"}
    assert record(id="17", **post).id != record(id="18", **post).id
    assert record(id="17", **post).id == record(id="17", text=SECOND, **post).id
    assert record(id="17", **post).id != record(id="17", publisher="The Sun").id
    assert record(id="17").key is None
    assert record(uuid="0b9f7c1e-7d0a-4c6e-9a55-2f1d3c4b5a69").key


def test_records_without_titles_are_called_by_the_words_that_they_open_with_and_stay_apart() -> None:
    first, second = read([{"text": TEXT, "source": "The Post"}, {"text": SECOND, "source": "The Post"}])
    assert first.title == "The ferry to Skarra sails again on Monday, nine months after a winter storm…"
    assert body(first) == [FIRST, SECOND]
    assert body(second) == [SECOND]
    assert first.id != second.id


# --- text -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace("\n\n", "\n"),
        [FIRST, SECOND],
        [{"type": "p", "text": FIRST}, {"type": "p", "text": SECOND}],
        [{"text": FIRST}, {"content": f"<p>{SECOND}</p>"}],
        [FIRST.split(" on "), [SECOND]],
        f"<div><p>{FIRST}</p><p>{SECOND}</p></div>",
        f"{FIRST}<br/><br/>{SECOND}",
        f"<em>The</em>{FIRST[3:]}\n\n{SECOND}",
        f"{FIRST}\n\n<figure><img src='a'></figure>\n\n{SECOND}",
        f"<p>{FIRST}</p><p>{SECOND}</p>".replace("<", "&lt;").replace(">", "&gt;"),
        f"<!doctype html><html><body><article><h1>Ferry back</h1><p>{FIRST}</p><p>{SECOND}</p></article></body></html>",
    ],
)
def test_a_text_is_the_same_in_every_form(text: Any) -> None:
    if isinstance(text, list) and isinstance(text[0], list):
        text[0] = [f"{text[0][0]} on", text[0][1]]
    (found,) = read({"title": "Ferry back", "text": text})
    assert body(found) == [FIRST, SECOND]


def test_types_in_a_list_say_what_is_no_paragraph() -> None:
    text = [{"type": "p", "text": FIRST}, {"type": "h2", "text": "What is next"}, {"type": "image", "text": "The pier"},
            {"type": "paragraph", "text": "No answer came"}]  # fmt: skip
    (found,) = read({"title": "Ferry back", "text": text})
    assert [p.kind for p in found.paragraphs] == ["title", "body", "heading", "caption", "body"]


def test_entities_and_tags_in_plain_fields_become_what_they_stand_for() -> None:
    (found,) = read(
        {"title": "AT&amp;T &#8216;back&#8217; at <em>sea</em>", "text": "AT&amp;T won. R&D; rose; &copy left."}
    )
    assert found.title == "AT&T ‘back’ at sea"
    assert body(found) == ["AT&T won. R&D; rose; &copy left."]


def test_what_no_text_contains_is_dropped() -> None:
    (found,) = read(b'{"title": "Ferry\\u0000 back", "text": "<p>The ferry\\ud800 is back\\u0001 on Monday.</p>"}')
    assert (found.title, body(found)) == ("Ferry back", ["The ferry is back on Monday."])
    assert found.id


# --- files ------------------------------------------------------------------------------------------------------------

RECORDS = [{"title": f"Ferry {i}", "text": TEXT} for i in (1, 2, 3)]


@pytest.mark.parametrize("name", ["all.json", "all.jsonl", "all.ndjson", "all.JSON"])
@pytest.mark.parametrize(
    "content",
    [
        json.dumps(RECORDS).encode(),
        json.dumps(RECORDS, indent=2).encode("utf-8-sig"),
        json.dumps({"count": 3, "articles": RECORDS}).encode("utf-16"),
        json.dumps({"status": {"ok": 1}, "response": {"docs": RECORDS, "tags": [{}]}}, indent=1).encode(),
        b'{"articles": [\n' + b",\n".join(json.dumps(each).encode() for each in RECORDS) + b"\n]}",
        b"[\n" + b",\n".join(json.dumps(each).encode() for each in RECORDS) + b"\n]",
        lines(*RECORDS),
        b"\xef\xbb\xbf\n" + lines(*RECORDS).replace(b"\n", b"\r\n\r\n"),
        json.dumps({"content": RECORDS}).encode(),
    ],
)
def test_json_and_lines_are_told_apart_by_what_they_are(name: str, content: bytes) -> None:
    assert [found.title for found in read(content, name)] == ["Ferry 1", "Ferry 2", "Ferry 3"]


def test_one_object_is_one_article() -> None:
    assert [found.title for found in read(RECORDS[0])] == ["Ferry 1"]
    assert [found.title for found in read(json.dumps(RECORDS[0], indent=4).encode(), "a.jsonl")] == ["Ferry 1"]


def test_a_broken_line_fails_alone_and_is_named_by_its_line() -> None:
    content = lines(RECORDS[0], b"\n", b'{"title": "Fer\n', [1], None, {"title": "x"}, {"text": 5}, RECORDS[1])
    found = outcomes(content)
    assert (found[0], found[-1], len(found)) == ("Ferry 1", "Ferry 2", 7)
    for error, says in zip(
        found[1:-1],
        [
            r"all.jsonl#3: it is no JSON: unterminated string starting at (column 11).",
            "all.jsonl#4: it is a list, not an object",
            "all.jsonl#5: it is null, not an object",
            "all.jsonl#6: it has no text; its fields are title.",
            "all.jsonl#7: its text is a number",
        ],
        strict=True,
    ):
        assert error.startswith(says)
        assert "\n" not in error


def test_a_first_line_that_is_broken_stops_nothing() -> None:
    assert outcomes(lines(b'{"title": "Fer\n', *RECORDS))[1:] == ["Ferry 1", "Ferry 2", "Ferry 3"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"  ", "empty"),
        (
            b'{"name": "app", "version": "1", "scripts": {"test": "x"}, "article": "a/b.txt"}',
            "no words",
        ),
        (b"[1, 2, 3]", "holds no articles"),
        (b'"text"', "holds no articles"),
        (b"[]", "there is no article in it"),
        (b"{", "it is no JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"left": [{"x": 1}], "right": [{"y": 2}]}', "several lists: left, right"),
        (b"%PDF-1.7", "a PDF"),
        (b'{"title": "x", "text": {"a": "b c"}}', "no words"),
        (b'{"title": "x", "text": ""}', "no text"),
        (b'{"title": "x", "text": "<p><img></p>"}', "no words"),
    ],
)
def test_what_holds_no_articles_gets_one_clear_line(content: bytes, says: str) -> None:
    with pytest.raises(ReadError, match=says) as caught:
        read(content)
    assert str(caught.value).startswith("all.json")
    assert "\n" not in str(caught.value)
    assert caught.value.hint


def test_a_long_file_of_lines_is_never_whole_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    path.write_bytes(lines({"title": "Ferry", "text": "x" * 100_000}) * 300)
    tracemalloc.start()
    try:
        assert sum(1 for _ in items(path)) == 300
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def test_what_is_too_large_is_refused_or_fails_alone(tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    with path.open("wb") as file:
        file.write(b"[1\n")
        file.truncate(201_000_000)
    (item,) = items(path)
    with pytest.raises(ReadError, match="more than 200 MB of JSON"):
        item.read()
    long = b'{"title": "Long", "text": "' + b"x" * 21_000_000 + b'"}\n'
    assert outcomes(lines(RECORDS[0]) + long + lines(RECORDS[1]))[1].startswith(
        "all.jsonl#2: the line has more than 20 MB"
    )


@pytest.mark.skipif(not SHARED.is_dir(), reason="the development data is not there")
def test_real_records_are_read() -> None:
    path = SHARED / "multihop-rag-500" / "fact_pool.jsonl"
    found = [item.read() for item in items(path, options=Options({"text": "fact"}))]
    assert len(found) == sum(1 for _ in io.BytesIO(path.read_bytes()))
    assert all(each.title and each.publisher and each.url and each.published and each.body for each in found)
