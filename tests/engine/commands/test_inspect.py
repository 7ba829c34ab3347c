"""`inspect`, for people and for machines."""

import json
from pathlib import Path

import pytest

from tests.engine.commands.running import run
from tests.gguf_files import write_chat_model

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
