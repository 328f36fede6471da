"""One text in several papers is one article under several names, and unrelated articles never are."""

import gzip
import json
import signal
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from itertools import combinations
from pathlib import Path

import pytest

from indexes.article import Article
from indexes.copies import are_copies, prints
from indexes.library import Library
from tests.standin import StandIn, article

OpenLibrary = Callable[..., Library]
DATA = Path(__file__).parents[2] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the development data in ../shared is absent")

STORM = (
    "The storm off Tarn sank twelve boats of the Ostrey fleet on Monday night, the coastguard said.",
    "Forty people were taken off the sea wall by two lifeboats, and nobody was killed. The last of them came ashore "
    "shortly before dawn, wrapped in the curtains of the harbour café.",
    "“We have not had such a sea since the old pier went,” said Ada Lind, who keeps the light at Tarn.",
    "The council will meet on Thursday to decide who pays for the boats. Most of them were not insured.",
)
OTHER = (
    "The school on Skarra has three new classrooms, paid for by the sale of its old boathouse in the spring.",
    "Pupils had been taught in a tent since the roof came down, and two teachers had left for the mainland.",
    "The parish clerk expects sixty children in September, more than at any time since the cannery closed.",
)


def paper(publisher: str, *texts: str, title: str = "Storm off Tarn") -> Article:
    return article(title, *texts, publisher=publisher, source=f"/{publisher}/{title}.txt")


def publishers(library: Library, one: Article) -> list[str | None]:
    return [copy.publisher for copy in library.copies(one.id)]


@pytest.fixture
def filled(library: OpenLibrary) -> Library:
    opened = library(embeddings=StandIn())
    opened.add_article(paper("Courier", *STORM))
    opened.add_article(paper("Gazette", *OTHER, title="Skarra school grows"))
    return opened


COURIER = paper("Courier", *STORM)


@pytest.mark.parametrize(
    "texts",
    [
        STORM,
        ("TARN (Wire) — " + STORM[0], *STORM[1:]),
        ("Insurers face a bill of millions after the worst night of the year on the coast.", *STORM[1:]),
        STORM[:3],
        (" ".join(STORM[:2]), " ".join(STORM[2:])),
        tuple(sentence for text in STORM for sentence in text.split(". ")),
        tuple(text.replace("“", '"').replace("”", '"').replace("Monday", "Tuesday").upper() for text in STORM),
        (*STORM, *OTHER),
    ],
    ids="the same,dateline,new beginning,end cut,merged,split,house style,own text added".split(","),
)
def test_copies_know_each_other(filled: Library, texts: tuple[str, ...]) -> None:
    copy = paper("Register", *texts, title="Twelve boats lost in gale")
    filled.add_article(copy)
    assert "Courier" in publishers(filled, copy)
    (named,) = filled.copies(COURIER.id)
    assert (named.id, named.title, named.publisher) == (copy.id, copy.title, "Register")


def test_an_article_that_quotes_another_is_no_copy(filled: Library) -> None:
    quoting = paper("Register", STORM[2], *OTHER, title="What the keeper saw")
    filled.add_article(quoting)
    assert publishers(filled, quoting) == ["Gazette"]


FOOTER = (
    "Sign up for our letter and have the news of the whole coast on your table every single morning. Follow us on all "
    "the networks that you can think of today."
)


def issue(number: int) -> Article:
    """Make an article that shares with the others only what the paper prints under each."""
    own = [" ".join(f"{word}{number}" for word in text.split()) for text in OTHER]
    return paper("Gazette", *own, FOOTER, title=f"Parish {number}")


def test_what_a_paper_prints_under_each_article_hides_no_copy(filled: Library) -> None:
    for number in range(80):
        filled.add_article(issue(number))
    changed = [
        text.replace("twelve", "twenty").replace("Forty", "Fifty").replace("Thursday", "Friday") for text in STORM
    ]
    copy = paper("Gazette", *changed, FOOTER, title="Boats lost in gale")
    filled.add_article(copy)
    filled.add_article(paper("Register", *STORM, FOOTER))
    assert sorted(filter(None, publishers(filled, copy))) == ["Courier", "Register"]
    assert sorted(filter(None, publishers(filled, COURIER))) == ["Gazette", "Register"]
    assert not publishers(filled, issue(7))


def test_a_report_in_very_many_papers_has_as_many_copies_as_are_named(filled: Library) -> None:
    for number in range(60):
        filled.add_article(paper(f"Paper {number}", f"Paper {number} has it from the coast.", *STORM))
    assert len(publishers(filled, COURIER)) == 50
    assert len(publishers(filled, paper("Paper 59", "Paper 59 has it from the coast.", *STORM))) == 50


def test_a_few_words_are_alike_by_chance(filled: Library) -> None:
    for publisher in ("Register", "Beacon"):
        filled.add_article(paper(publisher, "The match between Tarn and Skarra ended in a draw.", title="Draw"))
    assert all(not publishers(filled, paper(name, title="Draw")) for name in ("Register", "Beacon"))


def test_only_the_newest_text_of_an_article_is_compared(filled: Library) -> None:
    filled.add_article(paper("Register", *STORM))
    assert publishers(filled, COURIER) == ["Register"]
    filled.add_article(paper("Register", *OTHER))
    assert publishers(filled, COURIER) == []
    filled.add_article(paper("Register", *STORM))
    assert publishers(filled, COURIER) == ["Register"]
    filled.remove(paper("Register").id)
    assert publishers(filled, COURIER) == []


@pytest.mark.parametrize("lacking", ["nothing of it", "what another Newscite added"])
def test_a_library_of_an_older_newscite_learns_its_copies_when_it_is_opened(
    filled: Library, library: OpenLibrary, lacking: str
) -> None:
    filled.add_article(paper("Register", *STORM))
    home = filled.home
    filled.close()
    forget_prints(home, lacking == "nothing of it")
    again = library(embeddings=StandIn())
    assert publishers(again, COURIER) == ["Register"]


def test_an_older_library_whose_opening_is_broken_off_is_opened_the_next_time(
    filled: Library, library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.add_article(paper("Register", *STORM))
    home = filled.home
    filled.close()
    forget_prints(home)

    def interrupted(text: str) -> list[int]:
        signal.raise_signal(signal.SIGINT)
        return prints(text)

    with monkeypatch.context() as patched:
        patched.setattr("indexes.tables.prints", interrupted)
        with pytest.raises(KeyboardInterrupt):
            library(embeddings=StandIn())
    again = library(embeddings=StandIn())
    assert publishers(again, COURIER) == ["Register"]


def forget_prints(home: Path, entirely: bool = False) -> None:
    """Leave a library as an older Newscite would: one that added to it, or, entirely, one that made it."""
    with closing(sqlite3.connect(home / "catalog.sqlite3")) as db, db:
        db.execute("DELETE FROM prints")
        db.execute("UPDATE versions SET prints = NULL")
        if entirely:
            db.executescript("DROP TABLE prints; ALTER TABLE versions DROP COLUMN prints;")


def test_a_rebuilt_library_still_knows_its_copies(filled: Library) -> None:
    filled.add_article(paper("Register", *STORM))
    filled.rebuild()
    assert publishers(filled, COURIER) == ["Register"]


def test_a_sentence_has_one_print_wherever_it_stands() -> None:
    (alone,) = prints(STORM[0])
    assert alone in prints(" ".join(STORM))
    assert prints("He did not reply. 12–3. …") == []


@needs_data
def test_no_unrelated_texts_are_copies() -> None:
    texts = [[text for _, text in each["paragraphs"]] for each in wikinews()]
    by_title: dict[str, list[str]] = defaultdict(list)
    with gzip.open(DATA / "squad2" / "dev_paragraphs.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            by_title[row["title"]].append(row["text"])
    texts += [*by_title.values()]
    assert not [pair for pair in combinations(texts, 2) if are_copies(*pair)]


@needs_data
def test_real_articles_are_known_again_with_another_beginning_and_half_their_text() -> None:
    for each in wikinews():
        texts = [text for kind, text in each["paragraphs"] if kind.startswith("p")]
        half = [OTHER[0], *texts[1 : max(4, len(texts) // 2 + 1)]]
        assert are_copies(texts, half), each["title"]


def wikinews() -> list[dict[str, list[tuple[str, str]]]]:
    loaded = json.loads((DATA / "gum-quotes" / "gum_news_dev.json").read_text(encoding="utf-8"))
    return list(loaded["articles"])
