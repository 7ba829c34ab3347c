"""A pair on further devices: RPC workers on loopback stand in for GPUs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.rpc_session_child import PLACEMENTS
from tests.engine.sessions import Choice, assert_same_up_to_near_ties
from tests.engine.workers import running_worker

pytestmark = pytest.mark.real_model


def test_every_placement_gives_the_same_text(smollm2: Path, low_bit: Path) -> None:
    with running_worker() as (first, _), running_worker() as (second, _):
        child = [sys.executable, "-m", "tests.engine.rpc_session_child", str(smollm2), str(low_bit)]
        done = subprocess.run(
            [*child, first, second], capture_output=True, text=True, timeout=120, check=False
        )
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout.splitlines()[-1])
    for name, endpoint in (("RPC0", first), ("RPC1", second)):
        device = report["devices"][name]
        assert device["kind"] == "GPU"
        assert endpoint in device["description"]
        assert device["total"] > 0
    # One connection to each worker that holds a part.
    assert list(report["kept"].values())[1:] == [1, 2, 1, 2]
    # The draft works under the target's passes where they share no processor.
    assert list(report["beside"].values()) == [False, False, True, True, True]
    answers = {
        name: [Choice(**choice) for choice in report["answers"][name]] for name in PLACEMENTS
    }
    on_cpu = answers["all on the CPU"]
    assert {len(choices) for choices in answers.values()} == {24}
    for choices in answers.values():
        assert_same_up_to_near_ties(on_cpu, choices)
