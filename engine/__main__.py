"""`outrider-engine`: the engine in a terminal. Exit codes: 0, 1 error, 2 usage, 130 cancelled."""

import argparse
import logging
import sys
from collections.abc import Sequence

from engine.commands import bench, chat, generate, inspect
from engine.errors import BadSetting, Cancelled, OutriderError

_USAGE, _CANCELLED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never a traceback for what a user can cause."""
    args = _parser().parse_args(arguments)
    _log_to_stderr(verbose=args.verbose)
    try:
        args.run(args)
    except (Cancelled, KeyboardInterrupt):
        return _CANCELLED
    except OutriderError as error:
        logging.getLogger("outrider").debug("%s", error.detail)
        print(f"outrider-engine: {error.sentence}", file=sys.stderr)
        return _USAGE if isinstance(error, BadSetting) else 1
    except BrokenPipeError:
        # Whoever read our output has left; Python would complain once more at exit.
        sys.stdout = None
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="outrider-engine", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="show the log on stderr")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    generate.add_parser(commands)
    chat.add_parser(commands)
    bench.add_parser(commands)
    inspect.add_parsers(commands)
    return parser


def _log_to_stderr(*, verbose: bool) -> None:
    log = logging.getLogger("outrider")
    log.addHandler(logging.StreamHandler() if verbose else logging.NullHandler())
    log.setLevel(logging.DEBUG if verbose else logging.WARNING)
    log.propagate = False


if __name__ == "__main__":
    sys.exit(main())
