"""Streams a reply into a store until it is killed; prints a line after each save. Not a test."""

import sys
from pathlib import Path

from desktop.conversations import ConversationStore

PIECE = "word " * 4_000
QUESTION = "Tell me everything"


def main() -> None:
    store = ConversationStore(Path(sys.argv[1]))
    conversation = store.create("killed")
    question = store.add_user_message(conversation.id, QUESTION, parent_id=None)
    print("sent", flush=True)
    reply = store.start_reply(conversation.id, parent_id=question.id)
    count = 0
    while True:
        count += 1
        store.save_reply(reply.id, PIECE * count)
        print(count, flush=True)


if __name__ == "__main__":
    main()
