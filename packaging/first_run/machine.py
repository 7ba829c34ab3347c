"""The machine as the steps see it: programs, disk, display, and running commands.

Tests replace it whole, so no step touches `os.environ`, the PATH or a process by itself.
"""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from first_run import system

KEPT_LINES: Final = 400


@dataclass(frozen=True)
class Finished:
    """How a command ended; `output` is the end of what it printed."""

    code: int
    output: str


class Machine(Protocol):
    """What the steps need to know and may do."""

    @property
    def platform(self) -> str:
        """`sys.platform`'s word."""

    @property
    def python(self) -> str:
        """The interpreter that runs this."""

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment variables."""

    @property
    def is_root(self) -> bool:
        """Whether system packages can be installed without sudo."""

    def which(self, program: str) -> str | None:
        """Return where the PATH finds a program."""

    def has_module(self, name: str) -> bool:
        """Whether this interpreter could import a module."""

    def free_bytes(self, folder: Path) -> int:
        """Return the room left on a folder's disk."""

    def run(
        self,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        on_line: Callable[[str], None] = ...,
    ) -> Finished:
        """Run a command out of sight: each line goes to the log and to `on_line`."""

    def show(self, command: Sequence[str]) -> int:
        """Run a command in the terminal and return its exit code."""

    def hand_over(self, command: Sequence[str]) -> int:
        """Become a command: nothing of this process is needed any more."""


class ThisMachine:
    """The real one."""

    platform = sys.platform
    python = sys.executable
    environ = os.environ

    @property
    def is_root(self) -> bool:
        """Whether system packages can be installed without sudo."""
        return system.is_root()

    def which(self, program: str) -> str | None:
        """Return where the PATH finds a program."""
        return shutil.which(program)

    def has_module(self, name: str) -> bool:
        """Whether this interpreter could import a module."""
        return importlib.util.find_spec(name) is not None

    def free_bytes(self, folder: Path) -> int:
        """Return the room left on a folder's disk."""
        return shutil.disk_usage(folder).free

    def run(
        self,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        on_line: Callable[[str], None] = lambda _line: None,
    ) -> Finished:
        """Run a command out of sight: each line goes to the log and to `on_line`."""
        log.parent.mkdir(parents=True, exist_ok=True)
        kept: deque[str] = deque(maxlen=KEPT_LINES)
        with log.open("a", encoding="utf-8") as file, _started(command, env) as process:
            file.write(f"$ {' '.join(command)}\n")
            try:
                for line in process.stdout or ():
                    file.write(line)
                    kept.append(line)
                    on_line(line)
            except KeyboardInterrupt:
                _let_end(process)
                raise
        return Finished(process.returncode, "".join(kept))

    def show(self, command: Sequence[str]) -> int:
        """Run a command in the terminal and return its exit code."""
        sys.stdout.flush()
        return subprocess.run(command, check=False).returncode

    def hand_over(self, command: Sequence[str]) -> int:
        """Become a command: nothing of this process is needed any more."""
        return system.hand_over(list(command))


def _started(command: Sequence[str], env: Mapping[str, str] | None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )


def _let_end(process: subprocess.Popen[str]) -> None:
    """Wait a little: the terminal sent Ctrl-C to the command too, and it may have to clean up."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)
    process.terminate()
