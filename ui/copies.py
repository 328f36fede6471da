"""One citation, to be pasted elsewhere: as Markdown, as plain text, as MediaWiki's {{cite news}}.

What an article says stays text there: it cannot end the template, begin another, or become markup or a link.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date

from rag.answer import Citation
from ui.export import spoken_by
from ui.markdown import ENTITY, escaped, linked, one_line, quoted, web_address

_WIKI = re.compile(
    r"[\[\]{}|=<>]"  # links, templates, parameters, tags
    r"|&(?=#?\w+;)"  # an entity
    r"|'(?=')|(?<=')'|~(?=~)|(?<=~)~|_(?=_)|(?<=_)_"  # ''italics'', ~~~~ signs, __SWITCHES__
    r"|(?<=[A-Za-z]):(?=\S)|:(?=//)"  # http: and its like are linked without being asked to
    r"|^[-*#:;]"  # lists, rules
    r"|(?<=RFC)[ \xa0]|(?<=PMID)[ \xa0]|(?<=ISBN)[ \xa0]"  # and so are these numbers, in older wikis
)
_WIKI_ADDRESS = re.compile(r"[\[\]]|'(?=')|(?<=')'|~(?=~)|(?<=~)~|_(?=_)|(?<=_)_")


def copies(
    citation: Citation,
    article_permalink: str | None = None,
    *,
    authors: Sequence[str] = (),
    accessed: date | None = None,
) -> dict[str, str]:
    """Return a citation as "markdown", "text" and "mediawiki".

    `article_permalink` is the absolute address of the paragraph here: a source without one of its own is linked there,
    but not from a wiki, whose readers cannot come in here. `accessed` is when the source was looked up.
    """
    return {
        "markdown": _markdown(citation, article_permalink),
        "text": _text(citation, article_permalink),
        "mediawiki": _mediawiki(citation, authors, accessed),
    }


def _markdown(citation: Citation, permalink: str | None) -> str:
    title = linked(citation.title, _address(citation, permalink))
    return f"> {escaped(citation.quote)}\n>\n> — {_where(citation, title, escaped)}\n"


def _text(citation: Citation, permalink: str | None) -> str:
    lines = [quoted(citation.quote), f"— {_where(citation, one_line(citation.title), one_line)}"]
    return "\n".join([*lines, *filter(None, [_address(citation, permalink)])]) + "\n"


def _where(citation: Citation, title: str, written: Callable[[str], str]) -> str:
    published = citation.published.isoformat() if citation.published else ""
    others = (written(spoken_by(citation)), title, written(citation.publisher or ""), published)
    return ", ".join([*filter(None, others), f"¶ {citation.paragraph}"])


def _address(citation: Citation, permalink: str | None) -> str | None:
    return next(filter(None, map(web_address, (citation.link, citation.url, permalink))), None)


# -- MediaWiki --------------------------------------------------------------------------------------------------------


def _mediawiki(citation: Citation, authors: Sequence[str], accessed: date | None) -> str:
    """Return {{cite news}} with the parameters that its documentation names; it adds the quotation marks itself."""
    url = web_address(citation.url)
    speaker = f" (speaker: {one_line(citation.speaker)})" if citation.speaker else ""
    values = {
        **_by(authors),
        "title": _inert(citation.title),
        "newspaper": _inert(citation.publisher or ""),
        "date": citation.published.isoformat() if citation.published else "",
        "url": _inert_address(url) if url else "",
        "access-date": accessed.isoformat() if accessed and url else "",
        "quote": _inert(citation.quote),
        "at": _inert(f"¶ {citation.paragraph}{speaker}"),
    }
    return "{{cite news " + " ".join(f"|{name}={value}" for name, value in values.items() if value) + "}}"


def _by(authors: Sequence[str]) -> dict[str, str]:
    if len(authors) == 1:
        return {"author": _inert(authors[0])}
    return {f"author{number}": _inert(author) for number, author in enumerate(authors, start=1)}


def _inert(text: str) -> str:
    """Return wikitext that shows this text and nothing else: what could be more is written as a number."""
    return _WIKI.sub(lambda found: f"&#{ord(found[0])};", one_line(text))


def _inert_address(address: str) -> str:
    """Return an address from `web_address` in which a wiki sees no markup of its own either."""
    return ENTITY.sub("&amp;", _WIKI_ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", address))
