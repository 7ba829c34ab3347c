"""Downloads: how far they are, and pause, resume, remove beside each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.hub_desk import HubDesk
from desktop.theme import Theme
from desktop.views.controls import MEDIUM, IconButton, announce, label, push_button
from desktop.views.layouts import set_margins
from engine.errors import AccessNeeded
from engine.language import tr

if TYPE_CHECKING:
    from engine.library.hub.download_state import Download

_STEPS: Final = 1000
_LINE: Final = 58
_MOST_LINES: Final = 3
_TONES: Final = {"paused": "muted", "failed": "danger", "done": "success"}
"""Of the bar, by the state's value: the enum would bring the hub library along."""


class _Line(QWidget):
    """One download.

    Signals:
        wanted(Path): choose this model
    """

    wanted = Signal(object)

    def __init__(
        self, theme: Theme, hub: HubDesk, download: "Download", *, brief: bool = False
    ) -> None:
        super().__init__()
        self._hub = hub
        self._brief = brief
        self._download = download
        self._state = ""
        self._name = label(theme, download.model.name.removesuffix(".gguf"), weight=MEDIUM)
        self._words = label(theme, role="small", tone="muted")
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Download of {name}").format(name=download.model.name))
        self._use = push_button(theme, tr("Use now"), "quiet")
        self._use.clicked.connect(lambda: self.wanted.emit(self._download.path))
        self._page = push_button(theme, tr("Open the page"), "quiet", "external-link")
        for button in (self._use, self._page):
            button.setProperty("slim", "true")  # else its line would be taller than others
        self._page.clicked.connect(self._open_page)
        self._toggle = IconButton(theme, "pause", tr("Pause"))
        self._toggle.clicked.connect(self._pause_or_resume)
        remove = IconButton(
            theme, "x", tr("Remove {name} from the downloads").format(name=download.model.name)
        )
        remove.clicked.connect(lambda: hub.remove(download.id))
        self._name.setMinimumWidth(1)
        self._words.setMinimumWidth(1)
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(self._name, 1)
        for control in (self._use, self._page, self._toggle, remove):
            top.addWidget(control)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self._bar)
        column.addWidget(self._words)
        self.show_download(download)

    def show_download(self, download: "Download") -> None:
        """Show how far it is now."""
        from desktop.download_words import download_line  # noqa: PLC0415 - see there

        self._download = download
        self._words.setText(download_line(download, brief=self._brief))
        self._words.setToolTip(download_line(download))
        share = download.done_bytes / max(download.total_bytes, 1)
        self._bar.setValue(round(_STEPS * share))
        self._tint(_TONES.get(download.state, "accent"))
        is_done = download.path is not None
        self._use.setVisible(is_done)
        self._page.setVisible(isinstance(download.error, AccessNeeded))
        self._toggle.setVisible(not is_done)
        moves = download.state.is_pending
        self._toggle.show_icon("pause" if moves else "play")
        verb = tr("Pause") if moves else tr("Try again") if download.error else tr("Resume")
        self._toggle.setToolTip(verb)
        self._toggle.setAccessibleName(f"{verb} {download.model.name}")
        if self._state not in ("", download.state) and not moves:
            announce(self, f"{download.model.name}: {self._words.text()}")
        self._state = download.state

    def _tint(self, tone: str) -> None:
        if self._bar.property("tone") != tone:
            self._bar.setProperty("tone", tone)
            self._bar.style().unpolish(self._bar)
            self._bar.style().polish(self._bar)

    def _open_page(self) -> None:
        """Where the model's terms are accepted."""
        if isinstance(self._download.error, AccessNeeded):
            QDesktopServices.openUrl(QUrl(self._download.error.page))

    def _pause_or_resume(self) -> None:
        change = self._hub.pause if self._download.state.is_pending else self._hub.resume
        change(self._download.id)


class DownloadPanel(QScrollArea):
    """All downloads, hidden while there are none.

    Signals:
        wanted(Path): choose this model
    """

    wanted = Signal(object)

    def __init__(self, theme: Theme, hub: HubDesk, *, is_card: bool = False) -> None:
        """As a card it shows one of them, the first that moves."""
        super().__init__()
        self._theme = theme
        self._hub = hub
        self._is_card = is_card
        self.setProperty("card", is_card)
        self._lines: dict[str, _Line] = {}
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        set_margins(self._column, 12 if is_card else 20, 8, 8 if is_card else 12, 8)
        self._column.setSpacing(8)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        for part in (inside, self.viewport()):  # or their corners would cover those of a card
            part.setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        hub.changed.connect(self._refresh)
        self._refresh()

    def _wanted(self) -> Sequence["Download"]:
        every = self._hub.shown
        if not self._is_card:
            return every
        return [download for download in every if download.state.is_pending][:1] or every[:1]

    def _refresh(self) -> None:
        shown = {download.id: download for download in self._wanted()}
        for id_ in [id_ for id_ in self._lines if id_ not in shown]:
            self._lines.pop(id_).deleteLater()
        for id_, download in shown.items():
            if id_ in self._lines:
                self._lines[id_].show_download(download)
            else:
                self._lines[id_] = line = _Line(
                    self._theme, self._hub, download, brief=self._is_card
                )
                line.wanted.connect(self.wanted)
                self._column.addWidget(line)
        self.setVisible(bool(shown))
        self.setFixedHeight(16 + (_LINE + 8) * min(len(shown), _MOST_LINES) - 8)
