"""Titles by the model: after the first reply, in between, and never in anybody's way."""

from contextlib import suppress
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal

from desktop.answering import Answering, Question
from desktop.chat_model import ChatModel
from desktop.conversations.store import ConversationStore
from desktop.conversations.titles import title_from, title_of_reply
from desktop.conversations.values import MessageState, StoredMessage
from desktop.engine_thread import EngineThread
from desktop.history import history
from desktop.pair_model import PairModel
from desktop.patient_writes import PatientWrites
from desktop.settings import AUTO_TITLES, Settings
from desktop.thought import Thought, thought_of
from engine.config import SamplingConfig
from engine.errors import OutriderError
from engine.events import ChatMessage, Role

_REQUEST: Final = (
    "Summarise the topic of this conversation as a title of two to six words, in its language. "
    "Answer with the title only."
)
_SAMPLING: Final = SamplingConfig(temperature=0.0, max_tokens=24, stop=("\n",))
_LEAST_SPEED: Final = 2.0
"""Tokens per second: below that a title would take some ten seconds, and nobody asked for it."""


class AutoTitles(QObject):
    """Asks the model that has just answered, whose KV cache holds the conversation already.

    The next message or load stops it. A title that is no longer the first words of the
    conversation was given by somebody, and stays.

    Signals:
        titled: a conversation has another title
    """

    titled = Signal()

    def __init__(  # noqa: PLR0917 - what it brings together
        self,
        store: ConversationStore,
        engine: EngineThread,
        pair: PairModel,
        chat: ChatModel,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._pair = pair
        self._chat = chat
        self._settings = settings
        self._conversation_id = self._first_words = ""
        """Which conversation the title is for, and what it is called until then."""
        self._scratch = ConversationStore(None)
        """Holds what the model says here: none of it belongs to a conversation."""
        self._writes = PatientWrites(self)
        self._closed = False
        self._answering = Answering(engine, self)
        self._answering.ended.connect(self._take)
        # Not at once: the end of a reply already changes much in one go.
        chat.reply_ended.connect(self._reply_ended, Qt.ConnectionType.QueuedConnection)

    def close(self) -> None:
        """Stop, because the app ends."""
        self._closed = True
        self._answering.close()
        self._writes.finish()
        self._scratch.close()

    def _reply_ended(self, reply: StoredMessage) -> None:
        try:
            if self._is_wanted(reply):
                self._ask(reply)
        except (LookupError, OutriderError):
            return  # a temporary conversation, or a disk that has told of itself elsewhere

    def _is_wanted(self, reply: StoredMessage) -> bool:
        notes = reply.notes
        if self._closed or self._chat.run or not self._settings.get(AUTO_TITLES):
            return False
        if reply.state is not MessageState.COMPLETE:
            return False
        if notes is None or notes.tokens_per_second < _LEAST_SPEED:
            return False
        # A long conversation has thousands of messages: its path is not read for a later reply.
        question = reply.parent_id and self._store.siblings(reply.parent_id)[0]
        if not question or question.parent_id is not None:
            return False
        path = self._store.path(reply.conversation_id)
        is_first = [one.id for one in path[1:]] == [reply.id]
        first_words = title_from(path[0].text)
        return is_first and self._store.summary(reply.conversation_id).title == first_words

    def _ask(self, reply: StoredMessage) -> None:
        info, self._conversation_id = self._pair.info, reply.conversation_id
        if info is None or thought_of(reply) != Thought():
            return  # it would think about the title, for longer than a title may take
        setup = self._store.setup(reply.conversation_id)
        path = self._store.path(reply.conversation_id)
        self._first_words = title_from(path[0].text)
        asked = history(path, reply.id, setup.system_prompt)
        asked.append(ChatMessage(Role.USER, _REQUEST))
        scratch_id = self._scratch.create().id
        request = self._scratch.add_user_message(scratch_id, _REQUEST, parent_id=None)
        self._answering.start(
            self._scratch, Question(scratch_id, request.id, asked, _SAMPLING), info
        )

    def _take(self, answer: StoredMessage) -> None:
        if answer.state is not MessageState.COMPLETE:
            return
        if title := title_of_reply(answer.text):
            self._writes.run(partial(self._name, self._conversation_id, self._first_words, title))

    def _name(self, conversation_id: str, first_words: str, title: str) -> None:
        # Where it is gone, it has no title either.
        with suppress(LookupError):
            if self._store.retitle(conversation_id, first_words, title):
                self.titled.emit()
