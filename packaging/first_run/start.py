"""The last step of `make run`: the window, or the terminal chat where there is no display."""

from collections.abc import Sequence
from typing import Final

from first_run import checks
from first_run.machine import Machine
from first_run.project import WINDOW_REQUIREMENT, Project
from first_run.report import Report
from first_run.steps import Step, prepare

WINDOW: Final = ("desktop",)
CHAT: Final = ("engine", "chat", "--target", "smollm2-135m", "--draft", "self")


def start(project: Project, machine: Machine, report: Report, arguments: Sequence[str]) -> int:
    """Become the window or the terminal chat. Raises `Trouble` where Qt lacks a library."""
    front_end = WINDOW if _can_show_window(project, machine, report) else CHAT
    if front_end is CHAT:
        report.say("This session has no display, so Outrider opens in the terminal.")
    return machine.hand_over([str(project.python), "-m", *front_end, *arguments])


def _can_show_window(project: Project, machine: Machine, report: Report) -> bool:
    if not checks.has_display(machine.platform, machine.environ):
        return False
    try:
        prepare([qt_step(project, machine, offscreen=False)], project.stamps, report)
    except checks.NoDisplay:
        return False
    return True


def qt_step(project: Project, machine: Machine, *, offscreen: bool) -> Step:
    """Return the step that makes sure that Qt finds its system libraries."""
    return Step(
        name="qt-offscreen" if offscreen else "qt",
        title="Looking for the system libraries of Qt",
        key=project.pin(WINDOW_REQUIREMENT),
        work=lambda _progress: checks.require_qt(project, machine, offscreen=offscreen),
    )
