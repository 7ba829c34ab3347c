"""What differs between systems: the command that installs a missing piece, and handing over.

Parses on Python 3.5 and newer: bootstrap.py needs it to say how to get a newer one.
"""

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_INSTALL = {
    "apt": "apt install ",
    "dnf": "dnf install ",
    "pacman": "pacman -S ",
    "zypper": "zypper install ",
    "brew": "brew install ",
    "winget": "winget install ",
}

_LINUX_PROGRAMS = (("apt", "apt-get"), ("dnf", "dnf"), ("pacman", "pacman"), ("zypper", "zypper"))

_XCB_UTIL = "xcb-util-cursor xcb-util-wm xcb-util-image xcb-util-keysyms xcb-util-renderutil"
_LIBXCB = "libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0"

_PACKAGES = {
    "python": {
        "apt": "python3.11 python3.11-venv",
        "dnf": "python3.12",
        "pacman": "python",
        "zypper": "python312",
        "brew": "python@3.13",
        "winget": "Python.Python.3.13",
    },
    "venv": {
        "apt": "python" + ".".join(map(str, sys.version_info[:2])) + "-venv",
    },
    "compiler": {
        "apt": "build-essential",
        "dnf": "gcc-c++",
        "pacman": "base-devel",
        "zypper": "gcc-c++",
        "winget": "Microsoft.VisualStudio.2022.BuildTools --override "
        '"--passive --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended"',
    },
    "qt": {
        "apt": "libegl1 libgl1 libglib2.0-0 libdbus-1-3 libfontconfig1 fonts-dejavu-core "
        "libxkbcommon-x11-0 libwayland-cursor0 libxcb-shape0 libxcb-xkb1 " + _LIBXCB,
        "dnf": "mesa-libEGL mesa-libGL glib2 dbus-libs fontconfig dejavu-sans-fonts "
        "libxkbcommon-x11 libwayland-cursor " + _XCB_UTIL,
        "pacman": "libglvnd glib2 dbus fontconfig ttf-dejavu libxkbcommon-x11 wayland " + _XCB_UTIL,
        "zypper": "libEGL1 libGL1 libglib-2_0-0 libdbus-1-3 fontconfig dejavu-fonts "
        "libxkbcommon-x11-0 libwayland-cursor0 " + _LIBXCB,
    },
}


def install_command(
    need: str, platform: str, which: "Callable[[str], str | None]", *, is_root: bool
) -> "str | None":
    """Return the shell command that installs `need`, or None where we know none.

    `need` is "python", "venv", "compiler" or "qt"; `platform` is `sys.platform`'s word.
    """
    if platform == "darwin" and need == "compiler":
        return "xcode-select --install"
    manager = _package_manager(platform, which)
    packages = _PACKAGES[need].get(manager)
    if packages is None:
        return None
    sudo = "" if is_root or manager in ("brew", "winget") else "sudo "
    return sudo + _INSTALL[manager] + packages


def _package_manager(platform: str, which: "Callable[[str], str | None]") -> str:
    if platform == "darwin":
        return "brew"
    if platform == "win32":
        return "winget"
    return next((name for name, program in _LINUX_PROGRAMS if which(program)), "")


def is_root() -> bool:
    """Whether system packages can be installed without sudo."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def hand_over(command: "list[str]") -> int:
    """Become `command`: on Unix this process is replaced, on Windows it waits for the exit code.

    From here on Ctrl-C belongs to `command` alone.
    """
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(command[0], command)  # noqa: S606 (no shell is wanted)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.call(command)
