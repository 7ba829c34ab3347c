"""Memory, page cache and energy, from files as Linux writes them."""

from pathlib import Path

import pytest

from engine.bench.resources import ResourceMeter
from engine.control_groups import Mounts


class System:
    """The files of a made-up Linux."""

    def __init__(self, root: Path) -> None:
        self.memberships = root / "cgroup"
        self.cgroups = root / "cgroups"
        self.powercap = root / "powercap"

    def group(self, line: str, folder: str, statistics: str) -> None:
        self.memberships.write_text(line)
        (self.cgroups / folder).mkdir(parents=True, exist_ok=True)
        (self.cgroups / folder / "memory.stat").write_text(statistics)

    def energy(self, domain: str, name: str, microjoules: int, largest: int = 999_999) -> None:
        folder = self.powercap / domain
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "name").write_text(f"{name}\n")
        (folder / "energy_uj").write_text(f"{microjoules}\n")
        (folder / "max_energy_range_uj").write_text(f"{largest}\n")

    def meter(self) -> ResourceMeter:
        mounts = Mounts(self.memberships, self.cgroups)
        return ResourceMeter(mounts=mounts, powercap=self.powercap)


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


def test_a_machine_that_tells_nothing_still_tells_our_own_memory(system: System) -> None:
    used = system.meter().resources
    assert used.own_bytes > 1 << 20
    assert (used.page_cache_bytes, used.joules) == (None, None)


def test_own_memory_is_the_largest_that_was_seen(system: System) -> None:
    meter = system.meter()
    before = meter.resources.own_bytes
    block = bytearray(64 << 20)
    meter.read()
    assert meter.resources.own_bytes >= before + len(block) // 2
    peak = meter.resources.own_bytes
    del block
    meter.read()
    assert meter.resources.own_bytes == peak


@pytest.mark.parametrize(
    ("line", "folder", "name"),
    [
        ("4:memory:/mine\n2:cpu:/\n", "memory/mine", "cache"),
        ("0::/mine/inner\n", "mine/inner", "file"),
    ],
)
def test_page_cache_is_the_peak_of_our_own_group(
    system: System, line: str, folder: str, name: str
) -> None:
    system.group(line, folder, f"anon 5\n{name} 700\n")
    meter = system.meter()
    system.group(line, folder, f"anon 5\n{name} 900\n")
    meter.read()
    system.group(line, folder, f"anon 5\n{name} 100\n")
    meter.read()
    assert meter.resources.page_cache_bytes == 900


def test_the_page_cache_of_the_whole_system_is_not_ours(system: System) -> None:
    system.group("4:memory:/\n", "memory", "cache 700\n")
    assert system.meter().resources.page_cache_bytes is None


def test_energy_adds_up_over_packages_and_over_a_counter_that_starts_again(
    system: System,
) -> None:
    system.energy("intel-rapl:0", "package-0", 900_000)
    system.energy("intel-rapl:1", "package-1", 0)
    system.energy("intel-rapl:0:0", "core", 0)
    meter = system.meter()
    system.energy("intel-rapl:0", "package-0", 400_000)
    system.energy("intel-rapl:1", "package-1", 250_000)
    system.energy("intel-rapl:0:0", "core", 500_000)
    meter.read()
    assert meter.resources.joules == pytest.approx(0.5 + 0.25)


def test_counters_that_may_not_be_read_count_as_none(system: System) -> None:
    system.energy("intel-rapl:0", "package-0", 0)
    (system.powercap / "intel-rapl:0" / "energy_uj").unlink()
    assert system.meter().resources.joules is None
