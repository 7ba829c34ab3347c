"""This computer's devices, for the window: read in a thread of their own when somebody looks."""

from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import QObject, Signal

from desktop.worker import Worker
from engine.cancel import CancelToken
from engine.errors import Cancelled, OutriderError
from engine.isolated.own_devices import read_own_devices
from engine.own_devices import OwnDevices

Reader = Callable[[CancelToken], OwnDevices]
"""`read_own_devices`, or what stands for it in tests."""


class OwnDevicesDesk(QObject):
    """Signals (on the thread this object lives in):

    read(OwnDevices)
    failed(OutriderError)
    """

    read = Signal(object)
    failed = Signal(object)

    def __init__(self, reader: Reader = read_own_devices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader = reader
        self._cancel = CancelToken()
        self._worker = Worker("devices")

    def ask(self) -> None:
        """Read them once; one of the signals is the answer."""
        self._worker.submit(self._ask)

    def shutdown(self, timeout: float) -> bool:
        """Drop what is under way, and say whether that was within `timeout` seconds."""
        self._cancel.cancel()
        return self._worker.shutdown(timeout)

    def _ask(self) -> None:
        with suppress(Cancelled):
            try:
                self.read.emit(self._reader(self._cancel))
            except OutriderError as error:
                self.failed.emit(error)
