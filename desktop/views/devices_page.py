"""Workers on other machines: added by address, tested, taken out; with what they risk."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMessageBox, QVBoxLayout, QWidget

from desktop.own_devices_desk import OwnDevicesDesk
from desktop.rpc_workers import (
    NO_AUTHENTICATION,
    WorkerRow,
    WorkerState,
    confirmation,
    endpoint_of,
    is_elsewhere,
    worker_row,
)
from desktop.theme import Theme
from desktop.views.controls import MEDIUM, SEMIBOLD, Icon, IconButton, announce, label, push_button
from desktop.views.dialogs import DialogField
from desktop.views.message_box import message_box
from desktop.views.own_devices_part import OwnDevicesPart
from desktop.worker_desk import WorkerDesk
from engine.errors import BadSetting, OutriderError
from engine.language import tr

_WHAT = tr(
    "A worker lends the graphics card or the memory of another machine: models that are too large "
    "for this computer are spread over both. Start one there with “outrider-engine worker”."
)
_NONE = tr("No worker is added. Nothing connects until you add one.")
_NOT_YET = tr("What is loaded goes by other devices than these.")


class _Line(QWidget):
    """One worker."""

    def __init__(self, theme: Theme, desk: WorkerDesk, endpoint: str) -> None:
        super().__init__()
        self._theme = theme
        self._row: WorkerRow | None = None
        self._icon = Icon(theme, "info", "muted")
        self._badge = label(theme, role="small", weight=MEDIUM)
        self._reason = label(theme, role="small", tone="muted", wrap=True)
        self._reason.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        self._test = push_button(theme, tr("Test"), "quiet")
        self._test.setAutoDefault(False)
        self._test.setAccessibleName(
            tr("Test the connection to {address}").format(address=endpoint)
        )
        self._test.clicked.connect(lambda: desk.ask(endpoint))
        removes = tr("Remove the worker at {address}").format(address=endpoint)
        remove = IconButton(theme, "x", removes)
        remove.clicked.connect(lambda: desk.remove(endpoint))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(theme, endpoint, weight=MEDIUM))
        words.addLayout(self._second_line())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 8)
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(self._test)
        row.addWidget(remove)
        theme.changed.connect(self._tint)

    def _second_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._reason, 1)
        return line

    def show_state(self, state: WorkerState) -> None:
        """Say what is known of it now."""
        row = worker_row(state)
        if row == self._row:
            return
        was_asking = self._row is not None and not self._row.is_known
        self._row = row
        self._badge.setText(row.badge.words)
        self._reason.setText(row.reason)
        self._test.setEnabled(row.is_known and state.held is None)
        self.setAccessibleName(row.sentence)
        self._tint()
        if was_asking and row.is_known:
            announce(self, row.sentence)

    def _tint(self) -> None:
        if self._row:
            badge = self._row.badge
            self._icon.show_icon(badge.icon, badge.tone)
            self._badge.setStyleSheet(f"color: {self._theme.color(badge.tone).name()}")


class DevicesPage(QWidget):
    """What computes beside this machine. Asks the workers when it is shown."""

    def __init__(self, theme: Theme, desk: WorkerDesk, devices: OwnDevicesDesk) -> None:
        super().__init__()
        self._theme = theme
        self._desk = desk
        self._own = OwnDevicesPart(theme, devices)
        self._lines: dict[str, _Line] = {}
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._none = label(theme, _NONE, tone="muted", wrap=True)
        self.address = DialogField()
        self.address.setPlaceholderText("192.168.1.20:50052")
        self.address.setAccessibleName(tr("Address of a worker"))
        self._trouble = label(theme, role="small", tone="danger", wrap=True)
        self._trouble.hide()
        self._not_yet = QWidget()
        self._lay_out()
        self.address.returnPressed.connect(self._add)
        desk.changed.connect(self._refresh)
        desk.failed.connect(self._show_trouble)
        self._refresh()
        desk.ask_all()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 20, 12)
        column.setSpacing(8)
        column.addWidget(self._own)
        column.addSpacing(8)
        column.addWidget(label(self._theme, tr("Workers"), "heading", weight=SEMIBOLD))
        column.addWidget(label(self._theme, _WHAT, "small", tone="muted", wrap=True))
        column.addWidget(self._warning())
        column.addLayout(self._rows)
        column.addWidget(self._none)
        column.addLayout(self._field())
        column.addWidget(self._trouble)
        column.addWidget(self._not_yet)
        column.addStretch(1)
        again = push_button(self._theme, tr("Load again"), "quiet")
        again.setAutoDefault(False)
        again.clicked.connect(self._desk.load_again)
        row = QHBoxLayout(self._not_yet)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label(self._theme, _NOT_YET, "small", tone="muted"))
        row.addWidget(again)
        row.addStretch(1)

    def _warning(self) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        icon = Icon(self._theme, "triangle-alert", "warning")
        row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label(self._theme, NO_AUTHENTICATION, "small", wrap=True), 1)
        return line

    def _field(self) -> QHBoxLayout:
        add = push_button(self._theme, tr("Add"), "normal", "plus")
        add.setAccessibleName(tr("Add the worker"))
        add.setAutoDefault(False)
        add.clicked.connect(self._add)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.address, 1)
        row.addWidget(add)
        return row

    def _add(self) -> None:
        self._trouble.hide()
        try:
            endpoint = endpoint_of(self.address.text())
        except BadSetting as error:
            self._show_trouble(error)
            return
        if is_elsewhere(endpoint) and endpoint not in self._desk.endpoints:
            self._ask_to_trust(endpoint)
        else:
            self._take(endpoint)

    def _ask_to_trust(self, endpoint: str) -> None:
        box = message_box(
            self._theme,
            self,
            tr("A worker on another machine"),
            tr("Use the worker at {address}?").format(address=endpoint),
            confirmation(endpoint),
            warns=True,
        )
        use = box.addButton(tr("Use it"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        use.clicked.connect(partial(self._take, endpoint))
        box.open()

    def _take(self, endpoint: str) -> None:
        self._desk.add(endpoint)
        self.address.clear()

    def _show_trouble(self, error: OutriderError) -> None:
        self._trouble.setText(error.sentence)
        self._trouble.show()
        announce(self, error.sentence)

    def _refresh(self) -> None:
        states = {state.endpoint: state for state in self._desk.states}
        for endpoint in [end for end in self._lines if end not in states]:
            self._lines.pop(endpoint).deleteLater()
        for endpoint, state in states.items():
            if endpoint not in self._lines:
                self._lines[endpoint] = _Line(self._theme, self._desk, endpoint)
                self._rows.addWidget(self._lines[endpoint])
            self._lines[endpoint].show_state(state)
        self._none.setVisible(not states)
        self._not_yet.setVisible(self._desk.wants_loading)
