"""Low-bit copies: whole or not there, with progress, and left behind by nobody."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.cancel import CancelToken
from engine.errors import BadSetting, Cancelled, DiskTrouble, ModelLoadFailed
from engine.library.gguf_header import read_header
from engine.llama.library import api
from engine.llama.quantize import LOW_BIT_TYPES, quantize
from tests.gguf_files import write_gguf


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "tiny.gguf")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "drafts" / "copy.gguf"


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def make(source: Path, copy: Path, *, cancel: CancelToken | None = None) -> list[float]:
    seen: list[float] = []
    quantize(source, copy, "Q8_0", on_progress=seen.append, cancel=cancel or CancelToken())
    return seen


def native(monkeypatch: pytest.MonkeyPatch, call: Callable[[Path], int]) -> None:
    """Replace llama.cpp's call by one that gets the part file."""
    monkeypatch.setattr(
        api, "llama_model_quantize", lambda _source, part, _params: call(Path(os.fsdecode(part)))
    )


def test_a_copy_is_a_model_in_the_other_quantization(tiny: Path, copy: Path) -> None:
    assert make(tiny, copy)[-1] == 1.0
    kinds = {tensor.name: tensor.type.name for tensor in read_header(copy).tensors}
    assert kinds["output.weight"] == "Q8_0"
    assert kinds["blk.0.attn_norm.weight"] == "F32"
    assert files(copy.parent) == ["copy.gguf"], "no part is left"


def test_a_name_that_is_no_text_is_written_all_the_same(tiny: Path, tmp_path: Path) -> None:
    copy = Path(os.fsdecode(os.fsencode(tmp_path) + b"/copy-\xff.gguf"))
    try:
        copy.touch()
    except OSError:
        pytest.skip("this file system takes only text as names")
    make(tiny, copy)
    assert read_header(copy).tensors


def test_every_offered_type_is_one_of_llama_cpps(tiny: Path, tmp_path: Path) -> None:
    for name in LOW_BIT_TYPES:
        copy = tmp_path / f"{name}.gguf"
        quantize(tiny, copy, name, on_progress=lambda _fraction: None, cancel=CancelToken())
        assert copy.is_file()


def test_an_unknown_type_is_refused_with_those_there_are(tiny: Path, copy: Path) -> None:
    with pytest.raises(BadSetting) as caught:
        quantize(tiny, copy, "Q9_X", on_progress=lambda _fraction: None, cancel=CancelToken())
    assert caught.value.sentence.startswith("There is no quantization Q9_X here. There are: F16, ")
    assert not copy.parent.exists()


def test_progress_is_the_size_of_the_part(
    tiny: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = tiny.stat().st_size // 2
    halfway_seen = threading.Event()
    seen: list[float] = []

    def slow(part: Path) -> int:
        part.write_bytes(bytes(half))
        halfway_seen.wait(30)
        part.write_bytes(bytes(3 * half))
        return 0

    def on_progress(fraction: float) -> None:
        seen.append(fraction)
        if fraction > 0.4:
            halfway_seen.set()

    native(monkeypatch, slow)
    quantize(tiny, copy, "Q8_0", on_progress=on_progress, cancel=CancelToken())
    assert any(0.4 < fraction < 0.6 for fraction in seen)
    assert seen[-1] == 1.0
    assert sorted(seen) == seen
    assert copy.stat().st_size == 3 * half


def test_a_cancel_returns_at_once_and_the_part_is_deleted_when_the_call_ends(
    tiny: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, parts = threading.Event(), list[Path]()

    def stuck(part: Path) -> int:
        part.write_bytes(b"half")
        parts.append(part)
        go_on.wait(30)
        return 0

    native(monkeypatch, stuck)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        make(tiny, copy, cancel=cancel)
    worker = next(t for t in threading.enumerate() if t.name == "quantize")
    native(monkeypatch, lambda part: part.write_bytes(b"whole") and 0)
    make(tiny, copy)
    assert copy.read_bytes() == b"whole", "a second attempt does not share the first one's part"
    go_on.set()
    worker.join(30)
    assert files(copy.parent) == ["copy.gguf"]
    assert copy.read_bytes() == b"whole"
    assert len(parts) == 1


def test_a_failed_call_leaves_nothing_and_an_older_copy_stays(
    tiny: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy.parent.mkdir()
    copy.write_bytes(b"older")
    native(monkeypatch, lambda part: part.write_bytes(b"broken") and 1)
    with pytest.raises(ModelLoadFailed) as caught:
        make(tiny, copy)
    assert caught.value.message == "llama.cpp cannot make a Q8_0 copy of tiny.gguf."
    assert files(copy.parent) == ["copy.gguf"]
    assert copy.read_bytes() == b"older"


def test_a_source_that_llama_cpp_refuses_is_a_sentence(tmp_path: Path, copy: Path) -> None:
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"no model")
    with pytest.raises(ModelLoadFailed) as caught:
        make(bad, copy)
    assert caught.value.detail
    assert files(copy.parent) == []


def test_a_copy_that_cannot_get_its_name_is_disk_trouble(
    tiny: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    native(monkeypatch, lambda part: part.write_bytes(b"whole") and 0)
    copy.mkdir(parents=True)
    with pytest.raises(DiskTrouble):
        make(tiny, copy)
    assert files(copy.parent) == ["copy.gguf"]


def test_a_folder_that_cannot_be_made_is_disk_trouble(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DiskTrouble):
        make(tiny, tmp_path / "file" / "copy.gguf")
