"""The loop: guess -> flatten -> decode -> walk -> keep. `generate_plain` is its twin and oracle."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from engine.accept import ChoiceRule, Walk, sample_target, walk_tree
from engine.cancel import CancelToken
from engine.draft_tree import DraftTree
from engine.errors import DecodeFailed
from engine.events import Origin, RoundStats
from engine.flat_batch import FlatBatch, run_batch
from engine.flatten_tree import flatten_tree
from engine.grow_tree import TreeShape
from engine.guess import Guesser, Suggestions
from engine.latency import MeasuredModel
from engine.merge_trees import MergedTree
from engine.planner import PLAIN, DraftForecast, Plan, Planner
from engine.ports import FloatRows, LogitModel
from engine.prefill import Prefix
from engine.sample import Sampler

T = TypeVar("T")


@dataclass(frozen=True)
class Round:
    """What a round gave; `origins` has one entry per token."""

    tokens: tuple[int, ...]
    origins: tuple[Origin, ...]
    ended: bool
    stats: RoundStats
    root: int
    """The token below which everything was guessed."""
    guessed: MergedTree
    path: tuple[int, ...]
    """The accepted nodes of `guessed`."""


@dataclass(frozen=True)
class Speculation:
    """The models of a session with their KV caches, and who decides how they are used."""

    target: MeasuredModel
    prefix: Prefix
    """The target's."""
    guesser: Guesser
    planner: Planner
    forecast: DraftForecast | None = None
    """What `planner` knows of the draft; it outlives a change of mode."""
    suggestions: bool = True
    choose: ChoiceRule = sample_target
    background: ThreadPoolExecutor | None = None
    """Runs target passes while the draft goes on, where the two do not slow each other."""

    def beside(
        self,
        work: Callable[[], T],
        text: Sequence[int],
        shape: TreeShape | None,
        cancel: CancelToken,
    ) -> T:
        """Do `work`, a target pass; where neither slows the other, the draft goes on meanwhile.

        `text` is known to go on from its last token; no `shape`, no drafting.
        """
        if self.background is None or shape is None:
            return work()
        working = self.background.submit(work)
        try:
            self.guesser.draft_ahead(text, shape, lambda: not working.done(), cancel)
        finally:
            wait([working])
        return working.result()

    def restore(self) -> None:
        """Leave only the text in the KV caches."""
        self.prefix.restore()
        self.guesser.restore()

    def forget(self) -> None:
        """Empty the KV caches: after a failed pass their contents are unknown."""
        self.prefix.forget()
        self.guesser.forget()

    def close(self) -> None:
        """Free the KV caches."""
        if self.background is not None:
            self.background.shutdown()
        self.guesser.close()
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
    plan, guessed = _guess(models, reply, cancel)
    batch = flatten_tree(guessed.tree, reply.tokens[-1], len(models.prefix))
    before = models.target.seconds
    logits = _score(models, batch, plan, reply.tokens, clock, cancel)
    walk = walk_tree(
        guessed.tree, logits, reply.sampler, reply.is_end, reply.limit, choose=models.choose
    )
    guessed.observe(walk.nodes, models.guesser.calibrations)
    if models.suggestions:
        seconds = models.target.seconds - before
        models.guesser.learn(guessed, batch.token.tolist(), logits, seconds)
    _keep(models, guessed.tree, walk, batch)
    root = reply.tokens[-1]
    reply.tokens.extend(walk.tokens)
    reply.limit -= len(walk.tokens)
    stats = clock.stats(plan, guessed.tree, walk)
    models.planner.observe(plan, stats)
    origins = (*map(guessed.origin_of, walk.nodes), Origin.TARGET)
    return Round(
        walk.tokens, origins[: len(walk.tokens)], walk.ended, stats, root, guessed, walk.nodes
    )


def _guess(models: Speculation, reply: Reply, cancel: CancelToken) -> tuple[Plan, MergedTree]:
    """The round's plan and tree; the tree is empty where context or limit leave no room."""
    guesser, target = models.guesser, models.target
    depth = reply.limit - 1
    room = min(target.context_length - len(reply.tokens), target.max_rows - 1) if depth else 0
    suggested: Suggestions = {}
    if models.suggestions and room > 0:
        suggested = guesser.suggest(reply.tokens, depth)
    merged = guesser.merge(DraftTree.empty(), suggested)
    plan = models.planner.plan(merged.chances, guesser.behind(reply.tokens))
    if plan.shape is not None and room > 0:
        shape = plan.shape.within(nodes=room, leaves=target.slot_count, depth=depth)
        drafted = guesser.draft(reply.tokens, shape, cancel)
        cancel.check()
        merged = guesser.merge(drafted, suggested)
    nodes = min(models.planner.nodes_worth_scoring(plan, merged.chances), room)
    if nodes <= 0:
        return plan, MergedTree.nothing()
    return plan, merged.select(merged.tree.best(nodes, target.slot_count))


def _score(  # noqa: PLR0917 - one pass and what goes on beside it
    models: Speculation,
    batch: FlatBatch,
    plan: Plan,
    text: Sequence[int],
    clock: "_RoundClock",
    cancel: CancelToken,
) -> FloatRows:
    """One target pass over the tree, every slot behind the prefix; meanwhile the draft goes on."""
    for slot in range(1, batch.slots):
        models.target.fork(0, slot, len(models.prefix))
    shape = plan.shape if len(batch) > 1 else None
    with clock.hidden():
        return models.beside(lambda: models.target.decode(batch), text, shape, cancel)


def _keep(models: Speculation, tree: DraftTree, walk: Walk, batch: FlatBatch) -> None:
    """Both KV caches keep the root and the accepted path."""
    last_row = walk.nodes[-1] + 1 if walk.nodes else 0
    accepted = [int(batch.token[0]), *(int(tree.token[node]) for node in walk.nodes)]
    models.prefix.keep(int(batch.slot_start[last_row]), len(models.prefix), accepted)
    models.guesser.keep(walk.tokens)


class _RoundClock:
    """Splits a round's wall time into draft, target and other."""

    def __init__(self, models: Speculation) -> None:
        self._models = models
        self._start = time.perf_counter()
        self._target = models.target.seconds
        self._waiting = models.target.waiting_seconds
        self._draft = models.guesser.draft_seconds
        self._hidden = 0.0

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Draft passes in here run beside a target pass."""
        before = self._models.guesser.draft_seconds
        yield
        self._hidden += self._models.guesser.draft_seconds - before

    def stats(self, plan: Plan, tree: DraftTree, walk: Walk) -> RoundStats:
        """The round's numbers, up to now."""
        target = self._models.target.seconds - self._target
        draft = self._models.guesser.draft_seconds - self._draft - self._hidden
        wall = time.perf_counter() - self._start
        return RoundStats(
            mode=plan.mode if len(tree) else PLAIN,
            reason=plan.reason,
            nodes=len(tree),
            leaves=tree.leaf_count,
            depth=tree.max_depth,
            accepted=len(walk.nodes),
            draft_seconds=draft,
            target_seconds=target,
            other_seconds=max(wall - target - draft, 0.0),
            hidden_seconds=self._hidden,
            waiting_seconds=self._models.target.waiting_seconds - self._waiting,
            widths=tree.widths,
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
