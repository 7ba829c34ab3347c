"""What may be deleted, and that it goes to the trash and nowhere else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.library import removal
from engine.library.removal import NotDeleted, files_of, move_to_trash, require_deletable
from engine.library.shelf import Shelf
from engine.library.stores import places
from engine.library.stores.places import Computer
from tests.engine.library.stores import fixtures
from tests.gguf_files import write_chat_model


@pytest.fixture
def apps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """One model of each of the other apps."""
    computer = Computer(tmp_path / "home", shared=tmp_path)
    made = fixtures.all_six(computer)
    monkeypatch.setattr(places, "this_computer", lambda: computer)
    return made


@pytest.fixture
def trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in place of the desktop's trash."""
    trash = tmp_path / "trash"
    trash.mkdir()
    monkeypatch.setattr(removal, "send2trash", lambda file: file.rename(trash / file.name))
    return trash


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_model_of_ones_own_goes_to_the_trash_with_all_its_parts(
    tmp_path: Path, trash: Path, apps: dict[str, Path]
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    for name in ("big-00001-of-00003.gguf", "big-00003-of-00003.gguf", "other.gguf"):
        (own / name).touch()
    assert len(files_of(own / "big-00001-of-00003.gguf")) == 2
    move_to_trash(own / "big-00001-of-00003.gguf", Shelf())
    assert names(own) == ["other.gguf"]
    assert names(trash) == ["big-00001-of-00003.gguf", "big-00003-of-00003.gguf"]


def test_a_model_of_another_app_is_left_with_the_way_to_delete_it(
    trash: Path, apps: dict[str, Path]
) -> None:
    for store, path in apps.items():
        with pytest.raises(NotDeleted) as caught:
            move_to_trash(path, Shelf(other_apps=False))
        assert caught.value.message == f"{path.name} belongs to {store}: Outrider only reads it."
        assert caught.value.hint.endswith("Here it can be taken from the list.")
        assert path.exists()
    assert names(trash) == []


def test_a_link_into_another_apps_store_is_left_too(
    tmp_path: Path, trash: Path, apps: dict[str, Path]
) -> None:
    link = tmp_path / "link.gguf"
    link.symlink_to(apps["Ollama"])
    with pytest.raises(NotDeleted, match="belongs to Ollama"):
        move_to_trash(link, Shelf())
    folder = tmp_path / "folder"
    folder.symlink_to(apps["LM Studio"].parent)
    with pytest.raises(NotDeleted, match="belongs to LM Studio"):
        require_deletable(folder / "lm.gguf", Shelf().with_folder(folder))


def test_a_download_of_ours_goes_from_the_shared_cache(trash: Path, apps: dict[str, Path]) -> None:
    link = apps["Hugging Face"]
    content = link.read_bytes()
    blob = link.resolve()
    move_to_trash(link, Shelf().with_download(link))
    assert not os.path.lexists(link)
    assert not blob.exists()
    assert (trash / "hf.gguf").read_bytes() == content


def test_content_that_another_commit_has_too_stays(trash: Path, apps: dict[str, Path]) -> None:
    link = apps["Hugging Face"]
    other = link.parents[1] / "another" / "hf.gguf"
    other.parent.mkdir()
    other.symlink_to(link.readlink())
    move_to_trash(link, Shelf().with_download(link))
    assert not os.path.lexists(link)
    assert other.exists()
    assert names(trash) == []


def test_a_file_that_is_gone_or_stuck_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "m.gguf"
    with pytest.raises(NotDeleted, match=r"m\.gguf is not there any more\."):
        move_to_trash(path, Shelf())
    path.touch()

    def refuse(file: Path) -> None:
        raise PermissionError(13, "in use", str(file))

    monkeypatch.setattr(removal, "send2trash", refuse)
    with pytest.raises(NotDeleted, match=r"m\.gguf cannot be moved to the trash\."):
        move_to_trash(path, Shelf())
    assert path.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into the trash of freedesktop.org")
def test_the_desktops_own_trash_is_used(tmp_path: Path) -> None:
    # In a process of its own: the trash's folder is found when send2trash is imported.
    path = write_chat_model(tmp_path / "m.gguf")
    program = (
        "from pathlib import Path; from engine.library.removal import move_to_trash; "
        f"from engine.library.shelf import Shelf; move_to_trash(Path({str(path)!r}), Shelf())"
    )
    home = tmp_path / "home"
    home.mkdir()
    environment = {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / "data")}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=60)
    assert not path.exists()
    assert names(home / "data" / "Trash" / "files") == ["m.gguf"]
