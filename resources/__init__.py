"""Files that ship with the app. `resource_path` is the only place that knows where they lie."""

from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parent


def resource_path(name: str) -> Path:
    """The file `name`, a path relative to this folder such as "icons/copy.svg"."""
    return _ROOT / name
