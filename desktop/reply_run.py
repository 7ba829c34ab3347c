"""One reply while it streams: its text, its figures, and saving it about once a second."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QObject, Signal

from desktop.conversations.disk import Locked
from desktop.conversations.store import ConversationStore
from desktop.conversations.values import MessageState, ReplyNotes, StoredMessage, TextOrigins
from desktop.engine_port import SessionInfo
from desktop.joined_notes import joined_notes, origins_of
from desktop.rounds import ReplyRound
from desktop.throttle import Throttle
from engine.config import SamplingConfig
from engine.errors import DiskTrouble
from engine.events import (
    Event,
    FinishReason,
    PromptProgress,
    RoundFinished,
    RoundStats,
    TextDelta,
    TreeDrawn,
    TurnFinished,
    TurnStats,
)

SAVE_EVERY_MS: Final = 1000


class Activity(Enum):
    """What the engine does for this reply now."""

    PREPARING = auto()
    READING = auto()
    DRAFTING = auto()
    ANSWERING = auto()


@dataclass(frozen=True)
class LiveFigures:
    """The rounds of a reply so far."""

    rounds: int = 0
    tokens: int = 0
    seconds: float = 0.0
    last: RoundStats | None = None

    def after(self, stats: RoundStats) -> "LiveFigures":
        """The figures with one more round."""
        seconds = stats.draft_seconds + stats.target_seconds + stats.other_seconds
        return LiveFigures(
            self.rounds + 1, self.tokens + stats.accepted + 1, self.seconds + seconds, stats
        )

    @property
    def tokens_per_pass(self) -> float:
        """Accepted and bonus tokens for each target pass so far."""
        return self.tokens / self.rounds if self.rounds else 0.0

    @property
    def tokens_per_second(self) -> float:
        """Speed of the generation so far."""
        return self.tokens / self.seconds if self.seconds > 0 else 0.0


class ReplyRun(QObject):
    """Collects the events of one turn into the stored message it fills.

    Signals:
        save_failed(DiskTrouble): the text is in memory only, until a later save succeeds
    """

    save_failed = Signal(object)

    def __init__(
        self,
        store: ConversationStore,
        message: StoredMessage,
        info: SessionInfo,
        sampling: SamplingConfig,
        *,
        before: Sequence[ReplyRound] = (),
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        """`message` may have text already, made in the rounds `before`: the reply goes on."""
        super().__init__(parent)
        self._store = store
        self._info = info
        self._sampling = sampling
        self._former = message
        self._origins = list(origins_of(message))
        self._clock = clock
        self._started = clock()
        self._first_token_seconds = 0.0
        self._save_soon = Throttle(self._save, SAVE_EVERY_MS, self)
        self._complained = False
        self.message = message
        self.activity = Activity.PREPARING
        self.prompt: PromptProgress | None = None
        self.figures = LiveFigures()
        self.rounds = list(before)
        self._tree: TreeDrawn | None = None
        """Of the round that is about to be reported."""

    def take(self, event: Event) -> None:
        """Work one event in. `TurnFinished` is for `finish`."""
        match event:
            case PromptProgress():
                self.prompt = event
                self.activity = Activity.DRAFTING if event.done >= event.total else Activity.READING
            case TextDelta():
                self._note_origins(event)
                self._append(event.text)
            case TreeDrawn():
                self._tree = event
            case RoundFinished(stats=stats):
                self.figures = self.figures.after(stats)
                self.rounds.append(ReplyRound(stats.accepted + 1, stats, self._tree))
                self._tree = None

    def finish(self, finished: TurnFinished) -> StoredMessage:
        """Store the whole reply with its notes. Raises `DiskTrouble`; calling again tries again."""
        stopped = finished.finish is FinishReason.CANCELLED
        state = MessageState.STOPPED if stopped else MessageState.COMPLETE
        return self._end(state, self._notes(finished.stats, finished.finish))

    def stop(self) -> StoredMessage:
        """Store what there is, stopped by the person. Raises `DiskTrouble`, as `finish`."""
        return self._end(MessageState.STOPPED, self._notes_so_far())

    def close(self) -> StoredMessage:
        """Store what there is because the window closes. Raises `DiskTrouble`, as `finish`."""
        return self._end(MessageState.CLOSED, self._notes_so_far())

    def fail(self) -> StoredMessage:
        """Store what there is after a failure of the engine. Raises `DiskTrouble`, as `finish`."""
        return self._end(MessageState.FAILED, self._notes_so_far())

    def save_again(self) -> StoredMessage:
        """Try the last `finish`, `stop` or `fail` again."""
        return self._store_end(self.message.state, self.message.notes)

    @property
    def origins(self) -> Sequence[TextOrigins]:
        """Where the text came from, token after token."""
        return self._origins

    def _note_origins(self, delta: TextDelta) -> None:
        if delta.origins and len(delta.lengths) == len(delta.origins):
            tokens = zip(delta.lengths, delta.origins, strict=True)
            self._origins.extend(TextOrigins(length, (origin,)) for length, origin in tokens)
        else:
            self._origins.append(TextOrigins(len(delta.text), delta.origins))

    def _append(self, text: str) -> None:
        if not text:
            return
        if self.activity is not Activity.ANSWERING:
            self._first_token_seconds = self._clock() - self._started
        self.activity = Activity.ANSWERING
        self.message = replace(self.message, text=self.message.text + text)
        self._save_soon()

    def _save(self) -> None:
        try:
            self._store.save_reply(self.message.id, self.message.text)
        except Locked:
            self._save_soon()  # the next time has all of this text too
        except DiskTrouble as error:
            if not self._complained:
                self._complained = True
                self.save_failed.emit(error)
        except LookupError:
            self._complained = False  # undone while it went on
        else:
            self._complained = False

    def _end(self, state: MessageState, notes: ReplyNotes | None) -> StoredMessage:
        self._save_soon.cancel()
        notes = joined_notes(self._former.notes, notes)
        self.message = replace(self.message, state=state, notes=notes)
        return self._store_end(state, notes)

    def _store_end(self, state: MessageState, notes: ReplyNotes | None) -> StoredMessage:
        return self._store.finish_reply(self.message.id, self.message.text, state, notes)

    def _notes(self, stats: TurnStats, finish: FinishReason) -> ReplyNotes:
        return ReplyNotes(
            target=self._info.target_name,
            draft=self._info.draft_name,
            mode=stats.mode,
            reason=stats.reason,
            tokens=stats.tokens,
            target_passes=stats.target_passes,
            tokens_per_second=stats.tokens_per_second,
            first_token_seconds=stats.first_token_seconds,
            plain_tokens_per_second=stats.plain_tokens_per_second,
            finish=finish.value,
            prompt_tokens=stats.prompt_tokens,
            prompt_seconds=stats.prompt_seconds,
            draft_seconds=stats.draft_seconds,
            target_seconds=stats.target_seconds,
            other_seconds=stats.other_seconds,
            sampling=self._sampling,
            origins=tuple(self._origins),
        )

    def _notes_so_far(self) -> ReplyNotes | None:
        """The engine's own figures arrive only with the end of a turn, which nobody waits for."""
        if self.figures.last is None:
            return None
        return ReplyNotes(
            target=self._info.target_name,
            draft=self._info.draft_name,
            mode=self.figures.last.mode,
            reason=self.figures.last.reason,
            tokens=self.figures.tokens,
            target_passes=self.figures.rounds,
            tokens_per_second=self.figures.tokens_per_second,
            first_token_seconds=self._first_token_seconds,
            plain_tokens_per_second=None,
            finish=FinishReason.CANCELLED.value,
            sampling=self._sampling,
            origins=tuple(self._origins),
        )
