"""Plans from a process of their own."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.config import ModelConfig, SessionConfig
from engine.errors import ModelNotFound
from engine.isolated.planning import IsolatedPlanner
from engine.memory_plan.machine_facts import Held
from engine.memory_plan.values import Verdict
from tests.gguf_files import write_chat_model


@pytest.fixture
def planner() -> Iterator[IsolatedPlanner]:
    planner = IsolatedPlanner()
    yield planner
    planner.close()


def test_a_pair_is_planned_and_freed_memory_counts(
    tmp_path: Path, planner: IsolatedPlanner
) -> None:
    config = SessionConfig(target=ModelConfig(path=write_chat_model(tmp_path / "target.gguf")))
    plan = planner.plan(config, Held())
    assert plan.verdict is Verdict.RESIDENT
    more = planner.plan(config, Held({"RAM": 1 << 40}))
    assert more.ram.free >= (1 << 40)
    assert plan.ram.free < (1 << 40)


def test_what_cannot_be_planned_says_why_and_the_next_plan_works(
    tmp_path: Path, planner: IsolatedPlanner
) -> None:
    with pytest.raises(ModelNotFound, match=r"gone\.gguf is not there"):
        planner.plan(SessionConfig(target=ModelConfig(path=tmp_path / "gone.gguf")), Held())
    config = SessionConfig(target=ModelConfig(path=write_chat_model(tmp_path / "target.gguf")))
    assert planner.plan(config, Held()).fits


def test_the_window_loads_no_native_library_for_plans_and_rankings() -> None:
    code = (
        "import sys, desktop.app, engine.isolated.planning, engine.measured_pairs; "
        "sys.exit('llama_cpp' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
