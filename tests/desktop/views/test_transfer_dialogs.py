"""Import and export from the window: report first, then the work; progress, cancel, failures."""

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.conversations.export import ExportFormat
from desktop.settings import EXPORT_FOLDER, EXPORT_FORMAT
from desktop.views.export_dialog import ExportDialog
from engine.cancel import CancelToken
from tests.desktop.views.test_accessibility import nameless


def shared(title: str, source: str) -> dict[str, object]:
    turns = [{"from": "human", "value": title}, {"from": "gpt", "value": "Yes"}]
    return {"id": source, "conversations": turns}


@pytest.fixture
def export_file(tmp_path: Path) -> Path:
    path = tmp_path / "shared.json"
    path.write_text(json.dumps([shared("One", "1"), shared("One", "1"), shared("Two", "2")]))
    return path


@pytest.fixture
def dialog(app: Desktop, tmp_path: Path) -> ExportDialog:
    for title in ("First", "Second"):
        conversation = app.store.create(title)
        app.store.add_user_message(conversation.id, f"{title} words", parent_id=None)
    app.conversations.reload()
    folder = tmp_path / "out"
    folder.mkdir()
    dialog = app.window.desk.open_export(app.conversations.summaries()[0].id)
    dialog.use_folder(folder)
    return dialog


def test_an_import_reports_before_it_adds(qtbot: QtBot, app: Desktop, export_file: Path) -> None:
    dialog = app.window.desk.open_import()
    assert nameless(dialog) == []
    assert not dialog.go.isVisible()
    dialog.look_into([export_file])
    qtbot.waitUntil(dialog.go.isVisible)
    assert dialog.headline.text() == "2 conversations with 4 messages can be added."
    assert "1 left out" in dialog.details.text()
    assert "ShareGPT" in dialog.details.text()
    assert app.conversations.summaries() == []
    with qtbot.waitSignal(dialog.imported):
        dialog.add()
    assert len(app.conversations.summaries()) == 2
    assert "added" in dialog.headline.text()
    assert app.window.sidebar.list.model().rowCount() > 2
    dialog.reject()


def test_a_file_of_nothing_known_gets_a_sentence(
    qtbot: QtBot, app: Desktop, tmp_path: Path
) -> None:
    odd = tmp_path / "odd.json"
    odd.write_text("[1, 2, 3]")
    dialog = app.window.desk.open_import()
    dialog.look_into([odd])
    qtbot.waitUntil(lambda: "cannot be read" in dialog.details.text())
    assert "odd.json" in dialog.details.text()
    assert not dialog.go.isEnabled()
    dialog.reject()


def test_the_preview_follows_the_format(qtbot: QtBot, dialog: ExportDialog) -> None:
    assert nameless(dialog) == []
    qtbot.waitUntil(lambda: "Second words" in dialog.preview.toPlainText())
    dialog.formats.setCurrentIndex(dialog.formats.findData(ExportFormat.JSON))
    qtbot.waitUntil(lambda: dialog.preview.toPlainText().lstrip().startswith("{"))
    assert not dialog.extents.isEnabled()
    dialog.reject()


def test_one_is_exported_and_the_choices_are_remembered(
    qtbot: QtBot, app: Desktop, dialog: ExportDialog
) -> None:
    with qtbot.waitSignal(dialog.exported) as told:
        dialog.export()
    assert told.args == ["Exported Second.md to out"]
    assert [path.name for path in dialog.folder.iterdir()] == ["Second.md"]
    assert app.settings.get(EXPORT_FOLDER) == str(dialog.folder)
    assert app.settings.get(EXPORT_FORMAT) == ExportFormat.MARKDOWN


def test_all_are_exported_and_nothing_is_overwritten(qtbot: QtBot, dialog: ExportDialog) -> None:
    kept = dialog.folder / "First.md"
    kept.write_text("mine")
    dialog.which.choose("all")
    with qtbot.waitSignal(dialog.exported):
        dialog.export()
    assert kept.read_text() == "mine"
    assert len(list(dialog.folder.iterdir())) == 3


def test_only_the_ticked_ones(qtbot: QtBot, dialog: ExportDialog) -> None:
    dialog.which.choose("chosen")
    assert len(dialog.which.ids()) == 1
    ticks = dialog.which.ticks
    for row in range(ticks.count()):
        ticks.item(row).setCheckState(ticks.item(0).checkState())
    assert len(dialog.which.ids()) == 2
    dialog.reject()


def test_a_folder_that_is_gone_is_told(qtbot: QtBot, dialog: ExportDialog) -> None:
    dialog.use_folder(dialog.folder / "gone")
    dialog.export()
    qtbot.waitUntil(lambda: "gone" in dialog.words.text())
    assert dialog.go.isEnabled()
    dialog.reject()


def test_work_can_be_cancelled(qtbot: QtBot, app: Desktop) -> None:
    def work(_store: object, _tell: object, cancel: CancelToken) -> None:
        while True:
            cancel.check()

    task = app.store_desk.start(work)
    with qtbot.waitSignal(task.cancelled):
        task.cancel()


def test_a_failure_without_words_gets_some(qtbot: QtBot, app: Desktop) -> None:
    def work(*_: object) -> None:
        raise ZeroDivisionError

    task = app.store_desk.start(work)
    with qtbot.waitSignal(task.failed) as told:
        pass
    assert told.args is not None
    assert "log" in told.args[0].sentence


def test_work_that_waits_is_dropped_at_the_end(qtbot: QtBot, app: Desktop) -> None:
    started: list[bool] = []

    def endless(_store: object, _tell: object, cancel: CancelToken) -> None:
        started.append(True)
        while True:
            cancel.check()

    first = app.store_desk.start(endless)
    app.store_desk.start(lambda *_: started.append(False))
    qtbot.waitUntil(lambda: started == [True])
    with qtbot.waitSignal(first.cancelled):
        assert app.store_desk.shutdown(10)
    assert started == [True]
