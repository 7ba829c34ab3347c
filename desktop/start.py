"""Start the window. An argument that ends in .gguf opens the model dialog with it."""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication, QMessageBox

from desktop.app import Desktop
from desktop.conversations.disk import os_errors_told
from desktop.crash_report import CrashReport
from desktop.display import NO_DISPLAY, no_display, refusal_told
from desktop.error_text import describe
from desktop.icons import application_icon
from desktop.single_instance import SingleInstance, first_or_hand_over
from engine import language, paths
from engine.errors import OutriderError
from engine.language import tr

APP_ID: Final = "app.outrider.Outrider"
"""The name of the desktop entry, by which a desktop finds the window's icon."""
_LOG_BYTES: Final = 1_000_000
_QT_WORDS: Final = QLibraryInfo.LibraryPath.TranslationsPath
_log = logging.getLogger("outrider.main")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the app; the exit code."""
    args = _parser().parse_args(arguments)
    if no_display():
        print(NO_DISPLAY, file=sys.stderr)
        return 1
    application = open_application()
    # Ctrl-C in the terminal: Qt's loop would swallow Python's handler. All text is saved already.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        _start_log()
        first = first_or_hand_over(paths.data_dir(), [args.model] if args.model else [])
        return _run(application, first, args.model) if first else 0
    except OutriderError as error:
        _refuse(error)
        return 1


def _run(application: QApplication, instance: SingleInstance, model: Path | None) -> int:
    desktop = Desktop(application)
    instance.called.connect(desktop.come_to_front)
    desktop.end_first("door", instance.turn_away)
    desktop.finished.connect(application.quit)
    crash_report = CrashReport(paths.log_dir())
    desktop.start(model, welcome=True)
    if crash_report.notice:
        desktop.window.tell(crash_report.notice)
    code = application.exec()
    if not desktop.shutdown():
        # A native call still runs. Everything is saved, and tearing down under it would crash.
        logging.shutdown()
        os._exit(code)
    instance.close()
    crash_report.close()
    return code


def open_application() -> QApplication:
    """Qt with Outrider's name and icon. The process ends where Qt cannot open."""
    with refusal_told():
        application = QApplication(sys.argv[:1])
    application.setApplicationName("Outrider")
    application.setDesktopFileName(APP_ID)
    application.setWindowIcon(application_icon())
    application.setQuitOnLastWindowClosed(False)
    speak(application)
    return application


def speak(application: QApplication) -> QTranslator:
    """Give Qt this process's language: the words of its own dialogs, numbers, the direction."""
    locale = QLocale(language.spoken())
    QLocale.setDefault(locale)
    words = QTranslator(application)
    if words.load(locale, "qtbase", "_", QLibraryInfo.path(_QT_WORDS)):
        application.installTranslator(words)
    if language.is_right_to_left():
        application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    return words


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="outrider",
        description="Chat with language models too big for the GPU.",
        epilog="`outrider conversations --help` shows what works without a window, "
        "`outrider --self-test` whether everything works here.",
    )
    parser.add_argument("model", nargs="?", type=_in_full, help="a .gguf file to choose as target")
    return parser


def _in_full(path: str) -> Path:
    """What is kept in lists outlives the folder that this was started in."""
    return Path(path).absolute()


def _refuse(error: OutriderError) -> None:
    _log.error("%s %s", error.sentence, error.detail)
    text = describe(error)
    QMessageBox.critical(None, text.title, text.message)


def _start_log() -> None:
    """Raises `DiskTrouble`: nothing else of Outrider's could be written either."""
    path = paths.log_dir() / paths.LOG_NAME
    with os_errors_told(tr("The log")):
        handler = _PrivateLog(path, maxBytes=_LOG_BYTES, backupCount=2, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    log = logging.getLogger("outrider")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    sys.excepthook = _log_unexpected


class _PrivateLog(RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        """Also after it rotated."""
        paths.private(Path(self.baseFilename))
        return super()._open()


def _log_unexpected(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    _log.critical("Unexpected", exc_info=(kind, error, trace))
    sys.__excepthook__(kind, error, trace)
