"""The logic of the chat: the conversation that is shown and the one reply that may stream.

Every message is on the disk before it is shown as sent. The reply may belong to another
conversation than the one shown: it goes on while the person reads elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal

from desktop.conversations.store import ConversationStore
from desktop.conversations.titles import title_from
from desktop.conversations.values import StoredMessage
from desktop.engine_thread import EngineThread
from desktop.pair_model import PairModel
from desktop.reply_run import ReplyRun
from desktop.throttle import Throttle
from engine.config import SamplingConfig
from engine.errors import DiskTrouble, OutriderError
from engine.events import ChatMessage, ContextTrimmed, Event, Role, TurnFinished

FRAME_MS: Final = 33


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
        self._store = store
        self._engine = engine
        self._pair = pair
        self._run: ReplyRun | None = None
        self._unsaved: dict[str, ReplyRun] = {}
        self._could_answer = False
        self._show_soon = Throttle(self._show_growth, FRAME_MS, self)
        self.conversation_id: str | None = None
        """The conversation shown; None is a new one that nothing was sent to."""
        engine.turn_event.connect(self._take)
        engine.turn_failed.connect(self._turn_failed)
        pair.load_requested.connect(self.stop)
        pair.changed.connect(self._pair_changed)

    # What is shown

    @property
    def run(self) -> ReplyRun | None:
        """The reply that streams now, in whichever conversation."""
        return self._run

    @property
    def shown_run(self) -> ReplyRun | None:
        """The reply that streams in the conversation shown."""
        run = self._run
        return run if run and run.message.conversation_id == self.conversation_id else None

    @property
    def can_answer(self) -> bool:
        """Whether a reply can begin now."""
        return self._run is None and self._pair.info is not None

    def last_message(self) -> StoredMessage | None:
        """The end of the current path."""
        path = self._path()
        return self._newest(path[-1]) if path else None

    def messages(self) -> list[ShownMessage]:
        """The current path, root to leaf."""
        return [self._shown(message) for message in self._path()]

    def open(self, conversation_id: str | None) -> None:
        """Show a conversation; None shows a new one."""
        self.leaving.emit()
        self.conversation_id = conversation_id
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

    def stop(self) -> None:
        """Stop the reply that streams; what there is of it stays."""
        if self._run:
            self._engine.stop_turn()
            self._end(self._run.stop)

    def save_again(self) -> None:
        """Try once more to save the replies that a failing disk refused."""
        for run in list(self._unsaved.values()):
            if self._try(run.save_again):
                del self._unsaved[run.message.id]

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
        elif title and not self._store.tree(self.conversation_id).title:
            self._store.rename(self.conversation_id, title)
        return self.conversation_id

    def _answer(self, parent_id: str) -> None:
        info, conversation_id = self._pair.info, self.conversation_id
        if info is None or conversation_id is None:
            return
        history = self._history(parent_id)

        def start() -> None:
            message = self._store.start_reply(conversation_id, parent_id=parent_id)
            self._run = ReplyRun(self._store, message, info, parent=self)

        if self._try(start) and self._run:
            self._run.changed.connect(self._show_soon)
            self._run.save_failed.connect(self.failed)
            self._engine.start_turn(history, SamplingConfig())
            self.busy_changed.emit()
        self.path_changed.emit()
        self.list_changed.emit()

    def _history(self, last_id: str) -> list[ChatMessage]:
        """The path down to `last_id`; the current path may go another way below it."""
        history: list[ChatMessage] = []
        for message in map(self._newest, self._path()):
            history.append(ChatMessage(message.role, message.text))
            if message.id == last_id:
                break
        return history

    def _take(self, event: Event) -> None:
        if not self._run:
            return
        run = self._run
        match event:
            case TurnFinished():
                self._end(lambda: run.finish(event))
            case ContextTrimmed(dropped=dropped):
                self.noticed.emit(_trimmed(dropped))
            case _:
                run.take(event)

    def _turn_failed(self, error: OutriderError) -> None:
        if self._run:
            self._end(self._run.fail)
        self.failed.emit(error)

    def _end(self, store_end: Callable[[], StoredMessage]) -> None:
        run, self._run = self._run, None
        self._show_soon.cancel()
        if run and not self._try(store_end):
            self._unsaved[run.message.id] = run
        self.busy_changed.emit()
        self.path_changed.emit()
        self.list_changed.emit()

    # Helpers

    def _pair_changed(self) -> None:
        """Loading reports often; only its beginning and end matter here."""
        if self.can_answer != self._could_answer:
            self._could_answer = self.can_answer
            self.busy_changed.emit()

    def _path(self) -> list[StoredMessage]:
        return self._store.path(self.conversation_id) if self.conversation_id else []

    def _shown(self, message: StoredMessage) -> ShownMessage:
        siblings = [sibling.id for sibling in self._store.siblings(message.id)]
        return ShownMessage(self._newest(message), siblings.index(message.id) + 1, len(siblings))

    def _newest(self, message: StoredMessage) -> StoredMessage:
        """The disk lags behind the reply that streams, or could not take the end of one."""
        if self._run and self._run.message.id == message.id:
            return self._run.message
        unsaved = self._unsaved.get(message.id)
        return unsaved.message if unsaved else message

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


def _trimmed(dropped: int) -> str:
    what = "message is" if dropped == 1 else f"{dropped} messages are"
    return f"The oldest {what} left out: the conversation is longer than the context."
