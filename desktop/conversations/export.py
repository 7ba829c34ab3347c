"""Write conversations to files of the user's choice: each file whole or not at all."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final, Protocol

from desktop.conversations.disk import DestinationExists
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
    if job.form.gathers:
        return [_gathered(library, conversation_ids, job, folder)]
    stems = UniqueStems()
    return [
        _written(exported, stems.next(exported.tree.title), job, folder)
        for exported in _all(library, conversation_ids, job)
    ]


def _gathered(library: Library, ids: Sequence[str], job: Job, folder: Path) -> Path:
    form = job.form.of_many or job.form
    for destination in _free_names(folder, _GATHERED, form.suffix):
        with whole_file(destination) as file:
            form.write(file, _all(library, ids, job), job.extent)
        return destination
    raise AssertionError("names never end")


def _all(library: Library, ids: Sequence[str], job: Job) -> Iterator[Exported]:
    """The conversations one at a time, counted once what they are for is done with them."""
    for done, conversation_id in enumerate(ids):
        job.cancel.check()
        job.progress(done, len(ids))
        yield _exported(library, conversation_id)
    job.progress(len(ids), len(ids))


def _exported(library: Library, conversation_id: str) -> Exported:
    return Exported(library.tree(conversation_id), library.content)


def _written(exported: Exported, stem: str, job: Job, folder: Path) -> Path:
    for destination in _free_names(folder, stem, job.form.suffix):
        try:
            with whole_file(destination) as file:
                job.form.write(file, [exported], job.extent)
        except DestinationExists:
            continue  # another program was faster
        return destination
    raise AssertionError("names never end")


def _free_names(folder: Path, stem: str, suffix: str) -> Iterator[Path]:
    """Names that no file has, the next one if somebody takes one meanwhile."""
    names = (f"{stem} ({number})" if number > 1 else stem for number in count(1))
    paths = (folder / f"{name}{suffix}" for name in names)
    return (path for path in paths if not path.exists())


def suggested_file_name(title: str, file_format: ExportFormat, forms: Forms = FORMS) -> str:
    """A name made of the title that every file system of Windows, macOS and Linux takes."""
    return f"{safe_stem(title)}{forms[file_format].suffix}"


def preview(library: Library, conversation_id: str, job: Job) -> str:
    """The beginning of what would be written; of a PDF the plain text of it."""
    form = job.forms[ExportFormat.TEXT if job.file_format is ExportFormat.PDF else job.file_format]
    file = io.BytesIO()
    form.write(file, [_exported(library, conversation_id)], job.extent)
    return file.getvalue().decode()[:_PREVIEW]
