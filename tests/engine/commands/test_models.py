"""`models` and `drafts`, for people and for machines."""

import json
from pathlib import Path

import pytest

from engine.library.stores import places
from engine.library.stores.places import Computer
from tests.engine.commands.running import run
from tests.engine.library.stores import fixtures
from tests.gguf_files import write_chat_model

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The models folder, empty."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv("OUTRIDER_MODELS", str(folder))
    return folder


def test_every_model_is_told_with_its_store(
    capsys: Capture, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computer = Computer(tmp_path / "home", shared=tmp_path)
    made = fixtures.all_six(computer)
    monkeypatch.setattr(places, "this_computer", lambda: computer)
    write_chat_model(folder / "own.gguf")
    (folder / "bad.gguf").write_bytes(b"nothing")
    (tmp_path / "more").mkdir()
    extra = write_chat_model(tmp_path / "more" / "extra.gguf")
    done = run(capsys, "models", "--folder", extra.parent, "--json")
    assert (done.code, done.err) == (0, "")
    facts = json.loads(done.out)
    stores = {model["path"]: model["store"] for model in facts["models"]}
    assert {made[store]: store for store in made}.items() <= {
        Path(path): store for path, store in stores.items()
    }.items()
    assert stores[str(extra)] == "Outrider"
    refusals = {model["title"]: model["refusal"] for model in facts["models"]}
    assert refusals["bad"] == "bad.gguf is not a GGUF file."
    assert refusals["own"] == ""
    shown = run(capsys, "models").out
    assert "Ollama\n  qwen3:0.6b, Q4_K_M, 0.00 billion parameters" in shown
    assert "  bad: bad.gguf is not a GGUF file." in shown
    assert "extra" not in shown, "--folder is for one call"


def test_a_missing_folder_is_told(capsys: Capture, tmp_path: Path, folder: Path) -> None:
    shown = run(capsys, "models", "--folder", tmp_path / "drive").out
    assert f"Outrider: {tmp_path / 'drive'}, 0 files (not there now)" in shown


def test_drafts_come_with_grade_and_cause(capsys: Capture, folder: Path) -> None:
    target = write_chat_model(folder / "target.gguf")
    write_chat_model(folder / "other.gguf", tokenizer__ggml__pre="llama-bpe")
    write_chat_model(folder / "bert.gguf", general__architecture="bert")
    drafts = json.loads(run(capsys, "drafts", target, "--json").out)
    assert {draft["title"]: draft["grade"] for draft in drafts} == {
        "Copy of the target in Q4_0": "green",
        "other": "amber",
        "bert": "red",
    }
    assert drafts[0]["draft"] == "self"
    shown = run(capsys, "drafts", "target").out
    assert "red              bert\n" in shown
    assert "bert.gguf is an embedding model" in shown


@pytest.mark.parametrize(("name", "code"), [("bert", 1), ("gone", 1)])
def test_drafts_for_no_chat_model_is_an_error(
    capsys: Capture, folder: Path, name: str, code: int
) -> None:
    write_chat_model(folder / "bert.gguf", general__architecture="bert")
    done = run(capsys, "drafts", name)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith("outrider-engine: ")
