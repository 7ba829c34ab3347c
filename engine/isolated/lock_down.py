"""What the engine's process gives up before it sees a model file."""

import ctypes
import logging
import sys
from typing import Final

_log = logging.getLogger("outrider.child")

_PR_SET_NO_NEW_PRIVS: Final = 38
"""linux/prctl.h"""


def lock_down() -> None:
    """No core dumps, which would hold conversations; no new privileges by running other programs.

    What the system does not offer is left out: these are second fences.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        failed = ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if failed:
            _log.warning("The process could not give up new privileges.")
