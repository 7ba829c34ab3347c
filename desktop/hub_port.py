"""What the window needs of the hub. `engine.library.hub` has it, and so do the tests' fakes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from engine.cancel import CancelToken

if TYPE_CHECKING:
    from engine.library.hub.download_state import Download
    from engine.library.hub.values import RemoteModel, RepoDetails, SearchPage


class Downloads(Protocol):
    """The part of `DownloadQueue` that the window uses."""

    def snapshot(self) -> "tuple[Download, ...]":
        """All downloads, in the order in which they were asked for."""

    def add(self, model: "RemoteModel") -> str:
        """Queue a model; its id. Raises `OutriderError`."""

    def pause(self, id_: str) -> None:
        """Stop a download; what has arrived stays."""

    def resume(self, id_: str) -> None:
        """Go on with a download."""

    def remove(self, id_: str) -> None:
        """Throw away what has arrived. Raises `OutriderError`."""

    def close(self) -> None:
        """Stop all; they go on from there another time."""


class HubPort(Protocol):
    """Asks the hub. Slow; called in threads of their own only. Raises `OutriderError`."""

    def search(self, text: str, most_parameters: int | None, cancel: CancelToken) -> "SearchPage":
        """Repositories whose names hold `text`."""

    def details(self, repo: str, cancel: CancelToken) -> "RepoDetails":
        """What a repository holds."""

    def sign_in(self, token: str) -> str:
        """Keep the person's token, if the hub knows it; the name it is for."""

    def downloads(self, on_change: Callable[[], None]) -> Downloads:
        """The queue, with what is unfinished since an earlier start. Connects to nothing."""


class LocalHub:
    """The real `HubPort`. The hub library takes its time to import: not in the window's thread."""

    def search(self, text: str, most_parameters: int | None, cancel: CancelToken) -> "SearchPage":
        """See `HubPort`."""
        from engine.library.hub.search import Hub  # noqa: PLC0415

        limit = 30 if most_parameters is None else 100
        return Hub().search(text, limit=limit, most_parameters=most_parameters, cancel=cancel)

    def details(self, repo: str, cancel: CancelToken) -> "RepoDetails":
        """See `HubPort`."""
        from engine.library.hub.search import Hub  # noqa: PLC0415

        return Hub().details(repo, cancel=cancel)

    def sign_in(self, token: str) -> str:
        """See `HubPort`."""
        from engine.library.hub.access import HubAccess  # noqa: PLC0415
        from engine.library.hub.sign_in import sign_in  # noqa: PLC0415

        return sign_in(HubAccess(), token)

    def downloads(self, on_change: Callable[[], None]) -> Downloads:
        """See `HubPort`."""
        from engine.library.hub.downloads import DownloadQueue  # noqa: PLC0415

        return DownloadQueue(on_change=on_change)
