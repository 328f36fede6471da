"""An article becomes passages: what is embedded, one for each body paragraph, or several where it is long.

The embedder cuts a long text silently, so a paragraph beyond its limit is taken in windows of whole sentences. The
speaker stands in front of each: the words of a quotation rarely say whose they are.
"""

from collections.abc import Callable, Iterator, Sequence

from indexes.article import Article, Paragraph, Passage
from indexes.sentences import sentences

CountPieces = Callable[[Sequence[str]], list[int]]


def passages(article: Article, count_pieces: CountPieces, limit: int | None) -> list[Passage]:
    """Return the passages of an article in reading order, none longer than `limit` word pieces."""
    texts = [indexed_text(paragraph) for paragraph in article.body]
    lengths = count_pieces(texts)
    found = []
    for paragraph, text, length in zip(article.body, texts, lengths, strict=True):
        fits = limit is None or length <= limit
        windows = [text] if fits else _windows(paragraph, count_pieces, limit or 1)
        found += [Passage(paragraph.number or 0, i, window) for i, window in enumerate(windows)]
    return found


def indexed_text(paragraph: Paragraph) -> str:
    """Return `speaker: paragraph`, or the paragraph alone where nobody is known to speak."""
    return _prefix(paragraph) + paragraph.text


def _prefix(paragraph: Paragraph) -> str:
    return f"{paragraph.speakers[0].name}: " if paragraph.speakers else ""


def _windows(paragraph: Paragraph, count_pieces: CountPieces, limit: int) -> list[str]:
    """Fill windows with whole sentences; a sentence too long for one is cut between words."""
    prefix = _prefix(paragraph)
    room = max(1, limit - count_pieces([prefix])[0])
    pieces = [
        piece
        for span in sentences(paragraph.text)
        for piece in _cut(paragraph.text[span.start : span.end], count_pieces, room)
    ]
    return [prefix + window for window in _filled(pieces, count_pieces(pieces), room)]


def _filled(pieces: Sequence[str], lengths: Sequence[int], room: int) -> Iterator[str]:
    window: list[str] = []
    used = 0
    for piece, length in zip(pieces, lengths, strict=True):
        if window and used + length > room:
            yield " ".join(window)
            window, used = [], 0
        window.append(piece)
        used += length
    if window:
        yield " ".join(window)


def _cut(text: str, count_pieces: CountPieces, room: int) -> list[str]:
    """Halve a text, between words where it has any, until each part fits."""
    if len(text) < 2 or count_pieces([text])[0] <= room:
        return [text]
    middle = text.rfind(" ", 1, len(text) // 2 + 1)
    middle = middle if middle > 0 else len(text) // 2
    left, right = text[:middle].strip(), text[middle:].strip()
    return [part for half in (left, right) if half for part in _cut(half, count_pieces, room)]
