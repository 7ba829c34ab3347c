"""Limits on this process: what is written where, what is missing, and a real group."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.bench import control_group
from engine.bench.control_group import Limits, limited
from engine.control_groups import Mounts
from engine.errors import BadSetting

LIMITS = Limits(memory=1_600_000_000, disk=500_000_000)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"weights")
    return path


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The file's disk is the second partition of 8:0."""
    device = (tmp_path / "model.gguf").parent.stat().st_dev
    whole = tmp_path / "devices" / "sda"
    (whole / "sda2").mkdir(parents=True)
    (whole / "dev").write_text("8:0\n")
    (whole / "sda2" / "dev").write_text("8:2\n")
    (whole / "sda2" / "partition").write_text("2\n")
    names = tmp_path / "names"
    names.mkdir()
    (names / f"{os.major(device)}:{os.minor(device)}").symlink_to(whole / "sda2")
    monkeypatch.setattr(control_group, "_BLOCK_DEVICES", names)
    return "8:0"


def kernel(root: Path) -> Mounts:
    """Folders that stand in for the kernel's; it tells nothing of the group before."""
    return Mounts(root / "none", root)


def written(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


@pytest.mark.skipif(sys.platform != "linux", reason="control groups are Linux's")
class TestFiles:
    """On folders that stand in for the kernel's."""

    @pytest.fixture(autouse=True)
    def as_root(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 0)

    def test_version_1_has_a_group_for_each_limit(
        self, tmp_path: Path, model: Path, disk: str
    ) -> None:
        for name in ("memory", "blkio"):
            (tmp_path / name).mkdir()
        mine = f"outrider-{os.getpid()}"
        with limited(LIMITS, [model], kernel(tmp_path)):
            memory = written(tmp_path / "memory" / mine)
            assert memory == {"memory.limit_in_bytes": "1600000000", "cgroup.procs": "0"}
            assert written(tmp_path / "blkio" / mine) == {
                "blkio.throttle.read_bps_device": f"{disk} 500000000",
                "cgroup.procs": "0",
            }
        assert (tmp_path / "memory" / "cgroup.procs").read_text() == "0", "back where it was"

    def test_version_2_has_one_group_for_both(self, tmp_path: Path, model: Path, disk: str) -> None:
        (tmp_path / "cgroup.controllers").write_text("cpu io memory\n")
        with limited(LIMITS, [model], kernel(tmp_path)):
            assert written(tmp_path / f"outrider-{os.getpid()}") == {
                "memory.max": "1600000000",
                "io.max": f"{disk} rbps=500000000",
                "cgroup.procs": "0",
            }
        assert (tmp_path / "cgroup.procs").read_text() == "0"

    def test_one_limit_leaves_the_other_alone(self, tmp_path: Path, model: Path) -> None:
        (tmp_path / "memory").mkdir()
        with limited(Limits(memory=1000), [model], kernel(tmp_path)):
            assert not (tmp_path / "blkio").exists()

    @pytest.mark.parametrize("version_2", [True, False])
    def test_a_kernel_without_the_controller_is_named(
        self, tmp_path: Path, model: Path, *, version_2: bool
    ) -> None:
        if version_2:
            (tmp_path / "cgroup.controllers").write_text("cpu\n")
        with (
            pytest.raises(BadSetting, match=r"no control groups for memory\."),
            limited(Limits(memory=1000), [model], kernel(tmp_path)),
        ):
            pass

    def test_a_file_without_a_disk_is_named(
        self, tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(control_group, "_BLOCK_DEVICES", tmp_path / "empty")
        with (
            pytest.raises(BadSetting, match=r"model\.gguf is on no disk that can be slowed down\."),
            limited(Limits(disk=1000), [model], kernel(tmp_path)),
        ):
            pass

    def test_a_system_that_refuses_is_a_sentence_and_leaves_no_group(
        self, tmp_path: Path, model: Path
    ) -> None:
        (tmp_path / "memory" / f"outrider-{os.getpid()}").mkdir(parents=True)
        with (
            pytest.raises(BadSetting, match=r"does not let this process limit itself\."),
            limited(Limits(memory=1000), [model], kernel(tmp_path)),
        ):
            pass
        assert not (tmp_path / "memory" / f"outrider-{os.getpid()}").exists()


@pytest.mark.parametrize(
    ("system", "user", "sentence"),
    [("win32", 0, "need Linux."), ("linux", 1000, "need root.")],
)
def test_what_is_missing_is_said(
    monkeypatch: pytest.MonkeyPatch, system: str, user: int, sentence: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    with pytest.raises(BadSetting, match=sentence), limited(LIMITS, []):
        pass


INSIDE = """
import os
from pathlib import Path
from engine.bench.control_group import Limits, limited
membership = lambda: Path("/proc/self/cgroup").read_text()
before = membership()
with limited(Limits(memory=512 << 20), []):
    assert f"outrider-{os.getpid()}" in membership()
assert membership() == before
assert not list(Path("/sys/fs/cgroup").glob(f"*/outrider-{os.getpid()}"))
"""


def test_a_real_process_goes_in_and_out() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INSIDE], capture_output=True, text=True, check=False
    )
    if "BadSetting" in done.stderr:
        pytest.skip(f"no control groups here: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
