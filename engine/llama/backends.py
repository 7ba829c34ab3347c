"""llama.cpp's back ends as modules: only those of our folder, and the best one for this CPU.

llama.cpp would look for them in the current directory as well, and run what it finds there. It
does so only while it has no back end, so ours are loaded before anything else is asked of it.
"""

import ctypes
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, Protocol

from engine.errors import DeviceUnavailable
from engine.language import tr
from engine.own_devices import Backends, UnusableBackend

_MODULE: Final = re.compile(r"(?:lib)?ggml-(?P<name>[a-z0-9_-]+)\.(?:so|dll)")
_NOT_LOADED: Final = frozenset({"base", "rpc"})
"""ggml itself, and the back end that opens connections, which waits until a worker is added."""
_CPU: Final = "cpu"


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
    kinds = _by_kind(folder)
    cpu = _load_best(_CPU, kinds.pop(_CPU, []), registry)
    if isinstance(cpu, UnusableBackend):
        raise DeviceUnavailable(
            tr("No part of llama.cpp that came along runs on this CPU."),
            hint=tr("Install Outrider again."),
            detail=f"{folder}: {cpu.reason}",
        )
    others = [_load_best(kind, modules, registry) for kind, modules in kinds.items()]
    return Backends(
        loaded=(cpu, *(name for name in others if isinstance(name, str))),
        unusable=tuple(failed for failed in others if isinstance(failed, UnusableBackend)),
    )


def _by_kind(folder: Path) -> dict[str, list[Path]]:
    """The modules in `folder`: those of one kind are alternatives."""
    kinds: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        name = _name(path)
        if name and name not in _NOT_LOADED:
            kinds.setdefault(name.partition("-")[0], []).append(path)
    return kinds


def _name(path: Path) -> str:
    """Such as "cpu-haswell"; "" for what is no module."""
    found = _MODULE.fullmatch(path.name)
    return found["name"] if found else ""


def _load_best(kind: str, modules: Iterable[Path], registry: Registry) -> str | UnusableBackend:
    """The name of the module that suits this CPU best, now loaded; or why there is none."""
    scores: dict[Path, int] = {}
    reason = tr("It is made for another processor.")
    for module in modules:
        try:
            scores[module] = registry.score(module)
        except OSError as error:
            reason = str(error)
    best = max(scores, key=scores.__getitem__, default=None)
    if best is None or not scores[best]:
        return UnusableBackend(kind, reason)
    try:
        devices = registry.load(best)
    except OSError as error:
        return UnusableBackend(kind, str(error))
    return _name(best) if devices else UnusableBackend(kind, tr("It finds no device."))


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
        try:
            opened = ctypes.CDLL(str(module))
        except OSError as error:
            # A frozen program says instead that the module itself may be missing.
            raise error.__cause__ if isinstance(error.__cause__, OSError) else error from None
        ask = getattr(opened, "ggml_backend_score", None)
        return int(ask()) if ask else 1

    def load(self, module: Path) -> int:
        """Register it. Raises `OSError` where it refuses; the log says why."""
        registered = self._load(str(module).encode())
        if not registered:
            raise OSError(tr("{name} does not start on this computer.").format(name=module.name))
        return int(self._devices(registered))
