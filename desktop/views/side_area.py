"""Sidebar, rail or drawer, whichever the window has room for; the tree panel, here or apart."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRect, QSettings, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStyle, QWidget

from desktop.theme import Theme
from desktop.views.column_widths import (
    SIDEBAR_LEAST,
    SIDEBAR_MOST,
    TREE_LEAST,
    TREE_MOST,
    ColumnWidths,
    Widths,
)
from desktop.views.columns import Columns
from desktop.views.controls import rule
from desktop.views.rail import Rail
from desktop.views.sidebar import Sidebar
from desktop.views.slide import slide_in
from desktop.views.tree_window import TreePlace, TreeWindow

NARROW_BELOW: Final = 1000
NARROW_WITH_TREE_BELOW: Final = 1120
CHAT_AND_TREE_FROM: Final = 896
"""Below, the tree panel takes the place of the chat."""
_CHAT_LEAST: Final = 520
_UNLIMITED: Final = (1 << 24) - 1
"""QWIDGETSIZE_MAX of Qt."""
_SIDEBAR_OPEN, _TREE_OPEN, _TREE_APART = "sidebar/open", "tree/open", "tree/apart"


class SideArea(QWidget):
    """Puts the sidebar beside the chat, or over it as a drawer in a narrow window.

    The person's own choice wins until the window changes its class.

    Signals:
        tree_toggled(bool): the tree panel was opened or closed
        tree_moved(TreePlace): it stands there now
    """

    tree_toggled = Signal(bool)
    tree_moved = Signal(object)

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
        self._tree_place = TreePlace.BESIDE
        self.tree_window = TreeWindow()
        self.destroyed.connect(self.tree_window.deleteLater)
        self._theme = theme
        self._widths = ColumnWidths()
        self._sidebar = sidebar
        self._narrow = False
        self._open = True
        self.rail = Rail(theme)
        self._rail_rule = rule(Qt.Orientation.Vertical)
        self._columns = Columns()
        sidebar.setMinimumWidth(SIDEBAR_LEAST)
        sidebar.setMaximumWidth(theme.scaled(SIDEBAR_MOST))
        page.setMinimumWidth(_CHAT_LEAST)
        self._columns.addWidget(sidebar)
        tree.setMinimumWidth(TREE_LEAST)
        self._columns.addWidget(page)
        self._columns.addWidget(tree)
        self._columns.setStretchFactor(1, 1)
        self._share_out()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for widget in (self.rail, self._rail_rule, self._columns):
            row.addWidget(widget)
        self._columns.splitterMoved.connect(self._remember)
        self._columns.reset_asked.connect(self._reset)
        sidebar.fold_asked.connect(self.toggle)
        self.rail.sidebar_asked.connect(self.toggle)
        self.rail.chat_asked.connect(self.show_chat)
        sidebar.installEventFilter(self)
        theme.changed.connect(self._show_theme)
        self._apply()

    def toggle(self) -> None:
        """Open or fold the sidebar."""
        self._open = not self._open
        self._apply()
        if self._open:
            self._sidebar.list.setFocus()
            self._slide_drawer()

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

    def show_chat(self) -> None:
        """Fold away what lies over the chat, or stands in its place."""
        self.close_drawer()
        if self._tree_place is TreePlace.ALONE:
            self.show_tree(shown=False)

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
            self._columns.addWidget(self._tree)
        self._classify()

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
        self._widths.save_state(state)
        if not self._narrow:
            state.setValue(_SIDEBAR_OPEN, self._open)
        state.setValue(_TREE_OPEN, self._tree_open)
        state.setValue(_TREE_APART, self._tree_apart)
        self.tree_window.save_state(state)

    def restore_state(self, state: QSettings) -> None:
        """Go back to that."""
        self._widths.restore_state(state)
        self._share_out()
        if not (self._narrow or _is_on(state, _SIDEBAR_OPEN, usual=True)):
            self.toggle()
        self.tree_window.restore_state(state)
        self.place_tree(apart=_is_on(state, _TREE_APART))
        self.show_tree(_is_on(state, _TREE_OPEN))

    @property
    def _tree_beside(self) -> bool:
        return self._tree_open and not self._tree_apart

    def _classify(self) -> None:
        limit = NARROW_WITH_TREE_BELOW if self._tree_beside else NARROW_BELOW
        narrow = self.width() < limit
        if narrow != self._narrow:
            self._narrow, self._open = narrow, not narrow
            self._apply()
            self._share_out()
        else:
            self._apply()

    def _apply(self) -> None:
        beside = self._open and not self._narrow
        self.rail.setVisible(not beside)
        self._rail_rule.setVisible(not beside)
        if self._narrow:
            self._place_drawer()
        elif self._columns.widget(0) is not self._sidebar:
            self._columns.insertWidget(0, self._sidebar)
            self._share_out()
        self._show_tree()
        if self._sidebar.property("drawer") != self._narrow:
            self._sidebar.setProperty("drawer", self._narrow)
            self._sidebar.style().unpolish(self._sidebar)
            self._sidebar.style().polish(self._sidebar)
        self._sidebar.setVisible(self._open)

    def _show_theme(self) -> None:
        """Larger text needs a wider sidebar."""
        widest = self._theme.scaled(SIDEBAR_MOST)
        if widest != self._sidebar.maximumWidth():
            self._sidebar.setMaximumWidth(widest)
            self._share_out()

    def _share_out(self) -> None:
        sizes = [10_000, self._here.tree]
        if self._columns.widget(0) is self._sidebar:
            sizes.insert(0, self._theme.scaled(self._here.sidebar))
        self._columns.setSizes(sizes)

    @property
    def _here(self) -> Widths:
        """The widths in windows of this class."""
        return self._widths.of(narrow=self._narrow)

    def _remember(self) -> None:
        """The person moved a line."""
        if self._open and not self._narrow:
            usual = self._sidebar.width() * SIDEBAR_MOST // self._theme.scaled(SIDEBAR_MOST)
            self._here.sidebar = usual
        if self._tree_beside:
            self._here.tree = self._tree.width()

    def _reset(self, part: int) -> None:
        """The usual width of what stands beside the line before a part."""
        if self._columns.widget(part) is self._tree:
            self._here.tree = Widths.tree
        else:
            self._here.sidebar = Widths.sidebar
        self._share_out()

    def _show_tree(self) -> None:
        beside = self._tree_beside
        alone = beside and self.width() < CHAT_AND_TREE_FROM
        opened = beside and self._tree.isHidden()
        self._page.setHidden(alone)
        self._tree.setMaximumWidth(TREE_MOST if beside and not alone else _UNLIMITED)
        self._tree.setVisible(self._tree_open)
        self.tree_window.setVisible(self._tree_open and self._tree_apart and self.isVisible())
        if opened:
            self._share_out()
        self._tell_place(TreePlace.ALONE if alone else TreePlace.BESIDE)

    def _tell_place(self, here: TreePlace) -> None:
        place = TreePlace.APART if self._tree_apart else here
        if place is not self._tree_place:
            self._tree_place = place
            self.rail.show_chat(shown=place is not TreePlace.ALONE)
            self.tree_moved.emit(place)

    def _place_drawer(self) -> None:
        if self._sidebar.parentWidget() is not self:
            self._sidebar.setParent(self)
        width = self._theme.scaled(self._here.sidebar)
        place = QRect(self.rail.width(), 0, width, self.height())
        self._sidebar.setGeometry(QStyle.visualRect(self.layoutDirection(), self.rect(), place))
        self._sidebar.raise_()

    def _slide_drawer(self) -> None:
        if self._narrow:
            motion = slide_in(self._theme, self._sidebar, from_end=False)
            if motion:
                motion.finished.connect(self._apply)  # the window may have another size by now


def _is_on(state: QSettings, key: str, *, usual: bool = False) -> bool:
    return bool(state.value(key, usual, type=bool))


def _is_escape(event: QEvent) -> bool:
    pressed = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
    return pressed and event.type() is QEvent.Type.KeyPress
