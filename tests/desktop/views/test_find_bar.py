"""Finding in the conversation: every hit counted, marked in place, and reached."""

from collections.abc import Iterable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.views.find_bar import FindBar
from desktop.views.text_block import Layer, TextBlock
from desktop.views.thinking import ThinkingView
from tests.desktop.fakes import FakeOpener

WORD = "lighthouse"
REPLY = f"""A {WORD} by the sea, and a **{WORD.title()}**.

```python
{WORD} = 1
```

{"more words" * 400}

| a | {WORD} |
|---|---|
| b | c |
"""


@pytest.fixture
def bar(qtbot: QtBot, app: Desktop, opener: FakeOpener) -> FindBar:
    opener.session.reply = REPLY
    app.chat.send(f"What is a {WORD}?")
    qtbot.waitUntil(lambda: app.chat.run is None)
    messages = app.window.page.messages
    scroll, first = messages.verticalScrollBar(), app.chat.messages()[0].message.id
    qtbot.waitUntil(lambda: scroll.maximum() > 0)
    scroll.setValue(0)
    qtbot.waitUntil(lambda: messages.reading == first)
    app.window.commands.entry("chat.find").trigger()
    return app.window.page.find_bar


def look_for(bar: FindBar, typed: str) -> str:
    bar.field.setText(typed)
    bar.look()
    return counted(bar)


def counted(bar: FindBar) -> str:
    return bar.findChildren(QLabel)[0].text()


def texts(app: Desktop) -> list[TextBlock]:
    return app.window.page.messages.findChildren(TextBlock)


def test_every_hit_is_counted_and_marked(app: Desktop, bar: FindBar) -> None:
    assert bar.isVisible()
    assert bar.field.hasFocus() or not app.window.isActiveWindow()
    assert look_for(bar, WORD) == "1 of 5"
    for _ in range(5):
        bar.step(1)  # what is far away has no widget before
    assert sum(len(text.extraSelections()) for text in texts(app)) == 5 + 1


def test_each_hit_is_reached_in_turn(app: Desktop, bar: FindBar) -> None:
    look_for(bar, WORD)
    seen: list[TextBlock] = []
    for number in range(1, 6):
        assert counted(bar) == f"{number} of 5"
        view = next(text for text in texts(app) if accented(app, text))
        place = view.mapTo(app.window.page.messages.viewport(), view.rect().topLeft()).y()
        assert -view.height() < place < app.window.page.messages.height()
        seen.append(view)
        QTest.keyClick(bar.field, Qt.Key.Key_Return)
    assert len(set(seen)) == 4
    assert counted(bar) == "1 of 5"
    QTest.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert counted(bar) == "5 of 5"


def accented(app: Desktop, text: TextBlock) -> bool:
    accent = app.theme.color("accent")
    return any(one.format.background().color() == accent for one in text.extraSelections())


def test_what_is_not_there_is_said(app: Desktop, bar: FindBar) -> None:
    assert look_for(bar, "zebra") == "Not found"
    assert look_for(bar, "") == ""


def test_closing_leaves_no_marks(app: Desktop, bar: FindBar) -> None:
    look_for(bar, WORD)
    QTest.keyClick(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert not any(text.extraSelections() for text in texts(app))


def test_hits_of_a_new_message_are_counted(
    qtbot: QtBot, app: Desktop, bar: FindBar, opener: FakeOpener
) -> None:
    look_for(bar, WORD)
    opener.session.reply = "No more."
    app.chat.send(f"Another {WORD}")
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert counted(bar) == "1 of 6"


def test_a_reply_that_streams_is_marked_only_where_it_grows(
    qtbot: QtBot,
    app: Desktop,
    bar: FindBar,
    opener: FakeOpener,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look_for(bar, WORD)
    opener.session.reply = f"First {WORD}.\n\nSecond {WORD}.\n\nThird and a {WORD}"
    opener.session.gate.close()
    app.chat.send("Three more")
    app.window.page.messages.jump_to_end()
    opener.session.gate.step(4)
    qtbot.waitUntil(lambda: any("Third and" in text.toPlainText() for text in texts(app)))
    marked: list[str] = []
    lay_over = TextBlock.lay_over

    def listen(
        view: TextBlock,
        layer: Layer,
        look: QTextCharFormat,
        spans: Iterable[tuple[int, int]],
    ) -> None:
        if layer is Layer.HITS:
            marked.append(view.toPlainText()[:5])
        lay_over(view, layer, look, spans)

    monkeypatch.setattr(TextBlock, "lay_over", listen)
    opener.session.gate.open()
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert set(marked) == {"Third"}
    (third,) = (text for text in texts(app) if text.toPlainText().startswith("Third"))
    assert len(third.extraSelections()) == 1


def test_another_conversation_closes_it(app: Desktop, bar: FindBar) -> None:
    look_for(bar, WORD)
    app.chat.open(None)
    assert not bar.isVisible()


THOUGHT = f"<think>A {WORD}, said the {WORD}.</think>\n\nIt is a {WORD}."


@pytest.fixture
def thoughtful(qtbot: QtBot, app: Desktop, opener: FakeOpener) -> FindBar:
    """A reply with two hits in its folded thought, and one below."""
    opener.session.reply = THOUGHT
    app.chat.send("What is that?")
    qtbot.waitUntil(lambda: app.chat.run is None)
    app.window.commands.entry("chat.find").trigger()
    return app.window.page.find_bar


def thought_line(app: Desktop) -> QToolButton:
    (view,) = app.window.page.messages.findChildren(ThinkingView)
    return view.findChildren(QToolButton)[0]


def test_a_folded_thought_is_counted_and_unfolds_where_one_goes_to_it(
    app: Desktop, thoughtful: FindBar
) -> None:
    assert not thought_line(app).isChecked()
    assert look_for(thoughtful, WORD) == "1 of 3"
    assert thought_line(app).isChecked()
    (first,) = (text for text in texts(app) if accented(app, text))
    assert first.accessibleName() == "What the model thought"
    assert hit(app, first) == (2, 2 + len(WORD))
    thoughtful.step(1)
    assert hit(app, first) == (23, 23 + len(WORD))
    thoughtful.step(1)
    (second,) = (text for text in texts(app) if accented(app, text))
    assert second.toPlainText() == f"It is a {WORD}."


def test_a_thought_stays_folded_where_one_goes_past_it(
    qtbot: QtBot, app: Desktop, thoughtful: FindBar
) -> None:
    thoughtful.field.setText("It is")
    thoughtful.look()
    assert counted(thoughtful) == "1 of 1"
    look_for(thoughtful, WORD)
    thought_line(app).setChecked(False)
    qtbot.waitUntil(lambda: not any(accented(app, text) for text in texts(app)))
    thoughtful.step(-1)
    assert counted(thoughtful) == "3 of 3"
    assert not thought_line(app).isChecked()
    (shown,) = (text for text in texts(app) if accented(app, text))
    assert shown.toPlainText() == f"It is a {WORD}."


def hit(app: Desktop, text: TextBlock) -> tuple[int, int]:
    """The place of the hit that stands out."""
    accent = app.theme.color("accent")
    (place,) = (
        (one.cursor.selectionStart(), one.cursor.selectionEnd())
        for one in text.extraSelections()
        if one.format.background().color() == accent
    )
    return place
