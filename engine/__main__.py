"""`outrider-engine`: the engine in a terminal. Exit codes: 0, 1 error, 2 usage, 130 cancelled."""

import argparse
import logging
import sys
from collections.abc import Sequence

from engine.commands import (
    bench,
    chat,
    devices,
    download,
    generate,
    inspect,
    login,
    models,
    pair,
    plan,
    profile,
    search,
    worker,
)
from engine.commands.outcome import replace_unknown_characters, run_to_exit_code
from engine.frozen import ENGINE_PROCESS
from engine.isolated.child import main as serve

log = logging.getLogger("outrider")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never a traceback for what a user can cause."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == [ENGINE_PROCESS]:
        serve()
        return 0
    args = _parser().parse_args(words)
    _log_to_stderr(verbose=args.verbose)
    replace_unknown_characters()
    return run_to_exit_code("outrider-engine", lambda: args.run(args))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="outrider-engine", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="show the log on stderr")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    generate.add_parser(commands)
    chat.add_parser(commands)
    bench.add_parser(commands)
    inspect.add_parser(commands)
    pair.add_parser(commands)
    models.add_parsers(commands)
    profile.add_parsers(commands)
    plan.add_parser(commands)
    search.add_parser(commands)
    download.add_parsers(commands)
    login.add_parsers(commands)
    devices.add_parser(commands)
    worker.add_parser(commands)
    return parser


def _log_to_stderr(*, verbose: bool) -> None:
    log.addHandler(logging.StreamHandler() if verbose else logging.NullHandler())
    log.setLevel(logging.DEBUG if verbose else logging.WARNING)
    log.propagate = False


if __name__ == "__main__":
    sys.exit(main())
