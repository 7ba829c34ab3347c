"""The tree panel beside a chat whose session reports trees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from desktop import figures
from desktop.app import Desktop
from desktop.conversations.values import MessageState, ReplyNotes, TextOrigins
from desktop.rounds import ReplyRound
from desktop.settings import ORIGIN_MARKS, OriginMarks
from desktop.views.chip import StatusChip
from desktop.views.prose import ProseView
from desktop.views.reply import Reply
from desktop.views.tree_layout import PITCH
from desktop.views.tree_nodes import ROOT
from desktop.views.tree_painter import GUTTER
from desktop.views.tree_time import time_parts
from engine.cancel import CancelToken
from engine.config import SamplingConfig
from engine.events import (
    ChatMessage,
    Event,
    FinishReason,
    Origin,
    RoundFinished,
    TextDelta,
    TreeDrawn,
    TurnFinished,
)
from tests.desktop.fakes import FakeOpener, FakeSession, round_stats, turn_stats

ROUNDS = (("The ", "sea ", "is "), ("**calm** ", "to", "night."))
TREE, NGRAM, TARGET = Origin.TREE, Origin.NGRAM, Origin.TARGET


@dataclass
class TreeSession(FakeSession):
    """Each round takes two of four guesses; the second of them came from the text."""

    def turn(
        self,
        messages: Sequence[ChatMessage],
        sampling: SamplingConfig,
        cancel: CancelToken,
        *,
        turn_id: int,
        temporary: bool = False,
    ) -> Iterator[Event]:
        del messages, sampling
        for first, second, bonus in ROUNDS:
            self.gate.wait(cancel)
            if cancel.cancelled:
                break
            yield TreeDrawn(
                turn_id,
                "root",
                (first, second, "other", "rare"),
                (ROOT, 0, ROOT, 2),
                (0.9, 0.5, 0.25, 0.001),
                (TREE, NGRAM, TREE, TREE),
                (0, 1),
                bonus,
            )
            yield RoundFinished(turn_id, round_stats(accepted=2))
            pieces = (first, second, bonus)
            origins = (TREE, NGRAM, TARGET)
            yield TextDelta(turn_id, "".join(pieces), origins, tuple(map(len, pieces)))
        yield TurnFinished(turn_id, FinishReason.END, turn_stats(len(ROUNDS)))


@pytest.fixture
def opener() -> FakeOpener:
    return FakeOpener(session=TreeSession())


@pytest.fixture
def answered(qtbot: QtBot, app: Desktop) -> Desktop:
    """A finished reply of two rounds."""
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: app.chat.run is None)
    return app


def reply(app: Desktop) -> Reply:
    return app.window.page.messages.findChildren(Reply)[-1]


def underlines(app: Desktop) -> dict[str, QTextCharFormat.UnderlineStyle]:
    """The underline below the first letter of each word of the reply."""
    view = reply(app).findChildren(ProseView)[0]
    text = view.toPlainText()
    found = {}
    for word in text.split():
        cursor = QTextCursor(view.document())
        cursor.setPosition(text.index(word) + 1)
        found[word] = cursor.charFormat().underlineStyle()
    return found


def test_the_chip_opens_the_panel_at_its_reply(qtbot: QtBot, answered: Desktop) -> None:
    chip = reply(answered).findChildren(StatusChip)[0]
    assert "tree panel" in chip.accessibleDescription()
    QTest.keyClick(chip, Qt.Key.Key_Space)
    window = answered.window
    assert window.tree.isVisible()
    assert window.page.header.tree_button.isChecked()
    assert window.tree.slider.maximum() == len(ROUNDS)
    assert window.tree.canvas.accessibleName() == "Draft tree, round 2 of 2"
    assert "2 accepted + 1 bonus" in window.tree.canvas.accessibleDescription()


def test_rounds_are_chosen_by_keys_and_their_tokens_are_lit(
    qtbot: QtBot, answered: Desktop
) -> None:
    window = answered.window
    window.side.show_tree(shown=True)
    QTest.keyClick(window.tree.slider, Qt.Key.Key_Home)
    assert window.tree.canvas.accessibleName() == "Draft tree, round 1 of 2"
    assert [node.text for node in window.tree.canvas.nodes][:2] == ["The ", "sea "]
    message = answered.chat.messages()[-1].message
    assert window.page.marks.lit_round(message.id) == 1
    QTest.keyClick(window.tree.slider, Qt.Key.Key_End)
    assert window.page.marks.lit_round(message.id) == 2


def test_a_click_unfolds_what_is_unlikely(answered: Desktop) -> None:
    window = answered.window
    window.side.show_tree(shown=True)
    canvas = window.tree.canvas
    other = next(place for place in canvas.places if place.node == 2)
    assert other.hidden == 1
    point = QPointF(GUTTER + other.left + 5, PITCH + 10)
    assert canvas.node_at(point) == 2
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=point.toPoint())
    assert {place.node for place in canvas.places} == {0, 1, 2, 3, 4}


def test_the_list_has_every_node(answered: Desktop) -> None:
    window = answered.window
    window.side.show_tree(shown=True)
    (as_list,) = (
        button
        for button in window.tree.findChildren(QToolButton)
        if button.accessibleName() == "Show the tree as a list"
    )
    QTest.mouseClick(as_list, Qt.MouseButton.LeftButton)
    rows = window.tree.list
    assert rows.isVisible()
    first = rows.topLevelItem(0)
    assert first is not None
    assert [first.text(column) for column in range(4)] == ["**calm** ", "90 %", "draft tree", "yes"]
    second = first.child(0)
    assert second is not None
    bonus = second.child(0)
    assert bonus is not None
    assert (bonus.text(0), bonus.text(3)) == ("night.", "bonus")


def test_a_streaming_reply_is_followed_until_another_round_is_chosen(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.session.gate.close()
    window = app.window
    window.side.show_tree(shown=True)
    app.chat.send("Hello")
    opener.session.gate.step()
    qtbot.waitUntil(lambda: window.tree.slider.maximum() == 1)
    (live,) = [
        one
        for one in window.tree.findChildren(QPushButton)
        if one.accessibleName() == "Follow the newest round"
    ]
    said = [one.text() for one in window.tree.findChildren(QLabel)]
    assert (live.isVisible(), live.text()) == (True, "\u25cf Live")
    assert "Round 1 so far" in said
    opener.session.gate.step()
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert window.tree.slider.value() == 2
    assert not live.isVisible()
    assert "Round 2 of 2" in [one.text() for one in window.tree.findChildren(QLabel)]


def test_tokens_are_underlined_by_origin_while_the_panel_is_open(answered: Desktop) -> None:
    line = QTextCharFormat.UnderlineStyle
    assert set(underlines(answered).values()) == {line.NoUnderline}
    answered.window.side.show_tree(shown=True)
    assert underlines(answered) == {
        "The": line.SingleUnderline,
        "sea": line.DotLine,
        "is": line.DashUnderline,
        "calm": line.SingleUnderline,
        "tonight.": line.DotLine,
    }
    view = reply(answered).findChildren(ProseView)[0]
    cursor = QTextCursor(view.document())
    cursor.setPosition(1)
    assert cursor.charFormat().toolTip() == "draft tree · round 1 · depth 1 · 90 %"
    answered.window.side.show_tree(shown=False)
    assert set(underlines(answered).values()) == {line.NoUnderline}


def test_marks_are_a_setting(answered: Desktop) -> None:
    answered.settings.set(ORIGIN_MARKS, OriginMarks.ALWAYS.value)
    assert answered.settings.get(ORIGIN_MARKS) == "always"
    line = QTextCharFormat.UnderlineStyle
    assert underlines(answered)["sea"] is line.DotLine
    answered.theme.choose(answered.theme.look.scheme)
    answered.window.side.show_tree(shown=True)
    answered.settings.set(ORIGIN_MARKS, OriginMarks.NEVER.value)
    assert set(underlines(answered).values()) == {line.NoUnderline}


def test_a_narrow_window_shows_the_panel_in_place_of_the_chat(answered: Desktop) -> None:
    window = answered.window
    window.resize(800, 600)
    window.side.show_tree(shown=True)
    assert not window.page.isVisible()
    window.tree.close_asked.emit()
    assert window.page.isVisible()
    assert not window.tree.isVisible()


def test_a_reply_of_an_earlier_start_shows_what_was_taken(app: Desktop) -> None:
    store = app.store
    conversation = store.create("Earlier")
    asked = store.add_user_message(conversation.id, "Hello", parent_id=None)
    message = store.start_reply(conversation.id, parent_id=asked.id)
    pieces = ("The ", "sea ", "is ")
    origins = zip(pieces, (TREE, NGRAM, TARGET), strict=True)
    store.finish_reply(
        message.id,
        "".join(pieces),
        MessageState.COMPLETE,
        ReplyNotes(
            *("big", "small", "tree", "", 3, 1, 8.0, 0.5, 2.0, "end"),
            origins=tuple(TextOrigins(len(piece), (origin,)) for piece, origin in origins),
        ),
    )
    app.chat.open(conversation.id)
    window = app.window
    window.side.show_tree(shown=True)
    assert window.tree.canvas.accessibleName() == "Draft tree, round 1 of 1"
    assert [node.text for node in window.tree.canvas.nodes] == list(pieces)
    assert underlines(app)["sea"] is QTextCharFormat.UnderlineStyle.DotLine


def test_a_plain_round_says_why() -> None:
    assert figures.plain_words(round_stats(mode="plain")) == "Plain, because it was asked for."
    assert figures.round_words(ReplyRound(1, round_stats(accepted=0))).startswith("1 token · ")
    assert time_parts(round_stats())[0].words == "draft 100 ms"
    assert [part.name for part in time_parts(round_stats())] == ["draft", "compute"]
