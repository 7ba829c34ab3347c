"""Ends that no program can prepare for: the process is killed, the disk is full."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cancel import CancelToken
from engine.errors import DiskTrouble
from engine.library.hub.download_state import DownloadState
from engine.library.hub.downloads import DownloadQueue
from engine.library.hub.transfer import Progress
from tests.engine.library.hub import download_child
from tests.engine.library.hub.setting import CONTENT, FILE, REPO, Setting
from tests.hub_server import HoldAfter

CHECKOUT = Path(__file__).parents[4]
THIRTY_PERCENT = len(CONTENT) * 3 // 10
FILLER = 250_000


def start_child(setting: Setting) -> "subprocess.Popen[bytes]":
    arguments = [setting.server.url, str(setting.cache_folder), REPO, FILE]
    return subprocess.Popen(
        [sys.executable, "-m", download_child.__name__, *arguments],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        env={**os.environ, "HF_HOME": str(setting.cache_folder.parent / "hf")},
    )


def wait_for_part(setting: Setting, size: int) -> None:
    for _ in range(3000):
        if any(part.stat().st_size >= size for part in setting.parts()):
            return
        time.sleep(0.02)
    pytest.fail("the download did not begin")


def test_a_killed_download_is_resumed_to_the_same_content(setting: Setting) -> None:
    release = threading.Event()
    setting.server.faults.append(HoldAfter(THIRTY_PERCENT, release))
    setting.server.faults.extend([HoldAfter(0, release)] * 6)  # should this machine stand still
    with start_child(setting) as child:
        wait_for_part(setting, THIRTY_PERCENT)
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
    release.set()
    setting.server.faults.clear()
    setting.server.forget_requests()

    queue = DownloadQueue(setting.access, cache_folder=setting.cache_folder)
    (left,) = queue.snapshot()
    assert (left.state, left.done_bytes) == (DownloadState.PAUSED, THIRTY_PERCENT)
    assert not setting.server.requests
    assert setting.download(left.model).read_bytes() == CONTENT
    assert [request.headers["range"] for request in setting.asked] == [f"bytes={THIRTY_PERCENT}-"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for the file and little else."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = [
        "mount",
        "-t",
        "tmpfs",
        "-o",
        f"size={len(CONTENT) + 100_000}",
        "tmpfs",
        str(folder),
    ]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here; test_transfer.py fakes a full one")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_up_meanwhile_keeps_what_has_arrived(
    setting: Setting, small_disk: Path
) -> None:
    setting.cache_folder = small_disk / "cache"
    filler = small_disk / "filler"

    def fill(progress: Progress) -> None:
        if progress.done > THIRTY_PERCENT and not filler.exists():
            filler.write_bytes(bytes(FILLER))

    with pytest.raises(DiskTrouble, match=r"^The disk is full"):
        setting.transfer(report=fill).run(CancelToken())
    (part,) = setting.parts()
    assert part.stat().st_size >= THIRTY_PERCENT
    filler.unlink()
    assert setting.download().read_bytes() == CONTENT


def test_a_disk_that_is_too_small_is_told_before_anything_is_fetched(
    setting: Setting, small_disk: Path
) -> None:
    setting.cache_folder = small_disk
    (small_disk / "filler").write_bytes(bytes(FILLER))
    with pytest.raises(DiskTrouble, match=f"^{FILE} needs 300.0 kB more, but {small_disk} has "):
        setting.download()
    assert not setting.asked
