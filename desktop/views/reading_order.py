"""The parts of a view in the order of reading, as its layouts have them.

Qt's own order of Tab is that in which widgets were made; those of a reply come and go. Nor may it
be walked here: PySide takes what `nextInFocusChain` returns for a child of what it was asked of,
and both for gone when that one goes.
"""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QSplitter, QWidget


class InOrder(QWidget):
    """A part that places its own parts, without a layout."""

    def in_order(self) -> Sequence[QWidget]:
        """Its parts in the order of reading."""
        raise NotImplementedError


def tab_stops(view: QWidget) -> Iterator[QWidget]:
    """What is seen in a view and takes the focus from Tab."""
    for part in _parts(view):
        if part is not None and not part.isHidden():
            if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isEnabled():
                yield part
            yield from tab_stops(part)


def _parts(view: QWidget) -> Iterator[QWidget | None]:
    if isinstance(view, InOrder):
        yield from view.in_order()
    elif isinstance(view, QSplitter):
        for place in range(view.count()):
            yield view.widget(place)
            yield view.handle(place)
    elif isinstance(view, QScrollArea):
        yield view.widget()
    else:
        yield from _laid_out(view.layout())


def _laid_out(layout: QLayout | None) -> Iterator[QWidget]:
    for place in range(layout.count() if layout else 0):
        item = layout.itemAt(place) if layout else None
        part = item.widget() if item else None
        if part is None:
            yield from _laid_out(item.layout() if item else None)
        else:
            yield part
