"""The catalogue is whole, and every recommendation is one that can be followed."""

import json
import re

import pytest

from engine.library.catalogue import CataloguePair, load_catalogue
from engine.library.file_types import FILE_TYPES
from resources import resource_path

CATALOGUE = load_catalogue()
MODEL_KEYS = {"id", "name", "family", "parameters_billion", "licence", "repo", "files"}
PAIR_KEYS = {"target", "draft", "suits", "memory_gigabytes"}


def test_the_file_has_exactly_the_keys_that_are_read() -> None:
    content = json.loads(resource_path("catalogue.json").read_text("utf-8"))
    assert content.keys() == {"models", "pairs"}
    assert all(model.keys() == MODEL_KEYS for model in content["models"])
    assert all(pair.keys() == PAIR_KEYS for pair in content["pairs"])
    files = [file for model in content["models"] for file in model["files"]]
    assert all(file.keys() - {"gigabytes"} == {"quantization", "name"} for file in files)


def test_models_are_named_once_and_point_to_files_of_the_hub() -> None:
    assert len({model.id for model in CATALOGUE.models}) == len(CATALOGUE.models) >= 10
    for model in CATALOGUE.models:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+-GGUF", model.repo), model.repo
        assert model.files, model.id
        assert model.licence
        assert model.name.startswith(model.family.split(maxsplit=1)[0])
        for file in model.files:
            assert file.name.endswith(".gguf")
            assert file.quantization in FILE_TYPES.values()
            assert file.quantization.casefold() in file.name.casefold()


def test_a_stated_size_agrees_with_the_parameters() -> None:
    for model in CATALOGUE.models:
        for file in model.files:
            if file.size_bytes is not None:
                bits = 8 * file.size_bytes / model.parameters
                low, high = {"Q4_K_M": (4.5, 6.6), "Q8_0": (8.0, 11.5)}[file.quantization]
                assert low < bits < high, (model.id, bits)


@pytest.mark.parametrize("pair", CATALOGUE.pairs, ids=lambda pair: pair.target.id)
def test_a_pair_is_of_one_family_and_its_draft_much_smaller(pair: CataloguePair) -> None:
    assert pair.draft.family == pair.target.family
    assert pair.draft.parameters * 6 < pair.target.parameters
    assert pair.suits.endswith(".")
    for model in (pair.target, pair.draft):
        if (size := model.files[0].size_bytes) is not None:
            assert size < pair.memory_bytes


def test_every_model_is_in_a_pair() -> None:
    used = {model.id for pair in CATALOGUE.pairs for model in (pair.target, pair.draft)}
    assert used == {model.id for model in CATALOGUE.models}


def test_drafts_of_a_family_come_smallest_first() -> None:
    names = [model.id for model in CATALOGUE.drafts_for("Qwen3", 32_000_000_000)]
    assert names == ["qwen3-0.6b", "qwen3-14b"]
    assert CATALOGUE.drafts_for("No family", 10**12) == []
