"""`python -m tests.faults`: every fault, as often as docs/reliability.md says."""

import os
import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    os.environ["OUTRIDER_ALL_FAULTS"] = "1"
    sys.exit(pytest.main([str(Path(__file__).parent), "-v", *sys.argv[1:]]))
