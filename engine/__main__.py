"""`outrider-engine`: the engine in a terminal. Exit codes: 0, 1 error, 2 usage, 130 cancelled."""

import argparse
import io
import logging
import os
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
    plan,
    profile,
    search,
    worker,
)
from engine.errors import BadSetting, Cancelled, NotEnoughMemory, OutriderError
from engine.library.printable import printable

_USAGE, _CANCELLED = 2, 130
_LINE_LIMIT = 1000

log = logging.getLogger("outrider")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never a traceback for what a user can cause."""
    args = _parser().parse_args(arguments)
    _log_to_stderr(verbose=args.verbose)
    _replace_unknown_characters()
    try:
        args.run(args)
        sys.stdout.flush()
    except (Cancelled, KeyboardInterrupt):
        return _CANCELLED
    except OutriderError as error:
        log.debug("%s", error.detail)
        anyway = " Or add --load-anyway." if isinstance(error, NotEnoughMemory) else ""
        _complain(error.sentence + anyway)
        return _USAGE if isinstance(error, BadSetting) else 1
    except BrokenPipeError:
        # Whoever read our output has left; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        log.debug("", exc_info=error)
        _complain(f"{error.filename or 'A file'} cannot be used: {error.strerror}.")
        return 1
    return 0


def _complain(sentence: str) -> None:
    """One line on stderr, whatever name of a file is in it."""
    print(f"outrider-engine: {printable(sentence, _LINE_LIMIT)}", file=sys.stderr)


def _replace_unknown_characters() -> None:
    """A character that the terminal lacks, or bytes that are no text, must not end the program."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="outrider-engine", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="show the log on stderr")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    generate.add_parser(commands)
    chat.add_parser(commands)
    bench.add_parser(commands)
    inspect.add_parsers(commands)
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
