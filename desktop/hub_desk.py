"""The hub and its downloads, for the window: asked in threads of their own."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance

from desktop.hub_port import Downloads, HubPort
from desktop.worker import Worker
from engine.cancel import CancelToken
from engine.errors import Cancelled, ModelNotFound, OutriderError
from engine.language import tr

if TYPE_CHECKING:
    from engine.library.hub.download_state import Download
    from engine.library.hub.values import RemoteModel


class HubDesk(QObject):
    """Searches, looks into repositories, downloads. Nothing connects before it is asked for.

    Signals (on the thread this object lives in):
        searched(SearchPage)
        looked(RepoDetails)
        signed_in(str): the name of the person on the hub
        failed(OutriderError): a question that has no answer
        download_failed(OutriderError): a download that could not begin
        changed: `shown` is other downloads now
        arrived(Path): a model was downloaded, its first file
    """

    searched = Signal(object)
    looked = Signal(object)
    signed_in = Signal(object)
    failed = Signal(object)
    download_failed = Signal(object)
    changed = Signal()
    arrived = Signal(object)
    _answered = Signal(object, object)
    _refused = Signal(object, object)
    _noticed = Signal()
    _not_begun = Signal(object)

    def __init__(self, hub: HubPort, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._questions = Worker("hub")
        self._work = Worker("downloads")
        self._asked = CancelToken()
        self._queue: Downloads | None = None
        self._done: set[str] = set()
        self.shown: tuple[Download, ...] = ()
        queued = Qt.ConnectionType.QueuedConnection
        self._answered.connect(self._pass_on, queued)
        self._refused.connect(self._pass_refusal_on, queued)
        self._noticed.connect(self._look_at_queue, queued)
        self._not_begun.connect(self.download_failed, queued)

    def search(self, text: str, most_parameters: int | None = None) -> None:
        """Ask for repositories; what was asked before gets no answer any more."""
        self._ask(partial(self._hub.search, text, most_parameters), self.searched)

    def look_into(self, repo: str) -> None:
        """Ask what a repository holds; as `search`."""
        self._ask(partial(self._hub.details, repo), self.looked)

    def sign_in(self, token: str) -> None:
        """Keep a token for gated models, if the hub knows it; as `search`."""
        self._ask(lambda _cancel: self._hub.sign_in(token), self.signed_in)

    def read_unfinished(self) -> None:
        """Show what is unfinished since an earlier start. Connects to nothing."""
        self._work.submit(lambda: self._with_queue(lambda _queue: self._noticed.emit()))

    def download(self, model: "RemoteModel") -> None:
        """Queue a model."""
        self._change(lambda queue: queue.add(model))

    def download_named(self, repo: str, file_name: str) -> None:
        """Ask the hub for a file of a repository and queue it."""

        def begin(queue: Downloads) -> None:
            details = self._hub.details(repo, CancelToken())
            found = [model for model in details.models if model.name == file_name]
            if not found:
                raise ModelNotFound(
                    tr("{repo} does not hold {file_name} any more.").format(
                        repo=repo, file_name=file_name
                    )
                )
            queue.add(found[0])

        self._change(begin)

    def pause(self, id_: str) -> None:
        """Stop a download; what has arrived stays."""
        self._change(lambda queue: queue.pause(id_))

    def resume(self, id_: str) -> None:
        """Go on with a download that is paused or has failed."""
        self._change(lambda queue: queue.resume(id_))

    def remove(self, id_: str) -> None:
        """Throw away what has arrived; a finished model stays."""
        self._change(lambda queue: queue.remove(id_))

    def shutdown(self, timeout: float) -> bool:
        """Stop everything, and say whether the threads ended within `timeout` seconds.

        Downloads go on from where they are at another start.
        """
        self._asked.cancel()
        self._work.submit(self._close)
        ended = self._work.shutdown(timeout)
        return self._questions.shutdown(timeout) and ended

    # In the threads

    def _ask(self, question: Callable[[CancelToken], object], answer: SignalInstance) -> None:
        self._asked.cancel()
        cancel = self._asked = CancelToken()

        def ask() -> None:
            if cancel.cancelled:
                return
            try:
                self._answered.emit(cancel, (answer, question(cancel)))
            except Cancelled:
                return
            except OutriderError as error:
                self._refused.emit(cancel, error)

        self._questions.submit(ask)

    def _change(self, change: Callable[[Downloads], object]) -> None:
        self._work.submit(lambda: self._with_queue(change))

    def _with_queue(self, change: Callable[[Downloads], object]) -> None:
        try:
            if self._queue is None:
                self._queue = self._hub.downloads(self._noticed.emit)
            change(self._queue)
        except OutriderError as error:
            self._not_begun.emit(error)

    def _close(self) -> None:
        if self._queue is not None:
            self._queue.close()

    # Back on the window's thread

    def _pass_on(self, cancel: CancelToken, answer: tuple[SignalInstance, object]) -> None:
        if cancel is self._asked:
            signal, value = answer
            signal.emit(value)

    def _pass_refusal_on(self, cancel: CancelToken, error: OutriderError) -> None:
        if cancel is self._asked:
            self.failed.emit(error)

    def _look_at_queue(self) -> None:
        if self._queue is None:
            return
        self.shown = self._queue.snapshot()
        self.changed.emit()
        for download in self.shown:
            if download.path is not None and download.id not in self._done:
                self._done.add(download.id)
                self.arrived.emit(download.path)
