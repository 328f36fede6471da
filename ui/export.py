"""A conversation as a Markdown document: what was asked, what was answered, and a list of the sources.

The numbers of the sources run through the whole document: the same words of the same paragraph have one number. What
readers, articles and models wrote stays text, see `ui.markdown`.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from rag.answer import Answer, Citation, Claim
from ui.conversations import Turn
from ui.markdown import escaped, linked, quoted, web_address
from ui.message import citation_href, how, pieces


def as_markdown(turns: Sequence[Turn], title: str, when: datetime, base: str | None) -> str:
    """Return the conversation as Markdown, as it was `when`.

    `base` is the address under which Newscite is reached: a source without an address of its own is linked there.
    """
    sources = _Sources(web_address(base))
    asked = [block for turn in turns for block in _turn(turn, sources)]
    exported = f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    blocks = [f"# {escaped(title)}", f"Exported from Newscite, {exported}.", *asked, *sources.listed()]
    return "\n\n".join(blocks) + "\n"


class _Sources:
    """The sources of a document, numbered in the order in which they are first cited."""

    def __init__(self, base: str | None) -> None:
        self._base = base.rstrip("/") + "/" if base else None
        self._numbers: dict[tuple[str, str], int] = {}
        self._lines: list[str] = []

    def number(self, citation: Citation) -> int:
        """Return the number of a citation in this document."""
        key = (citation.paragraph_id, citation.quote)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self._lines.append(f"{self._numbers[key]}. {self._described(citation)}")
        return self._numbers[key]

    def listed(self) -> list[str]:
        """Return the list as blocks of Markdown, none where nothing is cited."""
        return ["## Sources", "\n".join(self._lines)] if self._lines else []

    def page(self, path: str) -> str | None:
        """Return the address of a page of Newscite, where it is reached from outside."""
        return self._base + path if self._base else None

    def _described(self, citation: Citation) -> str:
        address = web_address(citation.link) or web_address(citation.url) or self.page(citation_href(citation, up=""))
        where = [
            escaped(spoken_by(citation)),
            linked(citation.title, address),
            escaped(citation.publisher or ""),
            citation.published.isoformat() if citation.published else "",
            f"¶ {citation.paragraph}",
        ]
        return f"{escaped(quoted(citation.quote))} — {', '.join(part for part in where if part)}"


def spoken_by(citation: Citation) -> str:
    """Return who speaks in the cited words, and where the article names them if not right there; "" for nobody.

    The words may be the reporter's, who tells what somebody said: so they are never given as that person's own.
    """
    if not citation.speaker:
        return ""
    inferred = citation.speaker_how != "named" and citation.speaker_from
    return f"speaker: {citation.speaker}" + (f" (inferred, named in ¶ {citation.speaker_from})" if inferred else "")


# -- turns ------------------------------------------------------------------------------------------------------------


def _turn(turn: Turn, sources: _Sources) -> Iterable[str]:
    """Yield a turn as blocks of Markdown."""
    answer = turn.answer
    yield f"## {escaped(turn.question)}"
    if answer.asked_as:
        yield f"Understood as: {escaped(answer.asked_as)}"
    yield from _abstention(answer, sources) if answer.abstained else _sentences(answer, sources)
    yield escaped(f"({how(turn)})")


def _sentences(answer: Answer, sources: _Sources) -> list[str]:
    """Return what a model wrote as one block; quotations stand on lines of their own."""
    cited = {citation.marker: citation for citation in answer.citations}
    sentences = [_sentence(claim, cited, sources) for claim in answer.claims]
    return [" ".join(sentences)] if answer.mode == "model" and sentences else sentences


def _sentence(claim: Claim, cited: dict[int, Citation], sources: _Sources) -> str:
    """Return a sentence with the numbers of this document."""
    shown = (part if isinstance(part, str) else f"[{sources.number(part)}]" for part in pieces(claim, cited))
    return escaped("".join(shown))


def _abstention(answer: Answer, sources: _Sources) -> Iterable[str]:
    yield f"**No answer.** {escaped(answer.answer)}"
    if answer.nearest:
        yield "Nearest, but not an answer:"
        yield "\n".join(
            f"- {linked(near.title, sources.page(f'p/{near.article_id}/{near.paragraph}'))}, ¶ {near.paragraph}:"
            f" {escaped(near.text)}"
            for near in answer.nearest
        )
