"""Why a file cannot be attached, in words for the person at the keyboard."""

from engine.errors import OutriderError


class BadAttachment(OutriderError):
    """The file holds no text that can be read."""

    title = "The file cannot be attached"


def too_large(name: str, most: int) -> BadAttachment:
    """The file is beyond the size that is read at all."""
    return BadAttachment(
        f"“{name}” is larger than {most >> 20} MB.",
        hint="Attach the part of it that matters.",
    )


def not_text(name: str) -> BadAttachment:
    """Bytes that are no characters."""
    return BadAttachment(
        f"“{name}” holds no text.",
        hint="Attach text, code, Markdown, CSV, PDF or DOCX.",
    )


def damaged(name: str, what: str, detail: str) -> BadAttachment:
    """`what` is the kind of file that it pretends to be, with its article."""
    return BadAttachment(
        f"“{name}” is {what} that cannot be read: it is damaged.",
        hint="Open it in another program and save it again.",
        detail=detail,
    )
