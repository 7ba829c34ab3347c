"""The methods that `bench` compares, and how each becomes a speculation of a session.

`off`, `tree` and `auto` are the product's own modes. The others are rules of other programs over
the same KV caches and passes; as published, they do not draft while the target works.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from engine.bench.record import Method
from engine.bench.specinfer_choice import MultiStepChoice
from engine.bench.specinfer_draws import ChildDraws
from engine.bench.specinfer_tree import SpecInferGuesser
from engine.config import Mode, SamplingConfig, SpeculationConfig
from engine.drafter import Drafter
from engine.generate import Speculation
from engine.grow_tree import TreeShape, chain_shape
from engine.planner import CHAIN, FixedPlanner, Plan, make_planner

OFF: Final = "off"
_CHAIN: Final = "chain"
_SPECINFER: Final = "specinfer"
_NGRAM: Final = "ngram"
_TREE: Final = "tree"
_AUTO: Final = "auto"

NAMES: Final = (OFF, _CHAIN, _SPECINFER, _NGRAM, _TREE, _AUTO)
NEED_DRAFT: Final = frozenset({_CHAIN, _SPECINFER})
"""The others go on without one."""

_MODES: Final = {
    OFF: Mode.OFF,
    _CHAIN: Mode.CHAIN,
    _SPECINFER: Mode.CHAIN,
    _NGRAM: Mode.AUTO,
    _TREE: Mode.TREE,
    _AUTO: Mode.AUTO,
}
"""Under which mode a method runs. Chains run plain where the draft cannot be used, and say why."""
_MEASURED: Final = "because it is measured"
_NO_DRAFT: Final = "because nothing repeats, and this method has no draft"


def methods(names: Sequence[str], budgets: Sequence[int], chains: Sequence[int]) -> list[Method]:
    """One method per name, or per name and size where a size plays a part."""
    sizes = {_CHAIN: chains, _SPECINFER: budgets, _TREE: budgets}
    return [Method(name, size) for name in names for size in sizes.get(name, [None])]


def speculation_config(method: Method, largest: int) -> SpeculationConfig:
    """The mode to run under; methods without a size may use `largest` nodes."""
    return SpeculationConfig(mode=_MODES[method.name], budget=method.budget or largest)


def vary(
    own: Speculation, method: Method, config: SpeculationConfig, sampling: SamplingConfig
) -> Speculation:
    """The method's speculation, given the session's own under `config`: `speculation_config`'s."""
    drafter, size = own.guesser.drafter, method.budget or 0
    if method.name == _NGRAM:
        alone = make_planner(config, own.target.curve, None, no_draft=_NO_DRAFT)
        return replace(own, planner=alone)
    if method.name == _CHAIN and drafter is not None:
        plan = Plan(CHAIN, _MEASURED, chain_shape(size), size)
        return replace(own, planner=FixedPlanner(plan), background=None)
    if method.name == _SPECINFER and drafter is not None:
        return _specinfer(own, drafter, size, sampling)
    return own


def _specinfer(
    own: Speculation, drafter: Drafter, size: int, sampling: SamplingConfig
) -> Speculation:
    # Draws and verification must not repeat the random numbers of the sampler, which has the seed.
    random = np.random.default_rng(None if sampling.seed is None else (sampling.seed, 1))
    draws = ChildDraws(sampling, drafter.never, random)
    guesser = SpecInferGuesser(drafter, own.guesser, draws)
    return replace(
        own,
        guesser=guesser,
        planner=FixedPlanner(Plan(_SPECINFER, _MEASURED, TreeShape(budget=size), size)),
        choose=MultiStepChoice(lambda: guesser.sources, random),
        background=None,
    )
