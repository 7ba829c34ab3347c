"""Names from the hub stay inside the folder they are put in."""

from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.library.hub.model_card import CARD_BYTES, summary_of
from engine.library.hub.names import is_repo, is_safe_path, quantization

ROOT = Path("/cache/snapshots/0")
PIECES = st.sampled_from(
    ["a", "..", ".", "/", "\\", ":", "\0", "~", "b.gguf", " ", "con", "\u202e"]
)


@given(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=8).map("".join)))
def test_a_safe_path_stays_in_its_folder(path: str) -> None:
    if not is_safe_path(path):
        return
    joined = ROOT / path
    assert ROOT in joined.parents
    assert joined == Path(str(joined)).resolve()
    assert not PureWindowsPath(path).drive
    assert ".." not in PureWindowsPath(path).parts
    assert path.isprintable()


@pytest.mark.parametrize("path", ["a.gguf", "Q4_K_M/a-00001-of-00002.gguf", "Qwen 2.5 (v2).gguf"])
def test_ordinary_paths_are_safe(path: str) -> None:
    assert is_safe_path(path)


@given(st.text(max_size=30))
def test_a_repository_is_one_folder_of_the_cache(name: str) -> None:
    if is_repo(name):
        assert is_safe_path(f"models--{name.replace('/', '--')}")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Qwen2.5-7B-Instruct-Q4_K_M.gguf", "Q4_K_M"),
        ("qwen2.5-7b-instruct-q4_k_m.gguf", "Q4_K_M"),
        ("UD-Q2_K_XL/DeepSeek-UD-Q2_K_XL-00001-of-00005.gguf", "UD-Q2_K_XL"),
        ("Model-Q2_K.gguf", "Q2_K"),
        ("Model-Q2_K_L.gguf", "Q2_K_L"),
        ("Model-IQ4_XS.gguf", "IQ4_XS"),
        ("Model.i1-IQ3_XXS.gguf", "IQ3_XXS"),
        ("Model-f16.gguf", "F16"),
        ("Model-BF16.gguf", "BF16"),
        ("Model.Q8_0.gguf", "Q8_0"),
        ("gpt-oss-20b-MXFP4_MOE.gguf", "MXFP4_MOE"),
        ("model-fp16.gguf", "FP16"),
        ("tinyq4_0.gguf", ""),
        ("model.gguf", ""),
    ],
)
def test_the_quantization_is_read_from_the_name(name: str, expected: str) -> None:
    assert quantization(name) == expected


@given(st.binary(max_size=400))
def test_any_card_has_a_summary_that_can_be_shown(card: bytes) -> None:
    for line in summary_of(card).splitlines():
        assert line.isprintable()


def test_a_long_card_is_cut() -> None:
    card = b"A sentence of the card that goes on for a while.\n\n" * 10_000
    assert len(card) > CARD_BYTES
    summary = summary_of(card)
    assert len(summary) <= 1200
    assert summary.endswith("…")
