"""The parts of the app in the order of reading: F6 goes round them, Tab through the window."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from desktop.views.message_view import message_of
from desktop.views.reading_order import tab_stops


class Regions:
    """Each is an area, and what takes the focus in it."""

    def __init__(self, window: QWidget, regions: Sequence[tuple[QWidget, QWidget]]) -> None:
        self._window = window
        self._regions = regions

    def go_on(self) -> None:
        """Give the focus to the next part that is seen; after the last comes the first."""
        seen = [region for region in self._regions if region[1].isVisible()]
        if not seen:
            return
        here = next((at for at, (area, _) in enumerate(seen) if has_focus(area)), -1)
        _, target = seen[(here + 1) % len(seen)]
        give_focus(target)

    def tab(self, *, forwards: bool) -> bool:
        """Give the focus to the next stop, or to the one before; whether there is another one.

        Qt alone would go in the order in which widgets were made, and those of the messages come
        and go: they are one stop here, and their list hands the focus on.
        """
        stops = self._stops()
        focused: QWidget | None = self._window.focusWidget()
        while focused is not None and focused not in stops:
            focused = focused.parentWidget()
        if focused is None:
            return False
        here = stops.index(focused)
        reason = Qt.FocusReason.TabFocusReason if forwards else Qt.FocusReason.BacktabFocusReason
        stops[(here + (1 if forwards else -1)) % len(stops)].setFocus(reason)
        return len(stops) > 1

    def _stops(self) -> list[QWidget]:
        """What takes Tab now; what lies over an area stands behind the others there."""
        stops = [one for one in tab_stops(self._window) if self._takes_tab(one)]
        known = set(stops)
        for widget in self._window.findChildren(QWidget):
            if widget not in known and self._takes_tab(widget):
                stops.insert(self._behind(widget, stops), widget)
        return stops

    def _behind(self, widget: QWidget, stops: Sequence[QWidget]) -> int:
        areas = (area for area, _ in self._regions if area.isAncestorOf(widget))
        area = next(areas, None)
        if area is None:
            return len(stops)
        inside = (at for at, stop in enumerate(stops) if area is stop or area.isAncestorOf(stop))
        return max(inside, default=-1) + 1

    def _takes_tab(self, widget: QWidget) -> bool:
        policy = Qt.FocusPolicy
        # Some systems let Tab stop at texts and lists only, if the person wants it so.
        everything = Qt.TabFocusBehavior.TabFocusAllControls
        stops_at_all = QGuiApplication.styleHints().tabFocusBehavior() == everything
        needed = policy.TabFocus if stops_at_all else policy.StrongFocus
        return (
            widget.focusPolicy() & needed == needed
            and widget.isVisible()
            and widget.isEnabled()
            and widget.window() is self._window
            and widget.focusProxy() is None
            and message_of(widget) is None
        )


def give_focus(widget: QWidget) -> None:
    """Give the keyboard to `widget`, in whichever window it is."""
    widget.activateWindow()
    widget.setFocus(Qt.FocusReason.ShortcutFocusReason)


def has_focus(area: QWidget) -> bool:
    """Whether the keyboard is there."""
    focused = QApplication.focusWidget()
    return focused is not None and (focused is area or area.isAncestorOf(focused))
