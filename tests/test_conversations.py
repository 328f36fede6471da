"""Conversations: kept over restarts, seen by their owner only, and gone when they are deleted."""

import json
import multiprocessing
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from indexes.errors import BusyError, LibraryError
from rag.answer import Answer, Citation, Claim, Nearest
from ui.conversations import FORMAT, UNREADABLE, Conversations, Turn, UnknownConversation, is_id

ID = "k3rXw0Zt5u8Qm1bV6nYc-A"
OTHER = "A_second-conversation-01"
NOON = datetime(2025, 3, 14, 12, 0, 0, 250, tzinfo=UTC)

CITATION = Citation(
    marker=1,
    article_id="0123456789ab",
    paragraph_id="0123456789ab@01234567#3",
    title="The quay “stays shut”",
    publisher="Harbour News",
    published=date(2025, 3, 12),
    url="https://example.org/quay",
    paragraph=3,
    speaker="Ada Lind",
    speaker_how="pronoun",
    speaker_from=2,
    quote="The timber piles are rotten 🙂",
    start=0,
    end=29,
    permalink="/p/0123456789ab/3",
    link="https://example.org/quay#:~:text=The%20timber",
)
ANSWER = Answer(
    question="Why is the quay closed?",
    answer="The timber piles are rotten [1].",
    mode="model",
    asked_as="why is the quay closed",
    fallback_reason="",
    as_of=date(2025, 3, 12),
    undated_left_out=2,
    model="stand-in",
    prompt="answer@1",
    usage={"input_tokens": 12, "output_tokens": 3},
    timings_ms={"retrieve": 1.5, "total": 20},
    claims=(Claim("The timber piles are rotten.", (1,), "verbatim"), Claim("No.", (), "withheld", "says nothing")),
    citations=(CITATION, replace(CITATION, marker=2, publisher=None, published=None, url=None, link=None)),
    nearest=(Nearest("0123456789ab", "The quay", 4, "Nobody may land there."),),
)


def turn(question: str = "Why is the quay closed?", hour: int = 0, **known: Any) -> Turn:
    plain = Turn(question, replace(ANSWER, question=question), {}, "", False, NOON + timedelta(hours=hour))
    return replace(plain, **known)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "conversations.sqlite3"


@pytest.fixture
def kept(path: Path) -> Iterator[Conversations]:
    with closing(Conversations(path)) as conversations:
        yield conversations


def questions(kept: Conversations, id: str = ID, user: str | None = None) -> list[str]:
    return [each.question for each in kept.turns(id, user)]


def change(path: Path, sql: str, *values: Any) -> None:
    """Do to the file what Newscite would not."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(sql, values)


def contents(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))


# -- what is kept -----------------------------------------------------------------------------------------------------


def test_a_turn_comes_back_as_it_was_after_a_restart(path: Path) -> None:
    asked = {"after": "2025-01-01", "publisher": "Harbour News"}
    given = [turn(asked=asked, model="stand-in"), turn("And\nwhy\0 🙂?", 1, stopped=True)]
    for each in given:
        with closing(Conversations(path)) as conversations:
            conversations.append(ID, None, each)
    with closing(Conversations(path)) as conversations:
        assert conversations.turns(ID, None) == given


def test_a_conversation_that_has_not_begun_is_empty(kept: Conversations) -> None:
    assert kept.turns(ID, None) == kept.turns(ID, "ada") == []
    assert kept.known([ID]) == kept.of("ada") == []


def test_times_are_kept_in_utc(kept: Conversations) -> None:
    kept.append(ID, None, turn(at=NOON.astimezone(timezone(timedelta(hours=5)))))
    [only] = kept.turns(ID, None)
    assert (only.at, only.at.tzinfo) == (NOON, UTC)


def test_half_a_character_in_a_question_is_replaced(kept: Conversations) -> None:
    kept.append(ID, None, turn("why \ud83d?", asked={"speaker": "\udc00"}))
    assert questions(kept) == ["why ??"]


def test_keep_drops_the_later_turns(kept: Conversations) -> None:
    for number in range(4):
        kept.append(ID, None, turn(f"question {number}"))
    kept.append(ID, None, turn("another"), keep=2)
    assert questions(kept) == ["question 0", "question 1", "another"]
    kept.append(ID, None, turn("far"), keep=9)
    assert questions(kept) == ["question 0", "question 1", "another", "far"]
    kept.append(ID, None, turn("new"), keep=0)
    assert questions(kept) == ["new"]
    assert kept.known([ID])[0].title == "new"


def test_truncate_keeps_the_first_turns(kept: Conversations) -> None:
    for number in range(3):
        kept.append(ID, None, turn(f"question {number}"))
    kept.truncate(ID, None, 1)
    assert questions(kept) == ["question 0"]
    kept.append(ID, None, turn("next"))
    assert questions(kept) == ["question 0", "next"]


@pytest.mark.parametrize("keep", [0, -1])
def test_a_conversation_without_turns_is_gone(kept: Conversations, keep: int) -> None:
    kept.append(ID, "ada", turn())
    kept.truncate(ID, "ada", keep)
    assert kept.of("ada") == []
    with pytest.raises(UnknownConversation):
        kept.delete(ID, "ada")


def test_a_late_answer_does_not_bring_a_deleted_conversation_back(kept: Conversations) -> None:
    kept.append(ID, None, turn())
    kept.delete(ID, None)
    with pytest.raises(UnknownConversation):
        kept.append(ID, None, turn("follow-up"), begun=True)
    assert kept.turns(ID, None) == []


# -- lists ------------------------------------------------------------------------------------------------------------


def test_conversations_are_listed_newest_first_under_their_first_question(kept: Conversations) -> None:
    kept.append(ID, "ada", turn("Why is \n the quay closed?"))
    kept.append(OTHER, "ada", turn("And the bridge?", 1))
    assert [each.id for each in kept.of("ada")] == [OTHER, ID]
    kept.append(ID, "ada", turn("Since when?", 2))
    assert [(each.id, each.title, each.turns) for each in kept.of("ada")] == [
        (ID, "Why is the quay closed?", 2),
        (OTHER, "And the bridge?", 1),
    ]
    assert kept.of("ada")[0].updated == NOON + timedelta(hours=2)


def test_nobody_is_given_a_list_of_the_conversations_that_nobody_owns(kept: Conversations) -> None:
    kept.append(ID, None, turn())
    kept.append(OTHER, None, turn(hour=1))
    assert kept.of("") == kept.of("ada") == kept.known([]) == []
    assert [each.id for each in kept.known([ID, OTHER, OTHER, "no id", "x" * 22])] == [OTHER, ID]


# -- whose it is ------------------------------------------------------------------------------------------------------


def test_whoever_holds_the_id_may_go_on_with_a_conversation_that_nobody_owns(kept: Conversations) -> None:
    kept.append(ID, None, turn("first"))
    kept.append(ID, "ada", turn("second"))
    assert questions(kept, user="bo") == ["first", "second"]
    assert kept.of("ada") == []  # it stays nobody's


@pytest.mark.parametrize("user", [None, "", "Ada", "ada ", "bo"])
def test_to_all_but_its_owner_a_conversation_is_not_there(kept: Conversations, user: str | None) -> None:
    kept.append(ID, "ada", turn())
    forbidden = [
        lambda: kept.turns(ID, user),
        lambda: kept.append(ID, user, turn("mine now"), keep=0),
        lambda: kept.truncate(ID, user, 0),
        lambda: kept.delete(ID, user),
    ]
    for act in forbidden:
        with pytest.raises(UnknownConversation) as refused:
            act()
        with pytest.raises(UnknownConversation) as absent:
            kept.delete(OTHER, user)
        assert str(refused.value) == str(absent.value)
    assert kept.known([ID]) == kept.of(user or "") == []
    assert questions(kept, user="ada") == ["Why is the quay closed?"]


@pytest.mark.parametrize(
    "id", ["", "short", "x" * 21, "x" * 65, "x" * 22 + "\n", "x" * 22 + "/", "é" * 22, "x" * 22 + "="]
)
def test_what_cannot_have_been_made_by_the_page_is_no_id(kept: Conversations, id: str) -> None:
    assert not is_id(id)
    with pytest.raises(UnknownConversation):
        kept.turns(id, None)
    with pytest.raises(UnknownConversation):
        kept.append(id, None, turn())


def test_ids_of_128_bits_or_more_are_ids() -> None:
    assert is_id("A" * 22)
    assert is_id("-_" * 32)


# -- deleted means deleted --------------------------------------------------------------------------------------------


def test_what_was_deleted_stands_nowhere_in_the_file(path: Path, kept: Conversations) -> None:
    kept.append(ID, None, turn("the long secret " * 2000))
    kept.append(OTHER, None, turn("harmless"))
    assert b"the long secret" in contents(path)
    kept.delete(ID, None)
    assert b"the long secret" not in contents(path)
    assert questions(kept, OTHER) == ["harmless"]


def test_what_was_dropped_while_somebody_read_goes_with_the_next_write(path: Path, kept: Conversations) -> None:
    kept.append(ID, None, turn("the secret"))
    kept.append(OTHER, None, turn("harmless"))
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM turns").fetchone()
        kept.delete(ID, None)
        assert kept.turns(ID, None) == []
    kept.append(OTHER, None, turn("harmless too"))
    assert b"the secret" not in contents(path)


def test_the_file_and_its_log_are_for_their_owner_only(path: Path, kept: Conversations) -> None:
    kept.append(ID, None, turn())
    files = list(path.parent.glob(f"{path.name}*"))
    assert path in files
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}


# -- damage, and other versions ---------------------------------------------------------------------------------------


def test_an_answer_of_another_newscite_can_be_read(path: Path, kept: Conversations) -> None:
    kept.append(ID, None, turn())
    plain = ANSWER.to_dict() | {"confidence": {"new": [1]}}
    for absent in ("usage", "asked_as", "claims", "nearest", "undated_left_out"):
        del plain[absent]
    for absent in ("link", "speaker_from", "published"):
        del plain["citations"][0][absent]
    plain["citations"][0]["column"] = 4
    change(path, "UPDATE turns SET answer = ?", json.dumps(plain))
    [only] = kept.turns(ID, None)
    assert only.answer.answer == ANSWER.answer
    assert only.answer.citations == (
        replace(CITATION, link=None, speaker_from=None, published=None),
        ANSWER.citations[1],
    )


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", "null", '{"question": 1}', '{"citations": [1]}', '{"citations": 1}', "[" * 100_000, b"\xff\x00", 7],
)
def test_a_damaged_answer_does_not_take_the_conversation_down(path: Path, kept: Conversations, damage: Any) -> None:
    for question in ("first", "second", "third"):
        kept.append(ID, None, turn(question))
    change(path, "UPDATE turns SET answer = CAST(? AS TEXT) WHERE position = 1", damage)
    first, second, third = kept.turns(ID, None)
    assert (first.answer.answer, third.answer.answer) == (ANSWER.answer, ANSWER.answer)
    assert second.question == second.answer.question == "second"
    assert second.answer.answer == UNREADABLE
    assert second.answer.abstained


@pytest.mark.parametrize("column", ["question", "asked", "model", "stopped", "at"])
def test_damage_anywhere_else_in_a_turn_leaves_its_answer(path: Path, kept: Conversations, column: str) -> None:
    kept.append(ID, None, turn(asked={"speaker": "Ada Lind"}))
    change(path, f"UPDATE turns SET {column} = CAST(? AS TEXT)", b"\xfe[")
    change(path, "UPDATE conversations SET updated = CAST(? AS TEXT)", b"\xfe")
    [only] = kept.turns(ID, None)
    assert only.answer == ANSWER
    assert [each.id for each in kept.known([ID])] == [ID]


def test_a_file_that_is_none_of_ours_is_named_and_left_alone(path: Path) -> None:
    path.write_bytes(b"This is a letter, and no database. " * 100)
    with pytest.raises(LibraryError, match=r"conversations\.sqlite3 is damaged.* move it away"):
        Conversations(path)
    assert path.read_bytes().startswith(b"This is a letter")


def test_the_database_of_another_program_is_left_alone(path: Path) -> None:
    change(path, "CREATE TABLE recipes (name TEXT)")
    with pytest.raises(LibraryError, match=r"conversations\.sqlite3 is a database, but not"):
        Conversations(path)


def test_a_damaged_page_is_explained_when_it_is_met(path: Path) -> None:
    with closing(Conversations(path)) as kept:
        for number in range(200):
            kept.append(ID, None, turn(f"question {number}"), keep=number)
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xa5" * (path.stat().st_size - 8192))
    with closing(Conversations(path)) as kept, pytest.raises(LibraryError, match=r"conversations\.sqlite3 is damaged"):
        kept.turns(ID, None)


def test_a_file_that_cannot_be_opened_is_explained(path: Path) -> None:
    path.mkdir()
    with pytest.raises(LibraryError, match=r"conversations\.sqlite3 cannot be opened"):
        Conversations(path)


@pytest.mark.parametrize("format", [FORMAT + 1, 0])
def test_a_file_of_another_format_is_refused_with_what_to_do(path: Path, format: int) -> None:
    Conversations(path).close()
    change(path, f"PRAGMA user_version = {format}")
    with pytest.raises(LibraryError, match=rf"conversations\.sqlite3 has format {format}.*Use a newer Newscite"):
        Conversations(path)


# -- several at a time ------------------------------------------------------------------------------------------------


def test_threads_may_write_at_the_same_time(kept: Conversations) -> None:
    def ask(number: int) -> None:
        kept.append(f"conversation-number-{number % 3:03}", "ada", turn(f"question {number}"))
        kept.of("ada")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(60)))
    assert [each.turns for each in kept.of("ada")] == [20, 20, 20]


def _append(path: Path, count: int) -> None:
    with closing(Conversations(path)) as conversations:
        for number in range(count):
            conversations.append(ID, None, turn(f"question {number}"))


def test_processes_may_write_at_the_same_time(path: Path) -> None:
    other = multiprocessing.get_context("spawn").Process(target=_append, args=(path, 20))
    other.start()
    with closing(Conversations(path)) as kept:
        while not kept.turns(ID, None) and other.is_alive():
            pass
        _append(path, 20)
        other.join()
        assert other.exitcode == 0
        assert len(kept.turns(ID, None)) == 40


def test_a_writer_that_does_not_finish_is_reported_and_nothing_is_lost(path: Path) -> None:
    with closing(Conversations(path, busy_seconds=0.1)) as kept:
        kept.append(ID, None, turn("first"))
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(BusyError, match="file of conversations is being written"):
                kept.append(ID, None, turn("second"))
            assert questions(kept) == ["first"]  # a reader need not wait
        kept.append(ID, None, turn("second"))
        assert questions(kept) == ["first", "second"]
