"""Whether there is a newer Outrider: looked up when the person asks, and at no other time.

The answer is the version in one small file. Nothing about this computer is sent, and nothing is
downloaded or installed: what follows is a page in the browser.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.errors import OutriderError
from engine.language import tr
from resources import resource_path

if TYPE_CHECKING:
    import httpx2

_VERSION: Final = re.compile(r"\d{1,5}\.\d{1,5}\.\d{1,5}")
_LONGEST: Final = 64
"""Bytes that are read of the file; a version is shorter."""
_TIMEOUT: Final = 5.0
"""Seconds."""


class NoAnswer(OutriderError):
    """The version file is out of reach, or holds something else."""

    title = tr("It is not known whether there is a newer version")


@dataclass(frozen=True)
class Releases:
    """Where versions are published: https addresses of the version file, and of a page to read."""

    version_file: str
    page: str


def known_releases() -> Releases | None:
    """What this build was given; None where packages of somebody else bring new versions."""
    given = json.loads(resource_path("releases.json").read_text(encoding="utf-8"))
    found = Releases(**given)
    return found if found.version_file and found.page else None


def newer_version(
    releases: Releases, current: str, client: "Callable[[], httpx2.Client] | None" = None
) -> str | None:
    """The version in the file if it is later than `current`. Raises `NoAnswer`."""
    with (client or open_client)() as opened:
        newest = _read(opened, releases.version_file)
    return newest if _numbers(newest) > _numbers(current) else None


def open_client(transport: "httpx2.BaseTransport | None" = None) -> "httpx2.Client":
    """A client that tells nothing of itself, and stays with https."""
    import httpx2  # noqa: PLC0415 - slow to load, and wanted rarely

    return httpx2.Client(
        transport=transport,
        timeout=_TIMEOUT,
        follow_redirects=True,
        headers={"User-Agent": "Outrider"},
        event_hooks={"request": [_require_https]},
    )


def _require_https(request: "httpx2.Request") -> None:
    import httpx2  # noqa: PLC0415

    if request.url.scheme != "https":
        raise httpx2.UnsupportedProtocol(f"{request.url} is not https")


def _read(client: "httpx2.Client", address: str) -> str:
    import httpx2  # noqa: PLC0415

    try:
        with client.stream("GET", address) as response:
            response.raise_for_status()
            start = next(response.iter_bytes(_LONGEST), b"")
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise NoAnswer(
            tr("The page with new versions does not answer."),
            hint=tr("Check the connection, and try again."),
            detail=repr(error),
        ) from error
    version = start.decode("ascii", errors="replace").strip()
    if not _VERSION.fullmatch(version):
        raise NoAnswer(
            tr("What the page with new versions sends is no version."),
            hint=tr("Try again later."),
            detail=repr(start),
        )
    return version


def _numbers(version: str) -> tuple[int, ...]:
    found = _VERSION.match(version)
    return tuple(int(number) for number in found[0].split(".")) if found else ()
