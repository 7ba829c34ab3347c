"""A failure as the window shows it: title, sentence, and the one action that helps."""

from dataclasses import dataclass
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
    """The words for `error`."""
    return ErrorText(error.title, error.sentence, _action(error))


def _action(error: OutriderError) -> ErrorAction:
    if isinstance(error, _MODEL_ERRORS):
        return ErrorAction.CHOOSE_MODELS
    if isinstance(error, DiskTrouble):
        return ErrorAction.TRY_AGAIN
    return ErrorAction.NONE
