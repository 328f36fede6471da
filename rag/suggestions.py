"""Questions to begin with, drawn from the library itself: each has been asked, and is well answered by a quote.

What passes here was read and judged by one person, together with its answer, on the articles that the patterns and
thresholds were set on (the sample articles and the reference article, Wikinews, facts from news, SQuAD paragraphs;
24 November 2026), so newer articles will do worse: of 95 questions 64 were good, 28 acceptable, 3 bad. Acceptable
ones mostly ask what somebody says about something that they only mention.
"""

import re
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from indexes.article import Article, Filters
from indexes.library import Library, Listed, UnknownArticle, published_by
from indexes.sentences import sentences
from rag.examples import READ, Example, examples
from rag.gate import likelihood
from rag.match import CAUSE
from rag.question import Question, understand
from rag.quote import Abstained, Quote, Quoted, answer_by_quoting, introduction, read_closely

NEWEST = 40  # articles that are looked at
OLDER = 20  # more of them, spread over the rest
AT_ONCE = 12  # of all these; the others only where the first do not make enough questions
MOST_ASKED = 30  # questions that are tried, some milliseconds each
MOST_KEPT = 100  # sets of suggestions: of the library, of publishers and of articles

# How likely an answer must be, by the gate: well above what lets a reader's question through.
SURE = 0.70
SURE_OF_SPEAKER = 0.50
FULL = 0.34  # `introduction` of a sentence that says in several words who somebody is

ALL = Filters()  # which leave every article


class Suggestions:
    """The suggestions of one library, made anew only when its articles have changed. Thread-safe."""

    def __init__(self, library: Library, count: int = 4) -> None:
        self._library = library
        self._count = count
        self._lock = threading.Lock()
        self._kept: OrderedDict[Filters, _Kept] = OrderedDict()  # by what they are restricted to, the last used last

    def current(self, filters: Filters = ALL) -> list[str]:
        """Return the suggestions for the library as it is now, or for the articles of one publisher, or for one.

        The first call takes a second or more of work, and holds up those who want the same.
        """
        kept = self._for(filters)
        with kept.lock:
            articles = hash(frozenset(self._library.articles()))
            if articles != kept.of:
                kept.texts = suggestions(self._library, self._count, filters)
                kept.of = articles
            return list(kept.texts)

    def _for(self, filters: Filters) -> "_Kept":
        with self._lock:
            kept = self._kept.setdefault(filters, _Kept())
            self._kept.move_to_end(filters)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return kept


@dataclass
class _Kept:
    """Suggestions, and the hash of the articles that the library had when they were made."""

    of: int | None = None
    texts: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def suggestions(library: Library, count: int = 4, filters: Filters = ALL) -> list[str]:
    """Return up to `count` questions that the library answers well, of different articles, people and kinds.

    The same library gives the same questions. Newer articles come first; some older ones are looked at as well. Of the
    filters the publisher and the article (by its whole id) are heard.
    """
    return [candidate.example.text for candidate in _chosen(library, count, filters)]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A question that may be suggested."""

    example: Example
    article: Article
    place: int  # of the article, among those looked at
    rank: int  # of the question, among its article's


def _chosen(library: Library, count: int, filters: Filters) -> list[_Candidate]:
    """Ask one candidate after the other, the one that is least like those chosen first, until there are enough."""
    theirs = published_by(filters.publisher, library.articles())
    listed = _in_order([each for each in theirs if filters.article in (None, each.id)])
    waiting: list[_Candidate] = []
    chosen: list[_Candidate] = []
    read = 0
    for _ in range(MOST_ASKED):
        waiting = [candidate for candidate in waiting if not _repeats(candidate, chosen)]
        while read < len(listed) and (read < AT_ONCE or not waiting):
            waiting += _candidates(listed[read].id, read, library)
            read += 1
        if len(chosen) == count or not waiting:
            break
        best = min(waiting, key=lambda candidate: _likeness(candidate, chosen))
        waiting.remove(best)
        if is_well_answered(best.example, best.article, library, filters):
            chosen.append(best)
    return chosen


def _in_order(listed: list[Listed]) -> list[Listed]:
    """Return the articles to look at: the newest, and after every third of these an older one."""
    dated = sorted((a for a in listed if a.published), key=lambda a: (a.published, a.id), reverse=True)
    ordered = dated + [a for a in reversed(listed) if not a.published]
    newest, rest = ordered[:NEWEST], ordered[NEWEST:]
    if not rest and len(newest) > AT_ONCE:
        newest, rest = ordered[: len(ordered) * 2 // 3], ordered[len(ordered) * 2 // 3 :]
    older = rest[:: max(1, len(rest) // OLDER)][:OLDER] if rest else []
    mixed: list[Listed] = []
    for place, article in enumerate(newest, start=1):
        mixed.append(article)
        if place % 3 == 0 and older:
            mixed.append(older.pop(0))
    return mixed + older


def _candidates(article_id: str, place: int, library: Library) -> Iterator[_Candidate]:
    try:
        article = library.article(article_id)
    except UnknownArticle:  # removed meanwhile
        return
    for rank, example in enumerate(examples(article)):
        yield _Candidate(example, article, place, rank)


def _repeats(candidate: _Candidate, chosen: list[_Candidate]) -> bool:
    """Tell whether a question names somebody or something that a chosen one names."""
    return any(candidate.example.text == other.example.text or _names(candidate) & _names(other) for other in chosen)


def _names(candidate: _Candidate) -> set[str]:
    return {word for word in candidate.example.text.rstrip("?").split()[1:] if word[0].isupper()}


def _likeness(candidate: _Candidate, chosen: list[_Candidate]) -> tuple[int, int, int, int, int]:
    """Return how like the chosen ones a question is: by article, kind and publisher; then how late it comes."""
    articles = Counter(other.article.id for other in chosen)
    kinds = Counter(other.example.kind for other in chosen)
    introduced = candidate.example.kind == "who is"  # every speaker could be asked after: once is enough
    publishers = Counter(other.article.publisher for other in chosen)
    return (
        articles[candidate.article.id],
        kinds[candidate.example.kind] * (3 if introduced else 1),
        publishers[candidate.article.publisher],
        candidate.place,
        candidate.rank,
    )


# -- asking -----------------------------------------------------------------------------------------------------------


def is_well_answered(example: Example, article: Article, library: Library, filters: Filters) -> bool:
    """Ask a question, and tell whether the library answers it from where it was made, in the right voice, surely."""
    question = understand(example.text, library, filters)
    if example.kind == "who is" and not any(_introduces(sentence, question) for sentence in _sentences(article)):
        return False  # asking takes much longer
    answer = answer_by_quoting(question, library)
    if isinstance(answer, Abstained) or not answer.quotes or answer.quotes[0].article.id != article.id:
        return False
    if example.place and not any(_stands_at(quote, article, example) for quote in answer.quotes):
        return False
    first = answer.quotes[0]
    if example.kind == "who is":
        return _introduces(first.text, question)
    if example.speaker and not all(q.speaker and q.speaker.name == example.speaker for q in answer.quotes):
        return False
    if example.kind == "why" and not _gives_a_reason(answer):
        return False
    reading = read_closely(question, answer.found, library)
    return likelihood(reading.want, reading.matches) >= (SURE_OF_SPEAKER if example.speaker else SURE)


def _sentences(article: Article) -> Iterator[str]:
    return (paragraph.text[slice(*span)] for paragraph in article.body[:READ] for span in sentences(paragraph.text))


def _introduces(sentence: str, question: Question) -> bool:
    """Tell whether a sentence says in several words who somebody is, and not by what stands elsewhere.

    "Ada Lind, the chair of its board" leans on the sentence before.
    """
    family = re.escape(question.text.rstrip("?").split()[-1])
    leaning = rf"^(?:He|She|It|They|His|Her|Their|But|And)\b|{family}, [^,]*\b(?:its|his|her|their)\b[^,]*,"
    return introduction(sentence, question) >= FULL and not re.search(leaning, sentence)


def _gives_a_reason(answer: Quoted) -> bool:
    return any(quote.direct or CAUSE.search(quote.text) for quote in answer.quotes)


def _stands_at(quote: Quote, article: Article, example: Example) -> bool:
    """Tell whether a quote is from the sentence that the question was made of."""
    if example.place is None or quote.article.id != article.id:
        return False
    number, span = example.place
    return quote.paragraph == number and quote.start < span.end and span.start < quote.end
