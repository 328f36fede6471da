"""A turn of a conversation as the two messages that the chat shows. Pure functions, from nouns to text.

The chat renders messages as Markdown with some HTML. An answer is given as one HTML block on one line, in which
CommonMark reads no Markdown, with every word of articles and models escaped; a question is the reader's own text and
must stay editable, so it is plain text in which punctuation is written as numbers. Neither can become HTML, an image,
a link or a form.
"""

import re
from collections.abc import Mapping
from datetime import date

from markupsafe import Markup

from rag.answer import Answer, Citation, Claim, Nearest
from ui.conversations import Turn
from ui.markdown import one_line
from ui.render import permalink

Message = dict[str, str]  # {"role", "content"}, as gradio.Chatbot takes it

_MARKER = re.compile(r"\[([0-9]{1,4})\]")
_SPACE_AT_END = re.compile(" $")  # a number must not stand alone on a new line
_ACTIVE = re.compile(r"[!-/:->@\[-`{-~]")  # ASCII punctuation but "?": what Markdown or HTML may read as more than text
_NUMBERED = re.compile(r"&#(\d{2,3});")


def messages(turns: list[Turn]) -> list[Message]:
    """Return two messages a turn: what was asked, what was answered."""
    return [message for turn in turns for message in (asked(turn.question), answered(turn))]


def asked(question: str) -> Message:
    """Return a question as the reader's message; `question_of` is the way back."""
    return {"role": "user", "content": _ACTIVE.sub(lambda found: f"&#{ord(found[0])};", question)}


def question_of(content: str) -> str:
    """Return the question in a message that `asked` made, edited or not."""
    return _NUMBERED.sub(lambda found: chr(int(found[1])), content)


def answered(turn: Turn, *, growing: bool = False) -> Message:
    """Return an answer as the assistant's message: its sentences with their citations, and how it came about."""
    answer = turn.answer
    body = _abstention(answer) if answer.abstained else _sentences(answer)
    foot = Markup() if growing else _paragraph("nc-how", how(turn))
    kind = {"model": "nc-written", "abstained": "nc-abstained"}.get(answer.mode, "nc-quoted")
    return _bot(f"nc-answer {kind}", _understood(answer) + body + foot)


def waiting() -> Message:
    """Return the message that stands where an answer will."""
    return _bot("nc-waiting", _paragraph("", "Reading …"))


def problem(words: str) -> Message:
    """Return the message that says why a question was not answered at all."""
    return _bot("nc-problem", _paragraph("", words))


def how(turn: Turn) -> str:
    """Return how an answer came about, in words: who wrote it, how old it is, what was left out."""
    answer = turn.answer
    parts = [
        _author(turn),
        f"as of {day(answer.as_of)}" if answer.as_of else "",
        (answer.fallback_reason or "").rstrip("."),
        f"{answer.undated_left_out} undated left out" if answer.undated_left_out else "",
        restriction(turn.asked),
        "stopped before its end" if turn.stopped else "",
    ]
    return " · ".join(part for part in parts if part)


def restriction(asked: Mapping[str, str]) -> str:
    """Return what a question is restricted to, in words."""
    words = {
        "after": "from {}",
        "before": "until {}",
        "publisher": "only {}",
        "title": "only “{}”",  # of an article
        "speaker": "only what {} says",
    }
    return ", ".join(words[key].format(value) for key, value in asked.items() if value and key in words)


def day(date: date) -> str:
    """Return a day as a reader writes it: 9 July 2025."""
    return f"{date.day} {date:%B %Y}"


def citation_href(citation: Citation, up: str = "../") -> str:
    """Return the relative address of the cited words on their article's page; `up` leads to the root."""
    version = citation.paragraph_id.partition("@")[2].partition("#")[0]
    return up + permalink(citation.article_id, version, citation.paragraph, [(citation.start, citation.end)])


def pieces(claim: Claim, sources: dict[int, Citation]) -> list[str | Citation]:
    """Return a sentence as its text on one line, and the citations where its markers stand.

    What an article itself has in brackets stays text.
    """
    text = one_line(claim.text)
    found = {int(match[1]): match for match in _MARKER.finditer(text)}  # of equal ones the last, which is ours
    made: list[str | Citation] = []
    end = 0
    for marker, match in sorted(found.items(), key=lambda item: item[1].start()):
        if marker in claim.citations and marker in sources:
            made += [text[end : match.start()], sources[marker]]
            end = match.end()
    return [*made, text[end:]]


# -- pieces of an answer ----------------------------------------------------------------------------------------------


def _author(turn: Turn) -> str:
    match turn.answer.mode:
        case "model":
            return f"Written by {turn.answer.model or turn.model}, each sentence checked against its source"
        case "abstained":
            return "No answer rather than a guess"
        case _:
            return "Quoted word for word"


def _understood(answer: Answer) -> Markup:
    return _paragraph("nc-understood", f"Understood as: {answer.asked_as}") if answer.asked_as else Markup()


def _sentences(answer: Answer) -> Markup:
    """Return what a model wrote as one paragraph; quotes stand on lines of their own."""
    sources = {citation.marker: citation for citation in answer.citations}
    sentences = [_with_chips(claim, sources) for claim in answer.claims]
    if answer.mode == "model":
        sentences = [Markup(" ").join(sentences)]
    return Markup().join(Markup("<p>{}</p>").format(sentence) for sentence in sentences)


def _with_chips(claim: Claim, sources: dict[int, Citation]) -> Markup:
    *parts, end = pieces(claim, sources)
    shown = [_SPACE_AT_END.sub("\N{NO-BREAK SPACE}", part) if isinstance(part, str) else _chip(part) for part in parts]
    return Markup("{}" * (len(shown) + 1)).format(*shown, end)


def _chip(citation: Citation) -> Markup:
    named = " · ".join(part for part in (citation.speaker, citation.title, citation.publisher) if part)
    return Markup('<a class="nc-chip" href="{}" title="{}">{}</a>').format(
        citation_href(citation), one_line(named), citation.marker
    )


def _abstention(answer: Answer) -> Markup:
    head = _paragraph("nc-reason", answer.answer)
    if not answer.nearest:
        return head
    rows = Markup().join(_near(near) for near in answer.nearest)
    return head + _paragraph("nc-nearest", "Nearest, but not an answer:") + Markup("<ul>{}</ul>").format(rows)


def _near(near: Nearest) -> Markup:
    return Markup('<li><a class="nc-chip nc-near" href="../p/{}/{}#p{}">{}, ¶{}</a> {}</li>').format(
        near.article_id, near.paragraph, near.paragraph, one_line(near.title), near.paragraph, one_line(near.text)
    )


def _paragraph(name: str, words: str) -> Markup:
    return Markup('<p class="{}">{}</p>').format(name, one_line(words))


def _bot(name: str, body: Markup) -> Message:
    return {"role": "assistant", "content": str(Markup('<div class="{}">{}</div>').format(name, body))}
