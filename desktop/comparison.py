"""Two pairs answer the same question, one after the other: only one of them is ever loaded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from desktop.answering import Answering, Question
from desktop.conversations.store import ConversationStore
from desktop.conversations.values import StoredMessage
from desktop.engine_port import OpenRequest
from desktop.engine_thread import EngineThread
from desktop.pair_model import PairModel, Phase
from desktop.profile_model import ProfileModel
from desktop.reply_run import ReplyRun
from desktop.session_config import open_request
from engine.config import Mode, SamplingConfig
from engine.errors import OutriderError
from engine.events import ChatMessage
from engine.language import tr


@dataclass(frozen=True)
class Side:
    """One way to answer."""

    name: str
    request: OpenRequest
    sampling: SamplingConfig
    missing: str = ""
    """The sentence about a model that is not there now; "" if this can answer."""


def possible_sides(
    pair: PairModel, profiles: ProfileModel, own: SamplingConfig | None = None
) -> list[Side]:
    """What is loaded or on its way, the same without speculation, and the profiles.

    `own` is the sampling of the conversation, which counts for all of them where it has one.
    """
    saved = [
        Side(
            profile.name,
            open_request(profile.session),
            own or profile.sampling,
            profile.missing,
        )
        for profile in profiles.profiles
    ]
    loaded = pair.loaded_or_coming
    if loaded is None:
        return saved
    plain = replace(loaded, speculation=replace(loaded.speculation, mode=Mode.OFF))
    name, sampling = pair.target_label, own or pair.sampling
    plain_name = tr("{target}, plain").format(target=name)
    return [Side(name, loaded, sampling), Side(plain_name, plain, sampling), *saved]


class Comparison(QObject):
    """Loads each side in turn and lets it answer, apart from every conversation.

    Signals:
        changed: another side is at work, has ended, or nothing is under way any more
        grew: the reply under way has more text
    """

    changed = Signal()
    grew = Signal()

    def __init__(
        self, engine: EngineThread, pair: PairModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._pair = pair
        self._before = pair.loaded_or_coming
        self._scratch = ConversationStore(None)
        self._sides: Sequence[Side] = ()
        self._history: Sequence[ChatMessage] = ()
        self._is_loading = False
        self.at_work: int | None = None
        """The number of the side that loads or answers now."""
        self.replies: dict[int, StoredMessage] = {}
        """What the sides answered, as far as they have."""
        self.failures: dict[int, OutriderError] = {}
        """Why a side did not answer, or not to the end; the other one still got its turn."""
        self._answering = Answering(engine, self)
        self._answering.grew.connect(self.grew)
        self._answering.failed.connect(self._failed)
        self._answering.ended.connect(self._ended)
        pair.changed.connect(self._pair_changed)
        pair.load_failed.connect(self._pair_failed)

    @property
    def run(self) -> ReplyRun | None:
        """The reply under way."""
        return self._answering.run

    def start(self, sides: Sequence[Side], history: Sequence[ChatMessage]) -> None:
        """Let all of them answer the end of `history`."""
        self._sides, self._history = sides, history
        self.replies, self.failures = {}, {}
        self._go_to(0)

    def stop(self) -> None:
        """Stop what is under way, and do not go on to the next side."""
        self._sides = ()
        if self._is_loading:
            self._is_loading = False
            self._pair.stop_loading()
        self._answering.stop()
        self.at_work = None
        self.changed.emit()

    def close(self) -> None:
        """Stop, and have what was loaded before loaded again."""
        self.stop()
        self._scratch.close()
        if self._before:
            self._pair.load_for_now(self._before)

    def _go_to(self, number: int) -> None:
        if number >= len(self._sides):
            self.at_work = None
            self.changed.emit()
            return
        self.at_work, self._is_loading = number, True
        self._pair.load_for_now(self._sides[number].request)
        self.changed.emit()

    def _pair_changed(self) -> None:
        if not self._is_loading or self.at_work is None:
            return
        if self._pair.phase is Phase.READY:
            self._is_loading = False
            self._answer(self._sides[self.at_work])
        elif self._pair.phase is Phase.EMPTY and not self._pair.error:
            self._is_loading = False
            self._go_to(self.at_work + 1)

    def _pair_failed(self, error: OutriderError) -> None:
        """It could not be loaded; or the engine died, and the end of the reply is told as well."""
        self._failed(error)
        if self._is_loading and self.at_work is not None:
            self._is_loading = False
            self._go_to(self.at_work + 1)

    def _failed(self, error: OutriderError) -> None:
        if self.at_work is not None:
            self.failures[self.at_work] = error

    def _answer(self, side: Side) -> None:
        info = self._pair.info
        if info is None:
            return
        conversation = self._scratch.create().id
        asked = self._scratch.add_user_message(
            conversation, self._history[-1].content, parent_id=None
        )
        # Whatever conversation it is about: what is not kept leaves nothing on the disk.
        question = Question(conversation, asked.id, self._history, side.sampling, temporary=True)
        self._answering.start(self._scratch, question, info)

    def _ended(self, reply: StoredMessage) -> None:
        if self.at_work is not None:
            self.replies[self.at_work] = reply
            self._go_to(self.at_work + 1 if self._sides else len(self._sides))
