"""What would help: the plan made again with one thing changed, and the best of those."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Final, NamedTuple

from engine.config import KvType
from engine.language import tr, two_digits, whole
from engine.memory_plan.decide import ANYWHERE, Decision, PlanRequest, decide
from engine.memory_plan.machine_facts import MachineFacts
from engine.memory_plan.model_facts import LAYER_BITS, ModelFacts, requantized
from engine.memory_plan.values import Change, ChangeKind, Verdict

_MOST: Final = 3
_WORTH: Final = 1.1
"""A change must give so many times the speed, where it does not better the verdict."""
_SMALLER: Final = 0.9
"""Another quantization must need so much less for each weight."""
_SHORTEST_CONTEXT: Final = 2048
_COARSEST: Final = "Q3_K_M"
"""Below it texts suffer more than speed gains: suggested only where it betters the verdict."""
_COPIES: Final = ("Q4_0", "Q2_K")
"""Low-bit copies that make drafts, the better first."""
_COPY_SHARE: Final = 0.7
"""A copy larger than this share of its target drafts too slowly."""


class _Trial(NamedTuple):
    kind: ChangeKind
    value: str
    label: str
    request: PlanRequest


def helpful_changes(
    request: PlanRequest, machine: MachineFacts, now: Decision
) -> tuple[Change, ...]:
    """The few changes that help most, one of each kind, the best first.

    Their speeds are estimates. Where the verdict stays they are corrected by what was measured of
    the pair as it is.
    """
    if now.verdict is Verdict.RESIDENT:
        return ()
    estimated = decide(request, machine)
    correction = now.speed.tokens_per_second / estimated.speed.tokens_per_second
    best = []
    for _, trials in groupby(_trials(request), key=lambda trial: trial.kind):
        made = [(trial, decide(trial.request, machine)) for trial in trials]
        helpful = [(trial, then) for trial, then in made if _helps(trial, estimated, then)]
        if helpful:
            # The mildest of the best verdict: trials of a kind go from mild to drastic.
            best.append(max(helpful, key=lambda pair: pair[1].verdict.rank))
    best.sort(key=lambda pair: (pair[1].verdict.rank, pair[1].speed.tokens_per_second))
    return tuple(
        _change(trial, then, correction if then.verdict is now.verdict else 1.0)
        for trial, then in reversed(best[-_MOST:])
    )


def _helps(trial: _Trial, now: Decision, then: Decision) -> bool:
    if then.verdict.rank != now.verdict.rank:
        return then.verdict.rank > now.verdict.rank
    if then.verdict is Verdict.IMPOSSIBLE:
        return False
    coarse = trial.kind is ChangeKind.QUANTIZATION and (
        LAYER_BITS[trial.value] < LAYER_BITS[_COARSEST]
    )
    faster = then.speed.tokens_per_second > _WORTH * now.speed.tokens_per_second
    return faster and not coarse


def _change(trial: _Trial, then: Decision, correction: float) -> Change:
    speed = replace(
        then.speed,
        tokens_per_second=correction * then.speed.tokens_per_second,
        plain=correction * then.speed.plain,
    )
    rate = tr("about {speed} tokens/s").format(speed=two_digits(speed.tokens_per_second))
    sentence = f"{trial.label}: {_OUTCOMES[then.verdict]}, {rate}."
    return Change(trial.kind, trial.value, sentence, then.verdict, speed)


_OUTCOMES: Final = {
    Verdict.RESIDENT: tr("it fits"),
    Verdict.OFFLOADED: tr("a part in RAM"),
    Verdict.STREAMED: tr("streamed from the disk"),
}


def _trials(request: PlanRequest) -> Iterator[_Trial]:
    """Single changes, those of a kind together, from mild to drastic."""
    yield from _quantizations(request)
    yield from _contexts(request)
    if request.kv_type is KvType.F16:
        label = tr("With the KV caches in q8_0")
        changed = replace(request, kv_type=KvType.Q8_0)
        yield _Trial(ChangeKind.KV_TYPE, str(KvType.Q8_0), label, changed)
    yield from _drafts(request)


def _quantizations(request: PlanRequest) -> Iterator[_Trial]:
    facts = request.target
    size = sum(layer.weights for layer in facts.layers)
    bits_now = 8 * size / max(facts.layer_elements, 1)
    for name, bits in LAYER_BITS.items():
        if bits < _SMALLER * bits_now:
            changed = replace(request, target=requantized(facts, name))
            yield _Trial(
                ChangeKind.QUANTIZATION,
                name,
                tr("With the target in {name}").format(name=name),
                changed,
            )


def _contexts(request: PlanRequest) -> Iterator[_Trial]:
    length = min(request.context_length, request.target.trained_context) // 2
    while length >= _SHORTEST_CONTEXT:
        label = tr("With a context of {length} tokens").format(length=whole(length))
        changed = replace(request, context_length=length)
        yield _Trial(ChangeKind.CONTEXT, str(length), label, changed)
        length //= 2


def _drafts(request: PlanRequest) -> Iterator[_Trial]:
    for name in _COPIES:
        copy = requantized(request.target, name)
        if copy.weights < _COPY_SHARE * request.target.weights and not _has_such(request, copy):
            changed = replace(request, draft=copy, draft_placement=ANYWHERE, self_draft=True)
            label = tr("With the target's {name} copy as draft").format(name=name)
            yield _Trial(ChangeKind.DRAFT, f"self:{name}", label, changed)
    if request.helper is not None:
        label = tr("Without the helper")
        yield _Trial(ChangeKind.DRAFT, "no helper", label, replace(request, helper=None))
    if request.draft is not None:
        changed = replace(request, draft=None, helper=None, self_draft=False)
        yield _Trial(ChangeKind.DRAFT, "none", tr("Without a draft"), changed)


def _has_such(request: PlanRequest, copy: ModelFacts) -> bool:
    """Whether the draft is such a copy already, or one no larger."""
    if not request.self_draft or request.draft is None:
        return False
    return request.draft.weights < copy.weights / _SMALLER
