"""Conversations that a test of the window begins with."""

from collections.abc import Callable, Sequence

from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from tests.desktop.conversations.builders import linear_tree

MANY = 5_000
TALL_AND_SHORT = [
    f"number {number}\n\n" + "many words " * (number % 7 * 40) for number in range(MANY)
]
"""Messages of every height, more than a list should make widgets for."""


def show_conversation(app: Desktop, texts: Sequence[str]) -> None:
    """Store a conversation of these texts, you and the model in turn, and open it."""
    tree = linear_tree("Long", texts, notes=None)
    app.store.add_trees([tree])
    app.chat.open(tree.id)


def converse(qtbot: QtBot, app: Desktop, text: str = "Hello") -> None:
    """Send a message, and wait until it is answered."""
    app.chat.send(text)
    qtbot.waitUntil(lambda: app.chat.run is None)


def wait_for_rest(qtbot: QtBot, count: Callable[[], int]) -> None:
    """Until as many widgets are there for a while: all are made ahead, and far ones are gone."""
    counts: list[int] = []

    def same_as_before() -> bool:
        counts.append(count())
        return counts[-5:] == counts[-1:] * 5

    qtbot.waitUntil(same_as_before)
