"""How far a download is, in one line. Imported where there is one: the hub library comes along."""

from collections.abc import Iterator
from typing import Final

from desktop import figures
from engine.language import decimal, tr
from engine.library.hub.download_state import Download, DownloadState

_MINUTE: Final = 60
_HOUR: Final = 3600
_WAITING: Final = {
    DownloadState.QUEUED: tr("Waits for the others"),
    DownloadState.CHECKING: tr("Checking what is here"),
    DownloadState.WAITING: tr("Waiting"),
}


def download_line(download: Download, *, brief: bool = False) -> str:
    """How far a download is, and what it waits for; in `brief` without its speed."""
    amount = arrived(download)
    match download.state:
        case DownloadState.RECEIVING if brief:
            return " · ".join([amount, *_time_left(download)])
        case DownloadState.RECEIVING:
            return " · ".join([amount, *_outlook(download)])
        case DownloadState.PAUSED:
            whole = tr("Paused at {arrived}. It continues from here, also after a restart.")
            return (tr("Paused at {arrived}") if brief else whole).format(arrived=amount)
        case DownloadState.FAILED if download.error:
            return download.error.sentence
        case DownloadState.DONE:
            return f"{tr('Here and checked')} · {figures.file_size(download.total_bytes)}"
    return f"{download.note or _WAITING.get(download.state, tr('Failed'))} · {amount}"


def _outlook(download: Download) -> Iterator[str]:
    if download.bytes_per_second:
        yield f"{figures.file_size(int(download.bytes_per_second))}/s"
    yield from _time_left(download)


def _time_left(download: Download) -> Iterator[str]:
    if download.seconds_left is not None:
        yield tr("{duration} left").format(duration=_duration(download.seconds_left))


def arrived(download: Download) -> str:
    """Such as "6.2 GB of 18.6 GB"."""
    done, total = download.done_bytes, download.total_bytes
    here = figures.file_size(done) if done else tr("nothing")
    return tr("{done} of {total}").format(done=here, total=figures.file_size(total))


def _duration(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{max(round(seconds), 1)} s"
    if seconds < _HOUR:
        return f"{round(seconds / _MINUTE)} min"
    return f"{decimal(seconds / _HOUR)} h"
