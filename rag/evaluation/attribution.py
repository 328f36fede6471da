"""How well speakers are found: quotation spans and their speakers against hand-made labels.

Nothing is trained, so leaving one article out retrains nothing: the rules were written with all the development
articles in view, and the figure over all but one article only shows how much any single article carries the
total. It is no held-out figure; only articles that nobody looked at can give one.

The confidence of each rule in `indexes.speakers` and `indexes.referents` is its precision on these articles and on
600 of PolNeAR's training part (US politics, no licence, so measured on one machine and not shipped), rounded
towards the lower: named .98, one word .93, same paragraph .98, carried .86, phrase in the same paragraph .78,
pronoun .92. "The company" and "the minister" are too rare there to measure; their figures are judged by eye.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from indexes.article import Kind, Paragraph, Quotation
from indexes.people import surname
from indexes.speakers import resolve_speakers

PERSONS = frozenset({"name", "pron", "implicit"})
_SAME_SPAN = 0.8  # shared part of two spans that count as the same quotation
_TIMING_ROUNDS = 3

Row = tuple[str, str]


@dataclass(slots=True)
class Tally:
    """The counts of one article, or of several together."""

    gold_spans: int = 0
    found_spans: int = 0
    matched_spans: int = 0
    persons: int = 0
    answered: int = 0
    right: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)  # answers of each `how`
    right_by_rule: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    @property
    def span_recall(self) -> float:
        return _share(self.matched_spans, self.gold_spans)

    @property
    def span_precision(self) -> float:
        return _share(self.matched_spans, self.found_spans)

    @property
    def span_f1(self) -> float:
        both = self.span_recall + self.span_precision
        return 2 * self.span_recall * self.span_precision / both if both else 0.0

    @property
    def accuracy(self) -> float:
        return _share(self.right, self.persons)

    @property
    def precision(self) -> float:
        return _share(self.right, self.answered)


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that `measure` found out; `rows` is what its table shows."""

    gum: Tally
    left_out: tuple[float, float]  # accuracy over all but one article: lowest and highest
    reference: tuple[int, int] | None  # paragraphs right, paragraphs labelled
    speed: float  # articles a second on one core

    @property
    def rows(self) -> list[Row]:
        gum = self.gum
        spans = f"{gum.span_recall:.3f} / {gum.span_precision:.3f} / {gum.span_f1:.3f}"
        rows = [
            ("quotation spans: recall / precision / F1", spans),
            ("persons: right speaker", f"{gum.accuracy:.3f} ({gum.right} of {gum.persons})"),
            ("persons: precision", f"{gum.precision:.3f} ({gum.right} of {gum.answered})"),
            ("persons, one article left out: lowest–highest", "{:.3f}–{:.3f}".format(*self.left_out)),
            ("articles a second, one core", f"{self.speed:.0f}"),
        ]
        for how, answers in gum.by_rule.most_common():
            right = gum.right_by_rule[how]
            rows.append((f"persons, how: {how}", f"{right / answers:.3f} ({right} of {answers})"))
        if self.reference is not None:
            rows.append(("reference article: paragraphs right", "{} of {}".format(*self.reference)))
        return rows


def measure(data: Path) -> Figures:
    """Measure on the development data."""
    articles = json.loads((data / "gum-quotes" / "gum_news_dev.json").read_text(encoding="utf-8"))["articles"]
    tallies = [_tally(article) for article in articles]
    return Figures(
        gum=_total(tallies),
        left_out=_one_left_out(tallies),
        reference=_reference(data),
        speed=_speed([_paragraphs(article)[0] for article in articles]),
    )


def table(figures: Figures) -> str:
    """Return the figures as a Markdown table."""
    rows = [("who said it", "figure"), ("---", "---"), *figures.rows]
    return "\n".join(f"| {left} | {right} |" for left, right in rows)


# ------------------------------------------------------------------------------------------------- labelled articles


def _tally(article: dict[str, Any]) -> Tally:
    paragraphs, places = _paragraphs(article)
    resolved = resolve_speakers(paragraphs)
    tally = Tally()
    found = {place: [q for q in resolved[index].quotations if q.direct] for place, index in places.items()}
    tally.found_spans = sum(len(quotations) for quotations in found.values())
    for label in article["quotes"]:
        text = paragraphs[places[label["para"]]].text
        start = text.find(label["text"])
        best = _best(found[label["para"]], start, start + len(label["text"]))
        _count(tally, label, best, article["id"])
    return tally


def _paragraphs(article: dict[str, Any]) -> tuple[list[Paragraph], dict[int, int]]:
    """Return an article's paragraphs, and where among them each labelled body paragraph is."""
    paragraphs: list[Paragraph] = []
    places: dict[int, int] = {}
    number = 0
    for index, (tag, text) in enumerate(article["paragraphs"]):
        kind = _kind(tag)
        number += kind == "body"
        places[index] = len(paragraphs)
        paragraphs.append(Paragraph(text, kind=kind, number=number if kind == "body" else None))
    return paragraphs, places


def _kind(tag: str) -> Kind:
    if tag.startswith("head"):
        return "heading"
    if tag.startswith("figure"):
        return "caption"
    if tag.startswith(("list", "item")):
        return "credit"  # the sources at the foot of the page
    return "body"


def _best(quotations: Sequence[Quotation], start: int, end: int) -> Quotation | None:
    """Return the quotation that covers a labelled span, and little else."""
    for quotation in quotations:
        shared = min(end, quotation.end) - max(start, quotation.start)
        if shared >= _SAME_SPAN * (max(end, quotation.end) - min(start, quotation.start)):
            return quotation
    return None


def _count(tally: Tally, label: dict[str, Any], found: Quotation | None, article: str) -> None:
    tally.gold_spans += 1
    tally.matched_spans += found is not None
    if label["how"] not in PERSONS:
        return
    tally.persons += 1
    speaker = found.speaker if found else None
    right = speaker is not None and surname(speaker.name.split()) == surname(label["speaker"].split())
    if speaker is not None:
        tally.answered += 1
        tally.by_rule[speaker.how] += 1
        tally.right_by_rule[speaker.how] += right
    if right:
        tally.right += 1
    else:
        got = speaker.name if speaker else "nobody"
        tally.misses.append(f"{article} {label['speaker']} ({label['how']}): {got}: {label['text'][:60]}")


def _total(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        for counted in fields(Tally):
            setattr(total, counted.name, getattr(total, counted.name) + getattr(tally, counted.name))
    return total


def _one_left_out(tallies: Sequence[Tally]) -> tuple[float, float]:
    """Return the lowest and the highest accuracy over all articles but one."""
    rest = [_total([*tallies[:place], *tallies[place + 1 :]]).accuracy for place in range(len(tallies))]
    return min(rest), max(rest)


# --------------------------------------------------------------------------------------------- the reference article


def _reference(data: Path) -> tuple[int, int] | None:
    """Return how many labelled paragraphs of the reference article have the right first speaker."""
    labels = data / "russia-china" / "speakers.json"
    if not labels.exists():
        return None
    from indexes.readers import read

    gold = json.loads(labels.read_text(encoding="utf-8"))
    body = [p for p in resolve_speakers(read(data.parent / gold["article"]).paragraphs) if p.kind == "body"]
    wanted: dict[str, str] = gold["speaker_of_paragraph"]
    right = sum(_first_speaker(body[int(number) - 1]) == name for number, name in wanted.items())
    return right, len(wanted)


def _first_speaker(paragraph: Paragraph) -> str | None:
    return paragraph.speakers[0].name if paragraph.speakers else None


# --------------------------------------------------------------------------------------------------- speed and table


def _speed(articles: Sequence[Sequence[Paragraph]]) -> float:
    seconds = min(_seconds(lambda: [resolve_speakers(a) for a in articles]) for _ in range(_TIMING_ROUNDS))
    return len(articles) / seconds


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
