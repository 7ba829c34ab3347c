"""One file of the hub from a given byte on, whatever the server makes of that wish."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import httpx2
from httpx2 import codes
from huggingface_hub.utils import get_session

from engine.errors import DamagedDownload
from engine.language import tr, whole
from engine.library.hub.client import WHOLE_FILE, Refused, faults_of, unreadable_answer
from engine.library.printable import printable

_CONTENT_RANGE: Final = re.compile(r"bytes ([0-9]{1,15})-[0-9]{1,15}/([0-9]{1,15}|\*)")
_STRONG_ETAG: Final = re.compile(r'"[\x21\x23-\x7e]{1,200}"')


class Outdated(Exception):
    """The file at the server is no longer the one that began to arrive."""


@dataclass(frozen=True)
class Body:
    """The bytes of a file from `start` on."""

    start: int
    etag: str
    """Names this very content; "" where the server gives no reliable one."""
    chunks: Iterator[bytes]


@contextmanager
def open_body(
    url: str, headers: Mapping[str, str], *, start: int, size: int, etag: str
) -> Iterator[Body]:
    """The file of `size` bytes at `url`, from byte `start` on if the server can do that, else all.

    `etag` is the one with which the first `start` bytes came. Raises `Outdated` if the content has
    another one now, `DamagedDownload` if it has another size, and what `HubClient` raises.
    """
    wish = {"Range": f"bytes={start}-"} if start else {}
    if start and etag:
        wish["If-Range"] = etag
    with get_session().stream(
        "GET", url, headers={**headers, **wish}, extensions={WHOLE_FILE: True}
    ) as response:
        host = printable(response.url.host)
        sends_rest = response.status_code == codes.PARTIAL_CONTENT
        new_etag = _etag(response)
        if response.status_code == codes.RANGE_NOT_SATISFIABLE:
            raise Outdated if start else Refused(host, response)
        if sends_rest and etag not in ("", new_etag):
            raise Outdated
        _check_size(response, start if sends_rest else 0, size)
        yield Body(start if sends_rest else 0, new_etag, _chunks(response, host))


def _etag(response: httpx2.Response) -> str:
    etag = response.headers.get("ETag", "")
    return etag if _STRONG_ETAG.fullmatch(etag) else ""


def _check_size(response: httpx2.Response, start: int, size: int) -> None:
    if start:
        told = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if told is None or int(told[1]) != start:
            raise unreadable_answer(printable(response.url.host), told)
        total = told[2]
    else:
        total = response.headers.get("Content-Length", "*")
    if total not in ("*", str(size)):
        raise DamagedDownload(
            tr(
                "{host} sends another file than the hub describes: {total} bytes instead of {size}."
            ).format(host=printable(response.url.host), total=printable(total), size=whole(size)),
            hint=tr("Try again later."),
        )


def _chunks(response: httpx2.Response, host: str) -> Iterator[bytes]:
    with faults_of(host):
        yield from response.iter_raw()
