"""What a plan will most likely say of a pair that is not on this computer yet.

The catalogue states how many parameters a model has, and mostly how large its file is; the shape of
its layers is that of its kind. That decides between a card, memory and the disk; the plan that is
made once the files are here reads their headers.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.config import DEFAULT_BUDGET, KvType
from engine.library.catalogue import CatalogueModel, CataloguePair
from engine.memory_plan.decide import PlanRequest, decide
from engine.memory_plan.forecast import size_of
from engine.memory_plan.machine_facts import MachineFacts
from engine.memory_plan.model_facts import LayerFacts, ModelFacts
from engine.memory_plan.values import Speed, Verdict

_CONTEXT: Final = 4096
_LAYERS: Final = ((8, 40), (2, 32), (0, 26))
"""From so many billion parameters on, so many layers."""
_PER_LAYER: Final = 12
"""A layer has about so many times the square of its width in parameters."""
_ENDS: Final = 0.03
"""Share of a file that is the embedding, and as much again the output."""
_CACHE_WIDTH: Final = 1024
"""Numbers that a layer keeps of a token's keys, and of its values: 8 heads of 128."""
_WIDENING: Final = 4
_VOCABULARY: Final = 128_000
_ATTENTION_SHARE: Final = 0.2


@dataclass(frozen=True)
class Outlook:
    """One pair of the catalogue on one machine."""

    pair: CataloguePair
    verdict: Verdict
    speed: Speed
    download_bytes: int
    is_size_known: bool
    """Whether the catalogue vouches for it; else it follows from the parameters."""


def outlook(pair: CataloguePair, machine: MachineFacts) -> Outlook:
    """How `pair` will run."""
    request = PlanRequest(
        target=_facts(pair.target),
        draft=_facts(pair.draft),
        context_length=_CONTEXT,
        kv_type=KvType.F16,
        budget=DEFAULT_BUDGET,
    )
    decision = decide(request, machine)
    models = (pair.target, pair.draft)
    return Outlook(
        pair,
        decision.verdict,
        decision.speed,
        sum(map(_size, models)),
        all(model.files[0].size_bytes for model in models),
    )


def worth_offering(
    pairs: Iterable[CataloguePair], machine: MachineFacts, count: int = 3
) -> Sequence[Outlook]:
    """The largest pair of each way to run, then the next largest, by size; what cannot run never.

    From the disk it is the smallest: all of these are slow, and the smallest is the least so.
    """
    ranked = sorted((outlook(pair, machine) for pair in pairs), key=_order)
    possible = [one for one in ranked if one.verdict is not Verdict.IMPOSSIBLE]
    first = {one.verdict: one for one in reversed(possible)}
    rest = [one for one in possible if one not in first.values()]
    return sorted([*first.values(), *rest][:count], key=lambda one: one.pair.target.parameters)


def _order(one: Outlook) -> tuple[bool, int]:
    size = one.pair.target.parameters
    # A size that nobody vouches for is the second choice among equals.
    return not one.is_size_known, size if one.verdict is Verdict.STREAMED else -size


def _size(model: CatalogueModel) -> int:
    file = model.files[0]
    return size_of(model.parameters, file.quantization, file.size_bytes).weights


def _facts(model: CatalogueModel) -> ModelFacts:
    size = _size(model)
    count = next(layers for billions, layers in _LAYERS if model.parameters >= billions * 10**9)
    width = round(math.sqrt(model.parameters / count / _PER_LAYER))
    end = round(size * _ENDS)
    weights = (size - 2 * end) // count
    attention = round(weights * _ATTENTION_SHARE)
    layer = LayerFacts(attention, weights - attention, 0, _CACHE_WIDTH, _CACHE_WIDTH)
    end_elements = round(model.parameters * _ENDS)
    return ModelFacts(
        path=Path(model.files[0].name),
        layers=(layer,) * count,
        layer_elements=model.parameters - 2 * end_elements,
        embedding=end,
        embedding_elements=end_elements,
        output=end,
        output_elements=end_elements,
        tied=False,
        largest_tensor=weights // 3,
        embedding_length=width,
        feed_forward_width=_WIDENING * width,
        expert_rows=0,
        expert_count=0,
        query_width=width,
        masks=1,
        vocabulary_size=_VOCABULARY,
        trained_context=_CONTEXT,
    )
