"""Writes the index at the end of docs/structure.md: each module with the first line it says of
itself. `make format` runs it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
DOCUMENT: Final = ROOT / "docs" / "structure.md"
MARK: Final = "<!-- From here on written by packaging/module_index.py: `make format`. -->\n"
_PACKAGES: Final = ("engine", "desktop", "resources")


def index() -> str:
    """Return the index as Markdown: a section for each package, a line for each module."""
    folders = [folder for name in _PACKAGES for folder in _packages_in(ROOT / name)]
    return "\n".join(line for folder in folders for line in _section(folder))


def indexed(document: str) -> str:
    """Return the document with everything after the mark replaced by the index."""
    return f"{document.split(MARK, maxsplit=1)[0]}{MARK}{index()}"


def _packages_in(folder: Path) -> Iterator[Path]:
    return (init.parent for init in sorted(folder.rglob("__init__.py")))


def _section(folder: Path) -> Iterator[str]:
    yield f"\n### `{folder.relative_to(ROOT).as_posix()}/`\n"
    yield f"{_summary(folder / '__init__.py')}\n"
    for module in sorted(folder.glob("*.py")):
        if module.name != "__init__.py":
            yield f"- `{module.name}`: {_summary(module)}"


def _summary(module: Path) -> str:
    docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]


if __name__ == "__main__":
    DOCUMENT.write_text(indexed(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
