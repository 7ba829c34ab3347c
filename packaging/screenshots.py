"""Pictures of the window: `python packaging/screenshots.py OUT_DIR`.

First every view over made-up models and conversations, the same on every computer: light, dark,
from right to left and at larger scales, each in a folder of `build/screenshots`, to look at them
beside the design. Then pictures for the documents, into OUT_DIR: some of these, and three of real
replies, so that each run gives other figures. Their target is read from a slow disk, for that is
what Outrider is for: a control group sees to that, which takes Linux and root.
"""

import argparse
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor, QFont, QFontDatabase
from PySide6.QtWidgets import QApplication, QWidget

import made_up
from desktop.app import Desktop
from desktop.engine_port import Pair
from desktop.pair_model import Phase
from desktop.presets import presets
from desktop.rounds import ReplyRound
from desktop.settings import DRAFT, TARGET, Settings
from desktop.stored_pair import stored_draft
from desktop.theme import ThemeChoice
from engine import paths
from engine.bench.control_group import Limits, limited
from engine.cancel import CancelToken
from engine.config import SelfDraft
from engine.errors import BadSetting, ModelNotFound
from engine.library.low_bit import low_bit_type
from engine.library.models import resolve_model
from engine.llama.quantize import quantize
from engine.self_draft import ensure_low_bit_copy
from pictured_views import WIDE, take_views, wait

BUILD: Final = Path(__file__).parents[1] / "build"
VIEWS: Final = BUILD / "screenshots"
WEIGHTS: Final = "qwen-1.5b"
NAME: Final = "Qwen2.5-Coder-1.5B-F16"
LIMITS: Final = Limits(memory=1_900_000_000, disk=500_000_000)
"""Of window and engine together: half of the target has no room."""
QUESTIONS: Final = (
    "Why is the sky blue? Two sentences for a child.",
    "Write a Python class for an LRU cache with get and put. Only the code.",
)


@dataclass(frozen=True)
class Variant:
    """One way to look at every view."""

    theme: ThemeChoice = ThemeChoice.LIGHT
    scale: str = "1"
    is_mirrored: bool = False


VARIANTS: Final = {
    "light": Variant(),
    "dark": Variant(theme=ThemeChoice.DARK),
    "rtl": Variant(is_mirrored=True),
    "scale-125": Variant(scale="1.25"),
    "scale-150": Variant(scale="1.5"),
    "scale-200": Variant(scale="2"),
}
REAL: Final = "real"
GALLERY: Final = {
    "models": "light/models.png",
    "welcome": "light/welcome.png",
    "settings": "dark/settings-speculation.png",
}
"""Of the views those that the README shows."""


def load(desktop: Desktop) -> None:
    """Wait until the models are loaded."""
    while desktop.pair.phase is not Phase.READY:
        if desktop.pair.error:
            raise desktop.pair.error
        wait(20)


def picture(folder: Path, name: str, widget: QWidget) -> None:
    """Save what `widget` shows."""
    wait()
    path = folder / f"{name}.png"
    if not widget.grab().save(str(path)):
        raise OSError(f"{path} could not be written")


def take_real(application: QApplication, folder: Path) -> None:
    """The window after two replies of a target that is read from the disk; then their trees."""
    target, copy = _streamed_pair()
    settings = Settings(paths.config_dir() / paths.SETTINGS_NAME)
    settings.set(TARGET, str(target))
    settings.set(DRAFT, stored_draft(Pair(target, SelfDraft())))
    with limited(LIMITS, [target, copy]):
        _picture_replies(application, folder)


def _streamed_pair() -> tuple[Path, Path]:
    """The target and its low-bit copy, made here; the app finds the copy where it would make it."""
    target = paths.cache_dir() / f"{NAME}.gguf"
    cancel = CancelToken()

    def in_silence(_done: float) -> None: ...

    quantize(resolve_model(WEIGHTS), target, "F16", on_progress=in_silence, cancel=cancel)
    bits = low_bit_type(target)
    return target, ensure_low_bit_copy(target, bits, on_progress=in_silence, cancel=cancel)


def _picture_replies(application: QApplication, folder: Path) -> None:
    desktop = Desktop(application)
    QCursor.setPos(0, 0)  # No message is hovered.
    desktop.window.resize(*WIDE)
    desktop.start()
    load(desktop)
    desktop.chat.set_up(next(one.setup for one in presets() if one.id == "exact"))
    for question in QUESTIONS:
        ask(desktop, question)
    for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK):
        desktop.theme.choose(choice)
        picture(folder, f"main-{choice}", desktop.window)
    desktop.window.side.show_tree(shown=True)
    rounds = desktop.chat.rounds(desktop.chat.messages()[-1].message)
    desktop.window.tree.choose(1 + _usual(rounds))
    picture(folder, "tree-panel", desktop.window)
    desktop.shutdown()


def _usual(rounds: Sequence[ReplyRound]) -> int:
    """The number of the round whose tokens are nearest to the mean."""
    mean = sum(each.tokens for each in rounds) / len(rounds)
    return min(range(len(rounds)), key=lambda number: abs(rounds[number].tokens - mean))


def ask(desktop: Desktop, question: str) -> None:
    """Have a question answered."""
    desktop.chat.send(question)
    while desktop.chat.run:
        wait(20)


def take_variant(application: QApplication, folder: Path, variant: Variant) -> None:
    """Every view over made-up content."""
    made_up.fill(paths.data_dir() / "conversations.sqlite")
    settings = Settings(paths.config_dir() / paths.SETTINGS_NAME)
    settings.set(TARGET, str(made_up.TARGET_FILE))
    settings.set(DRAFT, str(made_up.DRAFT_FILE))
    if variant.is_mirrored:
        application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    desktop = made_up.desktop(application, made_up.open_session)
    desktop.theme.choose(variant.theme)
    desktop.start()
    load(desktop)
    take_views(desktop, lambda name, widget: picture(folder, name, widget))
    desktop.shutdown()


def take(name: str, folder: Path) -> None:
    """The pictures of one variant, or the real ones, in a home that is thrown away."""
    folder.mkdir(parents=True, exist_ok=True)
    # On the disk of the project: /tmp may lie in memory, which is not to be slowed down.
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as home:
        os.environ["OUTRIDER_HOME"] = home
        # What llama.cpp says about each tensor is for the app's log file.
        logging.getLogger("outrider").addHandler(logging.NullHandler())
        application = QApplication(sys.argv[:1])
        if "Inter" in QFontDatabase.families():
            application.setFont(QFont("Inter", 10))
        if name != REAL:
            take_variant(application, folder, VARIANTS[name])
            return
        try:
            take_real(application, folder)
        except (ModelNotFound, BadSetting) as error:
            sys.exit(f"No pictures of real replies. {error.sentence}")


def main() -> int:
    """Take everything; each variant in a process of its own, for Qt reads the scale once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="OUT_DIR")
    parser.add_argument("--only", choices=[*VARIANTS, REAL], help="one of them, into OUT_DIR")
    arguments = parser.parse_args()
    if arguments.only:
        take(arguments.only, arguments.folder)
        return 0
    for name in (*VARIANTS, REAL):
        folder = arguments.folder if name == REAL else VIEWS / name
        print(f"{name}: {folder}")
        scale = VARIANTS[name].scale if name in VARIANTS else "1"
        command = [sys.executable, __file__, str(folder), "--only", name]
        done = subprocess.run(command, env={**os.environ, "QT_SCALE_FACTOR": scale}, check=False)
        if done.returncode:
            return done.returncode
    for name, source in GALLERY.items():
        shutil.copyfile(VIEWS / source, arguments.folder / f"{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
