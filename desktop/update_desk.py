"""The question for a newer version, asked in a thread of its own."""

import logging
from collections.abc import Callable
from importlib import metadata
from typing import Final

from PySide6.QtCore import QObject, Signal

from desktop.updates import Releases, newer_version
from desktop.worker import Worker
from engine.errors import OutriderError

CURRENT: Final = metadata.version("outrider")
_log = logging.getLogger("outrider.updates")

Look = Callable[[Releases, str], str | None]
"""`newer_version`, or what stands for it in tests."""


class UpdateDesk(QObject):
    """Connects to nobody before `ask`.

    Signals (on the thread this object lives in):
        found(str): a newer version
        none_newer
        failed(OutriderError)
    """

    found = Signal(str)
    none_newer = Signal()
    failed = Signal(object)

    def __init__(
        self, releases: Releases, look: Look = newer_version, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.releases = releases
        self._look = look
        self._worker = Worker("updates")

    def ask(self) -> None:
        """Look once; one of the signals is the answer."""
        self._worker.submit(self._ask)

    def shutdown(self, timeout: float) -> bool:
        """End, and say whether that was within `timeout` seconds."""
        return self._worker.shutdown(timeout)

    def _ask(self) -> None:
        try:
            version = self._look(self.releases, CURRENT)
        except OutriderError as error:
            _log.warning("%s %s", error.sentence, error.detail)
            self.failed.emit(error)
            return
        if version:
            self.found.emit(version)
        else:
            self.none_newer.emit()
