"""Measure everything that docs/quality.md shows, and write it there: `python -m rag.evaluation DATA docs/quality.md`.

Without a page the tables are printed. A language model is measured by itself, with `--model`: a small one on two cores
takes a minute a question.
"""

import argparse
import re
from pathlib import Path

from rag.evaluation import answers, attribution, injection, written

SAMPLE = 400  # questions of each set: enough for two digits, and done in a quarter of an hour
SAMPLE_FOR_MODEL = 40


def main() -> None:
    """Measure, then print or write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of the development data")
    parser.add_argument("page", type=Path, nargs="?", help="a Markdown page with places for the tables")
    parser.add_argument("--sample", type=int, help=f"questions of each set ({SAMPLE}; {SAMPLE_FOR_MODEL} with a model)")
    parser.add_argument("--model", help="measure the answers of a language model, named as for `newscite ask --model`")
    given = parser.parse_args()
    if given.model:
        tables = written.tables(given.data, given.model, given.sample or SAMPLE_FOR_MODEL)
    else:
        tables = {"attribution": attribution.table(attribution.measure(given.data))}
        tables |= answers.tables(given.data, given.sample or SAMPLE)
        tables |= injection.tables(given.data)
    if given.page is None:
        print("\n\n".join(tables.values()))
    else:
        given.page.write_text(filled(given.page.read_text(encoding="utf-8"), tables), encoding="utf-8")


def filled(page: str, tables: dict[str, str]) -> str:
    """Return the page with each table between `<!-- NAME -->` and `<!-- end -->`; KeyError where one has no place."""
    for name, table in tables.items():
        place = re.search(rf"<!-- {name} -->\n(.*?)<!-- end -->", page, re.DOTALL)
        if place is None:
            raise KeyError(f"the page has no place for the table {name!r}")
        page = f"{page[: place.start(1)]}{table}\n{page[place.end(1) :]}"
    return page


if __name__ == "__main__":
    main()
