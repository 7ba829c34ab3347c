"""Failures in words: the right actions, and never the technical detail."""

import pytest

from desktop.error_text import ErrorAction, describe, describe_chat, describe_load
from engine.errors import (
    BadModelFile,
    DiskTrouble,
    EngineDied,
    IncompatiblePair,
    NotEnoughMemory,
    OutriderError,
    WorkerLost,
    WorkerUnavailable,
)


@pytest.mark.parametrize("kind", [BadModelFile, IncompatiblePair])
def test_a_bad_model_leads_to_the_model_dialog(kind: type[OutriderError]) -> None:
    assert describe(kind("No.")).actions == (ErrorAction.CHOOSE_MODELS,)
    assert describe_chat(kind("No.")).actions == (ErrorAction.CHOOSE_MODELS,)


def test_only_the_chat_can_save_again() -> None:
    assert describe_chat(DiskTrouble("Full.")).actions == (ErrorAction.TRY_AGAIN,)
    assert describe(DiskTrouble("Full.")).actions == ()


@pytest.mark.parametrize(
    ("error", "actions"),
    [
        (OutriderError("No."), ["Load again"]),
        (DiskTrouble("Full."), ["Load again"]),
        (BadModelFile("No."), ["Load again", "Choose models"]),
        (NotEnoughMemory("No."), ["Load again", "Load with less memory", "Choose models"]),
        (EngineDied("Gone."), ["Load again"]),
        (WorkerLost("Gone."), ["Load without it", "Load again"]),
        (WorkerUnavailable("No."), ["Load without it", "Load again", "Choose models"]),
        (EngineDied("Gone.", out_of_memory=True), ["Load again", "Load with less memory"]),
    ],
)
def test_a_failed_load_can_be_tried_again_whatever_it_was(
    error: OutriderError, actions: list[str]
) -> None:
    assert list(describe_load(error).actions) == actions


def test_the_detail_is_apart_from_what_is_read_first() -> None:
    text = describe(OutriderError("It failed.", hint="Do this.", detail="Traceback"))
    assert (text.title, text.message) == ("Something went wrong", "It failed. Do this.")
    assert text.detail == "Traceback"
