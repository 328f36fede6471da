"""What a stranger gets from `pip install`: the wheel works in an environment of its own, samples included."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    return next(folder.glob("newscite-*.whl"))


def test_the_wheel_holds_the_packages_and_never_the_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"indexes", "rag", "prompts", "ui"}
    assert {"py.typed"} == {Path(name).name for name in names if name.endswith("py.typed")}
    assert any(name.startswith("indexes/samples/") and name.endswith(".txt") for name in names)
    assert {"ui/templates/article.html", "ui/static/chat.js", "ui/static/icon.svg"} <= set(names)


@pytest.mark.slow
def test_its_command_answers_from_the_samples_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True, capture_output=True)
    # The dependencies (2 GB) are lent by this environment: a path file names the folder, not the editable project.
    lent = Path(sysconfig.get_path("purelib"))
    own = next((environment / "lib").glob("python*/site-packages"))
    (own / "dependencies.pth").write_text(f"{lent}\n", encoding="utf-8")

    def newscite(*words: str) -> str:
        command = [environment / "bin" / "newscite", "--home", tmp_path / "library", *words]
        return subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    assert "added" in newscite("add", "--samples")
    assert "Charles Hecker" in newscite("ask", "why does Hecker doubt a split?")
