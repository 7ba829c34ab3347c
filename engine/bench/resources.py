"""What a run uses besides time: memory, page cache, energy. All is read between rounds."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from engine.bench.record import Resources
from engine.control_groups import MOUNTS, ControlGroup, Mounts, own_groups

_POWERCAP: Final = Path("/sys/class/powercap")


class ResourceMeter:
    """Peaks and energy from its creation on, as of the latest `read`."""

    def __init__(self, *, mounts: Mounts = MOUNTS, powercap: Path = _POWERCAP) -> None:
        self._process = psutil.Process()
        self._own = 0
        self._page_cache: int | None = None
        self._group = _telling_group(mounts)
        self._energy = [
            counter for domain in powercap.glob("intel-rapl:*") for counter in _counters(domain)
        ]
        self.read()

    def read(self) -> None:
        """Look at everything once more."""
        memory = self._process.memory_info()
        # Linux counts mapped files as resident; other systems do not tell them apart.
        self._own = max(self._own, memory.rss - getattr(memory, "shared", 0))
        if self._group is not None and (now := _page_cache(self._group)) is not None:
            self._page_cache = max(self._page_cache or 0, now)
        for counter in self._energy:
            counter.read()

    @property
    def resources(self) -> Resources:
        """What was used so far."""
        joules = sum(counter.joules for counter in self._energy) if self._energy else None
        return Resources(self._own, self._page_cache, joules)


@dataclass
class _EnergyCounter:
    """One processor package's counter, which starts again from 0 at its range."""

    file: Path
    range: int
    last: int
    joules: float = 0.0

    def read(self) -> None:
        with suppress(OSError, ValueError):
            now = int(self.file.read_text())
            self.joules += (now - self.last) % self.range / 1e6
            self.last = now


def _counters(domain: Path) -> Iterator[_EnergyCounter]:
    """The counter of a whole package; none for its parts, or where reading is not allowed."""
    with suppress(OSError, ValueError):
        if (domain / "name").read_text().startswith("package"):
            file = domain / "energy_uj"
            largest = int((domain / "max_energy_range_uj").read_text())
            yield _EnergyCounter(file, largest + 1, int(file.read_text()))


def _telling_group(mounts: Mounts) -> ControlGroup | None:
    """Our own control group that tells of its memory; None for the whole system's."""
    for group in own_groups("memory", mounts):
        if group.path != Path() and group.text("memory.stat"):
            return group
    return None


def _page_cache(group: ControlGroup) -> int | None:
    """Bytes of cached files."""
    return group.memory_statistic("file" if group.unified else "cache")
