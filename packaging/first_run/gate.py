"""The gate: what must pass before a change goes in."""

from collections.abc import Sequence
from typing import Final

from first_run.machine import Machine
from first_run.project import Project
from first_run.report import Report

_LINT_IMPORTS: Final = "from importlinter.cli import lint_imports_command as run; run()"

LINT: Final = (
    ("format", ("-m", "ruff", "format", "--check", ".")),
    ("lint", ("-m", "ruff", "check", ".")),
    ("types", ("-m", "mypy")),
    ("imports", ("-c", _LINT_IMPORTS)),
)
TEST: Final = (*LINT, ("tests", ("-m", "pytest")))
FORMAT: Final = (
    ("imports and simple fixes", ("-m", "ruff", "check", "--fix", "--exit-zero", ".")),
    ("format", ("-m", "ruff", "format", ".")),
    ("module index", ("packaging/module_index.py",)),
)

Checks = Sequence[tuple[str, Sequence[str]]]


def run_all(project: Project, machine: Machine, report: Report, checks: Checks) -> int:
    """Run every check, name those that failed, and return 1 if there are any."""
    failed = []
    for name, arguments in checks:
        report.say(f"== {name}")
        if machine.show([str(project.python), *arguments]) != 0:
            failed.append(name)
    report.say(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0
