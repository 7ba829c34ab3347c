"""Brings the catalogues up to the sentences of the code, and compiles them.

`make translations` runs it; the translator fills in what is empty in resources/translations/*.po,
and runs it again.
"""

import ast
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).parents[1]
CATALOGUES: Final = ROOT / "resources" / "translations"
_CATALOGUE: Final = ROOT / "resources" / "catalogue.json"
_PACKAGES: Final = ("engine", "desktop")
_SENTENCES: Final = {"tr": 1, "tr_in": 1, "trn": 2}
"""How many of a function's arguments are looked up."""
_WIDTH: Final = 100


def sentences() -> Catalog:
    """Return every sentence of the code, without translations."""
    found = Catalog(fuzzy=False)
    for path in _sources():
        name = path.relative_to(ROOT).as_posix()
        for line, words in said_in(path):
            found.add(words if len(words) > 1 else words[0], locations=[(name, line)])
    for pair in json.loads(_CATALOGUE.read_text(encoding="utf-8"))["pairs"]:
        found.add(pair["suits"], locations=[(_CATALOGUE.relative_to(ROOT).as_posix(), 1)])
    return found


def updated(path: Path) -> bytes:
    """Return the catalogue at `path` with exactly the sentences of the code."""
    catalogue = read(path)
    # A guess at the translation would look like one; an empty one is seen by the tests.
    catalogue.update(sentences(), no_fuzzy_matching=True, update_creation_date=False)
    text = io.BytesIO()
    write_po(
        text, catalogue, width=_WIDTH, sort_by_file=True, ignore_obsolete=True, include_lineno=False
    )
    return text.getvalue()


def compiled(path: Path) -> bytes:
    """Return what gettext reads, of the catalogue at `path`."""
    binary = io.BytesIO()
    write_mo(binary, read(path))
    return binary.getvalue()


def read(path: Path) -> Catalog:
    """Return the catalogue at `path`; the file is named after its language."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem, abort_invalid=True)


def missing(path: Path) -> list[Message]:
    """Return the messages of the catalogue at `path` that have no translation yet."""
    return [message for message in read(path) if message.id and not _is_whole(message)]


def _is_whole(message: Message) -> bool:
    texts = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return all(texts) and not message.fuzzy


def said_in(path: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the line and the words of every call of `tr` and `trn` in a module."""
    # Babel's own extraction reads tokens: before Python 3.12 it sees nothing inside f-strings.
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            words = [_literal(word) for word in node.args[: _SENTENCES.get(node.func.id, 0)]]
            if words:
                yield node.lineno, tuple(words)


def _literal(node: ast.expr) -> str:
    # A sentence that is put together at run time would be in no catalogue.
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise TypeError(f"no literal in line {node.lineno}: {ast.unparse(node)}")


def _sources() -> Iterator[Path]:
    for package in _PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def main() -> None:
    """Write every catalogue anew, and say what is left to translate."""
    for path in sorted(CATALOGUES.glob("*.po")):
        path.write_bytes(updated(path))
        path.with_suffix(".mo").write_bytes(compiled(path))
        left = missing(path)
        sys.stdout.write(f"{path.name}: {len(left)} sentences have no translation.\n")
        for message in left:
            sys.stdout.write(f"  {message.id}\n")


if __name__ == "__main__":
    main()
