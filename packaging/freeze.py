"""`make bundle`: Outrider in one folder, dist/outrider, with all that it needs to run."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from engine.library.starter import is_starter_ready, starter_path
from first_run.project import Project

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "dist" / "outrider"
_SPEC: Final = ROOT / "packaging" / "pyinstaller" / "outrider.spec"
_MEGABYTE: Final = 10**6


def version() -> str:
    """The version in pyproject.toml."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(declared["project"]["version"])


def build() -> None:
    """Freeze both programs anew. Raises `CalledProcessError`, `FileNotFoundError`."""
    if not is_starter_ready():
        raise FileNotFoundError(f"There is no starter model as {starter_path()}.")
    llama = Project(ROOT).release_llama
    if not (llama / "llama_cpp").is_dir():
        raise FileNotFoundError(f"There is no llama.cpp for every CPU in {llama}: make bundle.")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    places = ["--distpath", str(FOLDER.parent), "--workpath", str(ROOT / "build" / "pyinstaller")]
    known = {
        "OUTRIDER_VERSION": version(),
        "OUTRIDER_STARTER": str(starter_path()),
        # Before the environment's own llama.cpp, which is made for this computer alone.
        "PYTHONPATH": str(llama),
    }
    subprocess.run([*command, *places, str(_SPEC)], check=True, env={**os.environ, **known})


def sizes(folder: Path, *, count: int = 8) -> list[tuple[str, int]]:
    """The bytes of `folder` ("."), and of what takes most of it."""
    files = {
        str(path.relative_to(folder)): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
    largest = sorted(files.items(), key=lambda item: -item[1])[:count]
    return [(".", sum(files.values())), *largest]


def main() -> None:
    """Build, and say what takes the room."""
    build()
    for name, size in sizes(FOLDER):
        print(f"{size / _MEGABYTE:8.1f} MB  {name}")


if __name__ == "__main__":
    main()
