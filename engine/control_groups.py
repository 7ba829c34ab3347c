"""Linux control groups that this process is in: memory and processors may be limited there."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

_MEMBERSHIPS: Final = Path("/proc/self/cgroup")
_ROOT: Final = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Mounts:
    """Where the system tells of control groups."""

    memberships: Path = _MEMBERSHIPS
    root: Path = _ROOT


MOUNTS: Final = Mounts()


@dataclass(frozen=True)
class ControlGroup:
    """One group, as far as its folder can be seen: a container sees its own as the top one."""

    mount: Path
    """The folder of the top group."""
    path: Path
    """From there to this group; `Path()` is the top group."""
    unified: bool
    """Version 2, where one group has all controllers."""

    @property
    def folder(self) -> Path:
        """The folder with its files."""
        return self.mount / self.path

    def upwards(self) -> "Iterator[ControlGroup]":
        """This group and all above it: a limit holds for all groups below it."""
        return (replace(self, path=path) for path in [self.path, *self.path.parents])

    def text(self, name: str) -> str:
        """One of its files; "" where there is none, or not for us."""
        try:
            return (self.folder / name).read_text()
        except (OSError, ValueError):
            return ""

    def memory_statistic(self, name: str) -> int | None:
        """One figure of its memory, bytes; None where that is not told."""
        for line in self.text("memory.stat").splitlines():
            key, _, number = line.partition(" ")
            if key == name and number.isdecimal():
                return int(number)
        return None


def own_groups(controller: str, mounts: Mounts = MOUNTS) -> Iterator[ControlGroup]:
    """The groups of this process that `controller` may limit; none where the system has none."""
    with contextlib.suppress(OSError, ValueError):
        for line in mounts.memberships.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            unified = controllers == ""
            if unified or controller in controllers.split(","):
                mount = mounts.root if unified else mounts.root / controller
                yield ControlGroup(mount, Path(path.lstrip("/")), unified)
