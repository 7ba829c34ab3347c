"""The order of the runs, what is left of them, and what is kept of each."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import pytest

from engine.bench.record import BenchPrompt, DepthCounts, Method, RoundCounts, Setup
from engine.bench.results import coordinates
from engine.bench.runs import BenchPlan, Work, run_bench
from engine.cancel import CancelToken
from engine.config import (
    DEFAULT_BUDGET,
    ModelConfig,
    SamplingConfig,
    SessionConfig,
    SpeculationConfig,
)
from engine.errors import Cancelled
from engine.events import (
    ChatMessage,
    Event,
    FinishReason,
    RoundFinished,
    RoundStats,
    TextDelta,
    TurnFinished,
)
from engine.generate import Speculation
from engine.session import Session
from tests.engine.bench.records import STATS

OFF, TREE, CHAIN = Method("off"), Method("tree", 4), Method("chain", 8)
GREEDY, WARM = SamplingConfig(temperature=0), SamplingConfig(temperature=0.6)
BIG, SMALL = Setup("Big", "Draft", "resident"), Setup("Small", None, "streamed")
CONFIG: Final = SessionConfig(target=ModelConfig(path=Path("big.gguf")))


def plan(
    *methods: Method,
    prompts: int = 2,
    samplings: tuple[SamplingConfig, ...] = (GREEDY,),
    repeats: int = 1,
    warm_ups: int = 0,
) -> BenchPlan:
    return BenchPlan(
        prompts=tuple(BenchPrompt(f"Ask {n}", "chat") for n in range(prompts)),
        methods=methods,
        samplings=samplings,
        repeats=repeats,
        warm_ups=warm_ups,
    )


def order(work: Sequence[Work]) -> list[str]:
    """Each step as "prompt.repeat method", with a w for warming up."""
    return [
        f"{'w' if step.warm_up else ''}{step.at.prompt}.{step.at.repeat} {step.at.method.label}"
        for each in work
        for step in each.steps
    ]


def test_methods_take_turns_on_each_prompt_and_each_begins_once() -> None:
    work = plan(OFF, TREE, prompts=2, repeats=2, warm_ups=1).work([(BIG, CONFIG)])
    assert order(work) == [
        "w0.0 off",
        "0.0 off",
        "0.0 tree 4",
        "1.0 tree 4",
        "1.0 off",
        "0.1 off",
        "0.1 tree 4",
        "1.1 tree 4",
        "1.1 off",
    ]


def test_every_sampler_is_run_on_every_prompt() -> None:
    (work,) = plan(OFF, samplings=(GREEDY, WARM)).work([(BIG, CONFIG)])
    assert [(step.at.prompt, step.at.sampling) for step in work.steps] == [
        (0, GREEDY),
        (0, WARM),
        (1, GREEDY),
        (1, WARM),
    ]


def test_what_is_done_is_left_out_and_what_is_left_warms_up_again() -> None:
    whole = plan(OFF, TREE, warm_ups=1)
    (work,) = whole.work([(BIG, CONFIG)])
    done = {step.at for step in work.steps[:3]}
    assert order(whole.work([(BIG, CONFIG)], done)) == ["w1.0 tree 4", "1.0 tree 4", "1.0 off"]


def test_a_setup_that_is_done_is_not_loaded() -> None:
    whole = plan(OFF, warm_ups=1)
    (first,) = whole.work([(BIG, CONFIG)])
    left = whole.work([(BIG, CONFIG), (SMALL, CONFIG)], {step.at for step in first.steps})
    assert [each.steps[0].at.setup for each in left] == [SMALL]


def test_room_is_made_for_the_largest_size() -> None:
    assert plan(OFF, TREE, CHAIN).largest == 8
    assert plan(OFF).largest == 1
    for chooser in (Method("ngram"), Method("auto")):
        assert plan(OFF, TREE, chooser).largest == DEFAULT_BUDGET


ROUNDS: Final = (
    RoundStats("tree", "", 4, 2, 3, 2, 0.1, 0.3, 0.0, 0.05, 0.2, (1, 2, 1)),
    RoundStats("tree", "", 2, 2, 1, 1, 0.1, 0.3, 0.0, 0.05, 0.1, (2,)),
)


@dataclass
class FakeSession:
    """Replies with the prompt's own words in two rounds."""

    cancel_at: int | None = None
    log: list[str] = field(default_factory=list)

    def use(self, speculation: SpeculationConfig) -> None:
        self.log.append(f"use {speculation.mode} {speculation.budget}")

    def forget(self) -> None:
        self.log.append("forget")

    @contextmanager
    def varied(self, change: Callable[[Speculation], Speculation]) -> Iterator[None]:
        self.log.append("varied")
        yield

    def turn(
        self, messages: Sequence[ChatMessage], sampling: SamplingConfig, cancel: CancelToken
    ) -> Generator[Event, None, None]:
        self.log.append(f"turn {sampling.temperature:g}")
        for word, stats in zip(messages[0].content.split(), ROUNDS, strict=True):
            yield RoundFinished(0, stats)
            yield TextDelta(0, word)
        if self.log.count("forget") == self.cancel_at:
            cancel.cancel()
        finish = FinishReason.CANCELLED if cancel.cancelled else FinishReason.END
        yield TurnFinished(0, finish, STATS)

    def __enter__(self) -> Self:
        self.log.append("open")
        return self

    def __exit__(self, *_: object) -> None:
        self.log.append("close")


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> FakeSession:
    made = FakeSession()
    monkeypatch.setattr(Session, "open", lambda *_args, **_options: made)
    return made


def test_each_run_starts_afresh_under_its_methods_mode(session: FakeSession) -> None:
    whole = plan(OFF, CHAIN, prompts=1, samplings=(WARM,))
    list(run_bench(whole.work([(BIG, CONFIG)]), whole, CancelToken()))
    assert session.log == [
        "open",
        "use off 8",
        "forget",
        "varied",
        "turn 0.6",
        "use chain 8",
        "forget",
        "varied",
        "turn 0.6",
        "close",
    ]


def test_a_run_keeps_all_that_its_rounds_said(session: FakeSession) -> None:
    assert session.log == []
    whole = plan(TREE, prompts=1, warm_ups=1)
    warm_up, run = run_bench(whole.work([(BIG, CONFIG)]), whole, CancelToken())
    assert (warm_up.warm_up, run.warm_up) == (True, False)
    assert coordinates(run) == coordinates(warm_up)
    assert (run.setup, run.method, run.category) == (BIG, TREE, "chat")
    assert (run.text, run.finish, run.stats) == ("Ask0", FinishReason.END, STATS)
    assert run.rounds == RoundCounts(nodes=(4, 2), leaves=(2, 2), accepted=(2, 1))
    assert run.depths == DepthCounts(proposed=(3, 2, 1), accepted=(2, 1, 0))
    assert run.waiting_seconds == pytest.approx(0.3)
    assert run.hidden_seconds == pytest.approx(0.1)
    assert run.resources.own_bytes > 0


def test_one_pair_is_loaded_after_the_other(session: FakeSession) -> None:
    whole = plan(OFF, prompts=1)
    work = whole.work([(BIG, CONFIG), (SMALL, CONFIG)])
    runs = list(run_bench(work, whole, CancelToken()))
    assert [run.setup for run in runs] == [BIG, SMALL]
    assert [entry for entry in session.log if entry in {"open", "close"}] == ["open", "close"] * 2


def test_a_cancel_keeps_the_whole_runs_and_loads_nothing_more(session: FakeSession) -> None:
    session.cancel_at = 2
    whole = plan(OFF, TREE)
    work = whole.work([(BIG, CONFIG), (SMALL, CONFIG)])
    assert [run.method for run in run_bench(work, whole, CancelToken())] == [OFF]
    assert session.log.count("open") == session.log.count("close") == 1


def test_a_cancel_while_loading_ends_the_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def cancelled(*_args: object, **_options: object) -> Session:
        raise Cancelled

    monkeypatch.setattr(Session, "open", cancelled)
    whole = plan(OFF)
    assert list(run_bench(whole.work([(BIG, CONFIG)]), whole, CancelToken())) == []
