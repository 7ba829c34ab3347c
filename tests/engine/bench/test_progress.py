"""How far a benchmark is."""

import io

import pytest

from engine.bench.progress import Progress
from tests.engine.bench.records import bench_run


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_line_per_run_in_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(12, 9) as progress:
        progress.show(bench_run(warm_up=True))
        progress.show(bench_run(prompt=3))
    assert capsys.readouterr().err.splitlines() == [
        "10 of 12: tree 4, prompt 1 to warm up, 3.00 tokens/s",
        "11 of 12: tree 4, prompt 4, 3.00 tokens/s",
    ]


def test_a_bar_with_the_time_left_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with Progress(4, 1) as progress:
        for _ in range(3):
            progress.show(bench_run())
    shown = terminal.getvalue()
    assert "1 of 4, ? left" in shown
    assert "100% |" in shown
    assert "4 of 4, 00:00 left, tree 4, prompt 1, 3.00 tokens/s" in shown
