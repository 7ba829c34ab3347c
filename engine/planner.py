"""Which mode runs in the next round, how big its tree is, and why, in the user's words.

A round gives 1 + (sum of its nodes' chances) tokens and takes the seconds of drafting and of a pass
over its rows. `auto` compares modes by expected tokens per second, and adds a node to the tree only
while its chance outweighs what its row costs at the speed reached so far (Sequoia's hardware-aware
choice, arXiv 2402.12374, on measured costs).
"""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.config import Mode, SpeculationConfig
from engine.events import RoundStats
from engine.grow_tree import TreeShape, chain_shape
from engine.language import decimal, figure, tr
from engine.latency import CostCurve
from engine.ledger import Ledger

PLAIN: Final = "plain"
NGRAM: Final = "n-gram"
CHAIN: Final = "chain"
TREE: Final = "tree"

CHAIN_LENGTH: Final = 16
"""Longest chain: longer ones gain nothing in the prototype's figures."""

Chances = NDArray[np.float32]
"""Chances of nodes to be accepted, best first."""

_BUDGETS: Final = (4, 8, 15, 30, 63, 127, 255, 600)
"""Tree sizes that `auto` compares: with the root, multiples of what kernels like, and 30 the last
below llama.cpp's step at 32 rows (GGML_OP_OFFLOAD_MIN_BATCH), where weights in RAM move to the GPU
for one multiplication."""

_PRIOR_BUDGETS: Final = (1, 8, 16, 32, 64, 128, 600)
_PRIOR_TOKENS: Final = (1.7, 3.5, 4.0, 5.0, 5.4, 5.9, 6.5)
"""Tokens per pass by budget before this pair was seen at work: prototype, greedy chat prompts."""

_PROBE_SHARE: Final = 0.01
"""Of the time without the draft, what may be lost to trying it again."""
_USUAL_REPLY: Final = 128
"""Tokens over which reading the text must pay for a draft that is behind."""
_WHY_PROBE: Final = tr("to measure once more whether the draft pays here")
_WHY_WAIT: Final = tr("because the latest guesses cost more than they saved")
_MARGIN: Final = 1.1
"""Guesses must promise so many times the speed without them: the promise is an estimate."""
_HOLD_SECONDS: Final = 0.25
"""A plain round is as good a choice for so long: comparing takes a hundredth of a fast one."""
_PROBE_WORTH: Final = 0.6
"""A draft below this share of the speed without it is not tried again."""


@dataclass(frozen=True)
class Plan:
    """What to do in one round."""

    mode: str
    reason: str
    shape: TreeShape | None = None
    """How far the draft grows; None for a round without it."""
    budget: int = 0
    """Nodes that go to the target at most."""
    behind: int = 0
    """Tokens of the text that the draft reads first."""


class Planner(Protocol):
    """Decides before each round, learns after it."""

    def plan(self, suggested: Chances, behind: int = 0) -> Plan:
        """What the next round does, given what the text itself suggests.

        The draft would have to read `behind` tokens before it can guess.
        """

    def nodes_worth_scoring(self, plan: Plan, chances: Chances) -> int:
        """How many of the best nodes go to the target."""

    def observe(self, plan: Plan, stats: RoundStats) -> None:
        """What the round gave."""


@dataclass(frozen=True)
class FixedPlanner:
    """The same plan in every round."""

    fixed: Plan

    def plan(self, suggested: Chances, behind: int = 0) -> Plan:  # noqa: ARG002 - decided before
        """See `Planner`."""
        return self.fixed

    def nodes_worth_scoring(self, plan: Plan, chances: Chances) -> int:
        """See `Planner`."""
        return min(plan.budget, len(chances))

    def observe(self, plan: Plan, stats: RoundStats) -> None:
        """See `Planner`."""


def make_planner(
    config: SpeculationConfig,
    target_cost: CostCurve,
    draft: "DraftForecast | None",
    *,
    no_draft: str,
) -> Planner:
    """The planner for the mode that the user chose.

    `no_draft` says why there is no draft, where `draft` is None.
    """
    chosen, budget = tr("chosen in the settings"), config.budget
    if config.mode is Mode.OFF:
        return FixedPlanner(Plan(PLAIN, tr("because speculation is off")))
    if config.mode is Mode.AUTO:
        return AutoPlanner(config, target_cost, draft, no_draft)
    if draft is None:
        guesses_anyway = config.mode is Mode.TREE and config.suggestions
        return FixedPlanner(Plan(NGRAM if guesses_anyway else PLAIN, no_draft, None, budget))
    if config.mode is Mode.CHAIN:
        shape = chain_shape(min(budget, config.max_depth, CHAIN_LENGTH))
        return FixedPlanner(Plan(CHAIN, chosen, shape, shape.budget))
    return FixedPlanner(Plan(TREE, chosen, _shape(config), budget))


def _shape(config: SpeculationConfig, *, speed: float = 0.0) -> TreeShape:
    return TreeShape(budget=config.budget, max_depth=config.max_depth, speed=speed)


class DraftForecast:
    """What a draft tree of some budget would give and take, learnt from the trees so far."""

    def __init__(self, cost: CostCurve, state: tuple[float, float] | None = None) -> None:
        self._cost = cost
        self._gain, self._slowness = state or (1.0, 1.0)
        """Tokens beyond the first, and seconds of growing a tree, observed over expected."""

    @property
    def state(self) -> tuple[float, float]:
        """What was learnt, for the next start."""
        return self._gain, self._slowness

    def tokens(self, budget: int) -> float:
        """Tokens of a round with a tree of `budget` nodes."""
        return 1 + self._gain * (_prior(budget) - 1)

    def seconds(self, budget: int) -> float:
        """Seconds of growing it."""
        return self._slowness * self._expected_seconds(budget)

    def catch_up_seconds(self, behind: int) -> float:
        """Seconds in which the draft reads so many tokens."""
        return self._cost.reading(behind) if behind > 1 else 0.0

    def observe(self, stats: RoundStats, behind: int = 0) -> None:
        """A tree gave and took this, by a draft that read `behind` tokens first."""
        budget = max(stats.nodes, 1)
        gain = stats.accepted / (_prior(budget) - 1)
        self._gain = max(self._gain + 0.15 * (gain - self._gain), 0.01)
        growing = stats.draft_seconds - self.catch_up_seconds(behind)
        slowness = growing / self._expected_seconds(budget)
        # One stall, another program's doing, must not decide the next minutes.
        slowness = min(max(slowness, 0.01), 2 * self._slowness)
        self._slowness += 0.3 * (slowness - self._slowness)

    def _expected_seconds(self, budget: int) -> float:
        """Growth decodes about 0.6 nodes per node kept, in passes of up to the frontier's width."""
        decoded = max(0.6 * budget, 1.0)
        passes = min(decoded, 4 + decoded / 16)
        rows = max(round(decoded / passes), 1)
        return max(passes * (self._cost.seconds(rows) or 0.1), 1e-6)


class AutoPlanner:
    """Compares a round without the draft with draft trees of several sizes."""

    def __init__(
        self,
        config: SpeculationConfig,
        target_cost: CostCurve,
        draft: DraftForecast | None,
        no_draft: str,
    ) -> None:
        self._config = config
        self._target_cost = target_cost
        self._draft = draft
        self._no_draft = no_draft
        self._budgets = [b for b in _BUDGETS if b < config.budget] + [config.budget]
        self._speed = 0.0
        """Tokens per second of the latest rounds, were their passes as the curve says: rows
        are priced by it too, and a minute in which the machine is slow makes no row cheap."""
        self._seconds_without_draft = 0.0
        self._held: Plan | None = None
        """The plan of the last plain round, and for how long it needs no second thought."""
        self._hold_seconds = 0.0
        self._ledger = Ledger()

    def plan(self, suggested: Chances, behind: int = 0) -> Plan:
        """See `Planner`."""
        if self._ledger.is_overdrawn(self._target_seconds(1)):
            return Plan(PLAIN, _WHY_WAIT)
        nodes = self._best_count(suggested[: self._config.budget], _MARGIN)
        if not nodes and self._held is not None and self._hold_seconds > 0:
            return self._held
        if self._draft is not None:
            _, rate = self._best_tree(self._draft)
            without = (1 + float(suggested[:nodes].sum())) / self._target_seconds(nodes + 1)
            reading = self._draft.catch_up_seconds(behind)
            pays = _USUAL_REPLY / without > _MARGIN * _USUAL_REPLY / rate + reading
            if pays or self._should_probe(self._draft, without, reading):
                # Growth stops by its own price and scoring by the target's, below the budget.
                shape = _shape(self._config, speed=max(self._speed, without))
                reason = self._why_tree(rate) if pays else _WHY_PROBE
                return Plan(TREE, reason, shape, shape.budget, behind)
        if nodes:
            return Plan(NGRAM, tr("because the reply repeats earlier text"), None, nodes)
        self._held, self._hold_seconds = Plan(PLAIN, self._why_plain()), _HOLD_SECONDS
        return self._held

    def nodes_worth_scoring(self, plan: Plan, chances: Chances) -> int:
        """See `Planner`."""
        return self._best_count(chances[: plan.budget])

    def observe(self, plan: Plan, stats: RoundStats) -> None:
        """See `Planner`."""
        beside_the_pass = stats.draft_seconds + stats.other_seconds
        expected = beside_the_pass + self._target_seconds(stats.nodes + 1)
        self._speed += 0.1 * ((stats.accepted + 1) / expected - self._speed)
        seconds = beside_the_pass + stats.target_seconds
        self._seconds_without_draft += seconds
        self._hold_seconds -= seconds
        # What the draft reads first pays over the whole reply.
        read = self._draft.catch_up_seconds(plan.behind) if self._draft and plan.shape else 0.0
        self._ledger.book(stats, max(seconds - read, 0.0), self._target_seconds(1))
        if self._draft is not None and plan.shape is not None and stats.mode == TREE:
            self._seconds_without_draft = 0.0
            self._draft.observe(stats, plan.behind)

    def _best_count(self, chances: Chances, margin: float = 1.0) -> int:
        """Nodes, of the best, that raise tokens minus their time at the speed reached so far.

        A `margin` above 1 makes time dearer.
        """
        if not len(chances):
            return 0
        tokens = np.concatenate(([1.0], 1 + np.cumsum(chances, dtype=np.float64)))
        seconds = self._target_cost.up_to(len(tokens))
        speed = max(self._speed, 1 / seconds[0])
        return int((tokens - margin * speed * seconds).argmax())

    def _best_tree(self, draft: DraftForecast) -> tuple[int, float]:
        """The budget that promises most tokens per second, and how many."""
        rates = {
            budget: draft.tokens(budget)
            / (draft.seconds(budget) + self._target_seconds(budget + 1))
            for budget in self._budgets
        }
        budget = max(rates, key=rates.__getitem__)
        return budget, rates[budget]

    def _should_probe(self, draft: DraftForecast, without: float, reading: float) -> bool:
        """Whether a rejected draft gets one round again: sparingly, and only if not far behind."""
        budget, rate = self._best_tree(draft)
        lost = reading + draft.tokens(budget) * (1 / rate - 1 / without)
        allowed = _PROBE_SHARE * self._seconds_without_draft
        return rate > _PROBE_WORTH * without and lost < allowed

    def _target_seconds(self, rows: int) -> float:
        return self._target_cost.seconds(rows) or 1.0

    def _why_tree(self, rate: float) -> str:
        times = rate * self._target_seconds(1)
        return tr("because it is about {times} times as fast as plain here").format(
            times=decimal(times)
        )

    def _why_plain(self) -> str:
        if self._draft is None:
            return self._no_draft
        budget, rate = self._best_tree(self._draft)
        tokens = self._draft.tokens(budget)
        seconds_in_tokens = tokens / rate / self._target_seconds(1)
        return tr(
            "because the draft costs more than it saves here: a tree round takes as "
            "long as {tokens} plain tokens and would give about {given}"
        ).format(tokens=figure(seconds_in_tokens), given=figure(tokens))


def _prior(budget: int) -> float:
    return float(np.interp(budget, _PRIOR_BUDGETS, _PRIOR_TOKENS))
