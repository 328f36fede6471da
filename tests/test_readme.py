"""The README is true: its snippet runs, its commands and targets exist."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from indexes.library import Library
from indexes.samples import sample_articles
from tests.fake_llm import FakeLLM
from ui import cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


NAMES = {"watch", "failed", "add", "ask", "rebuild", "serve", "articles", "list", "show", "remove"}


def blocks(language: str = "") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def test_the_python_snippets_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSCITE_HOME", str(tmp_path))
    with Library.open() as library, FakeLLM("The articles do not say.") as llm:
        library.add(sample_articles())
        monkeypatch.setenv("OLLAMA_HOST", llm.url)
        names: dict[str, Any] = {}
        for snippet in blocks("python"):
            exec(compile(snippet, "README.md", "exec"), names)
        assert llm.requests
    assert "Charles Hecker" in capsys.readouterr().out
    assert names["second"].asked_as == "why does Gabuev doubt a split?"


def test_every_option_that_it_shows_exists() -> None:
    lines = [line.split("#")[0] for block in blocks() for line in block.splitlines()]
    commands = [shlex.split(line)[1:] for line in lines if re.match(r"(\.venv/bin/)?newscite ", line)]
    assert len(commands) >= 8
    for words in commands:
        names = [word for word in words if word in NAMES]
        help_text = CliRunner().invoke(cli.app, [*names, "--help"], terminal_width=200).stdout
        assert "Usage" in help_text
        assert all(word in help_text for word in words if word.startswith("--")), words


def test_every_table_of_the_quality_page_is_filled() -> None:
    page = (ROOT / "docs" / "quality.md").read_text(encoding="utf-8")
    tables = re.findall(r"<!-- (?!end)\w+ -->\n(.*?)<!-- end -->", page, re.DOTALL)
    assert len(tables) == 6
    assert all(table.count("\n") > 4 for table in tables)


def test_the_targets_that_it_names_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_attribute_of_the_widget_is_in_its_table_and_no_other() -> None:
    page = (ROOT / "docs" / "widget.md").read_text(encoding="utf-8")
    script = (ROOT / "ui" / "widget.js").read_text(encoding="utf-8")
    frame = (ROOT / "ui" / "static" / "embedded.js").read_text(encoding="utf-8")
    read = re.findall(r'wish\.(\w+)|"(\w+)" in wish|given\.get(?:All)?\("(\w+)"\)', script + frame)
    theirs = {"c", "from", "float", "page"}  # which the script itself sets
    assert set(re.findall(r"^\| `data-(\w+)` \|", page, re.MULTILINE)) == set(map("".join, read)) - theirs
