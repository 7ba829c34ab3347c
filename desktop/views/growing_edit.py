"""A text field that grows with its text: Enter sends, Shift+Enter breaks the line."""

from typing import Final

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from desktop.theme import Theme
from desktop.views.dropped_files import dropped_files

_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class GrowingEdit(QPlainTextEdit):
    """Grows line by line up to `limit_height`, then scrolls.

    Signals:
        submitted: Enter was pressed
        files_given(list[Path]): files were pasted or dropped here
    """

    submitted = Signal()
    files_given = Signal(object)

    def __init__(
        self, theme: Theme, name: str, parent: QWidget | None = None, *, frame: int = 0
    ) -> None:
        """`frame`: how tall what a style sheet puts around it is, above and below."""
        super().__init__(parent)
        self._frame = frame
        self._limit = 16 * theme.line_height("message")
        theme.dress(self, "message")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self._fit_height)
        self._fit_height()

    def limit_height(self, limit: int) -> None:
        """Grow no taller than `limit` pixels."""
        self._limit = limit
        self._fit_height()

    def move_to_end(self) -> None:
        """Put the caret behind the last character."""
        self.moveCursor(QTextCursor.MoveOperation.End)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return bool(dropped_files(source)) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Files are not pasted as their addresses."""
        files = dropped_files(source)
        if files:
            self.files_given.emit(files)
        else:
            super().insertFromMimeData(source)

    def event(self, event: QEvent) -> bool:
        # An empty history leaves the key to the window, whose undo brings conversations back.
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            nothing_to_undo = not self.document().isUndoAvailable()
            if nothing_to_undo and event.matches(QKeySequence.StandardKey.Undo):
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in _ENTER and not shifted:
            self.submitted.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def _fit_height(self) -> None:
        # A plain text document measures its height in lines.
        lines = max(1, round(self.document().size().height()))
        line = self.fontMetrics().lineSpacing()
        around = 6 + round(2 * self.document().documentMargin()) + self._frame
        self.setFixedHeight(max(min(lines * line + around, self._limit), line + around))
