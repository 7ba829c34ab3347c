"""llama.cpp's back ends as modules: only those of our folder, and the best one for this CPU.

llama.cpp would look for them in the current directory as well, and run what it finds there. It
does so only while it has no back end, so ours are loaded before anything else is asked of it.
"""

import ctypes
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final, Protocol

from engine.errors import DeviceUnavailable

_MODULE: Final = re.compile(r"(?:lib)?ggml-(?P<name>[a-z0-9_-]+)\.(?:so|dll)")
_NOT_LOADED: Final = frozenset({"base", "rpc"})
"""ggml itself, and the back end that opens connections, which waits until a worker is added."""
_CPU: Final = "cpu"


@dataclass(frozen=True)
class UnusableBackend:
    """A back end that came along and does not work on this computer."""

    name: str
    reason: str


@dataclass(frozen=True)
class Backends:
    """What became of the modules; both are empty in a build that has its back ends linked."""

    loaded: tuple[str, ...] = ()
    """Names of their files: "vulkan", "cpu-haswell"."""
    unusable: tuple[UnusableBackend, ...] = ()


class Registry(Protocol):
    """ggml's list of back ends."""

    def is_empty(self) -> bool:
        """Whether no back end is known yet."""

    def score(self, module: Path) -> int:
        """How well this CPU can run a module; 0: not at all. Raises `OSError`."""

    def load(self, module: Path) -> int:
        """Make its devices known, and return how many it has. Raises `OSError`."""


def load_backends(folder: Path, registry: Registry) -> Backends:
    """Load the best module of each kind in `folder`, unless the build has its back ends linked.

    Raises `DeviceUnavailable`, with nothing loaded, where no module runs on this CPU.
    """
    if not registry.is_empty():
        return Backends()
    chosen = [_best(kind, modules, registry) for kind, modules in _by_kind(folder)]
    if not any(isinstance(choice, Path) and _kind(_name(choice)) == _CPU for choice in chosen):
        raise _no_cpu(folder, chosen)
    ended = [_load(choice, registry) if isinstance(choice, Path) else choice for choice in chosen]
    return Backends(
        loaded=tuple(end for end in ended if isinstance(end, str)),
        unusable=tuple(end for end in ended if isinstance(end, UnusableBackend)),
    )


def _no_cpu(folder: Path, chosen: Iterable[Path | UnusableBackend]) -> DeviceUnavailable:
    reasons = [f"{c.name}: {c.reason}" for c in chosen if isinstance(c, UnusableBackend)]
    return DeviceUnavailable(
        "No part of llama.cpp that came along runs on this CPU.",
        hint="Install Outrider again.",
        detail="\n".join(reasons) or f"no module in {folder}",
    )


def _by_kind(folder: Path) -> list[tuple[str, list[Path]]]:
    """The modules of each kind. The CPU comes last: ggml's order decides which device is first."""
    modules = [path for path in folder.iterdir() if _name(path) not in {"", *_NOT_LOADED}]

    def order(path: Path) -> tuple[bool, str, str]:
        kind = _kind(_name(path))
        return kind == _CPU, kind, path.name

    grouped = groupby(sorted(modules, key=order), key=lambda path: _kind(_name(path)))
    return [(kind, list(paths)) for kind, paths in grouped]


def _name(path: Path) -> str:
    """Such as "cpu-haswell"; "" for what is no module."""
    found = _MODULE.fullmatch(path.name)
    return found["name"] if found else ""


def _kind(name: str) -> str:
    return name.partition("-")[0]


def _best(kind: str, modules: Iterable[Path], registry: Registry) -> Path | UnusableBackend:
    """The module that suits this CPU best, or why there is none."""
    scores: dict[Path, int] = {}
    reason = "It is made for another processor."
    for module in modules:
        try:
            scores[module] = registry.score(module)
        except OSError as error:
            reason = str(error)
    best = max(scores, key=scores.__getitem__, default=None)
    return best if best and scores[best] else UnusableBackend(kind, reason)


def _load(module: Path, registry: Registry) -> str | UnusableBackend:
    """The module's name once its devices are known, or why they are not."""
    name = _name(module)
    try:
        devices = registry.load(module)
    except OSError as error:
        return UnusableBackend(name, str(error))
    return name if devices else UnusableBackend(name, "It finds no device.")


class GgmlRegistry:
    """The real one: `libraries` are ggml and ggml-base as libllama uses them."""

    def __init__(self, libraries: Sequence[ctypes.CDLL]) -> None:
        ggml, base = libraries
        self._count = ggml.ggml_backend_reg_count
        self._count.restype = ctypes.c_size_t
        self._load = ggml.ggml_backend_load
        self._load.restype, self._load.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
        self._devices = base.ggml_backend_reg_dev_count
        self._devices.restype, self._devices.argtypes = ctypes.c_size_t, [ctypes.c_void_p]

    def is_empty(self) -> bool:
        """Whether no back end is known yet."""
        return not self._count()

    def score(self, module: Path) -> int:
        """What the module says of this CPU; one that knows no CPUs runs on each. Raises `OSError`.

        It is opened for that: the reason why it cannot be is the system's.
        """
        ask = getattr(ctypes.CDLL(str(module)), "ggml_backend_score", None)
        return int(ask()) if ask else 1

    def load(self, module: Path) -> int:
        """Register it. Raises `OSError` where it refuses; the log says why."""
        registered = self._load(str(module).encode())
        if not registered:
            raise OSError(f"{module.name} does not start on this computer.")
        return int(self._devices(registered))
