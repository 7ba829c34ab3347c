"""The loop: grow -> flatten -> decode -> walk -> keep. `generate_plain` is its twin and oracle."""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass

from engine.accept import Walk, walk_tree
from engine.cancel import CancelToken
from engine.draft_tree import DraftTree
from engine.drafter import Drafter
from engine.errors import DecodeFailed
from engine.events import RoundStats
from engine.flat_batch import FlatBatch, run_batch
from engine.flatten_tree import flatten_tree
from engine.latency import MeasuredModel
from engine.planner import PLAIN, Plan, Planner
from engine.ports import FloatRows, LogitModel
from engine.prefill import Prefix
from engine.sample import Sampler


@dataclass(frozen=True)
class Round:
    """What a round gave. All tokens but the last came from the tree."""

    tokens: tuple[int, ...]
    ended: bool
    stats: RoundStats


@dataclass(frozen=True)
class Speculation:
    """The models of a session with their KV caches, and who decides how they are used."""

    target: MeasuredModel
    prefix: Prefix
    """The target's."""
    drafter: Drafter | None
    planner: Planner

    @property
    def draft_seconds(self) -> float:
        """Seconds of all draft passes so far."""
        return self.drafter.model.seconds if self.drafter else 0.0

    def restore(self) -> None:
        """Leave only the prefixes in the KV caches."""
        self.prefix.restore()
        if self.drafter is not None:
            self.drafter.restore()

    def forget(self) -> None:
        """Empty the KV caches: after a failed pass their contents are unknown."""
        self.prefix.forget()
        if self.drafter is not None:
            self.drafter.forget()

    def close(self) -> None:
        """Free the KV caches."""
        if self.drafter is not None:
            self.drafter.model.close()
        self.target.close()


@dataclass
class Reply:
    """The text so far and how to go on: `tokens` ends in the root and grows by each round."""

    tokens: list[int]
    sampler: Sampler
    is_end: Callable[[int], bool]
    limit: int
    """Tokens that may still come."""


def generate(
    models: Speculation, reply: Reply, cancel: CancelToken
) -> Generator[Round, None, None]:
    """Continue the reply, a round at a time, until it ends or reaches its limit.

    However this ends, both KV caches then hold a prefix of the text and nothing else.
    """
    try:
        ended = False
        while reply.limit > 0 and not ended:
            cancel.check()
            round_ = _run_round(models, reply, cancel)
            ended = round_.ended
            yield round_
    except DecodeFailed:
        models.forget()
        raise
    finally:
        models.restore()


def _run_round(models: Speculation, reply: Reply, cancel: CancelToken) -> Round:
    clock = _RoundClock(models)
    plan = models.planner.plan()
    tree = _grow(models, plan, reply, cancel)
    batch = flatten_tree(tree, reply.tokens[-1], len(models.prefix))
    logits = _score(models, batch)
    walk = walk_tree(tree, logits, reply.sampler, reply.is_end, reply.limit)
    _keep(models, tree, walk, batch)
    reply.tokens.extend(walk.tokens)
    reply.limit -= len(walk.tokens)
    stats = clock.stats(plan, tree, walk)
    models.planner.observe(plan, len(walk.tokens), stats.draft_seconds)
    return Round(walk.tokens, walk.ended, stats)


def _grow(models: Speculation, plan: Plan, reply: Reply, cancel: CancelToken) -> DraftTree:
    """The round's tree; empty for a plain round, and where context or limit leave no room."""
    free = models.target.context_length - len(reply.tokens)
    if models.drafter is None or plan.shape is None or reply.limit == 1 or free < 1:
        return DraftTree.empty()
    shape = plan.shape.within(
        nodes=min(free, models.target.max_rows - 1),
        leaves=models.target.slot_count,
        depth=reply.limit - 1,
    )
    tree = models.drafter.grow(reply.tokens, shape, cancel)
    cancel.check()
    return tree


def _score(models: Speculation, batch: FlatBatch) -> FloatRows:
    """One target pass over the tree, every slot behind the prefix."""
    for slot in range(1, batch.slots):
        models.target.fork(0, slot, len(models.prefix))
    return models.target.decode(batch)


def _keep(models: Speculation, tree: DraftTree, walk: Walk, batch: FlatBatch) -> None:
    """Both KV caches keep the root and the accepted path."""
    last_row = walk.nodes[-1] + 1 if walk.nodes else 0
    accepted = [int(batch.token[0]), *(int(tree.token[node]) for node in walk.nodes)]
    models.prefix.keep(int(batch.slot_start[last_row]), len(models.prefix), accepted)
    if models.drafter is not None:
        models.drafter.keep(walk.tokens)


class _RoundClock:
    """Splits a round's wall time into draft, target and other."""

    def __init__(self, models: Speculation) -> None:
        self._models = models
        self._start = time.perf_counter()
        self._target = models.target.seconds
        self._draft = models.draft_seconds

    def stats(self, plan: Plan, tree: DraftTree, walk: Walk) -> RoundStats:
        """The round's numbers, up to now."""
        target = self._models.target.seconds - self._target
        draft = self._models.draft_seconds - self._draft
        return RoundStats(
            mode=plan.mode if len(tree) else PLAIN,
            reason=plan.reason,
            nodes=len(tree),
            leaves=tree.leaf_count,
            depth=tree.max_depth,
            accepted=len(walk.nodes),
            draft_seconds=draft,
            target_seconds=target,
            other_seconds=time.perf_counter() - self._start - target - draft,
        )


def generate_plain(model: LogitModel, reply: Reply) -> list[int]:
    """One token per pass; shares nothing with `generate` but the sampler. The tests' oracle."""
    model.keep_path(0, 0)
    logits = model.decode(run_batch(reply.tokens, 0, logits=True))
    new = [reply.sampler.sample(logits[0])]
    while len(new) < reply.limit and not reply.is_end(new[-1]):
        position = len(reply.tokens) + len(new) - 1
        logits = model.decode(run_batch(new[-1:], position, logits=True))
        new.append(reply.sampler.sample(logits[0]))
    return new
