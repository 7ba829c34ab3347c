"""Sidebar, rail or drawer, whichever the window has room for."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from desktop.theme import Theme
from desktop.views.controls import rule
from desktop.views.rail import Rail
from desktop.views.sidebar import Sidebar

NARROW_BELOW: Final = 1000
_NARROWEST, _WIDEST = 200, 360
_CHAT_LEAST: Final = 520


class SideArea(QWidget):
    """Puts the sidebar beside the chat, or over it as a drawer in a narrow window.

    The person's own choice wins until the window changes its class.
    """

    def __init__(
        self, theme: Theme, sidebar: Sidebar, page: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sidebar = sidebar
        self._narrow = False
        self._open = True
        self.rail = Rail(theme)
        self._rail_rule = rule(Qt.Orientation.Vertical)
        self._splitter = QSplitter()
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        sidebar.setMinimumWidth(_NARROWEST)
        sidebar.setMaximumWidth(_WIDEST)
        page.setMinimumWidth(_CHAT_LEAST)
        self._splitter.addWidget(sidebar)
        self._splitter.addWidget(page)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([theme.tokens.size["sidebar"], 10_000])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for widget in (self.rail, self._rail_rule, self._splitter):
            row.addWidget(widget)
        sidebar.fold_asked.connect(self.toggle)
        self.rail.sidebar_asked.connect(self.toggle)
        sidebar.installEventFilter(self)
        self._apply()

    def toggle(self) -> None:
        """Open or fold the sidebar."""
        self._open = not self._open
        self._apply()
        if self._open:
            self._sidebar.list.setFocus()

    def close_drawer(self) -> None:
        """Fold the sidebar where it lies over the chat."""
        if self._narrow and self._open:
            self.toggle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._narrow and _is_escape(event):
            self.close_drawer()
            return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < NARROW_BELOW
        if narrow != self._narrow:
            self._narrow, self._open = narrow, not narrow
        self._apply()

    def _apply(self) -> None:
        beside = self._open and not self._narrow
        self.rail.setVisible(not beside)
        self._rail_rule.setVisible(not beside)
        if self._narrow:
            self._place_drawer()
        elif self._splitter.widget(0) is not self._sidebar:
            self._splitter.insertWidget(0, self._sidebar)
            self._splitter.setSizes([self._theme.tokens.size["sidebar"], 10_000])
        if self._sidebar.property("drawer") != self._narrow:
            self._sidebar.setProperty("drawer", self._narrow)
            self._sidebar.style().unpolish(self._sidebar)
            self._sidebar.style().polish(self._sidebar)
        self._sidebar.setVisible(self._open)

    def _place_drawer(self) -> None:
        if self._sidebar.parentWidget() is not self:
            self._sidebar.setParent(self)
        left = self.rail.width()
        self._sidebar.setGeometry(left, 0, self._theme.tokens.size["sidebar"], self.height())
        self._sidebar.raise_()


def _is_escape(event: QEvent) -> bool:
    pressed = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
    return pressed and event.type() is QEvent.Type.KeyPress
