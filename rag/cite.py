"""From a place in a paragraph to a citation. The quote is always cut out of the paragraph, never written."""

import re
from dataclasses import dataclass
from urllib.parse import quote as percent_encode

from indexes.article import CONFIDENT, Article, Paragraph
from rag.answer import Citation


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a body paragraph: `article.body[paragraph - 1].text[start:end]`, in code points."""

    article: Article
    paragraph: int  # 1-based
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words that stand there."""
        return self.article.body[self.paragraph - 1].text[self.start : self.end]


_WORD = re.compile(r"\w+(?:[^\w\s]+\w+)*")
_SHORT = 8  # up to so many words, the fragment holds the whole quote
_EDGE = 4  # of a longer quote, so many words at either end


def cite(marker: int, article: Article, number: int, start: int, end: int) -> Citation:
    """Return the citation of text[start:end] of body paragraph `number`; ValueError where there is no such text."""
    # Checked before it is used: paragraph 0 would silently be the last one.
    paragraph = article.body[number - 1] if 1 <= number <= len(article.body) else None
    if paragraph is None or not 0 <= start < end <= len(paragraph.text):
        raise ValueError(f"no text at {start}:{end} in paragraph {number} of {article.title!r}")
    quotation = paragraph.quotation_at(start, end)
    speaker = quotation.speaker if quotation else None
    if speaker is not None and speaker.confidence < CONFIDENT:
        speaker = None
    return Citation(
        marker=marker,
        article_id=article.id,
        paragraph_id=article.paragraph_id(number),
        title=article.title,
        publisher=article.publisher,
        published=article.published,
        url=article.url,
        paragraph=number,
        speaker=speaker.name if speaker else None,
        speaker_how=speaker.how if speaker else None,
        speaker_from=speaker.paragraph if speaker else None,
        quote=paragraph.text[start:end],
        start=start,
        end=end,
        permalink=f"/p/{article.id}/{number}",
        link=_text_fragment(article, number, start, end),
        page=paragraph.page,
        opinion=article.opinion,
        corrections=article.corrections,
    )


def _text_fragment(article: Article, number: int, start: int, end: int) -> str | None:
    """Return the article's address with a fragment that a browser scrolls to and highlights, or None.

    `#:~:text=[prefix-,]first words[,last words]` (WICG Scroll To Text Fragment). A browser takes the first place
    that fits, so words before the quote are added as a prefix until that place is the quote.
    """
    if not article.url:
        return None
    before = " ".join(p.text for p in _up_to(article, number)) + " "
    text = before + article.body[number - 1].text
    place = len(before) + start
    words = [(place + m.start(), place + m.end()) for m in _WORD.finditer(text[place : len(before) + end])]
    if not words:
        return article.url
    if len(words) <= _SHORT:
        first, last = (words[0][0], words[-1][1]), None
    else:
        first, last = (words[0][0], words[_EDGE - 1][1]), (words[-_EDGE][0], words[-1][1])
    prefix = _distinguishing_prefix(text, *first)
    directive = [f"{_escape(prefix)}-"] if prefix else []
    directive += [_escape(text[slice(*edge)]) for edge in (first, last) if edge]
    return f"{article.url}#:~:text={','.join(directive)}"


def _up_to(article: Article, number: int) -> list[Paragraph]:
    """Return what a reader meets before this body paragraph: captions and headings as well."""
    position = next(i for i, p in enumerate(article.paragraphs) if p.number == number)
    return list(article.paragraphs[:position])


def _distinguishing_prefix(text: str, start: int, end: int) -> str:
    """Return the fewest words before text[start:end] that make this its first occurrence: often none."""
    folded = text.casefold()
    if len(folded) != len(text):  # a character that folds to two would shift the offsets
        folded = text.lower() if len(text.lower()) == len(text) else text
    preceding = [m.start() for m in _WORD.finditer(text, 0, start)]
    begin = start
    while folded.find(folded[begin:end]) < begin and preceding:
        begin = preceding.pop()
    return text[begin:start].strip()


def _escape(words: str) -> str:
    return percent_encode(words, safe="").replace("-", "%2D")
