"""The logic of the chat: the conversation that is shown and the one reply that may stream.

Every message is on the disk before it is shown as sent. The reply may belong to another
conversation than the one shown: it goes on while the person reads elsewhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop.answering import Answering, Question
from desktop.conversations.store import ConversationStore
from desktop.conversations.titles import title_from
from desktop.conversations.values import StoredMessage
from desktop.engine_thread import EngineThread
from desktop.pair_model import PairModel
from desktop.reply_run import ReplyRun
from desktop.rounds import ReplyRound
from engine.errors import DiskTrouble
from engine.events import ChatMessage, Role


@dataclass(frozen=True)
class ShownMessage:
    """A message of the current path, and its place among its branches (both from 1)."""

    message: StoredMessage
    branch: int
    branches: int


class ChatModel(QObject):
    """Send, stop, regenerate, edit, and switch branches.

    Signals:
        leaving: another conversation is about to be shown; what belongs to this one is saved now
        conversation_changed: another conversation is shown
        path_changed: messages were added, finished or switched in the conversation shown
        reply_streamed: the streaming reply of the conversation shown grew; once a frame
        busy_changed: a reply began or ended, or the engine became able or unable to answer
        list_changed: titles, order or state of the list of conversations changed
        failed(OutriderError)
        noticed(str): a sentence that is no failure
    """

    leaving = Signal()
    conversation_changed = Signal()
    path_changed = Signal()
    reply_streamed = Signal()
    busy_changed = Signal()
    list_changed = Signal()
    failed = Signal(object)
    noticed = Signal(str)

    def __init__(
        self,
        store: ConversationStore,
        engine: EngineThread,
        pair: PairModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._kept = store
        self._temporary: ConversationStore | None = None
        self._pair = pair
        self._could_answer = False
        self._answering = Answering(engine, self)
        self.conversation_id: str | None = None
        """The conversation shown; None is a new one that nothing was sent to."""
        self._answering.changed.connect(self._reply_changed)
        self._answering.grew.connect(self._show_growth)
        self._answering.failed.connect(self.failed)
        self._answering.noticed.connect(self.noticed)
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
        return self.run is None and self._pair.info is not None

    def last_message(self) -> StoredMessage | None:
        """The end of the current path."""
        path = self._path()
        return self._answering.newest(path[-1]) if path else None

    def messages(self) -> list[ShownMessage]:
        """The current path, root to leaf."""
        path = self._path()
        branches = self._store.branches(path[0].conversation_id) if path else {}
        return [self._shown(message, branches[message.id]) for message in path]

    def rounds(self, message: StoredMessage) -> Sequence[ReplyRound]:
        """The rounds of a reply, as far as they are known; it may still stream."""
        return self._answering.rounds(message)

    @property
    def is_temporary(self) -> bool:
        """Whether the conversation shown is never written and ends when another one is shown."""
        return self._temporary is not None

    def open(self, conversation_id: str | None) -> None:
        """Show a conversation; None shows a new one."""
        self._show(conversation_id, None)

    def open_temporary(self) -> None:
        """Show a new conversation that is never written."""
        self._show(None, ConversationStore(None))

    def _show(self, conversation_id: str | None, temporary: ConversationStore | None) -> None:
        self.leaving.emit()
        former = self._temporary
        if former and self.shown_run:
            self.stop()
        self.conversation_id, self._temporary = conversation_id, temporary
        if former:
            former.close()
        self.conversation_changed.emit()

    # What the person does

    def send(self, text: str) -> bool:
        """Add `text` at the end and answer it. False: it was not saved."""
        last = self.last_message()
        return self._say(text, last.id if last else None)

    def edit(self, message_id: str, text: str) -> bool:
        """Say `text` instead of an earlier message, as a new branch. False: it was not saved."""
        return self._say(text, self._message(message_id).parent_id)

    def regenerate(self, reply_id: str) -> None:
        """Answer again beside the reply `reply_id`, which stays as a branch."""
        parent_id = self._message(reply_id).parent_id
        if parent_id and self.can_answer:
            self._answer(parent_id)

    def answer(self) -> None:
        """Answer the last message, if it is the person's and nothing answered it yet."""
        last = self.last_message()
        if last and last.role is Role.USER and self.can_answer:
            self._answer(last.id)

    def select(self, message_id: str, step: int) -> None:
        """Go `step` branches further from this message."""
        siblings = self._store.siblings(message_id)
        index = [sibling.id for sibling in siblings].index(message_id) + step
        if 0 <= index < len(siblings):
            self._try(lambda: self._store.select(siblings[index].id))
            self.path_changed.emit()

    def reveal(self, message_id: str) -> None:
        """Show the branch on which a message of this conversation lies."""
        if message_id not in {message.id for message in self._path()}:
            self._try(lambda: self._store.select(message_id))
            self.path_changed.emit()

    def delete(self, message_id: str) -> None:
        """Move a message and all that follows it to the trash."""
        if self.shown_run:
            self.stop()
        if self._try(lambda: self._store.delete_message(message_id)):
            self.path_changed.emit()
            self.list_changed.emit()

    def refresh(self) -> None:
        """Something was taken back: show the path as it is, and stop a reply that left it."""
        run = self.shown_run
        if run and run.message.id not in {message.id for message in self._path()}:
            self.stop()
        self.path_changed.emit()

    def stop(self) -> None:
        """Stop the reply that streams; what there is of it stays."""
        self._answering.stop()

    def close(self) -> None:
        """End everything because the window closes."""
        self._answering.close()
        if self._temporary:
            self._temporary.close()

    def save_again(self) -> None:
        """Try once more to save the replies that a failing disk refused."""
        self._answering.save_again()

    def draft_text(self) -> str:
        """What was typed and not sent in the conversation shown."""
        return self._store.draft_text(self.conversation_id) if self.conversation_id else ""

    def save_draft_text(self, text: str) -> None:
        """Keep what is typed and not sent; a new conversation begins with it."""
        if not self.conversation_id and not text.strip():
            return
        self._try(lambda: self._store.save_draft_text(self._conversation(""), text))

    # Answering

    def _say(self, text: str, parent_id: str | None) -> bool:
        if not text.strip() or not self.can_answer:
            return False
        saved: list[StoredMessage] = []

        def save() -> None:
            conversation_id = self._conversation(title_from(text))
            saved.append(self._store.add_user_message(conversation_id, text, parent_id=parent_id))

        if not self._try(save):
            return False
        self._answer(saved[0].id)
        return True

    def _conversation(self, title: str) -> str:
        """The conversation shown, made now if it is new; a nameless one gets `title`."""
        if self.conversation_id is None:
            self.conversation_id = self._store.create(title).id
            self.list_changed.emit()
        elif title and not self._store.summary(self.conversation_id).title:
            self._store.rename(self.conversation_id, title)
        return self.conversation_id

    def _answer(self, parent_id: str) -> None:
        info, conversation_id = self._pair.info, self.conversation_id
        if info is None or conversation_id is None:
            return
        setup = self._store.setup(conversation_id)
        history = self._history(parent_id, setup.system_prompt)
        sampling = setup.sampling or self._pair.sampling
        question = Question(conversation_id, parent_id, history, sampling)
        self._answering.start(self._store, question, info)

    def _history(self, last_id: str, system_prompt: str) -> list[ChatMessage]:
        """The path down to `last_id`; the current path may go another way below it."""
        history = [ChatMessage(Role.SYSTEM, system_prompt)] if system_prompt else []
        for message in map(self._answering.newest, self._path()):
            history.append(ChatMessage(message.role, message.text))
            if message.id == last_id:
                break
        return history

    # Helpers

    @property
    def _store(self) -> ConversationStore:
        """The store of the conversation shown."""
        return self._temporary or self._kept

    def _reply_changed(self) -> None:
        self.busy_changed.emit()
        self.path_changed.emit()
        self.list_changed.emit()

    def _pair_changed(self) -> None:
        """Loading reports often; only its beginning and end matter here."""
        if self.can_answer != self._could_answer:
            self._could_answer = self.can_answer
            self.busy_changed.emit()

    def _path(self) -> list[StoredMessage]:
        return self._store.path(self.conversation_id) if self.conversation_id else []

    def _shown(self, message: StoredMessage, branches: Sequence[str]) -> ShownMessage:
        branch = branches.index(message.id) + 1
        return ShownMessage(self._answering.newest(message), branch, len(branches))

    def _message(self, message_id: str) -> StoredMessage:
        return next(message for message in self._path() if message.id == message_id)

    def _show_growth(self) -> None:
        if self.shown_run:
            self.reply_streamed.emit()

    def _try(self, action: Callable[[], object]) -> bool:
        try:
            action()
        except DiskTrouble as error:
            self.failed.emit(error)
            return False
        return True
