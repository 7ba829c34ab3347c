"""`inspect` and `pair`, for people and for machines."""

import json
from pathlib import Path

import pytest

from tests.engine.commands.running import run
from tests.gguf_files import TOKENS, write_chat_model

Capture = pytest.CaptureFixture[str]


def test_inspect_as_json(capsys: Capture, tmp_path: Path) -> None:
    path = write_chat_model(tmp_path / "tiny.gguf")
    done = run(capsys, "inspect", path, "--json")
    assert (done.code, done.err) == (0, "")
    facts = json.loads(done.out)
    assert facts["path"] == str(path)
    assert (facts["name"], facts["architecture"], facts["quantization"]) == (
        "Tiny",
        "llama",
        "Q4_K_M",
    )
    assert (facts["context_length"], facts["block_count"], facts["vocabulary_size"]) == (128, 2, 10)
    assert (facts["is_chat_model"], facts["chat_template"]) == (True, True)


def test_inspect_for_people_shows_no_escapes(capsys: Capture, tmp_path: Path) -> None:
    path = write_chat_model(tmp_path / "tiny.gguf", general__name="Ti\x1b[31mny\x07")
    done = run(capsys, "inspect", path)
    assert done.code == 0
    assert "name: Ti [31mny" in done.out
    assert "\x1b" not in done.out
    assert "\x07" not in done.out


def test_a_pair_that_fits(capsys: Capture, tmp_path: Path) -> None:
    path = write_chat_model(tmp_path / "tiny.gguf")
    done = run(capsys, "pair", path, path)
    assert (done.code, done.out, done.err) == (0, "Same tokenizer.\n", "")
    done = run(capsys, "pair", path, path, "--json")
    assert json.loads(done.out) == {"compatible": True, "reason": "Same tokenizer."}


def test_a_pair_that_does_not_fit_exits_1_with_its_reason(capsys: Capture, tmp_path: Path) -> None:
    target = write_chat_model(tmp_path / "target.gguf")
    tokens = (*TOKENS[:-1], "other")
    draft = write_chat_model(tmp_path / "draft.gguf", tokenizer__ggml__tokens=tokens)
    reason = "Token 9 differs: “b” / “other”. This draft cannot guess for this target."
    done = run(capsys, "pair", target, draft, "--json")
    assert (done.code, json.loads(done.out)) == (1, {"compatible": False, "reason": reason})
    assert done.complaint == reason
    done = run(capsys, "pair", target, draft)
    assert (done.code, done.out, done.complaint) == (1, "", reason)
