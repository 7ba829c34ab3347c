"""Steps that are done once: each leaves a stamp of what it depended on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from first_run.report import Progress, Report


def _nothing_to_check() -> None:
    """Stand in for the check of a step that needs nothing from the machine."""


def _always() -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that must be in place before Outrider starts."""

    name: str
    title: str
    key: str
    """What the result depends on; another key means doing the step again."""
    work: Callable[[Progress], None]
    check: Callable[[], None] = _nothing_to_check
    """Raises `Trouble` where the machine lacks what `work` needs."""
    is_intact: Callable[[], bool] = _always
    """Whether the result is still there."""


def prepare(steps: Iterable[Step], stamps: Path, report: Report) -> None:
    """Do the steps that are not done; look at all they need before the first one starts."""
    pending = [step for step in steps if not _is_done(step, stamps)]
    for step in pending:
        step.check()
    for step in pending:
        with report.step(step.title) as progress:
            step.work(progress)
        stamps.mkdir(parents=True, exist_ok=True)
        (stamps / step.name).write_text(step.key, encoding="utf-8")


def _is_done(step: Step, stamps: Path) -> bool:
    stamp = stamps / step.name
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == step.key and step.is_intact()
