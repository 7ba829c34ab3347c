"""The plan against real sessions of SmolLM2, each in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.real_model
SCRIPT = Path(__file__).parents[3] / "packaging" / "memory_table.py"


def measured(smollm2: Path, place: str, kv_type: str) -> dict[str, dict[str, int]]:
    """By device: what was planned, what llama.cpp's log says, what the process grew by."""
    case = {
        "target": str(smollm2),
        "draft": str(smollm2),
        "context": 2048,
        "kv_type": kv_type,
        "place": place,
    }
    done = subprocess.run(
        [sys.executable, SCRIPT, json.dumps(case)],
        capture_output=True,
        text=True,
        cwd=SCRIPT.parents[1],
        env={"PYTHONPATH": ".", "PATH": ""},
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    return {device.pop("name"): device for device in found}


@pytest.mark.parametrize(
    ("place", "kv_type", "devices"),
    [("CPU", "q8_0", {"RAM"}), ("half of the layers too", "f16", {"RAM", "RPC0"})],
)
def test_the_plan_is_within_a_tenth_of_what_happens(
    smollm2: Path, place: str, kv_type: str, devices: set[str]
) -> None:
    found = measured(smollm2, place, kv_type)
    assert set(found) == devices
    for device in found.values():
        assert device["planned"] == pytest.approx(device["resident"], rel=0.1)
        assert device["logged"] <= 1.01 * device["planned"]
