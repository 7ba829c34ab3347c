"""Replies while they stream: who writes them, and which of them nobody goes on writing."""

from desktop.conversations.database import Database
from desktop.conversations.presence import Presence
from desktop.conversations.tree_writing import insert_notes
from desktop.conversations.values import MessageState, ReplyNotes


class Replies:
    """The replies of one store that stream."""

    def __init__(self, database: Database, presence: Presence | None) -> None:
        """`presence` None: nobody else can see these conversations."""
        self._database = database
        self._presence = presence

    def begin(self, message: int) -> None:
        """Own the message `message`, which has just become `STREAMING`."""
        if self._presence:
            self._presence.hold()
            self._database.change(
                "UPDATE message SET owner = ? WHERE number = ?", self._presence.id, message
            )

    def save(self, message_id: str, text: str) -> None:
        """Keep the whole text so far. Raises `LookupError` once `finish` has ended it.

        Nobody waits for the disk: where others write a lot, the window stood still for 50 ms.
        """
        with self._database.in_passing():
            self._write(message_id, MessageState.STREAMING, text)

    def finish(
        self, message_id: str, text: str, state: MessageState, notes: ReplyNotes | None
    ) -> tuple[int, int]:
        """Write the last text, the final state and the notes; the numbers of the message and
        its conversation. Raises `LookupError` when called again.
        """
        if state is MessageState.STREAMING:
            raise ValueError("a finished reply does not stream")
        self._write(message_id, state, text)
        row = self._database.rows(
            "SELECT number, conversation FROM message WHERE id = ?", message_id
        )[0]
        if notes is not None:
            insert_notes(self._database, row["number"], notes)
        return row["number"], row["conversation"]

    def _write(self, message_id: str, state: MessageState, text: str) -> None:
        # Interrupted: where files cannot be locked, another process may have judged wrongly.
        changed = self._database.change(
            """
            UPDATE message SET state = ?, text = ?
            WHERE id = ? AND state IN ('streaming', 'interrupted')
            """,
            *(state, text, message_id),
        )
        if not changed:
            raise LookupError(f"no reply {message_id} is under way")

    def mark_interrupted(self) -> None:
        """Mark what the dead left half-written. Writes nothing where there is none."""
        rows = self._database.rows("SELECT DISTINCT owner FROM message WHERE state = 'streaming'")
        for (owner,) in rows:
            if not (owner and self._presence and self._presence.is_alive(owner)):
                self._database.change(
                    "UPDATE message SET state = 'interrupted' "
                    "WHERE state = 'streaming' AND owner IS ?",
                    owner,
                )
