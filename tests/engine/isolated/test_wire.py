"""Lines between the processes: every message survives the way, and nothing else gets through."""

import json
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.config import (
    KvType,
    Mode,
    ModelConfig,
    Placement,
    SamplingConfig,
    SelfDraft,
    SessionConfig,
    SpeculationConfig,
)
from engine.errors import AccessNeeded, BadModelFile, OutriderError
from engine.events import TextDelta
from engine.isolated import wire

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.floats(allow_nan=False, allow_infinity=False)
counts = st.integers(0, 1 << 40)
paths = texts.map(lambda text: Path("/models", text.replace("\0", "") or "m"))
placements = st.builds(
    Placement,
    devices=st.none() | st.lists(texts, max_size=2).map(tuple),
    gpu_layers=st.none() | st.integers(-1, 100),
    layers_per_device=st.just(()),
    cpu_experts=st.integers(0, 9),
    streamed=st.booleans(),
    in_memory=st.booleans(),
)
models = st.builds(ModelConfig, path=paths, placement=placements)
drafts = st.none() | models | st.builds(SelfDraft, placement=placements)
speculations = st.builds(
    SpeculationConfig,
    mode=st.sampled_from(Mode),
    budget=st.integers(1, 600),
    max_depth=st.integers(1, 600),
    suggestions=st.booleans(),
)
configs = st.builds(
    SessionConfig,
    target=models,
    draft=drafts,
    context_length=st.integers(64, 1 << 20),
    kv_type=st.sampled_from(KvType),
    threads=st.integers(0, 64),
    speculation=speculations,
    rpc_endpoints=st.lists(texts, max_size=2).map(tuple),
    saved_prefix_bytes=counts,
    load_anyway=st.booleans(),
) | st.builds(SessionConfig, target=models, draft=models, helper=models)
samplings = st.builds(
    SamplingConfig,
    temperature=st.floats(0, 100),
    seed=st.none() | st.integers(0, (1 << 64) - 1),
    max_tokens=st.integers(1, 1 << 31),
    stop=st.lists(texts.filter(bool), max_size=2).map(tuple),
)
for kind, strategy in (
    (str, texts),
    (float, numbers),
    (int, counts),
    (SessionConfig, configs),
    (SamplingConfig, samplings),
    (SpeculationConfig, speculations),
    (Placement, placements),
):
    st.register_type_strategy(kind, strategy)

KINDS = [*get_args(wire.Request), *get_args(wire.Reply)]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
def test_a_message_survives_the_way(kind: type, data: st.DataObject) -> None:
    message = data.draw(st.from_type(kind))
    line = wire.encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    decode = wire.decode_request if isinstance(message, wire.Request) else wire.decode_reply
    assert decode(line) == message


def test_every_message_is_a_frozen_value() -> None:
    for kind in KINDS:
        assert vars(kind)["__dataclass_params__"].frozen


@given(st.binary(max_size=200) | anything.map(lambda value: json.dumps(value).encode()))
@example(b"")
@example(b"[" * 100_000)
@example(b'{"_type": "Close"}')
@example(b'{"_type": "Popen", "args": "sh"}')
@example(b'{"_type": "LoadProgress", "stage": "target", "fraction": NaN}')
@example(b'{"_type": "LoadProgress", "stage": "target", "fraction": 1e999}')
@example(b'{"_type": "LoadProgress", "stage": "nowhere", "fraction": 0}')
@example(b'{"_type": "TextDelta", "turn_id": 1, "text": {"a": 1}, "origins": []}')
@example(b'{"_type": "TextDelta", "turn_id": true, "text": "a", "origins": []}')
@example(b'{"_type": "PromptProgress", "turn_id": 1, "done": 1.5, "total": 2, "reused": 0}')
@example(b'{"_type": "PromptProgress", "turn_id": 1, "done": 9' + b"9" * 5000 + b"}")
def test_a_line_that_is_none_of_ours_is_refused(line: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.decode_reply(line)


def test_half_a_character_cannot_reach_the_disk() -> None:
    line = b'{"_type": "TextDelta", "turn_id": 1, "text": "a\\ud800b", "origins": []}'
    delta = wire.decode_reply(line)
    assert isinstance(delta, TextDelta)
    assert delta.text == "a?b"


def test_an_error_keeps_its_kind_and_its_words() -> None:
    error = BadModelFile("It is damaged.", hint="Choose another.", detail="offset 3")
    again = wire.Failed.of(error).error()
    assert type(again) is BadModelFile
    assert (again.sentence, again.detail) == ("It is damaged. Choose another.", "offset 3")


@pytest.mark.parametrize("name", ["", "Nothing", "Cancelled", "SystemExit", "__builtins__"])
def test_an_error_of_an_unknown_kind_is_still_an_error(name: str) -> None:
    assert type(wire.Failed(name, "No.", "", "").error()) is OutriderError


def test_an_error_that_words_alone_do_not_make_becomes_a_plain_one() -> None:
    error = wire.Failed.of(AccessNeeded("Ask first.", page="elsewhere")).error()
    assert type(error) is OutriderError
    assert error.message == "Ask first."
