"""What an import found or did, in sentences."""

from collections.abc import Iterator
from typing import Final

from desktop.conversations.importing.detect import READERS
from desktop.conversations.importing.run import ImportProgress, ImportReport
from desktop.conversations.words import counted

_APPS: Final = {reader.name: reader.title for reader in READERS}
_TROUBLES_SHOWN: Final = 20


def headline(report: ImportReport, *, done: bool) -> str:
    """How many conversations there are to add, or were added."""
    if not report.added:
        return "Nothing new is in these files." if report.duplicates else "Nothing can be imported."
    conversations = counted(report.added, "conversation")
    messages = counted(report.messages, "message")
    return f"{conversations} with {messages} {'added' if done else 'can be added'}."


def details(report: ImportReport) -> Iterator[str]:
    """What else there is to know, one sentence a line."""
    apps = [f"{_APPS.get(app, app)} ({count:,})" for app, count in report.apps.most_common()]
    if apps:
        yield f"From: {', '.join(apps)}."
    if report.attachments:
        yield f"With {counted(report.attachments, 'attachment')}."
    if report.duplicates:
        yield f"{report.duplicates:,} left out: in Outrider already, or twice in these files."
    if report.empty:
        yield f"{report.empty:,} left out: without a message."
    for what, times in report.left_out.most_common():
        yield f"Cannot be carried over: {what} ({times:,})."
    if report.unreadable:
        yield f"{report.unreadable:,} cannot be read:"
    for trouble in report.troubles[:_TROUBLES_SHOWN]:
        yield f"    {trouble.where}: {trouble.reason}"
    if len(report.troubles) > _TROUBLES_SHOWN:
        yield f"    and {report.unreadable - _TROUBLES_SHOWN:,} more"


def reading(progress: ImportProgress, *, done: bool) -> str:
    """What the import does now."""
    verb = "Adding" if done else "Reading"
    found = counted(progress.conversations, "conversation")
    return f"{verb} {progress.path.name}: {found}"
