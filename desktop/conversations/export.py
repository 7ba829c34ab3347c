"""Write conversations to files of the user's choice: each file whole or not at all."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from desktop.conversations.disk import os_errors_told
from desktop.conversations.file_names import UniqueStems, safe_stem
from desktop.conversations.formats.entries import Extent
from desktop.conversations.formats.exported import Exported
from desktop.conversations.formats.forms import FORMS, ExportFormat, Form, Forms
from desktop.conversations.values import ConversationTree
from desktop.conversations.whole_file import whole_file
from engine.cancel import CancelToken

__all__ = [
    "ExportFormat",
    "Extent",
    "Job",
    "export",
    "export_many",
    "preview",
    "suggested_file_name",
]

_GATHERED: Final = "outrider-conversations"
_PAGES: Final = (ExportFormat.HTML, ExportFormat.PDF)
_PREVIEW: Final = 4_000


class Library(Protocol):
    """What an export needs of the store."""

    def tree(self, conversation_id: str) -> ConversationTree:
        """The whole conversation."""
        ...

    def content(self, sha256: str) -> bytes:
        """The bytes of an attachment. Raises `LookupError` where they are not kept."""
        ...


def _no_progress(_done: int, _total: int) -> None:
    pass


@dataclass(frozen=True)
class Job:
    """What to write of conversations, how, and who watches."""

    file_format: ExportFormat
    extent: Extent = Extent.PATH
    """For the readable formats; the others hold all branches, or the path if they know none."""
    forms: Forms = field(default_factory=lambda: FORMS)
    """`desktop.pdf.ALL_FORMS` where PDF is wanted."""
    progress: Callable[[int, int], None] = _no_progress
    """Called with how many conversations are written, and of how many."""
    cancel: CancelToken = field(default_factory=CancelToken)

    @property
    def form(self) -> Form:
        """How the format is written."""
        return self.forms[self.file_format]


def export(
    library: Library, conversation_id: str, job: Job, destination: Path, *, overwrite: bool = False
) -> None:
    """Write one conversation to `destination`. Raises as `whole_file` does."""
    with whole_file(destination, overwrite=overwrite) as file:
        job.form.write(file, [_exported(library, conversation_id)], job.extent)


def export_many(
    library: Library, conversation_ids: Sequence[str], job: Job, folder: Path
) -> list[Path]:
    """Write conversations to new files in `folder`; no file that is there is touched.

    Formats that gather give one file, the others one for each conversation. Raises `Cancelled`
    between two conversations: files that are done stay, a gathered file does not come to be.
    """
    conversations = _all(library, conversation_ids, job)
    form = job.form
    if form.gathers:
        form = form.of_many or form
        destination = _Destinations(folder, form.suffix).next(_GATHERED)
        _write(form, conversations, job, destination)
        return [destination]
    destinations = _Destinations(folder, form.suffix)
    written: list[Path] = []
    for exported in conversations:
        written.append(destinations.next(exported.tree.title))
        _write(form, [exported], job, written[-1])
    return written


class _Destinations:
    """Names in a folder that no file has."""

    def __init__(self, folder: Path, suffix: str) -> None:
        with os_errors_told(f"“{folder.name}”"):
            taken = [path.stem for path in folder.iterdir() if path.suffix == suffix]
        self._folder = folder
        self._suffix = suffix
        self._stems = UniqueStems(taken)

    def next(self, title: str) -> Path:
        """A name that was not given before."""
        return self._folder / f"{self._stems.next(title)}{self._suffix}"


def _write(form: Form, conversations: Iterable[Exported], job: Job, destination: Path) -> None:
    with whole_file(destination) as file:
        form.write(file, conversations, job.extent)


def _all(library: Library, ids: Sequence[str], job: Job) -> Iterator[Exported]:
    """The conversations one at a time, counted once what they are for is done with them."""
    for done, conversation_id in enumerate(ids):
        job.progress(done, len(ids))
        job.cancel.check()
        yield _exported(library, conversation_id)
    job.progress(len(ids), len(ids))


def _exported(library: Library, conversation_id: str) -> Exported:
    return Exported(library.tree(conversation_id), library.content)


def suggested_file_name(title: str, file_format: ExportFormat, forms: Forms = FORMS) -> str:
    """A name made of the title that every file system of Windows, macOS and Linux takes."""
    return f"{safe_stem(title)}{forms[file_format].suffix}"


def preview(library: Library, conversation_id: str, job: Job) -> str:
    """The beginning of what would be written; of a page the words that it shows."""
    form = job.forms[ExportFormat.TEXT if job.file_format in _PAGES else job.file_format]
    file = io.BytesIO()
    form.write(file, [_exported(library, conversation_id)], job.extent)
    return file.getvalue().decode()[:_PREVIEW]
