"""Several downloads at once, the others waiting in a queue."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from engine.cancel import CancelToken
from engine.errors import Cancelled, DiskTrouble, OutriderError
from engine.language import tr
from engine.library.hub import unfinished
from engine.library.hub.access import HubAccess
from engine.library.hub.cache import RepoCache, default_cache_folder
from engine.library.hub.download_state import Download, DownloadState, Entry
from engine.library.hub.patience import Patience
from engine.library.hub.transfer import Progress, Transfer
from engine.library.hub.values import RemoteModel

_NEWS_SECONDS: Final = 0.2
_CLOSE_SECONDS: Final = 1.0

log = logging.getLogger("outrider.hub")


class DownloadQueue:
    """Downloads into the hub library's cache, at most `parallel` at a time.

    Making one reads from the disk which downloads are unfinished; they are PAUSED until somebody
    resumes them, and nothing connects before. Every method may be called from any thread and
    returns at once. `on_change` is called without arguments whenever `snapshot` would answer
    something new, at most a few times a second for mere progress, from whatever thread noticed.
    `access` may be replaced at any time; it counts from the next start of a download on.
    """

    def __init__(
        self,
        access: HubAccess | None = None,
        *,
        cache_folder: Path | None = None,
        parallel: int = 2,
        on_change: Callable[[], None] = lambda: None,
        patience: Patience | None = None,
    ) -> None:
        self.access = access or HubAccess()
        self._folder = cache_folder or default_cache_folder()
        self._parallel = parallel
        self._on_change = on_change
        self._patience = patience
        self._lock = threading.Lock()
        self._closed = False
        self._news_at = 0.0
        self._entries = {
            found.model.id: self._entry(found.model, DownloadState.PAUSED)
            for found in unfinished.list_unfinished(self._folder)
        }

    def snapshot(self) -> tuple[Download, ...]:
        """All downloads, in the order in which they were asked for."""
        with self._lock:
            return tuple(entry.shown() for entry in self._entries.values() if not entry.is_removed)

    def add(self, model: RemoteModel) -> str:
        """Queue `model`, or resume it where it is known; its id.

        From now on it is on the disk as unfinished, instead of an older version of it. Raises
        `HubTrouble` for a model with missing parts and `DiskTrouble`.
        """
        with self._lock:
            entry = self._entries.get(model.id)
            if entry and entry.thread:
                entry.is_removed = False
            else:
                self._register(entry, model)
        self.resume(model.id)
        return model.id

    def pause(self, id_: str) -> None:
        """Stop a download; what has arrived stays. Nothing happens to one that has ended."""
        with self._lock:
            entry = self._entries.get(id_)
            if entry and entry.state.is_pending:
                entry.settle(DownloadState.PAUSED)
                entry.cancel.cancel()
                self._start_queued()
        self._tell()

    def resume(self, id_: str) -> None:
        """Queue a download that is paused or has failed."""
        with self._lock:
            entry = self._entries.get(id_)
            if entry and entry.state in (DownloadState.PAUSED, DownloadState.FAILED):
                entry.settle(DownloadState.QUEUED)
            self._start_queued()
        self._tell()

    def remove(self, id_: str) -> None:
        """Take a download off the list, and what has arrived of an unfinished one off the disk.

        A finished model stays on the disk. Raises `DiskTrouble` where another program is
        downloading it.
        """
        with self._lock:
            entry = self._entries.get(id_)
            if entry is None:
                return
            if entry.thread is None:
                self._forget(entry)
            else:  # its thread forgets it
                entry.is_removed = True
                entry.settle(DownloadState.PAUSED)
                entry.cancel.cancel()
            self._start_queued()
        self._tell()

    def close(self) -> None:
        """Stop all downloads; they go on from there with the next queue on the same folder.

        Nothing is told any more. Waits a moment for the threads: one that hangs in the network ends
        with the program, which harms nothing.
        """
        with self._lock:
            self._closed = True
            threads = [entry.thread for entry in self._entries.values() if entry.thread]
            for entry in self._entries.values():
                entry.cancel.cancel()
        deadline = time.monotonic() + _CLOSE_SECONDS
        for thread in threads:
            thread.join(max(deadline - time.monotonic(), 0))

    def _entry(self, model: RemoteModel, state: DownloadState) -> Entry:
        cache = RepoCache(self._folder, model.repo)
        return Entry(model, state, done=sum(map(cache.arrived, model.files)))

    def _register(self, entry: Entry | None, model: RemoteModel) -> None:
        """With the lock held: `model` takes the place of `entry`, which no thread works on."""
        if entry and entry.state is not DownloadState.DONE and entry.model.files != model.files:
            unfinished.discard(RepoCache(self._folder, model.repo), entry.model)
        Transfer(model, self.access, self._folder).register()
        self._entries[model.id] = self._entry(model, DownloadState.PAUSED)

    def _start_queued(self) -> None:
        """With the lock held."""
        free = self._parallel - sum(entry.state.is_active for entry in self._entries.values())
        waiting = [
            entry
            for entry in self._entries.values()
            if entry.state is DownloadState.QUEUED and entry.thread is None
        ]
        for entry in waiting[: 0 if self._closed else max(free, 0)]:
            entry.state = DownloadState.CHECKING
            entry.cancel = CancelToken()
            entry.thread = threading.Thread(
                target=self._work, args=(entry,), name="outrider-download", daemon=True
            )
            entry.thread.start()

    def _work(self, entry: Entry) -> None:
        """The life of a thread: one sitting of one download."""
        transfer = Transfer(
            entry.model,
            self.access,
            self._folder,
            patience=self._patience,
            report=lambda progress: self._hear(entry, progress),
            reserved=lambda: self._reserved(entry),
        )
        error: OutriderError | None = OutriderError(tr("The download ended unexpectedly."))
        path = None
        try:
            path = transfer.run(entry.cancel)
        except Cancelled:
            error = None
        except OutriderError as trouble:
            log.info("%s: %s (%s)", entry.model.id, trouble, trouble.detail)
            error = trouble
        finally:
            self._end(entry, path, error)

    def _end(self, entry: Entry, path: Path | None, error: OutriderError | None) -> None:
        with self._lock:
            entry.thread = None
            if path:
                entry.settle(DownloadState.DONE, path=path)
                entry.done = entry.model.size
            elif error and entry.state.is_active:
                entry.settle(DownloadState.FAILED, error=error)
            elif entry.state.is_active:
                entry.settle(DownloadState.PAUSED)
            if entry.is_removed:
                with suppress(DiskTrouble):
                    self._forget(entry)
            self._start_queued()
        self._tell()

    def _tell(self) -> None:
        if not self._closed:
            self._on_change()

    def _hear(self, entry: Entry, progress: Progress) -> None:
        with self._lock:
            if entry.cancel.cancelled:
                return
            entry.hear(progress)
            now = time.monotonic()
            if now - self._news_at < _NEWS_SECONDS:
                return
            self._news_at = now
        self._tell()

    def _reserved(self, entry: Entry) -> int:
        with self._lock:
            return sum(
                other.model.size - other.done
                for other in self._entries.values()
                if other is not entry and other.state.is_active
            )

    def _forget(self, entry: Entry) -> None:
        """With the lock held, and no thread at work on it."""
        if entry.state is not DownloadState.DONE:
            unfinished.discard(RepoCache(self._folder, entry.model.repo), entry.model)
        del self._entries[entry.model.id]
