"""Removing what can be made again. Models, conversations and settings lie elsewhere."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from first_run.project import Project

_MADE: Final = (
    *(".venv", "build", "dist", ".coverage", ".hypothesis", ".import_linter_cache"),
    *(".mypy_cache", ".pytest_cache", ".ruff_cache"),
)
_SOURCES: Final = ("engine", "desktop", "resources", "packaging", "tests")


def clean(project: Project) -> list[str]:
    """Remove the environment, build outputs and caches; return their paths in the checkout."""
    found = [path for path in _made_again(project) if path.exists() or path.is_symlink()]
    for path in found:
        _remove(path)
    return [str(path.relative_to(project.root)) for path in found]


def _made_again(project: Project) -> Iterator[Path]:
    yield from (project.root / name for name in _MADE)
    yield from project.root.glob("*.egg-info")
    for folder in _SOURCES:
        yield from (project.root / folder).rglob("__pycache__")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
