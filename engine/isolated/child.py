"""The engine's process: takes requests from its standard input, one session at most.

Only the main thread touches native objects. A second thread reads the requests, so that a cancel
and a ping get through while a pass runs, and so that the process ends when its parent is gone.
"""

import faulthandler
import logging
import os
import queue
import signal
import threading
import traceback
from typing import TYPE_CHECKING, BinaryIO

from engine.cancel import CancelToken
from engine.errors import Cancelled, OutriderError
from engine.isolated import wire
from engine.isolated.lock_down import lock_down
from engine.language import tr

if TYPE_CHECKING:
    from engine.session import Session

_log = logging.getLogger("outrider.child")

_INPUT, _OUTPUT, _ERRORS = range(3)
"""Descriptors. A program without a console may have no `sys.stdin`, but it has these."""


def main() -> None:
    """Serve until `Close`, or until the parent is gone."""
    requests, replies = _take_streams()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    faulthandler.enable()
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    lock_down()
    _Server(requests, replies).serve()


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for us alone: what native code prints goes to standard error."""
    requests = os.fdopen(os.dup(_INPUT), "rb")
    replies = os.fdopen(os.dup(_OUTPUT), "wb", buffering=0)
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - for its descriptor
        os.dup2(nothing.fileno(), _INPUT)
    os.dup2(_ERRORS, _OUTPUT)
    return requests, replies


class _Server:
    """One request after the other; `Cancel` and `Ping` out of turn."""

    def __init__(self, requests: BinaryIO, replies: BinaryIO) -> None:
        self._requests = requests
        self._replies = replies
        self._writing = threading.Lock()
        self._waiting: queue.SimpleQueue[tuple[wire.Request, CancelToken]] = queue.SimpleQueue()
        self._cancel = CancelToken()
        """Of the request that was read last."""
        self._session: Session | None = None

    def serve(self) -> None:
        """Until `Close`."""
        threading.Thread(target=self._read, name="requests", daemon=True).start()
        request: wire.Request | None = None
        while not isinstance(request, wire.Close):
            request, cancel = self._waiting.get()
            try:
                self._carry_out(request, cancel)
            except Cancelled:
                self._send(wire.Stopped())
            except OutriderError as error:
                self._send(wire.Failed.of(error))
            except Exception as error:  # noqa: BLE001 - a bug must end as a sentence
                _log.exception("The engine failed")
                detail = traceback.format_exc()
                unexpected = OutriderError(
                    tr("The engine failed: {error}.").format(error=error), detail=detail
                )
                self._send(wire.Failed.of(unexpected))

    def _read(self) -> None:
        try:
            for line in self._requests:
                self._hear(wire.decode_request(line))
        finally:
            # The parent is gone: nothing here is worth a clean end, and a pass could take minutes.
            os._exit(0)

    def _hear(self, request: wire.Request) -> None:
        match request:
            case wire.Cancel():
                self._cancel.cancel()
            case wire.Ping():
                self._send(wire.Pong())
            case _:
                self._cancel = CancelToken()
                self._waiting.put((request, self._cancel))

    def _carry_out(self, request: wire.Request, cancel: CancelToken) -> None:
        match request:
            case wire.Open(config):
                # Imported here: pings are answered while llama.cpp's libraries are still loading.
                from engine.session import Session  # noqa: PLC0415

                self._session = Session.open(config, progress=self._send, cancel=cancel)
                self._send(wire.Opened(self._session.info))
            case wire.Turn():
                self._answer(request, cancel)
            case wire.Use() | wire.LearnEarlier() | wire.Forget():
                self._tell(request)
                self._send(wire.Done())
            case wire.ReadCosts():
                self._send(self._loaded().costs)
            case wire.PlanPair(config, held):
                from engine.pair_plan import plan_after_freeing  # noqa: PLC0415 - as above

                self._send(wire.Planned(plan_after_freeing(config, held, cancel)))
            case wire.ReadDevices():
                from engine.llama.devices import own_devices  # noqa: PLC0415 - as above

                self._send(own_devices())
            case wire.Close():
                if self._session is not None:
                    self._session.close()
                self._send(wire.Done())

    def _tell(self, request: wire.Use | wire.LearnEarlier | wire.Forget) -> None:
        match request:
            case wire.Use(speculation):
                self._loaded().use(speculation)
            case wire.LearnEarlier(texts):
                self._loaded().learn_earlier(texts)
            case wire.Forget():
                self._loaded().forget()

    def _answer(self, turn: wire.Turn, cancel: CancelToken) -> None:
        events = self._loaded().turn(
            turn.messages,
            turn.sampling,
            cancel,
            turn_id=turn.turn_id,
            temporary=turn.temporary,
        )
        for event in events:
            self._send(event)

    def _loaded(self) -> "Session":
        if self._session is None:
            raise OutriderError(tr("No model is loaded."))
        return self._session

    def _send(self, reply: wire.Reply) -> None:
        line = wire.encode(reply)
        try:
            with self._writing:
                self._replies.write(line)
        except BrokenPipeError:
            os._exit(0)  # as in `_read`


if __name__ == "__main__":
    main()
