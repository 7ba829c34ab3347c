"""One line of the list of models, and reading the file it stands for."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import IncompleteModelFile, ModelNotFound, OutriderError
from engine.library.metadata import ModelInfo, inspect_model
from engine.library.printable import printable, shown_name
from engine.library.split_files import named_parts
from engine.library.stores.found import OUR_STORE, FoundFile
from engine.library.vocabulary import Fingerprint


@dataclass(frozen=True)
class ListedModel:
    """One model file: described, or with the sentence why it cannot be used."""

    path: Path
    info: ModelInfo | None
    refusal: str
    """"" for a model one can chat with."""
    title: str = ""
    """The name to show: the file's, or the one its store has for it."""
    store: str = OUR_STORE
    """The app whose file it is."""
    origin: str = ""
    """The repository it came from, where that is known."""
    offline: bool = False
    """Its folder is not there now, or cannot be read; what is told of it is from the last time."""
    cut_off: bool = False
    """The file ends early; then `refusal` says so."""
    lasting: bool = True
    """Whether the same bytes give the same line: a file that could not be opened is tried again."""

    @property
    def usable(self) -> bool:
        """Whether one can chat with it now."""
        return not self.refusal and not self.offline

    @property
    def vocabulary(self) -> Fingerprint | None:
        """What its drafts have to share; None for a file without one."""
        return self.info.vocabulary if self.info else None


def read_model(found: FoundFile, store: str = OUR_STORE) -> ListedModel:
    """Read the headers of a file. A bad file is a line of the list, never an error."""
    title = printable(found.title)
    listed = ListedModel(found.path, None, "", title, store, printable(found.origin))
    try:
        info = inspect_model(found.path)
    except OutriderError as error:
        refusal = _by_title(error.message, found.path, title)
        return replace(
            listed,
            refusal=refusal,
            cut_off=isinstance(error, IncompleteModelFile),
            lasting=not isinstance(error, ModelNotFound),
        )
    return replace(listed, info=info, refusal=_by_title(info.refusal, found.path, title))


def signature_of(path: Path) -> str:
    """Size and time of change of every file of the model; another one means another content."""
    return ";".join(_stamp(part) for part in named_parts(path))


def _stamp(path: Path) -> str:
    try:
        status = os.stat(path)  # noqa: PTH116 - thousands of them; Path.stat takes twice as long
    except (OSError, ValueError):
        return "-"
    return f"{status.st_size}:{status.st_mtime_ns}"


def _by_title(sentence: str, path: Path, title: str) -> str:
    """A sentence about a file that has no name of its own, begun with the name people know."""
    name = shown_name(path)
    if path.suffix.lower() == ".gguf" or not sentence.startswith(name):
        return sentence
    return title + sentence.removeprefix(name)
