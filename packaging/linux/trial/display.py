"""A display for one trial, and waiting for windows on it: needs Xvfb and xdotool."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_WINDOW_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.02


@contextmanager
def open_display() -> Iterator[str]:
    """A screen; its name, which programs started from here find by themselves."""
    server = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-ac", "-nolisten", "tcp"]
    with subprocess.Popen(
        server, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        os.environ["DISPLAY"] = f":{process.stdout.readline().strip()}"
        try:
            yield os.environ["DISPLAY"]
        finally:
            process.terminate()


def wait_for_window(title: str) -> None:
    """Until a window can be seen whose title fits this pattern. Raises `TimeoutError`."""
    end = time.monotonic() + _WINDOW_SECONDS
    look = ["xdotool", "search", "--onlyvisible", "--name", f"^{title}$"]
    while subprocess.run(look, capture_output=True, check=False).returncode:
        if time.monotonic() > end:
            raise TimeoutError(f"No window named {title} opened.")
        time.sleep(_LOOK_SECONDS)
