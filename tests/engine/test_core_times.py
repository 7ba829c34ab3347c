"""Seconds of waiting, as the system tells them."""

import os
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from engine.core_times import core_times


@pytest.fixture
def own_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two threads that waited 1.5 and 2 seconds, on a machine that is idle now and then."""
    times = SimpleNamespace(idle=100.0, iowait=20.0, nice=7.0)
    monkeypatch.setattr(psutil, "cpu_times", lambda: times)
    nice(monkeypatch, 0)
    for thread, waited in (("11", 1_500_000_000), ("12", 2_000_000_000)):
        (tmp_path / thread).mkdir()
        (tmp_path / thread / "schedstat").write_text(f"999999999 {waited} 42\n")
    return tmp_path


def nice(monkeypatch: pytest.MonkeyPatch, level: int) -> None:
    """Let this process be as modest as that."""
    monkeypatch.setattr(os, "getpriority", lambda _which, _who: level)


def test_what_the_threads_waited_is_added(own_threads: Path) -> None:
    times = core_times(own_threads)
    assert times is not None
    assert times.waited == pytest.approx(3.5)
    assert times.spare == pytest.approx(127.0)


def test_what_gives_way_to_us_does_not_when_we_give_way_too(
    own_threads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nice(monkeypatch, 10)
    times = core_times(own_threads)
    assert times is not None
    assert times.spare == pytest.approx(120.0)


@pytest.mark.parametrize("text", ["", "1 2", "no numbers here"])
def test_a_thread_without_a_figure_is_left_out(own_threads: Path, text: str) -> None:
    (own_threads / "12" / "schedstat").write_text(text)
    times = core_times(own_threads)
    assert times is not None
    assert times.waited == pytest.approx(1.5, abs=1e-6)


def test_a_system_that_does_not_say_has_no_times(tmp_path: Path) -> None:
    assert core_times(tmp_path / "task") is None


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="this system does not say")
def test_the_times_of_this_process_never_run_backwards() -> None:
    before, after = core_times(), core_times()
    assert before is not None
    assert after is not None
    assert 0 <= before.waited <= after.waited
    assert 0 < before.spare <= after.spare
