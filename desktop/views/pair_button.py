"""The button in the header that names the pair."""

import re
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop.icons import paint_icon
from desktop.pair_model import PairModel, Phase
from desktop.theme import Theme
from desktop.views.controls import MEDIUM
from desktop.views.framed_ground import paint_frame
from engine.language import tr

_HEIGHT: Final = 32
_DOTS: Final = 18
_MOST_NAME: Final = 190
_QUANTIZATION: Final = re.compile(r"[-._ ](?:UD-)?(?:I?Q\d\w*|BF16|F16|F32|MXFP4)$", re.IGNORECASE)


class PairButton(QPushButton):
    """Two dots, the names of target and draft, and a chevron: opens the model dialog."""

    def __init__(self, theme: Theme, pair: PairModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pair = pair
        self._is_brief = False
        theme.set_height(self, _HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        pair.changed.connect(self._refresh)
        theme.changed.connect(self.updateGeometry)
        theme.changed.connect(self.update)
        self._refresh()

    def be_brief(self, *, brief: bool) -> None:
        """Leave the quantizations to the tooltip, or show them."""
        if brief is not self._is_brief:
            self._is_brief = brief
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        target, draft = self._names()
        medium = QFontMetrics(self._theme.font("body", MEDIUM))
        width = 10 + _DOTS + 8 + medium.horizontalAdvance(target) + 8 + 16 + 8
        if draft:
            width += 8 + QFontMetrics(self._theme.font("body")).horizontalAdvance(draft)
        return QSize(width, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as the names of files run
        paint_frame(
            painter,
            self._theme,
            self.rect(),
            line="border",
            fill="hover" if self.underMouse() else "raised",
            radius="control",
        )
        self._paint_dots(painter)
        self._paint_names(painter)
        chevron = QRectF(self.width() - 24, self.height() / 2 - 8, 16, 16)
        paint_icon(painter, "chevron-down", self._theme.color("muted").name(), chevron)
        painter.end()

    def _paint_dots(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("data_target"))
        painter.drawEllipse(QRectF(10, self.height() / 2 - 5, 10, 10))
        if self._names()[1]:
            painter.setBrush(self._theme.color("data_draft"))
            painter.drawEllipse(QRectF(22, self.height() / 2 - 2.5, 5, 5))

    def _paint_names(self, painter: QPainter) -> None:
        target, draft = self._names()
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        left = 10 + _DOTS + 8
        names = QRectF(left, 0, self.width() - left - 28, self.height())
        painter.setPen(self._theme.color("text"))
        painter.setFont(self._theme.font("body", MEDIUM))
        painter.drawText(names, middle, target)
        names.setLeft(names.left() + painter.fontMetrics().horizontalAdvance(target) + 8)
        painter.setPen(self._theme.color("muted"))
        painter.setFont(self._theme.font("body"))
        painter.drawText(names, middle, draft)

    def _names(self) -> tuple[str, str]:
        if self._pair.phase is Phase.EMPTY:
            return tr("Choose models"), ""
        metrics = QFontMetrics(self._theme.font("body"))

        def cut(name: str) -> str:
            name = without_quantization(name) if self._is_brief else name
            return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, _MOST_NAME)

        draft = self._pair.draft_label
        return cut(self._pair.target_label), f"+ {cut(draft)}" if draft else ""

    def _refresh(self) -> None:
        target, draft = self._pair.target_label, self._pair.draft_label
        if self._pair.phase is Phase.EMPTY:
            self.setAccessibleName(tr("Choose models"))
        elif draft:
            self.setAccessibleName(
                tr("Models: {target} with {draft}").format(target=target, draft=draft)
            )
        else:
            self.setAccessibleName(tr("Models: {target}, plain").format(target=target))
        self.setToolTip(self.accessibleName())
        self.updateGeometry()
        self.update()


def without_quantization(name: str) -> str:
    """The name of a model without the tag that says in how many bits it is."""
    return _QUANTIZATION.sub("", name)
