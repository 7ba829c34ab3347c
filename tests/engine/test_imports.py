"""What may be imported from where, and what is cheap to import."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ENGINE = Path(__file__).parents[2] / "engine"
CHEAP = ("engine.errors", "engine.config", "engine.events", "engine.cancel", "engine.paths")


def imported_packages(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def test_only_one_folder_knows_llama_cpp() -> None:
    modules = list(ENGINE.rglob("*.py"))
    assert len(modules) > 40
    users = [path for path in modules if "llama_cpp" in imported_packages(path)]
    assert {path.parent for path in users} == {ENGINE / "llama"}


@pytest.mark.parametrize("heavy", ["llama_cpp", "numpy"])
def test_errors_and_settings_load_nothing_heavy(heavy: str) -> None:
    code = f"import sys, {', '.join(CHEAP)}; sys.exit({heavy!r} in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ENGINE.parent)
