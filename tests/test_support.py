"""What bears a sentence out resembles it word by word, all of it, and the smallest such span is chosen."""

import pytest

from indexes.embeddings import SentenceEmbeddings
from indexes.sentences import Span, sentences
from rag.support import SUPPORTED, Source, Support, best_of, statement, supports
from tests.memory import MemoryLibrary, article

MILL = (
    "The paper mill at Osk closed in March after its largest customer went bankrupt. It had employed 340 people. "
    "The owners want to turn its halls into flats. Neighbours complain that the river still smells of sulphur."
)


@pytest.fixture(scope="module")
def library(embeddings: SentenceEmbeddings) -> MemoryLibrary:
    return MemoryLibrary([article("Mill", MILL)], embeddings)


def support(
    library: MemoryLibrary, sentence: str, text: str = MILL, known: str = "", covering: Span | None = None
) -> Support | None:
    source = Source(text, sentences(text), library.words([text])[0], frozenset(known.split()))
    return best_of(supports(statement(sentence, library), source, covering))


def shown(library: MemoryLibrary, sentence: str) -> str:
    found = support(library, sentence)
    assert found is not None
    return MILL[found.span.start : found.span.end]


@pytest.mark.parametrize(
    "sentence",
    [
        "The paper mill at Osk closed in March after its largest customer went bankrupt.",
        "The mill shut down in March because its biggest customer had gone bankrupt.",
        "Its owners want to make flats of the halls.",
        "The river still smells of sulphur, neighbours say.",
        "340 people had worked there.",
    ],
)
def test_a_copy_or_close_paraphrase_is_borne_out(library: MemoryLibrary, sentence: str) -> None:
    found = support(library, sentence)
    assert found is not None
    assert found.probability >= SUPPORTED


@pytest.mark.parametrize(
    "sentence",
    [
        "The paper mill at Osk closed in March because its boilers had exploded.",
        "The owners want to turn its halls into flats, and the town will pay for a new school.",
        "The harbour was dredged twice last winter.",
        "The owners were fined for poisoning the wells.",
        "Neighbours welcomed the new jobs.",
    ],
)
def test_what_is_invented_is_not(library: MemoryLibrary, sentence: str) -> None:
    found = support(library, sentence)
    assert found is not None
    assert found.probability < SUPPORTED


def test_the_smallest_span_that_is_as_good_is_chosen(library: MemoryLibrary) -> None:
    assert shown(library, "The owners want to turn the halls into flats.") == (
        "The owners want to turn its halls into flats."
    )


def test_neighbouring_sentences_may_bear_out_a_sentence_together(library: MemoryLibrary) -> None:
    whole = shown(
        library, "The owners want to turn the halls into flats while neighbours complain of a smell of sulphur."
    )
    assert whole.startswith("The owners want")
    assert whole.endswith("smells of sulphur.")


def test_the_span_covers_what_is_quoted(library: MemoryLibrary) -> None:
    last = MILL.index("smells of sulphur")
    found = support(library, "The owners want to turn its halls into flats.", covering=Span(last, last + 5))
    assert found is not None
    assert found.span.end == len(MILL)


def test_a_name_from_the_headline_counts_neither_for_nor_against(library: MemoryLibrary) -> None:
    sentence = "In Lundby the owners want to turn the halls into flats."
    strange, known = support(library, sentence), support(library, sentence, known="lundbi")
    assert strange is not None
    assert known is not None
    assert known.probability > strange.probability
    assert support(library, "Lundby, Lundby, Lundby.", known="lundbi") is None


@pytest.mark.parametrize("sentence", ["", "…", "It was so.", "🚢"])
def test_nothing_bears_out_a_sentence_that_says_nothing(library: MemoryLibrary, sentence: str) -> None:
    assert support(library, sentence) is None


def test_an_empty_text_bears_nothing_out(library: MemoryLibrary) -> None:
    assert support(library, "The mill closed in March.", text="") is None
