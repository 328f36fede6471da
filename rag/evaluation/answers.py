"""How good the answers are that are made of quotes, as Markdown tables.

The data is described in its own README; nothing of it stands in this project.
"""

import gzip
import json
import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from indexes.article import Article, Filters, Paragraph
from indexes.library import Library as StoredLibrary
from indexes.readers import read
from indexes.terms import terms
from rag.gate import likelihood
from rag.library import Floats, Hit, Library, Listed, Words
from rag.question import Question, understand
from rag.quote import Quoted, answer_by_quoting, read_closely
from rag.retrieve import fuse, ranked_lists, retrieve

Kind = Literal["answerable", "adversarial", "missing"]
Outcome = Literal["right", "wrong", "abstained"]

REFERENCE = "articles/can-the-us-pry-russia-away-from-china.txt"  # beside the data folder


@dataclass(frozen=True, slots=True)
class Case:
    """A question, where its answer stands, and what a quote must hold to be right."""

    text: str
    gold: frozenset[str]  # paragraph ids
    answers: tuple[str, ...]
    article: str | None  # the id of the article that it was asked about
    answerable: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a question, and how sure the gate was of the best sentence."""

    kind: Kind
    outcome: Outcome
    likely: float


# -- measuring --------------------------------------------------------------------------------------------------------


def measure(library: Library, cases: Iterable[Case], within_article: bool) -> list[Result]:
    """Ask every question; ask the answerable ones again with their paragraphs hidden ("missing").

    `within_article` narrows a question to the article that it was asked about.
    """
    results = []
    for case in cases:
        filters = Filters(article=case.article if within_article else None)
        results.append(_ask(library, case, filters, "answerable" if case.answerable else "adversarial"))
        if case.answerable:
            results.append(_ask(Without(library, case.gold), case, filters, "missing"))
    return results


def _ask(library: Library, case: Case, filters: Filters, kind: Kind) -> Result:
    question = understand(case.text, library, filters)
    answer = answer_by_quoting(question, library)
    outcome: Outcome = "abstained"
    if isinstance(answer, Quoted):
        outcome = "right" if kind == "answerable" and is_right(answer, case) else "wrong"
    return Result(kind, outcome, _likelihood(question, library))


def is_right(answer: Quoted, case: Case) -> bool:
    """Tell whether a quote from a gold paragraph holds a gold answer; where there is none, the paragraph suffices."""
    quotes = [q.text.casefold() for q in answer.quotes if q.article.paragraph_id(q.paragraph) in case.gold]
    return any(not case.answers or any(gold.casefold() in quote for gold in case.answers) for quote in quotes)


def _likelihood(question: Question, library: Library) -> float:
    """Return the probability that the gate gives to the best sentence."""
    reading = read_closely(question, retrieve(question, library), library)
    return likelihood(reading.want, reading.matches)


class Without:
    """A library in which some paragraphs are hidden, from searches and from word counts."""

    def __init__(self, library: Library, hidden: frozenset[str]) -> None:
        self._library = library
        self._hidden = hidden
        self._terms = Counter(stem for key in hidden for stem in set(terms(_text(key, library))))

    def dense(self, text: str, k: int, filters: Filters) -> list[Hit]:
        """Return the k nearest that are not hidden."""
        return self._visible(self._library.dense(text, k + len(self._hidden), filters))[:k]

    def lexical(self, text: str, k: int, filters: Filters) -> list[Hit]:
        """Return the k best that are not hidden."""
        return self._visible(self._library.lexical(text, k + len(self._hidden), filters))[:k]

    def by_speaker(self, name: str, text: str, k: int, filters: Filters) -> list[Hit]:
        """Return the k best by a speaker that are not hidden."""
        return self._visible(self._library.by_speaker(name, text, k + len(self._hidden), filters))[:k]

    def article(self, article_id: str, version: str | None = None) -> Article:
        """Return an article, whole."""
        return self._library.article(article_id, version)

    def copies(self, article_id: str) -> Sequence[Listed]:
        """Return the other articles that are one text with this one."""
        return self._library.copies(article_id)

    def speakers(self) -> Sequence[str]:
        """Return who speaks."""
        return self._library.speakers()

    def count(self, filters: Filters) -> int:
        """Return how many paragraphs are left."""
        return self._library.count(filters) - len(self._hidden)

    def undated(self, filters: Filters) -> int:
        """Return how many articles have no date."""
        return self._library.undated(filters)

    def document_frequency(self, terms: Sequence[str]) -> dict[str, int]:
        """Return in how many visible paragraphs terms stand."""
        return {term: n - self._terms[term] for term, n in self._library.document_frequency(terms).items()}

    def terms_from(self, beginning: str) -> Sequence[str]:
        """Return the visible terms that begin so."""
        found = self._library.terms_from(beginning)
        return [term for term, n in self.document_frequency(found).items() if n > 0]

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return unit vectors."""
        return self._library.embed(texts)

    def words(self, texts: Sequence[str]) -> list[Words]:
        """Return word pieces with their vectors."""
        return self._library.words(texts)

    def _visible(self, hits: Sequence[Hit]) -> list[Hit]:
        return [hit for hit in hits if hit[0] not in self._hidden]


def _text(key: str, library: Library) -> str:
    where, _, number = key.rpartition("#")
    return library.article(*where.split("@")).body[int(number) - 1].text


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return the chance that a positive scores above a negative, ties half (Mann & Whitney 1947)."""
    if not positive or not negative:
        return float("nan")
    scores = np.sort(np.asarray(negative))
    below = np.searchsorted(scores, positive, side="left") + np.searchsorted(scores, positive, side="right")
    return float(below.mean() / 2 / len(scores))


def reciprocal_rank_fusion(lists: Mapping[str, Sequence[Hit]], k: int = 60) -> list[Hit]:
    """Return one list by the sum of 1 / (k + rank) (Cormack, Clarke & Büttcher 2009)."""
    total: dict[str, float] = {}
    for hits in lists.values():
        for rank, (key, _) in enumerate(hits, start=1):
            total[key] = total.get(key, 0.0) + 1 / (k + rank)
    return sorted(total.items(), key=lambda hit: -hit[1])


def rank_by_each_fusion(library: Library, cases: Iterable[Case], within_article: bool) -> dict[str, list[int]]:
    """Return, for every way to rank, the rank of the first gold paragraph of each question; 0 where it has none."""
    ranks: dict[str, list[int]] = {"dense": [], "lexical": [], "reciprocal rank": [], "min-max scores": []}
    for case in cases:
        filters = Filters(article=case.article if within_article else None)
        lists = ranked_lists(understand(case.text, library, filters), library)
        ways = (lists["dense"], lists["lexical"], reciprocal_rank_fusion(lists), fuse(lists))
        for found, hits in zip(ranks.values(), ways, strict=True):
            found.append(next((rank for rank, (key, _) in enumerate(hits, start=1) if key in case.gold), 0))
    return ranks


# -- the sets ---------------------------------------------------------------------------------------------------------


def squad(folder: Path) -> tuple[list[Article], list[Case]]:
    """Return SQuAD 2.0 (Rajpurkar et al. 2018), each title an article, with its questions."""
    texts: dict[str, list[str]] = {}
    for row in rows(folder / "squad2" / "dev_paragraphs.jsonl.gz"):
        texts.setdefault(row["title"], []).append(row["text"])
    articles = {title: plain_article(title.replace("_", " "), found) for title, found in texts.items()}
    cases = []
    for row in rows(folder / "squad2" / "dev_questions.jsonl.gz"):
        article = articles[row["title"]]
        gold = article.paragraph_id(int(row["para_id"].rpartition("#")[2]) + 1)
        answers = tuple(row.get("answers") or ())
        cases.append(Case(row["question"], frozenset([gold]), answers, article.id, row["answerable"]))
    return list(articles.values()), cases


def multihop(folder: Path) -> tuple[list[Article], list[Case]]:
    """Return MultiHop-RAG (Tang & Yang 2024): each fact an article of one paragraph, questions over several."""
    facts = {row["fact"]: row for row in rows(folder / "multihop-rag-500" / "fact_pool.jsonl")}
    articles = {
        fact: replace(
            plain_article(row["title"], [fact], source=row["fid"]), publisher=row["source"], section=row["fid"]
        )
        for fact, row in facts.items()
    }
    articles = {fact: replace(a, url=f"https://facts.example/{a.section}") for fact, a in articles.items()}
    cases = []
    for row in rows(folder / "multihop-rag-500" / "queries_dev.jsonl"):
        gold = {articles[e["fact"]].paragraph_id(1) for e in row["evidence_list"] if e["fact"] in articles}
        if gold:
            cases.append(Case(row["query"], frozenset(gold), (), None, answerable=True))
    return list(articles.values()), cases


def reference(folder: Path) -> tuple[Article, list[tuple[Case, Mapping[str, Any]]]]:
    """Return the reference article and its questions, each with its row of the file."""
    article = read(folder.parent / REFERENCE)
    asked = rows(folder / "russia-china" / "questions.jsonl")
    return article, [(_reference_case(row, article), row) for row in asked]


def _reference_case(row: Mapping[str, Any], article: Article) -> Case:
    gold = frozenset(article.paragraph_id(number) for number in row.get("must_cite_any") or row["paragraphs"])
    return Case(row["question"], gold, (), article.id, not row.get("unanswerable", False))


def plain_article(title: str, texts: Sequence[str], source: str | None = None) -> Article:
    paragraphs = tuple(Paragraph(text, number=number) for number, text in enumerate(texts, start=1))
    return Article(title=title, paragraphs=paragraphs, source=source or title)


def rows(path: Path) -> list[dict[str, Any]]:
    lines = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in lines.decode().splitlines()]


# -- the tables -------------------------------------------------------------------------------------------------------


def answer_table(results: Mapping[str, Sequence[Result]]) -> str:
    """Return what became of the questions, a row for each pool and kind of question."""
    lines = [
        "| pool | questions | n | right | wrong | abstained | AUROC against answerable |",
        "|---|---|---|---|---|---|---|",
    ]
    for pool, found in results.items():
        sure = {kind: [r.likely for r in found if r.kind == kind] for kind in ("answerable", "adversarial", "missing")}
        for kind, scores in sure.items():
            outcomes = Counter(r.outcome for r in found if r.kind == kind)
            shares = " | ".join(f"{outcomes[o] / max(1, len(scores)):.3f}" for o in ("right", "wrong", "abstained"))
            against = "" if kind == "answerable" else f"{auroc(sure['answerable'], scores):.3f}"
            lines.append(f"| {pool} | {kind} | {len(scores)} | {shares} | {against} |")
    return "\n".join(lines)


def retrieval_table(ranks: Mapping[str, Mapping[str, Sequence[int]]]) -> str:
    """Return hit@1, hit@5 and the mean reciprocal rank of the first gold paragraph."""
    lines = ["| pool | ranked by | n | hit@1 | hit@5 | MRR |", "|---|---|---|---|---|---|"]
    for pool, ways in ranks.items():
        for way, found in ways.items():
            hits = [sum(0 < rank <= k for rank in found) / len(found) for k in (1, 5)]
            mean = sum(1 / rank for rank in found if rank) / len(found)
            lines.append(f"| {pool} | {way} | {len(found)} | {hits[0]:.3f} | {hits[1]:.3f} | {mean:.3f} |")
    return "\n".join(lines)


def reference_table(library: Library, asked: Sequence[tuple[Case, Mapping[str, Any]]]) -> str:
    """Return what each question of the reference article got: the paragraphs cited, or why there is no answer."""
    lines = ["| question | gold ¶ | got | |", "|---|---|---|---|"]
    for case, row in asked:
        found = answer_by_quoting(understand(case.text, library), library)
        if isinstance(found, Quoted):
            got = ", ".join(f"¶{quote.paragraph}" for quote in found.quotes)
            good = case.answerable and is_right(found, case)
        else:
            got, good = found.reason, not case.answerable
        gold = ", ".join(str(number) for number in row["paragraphs"]) or "none"
        lines.append(f"| {case.text} | {gold} | {got} | {'right' if good else 'WRONG'} |")
    return "\n".join(lines)


def tables(data: Path, sample: int | None = None) -> dict[str, str]:
    """Return the tables by name: "answers", "reference", "retrieval"; `sample` questions of each set, or all."""
    pages, squad_cases = squad(data)
    facts, fact_cases = multihop(data)
    article, asked = reference(data)
    squad_cases, fact_cases = (_sampled(cases, sample) for cases in (squad_cases, fact_cases))
    pools = {"within the title": True, "all titles": False}
    with open_library(pages) as library:
        results = {pool: measure(library, squad_cases, narrow) for pool, narrow in pools.items()}
        answerable = [case for case in squad_cases if case.answerable]
        ranks = {pool: rank_by_each_fusion(library, answerable, narrow) for pool, narrow in pools.items()}
        library.add_article(article)
        told = reference_table(library, asked)
    with open_library(facts) as library:
        ranks["MultiHop-RAG facts"] = rank_by_each_fusion(library, fact_cases, within_article=False)
    return {"answers": answer_table(results), "reference": told, "retrieval": retrieval_table(ranks)}


def _sampled(cases: list[Case], size: int | None) -> list[Case]:
    return random.Random(0).sample(cases, min(size or len(cases), len(cases)))


def open_library(articles: Sequence[Article]) -> StoredLibrary:
    """Return a library in a temporary folder."""
    library = StoredLibrary.open(tempfile.mkdtemp(prefix="newscite-"))
    for article in articles:
        library.add_article(article)
    return library
