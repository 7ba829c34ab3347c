"""The record of one measured run: everything a report needs of it, as JSON and back."""

from dataclasses import asdict, dataclass
from typing import Any

from engine.bench.decode import NotThis, decode
from engine.config import SamplingConfig
from engine.errors import BadSetting
from engine.events import FinishReason, TurnStats


@dataclass(frozen=True)
class Method:
    """How the text is found. `budget` is None where it plays no part.

    The budget of a chain is its length.
    """

    name: str
    """"off", "chain", "specinfer", "ngram", "tree", "auto", or a peer's name."""
    budget: int | None = None

    @property
    def label(self) -> str:
        """Such as "tree 64"."""
        return self.name if self.budget is None else f"{self.name} {self.budget}"


@dataclass(frozen=True)
class Setup:
    """Which models, held how: the same for all runs of one session."""

    target: str
    draft: str | None
    placement: str
    """Where the target was asked to be, in words: "as planned", "streamed", "12 layers on RPC0"."""


@dataclass(frozen=True)
class BenchPrompt:
    """One user message, and what kind of work it asks for."""

    text: str
    category: str = ""


@dataclass(frozen=True)
class RoundCounts:
    """Tree sizes round by round; all three have one entry per round."""

    nodes: tuple[int, ...]
    leaves: tuple[int, ...]
    accepted: tuple[int, ...]


@dataclass(frozen=True)
class DepthCounts:
    """Nodes by their depth in the trees of all rounds; entry 0 is depth 1, below the root.

    A round accepts at most one node of a depth: over the rounds that came as far as the depth
    before, `accepted` gives the acceptance there.
    """

    proposed: tuple[int, ...]
    accepted: tuple[int, ...]


@dataclass(frozen=True)
class Resources:
    """What the run used besides time; None where the machine does not tell."""

    own_bytes: int
    """Most memory of this process, without the pages of mapped files."""
    page_cache_bytes: int | None = None
    """Most page cache that counts for this process's control group: mapped weights, mostly."""
    joules: float | None = None
    """Energy of all processor packages, by RAPL; of everything that ran on them."""


@dataclass(frozen=True)
class BenchRun:
    """One reply by one method."""

    setup: Setup
    method: Method
    sampling: SamplingConfig
    prompt: int
    """The prompt's place in the plan, from 0."""
    category: str
    repeat: int
    """0 for the first time that the plan asks this."""
    warm_up: bool
    """Runs before all others of its setup; it stays out of every statistic."""
    text: str
    finish: FinishReason
    stats: TurnStats
    rounds: RoundCounts
    depths: DepthCounts
    resources: Resources
    waiting_seconds: float = 0.0
    """Part of the target's seconds in which the passes waited: for the disk, or a device."""
    hidden_seconds: float = 0.0
    """Drafting under running target passes: part of the target's seconds too."""

    @property
    def label(self) -> str:
        """Method, prompt and any temperature, for progress."""
        label = f"{self.method.label}, prompt {self.prompt + 1}"
        warm = self.sampling.temperature
        return f"{label}, temperature {warm:g}" if warm else label


def to_json(run: BenchRun) -> dict[str, Any]:
    """The run as the headless contract's flat object, with what it says nothing about beside it."""
    flat = asdict(run)
    stats = flat.pop("stats")
    return {
        **flat,
        **stats,
        "method": run.method.label,
        "mode": run.method.name,
        "budget": run.method.budget,
        "mode_used": run.stats.mode,
        "tokens_per_pass": run.stats.tokens_per_pass,
        "tokens_per_second": run.stats.tokens_per_second,
    }


def from_json(data: object) -> BenchRun:
    """The run that `to_json` wrote. Raises `NotThis` for anything else."""
    if not isinstance(data, dict):
        raise NotThis("a run is an object")
    method = {"name": data.get("mode"), "budget": data.get("budget")}
    stats = {**data, "mode": data.get("mode_used")}
    try:
        return decode(BenchRun, {**data, "method": method, "stats": stats})
    except BadSetting as error:
        raise NotThis(str(error)) from error
