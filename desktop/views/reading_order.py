"""The parts of a view in the order of reading, as its layouts have them."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QWidget


class InOrder(QWidget):
    """A part that places its own parts, without a layout."""

    def in_order(self) -> Sequence[QWidget]:
        """Its parts in the order of reading."""
        raise NotImplementedError


def tab_stops(layout: QLayout | None) -> Iterator[QWidget]:
    """What is seen in a layout and takes the focus from Tab.

    Qt's own order is that in which widgets were made; those of a reply come and go.
    """
    for place in range(layout.count() if layout else 0):
        item = layout.itemAt(place) if layout else None
        part = item.widget() if item else None
        if part is None:
            yield from tab_stops(item.layout() if item else None)
        else:
            yield from _stops_of(part)


def _stops_of(part: QWidget) -> Iterator[QWidget]:
    if part.isHidden():
        return
    if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isEnabled():
        yield part
    if isinstance(part, InOrder):
        for one in part.in_order():
            yield from _stops_of(one)
    else:
        yield from tab_stops(part.layout())
