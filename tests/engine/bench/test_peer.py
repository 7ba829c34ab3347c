"""llama.cpp's own programs: found, started with what a session of ours has, believed, stopped."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

import psutil
import pytest

from engine.bench.peer import PeerPlan, misread_prompts, plan_peer, run_peer
from engine.bench.peer_command import COMPLETION, SPECULATIVE, Programs, command
from engine.bench.peer_output import UnreadablePeer
from engine.bench.peer_prompt import prompt_texts
from engine.bench.record import BenchPrompt, BenchRun, Method, Setup
from engine.bench.results import Coordinates
from engine.bench.runs import BenchPlan
from engine.cancel import CancelToken
from engine.config import (
    GREEDY,
    KvType,
    ModelConfig,
    Placement,
    SamplingConfig,
    SelfDraft,
    SessionConfig,
)
from engine.events import FinishReason
from tests.engine.bench.records import STATS, bench_run
from tests.gguf_files import write_chat_model

GOLDEN: Final = Path(__file__).parents[2] / "golden/peer"
SETUP: Final = Setup("Big", "Small", "resident")
SAMPLING: Final = replace(GREEDY, max_tokens=12)
CHAIN: Final = Method("llama.cpp", 8)

TELLS: Final = """
import sys
from pathlib import Path
prompt = Path(sys.argv[sys.argv.index("--file") + 1]).read_text()
sys.stdout.write("\\n\\n" + prompt + "one two three\\n\\n")
sys.stderr.write(Path({log!r}).read_text())
"""
FAILS: Final = "import sys; sys.exit('no such option')"
HANGS: Final = "import time; time.sleep(600)"


def install(folder: Path, name: str, source: str) -> None:
    """Put a program that does as the source says into the folder."""
    program = folder / name
    program.write_text(f"#!{sys.executable}\n{source}")
    program.chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    folder = tmp_path / "bin"
    folder.mkdir()
    install(folder, SPECULATIVE, TELLS.format(log=str(GOLDEN / "speculative.txt")))
    install(folder, COMPLETION, TELLS.format(log=str(GOLDEN / "completion.txt")))
    return Programs.find(tmp_path)


@pytest.fixture
def config(tmp_path: Path) -> SessionConfig:
    target, draft = (write_chat_model(tmp_path / f"{name}.gguf") for name in ("big", "small"))
    return SessionConfig(target=ModelConfig(path=target), draft=ModelConfig(path=draft), threads=3)


def peer_plan(programs: Programs, config: SessionConfig, **changes: object) -> PeerPlan:
    fields = {
        "programs": programs,
        "config": config,
        "prompts": (BenchPrompt("Count.", "chat"),),
        "texts": ("<user>Count.\n",),
        "coordinates": (Coordinates(SETUP, CHAIN, SAMPLING, 0, 0),),
    }
    return PeerPlan(**{**fields, **changes})  # type: ignore[arg-type]  # the test's own fields


def measure(plan: PeerPlan) -> list[BenchRun]:
    return list(run_peer(plan, CancelToken()))


def options(line: list[str]) -> dict[str, str]:
    """What follows each option; "" for a switch."""
    pairs = zip(line, [*line[1:], ""], strict=True)
    return {
        name: "" if value.startswith("--") else value
        for name, value in pairs
        if name.startswith("--")
    }


def test_a_chain_becomes_a_run_like_ours(programs: Programs, config: SessionConfig) -> None:
    (run,) = measure(peer_plan(programs, config))
    assert (run.label, run.category, run.text) == ("llama.cpp 8, prompt 1", "chat", "one two three")
    stats = run.stats
    assert (stats.tokens, stats.target_passes, stats.prompt_tokens) == (11, 3, 37)
    assert stats.seconds == pytest.approx(1.006)
    assert (stats.draft_seconds, stats.other_seconds) == pytest.approx((0.396701, 0.002))
    assert stats.first_token_seconds == pytest.approx(0.394 + 1.006 / 3)
    assert run.depths.accepted == (2, 2, 1, 1, 1, 1)
    assert run.finish is FinishReason.MAX_TOKENS
    assert run.resources.own_bytes > 0


def test_plain_generation_too(programs: Programs, config: SessionConfig) -> None:
    off = Coordinates(SETUP, Method("llama.cpp off"), replace(SAMPLING, max_tokens=90), 0, 0)
    (run,) = measure(peer_plan(programs, config, coordinates=(off,)))
    assert (run.method.label, run.stats.tokens_per_pass) == ("llama.cpp off", 1.0)
    assert run.stats.tokens_per_second == pytest.approx(36.8, abs=0.05)
    assert run.finish is FinishReason.END


def test_what_is_done_is_not_done_again(programs: Programs, config: SessionConfig) -> None:
    plan = BenchPlan(
        prompts=(BenchPrompt("One?"), BenchPrompt("Two?")),
        methods=(Method("off"), Method("chain", 3), Method("chain", 8), Method("tree", 64)),
        samplings=(SAMPLING,),
    )
    (whole,) = plan_peer(programs, plan, [(SETUP, config)], frozenset())
    assert [(at.prompt, at.method.label) for at in whole.coordinates] == [
        (prompt, method)
        for prompt in (0, 1)
        for method in ("llama.cpp off", "llama.cpp 3", "llama.cpp 8")
    ]
    (rest,) = plan_peer(programs, plan, [(SETUP, config)], set(whole.coordinates[:4]))
    assert rest.coordinates == whole.coordinates[4:]
    alone = replace(config, draft=None)
    (plain,) = plan_peer(programs, plan, [(SETUP, alone)], frozenset())
    assert {at.method.label for at in plain.coordinates} == {"llama.cpp off"}


def test_models_context_threads_and_cache_are_made_equal(
    programs: Programs, config: SessionConfig
) -> None:
    held = replace(config, context_length=777, kv_type=KvType.Q8_0)
    found = options(command(programs, held, CHAIN, SAMPLING, Path("prompt.txt")))
    assert found.items() >= {
        "--model": str(config.target.path),
        "--model-draft": str(config.draft.path) if isinstance(config.draft, ModelConfig) else "",
        "--file": "prompt.txt",
        "--no-escape": "",
        "--ctx-size": "777",
        "--threads": "3",
        "--threads-draft": "3",
        "--cache-type-k": "q8_0",
        "--cache-type-v-draft": "q8_0",
        "--spec-draft-n-max": "8",
        "--predict": "11",
    }.items()  # fmt: skip
    assert not found.keys() & {"--device", "--gpu-layers", "--no-repack", "--rpc", "--seed"}


def test_the_sampler_is_made_equal(programs: Programs, config: SessionConfig) -> None:
    sampling = SamplingConfig(
        temperature=0.6, top_k=5, top_p=0.9, min_p=0.02, repeat_penalty=1.1,
        presence_penalty=0.2, frequency_penalty=0.3, penalty_window=9, seed=(7 << 32) + 5,
    )  # fmt: skip
    found = options(command(programs, config, CHAIN, sampling, Path("p")))
    assert found.items() >= {
        "--temp": "0.6", "--top-k": "5", "--top-p": "0.9", "--min-p": "0.02",
        "--repeat-penalty": "1.1", "--presence-penalty": "0.2", "--frequency-penalty": "0.3",
        "--repeat-last-n": "9", "--seed": "5",
        "--samplers": "penalties;top_k;top_p;min_p;temperature",
    }.items()  # fmt: skip


def test_the_placement_is_made_equal(programs: Programs, config: SessionConfig) -> None:
    spread = replace(
        config,
        target=replace(config.target, placement=Placement(devices=("RPC0",), gpu_layers=12)),
        draft=SelfDraft(quantization="Q2_K", placement=Placement(devices=(), gpu_layers=-1)),
        rpc_endpoints=("localhost:50052",),
    )
    found = options(command(programs, spread, CHAIN, SAMPLING, Path("p")))
    assert found.items() >= {
        "--device": "RPC0", "--gpu-layers": "12", "--rpc": "localhost:50052",
        "--device-draft": "none", "--gpu-layers-draft": "all",
    }.items()  # fmt: skip
    assert "-q2_k-" in found["--model-draft"].lower()
    streamed = replace(config, target=replace(config.target, placement=Placement(streamed=True)))
    assert "--no-repack" in command(programs, streamed, CHAIN, SAMPLING, Path("p"))


def test_a_folder_without_the_program_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(UnreadablePeer) as caught:
        Programs.find(tmp_path)
    assert caught.value.sentence == (
        f"There is no llama-speculative-simple in {tmp_path}. "
        "docs/benchmarks.md says how to build it."
    )


def test_a_program_that_fails_is_named(
    tmp_path: Path, programs: Programs, config: SessionConfig
) -> None:
    install(tmp_path / "bin", SPECULATIVE, FAILS)
    with pytest.raises(UnreadablePeer, match="llama-speculative-simple failed") as caught:
        measure(peer_plan(programs, config))
    assert caught.value.detail == "no such option\n"


def test_a_file_that_is_no_program_is_named(
    tmp_path: Path, programs: Programs, config: SessionConfig
) -> None:
    (tmp_path / "bin" / SPECULATIVE).write_bytes(b"\x00")
    with pytest.raises(UnreadablePeer, match="cannot be started"):
        measure(peer_plan(programs, config))


def test_a_cancel_ends_the_program(
    tmp_path: Path, programs: Programs, config: SessionConfig
) -> None:
    install(tmp_path / "bin", SPECULATIVE, HANGS)
    cancel = CancelToken()
    cancel.cancel()
    assert list(run_peer(peer_plan(programs, config), cancel)) == []
    assert psutil.Process().children() == []


def test_prompts_are_rendered_by_the_targets_template(config: SessionConfig) -> None:
    (text,) = prompt_texts(config.target.path, [BenchPrompt("Count.")])
    assert "Count." in text
    assert text != "Count."


def test_prompts_that_were_read_as_other_tokens_are_counted() -> None:
    other = replace(STATS, prompt_tokens=31)
    runs = [bench_run(), bench_run(method=CHAIN), bench_run(prompt=1, stats=other)]
    assert misread_prompts(runs) == 0
    assert misread_prompts([*runs, bench_run(prompt=1, method=CHAIN)]) == 1
