"""The memory plan of a session: facts from the files and this machine, and what was learnt here."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from engine.cancel import CancelToken
from engine.config import ModelConfig, Placement, SelfDraft, SessionConfig
from engine.errors import DeviceUnavailable
from engine.language import tr
from engine.latency import CostCurve
from engine.learned import learned_path, recall
from engine.library.low_bit import low_bit_path, low_bit_type
from engine.library.metadata import inspect_model, require_chat_model
from engine.library.pair import require_pair
from engine.llama.quantize import require_low_bit_type
from engine.memory_plan.decide import PlanRequest, layout_for
from engine.memory_plan.layout import Layout
from engine.memory_plan.machine_facts import Held, MachineFacts, is_worker
from engine.memory_plan.make_plan import make_plan
from engine.memory_plan.model_facts import ModelFacts, read_model_facts, requantized
from engine.memory_plan.speed import KnownCosts
from engine.memory_plan.values import MemoryPlan
from engine.this_machine import machine_after, with_speeds

_COARSE: Final = "Q2_K"


def check_files(config: SessionConfig) -> None:
    """Refuse what llama.cpp would abort on, what cannot chat, and guessers of another family.

    Raises `ModelNotFound`, `BadModelFile`, `IncompatiblePair`.
    """
    require_chat_model(inspect_model(config.target.path))
    for model in (config.draft, config.helper):
        if isinstance(model, ModelConfig):
            require_chat_model(inspect_model(model.path))
            require_pair(config.target.path, model.path)


def plan_pair(config: SessionConfig, machine: MachineFacts, *, is_here: bool = True) -> MemoryPlan:
    """Plan what `Session.open` would load on the machine; `is_here`: on this one as it is.

    Raises `ModelNotFound`, `BadModelFile`, `BadSetting`, `DeviceUnavailable`.
    """
    _require_devices(config, machine)
    request = plan_request(config)
    known = _known_costs(config, layout_for(request, machine)) if is_here else None
    return make_plan(request, machine, known)


def plan_after_freeing(config: SessionConfig, held: Held, cancel: CancelToken) -> MemoryPlan:
    """Plan what `Session.open` would load once the session is closed that holds so much.

    RPC workers that do not answer are left out and named in the plan.
    Raises like `check_files` and `plan_pair`, and `Cancelled`.
    """
    check_files(config)
    machine, missing = machine_after(held, config.rpc_endpoints, cancel)
    machine = with_speeds(machine, config.target.path, cancel)
    config = choose_copy(without_workers(config, missing), machine)
    return replace(plan_pair(config, machine), missing_workers=missing)


def without_workers(config: SessionConfig, missing: Collection[str]) -> SessionConfig:
    """The same without some RPC workers; what named a worker's device goes where the plan says."""
    if not missing:
        return config
    draft, helper = config.draft, config.helper
    return replace(
        config,
        rpc_endpoints=tuple(end for end in config.rpc_endpoints if end not in missing),
        target=replace(config.target, placement=_off_workers(config.target.placement)),
        draft=draft and replace(draft, placement=_off_workers(draft.placement)),
        helper=helper and replace(helper, placement=_off_workers(helper.placement)),
    )


def _off_workers(placement: Placement) -> Placement:
    """Workers are counted: without one of them the names of the others are not the same."""
    if not any(is_worker(name) for name in placement.devices or ()):
        return placement
    return replace(placement, devices=None, gpu_layers=None, layers_per_device=())


def choose_copy(config: SessionConfig, machine: MachineFacts) -> SessionConfig:
    """The low-bit copy's quantization, where it is left to us: a coarse one if only that fits."""
    draft = config.draft
    if not isinstance(draft, SelfDraft) or draft.quantization is not None:
        return config
    best = replace(draft, quantization=low_bit_type(config.target.path))
    chosen = replace(config, draft=best)
    if layout_for(plan_request(chosen), machine).overflow:
        chosen = replace(config, draft=replace(draft, quantization=_COARSE))
    return chosen


def _require_devices(config: SessionConfig, machine: MachineFacts) -> None:
    there = [device.name for device in machine.devices]
    for model in (config.target, config.draft, config.helper):
        for name in (model and model.placement.devices) or ():
            if name not in there:
                raise DeviceUnavailable(
                    tr("There is no device named {name}.").format(name=name),
                    hint=tr("There is {devices}.").format(devices=", ".join(there))
                    if there
                    else tr("There is none but the CPU."),
                )


def plan_request(config: SessionConfig) -> PlanRequest:
    """What the headers say of the pair. A low-bit copy that is not made yet counts as made.

    Raises `ModelNotFound`, `BadModelFile`, and `BadSetting` for a copy that cannot be made.
    """
    target = read_model_facts(config.target.path)
    return PlanRequest(
        target=target,
        draft=_draft_facts(config, target),
        helper=read_model_facts(config.helper.path) if config.helper else None,
        self_draft=isinstance(config.draft, SelfDraft),
        target_placement=config.target.placement,
        draft_placement=config.draft.placement if config.draft else Placement(),
        helper_placement=config.helper.placement if config.helper else Placement(),
        context_length=config.context_length,
        kv_type=config.kv_type,
        budget=config.speculation.budget,
    )


def _draft_facts(config: SessionConfig, target: ModelFacts) -> ModelFacts | None:
    match config.draft:
        case ModelConfig():
            return read_model_facts(config.draft.path)
        case SelfDraft():
            quantization = low_bit_type(config.target.path, config.draft.quantization)
            require_low_bit_type(quantization)
            copy = low_bit_path(config.target.path, quantization)
            if copy.exists():
                return read_model_facts(copy)
            return requantized(target, quantization)
    return None


def _known_costs(config: SessionConfig, layout: Layout) -> KnownCosts | None:
    """What earlier sessions measured of the pair in this layout."""
    draft = None
    match config.draft:
        case ModelConfig():
            draft = config.draft
        case SelfDraft():
            draft = ModelConfig(path=low_bit_path(config.target.path, config.draft.quantization))
            if not draft.path.exists():
                return None
    target = replace(config.target, placement=layout.target.placement)
    if draft is not None and layout.draft is not None:
        draft = replace(draft, placement=layout.draft.placement)
    helper = config.helper
    if helper is not None and layout.helper is not None:
        helper = replace(helper, placement=layout.helper.placement)
    learned = recall(learned_path(target, draft, config.kv_type, config.threads, helper))
    return KnownCosts(
        CostCurve(learned.target_cost), CostCurve(learned.draft_cost), learned.forecast
    )
