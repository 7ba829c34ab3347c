"""Pictures of the window, light and dark: `python packaging/screenshots.py OUT_DIR`.

The window, its store (in a throw-away folder), the starter model and its answers are real, so each
run gives other words and figures. With `--all` it takes every view instead, over made-up models
and conversations, the same on every computer: to look at them beside the design.
"""

import argparse
import logging
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QCursor, QFont, QFontDatabase
from PySide6.QtWidgets import QApplication, QDialog, QWidget

import made_up
from desktop.app import Desktop
from desktop.pair_model import Phase
from desktop.settings import DRAFT, TARGET, Settings
from desktop.theme import ThemeChoice
from desktop.views.main_window import MainWindow
from desktop.views.model_filters import ModelFilters
from desktop.views.model_list import ModelListView
from engine import paths
from engine.config import Mode
from engine.library.starter import is_starter_ready

WIDE: Final = (1280, 800)
NARROW: Final = (900, 600)
SMALL_TREE: Final = 8
QUESTIONS: Final = (
    "What is photosynthesis? Answer in two sentences.",
    "Write a Python function that adds two numbers.",
)
"""Such that a model of 135 million parameters answers them shortly and well, most of the time."""


def wait(milliseconds: int = 250) -> None:
    """Let the window settle."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def picture(widget: QWidget, folder: Path, name: str) -> None:
    """Save what `widget` shows."""
    wait()
    path = folder / f"{name}.png"
    if not widget.grab().save(str(path)):
        raise OSError(f"{path} could not be written")


def load(desktop: Desktop) -> None:
    """Wait until the models are loaded."""
    while desktop.pair.phase is not Phase.READY:
        if desktop.pair.error:
            raise desktop.pair.error
        wait(20)


def take_real(application: QApplication, folder: Path) -> None:
    """The window after a short conversation with the starter model, in both themes."""
    desktop = Desktop(application)
    # So small a model gains nothing from a draft: the tree has to be asked for, and kept small.
    desktop.pair.speculate(mode=Mode.TREE, budget=SMALL_TREE)
    QCursor.setPos(0, 0)  # No message is hovered.
    desktop.window.resize(*WIDE)
    desktop.start()
    load(desktop)
    for question in QUESTIONS:
        desktop.chat.send(question)
        while desktop.chat.run:
            wait(20)
    for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK):
        desktop.theme.choose(choice)
        picture(desktop.window, folder, f"main-{choice}")
    desktop.shutdown()


def take_dialog(window: MainWindow, folder: Path, choice: ThemeChoice) -> None:
    """The model dialog: its three lists."""
    dialog = window.open_models()
    wait(500)
    picture(dialog, folder, f"models-{choice}")
    (filters,) = dialog.findChildren(ModelFilters)
    filters.show_tab(1)
    picture(dialog, folder, f"catalogue-{choice}")
    filters.show_tab(2)
    filters.search.setText("qwen3")
    filters.submitted.emit()
    wait()
    results = next(
        view
        for view in dialog.findChildren(ModelListView)
        if view.accessibleName() == "Search results"
    )
    results.clicked.emit(results.model().index(0, 0))
    picture(dialog, folder, f"hub-{choice}")
    dialog.reject()


def take_conversations(window: MainWindow, folder: Path, choice: ThemeChoice) -> None:
    """Search, trash, import, export, and how a conversation is answered."""
    sidebar = window.sidebar
    sidebar.search.field.setText("count")
    sidebar.search.field.search_now()
    picture(window, folder, f"search-{choice}")
    sidebar.search.field.clear()
    sidebar.show_trash()
    picture(window, folder, f"trash-{choice}")
    sidebar.trash.left.emit()
    dialogs: dict[str, Callable[[], QDialog]] = {
        "export": window.desk.open_export,
        "import": window.desk.open_import,
        "setup": window.page.composer.open_setup,
    }
    for name, open_dialog in dialogs.items():
        dialog = open_dialog()
        wait()
        picture(dialog, folder, f"{name}-{choice}")
        dialog.reject()


def take_all(application: QApplication, folder: Path) -> None:
    """Every view in both themes, over made-up models and conversations."""
    made_up.fill(paths.data_dir() / "conversations.sqlite")
    settings = Settings(paths.config_dir() / paths.SETTINGS_NAME)
    settings.set(TARGET, str(made_up.TARGET_FILE))
    settings.set(DRAFT, str(made_up.DRAFT_FILE))
    desktop = Desktop(
        application,
        opener=made_up.open_session,
        library=made_up.Library(),
        planner=made_up.Planner(),
        hub=made_up.Hub(),
    )
    window = desktop.window
    desktop.start()
    load(desktop)
    newest = desktop.conversations.summaries()[0].id
    for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK):
        desktop.theme.choose(choice)
        window.resize(*WIDE)
        desktop.chat.open(newest)
        picture(window, folder, f"main-{choice}")
        take_dialog(window, folder, choice)
        take_conversations(window, folder, choice)
        desktop.chat.open(None)
        picture(window, folder, f"empty-{choice}")
        desktop.chat.open(newest)
        window.resize(*NARROW)
        picture(window, folder, f"narrow-{choice}")
        desktop.conversations.trash(desktop.conversations.summaries()[-1].id)
        window.side.toggle()
        picture(window, folder, f"drawer-{choice}")
        desktop.conversations.undo()
        window.side.close_drawer()
    window.resize(*WIDE)
    desktop.chat.send(made_up.THIRD_QUESTION)
    wait(600)
    picture(window, folder, "streaming-dark")
    desktop.theme.choose(ThemeChoice.LIGHT)
    picture(window, folder, "streaming-light")
    window.side.show_tree(shown=True)
    window.tree.slider.setValue(made_up.ROUND_WITH_TREE)
    for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK):
        desktop.theme.choose(choice)
        picture(window, folder, f"tree-{choice}")
    desktop.chat.stop()
    desktop.shutdown()


def main() -> int:
    """Write the pictures into the folder named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="OUT_DIR")
    parser.add_argument("--all", action="store_true", help="every view, with made-up content")
    arguments = parser.parse_args()
    if not arguments.all and not is_starter_ready():
        sys.exit("The starter model is not on this computer. `make run` fetches it.")
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["OUTRIDER_HOME"] = home
        # What llama.cpp says about each tensor is for the app's log file.
        logging.getLogger("outrider").addHandler(logging.NullHandler())
        application = QApplication(sys.argv[:1])
        if "Inter" in QFontDatabase.families():
            application.setFont(QFont("Inter", 10))
        take = take_all if arguments.all else take_real
        take(application, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
