"""Controls of the settings: what tells their states apart is seen without colour too."""

from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QDoubleSpinBox, QWidget
from pytestqt.qtbot import QtBot

from desktop.theme import Theme
from desktop.views.value_controls import NumberBox, Switch, TickBox, pad_number


def picture(qtbot: QtBot, widget: QWidget) -> QImage:
    qtbot.addWidget(widget)
    widget.show()
    return widget.grab().toImage()


def holds(image: QImage, color: QColor) -> bool:
    return any(
        QColor(image.pixel(x, y)) == color
        for x in range(image.width())
        for y in range(image.height())
    )


def test_a_ticked_box_has_a_tick(qtbot: QtBot, theme: Theme) -> None:
    box = TickBox(theme, "")
    box.setChecked(True)
    ticked = picture(qtbot, box)
    assert holds(ticked, theme.color("accent"))
    assert holds(ticked, theme.color("accent_text"))


def test_a_switch_that_cannot_be_used_is_fainter(qtbot: QtBot, theme: Theme) -> None:
    switch = Switch(theme, "Tray")
    switch.setChecked(True)
    assert holds(picture(qtbot, switch), theme.color("accent"))
    switch.setEnabled(False)
    assert not holds(picture(qtbot, switch), theme.color("accent"))


def test_numbers_stand_off_their_frame(qtbot: QtBot, theme: Theme) -> None:
    fraction, whole = QDoubleSpinBox(), NumberBox(theme, "Zoom", low=80, high=200)
    pad_number(fraction)
    for widget in (fraction, whole):
        qtbot.addWidget(widget)
    for field in (fraction, whole.field):
        assert field.lineEdit().textMargins().left() > 4
        assert field.lineEdit().textMargins().right() > 4
