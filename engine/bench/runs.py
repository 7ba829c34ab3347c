"""The measured runs: every mode and budget on every prompt, interleaved."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.cancel import CancelToken
from engine.config import Mode, SamplingConfig, SpeculationConfig
from engine.events import ChatMessage, FinishReason, Role, TextDelta, TurnFinished, TurnStats
from engine.session import Session


@dataclass(frozen=True)
class Method:
    """One column of the comparison. `budget` is None where it plays no part."""

    mode: Mode
    budget: int | None

    @property
    def label(self) -> str:
        """Such as "tree 64"."""
        return str(self.mode) if self.budget is None else f"{self.mode} {self.budget}"


@dataclass(frozen=True)
class BenchPlan:
    """What to run."""

    prompts: tuple[str, ...]
    modes: tuple[Mode, ...]
    budgets: tuple[int, ...]
    sampling: SamplingConfig

    @property
    def methods(self) -> list[Method]:
        """Plain once, every other mode once per budget."""
        return [
            Method(mode, budget)
            for mode in self.modes
            for budget in ((None,) if mode is Mode.OFF else self.budgets)
        ]

    @property
    def count(self) -> int:
        """How many runs there are."""
        return len(self.methods) * len(self.prompts)


@dataclass(frozen=True)
class BenchRun:
    """One reply by one method."""

    method: Method
    prompt: int
    text: str
    stats: TurnStats

    @property
    def label(self) -> str:
        """Method and prompt, for progress."""
        return f"{self.method.label}, prompt {self.prompt + 1}"


def run_bench(session: Session, plan: BenchPlan, cancel: CancelToken) -> Iterator[BenchRun]:
    """Run prompt by prompt, all methods on each, so that a slow minute of the machine hits all.

    Every run starts with empty KV caches. A cancel ends the iteration; the broken run is dropped.
    """
    for number, prompt in enumerate(plan.prompts):
        for method in plan.methods:
            budget = method.budget or max(plan.budgets)
            session.use(SpeculationConfig(mode=method.mode, budget=budget))
            session.forget()
            run = _run(session, method, number, prompt, plan.sampling, cancel)
            if run is None:
                return
            yield run


def _run(  # noqa: PLR0917 - one run's coordinates
    session: Session,
    method: Method,
    number: int,
    prompt: str,
    sampling: SamplingConfig,
    cancel: CancelToken,
) -> BenchRun | None:
    text = ""
    for event in session.turn([ChatMessage(Role.USER, prompt)], sampling, cancel):
        match event:
            case TextDelta():
                text += event.text
            case TurnFinished() if event.finish is not FinishReason.CANCELLED:
                return BenchRun(method, number, text, event.stats)
    return None
