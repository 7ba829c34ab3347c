"""The keyboard among the messages: one stop of Tab; arrows go between them, Enter goes inside."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QMetaObject, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSlider, QApplication, QWidget

from desktop.views.message_view import MessageView, message_of
from desktop.views.message_widgets import MessageWidgets
from desktop.views.reply import Reply
from desktop.views.text_block import TextBlock
from engine.language import tr, whole

if TYPE_CHECKING:
    from desktop.views.message_list import MessageList

_Key = Qt.Key
_Modifier = Qt.KeyboardModifier
_Reason = Qt.FocusReason
_ENTER: Final = (_Key.Key_Return, _Key.Key_Enter)
_SIDES: Final = {_Key.Key_Left: -1, _Key.Key_Right: 1}
_LINES: Final = {_Key.Key_Up: -1, _Key.Key_Down: 1}


class MessageKeys(QObject):
    """Sees the keys that the messages leave to their list, and where the focus goes.

    Signals:
        left: the message that had the focus is gone, and nothing is in its place
    """

    left = Signal()

    def __init__(self, messages: "MessageList", widgets: MessageWidgets) -> None:
        super().__init__(messages)
        self._messages = messages
        self._widgets = widgets
        self._caret: QMetaObject.Connection | None = None
        self.at = ""
        """The message that has the focus, or had it last."""
        self._place = 0
        """Which one of the path it is."""
        messages.installEventFilter(self)
        widgets.focus_left.connect(self._go_on_from)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def enter(self, reason: Qt.FocusReason) -> None:
        """Give the focus to the message that had it last, if it is in view, or to the last there.

        Nothing is scrolled: who comes by on Tab keeps what is read.
        """
        seen = self._messages.in_view
        if seen:
            self._focus(self.at if self.at in seen else seen[-1], reason)

    def go_to(self, place: int) -> None:
        """Give the focus to a message of the path, the nearest one there is."""
        path = self._messages.path
        place = max(0, min(place, len(path) - 1))
        self._messages.bring(path[place]).setFocus(_Reason.OtherFocusReason)

    def go_inside(self, *, forwards: bool) -> bool:
        """To the next or the former action of the message in which the focus is; if there is one.

        Before the first one stands the message itself; behind the last one Tab leaves it.
        """
        focused = QApplication.focusWidget()
        message = self._message_of(focused)
        if message is None or focused is None or focused is message:
            return False
        inside = message.inside()
        at = inside.index(focused) if focused in inside else -1
        beyond = inside[at + 1 :] if forwards else inside[:at][::-1]
        step = next((one for one in beyond if not _is_mere_text(one)), None)
        if step is None and forwards:
            return False
        reason = _Reason.TabFocusReason if forwards else _Reason.BacktabFocusReason
        (step or message).setFocus(reason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            focused = QApplication.focusWidget()
            message = self._message_of(focused)
            if message and focused:
                return self._press(event, message, focused)
        return super().eventFilter(watched, event)

    def _press(self, event: QKeyEvent, message: MessageView, focused: QWidget) -> bool:
        key = _Key(event.key())
        modifiers = event.modifiers() & ~_Modifier.KeypadModifier
        if key is _Key.Key_Space:
            back = bool(modifiers & _Modifier.ShiftModifier)
            self._scroll(message, forwards=not back)
        elif modifiers == _Modifier.AltModifier and key in _SIDES:
            # Left is the branch before where the text runs from left to right.
            turned = -1 if message.isRightToLeft() else 1
            message.branches.step(_SIDES[key] * turned)
        elif modifiers:
            return False
        elif focused is message:
            return self._press_on(key, message)
        elif key is _Key.Key_Escape:
            message.setFocus(_Reason.OtherFocusReason)
        elif key in _LINES and isinstance(focused, TextBlock):
            return self._read_on(message, focused, _LINES[key])
        else:
            return False
        return True

    def _press_on(self, key: Qt.Key, message: MessageView) -> bool:
        """A key on a message itself."""
        place = self._messages.path.index(message.message_id)
        match key:
            case _Key.Key_Up | _Key.Key_Down:
                self.go_to(place + _LINES[key])
            case _Key.Key_Home:
                self.go_to(0)
            case _Key.Key_End:
                self.go_to(len(self._messages.path) - 1)
                self._messages.jump_to_end()
            case _Key.Key_PageUp | _Key.Key_PageDown:
                self._scroll(message, forwards=key is _Key.Key_PageDown)
            case _ if key in _ENTER:
                inside = message.inside()
                texts = (one for one in inside if isinstance(one, TextBlock))
                first = next(texts, inside[0] if inside else message)
                first.setFocus(_Reason.TabFocusReason)
            case _:
                return False
        return True

    def _scroll(self, message: MessageView, *, forwards: bool) -> None:
        """By a screen; a message that goes out of view gives the focus to one that is there."""
        actions = QAbstractSlider.SliderAction
        page = actions.SliderPageStepAdd if forwards else actions.SliderPageStepSub
        self._messages.verticalScrollBar().triggerAction(page)
        seen = self._messages.in_view
        if seen and message.message_id not in seen:
            self._focus(seen[0] if forwards else seen[-1])

    def _read_on(self, message: MessageView, text: TextBlock, step: int) -> bool:
        """From the last line of a text on into the next one of its message; if there is one."""
        texts = [one for one in message.inside() if isinstance(one, TextBlock)]
        at = texts.index(text) + step if text in texts else -1
        if not 0 <= at < len(texts):
            return False
        texts[at].put_caret(at_end=step < 0)
        texts[at].setFocus(_Reason.OtherFocusReason)
        return True

    def _focus(self, message_id: str, reason: Qt.FocusReason = _Reason.OtherFocusReason) -> None:
        message = self._widgets.get(message_id)
        if message:
            message.setFocus(reason)

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Show the actions of the message in which the focus is, and see to it that one sees it."""
        message = self._message_of(new)
        left = self._widgets.get(self.at)
        if left and left is not message:
            left.actions_row.set_focused(focused=False)
        if self._caret:
            QObject.disconnect(self._caret)
            self._caret = None
        if message is None or new is None:
            return
        self.at = message.message_id
        message.actions_row.set_focused(focused=True)
        path = self._messages.path
        self._place = path.index(self.at)
        place = tr("{n} of {count}").format(n=whole(self._place + 1), count=whole(len(path)))
        message.setAccessibleDescription(place)
        if isinstance(new, TextBlock):
            self._caret = new.caret_moved.connect(self._show_caret)
        if new is not message and QApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self._show(new)

    def _go_on_from(self, gone: MessageView) -> None:
        """From a reply that goes to the one in its place; where there is none, out of the list.

        Whoever edits a message of their own goes out as well: the composer is where one writes.
        """
        path = self._messages.path
        is_replaced = gone.message_id not in path and self._place < len(path)
        if isinstance(gone, Reply) and is_replaced:
            self.go_to(self._place)
        else:
            self.left.emit()

    def _show_caret(self) -> None:
        focused = QApplication.focusWidget()
        if focused:
            self._show(focused)

    def _show(self, part: QWidget) -> None:
        area = part.cursorRect() if isinstance(part, TextBlock) else part.rect()
        self._messages.bring_part(part, area)

    def _message_of(self, widget: QWidget | None) -> MessageView | None:
        """The message of the list that a widget is, or is in."""
        message = message_of(widget)
        return message if message and self._messages.isAncestorOf(message) else None


def _is_mere_text(part: QWidget) -> bool:
    """Arrows go through it; Tab has nothing to do there."""
    return isinstance(part, TextBlock) and not part.takes_tab
