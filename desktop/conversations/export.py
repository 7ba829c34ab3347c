"""Write a conversation to a file of the user's choice: the whole file or none of it."""

import os
import re
import tempfile
import unicodedata
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Final

from desktop.conversations.database import storable_text
from desktop.conversations.disk import DestinationExists, os_errors_told
from desktop.conversations.formats.markdown import markdown
from desktop.conversations.formats.own_json import own_json
from desktop.conversations.formats.plain_text import plain_text
from desktop.conversations.store import ConversationStore


class ExportFormat(StrEnum):
    """What a conversation can be written as; the value is the file's suffix without its dot."""

    MARKDOWN = "md"
    JSON = "json"
    TEXT = "txt"


_WRITERS: Final = {
    ExportFormat.MARKDOWN: markdown,
    ExportFormat.JSON: own_json,
    ExportFormat.TEXT: plain_text,
}

_NAME_CHARACTERS: Final = 60
_NAME_BYTES: Final = 120
"""Short enough for encrypted folders (143 bytes) and for Windows' limit of 260 with a path."""
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*]')
_RESERVED: Final = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE
)


def export(
    store: ConversationStore,
    conversation_id: str,
    file_format: ExportFormat,
    destination: Path,
    *,
    overwrite: bool = False,
) -> None:
    """Write the conversation to `destination`: JSON with all branches, else the current path.

    Raises `DestinationExists` unless `overwrite`, `DiskTrouble` when the disk refuses; in both
    cases what was at `destination` is still there. The file is readable by its owner only.
    """
    content = _WRITERS[file_format](store.tree(conversation_id)).encode()
    with os_errors_told(f"“{destination.name}”"):
        _write_whole(destination, content, overwrite=overwrite)


def _write_whole(destination: Path, content: bytes, *, overwrite: bool) -> None:
    handle, name = tempfile.mkstemp(dir=destination.parent, prefix=".outrider-", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            part.replace(destination)
        else:
            _take_free_name(part, destination)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def _take_free_name(part: Path, destination: Path) -> None:
    # Reserved by an empty file: a mere look beforehand would leave a gap for another program.
    try:
        destination.touch(exist_ok=False)
    except FileExistsError as error:
        raise DestinationExists(
            f"“{destination.name}” is there already.", hint="Choose another name or replace it."
        ) from error
    try:
        part.replace(destination)
    except OSError:
        destination.unlink()
        raise


def suggested_file_name(title: str, file_format: ExportFormat) -> str:
    """A name made of the title that every file system of Windows, macOS and Linux takes."""
    plain = _FORBIDDEN.sub(" ", unicodedata.normalize("NFC", storable_text(title)))
    visible = (
        character
        for character in plain
        if character.isspace() or not unicodedata.category(character).startswith("C")
    )
    stem = _shortened(" ".join("".join(visible).split()).lstrip(" .-~"))
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    return f"{stem or 'conversation'}.{file_format}"


def _shortened(stem: str) -> str:
    start = stem[:_NAME_CHARACTERS].encode()[:_NAME_BYTES].decode(errors="ignore")
    return start.rstrip(" .")
