"""`kill -9` in the middle of saving a reply, with a real process and a real signal."""

import subprocess
import sys
from pathlib import Path

import pytest

from desktop.conversations import ConversationStore, MessageState, StoredMessage
from tests.desktop.conversations import streaming_child

ROOT = Path(__file__).parents[3]


def run_and_kill(path: Path, *, after_saves: int) -> int:
    """Kill the child once it has said that `after_saves` saves are done; how many it said."""
    child = subprocess.Popen(
        [sys.executable, "-m", streaming_child.__name__, str(path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "sent\n"
        for _ in range(after_saves):
            child.stdout.readline()
    finally:
        child.kill()
        said = child.stdout.read().splitlines(keepends=True)
        child.stdout.close()
        child.wait()
    whole_lines = [line for line in said if line.endswith("\n")]
    return int(whole_lines[-1]) if whole_lines else after_saves


def saved_pieces(reply: StoredMessage) -> int:
    pieces, rest = divmod(len(reply.text), len(streaming_child.PIECE))
    assert rest == 0
    assert reply.text == streaming_child.PIECE * pieces
    return pieces


@pytest.mark.parametrize("after_saves", [1, 2, 5, 13, 29])
def test_everything_shown_as_saved_is_there(tmp_path: Path, after_saves: int) -> None:
    path = tmp_path / "conversations.sqlite"
    saves = run_and_kill(path, after_saves=after_saves)

    store = ConversationStore(path)
    assert store.notice is None
    (conversation,) = store.conversations()
    assert conversation.interrupted
    question, reply = store.path(conversation.id)
    store.close()

    assert question.text == streaming_child.QUESTION
    assert question.state is MessageState.COMPLETE
    assert reply.state is MessageState.INTERRUPTED
    assert saves >= after_saves
    assert saved_pieces(reply) >= saves


def test_killed_again_and_again_on_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite"
    for _ in range(3):
        run_and_kill(path, after_saves=0)

    store = ConversationStore(path)
    paths = [store.path(conversation.id) for conversation in store.conversations()]
    store.close()
    assert len(paths) == 3
    assert all(messages[0].text == streaming_child.QUESTION for messages in paths)
