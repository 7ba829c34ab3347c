"""Which command of `outrider conversations` runs, and what comes of it.

Exit codes: 0, 1 error, 2 usage, 130 cancelled.
"""

import argparse
from collections.abc import Sequence

from desktop.conversations.commands import keeping, looking, moving
from engine.commands.outcome import replace_unknown_characters, run_to_exit_code

_ABOUT = "Your conversations in the terminal, also while the window is open."


def main(arguments: Sequence[str], all_forms: moving.FormsOf) -> int:
    """Run one command and return its exit code; never a traceback for what a user can cause.

    `all_forms` gives the forms of an export, PDF among them, when they are asked for.
    """
    args = _parser(all_forms).parse_args(arguments)
    replace_unknown_characters()
    return run_to_exit_code("outrider", lambda: args.run(args))


def _parser(all_forms: moving.FormsOf) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="outrider conversations", description=_ABOUT)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    looking.add_parsers(commands)
    moving.add_parsers(commands, all_forms)
    keeping.add_parsers(commands)
    return parser
