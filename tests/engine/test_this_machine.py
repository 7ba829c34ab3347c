"""Workers as the plan sees them: asked, or known from the session that they serve."""

from pathlib import Path

import pytest

from engine import this_machine
from engine.cancel import CancelToken
from engine.config import ModelConfig, Placement, SelfDraft, SessionConfig
from engine.errors import WorkerUnavailable
from engine.memory_plan.machine_facts import RAM, Held, MachineFacts
from engine.pair_plan import plan_after_freeing, without_workers
from engine.rpc_worker import WorkerDevice, WorkerReport
from engine.this_machine import machine_after
from tests.gguf_files import write_chat_model

ONE, TWO, AWAY = "127.0.0.1:1", "192.168.1.20:2", "192.168.1.30:3"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []

    def probe(endpoint: str, *, timeout: float, cancel: CancelToken) -> WorkerReport:
        cancel.check()
        asked.append(endpoint)
        if endpoint == AWAY:
            raise WorkerUnavailable("It does not answer.")
        return WorkerReport(endpoint, (WorkerDevice(10, 20), WorkerDevice(30, 40)), 0.001)

    monkeypatch.setattr(this_machine, "probe", probe)
    monkeypatch.setattr(this_machine, "machine_now", lambda: MachineFacts(100))
    return asked


def test_workers_are_counted_as_ggml_counts_them(asked: list[str]) -> None:
    machine, missing = machine_after(Held(), (ONE, AWAY, TWO), CancelToken())
    assert missing == (AWAY,)
    assert [(d.name, d.description, d.free, d.shares_ram) for d in machine.devices] == [
        ("RPC0", ONE, 10, True),
        ("RPC1", ONE, 30, True),
        ("RPC2", TWO, 10, False),
        ("RPC3", TWO, 30, False),
    ]
    assert asked == [ONE, AWAY, TWO]


def test_a_worker_that_serves_the_session_is_not_asked(asked: list[str]) -> None:
    held = Held({RAM: 7}, {ONE: (5,)})
    machine, missing = machine_after(held, (ONE, TWO), CancelToken())
    assert (machine.ram, missing, asked) == (107, (), [TWO])
    assert [d.free for d in machine.devices] == [5, 10, 30]


def test_a_plan_goes_without_missing_workers_and_names_them(
    tmp_path: Path, asked: list[str]
) -> None:
    on_worker = Placement(devices=("RPC0",), gpu_layers=3)
    config = SessionConfig(
        target=ModelConfig(path=write_chat_model(tmp_path / "t.gguf"), placement=on_worker),
        context_length=256,
        rpc_endpoints=(AWAY,),
    )
    plan = plan_after_freeing(config, Held(), CancelToken())
    assert plan.missing_workers == (AWAY,)
    assert [device.name for device in plan.devices] == [RAM]


def test_a_placement_on_a_worker_is_dropped_with_it() -> None:
    on_worker = Placement(devices=("CUDA0", "RPC1"), layers_per_device=(3, 4))
    on_card = Placement(devices=("CUDA0",), gpu_layers=5)
    config = SessionConfig(
        target=ModelConfig(path=Path("t.gguf"), placement=on_worker),
        draft=SelfDraft(placement=on_card),
        rpc_endpoints=(ONE, TWO),
    )
    assert without_workers(config, ()) is config
    left = without_workers(config, (TWO,))
    assert left.rpc_endpoints == (ONE,)
    assert left.target.placement == Placement()
    assert left.draft is not None
    assert left.draft.placement == on_card
