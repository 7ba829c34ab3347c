"""What can be done in the window: the table of its actions."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QKeySequence

from desktop.actions import Actions, Group
from desktop.appearance_settings import ZOOM
from desktop.settings import Settings
from desktop.views.regions import give_focus
from engine.language import tr

if TYPE_CHECKING:
    from desktop.views.main_window import MainWindow

_Key = QKeySequence.StandardKey


SLASH: Final[Mapping[str, str]] = {
    "system": "chat.setup",
    "templates": "chat.templates",
    "compare": "chat.compare",
    "model": "app.models",
    "clear": "conversation.new",
    "export": "conversation.export",
    "import": "conversation.import",
    "tree": "view.tree",
    "settings": "app.settings",
}
"""What a slash and a word do in the composer, by the ids of the actions."""
IN_EVERY_WINDOW: Final = ("chat.write", "view.tree", "view.region", "app.quit")
"""What also has its shortcut in the window of the tree panel."""


def add_window_actions(actions: Actions, window: "MainWindow") -> None:
    """Register everything that is not of a single control."""
    _add_conversations(actions, window)
    _add_chat(actions, window)
    _add_view(actions, window)
    _add_outrider(actions, window)


def _add_conversations(actions: Actions, window: "MainWindow") -> None:
    add = partial(actions.add, group=Group.CONVERSATIONS)
    desk, sidebar = window.desk, window.sidebar
    add("conversation.new", tr("New conversation"), desk.new, _Key.New)
    add(
        "conversation.temporary",
        tr("New temporary conversation"),
        desk.new_temporary,
        "Ctrl+Shift+N",
    )
    add("conversation.search", tr("Search conversations"), desk.search, "Ctrl+Shift+F")
    add("conversation.rename", tr("Rename"), window.page.header.title.begin_rename)
    add("conversation.export", tr("Export…"), desk.open_export, "Ctrl+E")
    add("conversation.import", tr("Import…"), desk.open_import, "Ctrl+I")
    add("conversation.trash", tr("Move to the trash"), desk.trash_shown)
    add("conversation.undo", tr("Undo"), window.conversations.undo, _Key.Undo)
    add("conversation.folder", tr("New folder…"), sidebar.ask_folder)
    add("conversation.show_trash", tr("Trash"), desk.show_trash)


def _add_chat(actions: Actions, window: "MainWindow") -> None:
    add = partial(actions.add, group=Group.CHAT)
    composer = window.page.composer
    add("chat.write", tr("Write a message"), partial(give_focus, composer.edit), "Ctrl+L")
    add("chat.find", tr("Find in this conversation"), window.page.find_bar.begin, "Ctrl+F")
    copy = window.page.messages.input.copy
    plain = partial(copy, markdown=False)
    add("chat.copy", tr("Copy the selection as Markdown"), copy)
    add("chat.copy_plain", tr("Copy the selection as text"), plain, "Ctrl+Shift+C")
    add("chat.setup", tr("System prompt and sampling…"), composer.open_setup)
    add("chat.templates", tr("Prompt templates…"), composer.open_templates)
    add("chat.compare", tr("Compare two answers…"), window.page.open_compare)


def _add_view(actions: Actions, window: "MainWindow") -> None:
    add = partial(actions.add, group=Group.VIEW)
    settings = window.settings
    add("view.sidebar", tr("Sidebar"), window.side.toggle, "Ctrl+B")
    add("view.tree", tr("Tree panel"), window.side.toggle_tree, "Ctrl+T")
    add("view.region", tr("Next part of the window"), window.regions.go_on, "F6")
    larger, smaller = _zoom(settings, 10), _zoom(settings, -10)
    add("view.zoom_in", tr("Larger messages"), larger, "Ctrl++", also="Ctrl+=")
    add("view.zoom_out", tr("Smaller messages"), smaller, "Ctrl+-")
    usual = tr("Messages in their usual size")
    add("view.zoom_reset", usual, lambda: settings.set(ZOOM, ZOOM.default), "Ctrl+0")


def _add_outrider(actions: Actions, window: "MainWindow") -> None:
    add = partial(actions.add, group=Group.OUTRIDER)
    add("app.palette", tr("Command palette"), window.dialogs.open_palette, "Ctrl+K")
    add("app.models", tr("Choose models…"), window.open_models, "Ctrl+M")
    add("app.settings", tr("Settings…"), window.dialogs.open_settings, "Ctrl+,")
    add("app.shortcuts", tr("Shortcuts…"), window.dialogs.open_shortcuts, "F1")
    add("app.diagnostics", tr("Copy diagnostics"), window.copy_diagnostics)
    add("app.quit", tr("Quit"), window.quit, _Key.Quit)


def _zoom(settings: Settings, step: int) -> Callable[[], None]:
    def zoom() -> None:
        value = settings.get(ZOOM) + step
        if ZOOM.accepts(value):
            settings.set(ZOOM, value)

    return zoom
