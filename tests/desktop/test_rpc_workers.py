"""Workers in words, and their addresses as people type them."""

import pytest

from desktop.rpc_workers import (
    WorkerState,
    confirmation,
    endpoint_of,
    is_elsewhere,
    read_endpoints,
    worker_row,
    write_endpoints,
)
from engine.errors import BadSetting
from engine.rpc_worker import WorkerDevice, WorkerReport

HERE = "127.0.0.1:50052"
THERE = "192.168.1.20:50052"
GIGA = 10**9


@pytest.mark.parametrize(
    ("typed", "endpoint"),
    [
        (" 192.168.1.20 ", THERE),
        ("192.168.1.20:7000", "192.168.1.20:7000"),
        ("big-box", "big-box:50052"),
    ],
)
def test_an_address_needs_no_port(typed: str, endpoint: str) -> None:
    assert endpoint_of(typed) == endpoint


@pytest.mark.parametrize("typed", ["", "  ", ":1", "host:", "host:99999", "a, b"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(BadSetting, match=r"is not HOST:PORT"):
        endpoint_of(typed)


def test_addresses_survive_the_settings_file_and_editing_by_hand() -> None:
    assert read_endpoints(write_endpoints([HERE, THERE])) == (HERE, THERE)
    assert read_endpoints(f" {THERE},, {HERE} ,{THERE}") == (THERE, HERE)
    assert read_endpoints("") == ()


def test_only_other_machines_need_a_word() -> None:
    assert [is_elsewhere(end) for end in (HERE, "localhost:1", THERE)] == [False, False, True]
    asked = confirmation(THERE)
    assert "192.168.1.20 is another machine" in asked
    assert "no authentication and no encryption" in asked
    assert "ssh -L 50052:127.0.0.1:50052 192.168.1.20" in asked


def test_a_worker_says_what_it_offers_and_how_fast_it_answers() -> None:
    one = WorkerReport(THERE, (WorkerDevice(6 * GIGA, 8 * GIGA),), 0.000_04)
    assert worker_row(WorkerState(THERE, one)).sentence == (
        f"Worker at {THERE}, Answers, 6.0 of 8.0 GB free, answers in 0.04 ms"
    )
    two = WorkerReport(THERE, one.devices * 2, 0.0042)
    assert worker_row(WorkerState(THERE, two)).reason == (
        "12.0 of 16.0 GB free on 2 devices, answers in 4.2 ms"
    )


def test_a_worker_that_is_silent_asked_or_ours_says_so() -> None:
    assert worker_row(WorkerState(THERE)).sentence == f"Worker at {THERE}, Asking"
    silent = worker_row(WorkerState(THERE, trouble="It does not answer. Start it."))
    assert (silent.badge.words, silent.reason) == (
        "Cannot be used",
        "It does not answer. Start it.",
    )
    ours = worker_row(WorkerState(THERE, held=(6 * GIGA, 2 * GIGA)))
    assert ours.badge.words == "In use"
    assert ours.reason == "8.0 GB were free before the models were loaded"
