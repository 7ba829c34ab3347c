"""Conversations of other apps: choose files, read what they hold, then add them or not."""

from collections.abc import Sequence
from enum import Enum, auto
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.conversations.importing.detect import READERS
from desktop.conversations.importing.run import ImportProgress, ImportReport, import_files
from desktop.store_desk import StoreDesk, StoreTask, Work
from desktop.theme import Theme
from desktop.views.controls import SEMIBOLD, announce, label, push_button
from desktop.views.dropped_files import dropped_files
from desktop.views.import_words import details, headline, reading
from engine.errors import OutriderError
from engine.language import tr

_SIZE: Final = (560, 420)
_THOUSANDTHS: Final = 1000


class _Step(Enum):
    CHOOSE = auto()
    LOOK = auto()
    REPORT = auto()
    ADD = auto()
    DONE = auto()


class ImportDialog(QDialog):
    """First a dry run that changes nothing, then the import itself.

    Signals:
        imported: conversations were added
    """

    imported = Signal()

    def __init__(self, theme: Theme, desk: StoreDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._desk = desk
        self._files: list[Path] = []
        self._step = _Step.CHOOSE
        self._task: StoreTask | None = None
        self.setWindowTitle(tr("Import conversations"))
        self.setAcceptDrops(True)
        self.resize(*_SIZE)
        self.headline = label(theme, weight=SEMIBOLD, wrap=True)
        self.details = label(theme, tone="muted", wrap=True)
        self._bar = QProgressBar(textVisible=False, maximum=_THOUSANDTHS)
        self._bar.setAccessibleName(tr("Import"))
        self.choose = push_button(theme, tr("Choose files…"))
        self._choose_folder = push_button(theme, tr("Choose a folder…"))
        self.go = push_button(theme, tr("Import"), "primary")
        self.close_button = push_button(theme, tr("Cancel"))
        self._lay_out()
        self.choose.clicked.connect(self._ask_files)
        self._choose_folder.clicked.connect(self._ask_folder)
        self.go.clicked.connect(self.add)
        self.close_button.clicked.connect(self.reject)
        self._show_step(_Step.CHOOSE, tr("Choose files, or drop them here."), _known_apps())

    def look_into(self, files: Sequence[Path]) -> None:
        """Read what `files` hold, without adding anything."""
        self._files = list(files)
        self._start(_Step.LOOK)

    def add(self) -> None:
        """Add what was found."""
        self._start(_Step.ADD)

    def reject(self) -> None:
        """Stop what is under way; close where nothing is."""
        if self._task:
            self.close_button.setEnabled(False)
            self._task.cancel()
        else:
            super().reject()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_files(event.mimeData()) and self._task is None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.look_into(dropped_files(event.mimeData()))
        event.acceptProposedAction()

    def _lay_out(self) -> None:
        words = QWidget()
        inner = QVBoxLayout(words)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.details)
        inner.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setAccessibleName(tr("Report"))
        scroll.setWidget(words)
        choosing = QHBoxLayout()
        choosing.addWidget(self.choose)
        choosing.addWidget(self._choose_folder)
        choosing.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addWidget(self.headline)
        column.addLayout(choosing)
        column.addWidget(self._bar)
        column.addWidget(scroll, 1)
        column.addLayout(buttons)

    def _ask_files(self) -> None:
        pattern = tr("Conversations (*.json *.jsonl *.zip *.db *.sqlite *.yaml);;All files (*)")
        names, _ = QFileDialog.getOpenFileNames(self, tr("Import conversations"), "", pattern)
        if names:
            self.look_into([Path(name) for name in names])

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Import the conversations of a folder"))
        if name:
            self.look_into([Path(name)])

    def _start(self, step: Literal[_Step.LOOK, _Step.ADD]) -> None:
        self._show_step(step, tr("Reading the files") if step is _Step.LOOK else tr("Adding"))
        task = self._task = self._desk.start(_work(self._files, dry_run=step is _Step.LOOK))
        task.progressed.connect(self._progressed)
        task.finished.connect(self._finished)
        task.failed.connect(self._failed)
        task.cancelled.connect(self._cancelled)

    def _progressed(self, progress: ImportProgress) -> None:
        self.headline.setText(reading(progress, done=self._step is _Step.ADD))
        part = progress.bytes_read / progress.bytes_total if progress.bytes_total else 1.0
        self._bar.setValue(round(part * _THOUSANDTHS))

    def _finished(self, report: ImportReport) -> None:
        done = self._step is _Step.ADD
        words = headline(report, done=done), "\n".join(details(report))
        if done:
            self._end(_Step.DONE, *words)
            self.imported.emit()
        else:
            self._end(_Step.REPORT, *words)
            self.go.setEnabled(report.added > 0)

    def _failed(self, error: OutriderError) -> None:
        self._end(_Step.CHOOSE, error.title, error.sentence)

    def _cancelled(self) -> None:
        if self._step is _Step.LOOK:
            self._end(_Step.CHOOSE, tr("Choose files, or drop them here."), _known_apps())
            return
        self._end(
            _Step.DONE,
            tr("The import was stopped."),
            tr("What was added stays. Import the same files again to go on from there."),
        )
        self.imported.emit()

    def _end(self, step: _Step, words: str, more: str) -> None:
        self._task = None
        self._show_step(step, words, more)
        announce(self, f"{words} {more}")

    def _show_step(self, step: _Step, words: str, more: str = "") -> None:
        self._step = step
        busy = step in (_Step.LOOK, _Step.ADD)
        self.headline.setText(words)
        self.details.setText(more)
        self._bar.setValue(0)
        self._bar.setVisible(busy)
        for button in (self.choose, self._choose_folder):
            button.setVisible(not busy and step is not _Step.DONE)
        self.go.setVisible(step is _Step.REPORT)
        self.close_button.setEnabled(True)
        name = {_Step.DONE: tr("Close"), _Step.LOOK: tr("Stop"), _Step.ADD: tr("Stop")}.get(
            step, tr("Cancel")
        )
        self.close_button.setText(name)
        self.close_button.setAccessibleName(name)


def _work(files: Sequence[Path], *, dry_run: bool) -> Work:
    return lambda store, tell, cancel: import_files(
        files, store, dry_run=dry_run, progress=tell, cancel=cancel
    )


def _known_apps() -> str:
    apps = ", ".join(reader.title for reader in READERS)
    return tr(
        "Files of these can be read: {apps}. Nothing is added before you have seen the report."
    ).format(apps=apps)
