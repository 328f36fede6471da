"""Several processes on one library, and processes that are killed: what was acknowledged is found."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexes.article import Filters
from indexes.errors import BusyError
from indexes.library import Library
from tests.standin import StandIn, article

ALL = Filters()
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Start workers on the library; those that still run in the end are killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.worker", str(home), *arguments]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def finished(process: "subprocess.Popen[str]") -> list[list[str]]:
    """Return what a worker said, after it has ended well."""
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert errors == ""
    return [line.split("\t") for line in output.splitlines()]


def read_until(process: "subprocess.Popen[str]", word: str) -> list[list[str]]:
    """Return what a worker says up to a line that begins with a word."""
    assert process.stdout
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n").split("\t"))
        if lines[-1][0] == word:
            break
    return lines


def assert_found(library: Library, acknowledged: list[list[str]]) -> None:
    for _, article_id, text in acknowledged:
        (hit,) = library.dense(text, 1, ALL)
        assert (hit[0].split("@")[0], round(hit[1], 4)) == (article_id, 1.0)
        assert library.lexical(text, 1, ALL)


def test_two_processes_add_at_once_and_nothing_is_lost(home: Path, start: Start) -> None:
    both = [start("add", name, "20") for name in ("left", "right")]
    said = [line for process in both for line in finished(process) if line[0] == "added"]
    assert len(said) == 40
    with Library.open(home, embeddings=StandIn()) as library:
        assert_found(library, said)
        library._shared.nearest.drain()  # type: ignore[union-attr]
        assert library._shared.catalog.pending() == (0, 0)  # type: ignore[union-attr]
        assert_found(library, said)


def test_one_process_finds_at_once_what_another_adds(home: Path, start: Start) -> None:
    with Library.open(home, embeddings=StandIn()) as library:
        library.add_article(article("Early", "An early paragraph."))
        library.dense("early", 1, ALL)  # this process now has Chroma's folder
        adder = start("add", "late", "20")
        for line in iter(lambda: read_until(adder, "added"), []):
            if line[-1][0] != "added":
                break
            assert_found(library, line)
        assert library.count(ALL) == 101


def test_process_without_chroma_answers_and_sees_what_is_added_and_removed(home: Path, start: Start) -> None:
    with Library.open(home, embeddings=StandIn()) as library:
        library.add_article(article("Early", "An early paragraph."))
    keeper = start("keep", "100")
    read_until(keeper, "keeping")
    with Library.open(home, embeddings=StandIn()) as library:
        said = [line for line in finished(start("add", "late", "3")) if line[0] == "added"]
        assert not library._shared.nearest._ready()  # type: ignore[union-attr]
        assert_found(library, said)
        library.remove(said[0][1])
        assert library.dense(said[0][2], 1, ALL)[0][1] < 0.999
        assert library._shared.catalog.pending()[0] >= 10  # type: ignore[union-attr]


def test_asking_beside_an_adder_ends_well(home: Path, start: Start) -> None:
    asker, adder = start("ask"), start("add", "late", "20")
    finished(adder)
    assert finished(asker)[0][0] == "found"


@pytest.mark.parametrize("after", [1, 3, 8, 13])
def test_killed_adder_loses_nothing_that_was_acknowledged(home: Path, start: Start, after: int) -> None:
    adder = start("add", "doomed", "200")
    said = [line for _ in range(after) for line in read_until(adder, "added")]
    time.sleep(0.007 * after)  # somewhere in the next article: embedding, SQLite, Chroma
    adder.kill()
    said += [line.split("\t") for line in adder.communicate()[0].splitlines() if line.endswith(" part0")]
    with Library.open(home, embeddings=StandIn()) as library:
        assert_found(library, said)
        assert library.add_article(article("After", "It goes on after the kill.")).status == "added"
        assert library.count(ALL) == 5 * (len(library.articles()) - 1) + 1  # no article is there in part


def test_killed_while_it_writes_to_chroma_the_folder_is_made_anew(
    home: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    adder = start("add", "doomed", "200")
    said = read_until(adder, "added")
    seal = home / "chroma" / "1.sealed"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:  # the seal is broken exactly while Chroma may write
        if not seal.exists():
            adder.send_signal(signal.SIGSTOP)
            time.sleep(0.05)
            if not seal.exists():
                break
            adder.send_signal(signal.SIGCONT)
    adder.kill()
    said += [line.split("\t") for line in adder.communicate()[0].splitlines() if line.endswith(" part0")]
    assert not seal.exists()
    for file in (home / "chroma" / "1").rglob("*.bin"):
        os.truncate(file, file.stat().st_size // 2)
    with Library.open(home, embeddings=StandIn()) as library:
        assert_found(library, said)
        assert library._shared.catalog.state().chroma == "2"  # type: ignore[union-attr]


def test_terminated_adder_leaves_a_sealed_folder(home: Path, start: Start) -> None:
    adder = start("add", "ending", "200")
    said = [line for _ in range(5) for line in read_until(adder, "added")]
    adder.send_signal(signal.SIGTERM)
    rest, errors = adder.communicate(timeout=60)
    said += [line.split("\t") for line in rest.splitlines() if line.endswith(" part0")]
    assert (adder.returncode, errors) == (143, "")
    assert (home / "chroma" / "1.sealed").exists()
    with Library.open(home, embeddings=StandIn()) as library:
        assert_found(library, said)
        assert library._shared.catalog.state().chroma == "1"  # type: ignore[union-attr]


def test_killed_reader_costs_no_rebuild(home: Path, start: Start) -> None:
    with Library.open(home, embeddings=StandIn()) as library:
        library.add_article(article("Early", "An early paragraph."))
    keeper = start("keep", "100")
    read_until(keeper, "keeping")
    keeper.kill()
    keeper.communicate()
    with Library.open(home, embeddings=StandIn()) as library:
        assert library.dense("an early paragraph", 1, ALL)[0][1] > 0.999
        assert library._shared.catalog.state().chroma == "1"  # type: ignore[union-attr]


def test_second_writer_waits_for_the_first(home: Path, start: Start) -> None:
    holder = start("hold", "1.5")
    read_until(holder, "holding")
    with Library.open(home, embeddings=StandIn()) as library:
        assert library.add_article(article("Patient", "It waited.")).status == "added"


def test_second_writer_gives_up_and_names_the_first(home: Path, start: Start) -> None:
    holder = start("hold", "100")
    read_until(holder, "holding")
    with Library.open(home, embeddings=StandIn(), busy_seconds=0.3) as library:
        with pytest.raises(BusyError, match=f"process {holder.pid} .*worker.py"):
            library.add_article(article("Impatient", "It did not wait."))
        assert library.articles() == []
