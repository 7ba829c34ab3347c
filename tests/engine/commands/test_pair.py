"""`pair`: whether two files go together, and a test of the pair on this machine."""

import json
import re
from pathlib import Path

import pytest

from tests.engine.commands.running import run
from tests.gguf_files import TOKENS, write_chat_model

Capture = pytest.CaptureFixture[str]


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


def test_a_helper_is_checked_against_the_target_too(capsys: Capture, tmp_path: Path) -> None:
    target = write_chat_model(tmp_path / "target.gguf")
    tokens = (*TOKENS[:-1], "other")
    other = write_chat_model(tmp_path / "other.gguf", tokenizer__ggml__tokens=tokens)
    done = run(capsys, "pair", target, target, "--helper", target)
    assert done.out == "target: Same tokenizer.\ntarget: Same tokenizer.\n"
    done = run(capsys, "pair", target, target, "--helper", other)
    assert (done.code, done.out) == (1, "")
    assert done.complaint.startswith("other: Token 9 differs: ")


def test_a_copy_of_the_target_always_fits(capsys: Capture, tmp_path: Path) -> None:
    done = run(capsys, "pair", write_chat_model(tmp_path / "tiny.gguf"), "self")
    assert (done.code, done.out) == (0, "Same tokenizer.\n")


def test_a_pair_has_a_draft(capsys: Capture, tmp_path: Path) -> None:
    done = run(capsys, "pair", write_chat_model(tmp_path / "tiny.gguf"))
    assert (done.code, done.out) == (2, "")
    assert done.complaint.startswith("A pair has a draft.")


def test_a_pair_is_tested_in_a_process_of_its_own(
    capsys: Capture, smollm2: Path, low_bit: Path
) -> None:
    options = ("--test", "--seconds", "0.1", "--context", "512", "--threads", "1", "--json")
    done = run(capsys, "pair", smollm2, low_bit, *options)
    assert (done.code, done.err) == (0, "")
    result = json.loads(done.out)
    (chat,) = result["works"]  # no time for more
    assert chat["kind"] == "chat"
    assert all(chat[mode] > 0 for mode in ("plain", "chain", "tree", "auto"))
    assert re.fullmatch(r"Tested for \d+ s: .+\. Kept with this pair\.", result["verdict"])
