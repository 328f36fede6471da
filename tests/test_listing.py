"""What the list of a library's articles says about each, and how several articles are added at once."""

from collections.abc import Callable, Sequence
from datetime import date

from indexes.article import Article, Paragraph, Quotation, Speaker
from indexes.errors import ReadError
from indexes.library import Library, Outcome, Source
from tests.standin import StandIn, article
from ui.render import listed_as_json

OpenLibrary = Callable[..., Library]


def spoken(title: str, *speakers: str, confidence: float = 0.9) -> Article:
    """Return an article in which one speaker after the other has a paragraph."""
    paragraphs = tuple(
        Paragraph(
            f"{name} speaks.", number=n, quotations=(Quotation(0, 4, False, Speaker(name, "named", confidence, n)),)
        )
        for n, name in enumerate(speakers, start=1)
    )
    return Article(title, paragraphs, f"/news/{title}.txt", published=date(2025, 4, 29))


def test_who_speaks_most_is_named_first_then_who_speaks_first(library: OpenLibrary) -> None:
    opened = library(embeddings=StandIn())
    opened.add_article(spoken("Wall", "Ada Lind", "Dora Renn", "Carl Oye", "Dora Renn"))
    opened.add_article(article("Silence", "Nobody speaks."))
    assert [row.speakers for row in opened.articles()] == [("Dora Renn", "Ada Lind", "Carl Oye"), ()]


def test_doubtful_speaker_is_not_listed(library: OpenLibrary) -> None:
    opened = library(embeddings=StandIn())
    opened.add_article(spoken("Wall", "Ada Lind", confidence=0.5))
    assert opened.articles()[0].speakers == ()


def test_speakers_are_those_of_the_newest_version(library: OpenLibrary) -> None:
    opened = library(embeddings=StandIn())
    opened.add_article(spoken("Wall", "Ada Lind"))
    assert opened.articles()[0].speakers == ("Ada Lind",)
    opened.add_article(spoken("Wall", "Dora Renn"))
    assert opened.articles()[0].speakers == ("Dora Renn",)


def test_listed_article_is_plain_json(library: OpenLibrary) -> None:
    opened = library(embeddings=StandIn())
    opened.add_article(spoken("Wall", "Ada Lind"))
    listed = listed_as_json(opened.articles()[0])
    assert (listed["published"], listed["paragraphs"], listed["speakers"]) == ("2025-04-29", 1, ["Ada Lind"])


def test_several_articles_are_embedded_together(library: OpenLibrary) -> None:
    class Counting(StandIn):
        calls = 0

        def vectors(self, texts: Sequence[str]) -> object:
            self.calls += 1
            return super().vectors(texts)

    counting = Counting()
    articles = [article(f"Wall {n}", f"Wall number {n} stands.") for n in range(20)]
    report = library(embeddings=counting).add_each([Source(each.title, lambda each=each: each) for each in articles])
    assert (report.count("added"), counting.calls) == (20, 1)


def test_each_outcome_is_told_as_soon_as_it_is_known_and_failure_stops_nothing(library: OpenLibrary) -> None:
    def unreadable() -> Article:
        raise ReadError("b.txt: it is empty.")

    def broken() -> Article:
        raise RuntimeError("parser")

    told: list[Outcome] = []
    wall, boat = article("Wall", "A wall stands."), article("Boat", "A boat sails.")
    report = library(embeddings=StandIn()).add_each(
        [
            Source("a.txt", lambda: wall),
            Source("b.txt", unreadable),
            Source("c.txt", broken),
            Source("d.txt", lambda: boat),
        ],
        on_outcome=told.append,
    )
    assert [(o.path, o.status) for o in report.outcomes] == [
        ("a.txt", "added"), ("b.txt", "failed"), ("c.txt", "failed"), ("d.txt", "added"),
    ]  # fmt: skip
    assert sorted(told, key=lambda outcome: outcome.path) == list(report.outcomes)


def test_outcome_says_under_which_id_the_same_text_was_known(library: OpenLibrary) -> None:
    opened = library(embeddings=StandIn())
    known = article("Wall", "A wall stands.")
    better = article("Wall", "A wall stands.", url="https://courier.example/wall")
    opened.add_article(known)
    assert opened.add_article(better) == Outcome(better.source, "updated", better.id, "Wall", replaced=known.id)
