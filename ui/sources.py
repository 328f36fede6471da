"""From a paragraph's id to all that a reader wants to know of it: its text, its article, who speaks, how to cite it.

Pure functions over articles. An id is `ARTICLE@VERSION#NUMBER`, as citations carry it; without `@VERSION` it means the
newest version. A stretch is `START-END`, in code points.
"""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from indexes.article import Article
from indexes.errors import NewsciteError, QuestionError
from rag.answer import Citation, Copy
from rag.cite import cite
from ui.copies import copies
from ui.render import Stretch, permalink, speaker_as_json, stretch

_ID = re.compile(r"([0-9a-f]{1,12})(?:@([0-9a-f]{8}))?#([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class Place:
    """Which paragraph is asked for, and which stretch of it, if any."""

    article_id: str
    version: str | None
    number: int
    stretch: Stretch | None

    @classmethod
    def read(cls, paragraph_id: str, at: str = "") -> "Place":
        """Return the place that an id and a stretch name; QuestionError where they name none."""
        found = _ID.fullmatch(paragraph_id)
        if not found:
            raise QuestionError(
                f"{paragraph_id!r} is no paragraph.", "Write ARTICLE@VERSION#NUMBER, in an address with %23 for #."
            )
        cited = stretch(at)
        if at and not cited:
            raise QuestionError(f"{at!r} is no stretch of a text.", "Write START-END, counted in code points.")
        return cls(found[1], found[2], int(found[3]), cited)


class UnknownPlace(NewsciteError):
    """The article has no such paragraph, or the paragraph no such stretch."""


def source_as_json(
    article: Article,
    place: Place,
    *,
    newest: Article,
    also: Callable[[Citation], tuple[Copy, ...]],
    marker: int,
    site: str,
    today: date,
) -> dict[str, Any]:
    """Return a paragraph as `GET /api/paragraphs` gives it; UnknownPlace where the article has no such place.

    `newest` is the newest version of the article, whose corrections hold for this one too; `also` tells which other
    articles have the words of a citation. `marker` is the number that its citation gets, `site` the address of this
    site, with a slash at its end.
    """
    if not 1 <= place.number <= len(article.body):
        raise UnknownPlace(
            f"“{article.title}” has no paragraph {place.number}.", f"They are numbered 1 to {len(article.body)}."
        )
    paragraph = article.body[place.number - 1]
    page = permalink(article.id, article.version, place.number, [place.stretch] if place.stretch else [])
    start, end = place.stretch or (0, len(paragraph.text))
    citation = _cited(article, place.number, start, end, marker)
    citation = replace(citation, copies=also(citation))
    cited = citation if place.stretch else None
    return {
        "id": article.paragraph_id(place.number),
        "article_id": article.id,
        "version": article.version,
        "newest": article.version == newest.version,
        "number": place.number,
        "of": len(article.body),
        "page": paragraph.page,
        "text": paragraph.text,
        "heading": paragraph.heading,
        "speakers": [speaker_as_json(speaker) for speaker in paragraph.speakers],
        "title": article.title,
        "publisher": article.publisher,
        "published": article.published.isoformat() if article.published else None,
        "url": article.url,
        "opinion": article.opinion,
        "corrections": list(dict.fromkeys((*newest.corrections, *article.corrections))),
        "copies": [asdict(copy) for copy in citation.copies],
        "permalink": f"/{page}",
        "citation": asdict(cited) if cited else None,
        "copy": copies(cited, site + page, authors=article.authors, accessed=today) if cited else None,
    }


def _cited(article: Article, number: int, start: int, end: int, marker: int) -> Citation:
    try:
        return cite(marker, article, number, start, end)
    except ValueError:
        length = len(article.body[number - 1].text)
        raise UnknownPlace(
            f"Paragraph {number} of “{article.title}” has no text at {start}-{end}.",
            f"It has {length} characters, counted from 0 in code points.",
        ) from None
