"""The engine's process dies or hangs in the middle of a reply."""

import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.conversations.values import MessageState
from desktop.error_text import ErrorAction
from desktop.pair_model import Phase
from engine.isolated import asking
from tests.faults.conftest import Scene, opened, plain

pytestmark = [
    pytest.mark.real_model,
    pytest.mark.skipif(sys.platform == "win32", reason="sends signals"),
]


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("abort", ["SIGABRT", "GGML_ASSERT(tests go well) failed"]),
        ("segmentation fault", ["SIGSEGV", "Fatal Python error: Segmentation fault"]),
    ],
)
def test_native_crash(
    qtbot: QtBot, qapp: QApplication, smollm2: Path, fault: str, cause: list[str]
) -> None:
    with opened(qtbot, qapp, plain(smollm2), fault) as scene:
        seen = scene.begin()
        scene.wait_for_death(seen)
        assert "llama.cpp stopped on an error that it cannot go on from." in scene.banner
        for words in cause:
            assert words in scene.details
        scene.gate.open()
        scene.choose(ErrorAction.LOAD_AGAIN)
        scene.ask()


def test_sigkill(scene: Scene) -> None:
    seen = scene.begin()
    os.kill(scene.pid, signal.SIGKILL)
    scene.wait_for_death(seen)
    assert "memory ran out" in scene.banner
    scene.gate.open()
    scene.choose(ErrorAction.LESS_MEMORY)
    before, after = scene.opener.requests
    assert after.context_length < before.context_length
    scene.ask()


def test_sigkill_between_replies(scene: Scene) -> None:
    """Nobody asks it for anything: that it is gone is told all the same, and one can write on."""
    scene.ask()
    os.kill(scene.pid, signal.SIGKILL)
    scene.wait(lambda: scene.app.pair.phase is Phase.EMPTY)
    assert "memory ran out" in scene.banner
    assert scene.reply_on_disk.state is MessageState.COMPLETE
    edit = scene.app.window.page.composer.edit
    assert edit.isEnabled()
    edit.setPlainText("And now?")
    scene.app.window.page.composer.submit()
    assert edit.toPlainText() == "And now?"
    scene.choose(ErrorAction.LOAD_AGAIN)
    scene.wait(lambda: scene.app.chat.can_answer)
    scene.app.window.page.composer.submit()
    assert edit.toPlainText() == ""
    scene.wait(lambda: scene.app.chat.run is None)
    assert scene.reply_on_disk.state is MessageState.COMPLETE


def test_sigstop(scene: Scene) -> None:
    seen = scene.begin()
    os.kill(scene.pid, signal.SIGSTOP)
    started = time.monotonic()
    scene.app.chat.stop()
    assert time.monotonic() - started < 2
    assert scene.reply_on_disk.state is MessageState.STOPPED
    scene.wait_for_death(seen)
    assert "did not answer any more" in scene.banner
    scene.gate.open()
    scene.choose(ErrorAction.LOAD_AGAIN)
    scene.ask()


def test_sigstop_between_replies(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody presses Stop: the next message does not wait for ever, but 20 s; here 5."""
    monkeypatch.setattr(asking, "_PATIENCE_SECONDS", 5.0)
    scene.ask()
    os.kill(scene.pid, signal.SIGSTOP)
    assert scene.app.chat.send("And now?")
    scene.wait_for_death("")
    assert "did not answer any more" in scene.banner
    scene.choose(ErrorAction.LOAD_AGAIN)
    scene.ask()


def test_no_more_address_space(qtbot: QtBot, qapp: QApplication, smollm2: Path) -> None:
    """Python notices by itself: the reply fails, the engine lives."""
    with opened(qtbot, qapp, plain(smollm2), "memory") as scene:
        size = psutil.Process(scene.pid).memory_info().vms
        resource.prlimit(
            scene.pid, resource.RLIMIT_AS, (size + (256 << 20), resource.RLIM_INFINITY)
        )
        seen = scene.begin()
        scene.wait(lambda: scene.app.chat.run is None)
        assert scene.reply_on_disk.text.startswith(seen)
        assert scene.reply_on_disk.state is MessageState.FAILED
        assert scene.app.pair.phase is Phase.READY
        assert "The engine failed" in scene.banner
        scene.gate.open()
        scene.ask()  # the same session answers the next message


GROUPS = Path("/sys/fs/cgroup/memory")


@pytest.fixture
def small_memory() -> Iterator[Path]:
    """A control group that may hold 400 MB, for the processes of a test."""
    group = GROUPS / f"outrider-{uuid4().hex}"
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"needs root and control groups of version 1: {error}")
    (group / "memory.limit_in_bytes").write_text("400M", encoding="ascii")
    yield group
    with suppress(OSError):
        group.rmdir()


def test_out_of_memory_kill(
    qtbot: QtBot, qapp: QApplication, smollm2: Path, small_memory: Path
) -> None:
    with opened(qtbot, qapp, plain(smollm2), "memory") as scene:
        (small_memory / "cgroup.procs").write_text(str(scene.pid), encoding="ascii")
        seen = scene.begin()
        scene.wait_for_death(seen)
        assert "most often because memory ran out" in scene.banner
        scene.gate.open()
        scene.choose(ErrorAction.LESS_MEMORY)
        scene.ask()
