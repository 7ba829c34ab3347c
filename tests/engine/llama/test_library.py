"""What llama.cpp's libraries find in the environment when they are loaded."""

import os
import subprocess
import sys

import pytest

SPIN = "import os, engine.llama.library; print(os.environ.get('GOMP_SPINCOUNT', ''))"


@pytest.mark.parametrize(
    ("chosen", "spins"),
    [
        ({}, "1000"),
        ({"GOMP_SPINCOUNT": "7"}, "7"),
        ({"OMP_WAIT_POLICY": "passive"}, ""),
    ],
)
def test_threads_spin_briefly_unless_the_person_says_otherwise(
    chosen: dict[str, str], spins: str
) -> None:
    names = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")
    inherited = {name: value for name, value in os.environ.items() if name not in names}
    done = subprocess.run(
        [sys.executable, "-c", SPIN],
        env=inherited | chosen,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == spins
