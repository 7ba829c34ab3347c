"""Connections to RPC workers that notice when the other machine is gone.

A worker that ends closes its connections. A machine that is switched off, or behind a cable that is
pulled, says nothing, and a pass would wait for its answer for ever.
"""

import contextlib
import os
import socket
from collections.abc import Iterable
from typing import Final

import psutil

from engine.rpc_worker import split_endpoint

_IDLE_SECONDS: Final = 10
_INTERVAL_SECONDS: Final = 5
_PROBES: Final = 3
"""After the idle time so many questions, each after such an interval: 25 seconds in all."""
_OPTIONS: Final = {
    "TCP_KEEPIDLE": _IDLE_SECONDS,
    "TCP_KEEPALIVE": _IDLE_SECONDS,  # macOS's name for it
    "TCP_KEEPINTVL": _INTERVAL_SECONDS,
    "TCP_KEEPCNT": _PROBES,
}


def keep_alive(endpoints: Iterable[str]) -> int:
    """Let this process's connections to the workers be tested while they are silent; how many.

    They are ggml's, which sets nothing of the kind. Where the system does not show them, none is.
    """
    wanted = {address for endpoint in endpoints for address in _addresses(endpoint)}
    found = 0
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.Process().net_connections("tcp4"):
            if connection.fd >= 0 and tuple(connection.raddr) in wanted:
                _test_while_silent(connection.fd)
                found += 1
    return found


def _addresses(endpoint: str) -> set[tuple[str, int]]:
    host, port = split_endpoint(endpoint)
    with contextlib.suppress(OSError, UnicodeError):
        found = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)
        return {(str(address[4][0]), port) for address in found}
    return set()


def _test_while_silent(descriptor: int) -> None:
    # The options are the connection's, by whichever descriptor they are set.
    with socket.socket(fileno=os.dup(descriptor)) as copy:
        copy.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _OPTIONS.items():
            if (option := getattr(socket, name, None)) is not None:
                copy.setsockopt(socket.IPPROTO_TCP, option, value)
