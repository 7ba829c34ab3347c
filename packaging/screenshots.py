"""Pictures of the window: `python packaging/screenshots.py OUT_DIR`.

First every view over made-up models and conversations, the same on every computer: light, dark,
from right to left and at larger scales, each in a folder of `build/screenshots`, to look at them
beside the design. Then pictures for the documents, into OUT_DIR: some of these, and three in which
the pair of benchmark models and its answers are real, so that each run gives other figures.
"""

import argparse
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor, QFont, QFontDatabase
from PySide6.QtWidgets import QApplication, QWidget

import made_up
from desktop.app import Desktop
from desktop.pair_model import Phase
from desktop.presets import presets
from desktop.settings import DRAFT, TARGET, Settings
from desktop.theme import ThemeChoice
from engine import paths
from engine.config import Mode
from engine.errors import ModelNotFound
from engine.library.models import resolve_model
from pictured_views import WIDE, take_views, wait

VIEWS: Final = Path(__file__).parents[1] / "build" / "screenshots"
PAIR: Final = ("qwen-1.5b", "qwen-0.5b")
BUDGET: Final = 48
QUESTIONS: Final = (
    "Write a Python function that groups words by their first letter. Only the code.",
    "Now add type hints. Only the code.",
)
"""The second reply repeats what the first one says: there guesses from the text pay."""
TREE_QUESTION: Final = "Say in two sentences how it works."


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
    """The window after a short conversation with a real pair, then the trees of one more reply."""
    try:
        target, draft = map(resolve_model, PAIR)
    except ModelNotFound:
        sys.exit("The pair of benchmark models is not on this computer. `make bench` names it.")
    settings = Settings(paths.config_dir() / paths.SETTINGS_NAME)
    settings.set(TARGET, str(target))
    settings.set(DRAFT, str(draft))
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
    desktop.pair.speculate(mode=Mode.TREE, budget=BUDGET)
    ask(desktop, TREE_QUESTION)
    desktop.window.side.show_tree(shown=True)
    tree = desktop.window.tree
    rounds = desktop.chat.rounds(desktop.chat.messages()[-1].message)
    tree.choose(1 + max(range(len(rounds)), key=lambda index: rounds[index].tokens))
    picture(folder, "tree-panel", desktop.window)
    desktop.shutdown()


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
    desktop = Desktop(
        application,
        opener=made_up.open_session,
        library=made_up.Library(),
        planner=made_up.Planner(),
        hub=made_up.Hub(),
    )
    desktop.theme.choose(variant.theme)
    desktop.start()
    load(desktop)
    take_views(desktop, lambda name, widget: picture(folder, name, widget))
    desktop.shutdown()


def take(name: str, folder: Path) -> None:
    """The pictures of one variant, or the real ones, in a home that is thrown away."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["OUTRIDER_HOME"] = home
        # What llama.cpp says about each tensor is for the app's log file.
        logging.getLogger("outrider").addHandler(logging.NullHandler())
        application = QApplication(sys.argv[:1])
        if "Inter" in QFontDatabase.families():
            application.setFont(QFont("Inter", 10))
        if name == REAL:
            take_real(application, folder)
        else:
            take_variant(application, folder, VARIANTS[name])


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
