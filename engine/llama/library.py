"""llama.cpp's shared libraries: loaded once, logging into ours."""

import ctypes
import logging
import os
import sys
from collections import deque
from functools import cache
from pathlib import Path
from typing import Final

# gdb must not start on our process when ggml aborts; no file but ours may become a back end.
os.environ["GGML_NO_BACKTRACE"] = "1"
os.environ.pop("GGML_BACKEND_PATH", None)
os.environ.pop("LLAMA_CPP_LIB_PATH", None)
# The threads of a pass spin while they wait for each other. GNU's OpenMP has them do so for
# milliseconds, in which they hold cores that others want, even their own team (docs/adr/0020).
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")

import llama_cpp
from llama_cpp import llama_cpp as api

from engine.llama.backends import GgmlRegistry, load_backends
from engine.own_devices import Backends

__all__ = ["api", "initialize", "log", "shared_library", "take_recent_errors"]

log = logging.getLogger("outrider.llama")

_FOLDER: Final = Path(llama_cpp.__file__).parent / "lib"
_LINKED: Final = ("ggml", "ggml-base")
_LEVELS: Final = {3: logging.WARNING, 4: logging.ERROR}
"""`enum ggml_log_level` -> logging level. Its INFO is chatter: our DEBUG, like the rest."""

recent_errors: Final[deque[str]] = deque(maxlen=8)
"""Last warnings and errors of llama.cpp: the detail of the next exception."""


@api.llama_log_callback  # type: ignore[untyped-decorator]  # a ctypes function type
def _forward_log(level: int, text: bytes, _user_data: object) -> None:
    line = text.decode("utf-8", errors="replace").rstrip()
    if not line:
        return
    severity = _LEVELS.get(level, logging.DEBUG)
    if severity >= logging.WARNING:
        recent_errors.append(line)
    log.log(severity, "%s", line)


@cache
def initialize() -> Backends:
    """Start the back ends and send llama.cpp's log to `outrider.llama`. Repeated calls do nothing.

    The callback is a module variable: a collected one crashes llama.cpp. Raises
    `DeviceUnavailable` where no back end runs on this CPU.
    """
    api.llama_log_set(_forward_log, ctypes.c_void_p(0))
    registry = GgmlRegistry([shared_library(name) for name in _LINKED])
    backends = load_backends(_FOLDER, registry)
    api.llama_backend_init()
    return backends


def take_recent_errors() -> str:
    """What llama.cpp complained about since the last call, for an error's detail."""
    lines = "\n".join(recent_errors)
    recent_errors.clear()
    return lines


@cache
def shared_library(name: str) -> ctypes.CDLL:
    """One of ggml's libraries ("ggml-base", "ggml", "ggml-rpc"): the copy that libllama uses.

    A wheel holds several copies of each file, and a frozen folder may hold one more; another copy
    would have a registry of its own. Raises `OSError` where it is absent.
    """
    if name in _LINKED and sys.platform != "win32":
        # The system finds in a library also what that is linked with. As the binding opens it.
        return _open("libllama.so", "libllama.dylib")
    return _open(f"lib{name}.so.0", f"lib{name}.dylib", f"{name}.dll", f"lib{name}.so")


def _open(*names: str) -> ctypes.CDLL:
    path = next((_FOLDER / name for name in names if (_FOLDER / name).exists()), None)
    if path is None:
        raise OSError(f"none of {', '.join(names)} in {_FOLDER}")
    return ctypes.CDLL(str(path))
