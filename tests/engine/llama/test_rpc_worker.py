"""An RPC endpoint is greeted first: where no worker answers, ggml would abort the process."""

import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import llama_cpp
import pytest

from engine.errors import DeviceUnavailable
from engine.llama import rpc_worker
from engine.llama.rpc_worker import require_worker

GREETING = struct.pack("<BQ24x", 14, 24)


@contextmanager
def answering(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that reads a greeting, answers and hangs up: its endpoint, and what it read."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                heard.append(connection.recv(len(GREETING), socket.MSG_WAITALL))
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", heard
        thread.join(30)


def hello(major: int, minor: int) -> bytes:
    return struct.pack("<QBBBB24x", 28, major, minor, 3, 0)


def refusal(endpoint: str) -> str:
    with pytest.raises(DeviceUnavailable) as caught:
        require_worker(endpoint)
    return caught.value.message


def test_a_worker_of_the_same_protocol_is_welcome() -> None:
    with answering(hello(7, 0)) as (endpoint, heard):
        require_worker(endpoint)
    assert heard == [GREETING]


@pytest.mark.parametrize("version", [(6, 9), (8, 0), (7, 1)])
def test_a_worker_of_another_protocol_is_named(version: tuple[int, int]) -> None:
    with answering(hello(*version)) as (endpoint, _):
        major, minor = version
        assert refusal(endpoint) == (
            f"The worker at {endpoint} speaks version {major}.{minor}.3 of its protocol, "
            "and this program 7.0."
        )


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(100), b"\xff" * 36]
)
def test_what_is_no_worker_is_refused(answer: bytes) -> None:
    with answering(answer) as (endpoint, _):
        assert refusal(endpoint) == f"What answers at {endpoint} is no llama.cpp RPC worker."


@pytest.mark.parametrize(
    "endpoint", ["127.0.0.1:1", "127.0.0.1:99999999", "[::1]:50052", "nonsense"]
)
def test_where_nobody_answers_the_endpoint_is_named(endpoint: str) -> None:
    assert refusal(endpoint) == f"The worker at {endpoint} does not answer."


def test_the_protocol_is_the_one_of_this_build() -> None:
    """The wheel installs ggml's header beside its libraries."""
    packages = Path(llama_cpp.__file__).parents[1]
    header = (packages / "include" / "ggml-rpc.h").read_text(encoding="utf-8")
    for name, number in (("MAJOR", rpc_worker._MAJOR), ("MINOR", rpc_worker._MINOR)):
        assert re.search(rf"RPC_PROTO_{name}_VERSION\s+{number}\n", header)
