"""The store against a plain Python model, over random steps and restarts."""

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from desktop.conversations import ConversationStore, MessageState, StoredMessage
from engine.events import Role
from tests.desktop.conversations.builders import NOTES, utf8_text


@dataclass
class ModelMessage:
    """What the model knows of a message; `order` grows with time."""

    order: int
    conversation: str
    parent: str | None
    role: Role
    text: str
    state: MessageState


@dataclass
class ModelConversation:
    """What the model knows of a conversation."""

    title: str
    changed: int
    leaf: str | None = None
    in_trash: bool = False
    unsent: str = ""


@dataclass
class Model:
    """All conversations as dictionaries; `clock` gives each change its own time."""

    conversations: dict[str, ModelConversation] = field(default_factory=dict)
    messages: dict[str, ModelMessage] = field(default_factory=dict)
    clock: "itertools.count[int]" = field(default_factory=itertools.count)

    def add(self, stored: StoredMessage, parent: str | None, text: str) -> None:
        self.messages[stored.id] = ModelMessage(
            *(next(self.clock), stored.conversation_id, parent),
            *(stored.role, text, stored.state),
        )
        self.conversations[stored.conversation_id].leaf = stored.id
        self.touch(stored.conversation_id)

    def touch(self, conversation: str) -> None:
        self.conversations[conversation].changed = next(self.clock)

    def path(self, conversation: str) -> list[str]:
        message_id, upwards = self.conversations[conversation].leaf, list[str]()
        while message_id is not None:
            upwards.append(message_id)
            message_id = self.messages[message_id].parent
        return upwards[::-1]

    def siblings(self, message_id: str) -> list[str]:
        one = self.messages[message_id]
        return [
            other_id
            for other_id, other in self.messages.items()
            if (other.parent, other.conversation) == (one.parent, one.conversation)
        ]

    def newest_leaf(self, message_id: str) -> str:
        below = [i for i, message in self.messages.items() if message.parent == message_id]
        leaves = [self.newest_leaf(child) for child in below]
        return max(leaves, key=lambda leaf: self.messages[leaf].order) if leaves else message_id


class StoreMachine(RuleBasedStateMachine):
    """Every step is done to both; after each step both must tell the same."""

    conversations = Bundle("conversations")
    questions = Bundle("questions")
    replies = Bundle("replies")

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.folder = TemporaryDirectory()
        self.open()

    @initialize(target=conversations)
    def first_conversation(self) -> str:
        return self.add_conversation("first")

    @initialize(target=questions)
    def first_question(self) -> str:
        return self.add_question(self.add_conversation("asked"), None, "question")

    @initialize(target=replies)
    def first_reply(self) -> str:
        question = self.add_question(self.add_conversation("answered"), None, "question")
        return self.add_reply(question)

    def open(self) -> None:
        path = Path(self.folder.name) / "c.sqlite"
        self.store = ConversationStore(path, clock=lambda: float(next(self.model.clock)))

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(target=conversations, title=utf8_text)
    def create(self, title: str) -> str:
        return self.add_conversation(title)

    def add_conversation(self, title: str) -> str:
        conversation = self.store.create(title).id
        self.model.conversations[conversation] = ModelConversation(title, next(self.model.clock))
        return conversation

    @rule(conversation=conversations, title=utf8_text)
    def rename(self, conversation: str, title: str) -> None:
        self.store.rename(conversation, title)
        self.model.conversations[conversation].title = title

    @rule(conversation=conversations)
    def trash(self, conversation: str) -> None:
        self.store.trash(conversation)
        self.model.conversations[conversation].in_trash = True

    @rule(conversation=conversations)
    def restore(self, conversation: str) -> None:
        self.store.restore(conversation)
        self.model.conversations[conversation].in_trash = False

    @rule(conversation=conversations, text=utf8_text)
    def type_without_sending(self, conversation: str, text: str) -> None:
        self.store.save_draft_text(conversation, text)
        self.model.conversations[conversation].unsent = text

    @rule(target=questions, conversation=conversations, text=utf8_text)
    def ask(self, conversation: str, text: str) -> str:
        return self.add_question(conversation, self.model.conversations[conversation].leaf, text)

    @rule(target=questions, question=questions, text=utf8_text)
    def edit(self, question: str, text: str) -> str:
        edited = self.model.messages[question]
        return self.add_question(edited.conversation, edited.parent, text)

    def add_question(self, conversation: str, parent: str | None, text: str) -> str:
        stored = self.store.add_user_message(conversation, text, parent_id=parent)
        self.model.add(stored, parent, text)
        return stored.id

    @rule(target=replies, question=questions)
    def reply_or_regenerate(self, question: str) -> str:
        return self.add_reply(question)

    def add_reply(self, question: str) -> str:
        conversation = self.model.messages[question].conversation
        stored = self.store.start_reply(conversation, parent_id=question)
        self.model.add(stored, question, "")
        return stored.id

    def is_under_way(self, reply: str) -> bool:
        return self.model.messages[reply].state in {
            MessageState.STREAMING,
            MessageState.INTERRUPTED,
        }

    @rule(reply=replies, text=utf8_text)
    def stream(self, reply: str, text: str) -> None:
        if self.is_under_way(reply):
            self.store.save_reply(reply, text)
            self.model.messages[reply].text = text
            self.model.messages[reply].state = MessageState.STREAMING

    @rule(
        reply=replies,
        text=utf8_text,
        state=st.sampled_from([MessageState.COMPLETE, MessageState.STOPPED, MessageState.FAILED]),
    )
    def finish(self, reply: str, text: str, state: MessageState) -> None:
        if self.is_under_way(reply):
            assert self.store.finish_reply(reply, text, state, NOTES).notes == NOTES
            self.model.messages[reply].text = text
            self.model.messages[reply].state = state
            self.model.touch(self.model.messages[reply].conversation)

    @rule(message=st.one_of(questions, replies))
    def select(self, message: str) -> None:
        self.store.select(message)
        conversation = self.model.messages[message].conversation
        self.model.conversations[conversation].leaf = self.model.newest_leaf(message)

    @precondition(lambda self: self.model.messages)
    @rule()
    def restart(self) -> None:
        self.store.close()
        for message in self.model.messages.values():
            if message.state is MessageState.STREAMING:
                message.state = MessageState.INTERRUPTED
        self.open()
        assert self.store.notice is None

    @invariant()
    def list_is_equal(self) -> None:
        expected = sorted(
            (one for one in self.model.conversations.items() if not one[1].in_trash),
            key=lambda one: -one[1].changed,
        )
        assert [
            (summary.id, summary.title, summary.interrupted)
            for summary in self.store.conversations()
        ] == [
            (conversation, one.title, self.ends_interrupted(one)) for conversation, one in expected
        ]

    def ends_interrupted(self, conversation: ModelConversation) -> bool:
        leaf = conversation.leaf
        return leaf is not None and self.model.messages[leaf].state is MessageState.INTERRUPTED

    @invariant()
    def trees_are_equal(self) -> None:
        for conversation, one in self.model.conversations.items():
            path = self.model.path(conversation)
            tree = self.store.tree(conversation)
            assert [message.id for message in self.store.path(conversation)] == path
            assert [message.id for message in tree.path()] == path
            assert self.store.draft_text(conversation) == one.unsent
            assert [(m.id, m.parent_id, m.role, m.text, m.state) for m in tree.messages] == [
                (i, m.parent, m.role, m.text, m.state)
                for i, m in self.model.messages.items()
                if m.conversation == conversation
            ]

    @invariant()
    def siblings_are_equal(self) -> None:
        for message_id in self.model.messages:
            siblings = [message.id for message in self.store.siblings(message_id)]
            assert siblings == self.model.siblings(message_id)


StoreMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=30)
TestStore = StoreMachine.TestCase
