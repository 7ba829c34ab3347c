"""Steps for the Python environment and for what pip puts into it, llama.cpp apart."""

import shutil
from typing import Final

from first_run import checks
from first_run.machine import Machine
from first_run.pip import Pip
from first_run.project import Project
from first_run.report import Progress
from first_run.steps import Step
from first_run.trouble import Trouble

_NAME: Final = "environment"
_IS_USABLE: Final = "import pip, sys; sys.exit(sys.version_info < (3, 11))"


def forget_if_lost(project: Project) -> None:
    """Drop all stamps where the interpreter is gone or the checkout was moved."""
    stamp = project.stamps / _NAME
    moved = stamp.is_file() and stamp.read_text(encoding="utf-8") != str(project.root)
    if moved or not project.python.exists():
        shutil.rmtree(project.stamps, ignore_errors=True)


def environment_step(project: Project, machine: Machine) -> Step:
    """Return the step that makes `.venv`; one that works already is adopted."""

    def run(*command: str) -> int:
        return machine.run(command, log=project.log).code

    def work(_progress: Progress) -> None:
        if project.python.exists() and run(str(project.python), "-c", _IS_USABLE) == 0:
            return
        if run(machine.python, "-m", "venv", "--clear", str(project.venv)) != 0:
            raise Trouble("Python could not make its environment in .venv.")

    return Step(
        name=_NAME,
        title="Making the Python environment .venv (some seconds)",
        key=str(project.root),
        check=lambda: checks.require_venv(machine),
        work=work,
    )


def packages_step(project: Project, machine: Machine) -> Step:
    """Return the step that installs Outrider, editable, with what it depends on."""
    return _install_step("packages", "Outrider and its packages", ".", project, machine)


def developer_tools_step(project: Project, machine: Machine) -> Step:
    """Return the step that installs what the gate runs."""
    return _install_step("developer-tools", "the developer tools", ".[dev]", project, machine)


def plots_step(project: Project, machine: Machine) -> Step:
    """Return the step that installs what draws the plots of a report."""
    return _install_step("plots", "the plotting library", ".[report]", project, machine)


def audit_tools_step(project: Project, machine: Machine) -> Step:
    """Return the step that installs what asks for known weaknesses."""
    return _install_step("audit-tools", "pip-audit", ".[audit]", project, machine)


def bundle_tools_step(project: Project, machine: Machine) -> Step:
    """Return the step that installs what freezes and packs Outrider."""
    return _install_step("bundle-tools", "the packaging tools", ".[bundle]", project, machine)


def _install_step(
    name: str, what: str, requirement: str, project: Project, machine: Machine
) -> Step:
    pip = Pip(project, machine)
    return Step(
        name=name,
        title=f"Installing {what} (about a minute)",
        key=project.pins(),
        work=lambda progress: pip("install", "--editable", requirement, say=progress.say),
    )
