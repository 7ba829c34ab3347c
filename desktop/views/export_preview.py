"""How the beginning of an exported file would look."""

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desktop.conversations.export import Job, preview
from desktop.store_desk import StoreDesk, StoreTask
from desktop.theme import Theme
from engine.errors import OutriderError
from engine.language import tr

_TALL: int = 140


class ExportPreview(QPlainTextEdit):
    """Made beside the window; only the newest wish counts."""

    def __init__(self, theme: Theme, desk: StoreDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._task: StoreTask | None = None
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        theme.dress(self, "code")
        self.setAccessibleName(tr("Preview"))
        self.setMinimumHeight(_TALL)
        self.setProperty("framed", "true")

    def show_of(self, conversation_id: str, job: Job) -> None:
        """Show the beginning of what `job` would write of a conversation."""
        self.drop()
        task = self._task = self._desk.start(
            lambda store, _tell, _cancel: preview(store, conversation_id, job)
        )
        task.finished.connect(self._show)
        task.failed.connect(self._show_failure)

    def drop(self) -> None:
        """Nothing is wanted any more."""
        if self._task:
            self._task.finished.disconnect(self._show)
            self._task.failed.disconnect(self._show_failure)
            self._task.cancel()
            self._task = None

    def _show(self, text: str) -> None:
        self._task = None
        self.setPlainText(text)

    def _show_failure(self, error: OutriderError) -> None:
        self._show(error.sentence)
