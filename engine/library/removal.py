"""Deleting model files: into the trash, and never what another app keeps.

Taking a file from the list without deleting it is `Shelf.without_file`.
"""

import os
from pathlib import Path
from typing import Final

from send2trash import send2trash

from engine.errors import OutriderError
from engine.language import tr
from engine.library.printable import shown_name
from engine.library.shelf import Shelf
from engine.library.split_files import named_parts
from engine.library.stores.places import HUGGING_FACE, app_places

_HOW_TO_DELETE: Final = {
    "Ollama": tr("Delete it with “ollama rm”."),
    HUGGING_FACE: tr("Delete it with “hf cache”."),
}


class NotDeleted(OutriderError):
    """The files are where they were, or some of them are."""

    title = tr("The model was not deleted")


def files_of(model: Path) -> list[Path]:
    """The files that deleting a model moves: all parts of a split one that are there."""
    return [part for part in named_parts(model) if os.path.lexists(part)]


def require_deletable(model: Path, shelf: Shelf) -> None:
    """Raise `NotDeleted` for a model of which a file is another app's, also through a link.

    What was downloaded with Outrider may go, though it lies in the cache of Hugging Face.
    """
    if model in shelf.downloads:
        return
    for file in files_of(model):
        for place in app_places():
            if _is_inside(file, place.root):
                own_way = _HOW_TO_DELETE.get(
                    place.store, tr("Delete it in {store}.").format(store=place.store)
                )
                raise NotDeleted(
                    tr("{name} belongs to {store}: Outrider only reads it.").format(
                        name=shown_name(file), store=place.store
                    ),
                    hint=tr("{own_way} Here it can be taken from the list.").format(
                        own_way=own_way
                    ),
                    detail=f"{file} in {place.root}",
                )


def move_to_trash(model: Path, shelf: Shelf) -> None:
    """Move the model's files to the trash of the desktop, after `require_deletable`.

    A link goes with what it leads to only where that is a download's content and no other link
    leads there. Raises `NotDeleted`.
    """
    require_deletable(model, shelf)
    files = files_of(model)
    if not files:
        raise NotDeleted(tr("{name} is not there any more.").format(name=shown_name(model)))
    for file in files:
        try:
            if model in shelf.downloads and file.is_symlink():
                _discard_download(file)
            else:
                send2trash(file)
        except OSError as error:
            raise NotDeleted(
                tr("{name} cannot be moved to the trash.").format(name=shown_name(file)),
                hint=tr("It may be in use, write-protected, or on a drive without a trash."),
                detail=f"{file}: {error}",
            ) from error


def _discard_download(link: Path) -> None:
    """A name in the hub's cache, with its content unless another commit has that too."""
    content = link.resolve()
    snapshots = next(folder for folder in link.parents if folder.parent.name == "snapshots").parent
    shared = any(
        other != link and other.is_symlink() and other.resolve() == content
        for other in snapshots.rglob("*")
    )
    if shared or not content.exists():
        link.unlink()
        return
    # In the trash it has its name, and restored it is where tools look for it.
    content.replace(link)
    send2trash(link)


def _is_inside(file: Path, root: Path) -> bool:
    """Whether the file lies below `root`, by its own name or by where its links lead."""
    folders = root.absolute(), Path(os.path.realpath(root))
    places = file.absolute(), Path(os.path.realpath(file))
    return any(place.is_relative_to(folder) for place in places for folder in folders)
