"""The parts of a view in the order of reading, as its layouts have them."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QWidget


def tab_stops(layout: QLayout | None) -> Iterator[QWidget]:
    """What is seen in a layout and takes the focus from Tab.

    Qt's own order is that in which widgets were made; those of a reply come and go.
    """
    for place in range(layout.count() if layout else 0):
        item = layout.itemAt(place) if layout else None
        part = item.widget() if item else None
        if part is None:
            yield from tab_stops(item.layout() if item else None)
        elif not part.isHidden():
            if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isEnabled():
                yield part
            yield from tab_stops(part.layout())
