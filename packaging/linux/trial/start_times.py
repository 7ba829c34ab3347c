"""How long dist/outrider takes from the command to a visible window: from the disk, and again.

`python packaging/linux/trial/start_times.py [FOLDER]`; as root, for it empties the page cache.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from freeze import FOLDER
from linux.trial.display import open_display, wait_for_window

_COLD: Final = 3
_WARM: Final = 5


def main() -> None:
    """Print all of them in seconds."""
    program = Path(sys.argv[1] if sys.argv[1:] else FOLDER, "outrider")
    with open_display(), tempfile.TemporaryDirectory() as home:
        os.environ["OUTRIDER_HOME"] = home
        start(program)  # makes its folders
        print("from the disk:", *(f"{start(program, cold=True):.2f}" for _ in range(_COLD)))
        print("again:        ", *(f"{start(program):.2f}" for _ in range(_WARM)))


def start(program: Path, *, cold: bool = False) -> float:
    """Seconds to the window of one start, which is ended then."""
    if cold:
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("3", encoding="ascii")
    begin = time.monotonic()
    # With a group of its own, so that its engine ends at once too and leaves the next start alone.
    with subprocess.Popen([program], stderr=subprocess.DEVNULL, start_new_session=True) as process:
        wait_for_window("(Welcome to )?Outrider")
        seconds = time.monotonic() - begin
        os.killpg(process.pid, signal.SIGKILL)
    return seconds


if __name__ == "__main__":
    main()
