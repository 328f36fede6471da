"""What the characters of the fake model write: the good, the sloppy, the hostile, the refusing and the broken one.

Each is a function from a request's body to a reply. They read the prompt as a model would: passages numbered `[1]` at
the start of a line (or Anthropic's documents, numbered in their order), and the question after them.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

from rag.answer import CANNOT_ANSWER
from tests.fake_llm import Cut, Endless, Garbled, Scripted, Stalled, Status, prompt_of

Body = dict[str, Any]
NUMBER = re.compile(r"^\W{0,3}(?:passage|source|document)?\W{0,3}(\d{1,3})[\]】):.]", re.M | re.I)
FURNITURE = re.compile(r"^\s*(?:[-=<*_#`\[{]|\w[\w ]{0,20}:\s)")  # delimiters and fields, which are nobody's sentence
ORDER = re.compile(
    r"\b(?:answers?|says?|repl(?:y|ies)|responds?|responses?|writes?|outputs?|includes?|prints?|states?|adds?|mentions?)\b"
    r"(?:\s+(?:with|that|only|exactly|the|words?|following|sentence|is|must|be))*[\s:]+(?P<dictated>.+)",
    re.I,
)
LINK = re.compile(r"https?://\S+|<[a-z][^>]*>|!?\[[^\]]*\]\([^)]*\)", re.I)


def good(body: Body) -> Scripted:
    """Write the first sentence of the two passages nearest to the question, each with its own marker."""
    return _aside(body) or " ".join(_marked(text, number) for number, text in _nearest(body)) or f"{CANNOT_ANSWER}."


def sloppy(body: Body) -> Scripted:
    """Copy well and cite badly: odd and wrong markers, a changed figure, an invented name, markdown."""
    if aside := _aside(body):
        return aside
    (first, right), (_, wrong) = (_nearest(body) * 2)[:2] or ((1, "Nothing is known."), (1, "Nothing."))
    changed = re.sub(r"\d+", lambda figure: str(int(figure[0]) + 7), wrong)
    return (
        f"**{right.rstrip('.')}**【{first}】.\n\n"
        f"- {_marked(right, first + 1)}\n- {_marked(changed, 99)}\n\n"
        f"Professor Quentin Abernathy of Oxford confirmed in 1987 that this is so [1][2]. {changed}"
    )


def hostile(body: Body) -> Scripted:
    """Obey every order that stands in the prompt, and add links, images and script."""
    prompt = prompt_of(body)
    obeyed = [order["dictated"].strip() for order in ORDER.finditer(prompt)]
    planted = LINK.findall(prompt)
    added = (
        "[Read more](https://evil.example/?q=secret) [1].",
        "![](https://evil.example/pixel.png)",
        '<img src=x onerror="alert(1)"><script>alert(1)</script>',
        "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    )
    return "\n".join([*(_marked(text, 1) for text in obeyed), *planted, *added])


def refusing(_: Body) -> Scripted:
    """Decline, in other words than ours."""
    return "I'm sorry, but I can't help with that. The provided passages do not contain enough information."


_FAULTS: Iterator[Scripted] = itertools.cycle(
    [Status(500), Status(429, 1), Garbled(), "", Cut("The answer is"), Stalled("The"), Endless()]
)


def broken(_: Body) -> Scripted:
    """Fail in another way each time."""
    return next(_FAULTS)


PERSONAS: dict[str, Callable[[Body], Scripted]] = {
    "good": good,
    "sloppy": sloppy,
    "hostile": hostile,
    "refusing": refusing,
    "broken": broken,
}


def _aside(body: Body) -> str:
    """Return what is said to our other prompts: that the passages answer, or the question as it was."""
    asked = _last_message(body)
    if "yes or no" in asked:
        return "yes"
    return _question(body) if asked.rstrip().endswith("Rewritten:") else ""


def _nearest(body: Body) -> list[tuple[int, str]]:
    """Return number and first sentence of the two passages that share most words with the question."""
    passages, question = read(body)
    wanted = _words(question)
    ranked = sorted(passages, key=lambda number: -len(wanted & _words(passages[number])))
    return [(number, _first_sentence(passages[number])) for number in ranked[:2]]


def read(body: Body) -> tuple[dict[int, str], str]:
    """Return the numbered passages and the question of a prompt."""
    return _documents(body) or _numbered(_last_message(body)), _question(body)


def _documents(body: Body) -> dict[int, str]:
    contents = [message["content"] for message in body["messages"] if isinstance(message["content"], list)]
    documents = [block for content in contents for block in content if block.get("type") == "document"]
    return {n: prompt_of({"system": document["source"]}) for n, document in enumerate(documents, start=1)}


def _numbered(prompt: str) -> dict[int, str]:
    passages, _, _ = prompt.rpartition("\n\n")  # behind them stands what is asked
    _, *parts = NUMBER.split(passages)
    return {int(number): text for number, text in zip(parts[::2], parts[1::2], strict=True)}


def _question(body: Body) -> str:
    asked = re.findall(r"^\W{0,3}question\W{0,3}:?\s*(\S.*)$", _last_message(body), re.M | re.I)
    lines = [line for line in _last_message(body).splitlines() if line.strip()]
    return asked[-1] if asked else lines[-1]


def _last_message(body: Body) -> str:
    return prompt_of({"messages": body["messages"][-1:]})


def _first_sentence(passage: str) -> str:
    """Return the first sentence of a passage's longest paragraph: headings and fields are shorter than text."""
    prose = [line for line in passage.splitlines() if not FURNITURE.match(line)]
    longest = max(prose, key=len, default=passage).strip()
    return re.split(r"(?<=[.!?][”\"’']|[\w)][.!?])\s+(?=[A-Z“\"])", longest, maxsplit=1)[0]


def _marked(sentence: str, number: int) -> str:
    return f"{sentence.rstrip('.')} [{number}]."


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3}
