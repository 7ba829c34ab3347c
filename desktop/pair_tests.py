"""Tests of pairs, one at a time: for each of them the engine frees what it has loaded."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from desktop.engine_port import OpenRequest, PairTester
from desktop.engine_thread import EngineThread
from desktop.pair_model import PairModel
from desktop.session_config import session_config
from desktop.worker import Worker
from engine.cancel import CancelToken
from engine.config import SamplingConfig
from engine.errors import Cancelled, OutriderError
from engine.events import LoadProgress
from engine.isolated.session import IsolatedSession

if TYPE_CHECKING:
    from engine.tested_pairs import PairTest, PairTestProgress


class EnginePairTester:
    """The `PairTester` over llama.cpp, which runs in a process of its own."""

    def test(
        self,
        request: OpenRequest,
        sampling: SamplingConfig,
        progress: Callable[["LoadProgress | PairTestProgress"], None],
        cancel: CancelToken,
    ) -> "PairTest":
        """See `PairTester`."""
        from engine.bench.pair_test import run_pair_test  # noqa: PLC0415 - wanted rarely

        return run_pair_test(
            session_config(request),
            IsolatedSession.open,
            sampling,
            progress=progress,
            cancel=cancel,
        )

    def recall(self, request: OpenRequest) -> "PairTest | None":
        """See `PairTester`."""
        from engine.tested_pairs import draft_of, last_test  # noqa: PLC0415

        config = session_config(request)
        return last_test(config.target.path, draft_of(config))


class PairTests(QObject):
    """Runs a `PairTester` in the engine's thread, and loads again what was loaded before.

    Signals (on the thread this object lives in):
        progressed(LoadProgress or PairTestProgress)
        tested(OpenRequest, PairTest)
        failed(OutriderError)
        ended: tested, failed or stopped
        recalled(OpenRequest, PairTest or None): what an earlier test of the pair found
    """

    progressed = Signal(object)
    tested = Signal(object, object)
    failed = Signal(object)
    ended = Signal()
    recalled = Signal(object, object)
    _progressed = Signal(object)
    _finished = Signal(object, object)
    _recalled = Signal(object, object)

    def __init__(
        self,
        engine: EngineThread,
        pair: PairModel,
        tester: PairTester,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._pair = pair
        self._tester = tester
        self._reader = Worker("pair tests")
        self._cancel: CancelToken | None = None
        """Of the test that runs."""
        queued = Qt.ConnectionType.QueuedConnection
        self._progressed.connect(self.progressed, queued)
        self._finished.connect(self._finish, queued)
        self._recalled.connect(self.recalled, queued)

    @property
    def is_running(self) -> bool:
        """Whether a test runs."""
        return self._cancel is not None

    def test(self, request: OpenRequest) -> None:
        """Test the pair of `request`; what is loaded goes until that is over."""
        if self._cancel is None:
            self._cancel = CancelToken()
            self._pair.set_aside()
            job = partial(self._test, request, self._pair.sampling, self._cancel)
            self._engine.run_alone(job)

    def stop(self) -> None:
        """Ask the test to stop; `ended` follows."""
        if self._cancel is not None:
            self._cancel.cancel()

    def recall(self, request: OpenRequest) -> None:
        """Look up what an earlier test of the pair found."""
        self._reader.submit(partial(self._recall, request))

    def shutdown(self, timeout: float) -> bool:
        """Stop the test; say whether nothing is read any more within `timeout` seconds."""
        self.stop()
        return self._reader.shutdown(timeout)

    def _test(self, request: OpenRequest, sampling: SamplingConfig, cancel: CancelToken) -> None:
        outcome: PairTest | OutriderError | None = None
        try:
            cancel.check()
            outcome = self._tester.test(request, sampling, self._progressed.emit, cancel)
        except Cancelled:
            outcome = None
        except OutriderError as error:
            outcome = error
        finally:
            self._finished.emit(request, outcome)

    def _recall(self, request: OpenRequest) -> None:
        try:
            self._recalled.emit(request, self._tester.recall(request))
        except OutriderError:  # a file is gone, and the plan says so
            self._recalled.emit(request, None)

    def _finish(self, request: OpenRequest, outcome: "PairTest | OutriderError | None") -> None:
        self._cancel = None
        self._pair.take_back()
        self.ended.emit()
        if isinstance(outcome, OutriderError):
            self.failed.emit(outcome)
        elif outcome is not None:
            self.tested.emit(request, outcome)
