"""The assistant as LangChain parts: a Runnable that answers, a retriever that finds paragraphs."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import ConfigDict, Field

from indexes.article import Filters
from rag.answer import Answer
from rag.library import Library
from rag.question import understand
from rag.retrieve import Evidence, retrieve

Asked = str | Mapping[str, Any]  # a question, or `Assistant.ask`'s own keywords


class AnswerRunnable(Runnable[Asked, Answer]):
    """`Runnable[str | dict, Answer]`; streaming yields growing answers, the last one final."""

    def __init__(self, stream_answer: Callable[..., Iterator[Answer]]) -> None:
        self._stream_answer = stream_answer

    def invoke(self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """Answer one question."""
        return self._call_with_config(self._last, input, config, **kwargs)

    def stream(self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Answer]:
        """Yield the answer as it grows."""
        yield from self._transform_stream_with_config(iter([input]), self._each, config, **kwargs)

    def _last(self, asked: Asked) -> Answer:
        *_, answer = self._each(iter([asked]))
        return answer

    def _each(self, asked: Iterator[Asked]) -> Iterator[Answer]:
        for question in asked:
            keywords = {"question": question} if isinstance(question, str) else dict(question)
            yield from self._stream_answer(**keywords)


class ParagraphRetriever(BaseRetriever):
    """A LangChain retriever over a library: the k best paragraphs, each a Document with its place as metadata."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Any  # a rag.library.Library; pydantic cannot check a Protocol of this kind
    k: int = Field(default=5, ge=1)
    filters: Filters = Filters()

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        library: Library = self.library
        evidence = retrieve(understand(query, library, self.filters), library)
        return [_document(found) for found in evidence[: k or self.k]]


def _document(found: Evidence) -> Document:
    article, paragraph = found.article, found.paragraph
    speakers = paragraph.speakers
    return Document(
        id=found.id,
        page_content=paragraph.text,
        metadata={
            "article_id": article.id,
            "title": article.title,
            "publisher": article.publisher,
            "published": article.published.isoformat() if article.published else None,
            "url": article.url,
            "paragraph": paragraph.number,
            "speaker": speakers[0].name if speakers else None,
            "score": found.score,
        },
    )
