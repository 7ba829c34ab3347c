"""Finding and judging model files in a thread of their own: a header takes up to a second."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal

from desktop.worker import Worker
from engine.errors import OutriderError


@dataclass(frozen=True)
class FoundModel:
    """One file as the dialog shows it. `refusal` says why it cannot be used; "" if it can."""

    path: Path
    name: str
    quantization: str = ""
    size_bytes: int = 0
    context_length: int = 0
    refusal: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether a draft can guess for a target, and why."""

    compatible: bool
    sentence: str


class Library(Protocol):
    """Reads model files. Slow; called in the scanning thread only."""

    def models(self) -> list[FoundModel]:
        """What the models folder holds."""

    def describe(self, path: Path) -> FoundModel:
        """One file, wherever it is; a bad one is described too."""

    def judge(self, target: Path, draft: Path) -> Verdict:
        """Whether `draft` can guess for `target`. Raises `OutriderError`."""


class LocalLibrary:
    """The real `Library`. The engine's modules are imported in the scanning thread."""

    def models(self) -> list[FoundModel]:
        """See `Library`."""
        from engine.library.models import list_models  # noqa: PLC0415

        return [self.describe(listed.path) for listed in list_models()]

    def describe(self, path: Path) -> FoundModel:
        """See `Library`."""
        from engine.library.metadata import inspect_model  # noqa: PLC0415

        try:
            info = inspect_model(path)
        except OutriderError as error:
            return FoundModel(path, path.stem, size_bytes=_size(path), refusal=error.message)
        return FoundModel(
            path=path,
            name=path.stem,
            quantization=info.quantization,
            size_bytes=info.size_bytes,
            context_length=info.context_length,
            refusal=info.refusal,
        )

    def judge(self, target: Path, draft: Path) -> Verdict:
        """See `Library`."""
        from engine.library.pair import check_pair  # noqa: PLC0415

        verdict = check_pair(target, draft)
        return Verdict(verdict.compatible, verdict.sentence)


class ModelScan(QObject):
    """Asks a `Library` in the background.

    Signals (on the thread this object lives in):
        found(list[FoundModel]): the models folder and the extra files
        judged(Path, Path, Verdict): target, draft, verdict
    """

    found = Signal(object)
    judged = Signal(object, object, object)
    _found = Signal(object)
    _judged = Signal(object, object, object)

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._worker = Worker("models")
        self._target: Path | None = None
        self._found.connect(self.found, Qt.ConnectionType.QueuedConnection)
        self._judged.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)

    def scan(self, extra: Sequence[Path]) -> None:
        """List the models folder, and the files `extra` wherever they are."""
        files = tuple(extra)
        self._worker.submit(lambda: self._scan(files))

    def judge(self, target: Path, drafts: Sequence[Path]) -> None:
        """Judge each draft for `target`; verdicts for a former target are dropped."""
        self._target = target
        for draft in drafts:
            self._worker.submit(partial(self._judge, target, draft))

    def shutdown(self, timeout: float) -> bool:
        """Drop what waits, and say whether the thread ended within `timeout` seconds."""
        self._target = None
        return self._worker.shutdown(timeout)

    def _scan(self, extra: tuple[Path, ...]) -> None:
        models = self._library.models()
        known = {model.path for model in models}
        models += [
            self._library.describe(path) for path in dict.fromkeys(extra) if path not in known
        ]
        self._found.emit(models)

    def _judge(self, target: Path, draft: Path) -> None:
        if target != self._target:
            return
        try:
            verdict = self._library.judge(target, draft)
        except OutriderError as error:
            verdict = Verdict(compatible=False, sentence=error.message)
        self._judged.emit(target, draft, verdict)

    def _pass_on(self, target: Path, draft: Path, verdict: Verdict) -> None:
        if target == self._target:
            self.judged.emit(target, draft, verdict)


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0
