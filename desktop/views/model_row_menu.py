"""What can be done with a model file in the list."""

from collections.abc import Iterator

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget

from desktop import figures
from desktop.model_library import FoundModel
from desktop.model_scan import ModelScan
from desktop.theme import Theme
from desktop.views.message_box import message_box
from engine.language import decimal, tr, whole


class ModelRowMenu(QMenu):
    """Show in folder, details, remove from the list, move to the trash."""

    def __init__(self, theme: Theme, scan: ModelScan, model: FoundModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scan = scan
        self._model = model
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        show = self.addAction(tr("Show in folder"), self._show_in_folder)
        show.setEnabled(not model.offline)
        self.addAction(tr("Details…"), self._show_details)
        self.addAction(
            tr("Copy the path"), lambda: QGuiApplication.clipboard().setText(str(model.path))
        )
        self.addSeparator()
        self.addAction(tr("Remove from the list"), self._remove)
        trash = self.addAction(tr("Move to the trash…"), self._ask_to_trash)
        trash.setEnabled(not model.offline)

    def _show_in_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._model.path.parent)))

    def _show_details(self) -> None:
        box = self._box(self._model.name, "\n".join(_facts(self._model)))
        box.setStandardButtons(QMessageBox.StandardButton.Close)
        box.open()

    def _remove(self) -> None:
        path = self._model.path
        self._scan.change(lambda library: library.remove_from_list(path))

    def _ask_to_trash(self) -> None:
        model = self._model
        size = figures.file_size(model.size_bytes)
        box = self._box(
            tr("Move {name} to the trash?").format(name=model.name),
            tr(
                "{name}, {size}. It can be restored from the trash of the system; the space"
                " is free once that is emptied."
            ).format(name=model.path.name, size=size),
        )
        move = box.addButton(tr("Move to the trash"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        scan, path = self._scan, model.path
        move.clicked.connect(lambda: scan.change(lambda library: library.move_to_trash(path)))
        box.open()

    def _box(self, title: str, text: str) -> QMessageBox:
        return message_box(self._theme, self.parentWidget(), title, title, text)


def _facts(model: FoundModel) -> Iterator[str]:
    if model.refusal:
        yield model.refusal
    for words, value in (
        (tr("Architecture"), model.architecture),
        (
            tr("Parameters"),
            tr("{number} B").format(number=decimal(model.parameters / 1e9, 2))
            if model.parameters
            else "",
        ),
        (tr("Quantization"), model.quantization),
        (tr("Size"), figures.file_size(model.size_bytes) if model.size_bytes else ""),
        (
            tr("Context"),
            tr("{context_length} tokens").format(context_length=whole(model.context_length))
            if model.context_length
            else "",
        ),
        (tr("Licence"), model.licence),
        (tr("Kept by"), model.store),
        (tr("From"), model.origin),
        (tr("File"), str(model.path)),
    ):
        if value:
            yield f"{words}: {value}"
