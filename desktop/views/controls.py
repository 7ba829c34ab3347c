"""Small controls every view uses: buttons, labels, rules, action rows."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final, Literal

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QEnterEvent,
    QFont,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStyleOptionButton,
    QToolButton,
    QWidget,
)

from desktop.icons import paint_icon, themed_icon
from desktop.theme import Theme, TypeRole

ButtonKind = Literal["normal", "primary", "quiet", "prompt", "toast", "drop"]
MEDIUM: Final = QFont.Weight.Medium
SEMIBOLD: Final = QFont.Weight.DemiBold
ICON: Final = 16
FADED: Final = 0.45
"""How much of what cannot be used is seen."""
_BESIDE_ICON: Final = 3
_MIRRORED: Final = {
    "arrow-right": "arrow-left",
    "chevron-left": "chevron-right",
    "chevron-right": "chevron-left",
    "panel-left": "panel-right",
    "panel-right": "panel-left",
}
"""Icons that point to where the text begins or ends."""
_ICON_TINTS: Final = {"primary": "accent_text", "quiet": "accent", "drop": "muted"}


class IconButton(QToolButton):
    """A square button with one icon. Hidden actions keep their place and come back on focus."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        name: str,
        *,
        side: int = 28,
        icon_side: int = ICON,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self._icon_side = icon_side
        self._revealed = True
        self._tint = "muted"
        self.setFixedSize(side, side)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def show_icon(self, icon: str, tint: str = "muted") -> None:
        """Change the icon, for instance to a check for a moment."""
        self._icon, self._tint = icon, tint
        self.update()

    def reveal(self, *, shown: bool) -> None:
        """Paint the button or not; it stays in its place and in the order of Tab."""
        self._revealed = shown
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._revealed:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, tint = self._colors()
        if fill:
            radius = self._theme.tokens.radius["control"]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(fill))
            painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        square = QRectF(0, 0, self._icon_side, self._icon_side)
        square.moveCenter(QRectF(self.rect()).center())
        icon = _MIRRORED.get(self._icon, self._icon) if self.isRightToLeft() else self._icon
        painter.setOpacity(1.0 if self.isEnabled() else FADED)
        paint_icon(painter, icon, self._theme.color(tint).name(), square)
        painter.end()

    def _colors(self) -> tuple[str, str]:
        if not self.isEnabled():
            return "", "muted"
        if self.isDown():
            return "selected", "text"
        if self.isChecked():
            return "accent_soft", "accent"
        if self.underMouse():
            return "hover", "text" if self._tint == "muted" else self._tint
        return "", self._tint


class Icon(QWidget):
    """A picture beside words, in a tone of the theme."""

    def __init__(self, theme: Theme, name: str, tone: str = "text") -> None:
        super().__init__()
        self._theme = theme
        self._shown = name, tone
        self.setFixedSize(ICON, ICON)

    def show_icon(self, name: str, tone: str) -> None:
        """Show another one."""
        self._shown = name, tone
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        name, tone = self._shown
        painter = QPainter(self)
        paint_icon(painter, name, self._theme.color(tone).name(), QRectF(self.rect()))
        painter.end()


class ActionRow(QWidget):
    """Icon buttons that show while their message is hovered or the focus is in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hovered = self._focused = False
        self._buttons: list[IconButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)

    def add(self, button: IconButton) -> IconButton:
        """Append a button."""
        self._buttons.append(button)
        self._row.addWidget(button)
        self._refresh()
        return button

    def set_hovered(self, *, hovered: bool) -> None:
        """Tell whether the pointer is over the message."""
        self._hovered = hovered
        self._refresh()

    def set_focused(self, *, focused: bool) -> None:
        """Tell whether the focus is in the message."""
        self._focused = focused
        self._refresh()

    def _refresh(self) -> None:
        for button in self._buttons:
            button.reveal(shown=self._hovered or self._focused)


class HoverArea(QWidget):
    """A part of the chat whose actions show while the pointer or the focus is there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.actions_row = ActionRow(self)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.actions_row.set_hovered(hovered=True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.actions_row.set_hovered(hovered=False)
        super().leaveEvent(event)


class EndIconButton(QPushButton):
    """Its icon comes after its words. Its menu opens from where the words begin, as any other."""

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        # Only what is painted runs the other way: a button that did so itself would also open its
        # menu towards the other side, and turn round what is in it.
        option.direction = (
            Qt.LayoutDirection.LeftToRight
            if self.isRightToLeft()
            else Qt.LayoutDirection.RightToLeft
        )


def push_button(
    theme: Theme,
    text: str,
    kind: ButtonKind = "normal",
    icon: str = "",
    *,
    icon_last: bool = False,
) -> QPushButton:
    """A button with words; an ampersand is a letter here, not a shortcut."""
    button = (EndIconButton if icon_last else QPushButton)(text.replace("&", "&&"))
    button.setProperty("kind", kind)
    theme.dress(button, "body", SEMIBOLD if kind == "toast" else MEDIUM)
    button.setAccessibleName(text)
    if icon:
        icon = _MIRRORED.get(icon, icon) if button.isRightToLeft() else icon
        button.setIcon(themed_icon(theme, icon, _ICON_TINTS.get(kind, "text")))
        # Wider than the icon, which stands in its middle: Qt leaves 4 pixels before the words.
        button.setIconSize(QSize(ICON + 2 * _BESIDE_ICON, ICON))
    return button


def label(
    theme: Theme,
    text: str = "",
    role: TypeRole = "body",
    *,
    weight: QFont.Weight = QFont.Weight.Normal,
    tone: Literal["text", "muted", "accent", "success", "warning", "danger"] = "text",
    wrap: bool = False,
) -> QLabel:
    """A line or paragraph of plain text; what models say is never read as markup."""
    widget = QLabel(text)
    widget.setTextFormat(Qt.TextFormat.PlainText)
    if widget.isRightToLeft():
        # By itself Qt goes by the letters, and names of files would stand at the other side.
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
        widget.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
    theme.dress(widget, role, weight)
    widget.setProperty("tone", tone)
    widget.setWordWrap(wrap)
    return widget


def rule(orientation: Qt.Orientation = Qt.Orientation.Horizontal) -> QFrame:
    """A separator of one pixel."""
    line = QFrame()
    line.setProperty("rule", "true")
    if orientation is Qt.Orientation.Horizontal:
        line.setFixedHeight(1)
    else:
        line.setFixedWidth(1)
    return line


def tab_in_order(widgets: Iterable[QWidget]) -> None:
    """Let Tab go from each of these to the next: Qt's own order is that of their making."""
    for former, later in pairwise(widgets):
        QWidget.setTabOrder(former, later)


def menu_heading(menu: QMenu, words: str) -> None:
    """A line that names what follows; a style sheet hides the text of Qt's own sections."""
    if not menu.isEmpty():
        menu.addSeparator()
    menu.addAction(words).setEnabled(False)


def announce(widget: QWidget, words: str) -> None:
    """Let a screen reader say `words`, politely."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))


def opaque_ground() -> QWidget:
    """An area in the colour of a list that fills itself: Qt can scroll its pixels."""
    widget = QWidget()
    widget.setBackgroundRole(QPalette.ColorRole.Base)
    widget.setAutoFillBackground(True)
    return widget


def panel(tone: Literal["background", "surface"], name: str) -> QWidget:
    """A plain area filled with a colour of the theme."""
    widget = QWidget()
    widget.setObjectName(name)
    widget.setProperty("panel", tone)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return widget
