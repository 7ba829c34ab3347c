"""Again and again: stops at random moments, and loads, without loss or growth."""

import random
import threading
from typing import Final

import psutil
import pytest

from desktop.conversations.values import MessageState
from desktop.pair_model import Phase
from tests.faults.conftest import FULL, LONG, Scene

pytestmark = [pytest.mark.real_model, pytest.mark.timeout(7200 if FULL else 300)]

STOPS: Final = 1000 if FULL else 12
LOADS: Final = 200 if FULL else 3
_GROWTH: Final = 24 << 20


def test_stops_at_random_moments(scene: Scene) -> None:
    moments = random.Random(20261123)  # noqa: S311 - the same moments each time
    pid = scene.pid
    for _ in range(STOPS):
        if scene.app.chat.messages()[20:]:
            scene.app.chat.open(None)
        assert scene.app.chat.send(LONG)
        scene.qtbot.wait(moments.choice([0, 0, 1, 5, 20, 60, 150]))
        seen = scene.reply.text
        scene.app.chat.stop()
        assert scene.app.chat.run is None
        assert scene.reply_on_disk.state in (MessageState.STOPPED, MessageState.COMPLETE)
        assert scene.reply_on_disk.text.startswith(seen)
    assert scene.pid == pid
    scene.ask()


def test_loads_and_unloads(scene: Scene) -> None:
    def load() -> None:
        former = psutil.Process(scene.pid)
        scene.app.pair.load_again()
        scene.wait(lambda: scene.app.pair.phase is Phase.READY)
        assert not former.is_running()

    load()  # the first one after the start may still fill caches
    upkeep_done = threading.Event()
    scene.app.upkeep._worker.submit(upkeep_done.set)
    assert upkeep_done.wait(60)  # its files are closed
    here = psutil.Process()
    memory, files, threads = here.memory_info().rss, here.num_fds(), here.num_threads()
    for _ in range(LOADS):
        load()
    assert len(here.children()) == 1
    assert here.num_fds() == files
    assert here.num_threads() == threads
    assert here.memory_info().rss - memory < _GROWTH
    scene.ask()
