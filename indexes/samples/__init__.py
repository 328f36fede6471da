"""The articles that ship with Newscite: one retold from a real report, the others set in an invented place.

The articles are the `.txt`, `.md` and `.html` files of this folder; `Ostrey`, its people and its newspapers
do not exist. Who they are and what they say is checked in `tests/test_samples.py`.
"""

from importlib.resources import files
from pathlib import Path


def sample_articles() -> Path:
    """Return the folder of the sample articles."""
    return Path(str(files(__name__)))
