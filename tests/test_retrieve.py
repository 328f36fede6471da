"""From a question to paragraphs: three ranked lists become one, each paragraph once."""

from dataclasses import replace

import pytest

from indexes.article import Filters, Quotation
from rag.question import understand
from rag.retrieve import Evidence, fuse, retrieve, with_neighbours
from tests.memory import MemoryLibrary, article

FERRY = article(
    "Ferry",
    "The ferry to Skarn is late again.",
    "Ada Lind | “The engine is old,” said Ada Lind.",
    "Ada Lind | “We ordered a new pump in May.",
    "Ada Lind | “It has not come.”",
    "Omar Brown | “Nobody told us,” said Omar Brown.",
)
WIRE = (
    "The ferry to Skarn was late on Monday because the engine pump broke, the company said. Divers looked for rubble "
    "in the harbour mouth while passengers waited in the old customs house and drank tea from paper cups."
)


def found(text: str, *articles: object, filters: Filters | None = None) -> list[Evidence]:
    library = MemoryLibrary(articles or [FERRY])  # type: ignore[arg-type]
    return retrieve(understand(text, library, filters), library)


def test_a_paragraph_that_leads_both_lists_leads_the_fused_one() -> None:
    assert found("is the ferry to Skarn late?")[0].number == 1


def test_the_words_of_a_person_named_in_the_question_are_found_without_the_name_in_them() -> None:
    numbers = [evidence.number for evidence in found("what does Lind say?")]
    assert set(numbers[:3]) == {2, 3, 4}


def test_each_paragraph_tells_its_rank_in_every_list() -> None:
    best = found("what does Lind say about the engine?")[0]
    assert (best.number, best.ranks["by Ada Lind"]) == (2, 1)
    assert best.ranks.keys() == {"dense", "lexical", "by Ada Lind"}


def test_wire_copy_that_stands_in_two_papers_is_shown_once() -> None:
    for day in ("on Tuesday", "yesterday"):
        copies = [article("One", WIRE), article("Two", WIRE.replace("on Monday", day)), article("Other", "A pump.")]
        assert len(found("why was the ferry late?", *copies)) == 2


def test_texts_that_differ_in_a_figure_are_both_shown() -> None:
    for one, other in (("400", "600"), ("twelve", "fifteen"), ("a hundred", "two hundred")):
        copies = [article("One", f"{WIRE} It cost {one} crowns."), article("Two", f"{WIRE} It cost {other} crowns.")]
        assert len(found("why was the ferry late?", *copies)) == 2


def test_filters_reach_every_list() -> None:
    evidence = found("what does Lind say?", filters=Filters(speaker="Omar Brown"))
    assert [found.number for found in evidence] == [5]


def test_scores_are_scaled_before_they_are_added() -> None:
    fused = fuse({"dense": [("a", 0.9), ("b", 0.8), ("c", 0.1)], "lexical": [("b", 30.0), ("a", 10.0)]})
    assert fused == [("b", pytest.approx(1.875)), ("a", 1.0), ("c", 0.0)]


def test_an_empty_list_adds_nothing() -> None:
    assert fuse({"dense": [("a", 0.4)], "lexical": []}) == [("a", 1.0)]
    assert fuse({"dense": [], "lexical": []}) == []


def test_what_one_person_says_in_a_row_is_joined() -> None:
    second = next(e for e in found("who ordered a new pump in May?") if e.number == 3)
    assert [near.number for near in with_neighbours(second)] == [2, 3, 4]


def test_a_quotation_that_runs_on_is_joined_even_where_nobody_is_named() -> None:
    paragraphs = list(article("Run", "“First.", "“Second.”", "Third.").paragraphs)
    for place in (0, 1):
        span = Quotation(0, len(paragraphs[place].text), direct=True, run=1)
        paragraphs[place] = replace(paragraphs[place], quotations=(span,))
    running = replace(article("Run", "x"), paragraphs=tuple(paragraphs))
    joined = with_neighbours(Evidence(running, running.body[1], 1.0))
    assert [near.number for near in joined] == [1, 2]
