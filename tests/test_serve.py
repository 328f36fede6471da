"""`newscite serve`, as a process: what it prints, which port it takes, how it ends, and when it does not start."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import httpx
import pytest
from typer.testing import CliRunner

from indexes.embeddings import Floats
from indexes.errors import NewsciteError
from indexes.library import Library
from rag.suggestions import Suggestions
from tests.browser.server import free_port
from tests.standin import StandIn
from ui import cli, serve
from ui.access import AccessRule
from ui.serve import Settings
from ui.service import Service

ROOT = Path(__file__).parent.parent
Start = Callable[..., "Serving"]


class Serving:
    """A server in a process of its own, with the lines that it printed until it was ready."""

    def __init__(self, home: Path, *options: str) -> None:
        command = [sys.executable, "-m", "tests.serving", "serve", "--home", str(home), *options]
        self._process = subprocess.Popen(
            command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=environment()
        )
        assert self._process.stdout
        self.printed: list[str] = []
        for line in self._process.stdout:
            self.printed.append(line.rstrip("\n"))
            if line.startswith("Stop it"):
                break

    @property
    def url(self) -> str:
        return self.printed[0].removeprefix("Newscite is at ")

    def end(self, signum: int = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal; return the exit code, and what stands on stderr."""
        self._process.send_signal(signum)
        _, errors = self._process.communicate(timeout=60)
        return self._process.returncode, errors

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("NEWSCITE_")}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start servers on an empty library; those that still run in the end are killed."""
    started: list[Serving] = []

    def begin(*options: str) -> Serving:
        started.append(Serving(tmp_path / "empty", *options))
        return started[-1]

    yield begin
    for server in started:
        server.kill()


def test_it_says_where_it_is_what_it_serves_and_how_to_stop_it(start: Start) -> None:
    port = str(free_port())
    server = start("--port", port)
    assert server.printed == [
        f"Newscite is at http://127.0.0.1:{port}",
        "It serves 0 articles. Answers are quoted. Articles can be added and removed.",
        "Stop it with Ctrl-C.",
    ]
    assert httpx.get(server.url).json() == {"user": None, "address": "127.0.0.1", "url": f"{server.url}/"}


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGTERM, 128 + signal.SIGTERM), (signal.SIGINT, 0)])
def test_a_signal_ends_it_cleanly_though_browsers_keep_their_streams_open(
    start: Start, tmp_path: Path, signum: int, code: int
) -> None:
    server = start("--port", str(free_port()))
    with httpx.stream("GET", f"{server.url}/stream") as stream:
        words = stream.iter_text()
        assert next(words) == "word\n"
        assert server.end(signum) == (code, "")
    with Library.open(tmp_path / "empty", embeddings=StandIn()) as library:  # nobody else holds it
        assert library.articles() == []


def test_an_answer_that_fails_is_told_on_stderr_and_the_request_is_not(start: Start) -> None:
    server = start("--port", str(free_port()))
    assert httpx.get(f"{server.url}/fails?conversation=SECRET").status_code == 500
    assert httpx.get(f"{server.url}/?conversation=SECRET").status_code == 200
    _, errors = server.end()
    assert "something unforeseen" in errors
    assert "SECRET" not in errors


def test_a_taken_port_is_one_clear_line_where_a_proxy_looks_for_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-c", "from ui.cli import main; main()", "serve", "--open", "--port", str(port)]
        ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment(), timeout=60)
    hint = "Stop what is running there, or choose another with --port."
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"newscite: Port {port} of 127.0.0.1 is taken. {hint}\n"


def test_a_person_at_their_own_machine_gets_the_next_free_port(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serve.listen(Settings(port=port)) as listener:
            assert port < listener.getsockname()[1] <= port + 50
        assert f"newscite: port {port} is taken" in capsys.readouterr().err
        with pytest.raises(NewsciteError, match="is taken"):
            serve.listen(Settings(port=port, rule=AccessRule(open=True)))


@pytest.fixture
def _nothing_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a server that starts though it should not fail the test, rather than serve."""
    monkeypatch.setattr(serve, "_service", lambda settings: pytest.fail("it started"))


@pytest.mark.usefixtures("_nothing_is_opened")
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--host", "192.0.2.1", "--open"), "Cannot listen on 192.0.2.1"),
        (("--host", "0.0.0.0"), "--user-header NAME --trust-proxy ADDRESS"),
        (("--host", "0.0.0.0"), "`--open`"),
        (("--user-header", "X-User"), "--trust-proxy ADDRESS"),
        (("--trust-proxy", "10.0.0.5"), "--user-header NAME"),
    ],
)
def test_what_cannot_be_served_safely_does_not_start(options: tuple[str, ...], told: str) -> None:
    with pytest.raises(NewsciteError, match=re.escape(told)):  # which `main` makes one line, and exit code 1
        CliRunner().invoke(cli.app, ["serve", *options], catch_exceptions=False)


@pytest.mark.parametrize(
    "options",
    [
        ("--rate", "many"),
        ("--rate", "0/minute"),
        ("--root-path", "qa"),
        ("--root-path", "/qa/"),
        ("--root-path", "/"),
        ("--root-path", "/q a"),
        ("--open", "--trust-proxy", "proxy.corp"),
        ("--embed-origin", "wiki.example"),
        ("--embed-origin", "*"),
        ("--embed-origin", "https://wiki.example/team"),
        ("--user-header", "X User", "--trust-proxy", "10.0.0.5"),
        ("--port", "0"),
        ("--base-url", "http://127.0.0.1:8000/v1"),
    ],
)
def test_wrong_usage_ends_with_2(options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSCITE_MODEL", raising=False)
    assert CliRunner().invoke(cli.app, ["serve", *options]).exit_code == 2


def test_open_is_said_aloud(start: Start) -> None:
    server = start("--port", str(free_port()), "--open", "--read-only")
    assert "Nothing can be added or removed." in server.printed[1]
    assert "everybody who reaches this address ask and read." in server.end()[1]


def test_the_line_of_html_for_pages_that_may_show_it_is_printed(start: Start) -> None:
    port = str(free_port())
    origins = ("--embed-origin", "https://Wiki.example/", "--embed-origin", "http://blog.example")
    server = start("--port", port, *origins, "--embed-origin", "https://wiki.example")
    line = f'<script async src="http://127.0.0.1:{port}/widget.js"></script>'
    assert f"Pages of https://wiki.example and http://blog.example may show it: {line}" in server.printed
    assert "frame-ancestors 'none'" in httpx.get(server.url).headers["content-security-policy"]


def test_behind_a_proxy_under_a_prefix(start: Start) -> None:
    options = ("--user-header", "X-User", "--trust-proxy", "127.0.0.1", "--root-path", "/qa")
    server = start("--port", str(free_port()), *options)
    assert "People come in through the proxy at 127.0.0.1, which names them in X-User." in server.printed
    through = {
        "X-User": "ada",
        "X-Forwarded-For": "192.0.2.8",
        "X-Forwarded-Host": "qa.corp",
        "X-Forwarded-Proto": "https",
    }
    told = httpx.get(f"{server.url}/", headers=through).json()
    assert told == {"user": "ada", "address": "192.0.2.8", "url": "https://qa.corp/qa/"}
    assert httpx.get(f"{server.url}/").status_code == 401
    assert httpx.get(f"{server.url}/healthz").text == "ok"
    assert "server" not in httpx.get(f"{server.url}/healthz").headers


def test_models_are_chosen_by_option_else_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Settings] = []
    monkeypatch.setattr(serve, "serve", given.append)
    monkeypatch.setenv("NEWSCITE_MODEL", "gguf:/models/my model.gguf")
    CliRunner().invoke(cli.app, ["serve"])
    CliRunner().invoke(cli.app, ["serve", "--model", "ollama:a", "--model", "ollama:b"])
    assert [settings.models for settings in given] == [("gguf:/models/my model.gguf",), ("ollama:a", "ollama:b")]


def test_the_embedding_model_is_loaded_before_the_first_question(tmp_path: Path) -> None:
    class Cold(StandIn):
        asked = 0

        def vectors(self, texts: Sequence[str]) -> Floats:
            self.asked += len(texts)
            return super().vectors(texts)

    cold = Cold()
    with Library.open(tmp_path / "library", embeddings=cold) as library:
        serve.warm(cast(Service, SimpleNamespace(library=library, suggestions=Suggestions(library))))
    assert cold.asked == 1
