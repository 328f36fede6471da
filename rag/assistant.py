"""The door: open a library, ask it, get a cited Answer. The chat, the command line and Python all come in here."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Self

from indexes.article import Filters
from indexes.errors import QuestionError
from indexes.library import Library
from rag.answer import CANNOT_ANSWER, Answer, Claim, Nearest
from rag.cite import cite
from rag.langchain import AnswerRunnable, ParagraphRetriever
from rag.question import understand
from rag.quote import Abstained, Quoted, answer_by_quoting
from rag.retrieve import Evidence

Day = date | str  # a `date`, or ISO text: "2025-03-14"


class Assistant:
    """Answers questions from a library of articles. Use it in a `with` block, or call `close`."""

    def __init__(self, library: Library) -> None:
        self.library = library

    @classmethod
    def open(cls, home: str | Path | None = None) -> Self:
        """Open the library in a folder; by default NEWSCITE_HOME or your platform's data folder.

        Raises LibraryError where it cannot be opened, MismatchError where another model or version indexed it.
        """
        return cls(Library.open(home))

    def ask(
        self,
        question: str,
        *,
        after: Day | None = None,
        before: Day | None = None,
        as_of: Day | None = None,
        speaker: str | None = None,
        publisher: str | None = None,
        article: str | None = None,
    ) -> Answer:
        """Answer a question with cited sentences, or say that the articles do not, and why.

        Dates are inclusive. Raises QuestionError for a question that is empty or far too long, or a date that is none.
        """
        filters = Filters(_day(after), _day(before), _day(as_of), speaker, publisher, article)
        started = time.perf_counter()
        understood = understand(question, self.library, filters)
        found = answer_by_quoting(understood, self.library)
        answer = _abstention(question, found) if isinstance(found, Abstained) else _answer(question, found)
        return replace(
            answer,
            undated_left_out=self.library.undated(filters),
            timings_ms={"total": round((time.perf_counter() - started) * 1000, 1)},
        )

    def as_runnable(self) -> AnswerRunnable:
        """Return a LangChain `Runnable[str | dict, Answer]`; the dict has the keys of `ask`."""
        return AnswerRunnable(lambda **asked: growing(self.ask(**asked)))

    def as_retriever(self, k: int = 5) -> ParagraphRetriever:
        """Return a LangChain retriever of the k best paragraphs for a question."""
        return ParagraphRetriever(library=self.library, k=k)

    def close(self) -> None:
        """Close the library."""
        self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def growing(answer: Answer) -> Iterator[Answer]:
    """Yield an answer sentence by sentence; the last one is the whole."""
    for end in range(1, len(answer.claims)):
        claims = answer.claims[:end]
        shown = {marker for claim in claims for marker in claim.citations}
        citations = tuple(citation for citation in answer.citations if citation.marker in shown)
        yield replace(answer, answer=_text(claims), claims=claims, citations=citations)
    yield answer


def _answer(question: str, found: Quoted) -> Answer:
    citations = tuple(
        cite(marker, quote.article, quote.paragraph, quote.start, quote.end)
        for marker, quote in enumerate(found.quotes, start=1)
    )
    return Answer(
        question=question,
        answer=_text(found.claims),
        mode="quoted",
        as_of=max((c.published for c in citations if c.published), default=None),
        claims=found.claims,
        citations=citations,
    )


def _text(claims: tuple[Claim, ...]) -> str:
    return "\n".join(claim.text for claim in claims)


def _abstention(question: str, found: Abstained) -> Answer:
    return Answer(
        question=question,
        answer=f"{CANNOT_ANSWER}. {found.words}",
        mode="abstained",
        reason=found.reason,
        nearest=tuple(_near(evidence) for evidence in found.nearest),
    )


def _near(evidence: Evidence) -> Nearest:
    article = evidence.article
    return Nearest(article.id, article.title, evidence.number, evidence.paragraph.text)


def _day(given: Day | None) -> date | None:
    if isinstance(given, datetime):  # a date as well, by inheritance, but one that does not compare with dates
        return given.date()
    if given is None or isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise QuestionError(f"{given!r} is not a date.", "Write it as 2025-03-14.") from None
