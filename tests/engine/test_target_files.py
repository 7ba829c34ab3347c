"""Targets in 4, 8 and 16 bits, and one in three files, each loaded and asked for real."""

from pathlib import Path

import pytest

from engine.cancel import CancelToken
from engine.config import Mode
from engine.errors import ModelNotFound
from engine.library.gguf_header import read_header
from engine.llama.quantize import quantize
from engine.session import Session
from tests.engine.sessions import (
    Answer,
    ask,
    assert_same_up_to_near_ties,
    greedy,
    pair_config,
    user,
)
from tests.split_gguf import split_gguf

pytestmark = pytest.mark.real_model

CONTEXT = 256


def answer(target: Path, draft: Path | None, mode: Mode) -> Answer:
    with Session.open(pair_config(target, draft, mode=mode, budget=8, context=CONTEXT)) as session:
        return ask(session, [user("Count to ten.")], greedy(16))


@pytest.mark.parametrize(
    ("quantization", "stored"), [("Q4_K_M", "Q4_K"), ("Q8_0", "Q8_0"), ("F16", "F16")]
)
def test_a_tree_gives_what_plain_gives(
    smollm2: Path, low_bit: Path, tmp_path: Path, quantization: str, stored: str
) -> None:
    target = tmp_path / f"{quantization}.gguf"
    quantize(smollm2, target, quantization, on_progress=lambda _: None, cancel=CancelToken())
    assert stored in {tensor.type.name for tensor in read_header(target).tensors}
    plain = answer(target, None, Mode.OFF)
    tree = answer(target, low_bit, Mode.TREE)
    target.unlink()
    assert plain.stats.tokens == 16
    assert tree.stats.tokens_per_pass > 1
    assert_same_up_to_near_ties(plain.choices, tree.choices)


def test_a_model_in_three_files_is_the_same_model(
    smollm2: Path, low_bit: Path, tmp_path: Path
) -> None:
    first = split_gguf(smollm2, tmp_path, 3)
    assert len(list(tmp_path.glob("*-of-00003.gguf"))) == 3
    split, whole = answer(first, low_bit, Mode.TREE), answer(smollm2, low_bit, Mode.TREE)
    assert split.tokens == whole.tokens
    assert split.text


def test_a_missing_part_is_named_before_anything_is_loaded(smollm2: Path, tmp_path: Path) -> None:
    first = split_gguf(smollm2, tmp_path, 3)
    missing = first.with_name(first.name.replace("00001-of", "00003-of"))
    missing.unlink()
    with pytest.raises(ModelNotFound) as caught:
        Session.open(pair_config(first, None))
    assert caught.value.message == f"{missing.name} is not there."
