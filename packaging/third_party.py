"""`make audit`: the licences of all parts that run with Outrider, and their known weaknesses.

Writes docs/third-party.md from the metadata of what is installed; fails on a licence that nobody
has looked at, and on a weakness that pip-audit knows. That tool asks the network.
"""

import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

LIST: Final = Path(__file__).parents[1] / "docs" / "third-party.md"
MADE_BY: Final = (
    "`make audit` writes this list from the metadata of what is installed with Outrider.\n\n"
)
HEAD: Final = f"""# Parts of other people

{MADE_BY}\
Qt and PySide6 are used under the LGPL, version 3: they are separate libraries, loaded when Outrider
starts, which anybody may replace by a build of their own (`pip install` another PySide6-Essentials,
or put other Qt libraries in their place in the folder `PySide6` of a package). Outrider changes
nothing in them. Their source is where their makers publish it, under the version below; the texts
of the LGPL and the GPL come with them. llama.cpp (MIT) is built as part of llama-cpp-python. The
starter model SmolLM2 135M Instruct is under the Apache licence, version 2.0. The icons are Lucide's
(ISC).

| part | version | licence |
|---|---|---|
"""
FINE: Final = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software|MPL|LGPL|Zlib|0BSD|Unlicense", re.I
)


@dataclass(frozen=True)
class Part:
    """One installed package."""

    name: str
    version: str
    licence: str


def parts(of: str) -> list[Part]:
    """All that `of` needs to run here, directly or not, in order of names."""
    waiting = [Requirement(of)]
    seen: dict[str, Part] = {}
    while waiting:
        requirement = waiting.pop()
        key = requirement.name.lower().replace("_", "-")
        if key in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        try:
            seen[key] = part(key)
        except PackageNotFoundError:  # needed on another system only
            continue
        waiting += [Requirement(text) for text in distribution(key).requires or []]
    return sorted((found for key, found in seen.items() if key != of), key=lambda part: part.name)


def part(name: str) -> Part:
    """One of them. Raises `PackageNotFoundError`."""
    found = distribution(name)
    return Part(name, found.version, _licence(found.metadata.json))


def _licence(metadata: dict[str, str | list[str]]) -> str:
    expression, named = metadata.get("license_expression"), metadata.get("license")
    for text in (expression, named):
        if isinstance(text, str) and text and "\n" not in text:
            return text
    classifiers = [
        line.split(" :: ")[-1]
        for line in metadata.get("classifier", [])
        if line.startswith("License ::")
    ]
    return ", ".join(classifiers) or "unknown"


def write(found: Iterable[Part]) -> None:
    """The list as Markdown."""
    rows = [f"| {part.name} | {part.version} | {part.licence} |\n" for part in found]
    LIST.write_text(HEAD + "".join(rows), encoding="utf-8")


def known_weaknesses() -> int:
    """pip-audit's exit code."""
    return subprocess.run(
        [sys.executable, "-m", "pip_audit", "--skip-editable"], check=False
    ).returncode


def main() -> int:
    """The exit code."""
    found = parts("outrider")
    write(found)
    unknown = [part for part in found if not FINE.search(part.licence)]
    for part in unknown:
        print(f"Look at the licence of {part.name} {part.version}: {part.licence}")
    print(f"{len(found)} parts are listed in {LIST.name}.")
    return known_weaknesses() or int(bool(unknown))


if __name__ == "__main__":
    sys.exit(main())
