"""The profiles, and which of them is in use."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from desktop.settings import PROFILE, Settings
from engine.errors import BadSetting, OutriderError
from engine.language import tr
from engine.library.profiles import Profile, ProfileStore


class ProfileModel(QObject):
    """Named set-ups: pair, placement, sampling.

    Signals:
        changed: other profiles, or another one in use
        chosen(Profile): the person wants this one from now on
        failed(OutriderError): a profile cannot be used, or not be kept
    """

    changed = Signal()
    chosen = Signal(object)
    failed = Signal(object)

    def __init__(
        self, store: ProfileStore, settings: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._settings = settings

    @property
    def profiles(self) -> Sequence[Profile]:
        """In the person's order."""
        return self._store.profiles

    @property
    def faults(self) -> Sequence[str]:
        """What of the file is not used, and why."""
        return self._store.faults

    @property
    def active(self) -> Profile | None:
        """The one in use."""
        name = self._settings.get(PROFILE)
        return next((profile for profile in self.profiles if profile.name == name), None)

    def choose(self, name: str) -> None:
        """Use the profile from now on; one whose models are away is refused with a sentence."""
        try:
            profile = self._store.find(name)
            if profile.missing:
                raise BadSetting(
                    tr("The profile “{name}” cannot be used: {missing}").format(
                        name=name, missing=profile.missing
                    ),
                    hint=tr("Connect its drive, or save the profile again with other models."),
                )
            self._settings.set(PROFILE, name)
        except OutriderError as error:
            self.failed.emit(error)
        else:
            self.chosen.emit(profile)
        self.changed.emit()

    def leave(self) -> None:
        """The person chose something else: no profile is in use."""
        if self.active:
            self._try(lambda: self._settings.set(PROFILE, ""))

    def save(self, profile: Profile, *, in_use: bool) -> bool:
        """Keep `profile`, in place of one of its name; whether that worked.

        `in_use`: it describes what is loaded now.
        """

        def keep() -> None:
            replaced = [other for other in self.profiles if _is_named(other, profile.name)]
            was_active = self.active in replaced
            (self._store.change if replaced else self._store.add)(profile)
            if in_use or was_active:
                self._settings.set(PROFILE, profile.name if in_use else "")

        return self._try(keep)

    def rename(self, name: str, new_name: str) -> None:
        """Call a profile otherwise."""
        was_active = self.active is not None and self.active.name == name

        def rename() -> None:
            self._store.rename(name, new_name)
            if was_active:
                self._settings.set(PROFILE, new_name)

        self._try(rename)

    def delete(self, name: str) -> None:
        """Take a profile out; what is loaded stays."""
        self._try(lambda: self._store.delete(name))

    def _try(self, action: Callable[[], None]) -> bool:
        try:
            action()
        except OutriderError as error:
            self.failed.emit(error)
            return False
        self.changed.emit()
        return True


def shown_name(name: str, missing: str) -> str:
    """The name of a profile, and that a model of it is `missing` where that is so."""
    return f"{name} ({tr('a model is not there')})" if missing else name


def _is_named(profile: Profile, name: str) -> bool:
    return profile.name.casefold() == name.casefold()
