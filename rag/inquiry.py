"""One question on its way to an answer: understood, retrieved, written by a model and verified, or else quoted.

The ladder, from the top: what the model writes, sentence by sentence, each released once it is verified; where nothing
of it survives, or the model fails, an answer by quoting that says so; where that finds nothing, an abstention.
"""

import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace

from langchain_core.runnables import RunnableConfig

from indexes.article import Filters
from indexes.errors import ModelUnavailable
from prompts import load
from rag.also import with_copies
from rag.answer import CANNOT_ANSWER, Answer, Claim, Mode, Nearest, Reason
from rag.conflicts import disagreements, words
from rag.context import fit, passages
from rag.draft import Draft
from rag.followup import Turn, stand_alone
from rag.gate import likelihood, refuse_at_once
from rag.generate import Writer
from rag.leaving import is_left
from rag.library import Library
from rag.models import LanguageModel
from rag.question import Question, understand
from rag.quote import Abstained, answer_by_quoting, read_closely
from rag.reply import ReplyReader, Written, declines, until_it_repeats_itself
from rag.retrieve import Evidence, retrieve
from rag.verify import verify

# A small model nearly always writes an answer; asked yes or no before, it is a cautious veto. Set on 33 questions that
# a model of 1.5 billion parameters was asked (SQuAD 2.0 development data and the reference article, November 2026): it
# refuses 5 of 18 that the passages do not answer, and none of 15 that they do (the lowest of these has .42).
VETO = 0.40  # probability of "yes"

# Where a model finds no answer, a quote must be this likely to be shown all the same. On the same questions the quotes
# were right at .80, .81 and .93, and wrong at .63 and .72.
SURE_ALL_THE_SAME = 0.75

UNVERIFIED = "(not borne out by the articles)"  # behind a sentence that is shown all the same


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all that a caller said about it."""

    question: str
    filters: Filters = field(default_factory=Filters)
    history: tuple[Turn, ...] = ()
    fallback: bool = True  # quote where the model fails


class Inquiry:
    """One question, and what was learned at each stage of answering it."""

    question: Question

    def __init__(
        self,
        asked: Asked,
        library: Library,
        model: LanguageModel | None = None,
        *,
        strict: bool = True,
        config: RunnableConfig | None = None,
    ) -> None:
        self.asked = asked
        self.library = library
        self.passages: list[Evidence] = []  # what the model was shown
        self.reply = ""  # what it wrote, as it wrote it
        self.written: list[Claim] = []  # its sentences, each with its verdict
        self.failure: str | None = None  # why its answer was not used, in words
        self._unavailable = False  # the call itself failed
        self._declined = False  # the model finds no answer
        self._likely = 0.0  # that a sentence of the articles answers, by the gate
        self._model = model
        self._writer = Writer(model.chat, config) if model else None
        self._strict = strict
        self._draft = Draft()
        self._timings: dict[str, float] = {}

    def answers(self) -> Generator[Answer, None, None]:
        """Yield the answer as it grows; the last one is final."""
        started = time.perf_counter()
        self._understand()
        answer = yield from self._by_model()
        if answer is None:
            answer = yield from self._without_model()
        self._timings["total"] = _milliseconds(started)
        yield self._finished(answer)

    # -- understanding ------------------------------------------------------------------------------------------------

    def _understand(self) -> None:
        """Make the question stand alone, and read what it asks for."""
        with self._timed("understand"):
            rewrite = self._writer.rewrite if self._writer else None
            self._alone = stand_alone(self.asked.question, self.asked.history, self.library, rewrite)
            self.question = understand(self._alone, self.library, self.asked.filters)

    # -- by the model -------------------------------------------------------------------------------------------------

    def _by_model(self) -> Generator[Answer, None, Answer | None]:
        """Yield the answer after each sentence that the articles bear out; return None where there is none."""
        if self._model is None or refuse_at_once(self.question, self.library):
            return None
        with self._timed("retrieve"):
            found = retrieve(self.question, self.library)
            reading = read_closely(self.question, found, self.library)
        if reading.refusal and reading.refusal.certain:
            return None
        self._likely = likelihood(reading.want, reading.matches)
        self.passages = fit(passages(found), self._model.window, self.question.text)
        if not self.passages:
            self.failure = "No paragraph fits into what the language model can read at once."
            return None
        try:
            with self._timed("model"), closing(self._sentences()) as sentences:
                for sentence in sentences:
                    if self._is_released(sentence):
                        yield self._draft.answer(self.asked.question, "model")
        except ModelUnavailable as error:
            self.failure = error.what
            self._unavailable = True
        if not self._draft.claims:
            self._say_why_nothing_survived()
            return None
        self._say_who_disagrees(self.passages)
        return self._draft.answer(self.asked.question, "model")

    def _sentences(self) -> Generator[Written, None, None]:
        """Yield each sentence of the model as soon as it is complete; none where a small model sees no answer."""
        assert self._model is not None
        assert self._writer is not None
        if self._model.provider == "gguf":
            answered = self._writer.answered(self.question.text, self.passages)
            self._declined = answered is not None and answered < VETO
        if self._declined:
            return
        with closing(self._writer.write(self.question.text, self.passages)) as pieces:
            yield from until_it_repeats_itself(self._read(pieces))

    def _read(self, pieces: Iterable[str]) -> Iterator[Written]:
        reader = ReplyReader()
        for piece in pieces:
            if is_left():
                return
            self.reply += piece
            yield from reader.feed(piece)
        yield from reader.finish()

    def _is_released(self, sentence: Written) -> bool:
        """Verify a sentence; add it to the answer where it is borne out, or may be shown marked."""
        checked = verify(sentence, self.passages, self.library, self.question.text)
        if checked.places:
            self._draft.add(checked.text, checked.places, "supported")
        elif self._strict or checked.failed == "link" or declines(checked.text):
            self._declined = self._declined or declines(checked.text)
            self.written.append(Claim(checked.text, (), "withheld", checked.reason))
            return False
        else:
            self._draft.add(f"{checked.text} {UNVERIFIED}", (), "unverified", checked.reason)
        self.written.append(self._draft.claims[-1])
        return True

    def _say_why_nothing_survived(self) -> None:
        if self._declined:
            self.failure = self.failure or "The language model finds no answer in them."
        elif not self.written:
            self.failure = self.failure or "The language model wrote nothing."
            self._unavailable = True
        else:
            self.failure = self.failure or "Nothing that the language model wrote is borne out by the articles."

    def _say_who_disagrees(self, shown: Sequence[Evidence]) -> None:
        """Close with who says what, where sources do not agree."""
        for found in disagreements(self._draft.cited(), shown, self.library):
            one, other = (self._draft.marker(place) for place in found.places)
            self._draft.claims.append(Claim(words(found, (one, other)), (one, other), "supported"))

    # -- without it ---------------------------------------------------------------------------------------------------

    def _without_model(self) -> Generator[Answer, None, Answer]:
        """Answer by quoting, sentence by sentence; abstain where that finds nothing or is not wanted."""
        if self.failure and not self.asked.fallback:
            return self._failed()
        if self._declined and self._likely < SURE_ALL_THE_SAME:
            return self._abstention("unsupported", f"{CANNOT_ANSWER}. {self.failure}", self.passages[:3])
        with self._timed("quote"):
            found = answer_by_quoting(self.question, self.library)
        if isinstance(found, Abstained):
            return self._abstention(found.reason, f"{CANNOT_ANSWER}. {found.words}", found.nearest)
        mode: Mode = "fallback" if self.failure else "quoted"
        for end in range(1, len(found.claims)):
            yield Draft(found.quotes, found.claims[:end]).answer(self.asked.question, mode)
        self._draft = Draft(found.quotes, found.claims)
        self._say_who_disagrees(found.found)
        return self._draft.answer(self.asked.question, mode)

    def _failed(self) -> Answer:
        """Return the abstention for a caller who wants the model's answer or none."""
        if self._unavailable:
            return self._abstention("model_unavailable", f"There is no answer. {self.failure}", ())
        return self._abstention("unsupported", f"{CANNOT_ANSWER}. {self.failure}", self.passages[:3])

    def _abstention(self, reason: Reason, words: str, nearest: Sequence[Evidence]) -> Answer:
        shown = tuple(_near(evidence) for evidence in nearest)
        return Answer(self.asked.question, words, "abstained", reason=reason, nearest=shown)

    # -- what every answer carries ------------------------------------------------------------------------------------

    def _finished(self, answer: Answer) -> Answer:
        """Return the answer with what is known only at the end."""
        asked = self._model if self.passages else None
        return replace(
            answer,
            citations=with_copies(answer.citations, self.library),
            asked_as=self._alone if self._alone != self.asked.question else None,
            fallback_reason=self.failure,
            undated_left_out=self.library.undated(self.asked.filters),
            model=asked.name if asked else None,
            prompt=load("answer").fingerprint if asked else None,
            usage=dict(self._writer.usage) or None if self._writer else None,
            timings_ms=dict(self._timings),
        )

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self._timings[stage] = _milliseconds(started)


def _near(evidence: Evidence) -> Nearest:
    article = evidence.article
    return Nearest(article.id, article.title, evidence.number, evidence.paragraph.text)


def _milliseconds(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
