"""`outrider`: the window, or with `conversations` the store in the terminal, without Qt."""

import sys
from collections.abc import Sequence

from desktop.conversations.commands.main import main as conversations_main
from desktop.conversations.formats.forms import Forms


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; the exit code."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == ["conversations"]:
        return conversations_main(words[1:], _all_forms)
    # The terminal commands need no Qt, and work where it is not there.
    from desktop.start import main as start  # noqa: PLC0415

    return start(words)


def _all_forms() -> Forms:
    from desktop.pdf import ALL_FORMS  # noqa: PLC0415

    return ALL_FORMS


if __name__ == "__main__":
    sys.exit(main())
