"""The model dialog: what it lists, why something cannot be used, and what it remembers."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.engine_port import Pair
from desktop.settings import DRAFT, TARGET
from desktop.views.model_dialog import ModelDialog
from desktop.views.model_list import ModelListView
from engine.config import SelfDraft
from tests.desktop.fakes import BIG, BROKEN, OTHER, SMALL, FakeLibrary, FakeOpener


@pytest.fixture
def dialog(qtbot: QtBot, app: Desktop) -> ModelDialog:
    dialog = app.window.open_models()
    qtbot.waitUntil(lambda: "Fits the GPU" in "".join(sentences(dialog, "Targets")))
    return dialog


def column(dialog: ModelDialog, name: str) -> ModelListView:
    return next(v for v in dialog.findChildren(ModelListView) if v.accessibleName() == name)


def sentences(dialog: ModelDialog, name: str) -> list[str]:
    model = column(dialog, name).model()
    role = Qt.ItemDataRole.AccessibleTextRole
    return [str(model.index(row, 0).data(role)) for row in range(model.rowCount())]


def choose(dialog: ModelDialog, name: str, start: str) -> None:
    view = column(dialog, name)
    (row,) = [i for i, s in enumerate(sentences(dialog, name)) if s.startswith(start)]
    view.clicked.emit(view.model().index(row, 0))


def words(dialog: ModelDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel)]


def load_button(dialog: ModelDialog) -> QPushButton:
    return next(b for b in dialog.findChildren(QPushButton) if b.accessibleName() == "Load")


def test_files_are_read_in_the_background(dialog: ModelDialog, library: FakeLibrary) -> None:
    assert library.threads == {"outrider models"}


def test_targets_say_where_they_fit_and_bad_files_why_not(dialog: ModelDialog) -> None:
    assert sentences(dialog, "Targets") == [
        "big, Q4_K_M, 19.8 GB, Fits the GPU, All layers on CUDA0",  # chosen: what its plan says
        "other, Q4_K_M, 0.8 GB, Fits the GPU, All of it",
        "small, Q8_0, 0.6 GB, Fits the GPU, All of it",
        "broken, Incomplete, The file ends early.",
    ]


def test_drafts_have_their_verdicts_sorted_by_speed(dialog: ModelDialog) -> None:
    copy, *others = sentences(dialog, "Drafts")
    assert copy.startswith("Copy of the target, Q4_0, made on first use, Same tokenizer")
    assert copy.endswith("usually guesses best: about 9.6 tokens/s")
    assert others[:3] == [
        "small, Q8_0, 0.6 GB, Same tokenizer, About 7.2 tokens/s",
        "N-gram only, no model, Always works, Pays when the reply repeats the prompt",
        "None: plain, no model, Always works, One token per pass, about 2.4 tokens/s",
    ]
    assert others[3].startswith("other, Q4_K_M, 0.8 GB, Cannot guess for it, Different tokenizer")
    assert len(others) == 4


def test_a_chosen_pair_is_loaded_and_remembered(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, dialog: ModelDialog
) -> None:
    choose(dialog, "Targets", "big")
    qtbot.waitUntil(lambda: any("small" in s and "Same" in s for s in sentences(dialog, "Drafts")))
    choose(dialog, "Drafts", "small")
    QTest.mouseClick(load_button(dialog), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(opener.requests) == 2)
    assert opener.requests[-1].pair == Pair(BIG.path, SMALL.path)
    assert app.settings.get(TARGET) == str(BIG.path)
    assert app.settings.get(DRAFT) == str(SMALL.path)


def test_the_copy_of_the_target_can_be_chosen(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, dialog: ModelDialog
) -> None:
    choose(dialog, "Targets", "big")
    choose(dialog, "Drafts", "Copy of the target")
    load_button(dialog).click()
    qtbot.waitUntil(lambda: len(opener.requests) == 2)
    assert app.pair.pair == Pair(BIG.path, SelfDraft())


def test_what_cannot_be_used_cannot_be_chosen(dialog: ModelDialog) -> None:
    choose(dialog, "Targets", "big")
    choose(dialog, "Targets", BROKEN.name)
    row = column(dialog, "Targets").chosen_row()
    assert row is not None
    assert row.choice == BIG.path


def test_another_target_takes_away_a_draft_that_cannot_guess_for_it(
    qtbot: QtBot, dialog: ModelDialog
) -> None:
    choose(dialog, "Targets", "big")
    qtbot.waitUntil(lambda: any("small" in s and "Same" in s for s in sentences(dialog, "Drafts")))
    choose(dialog, "Drafts", "small")
    assert load_button(dialog).isEnabled()
    choose(dialog, "Targets", OTHER.name)
    assert not load_button(dialog).isEnabled()
    choose(dialog, "Drafts", "None: plain")
    assert load_button(dialog).isEnabled()


def test_a_file_from_elsewhere_is_listed_and_chosen(qtbot: QtBot, dialog: ModelDialog) -> None:
    dialog.add(Path("/elsewhere/mine.gguf"))
    qtbot.waitUntil(lambda: any(s.startswith("mine") for s in sentences(dialog, "Targets")))
    row = column(dialog, "Targets").chosen_row()
    assert row is not None
    assert row.choice == Path("/elsewhere/mine.gguf")


def test_a_file_that_cannot_be_used_says_why_and_takes_nothing_away(
    qtbot: QtBot, dialog: ModelDialog, library: FakeLibrary
) -> None:
    choose(dialog, "Targets", "small")
    library.refusals[Path("/elsewhere/cut.gguf")] = "cut.gguf ends early."
    dialog.add(Path("/elsewhere/cut.gguf"))
    qtbot.waitUntil(lambda: any(s.startswith("cut") for s in sentences(dialog, "Targets")))
    row = column(dialog, "Targets").chosen_row()
    assert row is not None
    assert row.choice == SMALL.path
    assert "cut.gguf ends early." in words(dialog)
    choose(dialog, "Targets", "big")
    assert "cut.gguf ends early." not in words(dialog)


def test_a_file_from_the_command_line_is_chosen_before_the_folder_is_read(
    qtbot: QtBot, app: Desktop
) -> None:
    dialog = app.window.open_models(Path("/elsewhere/mine.gguf"))
    qtbot.waitUntil(lambda: any(s.startswith("mine") for s in sentences(dialog, "Targets")))
    row = column(dialog, "Targets").chosen_row()
    assert row is not None
    assert row.choice == Path("/elsewhere/mine.gguf")


def test_a_bad_file_from_the_command_line_says_why(
    qtbot: QtBot, app: Desktop, library: FakeLibrary
) -> None:
    library.refusals[Path("/elsewhere/folder.gguf")] = "folder.gguf is a folder."
    dialog = app.window.open_models(Path("/elsewhere/folder.gguf"))
    qtbot.waitUntil(lambda: "folder.gguf is a folder." in words(dialog))
    assert column(dialog, "Targets").chosen_row() is not None


def test_an_empty_folder_says_what_to_do(qtbot: QtBot, app: Desktop, library: FakeLibrary) -> None:
    library.found = []
    dialog = app.window.open_models()
    assert not load_button(dialog).isEnabled()
    assert sentences(dialog, "Drafts") == []
