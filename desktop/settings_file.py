"""The file of the settings: read whole, written whole, set aside when it is damaged."""

import contextlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.language import tr
from engine.library.toml_file import replace_toml


def read(path: Path) -> tuple[dict[str, Any], str | None]:
    """What is stored, and a sentence for the person where a damaged file was set aside."""
    try:
        return tomllib.loads(path.read_text("utf-8")), None
    except FileNotFoundError:
        return {}, None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}, _set_aside(path)


def write(path: Path, stored: Mapping[str, Any]) -> None:
    """Write beside, then rename: a crash leaves the old file or the new one, never half.

    Raises `OSError`.
    """
    replace_toml(path, {name: values for name, values in stored.items() if values})


def _set_aside(path: Path) -> str:
    aside = path.with_suffix(".damaged.toml")
    with contextlib.suppress(OSError):
        path.replace(aside)
    return tr(
        "The settings file could not be read. Defaults are used; it is kept as {name}."
    ).format(name=aside.name)
