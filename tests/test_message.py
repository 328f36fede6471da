"""An answer as a LangChain message: standard blocks, standard citations."""

from dataclasses import replace
from datetime import date
from typing import Any, cast

from langchain_core.messages import AIMessage

from indexes.library import Library
from rag import Answer, Assistant
from rag.answer import Copy
from tests.memory import MemoryLibrary, article

QUAY = article(
    "Quay shut",
    "Ada Lind | “The quay is closed because its timber piles are rotten,” Lind said.",
    "The fishing boats will land at Ostby until June.",
    url="https://courier.example/quay",
    published=date(2025, 3, 3),
)


def ask(question: str) -> Answer:
    return Assistant(cast(Library, MemoryLibrary([QUAY]))).ask(question)


def block(message: AIMessage) -> dict[str, Any]:
    (only,) = message.content_blocks
    return cast(dict[str, Any], only)


def test_the_text_is_the_answer() -> None:
    answer = ask("why is the quay closed?")
    assert answer.to_message().text == answer.answer


def test_each_citation_is_annotated_to_its_sentence() -> None:
    answer = ask("why is the quay closed?")
    for note in block(answer.to_message())["annotations"]:
        marked = answer.answer[note["start_index"] : note["end_index"]]
        assert f"[{note['extras']['marker']}]" in marked
        assert note["cited_text"] in QUAY.body[note["extras"]["paragraph"] - 1].text
        assert (note["type"], note["title"]) == ("citation", "Quay shut")
        assert note["url"].startswith("https://courier.example/quay#:~:text=")


def test_what_only_some_sources_have_is_in_the_extras() -> None:
    assert not {"page", "opinion", "corrections", "copies"} & {*first_extras(ask("why is the quay closed?"))}
    answer = ask("why is the quay closed?")
    copies = (Copy("a1", "Ostrey Register", "Quay closed"),)
    noted = tuple(
        replace(c, page=2, opinion=True, corrections=("Correction: …",), copies=copies) for c in answer.citations
    )
    extras = first_extras(replace(answer, citations=noted))
    assert (extras["page"], extras["opinion"], extras["corrections"]) == (2, True, ["Correction: …"])
    assert extras["copies"] == [{"article_id": "a1", "publisher": "Ostrey Register", "title": "Quay closed"}]


def first_extras(answer: Answer) -> dict[str, Any]:
    return cast(dict[str, Any], block(answer.to_message())["annotations"][0]["extras"])


def test_an_abstention_has_no_citations() -> None:
    message = ask("how many whales live in Lisbon?").to_message()
    assert not block(message).get("annotations")
    assert message.response_metadata["mode"] == "abstained"


def test_the_message_survives_a_round_trip() -> None:
    message = ask("why is the quay closed?").to_message()
    assert AIMessage.model_validate_json(message.model_dump_json()).content_blocks == message.content_blocks
