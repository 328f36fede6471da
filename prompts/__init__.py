"""The words that a language model is given: one Markdown file each, under the headings `# System` and `# Human`.

A name in braces is filled in when a model is asked; what is filled in is never read for braces again. A system part
headed `# System: as in answer` is that of answer.md: a local server keeps what it has read, so two prompts that begin
alike cost little more than one.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from langchain_core.prompts import ChatPromptTemplate

_HEADING = re.compile(r"^# (System|Human)(?:: as in (\w+))?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as its file has it; the fingerprint, like "answer@1a2b3c4d", changes with every letter of it."""

    name: str
    system: str
    human: str
    fingerprint: str

    @property
    def template(self) -> ChatPromptTemplate:
        """The two messages as LangChain has them, their variables in braces."""
        return ChatPromptTemplate([("system", self.system), ("human", self.human)], template_format="f-string")


@cache
def load(name: str) -> Prompt:
    """Return the prompt `name`; FileNotFoundError where there is none, ValueError where a part is missing."""
    source = resources.files(__name__).joinpath(f"{name}.md").read_bytes()
    _, *found = _HEADING.split(source.decode())
    parts = {part: load(other).system if other else text.strip() for part, other, text in _threes(found)}
    if parts.keys() != {"System", "Human"}:
        raise ValueError(f"{name}.md needs the headings # System and # Human, and has {sorted(parts)!r}")
    fingerprint = f"{name}@{hashlib.sha256(source).hexdigest()[:8]}"
    return Prompt(name, parts["System"], parts["Human"], fingerprint)


def _threes(found: list[str]) -> list[tuple[str, str, str]]:
    return list(zip(found[::3], found[1::3], found[2::3], strict=True))
