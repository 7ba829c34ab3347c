"""What the conversations file needs once a day, done beside the work on a connection of its own."""

import time
from contextlib import closing
from datetime import date
from pathlib import Path

from desktop.conversations import schema
from desktop.conversations.backup import daily_backup, todays_backup
from desktop.conversations.database import Database
from desktop.conversations.trash import empty_trash
from engine.cancel import CancelToken


def keep_up(path: Path, cancel: CancelToken) -> None:
    """Check the file and copy it, if today's copy is missing; then empty the trash.

    A damaged file is never copied, because its copy would push out a good one. Raises
    `DamagedDatabase`, and the next start saves what can be read; `DiskTrouble` where the copy
    cannot be written; `Cancelled`.
    """
    today = date.fromtimestamp(time.time())
    with closing(Database(path)) as database:
        database.make_durable()
        database.enforce_references()
        if not todays_backup(path, today).exists():
            schema.check_pages(database)
            daily_backup(path, today, cancel)
        empty_trash(database, time.time(), cancel)
