"""What an import found or did, in sentences."""

from collections.abc import Iterator
from typing import Final

from desktop.conversations import words
from desktop.conversations.importing.detect import READERS
from desktop.conversations.importing.run import ImportProgress, ImportReport
from engine.language import tr, trn, whole

_APPS: Final = {reader.name: reader.title for reader in READERS}
_TROUBLES_SHOWN: Final = 20


def headline(report: ImportReport, *, done: bool) -> str:
    """How many conversations there are to add, or were added."""
    if report.added:
        sentence = (
            tr("{conversations} with {messages} added.")
            if done
            else tr("{conversations} with {messages} can be added.")
        )
        return sentence.format(
            conversations=words.conversations(report.added),
            messages=words.messages(report.messages),
        )
    if report.duplicates:
        return tr("Nothing new is in these files.")
    return tr("Nothing can be imported.")


def details(report: ImportReport) -> Iterator[str]:
    """What else there is to know, one sentence a line."""
    apps = [f"{_APPS.get(app, app)} ({whole(count)})" for app, count in report.apps.most_common()]
    if apps:
        yield tr("From: {apps}.").format(apps=", ".join(apps))
    if count := report.attachments:
        yield trn("With {count} attachment.", "With {count} attachments.", count).format(
            count=whole(count)
        )
    if report.duplicates:
        yield tr("{count} left out: in Outrider already, or twice in these files.").format(
            count=whole(report.duplicates)
        )
    if report.empty:
        yield tr("{count} left out: without a message.").format(count=whole(report.empty))
    for what, times in report.left_out.most_common():
        yield tr("Cannot be carried over: {what} ({times}).").format(what=what, times=whole(times))
    if report.unreadable:
        yield tr("{count} cannot be read:").format(count=whole(report.unreadable))
    for trouble in report.troubles[:_TROUBLES_SHOWN]:
        yield f"    {trouble.where}: {trouble.reason}"
    if len(report.troubles) > _TROUBLES_SHOWN:
        more = whole(report.unreadable - _TROUBLES_SHOWN)
        yield f"    {tr('and {count} more').format(count=more)}"


def reading(progress: ImportProgress, *, done: bool) -> str:
    """What the import does now."""
    sentence = tr("Adding {name}: {found}") if done else tr("Reading {name}: {found}")
    found = words.conversations(progress.conversations)
    return sentence.format(name=progress.path.name, found=found)
