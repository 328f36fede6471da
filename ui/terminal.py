"""How answers, articles and reports look in a terminal. Colours and wrapping only where a person watches."""

import re
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from indexes.adding import Ended
from indexes.article import Article, Paragraph, Quotation
from indexes.catalog import Listed
from indexes.history import Change
from indexes.library import Failure, Report, Step
from rag.answer import Answer, Citation
from rag.explain import Explanation

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
READABLE = 100  # columns; longer lines tire the eye
STATUS_STYLES: dict[Ended, str] = {
    "added": "green",
    "updated": "cyan",
    "new": "green",
    "unchanged": "dim",
    "older": "dim",
    "left": "yellow",
    "failed": "red",
}
_SAID: dict[Ended, str] = {
    "new": "to be fetched",
    "older": "older than wanted",
    "left": "left for the next time",
}
_NOTHING_NEW = ("unchanged", "older", "left")
_LONG = 20  # lines of a report; in a longer one what brings nothing new is only counted


def console(*, stderr: bool = False) -> Console:
    """Return a console that wraps to a readable width on a terminal and never wraps elsewhere."""
    stream = sys.stderr if stderr else sys.stdout
    plain = Console(stderr=stderr, highlight=False)
    if stream.isatty():
        return Console(stderr=stderr, highlight=False, width=min(READABLE, plain.width))
    return Console(stderr=stderr, highlight=False, width=10_000, color_system=None)


def print_growing(answers: Iterable[Answer], out: Console) -> Answer:
    """Print an answer as it grows: its sentences, its sources, and how it came about; or why there is none.

    Return the last, which is the whole. One that a failed model leaves unsaid is not printed: it is an error.
    """
    printed = 0
    with console(stderr=True).status("Reading …") as status:
        for answer in answers:
            if answer.claims and not printed:
                status.stop()
                out.print()
            for claim in answer.claims[printed:]:
                out.print(_with_dim_markers(claim.text))
            printed = len(answer.claims)
    if answer.reason == "model_unavailable":
        return answer
    out.print()
    if answer.abstained:
        _print_abstention(answer, out)
    for citation in answer.citations:
        _print_source(citation, out)
    out.print(Text(_footer(answer), style="dim"))
    return answer


def print_explanation(explanation: Explanation, out: Console) -> None:
    """Print what happened to a question, stage by stage."""
    for line in str(explanation).split("\n"):
        out.print(_text(line), soft_wrap=True)


def _print_abstention(answer: Answer, out: Console) -> None:
    out.print(_text(answer.answer, "bold"))
    if answer.reason == "no_articles":
        out.print(Text("Add some: newscite add your-articles/  or, to try: newscite add --samples"))
    out.print()
    if answer.nearest:
        out.print(Text("Nearest, but not an answer:", style="dim"))
    for near in answer.nearest:
        out.print(
            Text.assemble((f"  ¶{near.paragraph}", "cyan"), "  ", _text(near.title), (f"  {near.article_id}", "dim"))
        )
        out.print(_indented(_text(near.text)))
        out.print()


def _with_dim_markers(line: str) -> Text:
    text = _text(line)
    text.highlight_regex(r"\[\d+\](?=[\[.,;]|\s|$)", "cyan")
    return text


def _print_source(citation: Citation, out: Console) -> None:
    head = Text.assemble((f"[{citation.marker}] ", "cyan"), (citation.place, "bold"))
    if citation.speaker:
        head.append_text(_text(f"  {citation.speaker}", "bold"))
        if citation.speaker_how != "named":
            head.append(f" (inferred: {citation.speaker_how}, named in ¶{citation.speaker_from})", "dim")
    head.append_text(_text(f"  {_origin(citation)}"))
    out.print(head)
    out.print(_indented(_text(citation.quote, "green")))
    for note in citation.notes:
        out.print(_indented(_text(note, "yellow")))
    if citation.link:
        out.print(Text(f"    {citation.link}", style="dim"), soft_wrap=True)
    out.print()


def _text(words: str, style: str = "") -> Text:
    """Return what an article or a path says as text, its control characters shown and not obeyed."""
    return Text(printable(words), style=style)


def printable(words: str) -> str:
    """Return words of strangers as a terminal may have them: their control characters shown and not obeyed."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", words)


def _indented(text: Text) -> Padding:
    return Padding(text, (0, 0, 0, 4), expand=False)


def _origin(citation: Citation) -> str:
    parts = [
        citation.title,
        citation.publisher,
        citation.published.isoformat() if citation.published else None,
    ]
    return ", ".join(part for part in parts if part)


def _how(answer: Answer) -> str:
    match answer.mode:
        case "model":
            return f"Written by {answer.model}, each sentence checked against its source"
        case "abstained":
            return "No answer rather than a guess"
        case _:
            return "Quoted from the articles"


def _footer(answer: Answer) -> str:
    parts = [_how(answer)]
    if answer.fallback_reason:
        parts.append(answer.fallback_reason.rstrip("."))
    if answer.as_of:
        parts.append(f"as of {answer.as_of.isoformat()}")
    if answer.undated_left_out:
        parts.append(f"{answer.undated_left_out} undated left out")
    if "total" in answer.timings_ms:
        parts.append(f"{answer.timings_ms['total']:.0f} ms")
    return " · ".join(parts)


def print_report(report: Report, out: Console) -> None:
    """Print what became of each file, and how many of each kind."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("", "article", "title", "from"):
        table.add_column(column, overflow="fold")
    shown = [o for o in report.outcomes if len(report.outcomes) <= _LONG or o.status not in _NOTHING_NEW]
    for outcome in shown:
        known = f"{outcome.id} (was {outcome.replaced})" if outcome.replaced else outcome.id
        cells = (known or "", outcome.title or "", outcome.reason or outcome.path)
        table.add_row(Text(outcome.status, style=STATUS_STYLES[outcome.status]), *(_text(cell) for cell in cells))
    if shown:
        out.print(table)
    out.print(Text(summary(report) or "Nothing to add: there is no article.", style="bold"))


def summary(report: Report) -> str:
    """Return how many articles ended in which way, in one line; empty where there were none."""
    counts = ((report.count(status), _SAID.get(status, status)) for status in STATUS_STYLES)
    return ", ".join(f"{count} {words}" for count, words in counts if count)


def print_failures(failures: Sequence[Failure], out: Console) -> None:
    """Print what could not be added, and why, and how to try it again."""
    if not failures:
        out.print("Nothing has failed that has not been added since.")
        return
    for failure in failures:
        when = failure.failed.strftime("%Y-%m-%d %H:%M") if failure.failed else ""
        tries = f", tried {failure.tries} times" if failure.tries > 1 else ""
        out.print(Text.assemble(_text(failure.source, "bold"), (f"  {when} UTC{tries}", "dim")), soft_wrap=True)
        out.print(_indented(_text(failure.reason, "red")))
    out.print(Text("Try all of them again: newscite articles failed --retry", style="dim"))


def print_articles(rows: Sequence[Listed], out: Console) -> None:
    """Print a line per article."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column, width in (("id", 12), ("published", 10), ("¶", 3), ("publisher", None), ("title", None)):
        table.add_column(column, overflow="fold", min_width=width, no_wrap=width is not None)
    for row in rows:
        cells = (row.id, row.published, row.paragraphs, row.publisher, row.title)
        table.add_row(*(_text("" if cell is None else str(cell)) for cell in cells))
    out.print(table)


def print_article(article: Article, out: Console, others: Sequence[str] = (), copies: Sequence[Listed] = ()) -> None:
    """Print an article with ¶ numbers and speakers in the margin, its other versions, and who else has the text."""
    out.print(_text(article.title, "bold"))
    facts = [
        "Opinion" if article.opinion else None,
        article.publisher,
        article.published.isoformat() if article.published else "no date",
        ", ".join(article.authors),
        article.url,
        f"{article.id}@{article.version}",
    ]
    out.print(_text(" · ".join(fact for fact in facts if fact), "dim"))
    out.print()
    grid = Table.grid(padding=(0, 2, 1, 0))
    grid.add_column(justify="right", style="cyan", no_wrap=True)
    grid.add_column(style="magenta", width=18)
    grid.add_column(ratio=1)
    page = None
    for paragraph in article.paragraphs:
        if paragraph.kind != "title":
            turned = paragraph.page if paragraph.number and paragraph.page != page else None
            grid.add_row(_numbered(paragraph, turned), *_margin_and_text(paragraph))
            page = turned or page
    out.print(grid)
    if any(speaker.inferred for paragraph in article.body for speaker in paragraph.speakers):
        out.print(Text("* inferred: the paragraph itself does not name the speaker", style="dim"))
    if others:
        out.print(Text(f"Other versions: {', '.join(f'{article.id}@{version}' for version in others)}", style="dim"))
        out.print(Text(f"What changed: newscite articles show {article.id} --history", style="dim"))
    if copies:
        named = (f"{copy.publisher or copy.title}, {copy.id}" for copy in copies)
        out.print(_text(f"The same text: {'; '.join(named)}", "dim"))


def print_history(article: Article, steps: Sequence[Step], out: Console) -> None:
    """Print what changed from one version of an article to the next, the newest first."""
    out.print(_text(article.title, "bold"))
    out.print(_text(" · ".join(filter(None, [article.publisher, article.url, article.id])), "dim"))
    if not steps:
        out.print("There is one version.")
    for step in steps:
        out.print()
        out.print(Text(f"{_dated(step.before)} → {_dated(step.after)}", style="cyan"))
        if step.title_changed:
            out.print(_text(f"- headline  {step.before.title}", "red"))
            out.print(_text(f"+ headline  {step.after.title}", "green"))
        for change in step.changes:
            out.print(_change(change))
        if not (step.title_changed or step.changes):
            out.print(Text("No word has changed.", style="dim"))


def _dated(article: Article) -> str:
    day = article.updated or article.published
    return f"{article.version} of {day.isoformat()}" if day else article.version


_SIGNS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "")}


def _change(change: Change) -> Text:
    """Return a paragraph with what became of it; of a changed one [-these words-] were removed, {+these+} added."""
    sign, style = _SIGNS[change.kind]
    numbers = dict.fromkeys(f"¶{number}" for number in (change.number_before, change.number_after) if number)
    line = _text(f"{sign} {' → '.join(numbers) or change.part}  ", style)
    if change.kind != "changed":
        return line.append_text(_text(change.after or change.before or "", style))
    for how, words in change.pieces:
        bare = words.lstrip()
        line.append(words[: len(words) - len(bare)])
        match how:
            case "removed":
                line.append_text(_text(f"[-{bare}-]", "red"))
            case "added":
                line.append_text(_text(f"{{+{bare}+}}", "green"))
            case _:
                line.append_text(_text(bare))
    return line


def _numbered(paragraph: Paragraph, page: int | None) -> Text:
    number = Text(f"¶{paragraph.number}" if paragraph.number else "")
    return number.append(f"\np. {page}", style="dim") if page else number


def _margin_and_text(paragraph: Paragraph) -> tuple[Text, Text]:
    if paragraph.kind == "heading":
        return Text(""), _text(paragraph.text, "bold")
    if paragraph.kind == "correction":
        return Text(paragraph.kind, style="yellow"), _text(paragraph.text, "yellow")
    if paragraph.kind != "body":
        return Text(paragraph.kind, style="dim"), _text(paragraph.text, "dim")
    names = [f"{s.name}{'*' if s.inferred else ''}" for s in paragraph.speakers]
    text = _text(paragraph.text)
    for quotation in filter(_is_attributed, paragraph.quotations):
        text.stylize("green", quotation.start, quotation.end)
    return _text("\n".join(names)), text


def _is_attributed(quotation: Quotation) -> bool:
    return quotation.direct and quotation.speaker is not None
