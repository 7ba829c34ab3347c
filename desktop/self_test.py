"""`outrider --self-test`: whether everything that an installation needs works, step by step.

All is done for real, in a folder that is thrown away: Qt, a new database, the starter model in the
engine's own process, a reply by trees, and the window as a picture. The report is for support.
"""

import argparse
import json
import logging
import os
import platform
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import OutriderError
from engine.frozen import is_frozen

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

Part = Callable[[], str]
"""Tries one thing and says what it saw. Raises where it does not work."""


class NotAsExpected(OutriderError):
    """Nothing failed, but the result is wrong."""

    title = "The self-test failed"


@dataclass(frozen=True)
class Step:
    """What became of one part."""

    name: str
    ok: bool
    seconds: float
    words: str
    detail: str = ""


@dataclass
class Report:
    """What support has to know."""

    program: dict[str, str]
    steps: list[Step] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether all that was tried works."""
        return all(step.ok for step in self.steps)


def main(arguments: Sequence[str]) -> int:
    """Try everything, and print the report; 0 if it all works."""
    args = _parser().parse_args(arguments)
    report = Report(_program())
    # What matters of the engine's chatter stands in the detail of its errors.
    logging.getLogger("outrider").addHandler(logging.NullHandler())

    def tell(step: Step) -> None:
        report.steps.append(step)
        if not args.json:
            print(_line(step), flush=True)

    with tempfile.TemporaryDirectory(prefix="outrider-self-test-") as folder, ExitStack() as opened:
        # Apart from the person's own files; the engine's process inherits it.
        os.environ["OUTRIDER_HOME"] = folder
        picture = args.picture or Path(folder, "window.png")
        try_all(_parts(picture, opened), tell)
    if args.json:
        print(json.dumps({"ok": report.ok, **asdict(report)}, indent=1))
    return 0 if report.ok else 1


def try_all(parts: Iterable[tuple[str, Part]], tell: Callable[[Step], None]) -> None:
    """Try one part after the other, up to the first that does not work: each needs those before."""
    for name, part in parts:
        step = _try(name, part)
        tell(step)
        if not step.ok:
            return


def _parts(picture: Path, opened: ExitStack) -> Iterator[tuple[str, Part]]:
    # Imported as it goes on: without Qt's libraries, the first part fails and says which.
    applications: list[QApplication] = []
    yield "Qt", lambda: _open_qt(applications)
    from desktop.engine_thread import open_session  # noqa: PLC0415
    from desktop.self_test_parts import Trial  # noqa: PLC0415

    (application,) = applications
    yield from Trial(application, open_session, picture, opened).parts()


def _open_qt(applications: "list[QApplication]") -> str:
    """Open Qt on the display, or on a picture in memory where there is none."""
    from PySide6.QtCore import qVersion  # noqa: PLC0415

    from desktop.display import no_display  # noqa: PLC0415
    from desktop.start import open_application  # noqa: PLC0415

    if no_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = open_application()
    applications.append(application)
    return f"{qVersion()} on {application.platformName()}"


def _try(name: str, part: Part) -> Step:
    start = time.monotonic()

    def ended(words: str, detail: str = "", *, ok: bool) -> Step:
        return Step(name, ok, round(time.monotonic() - start, 2), words, detail)

    try:
        return ended(part(), ok=True)
    except OutriderError as error:
        return ended(error.sentence, error.detail, ok=False)
    except Exception as error:  # noqa: BLE001 - whatever it is, support wants to read it
        return ended(f"{type(error).__name__}: {error}", traceback.format_exc(), ok=False)


def _line(step: Step) -> str:
    return f"{'ok    ' if step.ok else 'FAILED'} {step.seconds:6.2f} s  {step.name}: {step.words}"


def _program() -> dict[str, str]:
    return {
        "outrider": metadata.version("outrider"),
        "llama-cpp-python": metadata.version("llama-cpp-python"),
        "python": platform.python_version(),
        "system": platform.platform(),
        "frozen": "yes" if is_frozen() else "no",
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="outrider --self-test", description="Try everything that Outrider needs to work."
    )
    parser.add_argument("--json", action="store_true", help="one JSON object, for support")
    parser.add_argument("--picture", type=Path, metavar="PNG", help="keep what the window shows")
    return parser
