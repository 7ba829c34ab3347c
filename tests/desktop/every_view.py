"""Every view of the app, one after the other, and every word that a person sees or hears there."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
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

Dialog = Callable[[Desktop], QDialog]
DIALOGS: Final[dict[str, Dialog]] = {
    "models": lambda app: app.window.open_models(),
    "settings": lambda app: app.window.open_settings(),
    "export": lambda app: app.window.desk.open_export(),
    "import": lambda app: app.window.desk.open_import(),
    "conversation": lambda app: app.window.page.composer.open_setup(),
    "templates": lambda app: app.window.page.composer.open_templates(),
    "comparison": lambda app: app.window.page.open_compare(),
}
_ROLES: Final = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)


def dialogs_in_code() -> set[str]:
    """The classes of all dialogs that are made somewhere: one that is not among these is new."""
    return {kind.__name__ for kind in _subclasses(QDialog) if kind.__module__.startswith("desktop")}


def _subclasses(kind: type) -> Iterator[type]:
    children: list[type] = kind.__subclasses__()
    for child in children:
        yield child
        yield from _subclasses(child)


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
            if column == 0:
                yield from _words_of_model(model, index)


def unmarked(text: str) -> str:
    """What of `text` stands outside the marks of the language `marked`, without markup."""
    text = re.sub(r"<[^<>]*>", " ", text).replace("&", "")
    inner = re.compile(r"⟦[^⟦⟧]*⟧")
    while inner.search(text):
        text = inner.sub(" ", text)
    return " ".join(text.split())
