"""What the window's own process leaves behind when it crashes. It stays on this computer."""

import faulthandler
from pathlib import Path
from typing import IO, Final

from engine.language import tr
from engine.paths import private

_NOW: Final = "crash.txt"
_LAST: Final = "last-crash.txt"


class CrashReport:
    """Records a crash of this process in `folder`, and knows of the one before."""

    def __init__(self, folder: Path) -> None:
        current = folder / _NOW
        self.last: Path | None = None
        """The report of the last run, where that crashed."""
        if current.exists() and current.stat().st_size:
            self.last = current.replace(folder / _LAST)
        self._file: IO[str] = private(current).open("w", encoding="utf-8")
        faulthandler.enable(self._file)

    @property
    def notice(self) -> str:
        """For the person; "" where nothing crashed."""
        if self.last is None:
            return ""
        return tr(
            "Outrider crashed last time. What is known of it is in {last}; it was not sent."
        ).format(last=self.last)

    def close(self) -> None:
        """Nothing is recorded any more."""
        faulthandler.disable()
        self._file.close()
