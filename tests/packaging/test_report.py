"""What the terminal shows of a step."""

import io

import pytest

from first_run.report import Progress, Report


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_file_gets_a_line_before_and_after() -> None:
    out = io.StringIO()
    with Report(out).step("Building") as progress:
        progress.say("1 of 3 files")
    assert out.getvalue() == "  Building\n    done, 0 s\n"


def test_a_terminal_gets_one_line_that_changes() -> None:
    out = Terminal()
    progress = Progress(out, "Building")
    progress.open()
    progress.say("1 of 3 files")
    progress.draw()
    progress.close("done")
    assert "\n" not in out.getvalue()[:-1]
    assert "  Building  0 s  1 of 3 files" in out.getvalue()
    assert out.getvalue().endswith("  Building: done, 0 s\n")


def test_a_failed_step_says_so_and_lets_the_error_through() -> None:
    out = io.StringIO()
    with pytest.raises(ValueError, match="broken"), Report(out).step("Building"):
        raise ValueError("broken")
    assert out.getvalue().endswith("failed, 0 s\n")
