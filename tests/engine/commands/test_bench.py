"""`bench`: every mode and budget on every prompt, as a table and as JSON."""

import json
from pathlib import Path

import pytest

from tests.engine.commands.running import FIGURES, run
from tests.gguf_files import write_chat_model

Capture = pytest.CaptureFixture[str]


@pytest.mark.real_model
def test_the_methods_side_by_side(
    capsys: Capture, smollm2: Path, low_bit: Path, tmp_path: Path
) -> None:
    prompts, figures = tmp_path / "prompts.json", tmp_path / "figures.json"
    prompts.write_text(json.dumps(["Count to ten."]))
    done = run(
        capsys, "bench", "--target", smollm2, "--draft", low_bit, "--prompts", prompts,
        "--modes", "off,chain,specinfer,ngram,tree,auto", "--budgets", "8", "--chain-lengths", "4",
        "--max-tokens", "6", "--context", "256", "--threads", "1", "--json", figures,
    )  # fmt: skip
    assert done.code == 0
    document = json.loads(figures.read_text())
    assert document.keys() == {"machine", "models", "runs", "summary"}
    assert document["models"] == {"target": "smollm2-135m", "draft": "smollm2-q2_k"}
    assert document["machine"]["memory_bytes"] > 0
    methods = ["off", "chain 4", "specinfer 8", "ngram", "tree 8", "auto"]
    warm_up, *runs = document["runs"]
    assert (warm_up["method"], warm_up["warm_up"]) == ("off", True)
    assert [reply["method"] for reply in runs] == methods
    assert all(reply.keys() >= FIGURES | {"method", "budget", "prompt", "text"} for reply in runs)
    assert all(reply["tokens"] == 6 for reply in runs)
    plain, chain, specinfer, ngram, *_ = runs
    assert (plain["budget"], plain["mode"], plain["tokens_per_pass"]) == (None, "off", 1.0)
    assert sum(chain["depths"]["proposed"]) == sum(chain["rounds"]["nodes"]) > 0
    assert sum(chain["depths"]["accepted"]) == sum(chain["rounds"]["accepted"])
    assert sum(chain["rounds"]["accepted"]) + chain["target_passes"] == 6
    assert specinfer["mode_used"] == "specinfer"
    assert (ngram["draft_seconds"], specinfer["draft_seconds"] > 0) == (0, True)
    assert [row["method"] for row in document["summary"]] == methods
    assert [line.split()[0] for line in done.out.splitlines()] == [
        "method", "off", "chain", "specinfer", "ngram", "tree", "auto",
    ]  # fmt: skip
    lines = done.err.splitlines()
    assert len(lines) == 7
    assert lines[0].startswith("1 of 7: off, prompt 1 to warm up, ")


@pytest.mark.parametrize(
    ("prompts", "options", "sentence"),
    [
        ("no JSON", (), "prompts.json cannot be read as JSON."),
        ("[]", (), "prompts.json must hold a JSON list of user messages."),
        ('["a", 1]', (), "prompts.json must hold a JSON list of user messages."),
        ('{"a": "b"}', (), "prompts.json must hold a JSON list of user messages."),
        (
            '["a"]',
            ("--modes", "off,fast"),
            "There is no mode fast here. There are: off, chain, specinfer, ngram, tree, auto.",
        ),
        ('["a"]', ("--budgets", "8,many"), "8,many is no list of budgets. Write 16,64, say."),
        ('["a"]', ("--budgets", "8,9999"), "Budget must be between 1 and 600, not 9999."),
    ],
)
def test_a_plan_that_makes_no_sense_exits_2_before_loading(
    capsys: Capture, tmp_path: Path, prompts: str, options: tuple[str, ...], sentence: str
) -> None:
    path = tmp_path / "prompts.json"
    path.write_text(prompts)
    target = write_chat_model(tmp_path / "tiny.gguf")
    done = run(capsys, "bench", "--target", target, "--prompts", path, *options)
    assert (done.code, done.out) == (2, "")
    assert done.complaint.endswith(sentence)
