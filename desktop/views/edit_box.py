"""A message while it is edited, in its own place."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme import Theme
from desktop.views.controls import push_button
from desktop.views.framed_ground import paint_frame
from desktop.views.growing_edit import GrowingEdit
from desktop.views.layouts import set_margins
from engine.language import tr

_ACROSS, _ABOVE = 16, 10


class EditBox(QWidget):
    """Escape cancels, Enter confirms; an empty text is no edit.

    Signals:
        confirmed(str): this in place of the message, as a new branch
        cancelled
    """

    confirmed = Signal(str)
    cancelled = Signal()

    def __init__(self, theme: Theme, text: str, confirm: str) -> None:
        """`confirm`: the words of the button."""
        super().__init__()
        self._theme = theme
        self._edit = GrowingEdit(theme, tr("Edited message"))
        self._edit.setPlainText(text)
        self._send = push_button(theme, confirm, "primary")
        cancel = push_button(theme, tr("Cancel"))
        self._send.clicked.connect(self._confirm)
        cancel.clicked.connect(self.cancelled)
        self._edit.submitted.connect(self._confirm)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(self._send)
        column = QVBoxLayout(self)
        set_margins(column, _ACROSS, _ABOVE, 10, 10)
        column.addWidget(self._edit)
        column.addLayout(buttons)

    def begin(self) -> None:
        """Take the focus, the caret at the end."""
        self._edit.move_to_end()
        self._edit.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.reading_column, super().sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_frame(
            painter, self._theme, self.rect(), line="border_strong", fill="raised", radius="card"
        )
        painter.end()

    def _confirm(self) -> None:
        text = self._edit.toPlainText()
        if text.strip():
            self.confirmed.emit(text)
