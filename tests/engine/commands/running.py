"""Runs `outrider-engine` in this process or in one of its own."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from engine.__main__ import main

CHECKOUT: Final = Path(__file__).parents[3]
FIGURES: Final = {
    "tokens",
    "target_passes",
    "tokens_per_pass",
    "tokens_per_second",
    "prompt_tokens",
    "prompt_seconds",
    "first_token_seconds",
    "draft_seconds",
    "target_seconds",
    "other_seconds",
    "mode",
    "reason",
}
"""The numbers of a reply by the headless contract."""


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line on stderr, without the program's name."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("outrider-engine: ")
        return lines[0].removeprefix("outrider-engine: ")


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Outcome:
    """In this process."""
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as exit_:  # argparse
        code = int(exit_.code or 0)
    captured = capsys.readouterr()
    return Outcome(code, captured.out, captured.err)


def run_apart(
    *arguments: str | Path, stdin: bytes = b"", environment: dict[str, str] | None = None
) -> Outcome:
    """In a process of its own."""
    done = subprocess.run(
        command(*arguments),
        input=stdin,
        capture_output=True,
        cwd=CHECKOUT,
        env=environment,
        check=False,
        timeout=120,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def command(*arguments: str | Path) -> list[str]:
    """The command line of `python -m engine`."""
    return [sys.executable, "-m", "engine", *map(str, arguments)]
