"""`newscite articles show`: an article as it stands, what changed in it, and who else has published it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from indexes.article import Article, Paragraph
from ui import cli, terminal
from ui.render import article_as_json

Run = Callable[..., Result]

FORTY = """Forty people were taken off the sea wall by two lifeboats. The last of them came ashore shortly before dawn.

"""
GALE = f"""The gale off Tarn
Publisher: Harbour Courier
Date: 2025-07-09
URL: https://courier.example/gale

In the gale off Tarn twelve boats of the Ostrey fleet were lost on Monday night, the coastguard said on Tuesday.

{FORTY}The council will meet on Thursday to decide who pays for the lost boats, most of which were not insured.
"""
CHANGED = (
    GALE.replace("twelve boats", "fifteen boats")
    .replace(FORTY, "")
    .replace("Date: 2025-07-09", "Date: 2025-07-09\nUpdated: 2025-07-10")
    + "\nCorrection: An earlier version of this article said that twelve boats were lost.\n"
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Add texts to a library of its own, or run a command on it."""
    monkeypatch.setenv("NEWSCITE_HOME", str(tmp_path / "library"))
    monkeypatch.chdir(tmp_path)

    def invoke(*words: str, **files: str) -> Result:
        for name, text in files.items():
            (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
            assert CliRunner().invoke(cli.app, ("add", f"{name}.txt"), catch_exceptions=False).exit_code == 0
        return CliRunner().invoke(cli.app, words or ("articles", "list", "--json"), catch_exceptions=False)

    return invoke


def the_id(listed: Result) -> str:
    return str(json.loads(listed.stdout)[0]["id"])


def test_the_history_shows_what_was_added_removed_and_changed(run: Run) -> None:
    run(gale=GALE)
    article_id = the_id(run(gale=CHANGED))
    lines = run("articles", "show", article_id, "--history").stdout.splitlines()
    assert any("of 2025-07-09 → " in line and line.endswith(" of 2025-07-10") for line in lines)
    assert any(line.startswith("~ ¶1  ") and "[-twelve-] {+fifteen+} boats" in line for line in lines)
    assert any(line.startswith("- ¶2  Forty people") for line in lines)
    assert any(line.startswith("+ correction  Correction: An earlier version") for line in lines)
    assert not any("The council will meet" in line for line in lines)


def test_the_history_in_json_has_the_texts_and_the_words(run: Run) -> None:
    run(gale=GALE)
    article_id = the_id(run(gale=CHANGED))
    found = json.loads(run("articles", "show", article_id, "--history", "--json").stdout)
    (step,) = found["steps"]
    assert (step["before"]["updated"], step["after"]["updated"]) == (None, "2025-07-10")
    changed = next(change for change in step["changes"] if change["kind"] == "changed")
    assert (changed["number_before"], changed["number_after"]) == (1, 1)
    assert [piece["text"].strip() for piece in changed["pieces"] if piece["how"] != "kept"] == ["twelve", "fifteen"]


def test_the_history_since_a_version_leaves_out_what_lay_between(run: Run) -> None:
    run(gale=GALE)
    run(gale=GALE.replace("twelve", "thirteen"))
    article_id = the_id(run(gale=GALE.replace("twelve", "fifteen")))
    every = json.loads(run("articles", "show", article_id, "--history", "--json").stdout)["steps"]
    assert [step["after"]["version"] for step in every][1:] == [step["before"]["version"] for step in every][:-1]
    assert len(every) == 2
    since = run("articles", "show", f"{article_id}@{every[-1]['before']['version']}", "--history").stdout
    assert "[-twelve-] {+fifteen+}" in since
    assert "thirteen" not in since


def test_an_article_of_one_version_says_so(run: Run) -> None:
    article_id = the_id(run(gale=GALE))
    assert "There is one version." in run("articles", "show", article_id, "--history").stdout
    assert json.loads(run("articles", "show", article_id, "--history", "--json").stdout)["steps"] == []


def test_the_history_cannot_steer_the_terminal(run: Run) -> None:
    run(gale=GALE)
    article_id = the_id(run(gale=GALE.replace("twelve", "\x1b[31mfifteen\x07 [bold]")))
    shown = run("articles", "show", article_id, "--history").stdout
    assert "fifteen" in shown
    assert "\x1b" not in shown
    assert "[bold]" in shown


def test_who_else_has_the_text_is_named(run: Run) -> None:
    wire = GALE.replace("Harbour Courier", "Ostrey Register").replace("courier", "register")
    article_id = the_id(run(gale=GALE, wire=wire))
    other = json.loads(run("articles", "list", "--json").stdout)[1]["id"]
    assert f"The same text: Ostrey Register, {other}" in run("articles", "show", article_id).stdout
    copies = json.loads(run("articles", "show", article_id, "--json").stdout)["copies"]
    assert copies == [{"article_id": other, "publisher": "Ostrey Register", "title": "The gale off Tarn"}]
    assert "also in: Ostrey Register".casefold() in run("ask", "who was taken off the sea wall?").stdout.casefold()


def test_a_correction_is_shown_with_the_article_and_with_its_citations(run: Run) -> None:
    article_id = the_id(run(gale=CHANGED))
    shown = run("articles", "show", article_id).stdout
    assert any(line.split()[:1] == ["correction"] for line in shown.splitlines())
    answered = run("ask", "how many boats of the Ostrey fleet were lost in the gale?").stdout
    assert "fifteen boats" in answered
    assert "    Correction: An earlier version of this article said that twelve boats were lost." in answered


def test_pages_and_opinion_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    pages = tuple(Paragraph(f"Paragraph {n}.", number=n, page=page) for n, page in enumerate((1, 1, 2), start=1))
    paper = Article("Harbour", pages, "/news/harbour.pdf", publisher="Courier", opinion=True)
    terminal.print_article(paper, terminal.console())
    shown = capsys.readouterr().out
    assert [shown.count("p. 1"), shown.count("p. 2")] == [1, 1]
    assert "Opinion · Courier" in shown
    plain = article_as_json(paper)
    assert (plain["opinion"], plain["corrections"], plain["copies"], plain["key"]) == (True, [], [], None)
    assert [paragraph["page"] for paragraph in plain["paragraphs"]] == [1, 1, 2]
