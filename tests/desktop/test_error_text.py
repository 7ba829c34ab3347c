"""Failures in words: the right action, and never the technical detail."""

import pytest

from desktop.error_text import ErrorAction, describe, describe_chat
from engine.errors import BadModelFile, DiskTrouble, IncompatiblePair, OutriderError


@pytest.mark.parametrize("kind", [BadModelFile, IncompatiblePair])
def test_a_bad_model_leads_to_the_model_dialog(kind: type[OutriderError]) -> None:
    assert describe(kind("No.")).action is ErrorAction.CHOOSE_MODELS
    assert describe_chat(kind("No.")).action is ErrorAction.CHOOSE_MODELS


def test_only_the_chat_can_save_again() -> None:
    assert describe_chat(DiskTrouble("Full.")).action is ErrorAction.TRY_AGAIN
    assert describe(DiskTrouble("Full.")).action is ErrorAction.NONE


def test_the_detail_is_for_the_log() -> None:
    text = describe(OutriderError("It failed.", hint="Do this.", detail="Traceback"))
    assert (text.title, text.message) == ("Something went wrong", "It failed. Do this.")
