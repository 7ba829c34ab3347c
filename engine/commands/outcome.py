"""What comes of a command: an exit code, and one sentence where it failed."""

import io
import logging
import os
import sys
from collections.abc import Callable
from typing import Final

from engine.errors import BadSetting, Cancelled, NotEnoughMemory, OutriderError
from engine.library.printable import printable

USAGE: Final = 2
CANCELLED: Final = 130
_LINE_LIMIT: Final = 1000

_log = logging.getLogger("outrider")


def run_to_exit_code(program: str, command: Callable[[], None]) -> int:
    """Run a command: 0, 1 error, 2 usage, 130 cancelled; no traceback for what a user can cause."""
    try:
        command()
        sys.stdout.flush()
    except (Cancelled, KeyboardInterrupt):
        return CANCELLED
    except OutriderError as error:
        _log.debug("%s", error.detail)
        anyway = " Or add --load-anyway." if isinstance(error, NotEnoughMemory) else ""
        _complain(program, error.sentence + anyway)
        return USAGE if isinstance(error, BadSetting) else 1
    except BrokenPipeError:
        # Whoever read our output has left; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        _log.debug("", exc_info=error)
        _complain(program, f"{error.filename or 'A file'} cannot be used: {error.strerror}.")
        return 1
    return 0


def _complain(program: str, sentence: str) -> None:
    """One line on stderr, whatever name of a file is in it."""
    print(f"{program}: {printable(sentence, _LINE_LIMIT)}", file=sys.stderr)


def replace_unknown_characters() -> None:
    """A character that the terminal lacks, or bytes that are no text, must not end the program."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
