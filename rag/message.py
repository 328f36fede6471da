"""An answer as LangChain passes it on: an AIMessage whose text carries standard citation annotations."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.content import Citation as Annotation
from langchain_core.messages.content import create_citation, create_text_block

from rag.answer import Answer, Citation


def to_message(answer: Answer) -> AIMessage:
    """Return the answer as one text block, each citation annotated to the sentence that rests on it.

    `start_index` and `end_index` are places in the text of the message (code points); where the quote stands in its
    paragraph is in `extras`.
    """
    block = create_text_block(answer.answer, annotations=list(_annotations(answer)))
    metadata = {"mode": answer.mode, "reason": answer.reason, "model_name": answer.model}
    return AIMessage(content_blocks=[block], response_metadata=metadata, usage_metadata=_usage(answer))


def _annotations(answer: Answer) -> Iterator[Annotation]:
    citations = {citation.marker: citation for citation in answer.citations}
    end = 0
    for claim in answer.claims:
        start = answer.answer.index(claim.text, end)
        end = start + len(claim.text)
        for marker in claim.citations:
            yield _annotation(citations[marker], start, end)


def _annotation(citation: Citation, start: int, end: int) -> Annotation:
    return create_citation(
        url=citation.link or citation.url,
        title=citation.title,
        start_index=start,
        end_index=end,
        cited_text=citation.quote,
        marker=citation.marker,
        paragraph_id=citation.paragraph_id,
        paragraph=citation.paragraph,
        speaker=citation.speaker,
        quote_start=citation.start,
        quote_end=citation.end,
        **_further(citation),
    )


def _further(citation: Citation) -> dict[str, Any]:
    """Return what only some sources have: a page, corrections, an opinion, copies elsewhere."""
    plain = asdict(citation)
    found = {name: plain[name] for name in ("page", "opinion", "corrections", "copies")}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items() if value}


def _usage(answer: Answer) -> UsageMetadata | None:
    used = answer.usage
    if not used:
        return None
    taken, written = used.get("input_tokens", 0), used.get("output_tokens", 0)
    return UsageMetadata(input_tokens=taken, output_tokens=written, total_tokens=taken + written)
