"""Pure functions from nouns to plain data that any surface can show: no terminal, no HTTP, no Gradio."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from indexes.article import Article, Paragraph, Speaker
from indexes.library import Failure, Listed, Step

Stretch = tuple[int, int]  # text[start:end], in code points

_STRETCH = re.compile(r"([0-9]{1,7})-([0-9]{1,7})")


def article_as_json(article: Article, copies: Iterable[Listed] = ()) -> dict[str, Any]:
    """Return an article with its paragraphs and speakers, as `articles show --json` prints it."""
    return {
        "id": article.id,
        "version": article.version,
        "title": article.title,
        "publisher": article.publisher,
        "authors": list(article.authors),
        "published": article.published.isoformat() if article.published else None,
        "updated": article.updated.isoformat() if article.updated else None,
        "url": article.url,
        "language": article.language,
        "section": article.section,
        "source": article.source,
        "key": article.key,
        "opinion": article.opinion,
        "corrections": list(article.corrections),
        "copies": [{"article_id": row.id, "publisher": row.publisher, "title": row.title} for row in copies],
        "paragraphs": [_paragraph_as_json(paragraph) for paragraph in article.paragraphs],
    }


def listed_as_json(row: Listed) -> dict[str, Any]:
    """Return a line of `articles list --json`."""
    published = row.published.isoformat() if row.published else None
    return {**asdict(row), "published": published, "speakers": list(row.speakers)}


def failure_as_json(failure: Failure) -> dict[str, Any]:
    """Return something that could not be added, as `articles failed --json` prints it."""
    return {**asdict(failure), "failed": failure.failed.isoformat() if failure.failed else None}


def history_as_json(article: Article, steps: Sequence[Step]) -> dict[str, Any]:
    """Return what changed in an article, as `articles show --history --json` prints it."""
    return {"id": article.id, "title": article.title, "steps": [_step_as_json(step) for step in steps]}


def _step_as_json(step: Step) -> dict[str, Any]:
    return {
        "before": _version_as_json(step.before),
        "after": _version_as_json(step.after),
        "changes": [
            {**asdict(change), "pieces": [{"how": how, "text": text} for how, text in change.pieces]}
            for change in step.changes
        ],
    }


def _version_as_json(article: Article) -> dict[str, Any]:
    return {
        "version": article.version,
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "updated": article.updated.isoformat() if article.updated else None,
    }


def speaker_as_json(speaker: Speaker) -> dict[str, Any]:
    """Return who speaks in a paragraph, and how we know."""
    return {"name": speaker.name, "how": speaker.how, "from": speaker.paragraph, "inferred": speaker.inferred}


def _paragraph_as_json(paragraph: Paragraph) -> dict[str, Any]:
    return {
        "number": paragraph.number,
        "kind": paragraph.kind,
        "text": paragraph.text,
        "heading": paragraph.heading,
        "page": paragraph.page,
        "speakers": [speaker_as_json(speaker) for speaker in paragraph.speakers],
    }


def permalink(article_id: str, version: str, number: int | None = None, stretches: Iterable[Stretch] = ()) -> str:
    """Return the address of an article or of one of its paragraphs, relative to the root of the site.

    Its fragment takes a browser to the paragraph without JavaScript.
    """
    query = urlencode([("v", version), *(("at", f"{start}-{end}") for start, end in stretches)])
    return f"p/{article_id}/{number}?{query}#p{number}" if number else f"p/{article_id}?{query}"


def stretch(text: str) -> Stretch | None:
    """Return the stretch that an address names as START-END, None where it names none. It may lie outside its text."""
    named = _STRETCH.fullmatch(text)
    return (int(named[1]), int(named[2])) if named else None
