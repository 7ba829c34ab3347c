"""What the person chose to have in the list of models: folders, single files, and what to hide."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from engine import paths
from engine.errors import BadSetting
from engine.language import tr
from engine.library.stores import walk
from engine.library.stores.found import OUR_STORE, Place
from engine.library.stores.places import app_places
from engine.library.toml_file import read_toml, write_toml

_FILE: Final = "library.toml"


@dataclass(frozen=True)
class Shelf:
    """The person's choices. Every change gives a new shelf; `save` keeps it."""

    folders: tuple[Path, ...] = ()
    """Besides the models folder; one that is missing stays, its models are offline."""
    files: tuple[Path, ...] = ()
    """Single files from anywhere, dragged in or chosen."""
    hidden: tuple[Path, ...] = ()
    """Files taken from the list but left on the disk."""
    downloads: tuple[Path, ...] = ()
    """Models downloaded with Outrider; in the hub's cache they would count as another app's."""
    other_apps: bool = True
    """Whether models of other apps are listed too."""

    def with_folder(self, folder: Path) -> "Shelf":
        """Also list what lies in `folder`."""
        return replace(self, folders=_with(self.folders, folder.absolute()))

    def without_folder(self, folder: Path) -> "Shelf":
        """List it no more; its files stay on the disk."""
        return replace(self, folders=_without(self.folders, folder.absolute()))

    def with_file(self, file: Path) -> "Shelf":
        """Also list `file`, even if it was taken from the list before."""
        path = file.absolute()
        return replace(self, files=_with(self.files, path), hidden=_without(self.hidden, path))

    def without_file(self, file: Path) -> "Shelf":
        """List it no more; it stays on the disk."""
        path = file.absolute()
        return replace(self, files=_without(self.files, path), hidden=_with(self.hidden, path))

    def with_download(self, model: Path) -> "Shelf":
        """`model` (of a split one the first file) was downloaded here and may be deleted here."""
        return replace(self.with_file(model), downloads=_with(self.downloads, model.absolute()))

    def places(self) -> list[Place]:
        """Everything that is searched: the person's folders first, then other apps'."""
        own = dict.fromkeys((paths.models_dir(), *self.folders))
        places = [Place(root, OUR_STORE, walk.find_models) for root in own]
        return places + (app_places() if self.other_apps else [])

    def save(self) -> None:
        """Keep it for the next start. Raises `DiskTrouble`."""
        content = {
            "folders": [str(path) for path in self.folders],
            "files": [str(path) for path in self.files],
            "hidden": [str(path) for path in self.hidden],
            "downloads": [str(path) for path in self.downloads],
            "other_apps": self.other_apps,
        }
        write_toml(paths.config_dir() / _FILE, content)


def load_shelf() -> Shelf:
    """The shelf as it was saved. Raises `BadSetting` for a file that makes no sense."""
    content = read_toml(paths.config_dir() / _FILE)
    other_apps = content.get("other_apps", True)
    if not isinstance(other_apps, bool):
        raise BadSetting(tr("In {file}, other_apps is neither true nor false.").format(file=_FILE))
    return Shelf(
        folders=_paths(content, "folders"),
        files=_paths(content, "files"),
        hidden=_paths(content, "hidden"),
        downloads=_paths(content, "downloads"),
        other_apps=other_apps,
    )


def _paths(content: dict[str, Any], key: str) -> tuple[Path, ...]:
    values = content.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadSetting(tr("In {file}, {key} is not a list of paths.").format(file=_FILE, key=key))
    return tuple(Path(value).expanduser() for value in values)


def _with(known: tuple[Path, ...], path: Path) -> tuple[Path, ...]:
    return known if path in known else (*known, path)


def _without(known: tuple[Path, ...], path: Path) -> tuple[Path, ...]:
    return tuple(other for other in known if other != path)
