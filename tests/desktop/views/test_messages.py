"""The messages: they grow, follow the end, keep their branches, and open nothing by themselves."""

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.views.branch_switcher import BranchSwitcher
from desktop.views.chip import StatusChip
from desktop.views.code_block import CodeView
from desktop.views.markdown_blocks import ProseBlock
from desktop.views.prose import CARET, ProseView
from desktop.views.reply import Reply
from desktop.views.user_message import EditBox, UserMessage
from tests.desktop.fakes import REPLY, FakeOpener


def click(root: QWidget, name: str) -> None:
    buttons = [b for b in root.findChildren(QAbstractButton) if b.accessibleName() == name]
    assert len(buttons) == 1, f"{len(buttons)} buttons are named {name}"
    QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)


def replies(app: Desktop) -> list[Reply]:
    return [w for w in app.window.findChildren(Reply) if not w.isHidden()]


def shown_text(app: Desktop) -> str:
    return "".join(v.toPlainText() for v in replies(app)[-1].findChildren(ProseView))


def converse(qtbot: QtBot, app: Desktop, text: str = "Hello") -> None:
    app.chat.send(text)
    qtbot.waitUntil(lambda: app.chat.run is None)


def test_text_is_seen_growing(qtbot: QtBot, app: Desktop, opener: FakeOpener) -> None:
    opener.session.gate.close()
    app.chat.send("Hello")
    opener.session.gate.step()
    qtbot.waitUntil(lambda: bool(replies(app)) and "The" in shown_text(app))
    assert "calm" not in shown_text(app)
    assert shown_text(app).endswith(CARET)
    opener.session.gate.open()
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert shown_text(app) == "The sea is calm tonight."


def test_a_reply_shows_how_it_was_made(qtbot: QtBot, app: Desktop) -> None:
    converse(qtbot, app)
    chip = replies(app)[0].findChild(StatusChip)
    assert chip is not None
    assert chip.accessibleName() == "Tree, 4.0 tokens per pass, 2.5 times plain"


def test_regenerating_offers_both_branches(qtbot: QtBot, app: Desktop, opener: FakeOpener) -> None:
    converse(qtbot, app)
    opener.session.reply = "Another one"
    click(replies(app)[0], "Regenerate the reply")
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert shown_text(app) == "Another one"
    switcher = replies(app)[0].findChild(BranchSwitcher)
    assert switcher is not None
    assert switcher.isVisible()
    click(replies(app)[0], "Branch before")
    qtbot.waitUntil(lambda: len(replies(app)) == 1)
    assert shown_text(app) == "The sea is calm tonight."


def test_editing_makes_a_branch(qtbot: QtBot, app: Desktop) -> None:
    converse(qtbot, app, "Tell me about the sea")
    (message,) = app.window.findChildren(UserMessage)
    click(message, "Edit the message")
    box = message.findChild(EditBox)
    assert box is not None
    box.confirmed.emit("Tell me about the sky")
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert app.chat.messages()[0].message.text == "Tell me about the sky"
    assert app.chat.messages()[0].branches == 2
    assert app.window.page.composer.edit.hasFocus()


def test_an_edit_can_be_left(qtbot: QtBot, app: Desktop) -> None:
    converse(qtbot, app, "Tell me about the sea")
    (message,) = app.window.findChildren(UserMessage)
    click(message, "Edit the message")
    box = message.findChild(EditBox)
    assert box is not None
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert app.chat.messages()[0].branches == 1


def test_copying_gives_the_markdown(qtbot: QtBot, app: Desktop) -> None:
    converse(qtbot, app)
    click(replies(app)[0], "Copy the reply")
    assert QGuiApplication.clipboard().text() == REPLY


def test_code_has_a_language_and_can_be_copied(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.session.reply = "Look:\n\n```python\nprint(1)\n```"
    converse(qtbot, app)
    code = replies(app)[0].findChild(CodeView)
    assert code is not None
    click(code, "Copy the code")
    assert QGuiApplication.clipboard().text() == "print(1)"


def test_prose_loads_nothing(qtbot: QtBot, app: Desktop) -> None:
    view = ProseView(app.theme)
    qtbot.addWidget(view)
    view.show_block(ProseBlock("<p><img src='file:///etc/hostname'>words</p>"))
    kind = QTextDocument.ResourceType.ImageResource.value
    assert view.loadResource(kind, QUrl("file:///etc/hostname")) is None
    assert "words" in view.toPlainText()


def test_a_link_shows_its_address_before_it_opens(qtbot: QtBot, app: Desktop) -> None:
    page = app.window.page
    page.messages.link_chosen.emit(QUrl("https://example.com/path"))
    box = page.findChild(QMessageBox)
    assert box is not None
    assert box.informativeText() == "https://example.com/path"
    box.reject()


@pytest.mark.parametrize("address", ["file:///etc/passwd", "vscode://x", "relative"])
def test_other_links_are_refused(app: Desktop, address: str) -> None:
    page = app.window.page
    page.messages.link_chosen.emit(QUrl(address))
    assert page.findChild(QMessageBox) is None
    assert page.banner.isVisible()


def test_the_list_follows_the_end_until_the_reader_leaves_it(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.session.reply = "line\n\n" * 60
    converse(qtbot, app)
    bar = app.window.page.messages.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 500 and bar.value() == bar.maximum())
    bar.setValue(100)
    opener.session.reply = "more\n\n" * 60
    converse(qtbot, app, "Again")
    end = bar.maximum()
    assert bar.value() == 100
    app.window.page.messages.jump_to_end()
    assert bar.value() >= end


def jump_button(app: Desktop) -> QAbstractButton:
    buttons = app.window.page.messages.findChildren(QAbstractButton)
    return next(b for b in buttons if b.accessibleName() == "Jump to the end")


def test_no_way_to_the_end_is_offered_where_everything_is_in_view(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.session.gate.close()
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: bool(replies(app)))
    assert app.window.page.messages.isVisible()
    assert not jump_button(app).isVisible()
    opener.session.gate.open()
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert not jump_button(app).isVisible()


def test_the_way_to_the_end_is_offered_to_a_reader_who_left_it(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.session.reply = "line\n\n" * 60
    converse(qtbot, app)
    bar = app.window.page.messages.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 500 and bar.value() == bar.maximum())
    assert not jump_button(app).isVisible()
    bar.setValue(0)
    assert jump_button(app).isVisible()
    click(app.window.page.messages, "Jump to the end")
    assert not jump_button(app).isVisible()


def test_the_offer_ends_when_the_end_comes_into_view(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.session.reply = "line\n\n" * 30
    converse(qtbot, app)
    bar = app.window.page.messages.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100)
    bar.setValue(0)
    app.window.resize(1280, 4000)
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    assert not jump_button(app).isVisible()


def test_long_conversations_show_their_end_first(qtbot: QtBot, app: Desktop) -> None:
    conversation = app.store.create("Long")
    parent: str | None = None
    for number in range(50):
        parent = app.store.add_user_message(conversation.id, str(number), parent_id=parent).id
    app.chat.open(conversation.id)
    assert len(app.window.findChildren(UserMessage)) == 40
    click(app.window, "Show earlier messages")
    assert len(app.window.findChildren(UserMessage)) == 50
