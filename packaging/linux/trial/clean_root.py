"""A Debian 12 without Python, in a folder: packages are tried in it. Needs root and debootstrap."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SUITE: Final = "bookworm"
PERSON: Final = "person"
HOME: Final = Path("/home", PERSON)
_PATH: Final = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
_DISPLAYS: Final = Path("tmp/.X11-unix")
_SEEN: Final = ("proc", str(_DISPLAYS))
"""Folders of this computer that can be seen in there: programs find themselves, and the display."""


class CleanRoot:
    """The folder, and what is run in it. Times out rather than hang."""

    def __init__(self, folder: Path, display: str) -> None:
        self.folder = folder
        self._display = display

    def path(self, inside: Path) -> Path:
        """Where a path of in there lies out here."""
        return self.folder / inside.relative_to("/")

    def as_root(self, *command: str, seconds: float = 300) -> str:
        """Run it with a network; what it printed. Raises `CalledProcessError`."""
        proxies = {name: value for name, value in os.environ.items() if name.endswith("_proxy")}
        environment = {"PATH": _PATH, "DEBIAN_FRONTEND": "noninteractive", **proxies}
        return _output(["chroot", str(self.folder), *command], environment, seconds)

    def as_person(
        self,
        *command: str,
        folder: Path = HOME,
        also: Mapping[str, str] | None = None,
        seconds: float = 180,
    ) -> str:
        """Run it as somebody at a desktop would; what it printed. Raises `CalledProcessError`."""
        with self.started(*command, folder=folder, also=also) as process:
            try:
                printed, complaints = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command, printed, complaints)
        return printed

    @contextmanager
    def started(
        self, *command: str, folder: Path = HOME, also: Mapping[str, str] | None = None
    ) -> Iterator[subprocess.Popen[str]]:
        """The same while it runs; ended afterwards."""
        given = {"HOME": str(HOME), "PATH": _PATH, "DISPLAY": self._display, "LANG": "C.UTF-8"}
        there = ["sh", "-c", 'cd "$0" && exec "$@"', str(folder), *command]
        with subprocess.Popen(
            ["chroot", f"--userspec={PERSON}", str(self.folder), *there],
            env={**given, **(also or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()


@contextmanager
def clean_root(folder: Path, display: str) -> Iterator[CleanRoot]:
    """A fresh one as `folder`/root. What Debian itself brings is fetched once, to `folder`/base."""
    base, root = folder / "base", folder / "root"
    if not (base / "usr/bin/dpkg").is_file():
        _fetch(base)
    _remove(root)
    _do("cp", "-a", "--reflink=auto", str(base), str(root))
    for name in _SEEN:
        (root / name).mkdir(mode=0o777, exist_ok=True)
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    clean = CleanRoot(root, display)
    clean.as_root("useradd", "--create-home", PERSON)
    for name in _SEEN:
        _do("mount", "--bind", f"/{name}", str(root / name))
    try:
        yield clean
    finally:
        for name in _SEEN:
            _do("umount", "--lazy", str(root / name))


def in_own_mounts() -> None:
    """Start this program again where no mount is seen from outside, or outlives it."""
    if "OUTRIDER_OWN_MOUNTS" in os.environ:
        return
    os.environ["OUTRIDER_OWN_MOUNTS"] = "yes"
    os.execvp("unshare", ["unshare", "--mount", sys.executable, *sys.argv])  # noqa: S606


def _fetch(base: Path) -> None:
    asked = ["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)", "Created-By: Packages"]
    sites = [line.split() for line in _output(asked, dict(os.environ), 60).splitlines()]
    (site, *_) = [site for site, release in sites if release == SUITE]
    print(f"Fetching Debian 12 to {base}, once.", flush=True)
    _do("debootstrap", "--variant=minbase", SUITE, str(base), site)


def _remove(root: Path) -> None:
    """Of an earlier trial. Nothing of this computer may still be seen in it."""
    if any((root / name).is_mount() for name in _SEEN):
        raise RuntimeError(f"Something is still mounted in {root}.")
    shutil.rmtree(root, ignore_errors=True)


def _do(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _output(command: Sequence[str], environment: Mapping[str, str], seconds: float) -> str:
    return subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        env=environment,
        timeout=seconds,
        stdin=subprocess.DEVNULL,
    ).stdout
