"""A second start brings the first to the front; what is no message of ours is ignored."""

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop import single_instance
from desktop.single_instance import SingleInstance, WindowSilent, first_or_hand_over

ROOT = Path(__file__).parents[2]
GARBAGE = (
    b"garbage\n",
    b"\xff\xfe\n",
    b"[" * 50_000 + b"\n",
    b"x" * 100_000,
    b'{"files": "all"}\n',
    json.dumps({"files": ["a\0b"]}).encode() + b"\n",
    b'{"files": [1]}\n',
    b"[]\n",
)


@pytest.fixture
def folder(qapp: QApplication, tmp_path: Path) -> Path:
    folder = tmp_path / "d"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def first(folder: Path) -> Iterator[SingleInstance]:
    instance = first_or_hand_over(folder, [])
    assert instance is not None
    yield instance
    instance.close()


SECOND = """
import sys
from pathlib import Path
from desktop.single_instance import first_or_hand_over
sys.exit(first_or_hand_over(Path(sys.argv[1]), [Path(one) for one in sys.argv[2:]]) is not None)
"""


@contextmanager
def second_start(folder: Path, *files: Path) -> Iterator[None]:
    """A process of its own, as it is: blocking calls of Qt's sockets hold Python's lock."""
    command = [sys.executable, "-c", SECOND, str(folder), *map(str, files)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        yield
    finally:
        assert process.wait(timeout=30) == 0


@pytest.mark.parametrize("depth", [0, 120])
def test_a_second_start_hands_its_files_over(qtbot: QtBot, tmp_path: Path, depth: int) -> None:
    folder = tmp_path / ("x" * depth)
    folder.mkdir(exist_ok=True)
    first = first_or_hand_over(folder, [])
    assert first is not None
    file = tmp_path / "größe\n.gguf"
    with second_start(folder, file), qtbot.waitSignal(first.called) as called:
        pass
    first.close()
    assert called.args == [[file]]


def test_after_the_end_of_the_first_the_next_is_first(folder: Path) -> None:
    for _ in range(2):
        instance = first_or_hand_over(folder, [])
        assert instance is not None
        instance.close()


def test_the_socket_of_a_dead_one_is_replaced(qtbot: QtBot, folder: Path) -> None:
    Path(single_instance._socket_name(folder)).touch()
    first = first_or_hand_over(folder, [])
    assert first is not None
    with second_start(folder), qtbot.waitSignal(first.called):
        pass
    first.close()


def test_only_this_person_may_call(first: SingleInstance, folder: Path) -> None:
    socket = Path(single_instance._socket_name(folder))
    if socket.is_absolute():
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "window.lock").stat().st_mode) == 0o600


def test_garbage_is_hung_up_on(qtbot: QtBot, first: SingleInstance, folder: Path) -> None:
    with qtbot.assertNotEmitted(first.called):
        for garbage in GARBAGE:
            socket = QLocalSocket()
            socket.connectToServer(single_instance._socket_name(folder))
            socket.write(garbage)
            wait_for_the_end(qtbot, socket)
    with second_start(folder), qtbot.waitSignal(first.called):
        pass


def wait_for_the_end(qtbot: QtBot, socket: QLocalSocket) -> None:
    ended = QLocalSocket.LocalSocketState.UnconnectedState
    qtbot.waitUntil(lambda: socket.state() is ended)


def test_whoever_says_nothing_is_hung_up_on(
    qtbot: QtBot, first: SingleInstance, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_instance, "PATIENCE_MS", 50)
    socket = QLocalSocket()
    socket.connectToServer(single_instance._socket_name(folder))
    wait_for_the_end(qtbot, socket)


def test_a_first_one_that_does_not_answer_is_told(
    first: SingleInstance, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_instance, "PATIENCE_MS", 200)
    with pytest.raises(WindowSilent, match="does not answer"):
        first_or_hand_over(folder, [])  # nobody runs the event loop of the first
    first.turn_away()
    with pytest.raises(WindowSilent):
        first_or_hand_over(folder, [])
