"""Code that does not end is ended, and code that did is left alone."""

import time
from contextlib import suppress

import pytest

from engine.time_limit import TimeIsOver, time_limit


def run_forever() -> None:
    while True:
        # What hostile code does:
        with suppress(Exception):
            sum(range(1000))


def test_code_that_does_not_end_is_ended_and_cannot_help_it() -> None:
    with pytest.raises(TimeIsOver), time_limit(0.05):
        run_forever()


def test_nothing_happens_after_the_end() -> None:
    with time_limit(0.05):
        pass
    until = time.monotonic() + 0.15
    while time.monotonic() < until:
        pass


def test_an_error_inside_passes_through() -> None:
    with pytest.raises(ValueError, match="mine"), time_limit(60):
        raise ValueError("mine")
