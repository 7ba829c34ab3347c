"""Named set-ups: a pair, where it goes, and how it samples. Kept in `profiles.toml`."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from engine import paths
from engine.config import ModelConfig, SamplingConfig, SessionConfig
from engine.errors import BadSetting
from engine.language import tr
from engine.library.printable import printable, shown_name
from engine.library.stored_config import from_plain, to_plain
from engine.library.toml_file import read_toml, write_toml

NAME_LIMIT: Final = 60
_TABLE: Final = "profile"


@dataclass(frozen=True, kw_only=True)
class Profile:
    """All that a conversation is answered with, under a name."""

    name: str
    session: SessionConfig
    sampling: SamplingConfig = field(default_factory=SamplingConfig)

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise BadSetting(tr("A profile needs a name."))
        if printable(self.name, NAME_LIMIT) != self.name:
            raise BadSetting(
                tr("A profile's name is one line of at most {name_limit} characters.").format(
                    name_limit=NAME_LIMIT
                ),
                hint=tr("Give it a shorter or plainer name."),
            )

    @property
    def missing(self) -> str:
        """The sentence about a model that it cannot do without and that is not there; or "".

        A helper only saves time, and the window loads none.
        """
        for part in (self.session.target, self.session.draft):
            if isinstance(part, ModelConfig) and not part.path.is_file():
                return tr("{name} is not there now.").format(name=shown_name(part.path))
        return ""


class ProfileStore:
    """The profiles on the disk, in the person's order.

    Every change is written at once, whole or not at all, and raises `DiskTrouble` where it cannot
    be. A profile in the file that makes no sense is left in it, and named in `faults`.
    """

    def __init__(self, file: Path | None = None) -> None:
        """Raises `BadSetting` for a file that is no TOML."""
        self._file = file or paths.config_dir() / "profiles.toml"
        content = read_toml(self._file).get(_TABLE, [])
        if not isinstance(content, list):
            raise BadSetting(tr("{name} holds no list of profiles.").format(name=self._file.name))
        self._profiles: list[Profile] = []
        self._unreadable: list[Any] = []
        self.faults: list[str] = []
        for number, values in enumerate(content, 1):
            self._read(number, values)

    @property
    def profiles(self) -> Sequence[Profile]:
        """Those that can be used."""
        return tuple(self._profiles)

    def find(self, name: str) -> Profile:
        """The profile of that name, in whatever case. Raises `BadSetting` if there is none."""
        for profile in self._profiles:
            if profile.name.casefold() == name.casefold():
                return profile
        raise BadSetting(tr("There is no profile “{name}”.").format(name=printable(name)))

    def add(self, profile: Profile) -> None:
        """Add a new profile. Raises `BadSetting` if its name is taken."""
        self._require_free(profile.name)
        self._write([*self._profiles, profile])

    def change(self, profile: Profile) -> None:
        """Put `profile` in place of the one of its name."""
        self._put(self.find(profile.name), profile)

    def rename(self, name: str, new_name: str) -> None:
        """Call a profile otherwise. Raises `BadSetting` for a name that is taken or no name."""
        profile = self.find(name)
        if profile.name.casefold() != new_name.casefold():
            self._require_free(new_name)
        self._put(profile, replace(profile, name=new_name))

    def delete(self, name: str) -> None:
        """Take a profile out; the models stay where they are."""
        profile = self.find(name)
        self._write([other for other in self._profiles if other != profile])

    def _read(self, number: int, values: object) -> None:
        try:
            profile = from_plain(Profile, values)
            self._require_free(profile.name)
        except (ValueError, BadSetting) as error:
            self._unreadable.append(values)
            self.faults.append(
                tr("Profile {number} of {name} is not used: {error}").format(
                    number=number, name=self._file.name, error=error
                )
            )
        else:
            self._profiles.append(profile)

    def _require_free(self, name: str) -> None:
        if any(profile.name.casefold() == name.casefold() for profile in self._profiles):
            raise BadSetting(
                tr("There is a profile “{name}” already.").format(name=printable(name)),
                hint=tr("Choose another name."),
            )

    def _put(self, old: Profile, new: Profile) -> None:
        self._write([new if profile == old else profile for profile in self._profiles])

    def _write(self, profiles: list[Profile]) -> None:
        tables = [to_plain(profile) for profile in profiles]
        write_toml(self._file, {_TABLE: tables + self._unreadable})
        self._profiles = profiles
