"""What a GGUF file says of itself, read from its header: no model is loaded.

The layout is llama.cpp's: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

MAGIC = b"GGUF"
NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
TEXT, LIST = 8, 9
Value = int | float | str | None


@dataclass(frozen=True, slots=True)
class Header:
    """The single values of a file's header; lists, such as the vocabulary, are left out."""

    values: dict[str, Value]

    @property
    def trained_context(self) -> int | None:
        """How many tokens the model was trained to read at once."""
        found = self.values.get(f"{self.values.get('general.architecture')}.context_length")
        return found if isinstance(found, int) else None

    @property
    def has_chat_template(self) -> bool:
        """Whether the model was taught to hold a conversation."""
        return bool(self.values.get("tokenizer.chat_template"))


def read_header(path: Path) -> Header:
    """Read the header of a GGUF file; ValueError where it is none."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise ValueError("it does not start with GGUF")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            try:
                return Header(dict(_Cursor(data, len(MAGIC)).pairs()))
            except (struct.error, KeyError, UnicodeDecodeError, OverflowError, IndexError) as error:
                raise ValueError("its header is cut off or damaged") from error


class _Cursor:
    """Reads one value after the other."""

    def __init__(self, data: mmap.mmap, at: int) -> None:
        self._data = data
        self._at = at

    def pairs(self) -> list[tuple[str, Value]]:
        self._number("I")  # the version of the format
        self._number("Q")  # how many tensors follow
        count = self._number("Q")
        return [(self._text(), self._value(self._number("I"))) for _ in range(int(count))]

    def _value(self, kind: int) -> Value:
        if kind == TEXT:
            return self._text()
        if kind == LIST:
            self._skip_list()
            return None
        return self._number(NUMBERS[kind])

    def _skip_list(self) -> None:
        kind, length = self._number("I"), self._number("Q")
        if kind in NUMBERS:
            self._at += length * struct.calcsize(f"<{NUMBERS[kind]}")
            return
        for _ in range(length):
            self._value(kind)

    def _text(self) -> str:
        length = self._number("Q")
        start, self._at = self._at, self._at + length
        if self._at > len(self._data):
            raise IndexError(self._at)
        return self._data[start : self._at].decode("utf-8")

    def _number(self, code: str) -> int:
        value, *_ = struct.unpack_from(f"<{code}", self._data, self._at)
        self._at += struct.calcsize(f"<{code}")
        return value  # type: ignore[no-any-return]  # an int for every code that is counted with
