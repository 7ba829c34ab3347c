"""Cores and memory that a process may use; control groups as files in a folder."""

from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from engine.control_groups import Mounts
from engine.machine import available_memory, memory_limit, usable_cores

FREE = 8 << 30
UNLIMITED_V1 = "9223372036854771712\n"


@pytest.fixture(autouse=True)
def free_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        psutil, "virtual_memory", lambda: SimpleNamespace(available=FREE, total=2 * FREE)
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "cgroup"


def limit(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def mounts_of(root: Path, *lines: str) -> Mounts:
    """Where a process with these control groups reads of them."""
    memberships = root.parent / "memberships"
    memberships.write_text("".join(f"{line}\n" for line in lines))
    return Mounts(memberships, root)


def member_of(root: Path, *lines: str) -> int:
    """The available memory of a process with these control groups."""
    return available_memory(mounts_of(root, *lines))


def test_without_control_groups_it_is_the_systems(tmp_path: Path) -> None:
    assert available_memory(Mounts(tmp_path / "none", tmp_path)) == FREE


@pytest.mark.parametrize("group", ["/", "/user.slice/chat.scope"])
def test_a_limit_of_version_2(root: Path, group: str) -> None:
    limit(root / group.lstrip("/") / "memory.max", "1073741824\n")
    assert member_of(root, f"0::{group}") == 1 << 30


@pytest.mark.parametrize("controllers", ["memory", "cpuset,memory", "memory,hugetlb"])
def test_a_limit_of_version_1(root: Path, controllers: str) -> None:
    limit(root / "memory" / "docker" / "ab12" / "memory.limit_in_bytes", "536870912\n")
    assert member_of(root, f"7:{controllers}:/docker/ab12", "0::/docker/ab12") == 512 << 20


@pytest.mark.parametrize("text", ["max\n", "", "no number", str(FREE * 2)])
def test_no_limit_or_one_above_what_is_free_is_the_systems(root: Path, text: str) -> None:
    limit(root / "chat" / "memory.max", text)
    assert member_of(root, "0::/chat") == FREE


def test_version_1_without_a_limit_has_a_number_that_says_so(root: Path) -> None:
    limit(root / "memory" / "memory.limit_in_bytes", UNLIMITED_V1)
    assert member_of(root, "4:memory:/") == FREE


def test_the_smallest_limit_counts(root: Path) -> None:
    limit(root / "memory" / "a" / "memory.limit_in_bytes", "3000000")
    limit(root / "b" / "memory.max", "2000000")
    assert member_of(root, "9:name=systemd:/x", "4:memory:/a", "0::/b") == 2000000


def test_other_controllers_limit_no_memory(root: Path) -> None:
    limit(root / "memory" / "a" / "memory.limit_in_bytes", "3000000")
    assert member_of(root, "3:cpu,cpuacct:/a", "5:memory_recursiveprot:/a") == FREE


def test_a_group_that_is_not_mounted_here_limits_nothing(root: Path) -> None:
    assert member_of(root, "0::/elsewhere", "4:memory:/elsewhere") == FREE


def test_a_group_may_have_a_colon_in_its_name(root: Path) -> None:
    limit(root / "a:b" / "memory.max", "4096")
    assert member_of(root, "0::/a:b") == 4096


def test_what_a_group_holds_already_is_not_free(root: Path) -> None:
    limit(root / "chat" / "memory.max", str(1 << 30))
    limit(root / "chat" / "memory.stat", f"file 4096\nanon {200 << 20}\nanon_thp 7\n")
    assert member_of(root, "0::/chat") == (1 << 30) - (200 << 20)
    limit(root / "memory" / "chat" / "memory.limit_in_bytes", str(512 << 20))
    limit(root / "memory" / "chat" / "memory.stat", f"rss 9\ntotal_rss {500 << 20}\n")
    assert member_of(root, "4:memory:/chat") == 12 << 20
    limit(root / "memory" / "chat" / "memory.stat", f"total_rss {600 << 20}\n")
    assert member_of(root, "4:memory:/chat") == 0


def test_the_memory_that_could_ever_be_filled_leaves_out_what_is_held_now(root: Path) -> None:
    mounts = mounts_of(root, "0::/chat")
    assert memory_limit(mounts) == 2 * FREE
    limit(root / "chat" / "memory.max", str(1 << 30))
    limit(root / "chat" / "memory.stat", f"anon {1 << 29}\n")
    assert memory_limit(mounts) == 1 << 30
    assert available_memory(mounts) == 1 << 29


@pytest.fixture
def processors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four cores of two hardware threads each: 0 and 4 are one core, 1 and 5 the next."""
    for thread in range(8):
        siblings = tmp_path / "cpus" / f"cpu{thread}" / "topology" / "thread_siblings_list"
        limit(siblings, f"{thread % 4},{thread % 4 + 4}\n")
    monkeypatch.setattr(psutil, "cpu_count", lambda *, logical: 8 if logical else 4)
    allow(monkeypatch, range(8))
    return tmp_path / "cpus"


def allow(monkeypatch: pytest.MonkeyPatch, threads: Iterable[int]) -> None:
    """Let this process run on these hardware threads only."""
    monkeypatch.setattr(
        psutil.Process, "cpu_affinity", lambda _process: list(threads), raising=False
    )


def test_hardware_threads_of_a_core_are_one(processors: Path, root: Path) -> None:
    assert usable_cores(processors, mounts_of(root)) == 4


@pytest.mark.parametrize(("threads", "cores"), [([0, 4], 1), ([1, 2], 2), ([3, 4, 7], 2)])
def test_cores_that_others_have_to_themselves_do_not_count(
    processors: Path, root: Path, monkeypatch: pytest.MonkeyPatch, threads: list[int], cores: int
) -> None:
    allow(monkeypatch, threads)
    assert usable_cores(processors, mounts_of(root)) == cores


def test_without_a_topology_each_allowed_thread_may_be_a_core(
    processors: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(monkeypatch, [0, 4, 5])
    assert usable_cores(processors / "elsewhere", mounts_of(root)) == 3
    allow(monkeypatch, range(8))
    assert usable_cores(processors / "elsewhere", mounts_of(root)) == 4, "no more than there are"


def test_a_system_without_affinity_has_all_its_cores(
    processors: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(psutil.Process, "cpu_affinity")
    assert usable_cores(processors, mounts_of(root)) == 4


def test_cores_that_cannot_be_counted_are_one(
    processors: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil, "cpu_count", lambda *, logical: 8 if logical else None)
    assert usable_cores(processors, mounts_of(root)) == 1


@pytest.mark.parametrize(
    ("quota", "cores"),
    [("200000 100000", 2), ("250000 100000", 2), ("50000 100000", 1), ("900000 100000", 4)]
    + [(text, 4) for text in ("max 100000", "max", "", "0 0", "x y")],
)
def test_a_share_of_time_of_version_2(processors: Path, root: Path, quota: str, cores: int) -> None:
    limit(root / "chat" / "cpu.max", f"{quota}\n")
    assert usable_cores(processors, mounts_of(root, "0::/chat")) == cores


@pytest.mark.parametrize(("quota", "cores"), [("300000", 3), ("-1", 4)])
def test_a_share_of_time_of_version_1(processors: Path, root: Path, quota: str, cores: int) -> None:
    limit(root / "cpu" / "docker" / "cpu.cfs_quota_us", quota)
    limit(root / "cpu" / "docker" / "cpu.cfs_period_us", "100000")
    limit(root / "memory" / "docker" / "cpu.cfs_quota_us", "100000")
    mounts = mounts_of(root, "3:cpu,cpuacct:/docker/ab12", "4:memory:/docker")
    assert usable_cores(processors, mounts) == cores
