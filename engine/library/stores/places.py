"""Where other apps keep their models on this computer, if they are there."""

import configparser
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from engine.library.stores import hugging_face, jan, lm_studio, ollama, walk
from engine.library.stores.found import Finder, Place
from engine.library.stores.small_files import read_json, read_text, text_in

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
    """The stores of other apps that are there and may be read, each once."""
    here = computer or this_computer()
    places = (
        *_places("Hugging Face", _hugging_face(here), hugging_face.find_models),
        *_places("LM Studio", _lm_studio(here), lm_studio.find_models),
        *_places("Ollama", _ollama(here), ollama.find_models),
        *_places("Jan", _jan(here), jan.find_models),
        *_places("GPT4All", _gpt4all(here), walk.find_models),
        *_places("TextGen", _textgen(here), walk.find_models),
    )
    return list({place.root: place for place in places}.values())


def _places(store: str, roots: Iterable[Path], find: Finder) -> Iterator[Place]:
    for root in roots:
        if os.access(root, os.R_OK | os.X_OK) and root.is_dir():
            yield Place(root, store, find)


def _hugging_face(computer: Computer) -> list[Path]:
    """As huggingface_hub decides."""
    home = computer.folder("HF_HOME") or computer.cache / "huggingface"
    hub = computer.folder("HF_HUB_CACHE") or computer.folder("HUGGINGFACE_HUB_CACHE")
    return [hub or home / "hub"]


def _lm_studio(computer: Computer) -> list[Path]:
    pointer = read_text(computer.home / ".lmstudio-home-pointer").strip()
    home = Path(pointer) if pointer and Path(pointer).is_absolute() else computer.home / ".lmstudio"
    chosen = text_in(read_json(home / "settings.json"), "downloadsFolder")
    roots = [home / "models", computer.home / ".cache" / "lm-studio" / "models"]
    return [Path(chosen), *roots] if Path(chosen).is_absolute() else roots


def _ollama(computer: Computer) -> list[Path]:
    if chosen := computer.folder("OLLAMA_MODELS"):
        return [chosen]
    return [
        computer.home / ".ollama" / "models",
        computer.shared / "ollama" / ".ollama" / "models",
    ]


def _jan(computer: Computer) -> list[Path]:
    settings = read_json(computer.config / "Jan" / "settings.json")
    chosen = Path(text_in(settings, "data_folder"))
    usual = computer.roaming / "Jan" / "data"
    return [chosen, usual] if chosen.is_absolute() else [usual]


def _gpt4all(computer: Computer) -> list[Path]:
    vendor = "nomic.ai"
    settings = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        settings.read_string(read_text(_gpt4all_settings(computer) / vendor / "GPT4All.ini"))
        chosen = Path(settings.get("General", "modelPath", fallback=""))
    except configparser.Error:
        chosen = Path()
    usual = computer.data / vendor / "GPT4All"
    return [chosen, usual] if chosen.is_absolute() else [usual]


def _gpt4all_settings(computer: Computer) -> Path:
    # Qt's ini files lie in ~/.config on macOS too.
    return computer.home / ".config" if computer.platform == "darwin" else computer.config


def _textgen(computer: Computer) -> list[Path]:
    """It lies wherever it was unpacked: the home folder and the downloads are looked at."""
    return [
        install / models
        for place in (computer.home, computer.home / "Downloads")
        for pattern in _TEXTGEN_FOLDERS
        for install in sorted(place.glob(pattern))
        for models in _TEXTGEN_MODELS
    ]
