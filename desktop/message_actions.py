"""What can be done with one message of the path, besides copying and editing it."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from desktop.chat_model import ChatModel
from desktop.conversations.values import StoredMessage
from desktop.pair_model import PairModel, Phase
from desktop.profile_model import ProfileModel
from desktop.speech import Speaker
from desktop.thought import reply_of
from engine.events import Role
from engine.language import tr
from engine.library.profiles import Profile


class MessageActions(QObject):
    """Go on, answer by another profile, read aloud, delete, compare.

    Signals:
        deleted(str): a sentence about it; undo brings the messages back
        compare_asked(str): id of the person's message that two pairs are to answer
    """

    deleted = Signal(str)
    compare_asked = Signal(str)

    def __init__(
        self,
        chat: ChatModel,
        pair: PairModel,
        profiles: ProfileModel,
        speaker: Speaker,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._pair = pair
        self._profiles = profiles
        self.speaker = speaker
        self._waiting = ""
        """The message that is answered once the other profile is loaded."""
        pair.changed.connect(self._answer_waiting)
        chat.conversation_changed.connect(self._forget)
        chat.conversation_changed.connect(speaker.stop)

    @property
    def is_idle(self) -> bool:
        """Whether a reply can begin now."""
        return self._chat.can_answer

    @property
    def profiles(self) -> Sequence[Profile]:
        """By which a message can be answered."""
        return self._profiles.profiles

    def why_not_on(self, message: StoredMessage) -> str:
        """Why a reply cannot go on; "" if it can."""
        if not self._chat.can_answer:
            return tr("The engine is busy, or no model is loaded")
        return "" if self._chat.can_go_on(message) else tr("The model had ended this reply itself")

    def go_on(self, message: StoredMessage) -> None:
        """Let a reply go on where it was cut off."""
        self._chat.go_on(message.id)

    def answer_by(self, message: StoredMessage, profile: str) -> None:
        """Use another profile, and answer again with it from here."""
        self._waiting = message.id
        self._profiles.choose(profile)
        active = self._profiles.active
        if active is None or active.name != profile:
            self._forget()
        self._answer_waiting()

    def compare(self, message: StoredMessage) -> None:
        """Let two pairs answer this message, or what this reply answers."""
        asked = message.id if message.role is Role.USER else message.parent_id
        if asked:
            self.compare_asked.emit(asked)

    def speak(self, message: StoredMessage) -> None:
        """Read it aloud, or be silent if it is being read."""
        self.speaker.toggle(message.id, reply_of(message))

    def is_spoken(self, message: StoredMessage) -> bool:
        """Whether it is being read aloud."""
        return self.speaker.message_id == message.id

    def delete(self, message: StoredMessage) -> None:
        """Move it and all that follows it to the trash."""
        last = self._chat.last_message()
        is_last = last is not None and last.id == message.id
        if self._chat.delete(message.id):
            alone, all_below = tr("Message deleted"), tr("Message deleted, with what followed it")
            self.deleted.emit(alone if is_last else all_below)

    def _answer_waiting(self) -> None:
        if self._waiting and self._pair.phase is Phase.EMPTY:
            self._forget()
        elif self._waiting and self._chat.can_answer:
            waiting, self._waiting = self._waiting, ""
            self._chat.regenerate(waiting)

    def _forget(self) -> None:
        self._waiting = ""
