"""What a library promises: what was added is found, what was removed is not, and errors say what next."""

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import chromadb
import numpy as np
import pytest

from indexes.article import Article, Filters
from indexes.database import Database
from indexes.embeddings import Floats, SentenceEmbeddings
from indexes.errors import BusyError, LibraryError, MismatchError
from indexes.library import Details, Library, UnknownArticle
from indexes.passages import passages
from indexes.vectors import ChromaFailed
from tests.standin import StandIn, article

ALL = Filters()
OpenLibrary = Callable[..., Library]

WALL = article(
    "Council votes for wall",
    "The council voted for a higher wall.",
    "A wall is cheaper than a flood.",
    speaker="Dora Renn",
    publisher="The Courier",
    published=date(2025, 4, 29),
)
BOAT = article(
    "Night boat to Skarra",
    "The night boat carries sixty people.",
    "The harbour is closed in winter.",
    publisher="The Beacon",
    published=date(2024, 9, 13),
)
FISH = article("Eelgrass returns", "Eelgrass grows in the sound again.", "Seals follow the fish.")


@pytest.fixture
def filled(library: OpenLibrary) -> Library:
    opened = library(embeddings=StandIn())
    for each in (WALL, BOAT, FISH):
        opened.add_article(each)
    return opened


def ids(hits: list[tuple[str, float]]) -> list[str]:
    return [paragraph for paragraph, _ in hits]


# -- finding --------------------------------------------------------------------------------------------------------


def test_paragraph_is_found_by_its_own_words(filled: Library) -> None:
    hits = filled.dense("the night boat carries sixty people", 3, ALL)
    assert hits[0] == (BOAT.paragraph_id(1), pytest.approx(1, abs=1e-5))
    assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)


def test_lexical_search_meets_inflected_words(filled: Library) -> None:
    assert ids(filled.lexical("carrying boats", 5, ALL))[0] == BOAT.paragraph_id(1)


def test_lexical_search_finds_by_headline_and_speaker(filled: Library) -> None:
    assert set(ids(filled.lexical("Skarra", 5, ALL))) == {BOAT.paragraph_id(1), BOAT.paragraph_id(2)}
    assert set(ids(filled.lexical("Renn", 5, ALL))) == {WALL.paragraph_id(1), WALL.paragraph_id(2)}


def test_lexical_search_finds_by_the_month_of_publication(filled: Library) -> None:
    hits = filled.lexical("what was decided in April 2025?", 5, ALL)
    assert set(ids(hits)) == {WALL.paragraph_id(1), WALL.paragraph_id(2)}


@pytest.mark.parametrize("query", ["", "the of and", '"', 'a" OR text:*', "NEAR(", "* ^ - :", "日本語", "w" * 9000])
def test_no_query_breaks_the_search(filled: Library, query: str) -> None:
    filled.lexical(query, 5, ALL)
    assert filled.dense(query, 2, ALL)


def test_question_of_a_thousand_words_is_searched(filled: Library) -> None:
    assert filled.lexical(" ".join(f"word{n} boat" for n in range(1500)), 5, ALL)


def test_person_is_found_by_full_name_whatever_the_case(filled: Library) -> None:
    assert ids(filled.by_speaker("dora renn", "cheaper than a flood", 5, ALL)) == [
        WALL.paragraph_id(2),
        WALL.paragraph_id(1),
    ]
    assert filled.by_speaker("Renn", "wall", 5, ALL) == []
    assert filled.speakers() == ["Dora Renn"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(after=date(2025, 1, 1)), {WALL}),
        (Filters(before=date(2024, 12, 31)), {BOAT}),
        (Filters(after=date(2024, 9, 13), before=date(2025, 4, 29)), {WALL, BOAT}),
        (Filters(as_of=date(2025, 1, 1)), {BOAT}),
        (Filters(publisher="the courier"), {WALL}),
        (Filters(speaker="renn"), {WALL}),
        (Filters(speaker="DORA RENN"), {WALL}),
        (Filters(article=FISH.id[:5]), {FISH}),
        (Filters(speaker="Renn", before=date(2024, 1, 1)), set()),
    ],
)  # fmt: skip
def test_filters_leave_the_same_for_every_list(filled: Library, filters: Filters, expected: set[object]) -> None:
    paragraphs = {a.paragraph_id(p.number or 0) for a in (WALL, BOAT, FISH) if a in expected for p in a.body}
    assert set(ids(filled.dense("wall boat eelgrass", 50, filters))) == paragraphs
    found = ids(filled.lexical("council cheaper boat harbour eelgrass seals", 50, filters))
    assert set(found) == paragraphs
    assert filled.count(filters) == len(paragraphs)


def test_undated_articles_are_counted_under_a_date_filter(filled: Library) -> None:
    assert filled.undated(ALL) == 0
    assert filled.undated(Filters(after=date(2020, 1, 1))) == 1
    assert filled.undated(Filters(as_of=date(2020, 1, 1), publisher="The Courier")) == 0


def test_unknown_article_in_a_filter_is_said(filled: Library) -> None:
    with pytest.raises(LibraryError, match=r"no article 'zzz'.*articles list"):
        filled.dense("wall", 5, Filters(article="zzz"))


def test_ambiguous_beginning_names_the_articles(filled: Library) -> None:
    for n in range(40):
        filled.add_article(article(f"Filler {n}", f"Filler number {n}."))
    with pytest.raises(UnknownArticle, match="Several articles begin with"):
        filled.article(max((row.id[0] for row in filled.articles()), key=[r.id[0] for r in filled.articles()].count))


def test_terms_are_counted_in_paragraphs_and_headlines(filled: Library) -> None:
    assert filled.document_frequency(["wall", "boat", "nowher"]) == {"wall": 2, "boat": 2, "nowher": 0}
    assert filled.terms_from("harb") == ["harbour"]


def test_empty_library_finds_nothing_and_loads_no_model(library: OpenLibrary) -> None:
    empty = library()
    assert (empty.dense("wall", 5, ALL), empty.lexical("wall", 5, ALL), empty.by_speaker("X", "y", 5, ALL)) == (
        [],
        [],
        [],
    )
    assert (empty.count(ALL), empty.articles(), empty.speakers()) == (0, [], [])


def test_long_paragraph_is_found_by_its_end_and_listed_once(library: OpenLibrary) -> None:
    opened = library(embeddings=StandIn())
    long = " ".join(f"Sentence {n} is about walls and votes." for n in range(40)) + " The whale sang at midnight."
    opened.add_article(article("Long", long))
    assert len(opened.dense("the whale sang at midnight", 10, ALL)) == 1


def test_many_threads_may_ask_while_one_adds(filled: Library) -> None:
    errors: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(20):
                assert ids(filled.dense("the night boat carries sixty people", 1, ALL)) == [BOAT.paragraph_id(1)]
                filled.lexical("wall", 3, ALL)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(20):
        filled.add_article(article(f"Filler {n}", f"Filler number {n}."))
    for thread in threads:
        thread.join()
    assert errors == []


# -- adding, changing, removing ---------------------------------------------------------------------------------------


def test_article_comes_back_as_it_went_in(filled: Library) -> None:
    assert filled.article(WALL.id) == WALL
    assert filled.article(WALL.id[:6], WALL.version) == WALL
    with pytest.raises(KeyError):
        filled.article("zzz")


def test_same_article_again_changes_nothing(filled: Library) -> None:
    assert filled.add_article(WALL).status == "unchanged"
    assert filled.count(ALL) == 6


def test_same_text_under_another_path_is_unchanged(filled: Library) -> None:
    again = article("Eelgrass returns", *(p.text for p in FISH.body), source="/elsewhere/copy.txt")
    outcome = filled.add_article(again)
    assert (outcome.status, outcome.id) == ("unchanged", FISH.id)


def test_date_given_later_is_kept_and_stays_when_it_is_not_given(filled: Library) -> None:
    dated = article(FISH.title, *(p.text for p in FISH.body), published=date(2025, 2, 11))
    outcome = filled.add_article(dated)
    assert (outcome.status, outcome.id) == ("updated", FISH.id)
    assert filled.add_article(FISH).status == "unchanged"
    assert filled.article(FISH.id).published == date(2025, 2, 11)
    assert set(ids(filled.lexical("February", 5, ALL))) == {FISH.paragraph_id(1), FISH.paragraph_id(2)}
    assert filled.count(Filters(after=date(2025, 1, 1))) == 4
    assert len(filled.versions(FISH.id)) == 1


def test_address_given_later_makes_a_new_id_of_the_same_article(filled: Library) -> None:
    known = article(FISH.title, *(p.text for p in FISH.body), url="https://sound.example/eelgrass")
    outcome = filled.add_article(known)
    assert (outcome.status, outcome.id) == ("updated", known.id)
    assert [row.id for row in filled.articles()].count(FISH.id) == 0
    assert ids(filled.dense("seals follow the fish", 1, ALL)) == [known.paragraph_id(2)]


@pytest.mark.parametrize("source", ["/news/sound.jsonl#12", "https://sound.example/feed/eelgrass"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"url": "https://sound.example/eelgras"}, {"url": "https://sound.example/eelgrass"}),
        ({"publisher": "The Sund"}, {"publisher": "The Sound"}),
    ],
)
def test_address_put_right_in_the_same_place_is_the_same_article(
    filled: Library, source: str, before: dict[str, str], after: dict[str, str]
) -> None:
    texts = ("The eelgrass is back.", "The seals have seen it.")
    wrong = article("Eelgrass", *texts, source=source, **before)
    right = article("Eelgrass", *texts, source=source, **after)
    filled.add_article(wrong)
    outcome = filled.add_article(right)
    assert (outcome.status, outcome.id, outcome.replaced) == ("updated", right.id, wrong.id)
    assert filled.article(right.id) == right
    assert ids(filled.dense("the seals have seen it", 1, ALL)) == [right.paragraph_id(2)]
    assert ids(filled.lexical("eelgrass is back", 9, ALL))[0] == right.paragraph_id(1)
    with pytest.raises(UnknownArticle):
        filled.article(wrong.id)


def test_address_put_right_keeps_the_older_versions(filled: Library) -> None:
    source, url = "/news/eel.txt", "https://sound.example/"
    first = article("Eelgrass", "The eelgrass is gone.", source=source, url=f"{url}a", published=date(2025, 1, 1))
    second = article("Eelgrass", "The eelgrass is back.", source=source, url=f"{url}a", published=date(2025, 2, 1))
    for each in (first, second, replace(second, url=f"{url}b")):
        filled.add_article(each)
    moved = replace(second, url=f"{url}b")
    assert [known.version for known in filled.versions(moved.id)] == [second.version, first.version]
    assert filled.article(moved.id, first.version) == replace(first, url=f"{url}b")
    hits = filled.dense("the eelgrass is gone", 1, Filters(as_of=date(2025, 1, 15)))
    assert ids(hits) == [replace(first, url=f"{url}b").paragraph_id(1)]


def test_two_uploads_of_one_name_and_text_are_two_articles_where_their_addresses_differ(filled: Library) -> None:
    for paper in ("courier", "beacon"):
        outcome = filled.add_article(
            article("Gale", "The gale sank a boat.", source="story.html", url=f"https://{paper}.example/gale")
        )
        assert outcome.status == "added"


def test_same_text_of_two_publishers_is_two_articles(filled: Library) -> None:
    wire = article(BOAT.title, *(p.text for p in BOAT.body), source="/wire.txt", publisher="The Wire")
    assert filled.add_article(wire).status == "added"
    assert len(filled.articles()) == 4


def test_changed_text_is_a_new_version_and_the_old_one_stays_readable(filled: Library) -> None:
    changed = article(
        "Night boat to Skarra",
        "The night boat carries seventy people.",
        publisher="The Beacon",
        published=date(2024, 9, 13),
        updated=date(2024, 9, 20),
    )
    assert filled.add_article(changed).status == "updated"
    assert filled.article(BOAT.id) == changed
    assert filled.article(BOAT.id, BOAT.version) == BOAT
    assert [(v.version, v.current) for v in filled.versions(BOAT.id)] == [
        (changed.version, True),
        (BOAT.version, False),
    ]
    assert ids(filled.dense("the night boat carries sixty people", 1, ALL)) == [changed.paragraph_id(1)]
    assert ids(filled.lexical("sixty harbour", 5, ALL)) == []
    assert filled.document_frequency(["sixti", "seventi", "harbour"]) == {"sixti": 0, "seventi": 1, "harbour": 0}
    assert filled.terms_from("harb") == []


def test_as_of_answers_with_the_version_known_that_day(filled: Library) -> None:
    changed = article(
        "Night boat to Skarra",
        "The night boat carries seventy people.",
        publisher="The Beacon",
        published=date(2024, 9, 13),
        updated=date(2024, 9, 20),
    )
    filled.add_article(changed)
    before, after = Filters(as_of=date(2024, 9, 15)), Filters(as_of=date(2024, 9, 25))
    assert ids(filled.dense("night boat", 1, before)) == [BOAT.paragraph_id(1)]
    assert ids(filled.dense("night boat", 1, after)) == [changed.paragraph_id(1)]
    assert BOAT.paragraph_id(2) in ids(filled.lexical("harbour", 5, before))
    assert filled.lexical("harbour", 5, after) == []


def test_former_text_may_come_back(filled: Library) -> None:
    filled.add_article(article(FISH.title, "Eelgrass is gone."))
    assert filled.add_article(FISH).status == "updated"
    assert ids(filled.dense("seals follow the fish", 1, ALL)) == [FISH.paragraph_id(2)]
    assert filled.document_frequency(["seal"]) == {"seal": 1}
    assert len(filled.versions(FISH.id)) == 2


def eelgrass(text: str, published: date | None, updated: date | None = None) -> Article:
    return article("Eelgrass", text, publisher="The Sound", published=published, updated=updated)


MARCH, APRIL, MAY = date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1)


def test_former_text_from_a_cache_leaves_the_newer_one(filled: Library) -> None:
    former, newer = eelgrass("Eelgrass is gone.", MARCH), eelgrass("Eelgrass grows.", MARCH, APRIL)
    filled.add_article(former)
    filled.add_article(newer)
    outcome = filled.add_article(former)
    assert outcome.status == "unchanged"
    assert "older than the version that answers" in (outcome.reason or "")
    assert filled.article(newer.id) == newer
    assert len(filled.versions(newer.id)) == 2


def test_former_text_that_is_said_to_be_newer_answers_again(filled: Library) -> None:
    for each in (eelgrass("Eelgrass is gone.", MARCH), eelgrass("Eelgrass grows.", MARCH, APRIL)):
        filled.add_article(each)
    again = eelgrass("Eelgrass is gone.", MARCH, MAY)
    assert filled.add_article(again).status == "updated"
    assert filled.article(again.id) == again


def test_older_text_from_an_archive_is_kept_as_a_past_version(filled: Library) -> None:
    newest, older = eelgrass("Eelgrass grows.", MARCH, MAY), eelgrass("Eelgrass is planted.", MARCH, APRIL)
    filled.add_article(newest)
    outcome = filled.add_article(older)
    assert (outcome.status, outcome.id) == ("updated", newest.id)
    assert filled.article(newest.id) == newest
    assert filled.article(newest.id, older.version) == older
    assert [(v.version, v.current) for v in filled.versions(newest.id)] == [
        (newest.version, True),
        (older.version, False),
    ]
    assert ids(filled.dense("eelgrass is planted", 1, ALL)) == [newest.paragraph_id(1)]
    assert filled.document_frequency(["plant"]) == {"plant": 0}
    then = Filters(as_of=date(2025, 4, 15))
    assert ids(filled.dense("eelgrass", 1, then)) == [older.paragraph_id(1)]
    assert ids(filled.lexical("planted", 1, then)) == [older.paragraph_id(1)]
    assert filled.add_article(older).status == "unchanged"


def test_new_text_that_does_not_say_when_it_was_changed_answers(filled: Library) -> None:
    filled.add_article(eelgrass("Eelgrass grows.", MARCH, APRIL))
    assert filled.add_article(eelgrass("Eelgrass grows fast.", MARCH)).status == "updated"
    assert filled.article(eelgrass("", None).id).body[0].text == "Eelgrass grows fast."


def test_better_speakers_of_the_same_text_are_taken_over(filled: Library) -> None:
    better = article(FISH.title, *(p.text for p in FISH.body), speaker="Ada Quist")
    assert filled.add_article(better).status == "updated"
    assert len(filled.by_speaker("Ada Quist", "seals", 5, ALL)) == 2
    assert len(filled.dense("seals", 50, ALL)) == 6


def test_removed_article_is_found_nowhere(filled: Library) -> None:
    assert filled.remove(BOAT.id[:8]) == BOAT
    assert all(not hit.startswith(BOAT.id) for hit in ids(filled.dense("night boat", 50, ALL)))
    assert filled.lexical("boat", 5, ALL) == []
    assert filled.document_frequency(["boat"]) == {"boat": 0}
    with pytest.raises(UnknownArticle):
        filled.article(BOAT.id)


def test_one_bad_file_stops_nothing(library: OpenLibrary, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text("A Title\n\nThe first body paragraph tells of the storm that came at night.\n")
    (folder / "b.txt").write_bytes(b"")
    (folder / "c.txt").write_text("C Title\n\nThe third file tells of a boat that went to the island of Skarra.\n")
    told: list[tuple[str, int, int]] = []
    report = library(embeddings=StandIn()).add(folder, on_progress=lambda *event: told.append(event))
    assert [(Path(o.path).name, o.status) for o in report.outcomes] == [
        ("a.txt", "added"),
        ("b.txt", "failed"),
        ("c.txt", "added"),
    ]
    assert "b.txt" in (report.outcomes[1].reason or "")
    assert (report.count("added"), told[-1][1:]) == (2, (3, 3))


def test_same_text_twice_in_one_run_is_added_once(library: OpenLibrary, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("One Title\n\nThe body tells of the storm that came to the wall at night.\n")
    report = library(embeddings=StandIn()).add(tmp_path / "a.txt", tmp_path / "b.txt")
    assert [o.status for o in report.outcomes] == ["added", "unchanged"]


def test_details_given_by_the_user_are_stored(library: OpenLibrary, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One Title\n\nThe body tells of the storm that came to the wall at night.\n")
    opened = library(embeddings=StandIn())
    opened.add(tmp_path / "a.txt", details=Details(published=date(2025, 1, 2), publisher="The Courier"))
    (row,) = opened.articles()
    assert (row.publisher, row.published, row.paragraphs) == ("The Courier", date(2025, 1, 2), 1)


# -- Chroma, and without it -------------------------------------------------------------------------------------------


def test_chroma_holds_exactly_the_current_passages(filled: Library, tmp_path: Path) -> None:
    filled.add_article(article(FISH.title, "Eelgrass is gone."))
    filled.remove(BOAT.id)
    filled.close()
    (folder,) = (p for p in (tmp_path / "library" / "chroma").iterdir() if p.is_dir())
    with chromadb.PersistentClient(folder) as client:
        assert client.get_collection("passages", embedding_function=None).count() == 3


def test_every_way_of_searching_gives_the_same_paragraphs(filled: Library) -> None:
    nearest, vector = filled._shared.nearest, StandIn().question("wall boat fish")  # type: ignore[union-attr]
    with_chroma = nearest._search_chroma(vector, 6, ALL)
    exactly = nearest._search_matrix(vector, 6, ALL, "stand-in")
    assert with_chroma is not None
    assert ids(with_chroma) == ids(exactly)
    np.testing.assert_allclose([s for _, s in with_chroma], [s for _, s in exactly], atol=1e-5)


def test_failing_chroma_is_replaced_by_exact_search_and_renewed_next_time(
    filled: Library, library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ChromaFailed("torn")

    with monkeypatch.context() as patch:
        patch.setattr("indexes.vectors.Vectors.query", fail)
        assert ids(filled.dense("the night boat carries sixty people", 1, ALL)) == [BOAT.paragraph_id(1)]
    filled.close()
    again = library(embeddings=StandIn())
    assert ids(again.dense("the night boat carries sixty people", 1, ALL)) == [BOAT.paragraph_id(1)]
    assert again._shared.catalog.state().chroma == "2"  # type: ignore[union-attr]


@pytest.mark.parametrize("damage", ["seal gone", "file truncated", "folder gone", "vectors lost"])
def test_torn_or_missing_chroma_folder_is_made_anew(filled: Library, library: OpenLibrary, damage: str) -> None:
    root = filled.home / "chroma"
    filled.close()
    (folder,) = (p for p in root.iterdir() if p.is_dir())
    match damage:
        case "seal gone":
            next(root.glob("*.sealed")).unlink()
            for file in folder.rglob("*.bin"):
                file.write_bytes(file.read_bytes()[:50])
        case "file truncated":
            next(folder.rglob("data_level0.bin")).write_bytes(b"torn")
        case "folder gone":
            shutil.rmtree(root)
        case "vectors lost":
            with chromadb.PersistentClient(folder) as client:
                client.get_collection("passages", embedding_function=None).delete(ids=["1", "2", "3"])
            assert set(os.listdir(root)) == {"1", "1.sealed", "lock"}
    again = library(embeddings=StandIn())
    assert ids(again.dense("the night boat carries sixty people", 1, ALL)) == [BOAT.paragraph_id(1)]
    assert len(again.dense("wall", 50, ALL)) == 6


def test_rebuild_keeps_what_can_be_found(filled: Library) -> None:
    before = filled.dense("night boat", 6, ALL), filled.lexical("boat", 6, ALL), filled.speakers()
    told: list[str] = []
    filled.rebuild(on_progress=lambda what, done, total: told.append(what))
    assert (filled.dense("night boat", 6, ALL), filled.lexical("boat", 6, ALL), filled.speakers()) == before
    assert told


# -- opening and closing ----------------------------------------------------------------------------------------------


def test_all_opens_of_a_process_share_one_library(filled: Library, library: OpenLibrary) -> None:
    second = library()
    filled.close()
    assert ids(second.dense("the night boat carries sixty people", 1, ALL)) == [BOAT.paragraph_id(1)]
    with pytest.raises(LibraryError, match="closed"):
        filled.articles()


def test_home_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCITE_HOME", str(tmp_path / "mine"))
    with Library.open() as opened:
        assert opened.home == tmp_path / "mine"


def test_library_of_another_model_is_refused_with_the_command_that_mends_it(
    filled: Library, library: OpenLibrary
) -> None:
    filled.close()
    with pytest.raises(MismatchError, match=r"'stand-in', not 'other'.*newscite rebuild --embedding-model other"):
        library(embeddings=StandIn("other"))
    mended = library(embeddings=StandIn("other"), for_rebuild=True)
    mended.rebuild()
    assert ids(mended.dense("the night boat carries sixty people", 1, ALL)) == [BOAT.paragraph_id(1)]
    mended.close()
    assert library(embeddings=StandIn("other")).count(ALL) == 6


def test_library_rebuilt_with_another_model_keeps_to_it(
    library: OpenLibrary, embeddings: SentenceEmbeddings, static_model: Path
) -> None:
    opened = library(embeddings=embeddings)
    opened.add_article(BOAT)
    opened.rebuild(str(static_model))
    opened.close()
    again = library()  # the manifest says which model
    assert again.dense("The night boat carries sixty people.", 1, ALL)[0][0] == BOAT.paragraph_id(1)
    assert again.embed(["boat"]).shape == (1, 16)
    again.close()
    with pytest.raises(MismatchError, match="newscite rebuild --embedding-model all-MiniLM-L6-v2"):
        library(model="all-MiniLM-L6-v2")
    (static_model / "modules.json").write_text("[]")  # the folder holds another model now
    changed = library()
    with pytest.raises(MismatchError, match="newscite rebuild"):
        changed.dense("night boat", 1, ALL)
    changed.close()
    shutil.rmtree(static_model)
    orphaned = library()  # what needs no model still works
    assert [row.title for row in orphaned.articles()] == [BOAT.title]
    with pytest.raises(LibraryError, match=r"no embedding model in .* newscite rebuild"):
        orphaned.dense("night boat", 1, ALL)
    orphaned.close()
    mended = library(model="all-MiniLM-L6-v2", for_rebuild=True)
    mended.rebuild()
    assert mended.dense("night boat", 1, ALL)[0][0] == BOAT.paragraph_id(1)


def test_interrupted_rebuild_leaves_the_library_as_it_was(filled: Library, library: OpenLibrary) -> None:
    class Failing(StandIn):
        def vectors(self, texts: Sequence[str]) -> Floats:
            if any("eelgrass" in text.lower() for text in texts):
                raise KeyboardInterrupt
            return super().vectors(texts)

    filled.close()
    interrupted = library(embeddings=Failing("other"), for_rebuild=True)
    with pytest.raises(KeyboardInterrupt):
        interrupted.rebuild()
    interrupted.close()
    before = library(embeddings=StandIn())
    assert ids(before.dense("the night boat carries sixty people", 1, ALL)) == [BOAT.paragraph_id(1)]
    assert len(before.dense("wall", 50, ALL)) == 6
    before.close()
    after = library(embeddings=StandIn("other"), for_rebuild=True)
    after.rebuild()
    assert len(after.dense("wall", 50, ALL)) == 6


def test_library_rebuilt_meanwhile_by_another_model_says_so(filled: Library) -> None:
    catalog = filled._shared.catalog  # type: ignore[union-attr]
    other = StandIn("other")
    for row in catalog.without_vectors("other"):
        pieces = passages(catalog.article_at(row), other.count_pieces, other.limit)
        catalog.add_vectors(row, pieces, other.vectors([p.text for p in pieces]), other.model)
    assert catalog.switch(other.model)
    with pytest.raises(MismatchError, match="rebuild"):
        filled.dense("wall", 5, ALL)
    with pytest.raises(MismatchError, match="rebuild"):
        filled.add_article(article("New", "A new paragraph."))


def test_library_of_a_later_format_is_refused(filled: Library, library: OpenLibrary) -> None:
    path = filled.home / "catalog.sqlite3"
    filled.close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(MismatchError, match="format 99"):
        library(embeddings=StandIn())


def test_real_model_finds_by_meaning(library: OpenLibrary, embeddings: SentenceEmbeddings) -> None:
    opened = library(embeddings=embeddings)
    for each in (WALL, BOAT, FISH):
        opened.add_article(each)
    assert ids(opened.dense("How many passengers does the ferry take?", 1, ALL)) == [BOAT.paragraph_id(1)]
    assert opened.embed(["a wall"]).shape == (1, 384)
    assert len(opened.words(["a wall"])[0].spans) == 2


# -- bad places -------------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "library"


def test_home_that_is_a_file_is_refused(home: Path) -> None:
    home.write_text("I am a file")
    with pytest.raises(LibraryError, match=r"is not a folder.*--home"):
        Library.open(home)


@pytest.mark.parametrize("junk", [b"not a database, but long enough " * 40, b"SQLite format 3\x00" + b"\x07" * 5000])
def test_file_that_is_no_database_is_refused(home: Path, junk: bytes) -> None:
    home.mkdir()
    (home / "catalog.sqlite3").write_bytes(junk)
    with pytest.raises(LibraryError, match="damaged, or not a library") as caught:
        Library.open(home)
    assert str(home) in str(caught.value)
    assert (home / "catalog.sqlite3").read_bytes() == junk


def test_database_of_another_program_is_left_alone(home: Path) -> None:
    home.mkdir()
    with sqlite3.connect(home / "catalog.sqlite3") as db:
        db.execute("CREATE TABLE theirs (x)")
    db.close()
    before = (home / "catalog.sqlite3").read_bytes()
    with pytest.raises(LibraryError, match="not a Newscite library"):
        Library.open(home)
    assert (home / "catalog.sqlite3").read_bytes() == before


def test_full_disk_is_one_clear_line_and_loses_nothing(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = Database._connect

    def small_disk(self: Database) -> sqlite3.Connection:
        connection = connect(self)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")
        return connection

    with monkeypatch.context() as patch:
        patch.setattr(Database, "_connect", small_disk)
        filled._shared.catalog._database._free.clear()  # type: ignore[union-attr]
        with pytest.raises(LibraryError, match="disk is full"):
            filled.add_article(article("Much", *(f"Paragraph {n} " + "word " * 200 for n in range(50))))
        filled._shared.catalog._database._free.clear()  # type: ignore[union-attr]
    assert filled.count(ALL) == 6
    assert len(filled.dense("wall", 50, ALL)) == 6


def test_second_writer_waits_and_then_names_the_first(filled: Library) -> None:
    other = sqlite3.connect(filled.home / "catalog.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    filled._shared.catalog._database._busy_seconds = 1.3  # type: ignore[union-attr]
    (filled.home / "catalog-writer.json").write_text('{"pid": 4711, "command": "newscite rebuild"}')
    waited: list[str] = []
    try:
        with pytest.raises(BusyError, match=r"process 4711 \(newscite rebuild\)"):
            filled._shared.catalog.remove(BOAT.id, waited.append)  # type: ignore[union-attr]
        assert waited == ["process 4711 (newscite rebuild)"]
        assert filled.dense("night boat", 1, ALL)  # a reader need not wait
    finally:
        other.close()
    assert filled.remove(BOAT.id)
