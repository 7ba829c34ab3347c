"""Conversations to files: which, in which form, how much of them, and where to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from desktop.conversation_list import ConversationList
from desktop.conversations.export import ExportFormat, Extent, Job, export_many
from desktop.conversations.words import conversations
from desktop.conversations.words import files as counted_files
from desktop.pdf import ALL_FORMS
from desktop.settings import EXPORT_FOLDER, EXPORT_FORMAT, Settings
from desktop.store_desk import StoreDesk, StoreTask, Work
from desktop.theme import Theme
from desktop.views.controls import announce, label, push_button
from desktop.views.export_choices import ConversationChoice
from desktop.views.export_preview import ExportPreview
from desktop.views.value_controls import ChoiceBox
from engine.errors import DiskTrouble, OutriderError
from engine.language import tr, whole

_SIZE: Final = (640, 600)
_WIDEST_PATH: Final = 380
_READABLE: Final = (
    ExportFormat.MARKDOWN,
    ExportFormat.HTML,
    ExportFormat.PDF,
    ExportFormat.TEXT,
)
"""The others always hold all they can."""
_EXTENTS: Final[Mapping[str, str]] = {
    Extent.PATH: tr("The branch that is shown"),
    Extent.TREE: tr("All branches"),
}


class ExportDialog(QDialog):
    """Writes new files into a folder; none that is there is touched.

    Signals:
        exported(str): a sentence about what was written
    """

    exported = Signal(str)

    def __init__(  # noqa: PLR0917  what it shows, and what it works with
        self,
        theme: Theme,
        settings: Settings,
        desk: StoreDesk,
        conversations: ConversationList,
        shown_id: str | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._desk = desk
        self._task: StoreTask | None = None
        self.folder = _remembered_folder(settings)
        """Where the files go."""
        summaries = conversations.summaries()
        shown = next((one for one in summaries if one.id == shown_id), None)
        self.which = ConversationChoice(theme, summaries, shown)
        self.formats = ChoiceBox(
            theme, tr("Format"), {one: ALL_FORMS[one].title for one in ExportFormat}
        )
        self.extents = ChoiceBox(theme, tr("How much of each"), _EXTENTS)
        self._where = label(theme)
        self._change = push_button(theme, tr("Change…"))
        self._change.setAccessibleName(tr("Change the folder"))
        self.preview = ExportPreview(theme, desk)
        self.words = label(theme, tone="muted", wrap=True)
        self._bar = QProgressBar(textVisible=False)
        self._bar.setAccessibleName(tr("Export"))
        self._bar.hide()
        self.go = push_button(theme, tr("Export"), "primary")
        self.close_button = push_button(theme, tr("Cancel"))
        self.setWindowTitle(tr("Export conversations"))
        self.resize(*_SIZE)
        self.formats.setCurrentIndex(max(0, self.formats.findData(settings.get(EXPORT_FORMAT))))
        self.use_folder(self.folder)
        self._lay_out(theme)
        self._connect()
        self._refresh()

    def use_folder(self, folder: Path) -> None:
        """Write there."""
        self.folder = folder
        metrics = self._where.fontMetrics()
        middle = Qt.TextElideMode.ElideMiddle
        self._where.setText(metrics.elidedText(str(folder), middle, _WIDEST_PATH))
        self._where.setToolTip(str(folder))

    def export(self) -> None:
        """Write the files."""
        self.preview.drop()
        self._remember()
        ids = self.which.ids()
        task = self._task = self._desk.start(_work(ids, self._job(), self.folder))
        task.progressed.connect(self._progressed)
        task.finished.connect(self._finished)
        task.failed.connect(self._failed)
        task.cancelled.connect(self._cancelled)
        self._bar.setRange(0, len(ids))
        self._show_busy(busy=True)

    def reject(self) -> None:
        """Stop what is under way; close where nothing is."""
        if self._task:
            self.close_button.setEnabled(False)
            self._task.cancel()
        else:
            self.preview.drop()
            super().reject()

    def _lay_out(self, theme: Theme) -> None:
        where = QHBoxLayout()
        where.addWidget(self._where, 1)
        where.addWidget(self._change)
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(16)
        form.addRow(_beside_field(theme, tr("Conversations")), self.which)
        form.addRow(_beside_field(theme, tr("Format")), self.formats)
        form.addRow(_beside_field(theme, tr("Extent")), self.extents)
        form.addRow(_beside_field(theme, tr("Folder")), where)
        buttons = QHBoxLayout()
        buttons.addWidget(self.words, 1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(label(theme, tr("Preview"), "small", tone="muted"))
        column.addWidget(self.preview, 1)
        column.addWidget(self._bar)
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.which.changed.connect(self._refresh)
        self.formats.currentIndexChanged.connect(self._refresh)
        self.extents.currentIndexChanged.connect(self._refresh)
        self._change.clicked.connect(self._ask_folder)
        self.go.clicked.connect(self.export)
        self.close_button.clicked.connect(self.reject)

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Export to"), str(self.folder))
        if name:
            self.use_folder(Path(name))

    def _job(self) -> Job:
        file_format = ExportFormat(self.formats.currentData())
        return Job(file_format, Extent(self.extents.currentData()), ALL_FORMS)

    def _remember(self) -> None:
        try:
            self._settings.set(EXPORT_FORMAT, str(self.formats.currentData()))
            self._settings.set(EXPORT_FOLDER, str(self.folder))
        except DiskTrouble as error:
            self.words.setText(error.sentence)

    def _progressed(self, progress: tuple[int, int]) -> None:
        done, total = progress
        self._bar.setValue(done)
        written = tr("{done} of {conversations} written")
        self.words.setText(written.format(done=whole(done), conversations=conversations(total)))

    def _finished(self, files: Sequence[Path]) -> None:
        self._task = None
        where = self.folder.name or str(self.folder)
        what = files[0].name if len(files) == 1 else counted_files(len(files))
        self.exported.emit(tr("Exported {what} to {where}").format(what=what, where=where))
        self.accept()

    def _failed(self, error: OutriderError) -> None:
        self._end(error.sentence)

    def _cancelled(self) -> None:
        self._end(tr("The export was stopped. The files that are done stay."))

    def _end(self, words: str) -> None:
        self._task = None
        self._show_busy(busy=False)
        self.words.setText(words)
        announce(self, words)

    def _show_busy(self, *, busy: bool) -> None:
        self._bar.setVisible(busy)
        for widget in (self.which, self.formats, self.extents, self._change, self.go):
            widget.setEnabled(not busy)
        self.close_button.setEnabled(True)
        self.close_button.setText(tr("Stop") if busy else tr("Cancel"))
        self.close_button.setAccessibleName(self.close_button.text())
        if not busy:
            self._refresh()

    def _refresh(self) -> None:
        """After another choice: what is possible, and how it would look."""
        self.extents.setEnabled(self.formats.currentData() in _READABLE)
        ids = self.which.ids()
        self.go.setEnabled(bool(ids))
        self.words.setText("" if ids else tr("Nothing is chosen."))
        if ids:
            self.preview.show_of(ids[0], self._job())
        else:
            self.preview.drop()
            self.preview.clear()


def _work(ids: Sequence[str], job: Job, folder: Path) -> Work:
    return lambda store, tell, cancel: export_many(
        store, ids, replace(job, progress=lambda *progress: tell(progress), cancel=cancel), folder
    )


def _remembered_folder(settings: Settings) -> Path:
    """The last one; not every home has a folder for documents."""
    place = QStandardPaths.StandardLocation.DocumentsLocation
    named = [settings.get(EXPORT_FOLDER), QStandardPaths.writableLocation(place)]
    return next((Path(name) for name in named if name and Path(name).is_dir()), Path.home())


def _beside_field(theme: Theme, words: str) -> QLabel:
    """Words as tall as the first line of the field that they name, to stand on its line."""
    named = label(theme, words)
    theme.set_height(named, theme.tokens.size["control"])
    return named
