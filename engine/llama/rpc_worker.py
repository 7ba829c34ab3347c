"""Whether an RPC worker answers: asked before ggml asks, because ggml aborts where none does.

The handshake is ggml-rpc.cpp's HELLO: a command byte, the size of what follows, then capabilities.
"""

import socket
import struct
from typing import Final

from engine.errors import DeviceUnavailable

_CAPABILITIES: Final = 24
_HELLO: Final = struct.pack("<BQ", 14, _CAPABILITIES) + bytes(_CAPABILITIES)
_ANSWER: Final = struct.Struct(f"<Q4B{_CAPABILITIES}x")
_ANSWER_SIZE: Final = 4 + _CAPABILITIES
_MAJOR, _MINOR = 7, 0
"""RPC_PROTO_MAJOR_VERSION and RPC_PROTO_MINOR_VERSION of this build (ggml-rpc.h)."""
_SECONDS: Final = 5.0


def require_worker(endpoint: str) -> None:
    """Raise `DeviceUnavailable` unless a worker of this build's protocol answers at `host:port`."""
    answer = _greet(endpoint)
    if len(answer) < _ANSWER.size:
        raise _not_a_worker(endpoint)
    size, major, minor, patch, _ = _ANSWER.unpack(answer)
    if size != _ANSWER_SIZE:
        raise _not_a_worker(endpoint)
    if major != _MAJOR or minor > _MINOR:
        raise DeviceUnavailable(
            f"The worker at {endpoint} speaks version {major}.{minor}.{patch} of its protocol, "
            f"and this program {_MAJOR}.{_MINOR}.",
            hint="Run the same version of llama.cpp on both machines.",
        )


def _greet(endpoint: str) -> bytes:
    host, _, port = endpoint.partition(":")  # at the first colon, as ggml does
    try:
        with socket.create_connection((host, int(port)), _SECONDS) as connection:
            connection.sendall(_HELLO)
            with connection.makefile("rb") as answer:
                return answer.read(_ANSWER.size)
    except (OSError, ValueError, OverflowError) as error:
        raise DeviceUnavailable(
            f"The worker at {endpoint} does not answer.",
            hint="Start it, or remove it.",
            detail=str(error),
        ) from error


def _not_a_worker(endpoint: str) -> DeviceUnavailable:
    return DeviceUnavailable(
        f"What answers at {endpoint} is no llama.cpp RPC worker.", hint="Check its port."
    )
