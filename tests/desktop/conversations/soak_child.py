"""Does random things to a store until it is killed, saying each before and after. Not a test.

Before: what the next step may take out of sight. After: what the person would see as done.
"""

import json
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from desktop.conversations import ConversationStore, MessageState, StoredMessage
from desktop.conversations.changes import Kind
from engine.events import Role

ALPHABET = "abc DEF\n\0éßЖшלא中文字😀\u202e\ufffd\"'%_\\"


def say(event: str, **facts: object) -> None:
    print(json.dumps({"event": event, **facts}), flush=True)


class Child:
    """Steps over a store; `chance` decides everything."""

    def __init__(self, path: Path, seed: int) -> None:
        self.store = ConversationStore(path)
        self.chance = random.Random(seed)  # noqa: S311  no secret
        self.steps: Sequence[Callable[[], None]] = (
            *([self.ask] * 4),
            *([self.edit] * 2),
            *([self.stream] * 4),
            self.regenerate,
            self.delete,
            self.trash,
            self.rename,
            self.select,
            *([self.undo] * 3),
        )

    def run(self) -> None:
        say("opened", notice=self.store.notice)
        while True:
            self.chance.choice(self.steps)()
            say("step")

    def text(self, longest: int = 400) -> str:
        length = self.chance.randrange(1, longest)
        return "".join(self.chance.choices(ALPHABET, k=length))

    def conversation(self) -> str:
        found = self.store.conversations()
        if len(found) < 3 or self.chance.random() < 0.1:
            return self.store.create(self.text(20)).id
        return self.chance.choice(found).id

    def message(self, role: Role | None = None) -> StoredMessage | None:
        path = self.store.path(self.conversation())
        fitting = [message for message in path if role in (None, message.role)]
        return self.chance.choice(fitting) if fitting else None

    def add(self, conversation: str, parent: str | None) -> StoredMessage:
        sent = self.store.add_user_message(conversation, self.text(), parent_id=parent)
        say("sent", id=sent.id, conversation=conversation, parent=parent, text=sent.text)
        return sent

    def ask(self) -> None:
        conversation = self.conversation()
        path = self.store.path(conversation)
        self.add(conversation, path[-1].id if path else None)

    def edit(self) -> None:
        if message := self.message(Role.USER):
            self.add(message.conversation_id, message.parent_id)

    def regenerate(self) -> None:
        if reply := self.message(Role.ASSISTANT):
            self.reply(reply.conversation_id, reply.parent_id or "")

    def stream(self) -> None:
        conversation = self.conversation()
        path = self.store.path(conversation)
        question = self.add(conversation, path[-1].id if path else None)
        self.reply(conversation, question.id)

    def reply(self, conversation: str, parent: str) -> None:
        reply = self.store.start_reply(conversation, parent_id=parent, model="m")
        say("sent", id=reply.id, conversation=conversation, parent=parent, text="")
        text = ""
        for _ in range(self.chance.randrange(1, 8)):
            text += self.text(20_000)
            self.store.save_reply(reply.id, text)
            say("grown", id=reply.id, text=text)
        self.store.finish_reply(reply.id, text, MessageState.COMPLETE, None)
        say("finished", id=reply.id)

    def below(self, message: StoredMessage) -> list[str]:
        inside = {message.id}
        for one in self.store.tree(message.conversation_id).messages:
            if one.parent_id in inside:
                inside.add(one.id)
        return sorted(inside)

    def delete(self) -> None:
        if message := self.message():
            say("hiding", ids=self.below(message))
            self.store.delete_message(message.id)

    def trash(self) -> None:
        conversation = self.conversation()
        say("hiding", ids=[one.id for one in self.store.tree(conversation).messages])
        self.store.trash(conversation)

    def rename(self) -> None:
        conversation, title = self.conversation(), self.text(30)
        say("hiding", ids=[], renaming=conversation)
        self.store.rename(conversation, title)
        say("renamed", conversation=conversation, title=title)

    def select(self) -> None:
        if message := self.message():
            self.store.select(self.chance.choice(self.store.siblings(message.id)).id)

    def undo(self) -> None:
        change = self.store.last_change()
        if change is None or change.conversation_id is None:
            return
        before = self.visible(change.conversation_id)
        if change.kind in (Kind.EDIT, Kind.RENAME):
            say("hiding", ids=sorted(before), renaming=change.conversation_id)
        self.store.undo(change.id)
        say("visible", ids=sorted(self.visible(change.conversation_id)))

    def visible(self, conversation: str) -> set[str]:
        listed = {one.id for one in self.store.conversations()}
        tree = self.store.tree(conversation)
        return {one.id for one in tree.messages} if conversation in listed else set()


if __name__ == "__main__":
    Child(Path(sys.argv[1]), int(sys.argv[2])).run()
