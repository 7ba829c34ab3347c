"""What guesses lose against plain stays within bounds, whatever they promised."""

from dataclasses import replace

import pytest

from engine.events import RoundStats
from engine.ledger import Ledger

PLAIN = RoundStats(
    mode="plain",
    reason="",
    nodes=0,
    leaves=0,
    depth=0,
    accepted=0,
    draft_seconds=0.0,
    target_seconds=1.0,
    other_seconds=0.0,
)


def guessed(accepted: int) -> RoundStats:
    return replace(PLAIN, mode="n-gram", nodes=8, accepted=accepted)


def lost_share(seconds: float, accepted: int, rounds: int = 2000) -> float:
    """Of all time, with a planner that guesses whenever it may, and always wrongly."""
    ledger, time, tokens = Ledger(), 0.0, 0
    for _ in range(rounds):
        guesses = not ledger.is_overdrawn(1.0)
        took = seconds if guesses else 1.0
        ledger.book(guessed(accepted) if guesses else PLAIN, took, 1.0)
        time += took
        tokens += 1 + accepted if guesses else 1
    return (time - tokens) / time


@pytest.mark.parametrize("seconds", [1.1, 2.0, 5.0, 20.0])
def test_wrong_guesses_lose_a_fiftieth_at_most(seconds: float) -> None:
    assert 0 < lost_share(seconds, 0) < 0.02


def test_guesses_that_pay_are_never_stopped() -> None:
    assert lost_share(2.0, 3) == pytest.approx(-1.0)


def test_a_wrong_guess_among_many_right_ones_stops_nothing() -> None:
    ledger = Ledger()
    for number in range(100):
        ledger.book(guessed(0 if number % 3 else 5), 2.5, 1.0)
        assert not ledger.is_overdrawn(1.0) or number % 3


def test_luck_is_not_saved_up() -> None:
    ledger = Ledger()
    for _ in range(1000):
        ledger.book(guessed(7), 1.0, 1.0)
    lost = 0
    while not ledger.is_overdrawn(1.0):
        ledger.book(guessed(0), 2.0, 1.0)
        lost += 1
    assert lost < 12


def test_a_stall_is_no_plain_round() -> None:
    ledger = Ledger()
    ledger.book(PLAIN, 1.0, 1.0)
    ledger.book(PLAIN, 100.0, 1.0)
    ledger.book(guessed(0), 4.0, 1.0)
    assert ledger.is_overdrawn(1.0), "measured against a round of some 1.1 s, not of 10"
