"""What a reader of another app's files is, and what all readers share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Final

from desktop.conversations.importing.bind import bound
from desktop.conversations.importing.case import Case
from desktop.conversations.importing.fields import text
from desktop.conversations.importing.json_stream import Json, JsonObject, JsonStream, Refused
from desktop.conversations.importing.parsed import (
    Imported,
    Parsed,
    ParsedConversation,
    ParsedMessage,
    Unreadable,
)
from desktop.conversations.importing.sources import Reading, Source
from desktop.conversations.importing.tree import as_shown, sound_tree, without_system_prompt
from engine.events import Role
from engine.language import tr

MOST_BYTES: Final = 256 << 20
"""Of one conversation whose messages are records of their own: they are in memory together."""


@dataclass(frozen=True)
class Reader:
    """Knows the conversations of one app or form."""

    name: str
    """As in `--format` and in a conversation's source."""
    title: str
    """As a person calls it."""
    patterns: tuple[str, ...]
    """Which files of a folder or an archive may be its; a single file may have any name."""
    recognises: Callable[[JsonObject], bool]
    """Whether the first object in a file is one of its own; it may be cut short."""
    read: Callable[[Reading, str], Iterator[Parsed]]
    """The conversations of one file. Raises `BadImport` where the file is damaged."""

    def may_read(self, source: Source, name: str) -> bool:
        """Whether the file may be its, as far as the name tells."""
        plain = PurePosixPath(name).name.lower()
        return source.is_single or any(fnmatchcase(plain, pattern) for pattern in self.patterns)


Convert = Callable[[JsonObject, Case], Imported]


def each_record(
    reading: Reading, name: str, convert: Convert, *, key: str = ""
) -> Iterator[Parsed]:
    """Converts one object of the file after the other."""
    with reading.open(name) as file:
        for number, record in enumerate(JsonStream(file, key=key), start=1):
            if isinstance(record, dict):
                yield convert(record, Case(reading))
            else:
                yield unreadable(tr("conversation {number}").format(number=number), record)


def unreadable(where: str, record: object) -> Unreadable:
    """For what stands where a conversation should be."""
    reason = record.reason if isinstance(record, Refused) else tr("It is no conversation.")
    return Unreadable(where, reason)


def planted(conversation: ParsedConversation, nodes: list[ParsedMessage], case: Case) -> Imported:
    """The conversation with its nodes as a tree, ready for the store."""
    tree = as_shown(sound_tree(nodes, conversation.current_id))
    prompt = conversation.system_prompt
    if not prompt:
        tree, prompt = without_system_prompt(tree)
    return bound(
        replace(
            conversation,
            messages=tree.messages,
            current_id=tree.current_id,
            system_prompt=prompt,
            left_out={**case.left_out(), **tree.mended},
        ),
        case.moment,
    )


def chained(nodes: list[ParsedMessage]) -> list[ParsedMessage]:
    """The nodes of an app without branches, each under the one before it."""
    above = (None, *(node.id for node in nodes))
    return [replace(node, parent_id=id_) for node, id_ in zip(nodes, above, strict=False)]


_ROLES: Final = {
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
    "user": Role.USER,
    "human": Role.USER,
}


def role_of(name: Json) -> Role:
    """Who wrote it; whoever is neither the person nor the system had a part in the reply."""
    return _ROLES.get(text(name).lower(), Role.ASSISTANT)
