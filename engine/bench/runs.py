"""The measured runs: every method on every prompt in turn, one pair of models after another."""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.bench.methods import OFF, speculation_config, vary
from engine.bench.record import (
    BenchPrompt,
    BenchRun,
    DepthCounts,
    Method,
    RoundCounts,
    Setup,
)
from engine.bench.resources import ResourceMeter
from engine.bench.results import Coordinates
from engine.cancel import CancelToken
from engine.config import DEFAULT_BUDGET, SamplingConfig, SessionConfig
from engine.errors import Cancelled
from engine.events import (
    ChatMessage,
    FinishReason,
    LoadProgress,
    Role,
    RoundFinished,
    RoundStats,
    TextDelta,
    TurnFinished,
)
from engine.session import Session


@dataclass(frozen=True)
class Step:
    """One run to come."""

    at: Coordinates
    warm_up: bool


@dataclass(frozen=True)
class Work:
    """Runs of one session, in their order."""

    config: SessionConfig
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class BenchPlan:
    """What to run with each setup."""

    prompts: tuple[BenchPrompt, ...]
    methods: tuple[Method, ...]
    samplings: tuple[SamplingConfig, ...]
    repeats: int = 1
    warm_ups: int = 1
    """So many first runs of a setup are done twice; the first time does not count."""

    @property
    def largest(self) -> int:
        """The largest tree of a method: what the KV caches need room for.

        Methods that choose their own trees may choose those of the default budget.
        """
        return max((_nodes(method) for method in self.methods), default=1)

    def work(
        self, setups: Iterable[tuple[Setup, SessionConfig]], done: Container[Coordinates] = ()
    ) -> list[Work]:
        """What is not `done`, for each setup that has something left; its first runs warm up."""
        found = []
        for setup, config in setups:
            left = [at for at in self._coordinates(setup) if at not in done]
            warm_ups = [Step(at, warm_up=True) for at in left[: self.warm_ups]]
            steps = (*warm_ups, *(Step(at, warm_up=False) for at in left))
            if left:
                found.append(Work(config, steps))
        return found

    def _coordinates(self, setup: Setup) -> Iterator[Coordinates]:
        """Prompt by prompt, all methods on each, so that a slow minute of the machine hits all.

        Each time another method begins: none has the cooler processor or the warmer disk.
        """
        questions = [
            (repeat, prompt)
            for repeat in range(self.repeats)
            for prompt in range(len(self.prompts))
        ]
        for number, (repeat, prompt) in enumerate(questions):
            first = number % len(self.methods)
            for sampling in self.samplings:
                for method in (*self.methods[first:], *self.methods[:first]):
                    yield Coordinates(setup, method, sampling, prompt, repeat)


def _nodes(method: Method) -> int:
    return method.budget or (1 if method.name == OFF else DEFAULT_BUDGET)


def run_bench(
    work: Sequence[Work],
    plan: BenchPlan,
    cancel: CancelToken,
    progress: Callable[[LoadProgress], None] = lambda _progress: None,
) -> Iterator[BenchRun]:
    """Do the work, loading one pair of models after the other.

    Every run starts with empty KV caches. A cancel ends the iteration; the broken run is dropped.
    """
    for each in work:
        try:
            session = Session.open(each.config, progress=progress, cancel=cancel)
        except Cancelled:
            return
        with session:
            for step in each.steps:
                run = _run(session, step, plan, cancel)
                if run is None:
                    return
                yield run


def _run(session: Session, step: Step, plan: BenchPlan, cancel: CancelToken) -> BenchRun | None:
    at = step.at
    config = speculation_config(at.method, plan.largest)
    session.use(config)
    session.forget()
    with session.varied(lambda own: vary(own, at.method, config, at.sampling)):
        return _measure(session, step, plan.prompts[at.prompt], cancel)


def _measure(
    session: Session, step: Step, prompt: BenchPrompt, cancel: CancelToken
) -> BenchRun | None:
    at = step.at
    meter = ResourceMeter()
    text, rounds = "", list[RoundStats]()
    for event in session.turn([ChatMessage(Role.USER, prompt.text)], at.sampling, cancel):
        match event:
            case TextDelta():
                text += event.text
            case RoundFinished():
                rounds.append(event.stats)
                meter.read()
            case TurnFinished() if event.finish is not FinishReason.CANCELLED:
                return BenchRun(
                    setup=at.setup,
                    method=at.method,
                    sampling=at.sampling,
                    prompt=at.prompt,
                    category=prompt.category,
                    repeat=at.repeat,
                    warm_up=step.warm_up,
                    text=text,
                    finish=event.finish,
                    stats=event.stats,
                    rounds=_round_counts(rounds),
                    depths=_depth_counts(rounds),
                    resources=meter.resources,
                    waiting_seconds=sum(stats.waiting_seconds for stats in rounds),
                    hidden_seconds=sum(stats.hidden_seconds for stats in rounds),
                )
    return None


def _round_counts(rounds: Sequence[RoundStats]) -> RoundCounts:
    return RoundCounts(
        nodes=tuple(stats.nodes for stats in rounds),
        leaves=tuple(stats.leaves for stats in rounds),
        accepted=tuple(stats.accepted for stats in rounds),
    )


def _depth_counts(rounds: Sequence[RoundStats]) -> DepthCounts:
    depths = range(1, max((stats.depth for stats in rounds), default=0) + 1)
    return DepthCounts(
        proposed=tuple(
            sum(stats.widths[depth - 1] for stats in rounds if stats.depth >= depth)
            for depth in depths
        ),
        accepted=tuple(sum(stats.accepted >= depth for stats in rounds) for depth in depths),
    )
