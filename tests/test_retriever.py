"""The retriever passes LangChain's own standard tests."""

from typing import Any

from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests

from rag.langchain import ParagraphRetriever
from tests.memory import MemoryLibrary, article

LIBRARY = MemoryLibrary(
    [
        article("Quay shut", "The quay is closed.", "Its timber piles are rotten.", "Fishing boats land at Ostby."),
        article("School grows", "The school takes 40 pupils more.", "Ada Lind | “Too small,” she said."),
    ]
)


class TestParagraphRetriever(RetrieversIntegrationTests):
    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return ParagraphRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"library": LIBRARY}

    @property
    def retriever_query_example(self) -> str:
        return "timber piles of the quay"


def test_more_than_ten_paragraphs_can_be_had() -> None:
    long = MemoryLibrary([article("Days", *(f"Day {n} was calm at the quay." for n in range(30)))])
    assert len(ParagraphRetriever(library=long, k=25).invoke("calm quay")) == 25


def test_a_document_names_its_paragraph_and_speaker() -> None:
    [document] = ParagraphRetriever(library=LIBRARY, k=1).invoke("what does Lind call too small?")
    assert document.page_content == "“Too small,” she said."
    assert (document.metadata["paragraph"], document.metadata["speaker"]) == (2, "Ada Lind")
    assert document.id == LIBRARY.article(document.metadata["article_id"]).paragraph_id(2)
