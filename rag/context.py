"""From passages to what a model is shown: which paragraphs, in what words, and as many as its window holds.

Nothing here asks a model. What an article says stays what it says, except where it could be taken for more than text:
sentences that give an assistant orders are left out, and what a model's chat format, our markers or our boundary look
like is written with other brackets.
"""

import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence

from langchain_core.messages.utils import count_tokens_approximately

from indexes.sentences import Span
from prompts import load
from rag.answer import CANNOT_ANSWER
from rag.instructions import instruction_spans
from rag.retrieve import Evidence, with_neighbours

SHOWN = 8  # passages of one question: more cost a small local model seconds before its first word
JOINED = 3  # neighbours of one paragraph
REPLY = 512  # tokens kept free for the answer
LEFT_OUT = "[…]"

_SECRET = secrets.token_bytes(32)

# Tokens are estimated from UTF-8 bytes, so that text in other scripts, which takes more tokens, counts for more.
_BYTES_PER_TOKEN = 3.0
_LONGEST_FIELD = 200  # characters of a headline or a name
_UNSEEN = {"Cc", "Cf", "Co", "Cs"}
_JOINERS = "\u200c\u200d"  # unseen as well, but part of how words of some scripts are written
_MARKER = re.compile(r"\[(/?[A-Z_]+|[\d¶ ,;–-]+)\]|【([^】]*)】")  # [2], [INST], 【1】


def passages(evidence: Sequence[Evidence], limit: int = SHOWN) -> list[Evidence]:
    """Return up to `limit` paragraphs, best first, the best ones followed by the rest of what their speaker says there.

    A view and its reasons stand in the paragraphs after the one that matches the question. They take up to half of
    the places, and each paragraph comes once.
    """
    known = {found.id: found for found in evidence}
    sure, left = {found.id for found in evidence[: limit - limit // 2]}, limit // 2
    chosen: dict[str, Evidence] = {}
    for found in evidence:
        chosen.setdefault(found.id, found)
        for near in _nearest(found)[:JOINED]:
            if near.id not in chosen and (near.id in sure or left):
                chosen[near.id] = known.get(near.id, near)
                left -= near.id not in sure
    return list(chosen.values())[:limit]


def _nearest(found: Evidence) -> list[Evidence]:
    """Return the neighbours that belong to a paragraph: those behind it first, then those before, nearest first."""
    joined = with_neighbours(found)
    behind = [near for near in joined if near.number > found.number]
    before = [near for near in reversed(joined) if near.number < found.number]
    return behind + before


def new_boundary() -> str:
    """Return a code that no article can know: 12 hex digits, drawn for each question."""
    return secrets.token_hex(6)


def repeatable_boundary(question: str) -> str:
    """Return a code that no article can know and that stays with a question until the process ends.

    For LangChain's cache, which knows a call again by its prompt.
    """
    return hmac.digest(_SECRET, question.encode(errors="replace"), "sha256").hex()[:12]


def numbered(passages: Iterable[Evidence], question: str, boundary: str) -> str:
    """Return the passages as a model reads them: `[1]`, where it stands and who speaks, then its text in one line.

    A line with the boundary stands before each and behind the last.
    """
    blocks = [f"[{n}] {origin(found)}\n{shown_text(found, question)}" for n, found in enumerate(passages, start=1)]
    line = f"--- {boundary} ---"
    return "\n".join([line, *(f"{block.replace(boundary, LEFT_OUT)}\n{line}" for block in blocks)])


def origin(found: Evidence) -> str:
    """Return "Article: Headline (Publisher, 2025-03-14). Speaker: Ada Lind", as far as it is known.

    Named fields, because a small model takes a bare headline for something that the article says, and cites it.
    """
    known = published(found)
    article = f"Article: {headline(found)}{f' ({known})' if known else ''}"
    return ". ".join(filter(None, [article, speaking(found)]))


def headline(found: Evidence) -> str:
    """Return the article's headline as a model may see it."""
    return _field(found.article.title)


def published(found: Evidence) -> str:
    """Return publisher and date of a passage's article, as far as they are known."""
    article = found.article
    day = article.published.isoformat() if article.published else ""
    return ", ".join(filter(None, [_field(article.publisher or ""), day]))


def speaking(found: Evidence) -> str:
    """Return who speaks in a passage: "Speaker: Ada Lind"; empty where that is not known."""
    names = [_field(speaker.name) for speaker in found.paragraph.speakers]
    return f"Speaker{'s' * (len(names) > 1)}: {', '.join(names)}" if names else ""


def shown_text(found: Evidence, question: str) -> str:
    """Return a paragraph's text in one line, without the sentences that address an assistant or plant an answer."""
    text = found.paragraph.text
    return plain(_cut_out(text, instruction_spans(text, question)))


def plain(text: str) -> str:
    """Return text in one line in which nothing can be taken for a marker, a chat format's token or markup.

    llama.cpp reads `<|im_start|>` in an article as the beginning of a turn; unseen characters can spell out orders.
    """
    spaced = " ".join(text.split())
    seen = "".join(char for char in spaced if unicodedata.category(char) not in _UNSEEN or char in _JOINERS)
    bracketed = _MARKER.sub(lambda found: f"({found[1] or found[2] or ''})", seen)
    return " ".join(bracketed.translate({ord("<"): "‹", ord(">"): "›"}).split())


def fit(passages: Sequence[Evidence], window: int, question: str) -> list[Evidence]:
    """Return the passages that fit a model's window of so many tokens beside prompt and reply, in their order.

    The order stays best first: what is cut off is then the least of them, and small models read the beginning best.
    A passage too long for what is left is passed over, never cut. Nothing is returned where not even the first fits.
    """
    left = window - REPLY - _tokens(_prompt_around(question))
    kept: list[Evidence] = []
    for found in passages:
        size = _tokens(numbered([found], question, new_boundary()))
        if size <= left:
            kept.append(found)
            left -= size
        elif not kept:
            return []
    return kept


def _prompt_around(question: str) -> str:
    values = {"passages": "", "question": plain(question), "cannot_answer": CANNOT_ANSWER}
    return load("answer").template.format(**values)


def _tokens(text: str) -> int:
    return count_tokens_approximately([text.encode().decode("latin-1")], chars_per_token=_BYTES_PER_TOKEN)


def _cut_out(text: str, spans: Sequence[Span]) -> str:
    """Return text with […] in the place of each span, and one […] where only a space parts two."""
    starts = [0, *(span.end for span in spans)]
    ends = [*(span.start for span in spans), len(text)]
    cut = LEFT_OUT.join(text[start:end] for start, end in zip(starts, ends, strict=True))
    return re.sub(rf"{re.escape(LEFT_OUT)}(?:\s*{re.escape(LEFT_OUT)})+", LEFT_OUT, cut)


def _field(text: str) -> str:
    words = plain(_cut_out(text, instruction_spans(text)))
    return words if len(words) <= _LONGEST_FIELD else f"{words[:_LONGEST_FIELD].rsplit(' ', 1)[0]} …"
