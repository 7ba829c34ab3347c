"""Everything that can go wrong, in words for the person at the keyboard.

Cheap to import: no native library, so that the window can catch these before llama.cpp is loaded.
"""

from engine.language import tr


class OutriderError(Exception):
    """A failure that may be shown: what happened, and what to do next.

    `str(error)` is the message, one sentence without a line break. `hint` is the next action
    ("" where there is none). `detail` is for the log, never for a dialog's first line.
    """

    title = tr("Something went wrong")

    def __init__(self, message: str, *, hint: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail

    @property
    def sentence(self) -> str:
        """Message and hint on one line, as a terminal prints them."""
        return f"{self.message} {self.hint}".strip()


class BadModelFile(OutriderError):
    """The file is no GGUF, is damaged, ends early, or holds no chat model."""

    title = tr("This file cannot be used as a model")


class IncompleteModelFile(BadModelFile):
    """The file ends before what its header announces does."""


class ModelNotFound(OutriderError):
    """The file vanished, is a folder, or may not be read."""

    title = tr("The model file cannot be opened")


class IncompatiblePair(OutriderError):
    """The draft's vocabulary is not the target's."""

    title = tr("This draft cannot guess for this target")


class ModelLoadFailed(OutriderError):
    """llama.cpp refused the model or the context, most often for lack of memory."""

    title = tr("The model could not be loaded")


class NotEnoughMemory(ModelLoadFailed):
    """The memory plan goes past a budget; `SessionConfig.load_anyway` tries all the same."""

    title = tr("There is not enough memory")


class DeviceUnavailable(OutriderError):
    """A named device does not exist or does not answer."""

    title = tr("The device is not available")


class WorkerUnavailable(DeviceUnavailable):
    """An RPC worker does not answer; `SessionConfig.skip_missing_workers` loads without it."""

    title = tr("A worker does not answer")


class EmptyPrompt(OutriderError):
    """There is nothing to answer."""

    title = tr("The message is empty")


class PromptTooLong(OutriderError):
    """The last message alone does not fit the context."""

    title = tr("The message is too long")


class BadTemplate(OutriderError):
    """The model's chat template fails or is refused by the sandbox."""

    title = tr("The model's chat template does not work")


class BadSetting(OutriderError):
    """A setting, option or environment variable has an impossible value."""

    title = tr("A setting is out of range")


class DiskTrouble(OutriderError):
    """A file could not be written: disk full, read-only, no permission."""

    title = tr("The file could not be written")


class HubTrouble(OutriderError):
    """The hub did not do what was asked; asking again as it is would not help."""

    title = tr("The hub cannot help")


class HubUnreachable(HubTrouble):
    """The hub is out of reach or busy, which may pass; `retry_after` are seconds it asks for."""

    title = tr("The hub cannot be reached")

    def __init__(self, message: str, *, retry_after: float | None = None, **words: str) -> None:
        super().__init__(message, **words)
        self.retry_after = retry_after


class AccessNeeded(HubTrouble):
    """A repository wants its terms accepted, or a token; `page` is where to begin."""

    title = tr("This model asks for permission first")

    def __init__(self, message: str, *, page: str, **words: str) -> None:
        super().__init__(message, **words)
        self.page = page


class DamagedDownload(OutriderError):
    """What arrived is not what the hub describes; it was removed."""

    title = tr("The download is damaged")


class DecodeFailed(OutriderError):
    """A native pass failed; both KV caches were reset."""

    title = tr("The engine could not compute the next words")


class EngineDied(OutriderError):
    """The engine's process is gone; `out_of_memory`: most likely for want of memory."""

    title = tr("The engine stopped")

    def __init__(self, message: str, *, out_of_memory: bool = False, **words: str) -> None:
        super().__init__(message, **words)
        self.out_of_memory = out_of_memory


class WorkerLost(EngineDied):
    """The engine's process is gone because an RPC worker went away that held a part of a model."""

    title = tr("A worker went away")


class ContextFull(DecodeFailed):
    """No KV room for the batch. `generate` prevents it, so seeing it means a bug."""

    title = tr("The context is full")


class Cancelled(Exception):
    """The user stopped it. Never shown as an error."""
