"""Tests of pairs on the disk, and in a sentence."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine import tested_pairs as module
from engine.config import Mode, SelfDraft
from engine.errors import ModelNotFound
from engine.measured_pairs import measured_speedups
from engine.paths import cache_dir
from engine.tested_pairs import (
    PairTest,
    PairTestProgress,
    WorkSpeeds,
    has_tests,
    keep_tested,
    last_test,
)
from tests.gguf_files import write_chat_model

CHAT = WorkSpeeds("chat", plain=2.4, auto=8.16, chain=5.0, tree=8.0)
CODE = WorkSpeeds("code", plain=2.4, auto=12.24, chain=7.0, tree=12.0)
FOUND = PairTest(60.2, (CHAT, CODE))
SAME = PairTest(59.8, (WorkSpeeds("chat", 30.0, 29.4), WorkSpeeds("editing", 30.0, 30.9)))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return write_chat_model(tmp_path / "target.gguf")


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    return write_chat_model(tmp_path / "draft.gguf", general__name="Draft")


def test_a_verdict_names_the_gain_on_each_kind_of_work() -> None:
    assert FOUND.verdict() == (
        "Tested for 60 s: 3.4× plain on chat, 5.1× on code. Kept with this pair."
    )
    assert "3.4x plain on chat" in FOUND.verdict("x")


def test_a_verdict_where_nothing_pays() -> None:
    assert SAME.verdict() == (
        "Tested for 60 s: plain is as fast here as any guess, so plain is used. "
        "Kept with this pair."
    )


def test_a_loss_is_said_as_one() -> None:
    slow = PairTest(60.0, (WorkSpeeds("chat", 100.0, 83.0),))
    assert slow.verdict() == "Tested for 60 s: 0.8× plain on chat. Kept with this pair."


def test_the_details_name_what_was_measured() -> None:
    assert FOUND.details[0] == "chat: plain 2.4, chain 5.0, tree 8.0, auto 8.2 tokens/s"
    assert SAME.details[0] == "chat: plain 30, auto 29 tokens/s"


def test_progress_in_a_sentence() -> None:
    step = PairTestProgress(Mode.TREE, "code", 0.6, 24.2)
    assert step.sentence == "Testing tree on code: about 24 s left."


def test_each_pair_has_its_own_test(target: Path, draft: Path) -> None:
    assert not has_tests(target)
    keep_tested(target, draft, FOUND)
    keep_tested(target, SelfDraft(), SAME)
    assert has_tests(target)
    assert not has_tests(draft)
    assert last_test(target, draft) == FOUND
    assert last_test(target, SelfDraft()) == SAME
    assert last_test(target, SelfDraft(quantization="Q3_K_S")) is None
    assert last_test(target, None) is None


def test_a_new_test_takes_the_place_of_the_old_one(target: Path, draft: Path) -> None:
    keep_tested(target, draft, SAME)
    keep_tested(target, draft, FOUND)
    assert last_test(target, draft) == FOUND


def test_another_llama_cpp_makes_a_test_stale(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_tested(target, None, FOUND)
    monkeypatch.setattr(module, "version", lambda: "another one")
    assert last_test(target, None) is None


@pytest.mark.parametrize(
    "change",
    [
        {"works": []},
        {"works": [{"kind": "chat"}]},
        {"works": [{"kind": 3, "plain": 1, "auto": 1, "chain": None, "tree": None}]},
        {"works": [{"kind": "chat", "plain": 0, "auto": 1, "chain": None, "tree": None}]},
        {"seconds": "nan"},
        {"made_with": None},
    ],
)
def test_a_file_that_makes_no_sense_counts_as_none(target: Path, change: dict[str, object]) -> None:
    keep_tested(target, None, FOUND)
    (file,) = (cache_dir() / "pair-tests").iterdir()
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    assert last_test(target, None) is None


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000])
def test_a_file_that_is_no_test_counts_as_none(target: Path, text: str) -> None:
    keep_tested(target, None, FOUND)
    (file,) = (cache_dir() / "pair-tests").iterdir()
    file.write_text(text)
    assert last_test(target, None) is None


def test_a_disk_that_refuses_costs_a_new_test(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "write_text", refuse)
    keep_tested(target, None, FOUND)
    assert last_test(target, None) is None
    assert list((cache_dir() / "pair-tests").iterdir()) == []


def test_a_target_that_vanished_is_said(target: Path) -> None:
    target.unlink()
    with pytest.raises(ModelNotFound):
        last_test(target, None)


def test_a_tested_pair_is_as_fast_as_its_test_says(target: Path, draft: Path) -> None:
    other = write_chat_model(draft.with_name("other.gguf"), general__name="Other")
    keep_tested(target, draft, FOUND)
    slower = replace(FOUND, works=(replace(CHAT, auto=2.4),))
    keep_tested(target, SelfDraft(), slower)
    speeds = measured_speedups(target, [draft, other, SelfDraft()])
    assert speeds == {draft: pytest.approx(4.25), SelfDraft(): 1.0}
    draft.unlink()
    assert measured_speedups(target, [draft]) == {}
