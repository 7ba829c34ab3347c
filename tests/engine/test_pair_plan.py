"""Loading goes by the memory plan: too little memory is said before anything is loaded."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine import loading, reserve, this_machine
from engine.cancel import CancelToken
from engine.config import (
    KvType,
    ModelConfig,
    Placement,
    SelfDraft,
    SessionConfig,
    SpeculationConfig,
)
from engine.errors import (
    BadModelFile,
    BadSetting,
    DeviceUnavailable,
    IncompatiblePair,
    ModelLoadFailed,
    NotEnoughMemory,
)
from engine.learned import Learned, learned_path, remember
from engine.llama.context import ContextSize, ThreadsNow
from engine.llama.devices import Device, DeviceKind
from engine.loading import load_models
from engine.memory_plan.cache_size import draft_cache, helper_cache, target_cache
from engine.memory_plan.machine_facts import RAM, MachineFacts
from engine.memory_plan.values import Part, Verdict
from engine.pair_plan import check_files, choose_copy, plan_pair, plan_request
from engine.session import Session
from engine.this_machine import machine_now
from tests.engine.memory_plan.made_up import GB, MB, machine
from tests.gguf_files import CHAT_TENSORS, F16, Tensor, write_chat_model, write_gguf


def config(target: Path, draft: Path | SelfDraft | None = None) -> SessionConfig:
    drafting = ModelConfig(path=draft) if isinstance(draft, Path) else draft
    return SessionConfig(target=ModelConfig(path=target), draft=drafting, context_length=256)


def on(monkeypatch: pytest.MonkeyPatch, there: MachineFacts) -> None:
    monkeypatch.setattr(loading, "machine_now", lambda: there)


def load(asked: SessionConfig) -> Session:
    return Session.open(asked)


@pytest.mark.real_model
def test_too_little_memory_is_said_and_nothing_loaded(
    smollm2: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(monkeypatch, machine(40 * MB))
    monkeypatch.setattr(loading, "LlamaModel", lambda *_args, **_kwargs: pytest.fail("loaded"))
    with pytest.raises(NotEnoughMemory) as caught:
        load_models(config(smollm2), lambda _progress: None, CancelToken())
    assert caught.value.message.startswith("Will not run: ")
    assert "are needed in RAM" in caught.value.message
    assert caught.value.hint


@pytest.mark.real_model
def test_load_anyway_loads_it(smollm2: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, machine(40 * MB))
    with load(replace(config(smollm2), load_anyway=True)) as session:
        assert not session.memory_plan.fits
        assert session.memory_plan.shortage


@pytest.mark.real_model
def test_the_pair_is_loaded_as_planned(
    smollm2: Path, low_bit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(monkeypatch, machine(280 * MB))
    models = load_models(config(smollm2, low_bit), lambda _progress: None, CancelToken())
    try:
        assert models.plan.verdict is Verdict.STREAMED
        assert models.streamed
        assert models.draft is not None
        assert models.draft.config.placement.in_memory
    finally:
        models.close()


@pytest.mark.real_model
def test_a_context_reserves_what_the_plan_counts(
    smollm2: Path, low_bit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[ContextSize] = []

    class Reserved:
        def __init__(self, _model: object, size: ContextSize, _threads_now: ThreadsNow) -> None:
            sizes.append(size)
            if len(sizes) == 3:
                raise ModelLoadFailed("All are known.")

        def close(self) -> None:
            pass

    monkeypatch.setattr(reserve, "LlamaContext", Reserved)
    asked = replace(
        config(smollm2, low_bit),
        helper=ModelConfig(path=low_bit),
        speculation=SpeculationConfig(budget=100),
    )
    with pytest.raises(ModelLoadFailed, match="All are known"):
        load(asked)
    planned = [
        target_cache(256, 8192, 100),
        draft_cache(256, 8192, 100),
        helper_cache(256, 8192),
    ]
    assert [(size.rows, size.logit_rows, size.slots) for size in sizes] == [
        (size.rows, size.logit_rows, size.slots) for size in planned
    ]
    for size, counted in zip(sizes, planned, strict=True):
        assert counted.cells - 256 < size.cells <= counted.cells


def test_what_was_measured_of_this_layout_is_used(tmp_path: Path) -> None:
    asked = config(write_chat_model(tmp_path / "t.gguf"))
    before = plan_pair(asked, machine(GB))
    assert not before.speed.measured
    placed = replace(asked.target, placement=before.target)
    remember(learned_path(placed, None, KvType.F16, 0), Learned(target_cost=[(1, 0.25)]))
    assert plan_pair(asked, machine(GB)).speed.plain == 4
    elsewhere = plan_pair(asked, machine(GB), is_here=False)
    assert not elsewhere.speed.measured


def test_a_copy_that_is_not_made_counts_as_made(tmp_path: Path) -> None:
    target = write_chat_model(tmp_path / "t.gguf")
    request = plan_request(config(target, SelfDraft(quantization="Q4_K_M")))
    assert request.self_draft
    assert request.draft is not None
    assert request.draft.weights > 0
    with pytest.raises(BadSetting):
        plan_request(config(target, SelfDraft(quantization="Q9")))


def test_the_copy_is_coarser_where_only_that_fits(tmp_path: Path) -> None:
    weights = Tensor("blk.0.ffn_up.weight", (4096, 4096), F16)
    target = write_gguf(tmp_path / "t.gguf", tensors=[*CHAT_TENSORS, weights])
    left_to_us = config(target, SelfDraft())
    drafts = [choose_copy(left_to_us, machine(ram * MB)).draft for ram in range(40, 60)]
    chosen = [draft.quantization for draft in drafts if isinstance(draft, SelfDraft)]
    assert set(chosen) == {"Q2_K", "Q4_0"}
    assert chosen == sorted(chosen, key=str)
    asked = config(target, SelfDraft(quantization="Q8_0"))
    assert choose_copy(asked, machine(MB)) is asked


def test_a_device_that_is_not_there(tmp_path: Path) -> None:
    path = write_chat_model(tmp_path / "t.gguf")
    asked = SessionConfig(
        target=ModelConfig(path=path, placement=Placement(devices=("CUDA7",))), context_length=256
    )
    with pytest.raises(DeviceUnavailable) as caught:
        plan_pair(asked, machine(GB, GB))
    assert (caught.value.message, caught.value.hint) == (
        "There is no device named CUDA7.",
        "There is GPU0.",
    )


def test_files_are_checked_before_anything_is_planned(tmp_path: Path) -> None:
    target = write_chat_model(tmp_path / "t.gguf")
    other = write_chat_model(tmp_path / "d.gguf", tokenizer__ggml__pre="llama-bpe")
    other_tokens = write_chat_model(
        tmp_path / "e.gguf", tokenizer__ggml__model="llama", tokenizer__ggml__pre=None
    )
    check_files(config(target, target))
    check_files(config(target, other))
    with pytest.raises(IncompatiblePair):
        check_files(config(target, other_tokens))
    check_files(replace(config(target, target), helper=ModelConfig(path=other)))
    with pytest.raises(IncompatiblePair):
        check_files(replace(config(target, target), helper=ModelConfig(path=other_tokens)))
    no_model = tmp_path / "notes.gguf"
    no_model.write_text("Dear diary")
    with pytest.raises(BadModelFile):
        check_files(replace(config(target, target), helper=ModelConfig(path=no_model)))


def test_the_helper_is_counted_with_the_draft(tmp_path: Path) -> None:
    path = write_chat_model(tmp_path / "t.gguf")
    alone = plan_pair(config(path, path), machine(GB))
    helped = plan_pair(replace(config(path, path), helper=ModelConfig(path=path)), machine(GB))
    assert (alone.helper, helped.draft) == (None, alone.draft)
    assert helped.helper is not None
    used = {segment.part: segment.size for segment in helped.ram.segments}
    before = {segment.part: segment.size for segment in alone.ram.segments}
    assert used[Part.TARGET_WEIGHTS] == before[Part.TARGET_WEIGHTS]
    assert used[Part.DRAFT_WEIGHTS] == 2 * before[Part.DRAFT_WEIGHTS]
    assert used[Part.DRAFT_KV] > before[Part.DRAFT_KV]
    gone = ModelConfig(path=path, placement=Placement(devices=("CUDA7",)))
    with pytest.raises(DeviceUnavailable):
        plan_pair(replace(config(path, path), helper=gone), machine(GB))


def device(name: str, kind: DeviceKind, description: str = "a card") -> Device:
    return Device(name, description, kind, 6 * GB, 8 * GB, 0)


@pytest.mark.parametrize(
    ("devices", "expected"),
    [
        ([device("CPU", DeviceKind.CPU)], {}),
        (
            [device("CUDA0", DeviceKind.GPU), device("Vulkan1", DeviceKind.INTEGRATED_GPU)],
            {"CUDA0": (False, True)},
        ),
        ([device("Vulkan0", DeviceKind.INTEGRATED_GPU)], {"Vulkan0": (True, False)}),
        ([device("RPC0", DeviceKind.GPU, "127.0.0.1:50052")], {"RPC0": (True, False)}),
        ([device("RPC0", DeviceKind.GPU, "192.168.0.9:50052")], {"RPC0": (False, False)}),
        ([device("MTL0", DeviceKind.GPU)], {"MTL0": (True, False)}),
    ],
)
def test_the_machine_as_llama_cpp_sees_it(
    devices: list[Device],
    expected: dict[str, tuple[bool, bool]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(this_machine, "list_devices", lambda: devices)
    now = machine_now()
    found = {d.name: (d.shares_ram, d.copies_weights) for d in now.devices}
    assert found == expected
    assert now.ram > 0
    assert RAM not in found
