"""A machine with little memory and a slow disk, made of this one: a Linux control group.

Page cache counts against the group's memory, so that a model larger than it is read from the disk
again in every pass. Version 1 and version 2 of control groups do the same by other file names.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.control_groups import MOUNTS, Mounts, own_groups
from engine.errors import BadSetting

_BLOCK_DEVICES: Final = Path("/sys/dev/block")
_WHAT_NOW: Final = "Leave --memory and --disk out to use all of this machine."


@dataclass(frozen=True)
class Limits:
    """What this process may have; None is no limit."""

    memory: int | None = None
    """Bytes, page cache included."""
    disk: int | None = None
    """Bytes read per second."""


@dataclass(frozen=True)
class _Group:
    """A folder of our own below the kernel's, and what is written into it."""

    parent: Path
    settings: tuple[tuple[str, str], ...]

    @property
    def folder(self) -> Path:
        return self.parent / f"outrider-{os.getpid()}"


@contextmanager
def limited(limits: Limits, files: Sequence[Path], mounts: Mounts = MOUNTS) -> Iterator[None]:
    """Run under `limits`, with none of `files` in the page cache; afterwards as before.

    Raises `BadSetting` with what is missing here: Linux, root, or the kernel's controllers.
    """
    _require_linux_and_root()
    with ExitStack() as undo:
        try:
            for group in _groups(limits, files, mounts.root):
                undo.callback(_leave, group.folder, _group_before(group.parent, mounts))
                _enter(group)
            for file in files:
                _drop_from_page_cache(file)
        except OSError as error:
            raise BadSetting(
                "The system does not let this process limit itself.",
                hint=_WHAT_NOW,
                detail=str(error),
            ) from error
        yield


def _require_linux_and_root() -> None:
    if sys.platform != "linux":
        raise BadSetting("Limits for memory and disk need Linux.", hint=_WHAT_NOW)
    if os.geteuid() != 0:
        raise BadSetting(
            "Limits for memory and disk need root.", hint=f"Run this with sudo. {_WHAT_NOW}"
        )


def _groups(limits: Limits, files: Sequence[Path], root: Path) -> list[_Group]:
    disks = sorted({_disk_of(file) for file in files}) if limits.disk else []
    if (root / "cgroup.controllers").exists():
        return [_unified(limits, disks, root)]
    groups = []
    if limits.memory:
        groups.append(
            _Group(_controller(root, "memory"), (("memory.limit_in_bytes", str(limits.memory)),))
        )
    if disks:
        throttles = (("blkio.throttle.read_bps_device", f"{disk} {limits.disk}") for disk in disks)
        groups.append(_Group(_controller(root, "blkio"), tuple(throttles)))
    return groups


def _controller(root: Path, name: str) -> Path:
    if not (root / name).is_dir():
        raise _not_offered(name)
    return root / name


def _unified(limits: Limits, disks: Sequence[str], root: Path) -> _Group:
    """Version 2: one group for both; children of the root get the controllers it hands on."""
    settings = [("memory.max", str(limits.memory))] if limits.memory else []
    settings += [("io.max", f"{disk} rbps={limits.disk}") for disk in disks]
    offered = (root / "cgroup.controllers").read_text().split()
    for name in {setting.partition(".")[0] for setting, _ in settings}:
        if name not in offered:
            raise _not_offered(name)
        (root / "cgroup.subtree_control").write_text(f"+{name}")
    return _Group(root, tuple(settings))


def _not_offered(controller: str) -> BadSetting:
    return BadSetting(f"This kernel offers no control groups for {controller}.", hint=_WHAT_NOW)


def _enter(group: _Group) -> None:
    group.folder.mkdir()
    for name, value in group.settings:
        (group.folder / name).write_text(value)
    (group.folder / "cgroup.procs").write_text("0")  # the writer itself


def _leave(folder: Path, before: Path) -> None:
    """Go back; a group that is not left, or not removed, hurts nobody."""
    with suppress(OSError):
        (before / "cgroup.procs").write_text("0")
        folder.rmdir()


def _group_before(parent: Path, mounts: Mounts) -> Path:
    """Where this process is below `parent`, a controller's folder or version 2's.

    A container may not see the group that it is in: there its top is the way out.
    """
    for group in own_groups(parent.name, mounts):
        if group.mount == parent and group.folder.is_dir():
            return group.folder
    return parent


def _disk_of(file: Path) -> str:
    """The whole disk that holds the file, as "major:minor": partitions cannot be slowed down."""
    device = file.stat().st_dev
    folder = _BLOCK_DEVICES / f"{os.major(device)}:{os.minor(device)}"
    if not folder.exists():
        raise BadSetting(
            f"{file.name} is on no disk that can be slowed down.",
            hint="Leave --disk out, or move the file to a local disk.",
        )
    folder = folder.resolve()
    disk = folder.parent if (folder / "partition").exists() else folder
    return (disk / "dev").read_text().strip()


def _drop_from_page_cache(file: Path) -> None:
    """Pages that another group was charged for would cost ours nothing."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fdatasync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)
