"""A pair with layers on a second device: an RPC worker on loopback stands in for a GPU."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.errors import DeviceUnavailable
from engine.llama.rpc_worker import require_worker
from tests.engine.sessions import Choice, assert_same_up_to_near_ties

pytestmark = pytest.mark.real_model


@contextmanager
def rpc_worker() -> Iterator[str]:
    """The endpoint of a worker in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        endpoint = f"127.0.0.1:{free.getsockname()[1]}"
    child = [sys.executable, "-m", "tests.engine.rpc_worker_child", endpoint]
    with subprocess.Popen(child, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as worker:
        try:
            wait_for(endpoint, worker)
            yield endpoint
        finally:
            worker.kill()


def wait_for(endpoint: str, worker: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while worker.poll() is None and time.monotonic() < deadline:
        try:
            require_worker(endpoint)
        except DeviceUnavailable:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"The RPC worker at {endpoint} does not start (exit code {worker.poll()}).")


def test_layers_on_an_rpc_device_give_the_same_text(smollm2: Path, low_bit: Path) -> None:
    """12 of the target's layers and the whole draft on RPC0, as on a small GPU."""
    with rpc_worker() as endpoint:
        child = [sys.executable, "-m", "tests.engine.rpc_session_child", endpoint]
        done = subprocess.run(
            [*child, str(smollm2), str(low_bit)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout.splitlines()[-1])
    assert set(report["devices"]) >= {"CPU", "RPC0"}
    assert (report["kind"], report["endpoint"], report["mode"]) == ("GPU", True, "tree")
    assert report["total_memory"] > 0
    cpu, worker = ([Choice(**choice) for choice in report[key]] for key in ("cpu", "worker"))
    assert len(cpu) == len(worker) == 24
    assert_same_up_to_near_ties(cpu, worker)
