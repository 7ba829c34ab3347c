"""What the options of `bench` ask for, before any model is loaded."""

import argparse
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from engine.bench.control_group import Limits
from engine.bench.record import BenchPrompt
from engine.bench.runs import BenchPlan
from engine.cancel import CancelToken
from engine.commands import bench_options
from engine.config import Placement, SelfDraft
from engine.errors import BadSetting
from tests.gguf_files import write_chat_model

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def big(tmp_path: Path) -> Path:
    return write_chat_model(tmp_path / "big.gguf")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_chat_model(tmp_path / "small.gguf")


def parsed(*arguments: str | Path) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    bench_options.add_options(parser)
    return parser.parse_args([str(argument) for argument in arguments])


def plan(*arguments: str | Path) -> BenchPlan:
    return bench_options.bench_plan(parsed(*arguments), [BenchPrompt("Hello", "chat")])


def labels(plan_: BenchPlan) -> list[str]:
    return [method.label for method in plan_.methods]


def test_without_options_it_is_a_short_greedy_comparison(big: Path) -> None:
    asked = plan("--target", big)
    assert labels(asked) == ["off", "tree 64", "auto"]
    assert (asked.repeats, asked.warm_ups, asked.largest) == (1, 1, 64)
    (sampling,) = asked.samplings
    assert (sampling.temperature, sampling.max_tokens, sampling.seed) == (0, 128, 0)


def test_all_methods_with_their_sizes(big: Path, small: Path) -> None:
    asked = plan(
        "--target", big, "--draft", small, "--budgets", "16,64",
        "--modes", "off,chain,specinfer,ngram,tree,auto",
    )  # fmt: skip
    assert labels(asked) == [
        *("off", "chain 3", "chain 8", "chain 16", "chain 32", "specinfer 16", "specinfer 64"),
        *("ngram", "tree 16", "tree 64", "auto"),
    ]


def test_greedy_and_the_papers_sampler_in_one_run(big: Path) -> None:
    greedy, warm = plan("--target", big, "--temperature", "0,0.6").samplings
    assert greedy.temperature == 0
    assert (warm.temperature, warm.top_p, warm.top_k, warm.min_p) == (0.6, 0.9, 0, 0)


def test_what_needs_a_draft_is_left_out_without_one(big: Path, capsys: Capture) -> None:
    asked = plan("--target", big, "--modes", "off,chain,specinfer,ngram")
    assert labels(asked) == ["off", "ngram"]
    assert set(capsys.readouterr().err.splitlines()) == {
        "chain needs a draft and is left out.",
        "specinfer needs a draft and is left out.",
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--modes", "off,fast"), "There is no mode fast here. There are: off, chain, "),
        (("--modes", "chain"), "No method is left to measure. Name a draft with --draft."),
        (("--budgets", "8,many"), "8,many is no list of budgets. Write 16,64, say."),
        (("--budgets", "8,9999"), "Budget must be between 1 and 600, not 9999."),
        (("--budgets", "0"), "Budget must be between 1 and 600, not 0."),
        (("--chain-lengths", "x"), "x is no list of lengths. Write 8,16, say."),
        (("--temperature", "warm"), "warm is no list of temperatures. Write 0,0.6, say."),
        (("--temperature", "-1"), "Temperature must be between 0 and 100, not -1.0."),
        (("--repeats", "0"), "At least one repeat is needed"),
        (("--warm-ups", "-1"), "no less than 0 runs to warm up."),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(
    big: Path, arguments: tuple[str, str], sentence: str
) -> None:
    with pytest.raises(BadSetting) as refused:
        plan("--target", big, *arguments)
    assert sentence in refused.value.sentence


def test_every_target_with_every_draft_in_every_placement(big: Path, small: Path) -> None:
    found = bench_options.setups(
        parsed(
            "--target", big, "--target", small, "--draft", small, "--draft", "self:Q3_K_S",
            "--placement", "planned", "--placement", "streamed", "--placement", "RPC0,RPC1:12",
        ),
        largest=32,
    )  # fmt: skip
    assert [(setup.target, setup.draft) for setup, _ in found[::3]] == [
        ("big", "small"),
        ("big", "big Q3_K_S copy"),
        ("small", "small"),
        ("small", "small Q3_K_S copy"),
    ]
    words = [setup.placement for setup, _ in found[:3]]
    assert words == ["as planned", "streamed", "12 layers on RPC0 and RPC1"]
    planned, streamed, shared = (config.target.placement for _, config in found[:3])
    assert (planned, streamed) == (Placement(), Placement(streamed=True))
    assert shared == Placement(devices=("RPC0", "RPC1"), gpu_layers=12)
    assert isinstance(found[3][1].draft, SelfDraft)
    assert {config.speculation.budget for _, config in found} == {32}


def test_a_helper_and_none_in_turn(big: Path, small: Path) -> None:
    found = bench_options.setups(
        parsed("--target", big, "--draft", "self:Q8_0", "--helper", "none", "--helper", small),
        largest=32,
    )
    assert [setup.draft for setup, _ in found] == ["big Q8_0 copy", "big Q8_0 copy + small"]
    assert [config.helper and config.helper.path for _, config in found] == [None, small]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "as planned"),
        (("--streamed",), "streamed"),
        (("--regime", "streamed"), "streamed"),
        (("--target-devices", "cpu"), "on the CPU"),
        (("--placement", "cpu"), "on the CPU"),
        (("--placement", "CUDA0"), "on CUDA0"),
        (
            ("--regime", "streamed", "--memory", "1600M", "--disk", "500M"),
            "streamed, 1.6 GB of memory, 500.0 MB/s from the disk",
        ),
    ],
)
def test_a_placement_is_named_in_words(big: Path, arguments: tuple[str, ...], words: str) -> None:
    ((setup, _),) = bench_options.setups(parsed("--target", big, *arguments), 16)
    assert setup.placement == words


def test_a_placement_of_no_number_of_layers_is_refused(big: Path) -> None:
    with pytest.raises(BadSetting, match=r"RPC0:many is no placement\."):
        bench_options.setups(parsed("--target", big, "--placement", "RPC0:many"), 16)


def test_limits_hold_for_all_files_and_without_them_nothing_changes(
    big: Path, small: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    seen: list[tuple[Limits, list[Path]]] = []

    def limited(limits: Limits, files: list[Path]) -> AbstractContextManager[None]:
        seen.append((limits, files))
        return nullcontext()

    monkeypatch.setattr(bench_options, "limited", limited)

    def enter(*arguments: str) -> None:
        args = parsed("--target", big, "--draft", small, *arguments)
        configs = [config for _, config in bench_options.setups(args, 16)]
        with bench_options.limits(args, configs, CancelToken()):
            pass

    enter()
    assert seen == []
    enter("--regime", "streamed", "--memory", "1600M", "--disk", "500M")
    assert seen == [(Limits(1_600_000_000, 500_000_000), [big, small])]
    assert capsys.readouterr().err == ""


def test_a_streamed_file_that_stays_in_memory_is_said(big: Path, capsys: Capture) -> None:
    args = parsed("--target", big, "--regime", "streamed")
    configs = [config for _, config in bench_options.setups(args, 16)]
    with bench_options.limits(args, configs, CancelToken()):
        pass
    assert capsys.readouterr().err == (
        "Without --memory the whole file fits into the page cache: nothing is streamed.\n"
    )
