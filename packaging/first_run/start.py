"""The last step of `make run`: the window, or the terminal chat where there is no display."""

from collections.abc import Sequence
from typing import Final

from first_run import checks
from first_run.machine import Machine
from first_run.project import WINDOW_REQUIREMENT, Project
from first_run.report import Report
from first_run.steps import Step, prepare

_CHAT: Final = "This session has no display, so Outrider opens in the terminal."


def start(project: Project, machine: Machine, report: Report, arguments: Sequence[str]) -> int:
    """Become the window or the terminal chat. Raises `Trouble` where Qt lacks a library."""
    module, *options = _front_end(project, machine, report)
    return machine.hand_over([str(project.python), "-m", module, *options, *arguments])


def _front_end(project: Project, machine: Machine, report: Report) -> Sequence[str]:
    if checks.has_display(machine.platform, machine.environ):
        try:
            prepare([qt_step(project, machine, offscreen=False)], project.stamps, report)
        except checks.NoDisplay:
            pass
        else:
            return ["desktop"]
    report.say(_CHAT)
    return ["engine", "chat"]


def qt_step(project: Project, machine: Machine, *, offscreen: bool) -> Step:
    """Return the step that makes sure that Qt finds its system libraries."""
    return Step(
        name="qt-offscreen" if offscreen else "qt",
        title="Looking for the system libraries of Qt",
        key=project.pin(WINDOW_REQUIREMENT),
        work=lambda _progress: checks.require_qt(project, machine, offscreen=offscreen),
    )
