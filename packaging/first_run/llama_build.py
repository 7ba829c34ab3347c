"""The steps that build llama.cpp: for this machine, and for every CPU of its kind.

`CMAKE_ARGS` ("-DGGML_CUDA=on") adds options to both; they are remembered.
"""

import shutil
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
_LIBRARIES: Final = "llama_cpp/lib"
RELEASE_OPTIONS: Final = (
    # A build as pip makes it by itself uses what the builder's CPU has, and dies on an older one.
    *("-DGGML_NATIVE=OFF", "-DGGML_BACKEND_DL=ON", "-DGGML_CPU_ALL_VARIANTS=ON", RPC_OPTION),
    "-DLLAVA_BUILD=OFF",
    # The package installs only the names that it knows; ggml puts its modules here by itself.
    *(f"-DCMAKE_INSTALL_{kind}DIR={_LIBRARIES}" for kind in ("BIN", "LIB")),
    "-DCMAKE_INSTALL_INCLUDEDIR=llama_cpp/include",
)


def llama_step(project: Project, machine: Machine) -> Step:
    """Return the step that builds it for this machine, in the environment."""
    options = _own_options(project, machine)

    def work(progress: Progress) -> None:
        _build(Pip(project, machine), options, progress)
        project.stamps.mkdir(parents=True, exist_ok=True)
        _remembered(project).write_text(options, encoding="utf-8")

    return Step(
        name="llama",
        title="Building llama.cpp (about 7 minutes on 2 cores, once)",
        key=f"{project.pin(ENGINE_REQUIREMENT)} {options}",
        check=lambda: _check(project, machine),
        work=work,
        is_intact=project.has_rpc,
    )


def release_llama_step(project: Project, machine: Machine) -> Step:
    """Return the step that builds it for other people's computers, beside the environment.

    It follows `llama_step`, which remembers the user's own options.
    """
    options = " ".join([*RELEASE_OPTIONS, _own_options(project, machine)]).strip()

    def work(progress: Progress) -> None:
        shutil.rmtree(project.release_llama, ignore_errors=True)
        Pip(project, machine)(
            *("install", "--verbose", "--no-deps", "--target", str(project.release_llama)),
            # As below; and without a cache, pip does not take a wheel that somebody built.
            *("--no-cache-dir", "--no-binary", ENGINE_REQUIREMENT, ENGINE_REQUIREMENT),
            env={"CMAKE_ARGS": options},
            say=progress.say,
        )

    return Step(
        name="release-llama",
        title="Building llama.cpp for every CPU (about 10 minutes on 2 cores, once)",
        key=f"{project.pin(ENGINE_REQUIREMENT)} {options}",
        check=lambda: _check(project, machine),
        work=work,
        is_intact=lambda: any(project.release_llama.glob(f"{_LIBRARIES}/*ggml-cpu-*")),
    )


def _check(project: Project, machine: Machine) -> None:
    checks.require_compiler(project, machine)
    checks.require_disk(project, machine)


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
