"""The text of a PDF, page by page."""

import io
import time
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from desktop.attachments.limits import Extract, Limits, cut
from desktop.attachments.troubles import BadAttachment, damaged
from engine.cancel import CancelToken
from engine.errors import Cancelled
from engine.language import tr, whole


def pdf_text(name: str, data: bytes, limits: Limits, cancel: CancelToken) -> Extract:
    """All pages, a blank line between them. Raises `BadAttachment` where there is no text."""
    try:
        extract = _read(name, data, limits, cancel)
    except (BadAttachment, Cancelled):
        raise
    except DependencyError as error:
        raise _locked(name) from error
    except Exception as error:  # a broken PDF makes pypdf fail in any way there is
        raise damaged(name, tr("a PDF"), repr(error)) from error
    if not extract.text.strip():
        raise BadAttachment(
            tr("“{name}” holds pictures of pages, but no text.").format(name=name),
            hint=tr("Make its text readable with text recognition (OCR), then attach it again."),
        )
    return extract


def _read(name: str, data: bytes, limits: Limits, cancel: CancelToken) -> Extract:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not _opens_without_password(reader):
        raise _locked(name)
    count = len(reader.pages)
    pages: list[str] = []
    room = limits.characters
    for page in _pages(reader, limits, cancel):
        pages.append(page)
        room -= len(page)
        if room < 0:
            break
    text = cut("\n\n".join(pages), limits)
    shortened = ""
    if len(pages) < count:
        shortened = tr("the first {pages} of {count} pages").format(
            pages=whole(len(pages)), count=whole(count)
        )
    return Extract(text.text, shortened or text.shortened)


def _opens_without_password(reader: PdfReader) -> bool:
    """Many files are locked against changes only: anyone may read them."""
    try:
        return bool(reader.decrypt(""))
    except PyPdfError:
        return False


def _pages(reader: PdfReader, limits: Limits, cancel: CancelToken) -> Iterator[str]:
    end = time.monotonic() + limits.seconds
    for index in range(min(len(reader.pages), limits.pages)):
        cancel.check()
        if time.monotonic() > end:
            return
        yield reader.pages[index].extract_text().strip()


def _locked(name: str) -> BadAttachment:
    return BadAttachment(
        tr("“{name}” is locked with a password.").format(name=name),
        hint=tr("Save a copy without one, and attach that."),
    )
