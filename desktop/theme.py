"""Light and dark, from `resources/tokens.json`: palette, style sheet, fonts.

Painters ask this object and never the style sheet; `changed` tells them to paint again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from string import Template
from typing import Any, Final, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from resources import resource_path

TypeRole = Literal["display", "message", "heading", "body", "code", "mono", "small"]
"""`mono` is the font of code where it is no text of a message: the zoom leaves it alone."""
SMALLEST_POINTS: Final = 8.5
DEFAULT_ACCENT: Final = "petrol"
ZOOMED: Final = ("message", "code")
_TALL: Final = (22, 24, 26, 28, 30, 34, 42)
"""Heights in the style sheet that hold a line of text."""
_LIGATURES: Final = (QFont.Tag("liga"), QFont.Tag("calt"))
"""Some fonts draw "->" as one arrow: code is shown as it is written."""
_HANDLE_SHOWS: Final = 140
"""Of 255: a scroll bar is seen and stays behind the text."""
_ROLE, _WEIGHT, _HEIGHT = "fontRole", "fontWeight", "heightAtUsualSize"


class ThemeChoice(StrEnum):
    """What the person chose; `SYSTEM` follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Density(StrEnum):
    """How tall rows are, and how far messages stand apart."""

    COMPACT = "compact"
    COMFORTABLE = "comfortable"
    SPACIOUS = "spacious"


@dataclass(frozen=True)
class Look:
    """Everything about the appearance that the person chooses."""

    scheme: ThemeChoice = ThemeChoice.SYSTEM
    accent: str = DEFAULT_ACCENT
    """One of the presets of `tokens.json`, or the default."""
    text_size: int = 100
    """Per cent of the system's text."""
    zoom: int = 100
    """Per cent of the text size: messages and code."""
    density: Density = Density.COMFORTABLE
    animated: bool = True


@dataclass(frozen=True)
class Tokens:
    """`tokens.json`, read once."""

    colors: Mapping[str, Mapping[str, str]]
    accents: Mapping[str, Mapping[str, Mapping[str, str]]]
    """What each preset replaces in light and in dark."""
    type_ratio: Mapping[str, float]
    line_height: Mapping[str, int]
    radius: Mapping[str, int]
    size: Mapping[str, int]
    row_height: Mapping[str, int]
    message_gap: Mapping[str, int]
    motion_ms: Mapping[str, int]


def load_tokens() -> Tokens:
    """The design tokens that ship with the app."""
    values: dict[str, Any] = json.loads(resource_path("tokens.json").read_text("utf-8"))
    return Tokens(
        colors=values["color"],
        accents=values["accent_presets"],
        type_ratio=values["type_ratio"],
        line_height=values["line_height_px_at_10pt"],
        radius=values["radius"],
        size=values["size"],
        row_height=values["row_height"],
        message_gap=values["message_gap"],
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


_SCHEMES: Final = {
    ThemeChoice.SYSTEM: Qt.ColorScheme.Unknown,
    ThemeChoice.LIGHT: Qt.ColorScheme.Light,
    ThemeChoice.DARK: Qt.ColorScheme.Dark,
}


class Theme(QObject):
    """The current theme of the application.

    Signals:
        changed: colours, sizes or distances are others now; whoever paints by hand paints again.
    """

    changed = Signal()

    def __init__(self, application: QApplication, look: Look | None = None) -> None:
        super().__init__()
        self.tokens = load_tokens()
        self._application = application
        self._base_font = QFont(application.font())
        self._base_points = QFontInfo(self._base_font).pointSizeF()
        self._look = Look()
        self._name = ""
        self._colors: Mapping[str, str] = {}
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.wear(look or Look())

    @property
    def look(self) -> Look:
        """What the person chose."""
        return self._look

    @property
    def is_dark(self) -> bool:
        """Whether the dark colours are in use now."""
        return self._name == "dark"

    def choose(self, scheme: ThemeChoice) -> None:
        """Switch to light, dark or the system's at once."""
        self.wear(replace(self._look, scheme=scheme))

    def wear(self, look: Look) -> None:
        """Look like this at once."""
        if look == self._look and self._name:
            return
        self._look = look
        # Qt tells of its own change at once, and that must find the new look.
        self._application.styleHints().setColorScheme(_SCHEMES[look.scheme])
        self._application.setFont(self.font("body"))
        self._apply()

    def color(self, token: str) -> QColor:
        """The colour of a token in the current theme."""
        return QColor(self._colors[token])

    def font(self, role: TypeRole, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The system's font in the size of a role; code is the system's monospace."""
        fixed = QFontDatabase.SystemFont.FixedFont
        is_fixed = role in ("code", "mono")
        font = QFont(QFontDatabase.systemFont(fixed) if is_fixed else self._base_font)
        ratio = self.tokens.type_ratio["code" if is_fixed else role]
        points = self._base_points * ratio * self._scale(role)
        font.setPointSizeF(max(SMALLEST_POINTS, points))
        font.setWeight(weight)
        if is_fixed:
            for feature in _LIGATURES:
                font.setFeature(feature, 0)
        return font

    def dress(
        self, widget: QWidget, role: TypeRole, weight: QFont.Weight = QFont.Weight.Normal
    ) -> None:
        """Give `widget` the font of a role, now and after each change of the text size."""
        widget.setProperty(_ROLE, role)
        widget.setProperty(_WEIGHT, weight.value)
        widget.setFont(self.font(role, weight))

    def set_height(self, widget: QWidget, pixels: int) -> None:
        """Fix the height of `widget`, which holds a line, now and for each size of the text."""
        widget.setProperty(_HEIGHT, pixels)
        widget.setFixedHeight(self.scaled(pixels))

    def line_height(self, role: TypeRole) -> int:
        """Pixels from baseline to baseline; follows the size of the text."""
        return round(self.tokens.line_height[role] * self._base_points / 10 * self._scale(role))

    def scaled(self, pixels: int) -> int:
        """`pixels` at the system's text size, for what has to hold a line of text."""
        return round(pixels * max(1.0, self._look.text_size / 100))

    @property
    def reading_column(self) -> int:
        """How wide messages are at most: as many letters in each size and zoom."""
        return self._for_reading("reading_column")

    @property
    def prose_width(self) -> int:
        """How wide a paragraph is at most: lines of about 72 letters."""
        return self._for_reading("prose")

    @property
    def bubble_width(self) -> int:
        """How wide what the person wrote is at most."""
        return self._for_reading("bubble_max")

    def duration(self, motion: str) -> int:
        """Milliseconds that a motion of `tokens.json` takes; 0 where nothing is to move."""
        return self.tokens.motion_ms[motion] if self._look.animated else 0

    @property
    def row_height(self) -> int:
        """Of a row with one line, in the density chosen."""
        return self.scaled(self.tokens.row_height[self._look.density])

    @property
    def message_gap(self) -> int:
        """Between two messages, in the density chosen."""
        return self.tokens.message_gap[self._look.density]

    def _for_reading(self, size: str) -> int:
        return round(self.tokens.size[size] * max(1.0, self._scale("message")))

    def _scale(self, role: TypeRole) -> float:
        zoom = self._look.zoom / 100 if role in ZOOMED else 1.0
        return zoom * self._look.text_size / 100

    def _resolve(self) -> str:
        if self._look.scheme is not ThemeChoice.SYSTEM:
            return self._look.scheme.value
        dark = self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return "dark" if dark else "light"

    def _follow_system(self) -> None:
        if self._look.scheme is ThemeChoice.SYSTEM and self._resolve() != self._name:
            self._apply()

    def _apply(self) -> None:
        self._name = self._resolve()
        accent = self.tokens.accents.get(self._look.accent, {}).get(self._name, {})
        self._colors = {**self.tokens.colors[self._name], **accent}
        self._application.setPalette(self._palette())
        self._application.setStyleSheet(self._style_sheet())
        self._dress_all()
        self.changed.emit()

    def _dress_all(self) -> None:
        """After a style sheet, which gives widgets the font back that they had before it."""
        for widget in self._application.allWidgets():
            role = widget.property(_ROLE)
            if role:
                widget.setFont(self.font(role, QFont.Weight(widget.property(_WEIGHT))))
            height = widget.property(_HEIGHT)
            if height:
                widget.setFixedHeight(self.scaled(height))

    def _palette(self) -> QPalette:
        palette = QPalette()
        for role, token in _PALETTE.items():
            palette.setColor(role, self.color(token))
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("muted"))
        return palette

    def _style_sheet(self) -> str:
        template = Template(resource_path("style.qss").read_text("utf-8"))
        sizes = {f"radius_{name}": str(value) for name, value in self.tokens.radius.items()}
        sizes |= {f"tall_{pixels}": str(self.scaled(pixels)) for pixels in _TALL}
        handle = self.color("border_strong")
        red, green, blue = handle.red(), handle.green(), handle.blue()
        scroll_handle = f"rgba({red}, {green}, {blue}, {_HANDLE_SHOWS})"
        return template.substitute(self._colors, **sizes, scroll_handle=scroll_handle)
