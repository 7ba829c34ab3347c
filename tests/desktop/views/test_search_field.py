"""The field alone: when it tells what is typed."""

from pytestqt.qtbot import QtBot

from desktop.theme import Theme
from desktop.views.search_field import PAUSE_MS, SearchField


def test_what_is_typed_is_told_after_a_pause_and_not_once_the_field_is_gone(
    qtbot: QtBot, theme: Theme
) -> None:
    field = SearchField(theme)
    qtbot.addWidget(field)
    field.show()
    with qtbot.waitSignal(field.typed) as told:
        field.setText("tide")
    assert told.args == ["tide"]
    field.setText("tides")
    field.hide()
    with qtbot.assertNotEmitted(field.typed, wait=PAUSE_MS * 3):
        pass
