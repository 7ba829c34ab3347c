"""The sampler: by hand-computed tables, against a naive reference, and against llama.cpp's own."""

import ctypes

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.config import GREEDY, SamplingConfig
from engine.errors import DecodeFailed
from engine.llama.library import api
from engine.sample import Sampler

OPEN = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0}
CHANCES = (0.1, 0.5, 0.15, 0.25)
LOGITS = np.log(np.array(CHANCES)).astype(np.float32)

Logits = NDArray[np.float32]
settings_in_use = st.builds(
    SamplingConfig,
    temperature=st.sampled_from([0.2, 0.7, 1.0, 1.7]),
    top_k=st.sampled_from([0, 1, 5, 40, 100_000]),
    top_p=st.sampled_from([0.0, 0.3, 0.9, 0.999, 1.0]),
    min_p=st.sampled_from([0.0, 0.02, 0.2, 1.0]),
    repeat_penalty=st.sampled_from([1.0, 0.8, 1.3]),
    presence_penalty=st.sampled_from([0.0, 0.7, -0.5]),
    frequency_penalty=st.sampled_from([0.0, 0.4]),
    penalty_window=st.sampled_from([0, 3, 64]),
)


def config(**changes: float) -> SamplingConfig:
    return SamplingConfig(**{**OPEN, **changes})  # type: ignore[arg-type]


def kept(logits: Logits, sampling: SamplingConfig, history: list[int]) -> dict[int, float]:
    tokens, probabilities = Sampler(sampling, history).distribution(logits)
    return dict(zip(tokens.tolist(), probabilities.tolist(), strict=True))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {1: 0.5, 3: 0.25, 2: 0.15, 0: 0.1}),
        ({"top_k": 2}, {1: 2 / 3, 3: 1 / 3}),
        ({"top_k": 1}, {1: 1.0}),
        ({"top_p": 0.74}, {1: 2 / 3, 3: 1 / 3}),
        ({"top_p": 0.76}, {1: 5 / 9, 3: 2.5 / 9, 2: 1.5 / 9}),
        ({"top_p": 0.0}, {1: 1.0}),
        ({"min_p": 0.4}, {1: 2 / 3, 3: 1 / 3}),
        ({"min_p": 1.0}, {1: 1.0}),
        ({"top_k": 3, "top_p": 0.8}, {1: 2 / 3, 3: 1 / 3}),
        ({"temperature": 0.5}, {1: 0.25, 3: 0.0625, 2: 0.0225, 0: 0.01}),
    ],
)
def test_filters_by_table(changes: dict[str, float], expected: dict[int, float]) -> None:
    total = sum(expected.values())
    result = kept(LOGITS, config(**changes), [])
    assert list(result) == list(expected), "best first"
    assert result == pytest.approx({t: p / total for t, p in expected.items()}, abs=1e-6)


@pytest.mark.parametrize(
    ("changes", "history", "expected"),
    [
        ({"repeat_penalty": 2.0}, [0, 1, 1], [1.0, -2.0, 0.5]),
        ({"presence_penalty": 0.5}, [0, 1, 1], [1.5, -1.5, 0.5]),
        ({"frequency_penalty": 0.5}, [0, 1, 1], [1.5, -2.0, 0.5]),
        (
            {"repeat_penalty": 2.0, "presence_penalty": 0.25, "frequency_penalty": 0.5},
            [0, 1, 1],
            [0.25, -3.25, 0.5],
        ),
        ({"repeat_penalty": 2.0, "penalty_window": 1}, [0, 1], [2.0, -2.0, 0.5]),
        ({"repeat_penalty": 2.0, "penalty_window": 0}, [0, 1], [2.0, -1.0, 0.5]),
    ],
)
def test_penalties_by_hand(
    changes: dict[str, float], history: list[int], expected: list[float]
) -> None:
    result = kept(np.array([2.0, -1.0, 0.5], np.float32), config(**changes), history)
    chances = np.exp(expected) / np.exp(expected).sum()
    assert [result[token] for token in range(3)] == pytest.approx(chances, abs=1e-6)


def test_penalties_see_the_sampled_tokens_too() -> None:
    sampler = Sampler(SamplingConfig(temperature=0, repeat_penalty=100.0))
    logits = np.array([1.0, 2.0, 1.5], np.float32)
    assert [sampler.sample(logits) for _ in range(3)] == [1, 2, 0]


def test_sampling_leaves_the_models_own_row_alone() -> None:
    logits = np.array([1.0, 2.0, 1.5], np.float32)
    Sampler(config(repeat_penalty=2.0), [0, 1]).sample(logits)
    assert logits.tolist() == [1.0, 2.0, 1.5]


@given(
    logits=st.lists(st.floats(-20, 20, width=32), min_size=1, max_size=60),
    sampling=settings_in_use,
    data=st.data(),
)
def test_filters_against_a_naive_reference(
    logits: list[float], sampling: SamplingConfig, data: st.DataObject
) -> None:
    history = data.draw(st.lists(st.integers(0, len(logits) - 1), max_size=8))
    row = np.array(logits, np.float32)
    assert kept(row, sampling, history) == pytest.approx(
        naive_distribution(row, sampling, history), rel=1e-4, abs=1e-6
    )


def naive_distribution(
    row: Logits, sampling: SamplingConfig, history: list[int]
) -> dict[int, float]:
    """Token by token, in Python numbers (but penalties in the row's own precision)."""
    values = penalized(row, sampling, history)
    order = sorted(values, key=lambda token: (-values[token], token))
    order = order[: sampling.top_k or len(order)]
    chances = softmax({token: values[token] for token in order})
    if sampling.top_p < 1:
        total, count = 0.0, 0
        while total < sampling.top_p or not count:
            total += chances[order[count]]
            count += 1
            if count == len(order):
                break
        order = order[:count]
    order = [t for t in order if chances[t] >= sampling.min_p * chances[order[0]]]
    return softmax({token: values[token] / sampling.temperature for token in order})


def penalized(row: Logits, sampling: SamplingConfig, history: list[int]) -> dict[int, float]:
    window = history[-sampling.penalty_window :] if sampling.penalty_window else []
    adjusted = row.copy()
    for token in set(window):
        value = adjusted[token]
        factor = np.float32(sampling.repeat_penalty)
        value = value * factor if value <= 0 else value / factor
        value -= np.float32(window.count(token)) * np.float32(sampling.frequency_penalty)
        adjusted[token] = value - np.float32(sampling.presence_penalty)
    return dict(enumerate(adjusted.tolist()))


def softmax(values: dict[int, float]) -> dict[int, float]:
    peak = max(values.values())
    weights = {token: float(np.exp(value - peak)) for token, value in values.items()}
    return {token: weight / sum(weights.values()) for token, weight in weights.items()}


@given(sampling=settings_in_use, seed=st.integers(0, 1000), tokens=st.integers(1, 6))
def test_each_token_takes_one_random_number_and_follows_the_distribution(
    sampling: SamplingConfig, seed: int, tokens: int
) -> None:
    seeded = SamplingConfig(**{**vars(sampling), "seed": seed})
    sampler = Sampler(seeded)
    random = np.random.default_rng(seed)
    for step in range(tokens):
        row = np.random.default_rng([seed, step]).normal(size=30).astype(np.float32)
        choices, chances = sampler.distribution(row)
        place = int(np.searchsorted(np.cumsum(chances), random.random(), side="right"))
        assert sampler.sample(row) == choices[min(place, len(choices) - 1)]


def test_greedy_takes_the_first_of_the_best() -> None:
    assert Sampler(GREEDY).sample(np.array([1, 3, 3, 2], np.float32)) == 1


def test_without_top_k_a_flat_row_keeps_all_that_top_p_asks_for() -> None:
    row = np.zeros(5000, np.float32)
    assert len(kept(row, config(top_p=0.9), [])) == pytest.approx(4500, abs=1)


BAD_ROWS = {
    "one": [1.0, float("nan"), 2.0],
    "all": [float("nan")] * 3,
    "infinite": [1.0, float("inf"), 2.0],
    "none possible": [float("-inf")] * 3,
}
SAMPLERS = {
    "greedy": GREEDY,
    "defaults": SamplingConfig(),
    "open": config(),
    "top-p alone": config(top_p=0.9),
    "penalties": config(repeat_penalty=1.2),
}


@pytest.mark.parametrize("row", BAD_ROWS.values(), ids=BAD_ROWS)
@pytest.mark.parametrize("sampling", SAMPLERS.values(), ids=SAMPLERS)
@pytest.mark.parametrize("width", [1, 500])
def test_values_that_are_no_numbers_are_an_error_not_a_token(
    row: list[float], sampling: SamplingConfig, width: int
) -> None:
    with pytest.raises(DecodeFailed, match="no numbers"):
        Sampler(sampling, [0, 1]).sample(np.repeat(np.array(row, np.float32), width))


@given(sampling=settings_in_use, seed=st.integers(0, 300), size=st.sampled_from([3, 200, 5000]))
@settings(max_examples=150)
def test_the_filters_are_llama_cpps(sampling: SamplingConfig, seed: int, size: int) -> None:
    random = np.random.default_rng(seed)
    row = random.normal(scale=3, size=size).astype(np.float32)
    history = random.integers(0, size, 10).tolist()
    ours, theirs = kept(row, sampling, history), llama_distribution(row, sampling, history)
    shared = ours.keys() & theirs.keys()
    # llama.cpp adds up 32-bit probabilities: of thousands, its top-p may keep one more or less.
    edge = ours.keys() ^ theirs.keys()
    assert len(edge) <= len(shared) / 500
    assert all({**ours, **theirs}[token] <= min(ours[t] for t in shared) * 1.001 for token in edge)
    assert {token: ours[token] for token in shared} == pytest.approx(
        {token: theirs[token] for token in shared}, rel=1e-3, abs=1e-6
    )


def llama_distribution(
    row: Logits, sampling: SamplingConfig, history: list[int]
) -> dict[int, float]:
    """What llama.cpp's chain keeps, in the order of common/sampling.cpp."""
    chain = api.llama_sampler_chain_init(api.llama_sampler_chain_default_params())
    for part in (
        api.llama_sampler_init_penalties(
            len(row),
            sampling.penalty_window,
            sampling.repeat_penalty,
            sampling.frequency_penalty,
            sampling.presence_penalty,
        ),
        api.llama_sampler_init_top_k(sampling.top_k),
        api.llama_sampler_init_top_p(sampling.top_p, 0),
        api.llama_sampler_init_min_p(sampling.min_p, 0),
        api.llama_sampler_init_temp(sampling.temperature),
        api.llama_sampler_init_dist(1),
    ):
        api.llama_sampler_chain_add(chain, part)
    for token in history:
        api.llama_sampler_accept(chain, token)
    data = (api.llama_token_data * len(row))()
    for token, logit in enumerate(row.tolist()):
        data[token] = api.llama_token_data(token, logit, 0.0)
    array = api.llama_token_data_array(data, len(row), -1, False)
    api.llama_sampler_apply(chain, ctypes.byref(array))
    result = {int(array.data[i].id): float(array.data[i].p) for i in range(array.size)}
    api.llama_sampler_free(chain)
    return result
