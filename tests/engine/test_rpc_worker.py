"""An RPC endpoint is greeted first: where no worker answers, ggml would abort the process."""

import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import llama_cpp
import pytest

from engine import rpc_worker
from engine.cancel import CancelToken
from engine.errors import BadSetting, Cancelled, DeviceUnavailable
from engine.rpc_worker import (
    WorkerDevice,
    check_endpoint,
    is_loopback,
    probe,
    require_worker,
)

GREETING = struct.pack("<BQ24x", 14, 24)


@contextmanager
def answering(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that is greeted and says this: its endpoint, and the greeting it heard."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                heard.append(connection.recv(len(GREETING), socket.MSG_WAITALL))
                connection.sendall(answer)
                with suppress(OSError):  # the program may be gone already
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(1024):
                        pass

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


@pytest.mark.parametrize("endpoint", ["127.0.0.1:1", f"{'a' * 70}.invalid:50052"])
def test_where_nobody_answers_the_endpoint_is_named(endpoint: str) -> None:
    assert refusal(endpoint) == f"The worker at {endpoint} does not answer."


@pytest.mark.parametrize(
    "endpoint",
    ["127.0.0.1:99999999", "127.0.0.1:0", "127.0.0.1:", ":50052", "[::1]:50052", "nonsense"],
)
def test_what_is_no_endpoint_is_told_how_to_write_one(endpoint: str) -> None:
    with pytest.raises(BadSetting) as caught:
        require_worker(endpoint)
    assert caught.value.sentence == f"{endpoint} is not HOST:PORT. Write 127.0.0.1:50052, say."


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("localhost", True),
        ("10.0.0.1", False),
        ("192.168.1.4", False),
        ("example.org", False),
    ],
)
def test_beyond_loopback_an_endpoint_has_to_be_trusted(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
    check_endpoint(f"{host}:50052", trusted=True)
    if loopback:
        check_endpoint(f"{host}:50052", trusted=False)
        return
    with pytest.raises(BadSetting, match="no authentication"):
        check_endpoint(f"{host}:50052", trusted=False)


def test_a_probe_tells_memory_and_latency() -> None:
    offers = [(5 << 30, 8 << 30), (1 << 30, 2 << 30)]
    counts = [answer_of(struct.pack("<I", 2))] * 6
    memories = [answer_of(struct.pack("<QQ", *offer)) for offer in offers]
    with answering(hello(7, 0) + b"".join(counts + memories)) as (endpoint, _):
        report = probe(endpoint, cancel=CancelToken())
    assert report.endpoint == endpoint
    assert report.devices == tuple(WorkerDevice(*offer) for offer in offers)
    assert 0 < report.latency_seconds < 5


def test_a_worker_with_a_thousand_devices_is_none() -> None:
    with (
        answering(hello(7, 0) + answer_of(struct.pack("<I", 1000))) as (endpoint, _),
        pytest.raises(DeviceUnavailable, match=r"is no llama\.cpp RPC worker"),
    ):
        probe(endpoint, cancel=CancelToken())


def answer_of(body: bytes) -> bytes:
    return struct.pack("<Q", len(body)) + body


@contextmanager
def silent() -> Iterator[str]:
    """A server that lets the system accept connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_a_worker_that_serves_another_program_is_told_from_one_that_is_not_there() -> None:
    with silent() as endpoint, pytest.raises(DeviceUnavailable) as caught:
        probe(endpoint, timeout=0.1, cancel=CancelToken())
    assert caught.value.sentence == (
        f"The worker at {endpoint} accepts connections but does not answer. "
        "A worker serves one program at a time: end the other one, or start it again."
    )


def test_a_probe_can_be_cancelled() -> None:
    cancel = CancelToken()
    timer = threading.Timer(0.1, cancel.cancel)
    timer.start()
    with silent() as endpoint, pytest.raises(Cancelled):
        probe(endpoint, timeout=60, cancel=cancel)
    timer.join()


def test_the_protocol_is_the_one_of_this_build() -> None:
    """The wheel installs ggml's header beside its libraries."""
    packages = Path(llama_cpp.__file__).parents[1]
    header = (packages / "include" / "ggml-rpc.h").read_text(encoding="utf-8")
    for name, number in (("MAJOR", rpc_worker._MAJOR), ("MINOR", rpc_worker._MINOR)):
        assert re.search(rf"RPC_PROTO_{name}_VERSION\s+{number}\n", header)
