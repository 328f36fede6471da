"""A real language model on this machine, loaded from a GGUF file. What it says is never asserted, only how."""

import os
import re
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from langchain_core.messages import AIMessageChunk
from langchain_openai import ChatOpenAI

from indexes.errors import ModelError
from rag.models import LanguageModel, language_model

QUESTION = "Which colour has the sky? Answer in one short sentence."
BRIEF = {"max_tokens": 12}


def test_the_stream_joins_to_what_the_whole_reply_is(small_model: LanguageModel) -> None:
    whole = small_model.chat.invoke(QUESTION, **BRIEF)
    streamed = sum(small_model.chat.stream(QUESTION, **BRIEF), AIMessageChunk(""))
    assert str(whole.text) == str(streamed.text) != ""
    assert whole.usage_metadata is not None
    assert streamed.usage_metadata is not None
    assert whole.usage_metadata["output_tokens"] == streamed.usage_metadata["output_tokens"] > 0


def test_the_odds_of_a_first_token_are_known(small_model: LanguageModel) -> None:
    reply = small_model.chat.bind(logprobs=True, top_logprobs=5, max_tokens=1).invoke("Is snow white? Yes or no?")
    [token] = reply.response_metadata["logprobs"]["content"]
    assert len(token["top_logprobs"]) == 5
    assert all(rival["logprob"] <= 0 for rival in token["top_logprobs"])


def test_a_shared_beginning_is_not_evaluated_again_even_with_another_question_between(
    small_model: LanguageModel,
) -> None:
    passages = "The old dam leaked for years, and nobody repaired it. " * 8
    small_model.chat.invoke(passages + "Why?", max_tokens=1)
    small_model.chat.invoke("Now something else entirely: " + "cats chase mice. " * 8, max_tokens=1)
    usage = small_model.chat.invoke(passages + "When?", max_tokens=1).usage_metadata
    assert usage is not None
    assert usage["input_token_details"]["cache_read"] > 0.8 * usage["input_tokens"]


def test_a_closed_stream_leaves_the_model_free(small_model: LanguageModel) -> None:
    stream = small_model.chat.stream("Tell a long story.", max_tokens=3000)
    next(stream)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    started = time.monotonic()
    small_model.chat.invoke(QUESTION, max_tokens=1)
    assert time.monotonic() - started < 10  # seconds; the whole story takes minutes


def test_nobody_else_on_this_machine_can_ask_it(small_model: LanguageModel) -> None:
    assert isinstance(small_model.chat, ChatOpenAI)
    address = f"{small_model.chat.openai_api_base}/chat/completions"
    body = {"messages": [{"role": "user", "content": QUESTION}]}
    assert httpx.post(address, json=body, trust_env=False).status_code == 401


def test_answers_name_its_file_but_not_the_folder(small_model: LanguageModel) -> None:
    assert (small_model.name, small_model.provider, small_model.window) == ("gguf:smollm2.gguf", "gguf", 4096)


async def test_it_answers_without_holding_up_the_event_loop(small_model: LanguageModel) -> None:
    assert str((await small_model.chat.ainvoke(QUESTION, max_tokens=4)).text)


def test_it_can_be_closed_while_it_answers(smollm_file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    model = language_model(f"gguf:{smollm_file}?threads=1&context=1000000")
    assert model.window == 8192  # what it was trained for
    failed: list[Exception] = []

    def ask() -> None:
        try:
            model.chat.invoke("Tell a long story.")
        except Exception as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.2)
    started = time.monotonic()
    model.close()
    asking.join()
    model.close()  # a second time: nothing left to do
    assert time.monotonic() - started < 2
    assert len(failed) == 1
    assert capfd.readouterr() == ("", "")  # llama.cpp kept its log to itself


LOAD_AND_WAIT = """
import sys, time
from rag.models import language_model
model = language_model(sys.argv[1])
print(model.close.peek()[2][0].pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="asks for processes as POSIX does")
def test_it_ends_with_the_program_even_with_a_killed_one(smollm_file: Path) -> None:
    command = [sys.executable, "-c", LOAD_AND_WAIT, f"gguf:{smollm_file}?threads=1&context=512"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout
        child = int(program.stdout.readline())
        program.kill()
    assert has_ended(child)


def has_ended(process: int) -> bool:
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{process}/stat")
        if state.is_file() and ") Z " in state.read_text():  # nobody has collected it yet
            return True
        time.sleep(0.02)
    return False


def header(**values: str | int) -> bytes:
    """Write the beginning of a GGUF file without weights."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    def field(name: str, value: str | int) -> bytes:
        written = struct.pack("<I", 8) + text(value) if isinstance(value, str) else struct.pack("<II", 4, value)
        return text(name.replace("__", ".")) + written

    vocabulary = text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 2) + text("a") + text("b")
    scores = text("tokenizer.ggml.scores") + struct.pack("<IIQff", 9, 6, 2, 0.0, 1.0)
    fields = b"".join(field(name, value) for name, value in values.items())
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(values) + 2) + vocabulary + scores + fields


LLAMA = {"general__architecture": "llama", "llama__context_length": 2048}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "does not start with GGUF"),
        (b"PK\x03\x04 a wheel", "does not start with GGUF"),
        (header(**LLAMA)[:-9], "cut off"),
        (header(**LLAMA), "no chat template. Take an instruct"),
        (header(**LLAMA, tokenizer__chat_template="{{ messages }}"), "cannot be loaded"),
    ],
)
def test_a_file_that_is_no_instruct_model_is_named_with_what_is_wrong(
    tmp_path: Path, content: bytes, said: str
) -> None:
    pytest.importorskip("xllamacpp")
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=re.escape(said)) as caught:
        language_model(f"gguf:{path}")
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?threads=none", "threads=none is no number"),
        ("?context=0", "context=0 is no number"),
        ("?layers=3", "threads=2&context=8192"),
        ("", "There is no file"),
    ],
)
def test_settings_that_are_none_are_named(tmp_path: Path, query: str, said: str) -> None:
    pytest.importorskip("xllamacpp")
    with pytest.raises(ModelError, match=re.escape(said)):
        language_model(f"gguf:{tmp_path / 'absent.gguf'}{query}")


@pytest.mark.parametrize("package", ["xllamacpp", "langchain_openai"])
def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModelError, match=re.escape("pip install 'newscite[local]'")):
        language_model("gguf:model.gguf")
