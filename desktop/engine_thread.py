"""The only seam between Qt and the engine.

One thread owns the session and with it every native object. Work goes in as method calls,
results come out as signals on the window's thread. Each load and each turn has an id; what
belongs to an older one is dropped here, so nobody else has to compare ids.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

from PySide6.QtCore import QObject, Signal

from desktop.engine_deliveries import (
    OF_SESSION,
    Delivery,
    Died,
    LoadEnded,
    Ready,
    TurnFailed,
    unexpected,
)
from desktop.engine_port import EngineSession, Opener, OpenRequest
from desktop.inbox import Inbox
from desktop.memory_watch import MemoryWatch
from desktop.session_config import session_config
from desktop.worker import Worker
from engine.cancel import CancelToken
from engine.config import SamplingConfig, SpeculationConfig
from engine.errors import Cancelled, EngineDied, OutriderError
from engine.events import ChatMessage, LoadProgress, TurnFinished
from engine.isolated.session import IsolatedSession
from engine.language import tr


@dataclass(frozen=True)
class _Work:
    """One load or turn under way: whatever arrives with another id is stale."""

    id: int
    cancel: CancelToken = field(default_factory=CancelToken)


class EngineThread(QObject):
    """Loads a pair and answers messages in a thread of its own.

    Signals (all on the thread this object lives in):
        load_progressed(LoadProgress)
        loaded(SessionInfo)
        load_failed(OutriderError)
        load_stopped(): the person stopped the loading
        turn_event(Event): of the current turn only
        turn_dropped(int): nothing more of this turn arrives: it was stopped, or another one began
        turn_failed(OutriderError)
        use_failed(OutriderError): the engine goes on with the former mode and budget
        memory_short: the turn is being stopped for want of memory
        taken: all that had arrived was told; once a frame where much arrives
        died(EngineDied): nothing is loaded any more, and the turn under way has ended
    """

    load_progressed = Signal(object)
    loaded = Signal(object)
    load_failed = Signal(object)
    load_stopped = Signal()
    turn_event = Signal(object)
    turn_dropped = Signal(int)
    turn_failed = Signal(object)
    use_failed = Signal(object)
    memory_short = Signal()
    taken = Signal()
    died = Signal(object)

    def __init__(self, opener: Opener, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._opener = opener
        self._worker = Worker("engine")
        self._memory = MemoryWatch(parent=self)
        self._memory.short.connect(self._stop_for_memory)
        self._ids = count(1)
        self._load: _Work | None = None
        self._turn: _Work | None = None
        self._session: EngineSession | None = None  # touched by the worker only
        self._inbox = Inbox(self._receive, self.taken.emit, self)

    # Called on the window's thread

    def open(self, request: OpenRequest) -> None:
        """Load a pair in place of the present one. Abandons the load and the turn under way."""
        self.stop_turn()
        if self._load:
            self._load.cancel.cancel()
        work = self._load = _Work(next(self._ids))
        self._worker.submit(lambda: self._open(work, request))

    def stop_load(self) -> None:
        """Ask the load under way to stop; `load_stopped` follows."""
        if self._load:
            self._load.cancel.cancel()

    def start_turn(
        self,
        messages: Sequence[ChatMessage],
        sampling: SamplingConfig,
        *,
        temporary: bool = False,
    ) -> int:
        """Answer `messages`; the turn's id. A former turn is stopped first.

        Nothing of a `temporary` conversation is left on the disk.
        """
        self.stop_turn()
        work = self._turn = _Work(next(self._ids))
        self._memory.start()
        history = tuple(messages)
        self._worker.submit(lambda: self._answer(work, history, sampling, temporary=temporary))
        return work.id

    def stop_turn(self) -> None:
        """Stop the turn under way: nothing of it arrives any more from now on."""
        if self._turn:
            dropped = self._turn.id
            self._turn.cancel.cancel()
            self._forget_turn()
            self.turn_dropped.emit(dropped)

    def use(self, speculation: SpeculationConfig) -> None:
        """Switch mode or budget from the next turn on."""
        self._worker.submit(lambda: self._tell(lambda session: session.use(speculation)))

    def learn_earlier(self, texts: Sequence[str]) -> None:
        """Let guesses come from these texts too, oldest first, instead of those known so far."""
        self._worker.submit(lambda: self._tell(lambda session: session.learn_earlier(texts)))

    def run_alone(self, job: Callable[[], None]) -> None:
        """Free what is loaded, then run `job` in this thread: it has the memory to itself."""
        self.stop_turn()
        self.stop_load()
        self._worker.submit(self._close)
        self._worker.submit(job)

    def shutdown(self, timeout: float) -> bool:
        """Stop everything, close the session, and say whether the thread ended in `timeout` s."""
        self.stop_turn()
        self.stop_load()
        self._load = None
        self._worker.submit(self._close)
        return self._worker.shutdown(timeout)

    # Called on the engine's thread

    def _open(self, work: _Work, request: OpenRequest) -> None:
        def report(progress: LoadProgress) -> None:
            self._deliver(work.id, progress)

        outcome: Ready | LoadEnded
        try:
            work.cancel.check()
            self._close()
            session = self._opener(request, progress=report, cancel=work.cancel)
            self._session = session
            session.when_over(lambda: self._worker.submit(lambda: self._look_at(session)))
            outcome = Ready(session.info)
        except Cancelled:
            outcome = LoadEnded(None)
        except OutriderError as error:
            outcome = LoadEnded(error)
        except Exception as error:  # noqa: BLE001 a bug must end as a sentence, not as silence
            outcome = LoadEnded(unexpected(tr("The engine stopped while loading."), error))
        self._deliver(work.id, outcome)

    def _answer(
        self,
        work: _Work,
        messages: tuple[ChatMessage, ...],
        sampling: SamplingConfig,
        *,
        temporary: bool,
    ) -> None:
        if self._session is None:
            self._deliver(work.id, TurnFailed(OutriderError(tr("No model is loaded."))))
            return
        try:
            events = self._session.turn(
                messages, sampling, work.cancel, turn_id=work.id, temporary=temporary
            )
            for event in events:
                self._deliver(work.id, event)
        except EngineDied as error:
            self._bury(error)
        except OutriderError as error:
            self._deliver(work.id, TurnFailed(error))
        except Exception as error:  # noqa: BLE001 a bug must end as a sentence, not as silence
            failure = unexpected(tr("The engine stopped while answering."), error)
            self._deliver(work.id, TurnFailed(failure))

    def _deliver(self, work_id: int, delivery: Delivery) -> None:
        self._inbox.put((work_id, delivery))

    def _tell(self, say: Callable[[EngineSession], None]) -> None:
        try:
            if self._session:
                say(self._session)
        except EngineDied as error:
            self._bury(error)
        except OutriderError as error:
            self.use_failed.emit(error)

    def _look_at(self, session: EngineSession) -> None:
        """It has ended; whether because it was closed, or of itself while nobody asked for it."""
        if session is not self._session:
            return
        try:
            session.require_alive()
        except EngineDied as error:
            self._bury(error)

    def _bury(self, error: EngineDied) -> None:
        self._close()
        self._deliver(OF_SESSION, Died(error))

    def _close(self) -> None:
        if self._session:
            session, self._session = self._session, None
            session.close()

    # Back on the window's thread

    def _receive(self, delivered: tuple[int, Delivery]) -> None:
        work_id, delivery = delivered
        if isinstance(delivery, Died):
            self._receive_death(delivery.error)
        elif self._load and work_id == self._load.id:
            self._receive_load(delivery)
        elif self._turn and work_id == self._turn.id:
            self._receive_turn(delivery)

    def _receive_load(self, delivery: Delivery) -> None:
        match delivery:
            case Ready(info):
                self._load = None
                self.loaded.emit(info)
            case LoadEnded(None):
                self._load = None
                self.load_stopped.emit()
            case LoadEnded(error):
                self._load = None
                self.load_failed.emit(error)
            case _:
                self.load_progressed.emit(delivery)

    def _receive_death(self, error: EngineDied) -> None:
        """Whichever turn noticed it, a waiting one has no engine either; a load brings another."""
        self._forget_turn()
        if not self._load:
            self.died.emit(error)

    def _receive_turn(self, delivery: Delivery) -> None:
        if isinstance(delivery, TurnFailed | TurnFinished):
            self._forget_turn()
        match delivery:
            case TurnFailed(error):
                self.turn_failed.emit(error)
            case _:
                self.turn_event.emit(delivery)

    def _forget_turn(self) -> None:
        self._turn = None
        self._memory.stop()

    def _stop_for_memory(self) -> None:
        """As the person would, but its end is waited for: that has the figures."""
        if self._turn:
            self._turn.cancel.cancel()
            self.memory_short.emit()


def open_session(
    request: OpenRequest, *, progress: Callable[[LoadProgress], None], cancel: CancelToken
) -> EngineSession:
    """The `Opener` over llama.cpp, which runs in a process of its own."""
    return IsolatedSession.open(session_config(request), progress=progress, cancel=cancel)
