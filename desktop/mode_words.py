"""What a mode is called that a reply says it was made in. Knows no Qt."""

from typing import Final

from engine.language import tr

PLAIN: Final = "plain"

_MODES: Final = {
    PLAIN: tr("plain"),
    "n-gram": tr("n-gram"),
    "chain": tr("chain"),
    "tree": tr("tree"),
}


def mode_name(mode: str) -> str:
    """A mode as the engine names it, in the person's language."""
    return _MODES.get(mode, mode)
