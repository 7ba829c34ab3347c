"""The text of a DOCX: paragraphs, headings, lists and tables, as Markdown writes them."""

import io
import zipfile
import zlib
from typing import IO, Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from desktop.attachments.limits import Extract, Limits, cut
from desktop.attachments.troubles import BadAttachment, damaged
from engine.cancel import CancelToken
from engine.language import tr

_CHUNK: Final = 1 << 16
_BODY: Final = "word/document.xml"
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""Says once more, for older programs, what stands before it."""
_HEADINGS: Final = {f"heading{level}": "#" * level for level in range(1, 7)} | {"title": "#"}
_DAMAGE: Final = (
    *(zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException),
    *(KeyError, NotImplementedError, RuntimeError, ValueError, EOFError),
)
"""What broken archives and broken XML raise; a password is a RuntimeError."""
_BREAKS: Final = {f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}cr": "\n"}


def docx_text(name: str, data: bytes, limits: Limits, cancel: CancelToken) -> Extract:
    """The text of the document's body. Raises `BadAttachment` where there is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_size(name, archive.getinfo(_BODY), limits)
            with archive.open(_BODY) as body:
                text = _text(body, limits, cancel)
    except _DAMAGE as error:
        raise damaged(name, tr("a DOCX"), repr(error)) from error
    if not text.strip():
        raise BadAttachment(
            tr("“{name}” holds no text.").format(name=name),
            hint=tr("Attach a document with text in it."),
        )
    return cut(text, limits)


def _check_size(name: str, member: zipfile.ZipInfo, limits: Limits) -> None:
    ratio_allows = max(limits.ratio * member.compress_size, limits.unpacked_free)
    if member.file_size > min(limits.unpacked_bytes, ratio_allows):
        raise BadAttachment(
            tr("“{name}” unpacks to far more than its size tells.").format(name=name),
            hint=tr("Save it again in a word processor, and attach that."),
        )


def _text(body: IO[bytes], limits: Limits, cancel: CancelToken) -> str:
    """Paragraphs and tables; not much more of them than is allowed."""
    document = _Document()
    parser = DefusedXMLParser(target=document, forbid_dtd=True)
    while chunk := body.read(_CHUNK):
        cancel.check()
        parser.feed(chunk)
        if document.characters > limits.characters:
            return document.text()
    parser.close()
    return document.text()


class _Document:
    """Takes the parser's events and keeps nothing of the XML but its text."""

    def __init__(self) -> None:
        self.characters = 0
        self._blocks: list[str] = []
        self._open_fallbacks = 0
        self._open_tables = 0
        self._in_text = False
        self._style = ""
        self._pieces: list[str] = []
        self._rows: list[str] = []
        self._row: list[str] = []
        self._cell: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element opens."""
        self._open_fallbacks += tag == _FALLBACK
        self._open_tables += tag == f"{_WORD}tbl"
        self._in_text = tag == f"{_WORD}t" and not self._open_fallbacks
        if tag == f"{_WORD}pStyle":
            name = attributes.get(f"{_WORD}val", "").lower()
            self._style = _HEADINGS.get(name, self._style)
        elif tag == f"{_WORD}numPr":
            self._style = self._style or "-"
        elif tag in _BREAKS:
            self._pieces.append(_BREAKS[tag])

    def data(self, text: str) -> None:
        """Characters, perhaps a part of them."""
        if self._in_text:
            self._pieces.append(text)

    def end(self, tag: str) -> None:
        """An element closes."""
        self._in_text = False
        self._open_fallbacks -= tag == _FALLBACK
        self._open_tables -= tag == f"{_WORD}tbl"
        if tag == f"{_WORD}p":
            self._end_paragraph()
        elif tag == f"{_WORD}tc":
            self._row.append(" ".join(self._cell))
            self._cell = []
        elif tag == f"{_WORD}tr":
            self._end_row()
        elif tag == f"{_WORD}tbl" and not self._open_tables:
            self._end_table()

    def _end_paragraph(self) -> None:
        text = "".join(self._pieces).strip()
        block = f"{self._style} {text}" if self._style and text else text
        self._pieces, self._style = [], ""
        if block and self._open_tables:
            self._cell.append(text)
        elif block:
            self._blocks.append(block)
            self.characters += len(block)

    def _end_row(self) -> None:
        row = f"| {' | '.join(self._row)} |"
        self._rows.append(row)
        self._row = []
        self.characters += len(row)

    def _end_table(self) -> None:
        self._blocks.append("\n".join(self._rows))
        self._rows = []

    def close(self) -> None:
        """The parser calls it at the end."""

    def text(self) -> str:
        """What was found, also where the document goes on."""
        return "\n\n".join([*self._blocks, *self._rows])
