"""The settings of the look: theme, accent, sizes."""

from typing import Final

from desktop.setting import Choice, Number, Page, Setting, Switch
from desktop.theme import DEFAULT_ACCENT, Density, ThemeChoice
from engine.language import tr

THEME: Final = Setting(
    "appearance",
    "theme",
    ThemeChoice.SYSTEM.value,
    Choice(
        {
            ThemeChoice.SYSTEM: tr("As the system"),
            ThemeChoice.LIGHT: tr("Light"),
            ThemeChoice.DARK: tr("Dark"),
        }
    ),
    tr("Theme"),
    tr("Light, dark, or whichever the system uses at the moment."),
    Page.APPEARANCE,
)
ACCENT: Final = Setting(
    "appearance",
    "accent",
    DEFAULT_ACCENT,
    Choice(
        {"petrol": tr("Petrol"), "indigo": tr("Indigo"), "moss": tr("Moss"), "plum": tr("Plum")}
    ),
    tr("Accent"),
    tr("The colour of what can be acted on. The colours of tokens and memory stay."),
    Page.APPEARANCE,
)
TEXT_SIZE: Final = Setting(
    "appearance",
    "text_size",
    100,
    Number(80, 200, step=10, unit="%"),
    tr("Text size"),
    tr("Of everything in the window, compared with the text of the system."),
    Page.APPEARANCE,
)
ZOOM: Final = Setting(
    "appearance",
    "zoom",
    100,
    Number(80, 200, step=10, unit="%"),
    tr("Zoom of messages"),
    tr("Of messages and code only."),
    Page.APPEARANCE,
)
DENSITY: Final = Setting(
    "appearance",
    "density",
    Density.COMFORTABLE.value,
    Choice(
        {
            Density.COMPACT: tr("Compact"),
            Density.COMFORTABLE: tr("Comfortable"),
            Density.SPACIOUS: tr("Spacious"),
        }
    ),
    tr("Density"),
    tr("How tall rows are, and how far messages stand apart."),
    Page.APPEARANCE,
)
ANIMATIONS: Final = Setting(
    "appearance",
    "animations",
    True,  # noqa: FBT003 - the value itself
    Switch(),
    tr("Animations"),
    tr("The tree panel and the sidebar slide in. Without, everything is in its place at once."),
    Page.APPEARANCE,
)
