"""Finding, judging and ranking model files in a thread of their own: headers take their time."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, Signal

from desktop.worker import Worker
from engine.cancel import CancelToken
from engine.config import SelfDraft
from engine.errors import Cancelled, OutriderError

if TYPE_CHECKING:
    from engine.library.drafts import RankedDraft
    from engine.library.listing import ListedModel

Progress = Callable[[int, int], None]
"""How many files of how many are done."""


@dataclass(frozen=True)
class FoundModel:
    """One file as the dialog shows it. `refusal` says why it cannot be used; "" if it can."""

    path: Path
    name: str
    quantization: str = ""
    size_bytes: int = 0
    context_length: int = 0
    refusal: str = ""
    architecture: str = ""
    parameters: int = 0
    licence: str = ""
    store: str = ""
    """The app that keeps it."""
    origin: str = ""
    """The repository it came from."""
    offline: bool = False
    """Its folder is not there now; then `refusal` says so."""


@dataclass(frozen=True)
class Verdict:
    """Whether a draft can guess for a target, and why."""

    compatible: bool
    sentence: str


class Library(Protocol):
    """Reads model files. Slow; called in the scanning thread only."""

    def models(self, on_progress: Progress, cancel: CancelToken) -> list[FoundModel]:
        """Every model on the person's shelf. Raises `Cancelled` and `OutriderError`."""

    def describe(self, path: Path) -> FoundModel:
        """One file, wherever it is; a bad one is described too."""

    def judge(self, target: Path, draft: Path) -> Verdict:
        """Whether `draft` can guess for `target`."""

    def rank(self, target: Path) -> "list[RankedDraft]":
        """Every model that was found as a draft for `target`, the most promising first.

        Raises `ModelNotFound` for a target that vanished.
        """


class LocalLibrary:
    """The real `Library`. The engine's modules are imported in the scanning thread."""

    def __init__(self) -> None:
        self._listed: dict[Path, ListedModel] = {}

    def models(self, on_progress: Progress, cancel: CancelToken) -> list[FoundModel]:
        """See `Library`."""
        from engine.library.models import list_library  # noqa: PLC0415

        library = list_library(on_progress=on_progress, cancel=cancel)
        self._listed = {model.path: model for model in library.models}
        return [_found(model) for model in library.models]

    def describe(self, path: Path) -> FoundModel:
        """See `Library`."""
        return _found(self._known(path))

    def judge(self, target: Path, draft: Path) -> Verdict:
        """See `Library`."""
        from engine.library.drafts import judge_pair  # noqa: PLC0415
        from engine.library.scan_cache import ScanCache  # noqa: PLC0415

        with ScanCache() as cache:
            verdict = judge_pair(self._known(target), self._known(draft), cache)
        return Verdict(verdict.compatible, verdict.sentence)

    def rank(self, target: Path) -> "list[RankedDraft]":
        """See `Library`."""
        from engine.library.drafts import rank_drafts  # noqa: PLC0415
        from engine.library.expected_speed import regime_of  # noqa: PLC0415
        from engine.library.scan_cache import ScanCache  # noqa: PLC0415
        from engine.machine import available_memory  # noqa: PLC0415
        from engine.measured_pairs import measured_speedups  # noqa: PLC0415

        chosen = self._known(target)
        size = chosen.info.size_bytes if chosen.info else 0
        usable = [model.path for model in self._listed.values() if model.usable]
        with ScanCache() as cache:
            return rank_drafts(
                chosen,
                self._listed.values(),
                cache,
                regime=regime_of(size, available_memory()),
                measured=measured_speedups(target, [SelfDraft(), *usable]),
            )

    def _known(self, path: Path) -> "ListedModel":
        from engine.library.listing import read_model  # noqa: PLC0415
        from engine.library.stores.found import FoundFile  # noqa: PLC0415

        if path not in self._listed:
            self._listed[path] = read_model(FoundFile(path, path.stem))
        return self._listed[path]


class ModelScan(QObject):
    """Asks a `Library` in the background.

    Signals (on the thread this object lives in):
        found(list[FoundModel]): everything on the shelf, and the extra files
        progressed(int, int): files that are done, of how many
        failed(OutriderError): the shelf cannot be read (the extra files are found), or a target
        judged(Path, Path, Verdict): target, draft, verdict
        ranked(Path, list[RankedDraft]): target, its drafts
    """

    found = Signal(object)
    progressed = Signal(int, int)
    failed = Signal(object)
    judged = Signal(object, object, object)
    ranked = Signal(object, object)
    _found = Signal(object)
    _progressed = Signal(int, int)
    _failed = Signal(object)
    _judged = Signal(object, object, object)
    _ranked = Signal(object, object)

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._worker = Worker("models")
        self._target: Path | None = None
        self._cancel = CancelToken()
        queued = Qt.ConnectionType.QueuedConnection
        self._found.connect(self.found, queued)
        self._progressed.connect(self.progressed, queued)
        self._failed.connect(self.failed, queued)
        self._judged.connect(self._pass_verdict_on, queued)
        self._ranked.connect(self._pass_ranking_on, queued)

    def scan(self, extra: Sequence[Path]) -> None:
        """List the shelf, and the files `extra` wherever they are; a search that runs is ended."""
        self._cancel.cancel()
        self._cancel = CancelToken()
        self._worker.submit(partial(self._scan, tuple(extra), self._cancel))

    def judge(self, target: Path, drafts: Sequence[Path]) -> None:
        """Judge each draft for `target`; verdicts for a former target are dropped."""
        self._target = target
        for draft in drafts:
            self._worker.submit(partial(self._judge, target, draft))

    def rank(self, target: Path) -> None:
        """Rank all drafts for `target`; the ranking of a former target is dropped."""
        self._target = target
        self._worker.submit(partial(self._rank, target))

    def shutdown(self, timeout: float) -> bool:
        """Drop what waits, and say whether the thread ended within `timeout` seconds."""
        self._target = None
        self._cancel.cancel()
        return self._worker.shutdown(timeout)

    def _scan(self, extra: tuple[Path, ...], cancel: CancelToken) -> None:
        try:
            models = self._library.models(self._progressed.emit, cancel)
        except Cancelled:
            return
        except OutriderError as error:
            self._failed.emit(error)
            models = []
        known = {model.path for model in models}
        models += [
            self._library.describe(path) for path in dict.fromkeys(extra) if path not in known
        ]
        self._found.emit(models)

    def _judge(self, target: Path, draft: Path) -> None:
        if target == self._target:
            self._judged.emit(target, draft, self._library.judge(target, draft))

    def _rank(self, target: Path) -> None:
        if target != self._target:
            return
        try:
            drafts = self._library.rank(target)
        except OutriderError as error:
            self._failed.emit(error)
        else:
            self._ranked.emit(target, drafts)

    def _pass_verdict_on(self, target: Path, draft: Path, verdict: Verdict) -> None:
        if target == self._target:
            self.judged.emit(target, draft, verdict)

    def _pass_ranking_on(self, target: Path, drafts: "list[RankedDraft]") -> None:
        if target == self._target:
            self.ranked.emit(target, drafts)


def _found(model: "ListedModel") -> FoundModel:
    refusal = model.refusal or ("Its folder is not there now." if model.offline else "")
    found = FoundModel(
        path=model.path,
        name=model.title,
        refusal=refusal,
        store=model.store,
        origin=model.origin,
        offline=model.offline,
    )
    if model.info is None:
        return replace(found, size_bytes=_size(model.path))
    return replace(
        found,
        quantization=model.info.quantization,
        size_bytes=model.info.size_bytes,
        context_length=model.info.context_length,
        architecture=model.info.architecture,
        parameters=model.info.parameters,
        licence=model.info.licence,
    )


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0
