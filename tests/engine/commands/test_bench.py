"""`bench`: every mode and budget on every prompt, as a table and as JSON."""

import json
from pathlib import Path

import pytest

from tests.engine.commands.running import FIGURES, run
from tests.gguf_files import write_chat_model

Capture = pytest.CaptureFixture[str]


@pytest.mark.real_model
def test_the_modes_side_by_side(
    capsys: Capture, smollm2: Path, low_bit: Path, tmp_path: Path
) -> None:
    prompts, figures = tmp_path / "prompts.json", tmp_path / "figures.json"
    prompts.write_text(json.dumps(["Count to ten.", "Name a sea."]))
    done = run(
        capsys, "bench", "--target", smollm2, "--draft", low_bit, "--prompts", prompts,
        "--modes", "off,chain,tree", "--budgets", "4,8", "--max-tokens", "6",
        "--context", "256", "--threads", "1", "--json", figures,
    )  # fmt: skip
    assert done.code == 0
    document = json.loads(figures.read_text())
    assert document.keys() == {"machine", "models", "runs", "summary"}
    assert document["models"] == {"target": "smollm2-135m", "draft": "smollm2-q2_k"}
    assert document["machine"]["memory_bytes"] > 0
    methods = ["off", "chain 4", "chain 8", "tree 4", "tree 8"]
    assert [(r["prompt"], r["method"]) for r in document["runs"]] == [
        (prompt, method) for prompt in range(2) for method in methods
    ]
    extra = {"method", "mode_used", "budget", "prompt", "text"}
    assert all(reply.keys() == FIGURES | extra for reply in document["runs"])
    assert all(reply["tokens"] == 6 for reply in document["runs"])
    plain = document["runs"][0]
    assert (plain["budget"], plain["mode"], plain["tokens_per_pass"]) == (None, "off", 1.0)
    assert [row["method"] for row in document["summary"]] == methods
    assert document["summary"][0]["times_plain"] == 1.0
    lines = done.out.splitlines()
    assert [line.split()[0] for line in lines] == [
        "method",
        "off",
        "chain",
        "chain",
        "tree",
        "tree",
    ]
    assert len(done.err.splitlines()) == 10
    assert done.err.startswith("1 of 10: off, prompt 1, ")


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
            "There is no mode fast here. There are: off, chain, tree, auto.",
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
