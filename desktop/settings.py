"""Settings as one table. Only what differs from the default is stored, in `settings.toml`.

Where the window stands is no setting: it lives in `window.ini` (see `app.py`).
"""

from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QLocale, QObject, Signal

from desktop import chosen_language, settings_file
from desktop.appearance_settings import ACCENT, ANIMATIONS, DENSITY, TEXT_SIZE, THEME, ZOOM
from desktop.setting import Applies, Choice, Number, Page, Setting, Switch, Text, ValueT
from engine.config import DEFAULT_BUDGET, MAX_BUDGET, KvType, Mode
from engine.errors import DiskTrouble
from engine.language import ENGLISH, languages, tr


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


def _own_name(language: str) -> str:
    """As those who speak it call it."""
    return "English" if language == ENGLISH else QLocale(language).nativeLanguageName()


ORIGIN_MARKS: Final = Setting(
    "appearance",
    "origin_marks",
    OriginMarks.WITH_TREE.value,
    Choice(
        {
            OriginMarks.WITH_TREE: tr("While the tree panel is open"),
            OriginMarks.ALWAYS: tr("Always"),
            OriginMarks.NEVER: tr("Never"),
        }
    ),
    tr("Underline where tokens come from"),
    tr("Solid for the draft tree, dotted for an n-gram, dashed for the target's own."),
    Page.SPECULATION,
)
TARGET: Final = Setting("models", "target", "", Text())
"""The model that writes; empty: the starter model."""
DRAFT: Final = Setting("models", "draft", "", Text())
"""The model that guesses ahead; empty: none (plain)."""
CONTEXT: Final = Setting(
    "models",
    "context",
    4096,
    Number(256, 1 << 20, step=1024, unit=tr("tokens")),
    tr("Context"),
    tr("How much of a conversation the target sees. A longer context needs more memory."),
    Page.MODELS,
    Applies.RELOAD,
)
KV_TYPE: Final = Setting(
    "models",
    "kv_type",
    KvType.F16.value,
    Choice(
        {
            KvType.F16: tr("F16, exact"),
            KvType.Q8_0: tr("Q8_0, half the memory"),
            KvType.Q4_0: tr("Q4_0, a quarter"),
        }
    ),
    tr("How the context is kept"),
    tr("Exact, or a little less exact in less memory."),
    Page.MODELS,
    Applies.RELOAD,
)
PLACEMENT: Final = Setting(
    "models",
    "placement",
    PlacementChoice.AUTOMATIC.value,
    Choice(
        {
            PlacementChoice.AUTOMATIC: tr("Where the memory plan puts them"),
            PlacementChoice.MEMORY: tr("In memory, none on a GPU"),
        }
    ),
    tr("Layers of the target"),
    tr("The memory plan puts as many on the GPU as fit there."),
    Page.MODELS,
    Applies.RELOAD,
)
PROFILE: Final = Setting("models", "profile", "", Text())
"""The profile in use; empty: none."""
MODE: Final = Setting(
    "speculation",
    "mode",
    Mode.AUTO.value,
    Choice(
        {Mode.AUTO: tr("Auto"), Mode.TREE: tr("Tree"), Mode.CHAIN: tr("Chain"), Mode.OFF: tr("Off")}
    ),
    tr("Mode"),
    tr("How the next tokens are found. The text stays what the target alone would write."),
    Page.SPECULATION,
    Applies.NEXT_REPLY,
)
BUDGET: Final = Setting(
    "speculation",
    "budget",
    DEFAULT_BUDGET,
    Number(1, MAX_BUDGET, step=8, unit=tr("nodes")),
    tr("Nodes of a tree"),
    tr("The most guesses for one pass. With auto it is the limit: less is used where less pays."),
    Page.SPECULATION,
    Applies.NEXT_REPLY,
)
EARLIER: Final = Setting(
    "speculation",
    "earlier",
    False,  # noqa: FBT003 - the default
    Switch(),
    tr("Guess from earlier conversations"),
    tr(
        "Replies that repeat what was written before come faster. Nothing is taken from temporary "
        "conversations or the trash."
    ),
    Page.SPECULATION,
    Applies.NEXT_REPLY,
)
NOTIFY: Final = Setting(
    "chat",
    "notify",
    True,  # noqa: FBT003 - the default
    Switch(),
    tr("Say when a long reply is finished"),
    tr("A notification of the system, for replies over 20 s while another window is in front."),
    Page.CHAT,
)
TRAY: Final = Setting(
    "window",
    "tray",
    False,  # noqa: FBT003 - the default
    Switch(),
    tr("Stay in the tray"),
    tr("Closing the window leaves Outrider, and the loaded models, in the tray."),
    Page.APPEARANCE,
)
LANGUAGE: Final = Setting(
    chosen_language.SECTION,
    chosen_language.KEY,
    chosen_language.SYSTEM,
    Choice(
        {
            chosen_language.SYSTEM: tr("As the system"),
            **{code: _own_name(code) for code in languages()},
        }
    ),
    tr("Language"),
    tr("Of the window. Models answer in the language they are asked in."),
    Page.LANGUAGE,
    Applies.RESTART,
)

AUTO_TITLES: Final = Setting(
    "chat",
    "automatic_titles",
    True,  # noqa: FBT003 - the default
    Switch(),
    tr("Let the model name conversations"),
    tr("After the first reply, in a few words; slow models are not asked."),
    Page.CHAT,
)
WORKERS: Final = Setting("devices", "workers", "", Text())
"""Addresses of RPC workers, separated by commas."""

EXPORT_FOLDER: Final = Setting("export", "folder", "", Text())
"""Where exports went last."""
EXPORT_FORMAT: Final = Setting("export", "format", "markdown", Text())
"""What was exported last."""

SETTINGS: Final[tuple[Setting[Any], ...]] = (
    THEME,
    ACCENT,
    TEXT_SIZE,
    ZOOM,
    DENSITY,
    ANIMATIONS,
    TRAY,
    TARGET,
    DRAFT,
    CONTEXT,
    KV_TYPE,
    PLACEMENT,
    PROFILE,
    MODE,
    BUDGET,
    EARLIER,
    ORIGIN_MARKS,
    NOTIFY,
    AUTO_TITLES,
    LANGUAGE,
    WORKERS,
    EXPORT_FOLDER,
    EXPORT_FORMAT,
)
"""In the order of their rows in the dialog."""


class Settings(QObject):
    """The person's choices.

    `notice` is a sentence to show after opening: set when a damaged file was set aside, else None.

    Signals:
        changed(Setting): it has another value now
    """

    changed = Signal(object)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._stored, self.notice = settings_file.read(path)

    def get(self, setting: Setting[ValueT]) -> ValueT:
        """The stored value, or the default where none is stored or it is impossible."""
        value = self._section(setting).get(setting.key, setting.default)
        return value if setting.accepts(value) else setting.default

    def set(self, setting: Setting[ValueT], value: ValueT) -> None:
        """Store `value` at once. Raises `DiskTrouble`, and keeps the former value then."""
        if value == self.get(setting):
            return
        section = dict(self._section(setting))
        if value == setting.default:
            section.pop(setting.key, None)
        else:
            section[setting.key] = value
        stored = {**self._stored, setting.section: section}
        try:
            settings_file.write(self._path, stored)
        except OSError as error:
            raise DiskTrouble(
                tr("The setting could not be saved."),
                hint=tr("Check the free space and the permissions of the settings folder."),
                detail=str(error),
            ) from error
        self._stored = stored
        self.changed.emit(setting)

    def is_changed(self, setting: Setting[Any]) -> bool:
        """Whether the person chose something else than the default."""
        return bool(self.get(setting) != setting.default)

    def _section(self, setting: Setting[Any]) -> dict[str, Any]:
        section = self._stored.get(setting.section)
        return section if isinstance(section, dict) else {}
