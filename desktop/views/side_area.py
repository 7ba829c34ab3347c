"""Sidebar, rail or drawer, whichever the window has room for; the tree panel, here or apart."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSettings, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from desktop.theme import Theme
from desktop.views.controls import rule
from desktop.views.rail import Rail
from desktop.views.sidebar import Sidebar
from desktop.views.tree_window import TreeWindow

NARROW_BELOW: Final = 1000
NARROW_WITH_TREE_BELOW: Final = 1120
CHAT_AND_TREE_FROM: Final = 896
"""Below, the tree panel takes the place of the chat."""
_NARROWEST, _WIDEST = 200, 360
_CHAT_LEAST: Final = 520
_UNLIMITED: Final = (1 << 24) - 1
"""QWIDGETSIZE_MAX of Qt."""
_TREE_LEAST, _TREE_WIDTH, _TREE_MOST = 320, 344, 720
_SIDEBAR_OPEN, _SIDEBAR_WIDTH = "sidebar/open", "sidebar/width"
_TREE_OPEN, _TREE_SAVED_WIDTH, _TREE_APART = "tree/open", "tree/width", "tree/apart"


class SideArea(QWidget):
    """Puts the sidebar beside the chat, or over it as a drawer in a narrow window.

    The person's own choice wins until the window changes its class.

    Signals:
        tree_toggled(bool): the tree panel was opened or closed
        tree_moved(bool): it stands in a window of its own now, or beside the chat
    """

    tree_toggled = Signal(bool)
    tree_moved = Signal(bool)

    def __init__(
        self,
        theme: Theme,
        sidebar: Sidebar,
        page: QWidget,
        tree: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._page = page
        self._tree = tree
        self._tree_open = False
        self._tree_apart = False
        self.tree_window = TreeWindow()
        self.destroyed.connect(self.tree_window.deleteLater)
        self._theme = theme
        self._sidebar_width = theme.tokens.size["sidebar"]
        self._tree_width = _TREE_WIDTH
        self._sidebar = sidebar
        self._narrow = False
        self._open = True
        self.rail = Rail(theme)
        self._rail_rule = rule(Qt.Orientation.Vertical)
        self._splitter = QSplitter()
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        sidebar.setMinimumWidth(_NARROWEST)
        sidebar.setMaximumWidth(theme.scaled(_WIDEST))
        page.setMinimumWidth(_CHAT_LEAST)
        self._splitter.addWidget(sidebar)
        tree.setMinimumWidth(_TREE_LEAST)
        self._splitter.addWidget(page)
        self._splitter.addWidget(tree)
        self._splitter.setStretchFactor(1, 1)
        self._share_out()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for widget in (self.rail, self._rail_rule, self._splitter):
            row.addWidget(widget)
        sidebar.fold_asked.connect(self.toggle)
        self.rail.sidebar_asked.connect(self.toggle)
        sidebar.installEventFilter(self)
        theme.changed.connect(self._show_theme)
        self._apply()

    def toggle(self) -> None:
        """Open or fold the sidebar."""
        self._open = not self._open
        self._apply()
        if self._open:
            self._sidebar.list.setFocus()

    def show_sidebar(self) -> None:
        """Open the sidebar, if it is folded."""
        if not self._open:
            self.toggle()

    def show_tree(self, shown: bool) -> None:  # noqa: FBT001 - also a slot of `toggled`
        """Open or close the tree panel."""
        if shown != self._tree_open:
            self._tree_open = shown
            self._classify()
            self.tree_toggled.emit(shown)

    def toggle_tree(self) -> None:
        """Open the tree panel, or close it."""
        self.show_tree(not self._tree_open)

    @property
    def tree_is_apart(self) -> bool:
        """Whether the tree panel has a window of its own, open or not."""
        return self._tree_apart

    def place_tree(self, *, apart: bool) -> None:
        """Give the tree panel a window of its own, or its place beside the chat."""
        if apart == self._tree_apart:
            return
        self._tree_apart = apart
        self._tree.hide()
        if apart:
            self.tree_window.hold(self._tree)
        else:
            self._splitter.addWidget(self._tree)
        self._classify()
        self.tree_moved.emit(apart)

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
        self._classify()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_tree()

    def hideEvent(self, event: QHideEvent) -> None:
        """With the main window goes that of the tree, unless it is only minimized."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.tree_window.hide()

    def save_state(self, state: QSettings) -> None:
        """Keep how wide everything is, and whether the sidebar and the tree panel are open."""
        if not self._narrow:
            state.setValue(_SIDEBAR_OPEN, self._open)
            if self._open:
                usual = self._sidebar.width() * _WIDEST // self._theme.scaled(_WIDEST)
                state.setValue(_SIDEBAR_WIDTH, usual)
        state.setValue(_TREE_OPEN, self._tree_open)
        state.setValue(_TREE_APART, self._tree_apart)
        self.tree_window.save_state(state)
        if self._tree_beside:
            state.setValue(_TREE_SAVED_WIDTH, self._tree.width())

    def restore_state(self, state: QSettings) -> None:
        """Go back to that."""
        self._sidebar_width = _whole(state, _SIDEBAR_WIDTH, self._sidebar_width)
        self._tree_width = _whole(state, _TREE_SAVED_WIDTH, self._tree_width)
        self._share_out()
        if not self._narrow and state.value(_SIDEBAR_OPEN) == "false":
            self.toggle()
        self.tree_window.restore_state(state)
        self.place_tree(apart=state.value(_TREE_APART) == "true")
        if state.value(_TREE_OPEN) == "true":
            self.show_tree(shown=True)

    @property
    def _tree_beside(self) -> bool:
        return self._tree_open and not self._tree_apart

    def _classify(self) -> None:
        limit = NARROW_WITH_TREE_BELOW if self._tree_beside else NARROW_BELOW
        narrow = self.width() < limit
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
            self._share_out()
        self._show_tree()
        if self._sidebar.property("drawer") != self._narrow:
            self._sidebar.setProperty("drawer", self._narrow)
            self._sidebar.style().unpolish(self._sidebar)
            self._sidebar.style().polish(self._sidebar)
        self._sidebar.setVisible(self._open)

    def _show_theme(self) -> None:
        """Larger text needs a wider sidebar."""
        widest = self._theme.scaled(_WIDEST)
        if widest != self._sidebar.maximumWidth():
            self._sidebar.setMaximumWidth(widest)
            self._share_out()

    def _share_out(self) -> None:
        sizes = [10_000, self._tree_width]
        if self._splitter.widget(0) is self._sidebar:
            sizes.insert(0, self._theme.scaled(self._sidebar_width))
        self._splitter.setSizes(sizes)

    def _show_tree(self) -> None:
        alone = self._tree_beside and self.width() < CHAT_AND_TREE_FROM
        opened = self._tree_beside and self._tree.isHidden()
        self._page.setHidden(alone)
        self._tree.setMaximumWidth(_UNLIMITED if alone or self._tree_apart else _TREE_MOST)
        self._tree.setVisible(self._tree_open)
        self.tree_window.setVisible(self._tree_open and self._tree_apart and self.isVisible())
        if opened:
            self._share_out()

    def _place_drawer(self) -> None:
        if self._sidebar.parentWidget() is not self:
            self._sidebar.setParent(self)
        left = self.rail.width()
        self._sidebar.setGeometry(left, 0, self._theme.scaled(self._sidebar_width), self.height())
        self._sidebar.raise_()


def _whole(state: QSettings, key: str, default: int) -> int:
    """A width of the file, which anybody may have edited."""
    try:
        value = int(str(state.value(key, default)))
    except ValueError:
        return default
    return min(max(value, _NARROWEST), _TREE_MOST)


def _is_escape(event: QEvent) -> bool:
    pressed = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
    return pressed and event.type() is QEvent.Type.KeyPress
