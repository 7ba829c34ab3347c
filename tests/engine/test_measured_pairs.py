"""Speeds of pairs that were used before, by what was learnt of them."""

import os
from pathlib import Path

import pytest

from engine.config import KvType, ModelConfig, SelfDraft
from engine.errors import ModelNotFound
from engine.learned import Learned, learned_path, remember
from engine.library.low_bit import low_bit_path
from engine.measured_pairs import measured_speedups
from tests.gguf_files import write_chat_model

# A streamed target: a pass costs six seconds whatever its rows, a draft's passes next to nothing.
STREAMED = Learned(
    target_cost=[(1, 6.0), (65, 6.0)],
    draft_cost=[(1, 0.01), (16, 0.02)],
    forecast=(1.0, 1.0),
)
NO_GAIN = Learned(
    target_cost=[(1, 0.01), (65, 0.6)],
    draft_cost=[(1, 0.01), (16, 0.1)],
    forecast=(1.0, 1.0),
)


def model(folder: Path, content: bytes) -> Path:
    path = folder / f"{content.decode()}.gguf"
    path.write_bytes(content)
    return path


def learn(target: Path, draft: Path, learned: Learned, threads: int = 0) -> Path:
    models = ModelConfig(path=target), ModelConfig(path=draft)
    file = learned_path(*models, KvType.F16, threads)
    remember(file, learned)
    return file


def test_only_pairs_that_were_used_have_a_speed(tmp_path: Path) -> None:
    target, used, other = (model(tmp_path, name) for name in (b"target", b"used", b"other"))
    assert measured_speedups(target, [used, other, SelfDraft()]) == {}
    learn(target, used, STREAMED)
    learn(other, used, NO_GAIN)
    speeds = measured_speedups(target, [used, other, SelfDraft()])
    assert speeds.keys() == {used}
    assert 4 < speeds[used] < 6, "tokens of a tree of 64, in about the time of one pass"


def test_the_targets_own_copy_has_a_speed_too(tmp_path: Path) -> None:
    target = write_chat_model(tmp_path / "target.gguf")
    copy = low_bit_path(target, SelfDraft().quantization)
    copy.write_bytes(b"copy")
    learn(target, copy, NO_GAIN)
    (speed,) = measured_speedups(target, [SelfDraft()]).values()
    assert speed < 1


def test_the_set_up_used_last_counts(tmp_path: Path) -> None:
    target, draft = model(tmp_path, b"target"), model(tmp_path, b"draft")
    learn(target, draft, NO_GAIN, threads=1)
    older = learn(target, draft, STREAMED, threads=2)
    os.utime(older, (1, 1))
    assert measured_speedups(target, [draft])[draft] < 1


@pytest.mark.parametrize(
    "learned", [Learned(), Learned(target_cost=[(1, 1.0)]), Learned(draft_cost=[(1, 1.0)])]
)
def test_what_was_learnt_without_a_draft_is_no_speed(tmp_path: Path, learned: Learned) -> None:
    target, draft = model(tmp_path, b"target"), model(tmp_path, b"draft")
    learn(target, draft, learned)
    assert measured_speedups(target, [draft]) == {}


def test_files_that_went_away(tmp_path: Path) -> None:
    target, draft = model(tmp_path, b"target"), model(tmp_path, b"draft")
    learn(target, draft, STREAMED)
    draft.unlink()
    assert measured_speedups(target, [draft]) == {}
    target.unlink()
    with pytest.raises(ModelNotFound):
        measured_speedups(target, [draft])
