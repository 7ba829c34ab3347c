"""A row whose parts go on in the next line where they do not fit beside each other."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QLabel,
    QLayout,
    QLayoutItem,
    QSizePolicy,
    QSpacerItem,
    QStyle,
    QWidget,
)

_Line = list[tuple[QLayoutItem, int]]
"""Parts with their widths."""

_LEAST_LETTERS: Final = 26
"""Narrower text is no pleasure to read beside a button."""


class LineText(QWidget):
    """Text that takes what the other parts of its line leave, unless that is hardly anything."""

    def __init__(self, least_letters: int = _LEAST_LETTERS) -> None:
        super().__init__()
        self._least_letters = least_letters
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        label = self.findChild(QLabel)
        letter = label.fontMetrics().averageCharWidth() if label else 0
        return least.expandedTo(QSize(letter * self._least_letters, 0))


class WrappingRow(QLayout):
    """Each part as wide as it likes to be; a `LineText` or a stretch is what its line has left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        if parent is None:
            super().__init__()
        else:
            super().__init__(parent)
        self._items: list[QLayoutItem] = []

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self.invalidate()

    def addStretch(self) -> None:
        """What follows stands at the end of its line."""
        policy = QSizePolicy.Policy
        self.addItem(QSpacerItem(0, 0, policy.Expanding, policy.Minimum))

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        expands = any(map(_expands, self._shown()))
        return Qt.Orientation.Horizontal if expands else Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        top, bottom = self._margins()
        inner = width - self._sides()
        lines = [_height(line) for line in self._lines(inner)]
        return top + bottom + sum(lines) + self.spacing() * max(len(lines) - 1, 0)

    def minimumHeightForWidth(self, width: int) -> int:
        return self.heightForWidth(width)

    def sizeHint(self) -> QSize:
        """All in one line."""
        line = [(item, _wanted(item)) for item in self._shown()]
        return self._around(self._taken(line), [item.sizeHint() for item, _ in line])

    def minimumSize(self) -> QSize:
        """Each part in a line of its own."""
        least = [item.minimumSize() for item in self._shown()]
        return self._around(max((size.width() for size in least), default=0), least)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        inner = rect.marginsRemoved(self.contentsMargins())
        parent = self.parentWidget()
        direction = parent.layoutDirection() if parent else Qt.LayoutDirection.LeftToRight
        y = inner.top()
        for line in self._lines(inner.width()):
            height = _height(line)
            x = inner.left()
            for item, width in line:
                tall = min(height, _item_height(item, width))
                place = QRect(QPoint(x, y + (height - tall) // 2), QSize(width, tall))
                item.setGeometry(QStyle.visualRect(direction, inner, place))
                x += width + self._gap(item)
            y += height + self.spacing()

    def _shown(self) -> Iterator[QLayoutItem]:
        return (item for item in self._items if item.spacerItem() or not item.isEmpty())

    def _lines(self, width: int) -> Iterator[_Line]:
        line: _Line = []
        for item in self._shown():
            wanted = min(_wanted(item), width)
            if line and self._taken([*line, (item, wanted)]) > width:
                yield self._spread(line, width)
                line = []
            line.append((item, wanted))
        if line:
            yield self._spread(line, width)

    def _taken(self, line: _Line) -> int:
        gaps = [self._gap(item) for item, _ in line if not item.spacerItem()]
        return sum(width for _, width in line) + sum(gaps[1:])

    def _gap(self, item: QLayoutItem) -> int:
        return 0 if item.spacerItem() else self.spacing()

    def _spread(self, line: _Line, width: int) -> _Line:
        """What is left of the line goes to the first widget that expands, or else a stretch."""
        growing = [item for item, _ in line if _expands(item)]
        growing.sort(key=lambda item: item.spacerItem() is not None)
        left = max(width - self._taken(line), 0)
        return [(item, wide + left * (item in growing[:1])) for item, wide in line]

    def _margins(self) -> tuple[int, int]:
        margins = self.contentsMargins()
        return margins.top(), margins.bottom()

    def _sides(self) -> int:
        margins = self.contentsMargins()
        return margins.left() + margins.right()

    def _around(self, width: int, sizes: list[QSize]) -> QSize:
        height = max((size.height() for size in sizes), default=0)
        return QSize(width + self._sides(), height + sum(self._margins()))


def _wanted(item: QLayoutItem) -> int:
    widget = item.widget()
    if isinstance(widget, QLabel) and widget.wordWrap():  # its hint is a block of several lines
        margins = widget.contentsMargins()
        line = widget.fontMetrics().horizontalAdvance(widget.text())
        return margins.left() + line + 1 + margins.right()
    size = item.minimumSize() if _expands(item) else item.sizeHint()
    return size.width()


def _expands(item: QLayoutItem) -> bool:
    return item.spacerItem() is not None or isinstance(item.widget(), LineText)


def _height(line: _Line) -> int:
    return max(_item_height(item, width) for item, width in line)


def _item_height(item: QLayoutItem, width: int) -> int:
    if item.hasHeightForWidth():
        return item.heightForWidth(width)
    return item.sizeHint().height()
