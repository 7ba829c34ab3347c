"""Small windows that ask or tell one thing: a title, a sentence, buttons."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

from desktop.icons import themed_icon
from desktop.theme import Theme
from desktop.views.controls import SEMIBOLD

_ICON = 24


def message_box(
    theme: Theme,
    parent: QWidget | None,
    title: str,
    text: str,
    more: str = "",
    *,
    warns: bool = False,
) -> QMessageBox:
    """A box in plain text that is gone once it is closed; the caller adds buttons and opens it."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(more)
    if warns:
        box.setIconPixmap(themed_icon(theme, "triangle-alert", "warning").pixmap(_ICON, _ICON))
    said = box.findChild(QLabel, "qt_msgbox_label")
    if more and isinstance(said, QLabel):
        theme.dress(said, "body", SEMIBOLD)
    return box
