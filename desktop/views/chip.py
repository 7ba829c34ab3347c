"""The status chip: which mode made a reply, and what it gave. A button where it opens more."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QToolButton

from desktop.figures import ChipText
from desktop.icons import paint_icon
from desktop.theme import Theme
from desktop.views.controls import SEMIBOLD
from desktop.views.focus_ring import round_off
from engine.language import tr

_ICON = 14
_OPENS = tr("Opens the tree panel at this reply")
_BEFORE, _BETWEEN, _AFTER = 8, 6, 10


class StatusChip(QToolButton):
    """A pill: mode in bold, then the figures or the reason, cut at the end where space is short."""

    def __init__(self, theme: Theme, *, opens: bool = True) -> None:
        """`opens`: there are details to be opened."""
        super().__init__()
        self._theme = theme
        self._opens = _OPENS if opens else ""
        self._text = ChipText("", "")
        self._look: tuple[QSize, float, bool, bool] | None = None
        """Of the ground as it was painted last."""
        self._ground = QPixmap()
        self._take_look()
        theme.set_height(self, theme.tokens.size["chip"])
        round_off(self, theme.tokens.size["chip"] / 2)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if opens else Qt.FocusPolicy.NoFocus)
        if opens:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._take_look)

    def show_text(self, text: ChipText) -> None:
        """Show another text."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text.sentence)
            said = (f"{text.detail}." if text.detail else "", self._opens)
            self.setAccessibleDescription(" ".join(filter(None, said)))
            self.setToolTip("\n".join(filter(None, (text.whole, self._opens))))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        words = self._mode_width() + self._metrics.horizontalAdvance(self._text.rest)
        width = _BEFORE + _ICON + _BETWEEN + words + _AFTER + 2
        return QSize(round(width), self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(round(_BEFORE + _ICON + _BETWEEN + self._mode_width() + _AFTER), self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = (self.size(), self.devicePixelRatioF(), self.underMouse(), self._text.is_plain)
        if look != self._look:
            self._look, self._ground = look, self._painted_ground()
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as its words run
        painter.drawPixmap(0, 0, self._ground)
        self._paint_words(painter)
        painter.end()

    def _painted_ground(self) -> QPixmap:
        """The pill with its icon."""
        ground = QPixmap(self.size() * self.devicePixelRatioF())
        ground.setDevicePixelRatio(self.devicePixelRatioF())
        ground.fill(Qt.GlobalColor.transparent)
        painter = QPainter(ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_pill(painter)
        tint = "muted" if self._text.is_plain else "accent"
        icon = QRectF(_BEFORE, (self.height() - _ICON) / 2, _ICON, _ICON)
        name = "arrow-right" if self._text.is_plain else "tree"
        paint_icon(painter, name, self._theme.color(tint).name(), icon)
        painter.end()
        return ground

    def _paint_pill(self, painter: QPainter) -> None:
        pill, hovered = QRectF(self.rect()), bool(self._opens) and self.underMouse()
        if self._text.is_plain:
            pill.adjust(0.5, 0.5, -0.5, -0.5)
            painter.setPen(QPen(self._theme.color("border"), 1))
            painter.setBrush(self._theme.color("hover") if hovered else Qt.BrushStyle.NoBrush)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("selected" if hovered else "accent_soft"))
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)

    def _paint_words(self, painter: QPainter) -> None:
        left = _BEFORE + _ICON + _BETWEEN
        area = QRectF(left, 0, self.width() - left - _AFTER, self.height())
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setPen(self._theme.color("muted" if self._text.is_plain else "text"))
        painter.setFont(self._bold)
        painter.drawText(area, middle, self._text.shown_mode)
        area.setLeft(area.left() + self._mode_width())
        painter.setFont(self._font)
        painter.drawText(area, middle, self._rest_in(area.width() + 1))

    def _rest_in(self, room: float) -> str:
        """What there is room for."""
        text = self._text
        fits = self._metrics.horizontalAdvance(text.rest) <= room
        words = text.rest if fits or not text.short else text.short
        return self._metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)

    def _mode_width(self) -> float:
        return self._bold_metrics.horizontalAdvance(self._text.shown_mode)

    def _take_look(self) -> None:
        """Kept, as it is painted with each line of a reply that streams."""
        self._look = None
        self._font, self._bold = self._theme.font("small"), self._theme.font("small", SEMIBOLD)
        self._metrics, self._bold_metrics = QFontMetricsF(self._font), QFontMetricsF(self._bold)
        self.updateGeometry()
        self.update()
