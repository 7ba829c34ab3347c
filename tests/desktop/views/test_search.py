"""The search: what is found, where it leads, and how it looks in the text."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTextEdit
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.conversations.query import Mark, Query, Snippet
from desktop.views.bidi import is_rtl
from desktop.views.search_hits import HitRole
from desktop.views.search_marks import qt_spans, visible_part
from desktop.views.search_panel import SearchPanel
from tests.desktop.fakes import REPLY
from tests.desktop.views.conversations import converse


@pytest.fixture
def search(app: Desktop) -> SearchPanel:
    return app.window.sidebar.search


def begin(qtbot: QtBot, app: Desktop, text: str) -> str:
    app.chat.open(None)
    converse(qtbot, app, text)
    assert app.chat.conversation_id
    return app.chat.conversation_id


def found(search: SearchPanel) -> list[str]:
    rows = search.found.hits.rows
    return [str(rows.index(row).data()) for row in range(rows.rowCount())]


def marked(app: Desktop) -> int:
    texts = app.window.page.messages.findChildren(QTextEdit)
    return sum(len(text.extraSelections()) for text in texts)


def test_typing_searches_after_a_pause(qtbot: QtBot, app: Desktop, search: SearchPanel) -> None:
    begin(qtbot, app, "Bread with rye")
    begin(qtbot, app, "Tides")
    QTest.keyClicks(search.field, "rye")
    assert app.window.sidebar.list.isVisible()
    qtbot.waitUntil(search.found.isVisible)
    assert found(search) == ["Bread with rye", "Bread with rye"]
    QTest.keyClick(search.field, Qt.Key.Key_Escape)
    assert app.window.sidebar.list.isVisible()
    assert search.field.text() == ""


def test_a_hit_opens_its_message_on_its_branch(
    qtbot: QtBot, app: Desktop, search: SearchPanel
) -> None:
    conversation_id = begin(qtbot, app, "Bread with rye")
    app.chat.edit(app.chat.messages()[0].message.id, "Bread with spelt")
    qtbot.waitUntil(lambda: app.chat.run is None)
    begin(qtbot, app, "Tides")
    search.field.setText("rye")
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    hits = search.found.hits
    assert hits.hasFocus() or hits.currentIndex().row() == 0
    message = next(
        hits.rows.index(row)
        for row in range(hits.rows.rowCount())
        if hits.rows.index(row).data(HitRole.HIT).message_id
    )
    hits.activated.emit(message)
    assert app.chat.conversation_id == conversation_id
    assert app.chat.messages()[0].message.text == "Bread with rye"
    qtbot.waitUntil(lambda: marked(app) == 1)
    search.field.clear()
    assert marked(app) == 0


def test_hits_are_marked_in_replies_too(qtbot: QtBot, app: Desktop, search: SearchPanel) -> None:
    begin(qtbot, app, "Tides")
    assert "calm" in REPLY
    search.field.setText("calm")
    search.field.search_now()
    assert marked(app) == 1


def test_nothing_found_says_so_and_leads_to_the_trash(app: Desktop, search: SearchPanel) -> None:
    search.field.setText("zebra")
    search.field.search_now()
    assert search.found.words.text() == "No conversation contains “zebra”."
    search.found.trash_asked.emit()
    assert app.window.sidebar.trash.isVisible()


def test_filters_narrow_the_search(qtbot: QtBot, app: Desktop, search: SearchPanel) -> None:
    first = begin(qtbot, app, "Bread with rye")
    begin(qtbot, app, "Bread with spelt")
    app.conversations.move_to_new(first, "Kitchen")
    (folder,) = app.conversations.folders()
    menu = search.filter.menu()
    search.filter.fill(menu)
    part = menu.actions()[0].menu()
    assert part is not None
    names = [action.text() for action in part.actions()]  # type: ignore[attr-defined]
    assert names == ["Any", "Kitchen"]
    part.actions()[1].trigger()  # type: ignore[attr-defined]
    assert search.filter.filters.folder_id == folder.id
    assert search.filter.words == "Kitchen"
    assert found(search) == ["Bread with rye"]
    search.filter.clear()
    assert app.window.sidebar.list.isVisible()


def test_a_change_elsewhere_refreshes_the_hits(
    qtbot: QtBot, app: Desktop, search: SearchPanel
) -> None:
    conversation_id = begin(qtbot, app, "Rye")
    search.field.setText("rye")
    search.field.search_now()
    assert len(found(search)) == 2
    app.conversations.trash(conversation_id)
    assert found(search) == []


def test_qt_counts_two_places_for_some_characters() -> None:
    text = "a 😀 rye 😀 rye"
    spans = qt_spans(text, Query.parse("rye").marks(text))
    assert spans == [(5, 8), (12, 15)]
    assert qt_spans("rye", [Mark(0, 3)]) == [(0, 3)]


def test_a_narrow_line_shows_the_first_hit() -> None:
    text = "…many words stand before the one that is rye bread"
    start = text.index("rye")
    part = visible_part(Snippet(text, (Mark(start, start + 3),)))
    (mark,) = part.marks
    assert part.text[mark.start : mark.end] == "rye"
    assert mark.start <= 15
    assert part.text.startswith("…")


@pytest.mark.parametrize(("text", "rtl"), [("12 שלום", True), ("rye שלום", False), ("12", False)])
def test_direction_is_that_of_the_first_letter(text: str, *, rtl: bool) -> None:
    assert is_rtl(text) is rtl


def test_hits_of_both_directions_can_be_painted(
    qtbot: QtBot, app: Desktop, search: SearchPanel
) -> None:
    begin(qtbot, app, "שלום עולם " * 20 + "rye")
    begin(qtbot, app, "rye " * 60)
    search.field.setText("rye")
    search.field.search_now()
    picture = search.found.hits.grab().toImage()
    blank = picture.pixelColor(QPoint(2, picture.height() - 2))
    middle = [picture.pixelColor(x, 12) for x in range(picture.width())]
    assert any(colour != blank for colour in middle)
