"""The GGUF header of a file that is still at the hub."""

import io
from collections.abc import Iterator
from pathlib import Path

from huggingface_hub.utils import get_session

from engine.cancel import CancelToken
from engine.library.gguf_cursor import MAX_HEADER_BYTES
from engine.library.gguf_format import GgufHeader
from engine.library.gguf_header import parse_header
from engine.library.hub.access import HubAccess
from engine.library.hub.client import WHOLE_FILE, faults_of
from engine.library.hub.values import RemoteModel


def read_remote_header(model: RemoteModel, access: HubAccess, cancel: CancelToken) -> GgufHeader:
    """The header of the first file of `model`.

    Only as much of the file is fetched as the header takes. Raises what `HubClient` raises,
    `BadModelFile` and `Cancelled`.
    """
    access.require_online()
    file = model.files[0]
    with get_session().stream(
        "GET",
        access.file_url(model.repo, model.commit, file.path),
        headers=access.headers() | {"Range": f"bytes=0-{MAX_HEADER_BYTES - 1}"},
        extensions={WHOLE_FILE: True},
    ) as response:
        body = _Body(response.iter_raw(), access.host, cancel)
        return parse_header(Path(file.path), io.BufferedReader(body), file.size)


class _Body(io.RawIOBase):
    """What arrives, as a file that is read forwards."""

    def __init__(self, chunks: Iterator[bytes], host: str, cancel: CancelToken) -> None:
        self._chunks = chunks
        self._host = host
        self._cancel = cancel
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # typeshed: any buffer
        self._cancel.check()
        if not self._rest:
            with faults_of(self._host):
                self._rest = next(self._chunks, b"")
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count
