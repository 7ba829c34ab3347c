"""Settings as one table. Only what differs from the default is stored, in `settings.toml`.

Where the window stands is no setting: it lives in `window.ini` (see `app.py`).
"""

import contextlib
import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import tomli_w

from desktop import chosen_language
from desktop.theme import ThemeChoice
from engine.config import DEFAULT_BUDGET, MAX_BUDGET, KvType, Mode
from engine.errors import DiskTrouble
from engine.language import languages, tr

ValueT = TypeVar("ValueT", str, int)


class PlacementChoice(StrEnum):
    """Where the target's layers go."""

    AUTOMATIC = "automatic"
    """Where the memory plan puts them."""
    MEMORY = "memory only"
    """No layer on a GPU."""


class OriginMarks(StrEnum):
    """When the tokens of replies are underlined by where they come from."""

    WITH_TREE = "with the tree panel"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True)
class Setting(Generic[ValueT]):
    """One row of the table: where it is stored, what it is, and which values are possible."""

    section: str
    key: str
    default: ValueT
    sentence: str
    allowed: Callable[[ValueT], bool] = lambda _value: True

    def accepts(self, value: object) -> bool:
        """Whether `value` may be stored; a hand-edited file may hold anything."""
        return type(value) is type(self.default) and self.allowed(value)


def _between(low: int, high: int) -> Callable[[int], bool]:
    return lambda value: low <= value <= high


THEME: Final = Setting(
    "appearance",
    "theme",
    ThemeChoice.SYSTEM.value,
    tr("Light, dark, or as the system"),
    {*ThemeChoice}.__contains__,
)
LANGUAGE: Final = Setting(
    chosen_language.SECTION,
    chosen_language.KEY,
    chosen_language.SYSTEM,
    tr("The language of the window, from the next start on"),
    {chosen_language.SYSTEM, *languages()}.__contains__,
)
ORIGIN_MARKS: Final = Setting(
    "appearance",
    "origin_marks",
    OriginMarks.WITH_TREE.value,
    tr("When tokens are underlined by where they come from"),
    {*OriginMarks}.__contains__,
)
TARGET: Final = Setting(
    "models", "target", "", tr("The model that writes; empty: the starter model")
)
DRAFT: Final = Setting(
    "models", "draft", "", tr("The model that guesses ahead; empty: none (plain)")
)
CONTEXT: Final = Setting(
    "models",
    "context",
    4096,
    tr("Tokens of conversation the target sees"),
    _between(256, 1 << 20),
)
KV_TYPE: Final = Setting(
    "models",
    "kv_type",
    KvType.F16.value,
    tr("How the context is stored: exact, or in less memory"),
    {*KvType}.__contains__,
)
PLACEMENT: Final = Setting(
    "models",
    "placement",
    PlacementChoice.AUTOMATIC.value,
    tr("Where the layers go: by the memory plan, or none on a GPU"),
    {*PlacementChoice}.__contains__,
)
PROFILE: Final = Setting("models", "profile", "", tr("The profile in use; empty: none"))
MODE: Final = Setting(
    "speculation",
    "mode",
    Mode.AUTO.value,
    tr("How the next tokens are found"),
    {*Mode}.__contains__,
)
BUDGET: Final = Setting(
    "speculation", "budget", DEFAULT_BUDGET, tr("Nodes of a draft tree"), _between(1, MAX_BUDGET)
)

EXPORT_FOLDER: Final = Setting("export", "folder", "", tr("Where exports went last"))
EXPORT_FORMAT: Final = Setting("export", "format", "markdown", tr("What was exported last"))

SETTINGS: Final[tuple[Setting[Any], ...]] = (
    THEME,
    LANGUAGE,
    ORIGIN_MARKS,
    TARGET,
    DRAFT,
    CONTEXT,
    KV_TYPE,
    PLACEMENT,
    PROFILE,
    MODE,
    BUDGET,
    EXPORT_FOLDER,
    EXPORT_FORMAT,
)


class Settings:
    """The person's choices.

    `notice` is a sentence to show after opening: set when a damaged file was set aside, else None.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.notice: str | None = None
        self._stored = self._read()

    def get(self, setting: Setting[ValueT]) -> ValueT:
        """The stored value, or the default where none is stored or it is impossible."""
        value = self._section(setting).get(setting.key, setting.default)
        return value if setting.accepts(value) else setting.default

    def set(self, setting: Setting[ValueT], value: ValueT) -> None:
        """Store `value` at once. Raises `DiskTrouble`, and keeps the former value then."""
        section = dict(self._section(setting))
        if value == setting.default:
            section.pop(setting.key, None)
        else:
            section[setting.key] = value
        stored = {**self._stored, setting.section: section}
        try:
            self._write(stored)
        except OSError as error:
            raise DiskTrouble(
                tr("The setting could not be saved."),
                hint=tr("Check the free space and the permissions of the settings folder."),
                detail=str(error),
            ) from error
        self._stored = stored

    def _section(self, setting: Setting[Any]) -> dict[str, Any]:
        section = self._stored.get(setting.section)
        return section if isinstance(section, dict) else {}

    def _read(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            return self._set_aside()

    def _set_aside(self) -> dict[str, Any]:
        aside = self._path.with_suffix(".damaged.toml")
        with contextlib.suppress(OSError):
            self._path.replace(aside)
        self.notice = tr(
            "The settings file could not be read. Defaults are used; it is kept as {name}."
        ).format(name=aside.name)
        return {}

    def _write(self, stored: dict[str, Any]) -> None:
        """Write beside, then rename: a crash leaves the old file or the new one, never half."""
        overrides = {name: values for name, values in stored.items() if values}
        temporary = self._path.with_suffix(".tmp")
        with temporary.open("wb") as file:
            tomli_w.dump(overrides, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)
