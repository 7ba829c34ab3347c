"""`plan`: this machine and others, for people and for machines."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from engine import machine_speeds
from engine.commands.options import byte_count
from tests.engine.commands.running import run
from tests.gguf_files import write_chat_model

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(machine_speeds, "_read_ram", lambda: 4e10)
    return write_chat_model(tmp_path / "tiny.gguf")


def planned(capsys: Capture, *arguments: str | Path) -> dict[str, Any]:
    done = run(capsys, "plan", *arguments, "--json")
    assert (done.code, done.err) == (0, "")
    plan: dict[str, Any] = json.loads(done.out)
    return plan


def test_this_machine(capsys: Capture, model: Path) -> None:
    plan = planned(capsys, model)
    assert (plan["verdict"], plan["fits"], plan["draft"]) == ("resident", True, None)
    assert plan["devices"][-1]["name"] == "RAM"
    for device in plan["devices"]:
        assert sum(device["segments"].values()) == device["used_bytes"]
        assert device["used_bytes"] + device["left_bytes"] == device["free_bytes"]
    assert plan["speed"]["measured"] is False
    assert plan["speed"]["tokens_per_second"] > 0
    assert plan["changes"] == []


def test_a_machine_to_think_about(capsys: Capture, model: Path) -> None:
    plan = planned(
        capsys, model, model, "--gpu-memory", "1G", "--gpu-memory", "2GiB", "--memory", "4G"
    )
    assert [(device["name"], device["free_bytes"]) for device in plan["devices"]] == [
        ("GPU0", 10**9),
        ("GPU1", 2 << 30),
        ("RAM", 4 * 10**9),
    ]
    assert plan["target"]["device_layers"] == {"GPU0": 3}
    assert plan["draft"]["device_layers"] == {"GPU0": 3}


def test_no_gpu_and_too_little_memory(capsys: Capture, model: Path) -> None:
    plan = planned(capsys, model, "--gpu-memory", "0", "--memory", "100K")
    assert (plan["verdict"], plan["fits"], plan["expectation"]) == ("impossible", False, "")
    assert [device["name"] for device in plan["devices"]] == ["RAM"]
    assert plan["summary"].startswith("Will not run: ")


@pytest.mark.parametrize("kv_type", ["q8_0", "q4_0"])
def test_a_smaller_kv_cache(capsys: Capture, model: Path, kv_type: str) -> None:
    def cache(*options: str) -> int:
        segments = planned(capsys, model, *options)["devices"][-1]["segments"]
        return int(segments["target KV"] + segments["draft KV"])

    assert cache("--kv-type", kv_type) < 0.6 * cache()


def test_for_people(capsys: Capture, model: Path) -> None:
    done = run(capsys, "plan", model, "--gpu-memory", "0", "--memory", "8G")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == "tiny, no draft, context 4,096, KV caches f16"
    assert " ".join(lines[2].split()) == (
        "free target weights draft weights target KV draft KV buffers left"
    )
    assert lines[3].startswith("RAM  8.0 GB")
    assert lines[5].startswith("Fits in memory: ")
    assert lines[6].endswith("an estimate from bandwidths.")


def test_a_draft_that_cannot_guess_is_refused(capsys: Capture, model: Path, tmp_path: Path) -> None:
    other = write_chat_model(tmp_path / "other.gguf", tokenizer__ggml__model="llama")
    done = run(capsys, "plan", model, other)
    assert done.code == 1
    assert "Different tokenizer" in done.complaint


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("8G", 8 * 10**9),
        ("8GB", 8 * 10**9),
        ("8gib", 8 << 30),
        ("1600M", 16 * 10**8),
        ("1.5K", 1500),
        ("0", 0),
        ("12", 12),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert byte_count(text) == size


@pytest.mark.parametrize(
    "text", ["", "G", "8X", "-1", "8 G B", "1e9", "8iB", "nan", "\u0668G", "8\u212a"]
)
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="no size"):
        byte_count(text)
