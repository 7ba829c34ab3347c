"""Every impossible setting is refused when it is made, in one sentence."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from engine.config import (
    Mode,
    ModelConfig,
    Placement,
    SamplingConfig,
    SessionConfig,
    SpeculationConfig,
)
from engine.errors import BadSetting

NAN, INFINITY, HUGE = float("nan"), float("inf"), 10**400

IMPOSSIBLE: dict[Callable[..., object], dict[str, tuple[object, ...]]] = {
    SamplingConfig: {
        "temperature": (-0.1, 101, NAN, INFINITY, HUGE),
        "top_k": (-1, 1 << 32, HUGE),
        "top_p": (-0.01, 1.01, NAN),
        "min_p": (-0.01, 1.01, NAN),
        "repeat_penalty": (0, -1, NAN, INFINITY),
        "presence_penalty": (-101, 101, NAN),
        "frequency_penalty": (-101, 101, NAN),
        "penalty_window": (-1, 1 << 21),
        "seed": (-1, 1 << 64, HUGE),
        "max_tokens": (0, -5, HUGE),
        "stop": (("",), ("end", "")),
    },
    SpeculationConfig: {"budget": (0, -1, 601, HUGE), "max_depth": (0, 601)},
    Placement: {
        "gpu_layers": (-2, 10_001),
        "cpu_experts": (-1, 10_001),
        "layers_per_device": ((1,), (-1,)),
    },
    partial(SessionConfig, target=ModelConfig(path=Path("t.gguf"))): {
        "context_length": (63, -1, 1 << 23),
        "threads": (-1, 1025),
    },
}
BAD = {
    f"{name}={str(value)[:8]}": (make, {name: value})
    for make, fields in IMPOSSIBLE.items()
    for name, values in fields.items()
    for value in values
}


@pytest.mark.parametrize(("make", "fields"), BAD.values(), ids=BAD)
def test_an_impossible_value_is_a_bad_setting(
    make: Callable[..., object], fields: dict[str, object]
) -> None:
    with pytest.raises(BadSetting) as caught:
        make(**fields)
    assert caught.value.message.endswith(".")
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 120


@pytest.mark.parametrize(
    ("make", "fields"),
    [
        (SamplingConfig, {"temperature": 0.0, "top_k": 0, "top_p": 0.0, "min_p": 1.0}),
        (SamplingConfig, {"seed": (1 << 64) - 1, "max_tokens": 1, "penalty_window": 0}),
        (SamplingConfig, {"repeat_penalty": 0.01, "presence_penalty": -100}),
        (SpeculationConfig, {"budget": 600, "max_depth": 1, "mode": Mode.CHAIN}),
        (SpeculationConfig, {"budget": 1}),
        (Placement, {"gpu_layers": -1, "devices": ()}),
    ],
)
def test_the_ends_of_each_range_are_allowed(
    make: Callable[..., object], fields: dict[str, object]
) -> None:
    made = make(**fields)
    assert {name: getattr(made, name) for name in fields} == fields


def test_the_sentence_names_the_setting_the_range_and_the_value() -> None:
    with pytest.raises(BadSetting) as caught:
        SpeculationConfig(budget=1000)
    assert caught.value.message == "Budget must be between 1 and 600, not 1000."
