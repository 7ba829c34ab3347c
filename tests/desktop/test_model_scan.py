"""Reading models in the background: in its own thread, stale verdicts dropped, bad files told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.model_scan import LocalLibrary, ModelScan
from tests.desktop.fakes import BIG, OTHER, PATIENCE, SMALL, FakeLibrary


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


def test_verdicts_for_a_former_target_are_dropped(qtbot: QtBot, scan: ModelScan) -> None:
    judged: list[tuple[Path, Path]] = []
    scan.judged.connect(lambda target, draft, _verdict: judged.append((target, draft)))
    scan.judge(BIG.path, [SMALL.path])
    scan.judge(OTHER.path, [SMALL.path])
    qtbot.waitUntil(lambda: (OTHER.path, SMALL.path) in judged)
    assert (BIG.path, SMALL.path) not in judged


def test_the_real_library_describes_a_bad_file(tmp_path: Path) -> None:
    path = tmp_path / "novel.gguf"
    path.write_text("Call me Ishmael.")
    described = LocalLibrary().describe(path)
    assert described.refusal
    assert described.size_bytes == path.stat().st_size


def test_the_real_library_describes_a_missing_file(tmp_path: Path) -> None:
    assert LocalLibrary().describe(tmp_path / "gone.gguf").refusal


def test_an_empty_models_folder_is_an_empty_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTRIDER_MODELS", str(tmp_path / "none"))
    assert LocalLibrary().models() == []
