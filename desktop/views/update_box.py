"""What the person reads after asking for a newer version; the page opens in the browser."""

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from desktop.update_desk import CURRENT, UpdateDesk
from desktop.views.dialogs import opened
from engine.errors import OutriderError
from engine.language import tr


class UpdateBox(QObject):
    """Shows each answer of `desk` over `window`."""

    def __init__(self, desk: UpdateDesk, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._page = desk.releases.page
        desk.found.connect(self._show_version)
        desk.none_newer.connect(self._show_none)
        desk.failed.connect(self._show_failure)

    @Slot(str)
    def _show_version(self, version: str) -> None:
        words = tr("Outrider {version} is there. This is {current}.")
        box = self._open(words.format(version=version, current=CURRENT))
        page = box.addButton(tr("Open the page"), QMessageBox.ButtonRole.AcceptRole)
        page.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(self._page)))

    @Slot()
    def _show_none(self) -> None:
        self._open(tr("Outrider {current} is the newest version.").format(current=CURRENT))

    @Slot(object)
    def _show_failure(self, error: OutriderError) -> None:
        self._open(error.sentence, error.title)

    def _open(self, sentence: str, title: str = "Outrider") -> QMessageBox:
        box = QMessageBox(self._window)
        box.setWindowTitle(title)
        box.setText(sentence)
        box.addButton(QMessageBox.StandardButton.Close)
        return opened(box)
