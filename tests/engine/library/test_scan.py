"""The list of models: read once, recalled after that, and whatever a disk does to it."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from engine import paths
from engine.cancel import CancelToken
from engine.errors import BadSetting, Cancelled, ModelNotFound
from engine.library import scan
from engine.library.chat_fitness import ModelKind
from engine.library.listing import ListedModel, read_model
from engine.library.models import list_library, resolve_model
from engine.library.shelf import Shelf, load_shelf
from engine.library.stores import places
from engine.library.stores.found import FoundFile
from engine.library.stores.places import Computer
from tests.engine.library.stores import fixtures
from tests.gguf_files import F16, Stored, Tensor, chat_metadata, write_chat_model, write_gguf


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The models folder, empty."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv("OUTRIDER_MODELS", str(folder))
    return folder


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files whose headers are read from now on."""
    names: list[str] = []

    def read(found: FoundFile, store: str) -> ListedModel:
        names.append(found.path.name)
        return read_model(found, store)

    monkeypatch.setattr(scan, "read_model", read)
    return names


def titles(shelf: Shelf | None = None) -> list[str]:
    return [model.title for model in list_library(shelf or Shelf()).models]


def test_what_was_read_once_is_recalled_whole(folder: Path, reads: list[str]) -> None:
    for number in range(200):
        write_chat_model(folder / f"{number:03}.gguf", general__name=f"Model {number}")
    first = list_library(Shelf())
    assert len(first.models) == len(reads) == 200
    reads.clear()
    assert list_library(Shelf()) == first
    assert reads == []


def test_only_what_changed_is_read_again(folder: Path, reads: list[str]) -> None:
    for name in ("a", "b", "c"):
        write_chat_model(folder / f"{name}.gguf")
    titles()
    reads.clear()
    write_chat_model(folder / "b.gguf", general__name="Another")
    os.utime(folder / "c.gguf", (1, 1))
    (folder / "a.gguf").unlink()
    models = list_library(Shelf()).models
    assert [model.title for model in models] == ["b", "c"]
    assert models[0].info is not None
    assert models[0].info.name == "Another"
    assert sorted(reads) == ["b.gguf", "c.gguf"]


def test_every_part_of_a_split_model_counts(folder: Path, reads: list[str]) -> None:
    parts = []
    for number in (0, 1):
        position: dict[str, Stored] = {"split.no": number, "split.count": 2}
        metadata = {**(chat_metadata() if number == 0 else {}), **position}
        parts.append(folder / f"big-{number + 1:05}-of-00002.gguf")
        write_gguf(parts[-1], metadata, [Tensor(f"blk.{number}.weight", (100,), F16)])
    whole = parts[1].read_bytes()
    assert [model.usable for model in list_library(Shelf()).models] == [True]
    parts[1].write_bytes(whole[:-50])
    assert "ends early" in list_library(Shelf()).models[0].refusal
    parts[1].unlink()
    assert list_library(Shelf()).models[0].refusal == "big-00002-of-00002.gguf is not there."
    parts[1].write_bytes(whole)
    assert list_library(Shelf()).models[0].usable
    assert len(reads) == 4


def test_a_file_that_could_not_be_opened_is_tried_again(folder: Path, reads: list[str]) -> None:
    (folder / "gone.gguf").symlink_to(folder / "nowhere")
    for _ in range(2):
        assert list_library(Shelf()).models[0].refusal == "gone.gguf is not there."
    assert reads == 2 * ["gone.gguf"]


def test_progress_counts_and_cancel_keeps_what_was_read(folder: Path, reads: list[str]) -> None:
    for number in range(5):
        write_chat_model(folder / f"{number}.gguf")
    steps: list[tuple[int, int]] = []
    cancel = CancelToken()

    def on_progress(done: int, total: int) -> None:
        steps.append((done, total))
        if done == 3:
            cancel.cancel()

    with pytest.raises(Cancelled):
        list_library(Shelf(), on_progress=on_progress, cancel=cancel)
    assert steps == [(1, 5), (2, 5), (3, 5)]
    reads.clear()
    assert len(titles()) == 5
    assert len(reads) == 2


def test_a_missing_folder_stays_with_what_is_known_of_it(tmp_path: Path, folder: Path) -> None:
    drive = tmp_path / "drive"
    fixtures.file_in(drive / "qwen", "far.gguf")
    write_chat_model(folder / "near.gguf")
    shelf = Shelf().with_folder(drive)
    before = list_library(shelf)
    drive.rename(tmp_path / "unplugged")
    library = list_library(shelf)
    assert [(model.title, model.offline, model.usable) for model in library.models] == [
        ("far", True, False),
        ("near", False, True),
    ]
    assert library.models[0].info == before.models[0].info
    assert [(state.root, state.offline, state.models) for state in library.folders] == [
        (folder, False, 1),
        (drive, True, 1),
    ]
    (tmp_path / "unplugged").rename(drive)
    assert list_library(shelf) == before


def test_an_empty_mount_point_is_a_missing_drive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = tmp_path / "drive"
    model = fixtures.file_in(drive, "far.gguf")
    shelf = Shelf().with_folder(drive)
    assert titles(shelf) == ["far"]
    monkeypatch.setattr(scan, "_device", lambda _folder: 12345)
    model.unlink()
    assert [listed.offline for listed in list_library(shelf).models] == [True]


def test_a_folder_that_was_emptied_is_empty(tmp_path: Path) -> None:
    drive = tmp_path / "drive"
    model = fixtures.file_in(drive, "far.gguf")
    shelf = Shelf().with_folder(drive)
    titles(shelf)
    model.unlink()
    assert titles(shelf) == []


def test_one_file_in_two_places_is_one_model(tmp_path: Path, folder: Path) -> None:
    model = write_chat_model(folder / "a.gguf")
    other = tmp_path / "other"
    other.mkdir()
    (other / "link.gguf").symlink_to(model)
    (other / "hard.gguf").hardlink_to(model)
    assert titles(Shelf().with_folder(other).with_file(model)) == ["a"]


def test_files_come_and_go_by_hand(tmp_path: Path, folder: Path) -> None:
    near = write_chat_model(folder / "near.gguf")
    dragged = write_chat_model(tmp_path / "dragged.gguf")
    shelf = Shelf().with_file(dragged)
    assert titles(shelf) == ["dragged", "near"]
    shelf = shelf.without_file(near).without_file(dragged)
    assert titles(shelf) == []
    assert near.exists()
    assert dragged.exists()
    assert titles(shelf.with_file(near)) == ["near"]


def test_a_dragged_file_on_a_missing_drive_is_offline(tmp_path: Path) -> None:
    dragged = write_chat_model(tmp_path / "dragged.gguf")
    shelf = Shelf().with_file(dragged)
    titles(shelf)
    dragged.unlink()
    expected = [("dragged", True)]
    for other in (shelf, shelf.with_folder(tmp_path / "gone").with_file(dragged)):
        models = list_library(other).models
        assert [(model.title, model.offline) for model in models] == expected


def test_a_dragged_file_of_a_missing_folder_is_listed_once(tmp_path: Path) -> None:
    drive = tmp_path / "drive"
    shelf = Shelf().with_folder(drive).with_file(fixtures.file_in(drive, "far.gguf"))
    assert titles(shelf) == ["far"]
    drive.rename(tmp_path / "unplugged")
    assert titles(shelf) == ["far"]


def test_a_shelf_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    assert load_shelf() == Shelf()
    shelf = (
        Shelf(other_apps=False)
        .with_folder(tmp_path / "a")
        .with_folder(tmp_path / "a")
        .with_folder(tmp_path / "b")
        .without_folder(tmp_path / "b")
        .with_file(tmp_path / "c.gguf")
        .with_download(tmp_path / "d.gguf")
        .without_file(tmp_path / "e.gguf")
    )
    shelf.save()
    assert load_shelf() == shelf
    assert shelf.folders == (tmp_path / "a",)


@pytest.mark.parametrize(
    "content", ["folders = 3", "files = [1]", 'other_apps = "yes"', "{", "\xff\xfe"]
)
def test_a_shelf_that_makes_no_sense_is_told(content: str) -> None:
    (paths.config_dir() / "library.toml").write_bytes(content.encode("latin-1"))
    with pytest.raises(BadSetting, match=r"library\.toml"):
        load_shelf()


@pytest.mark.parametrize("damage", [b"", b"no database" * 500])
def test_a_damaged_cache_is_made_again(folder: Path, damage: bytes) -> None:
    write_chat_model(folder / "a.gguf")
    titles()
    cache = paths.cache_dir() / "models-en.sqlite"
    for file in paths.cache_dir().glob("models-en.sqlite*"):
        file.unlink()
    cache.write_bytes(damage)
    assert titles() == ["a"]
    assert titles() == ["a"]


def test_lines_of_the_cache_that_make_no_sense_are_read_again(
    folder: Path, reads: list[str]
) -> None:
    for name in ("a", "b", "c"):
        write_chat_model(folder / f"{name}.gguf")
    titles()
    reads.clear()
    with sqlite3.connect(paths.cache_dir() / "models-en.sqlite") as cache:
        for name, line in {"a": "{", "b": "[]", "c": '{"info": {}}'}.items():
            path = str(folder / f"{name}.gguf")
            cache.execute("UPDATE model SET listed = ? WHERE path = ?", (line, path))
    cache.close()
    assert titles() == ["a", "b", "c"]
    assert sorted(reads) == ["a.gguf", "b.gguf", "c.gguf"]


def test_a_cache_of_another_version_is_read_anew(folder: Path, reads: list[str]) -> None:
    write_chat_model(folder / "a.gguf")
    titles()
    reads.clear()
    with sqlite3.connect(paths.cache_dir() / "models-en.sqlite") as cache:
        cache.execute("PRAGMA user_version = 999")
    cache.close()
    assert titles() == ["a"]
    assert reads == ["a.gguf"]


def test_without_a_place_for_the_cache_models_are_listed_all_the_same(folder: Path) -> None:
    write_chat_model(folder / "a.gguf")
    shutil.rmtree(paths.cache_dir())
    (paths.cache_dir().parent / "cache").rmdir()
    (paths.config_dir().parent / "cache").write_text("a file in the way")
    assert titles() == ["a"]


def test_models_of_other_apps_are_known_by_their_own_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computer = Computer(tmp_path / "home", shared=tmp_path)
    monkeypatch.setattr(places, "this_computer", lambda: computer)
    blob = fixtures.ollama(computer.home / ".ollama" / "models", "qwen3:8b")
    assert resolve_model("qwen3:8b") == blob
    assert resolve_model("qwen3") == blob
    blob.write_bytes(b"nothing")
    (listed,) = list_library(Shelf()).models
    assert listed.refusal == "qwen3:8b is not a GGUF file."
    blob.write_bytes(write_chat_model(tmp_path / "e", general__architecture="bert").read_bytes())
    (listed,) = list_library(Shelf()).models
    assert listed.refusal.startswith("qwen3:8b is an embedding model")
    assert listed.info is not None
    assert listed.info.kind is ModelKind.EMBEDDING


def test_a_store_of_another_app_on_a_missing_drive_is_offline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = tmp_path / "drive"
    computer = Computer(tmp_path / "home", {"OLLAMA_MODELS": str(drive)}, shared=tmp_path)
    monkeypatch.setattr(places, "this_computer", lambda: computer)
    fixtures.ollama(drive, "qwen3:8b")
    assert titles() == ["qwen3:8b"]
    drive.rename(tmp_path / "unplugged")
    (listed,) = list_library(Shelf()).models
    assert (listed.title, listed.store, listed.offline) == ("qwen3:8b", "Ollama", True)


def test_an_unknown_name_lists_what_other_places_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computer = Computer(tmp_path / "home", shared=tmp_path)
    monkeypatch.setattr(places, "this_computer", lambda: computer)
    fixtures.ollama(computer.home / ".ollama" / "models", "qwen3:8b")
    with pytest.raises(ModelNotFound) as caught:
        resolve_model("gemma")
    assert caught.value.hint == "There is qwen3:8b."
