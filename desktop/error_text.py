"""A failure as the window shows it: title, sentence, and the actions that help."""

from dataclasses import dataclass, replace
from enum import StrEnum

from engine.errors import (
    BadModelFile,
    BadTemplate,
    DeviceUnavailable,
    DiskTrouble,
    EngineDied,
    IncompatiblePair,
    ModelLoadFailed,
    ModelNotFound,
    OutriderError,
    WorkerLost,
    WorkerUnavailable,
)
from engine.language import tr


class ErrorAction(StrEnum):
    """What a banner's button does; the value is its label."""

    TRY_AGAIN = tr("Try again")
    WITHOUT_WORKER = tr("Load without it")
    LOAD_AGAIN = tr("Load again")
    LESS_MEMORY = tr("Load with less memory")
    CHOOSE_MODELS = tr("Choose models")


@dataclass(frozen=True)
class ErrorText:
    """What is shown."""

    title: str
    message: str
    actions: tuple[ErrorAction, ...] = ()
    """The one that helps most first."""
    detail: str = ""
    """The cause as the log has it, for who asks."""


_MODEL_ERRORS = (
    BadModelFile,
    BadTemplate,
    DeviceUnavailable,
    IncompatiblePair,
    ModelLoadFailed,
    ModelNotFound,
)

_WORKER_ERRORS = (WorkerLost, WorkerUnavailable)


def describe(error: OutriderError) -> ErrorText:
    """The words for `error`, and the action that helps."""
    helps = isinstance(error, _MODEL_ERRORS)
    actions = (ErrorAction.CHOOSE_MODELS,) if helps else ()
    return ErrorText(error.title, error.sentence, actions, error.detail.strip())


def describe_chat(error: OutriderError) -> ErrorText:
    """As `describe`, for the chat: what a full disk refused there can be saved again."""
    text = describe(error)
    if isinstance(error, DiskTrouble):
        return replace(text, actions=(ErrorAction.TRY_AGAIN,))
    return text


def describe_load(error: OutriderError) -> ErrorText:
    """As `describe`, where nothing is loaded because of it: that can be tried again, or smaller."""
    text = describe(error)
    without = (ErrorAction.WITHOUT_WORKER,) if isinstance(error, _WORKER_ERRORS) else ()
    less = (ErrorAction.LESS_MEMORY,) if _wants_memory(error) else ()
    return replace(text, actions=(*without, ErrorAction.LOAD_AGAIN, *less, *text.actions))


def _wants_memory(error: OutriderError) -> bool:
    if isinstance(error, EngineDied):
        return error.out_of_memory
    return isinstance(error, ModelLoadFailed)
