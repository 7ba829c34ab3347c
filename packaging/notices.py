"""What the frozen folder holds of other people, with the texts of their licences.

Nothing is frozen of which nobody can say where it comes from: a system library has to belong to a
Debian package, which names its licences.
"""

import json
import platform
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

import third_party
from engine.library.starter import STARTER

ROOT: Final = Path(__file__).parents[1]
TEXTS: Final = ROOT / "packaging" / "licences"
"""Texts that do not come with what they are about."""
FOLDER: Final = "licences"
"""In the frozen folder, beside the libraries."""
LISTED: Final = ROOT / "build" / "parts.json"
"""What the last freeze held, for the bill of materials."""
_QT: Final = ("LGPL-3.0.txt", "GPL-3.0.txt")
_OF_PACKAGE: Final = {"pyside6-essentials": _QT, "shiboken6": _QT}
_LICENCE_WORDS: Final = ("licen", "copying", "notice", "author")


@dataclass(frozen=True)
class Shipped:
    """One part. `texts` are names in its folder of licences -> the files here."""

    name: str
    version: str
    licence: str
    origin: str
    """Where its name and version mean something: "pypi", "deb" or "generic"."""
    texts: Mapping[str, Path]


def shipped(libraries: Iterable[Path]) -> list[Shipped]:
    """All parts of a frozen folder with these libraries of the system. Raises `LookupError`."""
    parts = [*third_party.parts("outrider"), third_party.part("pyinstaller")]
    return [*map(_package, parts), *_by_hand(), *system_packages(libraries)]


def system_libraries(sources: Iterable[str]) -> list[Path]:
    """Of all files that go into the folder, those that come from neither Python nor a package."""
    ours = {Path(sys.prefix), Path(sys.base_prefix), ROOT}
    files = (Path(source).resolve() for source in sources)
    return sorted({file for file in files if not any(map(file.is_relative_to, ours))})


def write(parts: Sequence[Shipped]) -> list[tuple[str, Path]]:
    """List them for people and for the bill of materials; what to pack: (there, here)."""
    LISTED.parent.mkdir(exist_ok=True)
    index = LISTED.with_name("README.md")
    index.write_text(_index(parts), encoding="utf-8")
    listed = [asdict(part) | {"texts": sorted(part.texts)} for part in parts]
    LISTED.write_text(json.dumps(listed, indent=1), encoding="utf-8")
    return [
        (f"{FOLDER}/README.md", index),
        *(
            (f"{FOLDER}/{part.name}/{name}", file)
            for part in parts
            for name, file in part.texts.items()
        ),
    ]


def _package(part: third_party.Part) -> Shipped:
    texts = {name: TEXTS / name for name in _OF_PACKAGE.get(part.name, ())}
    for file in distribution(part.name).files or ():
        inside = [*file.parts]
        if inside[0].endswith(".dist-info") and _is_licence(file.name):
            kept = [folder for folder in inside[1:] if folder != "licenses"]
            texts["/".join(kept)] = Path(str(file.locate()))
    return Shipped(part.name, part.version, part.licence, "pypi", texts)


def _is_licence(name: str) -> bool:
    return any(word in name.lower() for word in _LICENCE_WORDS)


def _by_hand() -> list[Shipped]:
    """What is no package of Python's, and of no system."""
    python = Path(sysconfig.get_path("stdlib"), "LICENSE.txt")
    llama = distribution("llama-cpp-python").version
    inside = f"as in llama-cpp-python {llama}"
    return [
        Shipped(
            *("python", platform.python_version(), "PSF-2.0", "generic"),
            {"LICENSE.txt": python} if python.is_file() else {},
        ),
        Shipped(*("llama.cpp", inside, "MIT", "generic"), {"LICENSE": TEXTS / "llama.cpp.txt"}),
        Shipped(
            *(STARTER.name, STARTER.sha256, STARTER.licence, "generic"),
            {"LICENSE": ROOT / "LICENSE"},
        ),
    ]


def system_packages(libraries: Iterable[Path]) -> list[Shipped]:
    """The Debian packages that these files belong to. Raises `LookupError` for one of none."""
    names = sorted({_owner(library) for library in libraries})
    return [_system_package(name) for name in names]


def _owner(library: Path) -> str:
    # A package may name a file as it was before /lib became a link to /usr/lib.
    before = Path("/", *library.parts[2:]) if library.is_relative_to("/usr") else library
    for path in (library, before):
        asked = ["dpkg-query", "--search", str(path)]
        found = subprocess.run(asked, capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return found.stdout.split(":", 1)[0]
    raise LookupError(f"{library} would be packed, and no Debian package has it.")


def _system_package(name: str) -> Shipped:
    asked = ["dpkg-query", "--show", "--showformat=${Version}\n", name]
    found = subprocess.run(asked, capture_output=True, text=True, check=True)
    text = Path("/usr/share/doc", name, "copyright")
    texts = {"copyright": text} if text.is_file() else {}
    return Shipped(name, found.stdout.split()[0], "see its copyright file", "deb", texts)


def _index(parts: Iterable[Shipped]) -> str:
    rows = [f"| {part.name} | {part.version} | {part.licence} |\n" for part in parts]
    return third_party.HEAD.replace(third_party.MADE_BY, "") + "".join(rows)
