"""Prompt templates: texts with variables, kept in a TOML file that people may edit by hand."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engine.language import tr
from engine.library.toml_file import read_toml, write_toml

NAME_LIMIT: Final = 60
VARIABLE: Final = re.compile(r"\{\{[ \t]*([^{}\n]{1,40}?)[ \t]*\}\}")
CLIPBOARD: Final = "clipboard"
DATE: Final = "date"
_TABLE: Final = "template"


@dataclass(frozen=True)
class PromptTemplate:
    """A text to begin a message with. `{{topic}}` in it is asked for when it is used."""

    name: str
    text: str

    @property
    def command(self) -> str:
        """What one types for it, such as "/explain-code"."""
        words = unicodedata.normalize("NFC", self.name).casefold()
        return "/" + "-".join(re.findall(r"\w+", words))


STARTERS: Final = (
    PromptTemplate(
        tr("Summarise"), tr("Summarise this text in {{number}} sentences:\n\n{{clipboard}}")
    ),
    PromptTemplate(tr("Translate"), tr("Translate this text into {{language}}:\n\n{{clipboard}}")),
    PromptTemplate(
        tr("Explain"), tr("Explain {{topic}} to somebody who knows {{what they know}}.")
    ),
    PromptTemplate(
        tr("Review code"),
        tr("Review this code. Name mistakes first, then what could be simpler:\n\n{{clipboard}}"),
    ),
)
"""What there is until the person changes something."""


def fill(text: str, *, clipboard: str, today: str) -> str:
    """`text` with the clipboard and the date in it; other variables stay, to be asked for."""
    known = {CLIPBOARD: clipboard, DATE: today}
    return VARIABLE.sub(lambda found: known.get(found[1].lower(), found[0]), text)


class TemplateStore:
    """The templates on the disk, in the person's order, read anew each time.

    Raises `BadSetting` for a file that is no TOML, `DiskTrouble` where it cannot be written. What
    makes no sense in the file is left in it.
    """

    def __init__(self, file: Path) -> None:
        self.file: Final = file

    def read(self) -> Sequence[PromptTemplate]:
        """Those that can be used; the starters while there is no file."""
        if not self.file.exists():
            return STARTERS
        return [template for entry in self._entries() if (template := _template(entry))]

    def write(self, templates: Sequence[PromptTemplate]) -> None:
        """Keep these in place of all others."""
        strange = [entry for entry in self._entries() if _template(entry) is None]
        tables = [{"name": one.name, "text": one.text} for one in templates]
        self.file.parent.mkdir(parents=True, exist_ok=True)
        write_toml(self.file, {_TABLE: tables + strange})

    def _entries(self) -> list[Any]:
        entries = read_toml(self.file).get(_TABLE, [])
        return entries if isinstance(entries, list) else []


def _template(entry: object) -> PromptTemplate | None:
    if not isinstance(entry, dict):
        return None
    name, text = entry.get("name"), entry.get("text")
    if not isinstance(name, str) or not isinstance(text, str) or not name.strip():
        return None
    return PromptTemplate(" ".join(name.split())[:NAME_LIMIT], text)
