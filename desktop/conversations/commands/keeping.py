"""`backup` and `check`: a copy of the conversations file, and whether it is sound."""

import argparse
from contextlib import closing
from datetime import datetime
from pathlib import Path

from desktop.conversations import schema, words
from desktop.conversations.backup import back_up
from desktop.conversations.commands.sharing import Parsers, add_json, print_json, print_line
from desktop.conversations.database import Database
from desktop.conversations.place import conversations_file
from engine.cancel import CancelToken
from engine.commands.terminal import cancel_on_interrupt
from engine.errors import OutriderError


class NoConversations(OutriderError):
    """There is no conversations file yet."""

    title = "There are no conversations yet"


def add_parsers(commands: Parsers) -> None:
    """`backup DIR` and `check`."""
    backup = commands.add_parser("backup", help="copy all conversations to a folder, as one file")
    backup.add_argument("folder", metavar="DIR", type=Path)
    add_json(backup)
    backup.set_defaults(run=run_backup)
    check = commands.add_parser("check", help="whether the conversations file is sound")
    add_json(check)
    check.set_defaults(run=run_check)


def run_backup(args: argparse.Namespace) -> None:
    """Print the name of the copy. Raises `NoConversations`, `DiskTrouble`, `Cancelled`."""
    source = _existing_file()
    copy: Path = args.folder / f"{source.stem}-{datetime.now():%Y-%m-%d-%H%M%S}.sqlite"
    cancel = CancelToken()
    with cancel_on_interrupt(cancel):
        back_up(source, copy, cancel)
    if args.json:
        print_json({"file": str(copy), "bytes": copy.stat().st_size})
    else:
        print_line(str(copy))


def run_check(args: argparse.Namespace) -> None:
    """Print what is there. Raises `NoConversations`, `DamagedDatabase`; changes nothing."""
    path = _existing_file()
    with closing(Database(path)) as database:
        schema.check(database)
        schema.check_thoroughly(database)
        conversations, messages = schema.size(database)
    if args.json:
        facts = {"file": str(path), "sound": True}
        print_json(facts | {"conversations": conversations, "messages": messages})
    else:
        there = f"{words.conversations(conversations)}, {words.messages(messages)}"
        print_line(f"{path} is sound: {there}.")


def _existing_file() -> Path:
    path = conversations_file()
    if not path.exists():
        raise NoConversations("There are no conversations yet.")
    return path
