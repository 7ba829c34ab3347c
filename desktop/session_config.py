"""What the window asks for as the engine's configuration, and back."""

from dataclasses import replace
from pathlib import Path

from desktop.engine_port import OpenRequest, Pair
from engine.config import (
    DEFAULT_SAVED_PREFIX_BYTES,
    ModelConfig,
    Placement,
    SelfDraft,
    SessionConfig,
)
from engine.errors import ModelNotFound
from engine.language import tr


def session_config(request: OpenRequest) -> SessionConfig:
    """What the engine opens for `request`. Raises `ModelNotFound` without the starter model."""
    pair = request.pair or _starter_pair()
    draft: ModelConfig | SelfDraft | None
    match pair.draft:
        case Path():
            draft = ModelConfig(path=pair.draft, placement=request.draft_placement)
        case SelfDraft():
            draft = replace(pair.draft, placement=request.draft_placement)
        case None:
            draft = None
    return SessionConfig(
        target=ModelConfig(path=pair.target, placement=request.placement),
        draft=draft,
        context_length=request.context_length,
        kv_type=request.kv_type,
        speculation=request.speculation,
        saved_prefix_bytes=DEFAULT_SAVED_PREFIX_BYTES,
        rpc_endpoints=request.workers,
        skip_missing_workers=request.skip_missing_workers,
        load_anyway=request.load_anyway,
        draw_trees=True,
    )


def open_request(config: SessionConfig) -> OpenRequest:
    """The request for what a profile holds."""
    draft = config.draft
    return OpenRequest(
        pair=Pair(
            config.target.path,
            draft.path if isinstance(draft, ModelConfig) else _anywhere(draft),
            suggestions=config.speculation.suggestions,
        ),
        context_length=config.context_length,
        speculation=config.speculation,
        kv_type=config.kv_type,
        placement=config.target.placement,
        draft_placement=draft.placement if draft else Placement(),
        load_anyway=config.load_anyway,
        workers=config.rpc_endpoints,
    )


def _anywhere(draft: SelfDraft | None) -> SelfDraft | None:
    """The copy alone; where it goes stands in the request."""
    return replace(draft, placement=Placement()) if draft else None


def _starter_pair() -> Pair:
    from engine.library.starter import STARTER, is_starter_ready, starter_path  # noqa: PLC0415

    if not is_starter_ready():
        raise ModelNotFound(
            tr("The starter model {name} is not on this computer.").format(name=STARTER.name),
            hint=tr("Choose a GGUF file instead."),
        )
    return Pair(starter_path(), SelfDraft())
