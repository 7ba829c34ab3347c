"""What the engine's thread delivers to the window's, each with the id of a load or a turn."""

import logging
import traceback
from dataclasses import dataclass
from typing import Final

from desktop.engine_port import SessionInfo
from engine.errors import EngineDied, OutriderError
from engine.events import Event, LoadProgress
from engine.language import tr

_log = logging.getLogger("outrider.engine_thread")

OF_SESSION: Final = 0
"""Stands for the id of what belongs to no single load or turn."""


@dataclass(frozen=True)
class Ready:
    """The pair is loaded."""

    info: SessionInfo


@dataclass(frozen=True)
class LoadEnded:
    """Nothing is loaded."""

    error: OutriderError | None
    """None: the person stopped it."""


@dataclass(frozen=True)
class TurnFailed:
    """The turn ended in an error."""

    error: OutriderError


@dataclass(frozen=True)
class Died:
    """The engine ended of itself: nothing is loaded any more."""

    error: EngineDied


Delivery = LoadProgress | Ready | LoadEnded | TurnFailed | Died | Event


def unexpected(message: str, error: Exception) -> OutriderError:
    """A bug as an error that can be told; the log has it too."""
    _log.error("%s", message, exc_info=error)
    return OutriderError(
        message,
        hint=tr("The messages and the reply so far are saved."),
        detail="".join(traceback.format_exception(error)),
    )
