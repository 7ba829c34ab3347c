"""The messages: they grow, follow the end, keep their branches, and open nothing by themselves."""

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QTextCursor, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QFileDialog,
    QMessageBox,
    QTextEdit,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.theme import Theme
from desktop.views.branch_switcher import BranchSwitcher
from desktop.views.chip import StatusChip
from desktop.views.code_block import CodeView
from desktop.views.edit_box import EditBox
from desktop.views.markdown_blocks import CodeBlock, ProseBlock
from desktop.views.message_view import MessageView
from desktop.views.prose import CARET, ProseView
from desktop.views.reply import Reply
from desktop.views.save_code import suggested_name
from desktop.views.table_view import TableView
from desktop.views.text_block import TextBlock
from desktop.views.user_message import UserMessage
from tests.desktop.fakes import REPLY, FakeOpener
from tests.desktop.views.conversations import (
    MANY,
    TALL_AND_SHORT,
    converse,
    show_conversation,
    wait_for_rest,
)


def click(root: QWidget, name: str) -> None:
    buttons = [b for b in root.findChildren(QAbstractButton) if b.accessibleName() == name]
    assert len(buttons) == 1, f"{len(buttons)} buttons are named {name}"
    QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)


def replies(app: Desktop) -> list[Reply]:
    return [w for w in app.window.findChildren(Reply) if not w.isHidden()]


def shown_text(app: Desktop) -> str:
    return "".join(v.toPlainText() for v in replies(app)[-1].findChildren(ProseView))


def visible_text(app: Desktop) -> str:
    return "".join(
        v.toPlainText() for v in replies(app)[-1].findChildren(TextBlock) if v.isVisible()
    )


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


def test_every_text_is_as_tall_as_its_lines(qtbot: QtBot, app: Desktop, opener: FakeOpener) -> None:
    opener.session.reply = "Some prose.\n\n```python\nprint(1)\nprint(2)\n```"
    converse(qtbot, app)
    blocks = app.window.page.messages.findChildren(TextBlock)
    assert len(blocks) == 3
    qtbot.waitUntil(lambda: all(b.height() == b.heightForWidth(b.width()) > 0 for b in blocks))


def test_no_text_is_scrolled_out_of_its_own_widget(qtbot: QtBot) -> None:
    block = TextBlock("Text")
    qtbot.addWidget(block)
    block.resize(300, 0)
    block.show()
    block.setPlainText("one\ntwo\nthree")
    block.moveCursor(QTextCursor.MoveOperation.End)
    block.ensureCursorVisible()
    assert block.verticalScrollBar().value() == 0


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


def code_view(qtbot: QtBot, app: Desktop, opener: FakeOpener, code: str) -> CodeView:
    opener.session.reply = f"```python\n{code}\n```"
    converse(qtbot, app)
    view = replies(app)[-1].findChild(CodeView)
    assert view is not None
    return view


def test_long_lines_of_code_wrap_when_asked(qtbot: QtBot, app: Desktop, opener: FakeOpener) -> None:
    view = code_view(qtbot, app, opener, "x = " + "1 + " * 200)
    bar, line = view.text.horizontalScrollBar(), app.theme.line_height("code")
    qtbot.waitUntil(lambda: bar.maximum() > 0 and view.text.height() < 2 * line)
    click(view, "Wrap long lines")
    qtbot.waitUntil(lambda: view.text.height() > 5 * line and bar.maximum() == 0)
    click(view, "Wrap long lines")
    qtbot.waitUntil(lambda: view.text.height() < 2 * line)


def test_very_long_code_is_folded(qtbot: QtBot, app: Desktop, theme: Theme) -> None:
    view = CodeView(theme)
    qtbot.addWidget(view)
    view.show_block(CodeBlock("python", "x = 1\n" * 500 + "end"))
    assert view.text.document().blockCount() == 40
    click(view, "Copy the code")
    assert QGuiApplication.clipboard().text().endswith("end")
    click(view, "Show 501 lines")
    assert view.text.document().blockCount() == 501


def test_code_seen_growing_is_not_folded_at_its_end(qtbot: QtBot, theme: Theme) -> None:
    view = CodeView(theme)
    qtbot.addWidget(view)
    code = ""
    for number in range(450):
        code += f"x = {number}\n"
        view.show_block(CodeBlock("python", code), colored=False)
        assert view.text.toPlainText() == code
    view.show_block(CodeBlock("python", code))
    assert view.text.toPlainText() == code


def test_code_can_be_saved(qtbot: QtBot, app: Desktop, opener: FakeOpener, tmp_path: Path) -> None:
    view = code_view(qtbot, app, opener, "print(1)")
    click(view, "Save the code")
    dialog = app.window.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "code.py"))
    dialog.reject()
    assert (tmp_path / "code.py").read_text() == "print(1)\n"
    assert suggested_name("rust") == "code.rs"
    assert suggested_name("no language") == "code.txt"


def test_wide_tables_scroll_inside_themselves(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    cells = "|".join(["some words here"] * 12)
    opener.session.reply = f"|{cells}|\n|{'---|' * 12}\n|{cells}|"
    converse(qtbot, app)
    view = replies(app)[-1].findChild(TableView)
    assert view is not None
    qtbot.waitUntil(lambda: view.horizontalScrollBar().maximum() > 0)
    assert view.width() <= app.window.page.messages.viewport().width()


def test_a_thought_is_folded_until_it_is_asked_for(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.session.reply = "<think>Hm, the sea.</think>\n\nIt is calm."
    converse(qtbot, app)
    assert shown_text(app) == "It is calm."
    line = next(b for b in replies(app)[-1].findChildren(QToolButton) if "Thought" in b.text())
    assert "Hm" not in visible_text(app)
    QTest.keyClick(line, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "Hm, the sea." in visible_text(app))
    QTest.keyClick(line, Qt.Key.Key_Space)
    assert "Hm" not in visible_text(app)
    click(replies(app)[-1], "Copy the reply")
    assert QGuiApplication.clipboard().text() == "It is calm."


def test_a_thought_is_told_while_it_lasts(qtbot: QtBot, app: Desktop, opener: FakeOpener) -> None:
    opener.session.reply = "<think>Hm, the sea.</think>\n\nIt is calm."
    opener.session.gate.close()
    app.chat.send("Hello")
    opener.session.gate.step(2)
    qtbot.waitUntil(
        lambda: any("Thinking" in b.text() for b in app.window.findChildren(QToolButton))
    )
    opener.session.gate.open()
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert not any("Thinking" in b.text() for b in app.window.findChildren(QToolButton))


def test_a_thought_that_the_prompt_opened_is_folded_from_its_first_word(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.session.opens = "<think>\n"
    opener.session.reply = "Hm, the sea. </think> It is calm."
    opener.session.gate.close()
    app.chat.send("Hello")
    opener.session.gate.step()
    lines = app.window.findChildren
    qtbot.waitUntil(lambda: any("Thinking, " in b.text() for b in lines(QToolButton)))
    assert "Hm" not in visible_text(app)
    opener.session.gate.open()
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert any("Thought for " in b.text() for b in lines(QToolButton))
    assert visible_text(app) == "It is calm."
    text = app.chat.messages()[-1].message.text
    assert text == "<think>\nHm, the sea. </think> It is calm."


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
    assert bar.value() == 100
    app.window.page.messages.jump_to_end()
    assert bar.value() == bar.maximum() > 3000
    assert built(app)[-1].geometry().bottom() < app.window.page.messages.viewport().height()


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


@pytest.fixture
def long(app: Desktop) -> Desktop:
    """A conversation of many messages is shown: short ones and long ones in turn."""
    show_conversation(app, TALL_AND_SHORT)
    return app


def built(app: Desktop) -> list[MessageView]:
    """The widgets there are, from top to bottom."""
    found = app.window.findChildren(MessageView)
    return sorted((one for one in found if not one.isHidden()), key=lambda one: one.y())


def read_at(app: Desktop, y: int) -> tuple[str, int]:
    """The first words of the message that stands so far below the top, and where it begins."""
    one = next(one for one in built(app) if one.geometry().bottom() >= y)
    return one.findChildren(QTextEdit)[0].toPlainText().split("\n")[0], one.y() - y


def rests(qtbot: QtBot, app: Desktop) -> None:
    """All that is made ahead of the reader is there."""
    wait_for_rest(qtbot, lambda: len(built(app)) + len(app.window.findChildren(TextBlock)))


def test_a_long_conversation_shows_its_end_with_few_widgets(qtbot: QtBot, long: Desktop) -> None:
    assert read_at(long, long.window.page.messages.height() - 60)[0] == f"number {MANY - 1}"
    rests(qtbot, long)
    assert len(built(long)) < 30


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7])
def test_any_place_of_a_long_conversation_can_be_reached(
    qtbot: QtBot, long: Desktop, share: float
) -> None:
    messages = long.window.page.messages
    bar = messages.verticalScrollBar()
    bar.setValue(int(bar.maximum() * share))
    rests(qtbot, long)
    assert len(built(long)) < 60
    edges = [(one.geometry().top(), one.geometry().bottom()) for one in built(long)]
    assert all(after[0] - before[1] == 25 for before, after in pairwise(edges))
    assert edges[0][0] <= 24
    assert edges[-1][1] >= messages.viewport().height()


def test_the_line_that_is_read_stays_where_it_is(qtbot: QtBot, long: Desktop) -> None:
    messages = long.window.page.messages
    bar = messages.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    place = read_at(long, 0)
    rests(qtbot, long)
    assert read_at(long, 0) == place
    for _ in range(200):
        bar.setValue(bar.value() - 60)
    back = [read_at(long, 0)]
    for _ in range(20):
        bar.setValue(bar.value() + 60)
        back.append(read_at(long, 0))
    for _ in range(20):
        assert read_at(long, 0) == back.pop()
        bar.setValue(bar.value() - 60)


def test_what_grows_above_moves_nothing(qtbot: QtBot, long: Desktop) -> None:
    messages = long.window.page.messages
    bar = messages.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    rests(qtbot, long)
    bar.setValue(bar.value() + built(long)[0].geometry().bottom() + 30)
    above = [one for one in built(long) if one.geometry().bottom() < 0][-1]
    place, height = read_at(long, 0), above.height()
    text = above.findChildren(QTextEdit)[0]
    text.setPlainText("words\n" * 200)
    text.updateGeometry()
    qtbot.waitUntil(lambda: above.height() > height + 500)
    assert read_at(long, 0) == place


def test_the_way_to_the_end_counts_what_is_new(
    qtbot: QtBot, long: Desktop, opener: FakeOpener
) -> None:
    messages = long.window.page.messages
    messages.verticalScrollBar().setValue(0)
    assert jump_button(long).accessibleDescription() == ""
    converse(qtbot, long, "One more")
    assert jump_button(long).accessibleDescription() == "2 new"
    click(messages, "Jump to the end")
    assert not jump_button(long).isVisible()
    messages.verticalScrollBar().setValue(0)
    assert jump_button(long).accessibleDescription() == ""


def test_an_edit_outlives_scrolling_away(qtbot: QtBot, long: Desktop) -> None:
    messages = long.window.page.messages
    rests(qtbot, long)
    edited = [one for one in built(long) if isinstance(one, UserMessage)][-1]
    click(edited, "Edit the message")
    box = edited.findChild(EditBox)
    assert box is not None
    long.window.page.composer.edit.setFocus()
    messages.verticalScrollBar().setValue(0)
    rests(qtbot, long)
    assert edited in built(long)
    messages.jump_to_end()
    assert edited.findChild(EditBox) is box


def test_asking_for_another_height_leaves_the_text_as_it_is(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.session.reply = "Some words that fit in one line."
    converse(qtbot, app)
    (prose,) = replies(app)[-1].findChildren(ProseView)
    qtbot.waitUntil(lambda: 0 < prose.height() < 40)
    assert prose.heightForWidth(60) > prose.height()
    assert prose.document().textWidth() == prose.viewport().width()


def test_the_ground_of_the_messages_is_the_surface(qtbot: QtBot, app: Desktop) -> None:
    converse(qtbot, app)
    view = app.window.page.messages.viewport()
    place = view.mapTo(app.window, view.rect().bottomLeft()) + QPoint(3, -3)
    picture = app.window.grab().toImage()
    assert picture.pixelColor(place * picture.devicePixelRatio()) == app.theme.color("surface")
