"""`import` and `export`: conversations from and to other programs."""

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from desktop.conversations import words
from desktop.conversations.commands.sharing import (
    Parsers,
    add_json,
    full_id,
    opened_store,
    print_json,
    print_line,
)
from desktop.conversations.export import ExportFormat, Extent, Job, export_many
from desktop.conversations.formats.forms import FORMS, Forms
from desktop.conversations.importing.run import ImportProgress, ImportReport, import_files
from engine.cancel import CancelToken
from engine.commands.terminal import cancel_on_interrupt, clear_line, show_line
from engine.errors import BadSetting, OutriderError
from engine.library.printable import printable

FormsOf = Callable[[], Forms]


class NothingImported(OutriderError):
    """No file held a conversation that could be read."""

    title = "Nothing was imported"


def add_parsers(commands: Parsers, all_forms: FormsOf) -> None:
    """`import FILE...` and `export (--all | ID...)`."""
    importing = commands.add_parser("import", help="add conversations from files of any known app")
    importing.add_argument("files", metavar="FILE", nargs="+", type=Path)
    importing.add_argument("--dry-run", action="store_true", help="only say what would be added")
    add_json(importing)
    importing.set_defaults(run=run_import)
    export = commands.add_parser("export", help="write conversations to files")
    export.add_argument("ids", metavar="ID", nargs="*", help="a unique beginning will do")
    export.add_argument("--all", action="store_true", help="all conversations")
    formats = [one.value for one in ExportFormat]
    export.add_argument("--format", choices=formats, required=True, help="what to write")
    export.add_argument("--output", metavar="DIR", type=Path, required=True, help="where to")
    extents = [one.value for one in Extent]
    export.add_argument("--extent", choices=extents, default=Extent.PATH.value, help="how much")
    add_json(export)
    export.set_defaults(run=lambda args: run_export(args, all_forms))


def run_import(args: argparse.Namespace) -> None:
    """Print what was added, or would be. Raises `NothingImported`, `DiskTrouble`, `Cancelled`."""
    cancel = CancelToken()
    with opened_store() as store, cancel_on_interrupt(cancel):
        report = import_files(
            args.files, store, dry_run=args.dry_run, progress=_show_import, cancel=cancel
        )
    clear_line()
    if args.json:
        print_json(_facts(report))
    else:
        for line in _report_lines(report, dry_run=args.dry_run):
            print_line(line)
    if report.unreadable and not (report.added or report.duplicates):
        raise NothingImported("Nothing in these files could be read.")


def run_export(args: argparse.Namespace, all_forms: FormsOf) -> None:
    """Print the files. Raises `BadSetting`, `UnknownConversation`, `DiskTrouble`, `Cancelled`."""
    if bool(args.ids) == args.all:
        raise BadSetting("Name the conversations to export, or add --all.")
    cancel = CancelToken()
    with opened_store() as store, cancel_on_interrupt(cancel):
        ids = (
            [one.id for one in store.conversations()]
            if args.all
            else [full_id(store, beginning) for beginning in args.ids]
        )
        forms = all_forms() if args.format == ExportFormat.PDF else FORMS
        job = Job(ExportFormat(args.format), Extent(args.extent), forms, _show_export, cancel)
        files = export_many(store, ids, job, args.output)
    clear_line()
    if args.json:
        print_json({"conversations": len(ids), "files": [str(file) for file in files]})
        return
    for file in files:
        print_line(str(file))


def _show_import(progress: ImportProgress) -> None:
    part = progress.bytes_read / progress.bytes_total if progress.bytes_total else 1.0
    found = words.conversations(progress.conversations)
    show_line(f"Reading {printable(progress.path.name)}: {part:.0%}, {found}")


def _show_export(done: int, total: int) -> None:
    show_line(f"Writing: {done:,} of {total:,} conversations")


def _report_lines(report: ImportReport, *, dry_run: bool) -> Iterable[str]:
    verb = "Would add" if dry_run else "Added"
    conversations = words.conversations(report.added)
    yield f"{verb} {conversations} with {words.messages(report.messages)}."
    if report.duplicates:
        yield f"There already: {report.duplicates:,}."
    if report.empty:
        yield f"Left out, because they hold no message: {report.empty:,}."
    if report.unreadable:
        yield f"Not readable: {report.unreadable:,}."
    for trouble in report.troubles:
        yield f"  {trouble.where}: {trouble.reason}"
    for what, times in report.left_out.most_common():
        yield f"Not carried over: {what} ({times:,})"


def _facts(report: ImportReport) -> dict[str, Any]:
    return {
        "added": report.added,
        "messages": report.messages,
        "attachments": report.attachments,
        "duplicates": report.duplicates,
        "empty": report.empty,
        "unreadable": report.unreadable,
        "apps": dict(report.apps),
        "left_out": dict(report.left_out),
        "troubles": [{"where": one.where, "reason": one.reason} for one in report.troubles],
    }
