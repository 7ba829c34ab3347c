"""The model dialog: what it lists, why something cannot be used, and what it remembers."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.engine_port import Pair
from desktop.model_library import FoundModel
from desktop.settings import DRAFT, TARGET
from desktop.views.draft_sources_menu import DraftSourcesMenu
from desktop.views.memory_bars import MemoryBar
from desktop.views.model_dialog import ModelDialog
from desktop.views.model_filters import ModelFilters
from desktop.views.model_list import ModelListView
from desktop.views.model_row_menu import ModelRowMenu
from desktop.views.model_row_painter import ModelRowPainter
from engine.config import KvType, SelfDraft
from engine.errors import ModelNotFound
from engine.library.hub.download_state import Download, DownloadState
from engine.memory_plan.machine_facts import Held
from engine.memory_plan.values import Change, ChangeKind, Speed, Verdict
from tests.desktop.fakes import (
    BIG,
    BROKEN,
    GIGA,
    OTHER,
    REMOTE,
    SMALL,
    FakeHub,
    FakeLibrary,
    FakeOpener,
    FakePlanner,
    make_plan,
)


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
        "big, Q4_K_M, 19.8 GB, Fits the GPU, All layers on the GPU",  # chosen: what its plan says
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


def action(dialog: ModelDialog, start: str) -> QPushButton:
    return next(b for b in dialog.findChildren(QPushButton) if b.accessibleName().startswith(start))


def test_the_plan_is_shown_as_bars_and_a_sentence(
    dialog: ModelDialog, planner: FakePlanner
) -> None:
    assert "About 8.2 tokens/s, an estimate. Plain gives about 2.4." in words(dialog)
    card, memory = [bar.accessibleName() for bar in dialog.findChildren(MemoryBar)]
    assert card.startswith("GeForce RTX 4070: draft 0.5 GB, target 2.0 GB, target's context 0.2 GB")
    assert card.endswith("1.0 GB stay free of 4.0 GB.")
    assert memory == "Memory: target 1.0 GB, 7.0 GB stay free of 8.0 GB."
    assert planner.held[-1] == Held({"RAM": 200_000_000}), "what is loaded now will be gone"


def test_too_little_memory_can_be_loaded_anyway(
    qtbot: QtBot, dialog: ModelDialog, planner: FakePlanner, opener: FakeOpener
) -> None:
    planner.answer = make_plan(verdict=Verdict.IMPOSSIBLE, ram=GIGA // 2)
    choose(dialog, "Targets", "small")
    qtbot.waitUntil(
        lambda: any(w.startswith("Will not run: needs 0.5 GB more memory") for w in words(dialog))
    )
    assert any("Loading it anyway may slow this computer down" in w for w in words(dialog))
    assert any("too much" in bar.accessibleName() for bar in dialog.findChildren(MemoryBar))
    action(dialog, "Load anyway").click()
    qtbot.waitUntil(lambda: len(opener.requests) == 2)
    assert opener.requests[-1].load_anyway


def test_a_change_that_helps_is_one_click(
    qtbot: QtBot, dialog: ModelDialog, planner: FakePlanner
) -> None:
    speed = Speed(9.0, 2.4, measured=False)
    sentence = "With the context in Q8_0: a part in memory, about 9.0 tokens/s."
    change = Change(ChangeKind.KV_TYPE, "q8_0", sentence, Verdict.OFFLOADED, speed)
    planner.answer = make_plan(verdict=Verdict.OFFLOADED, changes=(change,))
    choose(dialog, "Targets", "small")
    qtbot.waitUntil(lambda: sentence in words(dialog))
    planner.answer = make_plan()
    action(dialog, "Use Q8_0").click()
    qtbot.waitUntil(lambda: planner.requests[-1].kv_type is KvType.Q8_0)
    qtbot.waitUntil(lambda: sentence not in words(dialog))


def test_no_plan_says_why_and_loads_nothing(
    qtbot: QtBot, dialog: ModelDialog, planner: FakePlanner
) -> None:
    planner.error = ModelNotFound("small.gguf is not there.", hint="It may have been moved.")
    choose(dialog, "Targets", "small")
    qtbot.waitUntil(lambda: "small.gguf is not there." in words(dialog))
    assert not load_button(dialog).isEnabled()


def test_closing_ends_the_planning(qtbot: QtBot, dialog: ModelDialog, planner: FakePlanner) -> None:
    dialog.reject()
    qtbot.waitUntil(lambda: planner.closed == 1)


def test_search_hides_rows_and_keeps_the_choice(dialog: ModelDialog) -> None:
    field = dialog.findChildren(QLineEdit)[0]
    QTest.keyClicks(field, "small")
    assert [s.partition(",")[0] for s in sentences(dialog, "Targets")] == ["small"]
    assert load_button(dialog).isEnabled(), "the hidden row is still chosen"
    field.clear()
    assert len(sentences(dialog, "Targets")) == 4


def test_arrow_keys_choose_and_enter_loads(
    qtbot: QtBot, dialog: ModelDialog, opener: FakeOpener
) -> None:
    targets = column(dialog, "Targets")
    dialog.activateWindow()
    targets.setFocus()
    qtbot.waitUntil(targets.hasFocus)
    QTest.keyClick(targets, Qt.Key.Key_Down)
    QTest.keyClick(targets, Qt.Key.Key_Down)
    row = targets.chosen_row()
    assert row is not None
    assert row.choice == SMALL.path
    qtbot.waitUntil(load_button(dialog).isEnabled)
    QTest.keyClick(targets, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(opener.requests) == 2)


def test_the_keyboard_starts_at_what_is_chosen(qtbot: QtBot, app: Desktop) -> None:
    app.settings.set(TARGET, str(SMALL.path))
    dialog = app.window.open_models()
    qtbot.waitUntil(lambda: len(sentences(dialog, "Targets")) == 4)
    targets = column(dialog, "Targets")
    assert targets.currentIndex().data() == "small"
    assert targets.hasFocus()


def test_a_plan_changes_words_and_resets_no_list(
    qtbot: QtBot, dialog: ModelDialog, planner: FakePlanner
) -> None:
    resets: list[str] = []
    for name in ("Targets", "Drafts"):
        column(dialog, name).model().modelReset.connect(lambda name=name: resets.append(name))
    planner.answer = make_plan(verdict=Verdict.OFFLOADED)
    choose(dialog, "Drafts", "small")
    qtbot.waitUntil(lambda: "24 of 65 layers" in "".join(sentences(dialog, "Targets")))
    assert resets == []


def test_only_the_own_models_can_be_loaded(dialog: ModelDialog) -> None:
    (filters,) = dialog.findChildren(ModelFilters)
    load = load_button(dialog)
    filters.show_tab(1)
    assert load.isHidden()
    filters.show_tab(0)
    assert not load.isHidden()


def test_a_thousand_rows_are_no_thousand_widgets(
    qtbot: QtBot, app: Desktop, library: FakeLibrary
) -> None:
    library.found = [
        FoundModel(Path(f"/models/m{i}.gguf"), f"model {i}", "Q4_K_M", 10**9) for i in range(1000)
    ]
    dialog = app.window.open_models()
    qtbot.waitUntil(lambda: len(sentences(dialog, "Targets")) == 1000)
    column(dialog, "Targets").scrollToBottom()
    assert len(dialog.findChildren(QWidget)) < 250


@pytest.fixture
def trash_box(qtbot: QtBot, dialog: ModelDialog) -> QMessageBox:
    row_menu(dialog, "small", "Move to the trash…")
    qtbot.waitUntil(lambda: bool(dialog.findChildren(QMessageBox)))
    return dialog.findChildren(QMessageBox)[0]


def row_menu(dialog: ModelDialog, name: str, words: str) -> None:
    view = column(dialog, "Targets")
    row = next(row for row in view.rows if row.name == name)
    view.menu_asked.emit(row, QPoint())
    menu = dialog.findChildren(ModelRowMenu)[-1]
    next(entry for entry in menu.actions() if entry.text() == words).trigger()
    menu.close()


def test_the_trash_asks_first_and_names_the_size(
    qtbot: QtBot, dialog: ModelDialog, library: FakeLibrary, trash_box: QMessageBox
) -> None:
    assert "0.6 GB" in trash_box.informativeText()
    assert library.changes == []
    move = next(b for b in trash_box.buttons() if b.text() == "Move to the trash")
    move.click()
    qtbot.waitUntil(lambda: ("trash", SMALL.path) in library.changes)
    qtbot.waitUntil(lambda: len(sentences(dialog, "Targets")) == 3)


def test_what_cannot_be_deleted_says_why(
    qtbot: QtBot, dialog: ModelDialog, library: FakeLibrary, trash_box: QMessageBox
) -> None:
    library.trouble = ModelNotFound("small.gguf belongs to Ollama.")
    next(b for b in trash_box.buttons() if b.text() == "Move to the trash").click()
    qtbot.waitUntil(lambda: any("belongs to Ollama" in w for w in words(dialog)))
    assert len(sentences(dialog, "Targets")) == 4


def test_a_row_is_taken_from_the_list(
    qtbot: QtBot, dialog: ModelDialog, library: FakeLibrary
) -> None:
    row_menu(dialog, "small", "Remove from the list")
    qtbot.waitUntil(lambda: library.changes == [("remove", SMALL.path)])
    qtbot.waitUntil(lambda: len(sentences(dialog, "Targets")) == 3)


def test_a_file_dropped_on_the_window_opens_the_dialog_with_it(
    qtbot: QtBot, app: Desktop, library: FakeLibrary
) -> None:
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile("/elsewhere/mine.gguf")])
    drop = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        content,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    app.window.dropEvent(drop)
    dialog = app.window.findChildren(ModelDialog)[0]
    qtbot.waitUntil(lambda: any(s.startswith("mine") for s in sentences(dialog, "Targets")))
    assert library.changes == [("add", Path("/elsewhere/mine.gguf"))]


def test_drafts_are_found_on_disk_in_the_catalogue_and_on_the_hub(
    qtbot: QtBot, dialog: ModelDialog, hub: FakeHub
) -> None:
    action(dialog, "Find a draft").click()
    qtbot.waitUntil(lambda: bool(dialog.findChildren(DraftSourcesMenu)))
    menu = dialog.findChildren(DraftSourcesMenu)[0]
    offers = {entry.text(): entry for entry in menu.actions()}
    assert "small" in offers
    assert any(text.startswith("Download ") for text in offers)
    assert hub.asked == [], "nothing is asked before the person wishes it"
    next(entry for text, entry in offers.items() if text.startswith("Search for")).trigger()
    menu.close()
    qtbot.waitUntil(lambda: hub.asked == ["search big 1000000000"])


def test_an_empty_folder_says_what_to_do(qtbot: QtBot, app: Desktop, library: FakeLibrary) -> None:
    library.found = []
    dialog = app.window.open_models()
    assert not load_button(dialog).isEnabled()
    assert sentences(dialog, "Drafts") == []


def test_load_waits_for_the_plan(
    qtbot: QtBot, dialog: ModelDialog, planner: FakePlanner, opener: FakeOpener
) -> None:
    """Who clicks at once must not load past a check that has not been made."""
    planner.gate.clear()
    choose(dialog, "Targets", "small")
    load = load_button(dialog)
    load.click()
    assert not load.isEnabled()
    assert "The models are loaded as soon as it is known that they fit." in words(dialog)
    qtbot.wait(50)
    assert len(opener.requests) == 1
    planner.gate.set()
    qtbot.waitUntil(lambda: len(opener.requests) == 2)
    assert not opener.requests[-1].load_anyway


def test_load_before_a_plan_that_says_no_loads_nothing(
    qtbot: QtBot, dialog: ModelDialog, planner: FakePlanner, opener: FakeOpener
) -> None:
    planner.answer = make_plan(verdict=Verdict.IMPOSSIBLE, ram=GIGA // 2)
    planner.gate.clear()
    choose(dialog, "Targets", "small")
    load_button(dialog).click()
    planner.gate.set()
    qtbot.waitUntil(lambda: any(w.startswith("Will not run") for w in words(dialog)))
    assert dialog.isVisible()
    assert len(opener.requests) == 1
    assert action(dialog, "Load anyway").isEnabled()


def test_another_choice_takes_a_load_back_that_waits(
    qtbot: QtBot, dialog: ModelDialog, planner: FakePlanner, opener: FakeOpener
) -> None:
    planner.gate.clear()
    choose(dialog, "Targets", "small")
    load_button(dialog).click()
    choose(dialog, "Targets", "big")
    planner.gate.set()
    qtbot.waitUntil(lambda: "Fits the GPU" in "".join(sentences(dialog, "Targets")))
    qtbot.waitUntil(lambda: any(w.startswith("About 8.2") for w in words(dialog)))
    assert dialog.isVisible()
    assert len(opener.requests) == 1


def test_tab_goes_as_the_eye_does(qtbot: QtBot, dialog: ModelDialog) -> None:
    qtbot.waitUntil(lambda: len(dialog.findChildren(MemoryBar)) == 2)
    devices = action(dialog, "Devices")
    seen, widget = list[QWidget](), devices.nextInFocusChain()
    while widget is not None and widget is not load_button(dialog):
        seen.append(widget)
        widget = widget.nextInFocusChain()
    named = [w for w in seen if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisible()]
    assert [type(w) for w in named[:2]] == [MemoryBar, MemoryBar]
    assert [w.accessibleName() for w in named[2:]] == ["Save as profile…", "Cancel"]


CUT_OFF = replace(
    BROKEN,
    path=Path("/cache/models--someone--Big-GGUF/snapshots/0/Big-Q4_K_M.gguf"),
    origin="someone/Big-GGUF",
    grows_in_place=True,
)


def press_action(dialog: ModelDialog, start: str) -> None:
    view = column(dialog, "Targets")
    (index,) = [
        view.model().index(i, 0)
        for i, sentence in enumerate(sentences(dialog, "Targets"))
        if sentence.startswith(start)
    ]
    row = index.data(Qt.ItemDataRole.UserRole)
    painter = view.itemDelegate()
    assert isinstance(painter, ModelRowPainter)
    view.scrollTo(index)
    where = painter.action_area(view.visualRect(index), row).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)


def test_a_file_that_ends_early_offers_the_rest(
    qtbot: QtBot, app: Desktop, library: FakeLibrary, hub: FakeHub
) -> None:
    library.found = [BIG, CUT_OFF]
    dialog = app.window.open_models()
    qtbot.waitUntil(lambda: "Resume download with Enter" in "".join(sentences(dialog, "Targets")))
    press_action(dialog, "broken")
    qtbot.waitUntil(lambda: hub.asked == ["details someone/Big-GGUF"])
    qtbot.waitUntil(lambda: hub.queue is not None and len(hub.queue.entries) == 1)
    row = column(dialog, "Targets").chosen_row()
    assert row is not None
    assert row.choice == BIG.path, "a press on the words chooses nothing"


def test_a_download_that_has_not_ended_stands_in_the_list(
    qtbot: QtBot, app: Desktop, hub: FakeHub
) -> None:
    half = REMOTE.size // 2
    hub.unfinished = (Download(REMOTE, DownloadState.PAUSED, half),)
    dialog = app.window.open_models()
    line = "Big-Q4_K_M, Q4_K_M, 4.0 GB, Incomplete, 2.0 GB of 4.0 GB, Resume download with Enter"
    qtbot.waitUntil(lambda: sentences(dialog, "Targets")[-1:] == [line])
    targets = column(dialog, "Targets")
    dialog.activateWindow()
    targets.setFocus()
    qtbot.waitUntil(targets.hasFocus)
    QTest.keyClick(targets, Qt.Key.Key_End)
    QTest.keyClick(targets, Qt.Key.Key_Return)
    assert hub.queue is not None
    queue = hub.queue
    qtbot.waitUntil(lambda: queue.entries[REMOTE.id].state is DownloadState.RECEIVING)
    qtbot.waitUntil(lambda: "is being downloaded" in sentences(dialog, "Targets")[-1])
    assert "Resume" not in sentences(dialog, "Targets")[-1]
    queue.finish(REMOTE.id, Path("/cache/Big-Q4_K_M.gguf"))
    qtbot.waitUntil(lambda: not any("Incomplete, 4" in s for s in sentences(dialog, "Targets")))
