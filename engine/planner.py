"""Which mode runs in the next round, how big its tree is, and why, in the user's words."""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from engine.config import Mode, SpeculationConfig
from engine.grow_tree import TreeShape, chain_shape
from engine.latency import CostCurve

PLAIN: Final = "plain"
TREE: Final = "tree"
CHAIN: Final = "chain"

CHAIN_LENGTH: Final = 16
"""Longest chain: longer ones gain nothing in the prototype's figures."""

_BUDGETS: Final = (4, 8, 16, 31, 64, 128, 256, 600)
"""Tree sizes that `auto` compares. 31: with the root, the last size below llama.cpp's step at 32
rows (GGML_OP_OFFLOAD_MIN_BATCH), where weights in RAM move to the GPU for one multiplication."""

_PRIOR_BUDGETS: Final = (1, 8, 16, 32, 64, 128, 600)
_PRIOR_TOKENS: Final = (1.7, 3.5, 4.0, 5.0, 5.4, 5.9, 6.5)
"""Tokens per pass by budget before this pair was seen at work: prototype, greedy chat prompts."""

_PROBE_EVERY: Final = 64
"""Rounds after which a rejected mode gets one round again, if it was not far behind."""
_PROBE_WORTH: Final = 0.5
"""A mode below this share of the best estimate is not probed again."""


@dataclass(frozen=True)
class Plan:
    """What to do in one round. Without a shape, the round is plain."""

    mode: str
    shape: TreeShape | None
    reason: str


class Planner(Protocol):
    """Decides before each round, learns after it."""

    def plan(self) -> Plan:
        """What the next round does."""

    def observe(self, plan: Plan, tokens: int, draft_seconds: float) -> None:
        """What a round gave: tokens of the reply, and the seconds of its draft passes."""


@dataclass(frozen=True)
class FixedPlanner:
    """The same plan in every round."""

    fixed: Plan

    def plan(self) -> Plan:
        """See `Planner`."""
        return self.fixed

    def observe(self, plan: Plan, tokens: int, draft_seconds: float) -> None:
        """See `Planner`."""


def make_planner(
    config: SpeculationConfig,
    target_cost: CostCurve,
    draft_cost: CostCurve | None,
    *,
    plain_reason: str,
) -> Planner:
    """The planner for the mode that the user chose.

    Without a draft (`draft_cost` is None) every round is plain, for `plain_reason`.
    """
    if config.mode is Mode.OFF:
        return FixedPlanner(Plan(PLAIN, None, "because speculation is off"))
    if draft_cost is None:
        return FixedPlanner(Plan(PLAIN, None, plain_reason))
    if config.mode is Mode.CHAIN:
        shape = chain_shape(min(config.budget, config.max_depth, CHAIN_LENGTH))
        return FixedPlanner(Plan(CHAIN, shape, "chosen in the settings"))
    if config.mode is Mode.TREE:
        return FixedPlanner(Plan(TREE, _shape(config, config.budget), "chosen in the settings"))
    return AutoPlanner(config, target_cost, draft_cost)


def _shape(config: SpeculationConfig, budget: int) -> TreeShape:
    return TreeShape(budget=budget, max_depth=config.max_depth)


class AutoPlanner:
    """Compares plain with trees of several sizes by expected tokens per second.

    The costs come from measured passes; the tokens per pass start at a prior and follow what this
    pair yields on this text.
    """

    def __init__(
        self, config: SpeculationConfig, target_cost: CostCurve, draft_cost: CostCurve
    ) -> None:
        self._config = config
        self._target_cost = target_cost
        self._draft_cost = draft_cost
        self._budgets = [b for b in _BUDGETS if b < config.budget] + [config.budget]
        self._gain = 1.0
        """Tokens beyond the first, observed over expected."""
        self._drafting = 1.0
        """Seconds of growing a tree, observed over expected."""
        self._rounds_since_tree = 0

    def plan(self) -> Plan:
        """See `Planner`."""
        plain = 1 / self._target_seconds(1)
        rates = {budget: self._rate(budget) for budget in self._budgets}
        best = max(rates, key=rates.__getitem__)
        probe = self._rounds_since_tree >= _PROBE_EVERY and rates[best] > _PROBE_WORTH * plain
        if rates[best] > plain or probe:
            reason = f"about {rates[best] / plain:.1f}x as fast as plain here"
            return Plan(TREE, _shape(self._config, best), reason)
        return Plan(PLAIN, None, self._why_plain(best))

    def observe(self, plan: Plan, tokens: int, draft_seconds: float) -> None:
        """See `Planner`."""
        if plan.shape is None:
            self._rounds_since_tree += 1
            return
        self._rounds_since_tree = 0
        expected = _prior(plan.shape.budget)
        self._gain += 0.15 * ((tokens - 1) / (expected - 1) - self._gain)
        self._drafting += 0.3 * (
            draft_seconds / self._unscaled_draft_seconds(plan.shape.budget) - self._drafting
        )

    def _rate(self, budget: int) -> float:
        """Expected tokens per second with trees of `budget` nodes."""
        return self._tokens(budget) / (
            self._drafting * self._unscaled_draft_seconds(budget) + self._target_seconds(budget + 1)
        )

    def _tokens(self, budget: int) -> float:
        return 1 + self._gain * (_prior(budget) - 1)

    def _target_seconds(self, rows: int) -> float:
        return max(self._target_cost.seconds(rows) or 1.0, 1e-6)

    def _unscaled_draft_seconds(self, budget: int) -> float:
        """Growth decodes about 0.6 nodes per node kept, in passes of up to the frontier's width."""
        decoded = max(0.6 * budget, 1.0)
        passes = min(decoded, 4 + decoded / 16)
        rows = max(round(decoded / passes), 1)
        return max(passes * (self._draft_cost.seconds(rows) or 0.1), 1e-6)

    def _why_plain(self, budget: int) -> str:
        seconds = self._tokens(budget) / self._rate(budget)
        needed = seconds / self._target_seconds(1)
        return (
            f"because a tree round takes as long as {needed:.0f} plain tokens here "
            f"and would give about {self._tokens(budget):.0f}"
        )


def _prior(budget: int) -> float:
    return float(np.interp(budget, _PRIOR_BUDGETS, _PRIOR_TOKENS))
