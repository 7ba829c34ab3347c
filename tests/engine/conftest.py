"""The starter model and copies of it, for the tests that need real logits."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cancel import CancelToken
from engine.library.starter import is_starter_ready, starter_path
from engine.llama.library import api, initialize
from engine.llama.quantize import quantize


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """SmolLM2-135M-Instruct; a test that needs it fails where it is missing."""
    if not is_starter_ready():
        pytest.fail(f"This test needs the starter model as {starter_path()}: make run gets it.")
    return starter_path()


@pytest.fixture(scope="session")
def low_bit(smollm2: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its own Q2_K copy, the draft of the first start."""
    copy = tmp_path_factory.mktemp("low-bit") / "smollm2-q2_k.gguf"
    quantize(smollm2, copy, "Q2_K", on_progress=lambda _fraction: None, cancel=CancelToken())
    return copy


@pytest.fixture(scope="session")
def exact(smollm2: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Its F32 copy, whose logits depend least on the shape of the batch."""
    copy = tmp_path_factory.mktemp("exact") / "smollm2-f32.gguf"
    initialize()
    params = api.llama_model_quantize_default_params()
    params.ftype = api.LLAMA_FTYPE_ALL_F32
    params.allow_requantize = True
    assert api.llama_model_quantize(os.fsencode(smollm2), os.fsencode(copy), params) == 0
    yield copy
    copy.unlink()  # half a gigabyte, and pytest keeps the folders of three runs
