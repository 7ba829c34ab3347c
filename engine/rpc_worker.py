"""llama.cpp's RPC workers seen from outside: addresses, the connection test, what they offer.

Knows the protocol (ggml-rpc.cpp), not the library: nothing native is loaded to test a connection.
ggml itself aborts the process where no worker answers, so every endpoint is asked here first.
A request is a command byte, the size of what follows, and that; an answer is a size and that.
"""

import contextlib
import ipaddress
import re
import select
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from engine.cancel import CancelToken
from engine.errors import BadSetting, WorkerUnavailable
from engine.language import tr

DEFAULT_PORT: Final = 50052
_HELLO: Final = 14
_DEVICE_COUNT: Final = 15
_DEVICE_MEMORY: Final = 11
_CAPABILITIES: Final = 24
_GREETING: Final = struct.Struct(f"<4B{_CAPABILITIES}x")
_COUNT: Final = struct.Struct("<I")
_MEMORY: Final = struct.Struct("<QQ")
_SIZE: Final = struct.Struct("<Q")
_MAJOR, _MINOR = 7, 0
"""RPC_PROTO_MAJOR_VERSION and RPC_PROTO_MINOR_VERSION of this build (ggml-rpc.h)."""
_SECONDS: Final = 5.0
_POLL_SECONDS: Final = 0.05
_HOST: Final = re.compile(r"[^\s,;/@]+")
_PORT: Final = re.compile("[0-9]{1,5}")
_LARGEST_PORT: Final = 65_535
_MOST_DEVICES: Final = 64
_LATENCY_SAMPLES: Final = 5


@dataclass(frozen=True)
class WorkerDevice:
    """One device of a worker; memory in bytes."""

    free_memory: int
    total_memory: int


@dataclass(frozen=True)
class WorkerReport:
    """What a worker answered."""

    endpoint: str
    devices: tuple[WorkerDevice, ...]
    latency_seconds: float
    """The fastest of a few round trips: every pass over layers on this worker waits so long."""


def split_endpoint(endpoint: str) -> tuple[str, int]:
    """Host and port, as ggml reads them. Raises `BadSetting`."""
    host, _, port = endpoint.partition(":")
    if not _HOST.fullmatch(host) or not _PORT.fullmatch(port) or not 0 < int(port) <= _LARGEST_PORT:
        raise BadSetting(
            tr("{endpoint} is not HOST:PORT.").format(endpoint=endpoint),
            hint=tr("Write 127.0.0.1:{port}, say.").format(port=DEFAULT_PORT),
        )
    return host, int(port)


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_endpoint(endpoint: str, *, trusted: bool) -> None:
    """Raise `BadSetting` for what is no endpoint, or one beyond loopback that nobody trusts."""
    host, _ = split_endpoint(endpoint)
    if not trusted and not is_loopback(host):
        raise BadSetting(
            tr(
                "The worker at {endpoint} is on another machine, and its protocol has no "
                "authentication: whoever is on that network can read and change the "
                "conversation."
            ).format(endpoint=endpoint),
            hint=tr("Add --trust-rpc-network to use it all the same."),
        )


def require_worker(endpoint: str) -> None:
    """Raise `WorkerUnavailable` unless a worker of this build's protocol answers at `host:port`."""
    with _connected(endpoint, _SECONDS, CancelToken()):
        pass


def require_listener(endpoint: str) -> None:
    """Raise `WorkerUnavailable` unless something accepts connections there.

    A worker that serves a program, also this one, answers nobody else: it can only be seen so.
    """
    address = split_endpoint(endpoint)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as plain:
            _Connection(plain, _SECONDS, CancelToken()).open(address)
    except (OSError, UnicodeError) as error:
        raise _silence(endpoint, error) from error


def listens(endpoint: str) -> bool:
    """Whether something accepts connections there (`require_listener`)."""
    try:
        require_listener(endpoint)
    except WorkerUnavailable:
        return False
    return True


def probe(endpoint: str, *, timeout: float = _SECONDS, cancel: CancelToken) -> WorkerReport:
    """Test the connection: what the worker offers, and how fast it answers.

    Raises `WorkerUnavailable`, `BadSetting`, or `Cancelled` soon after `cancel` is set. Looking up
    a host name takes as long as the system takes.
    """
    with _connected(endpoint, timeout, cancel) as worker:
        (count,) = _COUNT.unpack(worker.ask(_DEVICE_COUNT, b"", _COUNT.size))
        if count > _MOST_DEVICES:
            raise _NotAWorker
        latencies = [worker.round_trip() for _ in range(_LATENCY_SAMPLES)]
        devices = tuple(WorkerDevice(*worker.memory_of(number)) for number in range(count))
    return WorkerReport(endpoint, devices, min(latencies))


class _NotAWorker(Exception):
    """The answer is not one of the protocol."""


class _Silent(Exception):
    """The connection stands, but no answer comes in time."""


@contextlib.contextmanager
def _connected(endpoint: str, timeout: float, cancel: CancelToken) -> Iterator["_Connection"]:
    """A connection that was greeted; whatever goes wrong inside is a `WorkerUnavailable`."""
    address = split_endpoint(endpoint)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as plain:
            connection = _Connection(plain, timeout, cancel)
            connection.open(address)
            connection.greet(endpoint)
            yield connection
    except _NotAWorker:
        raise WorkerUnavailable(
            tr("What answers at {endpoint} is no llama.cpp RPC worker.").format(endpoint=endpoint),
            hint=tr("Check its port."),
        ) from None
    except _Silent:
        raise WorkerUnavailable(
            tr("The worker at {endpoint} accepts connections but does not answer.").format(
                endpoint=endpoint
            ),
            hint=tr("A worker serves one program at a time: end the other one, or start it again."),
        ) from None
    except (OSError, UnicodeError) as error:  # the latter from a host name that is none
        raise _silence(endpoint, error) from error


def _silence(endpoint: str, error: Exception) -> WorkerUnavailable:
    return WorkerUnavailable(
        tr("The worker at {endpoint} does not answer.").format(endpoint=endpoint),
        hint=tr("Start it, or remove it."),
        detail=str(error),
    )


class _Connection:
    """A socket that waits in small steps, so that a cancel is heard."""

    def __init__(self, plain: socket.socket, timeout: float, cancel: CancelToken) -> None:
        self._socket = plain
        self._deadline = time.monotonic() + timeout
        self._cancel = cancel

    def open(self, address: tuple[str, int]) -> None:
        resolved = socket.getaddrinfo(*address, socket.AF_INET, socket.SOCK_STREAM)[0][4]
        self._socket.settimeout(0)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(BlockingIOError):
            self._socket.connect(resolved)
        if not self._wait([], [self._socket]):
            raise TimeoutError("no connection in time")
        if error := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, "no connection")

    def greet(self, endpoint: str) -> None:
        answer = self.ask(_HELLO, bytes(_CAPABILITIES), _GREETING.size)
        major, minor, patch, _ = _GREETING.unpack(answer)
        if major != _MAJOR or minor > _MINOR:
            raise WorkerUnavailable(
                tr(
                    "The worker at {endpoint} speaks version {major}.{minor}.{patch} of its "
                    "protocol, and this program {ours}."
                ).format(
                    endpoint=endpoint,
                    major=major,
                    minor=minor,
                    patch=patch,
                    ours=f"{_MAJOR}.{_MINOR}",
                ),
                hint=tr("Run the same version of llama.cpp on both machines."),
            )

    def memory_of(self, device: int) -> tuple[int, int]:
        free, total = _MEMORY.unpack(self.ask(_DEVICE_MEMORY, _COUNT.pack(device), _MEMORY.size))
        return free, total

    def round_trip(self) -> float:
        start = time.perf_counter()
        self.ask(_DEVICE_COUNT, b"", _COUNT.size)
        return time.perf_counter() - start

    def ask(self, command: int, request: bytes, answer_size: int) -> bytes:
        """The answer to one request, which has to have this size."""
        # Requests are a few bytes: they fit the socket's buffer at once.
        self._socket.sendall(bytes([command]) + _SIZE.pack(len(request)) + request)
        (size,) = _SIZE.unpack(self._read(_SIZE.size))
        if size != answer_size:
            raise _NotAWorker
        return self._read(answer_size)

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            if not self._wait([self._socket], []):
                raise _Silent
            part = self._socket.recv(size - len(data))
            if not part:
                raise _NotAWorker
            data += part
        return data

    def _wait(self, readable: list[socket.socket], writable: list[socket.socket]) -> bool:
        """Whether the socket became ready before the deadline."""
        while time.monotonic() < self._deadline:
            self._cancel.check()
            ready = select.select(readable, writable, writable, _POLL_SECONDS)
            if any(ready):
                return True
        return False
