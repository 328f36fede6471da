"""The command line, as a person types it: what it prints, where, and with which exit code."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from indexes.errors import ModelUnavailable
from tests.fake_llm import FakeLLM, Status
from tests.site import Site, stalled
from ui import cli

Run = Callable[..., Result]

BRIDGE = """Title: Bridge closed until spring
Publisher: The Tarn Courier
Date: 2025-01-14

The old bridge over the Tarn will stay closed until April, the town council said on Tuesday.

Ada Lind, the town's engineer, said that frost had opened a crack of nine centimetres in the second pier.

“I would not send my own children across it,” she said. “We need a new pier, because the old one stands on sand.”
"""

_TITLE, *_, _FIRST, _SECOND, _THIRD = (line for line in BRIDGE.splitlines() if line)
PAGE = (
    f"<html><head><title>Bridge closed until spring</title></head><body><article>"
    f"<h1>{_TITLE.removeprefix('Title: ')}</h1><p>{_FIRST}</p><p>{_SECOND}</p><p>{_THIRD}</p></article></body></html>"
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on a library of its own."""
    monkeypatch.setenv("NEWSCITE_HOME", str(tmp_path / "library"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bridge.txt").write_text(BRIDGE, encoding="utf-8")

    def invoke(*words: str) -> Result:
        try:
            result = CliRunner().invoke(cli.app, words, catch_exceptions=False)
        except cli.NewsciteError as error:  # what `main` turns into one line and an exit code
            pytest.fail(str(error))
        return result

    return invoke


def test_a_question_is_answered_with_the_speaker_and_the_paragraph(run: Run) -> None:
    assert run("add", "bridge.txt").exit_code == 0
    answered = run("ask", "why does Lind want a new pier?")
    assert answered.exit_code == 0
    assert "the old one stands on sand" in answered.stdout
    assert "¶3  Ada Lind (inferred: pronoun, named in ¶2)" in answered.stdout


def test_json_is_the_contract_and_nothing_else(run: Run) -> None:
    run("add", "bridge.txt")
    answer = json.loads(run("ask", "--json", "why does Lind want a new pier?").stdout)
    assert (answer["abstained"], answer["mode"], answer["reason"], answer["model"]) == (False, "quoted", None, None)
    citation = answer["citations"][0]
    assert citation["speaker"] == "Ada Lind"
    assert citation["published"] == answer["as_of"] == "2025-01-14"
    assert citation["permalink"] == f"/p/{citation['article_id']}/{citation['paragraph']}"
    text = json.loads(run("articles", "show", "--json", citation["article_id"]).stdout)["paragraphs"]
    paragraph = next(p for p in text if p["number"] == citation["paragraph"])
    assert paragraph["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_what_the_articles_do_not_say_ends_with_3_and_the_nearest(run: Run) -> None:
    run("add", "bridge.txt")
    answered = run("ask", "what does Lind think of Norwegian oil?")
    assert answered.exit_code == 3
    assert "The articles do not say" in answered.stdout
    assert "Nearest, but not an answer" in answered.stdout


def test_an_empty_library_says_how_to_fill_it(run: Run) -> None:
    answered = run("ask", "why?")
    assert answered.exit_code == 3
    assert "newscite add" in answered.stdout


def test_one_bad_file_stops_no_other(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7")
    added = run("add", "bridge.txt", "empty.txt", "report.pdf", "missing.txt")
    assert added.exit_code == 3
    assert "1 added, 3 failed" in added.stdout
    assert "empty.txt: it is empty" in added.stdout


def test_a_path_that_looks_like_markup_is_a_path(run: Run, tmp_path: Path) -> None:
    (tmp_path / "[bold]x[").mkdir()
    (tmp_path / "[bold]x[" / "b].txt").write_text(BRIDGE, encoding="utf-8")
    added = run("add", "[bold]x[")
    assert added.exit_code == 0
    assert "[bold]x[/b].txt" in added.stdout


def test_an_article_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    hostile = BRIDGE.replace("frost", "\x1b[31mfrost\x1b]0;owned\x07").replace("Title: ", "Title: \x1b[31m")
    (tmp_path / "bridge.txt").write_text(hostile, encoding="utf-8")
    run("add", "bridge.txt")
    [row] = json.loads(run("articles", "list", "--json").stdout)
    for shown in (run("articles", "show", row["id"]), run("ask", "what did Lind say about frost?")):
        assert "frost" in shown.stdout
        assert "\x1b" not in shown.stdout
    for shown in (run("ask", "how many whales are there?"), run("articles", "list"), run("add", "bridge.txt")):
        assert "\x1b" not in shown.stdout


def test_other_versions_are_named(run: Run, tmp_path: Path) -> None:
    run("add", "bridge.txt")
    [before] = json.loads(run("articles", "list", "--json").stdout)
    (tmp_path / "bridge.txt").write_text(BRIDGE.replace("nine", "eleven"), encoding="utf-8")
    run("add", "bridge.txt")
    assert f"Other versions: {before['id']}@{before['version']}" in run("articles", "show", before["id"]).stdout


def test_undated_articles_that_a_date_leaves_out_are_counted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "undated.txt").write_text("The bridge is open.\n\nIt was closed for long.\n", encoding="utf-8")
    run("add", "bridge.txt", "undated.txt")
    assert "1 undated left out" in run("ask", "why does Lind want a new pier?", "--after", "2025-01-01").stdout


def test_nothing_readable_is_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    assert run("add", "empty.txt").exit_code == 1


def test_adding_again_changes_nothing(run: Run) -> None:
    run("add", "bridge.txt")
    assert "1 unchanged" in run("add", "bridge.txt").stdout


def test_a_changed_text_is_a_new_version_and_the_old_one_stays_readable(run: Run, tmp_path: Path) -> None:
    run("add", "bridge.txt")
    before = json.loads(run("articles", "list", "--json").stdout)[0]
    (tmp_path / "bridge.txt").write_text(BRIDGE.replace("nine", "eleven"), encoding="utf-8")
    assert "1 updated" in run("add", "bridge.txt").stdout
    after = json.loads(run("articles", "list", "--json").stdout)
    assert [row["id"] for row in after] == [before["id"]]
    assert after[0]["version"] != before["version"]
    assert "eleven centimetres" in run("articles", "show", before["id"]).stdout
    assert "nine centimetres" in run("articles", "show", f"{before['id']}@{before['version']}").stdout


def test_the_list_counts_paragraphs(run: Run, tmp_path: Path) -> None:
    run("add", "bridge.txt")
    [row] = json.loads(run("articles", "list", "--json").stdout)
    assert row == {
        "id": row["id"],
        "version": row["version"],
        "title": "Bridge closed until spring",
        "publisher": "The Tarn Courier",
        "published": "2025-01-14",
        "url": None,
        "source": str(tmp_path / "bridge.txt"),
        "paragraphs": 3,
        "speakers": ["Ada Lind", "town council"],
    }


def test_a_removed_article_is_gone(run: Run) -> None:
    run("add", "bridge.txt")
    [row] = json.loads(run("articles", "list", "--json").stdout)
    assert "Removed “Bridge closed until spring”" in run("articles", "remove", row["id"][:6]).stdout
    assert json.loads(run("articles", "list", "--json").stdout) == []


def test_the_samples_come_along(run: Run) -> None:
    added = run("add", "--samples")
    assert added.exit_code == 0
    assert "10 added" in added.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("add",),
        ("ask", "why?", "--after", "last week"),
        ("add", "bridge.txt", "--date", "03/04/2025"),
        ("add", "--samples", "--url", "https://news.example/a"),
        ("add", "https://news.example/a", "--url", "https://news.example/b"),
        ("publish", "bridge.txt"),
    ],
)
def test_wrong_usage_ends_with_2(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_the_home_may_stand_before_or_after_the_command(run: Run, tmp_path: Path) -> None:
    elsewhere = str(tmp_path / "elsewhere")
    run("--home", elsewhere, "add", "bridge.txt")
    assert json.loads(run("articles", "list", "--json").stdout) == []
    assert len(json.loads(run("articles", "list", "--json", "--home", elsewhere).stdout)) == 1


# -- what could not be added ------------------------------------------------------------------------------------------


def test_what_failed_is_listed_tried_again_and_forgotten(run: Run, tmp_path: Path) -> None:
    (tmp_path / "late.txt").touch()
    assert run("add", "late.txt", "--publisher", "The Beacon").exit_code == 1
    listed = run("articles", "failed")
    assert f"{tmp_path / 'late.txt'}" in listed.stdout
    assert "it is empty" in listed.stdout
    (tmp_path / "late.txt").write_text(BRIDGE, encoding="utf-8")
    assert "1 added" in run("articles", "failed", "--retry").stdout
    assert json.loads(run("articles", "failed", "--json").stdout) == []
    assert json.loads(run("articles", "list", "--json").stdout)[0]["publisher"] == "The Beacon"


def test_what_nobody_wants_any_more_can_be_forgotten(run: Run, tmp_path: Path) -> None:
    (tmp_path / "late.txt").touch()
    run("add", "late.txt")
    [failure] = json.loads(run("articles", "failed", "--json").stdout)
    assert (failure["again"], failure["tries"]) == (str(tmp_path / "late.txt"), 1)
    assert "Forgotten: 1" in run("articles", "failed", "--forget").stdout
    assert "Nothing has failed" in run("articles", "failed").stdout


def test_a_rehearsal_says_so(run: Run) -> None:
    added = run("add", "bridge.txt", "--dry-run")
    assert (added.exit_code, "1 added" in added.stdout, "rehearsal" in added.stdout) == (0, True, True)
    assert json.loads(run("articles", "list", "--json").stdout) == []


def test_fields_of_records_are_named_by_the_user(run: Run, tmp_path: Path) -> None:
    record = {"name": {"long": "The quay"}, "prose": "The quay is shut, the master said.", "paper": "The Beacon"}
    (tmp_path / "archive.jsonl").write_text(json.dumps(record))
    assert run("add", "archive.jsonl").exit_code == 1
    run("add", "archive.jsonl", "--map", "title=name.long", "--map", "text=prose", "--map", "publisher=paper")
    [row] = json.loads(run("articles", "list", "--json").stdout)
    assert (row["title"], row["publisher"]) == ("The quay", "The Beacon")


@pytest.mark.parametrize("pair", ["title", "headline=x", "title=", "=x"])
def test_fields_that_cannot_be_named_so_are_wrong_usage(run: Run, pair: str) -> None:
    assert run("add", "bridge.txt", "--map", pair).exit_code == 2


def test_an_address_is_added_and_answers(run: Run) -> None:
    with Site() as site:
        site.page("/bridge", PAGE)
        assert "1 failed" in run("add", site.url("/bridge")).stdout
        added = run("add", site.url("/bridge"), "--allow-private", "--delay", "0")
    assert (added.exit_code, "1 added" in added.stdout) == (0, True)
    assert "the old one stands on sand" in run("ask", "why does Lind want a new pier?").stdout


def newscite(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own: what reaches the shell."""
    command = [sys.executable, "-c", "from ui.cli import main; main()", "--home", str(home), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (("ask", " "), 2, "The question is empty."),
        (("ask", "why " * 2500), 2, "The question has 9,999 characters"),
        (("articles", "show", "feed"), 1, "feed"),
        (("ask", "why?", "--article", "feed"), 1, "feed"),
    ],
)
def test_an_error_is_one_line_on_stderr(tmp_path: Path, words: tuple[str, ...], code: int, line: str) -> None:
    ended = newscite(tmp_path, *words)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert line in ended.stderr
    assert ended.stderr.startswith("newscite: ")
    assert ended.stderr.count("\n") == 1


def test_a_home_that_is_a_file_is_one_line_too(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = newscite(tmp_path / "file", "articles", "list")
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "is not a folder" in ended.stderr


# -- with a language model --------------------------------------------------------------------------------------------

WRITTEN = "Ada Lind wants a new pier because the old one stands on sand [1]."


def test_a_model_writes_and_the_source_is_shown(run: Run) -> None:
    run("add", "bridge.txt")
    with FakeLLM(WRITTEN) as llm:
        answered = run("ask", "why does Lind want a new pier?", "--model", "openai:x", "--base-url", f"{llm.url}/v1")
    assert answered.exit_code == 0
    assert WRITTEN in answered.stdout
    assert "¶3  Ada Lind" in answered.stdout
    assert "Written by openai:x, each sentence checked against its source" in answered.stdout


def test_json_with_a_model_is_the_same_contract(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", "bridge.txt")
    without = json.loads(run("ask", "--json", "why does Lind want a new pier?").stdout)
    with FakeLLM(WRITTEN) as llm:
        monkeypatch.setenv("NEWSCITE_MODEL", "x")
        answered = run("ask", "--json", "why does Lind want a new pier?", "--base-url", f"{llm.url}/v1")
    answer = json.loads(answered.stdout)
    assert answer.keys() == without.keys()
    assert (answer["mode"], answer["model"], answer["answer"]) == ("model", "x", WRITTEN)
    assert answer["citations"][0].keys() == without["citations"][0].keys()


def test_a_model_that_fails_is_replaced_and_the_answer_says_so(run: Run) -> None:
    run("add", "bridge.txt")
    with FakeLLM(Status(401)) as llm:
        answered = run("ask", "why does Lind want a new pier?", "--model", "x", "--base-url", f"{llm.url}/v1")
    assert answered.exit_code == 0
    assert "Quoted from the articles · The model's server refused the key" in answered.stdout


def test_no_fallback_ends_with_1_and_one_line(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("add", "bridge.txt")
    with FakeLLM(Status(401)) as llm, pytest.raises(ModelUnavailable, match="refused the key"):
        CliRunner().invoke(
            cli.app,
            ["ask", "why a new pier?", "--model", "x", "--base-url", f"{llm.url}/v1", "--no-fallback"],
            catch_exceptions=False,
        )


def test_an_address_without_a_model_is_wrong_usage(run: Run) -> None:
    assert run("ask", "why a new pier?", "--base-url", "http://127.0.0.1:1/v1").exit_code == 2


def test_explain_shows_the_stages_and_the_verdicts(run: Run) -> None:
    run("add", "bridge.txt")
    with FakeLLM(f"{WRITTEN} It cost 900 crowns [1].") as llm:
        told = run("ask", "why does Lind want a new pier?", "--model", "x", "--base-url", f"{llm.url}/v1", "--explain")
    assert "Ranked list “by Ada Lind”" in told.stdout
    assert "withheld: It cost 900 crowns." in told.stdout
    staged = json.loads(run("ask", "why does Lind want a new pier?", "--explain", "--json").stdout)
    assert staged["answer"]["mode"] == "quoted"


@pytest.mark.parametrize("model", ["nonsense", "openai:", "gguf:missing.gguf", "openai:gpt-4o-mini"])
def test_a_model_that_cannot_be_used_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    ended = newscite(tmp_path, "ask", "why a new pier?", "--model", model)
    assert ended.returncode == 1
    assert ended.stderr.startswith("newscite: ")
    assert ended.stderr.count("\n") == 1


@pytest.mark.slow
def test_control_c_keeps_what_was_read_and_says_how_to_go_on(tmp_path: Path) -> None:
    with Site() as site:
        site.page("/bridge", PAGE)
        site.replies("/never", stalled())
        command = [sys.executable, "-c", "from ui.cli import main; main()", "--home", str(tmp_path / "library")]
        named = ["add", site.url("/bridge"), site.url("/never"), "--allow-private", "--delay", "0"]
        with subprocess.Popen([*command, *named], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            while "/never" not in site.paths and process.poll() is None:
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.strip() == "newscite: Stopped. What was read stays; the same command goes on from there."
    listed = newscite(tmp_path / "library", "articles", "list", "--json")
    assert [row["title"] for row in json.loads(listed.stdout)] == ["Bridge closed until spring"]
