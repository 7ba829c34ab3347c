"""The daily upkeep of the conversations file, in a thread of its own beside the window."""

import logging
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.conversations.disk import Locked
from desktop.conversations.upkeep import keep_up
from desktop.worker import Worker
from engine.cancel import CancelToken
from engine.errors import Cancelled, OutriderError

_log = logging.getLogger("outrider.upkeep")


class UpkeepThread(QObject):
    """Checks the file, copies it and empties its trash, once.

    Signals:
        failed(OutriderError): the file is damaged, or the copy could not be written
    """

    failed = Signal(object)

    def __init__(self, database: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._database = database
        self._cancel = CancelToken()
        self._worker = Worker("upkeep")

    def start(self) -> None:
        """Begin; nothing happens where all is done for today."""
        self._worker.submit(self._keep_up)

    def shutdown(self, timeout: float) -> bool:
        """Stop at the next step, and say whether that was within `timeout` seconds."""
        self._cancel.cancel()
        return self._worker.shutdown(timeout)

    def _keep_up(self) -> None:
        try:
            keep_up(self._database, self._cancel)
        except (Cancelled, Locked):
            _log.info("Upkeep is left for the next start")
        except OutriderError as error:
            _log.warning("%s %s", error.sentence, error.detail)
            self.failed.emit(error)
