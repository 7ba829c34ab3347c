"""`worker` and `devices` by hand: a worker is started, tested and stopped."""

import io
import json
import signal
import sys

import pytest

from engine.commands import worker as worker_command
from engine.llama.devices import list_devices
from tests.engine.commands.running import run, run_apart
from tests.engine.workers import free_port, running_worker

Capture = pytest.CaptureFixture[str]
ANYWHERE = "0.0.0.0"  # noqa: S104 - refused, which is what is tested


def test_a_worker_says_where_it_serves_what_that_risks_and_ends_by_ctrl_c(capsys: Capture) -> None:
    with running_worker() as (endpoint, process):
        tested = run(capsys, "devices", "--worker", endpoint, "--json")
        busy = run(capsys, "worker", "--port", endpoint.partition(":")[2])
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    serving, use, risk, end = err.splitlines()
    assert serving.startswith("Serving CPU (")
    assert serving.endswith(f" at {endpoint}. Ctrl-C ends it.")
    assert use == f"To use it, add --rpc {endpoint}, or the address in Settings > Devices."
    assert risk.startswith("The protocol has no authentication and no encryption: every program")
    assert end == "The worker has ended."
    assert busy.code == 1
    assert busy.complaint.startswith(f"A worker cannot listen at {endpoint}. Another program may ")
    document = json.loads(tested.out)
    assert "CPU" in {device["name"] for device in document["devices"]}
    [found] = document["workers"]
    assert found["endpoint"] == endpoint
    assert found["latency_seconds"] > 0
    [offer] = found["devices"]
    assert 0 < offer["free_bytes"] <= offer["total_bytes"]


def test_beyond_this_machine_a_worker_wants_a_word(capsys: Capture) -> None:
    refused = run_apart("worker", "--host", ANYWHERE)
    assert (refused.code, refused.out) == (2, "")
    assert "can be reached from other machines" in refused.complaint
    assert refused.complaint.endswith(
        "Add --yes-without-authentication to listen there all the same."
    )


class Keyboard(io.StringIO):
    """A terminal on which somebody has typed."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "code", "asked_further"), [("no\n", 130, False), ("Yes\n", 1, True)]
)
def test_on_a_terminal_it_asks(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, typed: str, code: int, *, asked_further: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", Keyboard(typed))
    # 203.0.113.0/24 is for documentation: no machine has such an address.
    outcome = run(capsys, "worker", "--host", "203.0.113.9", "--port", free_port())
    assert outcome.code == code
    assert "Type yes to listen there all the same: " in outcome.err
    assert ("A worker cannot listen at 203.0.113.9" in outcome.err) is asked_further


def test_a_wrong_port_or_device_is_a_sentence(capsys: Capture) -> None:
    assert run(capsys, "worker", "--port", "99999").code == 2
    unknown = run(capsys, "worker", "--port", free_port(), "--devices", "CUDA7")
    assert unknown.code == 1
    assert unknown.complaint.startswith("There is no device named CUDA7.")


def test_a_server_that_ends_by_itself_is_an_error(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ended:
        def is_alive(self) -> bool:
            return False

    monkeypatch.setattr(worker_command, "serve_rpc", lambda *_: Ended())
    monkeypatch.setattr(worker_command, "_silence_ggml", lambda: None)
    port = free_port()
    outcome = run(capsys, "worker", "--port", port)
    assert outcome.code == 1
    assert f"The worker at 127.0.0.1:{port} has ended." in outcome.err


def test_devices_are_listed_for_people(capsys: Capture) -> None:
    outcome = run(capsys, "devices")
    names = [line.partition(":")[0] for line in outcome.out.splitlines()]
    assert names == [device.name for device in list_devices()]
    assert outcome.out.count(" GB free") == len(names)
    missing = run(capsys, "devices", "--worker", f"127.0.0.1:{free_port()}")
    assert missing.code == 1
    assert missing.complaint.endswith("does not answer. Start it, or remove it.")
