"""The log tells what happened and no word of a conversation, even where things go wrong."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.conversations.importing.run import import_files
from desktop.conversations.values import Setup
from desktop.error_text import ErrorAction
from engine.cancel import CancelToken
from engine.paths import cache_dir, config_dir, log_dir
from tests.engine.conftest import smollm2
from tests.faults.conftest import Scene, opened, plain

__all__ = ["smollm2"]

pytestmark = pytest.mark.real_model

WORD = "zebrafinch"
KEY = "hf_swordfish"


@pytest.fixture
def log(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """All that any part says, also what the log leaves out by itself."""
    path = log_dir() / "everything.log"
    handler = logging.FileHandler(path, encoding="utf-8")
    logger = logging.getLogger()
    level, own = logger.level, logging.getLogger("outrider")
    own_level = own.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    own.setLevel(logging.DEBUG)
    monkeypatch.setenv("HF_TOKEN", KEY)
    yield path
    own.setLevel(own_level)
    logger.setLevel(level)
    logger.removeHandler(handler)
    handler.close()


def talk(scene: Scene, folder: Path) -> None:
    """All the ways in which a person gives words to Outrider."""
    chat = scene.app.chat
    chat.save_draft_text(f"unsent {WORD}")
    assert chat.conversation_id
    scene.app.store.set_up(chat.conversation_id, Setup(system_prompt=WORD))
    scene.ask(f"Say {WORD}.")
    scene.app.conversations.rename(chat.conversation_id, f"About {WORD}")
    scene.app.store.search(f'{WORD} "')
    file = folder / "notes.txt"
    file.write_text(WORD, encoding="utf-8")
    scene.app.files.add([file])
    scene.wait(lambda: scene.app.files.is_settled)
    scene.app.files.send(f"Read about the {WORD}.")
    scene.wait(lambda: chat.run is None)


def import_badly(scene: Scene, folder: Path) -> None:
    file = folder / "conversations.jsonl"
    lines = [{"messages": [{"role": "user", "content": WORD}]}, {"messages": WORD}]
    file.write_text("\n".join(map(json.dumps, lines)) + f'\n{{"{WORD}', encoding="utf-8")
    import_files([file], scene.app.store, cancel=CancelToken())


def test_no_word_of_a_conversation(
    qtbot: QtBot, qapp: QApplication, smollm2: Path, log: Path, tmp_path: Path
) -> None:
    with opened(qtbot, qapp, plain(smollm2), "abort") as scene:
        talk(scene, tmp_path)
        import_badly(scene, tmp_path)
        seen = scene.begin(f"Tell me all about the {WORD}.")
        scene.wait_for_death(seen)
        scene.gate.open()
        scene.choose(ErrorAction.LOAD_AGAIN)
        scene.ask(f"Say {WORD} again.")
    words = log.read_text(encoding="utf-8")
    assert "GGML_ASSERT(tests go well) failed" in words
    kept = [log, *cache_dir().rglob("*"), *config_dir().rglob("*")]
    for path in filter(Path.is_file, kept):
        content = path.read_bytes()
        assert WORD.encode() not in content, path
        assert KEY.encode() not in content, path
