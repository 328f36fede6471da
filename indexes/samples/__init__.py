"""The articles that ship with Newscite: one retold from a real report, the others set in an invented place.

They stand in `articles/`, apart from this page, so that the whole folder can be added. Ostrey, its people and its
newspapers do not exist. `tests/test_samples.py` says what the articles promise.
"""

from importlib.resources import files
from pathlib import Path


def sample_articles() -> Path:
    """Return the folder of the sample articles."""
    return Path(str(files(__name__) / "articles"))
