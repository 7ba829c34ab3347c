"""Whether this machine has what the steps need: venv, compiler, disk, display, Qt's libraries."""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from first_run.machine import Finished, Machine
from first_run.project import Project
from first_run.system import install_command
from first_run.trouble import Trouble

GIGABYTE: Final = 10**9
NEEDED_BYTES: Final = 3 * GIGABYTE
NEEDED_TEMPORARY_BYTES: Final = GIGABYTE

_VSWHERE: Final = "Microsoft Visual Studio/Installer/vswhere.exe"
_CPP_TOOLS: Final = "Microsoft.VisualStudio.Component.VC.Tools.x86.x64"
_MISSING_LIBRARY: Final = re.compile(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object file")

_OPEN_QT: Final = """
from PySide6.QtWidgets import QApplication
QApplication([])
"""


class NoDisplay(Exception):
    """A display is named, but nothing answers there."""


def require_venv(machine: Machine) -> None:
    """Raise `Trouble` where Python came without its venv module."""
    if machine.has_module("venv") and machine.has_module("ensurepip"):
        return
    raise Trouble(
        "This Python comes without the venv module, which keeps Outrider's packages apart.",
        _command("venv", machine),
    )


def require_compiler(project: Project, machine: Machine) -> None:
    """Raise `Trouble` where llama.cpp cannot be compiled."""
    if machine.platform == "win32":
        found = _has_visual_cpp(project, machine)
    elif machine.platform == "darwin":
        # /usr/bin/c++ exists on every Mac; without the tools it only opens a dialog.
        found = machine.run(["xcode-select", "-p"], log=project.log).code == 0
    else:
        named = machine.environ.get("CXX")
        found = any(machine.which(name) for name in (named, "c++", "g++", "clang++") if name)
    if not found:
        raise Trouble(
            "llama.cpp is built here from its source, and there is no C++ compiler.",
            _command("compiler", machine),
        )


def require_disk(project: Project, machine: Machine) -> None:
    """Raise `Trouble` where the build, the packages and the starter pair do not fit."""
    for folder, needed in (
        (project.root, NEEDED_BYTES),
        (Path(tempfile.gettempdir()), NEEDED_TEMPORARY_BYTES),
    ):
        free = machine.free_bytes(folder)
        if free < needed:
            raise Trouble(
                f"Building llama.cpp and keeping the models takes {needed / GIGABYTE:.0f} GB, "
                f"and the disk of {folder} has {free / GIGABYTE:.1f} GB left."
            )


def has_display(platform: str, environ: Mapping[str, str]) -> bool:
    """Whether a window could open. macOS and Windows always have a display."""
    if platform in ("darwin", "win32") or environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def require_qt(project: Project, machine: Machine, *, offscreen: bool) -> None:
    """Open a Qt application and close it. Raise `Trouble` or `NoDisplay` where that fails."""
    # Qt names a library that its display plugin misses only when plugins are debugged.
    environment = {"QT_DEBUG_PLUGINS": "1"}
    if offscreen:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    probe = machine.run([str(project.python), "-c", _OPEN_QT], log=project.log, env=environment)
    if probe.code != 0:
        raise _explain_qt(probe, machine)


def _explain_qt(probe: Finished, machine: Machine) -> Exception:
    missing = _MISSING_LIBRARY.findall(probe.output)
    if not missing and "could not connect to display" in probe.output:
        return NoDisplay()
    # The last one named is of the platform that Qt tried last.
    sentence = (
        f"The window needs {missing[-1]}, and this system does not have it."
        if missing
        else "Qt cannot open a window here, most often because a system library is missing."
    )
    return Trouble(sentence, _command("qt", machine))


def _command(need: str, machine: Machine) -> str | None:
    return install_command(need, machine.platform, machine.which, is_root=machine.is_root)


def _has_visual_cpp(project: Project, machine: Machine) -> bool:
    if machine.which("cl"):
        return True
    vswhere = Path(machine.environ.get("ProgramFiles(x86)", "C:/Program Files (x86)"), _VSWHERE)
    if not vswhere.is_file():
        return False
    query = [str(vswhere), "-latest", "-products", "*", "-requires", _CPP_TOOLS]
    answer = machine.run([*query, "-property", "installationPath"], log=project.log)
    return bool(answer.output.strip())
