"""May this question be answered from these paragraphs? If not, why not, in words.

A similarity threshold cannot decide it: adversarial questions resemble their paragraph as much as answered ones (AUROC
.51 to .64, facts/answering.md). The gate asks instead what is missing: a name that stands nowhere, a person who does
not speak, a number that is not in the sentence.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexes.article import Filters
from indexes.terms import terms
from indexes.wordlists import STATING
from rag.answer import Reason
from rag.library import Library
from rag.match import Match, Wanted, holds, standing_nowhere
from rag.question import Name, Question
from rag.retrieve import Evidence

# Probability from which a sentence counts as an answer. On 1,227 answerable questions of the development data it gives
# .738 right, .083 wrong and .178 unanswered; it refuses .467 of adversarial questions and .786 of those whose
# paragraph was taken out. At .37 it was .756, .081, .163, .445 and .752.
OPEN = 0.40

# The same where only paragraphs by the person asked about are read. Set on 39 questions that a speaker answers and 43
# that none does, written for the sample articles and the reference article: AUROC .98, 34 and 41 on their right side.
OPEN_FOR_SPEAKER = 0.10

# Below that the topic may still be theirs in other words: cosine of the question with "speaker: paragraph", and how
# near its words come to words of one sentence. Set on the same questions: 2 more answered, 1 of them wrongly.
TOPIC_OF_SPEAKER = 0.46
WORDS_OF_SPEAKER = 0.35


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a question is not answered: the reason's name, and a sentence for the reader."""

    reason: Reason
    words: str
    certain: bool = False  # by what stands nowhere, not by likelihood: no language model need be asked


def refuse_at_once(question: Question, library: Library) -> Refusal | None:
    """Refuse, before anything is read, where there is nothing to search or a name of the question stands nowhere."""
    if library.count(question.filters) == 0:
        if library.count(Filters()) == 0:
            return Refusal("no_articles", "There are no articles yet.")
        return Refusal("out_of_date_range", _what_leaves_nothing(question.filters, library))
    if not question.terms:
        return Refusal("no_match", "The question holds no word to look for.")
    name = _name_standing_nowhere(question, library)
    return Refusal("no_match", f"“{name}” stands in none of the articles.") if name else None


def _what_leaves_nothing(filters: Filters, library: Library) -> str:
    """Return which of the filters no paragraph passes, in words."""
    if filters.speaker and not library.count(Filters(speaker=filters.speaker)):
        return f"Nobody called “{filters.speaker}” speaks in the articles."
    if filters.publisher and not library.count(Filters(publisher=filters.publisher)):
        return f"No article was published by “{filters.publisher}”."
    return "No article is left by the filters; without them there are some."


def probability(match: Match, wanted: Wanted) -> float:
    """Return how likely it is that a sentence answers the question.

    Logistic regression on SQuAD 2.0 development data (14 titles, 2,329 answerable questions, the same with their
    paragraph taken out, 2,668 adversarial ones; the best sentence of five paragraphs), 24 November 2026. Fitted on
    12 titles and judged on 2, seven times: AUROC .719 against adversarial questions, .886 against missing paragraphs;
    every coefficient kept its sign and varied by less than a seventh, or by .1.
    """
    z = (
        -7.78
        + 3.46 * match.alignment
        + 7.31 * match.alignment_of_all
        + 0.76 * match.together
        + 0.15 * wanted.length  # a long question rarely finds all of its words
        - 0.89 * match.names_missing
        - 2.31 * match.number_missing
        - 0.75 * match.kind_missing
        - 3.80 * match.denial_missing
        - 2.97 * match.opposite
        - 0.63 * match.limits_missing
    )
    return 1 / (1 + math.exp(-z))


def likelihood(wanted: Wanted, matches: Sequence[Match]) -> float:
    """Return how likely the likelier of the two best sentences answers the question."""
    best = sorted(matches, key=lambda match: -match.score)[:2]
    return max((probability(match, wanted) for match in best), default=0.0)


def refuse(wanted: Wanted, matches: Sequence[Match], evidence: Sequence[Evidence]) -> Refusal | None:
    """Refuse where the best sentences do not answer the question; None where they do."""
    best = sorted(matches, key=lambda match: -match.score)[:2]
    likely = likelihood(wanted, matches)
    if wanted.question.asked:
        if wanted.question.speakers:
            return _refuse_speaker(wanted, matches, evidence, likely)
        return _refuse_stranger(wanted.question, best, likely)
    if likely < OPEN:
        return Refusal("unsupported", "No sentence in the articles answers this.")
    return None


def _refuse_speaker(
    wanted: Wanted, matches: Sequence[Match], evidence: Sequence[Evidence], likely: float
) -> Refusal | None:
    """Refuse where somebody who speaks does not speak on this. `evidence` holds their own paragraphs only."""
    question = wanted.question
    who = " or ".join(question.speakers)
    if not matches:
        return Refusal("speaker_absent", f"Nothing that {who} says was found in these articles.")
    if not question.topic:  # "what does Lind say?"
        return None
    said = {stem for match in matches for stem in terms(match.text)}
    unmentioned = [name.text for name in question.names if _is_strange(name, said, question)]
    if likely >= (OPEN if unmentioned else OPEN_FOR_SPEAKER):
        return None
    nearest = max((match.alignment for match in matches), default=0.0)
    if not unmentioned and nearest >= WORDS_OF_SPEAKER and _is_their_topic(wanted, evidence, said):
        return None
    if unmentioned:
        return Refusal("speaker_absent", f"No sentence by {who} mentions {unmentioned[0]}.", certain=True)
    return Refusal("speaker_absent", f"No sentence by {who} answers this.")


def _is_strange(name: Name, said: Iterable[str], question: Question) -> bool:
    """Tell whether a name of the question, not the speaker's own, stands in nothing that was said."""
    own = set(name.stems) <= question.speaker_stems
    return not own and not any(holds(said, stem) for stem in name.stems)


def _is_their_topic(wanted: Wanted, evidence: Sequence[Evidence], said: Iterable[str]) -> bool:
    """Tell whether a speaker is likely to mean in other words what the question asks in these.

    The topic is theirs where the question comes near to "speaker: paragraph" as a whole, unless half of its words
    stand elsewhere in the same articles: then the topic is somebody else's.
    """
    topic = [stem for stem in wanted.question.topic if stem not in terms(wanted.question.verb or "")]
    around = {stem for found in evidence for p in found.article.body for stem in terms(p.text)}
    elsewhere = [stem for stem in topic if holds(around, stem) and not holds(said, stem)]
    nearest = max(found.cosine for found in evidence)
    return nearest >= TOPIC_OF_SPEAKER and len(elsewhere) * 2 < max(1, len(topic))


def _refuse_stranger(question: Question, best: Sequence[Match], likely: float) -> Refusal | None:
    """Refuse where nobody of that name is known to speak, unless the best sentence itself reports their words."""
    if likely >= OPEN and any(_reports(match.text, question) for match in best):
        return None
    return Refusal("speaker_absent", f"Nothing that {question.asked} says was found in these articles.")


def _reports(sentence: str, question: Question) -> bool:
    """Tell whether a sentence names the one asked about, and together with a verb of saying where words are wanted."""
    if not set(terms(sentence)) & set(terms(question.asked or "")):
        return False
    feeling = question.verb is not None and question.verb not in STATING  # "what did Lind want?"
    return feeling or any(word in STATING for word in re.findall(r"\w+", sentence.lower()))


def _name_standing_nowhere(question: Question, library: Library) -> str | None:
    """Return a name or number of the question that no article holds."""
    nowhere = set(standing_nowhere(question, library))
    absent = (name.text for name in question.names if set(name.stems) <= nowhere)
    return next(absent, None) or next((number for number in question.numbers if number in nowhere), None)
