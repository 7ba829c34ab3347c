"""Mouse and keys that select across messages, and copying what they selected."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import (
    QCursor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication

from desktop.chat_model import ChatModel
from desktop.views.selected_text import selected_text
from desktop.views.selection import Selection

SCROLL_MS: Final = 30
_DRAG: Final = 4
_EDGE: Final = 30
_Keys = QKeySequence.StandardKey
_Move = QTextCursor.MoveOperation
_MOVES: Final = {
    _Keys.SelectNextChar: _Move.NextCharacter,
    _Keys.SelectPreviousChar: _Move.PreviousCharacter,
    _Keys.SelectNextWord: _Move.NextWord,
    _Keys.SelectPreviousWord: _Move.PreviousWord,
    _Keys.SelectNextLine: _Move.Down,
    _Keys.SelectPreviousLine: _Move.Up,
    _Keys.SelectStartOfLine: _Move.StartOfLine,
    _Keys.SelectEndOfLine: _Move.EndOfLine,
}


class SelectionInput(QObject):
    """Sees the events that texts leave to the list."""

    def __init__(self, chat: ChatModel, selection: Selection, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self._chat = chat
        self._selection = selection
        self._area = area
        self._pressed: QPoint | None = None
        self._scroll = QTimer(self, interval=SCROLL_MS)
        self._scroll.timeout.connect(self._go_on)
        area.viewport().installEventFilter(self)

    def copy(self, *, markdown: bool = True) -> None:
        """What is selected, if anything is."""
        path = [item.message for item in self._chat.messages()]
        text = selected_text(self._selection, path, markdown=markdown)
        if text:
            QGuiApplication.clipboard().setText(text)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent):
            return self._mouse(event)
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._key(event)
        return False

    def _mouse(self, event: QMouseEvent) -> bool:
        point = self._area.viewport().mapFromGlobal(event.globalPosition().toPoint())
        left = Qt.MouseButton.LeftButton
        match event.type():
            case QEvent.Type.MouseButtonPress if event.button() is left:
                extends = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._pressed = point
                self._selection.begin(point, extends=extends)
            case QEvent.Type.MouseMove if self._pressed and event.buttons() & left:
                self._drag(point)
            case QEvent.Type.MouseButtonRelease:
                self._pressed = None
                self._scroll.stop()
            case QEvent.Type.MouseButtonDblClick if event.button() is left:
                self._selection.select_word(point)
        return False

    def _drag(self, point: QPoint) -> None:
        if self._pressed and (point - self._pressed).manhattanLength() >= _DRAG:
            self._selection.reach(point)
        outside = not 0 <= point.y() < self._area.viewport().height()
        if outside and not self._scroll.isActive():
            self._scroll.start()
        elif not outside:
            self._scroll.stop()

    def _go_on(self) -> None:
        """The pointer rests outside the view: scroll there, and select on."""
        view = self._area.viewport()
        point = view.mapFromGlobal(QCursor.pos())
        beyond = point.y() if point.y() < 0 else max(0, point.y() - view.height())
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.value() + beyond)
        self._selection.reach(point)

    def _key(self, event: QKeyEvent) -> bool:
        if event.matches(_Keys.Copy):
            self.copy()
            return True
        if event.matches(_Keys.SelectAll):
            self._selection.select_all()
            return True
        for keys, operation in _MOVES.items():
            if event.matches(keys):
                self._show(self._selection.move(operation, QApplication.focusWidget()))
                return True
        return False

    def _show(self, point: QPoint | None) -> None:
        """Scroll until the end that was moved is in view."""
        if point is None:
            return
        bar, height = self._area.verticalScrollBar(), self._area.viewport().height()
        below = max(0, point.y() + _EDGE - height)
        bar.setValue(bar.value() + (min(0, point.y() - _EDGE) or below))
