"""Memory limits of control groups, as files in a folder."""

from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from engine.machine import available_memory, memory_limit, physical_cores

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


def member_of(root: Path, *lines: str) -> int:
    """The available memory of a process with these control groups."""
    memberships = root.parent / "memberships"
    memberships.write_text("".join(f"{line}\n" for line in lines))
    return available_memory(memberships, root)


def test_without_control_groups_it_is_the_systems(tmp_path: Path) -> None:
    assert available_memory(tmp_path / "none", tmp_path) == FREE


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


@pytest.mark.parametrize(("counted", "cores"), [(6, 6), (None, 1)])
def test_cores_that_cannot_be_counted_are_one(
    monkeypatch: pytest.MonkeyPatch, counted: int | None, cores: int
) -> None:
    monkeypatch.setattr(psutil, "cpu_count", lambda *, logical: None if logical else counted)
    assert physical_cores() == cores


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
    memberships = root.parent / "memberships"
    memberships.write_text("0::/chat\n")
    assert memory_limit(memberships, root) == 2 * FREE
    limit(root / "chat" / "memory.max", str(1 << 30))
    limit(root / "chat" / "memory.stat", f"anon {1 << 29}\n")
    assert memory_limit(memberships, root) == 1 << 30
    assert available_memory(memberships, root) == 1 << 29
