"""Opens every view in the language of OUTRIDER_LANGUAGE, and prints its words as JSON."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.app import Desktop
from desktop.pair_model import Phase
from desktop.start import speak
from tests.desktop.every_view import every_view, words_in
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
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    said = {}
    for name, view in every_view(app):
        said[name] = sorted(set(words_in(view)))
        if folder:
            view.grab().save(str(folder / f"{name}.png"))
    app.shutdown()
    sys.stdout.write(json.dumps(said))


def wait_until(is_so: Callable[[], bool]) -> None:
    """Like the one of pytest-qt, which needs a test."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError
        QTest.qWait(10)


if __name__ == "__main__":
    main()
