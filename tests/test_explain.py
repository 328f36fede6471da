"""What happened to a question, stage by stage: a bad answer is traced to its stage in one look."""

import json
from typing import cast

from indexes.library import Library
from rag import Assistant, Explanation
from rag.models import language_model
from tests.fake_llm import FakeLLM
from tests.memory import MemoryLibrary, article

QUAY = article(
    "Quay shut",
    "Ada Lind | “The quay is closed because its timber piles are rotten,” Lind said.",
    "The fishing boats will land at Ostby until June.",
    "Tom Berg | Tom Berg, a fisherman, said the closure would cost him 4,000 crowns a week.",
)
REPLY = "The quay is closed because its timber piles are rotten [3]. It will cost the town 9,000 crowns [1]."


def explain(question: str, *replies: str) -> Explanation:
    library = cast(Library, MemoryLibrary([QUAY]))
    if not replies:
        return Assistant(library).explain(question)
    with FakeLLM(*replies) as llm:
        return Assistant(library, language_model("openai:any", base_url=f"{llm.url}/v1")).explain(question)


def test_it_says_how_the_question_was_understood() -> None:
    understood = explain("why does Ada Lind say the quay is closed?").understood
    assert (understood["kind"], understood["asked about"], understood["speakers"]) == ("why", "Ada Lind", ["Ada Lind"])


def test_it_shows_each_ranked_list_and_what_they_were_fused_to() -> None:
    told = explain("why does Ada Lind say the quay is closed?")
    assert list(told.lists) == ["dense", "lexical", "by Ada Lind"]
    assert [entry.rank for entry in told.fused] == list(range(1, len(told.fused) + 1))
    assert told.fused[0].paragraph == 1


def test_it_says_why_the_gate_closed_or_opened() -> None:
    assert explain("how many whales live in the harbour?").gate.startswith("closed, unsupported:")
    assert explain("why is the quay closed?").gate.startswith("open: a sentence is likely enough")


def test_it_shows_each_sentence_of_the_model_with_its_verdict() -> None:
    told = explain("why is the quay closed?", REPLY)
    assert told.reply == REPLY
    assert [(claim.verdict, bool(claim.reason)) for claim in told.written] == [("supported", False), ("withheld", True)]
    assert {entry.paragraph for entry in told.shown} == {1, 2, 3}
    assert "9,000" in str(told)
    assert "9,000" not in told.answer.answer


def test_it_says_why_the_models_answer_was_not_used() -> None:
    told = explain("why is the quay closed?", "Because of whales.")
    assert told.answer.mode == "fallback"
    assert told.failure
    assert told.failure in str(told)


def test_it_explains_a_question_that_is_refused_at_once() -> None:
    told = explain("why does Gabuev doubt a split?")
    assert told.gate == "closed, no_match: “Gabuev” stands in none of the articles."


def test_it_is_json_with_the_answer_as_the_contract_has_it() -> None:
    told = explain("why is the quay closed?", REPLY)
    plain = json.loads(told.to_json())
    assert plain["answer"] == json.loads(told.answer.to_json())
    assert plain["written"][1]["verdict"] == "withheld"


def test_it_explains_over_an_empty_library() -> None:
    told = Assistant(cast(Library, MemoryLibrary([]))).explain("why is the quay closed?")
    assert told.gate.startswith("closed, no_articles:")
