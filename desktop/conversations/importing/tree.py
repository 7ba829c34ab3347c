"""Loose nodes of another app's file become a tree: whatever the file says, the result is sound.

Nothing is dropped that can be shown: a message whose parent is missing or whose parents run in a
circle stands as a first message.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from desktop.conversations.importing.json_stream import Json
from desktop.conversations.importing.parsed import ParsedMessage
from desktop.conversations.values import StoredMessage
from engine.events import Role
from engine.language import tr

Node = TypeVar("Node", ParsedMessage, StoredMessage)


@dataclass(frozen=True)
class SoundTree(Generic[Node]):
    """Messages, a parent before its children, otherwise in the order in which they came."""

    messages: tuple[Node, ...]
    current_id: str | None
    mended: Mapping[str, int]
    """What was wrong with the tree, and how often."""


def sound_tree(nodes: Iterable[Node], current_id: str | None) -> SoundTree[Node]:
    """The tree of the nodes. Without a usable `current_id`, the latest message is current."""
    by_id, doubled = _unique(nodes)
    parents = {id_: node.parent_id for id_, node in by_id.items()}
    orphans = [id_ for id_, parent in parents.items() if parent is not None and parent not in by_id]
    for id_ in orphans:
        parents[id_] = None
    circles = _break_circles(parents)
    # A part of a conversation, saved without what stood above it, has a root all the same.
    misplaced = len(orphans) if list(parents.values()).count(None) > 1 else 0
    messages = [
        replace(by_id[id_], id=id_, parent_id=parents[id_]) for id_ in _parents_first(parents)
    ]
    troubles = {
        tr("Messages with the id of another one: kept under new ids"): doubled,
        tr("Messages that follow a missing one: they stand first"): misplaced,
        tr("Messages that follow themselves: they stand first"): circles,
    }
    return SoundTree(
        tuple(messages),
        current_id if current_id in by_id else _newest(messages),
        {what: count for what, count in troubles.items() if count},
    )


def _unique(nodes: Iterable[Node]) -> tuple[dict[str, Node], int]:
    by_id: dict[str, Node] = {}
    doubled = 0
    for node in nodes:
        known = by_id.setdefault(node.id, node)
        if known is not node and known != node:
            doubled += 1
            by_id[_free_id(node.id, by_id)] = node
    return by_id, doubled


def _free_id(taken: str, by_id: Mapping[str, Node]) -> str:
    # Counted from the number of messages, so that many doubles do not make this quadratic.
    number = len(by_id)
    while (free := f"{taken}~{number}") in by_id:
        number += 1
    return free


def _break_circles(parents: dict[str, str | None]) -> int:
    """Make one message of each circle a first message; how many there are."""
    sound: set[str] = set()
    broken = 0
    for start in parents:
        walked: set[str] = set()
        here: str | None = start
        while here is not None and here not in sound and here not in walked:
            walked.add(here)
            here = parents[here]
        if here is not None and here in walked:
            parents[here] = None
            broken += 1
        sound |= walked
    return broken


def _parents_first(parents: dict[str, str | None]) -> Iterable[str]:
    placed: dict[str, None] = {}
    for start in parents:
        missing: list[str] = []
        here: str | None = start
        while here is not None and here not in placed:
            missing.append(here)
            here = parents[here]
        placed.update(dict.fromkeys(reversed(missing)))
    return placed


def _newest(messages: Sequence[Node]) -> str | None:
    """The latest message; of equals, the one that came last."""
    if not messages:
        return None
    return max(enumerate(messages), key=lambda item: (item[1].created_at or 0.0, item[0]))[1].id


def as_shown(tree: SoundTree[ParsedMessage]) -> SoundTree[ParsedMessage]:
    """The tree as the other app showed it.

    Empty nodes vanish, their children go to their parents. A reply in several nodes - thoughts,
    tool calls, what the tools gave, the text - becomes one message.
    """
    count = Counter(message.parent_id for message in tree.messages)
    shown: dict[str, list[ParsedMessage]] = {}
    above: dict[str, str | None] = {}
    into: dict[str | None, str | None] = {None: None}
    """Node to the message that it went to."""
    alone: dict[str | None, bool] = {None: False}
    """Whether no other node leads to the same message."""
    for node in tree.messages:
        parent = into[node.parent_id]
        alone[node.id] = alone[node.parent_id] and count[node.parent_id] == 1
        if node.is_empty:
            into[node.id] = parent
            continue
        if parent and alone[node.id] and _is_one_reply(shown[parent][-1], node):
            shown[parent].append(node)
        else:
            shown[node.id], above[node.id], parent = [node], parent, node.id
        into[node.id], alone[node.id] = parent, True
    messages = [_joined(parts, above[parts[0].id]) for parts in shown.values()]
    current_id = into[tree.current_id] or _newest(messages)
    return replace(tree, messages=tuple(messages), current_id=current_id)


def _is_one_reply(first: ParsedMessage, second: ParsedMessage) -> bool:
    return first.role is second.role is Role.ASSISTANT


def _joined(parts: list[ParsedMessage], parent_id: str | None) -> ParsedMessage:
    first, last = parts[0], parts[-1]
    if first is last:
        return replace(first, parent_id=parent_id)
    extras: list[Json] = [part.extra for part in parts if part.extra]
    return replace(
        last,
        id=first.id,
        parent_id=parent_id,
        text="\n\n".join(part.text for part in parts if part.text),
        thinking="\n\n".join(part.thinking for part in parts if part.thinking),
        created_at=first.created_at,
        model=next((part.model for part in reversed(parts) if part.model), ""),
        notes=next((part.notes for part in reversed(parts) if part.notes), None),
        files=tuple(file for part in parts for file in part.files),
        extra={"parts": extras} if extras else {},
    )


def without_system_prompt(
    tree: SoundTree[ParsedMessage],
) -> tuple[SoundTree[ParsedMessage], str]:
    """The tree without the system message that everything else follows, and that message."""
    roots = [message for message in tree.messages if message.parent_id is None]
    if len(roots) != 1 or roots[0].role is not Role.SYSTEM or roots[0].files:
        return tree, ""
    (prompt,) = roots
    messages = [
        replace(message, parent_id=None) if message.parent_id == prompt.id else message
        for message in tree.messages
        if message is not prompt
    ]
    current_id = _newest(messages) if tree.current_id == prompt.id else tree.current_id
    return replace(tree, messages=tuple(messages), current_id=current_id), prompt.text
