"""The logic of the chat: the conversation that is shown and the one reply that may stream.

Every message is on the disk before it is shown as sent. The reply may belong to another
conversation than the one shown: it goes on while the person reads elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from desktop.answering import Answering, Question
from desktop.conversations.changes import Change, Kind
from desktop.conversations.store import ConversationStore
from desktop.conversations.titles import title_from
from desktop.conversations.tree_writing import Contents
from desktop.conversations.trees import NO_CONTENTS
from desktop.conversations.values import Attachment, MessageState, StoredMessage
from desktop.engine_thread import EngineThread
from desktop.history import history
from desktop.joined_notes import is_cut_off
from desktop.pair_model import PairModel
from desktop.patient_writes import caught_up
from desktop.reply_run import ReplyRun
from desktop.rounds import ReplyRound
from desktop.shown_conversation import Place, ShownConversation
from engine.events import ChatMessage, Role


@dataclass(frozen=True)
class ShownMessage:
    """A message of the current path, and its place among its branches (both from 1)."""

    message: StoredMessage
    branch: int
    branches: int


class ChatModel(ShownConversation):
    """Send, stop, regenerate, go on, edit, and switch branches.

    Signals besides those of `ShownConversation`:
        reply_streamed: the streaming reply of the conversation shown grew; once a frame
        busy_changed: a reply began or ended, or the engine became able or unable to answer
        reply_ended(StoredMessage): in whichever conversation
        noticed(str): a sentence that is no failure
    """

    reply_streamed = Signal()
    busy_changed = Signal()
    reply_ended = Signal(object)
    noticed = Signal(str)

    def __init__(
        self,
        store: ConversationStore,
        engine: EngineThread,
        pair: PairModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(store, parent)
        self._pair = pair
        self._could_answer = False
        self._is_sending = False
        """A message is on its way to the disk."""
        self._answering = Answering(engine, self)
        self.leaving.connect(self._stop_temporary)
        self._answering.changed.connect(self._reply_changed)
        self._answering.grew.connect(self._show_growth)
        self._answering.ended.connect(self.reply_ended)
        self._answering.failed.connect(self.failed)
        self._answering.noticed.connect(self.noticed)
        self._writes.changed.connect(self._could_write)
        for writes in (self._writes, self._answering.writes):
            writes.caught_up.connect(lambda: self.noticed.emit(caught_up()))
        pair.load_requested.connect(self.stop)
        pair.changed.connect(self._pair_changed)

    # What is shown

    @property
    def run(self) -> ReplyRun | None:
        """The reply that streams now, in whichever conversation."""
        return self._answering.run

    @property
    def shown_run(self) -> ReplyRun | None:
        """The reply that streams in the conversation shown."""
        run = self.run
        return run if run and run.message.conversation_id == self.conversation_id else None

    @property
    def can_answer(self) -> bool:
        """Whether a reply can begin now."""
        begins = self._is_sending or self._answering.is_beginning
        return self.run is None and self._pair.info is not None and not begins

    def last_message(self) -> StoredMessage | None:
        """The end of the current path."""
        path = self._path()
        return self._answering.newest(path[-1]) if path else None

    def messages(self) -> list[ShownMessage]:
        """The current path, root to leaf."""
        branches = self._branches()
        return [self._shown(message, branches[message.id]) for message in self._path()]

    def rounds(self, message: StoredMessage) -> Sequence[ReplyRound]:
        """The rounds of a reply, as far as they are known; it may still stream."""
        return self._answering.rounds(message)

    # What the person does

    def send(
        self,
        text: str,
        attachments: Sequence[Attachment] = (),
        contents: Contents = NO_CONTENTS,
    ) -> bool:
        """Add `text` at the end and answer it. False: it was not saved.

        `contents` has the bytes of attachments that the store does not keep yet.
        """
        last = self.last_message()
        return self._say(text, last.id if last else None, attachments, contents)

    def edit(self, message_id: str, text: str) -> bool:
        """Say `text` instead of an earlier message, as a new branch. False: it was not saved."""
        message = self._message(message_id)
        return self._say(text, message.parent_id, message.attachments)

    def regenerate(self, message_id: str) -> None:
        """Answer a message again, or what a reply answers; what is there stays as a branch."""
        message = self._message(message_id)
        parent_id = message.id if message.role is Role.USER else message.parent_id
        if parent_id and self.can_answer:
            self._answer(self._place, parent_id)

    def can_go_on(self, message: StoredMessage) -> bool:
        """Whether this is a reply at the end of the path that was cut off."""
        last = self.last_message()
        return last is not None and last.id == message.id and is_cut_off(message)

    def go_on(self, reply_id: str) -> None:
        """Let the reply `reply_id` go on where it was cut off, in the same message."""
        reply = self._message(reply_id)
        if reply.parent_id and self.can_answer and self.can_go_on(self._answering.newest(reply)):
            self._answer(self._place, reply.parent_id, begun=reply_id)

    def answer(self) -> None:
        """Answer the last message, if it is the person's and nothing answered it yet."""
        last = self.last_message()
        if last and last.role is Role.USER and self.can_answer:
            self._answer(self._place, last.id)

    def asked(self, text: str, message_id: str | None = None) -> list[ChatMessage]:
        """What a model would read to answer the message `message_id`; without one, to answer
        `text` at the end of the path."""
        path = list(map(self._answering.newest, self._path()))
        last_id = message_id or (path[-1].id if path else "")
        messages = history(path, last_id, self.setup().system_prompt)
        return messages if message_id else [*messages, ChatMessage(Role.USER, text)]

    def edit_reply(self, reply_id: str, text: str) -> bool:
        """Let the model have said `text` instead, as a new branch. False: it was not saved."""
        reply = self._message(reply_id)
        if not reply.parent_id or not text.strip():
            return False
        return self.keep_answer(replace(reply, text=text, notes=None), "", reply.parent_id)

    def delete(self, message_id: str) -> bool:
        """Take a message and all that follows it away; can be undone. False: it is still there."""
        if self.shown_run:
            self.stop()
        store = self._store

        def tell() -> None:
            self.path_changed.emit()
            self.list_changed.emit()

        return self._write(lambda: store.delete_message(message_id), tell)

    def refresh(self, undone: Change | None = None) -> None:
        """Something was taken back: show the path as it is, and stop a reply that left it."""
        if undone and undone.kind is Kind.CONTINUE:
            self._answering.forget_rounds()
        self._forget_path()
        run = self.shown_run
        under_way = {one.id for one in self._path() if one.state is MessageState.STREAMING}
        if run and run.message.id not in under_way:
            self.stop()
        self.path_changed.emit()

    def stop(self) -> None:
        """Stop the reply that streams; what there is of it stays."""
        self._answering.stop()

    def close(self) -> None:
        """End everything because the window closes."""
        self._answering.close()
        self._writes.finish()
        if self.is_temporary:
            self._store.close()

    def save_again(self) -> None:
        """Try once more to save what a failing or locked disk did not take."""
        self._writes.try_again()
        self._answering.save_again()
        self._forget_path()

    # Answering

    def _say(
        self,
        text: str,
        parent_id: str | None,
        attachments: Sequence[Attachment],
        contents: Contents = NO_CONTENTS,
    ) -> bool:
        if not text.strip() or not self.can_answer:
            return False
        place, files = self._place, tuple(attachments)
        saved: list[StoredMessage] = []

        def save() -> None:
            message = place.store.add_user_message(
                place.made(title_from(text)),
                text,
                parent_id=parent_id,
                attachments=files,
                contents=contents,
            )
            saved.append(message)

        self._is_sending = True
        accepted = self._write(save, lambda: self._answer(place, saved[0].id))
        self._is_sending = self._is_sending and accepted
        return accepted

    def _answer(self, place: Place, parent_id: str, *, begun: str | None = None) -> None:
        self._is_sending = False
        info, conversation_id = self._pair.info, place.conversation_id
        if info is None or conversation_id is None:
            return
        setup = place.store.setup(conversation_id)
        path = self._path() if place is self._place else place.store.path(conversation_id)
        newest = map(self._answering.newest, path)
        messages = history(newest, begun or parent_id, setup.system_prompt)
        sampling = setup.sampling or self._pair.sampling
        question = Question(
            conversation_id, parent_id, messages, sampling, begun, temporary=place.is_temporary
        )
        self._answering.start(place.store, question, info)

    # Helpers

    def _stop_temporary(self) -> None:
        """Its store ends with it, so nothing could take the rest of the reply."""
        if self.is_temporary and self.shown_run:
            self.stop()

    def _reply_changed(self) -> None:
        self._forget_path()
        self.busy_changed.emit()
        self.path_changed.emit()
        self.list_changed.emit()

    def _could_write(self) -> None:
        """Something waits for the disk, so that nothing can be answered; or it waits no more."""
        self._forget_path()
        self.busy_changed.emit()

    def _pair_changed(self) -> None:
        """Loading reports often; only its beginning and end matter here."""
        if self.can_answer != self._could_answer:
            self._could_answer = self.can_answer
            self.busy_changed.emit()

    def _shown(self, message: StoredMessage, branches: Sequence[str]) -> ShownMessage:
        branch = branches.index(message.id) + 1
        return ShownMessage(self._answering.newest(message), branch, len(branches))

    def _message(self, message_id: str) -> StoredMessage:
        return next(message for message in self._path() if message.id == message_id)

    def _show_growth(self) -> None:
        if self.shown_run:
            self.reply_streamed.emit()
