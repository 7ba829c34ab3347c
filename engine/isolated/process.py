"""The parent's side of the engine's process: start, talk, notice its death, say why it died."""

import logging
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, cast

import engine
from engine.errors import EngineDied
from engine.isolated import wire

_log = logging.getLogger("outrider.isolated")

_END_SECONDS: Final = 5.0
"""Until a process whose pipes are closed has ended, too."""
_LONGEST_REPLY: Final = 16 << 20
"""Bytes of one line. A process that says more is not ours any more."""
_TAIL_LINES: Final = 30
_KEPT_BACK: Final = (
    "HF_TOKEN",
    "HUGGING_FACE_HUB_TOKEN",
    "LLAMA_CPP_LIB_PATH",
    "GGML_BACKEND_PATH",
)
"""Variables that the process that opens model files does not get: secrets, other libraries."""
_WINDOWS_ABORT: Final = (3, 0xC0000005, 0xC0000409)
"""`abort`, access violation, fast fail."""


class EngineProcess:
    """A running `engine.isolated.child`. Used by one thread, apart from `kill`."""

    def __init__(self) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile(prefix="outrider-engine-")  # noqa: SIM115
        self._process = process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            _command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=_environment(),
        )
        # With pipes asked for, there are some.
        self._requests, self._lines = (
            cast("IO[bytes]", process.stdin),
            cast("IO[bytes]", process.stdout),
        )
        self._death: EngineDied | None = None
        self._replies: queue.SimpleQueue[wire.Reply | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="engine replies", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def send(self, request: wire.Request) -> None:
        """Raises `EngineDied`."""
        try:
            self._requests.write(wire.encode(request))
            self._requests.flush()
        except OSError:
            raise self.why_dead() from None

    def receive(self, timeout: float) -> wire.Reply | None:
        """The next reply; None if there was none in `timeout` seconds. Raises `EngineDied`."""
        try:
            reply = self._replies.get(timeout=timeout)
        except queue.Empty:
            return None
        if reply is None:
            self._replies.put(None)  # for whoever asks again
            raise self.why_dead()
        return reply

    def kill(self) -> None:
        """End it now, whatever it does."""
        self._process.kill()

    def close(self) -> None:
        """Free everything; the process has ended or is ended now."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._requests, self._lines, self._errors):
            with suppress(OSError):  # requests that a dead process did not take
                stream.close()

    def why_dead(self) -> EngineDied:
        """The error for a process that has ended, or is about to."""
        if self._death is None:
            self._death = self._examine()
        return self._death

    def _examine(self) -> EngineDied:
        try:
            code = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        tail = self._last_words()
        _log.error("The engine's process ended with %s:\n%s", code, tail)
        return _died(code, tail)

    def _read(self) -> None:
        try:
            while line := self._lines.readline(_LONGEST_REPLY):
                self._replies.put(wire.decode_reply(line))
        except (wire.WireError, ValueError) as error:
            _log.error("The engine said what nobody says: %s", error)
            self._process.kill()
        self._replies.put(None)

    def _last_words(self) -> str:
        """The last lines of its standard error: what llama.cpp complained about."""
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", errors="replace").splitlines()
        return "\n".join(lines[-_TAIL_LINES:])


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, "--engine-process"]
    # -P: no module of the current directory can take the place of one of ours.
    return [sys.executable, "-P", "-m", "engine.isolated.child"]


def _environment() -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if name not in _KEPT_BACK}
    here = str(Path(engine.__path__[0]).parent)
    ours["PYTHONPATH"] = os.pathsep.join([here, *filter(None, [ours.get("PYTHONPATH")])])
    return ours


def _died(code: int, tail: str) -> EngineDied:
    detail = f"The process ended with code {code}.\n{tail}"
    if code == -getattr(signal, "SIGKILL", 0) != 0:
        return EngineDied(
            "The system ended the engine, most often because memory ran out.",
            hint="Load the model again, with a shorter context or a smaller draft.",
            detail=detail,
            out_of_memory=True,
        )
    if code < 0 or code in _WINDOWS_ABORT:
        return EngineDied(
            "llama.cpp stopped on an error that it cannot go on from.",
            hint="Load the model again. If this repeats, choose another file or fewer devices.",
            detail=detail,
        )
    return EngineDied("The engine ended unexpectedly.", hint="Load it again.", detail=detail)
