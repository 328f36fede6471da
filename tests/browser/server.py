"""The real thing: `newscite serve` in a process of its own, nginx in front of it, and a model that plays many parts.

Nothing here knows what stands on the pages.
"""

import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.fake_llm import Scripted, Slow, Stalled
from tests.personas import PERSONAS

READY = "Newscite is at "
PATIENCE = 90.0  # seconds for a start: torch may have to be read from a cold disk, on a busy machine
POLL = 0.05


class Server:
    """A `newscite serve` that is started and stopped; `url` has no slash at its end."""

    def __init__(self, home: Path, *options: str) -> None:
        self.home = home
        self.url = f"http://127.0.0.1:{free_port()}"
        self.printed: list[str] = []
        self._options = options

    def start(self) -> None:
        """Start the process, on the port that it had before; return when it is ready."""
        port = str(httpx.URL(self.url).port)
        command = [sys.executable, "-c", "from ui.cli import main; main()", "--home", str(self.home), "serve"]
        self._process = subprocess.Popen(
            [*command, "--port", port, *self._options], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def warm(self) -> None:
        """Wait until the embedding model is there, so that no test's patience is spent on it."""
        asked = {"question": "is it warm?", "model": ""}
        httpx.post(f"{self.url}/api/ask", json=asked, timeout=PATIENCE).raise_for_status()

    def stop(self) -> None:
        """End the process as an operator would, and wait for it."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError("newscite serve did not end within 20 seconds of SIGTERM" + self._so_far()) from None

    def _read(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        with stdout:
            for line in stdout:
                self.printed.append(line)
                self._lines.put(line)
        self._lines.put(None)

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + PATIENCE
        while (line := self._next_line(end)) is not None:
            if READY in line:
                wait_until_healthy(f"{self.url}/healthz", end)
                return
        raise AssertionError("newscite serve ended before it was ready" + self._so_far())

    def _next_line(self, end: float) -> str | None:
        try:
            return self._lines.get(timeout=max(0, end - time.monotonic()))
        except queue.Empty:
            raise AssertionError(
                f"newscite serve was not ready within {PATIENCE:.0f} seconds" + self._so_far()
            ) from None

    def _so_far(self) -> str:
        return "; it printed:\n" + "".join(self.printed)


@contextmanager
def serving(home: Path, *options: str) -> Iterator[Server]:
    """Serve a library until the block ends."""
    server = Server(home, *options)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def wait_until_healthy(url: str, end: float, auth: tuple[str, str] | None = None, verify: bool = True) -> None:
    """Return as soon as a server answers, also that it knows us not; the deadline is one of `time.monotonic`.

    `verify=False` takes a certificate that the server has signed itself.
    """
    while True:
        try:
            status = httpx.get(url, auth=auth, verify=verify, timeout=5).status_code
        except httpx.TransportError:
            status = 0
        if 0 < status < 500:
            return
        assert time.monotonic() < end, f"{url} answers with {status or 'nothing'}"
        time.sleep(POLL)


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


# -- nginx ---------------------------------------------------------------------------------------------------------

PROXY_ADDRESS = "127.0.0.2"  # where nginx calls from, so that the tests themselves, on 127.0.0.1, are no trusted proxy
USERS = ("ada", "ben")  # each with "secret" as password
CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/servers.conf;
}}
"""
PREFIXED = """
server {{
    listen 127.0.0.1:{port};
    client_max_body_size 20m;
    location {prefix}/ {{
        auth_basic "Newsroom";
        auth_basic_user_file {folder}/users;
        proxy_pass {upstream}/;
        proxy_bind {proxy_address};
        proxy_http_version 1.1;
        proxy_buffering off;
        proxy_read_timeout 3600s;
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-Host $http_host;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-User $remote_user;
    }}
}}
"""


@contextmanager
def nginx(folder: Path, upstream: str, prefix: str) -> Iterator[str]:
    """Run nginx before a server, under a path prefix; it asks for a name and hands it on as `X-User`. Yield its URL."""
    folder.mkdir()
    port = free_port()
    (folder / "users").write_text("".join(f"{user}:{{PLAIN}}secret\n" for user in USERS))
    settings = {"folder": folder, "port": port, "prefix": prefix, "upstream": upstream, "proxy_address": PROXY_ADDRESS}
    with running_nginx(folder, PREFIXED.format(**settings)):
        url = f"http://127.0.0.1:{port}{prefix}"
        wait_until_healthy(f"{url}/healthz", time.monotonic() + 20, auth=(USERS[0], "secret"))
        yield url


@contextmanager
def running_nginx(folder: Path, servers: str) -> Iterator[None]:
    """Run nginx with some `server` blocks, and whatever else stands beside them, until the block ends."""
    (folder / "servers.conf").write_text(servers)
    (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder))
    command = [nginx_command() or "nginx", "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def nginx_command() -> str | None:
    """Return the path of nginx, which Debian keeps where only root looks."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")


# -- the model -----------------------------------------------------------------------------------------------------

Body = dict[str, Any]


def slow(body: Body) -> Scripted:
    """Write what the good model writes, eighty letters a second."""
    return Slow(str(PERSONAS["good"](body)), delay=0.05)


def endless(body: Body) -> Scripted:
    """Write the first sentence of the good model, and then one that does not come to its end for a minute."""
    first, end, _ = str(PERSONAS["good"](body)).partition("]. ")
    return Slow(f"{first}{end}Besides, {' '.join(map(str, range(1000)))}", delay=0.05) if end else first


def silent(_: Body) -> Scripted:
    """Say nothing, and do not hang up."""
    return Stalled()


CAST: dict[str, Callable[[Body], Scripted]] = {**PERSONAS, "slow": slow, "endless": endless, "silent": silent}


def play(body: Body) -> Scripted:
    """Reply in the character that the request names as its model."""
    return CAST[str(body["model"])](body)
