"""Why a file cannot be imported, in words for the person at the keyboard."""

from engine.errors import OutriderError
from engine.language import tr


class BadImport(OutriderError):
    """The file is damaged, hostile, or nothing that Outrider knows."""

    title = tr("The file cannot be imported")


class UnknownFormat(BadImport):
    """No reader knows the content."""


def unknown_format(name: str) -> UnknownFormat:
    """The sentence for a file of which nothing is known."""
    return UnknownFormat(
        tr("“{name}” holds no conversations that Outrider can read.").format(name=name),
        hint=tr(
            "Choose an export of ChatGPT, LM Studio, Jan, llama.cpp, Ollama, Open "
            "WebUI, TextGen or Outrider, or a JSONL file in OpenAI's or ShareGPT's "
            "form."
        ),
    )
