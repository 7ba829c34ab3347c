"""What a test of downloads works with."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from engine.cancel import CancelToken
from engine.errors import Cancelled
from engine.library.hub.access import HubAccess
from engine.library.hub.patience import Patience
from engine.library.hub.search import Hub
from engine.library.hub.transfer import Progress, Transfer
from engine.library.hub.values import RemoteModel
from tests.hub_server import HubServer, Repo, Seen

REPO = "acme/Tiny-GGUF"
RIGHT = "hf_right"
"""A token."""
FILE = "Tiny-Q4_K_M.gguf"
CONTENT = b"".join(number.to_bytes(4) for number in range(75_000))


@dataclass
class Setting:
    """A hub with one repository, and an empty cache. Waits end at once and are written down."""

    server: HubServer
    cache_folder: Path
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.repos[REPO] = Repo({FILE: CONTENT})

    @property
    def storage(self) -> HubServer:
        """The host that has the contents."""
        assert self.server.storage
        return self.server.storage

    @property
    def access(self) -> HubAccess:
        return HubAccess(endpoint=self.server.url)

    @property
    def patience(self) -> Patience:
        def sleep(cancel: CancelToken, seconds: float) -> None:
            self.waits.append(seconds)
            cancel.check()

        return Patience(sleep=sleep)

    @property
    def hub(self) -> Hub:
        return Hub(self.access, patience=self.patience)

    @property
    def asked(self) -> list[Seen]:
        """The requests for contents."""
        return self.server.file_requests

    def model(self, path: str = FILE, repo: str = REPO) -> RemoteModel:
        """The model that begins with that file."""
        (found,) = (m for m in self.hub.details(repo).models if m.files[0].path == path)
        return found

    def transfer(
        self,
        model: RemoteModel | None = None,
        *,
        access: HubAccess | None = None,
        report: Callable[[Progress], None] = lambda _progress: None,
        reserved: Callable[[], int] = lambda: 0,
    ) -> Transfer:
        return Transfer(
            model or self.model(),
            access or self.access,
            self.cache_folder,
            patience=self.patience,
            report=report,
            reserved=reserved,
        )

    def download(self, model: RemoteModel | None = None) -> Path:
        return self.transfer(model).run(CancelToken())

    def leave_part(self, count: int) -> RemoteModel:
        """Stop a download after `count` bytes or a few more."""
        model, cancel = self.model(), CancelToken()

        def stop(progress: Progress) -> None:
            if progress.done >= count:
                cancel.cancel()

        with contextlib.suppress(Cancelled):
            self.transfer(model, report=stop).run(cancel)
        self.server.forget_requests()
        return model

    def parts(self) -> list[Path]:
        return sorted(self.cache_folder.rglob("*.part"))
