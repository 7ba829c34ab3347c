"""Only the dead leave interrupted replies, whoever opens the file meanwhile."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from desktop.conversations import ConversationStore, MessageState
from desktop.conversations.presence import Presence
from tests.desktop.conversations import streaming_child

ROOT = Path(__file__).parents[3]


def last_state(path: Path) -> MessageState:
    """As a process sees it that opens the file now."""
    with closing(ConversationStore(path)) as store:
        (conversation,) = store.conversations()
        return store.path(conversation.id)[-1].state


def test_a_reply_of_another_living_process_streams_on(path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", streaming_child.__name__, str(path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "sent\n"
        child.stdout.readline()
        assert last_state(path) is MessageState.STREAMING
        assert last_state(path) is MessageState.STREAMING
    finally:
        child.kill()
        child.communicate()
    assert last_state(path) is MessageState.INTERRUPTED
    assert not list(path.parent.glob("*-open.*"))


def test_a_closed_store_gives_its_replies_up(path: Path) -> None:
    with closing(ConversationStore(path)) as store:
        conversation = store.create().id
        question = store.add_user_message(conversation, "q", parent_id=None)
        store.start_reply(conversation, parent_id=question.id)
        assert last_state(path) is MessageState.STREAMING
    assert last_state(path) is MessageState.INTERRUPTED


def test_who_is_there(path: Path) -> None:
    path.parent.mkdir()
    one, other = Presence(path), Presence(path)
    one.hold()
    one.hold()
    assert other.others() == [one.id]
    assert other.is_alive(one.id)
    assert not one.is_alive(other.id)
    assert one.is_alive(one.id)
    one.close()
    one.close()
    assert other.others() == []


def test_what_the_dead_left_is_cleared_away(path: Path) -> None:
    path.parent.mkdir()
    (path.parent / f"{path.name}-open.gone").touch()
    assert Presence(path).others() == []
    assert not list(path.parent.iterdir())
