"""Stands in for the engine's process: `hostile_child.py WHAT`, which is one of `ACTS`."""

import os
import sys
import time
from collections.abc import Callable
from typing import Final

from engine.errors import BadModelFile
from engine.isolated import wire
from engine.session_info import SessionInfo


def _say(reply: wire.Reply) -> None:
    sys.stdout.buffer.write(wire.encode(reply))
    sys.stdout.buffer.flush()


def _babble() -> None:
    print("cos\nsystem\n(S'true'\ntR.", flush=True)


def _flood() -> None:
    sys.stdout.write("x" * (64 << 20))


def _complain() -> None:
    for number in range(20_000):
        print(f"complaint {number}", file=sys.stderr)
    os.abort()


def _abort_with_many_threads() -> None:
    print("GGML_ASSERT(n > 0) failed", file=sys.stderr)
    print("Fatal Python error: Aborted\n", file=sys.stderr)
    for number in range(100):
        print(f'  File "module.py", line {number} in work', file=sys.stderr)
    os.abort()


def _never_read() -> None:
    """Loads at once and takes no further request."""
    _say(wire.Opened(SessionInfo("fake", None, 4096)))
    time.sleep(600)


def _fail() -> None:
    _say(wire.Failed.of(BadModelFile("The file ends early.")))
    time.sleep(600)


def _close_and_stay() -> None:
    for descriptor in (0, 1, 2):
        os.close(descriptor)
    time.sleep(600)


ACTS: Final[dict[str, Callable[[], None]]] = {
    "babble": _babble,
    "flood": _flood,
    "complain": _complain,
    "abort with many threads": _abort_with_many_threads,
    "never read": _never_read,
    "fail": _fail,
    "close and stay": _close_and_stay,
    "end": lambda: None,
}

if __name__ == "__main__":
    ACTS[sys.argv[1]]()
