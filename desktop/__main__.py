"""`outrider`: the window, or what works without Qt: `conversations`, the engine's process."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine import frozen

if TYPE_CHECKING:
    from desktop.conversations.formats.forms import Forms


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; the exit code."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    # Each is imported when it is asked for: the engine's process starts fast and knows no Qt.
    match words[:1]:
        case ["conversations"]:
            from desktop.conversations.commands.main import main as conversations  # noqa: PLC0415

            return conversations(words[1:], _all_forms)
        case [frozen.ENGINE_PROCESS]:
            from engine.isolated.child import main as serve  # noqa: PLC0415

            serve()
            return 0
        case ["--self-test"]:
            from desktop.self_test import main as self_test  # noqa: PLC0415

            return self_test(words[1:])
        case _:
            from desktop.chosen_language import choose_language  # noqa: PLC0415

            choose_language()  # most modules of the window make their words while they are imported
            from desktop.start import main as start  # noqa: PLC0415

            return start(words)


def _all_forms() -> "Forms":
    from desktop.pdf import ALL_FORMS  # noqa: PLC0415

    return ALL_FORMS


if __name__ == "__main__":
    sys.exit(main())
