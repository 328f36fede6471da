"""Promises of the prompt files: whole, fingerprinted, and safe for text with braces."""

import hashlib
from importlib import resources

import pytest

from prompts import load

NAMES = ["answer", "answered", "rewrite"]
VARIABLES = {
    "answer": {"cannot_answer", "passages", "question"},
    "answered": {"cannot_answer", "passages", "question"},
    "rewrite": {"history", "question"},
}


def test_every_file_is_a_prompt() -> None:
    files = {path.name for path in resources.files("prompts").iterdir() if path.name.endswith(".md")}
    assert files == {f"{name}.md" for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_asks_for_what_code_gives_it(name: str) -> None:
    assert set(load(name).template.input_variables) == VARIABLES[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_fingerprint_is_of_the_file(name: str) -> None:
    source = resources.files("prompts").joinpath(f"{name}.md").read_bytes()
    assert load(name).fingerprint == f"{name}@{hashlib.sha256(source).hexdigest()[:8]}"


def test_two_prompts_about_passages_share_their_system_part() -> None:
    assert load("answered").system == load("answer").system


def test_text_with_braces_stays_as_it_is() -> None:
    values = {"passages": "{question} {0} {{x}} {", "question": "Why {passages}?", "cannot_answer": "No"}
    _, human = load("answer").template.format_messages(**values)
    assert "{question} {0} {{x}} {" in human.text
    assert human.text.endswith("Why {passages}?")


def test_the_phrase_of_an_abstention_has_no_second_copy() -> None:
    for name in NAMES:
        assert "do not say" not in resources.files("prompts").joinpath(f"{name}.md").read_text(encoding="utf-8")


def test_a_prompt_that_is_not_there_is_missed() -> None:
    with pytest.raises(FileNotFoundError):
        load("applause")
