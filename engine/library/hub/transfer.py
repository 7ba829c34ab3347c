"""Brings one model from the hub into its cache, in as many attempts and sittings as it takes."""

import errno
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from engine.cancel import CancelToken
from engine.errors import DamagedDownload, DiskTrouble, HubTrouble, HubUnreachable
from engine.language import tr, whole
from engine.library.hub import unfinished
from engine.library.hub.access import HubAccess
from engine.library.hub.cache import RepoCache
from engine.library.hub.part_file import PartFile
from engine.library.hub.patience import Patience
from engine.library.hub.range_request import Outdated, open_body
from engine.library.hub.unfinished import Origin, Unfinished
from engine.library.hub.values import RemoteFile, RemoteModel
from engine.library.printable import printable, shown_size

_DISK_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT))


class Stage(StrEnum):
    """What a transfer is doing."""

    CHECKING = "checking"
    RECEIVING = "receiving"
    WAITING = "waiting"


@dataclass(frozen=True)
class Progress:
    """How far a transfer is. `note` says what it waits for, and for how long."""

    stage: Stage
    done: int
    total: int
    note: str = ""


class Transfer:
    """One model on its way into the cache at `cache_folder`.

    `report` hears the progress after every few bytes. `reserved` says how many bytes of the disk
    others are about to use.
    """

    def __init__(
        self,
        model: RemoteModel,
        access: HubAccess,
        cache_folder: Path,
        *,
        patience: Patience | None = None,
        report: Callable[[Progress], None] = lambda _progress: None,
        reserved: Callable[[], int] = lambda: 0,
    ) -> None:
        self._model = model
        self._access = access
        self._folder = cache_folder
        self._cache = RepoCache(cache_folder, model.repo)
        self._patience = patience or Patience()
        self._report = report
        self._reserved = reserved
        self._state = Unfinished(model)
        self._arrived_otherwise = 0

    def register(self) -> None:
        """Write down on the disk that this model is wanted.

        Raises `HubTrouble` for a model with missing parts, `DiskTrouble`.
        """
        if self._model.missing_parts:
            missing = ", ".join(map(str, self._model.missing_parts[:5]))
            raise HubTrouble(
                tr(
                    "{name} is incomplete at the hub: part {missing} of {files} is not there."
                ).format(
                    name=printable(self._model.name),
                    missing=missing,
                    files=len(self._model.files) + len(self._model.missing_parts),
                ),
                hint=tr("Choose another file."),
            )
        with self._disk_faults():
            known = unfinished.load(self._cache.sidecar(self._model))
            self._remember(replace(known, model=self._model) if known else self._state)

    def run(self, cancel: CancelToken) -> Path:
        """Bring what is missing and place the model; the path of its first file.

        What has arrived stays where it is when this raises: `Cancelled`, `HubTrouble` and its
        kinds, `DiskTrouble`, `DamagedDownload` (then the named file is removed).
        """
        self.register()
        with self._disk_faults(), self._cache.locked(self._model):
            path = self._cache.found(self._model)
            if path is None:
                self._check_room()
                for file in self._model.files:
                    self._bring(file, cancel)
                path = self._cache.place(self._model)
            self._cache.sidecar(self._model).unlink(missing_ok=True)
        return path

    def _bring(self, file: RemoteFile, cancel: CancelToken) -> None:
        if self._is_whole(file):
            return
        self._cache.take_up(file)
        others = (other for other in self._model.files if other != file)
        self._arrived_otherwise = sum(map(self._cache.arrived, others))
        with closing(PartFile(self._cache.part(file))) as part:

            def tell_checked() -> None:
                cancel.check()
                self._tell(Stage.CHECKING, part)

            part.read_back(file.size, tell_checked)
            self._patience.insist(
                lambda: self._receive(file, part, cancel),
                cancel,
                progress=lambda: part.size,
                on_wait=lambda trouble, seconds: self._tell(
                    Stage.WAITING,
                    part,
                    tr("{message} Next try in {seconds} s.").format(
                        message=trouble.message, seconds=whole(seconds)
                    ),
                ),
            )
            sha256 = part.finish()
        self._check_content(file, sha256)

    def _is_whole(self, file: RemoteFile) -> bool:
        return self._cache.has(file) or (
            file.sha256 in self._state.whole and self._cache.arrived(file) == file.size
        )

    def _receive(self, file: RemoteFile, part: PartFile, cancel: CancelToken) -> None:
        while part.size < file.size:
            try:
                self._receive_rest(file, part, cancel)
            except Outdated:
                part.restart()

    def _receive_rest(self, file: RemoteFile, part: PartFile, cancel: CancelToken) -> None:
        self._access.require_online()
        url = self._access.file_url(self._model.repo, self._model.commit, file.path)
        etag = self._state.etag(file, url)
        with (
            self._access.explaining(self._model.repo, file.path),
            open_body(
                url, self._access.headers(), start=part.size, size=file.size, etag=etag
            ) as body,
        ):
            if body.start < part.size:
                part.restart()
            if body.etag != etag:
                self._remember(self._state.with_origin(file, Origin(url, body.etag)))
            for chunk in body.chunks:
                cancel.check()
                part.append(chunk[: file.size - part.size])
                self._tell(Stage.RECEIVING, part)
        if part.size < file.size:
            raise HubUnreachable(
                tr("{host} ended the connection early.").format(host=self._access.host)
            )

    def _check_content(self, file: RemoteFile, sha256: str) -> None:
        if sha256 == file.sha256:
            self._remember(self._state.with_whole(file))
            return
        self._cache.part(file).unlink()
        raise DamagedDownload(
            tr("{name} arrived damaged: its SHA-256 is not the hub's. It was removed.").format(
                name=printable(file.name)
            ),
            hint=tr("Download it again."),
            detail=f"{sha256} instead of {file.sha256}",
        )

    def _check_room(self) -> None:
        missing = sum(file.size - self._cache.arrived(file) for file in self._model.files)
        reserved = self._reserved()
        free = shutil.disk_usage(self._folder).free
        if missing + reserved > free:
            sentence = tr("{name} needs {needed} more, but {folder} has {free} free.")
            if reserved:
                sentence = tr(
                    "{name} needs {needed} more, but {folder} has {free} free, "
                    "and other downloads need {reserved} of it."
                )
            raise DiskTrouble(
                sentence.format(
                    name=printable(self._model.name),
                    needed=shown_size(missing),
                    folder=self._folder,
                    free=shown_size(free),
                    reserved=shown_size(reserved),
                ),
                hint=tr("Free some space, or choose a smaller file."),
            )

    def _remember(self, state: Unfinished) -> None:
        self._state = state
        unfinished.save(self._cache, state)

    def _tell(self, stage: Stage, part: PartFile, note: str = "") -> None:
        done = self._arrived_otherwise + part.size
        self._report(Progress(stage, done, self._model.size, note))

    @contextmanager
    def _disk_faults(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in _DISK_FULL:
                raise DiskTrouble(
                    tr("The disk is full: {name} does not fit.").format(
                        name=printable(self._model.name)
                    ),
                    hint=tr("Free some space and go on: what has arrived is kept."),
                    detail=str(error),
                ) from error
            raise DiskTrouble(
                tr("{name} cannot be written to {folder}.").format(
                    name=printable(self._model.name), folder=self._folder
                ),
                hint=tr("The folder has to be writable."),
                detail=str(error),
            ) from error
