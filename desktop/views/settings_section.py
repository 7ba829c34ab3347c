"""One page of the settings dialog: a heading, its rows, and whatever else belongs there."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from desktop.setting import Page
from desktop.theme import Theme
from desktop.views.controls import SEMIBOLD, label, rule
from desktop.views.setting_row import SettingRow


class SettingsSection(QWidget):
    """All of a page. While the person searches, only what matches is shown."""

    def __init__(self, theme: Theme, page: Page) -> None:
        super().__init__()
        self.page = page
        self.setAccessibleName(page.value)
        self._theme = theme
        self._parts: list[tuple[QFrame, QWidget]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 20, 0, 0)
        self._column.setSpacing(0)
        heading = label(theme, page.value, "heading", weight=SEMIBOLD)
        heading.setContentsMargins(20, 0, 20, 8)
        self._column.addWidget(heading)

    @property
    def rows(self) -> Sequence[SettingRow]:
        """The rows of single settings."""
        return [part for _, part in self._parts if isinstance(part, SettingRow)]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but the heading."""
        return not self._parts

    def add(self, part: QWidget) -> None:
        """Append a row or another widget, below a line."""
        line = rule()
        line.setContentsMargins(20, 0, 20, 0)
        self._parts.append((line, part))
        self._column.addWidget(line)
        self._column.addWidget(part)
        self._draw_lines()

    def narrow(self, words: str) -> int:
        """Show only what has all of `words`, and say how many parts that are."""
        on_page = not words or _has(self.page.value, words)
        for _, part in self._parts:
            part.setHidden(not (on_page or _matches(part, words)))
        self._draw_lines()
        return sum(not part.isHidden() for _, part in self._parts)

    def _draw_lines(self) -> None:
        """Between what is shown."""
        shown_before = False
        for line, part in self._parts:
            line.setHidden(part.isHidden() or not shown_before)
            shown_before |= not part.isHidden()


def _matches(part: QWidget, words: str) -> bool:
    if isinstance(part, SettingRow):
        return _has(f"{part.setting.label} {part.setting.sentence}", words)
    said = [part.accessibleName(), *(one.text() for one in part.findChildren(QLabel))]
    return _has(" ".join(said), words)


def _has(text: str, words: str) -> bool:
    return all(word in text.casefold() for word in words.casefold().split())
