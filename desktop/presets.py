"""Presets: a system prompt and a sampling for each kind of work, from resources/presets.json."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from desktop.conversations.values import Setup
from engine.config import SamplingConfig
from engine.language import tr
from engine.library.stored_config import from_plain
from resources import resource_path

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "chat": (tr("Chat"), tr("no system prompt, sampling as usual")),
    "coding": (tr("Coding"), tr("keeps to what is likely, gives whole code")),
    "translation": (tr("Translation"), tr("only the translation, close to the text")),
    "writing": (tr("Writing"), tr("chooses words more freely")),
    "exact": (tr("Exact"), tr("always the likeliest token, brief answers")),
}
"""Name and description of each preset; the file has what a model is told."""


@dataclass(frozen=True)
class Preset:
    """One way to answer a conversation."""

    id: str
    setup: Setup

    @property
    def name(self) -> str:
        """As it is shown."""
        return WORDS[self.id][0]

    @property
    def description(self) -> str:
        """What it is good for, in a few words."""
        return WORDS[self.id][1]


@cache
def presets() -> tuple[Preset, ...]:
    """In the order in which they are offered; the first is what a new conversation has."""
    entries = json.loads(resource_path("presets.json").read_text("utf-8"))
    return tuple(map(_preset, entries))


def preset_of(setup: Setup) -> Preset | None:
    """The preset that a conversation is set up by; None where it has something of its own."""
    return next((preset for preset in presets() if preset.setup == setup), None)


def _preset(entry: Mapping[str, Any]) -> Preset:
    sampling = entry["sampling"]
    own = None if sampling is None else from_plain(SamplingConfig, sampling)
    return Preset(entry["id"], Setup(entry["system_prompt"], own))
