"""The step that builds llama.cpp with its RPC back end, and with the user's own options."""

from pathlib import Path
from typing import Final

from first_run import checks
from first_run.machine import Machine
from first_run.pip import Pip
from first_run.project import ENGINE_REQUIREMENT, Project
from first_run.report import Progress
from first_run.steps import Step
from first_run.trouble import Trouble

RPC_OPTION: Final = "-DGGML_RPC=ON"


def llama_step(project: Project, machine: Machine) -> Step:
    """Return the step. `CMAKE_ARGS` ("-DGGML_CUDA=on") adds options; they are remembered."""
    options = _own_options(project, machine)

    def check() -> None:
        checks.require_compiler(project, machine)
        checks.require_disk(project, machine)

    def work(progress: Progress) -> None:
        _build(Pip(project, machine), options, progress)
        project.stamps.mkdir(parents=True, exist_ok=True)
        _remembered(project).write_text(options, encoding="utf-8")

    return Step(
        name="llama",
        title="Building llama.cpp (about 7 minutes on 2 cores, once)",
        key=f"{project.pin(ENGINE_REQUIREMENT)} {options}",
        check=check,
        work=work,
        is_intact=project.has_rpc,
    )


def _remembered(project: Project) -> Path:
    return project.stamps / "cmake-arguments"


def _own_options(project: Project, machine: Machine) -> str:
    """Return the user's build options; where none are given, those of the last build."""
    given = machine.environ.get("CMAKE_ARGS")
    if given is None and _remembered(project).is_file():
        return _remembered(project).read_text(encoding="utf-8")
    return given or ""


def _build(pip: Pip, options: str, progress: Progress) -> None:
    def build(*flags: str) -> None:
        pip(
            *("install", "--verbose", "--no-deps", *flags, ENGINE_REQUIREMENT),
            env={"CMAKE_ARGS": f"{RPC_OPTION} {options}".strip()},
            say=progress.say,
        )

    # pip's cache knows a wheel by its version, not by the options it was built with.
    afresh = ("--force-reinstall", "--no-cache-dir")
    build(*(afresh if options else ()))
    if not pip.project.has_rpc():
        progress.say("again: the copy in pip's cache was built with other options")
        build(*afresh)
    if not pip.project.has_rpc():
        raise Trouble("llama.cpp was built without its RPC back end, which Outrider uses.")
