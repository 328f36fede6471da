"""The assistant as LangChain parts: a Runnable that answers, a retriever that finds paragraphs."""

from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from contextlib import aclosing
from typing import Any, cast

from langchain_core.callbacks import CallbackManagerForChainRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import ConfigDict, Field

from indexes.errors import QuestionError
from rag.answer import Answer
from rag.leaving import from_thread
from rag.library import Library
from rag.question import understand
from rag.retrieve import Evidence, retrieve

Asked = str | Mapping[str, Any]  # a question, or `Assistant.ask`'s own keywords
ASKED = frozenset({"question", "history", "after", "before", "as_of", "speaker", "publisher", "article", "fallback"})


class AnswerRunnable(Runnable[Asked, Answer]):
    """`Runnable[str | dict, Answer]`; streaming yields growing answers, the last one final."""

    def __init__(self, stream_answer: Callable[..., Iterator[Answer]]) -> None:
        self._stream_answer = stream_answer

    def invoke(self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """Answer one question; `kwargs` are further keywords of `Assistant.ask`, as `bind` passes them."""
        return self._call_with_config(self._last, _keywords(input, kwargs), config)

    def stream(self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Answer]:
        """Yield the answer as it grows."""
        yield from self._transform_stream_with_config(iter([_keywords(input, kwargs)]), self._each, config)

    async def astream(self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Answer]:
        """Yield the answer as it grows, without holding up the event loop."""
        growing = cast(Generator[Answer], self.stream(input, config, **kwargs))
        async with aclosing(from_thread(growing)) as handed:
            async for answer in handed:
                yield answer

    def _last(self, asked: Asked, run_manager: CallbackManagerForChainRun, config: RunnableConfig) -> Answer:
        *_, answer = self._each(iter([asked]), run_manager, config)
        return answer

    def _each(
        self, asked: Iterator[Asked], run_manager: CallbackManagerForChainRun, config: RunnableConfig
    ) -> Iterator[Answer]:
        """Yield the answers; `config` carries the callbacks on to the call of a language model."""
        for one in asked:
            yield from self._stream_answer(config, **_keywords(one))


def _keywords(asked: Asked, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what a caller gave as keywords of `Assistant.ask`; QuestionError where there is no question in it."""
    given: dict[str, Any] = {"question": asked} if isinstance(asked, str) else {}
    given |= asked if isinstance(asked, Mapping) else {}
    given |= more or {}
    unknown = sorted(set(given) - ASKED)
    if not isinstance(given.get("question"), str) or unknown:
        what = f"{unknown[0]!r} is not among them" if unknown else "there is no question"
        raise QuestionError(f"The chain takes a question, or a dict: {what}.", f"Keys: {', '.join(sorted(ASKED))}.")
    return given


class ParagraphRetriever(BaseRetriever):
    """A LangChain retriever over a library: the k best paragraphs, each a Document with its place as metadata."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Any  # a rag.library.Library; pydantic cannot check a Protocol of this kind
    k: int = Field(default=5, ge=1)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        library: Library = self.library
        evidence = retrieve(understand(query, library), library, k or self.k)
        return [_document(found) for found in evidence]


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
