"""How fast the store is with 10,000 conversations: `make bench-store` prints a table."""

import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from desktop.conversations import (
    ConversationStore,
    ConversationTree,
    MessageState,
    StoredMessage,
)
from desktop.conversations.backup import daily_backup
from desktop.conversations.database import Database
from desktop.conversations.schema import check_pages
from desktop.conversations.search import Filters
from engine.cancel import CancelToken
from engine.events import Role

CONVERSATIONS: Final = 10_000
MESSAGES_EACH: Final = 10
LONG: Final = 5_000
REPEATS: Final = 5
QUERIES: Final = (
    "the", "speculative", "def return", '"draft model"', "zzzqqq", "天气", "中", "os", "שלום",
)  # fmt: skip
_SYLLABLES: Final = ("ba", "de", "fi", "go", "lu", "mer", "nat", "or", "pel", "qui", "ras", "ton")
_COMMON: Final = ("the", "of", "and", "to", "is", "that", "as", "def", "return", "import", "os")
_RARE: Final = ("speculative", "tree", "draft", "model", "天气很好", "中文", "שלום", "мир")
_NO_CANCEL: Final = CancelToken()


def words(chance: random.Random, count: int) -> str:
    """Text of which a third are frequent words; one word of a hundred is one we look for."""
    vocabulary = ["".join(chance.choices(_SYLLABLES, k=3)) for _ in range(count // 2 + 1)]
    pool = chance.choices((_COMMON, vocabulary, _RARE), weights=(33, 66, 1), k=count)
    return " ".join(chance.choice(kind) for kind in pool)


def conversation(chance: random.Random, number: int, messages: int) -> ConversationTree:
    """You, a reply, you, ...: 20 words of yours, up to 300 of a reply."""
    identity = str(uuid.UUID(int=chance.getrandbits(128)))
    path: list[StoredMessage] = []
    for place in range(messages):
        is_reply = bool(place % 2)
        path.append(
            StoredMessage(
                id=f"{identity}-{place}",
                conversation_id=identity,
                parent_id=path[-1].id if path else None,
                role=Role.ASSISTANT if is_reply else Role.USER,
                text=words(chance, chance.randrange(40, 300) if is_reply else 20),
                state=MessageState.COMPLETE,
                created_at=1.7e9 + number * 3600 + place,
                model=f"model-{number % 7}" if is_reply else "",
            )
        )
    last = path[-1]
    return ConversationTree(
        identity, words(chance, 5), path[0].created_at, last.created_at, last.id, tuple(path)
    )


def fill(store: ConversationStore, chance: random.Random) -> str:
    """All conversations, and a long one; its id."""
    for start in range(0, CONVERSATIONS, 500):
        numbers = range(start, start + 500)
        store.add_trees(conversation(chance, number, MESSAGES_EACH) for number in numbers)
    return store.add_trees([conversation(chance, CONVERSATIONS, LONG)])[0]


def milliseconds(action: Callable[[], object]) -> float:
    """The median of some runs."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return 1000 * statistics.median(seconds)


def figures(path: Path) -> Iterator[tuple[str, float]]:
    """What is measured, and how many milliseconds it took."""
    store = ConversationStore(path)
    start = time.perf_counter()
    long = fill(store, random.Random(1))  # noqa: S311  no secret
    yield "add 10,001 conversations", 1000 * (time.perf_counter() - start)
    yield "list all conversations", milliseconds(store.conversations)
    yield (
        "open the conversation of 5,000 messages",
        milliseconds(lambda: (store.path(long), store.branches(long))),
    )
    for query in QUERIES:
        hits = len(store.search(query))
        yield f"search {query} ({hits} hits)", milliseconds(partial(store.search, query))
    model = Filters(model="model-3", since=1.72e9)
    yield "search the, one model, a date", milliseconds(lambda: store.search("the", model))
    question = store.path(long)[-1].id
    yield (
        "commit a message",
        milliseconds(lambda: store.add_user_message(long, "How?", parent_id=question)),
    )
    store.close()
    yield "start: open and check", milliseconds(lambda: ConversationStore(path).close())
    yield "check all pages", milliseconds(lambda: check(path))
    start = time.perf_counter()
    daily_backup(path, date.today(), _NO_CANCEL)
    yield "daily copy", 1000 * (time.perf_counter() - start)


def check(path: Path) -> None:
    """As the upkeep does."""
    database = Database(path)
    check_pages(database)
    database.close()


def main(arguments: Sequence[str]) -> None:
    """Print the table; with a folder, leave the database there."""
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(arguments[0] if arguments else temporary) / "conversations.sqlite"
        print("| what | ms |\n|---|---|")
        for what, took in figures(path):
            print(f"| {what} | {took:,.1f} |", flush=True)
        print(f"\nThe file has {path.stat().st_size / 1e6:,.0f} MB.")


if __name__ == "__main__":
    main(sys.argv[1:])
