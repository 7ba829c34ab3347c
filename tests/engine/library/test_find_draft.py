"""Where a draft can come from, by the target's name and size."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.library.catalogue import load_catalogue
from engine.library.drafts import Grade, RankedDraft
from engine.library.find_draft import HubQuery, catalogue_family, family_words, find_drafts
from engine.library.metadata import ModelInfo, inspect_model
from tests.gguf_files import write_chat_model

FAMILIES = {
    "Qwen2.5 Coder 1.5B Instruct GGUF": ("Qwen2.5 Coder", "Qwen2.5 Coder"),
    "qwen2.5-1.5b-instruct-q4_k_m": ("qwen2.5", "Qwen2.5"),
    "Qwen_Qwen3-32B": ("Qwen3", "Qwen3"),
    "Qwen3-30B-A3B": ("Qwen3", "Qwen3"),
    "Meta-Llama-3.1-70B-Instruct": ("Llama 3.1", "Llama 3"),
    "Llama-3.3-70B-Instruct": ("Llama 3.3", "Llama 3"),
    "gemma-3-27b-it": ("gemma 3", "Gemma 3"),
    "gemma-3n-E4B-it": ("gemma 3n E4B", ""),
    "Mistral-Small-3.1-24B-Instruct-2503": ("Mistral Small 3.1", "Mistral Small 3"),
    "SmolLM2 135M 8k Lc100K Mix1 Ep2": ("SmolLM2", "SmolLM2"),
    "Phi 3.5 Mini Instruct": ("Phi 3.5 Mini", ""),
    "Mixtral-8x7B-Instruct-v0.1": ("Mixtral", ""),
    "7B": ("7B", ""),
    "Tiny": ("Tiny", ""),
}


@pytest.fixture
def tiny(tmp_path: Path) -> ModelInfo:
    return inspect_model(write_chat_model(tmp_path / "m.gguf"))


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_told_by_the_name(tiny: ModelInfo, name: str) -> None:
    words, family = FAMILIES[name]
    assert family_words(name) == words
    assert catalogue_family(replace(tiny, name=name), load_catalogue()) == family


@given(st.text(min_size=1, max_size=80))
def test_any_name_gives_some_words(name: str) -> None:
    assert family_words(name)


def test_all_sources_are_named(tiny: ModelInfo) -> None:
    target = replace(tiny, name="Llama-3.3-70B-Instruct", parameters=70_000_000_000)
    fits = RankedDraft(Path("a.gguf"), "a", Grade.GREEN, "Same tokenizer.", 3.0)
    slow = RankedDraft(Path("b.gguf"), "b", Grade.AMBER, "Not smaller.", 1.0)
    wrong = RankedDraft(Path("c.gguf"), "c", Grade.RED, "Different tokenizer.")
    sources = find_drafts(target, [fits, slow, wrong], load_catalogue())
    assert sources.on_disk == (fits, slow)
    assert [model.id for model in sources.in_catalogue] == ["llama-3.2-1b"]
    assert sources.on_hub == HubQuery("Llama 3", 23_333_333_333)


def test_an_unknown_family_is_searched_for_on_the_hub_only(tiny: ModelInfo) -> None:
    sources = find_drafts(tiny, [], load_catalogue())
    assert (sources.on_disk, sources.in_catalogue) == ((), ())
    assert sources.on_hub.words == "Tiny"
