"""What the commands share: the store, ids as people type them, output for people and programs."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, TypeAlias

from desktop.conversations.place import conversations_file
from desktop.conversations.store import ConversationStore
from engine.errors import BadSetting, OutriderError
from engine.library.printable import printable

SHORT_ID: Final = 8
"""Characters of an id that `list` prints; any unique beginning of an id will do."""
_LINE: Final = 1000

Parsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  has no other


class UnknownConversation(OutriderError):
    """No conversation has this id, or several begin with it."""

    title = "The conversation is not there"


@contextmanager
def opened_store() -> Iterator[ConversationStore]:
    """The person's conversations; what must be told about the file goes to stderr."""
    store = ConversationStore(conversations_file())
    try:
        if store.notice:
            print(printable(store.notice, _LINE), file=sys.stderr)
        yield store
    finally:
        store.close()


def full_id(store: ConversationStore, beginning: str) -> str:
    """The id that begins so. Raises `UnknownConversation`."""
    found = [one.id for one in store.conversations() if one.id.startswith(beginning)]
    if len(found) == 1:
        return found[0]
    if beginning in found:
        return beginning
    what = "Several conversations have ids that begin" if found else "No conversation has an id"
    shown = printable(beginning)
    sentence = f"{what} with {shown}." if found else f"{what} that begins with {shown}."
    raise UnknownConversation(sentence, hint="`outrider conversations list` shows the ids.")


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json`: machine output on stdout."""
    parser.add_argument("--json", action="store_true", help="print JSON on stdout")


def print_json(value: Any) -> None:  # noqa: ANN401  whatever JSON can hold
    """One value on one line."""
    print(json.dumps(value))


def print_line(text: str) -> None:
    """One line for people, without what a terminal would obey."""
    print(printable(" ".join(text.split()), _LINE))


def day(seconds: float) -> str:
    """Such as 2026-11-23."""
    return f"{datetime.fromtimestamp(seconds):%Y-%m-%d}"


def seconds_of(text: str | None) -> float | None:
    """The beginning of a day in Unix seconds. Raises `BadSetting`."""
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise BadSetting(
            f"{printable(text)} is not a day.", hint="Write it as 2026-11-23."
        ) from error
