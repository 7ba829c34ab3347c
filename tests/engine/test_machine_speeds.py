"""What was measured of the machine is remembered; what cannot be measured is unknown."""

from pathlib import Path

import pytest

from engine import machine_speeds
from engine.cancel import CancelToken
from engine.errors import Cancelled
from engine.machine_speeds import disk_speed, ram_bandwidth
from engine.paths import cache_dir


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "weights"
    path.write_bytes(bytes(80 << 20))
    return path


def test_a_disk_is_read_once_and_remembered(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speed = disk_speed(file, CancelToken())
    assert speed is not None
    assert speed > 1e6
    monkeypatch.setattr(machine_speeds, "_read_disk", lambda _path, _cancel: pytest.fail("again"))
    assert disk_speed(file, CancelToken()) == speed


def test_a_small_file_says_nothing_of_its_disk(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.write_bytes(bytes(1 << 20))
    assert disk_speed(small, CancelToken()) is None


def test_reading_a_disk_can_be_cancelled(file: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        disk_speed(file, cancel)
    assert not (cache_dir() / "speeds.json").exists()


def test_memory_is_faster_than_any_disk() -> None:
    speed = ram_bandwidth(CancelToken())
    assert speed is not None
    assert speed > 1e8


@pytest.mark.parametrize("content", ["", "[]", '{"ram": "fast"}', '{"ram": -1}', '{"ram": null}'])
def test_a_damaged_file_counts_as_none(content: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (cache_dir() / "speeds.json").write_text(content)
    monkeypatch.setattr(machine_speeds, "_read_ram", lambda: 4e10)
    assert ram_bandwidth(CancelToken()) == 4e10
