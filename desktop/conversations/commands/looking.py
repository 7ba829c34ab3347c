"""`list` and `search`: what is there, and where a text stands."""

import argparse
from typing import Any

from desktop.conversations.commands.sharing import (
    SHORT_ID,
    Parsers,
    add_json,
    day,
    opened_store,
    print_json,
    print_line,
    seconds_of,
)
from desktop.conversations.search import Filters, Hit
from desktop.conversations.store import ConversationStore
from desktop.conversations.values import ConversationSummary
from engine.errors import BadSetting
from engine.library.printable import printable


def add_parsers(commands: Parsers) -> None:
    """`list` and `search TEXT`."""
    listing = commands.add_parser("list", help="the conversations, newest first")
    listing.add_argument("--trash", action="store_true", help="those in the trash instead")
    add_json(listing)
    listing.set_defaults(run=run_list)
    search = commands.add_parser(
        "search",
        help="find a text in titles and messages",
        description="All words must occur, anywhere in words; in quotation marks they must stand "
        "together. Titles come first, then messages, each newest first.",
    )
    search.add_argument("text", metavar="TEXT")
    search.add_argument("--folder", metavar="NAME", help="only in this folder")
    search.add_argument("--tag", metavar="TAG", help="only conversations with this tag")
    search.add_argument("--model", metavar="NAME", help="only where this model answered")
    search.add_argument("--since", metavar="DAY", help="from this day on, as 2026-11-23")
    search.add_argument("--until", metavar="DAY", help="before this day")
    add_json(search)
    search.set_defaults(run=run_search)


def run_list(args: argparse.Namespace) -> None:
    """Print a line, or an object, for each conversation."""
    with opened_store() as store:
        found = store.in_trash() if args.trash else store.conversations()
        folders = {folder.id: folder.name for folder in store.folders.all()}
    if args.json:
        print_json([_facts(one, folders.get(one.folder_id or "", "")) for one in found])
        return
    for one in found:
        print_line(f"{one.id[:SHORT_ID]}  {day(one.updated_at)}  {one.title or '(no title)'}")


def run_search(args: argparse.Namespace) -> None:
    """Print a line, or an object, for each hit. Raises `BadSetting`."""
    with opened_store() as store:
        hits = store.search(args.text, _filters(store, args))
    if args.json:
        print_json([_hit_facts(hit) for hit in hits])
        return
    for hit in hits:
        where = "" if hit.message_id is None else f"{hit.title or '(no title)'}: "
        print_line(f"{hit.conversation_id[:SHORT_ID]}  {day(hit.at)}  {where}{hit.snippet.text}")


def _filters(store: ConversationStore, args: argparse.Namespace) -> Filters:
    return Filters(
        folder_id=None if args.folder is None else _folder_id(store, args.folder),
        tag=args.tag,
        model=args.model,
        since=seconds_of(args.since),
        until=seconds_of(args.until),
    )


def _folder_id(store: ConversationStore, name: str) -> str:
    for folder in store.folders.all():
        if folder.name == name:
            return folder.id
    raise BadSetting(f"There is no folder {printable(name)}.")


def _facts(one: ConversationSummary, folder: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "updated_at": one.updated_at,
        "folder": folder,
        "pinned": one.pinned,
        "tags": list(one.tags),
        "interrupted": one.interrupted,
    }


def _hit_facts(hit: Hit) -> dict[str, Any]:
    return {
        "conversation_id": hit.conversation_id,
        "title": hit.title,
        "message_id": hit.message_id,
        "role": hit.role,
        "at": hit.at,
        "snippet": hit.snippet.text,
        "marks": [[mark.start, mark.end] for mark in hit.snippet.marks],
    }
