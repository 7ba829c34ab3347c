"""A limit on how long Python code of other people may run in this thread."""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_set_exception: Final = ctypes.pythonapi.PyThreadState_SetAsyncExc
_set_exception.argtypes = (ctypes.c_ulong, ctypes.py_object)


class TimeIsOver(BaseException):
    """No `except Exception` of the code that runs keeps it from ending."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeIsOver` in what runs here after `seconds`: between steps of Python, not in C."""
    thread = threading.get_ident()
    lock = threading.Lock()
    running = True

    def end() -> None:
        with lock:
            if running:
                _set_exception(thread, TimeIsOver)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            running = False
        timer.cancel()
