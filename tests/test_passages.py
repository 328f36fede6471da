"""What is embedded: each body paragraph with its speaker, long ones in windows of whole sentences."""

from indexes.embeddings import SentenceEmbeddings
from indexes.passages import passages
from tests.standin import StandIn, article

COUNT, LIMIT = StandIn().count_pieces, StandIn.limit


def test_speaker_stands_in_front() -> None:
    (passage,) = passages(article("T", "I doubt it.", speaker="Dora Renn"), COUNT, LIMIT)
    assert passage.text == "Dora Renn: I doubt it."


def test_paragraph_without_a_speaker_stands_alone() -> None:
    (passage,) = passages(article("T", "The wall broke."), COUNT, LIMIT)
    assert (passage.text, passage.paragraph, passage.window) == ("The wall broke.", 1, 0)


def test_long_paragraph_is_cut_between_sentences_and_keeps_its_speaker() -> None:
    text = " ".join(f"Sentence {n} has six words." for n in range(20))
    found = passages(article("T", "Short.", text, speaker="Dora Renn"), COUNT, LIMIT)
    assert [p.window for p in found] == [0, *range(len(found) - 1)]
    assert all(p.text.startswith("Dora Renn: ") and COUNT([p.text])[0] <= LIMIT for p in found)
    assert " ".join(p.text.removeprefix("Dora Renn: ") for p in found[1:]) == text


def test_endless_sentence_is_cut_between_words() -> None:
    text = "word " * 300 + "end"
    found = passages(article("T", text), COUNT, LIMIT)
    assert all(COUNT([p.text])[0] <= LIMIT for p in found)
    assert " ".join(p.text for p in found) == text


def test_no_window_is_longer_than_the_real_model_reads(embeddings: SentenceEmbeddings) -> None:
    text = "Antidisestablishmentarianism, extraordinarily unpronounceable, 😀 123456789! " * 60 + "x" * 3000
    found = passages(article("T", text, speaker="Dora Renn"), embeddings.count_pieces, embeddings.limit)
    assert len(found) > 4
    assert max(embeddings.count_pieces([p.text for p in found])) <= (embeddings.limit or 0) == 254


def test_model_without_a_limit_takes_paragraphs_whole() -> None:
    assert len(passages(article("T", "word " * 500), COUNT, None)) == 1
