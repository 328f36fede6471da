"""What the processes of `test_processes` do: `python -m tests.worker HOME ACTION …`, each line said when it is true."""

import signal
import sys
import time
from pathlib import Path

from indexes.article import Filters
from indexes.library import Library
from tests.standin import StandIn, article


def add(library: Library, prefix: str, count: str) -> None:
    """Add articles of five paragraphs, and say each one that is acknowledged."""
    for n in range(int(count)):
        outcome = library.add_article(article(f"{prefix} {n}", *(f"{prefix} item{n} part{p}" for p in range(5))))
        say("added", f"{outcome.id}", f"{prefix} item{n} part0")


def add_together(library: Library, folder: str) -> None:
    """Add a folder of files, and say when each is done."""
    library.add(folder, on_progress=lambda what, done, total: say("progress", str(done), what))


def ask(library: Library, *_: str) -> None:
    """Ask until all of an article that another process adds are found."""
    while not any(score > 0.999 for _, score in library.dense("late item19 part0", 3, Filters())):
        time.sleep(0.02)
    say("found", str(library.count(Filters())))


def hold(library: Library, seconds: str) -> None:
    """Write for long."""
    with library._shared.catalog._database.writing():  # type: ignore[union-attr]
        say("holding")
        time.sleep(float(seconds))


def keep(library: Library, seconds: str) -> None:
    """Hold Chroma's folder, as a server does."""
    library.dense("anything", 1, Filters())
    say("keeping")
    time.sleep(float(seconds))


def say(*words: str) -> None:
    print("\t".join(words), flush=True)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as the command line does
    home, action, *arguments = sys.argv[1:]
    with Library.open(Path(home), embeddings=StandIn()) as library:
        {"add": add, "add_together": add_together, "ask": ask, "hold": hold, "keep": keep}[action](library, *arguments)
    say("closed")


if __name__ == "__main__":
    main()
