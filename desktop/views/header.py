"""Above the chat: the title, the pair, and everything else in one menu."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QAction,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QWidget,
)

from desktop.actions import OF_A_CONVERSATION, Actions, words_and_keys
from desktop.appearance_settings import THEME
from desktop.pair_model import PairModel
from desktop.profile_model import ProfileModel
from desktop.settings import ORIGIN_MARKS, Settings
from desktop.theme import Theme
from desktop.views.bidi import isolated
from desktop.views.choice_menu import ChoiceMenu
from desktop.views.controls import SEMIBOLD, IconButton
from desktop.views.layouts import set_margins
from desktop.views.mode_menu import ModeMenu
from desktop.views.pair_button import PairButton
from desktop.views.profile_button import ProfileButton
from engine.language import tr

_OF_OUTRIDER: Final = ("app.palette", "app.settings", "app.shortcuts", "app.diagnostics")
_HEIGHT: Final = 32
_WHOLE_NAMES_FROM: Final = 900
"""Pixels: in less the title needs the room of the quantizations."""


class Title(QWidget):
    """The title of the conversation; a double click renames it.

    Signals:
        renamed(str)
    """

    renamed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = ""
        self._edit = QLineEdit()
        theme.dress(self._edit, "heading", SEMIBOLD)
        self._edit.setAccessibleName(tr("Title of the conversation"))
        self._edit.editingFinished.connect(self._finish)
        self._edit.hide()
        self._stack = QStackedLayout(self)
        self._stack.addWidget(QWidget())
        self._stack.addWidget(self._edit)
        self.setMinimumWidth(60)
        theme.set_height(self, _HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_title(self, text: str) -> None:
        """Show another title."""
        self._text = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.update()

    def begin_rename(self) -> None:
        """Edit the title in place."""
        self._edit.setText(self._text)
        self._stack.setCurrentIndex(1)
        self._edit.setFocus()
        self._edit.selectAll()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.begin_rename()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._stack.currentIndex():
            self._edit.setText(self._text)
            self._finish()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._stack.currentIndex():
            return
        painter = QPainter(self)
        painter.setFont(self._theme.font("heading", SEMIBOLD))
        painter.setPen(self._theme.color("text"))
        metrics = painter.fontMetrics()
        words = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        at_start = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(self.rect(), at_start, isolated(words))
        painter.end()

    def _finish(self) -> None:
        if self._stack.currentIndex():
            self._stack.setCurrentIndex(0)
            self.renamed.emit(self._edit.text())
            self.update()


class MoreMenu(QMenu):
    """What is done less often."""

    def __init__(self, theme: Theme, pair: PairModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._modes = ModeMenu(theme, pair, self)

    def fill(self, actions: Actions, settings: Settings) -> None:
        """Show what the window can do."""
        self.addActions(actions.entries(*OF_A_CONVERSATION))
        self.addSeparator()
        self.addMenu(self._modes)
        for setting in (THEME, ORIGIN_MARKS):
            self.addMenu(ChoiceMenu(settings, setting, self))
        self.addSeparator()
        self.addActions(actions.entries(*_OF_OUTRIDER))

    def offer_updates(self, entry: QAction) -> None:
        """Have an entry that looks for a newer version; without this there is none."""
        entry.setToolTip(tr("Look for a newer version. Nothing else is sent, nor installed"))
        self.addAction(entry)
        self.setToolTipsVisible(True)


class Header(QWidget):
    """Title, pair button, profiles, menu."""

    def __init__(
        self,
        theme: Theme,
        pair: PairModel,
        profiles: ProfileModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = Title(theme)
        self.pair_button = PairButton(theme, pair)
        self.menu = MoreMenu(theme, pair, self)
        self.tree_button = IconButton(theme, "tree", tr("Tree panel"), side=_HEIGHT, icon_side=20)
        self.tree_button.setCheckable(True)
        self.find_button = IconButton(
            theme, "search", tr("Find in this conversation"), side=_HEIGHT
        )
        more = IconButton(theme, "ellipsis", tr("More"), side=_HEIGHT)
        more.setMenu(self.menu)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        theme.set_height(self, theme.tokens.size["header"])
        row = QHBoxLayout(self)
        set_margins(row, 20, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self.title, 1)
        row.addWidget(self.pair_button)
        row.addWidget(ProfileButton(theme, profiles, pair, _HEIGHT))
        row.addWidget(self.find_button)
        row.addWidget(self.tree_button)
        row.addWidget(more)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.pair_button.be_brief(brief=self.width() < _WHOLE_NAMES_FROM)

    def show_tree_action(self, entry: QAction) -> None:
        """Tell the shortcut of the tree panel on its button."""

        def show() -> None:
            self.tree_button.setToolTip(words_and_keys(entry))

        entry.changed.connect(show)
        show()
