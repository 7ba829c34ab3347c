"""Everything that can be done, once: its words, its shortcut, what it does, whether it can be now.

Menus, the shortcuts page, the list under F1 and the command palette are all filled from here.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from PySide6.QtCore import QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop.setting import Keys, Page, Setting
from desktop.settings import Settings
from engine.language import tr

_SECTION: Final = "shortcuts"
_PORTABLE: Final = QKeySequence.SequenceFormat.PortableText
_NATIVE: Final = QKeySequence.SequenceFormat.NativeText
_MODIFIERS: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
OF_A_CONVERSATION: Final = ("conversation.rename", "conversation.export", "conversation.trash")
"""What needs a conversation that is stored."""
_ENTER: Final = tr("Enter")
FIXED_KEYS: Final[Mapping[str, str]] = {
    "Return": tr("Send the message"),
    "Shift+Return": tr("Break the line"),
    "Esc": tr("Out of a message again, or stop the reply"),
    "Tab": tr("To the next control"),
    "Up, Down": tr("To the message before or after, in the messages"),
    "Home, End": tr("To the first or the last message, in the messages"),
    "Space": tr("On by a screen, in the messages"),
    "Enter": tr("Into a message: Tab then goes through what can be done with it"),
    "Alt+Left": tr("To the branch before, in a message"),
    "Alt+Right": tr("To the branch after, in a message"),
    "F2": tr("Rename, in the list of conversations"),
    "Ctrl+D": tr("Pin, in the list of conversations"),
    "Del": tr("Move to the trash, in the list of conversations"),
    "Shift+F10": tr("The menu of a row"),
    "Ctrl+C": tr("Copy"),
    "Ctrl+X": tr("Cut"),
    "Ctrl+V": tr("Paste"),
    "Ctrl+A": tr("Select everything"),
}
"""Keys of single controls: the same everywhere, and not to be had for the window."""


class Group(StrEnum):
    """Where an action is listed."""

    CONVERSATIONS = tr("Conversations")
    CHAT = tr("Chat")
    VIEW = tr("View")
    OUTRIDER = "Outrider"


@dataclass(frozen=True)
class Action:
    """One entry of the registry."""

    id: str
    group: Group
    entry: QAction
    """What menus show; triggering it does the thing."""
    keys: Setting[str]
    """Its shortcut, as a setting like any other."""
    also: str = ""
    """Another key for the same, as long as the shortcut is the default."""

    @property
    def words(self) -> str:
        """What it is called."""
        return words_of(self.entry)


class Actions(QObject):
    """The registry of one window.

    Signals:
        rekeyed: shortcuts are others now
    """

    rekeyed = Signal()

    def __init__(self, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._settings = settings
        self._window = window
        self._actions: dict[str, Action] = {}
        settings.changed.connect(self._follow)

    def add(
        self,
        id_: str,
        words: str,
        run: Callable[[], object],
        keys: str | QKeySequence.StandardKey = "",
        *,
        group: Group,
        also: str = "",
    ) -> QAction:
        """Register an action of the whole window. Its id names its shortcut in the settings."""
        entry = QAction(words.replace("&", "&&"), self)
        entry.setObjectName(id_)
        # What runs may take arguments of its own; whether an entry is ticked is none of them.
        entry.triggered.connect(lambda: run())  # noqa: PLW0108
        setting = Setting(
            _SECTION, id_, _portable(keys), Keys(), words.removesuffix("…"), page=Page.SHORTCUTS
        )
        self._actions[id_] = Action(id_, group, entry, setting, also)
        self._set_keys(self._actions[id_])
        self._window.addAction(entry)
        return entry

    def entry(self, id_: str) -> QAction:
        """The entry for menus."""
        return self._actions[id_].entry

    def entries(self, *ids: str) -> list[QAction]:
        """Several of them."""
        return [self.entry(id_) for id_ in ids]

    def enable(self, ids: Iterable[str], *, enabled: bool) -> None:
        """Say whether they can be done now."""
        for id_ in ids:
            self.entry(id_).setEnabled(enabled)

    @property
    def all(self) -> Sequence[Action]:
        """In the order they were added."""
        return tuple(self._actions.values())

    @property
    def grouped(self) -> Mapping[Group, Sequence[Action]]:
        """All of them, by where they are listed."""
        return {group: [one for one in self.all if one.group is group] for group in Group}

    @property
    def table(self) -> tuple[Setting[str], ...]:
        """A row for the shortcut of each."""
        return tuple(one.keys for one in self.all)

    def refuse(self, setting: Setting[Any], value: object) -> str:
        """Why `value` cannot be the shortcut of `setting`; "" where it can, or is none at all."""
        if setting.section != _SECTION or not value:
            return ""
        keys = QKeySequence(str(value), _PORTABLE)
        if keys.isEmpty() or not _leaves_typing_alone(keys[0]):  # type: ignore[index] # it is
            return tr("A shortcut needs Ctrl, Alt or a function key: other keys write.")
        shown = keys.toString(_NATIVE)
        if fixed := FIXED_KEYS.get(keys.toString(_PORTABLE)):
            return tr("{keys} has a fixed use: {use}.").format(keys=shown, use=fixed)
        for other in self.all:
            if other.keys != setting and keys in other.entry.shortcuts():
                return tr("{keys} is taken by “{action}”.").format(keys=shown, action=other.words)
        return ""

    def _follow(self, setting: Setting[Any]) -> None:
        action = self._actions.get(setting.key) if setting.section == _SECTION else None
        if action:
            self._set_keys(action)
            self.rekeyed.emit()

    def _set_keys(self, action: Action) -> None:
        keys = self._settings.get(action.keys)
        every = [keys, action.also] if keys == action.keys.default else [keys]
        action.entry.setShortcuts([QKeySequence(one, _PORTABLE) for one in every if one])


def words_of(entry: QAction) -> str:
    """What an entry of a menu is called elsewhere."""
    return entry.text().replace("&&", "&").removesuffix("…")


def words_and_keys(entry: QAction) -> str:
    """The same, with its shortcut if it has one."""
    words, keys = words_of(entry), shown_keys(entry)
    return f"{words} ({keys})" if keys else words


def shown_keys(entry: QAction) -> str:
    """The shortcut as this computer writes it; "" for none."""
    return entry.shortcut().toString(_NATIVE)


def native(portable: str) -> str:
    """A shortcut as this computer writes it; the big key has one name, whatever Qt calls it."""
    shown = QKeySequence(portable, _PORTABLE).toString(_NATIVE)
    return re.sub("Return|Enter", _ENTER, shown)


def _portable(keys: str | QKeySequence.StandardKey) -> str:
    return QKeySequence(keys).toString(_PORTABLE)


def _leaves_typing_alone(combination: QKeyCombination) -> bool:
    key = combination.key()
    is_function_key = Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35
    return is_function_key or bool(combination.keyboardModifiers() & _MODIFIERS)
