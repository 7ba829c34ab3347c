"""The keyboard among the messages: one stop of Tab, arrows between them, Enter and Esc."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.conversations.values import MessageState
from desktop.views.message_view import MessageView
from desktop.views.reply import Reply
from desktop.views.text_block import TextBlock
from desktop.views.user_message import UserMessage
from tests.desktop.fakes import FakeOpener
from tests.desktop.views.conversations import MANY, TALL_AND_SHORT, show_conversation

ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
REPLY = (
    "First words.\n\nSecond with [a link](https://example.org).\n\n"
    "```python\nx = 1\n```\n\nLast words."
)


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(*keys: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> QWidget:
    for key in keys:
        QTest.keyClick(focused(), key, modifier)
    return focused()


def message() -> MessageView:
    """The message that has the focus itself."""
    widget = focused()
    assert isinstance(widget, MessageView), widget.accessibleName()
    return widget


def shown_actions(view: MessageView) -> bool:
    """Whether its buttons are painted."""
    picture = view.more.grab().toImage()
    first = picture.pixelColor(0, 0)
    return any(
        picture.pixelColor(x, y) != first
        for x in range(picture.width())
        for y in range(picture.height())
    )


@pytest.fixture
def two(qtbot: QtBot, app: Desktop, opener: FakeOpener) -> Desktop:
    """A question and a reply, the keyboard in the composer."""
    opener.session.reply = REPLY
    app.chat.send("A question")
    qtbot.waitUntil(lambda: app.chat.run is None)
    app.window.activateWindow()
    app.window.page.composer.edit.setFocus()
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QWidget))
    return app


@pytest.fixture
def many(qtbot: QtBot, app: Desktop) -> Desktop:
    show_conversation(app, TALL_AND_SHORT)
    app.window.activateWindow()
    app.window.page.messages.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), MessageView))
    return app


def in_view(app: Desktop, part: QWidget) -> bool:
    view = app.window.page.messages.viewport()
    top = part.mapTo(view, part.rect().topLeft()).y()
    bottom = top + part.height()
    return top >= 0 and (bottom <= view.height() or top < 20)


def test_messages_are_one_stop_that_hands_the_focus_to_the_last_one(two: Desktop) -> None:
    assert isinstance(press(Qt.Key.Key_Backtab), Reply)
    assert not two.window.page.messages.isAncestorOf(press(Qt.Key.Key_Backtab))
    assert isinstance(press(Qt.Key.Key_Tab), Reply)
    assert two.window.page.composer.isAncestorOf(press(Qt.Key.Key_Tab))


def test_arrows_go_between_them_and_tab_comes_back_to_the_same_one(two: Desktop) -> None:
    press(Qt.Key.Key_Backtab)
    assert isinstance(press(Qt.Key.Key_Up), UserMessage)
    assert isinstance(press(Qt.Key.Key_Up), UserMessage)
    press(Qt.Key.Key_Tab)
    assert isinstance(press(Qt.Key.Key_Backtab), UserMessage)
    assert isinstance(press(Qt.Key.Key_Down), Reply)
    assert isinstance(press(Qt.Key.Key_Home), UserMessage)
    assert isinstance(press(Qt.Key.Key_End), Reply)


def test_a_message_is_read_as_one_sentence(two: Desktop) -> None:
    press(Qt.Key.Key_Backtab)
    assert message().accessibleName() == (
        "Reply: First words. Second with a link. Here is code. Last words."
    )
    assert message().accessibleDescription() == "2 of 2"
    press(Qt.Key.Key_Up)
    assert message().accessibleName() == "Your message: A question"


def test_long_messages_are_named_by_their_beginning(many: Desktop) -> None:
    names = [one.accessibleName() for one in many.window.findChildren(MessageView)]
    assert all(20 < len(name) < 300 for name in names)
    assert any(name.endswith("…") for name in names)


def test_a_focused_message_shows_its_actions(two: Desktop) -> None:
    press(Qt.Key.Key_Backtab)
    reply = message()
    assert shown_actions(reply)
    press(Qt.Key.Key_Return)
    assert shown_actions(reply)
    press(Qt.Key.Key_Escape, Qt.Key.Key_Up)
    assert not shown_actions(reply)
    assert shown_actions(message())


def test_enter_goes_inside_tab_walks_the_actions_and_escape_returns(two: Desktop) -> None:
    press(Qt.Key.Key_Backtab)
    reply = message()
    first = press(Qt.Key.Key_Return)
    assert isinstance(first, TextBlock)
    assert first.toPlainText() == "First words."
    walked: list[str] = []
    while reply.isAncestorOf(widget := press(Qt.Key.Key_Tab)):
        if not walked or walked[-1] != widget.accessibleName():
            walked.append(widget.accessibleName())
    assert walked[0] == "Text of the reply"  # that with the link
    assert walked[1:5] == ["Wrap long lines", "Save the code", "Copy the code", "Code, python"]
    assert walked[5].startswith("Tree, ")
    assert walked[6:] == [
        *("Copy the reply", "Regenerate the reply", "Edit the reply", "More for this message")
    ]
    assert two.window.page.composer.isAncestorOf(widget)
    press(Qt.Key.Key_Backtab)
    assert message() is reply
    press(Qt.Key.Key_Return, Qt.Key.Key_Tab)
    press(Qt.Key.Key_Escape)
    assert message() is reply


def test_tab_walks_what_can_be_done_with_a_question(two: Desktop) -> None:
    press(Qt.Key.Key_Backtab, Qt.Key.Key_Up)
    question = message()
    assert press(Qt.Key.Key_Return).accessibleName() == "Your message"
    names = [press(Qt.Key.Key_Tab).accessibleName() for _ in range(3)]
    assert names == ["Copy the message", "Edit the message", "More for this message"]
    back = [press(Qt.Key.Key_Backtab) for _ in range(3)]
    assert back[2] is question
    QTest.keyClick(question, Qt.Key.Key_Return)
    press(Qt.Key.Key_Tab, Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text() == "A question"


def test_arrows_read_on_into_the_next_text_of_a_message(two: Desktop) -> None:
    press(Qt.Key.Key_Backtab)
    reply = message()
    texts = list(reply.texts().values())
    assert press(Qt.Key.Key_Return) is texts[0]
    for _ in range(4):
        QTest.keyClick(focused(), Qt.Key.Key_Down)
    assert focused() in texts
    assert focused() is not texts[0]
    for _ in range(10):
        QTest.keyClick(focused(), Qt.Key.Key_Down)
    assert focused() is texts[-1]
    for _ in range(10):
        QTest.keyClick(focused(), Qt.Key.Key_Up)
    assert focused() is texts[0]


def test_escape_on_a_message_stops_the_reply(
    qtbot: QtBot, two: Desktop, opener: FakeOpener
) -> None:
    opener.session.gate.close()
    two.chat.send("Again")
    qtbot.waitUntil(lambda: two.chat.run is not None)
    two.window.page.messages.setFocus()
    press(Qt.Key.Key_Escape)
    opener.session.gate.open()
    qtbot.waitUntil(lambda: two.chat.run is None)
    assert two.chat.messages()[-1].message.state is MessageState.STOPPED


def test_alt_and_an_arrow_switch_the_branch_and_keep_the_place(
    qtbot: QtBot, two: Desktop, opener: FakeOpener
) -> None:
    opener.session.reply = "Another one"
    two.chat.regenerate(two.chat.messages()[-1].message.id)
    qtbot.waitUntil(lambda: two.chat.run is None)
    two.window.page.messages.setFocus()
    assert message().accessibleName() == "Reply: Another one"
    press(Qt.Key.Key_Left, modifier=ALT)
    assert message().accessibleName().startswith("Reply: First words.")
    press(Qt.Key.Key_Left, modifier=ALT)
    assert message().accessibleName().startswith("Reply: First words.")
    press(Qt.Key.Key_Right, modifier=ALT)
    assert message().accessibleName() == "Reply: Another one"


def test_a_deleted_message_gives_the_focus_to_the_composer(two: Desktop) -> None:
    press(Qt.Key.Key_Backtab)
    two.chat.delete(message().message_id)
    assert two.window.page.composer.edit.hasFocus()


def test_the_focus_stays_with_a_reply_that_is_regenerated(
    qtbot: QtBot, two: Desktop, opener: FakeOpener
) -> None:
    press(Qt.Key.Key_Backtab)
    before = message().message_id
    opener.session.reply = "Another one"
    opener.session.gate.close()
    press(Qt.Key.Key_Return)
    while press(Qt.Key.Key_Tab).accessibleName() != "Regenerate the reply":
        pass
    press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: two.chat.run is not None)
    assert message().message_id != before
    assert message().message_id == two.chat.messages()[-1].message.id
    opener.session.gate.open()
    qtbot.waitUntil(lambda: two.chat.run is None)
    assert message().accessibleName() == "Reply: Another one"
    assert message().accessibleDescription() == "2 of 2"


def test_another_conversation_does_not_take_the_focus_from_the_composer(two: Desktop) -> None:
    press(Qt.Key.Key_Backtab)
    assert isinstance(message(), Reply)
    two.chat.open(None)
    assert two.window.page.composer.edit.hasFocus()


def test_keys_reach_messages_that_have_no_widget_yet(many: Desktop) -> None:
    assert message().message_id == f"m{MANY - 1}"
    press(Qt.Key.Key_Home)
    assert message().message_id == "m0"
    assert in_view(many, message())
    for number in range(1, 40):
        press(Qt.Key.Key_Down)
        assert message().message_id == f"m{number}"
        assert in_view(many, message())
    press(Qt.Key.Key_End)
    assert message().message_id == f"m{MANY - 1}"
    for number in range(2, 40):
        press(Qt.Key.Key_Up)
        assert message().message_id == f"m{MANY - number}"
        assert in_view(many, message())
    assert len([one for one in many.window.findChildren(MessageView) if not one.isHidden()]) < 60


def test_who_scrolled_away_comes_to_what_is_in_view(many: Desktop) -> None:
    bar = many.window.page.messages.verticalScrollBar()
    many.window.page.composer.edit.setFocus()
    bar.setValue(bar.maximum() // 2)
    press(Qt.Key.Key_Backtab)
    while not isinstance(focused(), MessageView):
        press(Qt.Key.Key_Backtab)
    before = bar.value()
    view = many.window.page.messages.viewport().rect()
    assert message().geometry().intersects(view)
    assert bar.value() == before


def test_page_keys_scroll_and_the_focus_stays_in_view(many: Desktop) -> None:
    bar = many.window.page.messages.verticalScrollBar()
    view = many.window.page.messages.viewport().rect()
    end = bar.value()
    for _ in range(5):
        press(Qt.Key.Key_PageUp)
        assert message().geometry().intersects(view)
    assert bar.value() < end - 3 * view.height()
    middle = bar.value()
    press(Qt.Key.Key_Space)
    assert bar.value() > middle + view.height() // 2
    press(Qt.Key.Key_Space, modifier=SHIFT)
    press(Qt.Key.Key_PageDown)
    assert message().geometry().intersects(view)


def test_what_is_inside_and_out_of_view_is_scrolled_to(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.session.reply = "line\n\n" * 60
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: app.chat.run is None)
    app.window.activateWindow()
    app.window.page.messages.setFocus()
    press(Qt.Key.Key_Return)
    assert in_view(app, focused())
    assert app.window.page.messages.verticalScrollBar().value() < 200
    press(Qt.Key.Key_Tab)
    assert in_view(app, focused())
    press(Qt.Key.Key_Escape, Qt.Key.Key_Return)
    for _ in range(120):
        QTest.keyClick(focused(), Qt.Key.Key_Down)
        assert in_view(app, focused())
    assert (
        focused()
        is app.window.findChildren(Reply)[0].texts()[max(app.window.findChildren(Reply)[0].texts())]
    )


def test_f6_goes_to_the_messages_too(two: Desktop) -> None:
    two.window.page.header.pair_button.setFocus()
    two.window.regions.go_on()
    assert isinstance(focused(), Reply)
    two.window.regions.go_on()
    assert two.window.page.composer.edit.hasFocus()
