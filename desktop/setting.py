"""One setting: where it is stored, which values it may have, and how a person is told of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Generic, TypeVar

from engine.language import tr

ValueT = TypeVar("ValueT", str, int, bool)


class Page(StrEnum):
    """The pages of the settings dialog, in their order; the value is the heading."""

    APPEARANCE = tr("Appearance")
    MODELS = tr("Models and folders")
    DEVICES = tr("Devices")
    SPECULATION = tr("Speculation")
    CHAT = tr("Chat")
    PRIVACY = tr("Privacy")
    SHORTCUTS = tr("Shortcuts")
    LANGUAGE = tr("Language")


class Applies(Enum):
    """From when on a changed value counts."""

    NOW = auto()
    NEXT_REPLY = auto()
    RELOAD = auto()
    """Once the models are loaded again."""
    RESTART = auto()


@dataclass(frozen=True)
class Choice:
    """One of some values; each has words for the person."""

    words: Mapping[str, str]

    def allows(self, value: object) -> bool:
        """Whether `value` is one of them."""
        return value in self.words


@dataclass(frozen=True)
class Number:
    """A whole number between two limits, which are possible too."""

    low: int
    high: int
    step: int = 1
    unit: str = ""

    def allows(self, value: object) -> bool:
        """Whether `value` lies between the limits."""
        return isinstance(value, int) and self.low <= value <= self.high


@dataclass(frozen=True)
class Switch:
    """On or off."""

    def allows(self, value: object) -> bool:
        """Both are."""
        return isinstance(value, bool)


@dataclass(frozen=True)
class Text:
    """Any text; the dialog has no row for it, a view of its own sets it."""

    def allows(self, value: object) -> bool:
        """Every text is."""
        return isinstance(value, str)


@dataclass(frozen=True)
class Keys:
    """A shortcut in Qt's portable spelling; "" for none."""

    def allows(self, value: object) -> bool:
        """Whether it can be one; what Qt cannot read becomes no shortcut."""
        return isinstance(value, str)


Kind = Choice | Number | Switch | Text | Keys


@dataclass(frozen=True)
class Setting(Generic[ValueT]):
    """One row of the table. Without a page it has no row in the dialog."""

    section: str
    key: str
    default: ValueT
    kind: Kind
    label: str = ""
    sentence: str = ""
    page: Page | None = None
    applies: Applies = Applies.NOW

    def accepts(self, value: object) -> bool:
        """Whether `value` may be stored; a hand-edited file may hold anything."""
        return type(value) is type(self.default) and self.kind.allows(value)
