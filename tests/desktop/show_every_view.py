"""Opens every view in the language of OUTRIDER_LANGUAGE, and prints its words as JSON."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.app import Desktop
from desktop.pair_model import Phase
from desktop.start import speak
from tests.desktop.every_view import DIALOGS, words_in
from tests.desktop.fakes import (
    PATIENCE,
    FakeHub,
    FakeLibrary,
    FakeOpener,
    FakePlanner,
    FakeTester,
)


def main() -> None:
    """Show everything; a folder as argument gets pictures."""
    application = QApplication(sys.argv[:1])
    speak(application)
    app = Desktop(
        application,
        opener=FakeOpener(),
        library=FakeLibrary(),
        planner=FakePlanner(),
        hub=FakeHub(),
        tester=FakeTester(),
    )
    app.start()
    wait_until(lambda: app.pair.phase is Phase.READY)
    app.chat.send("Hello")
    wait_until(lambda: app.chat.run is None)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    said = {"window": sorted(set(words_in(app.window)))}
    take(app.window, folder, "window")
    for name, open_dialog in DIALOGS.items():
        dialog = open_dialog(app)
        QTest.qWait(200)
        said[name] = sorted(set(words_in(dialog)))
        take(dialog, folder, name)
        dialog.reject()
    app.shutdown()
    sys.stdout.write(json.dumps(said))


def wait_until(is_so: Callable[[], bool]) -> None:
    """Like the one of pytest-qt, which needs a test."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError
        QTest.qWait(10)


def take(widget: QWidget, folder: Path | None, name: str) -> None:
    """Keep a picture, for somebody to look at."""
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        widget.grab().save(str(folder / f"{name}.png"))


if __name__ == "__main__":
    main()
