"""Two pairs answer the same message in turn; either answer can be kept as a branch."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.conversations.values import MessageState
from desktop.pair_model import Phase
from desktop.views.compare_dialog import CompareDialog
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


def settle(qtbot: QtBot, app: Desktop) -> None:
    qtbot.waitUntil(lambda: app.pair.phase is Phase.READY)


def test_two_pairs_answer_in_turn_and_the_first_is_loaded_again(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, other: Path
) -> None:
    dialog = app.window.page.open_compare()
    dialog.prompt.setPlainText("Tell me")
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
    dialog = app.window.page.open_compare()
    dialog.prompt.setPlainText("Tell me")
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
    dialog = app.window.page.open_compare()
    dialog.prompt.setPlainText("Tell me")
    opener.session.gate.close()
    dialog.go.click()
    opener.session.gate.step()
    qtbot.waitUntil(lambda: dialog._comparison.run is not None)
    assert not dialog.stop.isHidden()
    dialog.stop.click()
    assert not dialog.go.isHidden()
    assert len(opener.session.asked) <= 1
    opener.session.gate.open()
    dialog.reject()


def test_a_pair_that_does_not_load_leaves_the_other_its_turn(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, other: Path
) -> None:
    app.pair.changed.connect(lambda: setattr(opener, "error", None) if failed(app) else None)
    dialog = app.window.page.open_compare()
    dialog.prompt.setPlainText("Tell me")
    side(dialog, 0, "Other")
    side(dialog, 1, app.pair.target_label)
    opener.error = ModelLoadFailed("The file is damaged.")
    compare(qtbot, dialog)
    assert "damaged" in dialog.words.text()
    assert list(dialog._comparison.replies) == [1]
    assert not dialog.columns[0].keep.isEnabled()
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
    dialog = app.window.page.open_compare()
    dialog.prompt.setPlainText("Tell me")
    opener.session.error = EngineDied("The engine ended.")
    compare(qtbot, dialog)
    reply = dialog._comparison.replies[1]
    assert reply.text == REPLY
    dialog.reject()
    settle(qtbot, app)


def test_without_a_message_there_is_nothing_to_compare(app: Desktop) -> None:
    dialog = app.window.page.open_compare()
    assert not dialog.go.isEnabled()
    assert dialog.go.toolTip()
    assert nameless(dialog) == []
    dialog.reject()
