"""The model's file, or the machine that holds part of it, goes away while it is in use."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.error_text import ErrorAction
from desktop.pair_model import Phase
from engine.config import Placement
from tests.engine.workers import running_worker
from tests.faults.conftest import Scene, opened, plain

pytestmark = pytest.mark.real_model


@pytest.fixture
def model(smollm2: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy that can be harmed."""
    copy = tmp_path / "model.gguf"
    shutil.copyfile(smollm2, copy)
    yield copy
    copy.unlink(missing_ok=True)


def load_again_in_vain(scene: Scene, sentence: str) -> None:
    scene.app.pair.load_again()
    scene.wait(lambda: scene.app.pair.phase is Phase.EMPTY)
    assert sentence in scene.banner
    assert ErrorAction.LOAD_AGAIN in scene.app.window.page.banner.offered


def test_deleted(qtbot: QtBot, qapp: QApplication, model: Path, smollm2: Path) -> None:
    with opened(qtbot, qapp, plain(model)) as scene:
        scene.begin()
        model.unlink()
        scene.app.chat.stop()
        scene.gate.open()
        scene.ask()  # the system keeps what is mapped
        load_again_in_vain(scene, "model.gguf")
        shutil.copyfile(smollm2, model)
        scene.choose(ErrorAction.LOAD_AGAIN)
        scene.ask()


def test_truncated(qtbot: QtBot, qapp: QApplication, model: Path, smollm2: Path) -> None:
    config = plain(model)
    mapped = replace(config.target, placement=Placement(devices=(), streamed=True))
    with opened(qtbot, qapp, replace(config, target=mapped)) as scene:
        seen = scene.begin()
        with model.open("r+b") as file:
            file.truncate(4096)
        scene.gate.open()
        scene.wait_for_death(seen)
        assert "A model file changed" in scene.banner
        load_again_in_vain(scene, "model.gguf")
        shutil.copyfile(smollm2, model)
        scene.choose(ErrorAction.LOAD_AGAIN)
        scene.ask()


def test_worker_killed(qtbot: QtBot, qapp: QApplication, smollm2: Path) -> None:
    config = plain(smollm2)
    with running_worker() as (endpoint, worker):
        remote = replace(config.target, placement=Placement(devices=("RPC0",), gpu_layers=8))
        config = replace(config, target=remote, rpc_endpoints=(endpoint,))
        with opened(qtbot, qapp, config) as scene:
            seen = scene.begin()
            worker.kill()
            scene.gate.open()
            scene.wait_for_death(seen)
            assert f"The connection to the worker at {endpoint} broke." in scene.banner
            load_again_in_vain(scene, f"The worker at {endpoint} does not answer.")
            scene.opener.config = plain(smollm2)
            scene.choose(ErrorAction.LOAD_AGAIN)
            scene.ask()
