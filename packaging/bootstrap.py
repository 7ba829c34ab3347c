"""The door behind `make run`, `make test` and the others: `python packaging/bootstrap.py run`.

This file and first_run/system.py parse on Python 3.5 and newer, so that an old Python gets a
sentence instead of a SyntaxError. The rest of first_run/ needs a Python that Outrider runs on.
"""

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from first_run.system import hand_over, install_command, is_root

if TYPE_CHECKING:
    from collections.abc import Callable

OLDEST = (3, 11)
NEWEST = (3, 14)  # PySide6 below 6.12 has no build for 3.15: docs/adr/0003.
_NAMES = ("python3.13", "python3.12", "python3.11", "python3.14", "python3", "python")
_ASK_VERSION = "import sys; sys.exit(not {} <= sys.version_info[:2] <= {})".format(OLDEST, NEWEST)  # noqa: UP032


def find_python(
    which: "Callable[[str], str | None]", answers: "Callable[[list[str]], int]"
) -> "str | None":
    """Return a Python on the PATH that Outrider runs on. It is started once to be sure."""
    for name in _NAMES:
        python = which(name)
        # A version manager leaves names on the PATH that start nothing: ask, do not trust.
        if python and answers([python, "-c", _ASK_VERSION]) == 0:
            return python
    return None


def refusal(version: str, command: "str | None") -> str:
    """Say in one sentence that this Python will not do, with the command that mends it."""
    sentence = "Outrider needs Python 3.11 to 3.14, and this is Python " + version + "."
    return sentence + ("\n\n    " + command + "\n" if command else "")


def main(arguments: "list[str]") -> int:
    """Run one command (`run`, `test`, ...) on a suitable Python; return its exit code."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        from first_run.main import main as first_run  # noqa: PLC0415 (newer syntax than this file)

        return first_run(arguments)
    python = find_python(shutil.which, _quiet_call)
    if python is None:
        command = install_command("python", sys.platform, shutil.which, is_root=is_root())
        sys.stderr.write(refusal(sys.version.split()[0], command) + "\n")
        return 1
    return hand_over([python, __file__, *arguments])


def _quiet_call(command: "list[str]") -> int:
    return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
