"""Why a file cannot be attached, in words for the person at the keyboard."""

from engine.errors import OutriderError
from engine.language import tr


class BadAttachment(OutriderError):
    """The file holds no text that can be read."""

    title = tr("The file cannot be attached")


def too_large(name: str, most: int) -> BadAttachment:
    """The file is beyond the size that is read at all."""
    return BadAttachment(
        tr("“{name}” is larger than {most} MB.").format(name=name, most=most >> 20),
        hint=tr("Attach the part of it that matters."),
    )


def not_text(name: str) -> BadAttachment:
    """Bytes that are no characters."""
    return BadAttachment(
        tr("“{name}” holds no text.").format(name=name),
        hint=tr("Attach text, code, Markdown, CSV, PDF or DOCX."),
    )


def damaged(name: str, what: str, detail: str) -> BadAttachment:
    """`what` is the kind of file that it pretends to be, with its article."""
    return BadAttachment(
        tr("“{name}” is {what} that cannot be read: it is damaged.").format(name=name, what=what),
        hint=tr("Open it in another program and save it again."),
        detail=detail,
    )
