"""The files beside what is typed: a chip each, with its name, its size or what is wrong with it."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from desktop import figures
from desktop.attachment_desk import AttachedItem
from desktop.icons import paint_icon
from desktop.theme import Theme
from desktop.views.bidi import placed
from desktop.views.controls import IconButton, label
from desktop.views.framed_ground import paint_frame
from desktop.views.layouts import set_margins
from engine.language import tr, whole

_HEIGHT: Final = 28
_ICON: Final = 16
_GAP: Final = 8
_MOST_HEIGHT: Final = 3 * _HEIGHT + 2 * _GAP
"""A hundred files must leave the field in the window."""
_WIDEST_NAME: Final = 220
_REMOVING: Final = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


class AttachmentChip(QWidget):
    """One file. Backspace or Delete removes it.

    Signals:
        removed(int): the item's id
    """

    removed = Signal(int)

    def __init__(self, theme: Theme, item: AttachedItem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.item = item
        self.setFixedHeight(_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{item.name}, {_detail(item)}")
        self.setToolTip(_tool_tip(item))
        name = label(theme, "", "small")
        metrics = name.fontMetrics()
        shown = " ".join(item.name.split())
        name.setText(metrics.elidedText(shown, Qt.TextElideMode.ElideMiddle, _WIDEST_NAME))
        detail = label(theme, _detail(item), "small", tone="danger" if item.error else "muted")
        remove = IconButton(
            theme, "x", tr("Remove {name}").format(name=item.name), side=20, icon_side=14
        )
        remove.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Backspace on the chip does the same.
        remove.clicked.connect(self._remove)
        row = QHBoxLayout(self)
        set_margins(row, 8, 0, 4, 0)
        row.setSpacing(6)
        row.addSpacing(_ICON + 6)  # Qt leaves no gap of its own beside a spacing.
        for widget in (name, detail, remove):
            row.addWidget(widget)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _REMOVING:
            self._remove()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_frame(
            painter,
            self._theme,
            self.rect(),
            line="danger" if self.item.error else "border",
            fill="background",
            radius="control",
        )
        square = placed(self, QRectF(8, (_HEIGHT - _ICON) / 2, _ICON, _ICON))
        paint_icon(painter, "file", self._theme.color("muted").name(), square)
        painter.end()

    def _remove(self) -> None:
        self.removed.emit(self.item.id)


class AttachmentChips(QScrollArea):
    """The chips in as many rows as they need; of many rows, some are seen at a time.

    Signals:
        removed(int): the item's id
    """

    removed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._inside = QWidget()
        self.setWidget(self._inside)
        self._inside.setAutoFillBackground(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.chips: list[AttachmentChip] = []

    def show_items(self, items: list[AttachedItem]) -> None:
        """Show these files, keeping the chips of those that did not change."""
        kept = {chip.item: chip for chip in self.chips}
        chips = [kept.pop(item) if item in kept else self._make(item) for item in items]
        for chip in kept.values():
            chip.hide()
            chip.deleteLater()
        self.chips = chips
        self.setVisible(bool(chips))
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(0, self.height())

    def _make(self, item: AttachedItem) -> AttachmentChip:
        chip = AttachmentChip(self._theme, item, self._inside)
        chip.removed.connect(self.removed)
        chip.show()
        return chip

    def _place(self) -> None:
        across, down = 0, 0
        room = self.viewport().width()
        for chip in self.chips:
            width = min(chip.sizeHint().width(), room)
            if across and across + width > room:
                across, down = 0, down + _HEIGHT + _GAP
            area = placed(self.viewport(), QRectF(across, down, width, _HEIGHT))
            chip.setGeometry(area.toRect())
            across += width + _GAP
        self._inside.resize(room, down + _HEIGHT)
        self.setFixedHeight(min(down + _HEIGHT, _MOST_HEIGHT))


def _detail(item: AttachedItem) -> str:
    if item.error:
        return tr("cannot be attached")
    if item.attachment is None:
        return tr("reading")
    return tr("about {tokens} tokens").format(tokens=whole(item.tokens))


def _tool_tip(item: AttachedItem) -> str:
    if item.error:
        return item.error.sentence
    if item.attachment is None:
        return item.name
    lines = [item.name, f"{figures.file_size(item.attachment.size)}, {_detail(item)}"]
    shortened = item.attachment.extra.get("shortened")
    if shortened:
        lines.append(tr("Of it: {shortened}.").format(shortened=shortened))
    return "\n".join(lines)
