"""What can go wrong, in one tree. Every error says what happened, to which file, and what to do next.

NewsciteError
├── ReadError        a file could not be read as an article
├── LibraryError     the library could not be opened or written
│   ├── BusyError       another process is writing
│   └── MismatchError   the index was made by another model or format version
├── AccessError      the server has no clear rule about who may come in
├── QuestionError    a question that cannot be asked: empty, too long
└── ModelError       the language model cannot be used: unknown, not installed, no key
    └── ModelUnavailable   it was asked and did not answer: refused, timed out, broke off
"""


class NewsciteError(Exception):
    """Base of all errors that are meant for the user: `str(error)` is one clear line."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(f"{what} {hint}".strip())
        self.what = what
        self.hint = hint


class ReadError(NewsciteError):
    """A file could not be read as an article."""


class LibraryError(NewsciteError):
    """The library could not be opened or written."""


class BusyError(LibraryError):
    """Another process is writing to this library and did not finish in time."""


class MismatchError(LibraryError):
    """The index was made by another embedding model or format version; `newscite rebuild` mends it."""


class AccessError(NewsciteError):
    """The server does not start: nothing says clearly who may come in. The hint says what to add."""


class QuestionError(NewsciteError):
    """The question cannot be asked: empty, too long, or with a date that is none."""


class ModelError(NewsciteError):
    """The language model cannot be used: its name is unknown, its package is not installed, its key is missing."""


class ModelUnavailable(ModelError):
    """The language model was asked and did not answer: it refused, timed out, or broke off."""
