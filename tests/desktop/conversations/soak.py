"""Kill a process that writes conversations, again and again: what was shown as sent must be there.

`python -m tests.desktop.conversations.soak 1000` does 1,000 steps; the tests do some.
"""

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop.conversations import ConversationStore, MessageState, StoredMessage
from desktop.conversations.schema import check_thoroughly
from tests.desktop.conversations import soak_child

ROOT = Path(__file__).parents[3]
MOST_STEPS_A_LIFE = 40


@dataclass
class Shown:
    """What the person has seen as sent or saved."""

    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    text: dict[str, str] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)
    titles: dict[str, str] = field(default_factory=dict)
    may_be_hidden: set[str] = field(default_factory=set)
    steps: int = 0

    def take(self, said: dict[str, Any]) -> None:
        match said["event"]:
            case "opened":
                assert said["notice"] is None
            case "sent":
                self.sent[said["id"]] = said
                self.text[said["id"]] = said["text"]
            case "grown":
                self.text[said["id"]] = said["text"]
            case "finished":
                self.finished.add(said["id"])
            case "renamed":
                self.titles[said["conversation"]] = said["title"]
            case "hiding":
                self.may_be_hidden.update(said["ids"])
                self.titles.pop(said.get("renaming", ""), None)
            case "visible":
                self.may_be_hidden.difference_update(said["ids"])
            case "step":
                self.steps += 1

    def check(self, store: ConversationStore) -> None:
        """Everything is there, in its place, and in sight unless the person took it away."""
        check_thoroughly(store._database)
        store._database.change(
            "INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)"
        )
        listed = {one.id: one for one in store.conversations()}
        seen = {one.id: one for id_ in listed for one in store.tree(id_).messages}
        hidden = set(self.sent) - set(seen)
        assert hidden <= self.may_be_hidden, "a message is out of sight"
        assert hidden <= kept_in_trash(store), "a message is not in the trash either"
        for message_id, one in seen.items():
            if message_id in self.sent:
                self.check_message(one)
        for conversation, title in self.titles.items():
            assert store.summary(conversation).title == title

    def check_message(self, message: StoredMessage) -> None:
        said = self.sent[message.id]
        assert (message.conversation_id, message.parent_id) == (
            said["conversation"],
            said["parent"],
        )
        if message.id in self.finished or message.state is MessageState.COMPLETE:
            assert message.state is MessageState.COMPLETE
            assert message.text == self.text[message.id] or message.id not in self.finished
        else:
            assert message.state is MessageState.INTERRUPTED
        assert message.text.startswith(self.text[message.id])


def kept_in_trash(store: ConversationStore) -> set[str]:
    return {id_ for (id_,) in store._database.rows("SELECT id FROM message")}


def life(path: Path, seed: int, steps: int) -> Iterator[dict[str, Any]]:
    """What a child said until it was killed, somewhere after its step `steps`."""
    command = [sys.executable, "-m", soak_child.__name__, str(path), str(seed)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        while steps:
            said = json.loads(child.stdout.readline())
            steps -= said["event"] == "step"
            yield said
    finally:
        child.kill()
        rest = child.stdout.read()
        child.stdout.close()
        child.wait()
    for line in rest.splitlines(keepends=True):
        if line.endswith("\n"):
            yield json.loads(line)


def soak(folder: Path, steps: int, seed: int) -> Shown:
    """At least `steps` random steps over many lives; raises `AssertionError` for anything lost."""
    shown, chance = Shown(), random.Random(seed)  # noqa: S311  no secret
    path = folder / "conversations.sqlite"
    while shown.steps < steps:
        lifetime = min(steps - shown.steps, chance.randrange(1, MOST_STEPS_A_LIFE))
        for said in life(path, chance.randrange(1 << 30), lifetime):
            shown.take(said)
        store = ConversationStore(path)
        try:
            assert store.notice is None
            shown.check(store)
        finally:
            store.close()
    return shown


def main() -> None:
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 30)  # noqa: S311
    print(f"{steps:,} steps, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        shown = soak(Path(folder), steps, seed)
    print(f"Nothing was lost: {shown.steps:,} steps, {len(shown.sent):,} messages.")


if __name__ == "__main__":
    main()
