"""When the engine's process is to fail: from the next reply on, once the gate is closed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from engine.isolated import process


class Gate:
    """A file that both processes see. Open from the start."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "open"
        self.open()

    def open(self) -> None:
        """No fault from now on; a reply that was held goes on."""
        self.path.touch()

    def close(self) -> None:
        """The next reply fails."""
        self.path.unlink(missing_ok=True)


@contextmanager
def engines_failing(fault: str) -> Iterator[Gate]:
    """All engines that start here have this fault (`failing_child.py`) while the gate is closed."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        gate = Gate(Path(folder))
        module = "tests.faults.failing_child"
        command = [sys.executable, "-P", "-m", module, fault, str(gate.path)]
        patch.setattr(process, "_command", lambda: command)
        yield gate
