"""Notices by the desktop's own service, where a program asks it for one: notify-send, on Linux."""

import shutil
import sys
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QProcess, Signal
from PySide6.QtGui import QGuiApplication

from engine.language import tr
from resources import resource_path

SHOWN_MS: Final = 10_000
_END_MS: Final = 1000
_CLICKED: Final = "default"
"""What the service calls a click on the notice itself."""


def system_command() -> Sequence[str]:
    """What shows a notice here; () where Qt has to do it, beside an icon in the tray."""
    return ("notify-send",) if sys.platform == "linux" and shutil.which("notify-send") else ()


class SystemNotices(QObject):
    """One notice at a time.

    Signals:
        chosen: the person clicked it
        refused(str, str): nobody here shows this title with these words
    """

    chosen = Signal()
    refused = Signal(str, str)

    def __init__(self, command: Sequence[str], parent: QObject | None = None) -> None:
        """`command` begins with the program, () where there is none."""
        super().__init__(parent)
        self._command = command
        self._process: QProcess | None = None
        self._asked = ("", "")
        self._waits_for_click = True
        self._closed = False

    def tell(self, title: str, words: str) -> None:
        """Show a notice, in place of the one before."""
        if self._closed:
            return
        self._asked = (title, words)
        self._start(waits_for_click=True)

    def close(self) -> None:
        """Wait for no click, and show nothing more: a reply that the app's end stops is no news."""
        self._closed = True
        self._stop()

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process:
            process.finished.disconnect(self._ended)
            process.errorOccurred.disconnect(self._failed)
            process.kill()
            process.waitForFinished(_END_MS)
            process.deleteLater()

    def _start(self, *, waits_for_click: bool) -> None:
        self._stop()
        if not self._command:
            self.refused.emit(*self._asked)
            return
        self._waits_for_click = waits_for_click
        click = ("--wait", f"--action={_CLICKED}={tr('Show Outrider')}") if waits_for_click else ()
        options = (
            "--app-name=Outrider",
            f"--icon={resource_path('icon.svg')}",
            f"--hint=string:desktop-entry:{QGuiApplication.desktopFileName()}",
            f"--expire-time={SHOWN_MS}",
            *click,
        )
        process = self._process = QProcess(self)
        process.setStandardErrorFile(QProcess.nullDevice())
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._failed)
        # A conversation may be called like an option.
        process.start(self._command[0], [*self._command[1:], *options, "--", *self._asked])

    def _ended(self, code: int, status: QProcess.ExitStatus) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        said = bytes(process.readAllStandardOutput().data()).decode("utf-8", "replace")
        process.deleteLater()
        if code == 0 and status is QProcess.ExitStatus.NormalExit:
            if _CLICKED in said.split():
                self.chosen.emit()
        elif self._waits_for_click:
            self._start(waits_for_click=False)  # an older program knows nothing of clicks
        else:
            self.refused.emit(*self._asked)

    def _failed(self, error: QProcess.ProcessError) -> None:
        if self._process and error is QProcess.ProcessError.FailedToStart:
            self._process.deleteLater()
            self._process = None
            self.refused.emit(*self._asked)
