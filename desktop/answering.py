"""The one reply that may stream, in whichever conversation, and those the disk refused."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal

from desktop.conversations.store import ConversationStore
from desktop.conversations.values import StoredMessage
from desktop.engine_port import SessionInfo
from desktop.engine_thread import EngineThread
from desktop.patient_writes import PatientWrites
from desktop.reply_run import ReplyRun
from desktop.rounds import ReplyRound, RoundArchive, stored_rounds
from engine.config import SamplingConfig
from engine.errors import EngineDied, OutriderError
from engine.events import ChatMessage, ContextTrimmed, Event, TurnFinished
from engine.language import tr


@dataclass(frozen=True)
class Question:
    """What is to be answered: the message `parent_id`, with all that led to it.

    `begun` is the id of a reply that goes on; the history ends in it then. Nothing of a `temporary`
    conversation is left on the disk.
    """

    conversation_id: str
    parent_id: str
    history: Sequence[ChatMessage]
    sampling: SamplingConfig
    begun: str | None = None
    temporary: bool = False


def memory_short() -> str:
    """Why a reply stopped by itself."""
    return tr(
        "The reply pauses, because memory is nearly full and the system may end programs. "
        "Close other programs or load with a shorter context, then continue the reply."
    )


class Answering(QObject):
    """Starts a reply, feeds it with the engine's events, and stores how it ends.

    There may be several over one engine; a reply that one of them starts stops that of another.

    Signals:
        changed: a reply began, could not begin, or ended
        ended(StoredMessage): this reply has ended, and is stored unless `failed` says otherwise
        grew: the reply has more text or other figures; once a frame
        failed(OutriderError): before the reply that it concerns has ended
        noticed(str): a sentence that is no failure
    """

    changed = Signal()
    ended = Signal(object)
    grew = Signal()
    failed = Signal(object)
    noticed = Signal(str)

    def __init__(self, engine: EngineThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._unsaved: dict[str, ReplyRun] = {}
        """Replies that have ended and are not on the disk yet, by the id of their message."""
        self.writes: Final = PatientWrites(self)
        self.writes.failed.connect(self.failed)
        self.writes.changed.connect(self.changed)
        self._archive = RoundArchive()
        self._has_grown = False
        """Since `grew` was emitted."""
        self._turn_id = 0
        self.is_beginning = False
        """A reply is to begin as soon as the disk takes its beginning."""
        self.run: ReplyRun | None = None
        """The reply that streams now."""
        engine.turn_event.connect(self._take)
        engine.taken.connect(self._tell_growth)
        engine.turn_dropped.connect(self._dropped)
        engine.turn_failed.connect(self._turn_failed)
        engine.died.connect(self._engine_died)
        engine.memory_short.connect(lambda: self.noticed.emit(memory_short()))

    def start(self, store: ConversationStore, question: Question, info: SessionInfo) -> None:
        """Answer, where the disk takes the beginning of a reply; there is none under way."""
        self.is_beginning = True
        if not self.writes.run(lambda: self._begin(store, question, info)):
            self.is_beginning = False
            self.changed.emit()

    def stop(self) -> None:
        """Stop the reply, as the person asked; what there is of it stays."""
        if self.run:
            self._engine.stop_turn()

    def close(self) -> None:
        """Stop the reply because the window closes; what there is of it stays."""
        if self.run:
            run, self._turn_id = self.run, 0
            self._engine.stop_turn()
            self._end(run.close)
        self.writes.finish()

    def save_again(self) -> None:
        """Try once more to save the replies that a failing disk refused."""
        self.writes.try_again()
        for run in list(self._unsaved.values()):
            self._save(run, run.save_again)

    def newest(self, message: StoredMessage) -> StoredMessage:
        """The disk lags behind the reply that streams, or could not take the end of one."""
        if self.run and self.run.message.id == message.id:
            return self.run.message
        unsaved = self._unsaved.get(message.id)
        return unsaved.message if unsaved else message

    def rounds(self, message: StoredMessage) -> Sequence[ReplyRound]:
        """The rounds of a reply, as far as they are known."""
        if self.run and self.run.message.id == message.id:
            return self.run.rounds
        kept = self._archive.get(message.id)
        if kept or not message.notes:
            return kept
        return stored_rounds(message.text, message.notes)

    def forget_rounds(self) -> None:
        """A reply was taken back in part: from now on its rounds are those of its notes."""
        self._archive = RoundArchive()

    def _take(self, event: Event) -> None:
        if not self.run or event.turn_id != self._turn_id:
            return
        run = self.run
        match event:
            case TurnFinished():
                self._end(lambda: run.finish(event))
            case ContextTrimmed():
                self.noticed.emit(event.sentence)
            case _:
                run.take(event)
                self._has_grown = True

    def _tell_growth(self) -> None:
        if self._has_grown:
            self._has_grown = False
            self.grew.emit()

    def _dropped(self, turn_id: int) -> None:
        if self.run and turn_id == self._turn_id:
            self._end(self.run.stop)

    def _turn_failed(self, error: OutriderError) -> None:
        if self.run:
            self.failed.emit(error)
            self._end(self.run.fail)

    def _engine_died(self, _error: EngineDied) -> None:
        """What there is of the reply stays; that nothing is loaded any more is told elsewhere."""
        if self.run:
            self._end(self.run.fail)

    def _begin(self, store: ConversationStore, question: Question, info: SessionInfo) -> None:
        message = _stored_beginning(store, question, info)
        self.is_beginning = False
        self.run = ReplyRun(
            store, message, info, question.sampling, before=self.rounds(message), parent=self
        )
        self.run.save_failed.connect(self.failed)
        self._turn_id = self._engine.start_turn(
            question.history, question.sampling, temporary=question.temporary
        )
        self.changed.emit()

    def _end(self, store_end: Callable[[], StoredMessage]) -> None:
        run, self.run = self.run, None
        self._has_grown = False
        if run is None:
            return
        self._archive.keep(run.message.id, run.rounds)
        self._save(run, store_end)
        self.changed.emit()
        self.ended.emit(run.message)

    def _save(self, run: ReplyRun, store_end: Callable[[], StoredMessage]) -> None:
        def save() -> None:
            # Undone while it went on: what was there before is what counts.
            with suppress(LookupError):
                store_end()

        self._unsaved[run.message.id] = run
        self.writes.run(save, lambda: self._unsaved.pop(run.message.id, None))


def _stored_beginning(
    store: ConversationStore, question: Question, info: SessionInfo
) -> StoredMessage:
    if question.begun:
        return store.resume_reply(question.begun)
    return store.start_reply(
        question.conversation_id, parent_id=question.parent_id, model=info.target_name
    )
