"""The gate runs every check, also after a failure, and names what failed."""

import io

from first_run.main import FirstRun, carry_out
from tests.packaging.fake_machine import FakeMachine


def test_test_runs_all_five_checks(first_run: FirstRun, machine: FakeMachine) -> None:
    assert carry_out("test", first_run) == 0
    for check in ("format --check", "ruff check", "-m mypy", "lint_imports", "-m pytest"):
        assert machine.count(check) == 1


def test_lint_runs_no_tests(first_run: FirstRun, machine: FakeMachine) -> None:
    assert carry_out("lint", first_run) == 0
    assert machine.count("-m pytest") == 0
    assert machine.count("-m mypy") == 1


def test_a_failure_is_named_and_the_rest_still_runs(
    first_run: FirstRun, machine: FakeMachine, screen: io.StringIO
) -> None:
    machine.shown_codes = {"ruff check": 1, "-m mypy": 1}
    assert carry_out("test", first_run) == 1
    assert machine.count("-m pytest") == 1
    assert screen.getvalue().endswith("Failed: lint, types.\n")


def test_the_gate_needs_qt_but_no_display(first_run: FirstRun, machine: FakeMachine) -> None:
    assert carry_out("test", first_run) == 0
    assert machine.count("QApplication") == 1
    assert any(env.get("QT_QPA_PLATFORM") == "offscreen" for env in machine.environments)
