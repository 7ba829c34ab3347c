"""Light and dark, from `resources/tokens.json`: palette, style sheet, fonts.

Painters ask this object and never the style sheet; `changed` tells them to paint again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import Template
from typing import Any, Final, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

from resources import resource_path

TypeRole = Literal["display", "message", "heading", "body", "code", "small"]
SMALLEST_POINTS: Final = 8.5


class ThemeChoice(StrEnum):
    """What the person chose; `SYSTEM` follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Tokens:
    """`tokens.json`, read once."""

    colors: Mapping[str, Mapping[str, str]]
    type_ratio: Mapping[str, float]
    line_height: Mapping[str, int]
    radius: Mapping[str, int]
    size: Mapping[str, int]
    row_height: Mapping[str, int]
    motion_ms: Mapping[str, int]


def load_tokens() -> Tokens:
    """The design tokens that ship with the app."""
    values: dict[str, Any] = json.loads(resource_path("tokens.json").read_text("utf-8"))
    return Tokens(
        colors=values["color"],
        type_ratio=values["type_ratio"],
        line_height=values["line_height_px_at_10pt"],
        radius=values["radius"],
        size=values["size"],
        row_height=values["row_height"],
        motion_ms=values["motion_ms"],
    )


_PALETTE: Final = {
    QPalette.ColorRole.Window: "background",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "background",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "danger",
    QPalette.ColorRole.Highlight: "selected",
    QPalette.ColorRole.HighlightedText: "text",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Dark: "border_strong",
}


class Theme(QObject):
    """The current theme of the application.

    Signals:
        changed: the colours are others now; whoever paints by hand paints again.
    """

    changed = Signal()

    def __init__(self, application: QApplication, choice: ThemeChoice = ThemeChoice.SYSTEM) -> None:
        super().__init__()
        self.tokens = load_tokens()
        self._application = application
        self._base_font = QFont(application.font())
        self._base_points = QFontInfo(self._base_font).pointSizeF()
        self._choice = choice
        self._name = ""
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.choose(choice)

    @property
    def choice(self) -> ThemeChoice:
        """What the person chose."""
        return self._choice

    @property
    def is_dark(self) -> bool:
        """Whether the dark colours are in use now."""
        return self._name == "dark"

    def choose(self, choice: ThemeChoice) -> None:
        """Switch to `choice` at once."""
        self._choice = choice
        scheme = {
            ThemeChoice.SYSTEM: Qt.ColorScheme.Unknown,
            ThemeChoice.LIGHT: Qt.ColorScheme.Light,
            ThemeChoice.DARK: Qt.ColorScheme.Dark,
        }[choice]
        self._application.styleHints().setColorScheme(scheme)
        self._apply(self._resolve())

    def color(self, token: str) -> QColor:
        """The colour of a token in the current theme."""
        return QColor(self.tokens.colors[self._name][token])

    def font(self, role: TypeRole, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The system's font in the size of a role; code is the system's monospace."""
        fixed = QFontDatabase.SystemFont.FixedFont
        font = QFont(QFontDatabase.systemFont(fixed) if role == "code" else self._base_font)
        points = self._base_points * self.tokens.type_ratio[role]
        font.setPointSizeF(max(SMALLEST_POINTS, points))
        font.setWeight(weight)
        return font

    def line_height(self, role: TypeRole) -> int:
        """Pixels from baseline to baseline; follows the size of the system's font."""
        return round(self.tokens.line_height[role] * self._base_points / 10)

    def _resolve(self) -> str:
        if self._choice is not ThemeChoice.SYSTEM:
            return self._choice.value
        dark = self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return "dark" if dark else "light"

    def _follow_system(self) -> None:
        if self._choice is ThemeChoice.SYSTEM:
            self._apply(self._resolve())

    def _apply(self, name: str) -> None:
        if name == self._name:
            return
        self._name = name
        self._application.setPalette(self._palette())
        self._application.setStyleSheet(self._style_sheet())
        self.changed.emit()

    def _palette(self) -> QPalette:
        palette = QPalette()
        for role, token in _PALETTE.items():
            palette.setColor(role, self.color(token))
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("muted"))
        return palette

    def _style_sheet(self) -> str:
        template = Template(resource_path("style.qss").read_text("utf-8"))
        radii = {f"radius_{name}": str(value) for name, value in self.tokens.radius.items()}
        return template.substitute(self.tokens.colors[self._name], **radii)
