"""How much of an article each format gives back: `python -m tests.recovery docs/formats.md` measures it again.

What is written are the articles that ship with Newscite and one that is hard to set, without the paragraphs whose
letters the standard fonts of PDF do not have.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from indexes.readers import expand, items, read
from indexes.samples import sample_articles
from tests import formats

BEGIN, END = "<!-- measured -->", "<!-- end -->"
HEAD = "| format | written by | paragraphs identical, on average | in the worst article |\n| --- | --- | --- | --- |"
WRITERS = {
    "one-column PDF": "reportlab",
    "two-column PDF": "reportlab",
    "DOCX": "python-docx",
    "EML": "Python's email package",
    "PDF by LibreOffice": "LibreOffice",
    "PDF by Chromium": "Chromium",
    "DOCX by LibreOffice": "LibreOffice",
    "DOCX by pandoc": "pandoc",
}


@dataclass(frozen=True, slots=True)
class Recovery:
    """The shares of paragraphs that came back identical and in order, one for each article."""

    shares: tuple[float, ...]

    @property
    def row(self) -> tuple[str, str]:
        """The average and the worst, as the page gives them."""
        return f"{sum(self.shares) / len(self.shares):.3f}", f"{min(self.shares):.3f}"


def sources() -> list[formats.Source]:
    """Return the articles that are written."""
    written = [*(formats.source_of(read(path)) for path in expand(sample_articles())), formats.HARD]
    return [formats.typeset(source) for source in written]


def recovery(format: str, folder: Path) -> Recovery:
    """Write each article in a format, read it, and return how much came back."""
    return Recovery(
        tuple(formats.share(source, next(items(formats.write(source, format, folder))).read()) for source in sources())
    )


def table(folder: Path) -> str:
    """Return the table of all formats that can be written here."""
    rows = [HEAD]
    for format in formats.FORMATS:
        if missing := formats.missing(format):
            sys.exit(f"{format} needs {missing}, which is not here: the table would lose its row.")
        average, worst = recovery(format, folder).row
        rows.append(f"| {format} | {WRITERS.get(format, '')} | {average} | {worst} |")
    return "\n".join(rows)


def said(page: str) -> dict[str, tuple[str, str]]:
    """Return what a page says of each format: the average and the worst."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in _measured(page).splitlines()]
    return {row[0]: (row[2], row[3]) for row in cells if len(row) == 4}


def _measured(page: str) -> str:
    return page.partition(BEGIN)[2].partition(END)[0]


def main(page: Path) -> None:
    """Put the table into a page, between its marks."""
    text = page.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    with TemporaryDirectory() as folder:
        page.write_text(f"{before}{BEGIN}\n{table(Path(folder))}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
