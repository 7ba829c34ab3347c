"""What comes with a conversation of another app: images in a JSON string, files beside it."""

import base64
import binascii
import re
from collections import Counter
from pathlib import PurePosixPath
from typing import Final

from desktop.conversations.importing.json_stream import Json
from desktop.conversations.importing.parsed import ParsedFile
from desktop.conversations.importing.sources import Reading
from engine.language import tr

MOST_BYTES: Final = 32 << 20
"""Of one attachment."""
MOST_TOGETHER: Final = 256 << 20
"""Of the attachments of one conversation: they are in memory together."""
_BYTES: Final = "application/octet-stream"
_DATA_URI: Final = re.compile(r"data:([\w.+-]+/[\w.+-]+)?(?:;[\w=.+-]+)*;base64,")
_MAGIC: Final = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"%PDF-"), "application/pdf"),
)


def media_type(data: bytes, claimed: str = "") -> str:
    """What the bytes are; `claimed` where they do not say it."""
    known = (name for magic, name in _MAGIC if magic.match(data))
    return next(known, "") or claimed or ("text/plain" if _is_text(data) else _BYTES)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


class Case:
    """What comes with the reading of one conversation: its attachments, and what is left out."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._room = MOST_TOGETHER
        self._left_out: Counter[str] = Counter()
        self.moment: Final = reading.moment
        """When the file was written: the time of what has no time of its own."""

    def leave_out(self, what: str, count: int = 1) -> None:
        """Remember what cannot be carried; `what` is in the plural."""
        self._left_out[what] += count

    def left_out(self) -> dict[str, int]:
        """What was left out, and how often."""
        return dict(self._left_out)

    def from_uri(self, uri: Json, name: str = "") -> tuple[ParsedFile, ...]:
        """The content of a data URI. Nothing is ever fetched."""
        if not isinstance(uri, str) or not (head := _DATA_URI.match(uri[:200])):
            self.leave_out(tr("Attachments that are not in the file, only a link to them"))
            return ()
        return self.from_base64(uri[head.end() :], name, claimed=head[1] or "")

    def from_base64(self, encoded: Json, name: str, *, claimed: str = "") -> tuple[ParsedFile, ...]:
        """The decoded content."""
        try:
            data = base64.b64decode(encoded if isinstance(encoded, str) else "", validate=True)
        except (binascii.Error, ValueError):
            data = b""
        if not data:
            self.leave_out(tr("Attachments whose content is damaged"))
            return ()
        return self.from_bytes(data, name, claimed=claimed)

    def from_bytes(self, data: bytes, name: str, *, claimed: str = "") -> tuple[ParsedFile, ...]:
        """The content itself."""
        if len(data) > min(MOST_BYTES, self._room):
            self.leave_out(
                tr("Attachments that are too large, more than {size} MB").format(
                    size=MOST_BYTES >> 20
                )
            )
            return ()
        self._room -= len(data)
        kind = media_type(data, claimed)
        return (ParsedFile(_plain_name(name) or f"file.{kind.rpartition('/')[2]}", kind, data),)

    def from_source(self, member: str | None, name: str = "") -> tuple[ParsedFile, ...]:
        """A file of the source."""
        if member is None:
            self.leave_out(tr("Attachments that are not in the export"))
            return ()
        data = self._reading.whole(member, min(MOST_BYTES, self._room))
        if data is None:
            self.leave_out(
                tr("Attachments that are too large, more than {size} MB").format(
                    size=MOST_BYTES >> 20
                )
            )
            return ()
        return self.from_bytes(data, name or member)


def _plain_name(name: str) -> str:
    """The last part of a path, as it may be shown; "" if nothing is left."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(character for character in last if character.isprintable())[:200]
