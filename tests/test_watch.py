"""Looking after feeds: what is new comes in round after round, mishaps are told, and it stops when it is told to."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from indexes.embeddings import SentenceEmbeddings
from indexes.library import Details, Library, Wanted
from tests.site import Site
from tests.test_adding_addresses import MONDAY, TUESDAY, feed, page
from ui import cli
from ui.watch import Watch, duration, watch

HERE = Wanted(allow_private=True, delay=0)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as opened:
        opened.page("/wall", page("The higher wall"))
        opened.page("/boat", page("The night boat"))
        feed(opened, ("/wall", MONDAY))
        yield opened


def watched(site: Site) -> Watch:
    return Watch([site.url("/feed.xml")], timedelta(0), Details(), HERE)


@pytest.mark.parametrize(("text", "seconds"), [("15m", 900), ("90 s", 90), ("2h", 7200), ("1D", 86400)])
def test_a_length_of_time_is_a_number_and_a_letter(text: str, seconds: int) -> None:
    assert duration(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "15", "m", "a while", "-5m", "1.5h", "30s", "0m", "999999d"])
def test_what_is_no_length_of_time_is_wrong_usage(text: str) -> None:
    result = CliRunner().invoke(cli.app, ["watch", "https://beacon.example/feed.xml", f"--every={text}"])
    assert (result.exit_code, "1m" in result.output or "15m" in result.output or "365d" in result.output) == (2, True)


def test_a_feed_is_named_by_its_address() -> None:
    assert CliRunner().invoke(cli.app, ["watch", "feed.xml"]).exit_code == 2


def test_each_round_brings_what_is_new(tmp_path: Path, site: Site, static_model: Path) -> None:
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if len(said) == 2:
            feed(site, ("/boat", TUESDAY), ("/wall", MONDAY))

    watch(watched(site), tmp_path / "library", str(static_model), say, rounds=3)
    assert [line.split("  ", 1)[1].split()[0] for line in said] == ["added", "1", "added", "1", "nothing"]
    with Library.open(tmp_path / "library") as library:
        assert [listed.title for listed in library.articles()] == ["The higher wall", "The night boat"]


def test_a_round_that_fails_is_told_and_the_next_goes_on(tmp_path: Path, site: Site, static_model: Path) -> None:
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        site.page("/wall", page("The higher wall"))

    site.page("/wall", "", status=410)
    watch(watched(site), tmp_path / "library", str(static_model), say, rounds=2)
    assert "410" in said[0]
    assert said[-1].endswith("1 added")


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_when_it_is_told_to(tmp_path: Path, site: Site, static_model: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-c", "from ui.cli import main; main()", "--home", str(tmp_path / "library"), "watch"]
    options = ["--allow-private", "--delay", "0", "--every", "1h", "--embedding-model", str(static_model)]
    with subprocess.Popen(
        [*command, site.url("/feed.xml"), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout
        first = process.stdout.readline(), process.stdout.readline()
        process.send_signal(how)
        rest, errors = process.communicate(timeout=60)
    assert ("added" in first[0], first[1].strip().endswith("1 added")) == (True, True)
    assert (process.returncode, rest.strip(), errors) == (0, "Stopped.", "")
    with Library.open(tmp_path / "library", embeddings=SentenceEmbeddings(str(static_model))) as library:
        assert len(library.articles()) == 1
