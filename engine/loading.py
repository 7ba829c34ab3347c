"""Opening the models of a session: check the headers, load, reserve contexts, measure."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import psutil

from engine.cancel import CancelToken
from engine.config import Mode, ModelConfig, SelfDraft, SessionConfig
from engine.drafter import Drafter
from engine.events import LoadProgress, LoadStage
from engine.generate import Speculation
from engine.guess import Guesser
from engine.latency import MeasuredModel, measure_costs
from engine.library.metadata import inspect_model, require_chat_model
from engine.library.pair import require_pair
from engine.llama.context import MAX_SLOTS, ContextSize, LlamaContext
from engine.llama.devices import add_rpc_worker
from engine.llama.model import LlamaModel
from engine.planner import PLAIN, FixedPlanner, Plan, make_planner
from engine.prefill import Prefix
from engine.self_draft import ensure_low_bit_copy
from engine.suggest import SuffixSuggester

Progress = Callable[[LoadProgress], None]

_PREFILL_ROWS: Final = 256
"""Rows of a prompt chunk: enough to share each weight read, few enough to stop soon."""
_FRONTIER_ROWS: Final = 32
_DRAFT_CELLS: Final = 1024
"""KV cells for nodes that a growing tree decodes, also those that do not stay in it."""
_MEASURING_SECONDS: Final = 1.5
"""For each model, at load."""
_NO_DRAFT: Final = "because no draft model is loaded"
_NO_TREES: Final = "because this model keeps a running state and cannot take guesses back"


@dataclass(frozen=True)
class LoadedModels:
    """Weights in memory. `draft` is None for a session without one."""

    target: LlamaModel
    draft: LlamaModel | None

    def close(self) -> None:
        """Free the weights; their contexts must be closed."""
        if self.draft is not None:
            self.draft.close()
        self.target.close()


def load_models(config: SessionConfig, progress: Progress, cancel: CancelToken) -> LoadedModels:
    """Check both files, make the low-bit copy where one is asked for, and load the weights.

    Raises `OutriderError`, `Cancelled`; nothing stays loaded then.
    """
    _check(config.target.path)
    progress(LoadProgress(LoadStage.CHECKING, 0.5))
    draft_config = _draft_config(config, progress, cancel)
    if draft_config is not None:
        _check(draft_config.path)
        require_pair(config.target.path, draft_config.path)
    progress(LoadProgress(LoadStage.CHECKING, 1.0))
    for endpoint in config.rpc_endpoints:
        add_rpc_worker(endpoint)
    with ExitStack() as undo:
        target = LlamaModel(config.target, _stage(progress, LoadStage.TARGET), cancel)
        undo.callback(target.close)
        draft = None
        if draft_config is not None:
            draft = LlamaModel(draft_config, _stage(progress, LoadStage.DRAFT), cancel)
        undo.pop_all()
    return LoadedModels(target, draft)


def _check(path: Path) -> None:
    """Refuse what llama.cpp would abort on, and what cannot chat."""
    require_chat_model(inspect_model(path))


def _draft_config(
    config: SessionConfig, progress: Progress, cancel: CancelToken
) -> ModelConfig | None:
    if not isinstance(config.draft, SelfDraft):
        return config.draft
    copy = ensure_low_bit_copy(
        config.target.path,
        config.draft.quantization,
        on_progress=_stage(progress, LoadStage.COPYING),
        cancel=cancel,
    )
    return ModelConfig(path=copy, placement=config.draft.placement)


def _stage(progress: Progress, stage: LoadStage) -> Callable[[float], None]:
    def report(fraction: float) -> None:
        progress(LoadProgress(stage, fraction))

    return report


def reserve(
    models: LoadedModels, config: SessionConfig, progress: Progress, cancel: CancelToken
) -> Speculation:
    """KV caches sized so that a tree of the budget is one target pass, with their costs measured.

    Raises `ModelLoadFailed`, `Cancelled`; nothing stays reserved then.
    """
    budget = config.speculation.budget
    with ExitStack() as undo:
        target = _target_context(models.target, config)
        undo.callback(target.close)
        draft = None
        if models.draft is not None and models.target.can_take_back:
            draft = _draft_context(models.draft, config)
            undo.callback(draft.close)
        progress(LoadProgress(LoadStage.MEASURING, 0.0))
        cancel.check()
        measure_costs(target, _probe_sizes(budget + 1), _MEASURING_SECONDS)
        cancel.check()
        progress(LoadProgress(LoadStage.MEASURING, 0.5))
        if draft is not None:
            measure_costs(draft, _probe_sizes(_FRONTIER_ROWS), _MEASURING_SECONDS)
        progress(LoadProgress(LoadStage.MEASURING, 1.0))
        undo.pop_all()
    vocab = models.target.vocab
    drafter = Drafter(draft, vocab.ends, vocab.size) if draft is not None else None
    guesser = Guesser(drafter, SuffixSuggester(vocab.ends))
    speculation = Speculation(target, Prefix(target), guesser, FixedPlanner(Plan(PLAIN, "")))
    return with_planner(speculation, models, config)


def with_planner(
    speculation: Speculation, models: LoadedModels, config: SessionConfig
) -> Speculation:
    """The same KV caches under the planner of another mode."""
    drafter = speculation.guesser.drafter
    planner = make_planner(
        config.speculation,
        speculation.target.curve,
        drafter.model.curve if drafter is not None else None,
        no_draft=_NO_DRAFT if models.draft is None else _NO_TREES,
    )
    mode = config.speculation.mode
    suggestions = config.speculation.suggestions and mode in (Mode.TREE, Mode.AUTO)
    can_guess = models.target.can_take_back
    return replace(speculation, planner=planner, suggestions=suggestions and can_guess)


def _target_context(model: LlamaModel, config: SessionConfig) -> MeasuredModel:
    tree_rows = config.speculation.budget + 1
    size = ContextSize(
        cells=conversation_room(model, config) + tree_rows,
        rows=max(tree_rows, _PREFILL_ROWS),
        logit_rows=tree_rows,
        slots=_slots(config),
        threads=_threads(config),
    )
    return MeasuredModel(LlamaContext(model, size))


def _draft_context(model: LlamaModel, config: SessionConfig) -> MeasuredModel:
    size = ContextSize(
        cells=conversation_room(model, config) + _DRAFT_CELLS,
        rows=_PREFILL_ROWS,
        logit_rows=_FRONTIER_ROWS,
        slots=min(config.speculation.budget + _FRONTIER_ROWS, MAX_SLOTS),
        threads=_threads(config),
    )
    return MeasuredModel(LlamaContext(model, size))


def conversation_room(model: LlamaModel, config: SessionConfig) -> int:
    """Tokens of conversation that the model takes: what was asked for, at most what it learnt."""
    return min(config.context_length, model.trained_context)


def _slots(config: SessionConfig) -> int:
    """Leaves of a best-first tree are about 0.4 of its nodes."""
    return min(config.speculation.budget // 2 + 2, MAX_SLOTS)


def _threads(config: SessionConfig) -> int:
    return config.threads or psutil.cpu_count(logical=False) or 1


def _probe_sizes(largest: int) -> list[int]:
    """One row first and the largest pass second, in case there is no time for more."""
    return [1, largest, *(size for size in (16, 4, 32, 8, 2) if size < largest)]
