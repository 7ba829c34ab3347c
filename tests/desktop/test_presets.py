"""The presets as data: each has words, a sound sampling, and is found again."""

import json

from desktop.conversations.values import Setup
from desktop.presets import WORDS, preset_of, presets
from engine.config import SamplingConfig
from resources import resource_path


def test_the_file_holds_what_the_window_offers() -> None:
    entries = json.loads(resource_path("presets.json").read_text("utf-8"))
    assert [set(entry) for entry in entries] == [{"id", "system_prompt", "sampling"}] * len(entries)
    assert [entry["id"] for entry in entries] == list(WORDS)
    assert [preset.id for preset in presets()] == list(WORDS)


def test_the_first_preset_is_what_a_new_conversation_has() -> None:
    assert presets()[0].setup == Setup()


def test_all_presets_differ_and_are_found_again() -> None:
    assert [preset_of(preset.setup) for preset in presets()] == list(presets())
    for preset in presets()[1:]:
        assert preset.setup.system_prompt.strip() == preset.setup.system_prompt != ""
        assert preset.setup.sampling is not None


def test_exact_takes_the_likeliest_token() -> None:
    (exact,) = [preset for preset in presets() if preset.id == "exact"]
    assert exact.setup.sampling == SamplingConfig(temperature=0.0)


def test_what_the_person_set_up_is_no_preset() -> None:
    assert preset_of(Setup("Be a pirate.")) is None
