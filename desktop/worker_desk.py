"""The RPC workers, for the window: kept in the settings, asked in a thread of their own."""

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal

from desktop.pair_model import PairModel, Phase
from desktop.rpc_workers import (
    WorkerState,
    endpoint_of,
    write_endpoints,
)
from desktop.settings import WORKERS, Settings
from desktop.worker import Worker
from engine.cancel import CancelToken
from engine.errors import Cancelled, OutriderError
from engine.rpc_worker import WorkerReport, probe


class Probe(Protocol):
    """Asks a worker; see `engine.rpc_worker.probe`."""

    def __call__(self, endpoint: str, *, cancel: CancelToken) -> WorkerReport:
        """Raises `OutriderError` and `Cancelled`."""


class WorkerDesk(QObject):
    """Adds, removes and asks workers. Nothing connects before somebody looks at them.

    Signals (on the thread this object lives in):
        changed: other workers, or something else is known of one
        failed(OutriderError): a change could not be saved
    """

    changed = Signal()
    failed = Signal(object)
    _answered = Signal(str, object)

    def __init__(
        self,
        settings: Settings,
        pair: PairModel,
        *,
        ask: Probe = probe,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._pair = pair
        self._probe = ask
        self._thread = Worker("workers")
        self._cancel = CancelToken()
        self._known: dict[str, WorkerReport | OutriderError] = {}
        self._answered.connect(self._receive, Qt.ConnectionType.QueuedConnection)
        pair.changed.connect(self._pair_changed)
        self._held = self._held_now()

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Their addresses, in the order in which they were added."""
        return self._pair.workers

    @property
    def states(self) -> Sequence[WorkerState]:
        """What is known of each."""
        return [self._state(endpoint) for endpoint in self.endpoints]

    @property
    def wants_loading(self) -> bool:
        """Whether what is loaded goes by other workers than these."""
        return self._pair.phase is Phase.READY and self._pair.waits_for_reload

    def add(self, typed: str) -> None:
        """Use the worker at an address from the next load on, and ask it. Raises `BadSetting`."""
        endpoint = endpoint_of(typed)
        if endpoint not in self.endpoints:
            self._store([*self.endpoints, endpoint])
        self.ask(endpoint)

    def remove(self, endpoint: str) -> None:
        """Do without a worker from the next load on."""
        self._known.pop(endpoint, None)
        self._store([other for other in self.endpoints if other != endpoint])

    def ask(self, endpoint: str) -> None:
        """Test the connection to a worker; one that serves us answers nobody."""
        if endpoint in self._held:
            return
        self._known.pop(endpoint, None)
        self._thread.submit(partial(self._ask, endpoint, self._cancel))
        self.changed.emit()

    def ask_all(self) -> None:
        """Test all of them."""
        for endpoint in self.endpoints:
            self.ask(endpoint)

    def load_again(self) -> None:
        """Load the pair, with the workers as they are chosen now."""
        self._pair.load()

    def shutdown(self, timeout: float) -> bool:
        """Drop what waits, and say whether the thread ended within `timeout` seconds."""
        self._cancel.cancel()
        return self._thread.shutdown(timeout)

    def _state(self, endpoint: str) -> WorkerState:
        if endpoint in self._held:
            return WorkerState(endpoint, held=self._held[endpoint])
        match self._known.get(endpoint):
            case WorkerReport() as report:
                return WorkerState(endpoint, report)
            case OutriderError() as error:
                return WorkerState(endpoint, trouble=error.sentence)
        return WorkerState(endpoint)

    def _store(self, endpoints: Sequence[str]) -> None:
        try:
            self._settings.set(WORKERS, write_endpoints(endpoints))
        except OutriderError as error:
            self.failed.emit(error)
        self.changed.emit()

    def _held_now(self) -> dict[str, tuple[int, ...]]:
        info = self._pair.info
        return dict(info.held.workers) if info else {}

    def _pair_changed(self) -> None:
        before, self._held = self._held, self._held_now()
        for endpoint in set(before) - set(self._held):
            self._known.pop(endpoint, None)
        self.changed.emit()

    def _ask(self, endpoint: str, cancel: CancelToken) -> None:
        if cancel.cancelled:
            return
        answer: WorkerReport | OutriderError
        try:
            answer = self._probe(endpoint, cancel=cancel)
        except Cancelled:
            return
        except OutriderError as error:
            answer = error
        self._answered.emit(endpoint, answer)

    def _receive(self, endpoint: str, answer: WorkerReport | OutriderError) -> None:
        if endpoint in self.endpoints:
            self._known[endpoint] = answer
            self.changed.emit()
