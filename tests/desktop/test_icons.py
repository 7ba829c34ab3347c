"""Icons: all of them render, sharply, in the colour of the theme."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication

from desktop.icons import application_icon, themed_icon
from desktop.theme import Theme, ThemeChoice
from resources import resource_path

NAMES = sorted(path.stem for path in resource_path("icons").glob("*.svg"))


def strongest_colour(image: QImage) -> QColor:
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=QColor.alpha)


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_paints_in_its_colour(theme: Theme, name: str) -> None:
    colour = strongest_colour(themed_icon(theme, name, "accent").pixmap(32, 32).toImage())
    assert colour.alpha() > 200
    assert abs(colour.hue() - theme.color("accent").hue()) < 8


@pytest.mark.parametrize("name", NAMES)
def test_icons_carry_no_colour_of_their_own(name: str) -> None:
    source = resource_path(f"icons/{name}.svg").read_text("utf-8")
    assert "currentColor" in source
    assert "#" not in source


def test_icons_use_the_pixels_of_the_screen(theme: Theme) -> None:
    pixmap = themed_icon(theme, "copy").pixmap(QSize(16, 16), 2.0)
    assert pixmap.size() == QSize(32, 32)
    assert pixmap.devicePixelRatio() == 2.0


def test_icons_follow_the_theme(theme: Theme) -> None:
    icon = themed_icon(theme, "square", "text")
    light = strongest_colour(icon.pixmap(16, 16).toImage())
    theme.choose(ThemeChoice.DARK)
    dark = strongest_colour(icon.pixmap(16, 16).toImage())
    theme.choose(ThemeChoice.LIGHT)
    assert light.lightness() < dark.lightness() - 90


def test_disabled_icons_look_disabled(theme: Theme) -> None:
    icon = themed_icon(theme, "square", "text")
    disabled = strongest_colour(icon.pixmap(16, 16, QIcon.Mode.Disabled).toImage())
    assert disabled == theme.color("border_strong")


def test_the_application_has_an_icon(qapp: QApplication) -> None:
    assert not application_icon().pixmap(48, 48).isNull()


def test_only_a_muted_icon_is_darker_under_the_pointer(theme: Theme) -> None:
    """One on a filled button would be dark on dark."""
    for tint, active in (("muted", "text"), ("accent_text", "accent_text"), ("accent", "accent")):
        icon = themed_icon(theme, "square", tint).pixmap(16, 16, QIcon.Mode.Active)
        assert strongest_colour(icon.toImage()) == theme.color(active)
