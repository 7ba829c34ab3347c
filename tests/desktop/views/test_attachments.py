"""Files beside the message: chips, failures, size, and that they survive switching."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.attachment_desk import AttachedItem
from desktop.views.composer import Composer
from tests.desktop.fakes import FakeOpener


@pytest.fixture
def composer(app: Desktop) -> Composer:
    return app.window.page.composer


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "words.txt"
    path.write_text("apple\nbee\n" * 10)
    return path


def attach(qtbot: QtBot, app: Desktop, *paths: Path) -> list[AttachedItem]:
    app.files.add(paths)
    qtbot.waitUntil(lambda: all(one.attachment or one.error for one in app.files.items))
    return app.files.items


def test_a_file_is_sent_with_the_message(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, composer: Composer, words: Path
) -> None:
    (item,) = attach(qtbot, app, words)
    assert composer.chips.chips[0].accessibleName() == f"words.txt, about {item.tokens} tokens"
    composer.edit.setPlainText("Count them")
    composer.submit()
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert app.files.items == []
    assert not composer.chips.isVisible()
    sent = app.chat.messages()[0].message
    assert sent.text == "Count them"
    assert [one.name for one in sent.attachments] == ["words.txt"]
    asked = opener.session.asked[0][-1].content
    assert asked.startswith("File: words.txt")
    assert asked.endswith("Count them")


def test_files_and_text_wait_while_another_conversation_is_shown(
    qtbot: QtBot, app: Desktop, composer: Composer, words: Path
) -> None:
    composer.edit.setPlainText("Count them")
    attach(qtbot, app, words)
    waiting = app.chat.conversation_id
    app.chat.open(None)
    assert app.files.items == []
    assert composer.edit.toPlainText() == ""
    app.chat.open(waiting)
    assert composer.edit.toPlainText() == "Count them"
    assert [one.name for one in app.files.items] == ["words.txt"]


def test_a_file_that_cannot_be_read_says_why_and_holds_the_message_back(
    qtbot: QtBot, app: Desktop, composer: Composer, tmp_path: Path
) -> None:
    broken = tmp_path / "scan.pdf"
    broken.write_bytes(b"%PDF-1.4 broken")
    (item,) = attach(qtbot, app, broken)
    assert item.error is not None
    assert composer.words.text() == item.error.sentence
    composer.edit.setPlainText("Read it")
    composer.submit()
    assert app.chat.messages() == []
    QTest.keyClick(composer.chips.chips[0], Qt.Key.Key_Backspace)
    assert app.files.items == []
    assert not composer.words.isVisible()
    composer.submit()
    qtbot.waitUntil(lambda: len(app.chat.messages()) == 2)


def test_a_message_larger_than_the_context_is_not_sent(
    qtbot: QtBot, app: Desktop, composer: Composer, tmp_path: Path
) -> None:
    large = tmp_path / "large.txt"
    large.write_text("word " * 20_000)
    attach(qtbot, app, large)
    composer.edit.setPlainText("Sum it up")
    assert "the model reads 4,096" in composer.words.text()
    composer.submit()
    assert app.chat.messages() == []
    assert composer.edit.toPlainText() == "Sum it up"


def test_pasted_files_are_attached_and_text_is_pasted(
    qtbot: QtBot, app: Desktop, composer: Composer, words: Path
) -> None:
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(words))])
    assert composer.edit.canInsertFromMimeData(files)
    composer.edit.insertFromMimeData(files)
    assert [one.name for one in app.files.items] == ["words.txt"]
    text = QMimeData()
    text.setText("Hello")
    composer.edit.insertFromMimeData(text)
    assert composer.edit.toPlainText() == "Hello"
    qtbot.waitUntil(lambda: app.files.is_settled)


def test_the_system_prompt_of_one_conversation(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, composer: Composer
) -> None:
    dialog = composer.open_setup()
    dialog.prompt.setPlainText("Be short.")
    dialog.own.setChecked(True)
    dialog.panel.temperature.setValue(0.2)
    dialog.accept()
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert opener.session.asked[0][0].content == "Be short."
    assert opener.session.samplings[0].temperature == pytest.approx(0.2)
    app.chat.open(None)
    assert app.chat.setup().system_prompt == ""


def test_a_temporary_conversation_is_marked_and_never_listed(
    qtbot: QtBot, app: Desktop, composer: Composer
) -> None:
    app.window.desk.new_temporary()
    assert app.window.page.header.title.accessibleName() == "Temporary conversation"
    assert "kept" in composer.edit.placeholderText()
    app.chat.send("Between us")
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert len(app.chat.messages()) == 2
    assert app.conversations.summaries() == []
    app.chat.open(None)
    assert app.chat.messages() == []
    assert composer.edit.placeholderText() == "Write a message"
