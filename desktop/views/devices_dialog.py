"""The devices beside the model dialog: what the plan may spread the models over."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from desktop.own_devices_desk import OwnDevicesDesk
from desktop.theme import Theme
from desktop.views.devices_page import DevicesPage
from desktop.views.layouts import set_margins
from desktop.worker_desk import WorkerDesk
from engine.language import tr

_SIZE = QSize(560, 460)


class DevicesDialog(QDialog):
    """A change counts at once; there is nothing to confirm."""

    def __init__(
        self, theme: Theme, desk: WorkerDesk, devices: OwnDevicesDesk, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Devices"))
        self.resize(_SIZE)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        set_margins(column, 0, 12, 20, 16)
        column.setSpacing(16)
        column.addWidget(DevicesPage(theme, desk, devices), 1)
        column.addWidget(buttons)
