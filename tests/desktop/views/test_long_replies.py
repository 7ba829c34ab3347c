"""A reply of thousands of blocks: few of them have widgets, and nobody notices."""

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QTextCharFormat, QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.conversations.query import Query
from desktop.conversations.values import (
    ConversationTree,
    MessageState,
    ReplyNotes,
    StoredMessage,
    TextOrigins,
)
from desktop.settings import ORIGIN_MARKS, OriginMarks
from desktop.views.block_column import BETWEEN
from desktop.views.code_block import CodeView
from desktop.views.prose import ProseView
from desktop.views.reply import Reply
from engine.events import Origin, Role
from tests.desktop.views.conversations import wait_for_rest

BLOCKS = 2_000
PLACES = (0.0, 0.37, 0.9)


def block(number: int) -> str:
    if number % 7 == 3:
        return f"```python\nnumber = {number}\n" + "x = 1\n" * (number % 5) + "```"
    return f"Block {number} is here" + " with words" * (number % 11 * 6)


TEXT = "\n\n".join(map(block, range(BLOCKS)))


LAST = f"Block {BLOCKS - 1} "


@pytest.fixture
def long(qtbot: QtBot, opened: Desktop) -> Desktop:
    """All of the reply is read."""
    qtbot.waitUntil(lambda: is_read(opened))
    return opened


@pytest.fixture
def opened(app: Desktop) -> Desktop:
    """One question and its reply, whose tokens are words of the draft tree and n-grams in turn."""
    words = TEXT.split(" ")
    kinds = (Origin.TREE, Origin.NGRAM, Origin.TARGET)
    origins = tuple(
        TextOrigins(len(word) + 1, (kinds[place % 3],)) for place, word in enumerate(words)
    )
    notes = ReplyNotes(
        *("big", "small", "tree", "", len(words), len(words) // 3, 8.0, 0.5, 2.0, "end"),
        origins=origins,
    )
    messages = (
        StoredMessage("q", "long", None, Role.USER, "Go on", MessageState.COMPLETE, 0.0),
        StoredMessage(
            *("r", "long", "q", Role.ASSISTANT, TEXT, MessageState.COMPLETE, 1.0), notes=notes
        ),
    )
    app.store.add_trees([ConversationTree("long", "Long", 0.0, 1.0, "r", messages)])
    app.chat.open("long")
    return app


def is_read(app: Desktop) -> bool:
    """Whether the list has come to the end of the reply, and shows it."""
    return any(view.shown_text.startswith(LAST) for view in blocks(app))


def reply(app: Desktop) -> Reply:
    (found,) = app.window.findChildren(Reply)
    return found


def blocks(app: Desktop) -> list[ProseView | CodeView]:
    """The widgets of its blocks, from top to bottom."""
    found: list[ProseView | CodeView] = list(reply(app).findChildren(ProseView))
    found += reply(app).findChildren(CodeView)
    return sorted((one for one in found if one.isVisible()), key=lambda one: one.y())


def top(app: Desktop, view: ProseView | CodeView) -> int:
    """Where it begins in the list."""
    return view.mapTo(app.window.page.messages.viewport(), view.rect().topLeft()).y()


def rests(qtbot: QtBot, app: Desktop) -> None:
    """All that is made ahead of the reader is there, and what is far away is gone."""
    wait_for_rest(qtbot, lambda: len(blocks(app)))


def go(app: Desktop, share: float) -> None:
    bar = app.window.page.messages.verticalScrollBar()
    bar.setValue(int(bar.maximum() * share))


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read one piece of a reply at a time."""
    for name in ("READ_AT_ONCE", "READ_ON"):
        monkeypatch.setattr(f"desktop.views.reply.{name}", 0.0)


@pytest.mark.usefixtures("slowly")
def test_it_is_read_on_while_the_window_lives(qtbot: QtBot, opened: Desktop) -> None:
    bar, turns = opened.window.page.messages.verticalScrollBar(), [0]
    expected = bar.maximum()
    beat = QTimer(interval=0)
    beat.timeout.connect(lambda: turns.append(turns[-1] + 1))
    beat.start()
    assert not is_read(opened)
    qtbot.waitUntil(lambda: is_read(opened))
    assert turns[-1] > len(TEXT) // 20_000
    assert bar.value() == bar.maximum()
    assert expected / 2 < bar.maximum() < 2 * expected


@pytest.mark.usefixtures("slowly")
def test_who_scrolls_meanwhile_stays_there(qtbot: QtBot, opened: Desktop) -> None:
    go(opened, 0.0)
    first = blocks(opened)[0]
    place = top(opened, first)
    rests(qtbot, opened)
    assert opened.window.page.messages.verticalScrollBar().value() == 0
    assert (first.shown_text[:8], top(opened, first)) == ("Block 0 ", place)


@pytest.mark.usefixtures("slowly")
def test_a_hit_is_reached_that_is_not_read_yet(opened: Desktop) -> None:
    opened.window.page.messages.reveal("r", Query((LAST,)))
    assert is_read(opened)


def test_it_opens_at_its_end_with_few_widgets(qtbot: QtBot, long: Desktop) -> None:
    last = blocks(long)[-1]
    assert isinstance(last, ProseView)
    assert last.toPlainText().startswith(LAST)
    assert top(long, last) < long.window.page.messages.viewport().height()
    rests(qtbot, long)
    assert len(blocks(long)) < 100


@pytest.mark.parametrize("share", PLACES)
def test_every_place_is_filled(qtbot: QtBot, long: Desktop, share: float) -> None:
    go(long, share)
    height = long.window.page.messages.viewport().height()
    for _ in range(2):
        shown = blocks(long)
        starts = [top(long, view) for view in shown]
        ends = [start + view.height() for start, view in zip(starts, shown, strict=True)]
        inner = list(zip(ends, starts[1:], strict=False))
        assert all(
            start - end == BETWEEN for end, start in inner if end > -height and start < 2 * height
        )
        assert starts[0] <= 0 or share == 0.0
        assert ends[-1] >= height
        rests(qtbot, long)
    assert len(blocks(long)) < 150


def test_the_line_that_is_read_stays_where_it_is(qtbot: QtBot, long: Desktop) -> None:
    def read() -> tuple[str, int]:
        view = next(view for view in blocks(long) if top(long, view) + view.height() >= 0)
        return view.shown_text[:20], top(long, view)

    go(long, 0.5)
    place = read()
    rests(qtbot, long)
    assert read() == place
    bar = long.window.page.messages.verticalScrollBar()
    back = []
    for _ in range(60):
        back.append(read())
        bar.setValue(bar.value() - 60)
    for _ in range(60):
        bar.setValue(bar.value() + 60)
        assert read() == back.pop()


def test_code_that_wraps_above_moves_nothing(qtbot: QtBot, long: Desktop) -> None:
    go(long, 0.5)
    rests(qtbot, long)
    above = next(v for v in blocks(long) if isinstance(v, CodeView) and top(long, v) > 0)
    bar = long.window.page.messages.verticalScrollBar()
    bar.setValue(bar.value() + top(long, above) + above.height() + BETWEEN)
    first = next(view for view in blocks(long) if top(long, view) >= 0)
    height = above.height()
    above.text.setPlainText("x\n" * 40)
    above.text.updateGeometry()
    qtbot.waitUntil(lambda: above.height() > height + 100)
    assert top(long, first) == 0


def test_all_of_it_is_copied(long: Desktop) -> None:
    view = blocks(long)[-1]
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().split("\n\n")[1:] == [
        block(number) for number in range(BLOCKS)
    ]


def test_a_hit_far_away_is_reached(long: Desktop) -> None:
    bar = long.window.page.find_bar
    long.window.commands.entry("chat.find").trigger()
    bar.field.setText("Block 1000 is")
    bar.look()
    accent = long.theme.color("accent")
    (view,) = (
        view
        for view in blocks(long)
        if isinstance(view, ProseView)
        and any(one.format.background().color() == accent for one in view.extraSelections())
    )
    assert view.toPlainText().startswith("Block 1000 is")
    assert 0 < top(long, view) < long.window.page.messages.height() // 2


def test_tokens_are_marked_wherever_one_reads(qtbot: QtBot, long: Desktop) -> None:
    long.settings.set(ORIGIN_MARKS, OriginMarks.ALWAYS.value)
    go(long, 0.5)
    rests(qtbot, long)
    none = QTextCharFormat.UnderlineStyle.NoUnderline
    for view in blocks(long):
        if isinstance(view, ProseView):
            cursor = QTextCursor(view.document())
            cursor.setPosition(2)
            assert cursor.charFormat().underlineStyle() is not none


def test_a_focused_block_outlives_scrolling_away(qtbot: QtBot, long: Desktop) -> None:
    rests(qtbot, long)
    last = blocks(long)[-1]
    last.setFocus()
    assert last.hasFocus()
    go(long, 0.0)
    rests(qtbot, long)
    assert last in blocks(long)
