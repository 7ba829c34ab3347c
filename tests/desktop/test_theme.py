"""The theme: every pair of colours can be read, every token arrives, both schemes apply."""

import re
from itertools import product

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from desktop.theme import SMALLEST_POINTS, Theme, ThemeChoice, load_tokens
from resources import resource_path

TEXT_CONTRAST = 4.5
PART_CONTRAST = 3.0
TONES = ("success", "warning", "danger")
TEXT_PAIRS = [
    *product(
        ("text",),
        ("background", "surface", "raised", "hover", "selected", "user_bubble", "code_background"),
    ),
    *product(
        ("muted",),
        ("background", "surface", "raised", "hover", "selected", "user_bubble", "accent_soft"),
    ),
    *product(("accent",), ("background", "surface", "raised", "accent_soft", "selected")),
    *product(("accent_text",), ("accent", "accent_hover")),
    *product(TONES, ("surface", "raised", "selected")),
    *((tone, f"{tone}_soft") for tone in TONES),
    *product(("text", "accent"), [f"{tone}_soft" for tone in TONES]),
    ("text", "accent_soft"),
    ("surface", "text"),
    *product(
        [f"syntax_{kind}" for kind in ("keyword", "string", "number", "function", "comment")],
        ("code_background",),
    ),
]
PART_PAIRS = [
    *product(("border_strong",), ("background", "surface", "raised", "code_background")),
    *product(("focus_ring",), ("background", "surface", "raised", "selected", "user_bubble")),
    *product(("data_draft", "data_target"), ("raised",)),
]


def luminance(color: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(c) for c in (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(front: str, back: str) -> float:
    """WCAG 2 contrast ratio."""
    low, high = sorted((luminance(QColor(front)), luminance(QColor(back))))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("accent", ["petrol", "indigo", "moss", "plum"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "limit"),
    [(*pair, TEXT_CONTRAST) for pair in TEXT_PAIRS]
    + [(*pair, PART_CONTRAST) for pair in PART_PAIRS],
)
def test_colours_can_be_told_apart(
    accent: str, scheme: str, front: str, back: str, limit: float
) -> None:
    tokens = load_tokens()
    colors = {**tokens.colors[scheme], **tokens.accents.get(accent, {}).get(scheme, {})}
    assert contrast(colors[front], colors[back]) >= limit


def test_light_and_dark_name_the_same_colours() -> None:
    colors = load_tokens().colors
    assert colors["light"].keys() == colors["dark"].keys()


def test_choosing_a_theme_reaches_palette_and_style_sheet(
    theme: Theme, qapp: QApplication, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.choose(ThemeChoice.DARK)
    assert theme.is_dark
    window = qapp.palette().color(QPalette.ColorRole.Window)
    assert window == QColor(theme.tokens.colors["dark"]["background"])
    assert theme.tokens.colors["dark"]["accent"] in qapp.styleSheet()
    theme.choose(ThemeChoice.LIGHT)
    assert not theme.is_dark


def test_choosing_the_same_theme_repaints_nothing(theme: Theme, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(theme.changed):
        theme.choose(theme.look.scheme)


def test_the_style_sheet_has_no_placeholder_left(theme: Theme, qapp: QApplication) -> None:
    assert "$" not in qapp.styleSheet()


def test_the_style_sheet_names_no_colour_of_its_own() -> None:
    assert not re.findall(r"#[0-9a-fA-F]{6}\b", resource_path("style.qss").read_text("utf-8"))


def test_small_type_stays_readable(theme: Theme) -> None:
    assert theme.font("small").pointSizeF() >= SMALLEST_POINTS
    assert theme.font("message").pointSizeF() > theme.font("body").pointSizeF()


def test_code_is_drawn_as_it_is_written(theme: Theme) -> None:
    for role in ("code", "mono"):
        font = theme.font(role)
        assert {font.featureValue(tag) for tag in font.featureTags()} == {0}
        assert {tag.toString().data() for tag in font.featureTags()} == {b"liga", b"calt"}
    assert not theme.font("message").featureTags()


def test_what_stands_in_an_empty_field_can_be_read(theme: Theme, qtbot: QtBot) -> None:
    """A style sheet that sets the colour of text has Qt halve that of the placeholder."""
    for widget in (QLineEdit(), QPlainTextEdit()):
        qtbot.addWidget(widget)
        widget.ensurePolished()
        for scheme in (ThemeChoice.LIGHT, ThemeChoice.DARK):
            theme.choose(scheme)
            shown = widget.palette().color(QPalette.ColorRole.PlaceholderText)
            assert shown == theme.color("muted")
    theme.choose(ThemeChoice.LIGHT)
