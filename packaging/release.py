"""`make release`: all that is published of a version, in dist/release.

Refuses while version, changelog, metainfo and checkout do not agree, unless it gets `--draft`.
docs/release.md has the whole procedure.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from defusedxml import ElementTree

sys.path.insert(0, str(Path(__file__).parent))

import sbom
from freeze import ROOT, build, version
from linux.pack import pack, sum_line

FOLDER: Final = ROOT / "dist" / "release"
LATEST: Final = "latest-version"
"""The file that a running Outrider compares with, when somebody asks it to."""
_METAINFO: Final = "packaging/linux/app.outrider.Outrider.metainfo.xml"
_ADDRESSES: Final = "resources/releases.json"
_HEADING: Final = re.compile(r"^## \[(?P<version>[^]]+)\] - (?P<date>.+)$", re.MULTILINE)


def faults(root: Path, declared: str) -> Iterator[str]:
    """Why the checkout at `root` cannot be published as version `declared`."""
    newest = _HEADING.search((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    if newest is None or newest["version"] != declared:
        yield f"The first heading of CHANGELOG.md is not version {declared}."
        return
    if not _is_date(newest["date"]):
        yield f"CHANGELOG.md has no date for version {declared}, but {newest['date']!r}."
    release = _newest_release(root)
    addresses = json.loads((root / _ADDRESSES).read_text(encoding="utf-8"))
    if not all(address.startswith("https://") for address in addresses.values()):
        yield f"{_ADDRESSES} does not say where versions are published."
    if release.get("version") != declared or release.get("date") != newest["date"]:
        yield f"The newest release of {Path(_METAINFO).name} is not that of CHANGELOG.md."


def uncommitted(root: Path) -> Iterator[str]:
    """What lies in the checkout and is in no commit."""
    asked = ["git", "-C", str(root), "status", "--porcelain"]
    printed = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    for line in printed.splitlines():
        yield f"Not committed: {line[3:]}"


def notes(root: Path) -> str:
    """What the changelog says of its newest version."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    newest, *older = _HEADING.finditer(text)
    return text[newest.start() : older[0].start() if older else None].strip() + "\n"


def make() -> list[Path]:
    """Freeze, pack and describe; the files. Raises `CalledProcessError`, `OSError`."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    build()
    for kind in ("deb", "rpm", "tar"):
        shutil.copy2(pack(kind), FOLDER)
    wheel = [sys.executable, "-m", "hatchling", "build", "-d", str(FOLDER)]
    subprocess.run(wheel, check=True, cwd=ROOT)
    sbom.write(FOLDER / f"outrider-{version()}.cdx.json", version())
    (FOLDER / "notes.md").write_text(notes(ROOT), encoding="utf-8")
    (FOLDER / LATEST).write_text(f"{version()}\n", encoding="utf-8")
    files = sorted(FOLDER.iterdir())
    lines = "".join(f"{sum_line(file)}\n" for file in files)
    (FOLDER / "SHA256SUMS").write_text(lines, encoding="utf-8")
    return files


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _newest_release(root: Path) -> Element:
    document = ElementTree.parse(root / _METAINFO).getroot()
    found = document.find("releases/release") if document is not None else None
    return Element("release") if found is None else found


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draft", action="store_true", help="also where something does not agree")
    args = parser.parse_args()
    found = [*faults(ROOT, version()), *uncommitted(ROOT)]
    for fault in found:
        print(fault)
    if found and not args.draft:
        print("Nothing was made. make release ARGS=--draft goes on all the same.")
        return 1
    for file in make():
        print(f"{file.stat().st_size / 10**6:8.1f} MB  {file.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
