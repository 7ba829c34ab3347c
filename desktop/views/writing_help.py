"""What helps while one writes: messages sent before, commands behind a slash, and templates."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QDate, QEvent, QLocale, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QTextCursor

from desktop.conversations.query import Mark
from desktop.prompt_templates import VARIABLE, PromptTemplate, fill
from desktop.slash_commands import SlashCommand, is_slash, matching
from desktop.typed_history import TypedHistory
from desktop.views.growing_edit import GrowingEdit
from desktop.views.search_marks import qt_spans
from desktop.views.slash_menu import SlashMenu


class WritingHelp(QObject):
    """Sees the keys of the field first.

    Up on the first line and Down on the last bring back what was sent. While a template has
    variables left, Tab goes to the next one, and behind the last one out of the field.
    """

    def __init__(
        self,
        edit: GrowingEdit,
        menu: SlashMenu,
        history: TypedHistory,
        commands: Callable[[], Sequence[SlashCommand]],
    ) -> None:
        super().__init__(edit)
        self._edit = edit
        self._menu = menu
        self._history = history
        self._commands = commands
        self._offered: Sequence[SlashCommand] | None = None
        """Asked for once for each slash; None: none is typed."""
        self._dismissed = False
        self._has_variables = False
        edit.installEventFilter(self)
        edit.textChanged.connect(self._typed)
        menu.chosen.connect(self._run)

    def insert(self, template: PromptTemplate) -> None:
        """Put a template in place of what is typed, its first variable chosen."""
        today = QLocale().toString(QDate.currentDate(), QLocale.FormatType.LongFormat)
        clipboard = QGuiApplication.clipboard().text()
        self._replace(fill(template.text, clipboard=clipboard, today=today))
        self._has_variables = True
        self._edit.moveCursor(QTextCursor.MoveOperation.Start)
        if not self._go_to_variable(forwards=True):
            self._edit.move_to_end()
        self._edit.setFocus()

    def start_anew(self) -> None:
        """Something else is in the field now: another conversation's text, or nothing."""
        self._history.forget()
        self._has_variables = False
        self._offered = None
        self._menu.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.FocusOut:
            self._menu.hide()
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._take(event)
        return super().eventFilter(watched, event)

    def _take(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shift = Qt.KeyboardModifier.ShiftModifier
        if self._menu.isVisible() and not plain and self._take_for_menu(event.key()):
            return True
        match event.key():
            case Qt.Key.Key_Tab if not plain:
                return self._go_to_variable(forwards=True)
            case Qt.Key.Key_Backtab if plain in (shift, Qt.KeyboardModifier.NoModifier):
                return self._go_to_variable(forwards=False)
            case Qt.Key.Key_Up if not plain and self._is_at_edge(QTextCursor.MoveOperation.Up):
                return self._recall(self._history.earlier(self._edit.toPlainText()))
            case Qt.Key.Key_Down if not plain and self._is_at_edge(QTextCursor.MoveOperation.Down):
                return self._recall(self._history.later(self._edit.toPlainText()))
        return False

    def _take_for_menu(self, key: int) -> bool:
        match key:
            case Qt.Key.Key_Down:
                self._menu.step(1)
            case Qt.Key.Key_Up:
                self._menu.step(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Tab:
                self._menu.choose()
            case Qt.Key.Key_Escape:
                self._dismissed = True
                self._menu.hide()
            case _:
                return False
        return True

    # Commands

    def _typed(self) -> None:
        text = self._edit.toPlainText()
        if not is_slash(text):
            self._offered, self._dismissed = None, False
            self._menu.hide()
            return
        if self._offered is None:
            self._offered = self._commands()
        if not self._dismissed and self._edit.hasFocus():
            self._menu.offer(matching(self._offered, text))

    def _run(self, command: SlashCommand) -> None:
        self._replace("")
        command.run()

    # What was sent

    def _is_at_edge(self, move: QTextCursor.MoveOperation) -> bool:
        cursor = self._edit.textCursor()
        before = self._edit.cursorRect(cursor).top()
        moved = cursor.movePosition(move)
        return not cursor.hasSelection() and (
            not moved or self._edit.cursorRect(cursor).top() == before
        )

    def _recall(self, text: str | None) -> bool:
        if text is None:
            return False
        self._dismissed = True
        self._replace(text)
        self._edit.move_to_end()
        return True

    # Templates

    def _go_to_variable(self, *, forwards: bool) -> bool:
        if not self._has_variables:
            return False
        text, cursor = self._edit.toPlainText(), self._edit.textCursor()
        places = qt_spans(text, [Mark(*found.span()) for found in VARIABLE.finditer(text)])
        self._has_variables = bool(places)
        here = cursor.selectionEnd() if forwards else cursor.selectionStart()
        if forwards:
            following = [place for place in places if place[0] >= here]
        else:
            following = [place for place in places if place[1] <= here][-1:]
        if not following:
            return False
        start, end = following[0]
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self._edit.setTextCursor(cursor)
        return True

    def _replace(self, text: str) -> None:
        """As one step that the field's own undo takes back."""
        cursor = self._edit.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
