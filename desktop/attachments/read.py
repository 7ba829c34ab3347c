"""A file on the disk becomes an attachment: its text, its bytes, and what was cut off."""

import hashlib
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from desktop.attachments.docx import docx_text
from desktop.attachments.limits import Extract, Limits
from desktop.attachments.pdf import pdf_text
from desktop.attachments.plain import plain_text
from desktop.attachments.troubles import BadAttachment, not_text, too_large
from desktop.conversations.database import storable_text
from desktop.conversations.values import Attachment
from engine.cancel import CancelToken
from engine.language import tr


class Kind(StrEnum):
    """What an attached file is, as its chip shows it."""

    TEXT = "text"
    CODE = "code"
    MARKDOWN = "markdown"
    CSV = "csv"
    PDF = "pdf"
    DOCX = "docx"


_PDF_MAGIC: Final = b"%PDF-"
_ZIP_MAGIC: Final = b"PK\x03\x04"
_KINDS: Final = {
    **dict.fromkeys((".md", ".markdown"), Kind.MARKDOWN),
    **dict.fromkeys((".csv", ".tsv"), Kind.CSV),
    **dict.fromkeys(("", ".txt", ".log", ".rst", ".text"), Kind.TEXT),
}
_MEDIA_TYPES: Final = {
    Kind.TEXT: "text/plain",
    Kind.CODE: "text/plain",
    Kind.MARKDOWN: "text/markdown",
    Kind.CSV: "text/csv",
    Kind.PDF: "application/pdf",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True)
class AttachedFile:
    """A file that was read."""

    name: str
    kind: Kind
    text: str
    data: bytes
    shortened: str
    """What of the file `text` is, if it is not all of it; "" if it is."""

    def attachment(self) -> Attachment:
        """The value for the store, which keeps `data` under its hash."""
        return Attachment(
            name=self.name,
            media_type=_MEDIA_TYPES[self.kind],
            size=len(self.data),
            sha256=hashlib.sha256(self.data).hexdigest(),
            text=self.text,
            extra={"shortened": self.shortened} if self.shortened else {},
        )


def read_file(
    path: Path, *, limits: Limits | None = None, cancel: CancelToken | None = None
) -> AttachedFile:
    """Read a file and its text. Raises `BadAttachment`, or `Cancelled` between two pages."""
    limits = limits or Limits()
    name = storable_text(path.name)
    data = _data(path, name, limits)
    kind = _kind(path, data)
    extract = _extract(name, data, kind, limits, cancel or CancelToken())
    return AttachedFile(name, kind, storable_text(extract.text), data, extract.shortened)


def _data(path: Path, name: str, limits: Limits) -> bytes:
    if path.is_dir():
        raise BadAttachment(
            tr("“{name}” is a folder.").format(name=name),
            hint=tr("Attach the files that are in it."),
        )
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe, say, which may never end
            raise not_text(name)
        with path.open("rb") as file:
            data = file.read(limits.file_bytes + 1)
    except OSError as error:
        raise BadAttachment(
            tr("“{name}” cannot be read.").format(name=name),
            hint=tr("Check that it is still there and may be read."),
            detail=str(error),
        ) from error
    if len(data) > limits.file_bytes:
        raise too_large(name, limits.file_bytes)
    if not data:
        raise BadAttachment(tr("“{name}” is empty.").format(name=name))
    return data


def _kind(path: Path, data: bytes) -> Kind:
    """By the content where that is certain: names lie."""
    suffix = path.suffix.lower()
    if data.startswith(_PDF_MAGIC) or suffix == ".pdf":
        return Kind.PDF
    if suffix == ".docx":
        return Kind.DOCX
    return _KINDS.get(suffix, Kind.CODE)


def _extract(name: str, data: bytes, kind: Kind, limits: Limits, cancel: CancelToken) -> Extract:
    if kind is Kind.PDF:
        return pdf_text(name, data, limits, cancel)
    if kind is Kind.DOCX:
        return docx_text(name, data, limits, cancel)
    if data.startswith(_ZIP_MAGIC):
        raise not_text(name)
    return plain_text(name, data, limits)
