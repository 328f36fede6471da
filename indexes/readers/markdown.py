"""Markdown: the words that a rendered page would show, block by block.

Links and emphasis become their text, list items and quotations become paragraphs, an image becomes a caption where it
has an alternative text.
"""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from indexes.article import Kind
from indexes.furniture import furniture
from indexes.paragraphs import Block
from indexes.readers.decoding import decode
from indexes.readers.draft import Draft
from indexes.readers.heads import split_head
from indexes.readers.text import broken_lines, clean

_BREAK = "\n"  # stands for a line break inside a paragraph until we know whether a line below it is furniture
_INVISIBLE_HTML = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^>]*>")
_CONTAINERS = {"list_item_open": "li", "blockquote_open": "quote", "table_open": "table"}


def read(data: bytes) -> Draft:
    """Read Markdown, with or without front matter. Raises ReadError for bytes that are not text."""
    head, text = split_head(clean(decode(data)))
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    return Draft(tuple(_blocks(tokens)), head)


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    # A text without a single `#` is plain text in all but name: its headings must be recognised by their looks.
    plain: Kind | None = "body" if any(token.type == "heading_open" for token in tokens) else None
    inside: list[str] = []
    opened, row, untitled = "", [], True
    for token in tokens:
        if token.type in _CONTAINERS:
            inside.append(_CONTAINERS[token.type])
        elif token.type.replace("_close", "_open") in _CONTAINERS:
            inside.pop()
        elif token.type in ("heading_open", "paragraph_open"):
            opened = token.tag
        elif token.type == "inline" and "table" in inside:
            row.append(_words(token))
        elif token.type == "tr_close":
            yield from _block(" | ".join(filter(None, row)), "caption")
            row = []
        elif token.type == "inline" and opened.startswith("h"):
            first = untitled and opened == "h1"
            untitled = untitled and not first
            yield from _block(_words(token).replace(_BREAK, " "), "title" if first else "heading")
        elif token.type == "inline":
            untitled = False
            yield from _paragraph(token, "body" if inside else None if _is_bold(token) else plain)
        elif token.type in ("fence", "code_block"):
            yield from _block(" ".join(token.content.split("\n")), "body")
        elif token.type == "html_block":
            yield from _html(token.content)


def _paragraph(token: Token, known: Kind | None) -> Iterator[Block]:
    """Yield the captions of a paragraph's images, and its text."""
    children = token.children or []
    for child in children:
        if child.type == "image":
            yield from _block(child.content, "caption")
    if [child.type for child in children[:2]] == ["image", "softbreak"]:
        known = furniture(_words(token).strip()) or "caption"  # what stands right under a picture
    yield from broken_lines(_words(token).replace("\u00ad", "").split(_BREAK), known)


def _words(token: Token) -> str:
    """Return the words of an inline token as they are shown, with a line feed for a line break."""
    words = []
    for child in token.children or ():
        if child.type in ("text", "code_inline", "text_special"):
            words.append(child.content)
        elif child.type in ("softbreak", "hardbreak") or re.match(r"<br\b", child.content):
            words.append(_BREAK)
    return "".join(words)


def _is_bold(token: Token) -> bool:
    """Tell whether a paragraph is bold as a whole, as some write their headings."""
    children = [child for child in token.children or () if child.type != "text" or child.content.strip()]
    return len(children) > 1 and (children[0].type, children[-1].type) == ("strong_open", "strong_close")


def _html(markup: str) -> Iterator[Block]:
    for line in re.split(r"\n|<br\s*/?>", _INVISIBLE_HTML.sub("", markup)):
        known: Kind = "caption" if "<figcaption" in line else "body"
        yield from _block(_TAG.sub("", line), known)


def _block(text: str, known: Kind | None) -> Iterator[Block]:
    text = text.replace("\u00ad", "").strip()
    if text:
        yield Block(text, known)
