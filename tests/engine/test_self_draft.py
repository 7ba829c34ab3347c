"""The target's low-bit copy is made once, and only where there is room for it."""

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.cancel import CancelToken
from engine.errors import Cancelled, DiskTrouble
from engine.library.gguf_header import read_header
from engine.llama.library import api
from engine.self_draft import ensure_low_bit_copy
from tests.gguf_files import write_gguf


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "tiny.gguf")


def ensure(
    target: Path, quantization: str = "Q8_0", *, cancel: CancelToken | None = None
) -> tuple[Path, list[float]]:
    """The copy, and the progress of making it."""
    seen: list[float] = []
    copy = ensure_low_bit_copy(
        target, quantization, on_progress=seen.append, cancel=cancel or CancelToken()
    )
    return copy, seen


def disk_with(free: int) -> Callable[[Path], SimpleNamespace]:
    return lambda _folder: SimpleNamespace(free=free)


def test_the_copy_is_made_once(target: Path, own_home: Path) -> None:
    copy, seen = ensure(target)
    assert own_home in copy.parents
    assert seen[-1] == 1.0
    assert {tensor.type.name for tensor in read_header(copy).tensors} >= {"Q8_0"}
    os.utime(copy, (1, 1))
    assert ensure(target) == (copy, [])
    assert copy.stat().st_mtime == 1, "the second call made nothing"


def test_each_quantization_is_a_copy_of_its_own(target: Path) -> None:
    assert ensure(target, "Q8_0")[0] != ensure(target, "F16")[0]


def test_a_full_disk_is_told_before_any_work(
    target: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", disk_with(target.stat().st_size - 1))
    with pytest.raises(DiskTrouble) as caught:
        ensure(target)
    assert caught.value.message.startswith("A low-bit copy of tiny.gguf needs up to ")
    assert caught.value.hint == "Free some space, or choose another draft."
    assert list(own_home.rglob("*.gguf*")) == []


def test_a_copy_that_exists_needs_no_room(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy, _ = ensure(target)
    monkeypatch.setattr(shutil, "disk_usage", disk_with(0))
    assert ensure(target)[0] == copy


def test_a_cancelled_copy_is_made_the_next_time(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel = CancelToken()
    cancel.cancel()
    go_on = threading.Event()

    def stuck(_source: bytes, part: bytes, _params: object) -> int:
        Path(os.fsdecode(part)).write_bytes(b"half")
        go_on.wait(30)
        return 0

    with monkeypatch.context() as patch:
        patch.setattr(api, "llama_model_quantize", stuck)
        with pytest.raises(Cancelled):
            ensure(target, cancel=cancel)
        worker = next(thread for thread in threading.enumerate() if thread.name == "quantize")
        go_on.set()
        worker.join(30)
    copy, seen = ensure(target)
    assert seen[-1] == 1.0
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]
