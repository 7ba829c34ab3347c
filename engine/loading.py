"""Weights into memory: check the headers, make the low-bit copy, decide how to hold them, load."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from engine.cancel import CancelToken
from engine.config import ModelConfig, SelfDraft, SessionConfig
from engine.events import LoadProgress, LoadStage
from engine.learned import learned_path
from engine.library.metadata import inspect_model, require_chat_model
from engine.library.pair import require_pair
from engine.llama.devices import add_rpc_worker
from engine.llama.model import LlamaModel
from engine.machine import available_memory
from engine.self_draft import ensure_low_bit_copy

Progress = Callable[[LoadProgress], None]

_HEADROOM: Final = 0.85
"""Weights may fill this much of the available memory; the rest is for caches and buffers."""


@dataclass(frozen=True)
class LoadedModels:
    """Weights in memory. `draft` is None for a session without one."""

    target: LlamaModel
    draft: LlamaModel | None
    draft_name: str | None
    """For people: a low-bit copy is named after its target."""
    learned_file: Path
    """Where what is learnt of this pair is kept."""

    @property
    def streamed(self) -> bool:
        """Whether the target is read from its file in every pass."""
        return self.target.config.placement.streamed

    def close(self) -> None:
        """Free the weights; their contexts must be closed."""
        if self.draft is not None:
            self.draft.close()
        self.target.close()


def load_models(config: SessionConfig, progress: Progress, cancel: CancelToken) -> LoadedModels:
    """Check both files, make the low-bit copy where one is asked for, and load the weights.

    Raises `OutriderError`, `Cancelled`; nothing stays loaded then.
    """
    size = _check(config.target.path)
    progress(LoadProgress(LoadStage.CHECKING, 0.5))
    target_config, draft_config = config.target, _draft_config(config, progress, cancel)
    if draft_config is not None:
        size += _check(draft_config.path)
        require_pair(target_config.path, draft_config.path)
    if target_config.placement.streamed or size > _HEADROOM * available_memory():
        target_config, draft_config = _streamed(target_config), draft_config and _kept(draft_config)
    progress(LoadProgress(LoadStage.CHECKING, 1.0))
    learned_file = learned_path(target_config, draft_config, config.kv_type, config.threads)
    for endpoint in config.rpc_endpoints:
        add_rpc_worker(endpoint)
    with ExitStack() as undo:
        on_progress = _stage(progress, LoadStage.TARGET)
        target = LlamaModel(target_config, on_progress, cancel, kv_type=config.kv_type)
        undo.callback(target.close)
        draft = None
        if draft_config is not None:
            on_progress = _stage(progress, LoadStage.DRAFT)
            draft = LlamaModel(draft_config, on_progress, cancel, kv_type=config.kv_type)
        undo.pop_all()
    return LoadedModels(target, draft, _draft_name(config), learned_file)


def _draft_name(config: SessionConfig) -> str | None:
    match config.draft:
        case SelfDraft():
            return f"{config.target.path.stem} {config.draft.quantization} copy"
        case ModelConfig():
            return config.draft.path.stem
    return None


def _check(path: Path) -> int:
    """Refuse what llama.cpp would abort on, and what cannot chat. Returns the size in bytes."""
    info = inspect_model(path)
    require_chat_model(info)
    return info.size_bytes


def _streamed(config: ModelConfig) -> ModelConfig:
    """Weights that stay in the mapped file: repacking would need memory for all of them."""
    return replace(config, placement=replace(config.placement, streamed=True))


def _kept(config: ModelConfig) -> ModelConfig:
    """Weights in memory of our own: pages of a mapped file would give way to the target's."""
    return replace(config, placement=replace(config.placement, in_memory=True))


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
