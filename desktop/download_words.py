"""How far a download is, in one line. Imported where there is one: the hub library comes along."""

from collections.abc import Iterator
from typing import Final

from desktop import figures
from engine.library.hub.download_state import Download, DownloadState

_MINUTE: Final = 60
_HOUR: Final = 3600
_WAITING: Final = {
    DownloadState.QUEUED: "Waits for the others",
    DownloadState.CHECKING: "Checking what is here",
    DownloadState.WAITING: "Waiting",
}


def download_line(download: Download) -> str:
    """How far a download is, and what it waits for."""
    arrived = _amount(download)
    match download.state:
        case DownloadState.RECEIVING:
            return " · ".join([arrived, *_outlook(download)])
        case DownloadState.PAUSED:
            return f"Paused at {arrived}. It continues from here, also after a restart."
        case DownloadState.FAILED if download.error:
            return download.error.sentence
        case DownloadState.DONE:
            return f"Here and checked · {figures.file_size(download.total_bytes)}"
    return f"{download.note or _WAITING.get(download.state, 'Failed')} · {arrived}"


def _outlook(download: Download) -> Iterator[str]:
    if download.bytes_per_second:
        yield f"{figures.file_size(int(download.bytes_per_second))}/s"
    if download.seconds_left is not None:
        yield f"{_duration(download.seconds_left)} left"


def _amount(download: Download) -> str:
    done, total = download.done_bytes, download.total_bytes
    return f"{figures.file_size(done) if done else 'nothing'} of {figures.file_size(total)}"


def _duration(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{max(round(seconds), 1)} s"
    if seconds < _HOUR:
        return f"{round(seconds / _MINUTE)} min"
    return f"{seconds / _HOUR:.1f} h"
