"""A test of a pair: which runs it makes in its time, and what it concludes from them."""

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import pytest

from engine.bench import pair_test
from engine.bench.pair_test import KINDS, run_pair_test
from engine.cancel import CancelToken
from engine.config import (
    GREEDY,
    Mode,
    ModelConfig,
    SamplingConfig,
    SelfDraft,
    SessionConfig,
    SpeculationConfig,
)
from engine.errors import BadSetting, Cancelled
from engine.events import (
    ChatMessage,
    Event,
    FinishReason,
    LoadProgress,
    LoadStage,
    RoundFinished,
    RoundStats,
    TurnFinished,
)
from engine.tested_pairs import PairTest, PairTestProgress, last_test
from tests.engine.bench.records import STATS
from tests.gguf_files import write_chat_model

SPEEDS: Final = {Mode.OFF: 2.0, Mode.CHAIN: 5.0, Mode.TREE: 8.0, Mode.AUTO: 7.0}
"""Tokens per second. Every round takes half a second, the first one ten times as long."""
ROUND_SECONDS: Final = 0.5


class Clock:
    """Stands in for the module `time`: it goes on when a round ends."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


def round_stats(tokens: float, seconds: float) -> RoundStats:
    return RoundStats(
        mode="tree",
        reason="",
        nodes=16,
        leaves=4,
        depth=4,
        accepted=int(tokens) - 1,
        draft_seconds=seconds / 4,
        target_seconds=seconds / 2,
        other_seconds=seconds / 4,
    )


@dataclass
class FakeSession:
    """Opens as itself, and answers as fast as `SPEEDS` say for the mode in use."""

    clock: Clock
    round_seconds: float = ROUND_SECONDS
    rounds: int = 1000
    """Of a reply that nobody stops."""
    mode: Mode = Mode.AUTO
    runs: list[tuple[Mode, str]] = field(default_factory=list)
    opened: list[SessionConfig] = field(default_factory=list)
    samplings: list[SamplingConfig] = field(default_factory=list)
    stopped: int = 0
    closed: bool = False
    on_round: Callable[[], None] = lambda: None

    def open(
        self,
        config: SessionConfig,
        *,
        progress: Callable[[LoadProgress], None],
        cancel: CancelToken,
    ) -> Self:
        cancel.check()
        progress(LoadProgress(LoadStage.TARGET, 0.5))
        self.opened.append(config)
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True

    def use(self, speculation: SpeculationConfig) -> None:
        self.mode = speculation.mode

    def turn(
        self, messages: Sequence[ChatMessage], sampling: SamplingConfig, cancel: CancelToken
    ) -> Generator[Event, None, None]:
        self.runs.append((self.mode, messages[-1].content))
        self.samplings.append(sampling)
        tokens = SPEEDS[self.mode] * self.round_seconds
        try:
            for number in range(self.rounds):
                seconds = self.round_seconds * (1 if number else 10)
                self.clock.now += seconds
                self.on_round()
                yield RoundFinished(0, round_stats(tokens, seconds))
        except GeneratorExit:
            self.stopped += 1
            raise
        yield TurnFinished(0, FinishReason.END, STATS)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pair_test, "time", clock)
    return clock


@pytest.fixture
def session(clock: Clock) -> FakeSession:
    return FakeSession(clock)


@pytest.fixture
def config(tmp_path: Path) -> SessionConfig:
    target = write_chat_model(tmp_path / "target.gguf")
    return SessionConfig(target=ModelConfig(path=target), draft=SelfDraft())


def run(
    config: SessionConfig,
    session: FakeSession,
    *,
    seconds: float = 600.0,
    cancel: CancelToken | None = None,
) -> tuple[PairTest, list[LoadProgress | PairTestProgress]]:
    told: list[LoadProgress | PairTestProgress] = []
    result = run_pair_test(
        config,
        session.open,
        GREEDY,
        progress=told.append,
        cancel=cancel or CancelToken(),
        seconds=seconds,
    )
    return result, told


def test_every_mode_answers_every_prompt_and_the_first_rounds_do_not_count(
    config: SessionConfig, session: FakeSession
) -> None:
    result, _ = run(config, session)
    assert [work.kind for work in result.works] == list(KINDS)
    for work in result.works:
        speeds = {
            Mode.OFF: work.plain,
            Mode.CHAIN: work.chain,
            Mode.TREE: work.tree,
            Mode.AUTO: work.auto,
        }
        # Whole tokens in a round of half a second.
        assert speeds == {mode: int(speed / 2) * 2 for mode, speed in SPEEDS.items()}
        assert work.gain == 3
    assert set(Counter(session.runs).values()) == {1, 2}
    assert [mode for mode, _ in session.runs[:4]] == [Mode.OFF, Mode.AUTO, Mode.AUTO, Mode.OFF]
    assert len(set(session.runs)) == 12
    assert session.closed


def test_the_time_is_divided_among_the_runs(config: SessionConfig, session: FakeSession) -> None:
    result, told = run(config, session, seconds=360.0)
    assert session.stopped == 18, "no reply is waited for to its end"
    assert 360 <= result.seconds < 378, "eighteen runs, each at most a round too long"
    steps = [step for step in told if isinstance(step, PairTestProgress)]
    assert len(steps) == 18
    assert [step.fraction for step in steps] == sorted(step.fraction for step in steps)
    assert all(0 <= step.fraction <= 1 and step.seconds_left >= 0 for step in steps)
    assert isinstance(told[0], LoadProgress)


def test_a_slow_target_is_tested_on_one_prompt(config: SessionConfig, session: FakeSession) -> None:
    session.round_seconds = 6.0
    result, _ = run(config, session, seconds=60.0)
    assert len(session.runs) == len(set(session.runs)), "and each mode once"
    assert [work.kind for work in result.works] == ["chat"]
    assert result.works[0].gain == pytest.approx(3.5)


def test_a_reply_of_one_round_counts(config: SessionConfig, session: FakeSession) -> None:
    session.rounds = 1
    result, _ = run(config, session)
    assert result.works[0].plain == pytest.approx(1 / 5)


def test_without_a_draft_there_is_no_chain_and_no_tree(
    config: SessionConfig, session: FakeSession
) -> None:
    alone = SessionConfig(target=config.target)
    result, _ = run(alone, session)
    assert {mode for mode, _ in session.runs} == {Mode.OFF, Mode.AUTO}
    assert {(work.chain, work.tree) for work in result.works} == {(None, None)}
    assert last_test(config.target.path, None) == result


def test_the_result_is_kept_with_the_pair(config: SessionConfig, session: FakeSession) -> None:
    result, _ = run(config, session)
    assert last_test(config.target.path, SelfDraft()) == result
    assert last_test(config.target.path, None) is None


def test_nothing_of_the_test_is_left_on_the_disk_but_its_result(
    config: SessionConfig, session: FakeSession
) -> None:
    run(config, session)
    (opened,) = session.opened
    assert opened.saved_prefix_bytes == 0
    assert not opened.draw_trees


def test_replies_are_sampled_alike(config: SessionConfig, session: FakeSession) -> None:
    run(config, session)
    (sampling,) = set(session.samplings)
    assert sampling.temperature == GREEDY.temperature
    assert sampling.seed is not None


def test_a_stop_ends_the_test_without_a_result(config: SessionConfig, session: FakeSession) -> None:
    cancel = CancelToken()
    session.on_round = cancel.cancel
    with pytest.raises(Cancelled):
        run(config, session, cancel=cancel)
    assert len(session.runs) == session.stopped == 1
    assert session.closed
    assert last_test(config.target.path, SelfDraft()) is None


def test_a_context_without_room_is_said(config: SessionConfig, session: FakeSession) -> None:
    session.rounds = 0
    with pytest.raises(BadSetting, match="no room"):
        run(config, session)
