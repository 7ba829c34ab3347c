"""The forms of an export, by name. PDF needs Qt, so `desktop.pdf` adds it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Final

from desktop.conversations.database import storable_text
from desktop.conversations.formats import llamacpp, openai_jsonl, own_json, sharegpt
from desktop.conversations.formats.entries import Extent
from desktop.conversations.formats.exported import Exported
from desktop.conversations.formats.html import html
from desktop.conversations.formats.markdown import markdown
from desktop.conversations.formats.plain_text import plain_text
from engine.language import tr


class ExportFormat(StrEnum):
    """What conversations can be written as; the value is the name in the terminal."""

    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    TEXT = "text"
    JSON = "json"
    OPENAI = "openai-jsonl"
    SHAREGPT = "sharegpt"
    LLAMACPP = "llamacpp"


Writer = Callable[[BinaryIO, Iterable[Exported], Extent], None]


@dataclass(frozen=True)
class Form:
    """How one format is written."""

    title: str
    suffix: str
    """With its dot."""
    write: Writer
    gathers: bool = False
    """Whether one file holds any number of conversations; the others hold one each."""
    of_many: "Form | None" = None
    """Where a file of many conversations has another form."""


Forms = Mapping[ExportFormat, Form]


def text_writer(render: Callable[[Exported, Extent], str]) -> Writer:
    """Writes what `render` makes of each conversation."""

    def write(file: BinaryIO, conversations: Iterable[Exported], extent: Extent) -> None:
        for exported in conversations:
            file.write(storable_text(render(exported, extent)).encode())

    return write


def _lossless(write: Callable[[BinaryIO, Iterable[Exported]], None]) -> Writer:
    """For forms that always hold what they can: they have no choice of an extent."""
    return lambda file, conversations, _extent: write(file, conversations)


FORMS: Final[Forms] = {
    ExportFormat.MARKDOWN: Form(
        "Markdown", ".md", text_writer(lambda one, extent: markdown(one.tree, extent))
    ),
    ExportFormat.HTML: Form("HTML", ".html", text_writer(html)),
    ExportFormat.TEXT: Form(
        tr("Plain text"), ".txt", text_writer(lambda one, extent: plain_text(one.tree, extent))
    ),
    ExportFormat.JSON: Form("JSON", ".json", _lossless(own_json.write), gathers=True),
    ExportFormat.OPENAI: Form(
        "OpenAI JSONL", ".jsonl", _lossless(openai_jsonl.write), gathers=True
    ),
    ExportFormat.SHAREGPT: Form("ShareGPT", ".json", _lossless(sharegpt.write), gathers=True),
    ExportFormat.LLAMACPP: Form(
        "llama.cpp",
        ".jsonl",
        _lossless(llamacpp.write),
        gathers=True,
        of_many=Form("llama.cpp", ".zip", _lossless(llamacpp.write_archive), gathers=True),
    ),
}
