"""Two pairs answer the same message in turn; either answer can be kept as a branch."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.conversations.values import MessageState, Setup
from desktop.engine_port import Pair
from desktop.pair_model import Phase
from desktop.views.compare_dialog import CompareDialog
from desktop.views.prose import ProseView
from engine.config import Mode, ModelConfig, SamplingConfig, SessionConfig
from engine.errors import EngineDied, ModelLoadFailed
from engine.library.profiles import Profile
from tests.desktop.fakes import REPLY, FakeOpener
from tests.desktop.views.test_accessibility import nameless


@pytest.fixture
def other(app: Desktop, tmp_path: Path) -> Path:
    """The target of a profile that is not loaded."""
    model = tmp_path / "other.gguf"
    model.touch()
    session = SessionConfig(target=ModelConfig(path=model), context_length=2048)
    sampling = SamplingConfig(temperature=0.25)
    app.profiles.save(Profile(name="Other", session=session, sampling=sampling), in_use=False)
    return model


def asking(app: Desktop) -> CompareDialog:
    """The dialog with a message in it."""
    dialog = app.window.page.open_compare()
    dialog.prompt.setPlainText("Tell me")
    return dialog


def side(dialog: CompareDialog, number: int, name: str) -> None:
    box = dialog.columns[number].side
    box.setCurrentIndex(box.findText(name))


def compare(qtbot: QtBot, dialog: CompareDialog) -> None:
    dialog.go.click()
    qtbot.waitUntil(ended(dialog))


def ended(dialog: CompareDialog) -> Callable[[], bool]:
    return lambda: not dialog.go.isHidden()


def texts(app: Desktop) -> list[str]:
    return [shown.message.text for shown in app.chat.messages()]


def shown(dialog: CompareDialog, number: int) -> str:
    """The answer that a column shows."""
    views = dialog.columns[number].findChildren(ProseView)
    return "\n".join(view.toPlainText() for view in views)


def settle(qtbot: QtBot, app: Desktop) -> None:
    qtbot.waitUntil(lambda: app.pair.phase is Phase.READY)


def test_two_pairs_answer_in_turn_and_the_first_is_loaded_again(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, other: Path
) -> None:
    dialog = asking(app)
    side(dialog, 1, "Other")
    compare(qtbot, dialog)
    loaded = [request.pair.target if request.pair else None for request in opener.requests]
    assert loaded == [None, other]
    assert [asked[-1].content for asked in opener.session.asked] == ["Tell me", "Tell me"]
    assert opener.session.samplings[1].temperature == pytest.approx(0.25)
    assert all(column.keep.isEnabled() for column in dialog.columns)
    assert app.chat.messages() == []
    dialog.reject()
    settle(qtbot, app)
    assert [request.pair for request in opener.requests][2:] == [None]
    assert app.pair.pair is None  # the person's choice was never touched


def test_the_same_pair_without_speculation_is_not_loaded_again(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    dialog = asking(app)
    compare(qtbot, dialog)
    dialog.reject()
    assert len(opener.requests) == 1
    qtbot.waitUntil(lambda: len(opener.session.used) == 3)
    assert [used.mode for used in opener.session.used] == [Mode.AUTO, Mode.OFF, Mode.AUTO]


def test_both_answers_can_be_kept_as_branches_of_what_is_typed(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    app.window.page.composer.edit.setPlainText("Tell me")
    dialog = app.window.page.open_compare()
    assert dialog.prompt.toPlainText() == "Tell me"
    compare(qtbot, dialog)
    for column in dialog.columns:
        column.keep.click()
        assert not column.keep.isEnabled()
    assert texts(app) == ["Tell me", REPLY]
    last = app.chat.messages()[-1]
    assert (last.branch, last.branches, last.message.state) == (2, 2, MessageState.COMPLETE)
    assert last.message.notes is not None
    assert app.window.page.composer.edit.toPlainText() == ""
    app.conversations.undo()
    assert app.chat.messages()[-1].branches == 1
    dialog.reject()


def test_an_answer_to_a_message_of_the_path_becomes_a_branch_there(
    qtbot: QtBot, app: Desktop
) -> None:
    for text in ("One", "Two"):
        app.chat.send(text)
        qtbot.waitUntil(lambda: app.chat.run is None)
    first = app.chat.messages()[0].message
    dialog = app.window.page.open_compare(first.id)
    assert dialog.prompt.isReadOnly()
    compare(qtbot, dialog)
    dialog.columns[0].keep.click()
    dialog.reject()
    assert texts(app) == ["One", REPLY]
    assert app.chat.messages()[-1].branches == 2


def test_a_comparison_is_stopped_where_it_is(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    dialog = asking(app)
    opener.session.gate.close()
    dialog.go.click()
    opener.session.gate.step()
    qtbot.waitUntil(lambda: dialog._comparison.run is not None)
    assert not dialog.stop.isHidden()
    qtbot.waitUntil(lambda: bool(shown(dialog, 0)))
    dialog.stop.click()
    assert not dialog.go.isHidden()
    assert len(opener.session.asked) == 1
    assert list(dialog._comparison.replies) == [0]
    assert shown(dialog, 0) in REPLY  # what there was of it can be kept
    assert dialog.columns[0].keep.isEnabled()
    assert not dialog.columns[1].keep.isEnabled()
    opener.session.gate.open()
    dialog.reject()


def test_a_pair_that_does_not_load_leaves_the_other_its_turn(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, other: Path
) -> None:
    app.pair.changed.connect(lambda: setattr(opener, "error", None) if failed(app) else None)
    dialog = asking(app)
    side(dialog, 0, "Other")
    side(dialog, 1, app.pair.target_label)
    opener.error = ModelLoadFailed("The file is damaged.")
    compare(qtbot, dialog)
    assert "damaged" in dialog.columns[0].words.text()
    assert list(dialog._comparison.replies) == [1]
    assert not dialog.columns[0].keep.isEnabled()
    assert dialog.columns[1].words.isHidden()
    dialog.reject()
    settle(qtbot, app)


def failed(app: Desktop) -> bool:
    return app.pair.phase is Phase.EMPTY


def test_an_engine_that_dies_is_told_and_the_other_answers(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    app.pair.changed.connect(
        lambda: setattr(opener.session, "error", None) if failed(app) else None
    )
    dialog = asking(app)
    opener.session.error = EngineDied("The engine ended.")
    compare(qtbot, dialog)
    assert "The engine ended." in dialog.columns[0].words.text()
    reply = dialog._comparison.replies[1]
    assert reply.text == REPLY
    dialog.reject()
    settle(qtbot, app)


def test_a_line_of_the_message_is_seen_whole(app: Desktop) -> None:
    dialog = asking(app)
    assert dialog.prompt.verticalScrollBar().maximum() == 0
    before = dialog.prompt.height()
    dialog.prompt.setPlainText("Tell me\nall of it")
    assert dialog.prompt.height() > before
    assert dialog.prompt.verticalScrollBar().maximum() == 0
    dialog.reject()


def test_without_a_message_there_is_nothing_to_compare(app: Desktop) -> None:
    dialog = app.window.page.open_compare()
    assert not dialog.go.isEnabled()
    assert dialog.go.toolTip()
    assert nameless(dialog) == []
    dialog.reject()


def test_each_failure_stands_where_its_answer_would(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, other: Path
) -> None:
    dialog = asking(app)
    opener.session.error = ModelLoadFailed("It ran out of memory.", hint="Close something.")
    compare(qtbot, dialog)
    for column in dialog.columns:
        assert column.words.text() == "It ran out of memory. Close something."
    opener.session.error = None
    compare(qtbot, dialog)
    assert [column.words.isHidden() for column in dialog.columns] == [True, True]
    dialog.reject()


def test_header_and_status_name_what_is_loaded_for_the_comparison(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, other: Path
) -> None:
    dialog = asking(app)
    side(dialog, 0, "Other")
    opener.session.gate.close()
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog._comparison.run is not None)
    assert app.pair.draft_label == ""  # the profile has none
    assert "low-bit" not in app.window.page.header.pair_button.accessibleName()
    opener.session.gate.open()
    qtbot.waitUntil(ended(dialog))
    dialog.reject()
    settle(qtbot, app)
    assert app.pair.draft_label == "its low-bit copy"


def test_a_profile_whose_model_is_away_is_named_but_not_chosen(app: Desktop, other: Path) -> None:
    other.unlink()
    dialog = app.window.page.open_compare()
    box = dialog.columns[0].side
    place = box.findText("Other (a model is not there)")
    assert place >= 0
    assert not box.model().flags(box.model().index(place, 0)) & Qt.ItemFlag.ItemIsEnabled
    assert "other.gguf is not there now" in box.itemData(place, Qt.ItemDataRole.ToolTipRole)
    assert all(column.chosen and not column.chosen.missing for column in dialog.columns)
    dialog.reject()


def test_an_answer_can_be_kept_while_the_other_pair_is_at_work(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    dialog = asking(app)
    opener.session.gate.close()
    dialog.go.click()
    while not dialog._comparison.replies:
        opener.session.gate.step()
        qtbot.wait(1)
    dialog.columns[0].keep.click()
    assert texts(app) == ["Tell me", REPLY]
    assert not dialog.go.isVisible()
    opener.session.gate.open()
    qtbot.waitUntil(ended(dialog))
    assert not dialog.columns[0].keep.isEnabled()
    dialog.columns[1].keep.click()
    assert app.chat.messages()[-1].branches == 2
    dialog.reject()


def test_what_was_still_loading_is_loaded_after_the_comparison(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, other: Path
) -> None:
    app.pair.load()
    assert app.pair.phase is Phase.LOADING
    dialog = asking(app)
    for number in range(2):
        side(dialog, number, "Other")
    compare(qtbot, dialog)
    dialog.reject()
    settle(qtbot, app)
    assert opener.requests[-1].pair is None
    assert opener.requests[-2].pair == Pair(other, None)


def test_sampling_of_the_conversation_counts_for_both(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, other: Path
) -> None:
    app.chat.set_up(Setup("", SamplingConfig(temperature=0.75)))
    dialog = asking(app)
    side(dialog, 1, "Other")
    compare(qtbot, dialog)
    assert [one.temperature for one in opener.session.samplings] == pytest.approx([0.75, 0.75])
    dialog.reject()
    settle(qtbot, app)


def test_enter_compares_and_the_focus_goes_from_stop_to_the_answers(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    dialog = app.window.page.open_compare()
    dialog.activateWindow()
    dialog.prompt.setFocus()
    qtbot.waitUntil(dialog.prompt.hasFocus)
    QTest.keyClicks(dialog.prompt, "Tell me")
    opener.session.gate.close()
    QTest.keyClick(dialog.prompt, Qt.Key.Key_Return)
    assert dialog.stop.hasFocus()
    QTest.keyClick(dialog.prompt, Qt.Key.Key_Return)  # nothing begins anew
    opener.session.gate.open()
    qtbot.waitUntil(ended(dialog))
    assert len(opener.session.asked) == 2
    assert dialog.columns[0].area.hasFocus()
    dialog.reject()
