"""Every view of the app, one after the other, and every word that a person sees or hears there."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QAbstractTableModel,
    QModelIndex,
    Qt,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QSpinBox,
    QTabBar,
    QWidget,
)

from desktop.app import Desktop
from desktop.error_text import describe
from desktop.setting import Page
from desktop.views.error_details import ErrorDetails
from engine.errors import EngineDied

View = Callable[[Desktop], QWidget]


def _open_tree(app: Desktop) -> QWidget:
    app.window.side.show_tree(shown=True)
    return app.window.tree


def _open_tree_window(app: Desktop) -> QWidget:
    app.window.side.show_tree(shown=True)
    app.window.side.place_tree(apart=True)
    return app.window.side.tree_window


def _open_details(app: Desktop) -> QWidget:
    error = EngineDied("", detail="...")
    dialog = ErrorDetails(app.theme, describe(error), app.window)
    dialog.open()
    return dialog


VIEWS: Final[dict[str, View]] = {
    "window": lambda app: app.window,
    "tree": _open_tree,
    "tree, apart": _open_tree_window,
    "models": lambda app: app.window.open_models(),
    **{
        f"settings, {page.name.lower()}": lambda app, page=page: app.window.open_settings(page)  # type: ignore[misc]
        for page in Page
    },
    "failure": _open_details,
    "shortcuts": lambda app: app.window.dialogs.open_shortcuts(),
    "palette": lambda app: app.window.dialogs.open_palette(),
    "export": lambda app: app.window.desk.open_export(),
    "import": lambda app: app.window.desk.open_import(),
    "conversation": lambda app: app.window.page.composer.open_setup(),
    "templates": lambda app: app.window.page.composer.open_templates(),
    "comparison": lambda app: app.window.page.open_compare(),
    "welcome": lambda app: app.window.show_welcome(),
}


SETTLES: Final = 200
"""Milliseconds in which the fakes answer what a dialog asks."""
_ROLES: Final = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)


def every_view(app: Desktop) -> Iterator[tuple[str, QWidget]]:
    """The views, each open until the next one is asked for."""
    for name, show in VIEWS.items():
        view = show(app)
        QTest.qWait(SETTLES)
        yield name, view
        if isinstance(view, QDialog):
            view.reject()


def words_in(root: QWidget) -> Iterator[str]:
    """Everything that is written or read aloud in `root` and below it."""
    for widget in [root, *root.findChildren(QWidget)]:
        yield widget.windowTitle()
        yield widget.toolTip()
        yield widget.accessibleName()
        yield widget.accessibleDescription()
        yield from _own_words(widget)
        for action in widget.actions():
            yield action.text()
            yield action.toolTip()


def _own_words(widget: QWidget) -> Iterator[str]:
    match widget:
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QLineEdit() | QPlainTextEdit():
            yield widget.placeholderText()
        case QSpinBox() | QDoubleSpinBox():
            yield from (widget.prefix(), widget.suffix(), widget.specialValueText())
        case QComboBox():
            yield from (widget.itemText(row) for row in range(widget.count()))
        case QMenu():
            widget.aboutToShow.emit()
            yield widget.title()
        case QTabBar():
            yield from (widget.tabText(tab) for tab in range(widget.count()))
        case QMessageBox():
            yield from (widget.text(), widget.informativeText())
        case QAbstractItemView():
            yield from _words_of_model(widget.model(), QModelIndex())


def _words_of_model(model: QAbstractItemModel | None, parent: QModelIndex) -> Iterator[str]:
    if model is None:
        return
    # PySide6 hides columnCount of lists.
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)
    for column in range(columns):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(model.rowCount(parent)):
            index = model.index(row, column, parent)
            yield from (text for role in _ROLES if isinstance(text := index.data(role), str))
            if column == 0 and not isinstance(model, QAbstractListModel | QAbstractTableModel):
                yield from _words_of_model(model, index)


def unmarked(text: str) -> str:
    """What of `text` stands outside the marks of the language `marked`, without markup."""
    text = re.sub(r"<[^<>]*>", " ", text).replace("&", "")
    inner = re.compile(r"⟦[^⟦⟧]*⟧")
    while inner.search(text):
        text = inner.sub(" ", text)
    return " ".join(text.split())
