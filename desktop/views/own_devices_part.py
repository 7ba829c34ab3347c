"""This computer's devices on the page of devices, and why a back end does not work here."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop import figures
from desktop.own_devices_desk import OwnDevicesDesk
from desktop.theme import Theme
from desktop.views.controls import SEMIBOLD, label
from engine.errors import OutriderError
from engine.language import tr
from engine.own_devices import OwnDevice, OwnDevices, UnusableBackend

_ASKING: Final = tr("Looking for devices…")


class OwnDevicesPart(QWidget):
    """Reads them when it is shown for the first time."""

    def __init__(self, theme: Theme, desk: OwnDevicesDesk) -> None:
        super().__init__()
        self._theme = theme
        self._desk = desk
        self._is_asked = False
        self._lines: list[QLabel] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(label(theme, tr("This computer"), "heading", weight=SEMIBOLD))
        self._say([_ASKING])
        desk.read.connect(self._show)
        desk.failed.connect(self._show_trouble)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_asked:
            self._is_asked = True
            self._desk.ask()

    def _show(self, found: OwnDevices) -> None:
        backends = found.backends
        self._say(
            [device_words(device) for device in found.devices],
            [
                *(tr("In use: {name}").format(name=name) for name in backends.loaded),
                *map(unusable_words, backends.unusable),
            ],
        )

    def _show_trouble(self, error: OutriderError) -> None:
        self._say([error.sentence])

    def _say(self, lines: list[str], notes: Sequence[str] = ()) -> None:
        for old in self._lines:
            old.deleteLater()
        self._lines = [
            *(label(self._theme, words, wrap=True) for words in lines),
            *(label(self._theme, words, "small", tone="muted", wrap=True) for words in notes),
        ]
        for line in self._lines:
            self._column.addWidget(line)


def device_words(device: OwnDevice) -> str:
    """Such as "CPU: AMD EPYC, 12 GB of 25 GB free"."""
    return tr("{name}: {description}, {free} of {total} free").format(
        name=device.name,
        description=device.description,
        free=figures.file_size(device.free_memory),
        total=figures.file_size(device.total_memory),
    )


def unusable_words(failed: UnusableBackend) -> str:
    """Why it does not work, as the system says it."""
    return tr("{name} cannot be used: {reason}").format(name=failed.name, reason=failed.reason)
