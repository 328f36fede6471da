"""A GGUF model on this machine: its file, its settings, its process, and a LangChain chat model that talks to it.

It knows nothing of questions and articles. llama.cpp runs in a child process (rag/llama.py says why) and is asked
through `langchain-openai`, as any other server is.
"""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl

from indexes.errors import ModelError
from rag.gguf import Header, read_header

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

TIMEOUT = 600.0  # seconds: a long prompt on a slow machine is evaluated for minutes, and nothing is sent meanwhile
CONTEXT = 8192
FORM = "gguf:PATH, or gguf:PATH?threads=2&context=8192"


@dataclass(frozen=True, slots=True)
class Settings:
    """Which file, on how many threads, with room for how many tokens of prompt and reply together."""

    path: Path
    threads: int
    context: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `PATH?threads=2&context=8192`; ModelError where it is none.

        One core is left to everybody else by default: threads of llama.cpp wait for each other in a busy loop, and on
        cores that are shared one thread was up to 2.5 times as fast as two.
        """
        path, _, query = text.partition("?")
        given = dict(parse_qsl(query, keep_blank_values=True))
        threads = _positive("threads", given.pop("threads", max(1, _cores() - 1)))
        context = _positive("context", given.pop("context", CONTEXT))
        if given or not path:
            raise ModelError(f"'gguf:{text}' is no GGUF model.", f"Write it as {FORM}.")
        return cls(Path(path).expanduser(), threads, context)


@dataclass(frozen=True, slots=True, eq=False)
class LocalModel:
    """A running model. It ends with `close`, with the program, or when nobody holds its `chat` any more."""

    chat: "ChatOpenAI"
    window: int  # tokens of prompt and reply together
    close: Callable[[], object]


def load(settings: Settings, timeout: float = TIMEOUT) -> LocalModel:
    """Load a model; ModelError where its file or a package is missing, or the file is no whole instruct model."""
    path = settings.path
    _require_packages()
    window = min(settings.context, _checked(path).trained_context or settings.context)
    key = secrets.token_urlsafe()
    process, address = _start({"path": str(path), "threads": settings.threads, "context": window, "key": key})
    chat = _chat(f"{address}/v1", key, path.stem, timeout)
    return LocalModel(chat, window, weakref.finalize(chat, _end, process))


def _checked(path: Path) -> Header:
    if not path.is_file():
        raise ModelError(f"There is no file {str(path)!r}.", f"Name a GGUF file: {FORM}.")
    try:
        header = read_header(path)
    except ValueError as error:
        raise ModelError(f"{str(path)!r} is no GGUF model: {error}.", "Download it again.") from error
    if not header.has_chat_template:
        raise ModelError(f"{str(path)!r} cannot answer: it has no chat template.", "Take an instruct or chat model.")
    return header


def _require_packages() -> None:
    if not (find_spec("xllamacpp") and find_spec("langchain_openai")):
        raise ModelError("GGUF models need another package.", "pip install 'newscite[local]'")


def _start(settings: dict[str, Any]) -> tuple["subprocess.Popen[str]", str]:
    """Start the child; return it with its server's address once the model is loaded."""
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).with_name("llama.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,  # so that Ctrl-C reaches us, not the model
        )
        try:
            address = _hand_over(process, settings)
            if not address:
                raise ModelError(f"{str(settings['path'])!r} cannot be loaded: {_last(errors)}.", "Is the file whole?")
        except BaseException:  # Ctrl-C too: a model may load for a minute
            _end(process)
            raise
    return process, address


def _hand_over(process: "subprocess.Popen[str]", settings: dict[str, Any]) -> str:
    assert process.stdin
    assert process.stdout
    with contextlib.suppress(BrokenPipeError):  # it died early: there will be no address
        process.stdin.write(json.dumps(settings) + "\n")
        process.stdin.flush()
    return process.stdout.readline().strip()


def _end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    with process:  # waits for it, and closes its pipes
        pass


def _last(errors: IO[str]) -> str:
    """Return the first error that llama.cpp named."""
    errors.seek(0)
    lines = [line.split(": ", 1)[-1].strip() for line in errors if " E " in line]
    return lines[0].rstrip(".") if lines else "llama.cpp refuses it"


def _chat(base_url: str, key: str, model: str, timeout: float) -> "ChatOpenAI":
    """Return a client of our own server, without the environment's proxies, and without sockets to close in the end."""
    import httpx
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    plain: dict[str, Any] = {"trust_env": False, "limits": httpx.Limits(max_keepalive_connections=0)}
    return ChatOpenAI(
        base_url=base_url,
        api_key=SecretStr(key),
        model=model,
        temperature=0,
        seed=1,
        timeout=timeout,
        stream_chunk_timeout=timeout,
        max_retries=0,
        stream_usage=True,
        http_client=httpx.Client(**plain),
        http_async_client=httpx.AsyncClient(**plain),
    )


def _positive(name: str, given: str | int) -> int:
    if not str(given).isdecimal() or int(given) < 1:
        raise ModelError(f"{name}={given} is no number from 1.", f"Write the model as {FORM}.")
    return int(given)


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
