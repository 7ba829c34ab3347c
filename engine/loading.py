"""Weights into memory: check the headers, make the low-bit copy, plan where they go, load."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from engine.cancel import CancelToken
from engine.config import ModelConfig, SelfDraft, SessionConfig
from engine.errors import NotEnoughMemory, WorkerUnavailable
from engine.events import LoadProgress, LoadStage
from engine.learned import learned_path
from engine.library.low_bit import low_bit_type
from engine.llama.devices import add_rpc_worker
from engine.llama.model import LlamaModel
from engine.memory_plan.values import MemoryPlan
from engine.pair_plan import check_files, choose_copy, plan_pair, without_workers
from engine.rpc_keepalive import keep_alive
from engine.self_draft import ensure_low_bit_copy
from engine.this_machine import machine_now

Progress = Callable[[LoadProgress], None]


@dataclass(frozen=True)
class LoadedModels:
    """Weights in memory. `draft` is None for a session without one."""

    target: LlamaModel
    draft: LlamaModel | None
    helper: LlamaModel | None
    draft_name: str | None
    """For people: a low-bit copy is named after its target, a helper comes with the draft."""
    learned_file: Path
    """Where what is learnt of this pair is kept."""
    plan: MemoryPlan
    """By which they were loaded."""

    @property
    def streamed(self) -> bool:
        """Whether the target is read from its file in every pass."""
        return self.target.config.placement.streamed

    def close(self) -> None:
        """Free the weights; their contexts must be closed."""
        for model in (self.helper, self.draft):
            if model is not None:
                model.close()
        self.target.close()


def load_models(config: SessionConfig, progress: Progress, cancel: CancelToken) -> LoadedModels:
    """Check both files, make the low-bit copy where one is asked for, and load by the memory plan.

    Raises `NotEnoughMemory` or another `OutriderError`, `Cancelled`; nothing stays loaded then.
    """
    config = _with_workers(config)
    check_files(config)
    config = choose_copy(config, machine_now())
    progress(LoadProgress(LoadStage.CHECKING, 0.5))
    plan, draft, helper = _plan(config), config.draft, config.helper
    if isinstance(draft, SelfDraft):
        draft = _low_bit_copy(config.target, draft, progress, cancel)
        plan = _plan(config)  # by the copy's own size
    progress(LoadProgress(LoadStage.CHECKING, 1.0))
    placed = replace(config.target, placement=plan.target)
    if draft is not None and plan.draft is not None:
        draft = replace(draft, placement=plan.draft)
    if helper is not None and plan.helper is not None:
        helper = replace(helper, placement=plan.helper)
    learned_file = learned_path(placed, draft, config.kv_type, config.threads, helper)
    with ExitStack() as undo:

        def load(model: ModelConfig, stage: LoadStage) -> LlamaModel:
            loaded = LlamaModel(model, _stage(progress, stage), cancel, kv_type=config.kv_type)
            undo.callback(loaded.close)
            return loaded

        models = LoadedModels(
            load(placed, LoadStage.TARGET),
            load(draft, LoadStage.DRAFT) if draft is not None else None,
            load(helper, LoadStage.HELPER) if helper is not None else None,
            draft_name(config),
            learned_file,
            plan,
        )
        undo.pop_all()
    keep_alive(config.rpc_endpoints)
    return models


def draft_name(config: SessionConfig) -> str | None:
    """The draft's name for people, with its helper's; None without one."""
    match config.draft:
        case SelfDraft():
            quantization = low_bit_type(config.target.path, config.draft.quantization)
            name = f"{config.target.path.stem} {quantization} copy"
        case ModelConfig():
            name = config.draft.path.stem
        case None:
            return None
    return f"{name} + {config.helper.path.stem}" if config.helper is not None else name


def _with_workers(config: SessionConfig) -> SessionConfig:
    """Let ggml know the workers. Raises `WorkerUnavailable`, where it must not do without one."""
    missing = []
    for endpoint in config.rpc_endpoints:
        try:
            add_rpc_worker(endpoint)
        except WorkerUnavailable:
            if not config.skip_missing_workers:
                raise
            missing.append(endpoint)
    return without_workers(config, missing)


def _plan(config: SessionConfig) -> MemoryPlan:
    """What goes where. Raises `NotEnoughMemory` unless the user wants to load anyway."""
    plan = plan_pair(config, machine_now())
    if not (plan.fits or config.load_anyway):
        raise NotEnoughMemory(plan.summary, hint=plan.advice)
    return plan


def _low_bit_copy(
    target: ModelConfig, draft: SelfDraft, progress: Progress, cancel: CancelToken
) -> ModelConfig:
    copy = ensure_low_bit_copy(
        target.path,
        low_bit_type(target.path, draft.quantization),
        on_progress=_stage(progress, LoadStage.COPYING),
        cancel=cancel,
    )
    return ModelConfig(path=copy, placement=draft.placement)


def _stage(progress: Progress, stage: LoadStage) -> Callable[[float], None]:
    def report(fraction: float) -> None:
        progress(LoadProgress(stage, fraction))

    return report
