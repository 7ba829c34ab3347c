"""The KV cache on llama.cpp: batches within bounds, return codes as errors, trees as paths."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.cancel import CancelToken
from engine.config import KvType, ModelConfig, Placement
from engine.draft_tree import DraftTree
from engine.errors import Cancelled, ContextFull, DecodeFailed, ModelLoadFailed
from engine.flat_batch import FlatBatch, run_batch
from engine.flatten_tree import flatten_tree
from engine.llama.context import ContextSize, LlamaContext
from engine.llama.library import api, recent_errors
from engine.llama.model import LlamaModel
from engine.ports import LogitModel

pytestmark = pytest.mark.real_model
SIZE = ContextSize(cells=256, rows=32, logit_rows=32, slots=8, threads=1)
PROMPT = "The sea is wide and the sea is"
TREE = DraftTree.build(
    [
        (5, -1, -0.1),
        (900, -1, -0.2),
        (30, 0, -0.3),
        (41, 0, -0.4),
        (7, 1, -0.5),
        (30, 2, -0.6),
        (8, 3, -0.7),
        (9, 3, -0.8),
        (10, 6, -0.9),
    ]
)


@contextmanager
def loaded(path: Path, kv_type: KvType = KvType.F16) -> Iterator[LlamaModel]:
    config = ModelConfig(path=path, placement=Placement(devices=()))
    model = LlamaModel(config, lambda _fraction: None, CancelToken(), kv_type=kv_type)
    yield model
    model.close()


@contextmanager
def context_of(model: LlamaModel, size: ContextSize = SIZE) -> Iterator[LlamaContext]:
    context = LlamaContext(model, size)
    yield context
    context.close()


@pytest.fixture(scope="module")
def model(smollm2: Path) -> Iterator[LlamaModel]:
    with loaded(smollm2) as model:
        yield model


@pytest.fixture
def context(model: LlamaModel) -> Iterator[LlamaContext]:
    with context_of(model) as context:
        yield context


def log_probs(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    exact = logits.astype(np.float64)
    peak = exact.max(axis=-1, keepdims=True)
    normalized: NDArray[np.float64] = (
        exact - peak - np.log(np.exp(exact - peak).sum(axis=-1, keepdims=True))
    )
    return normalized


def tree_rows(model: LogitModel, prompt: list[int]) -> NDArray[np.float64]:
    """Log-probabilities of all rows of the tree behind the prompt, in one pass."""
    model.keep_path(0, 0)
    model.decode(run_batch(prompt[:-1], 0, logits=False))
    batch = flatten_tree(TREE, prompt[-1], len(prompt) - 1)
    for slot in range(1, batch.slots):
        model.fork(0, slot, len(prompt) - 1)
    return log_probs(model.decode(batch))


def single_rows(model: LogitModel, prompt: list[int]) -> NDArray[np.float64]:
    """The same rows, each after its own path, one token per pass."""
    rows = []
    for node in range(-1, len(TREE)):
        model.keep_path(0, 0)
        model.decode(run_batch(prompt[:-1], 0, logits=False))
        path = [prompt[-1], *(int(TREE.token[n]) for n in TREE.path(node))]
        for depth, token in enumerate(path):
            logits = model.decode(run_batch([token], len(prompt) - 1 + depth, logits=True))
        rows.append(log_probs(logits)[0])
    return np.array(rows)


def divergence(model: LlamaModel) -> tuple[float, float]:
    """Worst KL divergence and worst log-probability error of a tree's rows."""
    prompt = model.vocab.tokenize(PROMPT, special=False)
    with context_of(model) as context:
        single, tree = single_rows(context, prompt), tree_rows(context, prompt)
    likely = single > np.log(1e-4)
    kl = (np.exp(single) * (single - tree)).sum(axis=1).max()
    return float(kl), float(np.abs(single - tree)[likely].max())


@pytest.mark.parametrize("file", ["smollm2", "low_bit"])
def test_a_trees_logits_are_those_of_its_paths(file: str, request: pytest.FixtureRequest) -> None:
    with loaded(request.getfixturevalue(file)) as model:
        kl, error = divergence(model)
    assert kl <= 1e-2, f"KL {kl:.2e}, worst log-probability error {error:.2e}"


def test_on_exact_weights_they_are_closer_still(exact: Path) -> None:
    with loaded(exact) as model:
        kl, error = divergence(model)
    # Not 1e-6: the KV cache rounds keys and values to 16 bits on either way.
    assert kl <= 1e-4, f"KL {kl:.2e}"
    assert error <= 5e-2, f"worst log-probability error {error:.2e}"


def test_a_kept_path_is_as_good_as_a_fresh_prefix(context: LlamaContext, model: LlamaModel) -> None:
    prompt = model.vocab.tokenize(PROMPT, special=False)
    batch = flatten_tree(TREE, prompt[-1], len(prompt) - 1)
    tree_rows(context, prompt)
    path = TREE.path(8)
    context.keep_path(int(batch.slot_start[9]), len(prompt) + len(path))
    kept = log_probs(context.decode(run_batch([11], len(prompt) + len(path), logits=True)))
    context.keep_path(0, 0)
    text = [*prompt, *(int(TREE.token[n]) for n in path), 11]
    fresh = log_probs(context.decode(run_batch(text, 0, logits=True)))
    kl = float((np.exp(fresh) * (fresh - kept)).sum())
    assert kl <= 1e-2, f"KL {kl:.2e}"


def test_a_dropped_slot_is_free_again(context: LlamaContext) -> None:
    context.decode(run_batch([1, 2, 3], 0, logits=False))
    context.fork(0, 1, 2)
    one = run_batch([4], 2, logits=True)
    on_slot_1 = FlatBatch(
        one.token, one.position, one.slot_start + 1, one.slot_stop + 1, one.wants_logits
    )
    first = context.decode(on_slot_1).copy()
    context.drop(1)
    context.fork(0, 1, 2)
    assert np.allclose(context.decode(on_slot_1), first, atol=1e-3)


def test_only_wanted_rows_come_back(context: LlamaContext) -> None:
    assert context.decode(run_batch([1, 2, 3], 0, logits=False)).shape == (0, 49_152)
    assert context.decode(run_batch([1, 2, 3], 3, logits=True)).shape == (1, 49_152)


@pytest.mark.parametrize(
    "batch",
    [run_batch([], 0, logits=False), run_batch([1] * 33, 0, logits=False)],
    ids=["no rows", "too many rows"],
)
def test_a_batch_out_of_bounds_never_reaches_llama_cpp(
    context: LlamaContext, batch: FlatBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "llama_decode", None)
    with pytest.raises(ValueError, match="rows on"):
        context.decode(batch)


def test_a_slot_out_of_bounds_never_reaches_llama_cpp(
    context: LlamaContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "llama_decode", None)
    tokens = np.array([1], dtype=np.int32)
    with pytest.raises(ValueError, match="of 32, 8"):
        context.decode(FlatBatch(tokens, tokens, tokens + 7, tokens + 8, tokens > 0))


@pytest.mark.parametrize(
    ("code", "error"),
    [(1, ContextFull), (2, Cancelled), (-1, DecodeFailed), (-2, DecodeFailed), (-3, DecodeFailed)],
)
def test_return_codes_are_errors(
    context: LlamaContext,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    error: type[Exception],
) -> None:
    monkeypatch.setattr(api, "llama_decode", lambda _context, _batch: code)
    with pytest.raises(error) as caught:
        context.decode(run_batch([1], 0, logits=True))
    assert type(caught.value) is error


def test_a_full_context_is_told_and_can_be_emptied(context: LlamaContext) -> None:
    for start in range(0, context.context_length, 32):
        context.decode(run_batch([1] * 32, start, logits=False))
    with pytest.raises(ContextFull):
        context.decode(run_batch([1], context.context_length, logits=True))
    context.keep_path(0, 0)
    assert context.decode(run_batch([1], 0, logits=True)).shape == (1, 49_152)


def test_a_context_that_does_not_fit_is_a_sentence(
    model: LlamaModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "llama_init_from_model", lambda _model, _params: None)
    with pytest.raises(ModelLoadFailed) as caught:
        LlamaContext(model, SIZE)
    assert caught.value.message == "There is not enough memory for a context of 256 tokens."


@pytest.mark.parametrize(("kv_type", "share", "worst"), [("q8_0", 0.54, 0.2), ("q4_0", 0.29, 1.0)])
def test_a_quantized_cache_is_smaller_and_nearly_as_good(
    model: LlamaModel, smollm2: Path, kv_type: str, share: float, worst: float
) -> None:
    prompt = model.vocab.tokenize(PROMPT, special=False)
    with loaded(smollm2, KvType(kv_type)) as small, context_of(small) as context:
        tree, size = tree_rows(context, prompt), state_bytes(context)
    with context_of(model) as context:
        whole, whole_size = tree_rows(context, prompt), state_bytes(context)
    kl = (np.exp(whole) * (whole - tree)).sum(axis=1).max()
    assert 0 < kl <= worst, f"KL {kl:.2e}"
    assert size < share * whole_size


def state_bytes(context: LlamaContext) -> int:
    """What slot 0 holds."""
    return int(api.llama_state_seq_get_size(context._handle, 0))


@pytest.mark.parametrize(
    "complaint",
    [
        "llama_init_from_model: quantized V cache requires flash_attn to be enabled",
        "K cache type q8_0 with block size 32 does not divide n_embd_head_k=80",
    ],
)
def test_a_model_that_allows_no_quantized_cache_is_a_sentence(
    smollm2: Path, monkeypatch: pytest.MonkeyPatch, complaint: str
) -> None:
    def refuse(_model: object, _params: object) -> None:
        recent_errors.append(complaint)

    monkeypatch.setattr(api, "llama_init_from_model", refuse)
    with loaded(smollm2, KvType.Q8_0) as model, pytest.raises(ModelLoadFailed) as caught:
        LlamaContext(model, SIZE)
    assert caught.value.sentence == (
        "This model cannot hold its KV cache in q8_0. Choose f16 for it."
    )


def test_each_pass_has_the_threads_that_are_free_now(model: LlamaModel) -> None:
    free = [3, 1, 1, 2]
    asked = []

    def threads_now(most: int) -> int:
        asked.append(most)
        return min(most, free[len(asked) - 1])

    context = LlamaContext(model, SIZE, threads_now)
    used = []
    for most in (4, 4, 2, 2):
        context.use_threads(most)
        context.decode(run_batch([1], 0, logits=True))
        context.keep_path(0, 0)
        used.append(api.llama_n_threads(context._handle))
    context.close()
    assert asked == [4, 4, 2, 2]
    assert used == free


def test_closing_twice_is_harmless(model: LlamaModel) -> None:
    context = LlamaContext(model, SIZE)
    context.close()
    context.close()


def test_a_model_closes_its_contexts_first(smollm2: Path) -> None:
    with loaded(smollm2) as model:
        context = LlamaContext(model, SIZE)
        assert model.contexts == [context]
        model.close()
        assert model.contexts == []
    with pytest.raises(DecodeFailed, match="not loaded"):
        context.decode(run_batch([1], 0, logits=True))
