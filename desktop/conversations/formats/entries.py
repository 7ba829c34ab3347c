"""Which messages a readable format shows, in which order, and what it says of their place."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from desktop.conversations.values import ConversationTree, StoredMessage
from engine.language import tr


class Extent(StrEnum):
    """How much of a conversation a readable format shows."""

    PATH = "path"
    """What the window shows."""
    TREE = "tree"
    """Every branch."""


@dataclass(frozen=True)
class Entry:
    """One message in the order of reading."""

    message: StoredMessage
    number: int | None = None
    """From 1; None where only the current path is shown."""
    place: str = ""
    """Which branch it begins: "branch 2 of 3, after message 4"."""


def entries(tree: ConversationTree, extent: Extent) -> list[Entry]:
    """The messages to show: a branch is read to its end before the next one begins."""
    if extent is Extent.PATH:
        return [Entry(message) for message in tree.path()]
    return list(_numbered(tree))


def _numbered(tree: ConversationTree) -> Iterator[Entry]:
    children: defaultdict[str | None, list[StoredMessage]] = defaultdict(list)
    for message in tree.messages:
        children[message.parent_id].append(message)
    numbers: dict[str | None, int] = {}
    waiting = _places(children[None], None)
    while waiting:
        message, place = waiting.pop()
        numbers[message.id] = len(numbers) + 1
        yield Entry(message, numbers[message.id], place)
        waiting += _places(children[message.id], numbers[message.id])


def _places(
    siblings: Sequence[StoredMessage], above: int | None
) -> list[tuple[StoredMessage, str]]:
    """The siblings with their places, the first one last."""
    count = len(siblings)
    places = [_place(index, count, above) if count > 1 else "" for index in range(1, count + 1)]
    return list(zip(siblings, places, strict=True))[::-1]


def _place(index: int, count: int, above: int | None) -> str:
    if above is None:
        return tr("branch {index} of {count}").format(index=index, count=count)
    return tr("branch {index} of {count}, after message {above}").format(
        index=index, count=count, above=above
    )
