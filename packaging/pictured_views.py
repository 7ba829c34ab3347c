"""Every view of the window over made-up content, by name, for pictures of it."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QDialog, QWidget

import made_up
from desktop.app import Desktop
from desktop.setting import Page
from desktop.views.model_filters import ModelFilters
from desktop.views.model_list import ModelListView
from desktop.views.search_panel import SearchPanel

WIDE: Final = (1280, 800)
NARROW: Final = (900, 600)

Take = Callable[[str, QWidget], None]
"""Saves a picture of a widget under a name."""


def wait(milliseconds: int = 250) -> None:
    """Let the window settle."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def take_views(desktop: Desktop, take: Take) -> None:
    """A picture of each view, in the theme and the direction that are on."""
    window = desktop.window
    newest = desktop.conversations.summaries()[0].id
    window.resize(*WIDE)
    desktop.chat.open(newest)
    _take_models(desktop, take)
    made_up.Queue.is_busy = True
    desktop.hub.read_unfinished()
    wait(500)
    take("main", window)
    _take_dialogs(desktop, take)
    _take_settings(desktop, take)
    _take_sidebar(desktop, take)
    desktop.chat.open(None)
    take("empty", window)
    window.show_welcome()
    wait(500)
    take("welcome", window)
    window.leave_welcome()
    desktop.chat.open(newest)
    _take_narrow(desktop, take)
    window.resize(*WIDE)
    _take_streaming(desktop, take)


def _take_dialogs(desktop: Desktop, take: Take) -> None:
    window = desktop.window
    dialogs: Mapping[str, Callable[[], QDialog]] = {
        "downloads": window.open_models,
        "export": window.desk.open_export,
        "import": window.desk.open_import,
        "setup": window.page.composer.open_setup,
        "templates": window.page.composer.open_templates,
        "compare": window.page.open_compare,
        "shortcuts": window.dialogs.open_shortcuts,
        "palette": window.dialogs.open_palette,
    }
    for name, open_dialog in dialogs.items():
        dialog = open_dialog()
        wait()
        take(name, dialog)
        dialog.reject()
        wait(50)


def _take_models(desktop: Desktop, take: Take) -> None:
    dialog = desktop.window.open_models()
    wait(500)
    take("models", dialog)
    (filters,) = dialog.findChildren(ModelFilters)
    filters.show_tab(1)
    take("catalogue", dialog)
    filters.show_tab(2)
    filters.search.setText("qwen3")
    filters.submitted.emit()
    wait()
    results = next(
        view
        for view in dialog.findChildren(ModelListView)
        if view.isVisible() and view.model().rowCount()
    )
    results.clicked.emit(results.model().index(0, 0))
    take("hub", dialog)
    dialog.reject()


def _take_settings(desktop: Desktop, take: Take) -> None:
    dialog = desktop.window.open_settings()
    for page, section in dialog.sections.items():
        if not section.is_empty:
            dialog.show_page(Page(page))
            wait()
            take(f"settings-{page.name.lower()}", dialog)
    dialog.search.setText("tree")
    take("settings-search", dialog)
    dialog.reject()


def _take_sidebar(desktop: Desktop, take: Take) -> None:
    window = desktop.window
    search: SearchPanel = window.sidebar.search
    search.field.setText("count")
    search.field.search_now()
    take("search", window)
    search.field.clear()
    window.sidebar.show_trash()
    take("trash", window)
    window.sidebar.trash.left.emit()


def _take_narrow(desktop: Desktop, take: Take) -> None:
    window = desktop.window
    window.resize(*NARROW)
    take("narrow", window)
    desktop.conversations.trash(desktop.conversations.summaries()[-1].id)
    window.side.toggle()
    take("drawer", window)
    desktop.conversations.undo()
    window.side.close_drawer()


def _take_streaming(desktop: Desktop, take: Take) -> None:
    window = desktop.window
    desktop.chat.send(made_up.THIRD_QUESTION)
    wait(600)
    take("streaming", window)
    made_up.Session.may_end.set()
    wait()
    window.side.show_tree(shown=True)
    window.tree.slider.setValue(made_up.ROUND_WITH_TREE)
    take("tree", window)
    window.side.place_tree(apart=True)
    window.side.tree_window.resize(620, 760)
    take("tree-window", window.side.tree_window)
    window.side.place_tree(apart=False)
    window.resize(*NARROW)
    take("tree-narrow", window)
    window.resize(*WIDE)
    window.side.show_tree(shown=False)
