"""A low-bit copy belongs to one content of one file."""

from pathlib import Path

import pytest

from engine.errors import ModelNotFound
from engine.library import low_bit
from engine.library.low_bit import low_bit_path, low_bit_type
from tests.gguf_files import F16, Q4_0, Tensor, write_gguf

MIB = 1 << 20


def test_the_path_says_what_it_is_a_copy_of(tmp_path: Path, own_home: Path) -> None:
    target = tmp_path / "qwen.gguf"
    target.write_bytes(b"x" * 100)
    copy = low_bit_path(target, "Q2_K")
    assert copy.parent == own_home / "cache" / "drafts"
    assert copy.parent.is_dir()
    assert copy.name.startswith("qwen-q2_k-")
    assert copy.suffix == ".gguf"
    assert low_bit_path(target, "Q2_K") == copy
    assert low_bit_path(target, "IQ2_XS") != copy


@pytest.mark.parametrize("position", [0, MIB - 1, 4 * MIB - 1])
def test_a_changed_target_has_another_copy(tmp_path: Path, position: int) -> None:
    target = tmp_path / "qwen.gguf"
    content = bytearray(4 * MIB)
    target.write_bytes(content)
    before = low_bit_path(target, "Q2_K")
    content[position] = 1
    target.write_bytes(content)
    assert low_bit_path(target, "Q2_K") != before


def test_a_longer_target_has_another_copy(tmp_path: Path) -> None:
    target = tmp_path / "qwen.gguf"
    target.write_bytes(bytes(3 * MIB))
    before = low_bit_path(target, "Q2_K")
    target.write_bytes(bytes(3 * MIB + 1))
    assert low_bit_path(target, "Q2_K") != before


def test_the_same_target_elsewhere_has_the_same_copy(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "qwen.gguf").write_bytes(b"same")
    assert low_bit_path(tmp_path / "a/qwen.gguf", "Q2_K") == low_bit_path(
        tmp_path / "b/qwen.gguf", "Q2_K"
    )


def test_a_missing_target_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound):
        low_bit_path(tmp_path / "gone.gguf", "Q2_K")


@pytest.mark.parametrize(
    ("kind", "share", "expected"),
    [(F16, 1.0, "Q4_0"), (Q4_0, 1.0, "Q2_K"), (F16, 1e-9, "Q2_K")],
    ids=["16 bits", "4 bits", "16 bits, no memory for half of them"],
)
def test_a_copy_is_as_fine_as_pays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: int, share: float, expected: str
) -> None:
    monkeypatch.setattr(low_bit, "memory_limit", lambda: int(share * (8 << 30)))
    tensors = [Tensor("token_embd.weight", (32, 100_000), kind)]
    target = write_gguf(tmp_path / "target.gguf", tensors=tensors)
    assert low_bit_type(target) == expected
    assert low_bit_type(target, "Q3_K_S") == "Q3_K_S"
    assert low_bit_path(target, None) == low_bit_path(target, expected)
