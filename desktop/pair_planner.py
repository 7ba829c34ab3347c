"""Memory plans in a thread of their own: the newest question counts, older ones are dropped."""

from functools import partial

from PySide6.QtCore import QObject, Qt, Signal

from desktop.engine_port import OpenRequest, Planner
from desktop.session_config import session_config
from desktop.worker import Worker
from engine.cancel import CancelToken
from engine.errors import Cancelled, OutriderError
from engine.isolated.planning import IsolatedPlanner
from engine.memory_plan.machine_facts import Held
from engine.memory_plan.values import MemoryPlan


class EnginePlanner:
    """The `Planner` over llama.cpp, which runs in a process of its own."""

    def __init__(self) -> None:
        self._planner = IsolatedPlanner()

    def plan(self, request: OpenRequest, held: Held, cancel: CancelToken) -> MemoryPlan:
        """See `Planner`."""
        return self._planner.plan(session_config(request), held, cancel=cancel)

    def close(self) -> None:
        """See `Planner`."""
        self._planner.close()


class PairPlanner(QObject):
    """Asks a `Planner` in the background.

    Signals (on the thread this object lives in):
        planned(OpenRequest, MemoryPlan)
        failed(OpenRequest, OutriderError): there is no plan, for instance for a file that is gone
    """

    planned = Signal(object, object)
    failed = Signal(object, object)
    _delivered = Signal(object, object)

    def __init__(self, planner: Planner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._planner = planner
        self._worker = Worker("plans")
        self._wanted: OpenRequest | None = None
        self._cancel = CancelToken()
        self._delivered.connect(self._receive, Qt.ConnectionType.QueuedConnection)

    def plan(self, request: OpenRequest, held: Held) -> None:
        """Plan `request` once what is `held` is free; earlier questions get no answer any more."""
        self._cancel.cancel()
        self._cancel = CancelToken()
        self._wanted = request
        self._worker.submit(partial(self._plan, request, held, self._cancel))

    def rest(self) -> None:
        """Nobody wants a plan for now: drop what is under way, and free what planning takes."""
        self._cancel.cancel()
        self._wanted = None
        self._worker.submit(self._planner.close)

    def shutdown(self, timeout: float) -> bool:
        """Drop what waits, and say whether the thread ended within `timeout` seconds."""
        self.rest()
        return self._worker.shutdown(timeout)

    def _plan(self, request: OpenRequest, held: Held, cancel: CancelToken) -> None:
        if cancel.cancelled:
            return
        try:
            self._delivered.emit(request, self._planner.plan(request, held, cancel))
        except Cancelled:
            return
        except OutriderError as error:
            self._delivered.emit(request, error)

    def _receive(self, request: OpenRequest, answer: MemoryPlan | OutriderError) -> None:
        if request != self._wanted:
            return
        if isinstance(answer, OutriderError):
            self.failed.emit(request, answer)
        else:
            self.planned.emit(request, answer)
