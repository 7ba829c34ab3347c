"""What the pages of the settings show besides their rows: models, folders, auto, privacy."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.model_library import Folder
from desktop.model_scan import ModelScan
from desktop.pair_model import PairModel, Phase
from desktop.theme import Theme
from desktop.views.controls import MEDIUM, IconButton, label, push_button
from desktop.views.layouts import clear
from desktop.views.mode_menu import MODES
from desktop.views.model_folders import (
    ask_for_folder,
    is_removable,
    place_of,
    remove_folder,
    state_of,
)
from desktop.views.wrapping_row import LineText, WrappingRow
from engine import paths
from engine.language import tr

_AUTO: Final = tr(
    "Auto measures what a pass of the target costs here, with and without a draft, and how often "
    "the draft is right. It uses whichever gives the most tokens per second, keeps measuring, and "
    "changes when that changes. The chip under each reply says what was used, and why."
)
_PROMISE: Final = tr(
    "Nothing goes over the network until you search, download or look for an update."
)
_OVER_THE_NETWORK: Final = {
    tr("Search and downloads"): tr(
        "The words you search for, and the names of the files you download, go to the model hub. "
        "Only while you do that."
    ),
    tr("Workers"): tr(
        "What a model works on goes to another computer only if you name a worker there. That "
        "connection is not encrypted: use it in a network you trust."
    ),
    tr("Updates"): tr(
        "Outrider looks for a newer version only when you choose that in the menu. It reads one "
        "version number, and says nothing about this computer."
    ),
    tr("Links and images"): tr(
        "A link in a reply opens in the browser when you say so, and its address is shown first. "
        "Images that a reply names are never loaded."
    ),
    tr("Statistics and crash reports"): tr(
        "There are none. Diagnostics are copied when you ask for them, and hold no message."
    ),
}


def part(name: str) -> tuple[QWidget, QVBoxLayout]:
    """An empty part of a page with the margins of a row, and where its widgets go."""
    widget = QWidget()
    widget.setAccessibleName(name)
    column = QVBoxLayout(widget)
    column.setContentsMargins(20, 12, 20, 12)
    column.setSpacing(8)
    return widget, column


def paragraph(theme: Theme, heading: str, words: str) -> QVBoxLayout:
    """A name and what is to be said of it."""
    column = QVBoxLayout()
    column.setSpacing(2)
    column.addWidget(label(theme, heading, weight=MEDIUM))
    column.addWidget(label(theme, words, "small", tone="muted", wrap=True))
    return column


def modes_part(theme: Theme) -> QWidget:
    """What auto does, and the other modes."""
    widget, column = part(tr("Modes"))
    column.addLayout(paragraph(theme, tr("Auto"), _AUTO))
    for mode, (name, sentence) in MODES.items():
        if mode != "auto":
            said = f"{sentence[0].upper()}{sentence[1:]}."
            column.addLayout(paragraph(theme, name, said))
    return widget


def privacy_part(theme: Theme) -> QWidget:
    """What goes over the network, and what is kept where."""
    widget, column = part(tr("Privacy"))
    column.addWidget(label(theme, _PROMISE, weight=MEDIUM, wrap=True))
    for heading, words in _OVER_THE_NETWORK.items():
        column.addLayout(paragraph(theme, heading, words))
    row = WrappingRow()
    kept = tr("Conversations, attachments and learnt speeds are kept in {folder}").format(
        folder=paths.data_dir()
    )
    row.addWidget(beside(paragraph(theme, tr("On this computer"), kept)))
    row.addWidget(_folder_button(theme, tr("Open the folder"), paths.data_dir()))
    column.addLayout(row)
    return widget


def beside(words: QVBoxLayout) -> LineText:
    """To stand in a row with buttons."""
    text = LineText()
    words.setContentsMargins(0, 0, 0, 0)
    text.setLayout(words)
    return text


class ModelsPart(QWidget):
    """The pair in use, what waits to be loaded, and the folders that are searched for models."""

    def __init__(
        self, theme: Theme, pair: PairModel, scan: ModelScan, choose: Callable[[], object]
    ) -> None:
        super().__init__()
        self._theme = theme
        self._pair = pair
        self._scan = scan
        self._is_scanned = False
        self.setAccessibleName(tr("Models and folders"))
        self._names = label(theme, role="small", tone="muted", wrap=True)
        self.load_again = push_button(theme, tr("Load again"), "primary")
        self.load_again.setAutoDefault(False)
        self.load_again.clicked.connect(pair.load)
        self._folders = QVBoxLayout()
        self._folders.setSpacing(4)
        self._lay_out(choose)
        pair.changed.connect(self._show_pair)
        scan.foldered.connect(self._show_folders)
        self._show_pair()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_scanned:
            self._is_scanned = True
            self._scan.scan([])

    def _lay_out(self, choose: Callable[[], object]) -> None:
        change = push_button(self._theme, tr("Choose models…"))
        change.setAutoDefault(False)
        change.clicked.connect(choose)
        pair = WrappingRow()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(self._theme, tr("Pair in use"), weight=MEDIUM))
        words.addWidget(self._names)
        pair.addWidget(beside(words))
        pair.addWidget(self.load_again)
        pair.addWidget(change)
        add = push_button(self._theme, tr("Add a folder…"))
        add.setAutoDefault(False)
        add.clicked.connect(lambda: ask_for_folder(self._scan, self))
        head = WrappingRow()
        said = tr("They are searched for models, which stay where they are.")
        head.addWidget(beside(paragraph(self._theme, tr("Folders"), said)))
        head.addWidget(add)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 20, 12)
        column.setSpacing(12)
        column.addLayout(pair)
        column.addLayout(head)
        column.addLayout(self._folders)

    def _show_pair(self) -> None:
        draft = self._pair.draft_label
        names = f"{self._pair.target_label} + {draft}" if draft else self._pair.target_label
        waits = self._pair.waits_for_reload
        waiting = tr("{pair}. Changes wait until it is loaded again.")
        self._names.setText(waiting.format(pair=names) if waits else names)
        self.load_again.setVisible(waits)
        self.load_again.setEnabled(self._pair.phase is not Phase.LOADING)

    def _show_folders(self, folders: list[Folder]) -> None:
        clear(self._folders)
        for folder in folders:
            if not folder.store or folder.models:
                self._folders.addWidget(self._folder_row(folder))

    def _folder_row(self, folder: Folder) -> QWidget:
        widget = QWidget()
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        path = label(self._theme, place_of(folder), "small", wrap=True)
        path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        path.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row.addWidget(path, 1)
        row.addWidget(label(self._theme, state_of(folder), "small", tone="muted"))
        if is_removable(folder):
            remove = IconButton(
                self._theme, "x", tr("Take {folder} from the list").format(folder=folder.path)
            )
            remove.clicked.connect(lambda: remove_folder(self._scan, folder))
            row.addWidget(remove)
        return widget


def _folder_button(theme: Theme, words: str, folder: Path) -> QPushButton:
    button = push_button(theme, words)
    button.setAutoDefault(False)
    button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))))
    return button
