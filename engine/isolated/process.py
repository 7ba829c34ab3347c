"""The parent's side of the engine's process: start, talk, notice its death."""

import logging
import os
import queue
import re
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, cast

import engine
from engine.errors import EngineDied, WorkerLost
from engine.frozen import ENGINE_PROCESS, is_frozen
from engine.isolated import wire
from engine.isolated.causes import explain
from engine.language import tr
from engine.rpc_worker import listens

_log = logging.getLogger("outrider.isolated")

_END_SECONDS: Final = 5.0
"""Until a process whose pipes are closed has ended, too."""
_LONGEST_REPLY: Final = 16 << 20
"""Bytes of one line. A process that says more is not ours any more."""
_LONGEST_COMPLAINT: Final = 2000
_LAST_WORDS: Final = 30
_STACKS_FOLLOW: Final = ("Fatal Python error: ", "Windows fatal exception: ")
"""How faulthandler begins."""
_SECRET: Final = re.compile(
    r"TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|COOKIE|AUTH|_KEY|KEY_|APIKEY|_PROXY$"
    r"|^DBUS_|^LLAMA_CPP_LIB_PATH$|^GGML_BACKEND_PATH$",
    re.IGNORECASE,
)
"""Variables that the process that opens model files does not get: secrets and the ways to them,
proxies (addresses with passwords, and it needs no network), other libraries than ours."""


class EngineProcess:
    """A running `engine.isolated.child`. Used by one thread.

    Neither `send` nor `receive` ever waits for a process that does not go on. `workers` are the
    addresses of RPC workers that it computes with: the process says why it died, but not by which.
    """

    def __init__(self, workers: Sequence[str] = ()) -> None:
        self._workers = workers
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            _command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(dict(os.environ)),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._death: EngineDied | None = None
        self._said_all: Future[None] = Future()
        """Done once it will say nothing more, because it has ended."""
        self._last_words: deque[str] = deque(maxlen=_LAST_WORDS)
        self._requests: queue.SimpleQueue[wire.Request | None] = queue.SimpleQueue()
        self._replies: queue.SimpleQueue[wire.Reply | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=run, name=f"engine {name}", daemon=True)
            for name, run in (
                ("requests", self._write),
                ("replies", self._read),
                ("complaints", self._listen),
            )
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def send(self, request: wire.Request) -> None:
        """Put a request on its way. Where the process is dead, `receive` says so."""
        self._requests.put(request)

    def receive(self, timeout: float) -> wire.Reply | None:
        """The next reply; None if there was none in `timeout` seconds. Raises `EngineDied`."""
        try:
            reply = self._replies.get(timeout=timeout)
        except queue.Empty:
            return None
        if reply is None:
            self._replies.put(None)  # for whoever asks again
            raise self._why_dead()
        return reply

    def when_over(self, tell: Callable[[], None]) -> None:
        """Call `tell` as soon as it has ended, however that happens, from a thread of our own."""
        self._said_all.add_done_callback(lambda _: tell())

    def end(self, why: EngineDied) -> None:
        """End it now, whatever it does; `receive` raises `why` once it has given out the rest."""
        self._death = self._death or why
        self._process.kill()

    def close(self) -> None:
        """Free everything; a process that still runs is ended."""
        self._process.kill()
        self._process.wait()
        self._requests.put(None)
        for thread in self._threads:
            thread.join()

    def _why_dead(self) -> EngineDied:
        if self._death is None:
            self._death = self._examine()
            _log.error("%s %s", self._death.message, self._death.detail)
        return self._death

    def _examine(self) -> EngineDied:
        *_, complaints = self._threads
        complaints.join(_END_SECONDS)
        try:
            code = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:  # it closed its pipes, and does not end
            self._process.kill()
            code = 0
        death = explain(code, list(self._last_words))
        return self._by_worker(death) if isinstance(death, WorkerLost) else death

    def _by_worker(self, lost: WorkerLost) -> WorkerLost:
        """The same with the workers that are gone now."""
        gone = [endpoint for endpoint in self._workers if not listens(endpoint)]
        if not gone:
            return lost
        message = tr("The connection to the worker at {gone} broke.").format(
            gone=tr(" and ").join(gone)
        )
        return WorkerLost(message, hint=lost.hint, detail=lost.detail)

    # In threads of their own. With pipes asked for, there are some.

    def _write(self) -> None:
        # What a dead process did not take is reported by `_read`.
        with suppress(OSError), cast("IO[bytes]", self._process.stdin) as pipe:
            while (request := self._requests.get()) is not None:
                pipe.write(wire.encode(request))
                pipe.flush()

    def _read(self) -> None:
        with cast("IO[bytes]", self._process.stdout) as pipe:
            try:
                while line := pipe.readline(_LONGEST_REPLY):
                    self._replies.put(wire.decode_reply(line))
            except wire.WireError as error:
                self.end(_babble(error))
        self._replies.put(None)
        self._said_all.set_result(None)

    def _listen(self) -> None:
        with cast("IO[bytes]", self._process.stderr) as pipe:
            while line := pipe.readline(_LONGEST_COMPLAINT):
                words = line.decode("utf-8", errors="replace").rstrip()
                self._remember(words)
                _log.info("%s", words)

    def _remember(self, words: str) -> None:
        """What native code said before Python listed where all threads were."""
        if not (self._last_words and self._last_words[-1].startswith(_STACKS_FOLLOW)):
            self._last_words.append(words)


def _command() -> list[str]:
    if is_frozen():
        return [sys.executable, ENGINE_PROCESS]
    # -P: no module of the current directory can take the place of one of ours.
    return [sys.executable, "-P", "-m", "engine.isolated.child"]


def _environment(ours: dict[str, str]) -> dict[str, str]:
    """What the process may know of our variables."""
    given = {name: value for name, value in ours.items() if not _SECRET.search(name)}
    here = str(Path(engine.__path__[0]).parent)
    given["PYTHONPATH"] = os.pathsep.join([here, *filter(None, [ours.get("PYTHONPATH")])])
    return given


def _babble(error: wire.WireError) -> EngineDied:
    return EngineDied(
        tr("The engine said something that nobody understands, and was ended."),
        hint=tr("Load the model again. If this repeats, choose another file."),
        detail=str(error),
    )
