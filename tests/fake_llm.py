"""A language model that says what it is told: a real HTTP server on loopback, for tests and for trying without a key.

It speaks three protocols, streamed and whole: OpenAI's chat completions (`llm.url + "/v1"`), Ollama's chat (`llm.url`)
and Anthropic's messages (`llm.url`). It knows nothing of articles; what its characters write is in tests/personas.py.

    with FakeLLM("The dam is safe [1].", Status(429, retry_after=1)) as llm:
        chat = ChatOpenAI(base_url=llm.url + "/v1", api_key="none", model="any")

Replies come in the order given, one a call, and the last one repeats. A reply is a text (sent in small pieces, so that
markers arrive in parts), a callable from the request's body to a reply, or one of the dataclasses below: `Status`,
`Stalled`, `Cut`, `Endless`, `Slow`, `Unfinished`, `Garbled` go wrong; `Cited` carries Anthropic's citations, `Odds`
the log-probabilities of a first token. An empty reply is "".

By hand: python -m tests.fake_llm --port 8099 --as good      (or sloppy, hostile, refusing, broken)
"""

import argparse
import json
import select
import socket
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Json = dict[str, Any]
POLL = 0.02  # seconds between two looks whether a client that we let wait is still there


@dataclass(frozen=True, slots=True)
class Status:
    """An error instead of a reply: 500, 401, 429 with its Retry-After in seconds."""

    code: int = 500
    retry_after: float | None = None
    message: str = "scripted failure"


@dataclass(frozen=True, slots=True)
class Stalled:
    """Some text, then nothing until the client goes away."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """Some text, then the connection breaks in mid-stream."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Endless:
    """The same text again and again until the client goes away."""

    text: str = "And so on. "
    delay: float = 0.001


@dataclass(frozen=True, slots=True)
class Slow:
    """A text with a delay before each piece, in seconds."""

    text: str
    delay: float = 0.02


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A text that the model had no more tokens to finish."""

    text: str


@dataclass(frozen=True, slots=True)
class Garbled:
    """Bytes that are not JSON, with status 200."""


@dataclass(frozen=True, slots=True)
class Cited:
    """Blocks of text, each with the documents it cites, by index from 0 (or index and block within the document)."""

    blocks: tuple[tuple[str, tuple[int | tuple[int, int], ...]], ...]

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.blocks)


@dataclass(frozen=True, slots=True)
class Odds:
    """One token, with the log-probabilities that it and its rivals had (OpenAI's protocol only)."""

    logprobs: Mapping[str, float]

    @property
    def text(self) -> str:
        return max(self.logprobs, key=lambda token: self.logprobs[token])


Fault = Status | Stalled | Cut | Endless | Slow | Unfinished | Garbled
Scripted = str | Fault | Cited | Odds
Reply = Scripted | Callable[[Json], Scripted]


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent; header names are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: Json

    @property
    def prompt(self) -> str:
        """All text of the request, message after message."""
        return prompt_of(self.body)


def prompt_of(body: Json) -> str:
    """Return all text of a request's body, in any of the three protocols, message after message."""
    messages = [{"content": body.get("system", "")}, *body.get("messages", [])]
    return "\n\n".join(filter(None, ("\n".join(_texts(message["content"])) for message in messages)))


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for block in content:
            yield from _texts(block)
    elif isinstance(content, dict):
        yield from _texts(content.get("text") or content.get("data") or content.get("content") or content.get("source"))


class FakeLLM:
    """The server, open in a `with` block: `url` is its address without a path, `piece` characters sent at once."""

    def __init__(self, *replies: Reply, piece: int = 4, port: int = 0) -> None:
        self.replies = replies or ("",)
        self.piece = piece
        self.requests: list[Request] = []
        self.disconnected = threading.Event()  # a client left before the end of its reply
        self.finished = threading.Event()  # a reply was sent to its end
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = False  # so that closing waits for them
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": POLL})
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        return type("Handler", (_Handler,), {"llm": self})

    def next_reply(self, request: Request) -> Scripted:
        """Note a request and return its reply."""
        with self._lock:
            reply = self.replies[min(len(self.requests), len(self.replies) - 1)]
            self.requests.append(request)
        return reply(request.body) if callable(reply) else reply

    @property
    def closing(self) -> bool:
        return self._closing.is_set()


class _Over(Exception):
    """A reply is over before its end: its client went away, the server closes, or so it is scripted."""


class _Handler(BaseHTTPRequestHandler):
    llm: FakeLLM
    protocol_version = "HTTP/1.1"  # chunked: only so can a client tell a broken stream from a finished one
    timeout = 5
    connection: socket.socket

    def do_GET(self) -> None:
        self._whole(200, MODELS)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        protocol = PROTOCOLS.get(self.path.partition("?")[0])
        if protocol is None:
            self._whole(200, {"capabilities": ["completion"], "model_info": {}, "details": {}})  # Ollama's /api/show
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.llm.next_reply(Request(self.path, headers, body))
        try:
            self._answer(protocol(body), reply)
        except _Over:
            self.close_connection = True
        except OSError:
            self.close_connection = True
            self.llm.disconnected.set()
        else:
            self.llm.finished.set()

    def _answer(self, protocol: "_Protocol", reply: Scripted) -> None:
        if isinstance(reply, Status):
            wait = {} if reply.retry_after is None else {"Retry-After": str(reply.retry_after)}
            self._whole(reply.code, protocol.error(reply), **wait)
        elif protocol.streams:
            self._stream(protocol, reply)
        else:
            self._at_once(protocol, reply)

    def _stream(self, protocol: "_Protocol", reply: Scripted) -> None:
        self._head(200, protocol.media_type, **{"Transfer-Encoding": "chunked"})
        if isinstance(reply, Garbled):
            self._chunk(protocol.garbled)
        else:
            for sent in protocol.opening(reply):
                self._chunk(sent)
            for sent in self._paced(protocol.pieces(reply, self.llm.piece), reply):
                self._chunk(sent)
            self._end(reply)
            for sent in protocol.closing(reply):
                self._chunk(sent)
        self.wfile.write(b"0\r\n\r\n")

    def _at_once(self, protocol: "_Protocol", reply: Scripted) -> None:
        if isinstance(reply, Slow):
            self._pause(reply.delay * len(_cut(reply.text, self.llm.piece)))
        if isinstance(reply, Cut):
            self._head(200, "application/json", **{"Content-Length": "1000"})
            self.wfile.write(b'{"id": "cut')
        if isinstance(reply, Endless):
            self._wait()
        self._end(reply)
        self._whole(200, protocol.garbled if isinstance(reply, Garbled) else protocol.whole(reply))

    def _paced(self, pieces: list[bytes], reply: Scripted) -> Iterator[bytes]:
        while True:
            for sent in pieces:
                if isinstance(reply, Slow | Endless):
                    self._pause(reply.delay)
                yield sent
            if not isinstance(reply, Endless):
                return

    def _end(self, reply: Scripted) -> None:
        if isinstance(reply, Stalled):
            self._wait()
        if isinstance(reply, Cut):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            raise _Over

    def _wait(self) -> None:
        while True:
            self._pause(POLL)

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._look()
            time.sleep(min(left, POLL))

    def _look(self) -> None:
        """Raise _Over where the server closes, or the client closed its end."""
        if self.llm.closing:
            raise _Over
        readable, _, _ = select.select([self.connection], [], [], 0)
        if readable and not self.connection.recv(1, socket.MSG_PEEK):
            self.llm.disconnected.set()
            raise _Over

    def _chunk(self, sent: bytes) -> None:
        self._look()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(sent), sent))

    def _whole(self, status: int, body: Json | bytes, **headers: str) -> None:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._head(status, "application/json", **{"Content-Length": str(len(sent))}, **headers)
        self.wfile.write(sent)

    def _head(self, status: int, media_type: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": media_type, "Connection": "close", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal for the tests."""


class _Protocol(ABC):
    """How one provider's server words a reply."""

    media_type = "text/event-stream"
    garbled = b'data: {"id": "x", "choices": [}\n\n'
    streams_by_default = False

    def __init__(self, body: Json) -> None:
        self.body = body
        self.model = str(body.get("model", ""))
        self.streams = bool(body.get("stream", self.streams_by_default))
        self.words_in = len(prompt_of(body).split())

    def error(self, status: Status) -> Json:
        return {"error": {"message": status.message, "type": "scripted", "code": None}}

    def opening(self, reply: Scripted) -> list[bytes]:
        return []

    @abstractmethod
    def pieces(self, reply: Scripted, size: int) -> list[bytes]:
        """Return the reply as the events of a stream."""

    @abstractmethod
    def closing(self, reply: Scripted) -> list[bytes]:
        """Return the events that end a stream."""

    @abstractmethod
    def whole(self, reply: Scripted) -> Json:
        """Return the reply at once."""


class _OpenAI(_Protocol):
    def pieces(self, reply: Scripted, size: int) -> list[bytes]:
        texts = [reply.text] if isinstance(reply, Odds) else _cut(_text(reply), size)
        return [self._event({"content": text}, logprobs=_logprobs(reply)) for text in texts]

    def closing(self, reply: Scripted) -> list[bytes]:
        events = [self._event({}, finish="length" if isinstance(reply, Unfinished) else "stop")]
        if (self.body.get("stream_options") or {}).get("include_usage"):
            events.append(_data({**self._frame("chat.completion.chunk"), "choices": [], "usage": self._usage(reply)}))
        return [*events, b"data: [DONE]\n\n"]

    def opening(self, reply: Scripted) -> list[bytes]:
        return [self._event({"role": "assistant", "content": ""})]

    def whole(self, reply: Scripted) -> Json:
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": _text(reply)},
            "logprobs": _logprobs(reply),
            "finish_reason": "length" if isinstance(reply, Unfinished) else "stop",
        }
        return {**self._frame("chat.completion"), "choices": [choice], "usage": self._usage(reply)}

    def _event(self, delta: Json, finish: str | None = None, logprobs: Json | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": finish}
        return _data({**self._frame("chat.completion.chunk"), "choices": [choice]})

    def _frame(self, kind: str) -> Json:
        return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": self.model}

    def _usage(self, reply: Scripted) -> Json:
        words = len(_text(reply).split())
        return {"prompt_tokens": self.words_in, "completion_tokens": words, "total_tokens": self.words_in + words}


class _Ollama(_Protocol):
    media_type = "application/x-ndjson"
    garbled = b'{"model": "x", "message": {\n'
    streams_by_default = True

    def error(self, status: Status) -> Json:
        return {"error": status.message}

    def pieces(self, reply: Scripted, size: int) -> list[bytes]:
        return [self._line(text) for text in _cut(_text(reply), size)]

    def closing(self, reply: Scripted) -> list[bytes]:
        return [self._line("", **self._done(reply))]

    def whole(self, reply: Scripted) -> Json:
        loaded: Json = json.loads(self._line(_text(reply), **self._done(reply)))
        return loaded

    def _line(self, text: str, **more: Any) -> bytes:
        message = {"role": "assistant", "content": text}
        created = "2025-01-01T00:00:00Z"
        return (
            json.dumps({"model": self.model, "created_at": created, "message": message, "done": False, **more}).encode()
            + b"\n"
        )

    def _done(self, reply: Scripted) -> Json:
        counts = {"prompt_eval_count": self.words_in, "eval_count": len(_text(reply).split()), "total_duration": 1}
        return {"done": True, "done_reason": "length" if isinstance(reply, Unfinished) else "stop", **counts}


class _Anthropic(_Protocol):
    garbled = b'event: content_block_delta\ndata: {"type": "content_block_delta", "delta": [}\n\n'

    def error(self, status: Status) -> Json:
        return {"type": "error", "error": {"type": "scripted", "message": status.message}}

    def opening(self, reply: Scripted) -> list[bytes]:
        return [
            _event(
                "message_start",
                message=self._message([], None, ""),
            )
        ]

    def pieces(self, reply: Scripted, size: int) -> list[bytes]:
        return [event for index, block in enumerate(_blocks(reply)) for event in self._block(index, *block, size)]

    def closing(self, reply: Scripted) -> list[bytes]:
        ended = {"stop_reason": _stop_reason(reply), "stop_sequence": None}
        usage = {"input_tokens": self.words_in, "output_tokens": len(_text(reply).split())}
        return [_event("message_delta", delta=ended, usage=usage), _event("message_stop")]

    def whole(self, reply: Scripted) -> Json:
        content = [
            {"type": "text", "text": text, "citations": [self._citation(place) for place in places] or None}
            for text, places in _blocks(reply)
        ]
        return self._message(content, _stop_reason(reply), _text(reply))

    def _message(self, content: list[Json], reason: str | None, text: str) -> Json:
        usage = {"input_tokens": self.words_in, "output_tokens": len(text.split())}
        ended = {"stop_reason": reason, "stop_sequence": None, "usage": usage}
        return {"id": "msg_1", "type": "message", "role": "assistant", "model": self.model, "content": content, **ended}

    def _block(self, index: int, text: str, places: tuple[Any, ...], size: int) -> list[bytes]:
        start: Json = {"type": "text", "text": ""} | ({"citations": []} if places else {})
        deltas: list[Json] = [{"type": "text_delta", "text": piece} for piece in _cut(text, size)]
        deltas += [{"type": "citations_delta", "citation": self._citation(place)} for place in places]
        return [
            _event("content_block_start", index=index, content_block=start),
            *(_event("content_block_delta", index=index, delta=delta) for delta in deltas),
            _event("content_block_stop", index=index),
        ]

    def _citation(self, place: int | tuple[int, int]) -> Json:
        """Return a citation as Anthropic words it: by block where the document has blocks, else by characters."""
        document, block = place if isinstance(place, tuple) else (place, 0)
        documents = self._documents()
        given = documents[document] if document < len(documents) else {"source": {"type": "text", "data": "?"}}
        titled = {"document_index": document, "document_title": given.get("title"), "file_id": None}
        if given["source"]["type"] == "content":
            where = {"type": "content_block_location", "start_block_index": block, "end_block_index": block + 1}
            texts = [*_texts(given["source"]["content"])]
            return {**where, **titled, "cited_text": texts[block] if block < len(texts) else "?"}
        text = "".join(_texts(given["source"]))
        return {
            "type": "char_location",
            "start_char_index": 0,
            "end_char_index": len(text),
            **titled,
            "cited_text": text,
        }

    def _documents(self) -> list[Json]:
        contents = [m["content"] for m in self.body.get("messages", []) if isinstance(m["content"], list)]
        return [block for content in contents for block in content if block.get("type") == "document"]


PROTOCOLS: dict[str, type[_Protocol]] = {
    "/v1/chat/completions": _OpenAI,
    "/api/chat": _Ollama,
    "/v1/messages": _Anthropic,
}
MODELS: Json = {
    "object": "list",
    "data": [{"id": "fake", "object": "model", "created": 1, "owned_by": "tests"}],  # OpenAI's and Anthropic's
    "models": [{"name": "fake", "model": "fake"}],  # Ollama's
}


def _text(reply: Scripted) -> str:
    return reply if isinstance(reply, str) else getattr(reply, "text", "")


def _blocks(reply: Scripted) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    return reply.blocks if isinstance(reply, Cited) else ((_text(reply), ()),)


def _stop_reason(reply: Scripted) -> str:
    return "max_tokens" if isinstance(reply, Unfinished) else "end_turn"


def _logprobs(reply: Scripted) -> Json | None:
    if not isinstance(reply, Odds):
        return None
    ranked = sorted(reply.logprobs.items(), key=lambda pair: -pair[1])
    tokens = [{"token": token, "logprob": logprob, "bytes": [*token.encode()]} for token, logprob in ranked]
    return {"content": [{**tokens[0], "top_logprobs": tokens}], "refusal": None}


def _cut(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def _event(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\n".encode() + _data({"type": kind, **fields})


def _data(body: Json) -> bytes:
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def main() -> None:
    """Serve one character of tests/personas.py until interrupted."""
    from tests.personas import PERSONAS

    parser = argparse.ArgumentParser(description="A language model that needs no key: it plays a character.")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--as", dest="persona", choices=sorted(PERSONAS), default="good")
    chosen = parser.parse_args()
    with FakeLLM(PERSONAS[chosen.persona], port=chosen.port) as llm:
        print(f'newscite ask "…" --model openai:{chosen.persona} --base-url {llm.url}/v1   (Ctrl-C ends this)')
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
