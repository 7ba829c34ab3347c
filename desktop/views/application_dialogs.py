"""Opens what belongs to the whole application: settings, shortcuts, command palette."""

from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from desktop.actions import Actions
from desktop.conversation_list import ConversationList
from desktop.model_desk import ModelDesk
from desktop.palette import Entry, Recent
from desktop.setting import Page, Setting
from desktop.settings import SETTINGS, Settings
from desktop.theme import Theme
from desktop.views.devices_page import DevicesPage
from desktop.views.dialogs import opened
from desktop.views.palette_dialog import PaletteDialog
from desktop.views.palette_entries import of_actions, of_conversations, of_settings
from desktop.views.settings_dialog import Parts, SettingsDialog
from desktop.views.settings_parts import ModelsPart, modes_part, privacy_part
from desktop.views.shortcuts_dialog import ShortcutsDialog
from desktop.views.shortcuts_part import ShortcutsPart
from desktop.views.tray import missing_tray

_RECENT = "palette"


class ApplicationDialogs:
    """One of each at a time, over `window`."""

    def __init__(
        self,
        theme: Theme,
        settings: Settings,
        actions: Actions,
        *,
        models: ModelDesk,
        conversations: ConversationList,
        open_conversation: Callable[[str], object],
        window: QWidget,
    ) -> None:
        self._theme = theme
        self._settings = settings
        self._actions = actions
        self._models = models
        self._conversations = conversations
        self._open_conversation = open_conversation
        self._window = window
        self._recent = Recent()

    def open_settings(self, page: Page | None = None) -> SettingsDialog:
        """Open the settings, at `page` if that is given."""
        dialog = SettingsDialog(
            self._theme,
            self._settings,
            self._parts(),
            (*SETTINGS, *self._actions.table),
            self._actions.refuse,
            self._window,
            lacks=missing_tray,
        )
        if page:
            dialog.show_page(page)
        return opened(dialog)

    def open_shortcuts(self) -> ShortcutsDialog:
        """List all shortcuts."""
        dialog = ShortcutsDialog(
            self._theme, self._actions, lambda: self.open_settings(Page.SHORTCUTS), self._window
        )
        return opened(dialog)

    def open_palette(self) -> PaletteDialog:
        """Find anything by some letters."""
        dialog = PaletteDialog(self._theme, list(self._entries()), self._recent, self._window)
        return opened(dialog)

    def save_state(self, state: QSettings) -> None:
        """Keep what was chosen last in the palette."""
        state.setValue(_RECENT, self._recent.ids)

    def restore_state(self, state: QSettings) -> None:
        """Bring that back; the file may hold one value where there was a list of one."""
        stored: object = state.value(_RECENT, [])
        ids = stored if isinstance(stored, list) else [stored]
        self._recent = Recent(one for one in ids if isinstance(one, str))

    def _parts(self) -> Parts:
        theme, models = self._theme, self._models
        choose = self._actions.entry("app.models").trigger
        return {
            Page.MODELS: lambda: ModelsPart(theme, models.pair, models.scan, choose),
            Page.DEVICES: lambda: DevicesPage(theme, models.workers, models.devices),
            Page.SPECULATION: lambda: modes_part(theme),
            Page.PRIVACY: lambda: privacy_part(theme),
            Page.SHORTCUTS: lambda: ShortcutsPart(theme, self._settings, self._actions.table),
        }

    def _entries(self) -> Iterator[Entry]:
        yield from of_actions(self._actions)
        yield from of_conversations(self._conversations, self._open_conversation)
        yield from of_settings(self._settings, self._show_setting)

    def _show_setting(self, setting: Setting[Any]) -> None:
        self.open_settings().show_setting(setting)
