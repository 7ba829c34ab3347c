"""A button for an action that stands in a menu too."""

from PySide6.QtGui import QAction

from desktop.actions import words_and_keys, words_of
from desktop.theme import Theme
from desktop.views.controls import ICON, IconButton


def action_button(
    theme: Theme, icon: str, entry: QAction, *, side: int = 32, icon_side: int = ICON
) -> IconButton:
    """An icon that does what an entry of a menu does, and tells its shortcut."""
    button = IconButton(theme, icon, "", side=side, icon_side=icon_side)

    def show() -> None:
        button.setAccessibleName(words_of(entry))
        button.setToolTip(words_and_keys(entry))
        button.setEnabled(entry.isEnabled())

    button.clicked.connect(entry.trigger)
    entry.changed.connect(show)
    show()
    return button
