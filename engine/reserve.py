"""KV caches for loaded weights, with their costs measured: a `Speculation` ready to run."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Final

from engine.cancel import CancelToken
from engine.config import Mode, SessionConfig
from engine.drafter import Drafter
from engine.events import LoadProgress, LoadStage
from engine.generate import Speculation
from engine.guess import Guesser, calibrations
from engine.helper import Helper
from engine.language import tr
from engine.latency import CostCurve, MeasuredModel, measure_costs
from engine.learned import Learned, Points, recall, remember
from engine.llama.context import MAX_SLOTS, ContextSize, LlamaContext, ThreadsNow, all_threads
from engine.llama.model import LlamaModel
from engine.loading import LoadedModels
from engine.machine import threads_for, usable_cores
from engine.planner import PLAIN, DraftForecast, FixedPlanner, Plan, make_planner
from engine.prefill import Prefix
from engine.recycle import Recycler
from engine.staging import Staging
from engine.suggest import SuffixSuggester
from engine.thread_count import ThreadCount

_PREFILL_ROWS: Final = 256
"""Rows of a prompt chunk: enough to share each weight read, few enough to stop soon."""
_FRONTIER_ROWS: Final = 32
_DRAFT_CELLS: Final = 1024
"""KV cells for nodes that a growing tree decodes, also those that do not stay in it."""
_HELPER_CELLS: Final = 256
"""KV cells for a path of the draft's tree, and for what the helper guesses behind it."""
_MEASURING_SECONDS: Final = 1.5
"""For each model, at load."""
_STREAMED_THREADS: Final = 1
"""Further threads of a streamed target would spin while one waits for the disk, and take the core
that the draft needs meanwhile: 5.7 s a pass with one thread, 7.9 with two (docs/adr/0007)."""
_NO_DRAFT: Final = tr("because no draft model is loaded")
_NO_TREES: Final = tr("because this model keeps a running state and cannot take guesses back")
_NO_DRAFTING: Final = tr("because the draft keeps a running state and cannot take guesses back")


def reserve(
    models: LoadedModels,
    config: SessionConfig,
    progress: Callable[[LoadProgress], None],
    cancel: CancelToken,
    suggester: SuffixSuggester | None = None,
) -> Speculation:
    """KV caches sized so that a tree of the budget is one target pass.

    A `suggester` of former KV caches keeps what it knows.
    Raises `ModelLoadFailed`, `Cancelled`; nothing stays reserved then.
    """
    with ExitStack() as undo:
        threads_now = _threads_now(config)
        target = _target_context(models, config, threads_now)
        undo.callback(target.close)
        draft = helper = None
        if models.draft is not None and not _why_no_draft(models):
            slots = min(config.speculation.budget + _FRONTIER_ROWS, MAX_SLOTS)
            draft = _guessing_context(models.draft, config, _DRAFT_CELLS, slots, threads_now)
            undo.callback(draft.close)
            if models.helper is not None and models.helper.can_take_back:
                helper = _guessing_context(models.helper, config, _HELPER_CELLS, 1, threads_now)
                undo.callback(helper.close)
        learned = recall(models.learned_file)
        progress(LoadProgress(LoadStage.MEASURING, 0.0))
        cancel.check()
        _measure(target, config.speculation.budget + 1, learned.target_cost)
        cancel.check()
        progress(LoadProgress(LoadStage.MEASURING, 0.5))
        if draft is not None:
            _measure(draft, _FRONTIER_ROWS, learned.draft_cost)
        if helper is not None:
            _measure(helper, _FRONTIER_ROWS, learned.helper_cost)
        progress(LoadProgress(LoadStage.MEASURING, 1.0))
        suggester = suggester or SuffixSuggester(models.target.vocab.ends)
        speculation = _speculation(models, config, suggester, target, draft, helper, learned)
        undo.pop_all()
    return with_planner(speculation, models, config)


def save_learned(speculation: Speculation, models: LoadedModels) -> None:
    """Keep what this session measured and learnt for the next one."""
    drafter, forecast = speculation.guesser.drafter, speculation.forecast
    helper = drafter.helper if drafter is not None else None
    learned = Learned(
        target_cost=speculation.target.curve.points,
        draft_cost=drafter.model.curve.points if drafter is not None else [],
        helper_cost=helper.model.curve.points if helper is not None else [],
        calibrations={
            str(origin): calibration.to_lists()
            for origin, calibration in speculation.guesser.calibrations.items()
        },
        forecast=forecast.state if forecast is not None else None,
        helper=drafter.staging.state if drafter is not None and drafter.staging else None,
    )
    remember(models.learned_file, learned)


def with_planner(
    speculation: Speculation, models: LoadedModels, config: SessionConfig
) -> Speculation:
    """The same KV caches under the planner of another mode."""
    planner = make_planner(
        config.speculation,
        speculation.target.curve,
        speculation.forecast,
        no_draft=_why_no_draft(models),
    )
    speculation.guesser.suggester.keep_earlier(allowed=config.speculation.earlier)
    guesses = config.speculation.mode in (Mode.TREE, Mode.AUTO) and models.target.can_take_back
    return replace(
        speculation, planner=planner, suggestions=guesses and config.speculation.suggestions
    )


def _why_no_draft(models: LoadedModels) -> str:
    """In the user's words; "" where there is one that can be used."""
    if models.draft is None:
        return _NO_DRAFT
    if not models.target.can_take_back:
        return _NO_TREES
    return "" if models.draft.can_take_back else _NO_DRAFTING


def _measure(model: MeasuredModel, largest: int, known: Points) -> None:
    """Sizes in the order of their use to the planner, in case there is no time for all.

    Kernels that take rows by fours or eights make the curve uneven below 16; on a CPU 8 rows may
    cost nearly what 16 do.
    """
    few = [size for size in (1, 16, 4, 8) if size < largest]
    sizes = [*few, largest, *(size for size in (31, 32) if size < largest)]
    measure_costs(model, sizes, _MEASURING_SECONDS, CostCurve(known))


def _speculation(  # noqa: PLR0917 - three models, and what is known of them
    models: LoadedModels,
    config: SessionConfig,
    suggester: SuffixSuggester,
    target: MeasuredModel,
    draft: MeasuredModel | None,
    helper: MeasuredModel | None,
    learned: Learned,
) -> Speculation:
    vocab = models.target.vocab
    drafter, beside = None, False
    if draft is not None:
        beside = models.plan.drafts_beside
        # Alone it has all cores: beside a target pass it takes one (`Drafter.grow_ahead`).
        threads = threads_for(config.threads)
        helping = Helper(helper, vocab.size) if helper is not None else None
        staging = Staging(draft, suggester.after, helping, learned.helper)
        drafter = Drafter(draft, vocab.ends, vocab.size, threads=threads, staging=staging)
    return Speculation(
        target=target,
        prefix=Prefix(target, can_take_back=models.target.can_take_back),
        guesser=Guesser(
            drafter, suggester, Recycler(vocab.ends), calibrations(learned.calibrations)
        ),
        planner=FixedPlanner(Plan(PLAIN, "")),
        forecast=DraftForecast(draft.curve, learned.forecast) if draft is not None else None,
        background=ThreadPoolExecutor(1, "outrider-target") if beside else None,
    )


def _threads_now(config: SessionConfig) -> ThreadsNow:
    """Other programs are given way, unless the person chose the number of threads."""
    return all_threads if config.threads else ThreadCount(usable_cores()).of


def _target_context(
    models: LoadedModels, config: SessionConfig, threads_now: ThreadsNow
) -> MeasuredModel:
    tree_rows = config.speculation.budget + 1
    size = ContextSize(
        cells=conversation_room(models.target, config) + tree_rows,
        rows=max(tree_rows, _PREFILL_ROWS),
        logit_rows=tree_rows,
        # Leaves of a best-first tree are about 0.4 of its nodes.
        slots=min(config.speculation.budget // 2 + 2, MAX_SLOTS),
        threads=threads_for(config.threads or (_STREAMED_THREADS if models.streamed else 0)),
    )
    return MeasuredModel(LlamaContext(models.target, size, threads_now))


def _guessing_context(
    model: LlamaModel, config: SessionConfig, spare: int, slots: int, threads_now: ThreadsNow
) -> MeasuredModel:
    """The draft's or the helper's: `spare` cells beyond the conversation."""
    size = ContextSize(
        cells=conversation_room(model, config) + spare,
        rows=_PREFILL_ROWS,
        logit_rows=_FRONTIER_ROWS,
        slots=slots,
        threads=threads_for(config.threads),
    )
    return MeasuredModel(LlamaContext(model, size, threads_now))


def conversation_room(model: LlamaModel, config: SessionConfig) -> int:
    """Tokens of conversation that the model takes: what was asked for, at most what it learnt."""
    return min(config.context_length, model.trained_context)
