"""RPC workers on this machine, each `outrider-engine worker` in a process of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from engine.errors import DeviceUnavailable
from engine.rpc_worker import require_worker


def free_port() -> str:
    """A port of 127.0.0.1 that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


@contextmanager
def running_worker() -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The endpoint of a worker that answers, and its process, which is killed at the end."""
    port = free_port()
    endpoint = f"127.0.0.1:{port}"
    command = [sys.executable, "-m", "engine", "worker", "--port", port, "--threads", "1"]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as worker:
        try:
            _wait_for(endpoint, worker)
            yield endpoint, worker
        finally:
            worker.kill()


def _wait_for(endpoint: str, worker: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + 60
    while worker.poll() is None and time.monotonic() < deadline:
        try:
            require_worker(endpoint)
        except DeviceUnavailable:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"The RPC worker at {endpoint} does not start (exit code {worker.poll()}).")
