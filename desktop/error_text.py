"""A failure as the window shows it: title, sentence, and the one action that helps."""

from dataclasses import dataclass, replace
from enum import StrEnum

from engine.errors import (
    BadModelFile,
    BadTemplate,
    DeviceUnavailable,
    DiskTrouble,
    IncompatiblePair,
    ModelLoadFailed,
    ModelNotFound,
    OutriderError,
)


class ErrorAction(StrEnum):
    """What a banner's button does; the value is its label."""

    NONE = ""
    CHOOSE_MODELS = "Choose models"
    TRY_AGAIN = "Try again"


@dataclass(frozen=True)
class ErrorText:
    """What is shown. The cause goes to the log, never here."""

    title: str
    message: str
    action: ErrorAction = ErrorAction.NONE


_MODEL_ERRORS = (
    BadModelFile,
    BadTemplate,
    DeviceUnavailable,
    IncompatiblePair,
    ModelLoadFailed,
    ModelNotFound,
)


def describe(error: OutriderError) -> ErrorText:
    """The words for `error`, and the action that helps."""
    helps = isinstance(error, _MODEL_ERRORS)
    action = ErrorAction.CHOOSE_MODELS if helps else ErrorAction.NONE
    return ErrorText(error.title, error.sentence, action)


def describe_chat(error: OutriderError) -> ErrorText:
    """As `describe`, for the chat: what a full disk refused there can be saved again."""
    text = describe(error)
    return replace(text, action=ErrorAction.TRY_AGAIN) if isinstance(error, DiskTrouble) else text
