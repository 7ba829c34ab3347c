"""`make deb`, `make rpm`, `make tar`: the frozen folder as a package of that kind, in dist/."""

import argparse
import hashlib
import os
import platform
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path
from subprocess import PIPE
from typing import IO, Final, cast

sys.path.insert(0, str(Path(__file__).parents[1]))

from freeze import FOLDER, ROOT, build, version

_ARCHITECTURES: Final = {"x86_64": "amd64", "aarch64": "arm64"}
"""`platform.machine()` -> nfpm's word, which it translates for each kind of package."""
COMPRESS: Final = ("xz", "--threads=0", "-6", "--stdout")
"""Python's own xz has one thread, which takes minutes here."""
_DESKTOP_FILES: Final = Path(__file__).parent


def pack(kind: str) -> Path:
    """Pack dist/outrider; return the package. Raises `CalledProcessError`, `OSError`."""
    if kind == "tar":
        return _pack_tar()
    icons = [sys.executable, str(_DESKTOP_FILES / "icons.py"), str(ROOT / "build" / "icons")]
    subprocess.run(icons, check=True)
    package = FOLDER.parent / f"outrider-{version()}-{platform.machine()}.{kind}"
    settings = {
        "OUTRIDER_VERSION": version(),
        "OUTRIDER_ARCH": _ARCHITECTURES[platform.machine()],
    }
    nfpm = str(Path(sysconfig.get_path("scripts")) / "nfpm")
    wanted = ["--config", "packaging/linux/nfpm.yaml", "--packager", kind, "--target", str(package)]
    environment = {**os.environ, **settings}
    subprocess.run([nfpm, "package", *wanted], check=True, cwd=ROOT, env=environment)
    return package


def sum_line(package: Path) -> str:
    """The package's line in a file of SHA-256 sums."""
    with package.open("rb") as file:
        return f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {package.name}"


def _pack_tar() -> Path:
    name = f"outrider-{version()}-linux-{platform.machine()}"
    package = FOLDER.parent / f"{name}.tar.xz"
    with package.open("wb") as file, subprocess.Popen(COMPRESS, stdin=PIPE, stdout=file) as xz:
        with tarfile.open(fileobj=cast("IO[bytes]", xz.stdin), mode="w|") as archive:
            archive.add(FOLDER, name, filter=_owned_by_nobody_here)
        cast("IO[bytes]", xz.stdin).close()
    if xz.returncode:
        raise subprocess.CalledProcessError(xz.returncode, COMPRESS)
    return package


def _owned_by_nobody_here(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def main() -> None:
    """Freeze and pack; print the package's sum and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("deb", "rpm", "tar"))
    parser.add_argument("--keep", action="store_true", help="pack dist/outrider as it is")
    args = parser.parse_args()
    if not args.keep:
        build()
    package = pack(args.kind)
    print(f"{sum_line(package)}  {package.stat().st_size / 10**6:.1f} MB")


if __name__ == "__main__":
    main()
