"""A worker that is gone is left out of the list: asking it would end the process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.workers import running_worker

pytestmark = pytest.mark.real_model
CHILD = """
import json, sys
from engine.errors import DeviceUnavailable
from engine.llama.devices import add_rpc_worker, list_devices

endpoint = sys.argv[1]
add_rpc_worker(endpoint)
print(json.dumps([device.name for device in list_devices()]), flush=True)
input()
print(json.dumps([device.name for device in list_devices()]), flush=True)
try:
    add_rpc_worker(endpoint)
except DeviceUnavailable as error:
    print(json.dumps(error.message), flush=True)
"""


def test_a_worker_that_is_gone_is_no_device() -> None:
    """In a process of its own: ggml never forgets a device."""
    with (
        running_worker() as (endpoint, worker),
        subprocess.Popen(
            [sys.executable, "-c", CHILD, endpoint],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        ) as child,
    ):
        assert child.stdout is not None
        before = json.loads(child.stdout.readline())
        worker.kill()
        worker.wait()
        rest, _ = child.communicate("\n", timeout=60)
    after, complaint = map(json.loads, rest.splitlines())
    assert "RPC0" in before
    assert after == [name for name in before if name != "RPC0"]
    assert complaint == f"The worker at {endpoint} does not answer."
