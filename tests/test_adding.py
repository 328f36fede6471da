"""What adding promises beside the articles: limits, rehearsals, what failed and why, and that nothing read is lost."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from indexes.embeddings import Floats
from indexes.library import Details, Library, Source, Wanted
from tests.standin import StandIn, article

OpenLibrary = Callable[..., Library]


@pytest.fixture
def opened(library: OpenLibrary) -> Library:
    return library(embeddings=StandIn())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four stories, one a year, and one without a date."""
    made = tmp_path / "stories"
    made.mkdir()
    for year in (2021, 2022, 2023, 2024):
        story(made / f"{year}.txt", f"Harbour in {year}", f"Date: {year}-05-01")
    story(made / "undated.txt", "Harbour some day", "")
    return made


def story(path: Path, title: str, head: str) -> Path:
    path.write_text(f"Title: {title}\n{head}\n\n{title} was quiet, the harbour master said.\n", encoding="utf-8")
    return path


def statuses(report: object) -> list[str]:
    return [outcome.status for outcome in report.outcomes]  # type: ignore[attr-defined]


# -- limits -----------------------------------------------------------------------------------------------------------


def test_no_more_are_taken_than_wanted_and_the_rest_is_told_of(opened: Library, folder: Path) -> None:
    assert statuses(opened.add(folder, wanted=Wanted(limit=2))) == ["added", "added", "left", "left", "left"]


def test_the_next_run_goes_on_where_the_limit_was_reached(opened: Library, folder: Path) -> None:
    for _ in range(3):
        report = opened.add(folder, wanted=Wanted(limit=2))
    assert statuses(report) == ["unchanged"] * 4 + ["added"]


def test_what_is_older_than_wanted_stays_out_and_the_undated_come_in(opened: Library, folder: Path) -> None:
    report = opened.add(folder, wanted=Wanted(since=date(2023, 5, 1)))
    assert statuses(report) == ["older", "older", "added", "added", "added"]


# -- rehearsals -------------------------------------------------------------------------------------------------------


def test_a_rehearsal_says_what_would_happen_and_writes_nothing(opened: Library, folder: Path) -> None:
    opened.add(folder / "2021.txt", folder / "2022.txt")
    story(folder / "2022.txt", "Harbour in 2022, later", "Date: 2022-05-01")
    (folder / "empty.txt").write_text("")
    before = opened.articles()
    report = opened.add(folder, dry_run=True)
    assert statuses(report) == ["unchanged", "updated", "added", "added", "failed", "added"]
    assert opened.articles() == before
    assert opened.failures() == []


# -- what failed ------------------------------------------------------------------------------------------------------


def test_what_failed_is_listed_with_the_reason_and_what_to_try_again(opened: Library, folder: Path) -> None:
    empty = folder / "empty.txt"
    empty.write_text("")
    opened.add(folder, details=Details(publisher="Harbour Courier"))
    (failure,) = opened.failures()
    assert (failure.source, failure.again, failure.tries) == (str(empty), str(empty), 1)
    assert "it is empty" in failure.reason
    assert failure.said == {"publisher": "Harbour Courier"}


def test_failing_again_is_counted_and_does_not_fill_the_list(opened: Library, folder: Path) -> None:
    (folder / "empty.txt").write_text("")
    opened.add(folder)
    opened.add(folder)
    assert [failure.tries for failure in opened.failures()] == [2]


def test_trying_again_uses_what_was_said_and_empties_the_list(opened: Library, folder: Path) -> None:
    late = folder / "late.txt"
    opened.add(late, details=Details(publisher="Harbour Courier", published=date(2025, 1, 2)))
    assert [failure.source for failure in opened.failures()] == [str(late)]
    story(late, "Harbour, late", "")
    assert statuses(opened.retry_failures()) == ["added"]
    assert opened.failures() == []
    (listed,) = opened.articles()
    assert (listed.publisher, listed.published) == ("Harbour Courier", date(2025, 1, 2))


def test_a_mended_file_leaves_the_list_however_it_is_added(opened: Library, folder: Path) -> None:
    empty = folder / "empty.txt"
    empty.write_text("")
    opened.add(folder)
    story(empty, "Harbour at last", "")
    opened.add(folder)
    assert opened.failures() == []


def test_a_broken_record_is_told_from_its_neighbours(opened: Library, tmp_path: Path) -> None:
    records = tmp_path / "archive.jsonl"
    good = [{"title": f"Harbour {n}", "text": f"Harbour {n} was quiet, the master said."} for n in (1, 2)]
    records.write_text("\n".join([json.dumps(good[0]), "{broken", json.dumps(good[1])]))
    assert sorted(statuses(opened.add(records))) == ["added", "added", "failed"]
    (failure,) = opened.failures()
    assert failure.source.startswith(f"{records}#")
    assert failure.again == str(records)
    records.write_text("\n".join(map(json.dumps, good)))
    opened.retry_failures()
    assert opened.failures() == []


def test_an_address_that_is_none_is_told_and_not_taken_for_a_file(opened: Library) -> None:
    (outcome,) = opened.add("ftp://daily.example/story").outcomes
    assert outcome.status == "failed"
    assert "https://" in (outcome.reason or "")


# -- interruptions ----------------------------------------------------------------------------------------------------


def test_an_interruption_loses_nothing_that_was_read(opened: Library) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    sources = [
        Source("one", lambda: article("One", "The wall stands.")),
        Source("two", lambda: article("Two", "The boat sails.")),
        Source("three", interrupted),
    ]
    with pytest.raises(KeyboardInterrupt):
        opened.add_each(sources)
    assert [listed.title for listed in opened.articles()] == ["One", "Two"]


def test_an_interruption_while_embedding_loses_nothing_either(library: OpenLibrary) -> None:
    class Interrupted(StandIn):
        times = 0

        def vectors(self, texts: Sequence[str]) -> Floats:
            self.times += 1
            if self.times == 1:
                raise KeyboardInterrupt
            return super().vectors(texts)

    opened = library(embeddings=Interrupted())
    with pytest.raises(KeyboardInterrupt):
        opened.add_each([Source("one", lambda: article("One", "The wall stands."))])
    assert [listed.title for listed in opened.articles()] == ["One"]


# -- odd things -------------------------------------------------------------------------------------------------------


def test_a_place_in_a_file_that_is_gone_leaves_the_list(opened: Library, tmp_path: Path) -> None:
    records = tmp_path / "archive.jsonl"
    good = json.dumps({"title": "Harbour", "text": "Harbour was quiet, the master said."})
    records.write_text(f"{good}\n{{broken\n")
    opened.add(records)
    records.write_text(f"{good}\n")
    opened.retry_failures()
    assert opened.failures() == []


def test_what_failed_and_was_then_added_in_one_run_is_not_listed(opened: Library, tmp_path: Path) -> None:
    late = tmp_path / "late.txt"

    def reads() -> Iterator[Source]:
        with opened.sources() as sources:
            yield from sources.of(late)
            story(late, "Harbour", "")
            yield from sources.of(late)

    assert statuses(opened.add_each(reads())) == ["failed", "added"]
    assert opened.failures() == []


def test_what_fails_does_not_count_against_the_limit(opened: Library, folder: Path) -> None:
    (folder / "1.txt").write_text("")
    report = opened.add(folder, wanted=Wanted(limit=1))
    assert statuses(report) == ["failed", "added", "left", "left", "left", "left"]
