"""Conversations as PDF, laid out by Qt's text documents. Works without a display."""

from collections.abc import Iterable
from functools import cache
from typing import BinaryIO, Final

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice, QMarginsF
from PySide6.QtGui import QPageSize, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QApplication

from desktop.conversations.formats.entries import Extent
from desktop.conversations.formats.exported import Exported
from desktop.conversations.formats.forms import FORMS, ExportFormat, Form, Forms
from desktop.conversations.formats.html import page_body
from desktop.conversations.formats.html_style import light_colors
from desktop.conversations.formats.wording import UNTITLED, one_line

_RESOLUTION: Final = 600


def write_pdf(file: BinaryIO, conversations: Iterable[Exported], extent: Extent) -> None:
    """A document of A4 pages with numbers, for each conversation one after the other."""
    for exported in conversations:
        file.write(_pdf(exported, extent))


def _pdf(exported: Exported, extent: Extent) -> bytes:
    _application()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(one_line(exported.tree.title) or UNTITLED)
    writer.setCreator("Outrider")
    writer.setResolution(_RESOLUTION)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF())  # the document brings its own, with the page numbers
    document = QTextDocument()
    document.setDefaultStyleSheet(_style_sheet())
    document.setHtml(page_body(exported, extent))
    document.print_(writer)
    buffer.close()
    return bytes(buffer.data().data())


@cache
def _application() -> QCoreApplication:
    """Fonts need one; a terminal has none, and no display either. Kept until the process ends."""
    running = QApplication.instance()
    return running or QApplication(["outrider", "-platform", "offscreen"])


def _style_sheet() -> str:
    """The rules of the page in the part of CSS that Qt knows, which has no variables."""
    colors = light_colors()
    return f"""
        body {{ color: {colors["text"]}; font-size: 10pt; }}
        h1 {{ font-size: x-large; font-weight: 600; }}
        h2 {{ font-size: medium; font-weight: 600; color: {colors["muted"]}; }}
        h3, h4 {{ font-size: large; font-weight: 600; }}
        h5, h6 {{ font-size: medium; font-weight: 600; }}
        img {{ max-width: 600px; }}
        th, td {{ padding: 3px 12px 3px 0; }}
        .about, .note {{ color: {colors["muted"]}; font-size: 8pt; }}
        .plain {{ background-color: {colors["user_bubble"]}; white-space: pre-wrap; }}
        .thinking {{ color: {colors["muted"]}; }}
        pre {{ background-color: {colors["code_background"]}; font-family: monospace;
            font-size: 9pt; white-space: pre-wrap; }}
        code {{ font-family: monospace; font-size: 9pt; }}
        a {{ color: {colors["accent"]}; }}
        .k {{ color: {colors["syntax_keyword"]}; }}
        .s {{ color: {colors["syntax_string"]}; }}
        .n {{ color: {colors["syntax_number"]}; }}
        .f {{ color: {colors["syntax_function"]}; }}
        .c {{ color: {colors["syntax_comment"]}; }}
    """


ALL_FORMS: Final[Forms] = {**FORMS, ExportFormat.PDF: Form("PDF", ".pdf", write_pdf)}
