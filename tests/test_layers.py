"""Imports point one way (ui → rag → indexes, rag → prompts), and the light rooms stay light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {"indexes": {"indexes"}, "prompts": {"prompts"}, "rag": {"rag", "indexes", "prompts"}}
ROOMS = {
    "sentence_transformers": {"indexes/embeddings.py"},
    "chromadb": {"indexes/vectors.py"},
    "sqlite3": {"indexes/catalog.py", "indexes/database.py"},
    "gradio": {"ui/chat.py"},
}


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in names}


def modules(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_imports_point_one_way(package: str) -> None:
    ours = {"indexes", "rag", "prompts", "ui", "tests"}
    for path in modules(package):
        assert imports(path) & ours <= MAY_IMPORT[package], path


@pytest.mark.parametrize("library", sorted(ROOMS))
def test_what_can_be_replaced_is_named_in_its_own_room(library: str) -> None:
    naming = {str(p.relative_to(ROOT)) for p in modules("indexes", "rag", "prompts", "ui") if library in imports(p)}
    assert naming == ROOMS[library]


@pytest.mark.parametrize("module", ["indexes", "indexes.library", "rag", "ui.cli"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    heavy = "{'torch', 'chromadb', 'gradio', 'sentence_transformers', 'transformers', 'trafilatura', 'dateparser'}"
    code = f"import sys, {module}; print(*sorted({heavy} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []
