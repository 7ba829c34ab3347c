"""Which drafts for which targets: colour, cause, order."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.config import SelfDraft
from engine.library import drafts as drafts_module
from engine.library.drafts import Grade, RankedDraft, rank_drafts
from engine.library.expected_speed import Regime, regime_of, speedup
from engine.library.listing import ListedModel, read_model
from engine.library.pair import PairVerdict, check_pair
from engine.library.scan_cache import ScanCache
from engine.library.stores.found import FoundFile
from tests.gguf_files import (
    CHAT_METADATA,
    F16,
    IQ1_S,
    TOKENS,
    Stored,
    Tensor,
    chat_metadata,
    write_gguf,
)

ONE_TOKEN_OFF = (*TOKENS[:6], "\u0120The", *TOKENS[7:])


def model(path: Path, rows: int = 64, **changes: Stored | None) -> ListedModel:
    """A listed model of `rows` x 1024 weights."""
    tensors = [Tensor("token_embd.weight", (1024, rows), F16)]
    write_gguf(path, chat_metadata(**changes), tensors)
    return read_model(FoundFile(path, path.stem))


def rank(
    target: ListedModel,
    *drafts: ListedModel,
    regime: Regime = Regime.STREAMED,
    measured: dict[Path | SelfDraft, float] | None = None,
) -> dict[str, RankedDraft]:
    with ScanCache() as cache:
        ranked = rank_drafts(target, drafts, cache, regime=regime, measured=measured)
    return {draft.title: draft for draft in ranked}


def test_green_amber_and_red_have_their_causes(tmp_path: Path) -> None:
    target = model(tmp_path / "target.gguf", 1000)
    ranked = rank(
        target,
        model(tmp_path / "small.gguf", 20),
        model(tmp_path / "middle.gguf", 100),
        model(tmp_path / "twin.gguf", 1000),
        model(tmp_path / "cut.gguf", 50, tokenizer__ggml__pre="deepseek-r1-qwen"),
        model(tmp_path / "spm.gguf", 20, tokenizer__ggml__model="llama"),
        model(tmp_path / "bert.gguf", 20, general__architecture="bert"),
        model(tmp_path / "one.gguf", 20, tokenizer__ggml__tokens=ONE_TOKEN_OFF),
        target,
    )
    assert [(title, draft.grade, draft.sentence) for title, draft in ranked.items()] == [
        (
            "Copy of the target in Q4_0",
            Grade.GREEN,
            "The target itself in fewer bits; usually guesses best.",
        ),
        (
            "cut",
            Grade.GREEN,
            "Same vocabulary, cut up in another way (qwen2 / deepseek-r1-qwen): fine.",
        ),
        ("middle", Grade.GREEN, "Same tokenizer."),
        ("small", Grade.GREEN, "Same tokenizer."),
        (
            "twin",
            Grade.AMBER,
            "Not smaller than the target: guessing would take as long as writing.",
        ),
        (
            "bert",
            Grade.RED,
            "bert.gguf is an embedding model: it turns text into numbers and cannot answer.",
        ),
        (
            "one",
            Grade.RED,
            "Token 6 differs: “ the” / “ The”. This draft cannot guess for this target.",
        ),
        (
            "spm",
            Grade.RED,
            "Different tokenizer: qwen2 / llama. Drafts with another tokenizer do not work yet.",
        ),
    ]
    assert all(draft.speedup > 0 for draft in ranked.values() if draft.grade is not Grade.RED)
    assert not any(draft.measured for draft in ranked.values())


def test_what_was_measured_comes_before_estimates(tmp_path: Path) -> None:
    target = model(tmp_path / "target.gguf", 1000)
    small, middle = model(tmp_path / "small.gguf", 20), model(tmp_path / "middle.gguf", 100)
    seen: dict[Path | SelfDraft, float] = {small.path: 0.9, SelfDraft(): 9.0}
    ranked = rank(target, small, middle, measured=seen)
    assert list(ranked) == ["Copy of the target in Q4_0", "middle", "small"]
    assert ranked["small"] == RankedDraft(
        small.path,
        "small",
        Grade.AMBER,
        "Measured here: 0.9 times the speed without it.",
        0.9,
        measured=True,
    )


def test_a_draft_too_big_beside_its_target_is_amber(tmp_path: Path) -> None:
    target = model(tmp_path / "target.gguf", 100)
    half = model(tmp_path / "half.gguf", 60)
    assert rank(target, half, regime=Regime.ON_DEVICE)["half"].sentence == (
        "Too big beside this target: guessing would eat up what it gains."
    )
    assert rank(target, half, regime=Regime.IN_MEMORY)["half"].grade is Grade.GREEN


def test_a_coarse_target_has_no_use_for_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "coarse.gguf"
    shape = [Tensor("token_embd.weight", (256, 64), IQ1_S)]
    write_gguf(path, CHAT_METADATA, shape)
    ranked = rank(read_model(FoundFile(path, "coarse")))
    assert ranked["Copy of the target in Q2_K"].grade is Grade.AMBER


def test_a_target_that_cannot_be_read_has_no_drafts(tmp_path: Path) -> None:
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"nothing")
    assert rank(read_model(FoundFile(bad, "bad")), model(tmp_path / "a.gguf")) == {}


def test_a_draft_on_a_missing_drive_is_red(tmp_path: Path) -> None:
    draft = replace(model(tmp_path / "a.gguf"), offline=True)
    ranked = rank(model(tmp_path / "target.gguf", 1000), draft)
    assert (ranked["a"].grade, ranked["a"].sentence) == (Grade.RED, "Its folder is not there now.")


def test_tokens_are_compared_once_for_all_files_of_two_vocabularies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []

    def check(target: Path, draft: Path) -> PairVerdict:
        compared.append(draft.name)
        return check_pair(target, draft)

    monkeypatch.setattr(drafts_module, "check_pair", check)
    target = model(tmp_path / "target.gguf", 1000)
    drafts = [
        model(tmp_path / f"{number}.gguf", 20, tokenizer__ggml__tokens=tokens)
        for number, tokens in enumerate(50 * [TOKENS, ONE_TOKEN_OFF, TOKENS[:-1]])
    ]
    first = rank(target, *drafts)
    assert compared == ["1.gguf", "2.gguf"]
    assert rank(target, *drafts) == first
    assert len(compared) == 2


def test_a_file_that_went_away_is_not_remembered_as_unfit(tmp_path: Path) -> None:
    target = model(tmp_path / "target.gguf", 1000)
    draft = model(tmp_path / "a.gguf", 20, tokenizer__ggml__tokens=TOKENS[:-1])
    content = draft.path.read_bytes()
    draft.path.unlink()
    assert rank(target, draft)["a"].sentence == "a.gguf is not there."
    draft.path.write_bytes(content)
    assert rank(target, draft)["a"].sentence == "Only the target knows token 9, “b”."


def test_estimates_agree_with_what_the_benchmarks_saw() -> None:
    # docs/benchmarks.md: a 1.5B in F16 streamed, its Q2_K copy and a 0.5B as drafts.
    assert speedup(6.14, 0.21, Regime.STREAMED) == pytest.approx(3.9, rel=0.1)
    assert speedup(4.56, 0.11, Regime.STREAMED) == pytest.approx(3.5, rel=0.1)
    assert speedup(5.4, 0.4, Regime.IN_MEMORY) < 1


def test_the_regime_is_where_the_weights_fit() -> None:
    assert regime_of(10, memory=100) is Regime.IN_MEMORY
    assert regime_of(90, memory=100) is Regime.STREAMED
    assert regime_of(10, memory=100, device_memory=20) is Regime.ON_DEVICE
    assert regime_of(90, memory=100, device_memory=20) is Regime.OFFLOADED
