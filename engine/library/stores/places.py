"""Where other apps keep their models on this computer, if they are there."""

import configparser
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from engine.library.stores import hugging_face, jan, lm_studio, ollama, walk
from engine.library.stores.found import Finder, Place
from engine.library.stores.small_files import read_json, read_text, text_in

HUGGING_FACE: Final = "Hugging Face"
"""The store that our own downloads go to."""
_TEXTGEN_FOLDERS: Final = ("text-generation-webui*", "textgen*")
_TEXTGEN_MODELS: Final = ("user_data/models", "models")


@dataclass(frozen=True)
class Computer:
    """What decides where apps put their files."""

    home: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    """Environment variables."""
    platform: str = "linux"
    """As `sys.platform` names it."""
    shared: Path = Path("/usr/share")
    """Where Linux services keep their data."""

    def folder(self, variable: str) -> Path | None:
        """The absolute folder that an environment variable names."""
        value = self.variables.get(variable)
        path = Path(value).expanduser() if value else None
        return path if path and path.is_absolute() else None

    @property
    def data(self) -> Path:
        """Data that stays on this computer."""
        return (
            {
                "darwin": self.home / "Library" / "Application Support",
                "win32": self.folder("LOCALAPPDATA") or self.home / "AppData" / "Local",
            }.get(self.platform)
            or self.folder("XDG_DATA_HOME")
            or self.home / ".local" / "share"
        )

    @property
    def roaming(self) -> Path:
        """Data that an app on Windows takes along; elsewhere the same as `data`."""
        if self.platform != "win32":
            return self.data
        return self.folder("APPDATA") or self.home / "AppData" / "Roaming"

    @property
    def config(self) -> Path:
        """Settings."""
        if self.platform in ("darwin", "win32"):
            return self.roaming
        return self.folder("XDG_CONFIG_HOME") or self.home / ".config"

    @property
    def cache(self) -> Path:
        """What command-line tools keep, Hugging Face's among them."""
        return self.folder("XDG_CACHE_HOME") or self.home / ".cache"


def this_computer() -> Computer:
    """The computer this runs on."""
    return Computer(Path.home(), os.environ, sys.platform)


def app_places(computer: Computer | None = None) -> list[Place]:
    """The stores of other apps, each once.

    A usual place counts if it is there. One that was chosen for an app counts also while it is not:
    its drive may come back.
    """
    here = computer or this_computer()
    places = (
        *_places(HUGGING_FACE, _hugging_face(here), hugging_face.find_models),
        *_places("LM Studio", _lm_studio(here), lm_studio.find_models),
        *_places("Ollama", _ollama(here), ollama.find_models),
        *_places("Jan", _jan(here), jan.find_models),
        *_places("GPT4All", _gpt4all(here), walk.find_models),
        *_places("TextGen", _textgen(here), walk.find_models),
    )
    return list({place.root: place for place in places}.values())


class _Roots(NamedTuple):
    chosen: Path | None
    """By a variable or in the app's settings."""
    usual: Sequence[Path]


def _places(store: str, roots: _Roots, find: Finder) -> Iterator[Place]:
    if roots.chosen:
        yield Place(roots.chosen, store, find)
    for root in roots.usual:
        if os.access(root, os.R_OK | os.X_OK) and root.is_dir():
            yield Place(root, store, find)


def _hugging_face(computer: Computer) -> _Roots:
    """As huggingface_hub decides."""
    hub = computer.folder("HF_HUB_CACHE") or computer.folder("HUGGINGFACE_HUB_CACHE")
    if home := computer.folder("HF_HOME"):
        hub = hub or home / "hub"
    return _Roots(hub, [] if hub else [computer.cache / "huggingface" / "hub"])


def _lm_studio(computer: Computer) -> _Roots:
    home = _stated(read_text(computer.home / ".lmstudio-home-pointer").strip())
    home = home or computer.home / ".lmstudio"
    chosen = _stated(text_in(read_json(home / "settings.json"), "downloadsFolder"))
    return _Roots(chosen, [home / "models", computer.home / ".cache" / "lm-studio" / "models"])


def _ollama(computer: Computer) -> _Roots:
    chosen = computer.folder("OLLAMA_MODELS")
    usual = computer.home / ".ollama" / "models", computer.shared / "ollama" / ".ollama" / "models"
    return _Roots(chosen, [] if chosen else usual)


def _jan(computer: Computer) -> _Roots:
    settings = read_json(computer.config / "Jan" / "settings.json")
    return _Roots(_stated(text_in(settings, "data_folder")), [computer.roaming / "Jan" / "data"])


def _gpt4all(computer: Computer) -> _Roots:
    # Qt's ini files lie in ~/.config on macOS too.
    folder = computer.home / ".config" if computer.platform == "darwin" else computer.config
    settings = configparser.ConfigParser(interpolation=None, strict=False)
    with suppress(configparser.Error):
        settings.read_string(read_text(folder / "nomic.ai" / "GPT4All.ini"))
    chosen = settings.get("General", "modelPath", fallback="")
    return _Roots(_stated(chosen), [computer.data / "nomic.ai" / "GPT4All"])


def _stated(text: str) -> Path | None:
    """The folder that an app's settings state; None for none, or one that makes no sense."""
    path = Path(text)
    return path if path.is_absolute() and "\0" not in text else None


def _textgen(computer: Computer) -> _Roots:
    """It lies wherever it was unpacked: the home folder and the downloads are looked at."""
    usual = [
        install / models
        for place in (computer.home, computer.home / "Downloads")
        for pattern in _TEXTGEN_FOLDERS
        for install in sorted(place.glob(pattern))
        for models in _TEXTGEN_MODELS
    ]
    return _Roots(None, usual)
