"""Small TOML files that people may edit by hand: read with care, written whole or not at all."""

import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import tomli_w

from engine.errors import BadSetting, DiskTrouble
from engine.language import tr
from engine.paths import private


def read_toml(path: Path) -> dict[str, Any]:
    """What the file holds; {} where there is none. Raises `BadSetting` for one that is no TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise BadSetting(
            tr("{name} cannot be read.").format(name=path.name),
            hint=tr("Mend the file, or move it away."),
            detail=f"{path}: {error}",
        ) from error


def write_toml(path: Path, content: Mapping[str, Any]) -> None:
    """Put `content` in place of the file. Raises `DiskTrouble`; the former file stays then."""
    try:
        replace_toml(path, content)
    except OSError as error:
        raise DiskTrouble(
            tr("{name} cannot be written.").format(name=path.name),
            hint=tr("Check the free space and the permissions of the settings folder."),
            detail=f"{path}: {error}",
        ) from error


def replace_toml(path: Path, content: Mapping[str, Any]) -> None:
    """The same, for those with a sentence of their own. Raises `OSError`."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with private(part).open("wb") as file:
            tomli_w.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
