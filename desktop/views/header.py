"""Above the chat: the title, the pair, and everything else in one menu."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
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

from desktop.pair_model import PairModel
from desktop.profile_model import ProfileModel
from desktop.settings import OriginMarks
from desktop.theme import Theme, ThemeChoice
from desktop.views.controls import SEMIBOLD, IconButton
from desktop.views.mode_menu import ModeMenu
from desktop.views.pair_button import PairButton
from desktop.views.profile_button import ProfileButton
from engine.language import tr

THEMES: Final[Mapping[ThemeChoice, str]] = {
    ThemeChoice.SYSTEM: tr("As the system"),
    ThemeChoice.LIGHT: tr("Light"),
    ThemeChoice.DARK: tr("Dark"),
}
MARKS: Final[Mapping[OriginMarks, str]] = {
    OriginMarks.WITH_TREE: tr("While the tree panel is open"),
    OriginMarks.ALWAYS: tr("Always"),
    OriginMarks.NEVER: tr("Never"),
}
_HEIGHT: Final = 32


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
        self.setFixedHeight(_HEIGHT)
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
        painter.drawText(
            self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words
        )
        painter.end()

    def _finish(self) -> None:
        if self._stack.currentIndex():
            self._stack.setCurrentIndex(0)
            self.renamed.emit(self._edit.text())
            self.update()


class MoreMenu(QMenu):
    """What is done less often.

    Signals:
        rename_asked, delete_asked, export_asked, diagnostics_asked, updates_asked,
        theme_chosen(ThemeChoice), marks_chosen(OriginMarks)
    """

    rename_asked = Signal()
    delete_asked = Signal()
    export_asked = Signal()
    diagnostics_asked = Signal()
    updates_asked = Signal()
    theme_chosen = Signal(object)
    marks_chosen = Signal(object)

    def __init__(self, theme: Theme, pair: PairModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._of_conversation = [
            self.addAction(tr("Rename"), self.rename_asked.emit),
            self.addAction(tr("Export…"), self.export_asked.emit),
            self.addAction(tr("Move to the trash"), self.delete_asked.emit),
        ]
        self.addSeparator()
        self.addMenu(ModeMenu(theme, pair, self))
        self.addMenu(self._theme_menu())
        self._marks = {choice: self._marks_action(choice) for choice in MARKS}
        self.addMenu(self._marks_menu())
        self.addSeparator()
        self.addAction(tr("Copy diagnostics"), self.diagnostics_asked.emit)

    def offer_updates(self) -> None:
        """Have an entry that looks for a newer version; without this there is none."""
        entry = self.addAction(tr("Check for updates"), self.updates_asked.emit)
        entry.setToolTip(tr("Look for a newer version. Nothing else is sent, nor installed"))
        self.setToolTipsVisible(True)

    def allow_conversation(self, *, allowed: bool) -> None:
        """Enable what needs a stored conversation."""
        for action in self._of_conversation:
            action.setEnabled(allowed)

    def show_marks_choice(self, choice: OriginMarks) -> None:
        """Check what the person chose."""
        self._marks[choice].setChecked(True)

    def _marks_action(self, choice: OriginMarks) -> QAction:
        action = QAction(MARKS[choice], self)
        action.setCheckable(True)
        action.triggered.connect(lambda: self.marks_chosen.emit(choice))
        return action

    def _marks_menu(self) -> QMenu:
        menu = QMenu(tr("Underline where tokens come from"), self)
        group = QActionGroup(menu)
        for action in self._marks.values():
            group.addAction(action)
            menu.addAction(action)
        return menu

    def _theme_menu(self) -> QMenu:
        menu = QMenu(tr("Theme"), self)
        group = QActionGroup(menu)
        for choice, name in THEMES.items():
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(choice is self._theme.look.scheme)
            action.triggered.connect(
                lambda _checked=False, chosen=choice: self.theme_chosen.emit(chosen)
            )
            group.addAction(action)
        return menu


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
        self.tree_button.setToolTip(f"{tr('Tree panel')} (Ctrl+T)")
        more = IconButton(theme, "ellipsis", tr("More"), side=_HEIGHT)
        more.setMenu(self.menu)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFixedHeight(theme.tokens.size["header"])
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self.title, 1)
        row.addWidget(self.pair_button)
        row.addWidget(ProfileButton(theme, profiles, pair, _HEIGHT))
        row.addWidget(self.tree_button)
        row.addWidget(more)
