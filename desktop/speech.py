"""Reading replies aloud with what the system has: a program of its own, one text at a time."""

import shutil
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markdown_it import MarkdownIt
from PySide6.QtCore import QObject, QProcess, Signal

from engine.language import tr

_END_MS: Final = 1000
_LONGEST_LINE: Final = 2000
"""Characters; spd-say reads 16 KiB at once."""
_WINDOWS_SPEECH: Final = (
    "[Console]::InputEncoding = [Text.Encoding]::UTF8; "
    "Add-Type -AssemblyName System.Speech; "
    "(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak([Console]::In.ReadToEnd())"
)


@dataclass(frozen=True)
class SpeechProgram:
    """A command that speaks its standard input and then ends."""

    command: Sequence[str]
    silence: Sequence[str] = ()
    """A command that silences what speaks on although the first one was ended; () for none."""


_LINUX: Final = (
    SpeechProgram(("spd-say", "--pipe-mode", "--wait"), ("spd-say", "-S")),
    SpeechProgram(("espeak-ng", "--stdin")),
    SpeechProgram(("espeak", "--stdin")),
)
_MAC: Final = (SpeechProgram(("say", "-f", "-")),)
_WINDOWS: Final = (
    SpeechProgram(("powershell", "-NoProfile", "-NonInteractive", "-Command", _WINDOWS_SPEECH)),
)

_NO_PROGRAM: Final = dict.fromkeys(
    ("win32", "darwin"), tr("This system has no program that reads aloud")
)


def system_speech() -> SpeechProgram | None:
    """The first of the programs for this system that is installed."""
    programs = {"win32": _WINDOWS, "darwin": _MAC}.get(sys.platform, _LINUX)
    return next((one for one in programs if shutil.which(one.command[0])), None)


def spoken_text(markdown: str) -> str:
    """What is read of a message: its words, without marks, addresses and code.

    A model wrote it, and both spd-say (a line that begins with "!-!") and macOS's say ("[[") take
    commands in between: no line begins with a mark, none is so long
    that spd-say cuts it.
    """
    sentences: list[str] = []
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        if token.type == "inline":
            parts = (
                " " if child.type in ("softbreak", "hardbreak") else child.content
                for child in token.children or ()
            )
            sentences.append(" ".join("".join(parts).split()))
        elif token.type in ("fence", "code_block"):
            sentences.append(tr("Here is code."))
    words = "\n".join(filter(None, sentences)).replace("[", "[ ")
    lines = [line for part in words.splitlines() for line in textwrap.wrap(part, _LONGEST_LINE)]
    return "".join(f" {line}\n" for line in lines)


class Speaker(QObject):
    """Speaks one message at a time; another one, or the same again, ends it.

    Signals:
        changed: it began or ended to speak
    """

    changed = Signal()

    def __init__(self, program: SpeechProgram | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._process: QProcess | None = None
        self.message_id = ""
        """What is being read; "" for nothing."""

    @property
    def refusal(self) -> str:
        """Why nothing can be read aloud here; "" if it can."""
        if self._program:
            return ""
        return _NO_PROGRAM.get(
            sys.platform, tr("Install speech-dispatcher or espeak-ng to have messages read aloud")
        )

    def toggle(self, message_id: str, markdown: str) -> None:
        """Read this message; stop, if it is being read."""
        was_this = self.message_id == message_id
        self.stop()
        if not was_this:
            self._speak(message_id, spoken_text(markdown))

    def stop(self) -> None:
        """Be silent."""
        if self._process and self._program:
            self._process.kill()
            self._process.waitForFinished(_END_MS)
            if self._program.silence:
                QProcess.startDetached(self._program.silence[0], list(self._program.silence[1:]))

    def _speak(self, message_id: str, text: str) -> None:
        if not self._program or not text:
            return
        process = self._process = QProcess(self)
        # What it prints is nobody's business, and a full pipe would hold it.
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._ended)
        self.message_id = message_id
        process.start(self._program.command[0], list(self._program.command[1:]))
        process.write(text.encode("utf-8", "replace"))
        process.closeWriteChannel()
        self.changed.emit()

    def _ended(self) -> None:
        if self._process:
            self._process.deleteLater()
            self._process = None
            self.message_id = ""
            self.changed.emit()
