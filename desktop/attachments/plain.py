"""Text files in whatever encoding they are."""

import codecs
import re
from typing import Final

from desktop.attachments.limits import Extract, Limits, cut
from desktop.attachments.troubles import not_text

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""UTF-32 first: its little-endian mark begins with that of UTF-16."""
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS: Final = 0.02


def plain_text(name: str, data: bytes, limits: Limits) -> Extract:
    """The text of a file. Raises `BadAttachment` where the bytes are none."""
    text = _decoded(name, data)
    if len(_CONTROLS.findall(text)) > len(text) * _MOST_CONTROLS:
        raise not_text(name)
    return cut(text.replace("\r\n", "\n").replace("\r", "\n"), limits)


def _decoded(name: str, data: bytes) -> str:
    marked = next((encoding for mark, encoding in _BOMS if data.startswith(mark)), None)
    try:
        return data.decode(marked or "utf-8")
    except UnicodeDecodeError:
        if marked or b"\0" in data:
            raise not_text(name) from None
    # What older Windows programs write; it can say any byte, so it comes last.
    return data.decode("cp1252", errors="replace")
