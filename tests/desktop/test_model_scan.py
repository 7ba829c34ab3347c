"""Reading models in the background: in its own thread, stale rankings dropped, bad files told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.model_library import LocalLibrary
from desktop.model_scan import ModelScan
from engine.cancel import CancelToken
from engine.errors import ModelNotFound
from engine.library.drafts import Grade
from tests.desktop.fakes import BIG, OTHER, PATIENCE, FakeLibrary
from tests.gguf_files import write_chat_model


@pytest.fixture
def scan(qtbot: QtBot, library: FakeLibrary) -> Iterator[ModelScan]:
    scan = ModelScan(library)
    yield scan
    assert scan.shutdown(PATIENCE)


def test_extra_files_are_described_once(qtbot: QtBot, scan: ModelScan) -> None:
    extra = Path("/elsewhere/mine.gguf")
    with qtbot.waitSignal(scan.found) as found:
        scan.scan([extra, BIG.path, extra])
    assert found.args is not None
    paths = [model.path for model in found.args[0]]
    assert paths.count(extra) == 1
    assert paths.count(BIG.path) == 1


def test_the_real_library_describes_a_bad_file(tmp_path: Path) -> None:
    path = tmp_path / "novel.gguf"
    path.write_text("Call me Ishmael.")
    described = LocalLibrary().describe(path)
    assert described.refusal
    assert described.size_bytes == path.stat().st_size


def test_the_real_library_describes_a_missing_file(tmp_path: Path) -> None:
    assert LocalLibrary().describe(tmp_path / "gone.gguf").refusal


def no_progress(_done: int, _total: int) -> None:
    """What becomes of the progress does not matter here."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The models folder, not made yet."""
    folder = tmp_path / "models"
    monkeypatch.setenv("OUTRIDER_MODELS", str(folder))
    return folder


def test_an_empty_models_folder_is_an_empty_list(folder: Path) -> None:
    assert LocalLibrary().models(no_progress, CancelToken()) == []


def test_the_real_library_lists_and_ranks(folder: Path) -> None:
    folder.mkdir()
    big = write_chat_model(folder / "big.gguf")
    small = write_chat_model(folder / "small.gguf")
    other = write_chat_model(folder / "other.gguf", tokenizer__ggml__model="llama")
    library = LocalLibrary()
    found = library.models(no_progress, CancelToken())
    assert [(model.name, model.store, model.refusal) for model in found] == [
        ("big", "", ""),
        ("other", "", ""),
        ("small", "", ""),
    ]
    assert (found[0].architecture, found[0].parameters, found[0].licence) == (
        *("llama", 672, "apache-2.0"),
    )
    ranked = {draft.draft: draft.grade for draft in library.rank(big)}
    assert ranked[other] is Grade.RED
    assert ranked[small] is Grade.AMBER, "a twin is not smaller"


def test_a_model_on_a_missing_drive_is_known_but_not_usable(folder: Path) -> None:
    folder.mkdir()
    write_chat_model(folder / "far.gguf")
    library = LocalLibrary()
    library.models(no_progress, CancelToken())
    folder.rename(folder.with_name("unplugged"))
    (found,) = library.models(no_progress, CancelToken())
    assert (found.name, found.offline, found.refusal) == (
        *("far", True, "Its folder is not there now."),
    )


def test_progress_and_rankings_arrive(qtbot: QtBot, scan: ModelScan) -> None:
    with qtbot.waitSignals([scan.progressed, scan.found]):
        scan.scan([])
    with qtbot.waitSignal(scan.ranked) as ranked:
        scan.rank(OTHER.path)
        scan.rank(BIG.path)
    assert ranked.args is not None
    assert ranked.args[0] == BIG.path


def test_a_shelf_that_cannot_be_read_is_told_and_files_are_found(
    qtbot: QtBot, own_home: Path, tmp_path: Path
) -> None:
    (own_home / "config").mkdir(parents=True)
    (own_home / "config" / "library.toml").write_text("{")
    extra = write_chat_model(tmp_path / "extra.gguf")
    scan = ModelScan(LocalLibrary())
    with qtbot.waitSignals([scan.failed, scan.found]):
        scan.scan([extra])
    with qtbot.waitSignal(scan.failed) as failed:
        scan.rank(tmp_path / "gone.gguf")
    assert failed.args is not None
    assert isinstance(failed.args[0], ModelNotFound)
    assert scan.shutdown(PATIENCE)
