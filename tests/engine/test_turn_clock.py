"""A turn's numbers from its rounds."""

from types import SimpleNamespace

import pytest

from engine import turn_clock
from engine.draft_tree import DraftTree
from engine.events import Origin, RoundStats
from engine.generate import Round
from engine.latency import CostCurve
from engine.merge_trees import MergedTree
from engine.turn_clock import TurnClock


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be set by the test."""
    clock = [100.0]
    monkeypatch.setattr(turn_clock, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    return clock


def round_of(mode: str, tokens: int, seconds: float = 1.0) -> Round:
    stats = RoundStats(
        mode=mode,
        reason=f"{mode} {tokens}",
        nodes=tokens - 1,
        leaves=1,
        depth=tokens - 1,
        accepted=tokens - 1,
        draft_seconds=seconds,
        target_seconds=2 * seconds,
        other_seconds=seconds / 4,
    )
    origins = (*[Origin.TREE] * (tokens - 1), Origin.TARGET)
    return Round(
        tuple(range(tokens)),
        origins,
        ended=False,
        stats=stats,
        root=0,
        guessed=MergedTree(DraftTree.empty(), ()),
        path=(),
    )


def test_a_turn_adds_up(now: list[float]) -> None:
    clock = TurnClock()
    now[0] = 103.0
    clock.prompt_done(tokens=40, reused=30)
    now[0] = 104.5
    clock.add(round_of("plain", 1))
    now[0] = 200.0
    clock.add(round_of("tree", 4))
    clock.add(round_of("tree", 5, seconds=3.0))
    cost = CostCurve()
    cost.observe(1, 0.5)
    stats = clock.stats(cost)
    assert (stats.tokens, stats.target_passes, stats.tokens_per_pass) == (10, 3, 10 / 3)
    assert (stats.prompt_tokens, stats.prompt_tokens_reused, stats.prompt_seconds) == (40, 30, 3.0)
    assert stats.first_token_seconds == 4.5
    assert (stats.draft_seconds, stats.target_seconds, stats.other_seconds) == (5.0, 10.0, 1.25)
    assert stats.seconds == 16.25, "of the rounds: what the consumer did between them is not in it"
    assert stats.tokens_per_second == 10 / 16.25
    assert (stats.mode, stats.reason) == ("tree", "tree 5")
    assert stats.plain_tokens_per_second == 2.0
    assert stats.speedup == pytest.approx(10 / 16.25 / 2)


def test_no_reply_is_faster_than_its_tokens_per_pass_allow() -> None:
    clock = TurnClock()
    clock.add(round_of("tree", 4))
    cost = CostCurve()
    cost.observe(1, 100.0)
    speedup = clock.stats(cost).speedup
    assert speedup is not None
    assert speedup <= 4, "plain was measured on a busy machine"


def test_the_mode_is_the_one_of_most_tokens() -> None:
    clock = TurnClock()
    clock.add(round_of("tree", 3))
    for _ in range(4):
        clock.add(round_of("plain", 1))
    assert clock.stats(CostCurve()).mode == "plain"


def test_a_turn_stopped_before_its_first_round_has_numbers_too(now: list[float]) -> None:
    clock = TurnClock()
    now[0] = 101.0
    stats = clock.stats(CostCurve())
    assert (stats.tokens, stats.tokens_per_pass, stats.tokens_per_second) == (0, 0.0, 0.0)
    assert (stats.mode, stats.reason, stats.prompt_seconds) == ("", "", 0.0)
    assert (stats.plain_tokens_per_second, stats.speedup) == (None, None)
