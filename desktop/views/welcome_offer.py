"""One pair that this computer could run: how, how fast, how much to download."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop import figures
from desktop.fit_badges import verdict_badge
from desktop.hub_desk import HubDesk
from desktop.icons import themed_icon
from desktop.theme import Theme
from desktop.views.controls import MEDIUM, label, push_button
from desktop.views.wrapping_row import LineText, WrappingRow
from engine.language import tr
from engine.memory_plan.outlook import Outlook

_DOTS: Final = QSize(18, 12)
_BADGE: Final = 14
_NO_DIFFERENCE: Final = 1.02
"""Speeds closer than this are the same to a reader."""


class _PairDots(QWidget):
    """The sign of a pair: the target, and the draft ahead of it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(_DOTS)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("data_target"))
        painter.drawEllipse(QRectF(0, 1, 10, 10))
        painter.setBrush(self._theme.color("data_draft"))
        painter.drawEllipse(QRectF(12, 3.5, 5, 5))
        painter.end()


class WelcomeOffer(QWidget):
    """Downloads both models on one click, and says how far that is."""

    def __init__(self, theme: Theme, hub: HubDesk, offered: Outlook, *, on_devices: bool) -> None:
        super().__init__()
        self._theme = theme
        self._hub = hub
        self._offered = offered
        self._on_devices = on_devices
        self._progress = label(theme, role="small", tone="muted")
        self.download = push_button(theme, tr("Download"), icon="download")
        name = tr("Download {target} and {draft}")
        self.download.setAccessibleName(
            name.format(target=offered.pair.target.name, draft=offered.pair.draft.name)
        )
        self.download.clicked.connect(self._begin)
        row = WrappingRow(self)
        row.setContentsMargins(20, 16, 20, 16)
        row.setSpacing(16)
        row.addWidget(_PairDots(theme))
        row.addWidget(self._names())
        row.addWidget(self._speeds())
        row.addWidget(self.download)
        hub.changed.connect(self._show_progress)

    def _names(self) -> QWidget:
        pair = self._offered.pair
        first = WrappingRow()
        first.setSpacing(8)
        first.addWidget(label(self._theme, _short(pair.target.name), weight=MEDIUM))
        tag = label(self._theme, pair.target.files[0].quantization, "small", tone="muted")
        first.addWidget(tag)
        first.addWidget(label(self._theme, f"+ {_short(pair.draft.name)}", tone="muted"))
        second = WrappingRow()
        second.setSpacing(4)
        self._add_badge(second)
        self._progress.setContentsMargins(4, 0, 0, 0)
        second.addWidget(self._progress)
        self._progress.setText(self._size())
        names = LineText()
        column = QVBoxLayout(names)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(first)
        column.addLayout(second)
        return names

    def _add_badge(self, row: WrappingRow) -> None:
        badge = verdict_badge(self._offered.verdict, on_devices=self._on_devices)
        picture = QLabel()
        picture.setPixmap(themed_icon(self._theme, badge.icon, badge.tone).pixmap(_BADGE, _BADGE))
        words = label(self._theme, badge.words, "small", weight=MEDIUM, tone=badge.tone)
        row.addWidget(picture)
        row.addWidget(words)

    def _speeds(self) -> QWidget:
        speed = self._offered.speed
        about = tr("about {speed} tokens/s").format(speed=figures.rate(speed.tokens_per_second))
        is_same = speed.tokens_per_second < _NO_DIFFERENCE * speed.plain
        beside = (
            tr("plain is as fast here")
            if is_same
            else tr("{speed} without a draft").format(speed=figures.rate(speed.plain))
        )
        end = Qt.AlignmentFlag.AlignRight
        speeds = QWidget()
        column = QVBoxLayout(speeds)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(label(self._theme, about, weight=MEDIUM), 0, end)
        column.addWidget(label(self._theme, beside, "small", tone="muted"), 0, end)
        return speeds

    def _size(self) -> str:
        size = figures.file_size(self._offered.download_bytes)
        words = (
            tr("{size} to download")
            if self._offered.is_size_known
            else tr("about {size} to download")
        )
        return words.format(size=size)

    def _begin(self) -> None:
        self.download.setEnabled(False)
        self.download.setToolTip(tr("It is being downloaded, and goes on while you chat"))
        for model in (self._offered.pair.target, self._offered.pair.draft):
            self._hub.download_named(model.repo, model.files[0].name)

    def _show_progress(self) -> None:
        pair = self._offered.pair
        repos = {pair.target.repo, pair.draft.repo}
        ours = [one for one in self._hub.shown if one.model.repo in repos]
        done, total = sum(one.done_bytes for one in ours), sum(one.total_bytes for one in ours)
        if total:
            amount = tr("{done} of {total} is here")
            self._progress.setText(
                amount.format(done=figures.file_size(done), total=figures.file_size(total))
            )
            self.download.setEnabled(False)


def _short(name: str) -> str:
    """Without what all of these have: they are made to talk."""
    return name.removesuffix(" Instruct")
